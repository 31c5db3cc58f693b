"""Rosters of assistance: entities, benefit links and projects; columns, and how rows become keys. Exports write the same columns."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import polars as pl
from django.db import connection

from shibaiqian.access.actor import Actor
from shibaiqian.access.rows import Prepared, Rows
from shibaiqian.assistance import rules
from shibaiqian.assistance.models import BenefitLink, IndustryEntity, Mode, Project
from shibaiqian.base import clock, pinyin
from shibaiqian.base.spreadsheets.columns import Column, ColumnKind
from shibaiqian.base.spreadsheets.findings import Findings, Severity
from shibaiqian.households.queries import household_keys
from shibaiqian.postings.queries import posting_keys
from shibaiqian.regions.models import Region
from shibaiqian.regions.places import PLACE_COLUMNS, resolve_places


def labels(choices: Iterable[tuple[Any, Any]]) -> dict[str, str]:
    """Label → code, as rosters write them."""
    return {str(label): str(code) for code, label in choices if code}


POSTING_NUMBER = Column("posting_number", "任职编号", ColumnKind.TEXT, required=True)
HOUSEHOLD_NUMBER = Column("household_number", "户编号", ColumnKind.CODE, required=True)

ENTITY_COLUMNS = (
    Column("number", "主体编号", ColumnKind.TEXT, required=True),
    Column("kind", "主体类型", ColumnKind.CHOICE, required=True, choices=labels(IndustryEntity.Kind.choices)),
    Column("name", "名称", required=True),
    Column("credit_code", "统一社会信用代码", ColumnKind.CODE),
    *PLACE_COLUMNS,
    Column("product", "主导产品"),
    Column("scale", "规模", ColumnKind.DECIMAL),
    Column("scale_unit", "规模单位"),
    Column("established_on", "成立日期", ColumnKind.DATE),
    POSTING_NUMBER,
    Column("assisted_since", "帮扶起始日期", ColumnKind.DATE, required=True),
)
LINK_COLUMNS = (
    HOUSEHOLD_NUMBER,
    Column("village_code", "村代码", ColumnKind.CODE),
    Column("head_name", "户主姓名"),
    Column("entity_number", "主体编号", ColumnKind.TEXT, required=True),
    Column("kind", "联结方式", ColumnKind.CHOICE, required=True, choices=labels(BenefitLink.Kind.choices)),
    Column("since", "起始日期", ColumnKind.DATE, required=True),
    Column("until", "终止日期", ColumnKind.DATE),
    Column("annual_income_cents", "年增收（元）", ColumnKind.MONEY),
)
PROJECT_COLUMNS = (
    Column("number", "项目编号", ColumnKind.TEXT, required=True),
    Column("name", "项目名称", required=True),
    Column("kind", "项目类型", ColumnKind.CHOICE, required=True, choices=labels(Project.Kind.choices)),
    Column("mode", "帮扶模式", ColumnKind.CHOICE, choices=labels(Mode.choices)),
    *PLACE_COLUMNS,
    POSTING_NUMBER,
    Column("fund_source", "资金来源", ColumnKind.CHOICE, choices=labels(Project.FundSource.choices)),
    Column("budget_cents", "总投资（元）", ColumnKind.MONEY, required=True),
    Column("started_on", "开工日期", ColumnKind.DATE, required=True),
    Column("due_on", "计划完工日期", ColumnKind.DATE),
    Column("finished_on", "完工日期", ColumnKind.DATE),
    Column("state", "项目状态", ColumnKind.CHOICE, required=True, choices=labels(Project.State.choices)),
    Column("beneficiary_households", "受益户数", ColumnKind.INTEGER),
)


def prepare_entities(region: Region, *, rows: Rows, by: Actor) -> Prepared:
    """Places and postings as keys; the date within the posting, the number not used before."""
    findings = Findings()
    said = Said(ENTITY_COLUMNS, rows, findings)
    frame = resolve_places(said.frame, region=region, findings=findings, sheet=rows.sheet)
    frame = with_postings(frame, region=region)
    said.require()
    check_posting(said, frame, on="assisted_since")
    said.refuse(frame, rules.in_future("established_on", today=clock.today()), column="established_on", code="future",
                message="成立日期 {established_on} 晚于今天。", mend="请核对年份。")  # fmt: skip
    said.refuse(
        frame,
        rules.negative("scale"),
        column="scale",
        code="negative",
        message="规模不能是负数。",
        mend="请填写数量，单位写在“规模单位”列。",
    )
    check_numbers(said, frame, table="assistance_industryentity", what="主体编号")
    frame = frame.with_columns(
        pl.col("name").map_elements(pinyin.full, return_dtype=pl.String).alias("pinyin"),
        (pl.col("scale") * 100).round().cast(pl.Int64).alias("scale_hundredths"),
    )
    return Prepared(frame=frame, findings=findings)


def prepare_links(region: Region, *, rows: Rows, by: Actor) -> Prepared:
    """Households and entities as keys; no link twice; wages, orders and loans of a 五保 household are noted."""
    findings, today = Findings(), clock.today()
    said = Said(LINK_COLUMNS, rows, findings)
    frame = with_households(said.frame, region=region)
    frame = frame.join(_entities(frame, region), on="entity_number", how="left", maintain_order="left")
    said.require()
    check_households(said, frame)
    said.refuse(frame, pl.col("entity_number").is_not_null() & pl.col("entity_id").is_null(), column="entity_number", code="entity_unknown",
                message=f"主体编号“{{entity_number}}”不在{region.name}的产业主体名册中。", mend="请核对编号，或先登记该产业主体。", value="entity_number")  # fmt: skip
    said.refuse(
        frame,
        rules.in_future("since", today=today),
        column="since",
        code="future",
        message="起始日期 {since} 晚于今天。",
        mend="联结开始以后再登记。",
    )
    said.refuse(
        frame,
        rules.out_of_order("since", "until"),
        column="until",
        code="order",
        message="终止日期 {until} 早于起始日期 {since}。",
        mend="请核对两个日期。",
    )
    said.refuse(
        frame,
        rules.negative("annual_income_cents"),
        column="annual_income_cents",
        code="negative",
        message="年增收不能是负数。",
        mend="没有增收的请留空。",
    )
    said.refuse(frame, rules.repeated("household_id", "entity_id", "kind", "since"), column="household_number", code="repeated",
                message="户“{household_number}”与主体“{entity_number}”的同一联结在本表中出现不止一次。", mend="请删去重复的行。")  # fmt: skip
    known = keys_of(
        "select household_id::text, entity_id::text, kind, since from assistance_benefitlink "
        "where voided_by is null and household_id = any(%s::uuid[])",
        [present(frame, "household_id")],
        {"household_id": pl.String, "entity_id": pl.String, "kind": pl.String, "since": pl.Date},
    )
    said.refuse(frame.join(known, on=known.columns, how="semi"), pl.lit(True), column="household_number", code="known",
                message="户“{household_number}”与主体“{entity_number}”自 {since} 起的联结已经登记过。", mend="请删去这一行。")  # fmt: skip
    said.note(frame, rules.wubao_misfit(), column="kind", code="wubao",
              message="户“{household_number}”是五保户，应由兜底保障，一般不靠务工、订单或贷款脱贫。", mend="请核实联结方式；仍可导入。")  # fmt: skip
    return Prepared(frame=frame.with_columns(pl.col("household_region").alias("region")), findings=findings)


def prepare_projects(region: Region, *, rows: Rows, by: Actor) -> Prepared:
    """Places and postings as keys; dates in order and within the posting, money not negative, the number not used before."""
    findings, today = Findings(), clock.today()
    said = Said(PROJECT_COLUMNS, rows, findings)
    frame = resolve_places(said.frame, region=region, findings=findings, sheet=rows.sheet)
    frame = with_postings(frame, region=region)
    said.require()
    check_posting(said, frame, on="started_on")
    for later, header in (("due_on", "计划完工日期"), ("finished_on", "完工日期")):
        said.refuse(frame, rules.out_of_order("started_on", later), column=later, code="order",
                    message=f"{header} {{{later}}} 早于开工日期 {{started_on}}。", mend="请核对两个日期。")  # fmt: skip
    said.refuse(
        frame,
        rules.in_future("finished_on", today=today),
        column="finished_on",
        code="future",
        message="完工日期 {finished_on} 晚于今天。",
        mend="未完工的请留空。",
    )
    said.refuse(frame, (pl.col("state") != "under_construction") & pl.col("finished_on").is_null(), column="finished_on", code="finish_missing",
                message="项目已完工或已验收，但没有完工日期。", mend="请填写完工日期，或把状态改为“在建”。")  # fmt: skip
    said.refuse(
        frame,
        rules.negative("budget_cents"),
        column="budget_cents",
        code="negative",
        message="总投资不能是负数。",
        mend="请填写元为单位的金额。",
    )
    said.refuse(
        frame,
        rules.negative("beneficiary_households"),
        column="beneficiary_households",
        code="negative",
        message="受益户数不能是负数。",
        mend="请填写户数。",
    )
    check_numbers(said, frame, table="assistance_project", what="项目编号")
    frame = frame.with_columns(pl.col("name").map_elements(pinyin.full, return_dtype=pl.String).alias("pinyin"))
    return Prepared(frame=frame, findings=findings)


class Said:
    """The rows as the columns declare them (what a form leaves out is empty), with a short way to say what is wrong with them."""

    def __init__(self, columns: Sequence[Column], rows: Rows, findings: Findings) -> None:
        self.columns, self.findings, self.sheet = {column.name: column for column in columns}, findings, rows.sheet
        kept = [pl.col(c) for c in rows.frame.columns if c not in self.columns]
        typed = [
            pl.col(name).cast(column.dtype) if name in rows.frame.columns else pl.lit(None, column.dtype).alias(name)
            for name, column in self.columns.items()
        ]
        self.frame = rows.frame.select(*kept, *typed)

    def require(self) -> None:
        """Needed cells that a form left empty; the reader of files has asked for them before."""
        if self.sheet:
            return
        for name, column in self.columns.items():
            if column.required:
                self.refuse(
                    self.frame,
                    pl.col(name).is_null(),
                    column=name,
                    code="missing",
                    message=f"没有填写{column.header}。",
                    mend=f"请填写{column.header}。",
                )

    def refuse(self, frame: pl.DataFrame, broken: pl.Expr, **what: Any) -> None:
        self._say(Severity.REFUSE, self.findings.refuse, frame, broken, **what)

    def note(self, frame: pl.DataFrame, broken: pl.Expr, **what: Any) -> None:
        self._say(Severity.NOTE, self.findings.note, frame, broken, **what)

    def _say(
        self, severity: Severity, say: Callable[..., None], frame: pl.DataFrame, broken: pl.Expr,
        *, column: str, code: str, message: str, mend: str, value: str = "",
    ) -> None:  # fmt: skip
        hit = frame.filter(broken)
        if not hit.height:
            return
        header = self.columns[column].header
        room = self.findings.room(severity, code, header)
        for row in hit.head(room).iter_rows(named=True):
            say(sheet=self.sheet, row=row["row"], column=header, code=code, message=message.format_map(row),
                mend=mend.format_map(row), value=str(row[value]) if value else "")  # fmt: skip
        self.findings.count_more(severity, code, header, hit.height - room)


def keys_of(sql: str, values: Sequence[Any], schema: Mapping[str, Any]) -> pl.DataFrame:
    """The rows of a query as a frame, under these names; read inside the wall."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return pl.DataFrame(cursor.fetchall(), schema=dict(schema), orient="row")


