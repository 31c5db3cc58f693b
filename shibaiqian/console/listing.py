"""One way to make a list page: what it lists, how it is sorted and filtered, its columns; page, print and Excel follow.

Filters ride in the URL and never hold personal data; names of persons are searched by POST. Pages go by key. The number of
queries does not depend on the rows: place names come in one query for the page. What is exported is what is filtered.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from shibaiqian.access.actor import Actor
from shibaiqian.access.middleware import acts
from shibaiqian.access.question import HERE, Question
from shibaiqian.access.roles import Permission, Role
from shibaiqian.access.scope import Scope, ScopeKind
from shibaiqian.base import clock
from shibaiqian.base.figures_format import thousands, yuan
from shibaiqian.base.paging import Cursor, Page
from shibaiqian.base.spreadsheets.columns import ColumnKind
from shibaiqian.regions.models import Region
from shibaiqian.regions.queries import region_names

Text = str | Promise
LAST = "\U0010ffff"
NUMBERS = (ColumnKind.INTEGER, ColumnKind.DECIMAL, ColumnKind.MONEY)
UNBROKEN = (ColumnKind.DATE, ColumnKind.CODE)
SHORT = 6
# What a list's form says besides its filters.
BESIDE = ("csrfmiddlewaretoken", "name", "narrow", "after", "before")
DIGITS = {"county": 6, "town": 9, "village": 12}
LEVELS = (2, 4, 6, 9, 12)
PERSON, NOTHING = _("姓名"), _("没有符合条件的记录。")


@dataclass(frozen=True)
class Places:
    """The names of the places on one page."""

    names: Mapping[str, str]

    @classmethod
    def of(cls, codes: Iterable[str]) -> "Places":
        return cls(region_names(sorted({code[:digits] for code in codes for digits in DIGITS.values() if len(code) >= digits})))

    def at(self, code: str, level: str) -> str:
        digits = DIGITS[level]
        return self.names.get(code[:digits], "") if len(code) >= digits else ""


@dataclass(frozen=True)
class To:
    """A link to the page of this name by a field of the row; none where that is empty, or where the field `when` is."""

    name: str
    key: str = "pk"
    when: str = ""

    def __call__(self, row: Any) -> str | None:
        value = getattr(row, self.key)
        return _address(self.name).format(value) if value and (not self.when or getattr(row, self.when)) else None

    @property
    def fields(self) -> tuple[str, ...]:
        return (self.key, self.when) if self.when else (self.key,)


@lru_cache
def _address(name: str) -> str:
    """The address of a page of one thing, `{}` in the place of its key: resolved once, not for every row."""
    return reverse(name, args=[str(HERE)]).replace(str(HERE), "{}")


@dataclass(frozen=True)
class Column:
    """One column: a field of the row as `said` puts it; MONEY is in cents. `tag` gives the colour of a field's value."""

    code: str
    label: Text
    field: str
    kind: ColumnKind = ColumnKind.TEXT
    said: Callable[[Any], Any] | None = None
    link: To | None = None
    tag: Callable[[Any], str] | None = None
    shown: bool = True
    translated: bool = False  # what is said is a label of a code list
    place: str = ""  # county, town or village of the row's region

    def of(self, row: Any, places: Places) -> Any:
        """The plain value: for Excel as it is, for the page through `text`."""
        found = getattr(row, self.field)
        if self.place:
            return places.at(found, self.place)
        if self.said is not None:
            found = self.said(found)
        return gettext(str(found)) if self.translated and found else found

    @property
    def fields(self) -> tuple[str, ...]:
        return (self.field, *(self.link.fields if self.link else ()))

    def text(self, value: Any) -> str:
        if value is None or value == "":
            return ""
        match self.kind:
            case ColumnKind.DATE:
                return f"{value:%Y-%m-%d}"
            case ColumnKind.MONEY:
                return yuan(value)
            case ColumnKind.INTEGER:
                return thousands(value)
            case ColumnKind.BOOLEAN:
                return gettext("是") if value else gettext("否")
        return str(value)


