"""The ledgers of practical services and of work logs: columns, and how rows become keys, column-wise (a city has 118,000 services)."""

import polars as pl

from shibaiqian.access.actor import Actor
from shibaiqian.access.rows import Prepared, Rows
from shibaiqian.assistance.excel import (
    POSTING_NUMBER,
    Said,
    check_households,
    check_posting,
    keys_of,
    labels,
    present,
    with_households,
    with_postings,
)
from shibaiqian.assistance.rules import in_future, negative, repeated
from shibaiqian.base import clock
from shibaiqian.base.spreadsheets.columns import Column, ColumnKind
from shibaiqian.base.spreadsheets.findings import Findings
from shibaiqian.fieldwork import rules
from shibaiqian.fieldwork.models import PracticalService, WorkLogItem
from shibaiqian.regions.models import Region
from shibaiqian.regions.places import PLACE_COLUMNS, resolve_places

COLUMNS = (
    POSTING_NUMBER,
    *PLACE_COLUMNS,
    Column("household_number", "户编号", ColumnKind.CODE),
    Column("beneficiary", "受益群众", required=True),
    Column("kind", "类别", ColumnKind.CHOICE, required=True, choices=labels(PracticalService.Kind.choices)),
    Column("content", "办理内容", required=True, longest=500),
    Column("on", "办理日期", ColumnKind.DATE, required=True),
    Column("amount_cents", "折合金额（元）", ColumnKind.MONEY),
    Column("confirmation", "确认方式", ColumnKind.CHOICE, choices=labels(PracticalService.Confirmation.choices)),
    Column("confirmed_on", "确认日期", ColumnKind.DATE),
    Column("typed_by", "记录人", help="不是挂职干部本人记的才填"),
)
LOG_COLUMNS = (
    POSTING_NUMBER,
    *PLACE_COLUMNS,
    Column("on", "日期", ColumnKind.DATE, required=True, aliases=("工作日期",)),
    Column("category", "类别", ColumnKind.CHOICE, required=True, choices=labels(WorkLogItem.Category.choices)),
    Column("household_number", "户编号", ColumnKind.CODE, help="写了户编号，就记为一次入户走访"),
    Column("content", "内容", required=True, longest=500, aliases=("工作内容",)),
    Column("recorded_at", "登记时间", ColumnKind.MOMENT, help="原记录登记的时间；空着按导入的时间"),
    Column("problem", "发现的问题", longest=300, help="当场没有解决的问题；没有就空着"),
    Column("follow_up_due", "跟进日期", ColumnKind.DATE, help="打算哪天再去；没有就空着"),
    Column("typed_by", "记录人", help="不是挂职干部本人记的才填"),
)
# What makes two rows the same thing of a day.
SAME_ITEM = ("posting_id", "on", "category", "household_number", "content")
# What makes two rows the same service.
SAME = ("posting_id", "region", "beneficiary", "kind", "on", "content")


def prepare_services(region: Region, *, rows: Rows, by: Actor) -> Prepared:
    """Places, postings and households as keys; dates within the posting; nothing twice.

    The same thing for the same household within a week is refused in a form and noted in a ledger of the past.
    """
    findings, today = Findings(), clock.today()
    said = Said(COLUMNS, rows, findings)
    frame = with_households(said.frame, region=region)
    frame = resolve_places(frame, region=region, findings=findings, sheet=rows.sheet)
    frame = with_postings(frame, region=region)
    said.require()
    check_posting(said, frame, on="on")
    check_households(said, frame)
    said.refuse(frame, pl.col("village_code").is_null() & (pl.col("household_region") != pl.col("region")), column="household_number", code="household_elsewhere",
                message="户“{household_number}”不在本行所写的村（社区）。", mend="请核对户编号和村（社区）。")  # fmt: skip
    said.refuse(
        frame,
        negative("amount_cents"),
        column="amount_cents",
        code="negative",
        message="折合金额不能是负数。",
        mend="请填写元为单位的金额，没有的留空。",
    )
    said.refuse(
        frame,
        rules.confirmed_too_early(),
        column="confirmed_on",
        code="order",
        message="确认日期 {confirmed_on} 早于办理日期 {on}。",
        mend="请核对两个日期。",
    )
    said.refuse(
        frame,
        in_future("confirmed_on", today=today),
        column="confirmed_on",
        code="future",
        message="确认日期 {confirmed_on} 晚于今天。",
        mend="确认以后再登记。",
    )
    said.note(frame, rules.confirmed_how_unknown(), column="confirmation", code="how_missing",
              message="有确认日期，没有写确认方式。", mend="按未确认登记；请补写签字、按手印（有见证人）或两名村民见证。")  # fmt: skip
    said.refuse(
        frame,
        repeated(*SAME),
        column="content",
        code="repeated",
        message="与本表中另一行是同一件实事（同一任职、受益群众、类别、内容和日期）。",
        mend="请删去重复的行。",
    )
    _check_known(said, frame)
    frame = frame.with_columns(
        pl.when(pl.col("confirmation").is_not_null()).then("confirmed_on").alias("confirmed_on"), pl.col("confirmation").fill_null("")
    )
    return Prepared(frame=frame, findings=findings)


