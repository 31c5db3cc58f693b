"""The roster of posts that want an official (岗位需求名册). What a village is comes from the register and is never typed."""

import polars as pl

from shibaiqian.access.actor import Actor
from shibaiqian.access.rows import Prepared, Rows
from shibaiqian.base import clock
from shibaiqian.base.spreadsheets.columns import Column, ColumnKind
from shibaiqian.base.spreadsheets.findings import Findings
from shibaiqian.cadres.codes import SKILLS
from shibaiqian.organisations.queries import unit_keys
from shibaiqian.party.models import Overhaul
from shibaiqian.postings.models import Posting
from shibaiqian.regions.checks import Checks, completed
from shibaiqian.regions.models import Region, VillageProfile
from shibaiqian.regions.rules import bounds
from shibaiqian.selection.hosted import hosted_needs
from shibaiqian.selection.models import Batch, PostNeed
from shibaiqian.selection.programmes import with_tiers

COLUMNS = (
    Column("number", "岗位编号", help="留空由系统编号；任命后就是任职编号"),
    Column("batch", "批次", help="留空为补派，须写明理由"),
    Column("tier", "层级", required=True),
    Column("host_code", "挂职地代码", ColumnKind.CODE, required=True),
    Column("title", "挂职职务", required=True),
    Column("duties", "工作分工"),
    Column("need_tags", "需求专长", ColumnKind.CHOICES, choices={label: code for code, label in SKILLS.items()}),
    Column("predecessor", "接替任职编号"),
    Column("reason", "需求理由"),
)
UNIT_COLUMNS = (
    Column("number", "岗位编号", required=True),
    Column("unit_code", "包村单位编码", ColumnKind.CODE, required=True),
    Column("since", "包村起始日期", ColumnKind.DATE, required=True),
)
LEVELS = {"county": "县区", "town": "镇办", "village": "村（社区）"}
OPEN = ("draft", "submitted", "confirmed")


def with_batches(checks: Checks, frame: pl.DataFrame, *, region: Region) -> pl.DataFrame:
    """Join the batch that each row names: `batch_id`, `batch_state`, `batch_year`, `opened_on`, `programme_id`."""
    found = Batch.objects.filter(region=region.code[:4]).values_list("name", "pk", "state", "year", "opened_on", "programme_id")
    schema = {
        "batch": pl.String,
        "batch_id": pl.String,
        "batch_state": pl.String,
        "batch_year": pl.Int64,
        "opened_on": pl.Date,
        "programme_id": pl.String,
    }
    known = pl.DataFrame(
        [(name, str(pk), state, year, day, str(prog)) for name, pk, state, year, day, prog in found], schema=schema, orient="row"
    )
    frame = frame.join(known, on="batch", how="left", maintain_order="left")
    checks.refuse(
        frame, pl.col("batch").is_not_null() & pl.col("batch_id").is_null(), column="批次", code="batch_unknown",
        message=pl.format("没有“{}”这个批次。", "batch"), mend="请填写已设立的批次名称，批次外补派的留空。", value=pl.col("batch"),
    )  # fmt: skip
    checks.refuse(
        frame, pl.col("batch_state") == "closed", column="批次", code="batch_closed",
        message=pl.format("“{}”已经结束。", "batch"), mend="请改用正在进行的批次，或留空按补派办理。", value=pl.col("batch"),
    )  # fmt: skip
    return frame


def prepare_needs(region: Region, *, rows: Rows, by: Actor) -> Prepared:
    """Posts of a region's places with the keys of batch, tier and predecessor, and what the register knows of the villages."""
    findings = Findings()
    checks = Checks(findings, rows.sheet)
    frame = completed(rows.frame, COLUMNS)
    checks.refuse_missing(frame, COLUMNS)
    frame = frame.with_columns(pl.col("number", "batch", "predecessor").str.strip_chars().replace("", None))
    frame = with_batches(checks, frame, region=region)
    frame = with_tiers(checks, frame, region=region)
    frame = _with_hosts(frame)
    _check_hosts(checks, frame, region)
    frame = _with_register(frame, region=region, by=by)
    frame = _with_predecessors(checks, frame, by=by)
    _check_standing(checks, frame, by=by)
    checks.refuse(
        frame, pl.col("batch").is_null() & (pl.col("reason").fill_null("").str.strip_chars() == ""), column="需求理由", code="reason_missing",
        message="批次外的补派没有写明理由。", mend="请写明为什么要补派，或填写批次。",
    )  # fmt: skip
    return Prepared(frame, findings)


