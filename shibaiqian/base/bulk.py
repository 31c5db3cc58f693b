"""Writing many rows: a frame goes by COPY into a session's temporary table, and from there by INSERT … SELECT.

COPY into a walled table is refused by PostgreSQL; the INSERT … SELECT passes through the wall row by row.
"""

import datetime as dt
import io
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import polars as pl
from django.db import connection

CHUNK = 1 << 20
Statement = tuple[str, list[Any]]  # SQL with its values


@contextmanager
def staged(frame: pl.DataFrame, types: Mapping[str, str]) -> Iterator[str]:
    """Yield the name of a temporary table that holds the frame; `types` gives each column's PostgreSQL type.

    Binary columns become bytea. Null is kept apart from the empty text.
    """
    name = f"staged_{secrets.token_hex(4)}"
    columns = ", ".join(f"{column} {kind}" for column, kind in types.items())
    said = frame.select(types.keys()).with_columns(
        [pl.concat_str(pl.lit("\\x"), pl.col(c).bin.encode("hex")).alias(c) for c in types if frame.schema[c] == pl.Binary]
    )
    with connection.cursor() as cursor:
        cursor.execute(f"create temporary table {name} ({columns}) on commit drop")
        buffer = io.BytesIO()
        said.write_csv(buffer, include_header=False, null_value="\\N", quote_style="necessary")
        view = buffer.getbuffer()
        with cursor.copy(f"copy {name} ({', '.join(types)}) from stdin with (format csv, null '\\N')") as copy:
            for start in range(0, len(view), CHUNK):
                copy.write(view[start : start + CHUNK])
        cursor.execute(f"analyze {name}")
    yield name
    with connection.cursor() as cursor:
        cursor.execute(f"drop table {name}")


def insert_frame(
    table: str,
    frame: pl.DataFrame,
    types: Mapping[str, str],
    *,
    also: Mapping[str, Any] | None = None,
    conflict: Sequence[str] | None = None,
    returning: str | None = None,
) -> list[object]:
    """Insert a frame's rows; `also` are columns with one value for all. Returns the `returning` column of inserted rows.

    With `conflict` (an ON CONFLICT target such as `["(id_blind) where voided_by is null"]`) rows already there are left out:
    compare what is returned with what was sent.
    """
    constants = dict(also or {})
    with staged(frame, types) as stage, connection.cursor() as cursor:
        sql = (
            f"insert into {table} ({', '.join([*types, *constants])}) select {', '.join([*types, *('%s' for _ in constants)])} from {stage}"  # noqa: S608
        )
        if conflict is not None:
            sql += f" on conflict {conflict[0] if conflict else ''} do nothing"
        if returning:
            sql += f" returning {returning}"
        cursor.execute(sql, list(constants.values()))
        return [row[0] for row in cursor.fetchall()] if returning else []


_together: ContextVar[list[Statement] | None] = ContextVar("together", default=None)


@contextmanager
def in_one_message() -> Iterator[None]:
    """What `insert_rows` writes inside goes to the server together at the end: one message instead of one for each table.

    Nothing inside may read those rows.
    """
    waiting: list[Statement] = []
    token = _together.set(waiting)
    try:
        yield
    finally:
        _together.reset(token)
    execute_together(waiting)


def execute_together(statements: Sequence[Statement]) -> None:
    """Several statements that answer nothing in one message; when one fails, those before it fall with the transaction."""
    if statements:
        with connection.cursor() as cursor:
            cursor.execute("; ".join(sql for sql, _ in statements), [value for _, values in statements for value in values])


def insert_rows(table: str, rows: Sequence[Sequence[Any]], types: Mapping[str, str], *, also: Mapping[str, Any] | None = None) -> None:
    """Insert tens of rows by one statement, a column as an array: a tenth of the work of one object for each row.

    `types` gives each column's PostgreSQL type in the order of the values; `also` are columns with one value for all.
    """
    if not rows:
        return
    constants = dict(also or {})
    arrays = ", ".join(f"%s::{kind}[]" for kind in types.values())
    names = ", ".join([*types, *constants])
    sql = f"insert into {table} ({names}) select u.*{', %s' * len(constants)} from unnest({arrays}) u"  # noqa: S608 - our own names
    values = [*constants.values(), *(array_text(column) for column in zip(*rows, strict=True))]
    waiting = _together.get()
    if waiting is not None:
        waiting.append((sql, values))
    else:
        execute_together([(sql, values)])


def array_text(values: Iterable[Any]) -> str:
    """An array as PostgreSQL reads it, of texts, keys, numbers, days, moments or bytes. psycopg looks at each value: twice the work."""
    return "{" + ",".join(map(_element, values)) + "}"


def _element(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, bytes):
        return '"\\\\x' + value.hex() + '"'
    if isinstance(value, dt.datetime):
        return f'"{value.isoformat()}"'
    return str(value)
