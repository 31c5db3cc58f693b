"""The roster by which pairings pass from one helper to another (结对交接名册): retirement, transfer, a unit that changes."""

import polars as pl

from shibaiqian.access.actor import Actor
from shibaiqian.access.rows import Prepared, Rows
from shibaiqian.base import clock
from shibaiqian.base.spreadsheets import Column, ColumnKind, Findings
from shibaiqian.households.excel.columns import HEAD, NUMBER, VILLAGE_CODE
from shibaiqian.households.excel.register import complete, is_form, with_households
from shibaiqian.households.queries import frame_of
from shibaiqian.households.rules import Rule, check, form_rules
from shibaiqian.organisations.models import Organisation
from shibaiqian.postings.pairings import HELPERS, PHONE, RELEASED
from shibaiqian.regions.models import Region
from shibaiqian.regions.rules import bounds

COLUMNS = (
    NUMBER, VILLAGE_CODE, HEAD,
    Column("from_name", "原责任人", required=True, aliases=("原帮扶责任人",)),
    Column("from_unit_code", "原单位编码", ColumnKind.CODE, required=True),
    Column("helper_name", "接续责任人", aliases=("接续帮扶责任人",)),
    Column("unit_code", "单位编码", ColumnKind.CODE),
    Column("post", "职务"),
    Column("phone", "联系电话"),
    Column("on", "交接日期", ColumnKind.DATE, required=True),
)  # fmt: skip
RUNNING = """
select p.household_id::text as household_id, p.id::text as pairing_id, h.unit_id::text as from_unit_id, p.helper_name as from_name,
  h.phone_last4 as from_last4, p.since
from postings_pairing p join postings_helper h on h.id = p.helper_id
where p.region >= %(low)s and p.region < %(high)s and p.until is null and p.voided_by is null
"""
RUNNING_TYPES = {
    **dict.fromkeys(["household_id", "pairing_id", "from_unit_id", "from_name", "from_last4"], pl.String), "since": pl.Date,
}  # fmt: skip
col = pl.col
MOVED = ["household_id", "from_unit_id", "from_name"]
RULES = (
    Rule("from_unit_unknown", "原单位编码", col("from_unit_code").is_not_null() & col("from_unit_id").is_null(), "单位编码 {from_unit_code} 不在单位名册中。", "请改正编码。"),
    Rule("not_paired", "原责任人", col("household_id").is_not_null() & col("from_unit_id").is_not_null() & col("pairing_id").is_null(), "{from_name}现在不是户 {household_number} 的帮扶责任人。", "请核对姓名、单位和户编号；已交接的不用再办。"),
    Rule("paired_twice", "原责任人", col("same") > 1, "户 {household_number} 有 {same} 位同单位同名的责任人，不能分辨。", "请在该户页面逐一办理交接。"),
    Rule("moved_twice", "户编号", col("household_id").is_not_null() & pl.struct(MOVED).is_duplicated(), "户 {household_number} 与{from_name}的结对在本文件中交接多次。", "每项结对只留一行。"),
    Rule("unit_missing", "单位编码", col("helper_name").is_not_null() & col("unit_code").is_null(), "写了接续责任人而没有写单位编码。", "请补填单位编码。"),
    Rule("unit_unknown", "单位编码", col("unit_code").is_not_null() & col("unit_id").is_null(), "单位编码 {unit_code} 不在单位名册中。", "请改正编码，或先导入单位名册。"),
    Rule("same_person", "接续责任人", (col("unit_id") == col("from_unit_id")) & (col("helper_name") == col("from_name")) & ((col("phone_last4") == "") | (col("phone_last4") == col("from_last4"))), "接续的就是原责任人{from_name}。", "请改正接续责任人；同名的另一人请填写联系电话。"),
    Rule("helper_ambiguous", "联系电话", col("bearers") > 1, "该单位在该镇有 {bearers} 位{helper_name}。", "请填写联系电话。"),
    Rule("phone_form", "联系电话", ~col("phone").str.contains(PHONE), "联系电话不是手机号或固定电话。", "请改正或清空。", value="phone"),
    Rule("on_future", "交接日期", col("on") > col("today"), "交接日期 {on} 晚于今天。", "请改正交接日期。"),
    Rule("on_early", "交接日期", col("on") <= col("since"), "交接日期 {on} 不晚于结对日期 {since}。", "请改正交接日期。"),
    Rule("no_successor", "接续责任人", col("helper_name").is_null() & ~col("state").is_in(RELEASED) & (col("staying") <= 0), "户 {household_number} 未稳定脱贫，解除后没有帮扶责任人。", "请填写接续的责任人。"),
)  # fmt: skip