def _with_hosts(frame: pl.DataFrame) -> pl.DataFrame:
    codes = frame["host_code"].drop_nulls().unique().to_list()
    found = Region.objects.filter(pk__in=codes, valid_to__isnull=True).values_list("code", "name", "full_name", "level")
    names = ("host_code", "place", "place_full", "place_level")
    places = pl.DataFrame(list(found), schema=dict.fromkeys(names, pl.String), orient="row")
    return frame.join(places, on="host_code", how="left", maintain_order="left")


def _check_hosts(checks: Checks, frame: pl.DataFrame, region: Region) -> None:
    code, place, title = pl.col("host_code"), pl.col("place"), pl.col("title")
    checks.refuse(
        frame, code.is_not_null() & place.is_null(), column="挂职地代码", code="place_unknown",
        message=pl.format("挂职地代码“{}”在区划名录中查不到。", code), mend="县级填 6 位、镇级填 9 位、村级填 12 位代码。", value=code,
    )  # fmt: skip
    checks.refuse(
        frame, place.is_not_null() & ~code.str.starts_with(region.code), column="挂职地代码", code="place_outside",
        message=pl.format("{}不在" + region.name + "，不能在这里提出需求。", "place_full"), mend="请由挂职地所在的镇办或县区提出。", value=code,
    )  # fmt: skip
    checks.refuse(
        frame, place.is_not_null() & (pl.col("place_level") != pl.col("host_level")), column="挂职地代码", code="level_differs",
        message=pl.format("{}岗位设在{}，而{}不是。", "tier_label", pl.col("host_level").replace_strict(LEVELS, default=""), place),
        mend="请改正层级或挂职地代码。", value=code,
    )  # fmt: skip
    allowed = pl.col("titles").str.split("|")
    checks.refuse(
        frame, title.is_not_null() & ~allowed.list.contains(title), column="挂职职务", code="title_unfit",
        message=pl.format("{}没有“{}”这个职务。", "tier_label", title), mend=pl.format("请填写其中之一：{}。", allowed.list.join("、")), value=title,
    )  # fmt: skip


def _with_register(frame: pl.DataFrame, *, region: Region, by: Actor) -> pl.DataFrame:
    """`village_types`, `poor_village`, `weak_organisation` as the register has them today. Two queries."""
    low, high = bounds(region.code)
    within = {"region_id__gte": low, "region_id__lt": high}
    profiles = VillageProfile.objects.visible_to(by).filter(**within).values_list("region_id", "poor_village", "village_types")
    schema = {"host_code": pl.String, "poor_village": pl.Boolean, "village_types": pl.String}
    known = pl.DataFrame(list(profiles), schema=schema, orient="row")
    overhauls = Overhaul.objects.visible_to(by).filter(**within).exclude(state="closed")
    weak = list(overhauls.values_list("region_id", flat=True).distinct())
    frame = frame.join(known, on="host_code", how="left", maintain_order="left")
    return frame.with_columns(
        pl.col("poor_village").fill_null(value=False),
        pl.col("village_types").fill_null(""),
        weak_organisation=pl.col("host_code").is_in(weak),
    )


def _with_predecessors(checks: Checks, frame: pl.DataFrame, *, by: Actor) -> pl.DataFrame:
    """The posting that is replaced: the one that is named, or the First Secretary who serves in the village. One query."""
    named = frame["predecessor"].drop_nulls().to_list()
    villages = frame.filter(pl.col("host_level") == "village")["host_code"].drop_nulls().unique().to_list()
    rows = Posting.objects.visible_to(by).filter(number__in=named) | Posting.objects.visible_to(by).filter(
        region_id__in=villages, ended_on=None
    )
    found = list(rows.values_list("number", "pk", "region_id", "host_level", "ended_on"))
    by_number = {number: (str(pk), place) for number, pk, place, _, _ in found}
    serving = {place: str(pk) for _, pk, place, level, ended in found if level == "village" and ended is None}
    keys = [
        by_number[n][0] if n in by_number else serving.get(host or "") for n, host in frame.select("predecessor", "host_code").iter_rows()
    ]
    elsewhere = [
        n is not None and (n not in by_number or by_number[n][1] != host)
        for n, host in frame.select("predecessor", "host_code").iter_rows()
    ]
    frame = frame.with_columns(pl.Series("predecessor_id", keys, dtype=pl.String), pl.Series("_elsewhere", elsewhere, dtype=pl.Boolean))
    checks.refuse(
        frame, pl.col("_elsewhere"), column="接替任职编号", code="predecessor_unknown",
        message=pl.format("任职编号“{}”不是在{}的挂职。", "predecessor", pl.col("place").fill_null("这里")),
        mend="请核对编号；不填时，接替正在该村任职的第一书记。", value=pl.col("predecessor"),
    )  # fmt: skip
    return frame


