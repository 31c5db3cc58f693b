"""Rosters of units (单位名册) and of villages (村（社区）名册): columns, and rows made ready for the commands."""

import polars as pl

from shibaiqian.access.actor import Actor
from shibaiqian.access.rows import Prepared, Rows
from shibaiqian.base import clock
from shibaiqian.base.spreadsheets.columns import Column, ColumnKind
from shibaiqian.base.spreadsheets.findings import Findings
from shibaiqian.organisations.models import Organisation
from shibaiqian.organisations.queries import unit_keys
from shibaiqian.organisations.rules import rows_in_circles
from shibaiqian.regions.checks import Checks, completed
from shibaiqian.regions.models import Region, VillageProfile
from shibaiqian.regions.places import PLACE_COLUMNS, resolve_places
from shibaiqian.regions.queries import region_names


def _labels(choices: type) -> dict[str, str]:
    return {label: value for value, label in choices.choices}  # type: ignore[attr-defined]


COLUMNS = (
    Column("code", "单位编码", ColumnKind.CODE, required=True),
    Column("name", "单位名称", required=True),
    Column("short_name", "简称"),
    Column("kind", "单位性质", ColumnKind.CHOICE, required=True, choices=_labels(Organisation.Kind)),
    Column("level", "层级", ColumnKind.CHOICE, required=True, choices=_labels(Organisation.Level)),
    Column("region_code", "所在区划代码", ColumnKind.CODE, required=True),
    Column("admin_parent_code", "行政上级编码", ColumnKind.CODE),
    Column("party_parent_code", "党组织上级编码", ColumnKind.CODE),
    Column("department_class", "部门类别", ColumnKind.CHOICE, choices=_labels(Organisation.DepartmentClass)),
    Column("head_name", "主要负责人"),
)
VILLAGE_COLUMNS = (
    *PLACE_COLUMNS,
    Column("poor_village", "是否贫困村", ColumnKind.BOOLEAN, required=True),
    Column("rural_households", "农村户籍户数", ColumnKind.INTEGER),
    Column("rural_population", "农村户籍人口", ColumnKind.INTEGER),
    Column("farmland_mu", "耕地面积（亩）", ColumnKind.DECIMAL),
    Column("collective_income", "集体经济收入（元）", ColumnKind.MONEY),
    Column(
        "village_types",
        "村类型",
        ColumnKind.CHOICES,
        choices=_labels(VillageProfile.VillageType),
        help="可填多项，用顿号隔开",
    ),
    Column("party_org", "村党组织名称"),
    Column("secretary", "村党组织书记"),
    Column("partner_code", "包村单位编码", ColumnKind.CODE),
    Column("partner_since", "包村起始日期", ColumnKind.DATE),
)
PARENTS = {"admin_parent": "行政上级编码", "party_parent": "党组织上级编码"}
LENGTH_OF_LEVEL = {"city": 4, "county": 6, "town": 9, "village": 12}


def prepare_organisations(region: Region, *, rows: Rows, by: Actor) -> Prepared:
    """Units of a region with the keys of their parents, which stand in the same file or in the register.

    Adds `known` (the key of a unit registered before, null for a new one) and `admin_parent_code`/`party_parent_code`
    checked. Upsert is by code; a unit never moves to another place.
    """
    findings = Findings()
    checks = Checks(findings, rows.sheet)
    known = unit_keys().select("code", known="id", known_region="region", known_name="name")
    frame = completed(rows.frame, COLUMNS)
    checks.refuse_missing(frame, COLUMNS)
    frame = frame.join(known, on="code", how="left", maintain_order="left")
    names = region_names(frame["region_code"].drop_nulls().unique().to_list())
    frame = frame.with_columns(
        region=pl.col("region_code"),
        region_name=pl.col("region_code").replace_strict(names, default=None, return_dtype=pl.String),
        name=pl.col("name").str.replace_all(r"\s+", ""),
    )
    checks.refuse_repeated(
        frame, "code", column="单位编码", code="unit_twice",
        message="单位编码与第 {} 行重复。", mend="每个单位只保留一行，或改正编码。",
    )  # fmt: skip
    _check_places(checks, frame, region)
    _check_parents(checks, frame, known)
    return Prepared(frame, findings)


