"""Setting up a programme with its tiers from a roster (工程与层级): another prefecture runs another programme without code."""

from typing import Any

import polars as pl

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import command, note_in_event
from shibaiqian.access.roles import Permission
from shibaiqian.access.rows import Prepared, Rows, Written
from shibaiqian.base import pinyin
from shibaiqian.base.spreadsheets.columns import Column, ColumnKind
from shibaiqian.base.spreadsheets.findings import Findings
from shibaiqian.cadres.models import Cadre
from shibaiqian.organisations.models import Organisation
from shibaiqian.postings.models import Programme, Tier
from shibaiqian.regions.checks import Checks, completed
from shibaiqian.regions.models import Region

HOST_LEVELS = {"县区": "county", "县": "county", "镇办": "town", "镇": "town", "村（社区）": "village", "村": "village"}
SOURCES = {label: code for code, label in Organisation.Level.choices if code != "village"}
RANKS = {label: code for code, label in Cadre.PostRank.choices}
DECIDERS = {"市": "city", "县": "county", "派出单位所在地": "home"}
COLUMNS = (
    Column("programme", "工程名称", required=True),
    Column("starts_on", "起始日期", ColumnKind.DATE, required=True),
    Column("goal_on", "目标日期", ColumnKind.DATE, required=True),
    Column("code", "层级代码", ColumnKind.CODE, required=True),
    Column("label", "名称", required=True),
    Column("host_level", "挂职地层级", ColumnKind.CHOICE, required=True, choices=HOST_LEVELS),
    Column("titles", "职务", required=True, help="可写多个，用顿号隔开"),
    Column("source_levels", "来源层级", ColumnKind.CHOICES, required=True, choices=SOURCES),
    Column("ranks", "职级", ColumnKind.CHOICES, choices=RANKS, help="留空表示不限"),
    Column("reserve_ranks", "后备干部职级", ColumnKind.CHOICES, choices=RANKS),
    Column("max_age", "最大年龄", ColumnKind.INTEGER),
    Column("young_age", "优秀年轻最大年龄", ColumnKind.INTEGER),
    Column("must_be_party_member", "必须中共党员", ColumnKind.BOOLEAN),
    Column("needs_rural_or_skill", "须有农村经历或专长", ColumnKind.BOOLEAN),
    Column("decider_level", "决定机关", ColumnKind.CHOICE, required=True, choices=DECIDERS),
    Column("quota", "名额", ColumnKind.INTEGER, required=True),
    Column("number_prefix", "编号前缀"),
)
SAID = (
    "label", "host_level", "titles", "source_levels", "ranks", "reserve_ranks", "max_age", "young_age", "must_be_party_member",
    "needs_rural_or_skill", "decider_level", "quota", "number_prefix",
)  # fmt: skip


def prepare_tiers(region: Region, *, rows: Rows, by: Actor) -> Prepared:
    """Tiers of programmes of a city; several titles joined by |."""
    findings = Findings()
    checks = Checks(findings, rows.sheet)
    frame = completed(rows.frame, COLUMNS)
    checks.refuse_missing(frame, COLUMNS)
    frame = frame.with_columns(
        pl.col("titles").str.replace_all(r"\s*[、，,;；]\s*", "|").str.strip_chars("| "),
        pl.col("must_be_party_member", "needs_rural_or_skill").fill_null(value=False),
        pl.col("ranks", "reserve_ranks", "number_prefix").fill_null(""),
    )
    checks.refuse(
        frame, pl.lit(region.level != Region.Level.CITY), column="工程名称", code="not_a_city",
        message=f"工程由市一级设立，{region.name}不是市。", mend="请由市委组织部导入。",
    )  # fmt: skip
    checks.refuse(
        frame, pl.col("goal_on") <= pl.col("starts_on"), column="目标日期", code="goal_early",
        message=pl.format("目标日期 {} 不晚于起始日期 {}。", "goal_on", "starts_on"), mend="请核对这两个日期。", value=pl.col("goal_on"),
    )  # fmt: skip
    checks.refuse(
        frame, pl.col("quota") < 1, column="名额", code="quota_wrong",
        message=pl.format("名额 {} 不是正数。", "quota"), mend="请填写人数。", value=pl.col("quota"),
    )  # fmt: skip
    for name, header in (("max_age", "最大年龄"), ("young_age", "优秀年轻最大年龄")):
        checks.refuse(
            frame, (pl.col(name) < 18) | (pl.col(name) > 70), column=header, code="age_wrong",
            message=pl.format(header + " {} 不合理。", name), mend="请填写周岁，不限的留空。", value=pl.col(name),
        )  # fmt: skip
    for name, header in (("code", "层级代码"), ("label", "名称")):
        once = frame.with_columns(_key=pl.concat_str("programme", name, separator="|"))
        checks.refuse_repeated(
            once, "_key", column=header, code="tier_twice", message=header + "与第 {} 行重复。", mend="同一工程每个层级一行。",
        )  # fmt: skip
    differs = pl.struct("starts_on", "goal_on").n_unique().over("programme") > 1
    checks.refuse(
        frame, differs, column="起始日期", code="programme_differs",
        message=pl.format("“{}”各行的起始日期或目标日期不一致。", "programme"), mend="同一工程各行填写相同的日期。",
    )  # fmt: skip
    return Prepared(frame, findings)


