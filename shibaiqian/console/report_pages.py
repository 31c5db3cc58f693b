"""Statistical reports: read live as of a day, each number opened to its rows, taken away as Excel, PDF and Word, frozen as reported."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl
from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused
from shibaiqian.access.middleware import acts
from shibaiqian.access.roles import Permission
from shibaiqian.access.scope import ScopeKind
from shibaiqian.base import clock
from shibaiqian.console.bulletin_pages import WORD
from shibaiqian.console.export import EXCEL
from shibaiqian.console.listing.page import region_choices
from shibaiqian.documents.pdf import render_pdf
from shibaiqian.documents.word import render_docx
from shibaiqian.postings.models import Tier
from shibaiqian.regions.models import Region
from shibaiqian.regions.queries import name_of, region_names
from shibaiqian.reports import selection
from shibaiqian.reports.actions import issue_report
from shibaiqian.reports.bulletins import refuse_changed
from shibaiqian.reports.catalogue import KINDS, Kind
from shibaiqian.reports.models import Snapshot
from shibaiqian.reports.sheets import document, workbook
from shibaiqian.reports.tables import Report, Section, from_frozen
from shibaiqian.selection.models import Batch

PAGE = 50


class AskForm(forms.Form):
    """What a report is asked for; in the address, so that it can be kept and sent on."""

    region = forms.ChoiceField(label=gettext_lazy("范围"), required=False)
    batch = forms.ChoiceField(label=gettext_lazy("批次"), required=False)
    as_of = forms.DateField(label=gettext_lazy("截至日期"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))

    def __init__(self, *args: Any, actor: Actor, kind: Kind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scope = actor.scope.region
        below = [(code, name) for code, name in region_choices(actor, "") if len(code) <= 6]
        self.fields["region"].choices = [("", region_names([scope]).get(scope, scope)), *below]  # type: ignore[attr-defined]
        batches = Batch.objects.filter(region__in=[scope[:4], scope[:2]]).order_by("-opened_on", "id")
        self.fields["batch"].choices = [("", _("全部批次")), *((str(b.pk), b.name) for b in batches)]  # type: ignore[attr-defined]
        if not below:
            del self.fields["region"]
        if not kind.by_batch:
            del self.fields["batch"]

    def clean_as_of(self) -> dt.date:
        day: dt.date = self.cleaned_data["as_of"]
        if day > clock.today():
            raise forms.ValidationError(_("截至日期 %(day)s 还没有到，请改选。") % {"day": day})
        return day


def _kind(request: HttpRequest, report: str) -> Kind:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.VIEW_REPORTS)
    if actor.scope.kind is not ScopeKind.REGION or report not in KINDS:
        raise Http404
    actor.must(KINDS[report].needs)
    return KINDS[report]


def _asked(request: HttpRequest, kind: Kind) -> tuple[AskForm, str, dt.date, Batch | None]:
    """The form and what it says; what cannot be is answered for the whole place today, with the form saying why."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    sent = request.GET.dict() | request.POST.dict()
    form = AskForm(sent | {"as_of": sent.get("as_of") or clock.today().isoformat()}, actor=actor, kind=kind)
    said = form.cleaned_data if form.is_valid() else {}
    batch = Batch.objects.filter(pk=said["batch"]).first() if said.get("batch") else None
    return form, said.get("region") or actor.scope.region, said.get("as_of") or clock.today(), batch


@acts
def reports(request: HttpRequest) -> HttpResponse:
    """Which reports there are, and those that were frozen."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.VIEW_REPORTS)
    issued = Snapshot.objects.visible_to(actor).filter(report__in=list(KINDS)).select_related("region").order_by("-issued_at", "-id")[:PAGE]
    kinds = [kind for kind in KINDS.values() if actor.scope.kind is ScopeKind.REGION and actor.may(kind.needs)]
    has_roster = actor.scope.kind is ScopeKind.REGION and actor.may(Permission.VIEW_POSTINGS)
    return render(request, "console/reports.html", {"kinds": kinds, "has_roster": has_roster, "issued": list(issued)})


@acts
def report(request: HttpRequest, report: str) -> HttpResponse:
    """A report as of a day, live."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    kind = _kind(request, report)
    form, region, as_of, batch = _asked(request, kind)
    made = kind.make(actor, region, as_of, batch)
    context = {
        "kind": kind,
        "form": form,
        "report": made,
        "sections": [_shown(section, _rows_page(kind), region) for section in made.sections],
        "kept": request.GET.urlencode(),
        "may_issue": actor.may(Permission.ISSUE_REPORTS) and form.is_valid(),
    }
    return render(request, "console/report.html", context, status=422 if form.errors else 200)


def _rows_page(kind: Kind) -> str:
    return reverse(kind.rows_page, args=[kind.code] if kind.rows_page == "report_rows" else [])


def _shown(section: Section, path: str, region: str) -> dict[str, Any]:
    """A section as the page shows it: each cell with its link; a link that names a place itself asks for that one."""
    rows = [
        [
            {"value": value, "is_number": isinstance(value, int), "href": _address(path, region, asked) if asked else ""}
            for place, value in enumerate(row)
            for asked in (section.links.get((at, place), ""),)
        ]
        for at, row in enumerate(section.rows)
    ]
    lower = [label for label in section.columns if label] if section.groups else list(section.columns)
    return {"section": section, "rows": rows, "lower": lower}


def _address(path: str, region: str, asked: str) -> str:
    return f"{path}?{asked}" if "region=" in asked else f"{path}?region={region}&{asked}"


