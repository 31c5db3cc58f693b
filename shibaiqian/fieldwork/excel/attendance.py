"""The sheet of attendance as offices keep it (考勤登记表): a row a person and month, a mark a day. And the register of leave."""

import datetime as dt

import polars as pl

from shibaiqian.access.actor import Actor
from shibaiqian.access.rows import Prepared, Rows
from shibaiqian.assistance.excel import POSTING_NUMBER, Said, keys_of, present
from shibaiqian.assistance.rules import repeated
from shibaiqian.base import clock
from shibaiqian.base.spreadsheets.columns import Column, ColumnKind
from shibaiqian.base.spreadsheets.findings import Findings
from shibaiqian.fieldwork.rules.attendance import MONTH
from shibaiqian.postings.queries import posting_keys
from shibaiqian.regions.models import Region

DAYS = tuple(f"d{n}" for n in range(1, 32))
# A mark, and what it says: status, night, kind of leave. Empty is a day nobody wrote down.
MARKS: dict[str, tuple[str, bool | None, str]] = {
    "√": ("in_village", True, ""), "△": ("in_village", False, ""), "公": ("official_out", None, ""), "休": ("rest", None, ""),
    "事": ("leave", None, "personal"), "病": ("leave", None, "sick"), "年": ("leave", None, "annual"), "婚": ("leave", None, "marriage"),
    "产": ("leave", None, "maternity"), "护": ("leave", None, "paternity"), "丧": ("leave", None, "bereavement"), "探": ("leave", None, "home"),
    "伤": ("leave", None, "injury"), "缺": ("absent", None, ""), "旷": ("absent", None, ""), "？": ("unknown", None, ""), "?": ("unknown", None, ""),
}  # fmt: skip
LEGEND = "√ 在村并住村，△ 在村未住，公 因公外出，休 休息，事、病、年、婚、产、护、丧、探、伤 各类请假，缺 缺岗（镇办已认定），空白 未记录"
COLUMNS = (
    POSTING_NUMBER,
    Column("month", "月份", ColumnKind.MONTH, required=True, help=LEGEND),
    *(Column(f"d{n}", f"{n}日", aliases=(str(n),)) for n in range(1, 32)),
    Column("state", "状态", ColumnKind.CHOICE, choices={label: code for code, label in MONTH.states.items()}, help="空着按镇办已确认"),
    Column("confirmed_by", "确认人"),
)


def prepare_attendance(region: Region, *, rows: Rows, by: Actor) -> Prepared:
    """A row a month; `extra["days"]` has a row a day. Marks stand on days of the posting and up to today, a month comes once."""
    findings, today = Findings(), clock.today()
    said = Said(COLUMNS, rows, findings)
    frame = said.frame.with_columns(pl.col("month").dt.truncate("1mo"))
    known = (
        posting_keys(region.code)
        .select("number", "name", "arrived_on", "ended_on", posting_id="id", host="region")
        .rename({"number": "posting_number"})
    )
    frame = frame.join(known, on="posting_number", how="left", maintain_order="left").join(
        _places(known), on="posting_id", how="left", maintain_order="left"
    )
    said.require()
    said.refuse(frame, pl.col("posting_number").is_not_null() & pl.col("posting_id").is_null(), column="posting_number", code="posting_unknown",
                message="任职编号“{posting_number}”在挂职干部名册中查不到。", mend="请核对编号，或先登记这次任职。", value="posting_number")  # fmt: skip
    said.refuse(frame, pl.col("month") > today, column="month", code="future", message="{month:%Y-%m} 还没有到。", mend="请核对月份。")
    said.refuse(frame, repeated("posting_id", "month"), column="month", code="repeated",
                message="{posting_number} 的 {month:%Y-%m} 在本表中出现不止一次。", mend="一人一月一行，请合并。")  # fmt: skip
    there = keys_of(
        "select posting_id::text, month from fieldwork_attendancemonth where voided_by is null and posting_id = any(%s::uuid[])",
        [present(frame, "posting_id")], {"posting_id": pl.String, "month": pl.Date},
    )  # fmt: skip
    said.refuse(frame.join(there, on=["posting_id", "month"], how="semi"), pl.lit(value=True), column="month", code="known",
                message="{posting_number} 的 {month:%Y-%m} 已有考勤。", mend="已有的考勤请在网页上填写或提出更正，请删去这一行。")  # fmt: skip
    days = _days(frame)
    _check(said, days, today)
    frame = frame.with_columns(pl.col("state").fill_null("confirmed"), pl.col("confirmed_by").fill_null(""))
    return Prepared(frame, findings, {"days": days})