def _check_standing(checks: Checks, frame: pl.DataFrame, *, by: Actor) -> None:
    """A number is given once, and a village has one open post for a First Secretary. One query."""
    checks.refuse_repeated(
        frame, "number", column="岗位编号", code="number_twice", message="岗位编号与第 {} 行重复。", mend="请改正编号，或留空由系统编号。",
    )  # fmt: skip
    villages = frame.with_columns(secretary_of=pl.when(pl.col("host_level") == "village").then("host_code"))
    checks.refuse_repeated(
        villages, "secretary_of", column="挂职地代码", code="need_twice", message="与第 {} 行是同一个村（社区）。", mend="一村只设一个第一书记岗位。",
    )  # fmt: skip
    numbers = frame["number"].drop_nulls().to_list()
    hosts = villages["secretary_of"].drop_nulls().to_list()
    rows = PostNeed.objects.visible_to(by)
    found = list(
        (rows.filter(number__in=numbers) | rows.filter(region_id__in=hosts, state__in=OPEN)).values_list("number", "region_id", "state")
    )
    used = [number for number, _, _ in found]
    held = [place for _, place, state in found if state in OPEN]
    checks.refuse(
        frame, pl.col("number").is_in(used), column="岗位编号", code="number_taken", message=pl.format("岗位编号“{}”已经使用。", "number"),
        mend="请换一个编号，或留空由系统编号。", value=pl.col("number"),
    )  # fmt: skip
    checks.refuse(
        villages, pl.col("secretary_of").is_in(held), column="挂职地代码", code="need_taken",
        message=pl.format("{}已有一个没有派人的第一书记岗位。", pl.col("place").fill_null("")), mend="请办理原来的岗位，不必再次提出。", value=pl.col("host_code"),
    )  # fmt: skip


def prepare_need_units(region: Region, *, rows: Rows, by: Actor) -> Prepared:
    """Partner units of needs (先定单位), with the keys of need and unit and the village. Two queries."""
    findings = Findings()
    checks = Checks(findings, rows.sheet)
    frame = completed(rows.frame, UNIT_COLUMNS)
    checks.refuse_missing(frame, UNIT_COLUMNS)
    checks.refuse_repeated(
        frame, "number", column="岗位编号", code="number_twice", message="岗位编号与第 {} 行重复。", mend="每个岗位只写一个包村单位。",
    )  # fmt: skip
    units = unit_keys(frame["unit_code"].drop_nulls().unique().to_list()).select(unit_code="code", unit_id="id", unit_name="name")
    rows_ = hosted_needs(by).filter(number__in=frame["number"].drop_nulls().to_list())
    schema = dict.fromkeys(("number", "need", "village", "need_state", "host_level"), pl.String)
    found = [
        (n, str(pk), place, state, level)
        for n, pk, place, state, level in rows_.values_list("number", "pk", "region_id", "state", "tier__host_level")
    ]
    frame = frame.join(units, on="unit_code", how="left", maintain_order="left")
    frame = frame.join(pl.DataFrame(found, schema=schema, orient="row"), on="number", how="left", maintain_order="left")
    code, number = pl.col("unit_code"), pl.col("number")
    checks.refuse(
        frame, number.is_not_null() & pl.col("need").is_null(), column="岗位编号", code="need_unknown",
        message=pl.format("没有编号为“{}”的岗位。", number), mend="请核对岗位编号。", value=number,
    )  # fmt: skip
    checks.refuse(
        frame, pl.col("need").is_not_null() & (pl.col("host_level") != "village"), column="岗位编号", code="not_a_village",
        message=pl.format("岗位“{}”不在村（社区），没有包村单位。", number), mend="请删去这一行。", value=number,
    )  # fmt: skip
    checks.refuse(
        frame, pl.col("need_state").is_in(["filled", "closed"]), column="岗位编号", code="need_closed",
        message=pl.format("岗位“{}”已派人或已关闭。", number), mend="请删去这一行。", value=number,
    )  # fmt: skip
    checks.refuse(
        frame, code.is_not_null() & pl.col("unit_id").is_null(), column="包村单位编码", code="unit_unknown",
        message=pl.format("单位编码“{}”不在单位名册中。", code), mend="请先导入单位名册，或改正编码。", value=code,
    )  # fmt: skip
    checks.refuse(
        frame, pl.col("since") > clock.today(), column="包村起始日期", code="in_future",
        message=pl.format("包村起始日期 {} 晚于今天。", "since"), mend="请改正日期。", value=pl.col("since"),
    )  # fmt: skip
    return Prepared(frame, findings)
