"""目标责任书签订和完成情况表 (R14): by county of a city, by town of a county: drawn up, signed, progress. Three queries."""

import datetime as dt

import polars as pl

from shibaiqian.access.actor import Actor
from shibaiqian.access.roles import Permission
from shibaiqian.postings.models import TargetLetter
from shibaiqian.postings.queries import postings
from shibaiqian.regions.queries import region_names
from shibaiqian.regions.rules import bounds
from shibaiqian.reports.tables import Report, Section, summed

CODE, TITLE = "target_letters", "目标责任书签订情况表"
WORDS = {"signed": "签订情况"}
COLUMNS = ("单位", "在岗人数", "已签年度", "已签任期", "待签", "拟定中", "未拟定")


def targets_report(actor: Actor, *, region: str, as_of: dt.date) -> Report:
    """Who serves on a day and whose letter of that year or of the term was signed by it. A posting without any letter is in 未拟定."""
    actor.must(Permission.VIEW_TARGETS)
    low, high = bounds(region)
    digits = 6 if len(region) <= 4 else 9
    serving = postings(actor, region=region).filter(arrived_on__lte=as_of).order_by()
    serving = serving.exclude(ended_on__lte=as_of)
    posted = pl.DataFrame(
        [(str(pk), place[:digits]) for pk, place in serving.values_list("pk", "region_id")],
        schema={"posting": pl.String, "place": pl.String}, orient="row",
    )  # fmt: skip
    rows = TargetLetter.objects.visible_to(actor).filter(region__gte=low, region__lt=high, supersedes=None)
    fields = ("posting_id", "scope", "year", "state", "signed_by_official_on", "signed_by_host_on", "signed_by_unit_on")
    letters = pl.DataFrame(
        [(str(pk), *rest) for pk, *rest in rows.values_list(*fields)],
        schema={"posting": pl.String, "scope": pl.String, "year": pl.Int64, "state": pl.String, **dict.fromkeys(("a", "b", "c"), pl.Date)},
        orient="row",
    )  # fmt: skip
    this_year = (pl.col("scope") == "annual") & (pl.col("year") == as_of.year)
    of_term = pl.col("scope") == "term"
    signed = (pl.max_horizontal("a", "b", "c") <= as_of) & pl.col("a").is_not_null() & pl.col("b").is_not_null() & pl.col("c").is_not_null()
    by_posting = (
        letters.filter(this_year | of_term)
        .group_by("posting")
        .agg(
            annual=(this_year & signed).any(), term=(of_term & signed).any(), signing=((pl.col("state") == "signing") & ~signed).any(),
            drafting=(pl.col("state") == "draft").any(),
        )
    )  # fmt: skip
    marks = ("annual", "term", "signing", "drafting")
    joined = posted.join(by_posting, on="posting", how="left").with_columns(pl.col(marks).fill_null(value=False))
    counted = joined.group_by("place").agg(
        serving=pl.len(), **{mark: pl.col(mark).sum() for mark in marks}, none=(~pl.any_horizontal(*marks)).sum()
    ).sort("place")  # fmt: skip
    names = region_names([*counted["place"], region])
    body = [
        (names.get(row["place"], row["place"]), *(row[field] for field in ("serving", "annual", "term", "signing", "drafting", "none")))
        for row in counted.iter_rows(named=True)
    ]
    section = Section(title=WORDS["signed"], columns=COLUMNS, rows=(*body, summed(body, words=1)) if body else ())
    name = names.get(region, region)
    return Report(code=CODE, title=TITLE, place=name, as_of=as_of, made_by=actor.name, sections=(section,))
