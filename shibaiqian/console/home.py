"""The desk: what needs doing, the figures against the deadline, counties on a map and in a table; and each figure opened."""

import datetime as dt
import uuid
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext

from shibaiqian.access.middleware import acts
from shibaiqian.access.roles import Permission, Role
from shibaiqian.access.scope import ScopeKind
from shibaiqian.base import clock
from shibaiqian.console.places import TRIVIAL
from shibaiqian.console.queries import households_of_official
from shibaiqian.console.todo import todos
from shibaiqian.imports.models import ImportRun
from shibaiqian.indicators import queries as indicators
from shibaiqian.indicators.engine import catalogue
from shibaiqian.postings.queries import running_postings
from shibaiqian.regions.queries import name_of, path_of, regions_below

# What the head of the desk shows; every other figure stands in the panel below.
HEADLINES = ("poor_population", "people_out_stably", "households_income_up", "practical_services", "projects")
VILLAGE = 12  # digits: below it nothing is compared
CHILD_COLUMNS = ("tier_1000", "poor_villages", "poor_population", "people_out_stably", "households_income_up", "cooperatives", "projects", "practical_services")  # fmt: skip
GOAL = dt.date(2019, 12, 31)
RUNNING = (ImportRun.State.UPLOADED, ImportRun.State.CHECKING, ImportRun.State.CONFIRMED, ImportRun.State.WRITING)


@acts
def home(request: HttpRequest) -> HttpResponse:
    """The first page of every role."""
    actor = request.actor  # type: ignore[attr-defined]
    if actor.may(Permission.VIEW_DRAFTS):
        return redirect("field")
    if actor.role is Role.AUDIT_ADMIN:
        return redirect("audit")
    context: dict[str, Any] = {"todos": todos(actor), "today": clock.today(), "goal": GOAL, "days_left": (GOAL - clock.today()).days}
    if actor.scope.kind is ScopeKind.REGION and actor.may(Permission.VIEW_FIGURES):
        context |= _figures(actor.scope.region)
    else:
        context |= _own(request)
    if actor.may(Permission.VIEW_IMPORTS):
        context["runs"] = _running(actor)
    return render(request, "console/home.html", context)


def _own(request: HttpRequest) -> dict[str, Any]:
    """The desk of a unit: whom it sent, who comes back first; of a helper: the households, longest unvisited first."""
    actor = request.actor  # type: ignore[attr-defined]
    hat = request.hat  # type: ignore[attr-defined]
    own: dict[str, Any] = {"region_name": hat.assignment.scope_name if hat else ""}
    if actor.scope.kind is ScopeKind.UNIT and actor.may(Permission.VIEW_POSTINGS):
        own["sent"] = list(running_postings(actor).order_by("planned_end", "id")[:50])
    if actor.scope.kind is ScopeKind.HOUSEHOLDS and actor.may(Permission.VIEW_HOUSEHOLDS):
        own["mine"] = sorted(households_of_official(actor, ""), key=lambda home: home.visited_on or dt.date.min)
    return own


def _figures(region: str) -> dict[str, Any]:
    values = indicators.figures_on_page(region)
    level = {4: "city", 6: "county"}.get(len(region), "town")
    cards = [_card(code, values[code], region) for code in values if code not in TRIVIAL[level]]
    by_child = indicators.figures_by_child(region, CHILD_COLUMNS)
    return {
        "region": region,
        "region_name": name_of(region),
        "headlines": [c for code in HEADLINES for c in cards if c["code"] == code],
        "cards": [c for c in cards if c["code"] not in HEADLINES],
        "child_columns": [title_of(code) for code in CHILD_COLUMNS],
        "children": _children(region, by_child),
        "has_map": len(region) == 4,
        "is_village": len(region) >= VILLAGE,
        "map_data": [{"code": code, "value": row.get("people_out_stably", 0)} for code, row in by_child.items()],
    }


def _children(region: str, by_child: dict[str, dict[str, int]]) -> list[dict[str, Any]]:
    return [
        {"code": code, "name": name_of(code), "values": [row.get(column, 0) for column in CHILD_COLUMNS]}
        for code, row in sorted(by_child.items())
        if len(code) > len(region)
    ]


