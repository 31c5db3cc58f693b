"""The roster of nominations (推荐名册): the register fills in everything about the person."""

from typing import Any

import polars as pl

from shibaiqian.access.actor import Actor
from shibaiqian.access.roles import Permission
from shibaiqian.access.rows import Prepared, Rows
from shibaiqian.base import clock
from shibaiqian.base.spreadsheets.columns import Column, ColumnKind
from shibaiqian.base.spreadsheets.findings import Findings
from shibaiqian.base.spreadsheets.id_numbers import id_birth
from shibaiqian.cadres.excel import with_identity
from shibaiqian.cadres.models import Cadre, PastAppraisal
from shibaiqian.cadres.queries import cadre_keys
from shibaiqian.organisations.models import Organisation
from shibaiqian.regions.checks import Checks, completed
from shibaiqian.regions.models import Region
from shibaiqian.regions.queries import region_names
from shibaiqian.selection.excel.needs import with_batches
from shibaiqian.selection.models import Nomination
from shibaiqian.selection.programmes import with_tiers
from shibaiqian.selection.rules import NOMINATION, Facts

COLUMNS = (
    Column("number", "推荐编号", help="留空由系统编号"),
    Column("batch", "批次", help="留空为补派，须写明理由"),
    Column("tier", "层级", required=True),
    Column("name", "姓名", required=True),
    Column("id_number", "身份证号", ColumnKind.ID_NUMBER, required=True, aliases=("公民身份号码", "身份证号码")),
    Column("unit_code", "单位编码", ColumnKind.CODE, help="可不填：以干部名册中的单位为准，填了就核对"),
    Column("wishes", "推荐去向", help="县区或村代码，可写多个，用顿号隔开"),
    Column("minute_number", "党组会议纪要文号"),
    Column("minute_on", "会议日期", ColumnKind.DATE),
    Column("nominated_on", "推荐日期", ColumnKind.DATE, required=True),
    Column("note", "推荐理由"),
)
PERSON = ("name", "id_number")
FACTS = (
    "name", "sex", "birth_date", "ethnicity", "native_place", "birthplace", "political_status", "party_join_month", "work_start_month",
    "health", "edu_full_time", "edu_full_time_school", "edu_in_service", "technical_title", "specialty", "personnel_type",
    "management_level", "post_rank", "rank_since", "is_reserve", "rural_experience_tenths", "skills", "post", "unit__name", "unit__level",
    "unit__department_class",
)  # fmt: skip


def prepare_nominations(where: Region | Organisation, *, rows: Rows, by: Actor) -> Prepared:
    """Nominations of a region's units or of one unit, with the keys of batch, tier, cadre and unit, and the place that considers them.

    A form may send `cadre_id` (chosen from the register) instead of name and ID number. A unit's clerk, who may not identify
    people by number, is matched by name, birth date and last four digits within the own unit.
    """
    findings = Findings()
    checks = Checks(findings, rows.sheet)
    frame = completed(rows.frame, COLUMNS)
    chosen = "cadre_id" in frame.columns
    checks.refuse_missing(frame, [c for c in COLUMNS if not (chosen and c.name in PERSON)])
    frame = frame.with_columns(pl.col("number", "batch", "minute_number").str.strip_chars().replace("", None))
    frame = with_batches(checks, frame, region=_place(where))
    frame = with_tiers(checks, frame, region=_place(where))
    frame = _with_cadres(frame, chosen=chosen, by=by)
    _check_cadres(checks, frame, where, chosen=chosen)
    frame = _with_wishes(checks, frame)
    _check_dates(checks, frame)
    check_standing(checks, frame, by=by)
    return Prepared(frame.with_columns(region=_considered_in()), findings)


def _place(where: Region | Organisation) -> Region:
    return where if isinstance(where, Region) else where.region


def _with_cadres(frame: pl.DataFrame, *, chosen: bool, by: Actor) -> pl.DataFrame:
    """`cadre_id`, `cadre_name`, `unit_id`, `unit_name`, `home_region` and so on of each row's person. Two queries."""
    if not chosen:
        frame = _identified(with_identity(frame), by=by)
    keys = frame["cadre_id"].drop_nulls().unique().to_list()
    rows = Cadre.objects.visible_to(by).filter(pk__in=keys).values_list("pk", "name", "unit_id", "unit__name", "unit__code", "region_id")
    schema = dict.fromkeys(("cadre_id", "cadre_name", "unit_id", "unit_name", "own_unit_code", "home_region"), pl.String)
    known = pl.DataFrame([tuple(str(value) for value in row) for row in rows], schema=schema, orient="row")
    return frame.with_columns(pl.col("cadre_id").cast(pl.String)).join(known, on="cadre_id", how="left", maintain_order="left")