def present(frame: pl.DataFrame, column: str) -> list[str]:
    return frame[column].drop_nulls().unique().to_list()


def with_postings(frame: pl.DataFrame, *, region: Region) -> pl.DataFrame:
    """Add the posting's id, place, official and dates; they stay empty where the number is unknown."""
    found = posting_keys(region.code).select(
        pl.col("number").alias("posting_number"), pl.col("id").alias("posting_id"), pl.col("region").alias("posting_region"),
        pl.col("name").alias("official"), "arrived_on", "ended_on",
    )  # fmt: skip
    return frame.join(found, on="posting_number", how="left", maintain_order="left")


def with_households(frame: pl.DataFrame, *, region: Region) -> pl.DataFrame:
    """Add the household's id, village, head and attribute; they stay empty where the number is unknown."""
    found = household_keys(region.code).select(
        pl.col("number").alias("household_number"), pl.col("id").alias("household_id"),
        pl.col("region").alias("household_region"), pl.col("head_name").alias("household_head"), "attribute",
    )  # fmt: skip
    return frame.join(found, on="household_number", how="left", maintain_order="left")


def check_posting(said: Said, frame: pl.DataFrame, *, on: str) -> None:
    """The posting exists and covers the village, and the date lies within it and not ahead of today."""
    header = said.columns[on].header
    said.refuse(frame, pl.col("posting_number").is_not_null() & pl.col("posting_id").is_null(), column="posting_number", code="posting_unknown",
                message="任职编号“{posting_number}”在挂职干部名册中查不到。", mend="请核对编号，或先登记这次任职。", value="posting_number")  # fmt: skip
    said.refuse(frame, rules.not_arrived(), column="posting_number", code="not_arrived",
                message="任职“{posting_number}”（{official}）还没有登记到任日期。", mend="请先登记到任，再登记所办的事。")  # fmt: skip
    said.refuse(frame, rules.before_arrival(on), column=on, code="before_arrival",
                message=f"{header} {{{on}}} 早于{{official}}的到任日期 {{arrived_on}}。", mend="只登记任职期间所办的事；请核对日期或任职编号。")  # fmt: skip
    said.refuse(frame, rules.after_end(on), column=on, code="after_end",
                message=f"{header} {{{on}}} 晚于{{official}}的结束日期 {{ended_on}}。", mend="只登记任职期间所办的事；请核对日期或任职编号。")  # fmt: skip
    said.refuse(frame, rules.outside_posting(), column="posting_number", code="posting_elsewhere",
                message="任职“{posting_number}”（{official}）的挂职地不包括这个村（社区）。", mend="请填写在该村、所在镇办或县区任职的编号。")  # fmt: skip
    said.refuse(
        frame,
        rules.in_future(on, today=clock.today()),
        column=on,
        code="future",
        message=f"{header} {{{on}}} 晚于今天。",
        mend="办了以后再登记。",
    )