def place_columns(field: str = "region_id", *, shown: Sequence[str] = ("county", "town", "village")) -> tuple[Column, ...]:
    labels = {"county": _("县区"), "town": _("镇办"), "village": _("村（社区）")}
    return tuple(Column(level, label, field, place=level, shown=level in shown) for level, label in labels.items())


@dataclass(frozen=True)
class Sort:
    """An order: its columns (all upwards, or all downwards by `-`), each NOT NULL, with an index that ends in the id."""

    code: str
    label: Text
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Filter:
    """A select or a date. `narrow` gives the condition for a chosen value."""

    name: str
    label: Text
    narrow: Callable[[str], Q]
    choices: Sequence[tuple[str, Text]] = ()
    is_date: bool = False

    def accepts(self, value: str) -> bool:
        if self.is_date:
            try:
                return bool(dt.date.fromisoformat(value))
            except ValueError:
                return False
        return any(value == code for code, _label in self.choices)


def choice(name: str, label: Text, choices: Iterable[tuple[Any, Any]], *, column: str = "") -> Filter:
    column = column or name
    return Filter(name, label, lambda value: Q(**{column: value}), [(str(code), str(said)) for code, said in choices if code])


def dates(name: str, label: Text, column: str) -> tuple[Filter, Filter]:
    """From and to, both included."""
    return (
        Filter(f"{name}_from", label, lambda value: Q(**{f"{column}__gte": value}), is_date=True),
        Filter(f"{name}_to", _("至"), lambda value: Q(**{f"{column}__lte": value}), is_date=True),
    )


def beginning(text: str, columns: Sequence[str]) -> Q:
    """What begins so, by range; letters of pinyin in any case."""
    text = "".join(text.split())
    found = Q()
    for column in columns:
        wanted = text.lower() if column.endswith(("pinyin", "initials")) else text
        found |= Q(**{f"{column}__gte": wanted, f"{column}__lt": wanted + LAST})
    return found


@dataclass(frozen=True, eq=False)
class Listing:
    """A list. `rows` gives what an actor may see, unfiltered; `names` the columns searched for a typed name, by beginnings."""

    name: str
    title: Text
    permission: Permission
    rows: Callable[[Actor], "QuerySet[Any]"]
    sorts: tuple[Sort, ...]
    columns: tuple[Column, ...]
    filters: tuple[Filter, ...] = ()
    place: str = "region_id"  # the column that the place filter narrows
    href: To | None = None
    names: tuple[str, ...] = ()
    names_label: Text = PERSON
    # A name without its own index is searched within a place of this many digits.
    names_within: int = 0
    empty: Text = NOTHING
    first: Text = ""  # what to do when the register itself holds none yet
    note: Text = ""
    kind: str = ""  # the roster that fills this list
    begin: tuple[str, Text, Permission] | None = None  # URL name, words and permission of what makes a new row

    @property
    def names_hint(self) -> Text:
        """How a name may be typed: a register without pinyin takes characters only."""
        return _("汉字或拼音，从开头查") if any(name.endswith("pinyin") for name in self.names) else _("从开头查")

    def fields(self, columns: Iterable[Column]) -> list[str]:
        """What these columns and the links of a row need of it."""
        return list(dict.fromkeys([*(field for c in columns for field in c.fields), *(self.href.fields if self.href else ())]))

    def audit_digest(self) -> str:
        return self.name