def _places(known: pl.DataFrame) -> pl.DataFrame:
    """What rows of a posting carry for the wall."""
    return keys_of(
        "select id::text, home_region, unit_id::text, cadre_id::text from postings_posting where id = any(%s::uuid[])",
        [present(known, "posting_id")],
        {"posting_id": pl.String, "home_region": pl.String, "unit": pl.String, "cadre": pl.String},
    )


def _days(frame: pl.DataFrame) -> pl.DataFrame:
    """A row a day of each month: its mark, and what it says."""
    marks = pl.DataFrame(
        [(mark, *said) for mark, said in MARKS.items()],
        schema={"mark": pl.String, "status": pl.String, "overnight": pl.Boolean, "leave_kind": pl.String}, orient="row",
    )  # fmt: skip
    kept = ["row", "posting_id", "posting_number", "month", "arrived_on", "ended_on"]
    long = frame.unpivot(DAYS, index=kept, variable_name="column", value_name="mark")
    long = long.with_columns(pl.col("column").str.slice(1).cast(pl.Int32).alias("number"), pl.col("mark").str.strip_chars())
    long = long.with_columns(pl.when(pl.col("mark") == "").then(None).otherwise("mark").alias("mark"))
    last = pl.col("month").dt.month_end().dt.day()
    long = long.with_columns(
        pl.when(pl.col("number") <= last).then(pl.col("month").dt.offset_by(pl.format("{}d", pl.col("number") - 1))).alias("on")
    )
    return long.join(marks, on="mark", how="left", maintain_order="left")


def _check(said: Said, days: pl.DataFrame, today: dt.date) -> None:
    written = pl.col("mark").is_not_null()
    outside = (pl.col("on") < pl.col("arrived_on")) | (pl.col("on") > pl.col("ended_on")) | pl.col("arrived_on").is_null()
    for number in range(1, 32):
        here = days.filter(pl.col("number") == number)
        name = f"d{number}"
        said.refuse(
            here,
            written & pl.col("status").is_null(),
            column=name,
            code="mark",
            message="符号“{mark}”不认识。",
            mend=f"请用：{LEGEND}。",
            value="mark",
        )
        said.refuse(here, written & pl.col("on").is_null(), column=name, code="no_such_day",
                    message=f"{{month:%Y-%m}} 没有 {number} 日。", mend="请清空这一格。")  # fmt: skip
        said.refuse(here, written & pl.col("posting_id").is_not_null() & outside, column=name, code="outside",
                    message="{on} 不在 {posting_number} 的任职期间。", mend="请清空这一格，或核对任职编号。")  # fmt: skip
        said.refuse(here, written & (pl.col("on") > today), column=name, code="future", message="{on} 还没有到。", mend="请清空这一格。")


def days_to_write(days: pl.DataFrame, *, today: dt.date) -> pl.DataFrame:
    """The days of the postings up to today; what has no mark is unknown."""
    inside = (pl.col("on") >= pl.col("arrived_on")) & (pl.col("ended_on").is_null() | (pl.col("on") <= pl.col("ended_on")))
    return days.filter(inside & (pl.col("on") <= today)).with_columns(
        pl.col("status").fill_null("unknown"), pl.col("leave_kind").fill_null("")
    )
