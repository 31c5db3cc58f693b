"""Pages of a long list by key: never an offset, never a count.

A list declares its sort keys, NOT NULL and indexed with the id behind them. A cursor is the id of a row and nothing else, so no
name or date rides in a URL; the row's keys are looked up. A cursor whose row is gone, or not this reader's, gives the first page.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan

SIZE = 50


@dataclass(frozen=True)
class Cursor:
    """Where a page stands: after a row, before a row, or at the beginning."""

    row: uuid.UUID | None = None
    backwards: bool = False

    @classmethod
    def of(cls, *, after: str = "", before: str = "") -> "Cursor":
        """From what a browser sent; what is not an id is the first page."""
        for text, backwards in ((after, False), (before, True)):
            try:
                return cls(uuid.UUID(text), backwards)
            except ValueError:
                continue
        return cls()


FIRST = Cursor()


@dataclass(frozen=True)
class Page:
    """Rows of one page; `next` and `previous` are the ids to ask for, empty where there is nothing more."""

    rows: Sequence[Any]
    next: str = ""
    previous: str = ""


def page(
    rows: "QuerySet[Any]", keys: Sequence[str], *, cursor: Cursor = FIRST, size: int = SIZE, known: "QuerySet[Any] | None" = None
) -> Page:
    """One page of `rows` in the order (`keys`, id): two queries, one for a first page.

    Keys sort upwards, or all downwards when the first one begins with `-`; the id goes with them. A cursor's row is looked up
    in `known`: the rows this reader may see before any filter, so that a row which left the filter still marks the place.
    """
    down = keys[0].startswith("-")
    columns = [*(key.removeprefix("-") for key in keys), "pk"]
    backwards = cursor.backwards
    at = None
    if cursor.row is not None:
        at = (rows if known is None else known).filter(pk=cursor.row).order_by().values_list(*columns).first()
    if at is None:
        backwards = False
    else:
        further = TupleLessThan if down is not backwards else TupleGreaterThan
        rows = rows.filter(further(Tuple(*map(F, columns)), at))
    sign = "-" if down is not backwards else ""
    found = list(rows.order_by(*(sign + column for column in columns))[: size + 1])
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    if not found:
        return Page([])
    has_next, has_previous = (True, more) if backwards else (more, at is not None)
    return Page(found, next=str(found[-1].pk) if has_next else "", previous=str(found[0].pk) if has_previous else "")
