"""The catalogue of figures: one `.sql` file each, read once, rendered for PostgreSQL and, transpiled, for DuckDB.

A file has a header of `-- name: value` lines, a CTE `rows` with (region, key, label), and the same last line for all: the count
by region. The drill-down is the same CTE read row by row, so a figure always opens down to exactly what it counts.
Parameters: `:low` and `:high` (range of region codes), `:depth` (digits of the answer), `:as_of`, and what follows from it:
`:year_start`, `:stock_date` (last 31 December on or before), `:last_year` (the year of the stock date).
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import sqlglot
from sqlglot import exp

FOLDER = Path(__file__).parent / "catalogue"
COUNT = "select left(region, :depth) as region, count(*) as value from rows group by 1"
_PARAMETER = re.compile(r"(?<!:):([a-z_]+)")
# Digits of a region code by level; the children of a place are one step deeper.
DEPTHS = (2, 4, 6, 9, 12)


class CatalogueBroken(RuntimeError):
    """A file of the catalogue does not have the agreed form."""


@dataclass(frozen=True)
class Figure:
    """One figure: what it means, and its SQL as written for PostgreSQL."""

    code: str
    position: int
    title: str
    title_en: str
    definition: str
    unit: str
    source: str
    as_of: str
    key: str
    opens: str  # the permission that opens the rows behind the figure
    additive: bool
    counts_by: str
    note: str
    sql: str

    @cached_property
    def core(self) -> str:
        """The CTE as written: `with rows as (…)`, ready for another last line."""
        return self.sql.removesuffix(COUNT).rstrip()

    @cached_property
    def tree(self) -> exp.Expr:
        return sqlglot.parse_one(self.sql, dialect="postgres")

    def tables(self) -> set[str]:
        """The tables it reads."""
        own = {cte.alias for cte in self.tree.find_all(exp.CTE)}
        return {table.name for table in self.tree.find_all(exp.Table)} - own

    def columns(self) -> dict[str, set[str]]:
        """The columns it needs of each table for counting (labels left out: no names leave with a snapshot)."""
        needed: dict[str, set[str]] = {name: set() for name in self.tables()}
        for select in self.unlabelled().find_all(exp.Select):
            scope = {table.alias_or_name: table.name for table in select.find_all(exp.Table)}
            for column in select.find_all(exp.Column):
                if (table := scope.get(column.table)) in needed:
                    needed[table].add(column.name)
        return needed

    def unlabelled(self, last: str = COUNT) -> exp.Expr:
        """The figure without the labels of its rows: what counting needs. `last` is the closing SELECT."""
        tree = sqlglot.parse_one(f"{self.core}\n{last}", dialect="postgres")
        for cte in tree.find_all(exp.CTE):
            if cte.alias == "rows":
                cte.this.set("expressions", [shown for shown in cte.this.expressions if shown.alias != "label"])
        return tree

    def for_duckdb(self, last: str = COUNT) -> str:
        """The same figure for DuckDB, by sqlglot; parameters become `$name`."""
        return self.unlabelled(last).sql(dialect="duckdb")


def read(path: Path) -> Figure:
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    head = dict(line[3:].split(": ", 1) for line in lines if line.startswith("-- "))
    sql = "\n".join(line for line in lines if not line.startswith("--")).strip()
    if not sql.startswith("with rows as (") or not sql.endswith(COUNT):
        raise CatalogueBroken(f"{path.name} must be `with rows as (…)` followed by: {COUNT}")
    try:
        title, title_en = head["title"].split(" / ")
        return Figure(
            code=path.stem, position=int(head["position"]), title=title, title_en=title_en, definition=head["definition"],
            unit=head["unit"], source=head["source"], as_of=head["as_of"], key=head["key"], opens=head["opens"],
            additive=head["additive"] == "yes", counts_by=head["counts_by"], note=head.get("note", ""), sql=sql,
        )  # fmt: skip
    except (KeyError, ValueError) as broken:
        raise CatalogueBroken(f"{path.name}: the header lacks or misspells {broken}") from broken


@cache
def catalogue() -> Mapping[str, Figure]:
    """Every figure by its code, in the order of the article."""
    figures = sorted((read(path) for path in FOLDER.glob("*.sql")), key=lambda figure: figure.position)
    return {figure.code: figure for figure in figures}


def period(as_of: dt.date) -> dict[str, Any]:
    """The dates that follow from the day a figure is asked for."""
    stock = as_of if (as_of.month, as_of.day) == (12, 31) else dt.date(as_of.year - 1, 12, 31)
    return {"as_of": as_of, "year_start": dt.date(as_of.year, 1, 1), "stock_date": stock, "last_year": stock.year}


def parameters(region: str, as_of: dt.date, *, depth: int = 12) -> dict[str, Any]:
    return {"low": region, "high": f"{region}:", "depth": depth, **period(as_of)}


def postgresql(sql: str) -> str:
    """`:name` → `%(name)s`, as psycopg takes it."""
    return _PARAMETER.sub(r"%(\1)s", sql.replace("%", "%%"))


def used(sql: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Only the parameters that appear: DuckDB refuses others."""
    return {name: value for name, value in values.items() if f"${name}" in sql}


def child_depth(region: str) -> int:
    """How many digits the places directly under this one have; a village is its own."""
    return next((depth for depth in DEPTHS if depth > len(region)), DEPTHS[-1])
