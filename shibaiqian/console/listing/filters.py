"""How a list is sorted and narrowed: orders, selects, dates, beginnings of names."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shibaiqian.console.listing.columns import Text

LAST = "\U0010ffff"


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
