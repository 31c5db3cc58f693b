"""Writing places and what is known of villages."""

import csv
import gzip
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from django.db import connection, transaction

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import command
from shibaiqian.access.roles import Permission
from shibaiqian.base import pinyin
from shibaiqian.base.bulk import staged
from shibaiqian.regions.models import Region
from shibaiqian.regions.rules import level_of, parent_of

GAZETTEER = Path(__file__).parent / "data" / "regions_6110.csv"
COLUMNS = {
    "code": "text collate \"C\"", "name": "text", "level": "text", "kind": "text", "parent_id": "text", "full_name": "text",
    "pinyin": "text", "initials": "text", "poor_county": "text",
}


@dataclass(frozen=True)
class Loaded:
    """How many places a file held, how many were new or changed."""

    read: int
    written: int


def read_gazetteer(path: Path, *, under: str = "") -> pl.DataFrame:
    """The places of a gazetteer file (code,name,level,kind; gzip allowed) under a prefix and above it, with names from the top."""
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    rows = [row for row in csv.DictReader(io.StringIO(raw.decode())) if _wanted(row["code"], under)]
    rows.sort(key=lambda row: (len(row["code"]), row["code"]))
    names: dict[str, str] = {}
    return pl.DataFrame(list(_completed(rows, names)), schema=dict.fromkeys(COLUMNS, pl.String), orient="row")


def _wanted(code: str, under: str) -> bool:
    return code.startswith(under) or under.startswith(code)


def _completed(rows: Iterable[dict[str, str]], names: dict[str, str]) -> Iterable[tuple[str | None, ...]]:
    for row in rows:
        code, name, parent = row["code"], row["name"], parent_of(row["code"])
        names[code] = full_name = names.get(parent or "", "") + name
        parent = parent if parent in names else None
        national = "national" if row.get("kind") == "national" else ""
        kind = row["kind"] if level_of(code) in ("town", "village") else ""
        yield code, name, level_of(code), kind, parent, full_name, pinyin.full(name), pinyin.initials(name), national


@transaction.atomic
def load_regions(path: Path = GAZETTEER, *, under: str = "") -> Loaded:
    """Install or refresh the gazetteer. Reference data of the installation: run by the owner (`shibaiqian regions load`)."""
    frame = read_gazetteer(path, under=under)
    columns = ", ".join(COLUMNS)
    changed = ", ".join(f"{c} = excluded.{c}" for c in COLUMNS if c not in ("code", "poor_county"))
    with staged(frame, COLUMNS) as stage, connection.cursor() as cursor:
        cursor.execute(
            f"insert into regions_region as kept ({columns}) select {columns} from {stage} order by length(code), code "  # noqa: S608
            f"on conflict (code) do update set {changed} "
            "where (kept.name, kept.kind, kept.full_name) is distinct from (excluded.name, excluded.kind, excluded.full_name)"
        )
        written = cursor.rowcount
    return Loaded(read=frame.height, written=written)


@command(Permission.DESIGNATE_VILLAGES)
def designate_poor_county(region: Region, *, listed: bool, source: str, by: Actor) -> Region:
    """Put a county on the national list of poor counties, or take it off (S3). `source` is the list it stands on."""
    region.poor_county = "national" if listed else ""
    region.save(update_fields=["poor_county"])
    return region