def _check_known(said: Said, frame: pl.DataFrame) -> None:
    """Compare with what is on the register: the same row, and the same thing for the same household within a week."""
    dates = frame["on"].drop_nulls()
    if dates.is_empty():
        return
    first, last = dates.min(), dates.max()
    known = keys_of(
        'select posting_id::text, region, beneficiary, kind, "on", content from fieldwork_practicalservice '
        'where voided_by is null and posting_id = any(%s::uuid[]) and "on" between %s and %s',
        [present(frame, "posting_id"), first, last],
        {name: pl.Date if name == "on" else pl.String for name in SAME},
    )
    same = frame.join(known, on=list(SAME), how="semi")
    said.refuse(
        same, pl.lit(True), column="content", code="known", message="这件实事已经登记过（{on}，{beneficiary}）。", mend="请删去这一行。"
    )
    before = keys_of(
        'select household_id::text, content, "on" from fieldwork_practicalservice '
        'where voided_by is null and household_id = any(%s::uuid[]) and "on" between %s::date - %s and %s::date + %s',
        [present(frame, "household_id"), first, rules.DAYS_APART, last, rules.DAYS_APART],
        {"household_id": pl.String, "content": pl.String, "known_on": pl.Date},
    )
    again = pl.concat(
        [
            frame.filter(rules.again_within_days()).select("row", "household_number", "content", "on"),
            frame.join(same.select("row"), on="row", how="anti")
            .join(before, on=["household_id", "content"], how="inner")
            .filter(rules.near("on", "known_on"))
            .select("row", "household_number", "content", "on"),
        ]
    ).unique("row", maintain_order=True)
    say = said.note if said.sheet else said.refuse
    say(again, pl.lit(True), column="content", code="again",
        message=f"户“{{household_number}}”在 {rules.DAYS_APART} 天内已经登记过同样的实事。", mend="同一件事只登记一次；确是另一件事的，请写明不同之处。")  # fmt: skip


def prepare_logs(region: Region, *, rows: Rows, by: Actor) -> Prepared:
    """Places, postings and households as keys; dates within the posting; nothing twice. The rules are those of `log_day`.

    A row that names no place lies where its household does, else where the posting does. `log_id` is the log that day has already.
    """
    findings = Findings()
    said = Said(LOG_COLUMNS, rows, findings)
    frame = with_postings(with_households(said.frame, region=region), region=region)
    frame = _with_places(frame, region=region, findings=findings, sheet=rows.sheet)
    said.require()
    check_posting(said, frame, on="on")
    check_households(said, frame)
    said.refuse(frame, pl.col("household_region") != pl.col("region"), column="household_number", code="household_elsewhere",
                message="户“{household_number}”不在本行所写的村（社区）。", mend="请核对户编号和村（社区）。")  # fmt: skip
    said.refuse(frame, rules.recorded_too_early(), column="recorded_at", code="order",
                message="登记时间 {recorded_at:%Y-%m-%d %H:%M} 早于日期 {on}。", mend="请核对两个时间。")  # fmt: skip
    said.refuse(frame, rules.follow_up_too_early(), column="follow_up_due", code="order",
                message="跟进日期 {follow_up_due} 早于日期 {on}。", mend="请核对两个日期。")  # fmt: skip
    said.refuse(frame, pl.col("recorded_at") > clock.in_shanghai(clock.business_now()), column="recorded_at", code="future",
                message="登记时间 {recorded_at:%Y-%m-%d %H:%M} 晚于现在。", mend="请核对；不清楚的留空，按导入的时间登记。")  # fmt: skip
    same = [pl.col(name).fill_null("") if name == "household_number" else pl.col(name) for name in SAME_ITEM]
    said.refuse(frame.with_columns(same), repeated(*SAME_ITEM), column="content", code="repeated",
                message="与本表中另一行相同（同一任职、日期、类别、户和内容）。", mend="请删去重复的行。")  # fmt: skip
    return Prepared(frame=_with_logs(said, frame), findings=findings)


def _with_places(frame: pl.DataFrame, *, region: Region, findings: Findings, sheet: str) -> pl.DataFrame:
    """Add `region`: the place that is named, else the household's, else the posting's; in the order of rows."""
    is_named = pl.any_horizontal(pl.col(column.name).is_not_null() for column in PLACE_COLUMNS)
    named = resolve_places(frame.filter(is_named), region=region, findings=findings, sheet=sheet)
    others = frame.filter(~is_named).with_columns(pl.coalesce("household_region", "posting_region").alias("region"))
    return pl.concat([named, others.select(named.columns)]).sort("row", maintain_order=True)


def logs_of_days(frame: pl.DataFrame) -> pl.DataFrame:
    """The logs that the postings of these rows have from the first of their days to the last: posting_id, on, log_id."""
    return keys_of(
        'select posting_id::text, "on", id::text from fieldwork_worklog '
        'where voided_by is null and posting_id = any(%s::uuid[]) and "on" between %s and %s',
        [present(frame, "posting_id"), frame["on"].min(), frame["on"].max()],
        {"posting_id": pl.String, "on": pl.Date, "log_id": pl.String},
    )


def _with_logs(said: Said, frame: pl.DataFrame) -> pl.DataFrame:
    """Add `log_id` of the days that were logged before, and refuse what stands there already."""
    frame = frame.join(logs_of_days(frame), on=["posting_id", "on"], how="left", maintain_order="left")
    known = keys_of(
        "select log_id::text, category, household_id::text, content from fieldwork_worklogitem "
        "where voided_by is null and log_id = any(%s::uuid[])",
        [present(frame, "log_id")],
        {"log_id": pl.String, "category": pl.String, "household_id": pl.String, "content": pl.String},
    )
    said.refuse(frame.join(known, on=known.columns, how="semi", nulls_equal=True), pl.lit(True), column="content", code="known",
                message="{on} 的日志里已经有这件事。", mend="请删去这一行。")  # fmt: skip
    return frame