@dataclass(frozen=True)
class Opened:
    """One number of the report on selection, opened: the people it counts."""

    kind: Kind
    region: str
    as_of: dt.date
    batch: Batch | None
    wanted: Mapping[str, str]
    people: pl.DataFrame

    @property
    def count(self) -> str:
        return str(selection.COUNTS.get(self.wanted["count"], ""))

    @property
    def of(self) -> list[str]:
        """The column and line that the number stands in."""
        place, tier = self.wanted["county"], self.wanted["tier"]
        return [part for part in (region_names([place]).get(place), self._tiers.get(tier), self.wanted["value"]) if part]

    @property
    def criteria(self) -> str:
        said = [name_of(self.region), *map(_, self.of), self.batch.name if self.batch else "", _("截至 %(day)s") % {"day": self.as_of}]
        return "；".join(filter(None, said))

    @cached_property
    def _tiers(self) -> Mapping[str, str]:
        return dict(Tier.objects.values_list("code", "label"))

    def shown(self, people: pl.DataFrame) -> list[dict[str, Any]]:
        """Some of the people, with their places and tiers by name and what is a code in the reader's language."""
        counties = region_names(sorted(set(people["county"])))
        return [
            {**row, "county": counties.get(row["county"], ""), "tier": self._tiers.get(row["tier"], row["tier"])}
            | {name: _(row[name]) if row[name] else "" for name in ("rank", "education", "age")}
            for row in people.iter_rows(named=True)
        ]


def opened(request: HttpRequest, report: str) -> Opened:
    """The same frame as the report's, narrowed by the same columns."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    kind = _kind(request, report)
    if kind.code != selection.CODE:
        raise Http404
    _form, region, as_of, batch = _asked(request, kind)
    wanted = {name: request.GET.get(name, "")[:40] for name in ("county", "tier", "count", "split", "value")}
    found = selection.chosen(selection.people(actor, selection.Asked(region, as_of, batch)), **wanted)
    return Opened(kind, region, as_of, batch, wanted, found)


@acts
def report_rows(request: HttpRequest, report: str) -> HttpResponse:
    """The people behind one number; pages go by key."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    asked = opened(request, report)
    after = request.GET.get("after", "")[:40]
    keys = asked.people["key"].to_list()
    start = keys.index(after) + 1 if after in keys else 0
    shown = asked.shown(asked.people.slice(start, PAGE))
    said = request.GET.copy()
    said.pop("after", None)
    context = {
        "kind": asked.kind,
        "rows": shown,
        "total": asked.people.height,
        "count": asked.count,
        "of": asked.of,
        "on_day": asked.as_of,
        "batch": asked.batch,
        "kept": said.urlencode(),
        "may_export": shown and actor.may(Permission.EXPORT),
        "next": f"{said.urlencode()}&after={shown[-1]['key']}" if start + PAGE < asked.people.height else "",
    }
    return render(request, "console/report_rows.html", context)


@acts
@require_POST
def freeze_report(request: HttpRequest, report: str) -> HttpResponse:
    """Freeze what the page shows."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    kind = _kind(request, report)
    form, region, as_of, batch = _asked(request, kind)
    if not form.is_valid():
        raise Http404
    try:
        place = get_object_or_404(Region, pk=region)
        return redirect("issued_report", report_id=issue_report(place, code=kind.code, as_of=as_of, batch=batch, by=actor).pk)
    except Refused as refusal:
        form.add_error("as_of", str(refusal))
        return render(request, "console/report.html", {"kind": kind, "form": form, "sections": []}, status=422)


@acts
def report_file(request: HttpRequest, report: str, form: str) -> HttpResponse:
    """A live report as Excel, PDF or Word."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    kind = _kind(request, report)
    _form, region, as_of, batch = _asked(request, kind)
    return _file(kind.make(actor, region, as_of, batch), form, name=f"{kind.code}-{region}-{as_of:%Y%m%d}", by=actor)


def _snapshot(request: HttpRequest, report_id: uuid.UUID) -> Snapshot:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.VIEW_REPORTS)
    found: Snapshot = get_object_or_404(Snapshot.objects.visible_to(actor).filter(report__in=list(KINDS)), pk=report_id)
    refuse_changed(found)
    return found


@acts
def issued_report(request: HttpRequest, report_id: uuid.UUID) -> HttpResponse:
    """A report as it was frozen."""
    snapshot = _snapshot(request, report_id)
    frozen = from_frozen(snapshot.data)
    context = {"snapshot": snapshot, "report": frozen, "sections": [_shown(section, "", "") for section in frozen.sections]}
    return render(request, "console/report.html", context)


@acts
def issued_report_file(request: HttpRequest, report_id: uuid.UUID, form: str) -> HttpResponse:
    """A frozen report as Excel, PDF or Word: made of the frozen data alone."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    snapshot = _snapshot(request, report_id)
    return _file(
        from_frozen(snapshot.data), form, name=f"{snapshot.report}-{snapshot.region_id}-{snapshot.year}-{snapshot.number}", by=actor
    )


def _file(made: Report, form: str, *, name: str, by: Actor) -> HttpResponse:
    match form:
        case "xlsx":
            mark = _("%(who)s 于 %(day)s 导出") % {"who": by.name, "day": clock.today()}
            answer = HttpResponse(workbook(made, watermark=mark), content_type=EXCEL)
        case "pdf":
            answer = HttpResponse(
                render_pdf(document(made, demonstration=clock.is_demonstration())).content, content_type="application/pdf"
            )
        case "docx":
            answer = HttpResponse(render_docx(document(made, demonstration=clock.is_demonstration())), content_type=WORD)
        case _:
            raise Http404
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return answer