@dataclass
class Asked:
    """What one request asks of a list."""

    listing: Listing
    actor: Actor
    said: Mapping[str, str]
    name: str = ""
    columns: Sequence[str] = ()
    problem: str = ""
    region: str = field(init=False, default="")

    def __post_init__(self) -> None:
        region = self.said.get("region", "")
        inside = (
            self.actor.scope.holds_region(region) if self.actor.scope.kind is ScopeKind.REGION else region.startswith(settings.ROOT_REGION)
        )
        self.region = region if region.isdigit() and len(region) in (4, 6, 9, 12) and inside and self.listing.place else ""
        if self.name and self.listing.names_within > len(self.region or self.actor.scope.region):
            self.problem, self.name = gettext("按姓名查找请先选择镇办或村（社区）。"), ""

    @cached_property
    def chosen(self) -> dict[str, str]:
        """The filters that hold, by name."""
        return {f.name: value for f in self.listing.filters if f.accepts(value := self.said.get(f.name, ""))}

    @property
    def sort(self) -> Sort:
        return next((s for s in self.listing.sorts if s.code == self.said.get("sort")), self.listing.sorts[0])

    @property
    def is_narrowed(self) -> bool:
        return bool(self.chosen or self.region or self.name)

    @cached_property
    def visible(self) -> "QuerySet[Any]":
        self.actor.must(self.listing.permission)
        return self.listing.rows(self.actor)

    @property
    def rows(self) -> "QuerySet[Any]":
        found = self.visible
        if self.region:
            found = found.filter(**{f"{self.listing.place}__gte": self.region, f"{self.listing.place}__lt": f"{self.region}:"})
        for each in self.listing.filters:
            if each.name in self.chosen:
                found = found.filter(each.narrow(self.chosen[each.name]))
        return found.filter(beginning(self.name, self.listing.names)) if self.name else found

    @cached_property
    def shown(self) -> list[Column]:
        """The columns chosen, else those shown at first without the places that every row shares."""
        if self.columns:
            return [c for c in self.listing.columns if c.code in self.columns]
        narrowed = len(self.region or self.actor.scope.region)
        return [c for c in self.listing.columns if c.shown and not (c.place and DIGITS[c.place] <= narrowed)]

    def page(self, cursor: Cursor) -> Page:
        self.actor.must(self.listing.permission)
        if self.name:
            return self.question.page(cursor)  # a person's name is not kept in memory
        said = (*self.chosen.items(), ("region", self.region), ("sort", self.sort.code))
        columns = tuple(column.code for column in self.shown)
        return _question(self.listing, self.actor.role, self.actor.scope, said, columns, clock.today()).page(cursor)

    @property
    def question(self) -> Question:
        return Question(self.rows, self.sort.keys, fields=self.listing.fields(self.shown), known=self.visible)

    def places_of(self, rows: Sequence[Any], columns: Iterable[Column]) -> Places:
        return Places.of({getattr(row, column.field) for column in columns if column.place for row in rows})

    def audit_digest(self) -> dict[str, Any]:
        """What an export's event says of the criteria; a person's name only that there was one."""
        return {**self.chosen, "region": self.region, "sort": self.sort.code, "name": bool(self.name)}

    @property
    def criteria(self) -> str:
        """The criteria in words, for the head of an export."""
        said = [Region.objects.filter(pk=self.region).values_list("full_name", flat=True).first() or ""] if self.region else []
        for each in self.listing.filters:
            if value := self.chosen.get(each.name):
                said.append(f"{each.label} {next((str(label) for code, label in each.choices if code == value), value)}")
        if self.name:
            said.append(gettext("姓名检索"))
        return "；".join(said) or pgettext("criteria", "全部")


@lru_cache(maxsize=1024)
def _question(
    listing: Listing, role: Role, scope: Scope, said: tuple[tuple[str, str], ...], columns: tuple[str, ...], on: dt.date
) -> Question:
    """What a role asks of a list within a scope on a day, whoever asks: it cannot depend on the person."""
    somebody = Actor(user_id=None, name="", role=role, scope=scope)
    return Asked(listing, somebody, said=dict(said), columns=columns).question


forget_questions = _question.cache_clear


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
    if places:
        shown.append({"name": "region", "label": _("所在地"), "value": asked.region, "choices": places, "begins": False, "ends": False})
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
