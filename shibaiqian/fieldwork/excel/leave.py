"""The register of leave as offices keep it (请销假登记台账): a row a leave, asked for, answered and ended."""

import polars as pl

from shibaiqian.access.actor import Actor
from shibaiqian.access.rows import Prepared, Rows
from shibaiqian.assistance.excel import POSTING_NUMBER, Said, check_posting, keys_of, present, with_postings
from shibaiqian.base import clock
from shibaiqian.base.spreadsheets.columns import Column, ColumnKind
from shibaiqian.base.spreadsheets.findings import Findings
from shibaiqian.fieldwork.rules.leave import KINDS, LEAVE
from shibaiqian.regions.models import Region

LEAVE_COLUMNS = (
    POSTING_NUMBER,
    Column("kind", "类别", ColumnKind.CHOICE, required=True, choices={label: code for code, label in KINDS.items()}),
    Column("first_on", "开始日期", ColumnKind.DATE, required=True),
    Column("from_noon", "下午开始", ColumnKind.BOOLEAN),
    Column("last_on", "结束日期", ColumnKind.DATE, required=True),
    Column("until_noon", "中午结束", ColumnKind.BOOLEAN),
    Column("reason", "事由", required=True),
    Column("place", "去向"),
    Column("asked_on", "申请日期", ColumnKind.DATE, required=True),
    Column("state", "状态", ColumnKind.CHOICE, required=True, choices={label: code for code, label in LEAVE.states.items()}),
    Column("decided_by", "批准人"),
    Column("decided_on", "批准日期", ColumnKind.DATE),
    Column("returned_on", "返岗日期", ColumnKind.DATE),
)
DECIDED = ("approved", "rejected", "continued", "returned", "closed")


def prepare_leaves(region: Region, *, rows: Rows, by: Actor) -> Prepared:
    """Leave with its posting; dates in order and within it, what was granted says by whom, nothing twice."""
    findings = Findings()
    said = Said(LEAVE_COLUMNS, rows, findings)
    frame = with_postings(said.frame, region=region).with_columns(
        pl.lit(None, pl.String).alias("region"), pl.col("from_noon", "until_noon").fill_null(value=False)
    )
    frame = frame.with_columns(region="posting_region").join(_places(frame), on="posting_id", how="left", maintain_order="left")
    said.require()
    check_posting(said, frame.with_columns(first_on=pl.min_horizontal("first_on", pl.lit(clock.today()))), on="first_on")
    said.refuse(frame, pl.col("last_on") < pl.col("first_on"), column="last_on", code="order",
                message="结束日期 {last_on} 早于开始日期 {first_on}。", mend="请核对两个日期。")  # fmt: skip
    said.refuse(
        frame,
        pl.col("asked_on") > clock.today(),
        column="asked_on",
        code="future",
        message="申请日期 {asked_on} 晚于今天。",
        mend="请核对。",
    )
    is_trip = pl.col("kind") == "official"
    is_decided = pl.col("state").is_in(DECIDED) & ~is_trip
    said.refuse(frame, is_decided & (pl.col("decided_by").is_null() | pl.col("decided_on").is_null()), column="decided_by", code="decided_by_whom",
                message="已经审批的请假没有写批准人或批准日期。", mend="请补写；还没有审批的，状态写待审批。")  # fmt: skip
    said.refuse(frame, pl.col("state").is_in(["returned", "closed"]) & pl.col("returned_on").is_null(), column="returned_on", code="no_return",
                message="已经销假的没有写返岗日期。", mend="请补写返岗日期。")  # fmt: skip
    said.refuse(frame, pl.col("returned_on") < pl.col("first_on"), column="returned_on", code="order",
                message="返岗日期 {returned_on} 早于开始日期 {first_on}。", mend="请核对两个日期。")  # fmt: skip
    said.refuse(frame, is_trip != pl.col("state").is_in(["filed", "closed", "cancelled"]) & is_trip, column="state", code="trip_state",
                message="因公外出只有已报备、已办结、已撤销三种状态。", mend="请改正状态。")  # fmt: skip
    ordered = frame.sort("posting_id", "first_on", maintain_order=True)
    standing = ~pl.col("state").is_in(["rejected", "cancelled"])
    clash = ordered.filter(standing).with_columns(before=pl.col("last_on").shift(1).over("posting_id"))
    said.refuse(clash, pl.col("posting_id").is_not_null() & (pl.col("first_on") < pl.col("before")), column="first_on", code="overlap",
                message="{first_on} 起的请假与本表中同一人的另一份重叠（到 {before}）。", mend="请核对日期。")  # fmt: skip
    known = keys_of(
        "select posting_id::text, first_on, last_on from fieldwork_leaverequest where voided_by is null "
        "and state not in ('rejected', 'cancelled') and posting_id = any(%s::uuid[])",
        [present(frame, "posting_id")], {"posting_id": pl.String, "known_first": pl.Date, "known_last": pl.Date},
    )  # fmt: skip
    taken = frame.filter(standing).join(known, on="posting_id", how="inner")
    taken = taken.filter((pl.col("first_on") <= pl.col("known_last")) & (pl.col("last_on") >= pl.col("known_first"))).unique(
        "row", maintain_order=True
    )
    said.refuse(taken, pl.lit(value=True), column="first_on", code="known",
                message="{official} 在 {known_first} 至 {known_last} 已有请假登记。", mend="请删去这一行，或核对日期。")  # fmt: skip
    return Prepared(frame, findings)


def _places(frame: pl.DataFrame) -> pl.DataFrame:
    return keys_of(
        "select id::text, host_level, home_region, unit_id::text, cadre_id::text from postings_posting where id = any(%s::uuid[])",
        [present(frame, "posting_id")],
        {"posting_id": pl.String, "host_level": pl.String, "home_region": pl.String, "unit": pl.String, "cadre": pl.String},
    )
