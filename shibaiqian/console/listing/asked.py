"""A list as it is declared, and what one request asks of it; the SQL of a question is kept by role, scope and criteria."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from shibaiqian.access.actor import Actor
from shibaiqian.access.question import Question
from shibaiqian.access.roles import Permission, Role
from shibaiqian.access.scope import Scope, ScopeKind
from shibaiqian.base import clock
from shibaiqian.base.paging import Cursor, Page
from shibaiqian.console.listing.columns import DIGITS, Column, Places, Text, To
from shibaiqian.console.listing.filters import Filter, Sort, beginning
from shibaiqian.regions.models import Region

PERSON, NOTHING = _("姓名"), _("没有符合条件的记录。")


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
    outside: str = field(init=False, default="")  # a place that is not in the scope, or none at all: no row is shown

    def __post_init__(self) -> None:
        region = self.said.get("region", "") if self.listing.place else ""
        inside = (
            self.actor.scope.holds_region(region) if self.actor.scope.kind is ScopeKind.REGION else region.startswith(settings.ROOT_REGION)
        )
        if region and inside and region.isdigit() and len(region) in (4, 6, 9, 12):
            self.region = region
        elif region:
            self.outside, self.problem = region, gettext("所选的地方不在您的管理范围内，没有可以显示的记录。")
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
        return bool(self.chosen or self.region or self.outside or self.name)

    @cached_property
    def visible(self) -> "QuerySet[Any]":
        self.actor.must(self.listing.permission)
        return self.listing.rows(self.actor)

    @property
    def rows(self) -> "QuerySet[Any]":
        if self.outside:
            return self.visible.none()
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
        if self.outside:
            return Page([])
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
