"""A list's columns: a field of the row, how it is said, where it leads; the names of places come in one query for the page."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shibaiqian.access.question import HERE
from shibaiqian.base.figures_format import thousands, yuan
from shibaiqian.base.spreadsheets.columns import ColumnKind
from shibaiqian.regions.queries import region_names

Text = str | Promise
DIGITS = {"county": 6, "town": 9, "village": 12}


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
