"""Writing places and what is known of villages."""

import csv
import gzip
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from django.db import connection, transaction

from shibaiqian.base import pinyin
from shibaiqian.base.bulk import staged
from shibaiqian.regions.rules import level_of, parent_of

GAZETTEER = Path(__file__).parent / "data" / "regions_6110.csv"
# The national lists of 2012, a row for each county and list (S3).
POOR_COUNTIES = Path(__file__).parent / "facts" / "poor_counties.csv"
COLUMNS = {
    "code": 'text collate "C"',
    "name": "text",
    "level": "text",
    "kind": "text",
    "parent_id": "text",
    "full_name": "text",
    "pinyin": "text",
    "initials": "text",
    "poor_county": "text",
}


@dataclass(frozen=True)
class Loaded:
    """How many places a file held, how many were new or changed."""

    read: int
    written: int


def read_gazetteer(path: Path, *, under: str = "") -> pl.DataFrame:
    """The places of a gazetteer file (code,name,level,kind; gzip allowed) under a prefix and above it."""
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    rows = [row for row in csv.DictReader(io.StringIO(raw.decode())) if _wanted(row["code"], under)]
    rows.sort(key=lambda row: (len(row["code"]), row["code"]))
    names: dict[str, str] = {}
    poor = poor_counties()
    return pl.DataFrame(list(_completed(rows, names, poor)), schema=dict.fromkeys(COLUMNS, pl.String), orient="row")


def _wanted(code: str, under: str) -> bool:
    return code.startswith(under) or under.startswith(code)


def poor_counties(path: Path = POOR_COUNTIES) -> frozenset[str]:
    """Codes of the counties on a national list of poor counties."""
    with path.open(encoding="utf-8") as file:
        return frozenset(row["code"] for row in csv.DictReader(file))


def _completed(
    rows: Iterable[dict[str, str]], names: dict[str, str], poor: frozenset[str]
) -> Iterable[tuple[str | None, ...]]:
    for row in rows:
        code, name, parent = row["code"], row["name"], parent_of(row["code"])
        names[code] = full_name = names.get(parent or "", "") + name
        parent = parent if parent in names else None
        national = "national" if code in poor else ""
        kind = row["kind"] if level_of(code) in ("town", "village") else ""
        yield code, name, level_of(code), kind, parent, full_name, pinyin.full(name), pinyin.initials(name), national


@transaction.atomic
def load_regions(path: Path = GAZETTEER, *, under: str = "") -> Loaded:
    """Install or refresh the gazetteer. Reference data: run by the owner (`shibaiqian regions load`)."""
    frame = read_gazetteer(path, under=under)
    columns = ", ".join(COLUMNS)
    changed = ", ".join(f"{c} = excluded.{c}" for c in COLUMNS if c != "code")
    with staged(frame, COLUMNS) as stage, connection.cursor() as cursor:
        cursor.execute(
            f"insert into regions_region as kept ({columns}) select {columns} from {stage} order by length(code), code "  # noqa: S608
            f"on conflict (code) do update set {changed} "
            "where (kept.name, kept.kind, kept.full_name, kept.poor_county) is distinct from "
            "(excluded.name, excluded.kind, excluded.full_name, excluded.poor_county)"
        )
        written = cursor.rowcount
    return Loaded(read=frame.height, written=written)
