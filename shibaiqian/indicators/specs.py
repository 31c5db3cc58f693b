"""What each figure counts, as a small table of rows in and numbers out: test and page of the handbook at once.

`specs/<code>.md`: headings `### table_name` with a table of rows, then `### 应得` with as_of, region and value. A column `note`
is for the reader; `voided` 是 means the row was voided; ids are short names that other rows refer to.
"""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "specs"
EXPECTED = "应得"
Row = dict[str, str]


@dataclass(frozen=True)
class Spec:
    code: str
    tables: tuple[tuple[str, tuple[Row, ...]], ...]
    expected: tuple[tuple[dt.date, str, int], ...]
    text: str


class SpecBroken(RuntimeError):
    """A spec that says nothing, or a table that is not one."""


def spec(code: str) -> Spec:
    """The spec of a figure; FileNotFoundError when nobody wrote one."""
    text = (FOLDER / f"{code}.md").read_text(encoding="utf-8")
    tables = dict(_tables(text))
    expected = tuple((dt.date.fromisoformat(r["as_of"]), r["region"], int(r["value"])) for r in tables.pop(EXPECTED, ()))
    if not expected or not tables:
        raise SpecBroken(f"{code}.md needs rows and a table under “### {EXPECTED}”")
    return Spec(code=code, tables=tuple(tables.items()), expected=expected, text=text)


def _tables(text: str) -> list[tuple[str, tuple[Row, ...]]]:
    found: list[tuple[str, tuple[Row, ...]]] = []
    for part in text.split("### ")[1:]:
        name, *lines = part.splitlines()
        cells = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines if line.startswith("|")]
        head, _, *rows = cells
        if any(len(row) != len(head) for row in rows):
            raise SpecBroken(f"a row of {name} has more or fewer cells than its head")
        found.append((name.strip(), tuple(dict(zip(head, row, strict=True)) for row in rows)))
    return found
