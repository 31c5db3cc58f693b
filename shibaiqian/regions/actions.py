"""Writing places and what is known of villages."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from django.db import connection, transaction

from shibaiqian.base import pinyin
from shibaiqian.base.bulk import staged
from shibaiqian.regions.rules import LEVEL_OF_LENGTH

GAZETTEER = Path(__file__).parent / "data" / "regions_6110.csv"
# The national lists of 2012, a row for each county and list (S3).
POOR_COUNTIES = Path(__file__).parent / "facts" / "poor_counties.csv"
# So many places more than the table holds are a first installation.
MANY = 100_000
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
    """The places of a gazetteer file (code,name,level,kind; gzip allowed) under a prefix and above it, upper levels first."""
    read = pl.read_csv(path, columns=["code", "name", "kind"], infer_schema=False).fill_null("")
    wanted = read.filter(pl.col("code").str.starts_with(under) | pl.lit(under).str.starts_with(pl.col("code")))
    places = _named_from_the_top(wanted)
    return places.with_columns(
        kind=pl.when(pl.col("level").is_in(["town", "village"])).then("kind").otherwise(pl.lit("")),
        pinyin=pinyin.full_of_all(places["name"]),
        initials=pinyin.initials_of_all(places["name"]),
        poor_county=pl.when(pl.col("code").is_in(poor_counties())).then(pl.lit("national")).otherwise(pl.lit("")),
    ).select(COLUMNS.keys())


def _named_from_the_top(places: pl.DataFrame) -> pl.DataFrame:
    """With level, parent where the file has it, and the names from the top: a join for each level, not a look for each place."""
    places = places.with_columns(level=pl.col("code").str.len_bytes().replace_strict(LEVEL_OF_LENGTH, return_dtype=pl.String))
    lengths = sorted(LEVEL_OF_LENGTH)
    levels = [places.clear().with_columns(parent_id=pl.lit(""), full_name=pl.lit(""))]
    for above, length in zip([0, *lengths], lengths, strict=False):
        parents = levels[-1].select("code", parent_id="code", above="full_name")
        here = places.filter(pl.col("level") == LEVEL_OF_LENGTH[length]).sort("code")
        joined = here.join(parents, left_on=pl.col("code").str.head(above), right_on="code", how="left", maintain_order="left")
        levels.append(joined.select(*places.columns, "parent_id", full_name=pl.col("above").fill_null("") + pl.col("name")))
    return pl.concat(levels)


def poor_counties(path: Path = POOR_COUNTIES) -> frozenset[str]:
    """Codes of the counties on a national list of poor counties."""
    with path.open(encoding="utf-8") as file:
        return frozenset(row["code"] for row in csv.DictReader(file))


@transaction.atomic
def load_regions(path: Path = GAZETTEER, *, under: str = "") -> Loaded:
    """Install or refresh the gazetteer. Reference data: run by the owner (`shibaiqian regions load`)."""
    frame = read_gazetteer(path, under=under)
    columns = ", ".join(COLUMNS)
    changed = ", ".join(f"{c} = excluded.{c}" for c in COLUMNS if c != "code")
    with staged(frame, COLUMNS) as stage, connection.cursor() as cursor:
        cursor.execute("select count(*) from regions_region")
        new = frame.height - cursor.fetchone()[0]
        with _indexed_afterwards() if new > MANY else nullcontext():
            cursor.execute(
                f"insert into regions_region as kept ({columns}) select {columns} from {stage} "  # noqa: S608
                f"on conflict (code) do update set {changed} "
                "where (kept.name, kept.kind, kept.full_name, kept.poor_county) is distinct from "
                "(excluded.name, excluded.kind, excluded.full_name, excluded.poor_county)"
            )
            written = cursor.rowcount
    return Loaded(read=frame.height, written=written)


@contextmanager
def _indexed_afterwards() -> Iterator[None]:
    """Indexes and foreign keys of the places are dropped and made again over all that was written.

    A fifth of the time of keeping them row by row for a nation's places; the table is closed to others until the commit.
    """
    with connection.cursor() as cursor:
        cursor.execute("""
            select format('drop index %s', indexrelid::regclass), pg_get_indexdef(indexrelid)
            from pg_index where indrelid = 'regions_region'::regclass and not indisunique
            union all
            select format('alter table regions_region drop constraint %I', conname),
                format('alter table regions_region add constraint %I %s', conname, pg_get_constraintdef(oid))
            from pg_constraint where conrelid = 'regions_region'::regclass and contype = 'f'
        """)
        both = cursor.fetchall()
        for drop, _ in both:
            cursor.execute(drop)
        yield
        for _, make in both:
            cursor.execute(make)
