"""Drawing a decision sheet: choose from the matched candidates of a place, page by page, or all of a list at once.

The page is one form without scripts: what was ticked on other pages rides along in it, and nothing is kept until the sheet is drawn.
"""

import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Left
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused, answer_to
from shibaiqian.access.middleware import acts
from shibaiqian.access.roles import Permission
from shibaiqian.base import clock
from shibaiqian.base.ids import new_id
from shibaiqian.base.paging import Cursor, Page, page
from shibaiqian.console.selection.batches import day_field
from shibaiqian.policy.queries import UnknownParameter
from shibaiqian.regions.models import Region
from shibaiqian.regions.queries import region_names
from shibaiqian.selection.decisions import NO_BATCH, awaiting_sheet, draw_sheet
from shibaiqian.selection.models import Decision, Nomination

ALL = "all"
COUNTY = 6  # digits


class DrawForm(forms.Form):
    on = day_field(_("呈报日期"))
    operation = forms.UUIDField(widget=forms.HiddenInput, required=False)


class ListChanged(Refused):
    """Between the count that was shown and the press, the list became longer or shorter."""


@dataclass(frozen=True)
class Group:
    """The candidates that may stand on one sheet: of one batch and one tier; how many in each county."""

    batch: uuid.UUID | None
    tier: str
    label: str
    counties: Counter[str]

    @property
    def code(self) -> str:
        return f"{self.batch or ''}|{self.tier}"

    @property
    def of(self) -> Q:
        return Q(batch=self.batch, tier_code=self.tier)


def _groups(waiting: "QuerySet[Nomination]") -> list[Group]:
    """One query: the groups that wait, the latest batch first."""
    rows = waiting.annotate(county=Left("need__region_id", 6)).order_by("-batch__opened_on", "tier_code", "county")
    found: dict[tuple[uuid.UUID | None, str], Group] = {}
    for batch, name, tier, label, county, count in rows.values_list(
        "batch_id", "batch__name", "tier_code", "tier__label", "county"
    ).annotate(n=Count("pk")):
        group = found.setdefault((batch, tier), Group(batch, tier, f"{name or NO_BATCH} · {label}", Counter()))
        group.counties[county] += count
    return list(found.values())


class Picker:
    """What the form says: which list, which county, which page, who is ticked; the list itself is the server's."""

    def __init__(self, request: HttpRequest, actor: Actor) -> None:
        self.actor, self.sent = actor, request.POST if request.method == "POST" else request.GET
        self.region = Region.objects.get(pk=actor.scope.region)
        self.waiting = awaiting_sheet(actor, self.region)
        self.groups = _groups(self.waiting)
        said = self.sent.get("list", "")
        self.group = next((g for g in self.groups if g.code == said), self.groups[0] if self.groups else None)
        county = self.sent.get("county", "")
        self.county = county if self.group and county in self.group.counties else ""
        self.is_whole = self.sent.get("who") == ALL

    @cached_property
    def listed(self) -> "QuerySet[Nomination]":
        """The rows of the chosen list and county."""
        if self.group is None:
            return self.waiting.none()
        rows = self.waiting.filter(self.group.of)
        return rows.filter(need__region_id__gte=self.county, need__region_id__lt=f"{self.county}:") if self.county else rows

    @property
    def count(self) -> int:
        """How many the list has; counted with the groups."""
        if self.group is None:
            return 0
        return self.group.counties[self.county] if self.county else self.group.counties.total()

    @cached_property
    def ticked(self) -> set[uuid.UUID]:
        """On this page by its boxes, on the others as it came along; another list begins anew."""
        if "of" in self.sent and self.group and self.sent["of"] != self.group.code:
            return set()
        here = _keys(self.sent.get("shown", "").split("|"))
        return (_keys(self.sent.get("kept", "").split("|")) - here) | _keys(self.sent.getlist("nomination"))

    def chosen(self) -> list[uuid.UUID]:
        """Who goes on the sheet. The whole list is resolved here and now; refused when it is no longer what was shown."""
        if not self.is_whole:
            return sorted(self.ticked)
        keys = list(self.listed.order_by("pk").values_list("pk", flat=True))
        shown = self.sent.get("count", "")
        if shown != str(len(keys)):
            raise ListChanged(
                __("名单有变化：页面上是 %(shown)s 名，现在是 %(now)s 名。请核对后再办理。") % {"shown": shown or "0", "now": len(keys)}
            )
        return keys

    def page(self) -> Page:
        at = Cursor.of(after=self.sent.get("after", ""), before=self.sent.get("before", ""))
        return page(self.listed.select_related("need"), ("number",), cursor=at, known=Nomination.objects.visible_to(self.actor))

    def shown(self) -> dict[str, Any]:
        """For the page. Who was ticked and waits no longer is dropped."""
        found = self.page()
        here = {row.pk for row in found.rows}
        elsewhere = self.ticked - here
        kept = set(self.waiting.filter(pk__in=elsewhere).values_list("pk", flat=True)) if elsewhere else set()
        counties = self.group.counties if self.group else Counter()
        names = region_names(sorted(counties)) if counties and len(self.region.code) < COUNTY else {}
        return {
            "groups": [(g.code, g.label) for g in self.groups],
            "group": self.group,
            "county": self.county,
            "counties": [(code, f"{names.get(code, code)}（{counties[code]}）") for code in counties] if len(names) > 1 else [],
            "rows": found.rows,
            "page": found,
            "chosen": {str(key) for key in self.ticked},
            "here": _joined(here),
            "kept": _joined(kept),
            "elsewhere": len(kept),
            "count": self.count,
            "whole": self.is_whole,
        }


def _keys(texts: Iterable[str]) -> set[uuid.UUID]:
    found = set()
    for text in texts:
        try:
            found.add(uuid.UUID(text))
        except ValueError:
            continue
    return found


def _joined(keys: Iterable[uuid.UUID]) -> str:
    return "|".join(sorted(str(key) for key in keys))


@acts
def new_decision(request: HttpRequest) -> HttpResponse:
    """Choose from the matched candidates of the place and draw the sheet; other buttons only show another page of the list."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.DECIDE_SELECTION)
    draws = request.method == "POST" and request.POST.get("do") == "draw"
    form = DrawForm(request.POST if draws else None, initial={"on": request.POST.get("on") or clock.today(), "operation": new_id()})
    if draws and form.is_valid():
        made = _draw(request, form, actor)
        if made is not None:
            return redirect("decision", decision_id=made.pk)
    picker = Picker(request, actor)
    context = {"form": form, **picker.shown()}
    return render(request, "console/selection/new_decision.html", context, status=422 if form.errors else 200)


def _draw(request: HttpRequest, form: DrawForm, actor: Actor) -> Decision | None:
    """The sheet, or None with the refusal on the form. The same form sent again gives the same sheet."""
    operation = form.cleaned_data["operation"]
    done = answer_to(operation, by=actor) if operation else None
    if isinstance(done, Decision):
        return done
    picker = Picker(request, actor)
    try:
        keys: Sequence[uuid.UUID] = picker.chosen()
        made: Decision = draw_sheet(picker.region, nominations=keys, on=form.cleaned_data["on"], operation=operation, by=actor)
    except (Refused, UnknownParameter) as refusal:
        form.add_error(None, str(refusal))
        form.data = request.POST.dict() | {"operation": str(new_id())}  # another one: nothing was done under the first
        return None
    messages.success(request, __("呈批件已拟好，请打印上会。"))
    return made
