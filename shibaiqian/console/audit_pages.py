"""The audit administrator's page: events by key, the state of the chain, and its check; events as an Excel file."""

import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused, command, note_in_event
from shibaiqian.access.middleware import acts
from shibaiqian.access.models import User
from shibaiqian.access.roles import Permission, Role
from shibaiqian.audit.models import Event, Seal
from shibaiqian.audit.verify import verify
from shibaiqian.base import clock
from shibaiqian.base.spreadsheets.columns import Column, ColumnKind
from shibaiqian.base.spreadsheets.writing import write_roster
from shibaiqian.console.acts import ACTS, act
from shibaiqian.console.export import EXCEL, MOST, TooMany
from shibaiqian.regions.queries import region_names

PAGE = 50


def _role(code: str) -> str:
    """The label of a role; who stands at the door has none yet."""
    if code == "visitor":
        return _("登录前")
    return str(Role(code).label) if code in set(Role) else code


@dataclass(frozen=True)
class Asked:
    """Which events: of one act, of one outcome, or all."""

    act: str = ""
    outcome: str = ""

    @classmethod
    def of(cls, said: Mapping[str, str]) -> "Asked":
        act, outcome = said.get("act", ""), said.get("outcome", "")
        return cls(act if act in ACTS else "", outcome if outcome in Event.Outcome.values else "")

    @property
    def events(self) -> "QuerySet[Event]":
        """Newest first."""
        found = Event.objects.order_by("-id").defer("canonical")
        found = found.filter(action=self.act) if self.act else found
        return found.filter(outcome=self.outcome) if self.outcome else found

    def audit_digest(self) -> dict[str, Any]:
        return {"act": self.act, "outcome": self.outcome}


def _said(events: list[Event]) -> list[dict[str, Any]]:
    """Events in words: the act, the role and the place by their names, the details as they were recorded."""
    names = region_names(sorted({event.region for event in events if event.region}))
    return [
        {
            "event": event, "act": act(event.action), "role": _role(event.role), "place": names.get(event.region, event.region),
            "details": json.dumps(event.details, ensure_ascii=False, indent=2, sort_keys=True) if event.details else "",
        }
        for event in events
    ]  # fmt: skip


@acts
def audit(request: HttpRequest) -> HttpResponse:
    """Events, newest first; filters by action and outcome; the last link of the chain."""
    request.actor.must(Permission.VIEW_AUDIT)  # type: ignore[attr-defined]
    asked = Asked.of(request.GET.dict())
    before = request.GET.get("before", "")
    events = asked.events.filter(id__lt=int(before)) if before.isdigit() else asked.events
    rows = list(events[:PAGE])
    context = {
        "events": _said(rows),
        "acts": sorted(((code, str(words)) for code, words in ACTS.items()), key=lambda one: one[0]),
        "chosen": asked.act,
        "outcomes": Event.Outcome.choices,
        "outcome": asked.outcome,
        "next": rows[-1].pk if len(rows) == PAGE else "",
        "head": Seal.objects.order_by("-number").first(),
        "verdict": verify() if request.method == "POST" else None,
    }
    return render(request, "console/audit.html", context)


@command(Permission.VIEW_AUDIT)
def export_audit(account: User, *, asked: Asked, by: Actor) -> bytes:
    """The events asked for as a workbook, newest first, with their details; itself an event of the account that took them."""
    events = list(asked.events[: MOST + 1])
    if len(events) > MOST:
        raise TooMany(_("符合条件的超过 %(most)s 个事件。请先选择做了什么或结果，再导出。") % {"most": f"{MOST:,}"})
    note_in_event(rows=len(events))
    rows = [
        {
            "number": event.pk, "wall_at": clock.in_shanghai(event.wall_at), "business_on": clock.in_shanghai(event.business_at).date(), "act": said["act"],
            "code": event.action, "outcome": _(str(event.get_outcome_display())), "who": event.user_name, "role": said["role"],
            "scope": event.scope, "place": said["place"], "subject_type": event.subject_type, "subject_id": event.subject_id,
            "details": said["details"],
        }
        for event, said in zip(events, _said(events), strict=True)
    ]  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "audit.xlsx"
        watermark = _("%(who)s %(at)s 导出") % {"who": by.name, "at": f"{clock.wall_now():%Y-%m-%d %H:%M}"}
        write_roster(file, columns=_columns(), frame_or_rows=rows, title=_("审计事件"), watermark=watermark)
        return file.read_bytes()


def _columns() -> list[Column]:
    text = ColumnKind.TEXT
    return [
        Column(code, label, kind)
        for code, label, kind in (
            ("number", _("编号"), ColumnKind.INTEGER), ("wall_at", _("时间"), ColumnKind.MOMENT), ("business_on", _("业务日期"), ColumnKind.DATE),
            ("act", _("做了什么"), text), ("code", _("动作代码"), text), ("outcome", _("结果"), text), ("who", _("谁"), text), ("role", _("角色"), text),
            ("scope", _("管辖范围"), text), ("place", _("所在地"), text), ("subject_type", _("对象类型"), text), ("subject_id", _("对象编号"), text),
            ("details", _("细节"), text),
        )
    ]  # fmt: skip


@acts
@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """The file of what the page shows, all of it."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    own: User = request.user  # type: ignore[assignment]
    asked = Asked.of(request.GET.dict())
    try:
        data = export_audit(own, asked=asked, by=actor)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("audit")
    response = HttpResponse(data, content_type=EXCEL)
    name = f"{_('审计事件')}-{clock.today():%Y%m%d}.xlsx"
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return response
