"""The official's own page: my village, my households, today's log. Typed once, it makes the visit and the practical service.

The village's clerk and group heads type here as well: for them each thing is a draft that the official chosen takes over.
"""

import datetime as dt
import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused
from shibaiqian.access.middleware import acts
from shibaiqian.access.roles import Permission
from shibaiqian.access.rows import RowsRefused
from shibaiqian.base import clock
from shibaiqian.base.ids import new_id
from shibaiqian.console import queries
from shibaiqian.console.places import crumbs, path_to
from shibaiqian.fieldwork.actions import LogEntry, ServiceDone, log_day, type_drafts
from shibaiqian.fieldwork.models import PracticalService, WorkLogItem
from shibaiqian.fieldwork.queries import drafts_typed, drafts_waiting, logs, officials_to_type_for, open_problems, own_clues
from shibaiqian.indicators.engine import catalogue
from shibaiqian.postings.models import Posting
from shibaiqian.postings.queries import own_among, running_postings
from shibaiqian.regions.models import Region

# A day's form offers this many things; a longer day is written in two goes.
ITEMS = 3
PROBLEMS = 20
MOST_OFFICIALS, MOST_DRAFTS = 20, 5
FIGURE = "practical_services"
CATEGORIES = [(code, _(str(label))) for code, label in WorkLogItem.Category.choices if code != WorkLogItem.Category.SERVICE]