def title_of(code: str) -> str:
    """What a figure is called in the reader's language."""
    figure = catalogue()[code]
    return figure.title_en if get_language() == "en" else figure.title


def _card(code: str, value: int, region: str) -> dict[str, Any]:
    figure = catalogue()[code]
    return {"code": code, "title": title_of(code), "value": value, "unit": figure.unit, "region": region}


def _running(actor: Any) -> list[ImportRun]:
    return list(ImportRun.objects.visible_to(actor).filter(state__in=RUNNING).select_related("region").order_by("id")[:10])


@acts
def running_imports(request: HttpRequest) -> HttpResponse:
    """The fragment that shows rosters on their way; the page asks for it again while any is."""
    return render(request, "console/running.html", {"runs": _running(request.actor)})  # type: ignore[attr-defined]


@acts
def map_values(request: HttpRequest, region: str) -> JsonResponse:
    """One figure per county for the map."""
    actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.VIEW_FIGURES)
    code = request.GET.get("figure", "people_out_stably")
    if not actor.scope.holds_region(region) or code not in catalogue():
        raise Http404
    found = indicators.figures_by_child(region, [code])
    return JsonResponse(
        {
            "type": "map",
            "geo": f"{settings.STATIC_URL}built/map/611000.json",
            "title": title_of(code),
            "unit": gettext(catalogue()[code].unit),
            "data": [{"name": name_of(c), "code": c, "value": v[code]} for c, v in found.items() if len(c) == 6],
        }
    )


@acts
def figure(request: HttpRequest, region: str, code: str) -> HttpResponse:
    """A figure opened: live, split among the places below, then the rows themselves, by key."""
    actor = request.actor  # type: ignore[attr-defined]
    if code not in catalogue():
        raise Http404
    as_of = clock.today()
    value = indicators.figures(actor, region=region, as_of=as_of, codes=[code])[code]
    rows = (
        indicators.figure_rows(actor, code, region=region, as_of=as_of, after=_after(request.GET.get("after", ""), code))
        if actor.may(Permission(catalogue()[code].opens))
        else None
    )
    split = indicators.figure_by_region(actor, code, region=region, as_of=as_of) if len(region) < 12 else {}
    context = {
        "figure": catalogue()[code],
        "title": title_of(code),
        "value": value,
        "as_of": as_of,
        "region": region,
        "path": [place for place in path_of(region) if actor.scope.holds_region(place.code)],
        "split": [(child, name_of(child), number) for child, number in split.items()],
        "children": [r.code for r in regions_below(actor, region)][:1],
        "rows": [{"key": row.key, "label": row.label, "place": name_of(row.region), "url": _row_url(code, row)} for row in rows or []],
        "may_open": rows is not None,
        "may_export": rows and actor.may(Permission.EXPORT),
        "next": f"{rows[-1].region}:{rows[-1].key}" if rows and len(rows) == 50 else "",
    }
    return render(request, "console/figure.html", context)


def _after(text: str, code: str) -> tuple[str, str] | None:
    """Place and key of the row before the page; what a browser made up is the first page."""
    place, _colon, key = text.partition(":")
    try:
        is_key = key.isdecimal() if catalogue()[code].key.startswith("regions_region.") else bool(uuid.UUID(key))
    except ValueError:
        is_key = False
    return (place, key) if is_key and place.isdecimal() else None


ROW_PAGES = {
    "region": ("counties", "counties_national_poor", "towns", "poor_villages"),
    "posting": ("tier_10", "tier_100", "tier_1000"),
    "industry": ("agricultural_parks", "leading_enterprises", "cooperatives", "large_producers"),
    "project": ("projects",),
    "household": ("households_income_up",),
}


def _row_url(code: str, row: indicators.FigureRow) -> tuple[str, str] | None:
    """The file page behind a row: (URL name, key)."""
    for page, codes in ROW_PAGES.items():
        if code in codes:
            return page, row.region if page == "region" else row.key
    return ("region", row.region) if len(row.region) >= 6 else None