def _check_places(checks: Checks, frame: pl.DataFrame, region: Region) -> None:
    code, level = pl.col("region_code"), pl.col("level")
    checks.refuse(
        frame, code.is_not_null() & pl.col("region_name").is_null(), column="所在区划代码", code="place_unknown",
        message=pl.format("区划代码“{}”在区划名录中查不到。", code), value=code,
        mend="请填写 4、6、9 或 12 位区划代码。",
    )  # fmt: skip
    checks.refuse(
        frame, pl.col("region_name").is_not_null() & ~code.str.starts_with(region.code),
        column="所在区划代码", code="place_outside",
        message=pl.format(f"{{}}（{{}}）不在{region.name}，本文件只能导入{region.name}的数据。", "region_name", code),
        mend="请把这一行移到所在县区的文件中。", value=code,
    )  # fmt: skip
    lengths = level.replace_strict(LENGTH_OF_LEVEL, default=None, return_dtype=pl.UInt32)
    checks.refuse(
        frame, pl.col("region_name").is_not_null() & (code.str.len_chars() != lengths),
        column="层级", code="level_differs",
        message=pl.format("单位层级与所在区划代码“{}”的级别不一致。", code),
        mend="市级单位填 4 位、县级填 6 位、镇级填 9 位、村级填 12 位代码。", value=code,
    )  # fmt: skip
    checks.refuse(
        frame, pl.col("known_region").is_not_null() & (pl.col("known_region") != code),
        column="单位编码", code="unit_elsewhere",
        message=pl.format("单位编码“{}”已登记为{}，所在区划是 {}。", "code", "known_name", "known_region"),
        mend="单位登记后不能改所在区划；若是另一个单位，请换一个编码。", value=pl.col("code"),
    )  # fmt: skip


def _check_parents(checks: Checks, frame: pl.DataFrame, known: pl.DataFrame) -> None:
    registered = pl.concat([known["code"], frame["code"].drop_nulls()]).unique().to_list()
    for line, header in PARENTS.items():
        parent = pl.col(f"{line}_code")
        checks.refuse(
            frame, parent.is_not_null() & ~parent.is_in(registered), column=header, code="parent_unknown",
            message=pl.format("上级单位编码“{}”不在本文件中，也没有登记过。", parent),
            mend="请先导入上级单位，或改正编码。", value=parent,
        )  # fmt: skip
        circles = rows_in_circles(dict(frame.select("code", f"{line}_code").drop_nulls().iter_rows()))
        checks.refuse(
            frame, pl.col("code").is_in(list(circles)), column=header, code="parent_circle",
            message=pl.format("单位“{}”与它的上级互为上级。", "name"), mend="请改正上级单位编码。", value=parent,
        )  # fmt: skip


def prepare_villages(region: Region, *, rows: Rows, by: Actor) -> Prepared:
    """Villages by their codes, with types as codes joined by |, units as keys, areas in hundredths of a mu."""
    findings = Findings()
    checks = Checks(findings, rows.sheet)
    frame = completed(rows.frame, VILLAGE_COLUMNS)
    checks.refuse_missing(frame, VILLAGE_COLUMNS)
    frame = resolve_places(frame, region=region, findings=findings, sheet=rows.sheet)
    units = unit_keys().select(partner_code="code", unit_id="id")
    frame = frame.join(units, on="partner_code", how="left", maintain_order="left").with_columns(
        farmland_centimu=(pl.col("farmland_mu").cast(pl.Float64) * 100).round().cast(pl.Int64),
    )
    checks.refuse_repeated(
        frame, "region", column="村代码", code="village_twice",
        message="这个村（社区）与第 {} 行重复。", mend="每个村（社区）只保留一行。",
    )  # fmt: skip
    _check_amounts(checks, frame)
    _check_partners(checks, frame)
    return Prepared(frame, findings)


def _check_amounts(checks: Checks, frame: pl.DataFrame) -> None:
    for name, header in (
        ("rural_households", "农村户籍户数"),
        ("rural_population", "农村户籍人口"),
        ("farmland_centimu", "耕地面积（亩）"),
        ("collective_income", "集体经济收入（元）"),
    ):
        checks.refuse(
            frame, pl.col(name) < 0, column=header, code="negative",
            message=f"{header}不能是负数。", mend="请改正，没有数据时留空。", value=pl.col(name),
        )  # fmt: skip
    checks.refuse(
        frame, pl.col("rural_population") < pl.col("rural_households"), column="农村户籍人口", code="fewer_people",
        message=pl.format("人口 {} 人少于户数 {} 户。", "rural_population", "rural_households"),
        mend="请核对户数和人口。", value=pl.col("rural_population"),
    )  # fmt: skip


def _check_partners(checks: Checks, frame: pl.DataFrame) -> None:
    code, since = pl.col("partner_code"), pl.col("partner_since")
    checks.refuse(
        frame, code.is_not_null() & pl.col("unit_id").is_null(), column="包村单位编码", code="unit_unknown",
        message=pl.format("单位编码“{}”没有登记过。", code), mend="请先导入单位名册，或改正编码。", value=code,
    )  # fmt: skip
    checks.refuse(
        frame, code.is_not_null() & since.is_null(), column="包村起始日期", code="since_missing",
        message="填写了包村单位而没有填写包村起始日期。", mend="请填写包村起始日期。",
    )  # fmt: skip
    checks.refuse(
        frame, code.is_null() & since.is_not_null(), column="包村单位编码", code="partner_missing",
        message="填写了包村起始日期而没有填写包村单位。", mend="请填写包村单位编码，或删去日期。",
    )  # fmt: skip
    checks.refuse(
        frame, since > clock.today(), column="包村起始日期", code="in_future",
        message=pl.format("包村起始日期 {} 晚于今天。", since), mend="请改正日期。", value=since,
    )  # fmt: skip