class DayForm(forms.Form):
    operation = forms.UUIDField(widget=forms.HiddenInput)
    official = forms.ChoiceField(label=_("交给谁核对"), help_text=_("本人采用以后才算数，两个人的名字都留着。"))
    on = forms.DateField(label=_("日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, *args: Any, officials: Sequence[Posting], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["official"].choices = [(str(p.pk), f"{p.cadre_name} · {p.title}") for p in officials]  # type: ignore[attr-defined]
        if not officials:
            del self.fields["official"]


class ItemForm(forms.Form):
    """One thing of the day. A household makes it a visit, a kind of service a practical service."""

    category = forms.ChoiceField(label=_("做什么"), choices=CATEGORIES, widget=forms.RadioSelect, initial="visit", required=False)
    household = forms.UUIDField(label=_("哪一户"), required=False, widget=forms.Select, help_text=_("选了户，就记为一次入户走访。"))
    content = forms.CharField(label=_("做了什么"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    kind = forms.ChoiceField(
        label=_("实事类别"),
        required=False,
        choices=[("", _("不是实事"))] + [(c, _(str(label))) for c, label in PracticalService.Kind.choices],
    )
    beneficiary = forms.CharField(
        label=_("受益群众"), max_length=40, required=False, help_text=_("选了户可以不填，默认是户主。任何村民都可以，不限贫困户。")
    )
    amount = forms.DecimalField(label=_("折合金额（元）"), required=False, min_value=Decimal(0), max_digits=10, decimal_places=2)
    confirmation = forms.ChoiceField(
        label=_("群众确认"), required=False,
        choices=[("", _("以后再确认"))] + [(c, _(str(label))) for c, label in PracticalService.Confirmation.choices if c],
    )  # fmt: skip

    problem = forms.CharField(
        label=_("没解决的问题"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("当场没有解决的，写在这里；以后再去时接着写，就算跟进了。"),
    )  # fmt: skip
    follow_up_due = forms.DateField(
        label=_("打算哪天再去"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    follows = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, households: Sequence[Any], confirmed: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", __("没有入户")), *((str(h.pk), f"{h.head_name}（{h.group or h.number[-4:]}）") for h in households)]
        self.fields["household"].widget.choices = choices  # type: ignore[attr-defined]
        self.heads = {h.pk: h.head_name for h in households}
        if not confirmed:  # what is no service yet is confirmed by nobody
            del self.fields["confirmation"]

    @property
    def is_blank(self) -> bool:
        """Nothing was typed: neither words nor a household, a service or a problem."""
        said = self.cleaned_data
        return not (said.get("content", "").strip() or said.get("household") or said.get("kind") or said.get("problem", "").strip())

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if (said.get("household") or said.get("kind") or said.get("problem", "").strip()) and not said.get("content", "").strip():
            self.add_error("content", __("请写一句做了什么。"))
        if said.get("kind") and not said.get("household") and not said.get("beneficiary", "").strip():
            self.add_error("beneficiary", __("请选择户，或填写受益群众的姓名。"))
        return said

    def entry(self, *, on: dt.date, region: str) -> LogEntry:
        said = self.cleaned_data
        service = None
        if said["kind"]:
            service = ServiceDone(
                kind=said["kind"],
                beneficiary=said["beneficiary"].strip() or self.heads.get(said["household"], ""),
                amount_cents=None if said["amount"] is None else int(said["amount"] * 100),
                confirmation=said.get("confirmation", ""),
                confirmed_on=on if said.get("confirmation") else None,
            )
        category = said["category"] or ("visit" if said["household"] else "other")
        return LogEntry(
            category=WorkLogItem.Category.SERVICE if service and not said["household"] else category,
            content=said["content"].strip(), household=said["household"], region="" if said["household"] else region, service=service,
            problem=said["problem"].strip(), follow_up_due=said["follow_up_due"], follows=said["follows"],
        )  # fmt: skip


@acts
def field(request: HttpRequest) -> HttpResponse:
    """My village, my households and the form of the day; the village's clerk writes for the First Secretary here as well."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.VIEW_DRAFTS)
    village = _village(request, actor)
    officials = list(officials_to_type_for(actor)[:MOST_OFFICIALS])
    posting = _chosen(request, officials) if actor.may(Permission.WRITE_DRAFTS) else _posting(actor, village)
    households = queries.households_of_official(actor, village) if len(village) == 12 else []
    sent = request.POST if request.method == "POST" else None
    day = DayForm(sent, officials=officials, initial={"operation": new_id(), "on": clock.today()})
    problems = list(open_problems(actor, region=village)[:PROBLEMS]) if posting else []
    followed = next((item for item in problems if str(item.pk) == request.GET.get("follows")), None)
    chosen: dict[str, Any] = {"household": request.GET.get("household", ""), "category": "visit"}
    if followed is not None:
        chosen = {"household": followed.household_id, "category": followed.category, "follows": followed.pk}
    items = [
        ItemForm(sent, prefix=f"i{n}", households=households, confirmed=not officials, initial=chosen if n == 0 else None)
        for n in range(ITEMS)
    ]
    if sent is not None and posting is not None:
        log = _write(actor, posting, day, items, village=village)
        if officials and not _is_wrong(day, items):
            messages.success(request, __("已交给%(name)s核对。采用以后会记到工作日志里，写明您是记录人。") % {"name": posting.cadre_name})
            return redirect("field")
        if log is not None:
            return redirect("field_made", log_id=log.pk)
    path = path_to(village)
    context = {
        "place": path[-1] if path else None,
        "crumbs": crumbs(actor, path[:-1]),
        "posting": posting,
        "types": bool(officials),
        "waiting": list(drafts_waiting(actor)[:MOST_DRAFTS]),
        "typed": list(drafts_typed(actor)[:MOST_DRAFTS]) if actor.may(Permission.WRITE_DRAFTS) else [],
        "households": households,
        "by_visit": sorted(households, key=lambda h: h.visited_on or dt.date.min),
        "visited": sum(h.visited_on is not None for h in households),
        "villages": _villages(actor) if len(actor.scope.region) < 12 else [],
        "day": day,
        "items": items,
        "problems": problems,
        "followed": followed,
        "today": clock.today(),
        "logs": list(logs(actor, region=posting.region_id, posting=posting)[:5]) if posting else [],
        "unconfirmed": _unconfirmed(actor, village) if actor.may(Permission.HEAR_HOUSEHOLDS) else [],
        "has_clues": own_clues(actor).filter(state="open").exists(),
        "bad": sent is not None,
    }
    return render(request, "console/field.html", context, status=422 if sent is not None else 200)


def _village(request: HttpRequest, actor: Actor) -> str:
    """The village in hand: the scope itself, or one chosen below it."""
    asked = request.GET.get("village", "")
    return asked if len(asked) == 12 and asked.isdigit() and actor.scope.holds_region(asked) else actor.scope.region


def _villages(actor: Actor) -> list[tuple[str, str]]:
    root = actor.scope.region
    rows = Region.objects.filter(level=Region.Level.VILLAGE, code__gte=root, code__lt=f"{root}:", valid_to__isnull=True)
    return list(rows.order_by("code").values_list("code", "name")[:400])


def _posting(actor: Actor, village: str) -> Posting | None:
    """The running posting the log is written for: one's own, else the village's First Secretary."""
    found = list(running_postings(actor).filter(region__in=[village, actor.scope.region]).order_by("-region_id", "appointed_on", "id"))
    return own_among(actor, found) or next((p for p in found if p.region_id == village), None)


def _unconfirmed(actor: Actor, village: str) -> list[PracticalService]:
    rows = queries.services(actor).filter(region_id__gte=village, region_id__lt=f"{village}:", confirmation="")
    return list(rows.order_by("-on", "-pk")[:6])


def _chosen(request: HttpRequest, officials: Sequence[Posting]) -> Posting | None:
    """The official somebody types for: the one chosen on the form, else the first of the place."""
    return next((p for p in officials if str(p.pk) == request.POST.get("official")), None) or next(iter(officials), None)


def _is_wrong(day: DayForm, items: list[ItemForm]) -> bool:
    return bool(day.errors) or any(item.errors for item in items)


def _write(actor: Actor, posting: Posting, day: DayForm, items: list[ItemForm], *, village: str) -> Any:
    """The log of the day, or None with what is wrong said on the forms. The same operation again gives the same log."""
    if not all([day.is_valid(), *(item.is_valid() for item in items)]):
        return None
    said = [item for item in items if not item.is_blank]
    if not said:
        items[0].add_error("content", __("请至少写一件事。"))
        return None
    on = day.cleaned_data["on"]
    entries = [item.entry(on=on, region=village if len(village) == 12 else "") for item in said]
    try:
        if actor.may(Permission.WRITE_DRAFTS):
            return type_drafts(posting, on=on, items=entries, by=actor, operation=day.cleaned_data["operation"])
        return log_day(posting, on=on, items=entries, by=actor, operation=day.cleaned_data["operation"])
    except RowsRefused as refusal:
        for finding in refusal.findings.refusals():
            day.add_error(None, " ".join(filter(None, (finding.message, finding.mend))))
    except Refused as refusal:
        day.add_error(None, str(refusal))
    return None


@acts
def made(request: HttpRequest, log_id: uuid.UUID) -> HttpResponse:
    """What was just written, what it made, and the figures of village, county and city before and after."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    log, items, visits, served = queries.last_made(actor, log_id)
    village = items[-1].region_id if items else log.region_id
    counted = sum(bool(service.confirmation) for service in served)
    codes = [code for code in (village[:12], village[:6], village[:4]) if len(code) in (4, 6, 12)]
    names = dict(Region.objects.filter(pk__in=codes).values_list("code", "name"))
    context = {
        "log": log,
        "items": items,
        "visits": visits,
        "services": served,
        "counted": counted,
        "title": catalogue()[FIGURE].title,
        "unit": catalogue()[FIGURE].unit,
        "figures": [(names.get(code, code), after - counted, after) for code, after in queries.reached(dict.fromkeys(codes), FIGURE)],
    }
    return render(request, "console/made.html", context)
