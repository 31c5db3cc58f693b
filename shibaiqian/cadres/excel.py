"""Rosters of cadres (干部名册) and of promotions (提拔使用名册): columns, and rows made ready for the commands."""

import polars as pl

from shibaiqian.access.actor import Actor
from shibaiqian.access.rows import Prepared, Rows
from shibaiqian.base import clock, crypto
from shibaiqian.base.spreadsheets.columns import Column, ColumnKind
from shibaiqian.base.spreadsheets.findings import Findings
from shibaiqian.base.spreadsheets.id_numbers import id_birth, id_checksum_ok, id_sex
from shibaiqian.cadres.codes import (
    EDUCATION,
    ETHNICITIES,
    FULL_MEMBER,
    HEALTH,
    POLITICAL_STATUSES,
    PROBATIONARY_MEMBER,
    SEXES,
    SKILLS,
)
from shibaiqian.cadres.models import Cadre, Promotion
from shibaiqian.cadres.queries import cadre_keys
from shibaiqian.cadres.rules import JOINS_FROM, WORKS_FROM
from shibaiqian.organisations.queries import unit_keys
from shibaiqian.regions.checks import Checks, completed
from shibaiqian.regions.models import Region


def _labels(choices: type) -> dict[str, str]:
    return {label: value for value, label in choices.choices}  # type: ignore[attr-defined]


COLUMNS = (
    Column("name", "姓名", required=True),
    Column("sex", "性别", ColumnKind.CHOICE, required=True, choices=SEXES),
    Column("id_number", "身份证号", ColumnKind.ID_NUMBER, required=True, aliases=("公民身份号码", "身份证号码")),
    Column("ethnicity", "民族", ColumnKind.CHOICE, required=True, choices=ETHNICITIES),
    Column("native_place", "籍贯"),
    Column("birthplace", "出生地"),
    Column("political_status", "政治面貌", ColumnKind.CHOICE, required=True, choices=POLITICAL_STATUSES),
    Column("party_join", "入党时间", ColumnKind.MONTH),
    Column("work_start", "参加工作时间", ColumnKind.MONTH, required=True),
    Column("health", "健康状况"),
    Column("personnel_type", "人员类别", ColumnKind.CHOICE, required=True, choices=_labels(Cadre.PersonnelType)),
    Column("management_level", "管理权限", ColumnKind.CHOICE, required=True, choices=_labels(Cadre.ManagementLevel)),
    Column("post_rank", "职务层次", ColumnKind.CHOICE, required=True, choices=_labels(Cadre.PostRank)),
    Column("rank_since", "任现职级时间", ColumnKind.DATE),
    Column("is_reserve", "是否后备干部", ColumnKind.BOOLEAN),
    Column("edu_full_time", "全日制学历"),
    Column("edu_full_time_school", "毕业院校系及专业"),
    Column("edu_in_service", "在职学历"),
    Column("technical_title", "专业技术职务"),
    Column("specialty", "熟悉专业有何专长", longest=500),
    Column("skills", "专长类别", ColumnKind.CHOICES, choices={label: code for code, label in SKILLS.items()}),
    Column("rural_years", "农村工作年限", ColumnKind.DECIMAL),
    Column("unit_code", "工作单位编码", ColumnKind.CODE, required=True),
    Column("post", "现任职务", required=True),
    Column("phone", "联系电话", ColumnKind.CODE),
)
PROMOTION_COLUMNS = (
    Column("name", "姓名", required=True),
    Column("id_number", "身份证号", ColumnKind.ID_NUMBER, required=True, aliases=("公民身份号码", "身份证号码")),
    Column("kind", "使用类别", ColumnKind.CHOICE, required=True, choices=_labels(Promotion.Kind)),
    Column("old_post", "原任职务", required=True),
    Column("new_post", "新任职务", required=True),
    Column("unit_code", "新任单位编码", ColumnKind.CODE, required=True),
    Column("on", "任职日期", ColumnKind.DATE, required=True),
    Column("document_number", "任职文号", required=True),
)
TAKEN = "该身份证号已在干部名册中。"
TAKEN_MEND = "本单位已登记的不必再次导入；从别处调入的，请报市委组织部办理。"
MEMBERS = [FULL_MEMBER, PROBATIONARY_MEMBER]


