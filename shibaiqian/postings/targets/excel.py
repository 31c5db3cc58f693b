"""The roster of target letters that were signed on paper (目标责任书台账): a row a target."""

import polars as pl

from shibaiqian.access.actor import Actor
from shibaiqian.access.rows import Prepared, Rows
from shibaiqian.base.spreadsheets.columns import Column, ColumnKind
from shibaiqian.base.spreadsheets.findings import Findings
from shibaiqian.indicators.engine import catalogue
from shibaiqian.postings.models import Posting, TargetLetter
from shibaiqian.postings.queries import posting_keys
from shibaiqian.postings.targets.rules import COUNTED
from shibaiqian.regions.checks import Checks, completed
from shibaiqian.regions.models import Region

SCOPES = {label: value for value, label in TargetLetter.Scope.choices}
INDICATORS = {catalogue()[code].title: code for code in COUNTED}
COLUMNS = (
    Column("number", "任职编号", ColumnKind.TEXT, required=True),
    Column("scope", "类别", ColumnKind.CHOICE, required=True, choices=SCOPES),
    Column("year", "年度", ColumnKind.INTEGER),
    Column("seq", "序号", ColumnKind.INTEGER, required=True),
    Column("text", "目标任务", required=True),
    Column("indicator", "统计指标", ColumnKind.CHOICE, choices=INDICATORS),
    Column("baseline", "基数", ColumnKind.INTEGER),
    Column("target", "目标值", ColumnKind.INTEGER, required=True),
    Column("measure", "单位", required=True),
    Column("weight", "权重", ColumnKind.INTEGER, required=True),
    Column("due_on", "完成时限", ColumnKind.DATE, required=True),
    Column("signed_on", "签订日期", ColumnKind.DATE, required=True),
    Column("host_signer", "挂职单位签字人", required=True),
    Column("unit_signer", "派出单位签字人", required=True),
)


def prepare_targets(region: Region, *, rows: Rows, by: Actor) -> Prepared:
    """Targets with their posting; the weights of a letter are 100 together, and dates lie within the posting."""
    findings = Findings()
    checks = Checks(findings, rows.sheet)
    frame = completed(rows.frame, COLUMNS)
    checks.refuse_missing(frame, COLUMNS)
    known = posting_keys(region.code).select("number", "appointed_on", "planned_end", posting="id", host="region", unit_id="unit")
    frame = frame.join(known, on="number", how="left", maintain_order="left")
    frame = frame.join(_persons(frame["posting"].drop_nulls().unique().to_list()), on="posting", how="left", maintain_order="left")
    year = pl.col("year").cast(pl.String).fill_null("")
    frame = frame.with_columns(
        pl.col("baseline").fill_null(0), pl.col("indicator").fill_null(""), letter=pl.concat_str("number", "scope", year, separator="|")
    )
    frame = frame.with_columns(total=pl.col("weight").sum().over("letter"))
    _check(checks, frame)
    return Prepared(frame, findings)


def _persons(postings: list[str]) -> pl.DataFrame:
    rows = Posting.objects.for_everyone(because="the cadre of a posting the wall let through").filter(pk__in=postings)
    return pl.DataFrame(
        [(str(key), str(cadre), home) for key, cadre, home in rows.values_list("pk", "cadre_id", "home_region")],
        schema={"posting": pl.String, "cadre_id": pl.String, "home_region": pl.String}, orient="row",
    )  # fmt: skip


def _check(checks: Checks, frame: pl.DataFrame) -> None:
    col, annual = pl.col, pl.col("scope") == "annual"
    checks.refuse(
        frame, col("number").is_not_null() & col("posting").is_null(), column="任职编号", code="posting_unknown",
        message=pl.format("任职编号“{}”不在挂职干部名册中。", "number"), mend="请改正编号，或先办理任命。", value=col("number"),
    )  # fmt: skip
    checks.refuse(
        frame, annual & col("year").is_null(), column="年度", code="year_missing", message="年度责任书没有写年度。", mend="请填写四位年份。"
    )
    checks.refuse(
        frame, col("total") != 100, column="权重", code="weights",
        message=pl.format("{} 的权重合计 {}，应为 100。", "number", "total"), mend="请调整这份责任书各项的权重。",
    )  # fmt: skip
    checks.refuse(
        frame, col("target") <= col("baseline"), column="目标值", code="target_low",
        message=pl.format("目标 {} 不高于基数 {}。", "target", "baseline"), mend="请改正目标值或基数。",
    )  # fmt: skip
    checks.refuse(
        frame, (col("due_on") < col("appointed_on")) | (col("due_on") > col("planned_end")), column="完成时限", code="due_outside",
        message=pl.format("完成时限 {} 不在任期（{} 至 {}）内。", "due_on", "appointed_on", "planned_end"), mend="请改正完成时限。",
    )  # fmt: skip
    checks.refuse(
        frame, pl.struct("letter", "seq").is_duplicated(), column="序号", code="seq_twice",
        message=pl.format("{} 的第 {} 项重复。", "number", "seq"), mend="每份责任书的序号不能重复。",
    )  # fmt: skip