@command(Permission.PLAN_BATCHES)
def set_up_programme(region: Region, *, rows: Rows, by: Actor) -> Written:
    """Set up programmes of a city with their tiers, or change those set up before (by name and code). Counts tiers new or changed."""
    frame = prepare_tiers(region, rows=rows, by=by).or_refuse().frame
    changed: list[str] = []
    for (name,), tiers in frame.group_by("programme", maintain_order=True):
        first = tiers.row(0, named=True)
        programme, is_new = Programme.objects.select_for_update().get_or_create(
            region=region, name=name,
            defaults={"code": f"{pinyin.initials(str(name))}_{region.code}", "starts_on": first["starts_on"], "goal_on": first["goal_on"]},
        )  # fmt: skip
        if not is_new:
            Programme.objects.filter(pk=programme.pk).update(starts_on=first["starts_on"], goal_on=first["goal_on"])
        changed += [row["code"] for row in tiers.iter_rows(named=True) if _keep_tier(programme, row)]
    note_in_event(tiers=changed)
    return Written(count=len(changed), regions=[region.code])


def _keep_tier(programme: Programme, row: dict[str, Any]) -> bool:
    said = {name: row[name] for name in SAID}
    tier, is_new = Tier.objects.get_or_create(programme=programme, code=row["code"], defaults=said)
    if is_new:
        return True
    if all(getattr(tier, name) == value for name, value in said.items()):
        return False
    Tier.objects.filter(pk=tier.pk).update(**said)
    return True


def programme_of(region: str) -> Programme | None:
    """The programme of a place's city: the one that began last."""
    return Programme.objects.filter(region=region[:4]).order_by("-starts_on", "pk").first()


def tiers_frame(region: str) -> pl.DataFrame:
    """Tiers of the city's programmes by what rosters write (label or code): `tier` and `programme_id` are the keys. One query."""
    fields = ("programme_id", "pk", "code", "label", "host_level", "titles", "decider_level", "number_prefix")
    rows = [tuple(str(value) for value in row) for row in Tier.objects.filter(programme__region=region[:4]).values_list(*fields)]
    known = [(row[2], *row) for row in rows] + [(row[3], *row) for row in rows if row[3] != row[2]]
    names = ("tier", "programme_id", "tier_id", "tier_code", "tier_label", "host_level", "titles", "decider_level", "number_prefix")
    return pl.DataFrame(known, schema=dict.fromkeys(names, pl.String), orient="row").unique(["programme_id", "tier"], maintain_order=True)


def with_tiers(checks: Checks, frame: pl.DataFrame, *, region: Region) -> pl.DataFrame:
    """Join the tier that each row names in its batch's programme (`programme_id`), or in the city's running one; refuse unknown ones."""
    running = programme_of(region.code)
    frame = frame.with_columns(pl.col("programme_id").fill_null(str(running.pk) if running else ""))
    frame = frame.join(tiers_frame(region.code), on=["programme_id", "tier"], how="left", maintain_order="left")
    checks.refuse(
        frame, pl.col("tier").is_not_null() & pl.col("tier_id").is_null(), column="层级", code="tier_unknown",
        message=pl.format("工程里没有“{}”这个层级。", "tier"), mend="请填写工程与层级名册中的名称或代码。", value=pl.col("tier"),
    )  # fmt: skip
    return frame