def prepare_handovers(region: Region, *, rows: Rows, by: Actor) -> Prepared:
    """Pairings that pass to somebody else, with the keys of the pairing, the unit, and the telephone of a known successor."""
    findings, sheet = Findings(), rows.sheet
    low, high = bounds(region.code)
    frame = with_households(complete(rows, COLUMNS), region=region, findings=findings, sheet=sheet)
    frame = _with_units(_with_units(frame, "from_unit_code", "from_unit_id", "from_unit"), "unit_code", "unit_id", "helper_unit")
    running = frame_of(RUNNING, {"low": low, "high": high}, RUNNING_TYPES)
    paired = running.group_by(MOVED, maintain_order=True).agg(col("pairing_id", "from_last4", "since").first(), same=pl.len())
    frame = frame.join(paired, on=MOVED, how="left", maintain_order="left")
    frame = _with_successors(frame, region).with_columns(col("post").fill_null(""), today=pl.lit(clock.today()))
    frame = _with_staying(frame, running)
    check(frame, [*(form_rules(COLUMNS) if is_form(rows) else []), *RULES], findings=findings, sheet=sheet)
    return Prepared(frame.sort("pairing_id"), findings)


def _with_units(frame: pl.DataFrame, code: str, key: str, name: str) -> pl.DataFrame:
    codes = frame[code].drop_nulls().unique().to_list()
    units = Organisation.objects.filter(code__in=codes, voided_by__isnull=True).values_list("code", "id", "name")
    schema = {code: pl.String, key: pl.String, name: pl.String}
    found = pl.DataFrame([(said, str(pk), unit) for said, pk, unit in units], schema=schema, orient="row")
    return frame.join(found, on=code, how="left", maintain_order="left")


def _with_successors(frame: pl.DataFrame, region: Region) -> pl.DataFrame:
    """The end of the successor's telephone number: as written, or that of the one helper of the unit with this name in the town."""
    low, high = bounds(region.code)
    kinds = dict.fromkeys(["helper_id", "town", "unit_id", "helper_name", "known_last4"], pl.String)
    helpers = frame_of(HELPERS, {"low": low, "high": high}, kinds)
    known = helpers.group_by("town", "unit_id", "helper_name").agg(col("known_last4").first(), bearers=pl.len())
    frame = frame.with_columns(town=col("home").str.slice(0, 9)).join(
        known, on=["town", "unit_id", "helper_name"], how="left", maintain_order="left"
    )
    return frame.with_columns(
        phone_last4=pl.coalesce(col("phone").str.slice(-4), "known_last4", pl.lit("")),
        bearers=pl.when(col("phone").is_null()).then("bearers").otherwise(0),
    )


def _with_staying(frame: pl.DataFrame, running: pl.DataFrame) -> pl.DataFrame:
    """How many helpers of each household stay or follow."""
    now = running.group_by("household_id").agg(now=pl.len().cast(pl.Int64))
    ending = (
        frame.filter(col("pairing_id").is_not_null())
        .group_by("household_id")
        .agg(ending=pl.len().cast(pl.Int64), following=col("helper_name").is_not_null().sum().cast(pl.Int64))
    )
    counts = now.join(ending, on="household_id").select("household_id", staying=col("now") - col("ending") + col("following"))
    return frame.join(counts, on="household_id", how="left", maintain_order="left")
