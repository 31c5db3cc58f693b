"""Postings, households and rosters for the tests of assistance and fieldwork, in real villages of the gazetteer."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import polars as pl

from shibaiqian.access.rows import Rows
from shibaiqian.assistance.models import IndustryEntity
from shibaiqian.base import pinyin
from shibaiqian.base.spreadsheets.columns import Column
from shibaiqian.households.models import Household, IncomeYear
from shibaiqian.indicators.tests.worlds import make
from shibaiqian.postings.models import Posting
from shibaiqian.regions.models import Region

LUONAN, DANFENG = "611021", "611022"
TODAY = dt.date(2016, 6, 8)


def villages(county: str, count: int = 1) -> list[Region]:
    rows = Region.objects.filter(code__gte=county, code__lt=f"{county}:", level="village").order_by("code")
    return list(rows[:count])


def posted(
    region: str, number: str, *, arrived_on: dt.date | None = dt.date(2015, 3, 5), ended_on: dt.date | None = None, tier: str = "T1000"
) -> Posting:
    given = {"region_id": region, "number": number, "tier_code": tier, "appointed_on": dt.date(2015, 3, 2), "home_region": "6110"}
    return make(Posting, {**given, "arrived_on": arrived_on, "ended_on": ended_on, "host_name": "某村", "cadre_name": "王朝辉"})  # type: ignore[return-value]


def registered(region: str, number: str, *, head: str = "张三", attribute: str = "general") -> Household:
    given = {"region_id": region, "number": number, "head_name": head, "attribute": attribute, "state": "registered"}
    return make(Household, {**given, "pinyin": pinyin.full(head), "initials": pinyin.initials(head)})  # type: ignore[return-value]


def earned(household: Household, **wages: int) -> None:
    """Income by year: `earned(household, y2014=200000)`, in cents for the household."""
    for year, cents in wages.items():
        make(IncomeYear, {"household": household, "region_id": household.region_id, "year": int(year[1:]), "wage_cents": cents})


def built(region: str, number: str, posting: Posting) -> IndustryEntity:
    given = {
        "region_id": region,
        "number": number,
        "posting": posting,
        "kind": "cooperative",
        "name": f"合作社{number}",
        "official": posting.cadre_name,
    }
    return make(IndustryEntity, {**given, "pinyin": "hezuoshe", "assisted_since": dt.date(2015, 6, 1)})  # type: ignore[return-value]


def roster(columns: Sequence[Column], *rows: dict[str, Any]) -> Rows:
    """Rows of a sheet, typed as the reader types them; row 2 is the first under the headers."""
    frame = pl.DataFrame(
        {column.name: [row.get(column.name) for row in rows] for column in columns},
        schema={column.name: column.dtype for column in columns},
    )
    return Rows(frame.with_row_index("row", offset=2), sheet="名册", file_sha256="0" * 64)


def said(rows: Any) -> set[tuple[int | None, str, str]]:
    """(row, column, code) of the refusals of a refused set."""
    return {(finding.row, finding.column, finding.code) for finding in rows.findings.refusals()}