def _identified(frame: pl.DataFrame, *, by: Actor) -> pl.DataFrame:
    if by.may(Permission.VIEW_CADRE_IDENTITY):
        keys = cadre_keys(by, frame["id_blind"].drop_nulls().unique().to_list()).select(id_blind="blind", cadre_id="cadre")
        return frame.join(keys, on="id_blind", how="left", maintain_order="left")
    rows = Cadre.objects.visible_to(by).filter(name__in=frame["name"].drop_nulls().unique().to_list())
    schema = {"cadre_id": pl.String, "name": pl.String, "birth": pl.Date, "last4": pl.String}
    found = [(str(pk), *more) for pk, *more in rows.values_list("pk", "name", "birth_date", "id_last4")]
    known = pl.DataFrame(found, schema=schema, orient="row").unique(["name", "birth", "last4"], keep="none")
    frame = frame.with_columns(birth=id_birth(pl.col("id_number")), last4=pl.col("id_number").str.slice(-4))
    return frame.join(known, on=["name", "birth", "last4"], how="left", maintain_order="left")


def _check_cadres(checks: Checks, frame: pl.DataFrame, where: Region | Organisation, *, chosen: bool) -> None:
    number, known = pl.col("id_number"), pl.col("cadre_name").is_not_null()
    said = pl.lit(value=True) if chosen else number.is_not_null()
    checks.refuse(
        frame, said & ~known, column="姓名" if chosen else "身份证号", code="cadre_unknown", message="该干部不在本单位（本级）的干部名册中。",
        mend="请核对身份证号，或先登记干部；上级、外县单位的干部由其单位推荐。", value=None if chosen else number,
    )  # fmt: skip
    checks.refuse(
        frame, known & (pl.col("name") != pl.col("cadre_name")), column="姓名", code="name_differs",
        message=pl.format("姓名“{}”与干部名册中该身份证号的姓名不一致。", "name"), mend="请核对姓名和身份证号。", value=pl.col("name"),
    )  # fmt: skip
    checks.refuse(
        frame, known & (pl.col("unit_code") != pl.col("own_unit_code")), column="单位编码", code="unit_differs",
        message=pl.format("{}在干部名册中的单位是{}（{}）。", "cadre_name", "unit_name", "own_unit_code"), mend="请改正单位编码，或先办理调动。",
        value=pl.col("unit_code"),
    )  # fmt: skip
    mine = pl.col("home_region").str.starts_with(where.code) if isinstance(where, Region) else pl.col("unit_id") == str(where.pk)
    checks.refuse(
        frame, known & ~mine, column="姓名", code="unit_outside", message=pl.format("{}是{}的干部，不能由" + where.name + "推荐。", "cadre_name", "unit_name"),
        mend="请由该干部所在单位或其上级组织部门推荐。", value=pl.col("cadre_name"),
    )  # fmt: skip
    checks.refuse_repeated(
        frame, "cadre_id", column="姓名", code="cadre_twice", message="与第 {} 行是同一名干部。", mend="每名干部只推荐一次。",
    )  # fmt: skip
    checks.refuse_repeated(
        frame, "number", column="推荐编号", code="number_twice", message="推荐编号与第 {} 行重复。", mend="请改正编号，或留空由系统编号。",
    )  # fmt: skip


def _with_wishes(checks: Checks, frame: pl.DataFrame) -> pl.DataFrame:
    """Wishes as codes joined by |; each a place of the installation. One query."""
    wishes = pl.col("wishes").fill_null("").str.replace_all(r"[\s、，,;；|]+", "|").str.strip_chars("|")
    frame = frame.with_columns(wishes)
    codes = sorted({code for text in frame["wishes"] for code in text.split("|") if code})
    known = region_names(codes)
    unknown = [next((code for code in text.split("|") if code and code not in known), None) for text in frame["wishes"]]
    frame = frame.with_columns(pl.Series("_unknown", unknown, dtype=pl.String))
    checks.refuse(
        frame, pl.col("_unknown").is_not_null(), column="推荐去向", code="wish_unknown",
        message=pl.format("推荐去向“{}”在区划名录中查不到。", "_unknown"), mend="请填写县区或村的代码，没有要求的留空。", value=pl.col("_unknown"),
    )  # fmt: skip
    return frame