def check_households(said: Said, frame: pl.DataFrame) -> None:
    """The household is on the register of the region; the village and head that stand beside its number agree with it."""
    said.refuse(frame, pl.col("household_number").is_not_null() & pl.col("household_id").is_null(), column="household_number", code="household_unknown",
                message="户编号“{household_number}”在贫困户名册中查不到。", mend="请核对编号；不是贫困户的请留空。" if not said.columns["household_number"].required else "请核对编号。",
                value="household_number")  # fmt: skip
    said.refuse(frame, pl.col("village_code") != pl.col("household_region"), column="household_number", code="household_elsewhere",
                message="户“{household_number}”登记在村 {household_region}，与本行的村代码 {village_code} 不一致。", mend="请核对户编号和村代码。")  # fmt: skip
    if "head_name" in said.columns:
        said.note(frame, pl.col("head_name") != pl.col("household_head"), column="head_name", code="head_differs",
                  message="户“{household_number}”名册上的户主是{household_head}，本行写的是{head_name}。", mend="请核对户编号；户主已变更的可以导入。")  # fmt: skip


def check_numbers(said: Said, frame: pl.DataFrame, *, table: str, what: str) -> None:
    """A number stands once in the roster and is not on the register yet."""
    said.refuse(
        frame,
        rules.repeated("number"),
        column="number",
        code="repeated",
        message=f"{what}“{{number}}”在本表中出现不止一次。",
        mend="请删去重复的行，或另编一个号。",
    )
    known = keys_of(
        f"select number from {table} where voided_by is null and number = any(%s)",  # noqa: S608 - our own tables
        [present(frame, "number")],
        {"number": pl.String},
    )
    said.refuse(frame.join(known, on="number", how="semi"), pl.lit(True), column="number", code="known",
                message=f"{what}“{{number}}”已经登记过。", mend="请删去这一行，或另编一个号。")  # fmt: skip


def _entities(frame: pl.DataFrame, region: Region) -> pl.DataFrame:
    return keys_of(
        "select number, id::text from assistance_industryentity where voided_by is null and region >= %s and region < %s and number = any(%s)",
        [region.code[:6], f"{region.code[:6]}:", present(frame, "entity_number")],
        {"entity_number": pl.String, "entity_id": pl.String},
    )
