"""One county of the demonstration as its tests read it: made once, and shared by them."""

import datetime as dt
from functools import lru_cache

import polars as pl

from shibaiqian.demo.officials import postings as posted_in
from shibaiqian.demo.postings import TIERS
from shibaiqian.demo.rosters import county_rosters
from shibaiqian.households.rules import age_on

COUNTY, PASSWORD, TODAY = "611026", "try-it-out", dt.date(2016, 6, 8)


@lru_cache(maxsize=1)
def made() -> dict[str, pl.DataFrame]:
    return dict(county_rosters(COUNTY, PASSWORD))


@lru_cache(maxsize=1)
def people() -> pl.DataFrame:
    members = made()["members"].with_columns(birth_date=pl.col("出生日期").str.to_date())
    return members.with_columns(age=age_on(TODAY), works=pl.col("务工区域").is_not_null(), studies=pl.col("在校生状况") != "非在校生")


@lru_cache(maxsize=1)
def postings() -> pl.DataFrame:
    """All postings planned for the county, whoever decides them."""
    hosted = posted_in(COUNTY)
    columns = {"任职编号": "number", "挂职地代码": "host", "任职日期": "appointed", "到任日期": "arrived"}
    frame = pl.DataFrame({header: [str(getattr(p, name)) for p in hosted] for header, name in columns.items()})
    return frame.with_columns(层级=pl.Series([TIERS[p.tier] for p in hosted]))


def share(frame: pl.DataFrame, condition: pl.Expr) -> float:
    return float(frame.select(condition.mean()).item())


def by_share(frame: pl.DataFrame, column: str) -> dict[str, float]:
    return dict(frame[column].value_counts(normalize=True).iter_rows())