def _check_dates(checks: Checks, frame: pl.DataFrame) -> None:
    today, day, minute = clock.today(), pl.col("nominated_on"), pl.col("minute_on")
    for name, header in (("nominated_on", "推荐日期"), ("minute_on", "会议日期")):
        checks.refuse(
            frame, pl.col(name) > today, column=header, code="in_future", message=pl.format(header + " {} 晚于今天。", name),
            mend=f"请改正{header}。", value=pl.col(name),
        )  # fmt: skip
    checks.refuse(
        frame, minute > day, column="会议日期", code="minute_late", message=pl.format("会议日期 {} 晚于推荐日期 {}。", minute, day),
        mend="先经党组会议研究，再推荐，请核对日期。", value=minute,
    )  # fmt: skip
    checks.refuse(
        frame, pl.col("minute_number").is_not_null() & minute.is_null(), column="会议日期", code="minute_date_missing",
        message="填写了纪要文号而没有填写会议日期。", mend="请补填会议日期。",
    )  # fmt: skip
    checks.refuse(
        frame, pl.col("batch_state").is_in(["draft", "approved"]), column="批次", code="batch_not_running",
        message=pl.format("“{}”还没有启动。", "batch"), mend="请待市委组织部启动后再推荐。", value=pl.col("batch"),
    )  # fmt: skip
    checks.refuse(
        frame, day < pl.col("opened_on"), column="推荐日期", code="before_batch",
        message=pl.format("推荐日期 {} 早于“{}”的启动日期 {}。", day, "batch", "opened_on"), mend="请核对日期或批次。", value=day,
    )  # fmt: skip
    checks.refuse(
        frame, pl.col("batch").is_null() & (pl.col("note").fill_null("").str.strip_chars() == ""), column="推荐理由", code="reason_missing",
        message="批次外的补派没有写明理由。", mend="请写明为什么补派，或填写批次。",
    )  # fmt: skip


def check_standing(checks: Checks, frame: pl.DataFrame, *, by: Actor) -> None:
    """A cadre has one running nomination, a number is given once: as far as the actor sees. One query."""
    cadres, numbers = frame["cadre_id"].drop_nulls().to_list(), frame["number"].drop_nulls().to_list()
    rows = Nomination.objects.visible_to(by)
    found = list((rows.filter(cadre_id__in=cadres).exclude(state__in=NOMINATION.final) | rows.filter(number__in=numbers)).values_list(
        "cadre_id", "number", "state"
    ))  # fmt: skip
    running = {str(cadre): number for cadre, number, state in found if state not in NOMINATION.final}
    held = pl.col("cadre_id").replace_strict(running, default=None, return_dtype=pl.String) if running else pl.lit(None, pl.String)
    frame = frame.with_columns(_held=held)
    checks.refuse(
        frame, pl.col("_held").is_not_null(), column="姓名", code="cadre_running",
        message=pl.format("{}已有正在办理的推荐（{}）。", "cadre_name", "_held"), mend="请先办结或撤回原来的推荐。", value=pl.col("cadre_name"),
    )  # fmt: skip
    checks.refuse(
        frame, pl.col("number").is_in([number for _, number, _ in found]), column="推荐编号", code="number_taken",
        message=pl.format("推荐编号“{}”已经使用。", "number"), mend="请换一个编号，或留空由系统编号。", value=pl.col("number"),
    )  # fmt: skip


def _considered_in() -> pl.Expr:
    """Where the nomination is considered: the county of the first wish where counties decide, else the county or city of the unit."""
    wish = pl.col("wishes").str.head(6)
    wanted = (pl.col("decider_level") == "county") & (wish.str.len_bytes() == 6)
    return pl.when(wanted).then(wish).otherwise(pl.col("home_region").str.head(6))


def facts_of(cadres: list[str], *, by: Actor) -> dict[str, Facts]:
    """What the register knows of these cadres, by key. Two queries."""
    grades: dict[str, dict[str, int]] = {}
    for cadre, year, level in (
        PastAppraisal.objects.visible_to(by).filter(cadre_id__in=cadres).values_list("cadre_id", "year", "grade_level")
    ):
        grades.setdefault(str(cadre), {})[str(year)] = level
    rows = Cadre.objects.visible_to(by).filter(pk__in=cadres).values("pk", *FACTS)
    return {str(row["pk"]): _facts(row, grades.get(str(row["pk"]), {})) for row in rows}


def _facts(row: dict[str, Any], grades: dict[str, int]) -> Facts:
    same = {
        name: row[name] for name in FACTS if name not in ("birth_date", "rank_since", "unit__name", "unit__level", "unit__department_class")
    }
    return Facts(
        **same, birth_month=f"{row['birth_date']:%Y%m}", rank_since=str(row["rank_since"] or ""), unit=row["unit__name"],
        unit_level=row["unit__level"], department_class=row["unit__department_class"], grades=grades,
    )  # fmt: skip
