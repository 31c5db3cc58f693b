"""Pages of a long list by key: never an offset, never a count.

A list declares its sort keys, NOT NULL and indexed with the id behind them. A cursor is the id of a row and nothing else, so no
name or date rides in a URL; the row's keys are looked up by the page's own query. A cursor whose row is gone, is not this
reader's, or has nothing behind it gives the first page.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, F, Func, QuerySet, Subquery
from django.db.models.fields.tuple_lookups import Tuple

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

    @classmethod
    def asked(cls, said: Mapping[str, str]) -> "Cursor":
        """From the parameters of an address."""
        return cls.of(after=said.get("after", ""), before=said.get("before", ""))


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
    """One page of `rows` in the order (`keys`, id): one query, and another one where the cursor leads to nothing."""
    return page_of(lambda at: list(behind(rows, keys, cursor=at, known=known)[: size + 1]), cursor=cursor, size=size)


def behind(rows: "QuerySet[Any]", keys: Sequence[str], *, cursor: Cursor, known: "QuerySet[Any] | None" = None) -> "QuerySet[Any]":
    """The rows from a cursor on, in the direction it goes.

    Keys sort upwards, or all downwards when the first one begins with `-`; the id goes with them. A cursor's row is looked up
    in `known`: the rows this reader may see before any filter, so that a row which left the filter still marks the place.
    The place is one row of keys, found before the rows are read: PostgreSQL goes on in the index from there.
    """
    columns = [*(key.removeprefix("-") for key in keys), "pk"]
    falling = keys[0].startswith("-") is not cursor.backwards
    if cursor.row is not None:
        place = (rows if known is None else known).filter(pk=cursor.row).order_by().values_list(*columns)
        sides = Tuple(*map(F, columns)), Subquery(place)
        further = Func(*sides, template="(%(expressions)s)", arg_joiner=" < " if falling else " > ", output_field=BooleanField())
        rows = rows.filter(further)
    return rows.order_by(*(f"-{column}" if falling else column for column in columns))


def page_of(read: Callable[[Cursor], list[Any]], *, cursor: Cursor, size: int) -> Page:
    """A page from what `read` gives from a cursor on: at most one row more than the page holds."""
    found = read(cursor)
    if not found and cursor.row is not None:
        cursor = FIRST
        found = read(cursor)
    more, found = len(found) > size, found[:size]
    if cursor.backwards:
        found.reverse()
    if not found:
        return Page([])
    has_next, has_previous = (True, more) if cursor.backwards else (more, cursor.row is not None)
    return Page(found, next=str(found[-1].pk) if has_next else "", previous=str(found[0].pk) if has_previous else "")


def page_at_hand(rows: Sequence[Any], *, key: str, after: str = "", before: str = "", size: int = SIZE) -> Page:
    """One page of rows that were worked out already: mappings, each with a `key` of its own, by which the cursor names a row."""
    keys = [str(row[key]) for row in rows]
    start = keys.index(after) + 1 if after in keys else max(keys.index(before) - size, 0) if before in keys else 0
    shown = rows[start : start + size]
    return Page(shown, next=keys[start + size - 1] if start + size < len(rows) else "", previous=keys[start] if start else "")
