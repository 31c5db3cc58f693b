"""A list as a page: its filter bar, its cells, the columns somebody chose to see."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shibaiqian.access.actor import Actor
from shibaiqian.access.middleware import acts
from shibaiqian.access.roles import Permission
from shibaiqian.access.scope import ScopeKind
from shibaiqian.base.paging import Cursor
from shibaiqian.base.spreadsheets.columns import ColumnKind
from shibaiqian.console.listing.asked import Asked, Listing
from shibaiqian.console.listing.columns import Places
from shibaiqian.regions.models import Region

NUMBERS = (ColumnKind.INTEGER, ColumnKind.DECIMAL, ColumnKind.MONEY)
UNBROKEN = (ColumnKind.DATE, ColumnKind.CODE)
SHORT = 6
# What a list's form says besides its filters.
BESIDE = ("csrfmiddlewaretoken", "name", "narrow", "after", "before")
LEVELS = (2, 4, 6, 9, 12)


class Cell(NamedTuple):
    text: str
    css: str = ""
    href: str | None = None
    tag: str | None = None


def _cells(asked: Asked, row: Any, places: Places) -> list[Cell]:
    return [
        Cell(
            text=(text := column.text(column.of(row, places))),
            # A name or a place breaks only where it is long.
            css="n" if column.kind in NUMBERS else "nowrap" if column.kind in UNBROKEN else "short" if len(text) <= SHORT else "",
            href=column.link(row) if column.link else None,
            tag=column.tag(getattr(row, column.field)) if column.tag else None,
        )
        for column in asked.shown
    ]


def region_choices(actor: Actor, region: str) -> list[tuple[str, str]]:
    """The places a select offers: those below the scope and, under each chosen one, the next level, indented. One query."""
    if actor.scope.kind is ScopeKind.HOUSEHOLDS:
        return []
    root = actor.scope.region or settings.ROOT_REGION
    opened = [region[:n] for n in (4, 6, 9) if len(root) <= n <= len(region)] or [root]
    found = Region.objects.filter(parent_id__in={root, *opened}, code__gte=root, code__lt=f"{root}:", valid_to__isnull=True)
    names = list(found.order_by("code").values_list("code", "name"))
    top = min((LEVELS.index(len(code)) for code, _name in names), default=0)
    return [(code, "　" * (LEVELS.index(len(code)) - top) + name) for code, name in names]


def _filters(asked: Asked) -> list[dict[str, Any]]:
    """The filter bar: places first, then what the list declares."""
    shown: list[dict[str, Any]] = []
    places = region_choices(asked.actor, asked.region) if asked.listing.place else []
    if asked.outside:
        places.insert(0, (asked.outside, gettext("（不在管理范围内）")))
    if places:
        shown.append(
            {
                "name": "region",
                "label": _("所在地"),
                "value": asked.region or asked.outside,
                "choices": places,
                "begins": False,
                "ends": False,
            }
        )
    for each in asked.listing.filters:
        choices = [(code, gettext(str(label))) for code, label in each.choices]
        pair = {"begins": each.is_date and each.name.endswith("_from"), "ends": each.is_date and each.name.endswith("_to")}
        value = asked.chosen.get(each.name, "")
        shown.append({"name": each.name, "label": each.label, "value": value, "choices": choices, "is_date": each.is_date, **pair})
    return shown


def ask(request: HttpRequest, listing: Listing) -> Asked:
    """The filters of the form just sent, else those of the address; the name is posted always."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    columns = request.session.get("columns", {}).get(listing.name, ())
    sent = request.POST if "narrow" in request.POST else request.GET
    said = {name: value for name, value in sent.dict().items() if value and name not in BESIDE}
    name = request.POST.get("name", "").replace("\0", "").strip()[:40]
    return Asked(listing, actor, said=said, name=name, columns=columns)


def list_page(listing: Listing) -> Callable[[HttpRequest], HttpResponseBase]:
    """The view of a list. POST searches a name, or keeps the choice of columns; filters without a name go into the address."""

    @acts
    def view(request: HttpRequest) -> HttpResponse:
        request.actor.must(listing.permission)  # type: ignore[attr-defined]
        if request.method == "POST" and "columns" in request.POST:
            return _keep_columns(request, listing)
        asked = ask(request, listing)
        kept = urlencode(asked.said)
        if "narrow" in request.POST and not request.POST.get("name", "").strip():
            return redirect(f"{request.path}?{kept}" if kept else request.path)
        sent = request.POST if asked.name else request.GET
        found = asked.page(Cursor.of(after=sent.get("after", ""), before=sent.get("before", "")))
        places = asked.places_of(found.rows, asked.shown)
        context = {
            "listing": listing,
            "asked": asked,
            "page": found,
            "rows": [{"href": listing.href(row) if listing.href else None, "cells": _cells(asked, row, places)} for row in found.rows],
            "columns": asked.shown,
            "all_columns": [(c, c in asked.shown) for c in listing.columns],
            "numbers": NUMBERS,
            "filters": _filters(asked),
            "kept": kept,
            "may_export": asked.actor.may(Permission.EXPORT),
            "begin": listing.begin if listing.begin and asked.actor.may(listing.begin[2]) else None,
            "may_import": bool(listing.kind) and asked.actor.may(Permission.IMPORT_ROSTERS),
        }
        return render(request, "console/list.html", context)

    view.__name__ = listing.name
    return view


def _keep_columns(request: HttpRequest, listing: Listing) -> HttpResponse:
    known = [c.code for c in listing.columns]
    chosen = [code for code in known if code in request.POST.getlist("column")]
    request.session["columns"] = {**request.session.get("columns", {}), listing.name: chosen}
    return redirect(request.get_full_path())