def with_identity(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with names closed up and `id_blind`, the blind index of each ID number."""
    number = pl.col("id_number").str.replace_all(r"\s+", "").str.to_uppercase()
    frame = frame.with_columns(number, pl.col("name").str.replace_all(r"\s+", ""))
    return frame.with_columns(pl.Series("id_blind", crypto.blind_all(frame["id_number"].to_list()), dtype=pl.Binary))


def prepare_cadres(region: Region, *, rows: Rows, by: Actor) -> Prepared:
    """Cadres of a region's units with unit and region as keys; months as yyyyMM, rural years as tenths."""
    findings = Findings()
    checks = Checks(findings, rows.sheet)
    frame = completed(rows.frame, COLUMNS)
    checks.refuse_missing(frame, COLUMNS)
    units = unit_keys().select(unit_code="code", unit_id="id", region="region", unit_name="name")
    frame = with_identity(frame).join(units, on="unit_code", how="left", maintain_order="left")
    known = cadre_keys(by, frame["id_blind"].drop_nulls().to_list()).select(id_blind="blind", known="cadre")
    frame = frame.join(known, on="id_blind", how="left", maintain_order="left").with_columns(birth_date=id_birth(pl.col("id_number")))
    _check_identity(checks, frame)
    _check_unit(checks, frame, region)
    _check_party(checks, frame)
    _check_work(checks, frame)
    _check_words(checks, frame)
    ready = frame.with_columns(
        id_last4=pl.col("id_number").str.slice(-4),
        party_join_month=pl.col("party_join").dt.strftime("%Y%m"),
        work_start_month=pl.col("work_start").dt.strftime("%Y%m"),
        rural_experience_tenths=(pl.col("rural_years") * 10).round().cast(pl.Int64),
    )
    return Prepared(ready, findings)


def _check_identity(checks: Checks, frame: pl.DataFrame) -> None:
    number, birth, sex = pl.col("id_number"), pl.col("birth_date"), pl.col("sex")
    checks.refuse(
        frame, ~id_checksum_ok(number) | (number.is_not_null() & birth.is_null()), column="身份证号", code="id_wrong",
        message="身份证号不正确：位数、出生日期或校验位不符。", mend="请对照身份证重新录入 18 位号码。", value=number,
    )  # fmt: skip
    checks.refuse_repeated(
        frame, "id_number", column="身份证号", code="id_twice",
        message="身份证号与第 {} 行重复。", mend="每名干部只保留一行。",
    )  # fmt: skip
    checks.refuse(
        frame,
        pl.col("known").is_not_null(),
        column="身份证号",
        code="id_taken",
        message=TAKEN,
        mend=TAKEN_MEND,
        value=number,
    )
    checks.refuse(
        frame, id_checksum_ok(number) & (id_sex(number).cast(pl.String) != sex), column="性别", code="sex_differs",
        message="性别与身份证号不一致。", mend="请改正性别或身份证号。",
    )  # fmt: skip
    today = clock.today()
    checks.refuse(
        frame, birth.dt.offset_by(f"{WORKS_FROM}y") > today, column="身份证号", code="too_young",
        message=pl.format("按身份证号出生于 {}，不满 {} 周岁。", birth, pl.lit(WORKS_FROM)), mend="请核对身份证号。",
    )  # fmt: skip
    checks.refuse(
        frame, pl.col("name").str.len_chars() < 2, column="姓名", code="name_short",
        message="姓名不足两个字。", mend="请填写全名。", value=pl.col("name"),
    )  # fmt: skip
    phone = pl.col("phone").str.replace_all(r"[-\s]", "")
    checks.refuse(
        frame, phone.is_not_null() & ~phone.str.contains(r"^(1\d{10}|0?\d{7,12})$"),
        column="联系电话", code="phone_wrong",
        message="联系电话不是 11 位手机号，也不是固定电话。", mend="请改正，没有时留空。",
    )  # fmt: skip


def _check_unit(checks: Checks, frame: pl.DataFrame, region: Region) -> None:
    code = pl.col("unit_code")
    checks.refuse(
        frame, code.is_not_null() & pl.col("unit_id").is_null(), column="工作单位编码", code="unit_unknown",
        message=pl.format("单位编码“{}”没有登记过。", code), mend="请先导入单位名册，或改正编码。", value=code,
    )  # fmt: skip
    checks.refuse(
        frame, ~pl.col("region").str.starts_with(region.code), column="工作单位编码", code="unit_outside",
        message=pl.format(f"{{}}（{{}}）不是{region.name}的单位，本文件只能导入{region.name}的数据。", "unit_name", code),
        mend="请把这一行移到该单位所在县区的文件中。", value=code,
    )  # fmt: skip


def _check_party(checks: Checks, frame: pl.DataFrame) -> None:
    status, joined = pl.col("political_status"), pl.col("party_join")
    is_member, column = status.is_in(MEMBERS), "入党时间"
    checks.refuse(
        frame, is_member & joined.is_null(), column=column, code="party_join_missing",
        message="政治面貌是党员而没有填写入党时间。", mend="请填写入党年月。",
    )  # fmt: skip
    checks.refuse(
        frame, ~is_member & joined.is_not_null(), column=column, code="party_join_unneeded",
        message="政治面貌不是党员而填写了入党时间。", mend="请改正政治面貌，或删去入党时间。",
    )  # fmt: skip
    checks.refuse(
        frame, joined < pl.col("birth_date").dt.offset_by(f"{JOINS_FROM}y").dt.truncate("1mo"), column=column,
        code="party_join_early", message=pl.format("入党时间早于 {} 周岁。", pl.lit(JOINS_FROM)),
        mend="请核对入党时间和身份证号。", value=joined,
    )  # fmt: skip
    checks.refuse(
        frame, joined > clock.today(), column=column, code="in_future",
        message="入党时间晚于今天。", mend="请改正入党时间。", value=joined,
    )  # fmt: skip


def _check_work(checks: Checks, frame: pl.DataFrame) -> None:
    start, since, today = pl.col("work_start"), pl.col("rank_since"), clock.today()
    checks.refuse(
        frame, start < pl.col("birth_date").dt.offset_by(f"{WORKS_FROM}y").dt.truncate("1mo"), column="参加工作时间",
        code="work_early", message=pl.format("参加工作时间早于 {} 周岁。", pl.lit(WORKS_FROM)),
        mend="请核对参加工作时间和身份证号。", value=start,
    )  # fmt: skip
    checks.refuse(
        frame, start > today, column="参加工作时间", code="in_future",
        message="参加工作时间晚于今天。", mend="请改正参加工作时间。", value=start,
    )  # fmt: skip
    checks.refuse(
        frame, since > today, column="任现职级时间", code="in_future",
        message="任现职级时间晚于今天。", mend="请改正任现职级时间。", value=since,
    )  # fmt: skip
    checks.refuse(
        frame, since < start, column="任现职级时间", code="rank_before_work",
        message="任现职级时间早于参加工作时间。", mend="请核对这两个时间。", value=since,
    )  # fmt: skip
    years = pl.col("rural_years")
    checks.refuse(
        frame, (years < 0) | (years > 60), column="农村工作年限", code="rural_years_wrong",
        message=pl.format("农村工作年限 {} 年不合理。", years), mend="请填写年数，如 3 或 2.5。", value=years,
    )  # fmt: skip
    worked = (pl.lit(today) - start).dt.total_days() / 365.25
    checks.note(
        frame, (years <= 60) & (years > worked + 1), column="农村工作年限", code="rural_years_long",
        message=pl.format("农村工作年限 {} 年长于参加工作以来的年数，请核对。", years), value=years,
    )  # fmt: skip


def _check_words(checks: Checks, frame: pl.DataFrame) -> None:
    for name, header in (("edu_full_time", "全日制学历"), ("edu_in_service", "在职学历")):
        checks.note(
            frame, pl.col(name).is_not_null() & ~pl.col(name).is_in(list(EDUCATION)),
            column=header, code="education_unknown",
            message=pl.format("学历“{}”不在学历代码表中，按原文保存。", name), value=pl.col(name),
        )  # fmt: skip
    checks.note(
        frame, pl.col("health").is_not_null() & ~pl.col("health").is_in(HEALTH), column="健康状况", code="health_other",
        message=pl.format("健康状况“{}”不在常用写法（健康、良好、一般、较差、残疾）中，按原文保存。", "health"),
    )  # fmt: skip


def prepare_promotions(region: Region, *, rows: Rows, by: Actor) -> Prepared:
    """Promotions with the keys of the cadre and of the unit of the new post, which lies in the region."""
    findings = Findings()
    checks = Checks(findings, rows.sheet)
    frame = completed(rows.frame, PROMOTION_COLUMNS)
    checks.refuse_missing(frame, PROMOTION_COLUMNS)
    units = unit_keys().select(unit_code="code", unit_id="id", region="region", unit_name="name")
    frame = with_identity(frame).join(units, on="unit_code", how="left", maintain_order="left")
    frame = with_cadres(checks, frame, by=by).with_columns(origin_region="cadre_region")
    _check_unit(checks, frame, region)
    checks.refuse(
        frame, pl.col("on") > clock.today(), column="任职日期", code="in_future",
        message=pl.format("任职日期 {} 晚于今天。", "on"), mend="请改正任职日期。", value=pl.col("on"),
    )  # fmt: skip
    checks.refuse(
        frame, pl.col("old_post") == pl.col("new_post"), column="新任职务", code="post_same",
        message="新任职务与原任职务相同。", mend="请改正职务。", value=pl.col("new_post"),
    )  # fmt: skip
    once = frame.with_columns(key=pl.concat_str("cadre", pl.col("on").cast(pl.String)))
    checks.refuse_repeated(
        once, "key", column="任职日期", code="promotion_twice",
        message="与第 {} 行是同一人同一天任职。", mend="每人每次任职只保留一行。",
    )  # fmt: skip
    return Prepared(frame, findings)


def with_cadres(checks: Checks, frame: pl.DataFrame, *, by: Actor) -> pl.DataFrame:
    """Join the registered cadre of each row by ID number: `cadre`, `cadre_region`, `cadre_unit`, and so on.

    Refuses rows whose person is not in the register as far as the actor sees it, or is registered under another name.
    """
    keys = cadre_keys(by, frame["id_blind"].drop_nulls().unique().to_list()).rename(
        {"blind": "id_blind", "name": "cadre_name", "region": "cadre_region", "unit": "cadre_unit"}
    )
    frame = frame.join(keys, on="id_blind", how="left", maintain_order="left")
    number = pl.col("id_number")
    checks.refuse(
        frame, number.is_not_null() & pl.col("cadre").is_null(), column="身份证号", code="cadre_unknown",
        message="该身份证号不在本级的干部名册中。", value=number,
        mend="请先导入干部名册；上级或外县单位的干部，由上级组织部门办理。",
    )  # fmt: skip
    checks.refuse(
        frame, pl.col("cadre").is_not_null() & (pl.col("name") != pl.col("cadre_name")),
        column="姓名", code="name_differs",
        message=pl.format("姓名“{}”与干部名册中该身份证号的姓名不一致。", "name"), mend="请核对姓名和身份证号。",
        value=pl.col("name"),
    )  # fmt: skip
    return frame
