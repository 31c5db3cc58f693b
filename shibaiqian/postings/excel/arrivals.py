"""The roster of arrivals (到岗名册): who reported when, left the unit's work, and whose party relations came."""

import datetime as dt

import polars as pl

from shibaiqian.access.actor import Actor
from shibaiqian.access.rows import Prepared, Rows
from shibaiqian.base.spreadsheets.columns import Column, ColumnKind
from shibaiqian.base.spreadsheets.findings import Findings
from shibaiqian.base.workdays import after_workdays
from shibaiqian.cadres.codes import FULL_MEMBER, PROBATIONARY_MEMBER
from shibaiqian.cadres.models import Cadre, TrainingRecord
from shibaiqian.organisations.models import Organisation
from shibaiqian.policy.queries import parameters_over
from shibaiqian.postings.excel.postings import TRANSFER_DAYS, check_days, check_transfers
from shibaiqian.postings.models import Posting
from shibaiqian.postings.rules import PARTY_LETTER_DAYS, POSTING, STATES
from shibaiqian.regions.checks import Checks, completed
from shibaiqian.regions.models import Region

COLUMNS = (
    Column("number", "任职编号", ColumnKind.TEXT, required=True),
    Column("arrived_on", "到任日期", ColumnKind.DATE, required=True),
    Column("detached_on", "脱离原单位日期", ColumnKind.DATE),
    Column("acting_head", "主持工作人"),
    Column("party_out_on", "组织关系转出日期", ColumnKind.DATE),
    Column("party_in_on", "组织关系转入日期", ColumnKind.DATE),
    Column("letter_number", "介绍信号"),
    Column("duties", "工作分工"),
)
KNOWN = {
    "number": "number", "pk": "posting_id", "region_id": "region", "home_region": "home_region", "unit_id": "unit_id",
    "cadre_id": "cadre_id", "cadre_name": "cadre_name", "host_name": "host_name", "state": "state", "duties": "register_duties",
    "appointed_on": "appointed_on", "planned_end": "planned_end",
}  # fmt: skip
OPEN = POSTING.states_open_to("record_arrival")


def prepare_arrivals(region: Region, *, rows: Rows, by: Actor) -> Prepared:
    """Arrivals with the keys of their postings. Late is noted and reminded of, never held against anybody by itself."""
    findings = Findings()
    checks = Checks(findings, rows.sheet)
    frame = completed(rows.frame, COLUMNS).with_columns(
        pl.col("duties", "acting_head", "letter_number").str.strip_chars().replace("", None)
    )
    checks.refuse_missing(frame, COLUMNS)
    checks.refuse_repeated(
        frame, "number", column="任职编号", code="number_twice", message="任职编号与第 {} 行重复。", mend="每次任职只登记一次到岗。"
    )
    frame = _with_deadlines(_with_register(frame, region, by=by), region)
    _check_state(checks, frame)
    _check_dates(checks, frame)
    _check_party(checks, frame)
    _check_heads(checks, frame)
    _note_untrained(checks, frame)
    return Prepared(frame, findings)


def _with_register(frame: pl.DataFrame, region: Region, *, by: Actor) -> pl.DataFrame:
    """What the register says of posting, cadre and unit. Three queries."""
    numbers = frame["number"].drop_nulls().to_list()
    rows = Posting.objects.visible_to(by).filter(number__in=numbers, region__gte=region.code, region__lt=f"{region.code}:")
    types = {name: pl.Date if name in ("appointed_on", "planned_end") else pl.String for name in KNOWN.values()}
    found = [tuple(v if isinstance(v, dt.date) else str(v) for v in row) for row in rows.values_list(*KNOWN)]
    frame = frame.join(pl.DataFrame(found, schema=types, orient="row"), on="number", how="left", maintain_order="left")
    cadres = Cadre.objects.for_everyone(because="the cadres of visible postings").filter(pk__in=frame["cadre_id"].drop_nulls().to_list())
    status = {str(key): said for key, said in cadres.values_list("pk", "political_status")}
    units = Organisation.objects.filter(pk__in=frame["unit_id"].drop_nulls().unique().to_list()).values_list("pk", "name", "head_name")
    heads = pl.DataFrame(
        [(str(key), name, head) for key, name, head in units],
        schema={"unit_id": pl.String, "unit_name": pl.String, "head_name": pl.String}, orient="row",
    )  # fmt: skip
    return frame.join(heads, on="unit_id", how="left", maintain_order="left").with_columns(
        political_status=pl.col("cadre_id").replace_strict(status, default=None, return_dtype=pl.String)
        if status
        else pl.lit(None, pl.String)
    )


def _with_deadlines(frame: pl.DataFrame, region: Region) -> pl.DataFrame:
    """The last day to report for duty, by the working days in force when appointed. One query."""
    days = frame["appointed_on"].drop_nulls().unique().to_list()
    held = parameters_over(("arrival_days",), region=region.code, days=days)
    due = pl.DataFrame(
        [(day, after_workdays(day, int(held["arrival_days", day]))) for day in days],
        schema={"appointed_on": pl.Date, "due_on": pl.Date}, orient="row",
    )  # fmt: skip
    return frame.join(due, on="appointed_on", how="left", maintain_order="left")


