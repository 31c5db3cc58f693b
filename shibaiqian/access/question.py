"""A list's question, whose SQL is made once: asked again, only the row behind which to go on changes.

Making the SQL of a page takes longer than answering it. Whom the read door lets see what is written in that SQL, so a question
belongs to one role in one scope with one set of criteria; whoever keeps it must keep it by all of these. That its rows were told
for whom is checked when the SQL is made; the wall stands before every answer.
"""

import uuid
from collections import namedtuple
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import QuerySet

from shibaiqian.access.scoped import must_be_told
from shibaiqian.base.paging import FIRST, SIZE, Cursor, Page, behind, page_of

Statement = tuple[str, Sequence[Any]]
# Stands in the SQL for the cursor's row. No row has this id.
HERE = uuid.UUID(int=0)


class Question:
    """Pages of `rows` by `keys` as `base.paging` makes them, with `fields` alone: named tuples, not models."""

    def __init__(self, rows: "QuerySet[Any]", keys: Sequence[str], *, fields: Sequence[str], known: "QuerySet[Any]") -> None:
        must_be_told(rows)
        must_be_told(known)
        self._rows, self._keys, self._known = rows, tuple(keys), known
        self._fields = tuple(dict.fromkeys(("pk", *fields)))
        self._row: Any = namedtuple("Row", self._fields)  # type: ignore[misc]
        self._statements: dict[Cursor, Statement] = {}

    def page(self, cursor: Cursor = FIRST) -> Page:
        return page_of(self._read, cursor=cursor, size=SIZE)

    def _read(self, cursor: Cursor) -> list[Any]:
        where = Cursor(HERE, cursor.backwards) if cursor.row else FIRST
        if where not in self._statements:
            self._statements[where] = self._statement(where)
        sql, values = self._statements[where]
        if not sql:
            return []
        with connection.cursor() as answer:
            answer.execute(sql, [cursor.row if value == HERE else value for value in values])
            return list(map(self._row._make, answer.fetchall()))

    def _statement(self, where: Cursor) -> Statement:
        """The SQL of a first page, of one behind a row or before it; empty where nothing can be seen."""
        rows = behind(self._rows, self._keys, cursor=where, known=self._known).values_list(*self._fields)[: SIZE + 1]
        compiler = rows.query.get_compiler(DEFAULT_DB_ALIAS)
        try:
            sql, values = compiler.as_sql()
        except EmptyResultSet:
            return "", ()
        if compiler.get_converters([column for column, _sql, _alias in compiler.select]):
            raise TypeError("a list shows columns as the database gives them")
        return sql, values
