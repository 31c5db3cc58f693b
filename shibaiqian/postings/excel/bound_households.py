"""Two rosters: households bound to postings (包户名册), and who follows for them (包户交接名册)."""

import polars as pl

from shibaiqian.access.actor import Actor
from shibaiqian.access.rows import Prepared, Rows
from shibaiqian.base import clock
from shibaiqian.base.spreadsheets import Column, ColumnKind, Findings
from shibaiqian.households.excel.columns import HEAD, NUMBER, VILLAGE_CODE
from shibaiqian.households.excel.register import complete, is_form, with_households
from shibaiqian.households.queries import frame_of
from shibaiqian.households.rules import Rule, check, form_rules
from shibaiqian.postings.queries import posting_keys
from shibaiqian.regions.models import Region
from shibaiqian.regions.rules import bounds

POSTING = Column("number", "任职编号", ColumnKind.TEXT, required=True)
COLUMNS = (POSTING, NUMBER, VILLAGE_CODE, HEAD, Column("since", "起始日期", ColumnKind.DATE, required=True))
SUCCESSOR_COLUMNS = (
    POSTING, NUMBER, VILLAGE_CODE, HEAD,
    Column("to_number", "接续任职编号"),
    Column("helper_name", "接续责任人"),
    Column("unit_code", "单位编码", ColumnKind.CODE),
    Column("on", "交接日期", ColumnKind.DATE, required=True),
)  # fmt: skip
BOUND = """
select posting_id::text as posting_id, household_id::text as household_id, since from postings_postedhousehold
where region >= %(low)s and region < %(high)s and until is null and voided_by is null
"""
PAIRED = """
select p.household_id::text as household_id, p.helper_id::text as helper_id, p.helper_name, o.code as unit_code
from postings_pairing p join postings_helper h on h.id = p.helper_id join organisations_organisation o on o.id = h.unit_id
where p.region >= %(low)s and p.region < %(high)s and p.until is null and p.voided_by is null
"""
BOUND_TYPES = {"posting_id": pl.String, "household_id": pl.String, "bound_since": pl.Date}
col = pl.col
GONE = ("delisted", "dissolved")
BIND_RULES = (
    Rule("posting_unknown", "任职编号", col("posting_id").is_null() & col("number").is_not_null(), "任职编号 {number} 不在本级的挂职干部名册中。", "请改正编号，或先导入挂职干部名册。"),
    Rule("posting_ended", "任职编号", col("ended_on").is_not_null(), "任职编号 {number} 的挂职已于 {ended_on} 结束，不能再包户。", "请改为现任干部的任职编号。"),
    Rule("household_outside", "户编号", ~col("home").str.starts_with(col("host")), "户 {household_number} 不在该干部的挂职地。", "请改正户编号或任职编号。"),
    Rule("household_gone", "户编号", col("state").is_in(GONE), "户 {household_number} 已剔除或自然消亡，不用包联。", "请删去这一行。"),
    Rule("since_future", "起始日期", col("since") > col("today"), "起始日期 {since} 晚于今天。", "请改正起始日期。"),
    Rule("since_early", "起始日期", col("since") < col("appointed_on"), "起始日期 {since} 早于任职日期 {appointed_on}。", "请改正起始日期。"),
    Rule("bound_already", "户编号", col("bound_since").is_not_null(), "户 {household_number} 自 {bound_since} 起已由该干部包联。", "已登记的不用重复登记，请删去这一行。"),
    Rule("bound_twice", "户编号", pl.struct("number", "household_number").is_duplicated(), "户 {household_number} 与任职编号 {number} 在本文件中出现多次。", "请删去多余的行。"),
)  # fmt: skip
SUCCESSOR_RULES = (
    Rule("posting_unknown", "任职编号", col("posting_id").is_null() & col("number").is_not_null(), "任职编号 {number} 不在本级的挂职干部名册中。", "请改正编号。"),
    Rule("not_bound", "户编号", col("bound_since").is_null() & col("posting_id").is_not_null() & col("household_id").is_not_null(), "户 {household_number} 现在不由任职编号 {number} 的干部包联。", "请改正户编号或任职编号。"),
    Rule("nobody_follows", "接续责任人", col("to_number").is_null() & col("helper_name").is_null(), "户 {household_number} 没有写接续的人。", "请填写接续任职编号，或接续责任人和单位编码。"),
    Rule("two_follow", "接续责任人", col("to_number").is_not_null() & col("helper_name").is_not_null(), "户 {household_number} 写了两个接续的人。", "接续任职编号和接续责任人只填一项。"),
    Rule("successor_unknown", "接续任职编号", col("to_number").is_not_null() & col("to_id").is_null(), "接续任职编号 {to_number} 不在本级的挂职干部名册中。", "请改正编号。"),
    Rule("successor_ended", "接续任职编号", col("to_ended_on").is_not_null(), "接续任职编号 {to_number} 的挂职已经结束。", "请改为现任干部的任职编号。"),
    Rule("successor_same", "接续任职编号", col("to_id") == col("posting_id"), "接续的就是原来的任职编号 {number}。", "请改正接续任职编号。"),
    Rule("successor_outside", "接续任职编号", ~col("home").str.starts_with(col("to_host")), "户 {household_number} 不在接续干部的挂职地。", "请改为该户所在地的干部。"),
    Rule("unit_missing", "单位编码", col("helper_name").is_not_null() & col("unit_code").is_null(), "写了接续责任人而没有写单位编码。", "请补填单位编码。"),
    Rule("helper_unknown", "接续责任人", col("helper_name").is_not_null() & col("unit_code").is_not_null() & col("helper_id").is_null(), "{helper_name}现在不是户 {household_number} 的帮扶责任人。", "请核对姓名和单位；新的责任人请先由扶贫部门登记结对。"),
    Rule("on_future", "交接日期", col("on") > col("today"), "交接日期 {on} 晚于今天。", "请改正交接日期。"),
    Rule("on_early", "交接日期", col("on") < col("bound_since"), "交接日期 {on} 早于包联起始日期 {bound_since}。", "请改正交接日期。"),
    Rule("household_twice", "户编号", pl.struct("number", "household_number").is_duplicated(), "户 {household_number} 在本文件中出现多次。", "每户只留一行。"),
)  # fmt: skip


