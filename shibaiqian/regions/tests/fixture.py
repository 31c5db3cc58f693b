"""What `docs/fixture.md` says of a roster: its headers, and which of them are required."""

from pathlib import Path

from shibaiqian.base.spreadsheets.columns import Column


def agreed(kind: str) -> list[tuple[str, bool]]:
    """The headers of a roster in their order, each with whether it is required."""
    page = (Path(__file__).parents[3] / "docs" / "fixture.md").read_text(encoding="utf-8")
    row = next(line for line in page.splitlines() if line.startswith("|") and f"| `{kind}` |" in line)
    headers = row.split("|")[4].split("(")[0].split(",")
    return [(header.strip().removesuffix("*"), header.strip().endswith("*")) for header in headers]


def declared(columns: tuple[Column, ...]) -> list[tuple[str, bool]]:
    """The same of declared columns; a place is required by code or by names, which no single column says."""
    return [(column.header, column.required or column.name == "village_code") for column in columns]
