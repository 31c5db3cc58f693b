"""A statistical report as a value: what it counts, of where, as of when, by whom; its tables with two rows of headers.

The same value is the page, the Excel sheet, the PDF, and what a snapshot freezes. Links open the rows behind a number; they
are of the page alone and never frozen.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Cell = str | int


@dataclass(frozen=True, kw_only=True)
class Section:
    """A table. `groups` are the upper headers with how many columns each spans; the first columns are words, the rest numbers.

    `links` gives, by row and column, what a number's page is asked for.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    groups: tuple[tuple[str, int], ...] = ()
    words: int = 1  # how many leading columns are words
    note: str = ""
    widths: tuple[float, ...] = ()  # of the columns on paper, where words are long; else by words and numbers
    links: Mapping[tuple[int, int], str] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, kw_only=True)
class Report:
    """A report as it is read: of a place and, where it is by batch, of one or all of them (in words); `made_by` who made it."""

    code: str
    title: str
    place: str
    as_of: dt.date
    made_by: str
    sections: tuple[Section, ...]
    batch: str = ""

    @property
    def scope(self) -> str:
        return f"{self.place}，{self.batch}" if self.batch else self.place

    @property
    def criteria(self) -> str:
        return f"范围：{self.scope}　截至：{self.as_of:%Y-%m-%d}　填报：{self.made_by}"


def to_frozen(report: Report) -> dict[str, Any]:
    """Plain JSON without the links."""
    return {
        "code": report.code, "title": report.title, "place": report.place, "as_of": report.as_of.isoformat(), "batch": report.batch,
        "made_by": report.made_by,
        "sections": [
            {"title": s.title, "columns": s.columns, "rows": s.rows, "groups": s.groups, "words": s.words, "note": s.note, "widths": s.widths} for s in report.sections
        ],
    }  # fmt: skip


def from_frozen(data: Mapping[str, Any]) -> Report:
    """The report again, as it was frozen."""
    return Report(
        code=data["code"], title=data["title"], place=data["place"],  as_of=dt.date.fromisoformat(data["as_of"]), batch=data["batch"],
        made_by=data["made_by"],
        sections=tuple(
            Section(
                title=s["title"], columns=tuple(s["columns"]), rows=tuple(tuple(row) for row in s["rows"]),
                groups=tuple((label, span) for label, span in s["groups"]), words=s["words"], note=s["note"],
                widths=tuple(s.get("widths", ())),
            )
            for s in data["sections"]
        ),
    )  # fmt: skip


def summed(rows: Sequence[tuple[Cell, ...]], *, words: int, label: str = "合计") -> tuple[Cell, ...]:
    """The last row: what stands above it, added up column by column."""
    width = len(rows[0]) if rows else words
    numbers = [sum(row[at] for row in rows if isinstance(row[at], int)) for at in range(words, width)]  # type: ignore[misc]
    return (label, *[""] * (words - 1), *numbers)