def prepare_bindings(region: Region, *, rows: Rows, by: Actor) -> Prepared:
    """Rows of the roster of bound households with the keys of posting and household."""
    findings, sheet = Findings(), rows.sheet
    frame = with_households(complete(rows, COLUMNS), region=region, findings=findings, sheet=sheet)
    frame = _with_bound(_with_posting(frame, region), region).with_columns(today=pl.lit(clock.today()))
    check(frame, [*(form_rules(COLUMNS) if is_form(rows) else []), *BIND_RULES], findings=findings, sheet=sheet)
    return Prepared(frame.sort("household_id", "posting_id"), findings)


def prepare_successors(region: Region, *, rows: Rows, by: Actor) -> Prepared:
    """Rows that say who follows for a bound household: another posting, or a helper of its town."""
    findings, sheet = Findings(), rows.sheet
    frame = with_households(complete(rows, SUCCESSOR_COLUMNS), region=region, findings=findings, sheet=sheet)
    frame = _with_bound(_with_posting(frame, region), region)
    followers = posting_keys(region.code).select(to_number="number", to_id="id", to_host="region", to_name="name", to_ended_on="ended_on")
    frame = frame.join(followers, on="to_number", how="left", maintain_order="left")
    frame = _with_helper(frame, region).with_columns(today=pl.lit(clock.today()))
    check(frame, [*(form_rules(SUCCESSOR_COLUMNS) if is_form(rows) else []), *SUCCESSOR_RULES], findings=findings, sheet=sheet)
    return Prepared(frame.sort("household_id", "posting_id"), findings)


def _with_posting(frame: pl.DataFrame, region: Region) -> pl.DataFrame:
    known = posting_keys(region.code).select(
        "number", "appointed_on", "ended_on", posting_id="id", host="region", cadre_name="name"
    )  # fmt: skip
    return frame.join(known, on="number", how="left", maintain_order="left")


def _with_bound(frame: pl.DataFrame, region: Region) -> pl.DataFrame:
    low, high = bounds(region.code)
    bound = frame_of(BOUND, {"low": low, "high": high}, BOUND_TYPES)
    return frame.join(bound, on=["posting_id", "household_id"], how="left", maintain_order="left")


def _with_helper(frame: pl.DataFrame, region: Region) -> pl.DataFrame:
    """The helper by name and unit among those the household is paired with now."""
    low, high = bounds(region.code)
    kinds = dict.fromkeys(["household_id", "helper_id", "helper_name", "unit_code"], pl.String)
    paired = frame_of(PAIRED, {"low": low, "high": high}, kinds).unique(["household_id", "helper_name", "unit_code"], keep="first")
    return frame.join(paired, on=["household_id", "helper_name", "unit_code"], how="left", maintain_order="left")