def _check_state(checks: Checks, frame: pl.DataFrame) -> None:
    number, state = pl.col("number"), pl.col("state")
    checks.refuse(
        frame, number.is_not_null() & pl.col("posting_id").is_null(), column="任职编号", code="posting_unknown",
        message=pl.format("任职编号“{}”不在本级的挂职干部名册中。", number), mend="请改正编号，或先导入挂职干部名册。", value=number,
    )  # fmt: skip
    checks.refuse(
        frame, ~state.is_in(OPEN), column="任职编号", code="not_pending",
        message=pl.format("{}的挂职现在是“{}”，不能登记到岗。", "cadre_name", state.replace(STATES)),
        mend="已登记到岗的不用重复登记，请删去这一行。", value=number,
    )  # fmt: skip
    checks.refuse(
        frame, pl.col("posting_id").is_not_null() & (pl.coalesce("duties", "register_duties").str.strip_chars() == ""),
        column="工作分工", code="duties_missing", message=pl.format("没有{}的工作分工。", "cadre_name"), mend="挂职即任职，请填写分工。",
    )  # fmt: skip


def _check_dates(checks: Checks, frame: pl.DataFrame) -> None:
    check_days(checks, frame, {"arrived_on": "到任日期", "detached_on": "脱离原单位日期", **TRANSFER_DAYS})
    appointed, arrived = pl.col("appointed_on"), pl.col("arrived_on")
    checks.refuse(
        frame, pl.col("detached_on") < appointed, column="脱离原单位日期", code="detached_early",
        message=pl.format("脱离原单位日期 {} 早于任职日期 {}。", "detached_on", appointed), mend="请核对脱离原单位日期。",
        value=pl.col("detached_on"),
    )  # fmt: skip
    checks.note(
        frame, arrived > pl.col("due_on"), column="到任日期", code="arrived_late",
        message=pl.format("{}应在 {} 前到岗，{} 才到。", "cadre_name", "due_on", arrived), value=arrived,
    )  # fmt: skip
    checks.note(
        frame, pl.col("posting_id").is_not_null() & pl.col("detached_on").is_null(), column="脱离原单位日期", code="not_detached",
        message=pl.format("没有填写{}脱离原单位工作的日期，挂职期间应与原岗位脱钩。", "cadre_name"),
    )  # fmt: skip


def _check_party(checks: Checks, frame: pl.DataFrame) -> None:
    check_transfers(checks, frame)
    out, back = pl.col("party_out_on"), pl.col("party_in_on")
    checks.refuse(
        frame, back > out.dt.offset_by(f"{PARTY_LETTER_DAYS}d"), column="组织关系转入日期", code="letter_ran_out",
        message=pl.format("转入日期 {} 超过介绍信 30 天有效期（{} 转出）。", back, out), mend="请核对日期；过期的由转出党组织重新开具。",
        value=back,
    )  # fmt: skip
    checks.refuse(
        frame, pl.col("letter_number").is_not_null() & out.is_null(), column="组织关系转出日期", code="letter_without_day",
        message="填写了介绍信号而没有填写转出日期。", mend="请补填转出日期。",
    )  # fmt: skip
    checks.refuse(
        frame, out.is_not_null() & ~pl.col("political_status").is_in([FULL_MEMBER, PROBATIONARY_MEMBER]), column="组织关系转出日期",
        code="not_member", message=pl.format("{}不是党员，没有组织关系可转。", "cadre_name"), mend="请删去日期，或核对干部名册中的政治面貌。",
    )  # fmt: skip


def _check_heads(checks: Checks, frame: pl.DataFrame) -> None:
    """A head of unit who leaves needs somebody who acts (主持工作); until then the unit is on the to-do list."""
    is_head = (pl.col("head_name") == pl.col("cadre_name")) & pl.col("acting_head").is_null()
    message = pl.format("{}是{}主要负责人，没有写由谁主持工作。", "cadre_name", "unit_name")
    checks.refuse(
        frame, is_head & pl.col("detached_on").is_not_null(), column="主持工作人", code="acting_head_missing", message=message,
        mend="脱离原单位的主要负责人，请填写主持工作的人。",
    )  # fmt: skip
    checks.note(frame, is_head & pl.col("detached_on").is_null(), column="主持工作人", code="acting_head_missing", message=message)


def _note_untrained(checks: Checks, frame: pl.DataFrame) -> None:
    """Induction (岗前培训) comes before arrival; a posting without it is noted. One query."""
    keys = frame["cadre_id"].drop_nulls().to_list()
    rows = TrainingRecord.objects.for_everyone(because="the training of cadres whose postings are seen").filter(
        cadre__in=keys, kind=TrainingRecord.Kind.INDUCTION, voided_by__isnull=True
    )
    trained = rows.values_list("cadre_id", "starts_on")
    first: dict[str, dt.date] = {}
    for key, day in trained:
        first[str(key)] = min(day, first.get(str(key), day))
    begun = pl.Series([first.get(key or "") for key in frame["cadre_id"]], dtype=pl.Date)
    frame = frame.with_columns(trained_on=begun)
    checks.note(
        frame, pl.col("posting_id").is_not_null() & (pl.col("trained_on").is_null() | (pl.col("trained_on") > pl.col("arrived_on"))),
        column="任职编号", code="untrained", message=pl.format("{}到岗前没有岗前培训记录。", "cadre_name"),
    )  # fmt: skip
