"""A second engine for the same figures: the tables they need as Parquet, counted by DuckDB.

A province counts on a snapshot instead of the live database; here it proves that each figure's SQL means the same on both.
No names leave with a snapshot: only the columns that counting needs.
"""
# ruff: noqa: S608 - the SQL is the catalogue's own; values are always parameters

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
from django.db import connection

from shibaiqian.indicators.engine import Figure, catalogue, parameters, postgresql, used

TYPES = {"date": "DATE", "boolean": "BOOLEAN", "smallint": "INTEGER", "integer": "INTEGER", "bigint": "BIGINT"}
ROWS = "select region, key from rows order by region, key"


def columns_needed(codes: Iterable[str] | None = None) -> dict[str, list[str]]:
    """Table → columns that these figures (all by default) count with."""
    needed: dict[str, set[str]] = defaultdict(set)
    for figure in _wanted(codes):
        for table, columns in figure.columns().items():
            needed[table] |= columns
    return {table: sorted(columns) for table, columns in sorted(needed.items())}


def _wanted(codes: Iterable[str] | None) -> list[Figure]:
    return [catalogue()[code] for code in (codes if codes is not None else catalogue())]


def export_snapshot(folder: Path, codes: Iterable[str] | None = None) -> dict[str, int]:
    """Write one Parquet file a table, as the open transaction sees it; returns rows by table."""
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as duck:
        return {table: _export(table, columns, folder, duck) for table, columns in columns_needed(codes).items()}


def _export(table: str, columns: list[str], folder: Path, duck: duckdb.DuckDBPyConnection) -> int:
    types, csv, parquet = _types(table), folder / f"{table}.csv", folder / f"{table}.parquet"
    listed = ", ".join(f'"{column}"' for column in columns)
    out = f"copy (select {listed} from {table}) to stdout with (format csv, force_quote *)"
    with connection.cursor() as cursor, csv.open("wb") as file, cursor.copy(out) as copy:
        for block in copy:
            file.write(block)
    kinds = ", ".join(f"'{column}': '{TYPES.get(types[column], 'VARCHAR')}'" for column in columns)
    said = "auto_detect=false, header=false, delim=',', quote='\"', escape='\"', allow_quoted_nulls=false"
    source = f"read_csv('{csv}', {said}, columns={{{kinds}}})"
    duck.execute(f"copy (select * from {source}) to '{parquet}' (format parquet, compression zstd)")
    csv.unlink()
    return int(duck.execute(f"select count(*) from '{parquet}'").fetchall()[0][0])


def _types(table: str) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select attname, format_type(atttypid, null) from pg_attribute where attrelid = %s::regclass and attnum > 0",
            [table],
        )
        return dict(cursor.fetchall())


def open_snapshot(folder: Path) -> duckdb.DuckDBPyConnection:
    """A DuckDB that sees the snapshot's files as tables."""
    duck = duckdb.connect()
    for file in sorted(folder.glob("*.parquet")):
        duck.execute(f"create view {file.stem} as select * from read_parquet('{file}')")
    return duck


def figures_of_snapshot(folder: Path, *, region: str, as_of: dt.date, codes: Iterable[str] | None = None) -> dict[str, int]:
    """Every figure of a place from a snapshot, by DuckDB."""
    with open_snapshot(folder) as duck:
        values = parameters(region, as_of)
        counts = {figure.code: figure.for_duckdb("select count(*) from rows") for figure in _wanted(codes)}
        return {code: duck.execute(sql, used(sql, values)).fetchall()[0][0] for code, sql in counts.items()}


@dataclass(frozen=True)
class Difference:
    """Where two engines disagree on a figure: rows that only one of them has."""

    code: str
    what: str
    only_postgresql: tuple[tuple[str, object], ...]
    only_duckdb: tuple[tuple[str, object], ...]


def compare_engines(
    folder: Path,
    *,
    region: str,
    as_of: dt.date,
    codes: Iterable[str] | None = None,
    depths: tuple[int, ...] = (4, 6, 9, 12),
) -> Iterator[Difference]:
    """Every figure on PostgreSQL (as the open transaction sees it) and on the snapshot: counts at each depth, and rows behind them."""
    with open_snapshot(folder) as duck:
        for figure in _wanted(codes):
            cases = [(f"depth {depth}", figure.sql, figure.for_duckdb(), depth) for depth in depths]
            cases.append(("rows", f"{figure.core} {ROWS}", figure.for_duckdb(ROWS), 12))
            for what, ours, theirs, depth in cases:
                values = parameters(region, as_of, depth=depth)
                with connection.cursor() as cursor:
                    cursor.execute(postgresql(ours), values)
                    here = {(place, value if isinstance(value, int) else str(value)) for place, value in cursor.fetchall()}
                there = set(duck.execute(theirs, used(theirs, values)).fetchall())
                if here != there:
                    yield Difference(figure.code, what, tuple(sorted(here - there, key=str)), tuple(sorted(there - here, key=str)))
