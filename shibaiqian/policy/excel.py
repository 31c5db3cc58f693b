"""The roster of a year's holidays and shifted working days, as the State Council's notice gives them."""

import datetime as dt

import polars as pl

from shibaiqian.access.actor import Actor
from shibaiqian.access.rows import Prepared, Rows
from shibaiqian.base.spreadsheets.columns import Column, ColumnKind
from shibaiqian.base.spreadsheets.findings import Findings
from shibaiqian.base.workdays import PUBLISHED, arranged
from shibaiqian.policy.rules import unrested
from shibaiqian.regions.checks import Checks, completed
from shibaiqian.regions.models import Region

COLUMNS = (
    Column("on", "日期", ColumnKind.DATE, required=True),
    Column("is_workday", "是否上班", ColumnKind.BOOLEAN, required=True, help="放假填否，调休上班填是；其余日子按周一至周五上班，不用写"),
    Column("source", "依据", required=True, help="国务院办公厅通知的名称和文号"),
)


def prepare_workdays(region: Region, *, rows: Rows, by: Actor) -> Prepared:
    """Days of years that the kept calendar does not know; each year whole, so that no holiday is taken for a working day."""
    findings = Findings()
    checks, frame = Checks(findings, rows.sheet), completed(rows.frame, COLUMNS)
    checks.refuse_missing(frame, COLUMNS)
    checks.refuse(
        frame, pl.lit(region.level != Region.Level.CITY), column="日期", code="not_a_city",
        message=f"节假日安排由市一级录入，{region.name}不是市。", mend="请由市委组织部导入。",
    )  # fmt: skip
    checks.refuse(
        frame, pl.col("on").dt.year() <= PUBLISHED[-1], column="日期", code="published",
        message=pl.format("{} 在系统内置的年份（到 {} 年）里。", "on", pl.lit(PUBLISHED[-1])), mend="内置年份不用录入，请删去这一行。",
    )  # fmt: skip
    checks.refuse_repeated(frame, "on", column="日期", code="twice", message="日期与第 {} 行重复。", mend="同一天只写一行。")
    for year in frame["on"].dt.year().drop_nulls().unique().sort().to_list():
        said = {**arranged(year), **_days(frame.filter(pl.col("on").dt.year() == year))}
        missing = unrested(said, year=year)
        checks.refuse(
            frame.filter(pl.col("on").dt.year() == year).head(1), pl.lit(value=bool(missing) and year not in PUBLISHED), column="日期",
            code="incomplete", message=f"{year} 年的安排不全：{'、'.join(f'{day:%m-%d}' for day in missing)} 没有写放假。",
            mend="请把当年放假和调休上班的日子一次写全。",
        )  # fmt: skip
    return Prepared(frame, findings)


def _days(frame: pl.DataFrame) -> dict[dt.date, bool]:
    return dict(frame.select("on", "is_workday").drop_nulls().iter_rows())
