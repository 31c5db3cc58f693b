"""The roster of postings (挂职干部名册): columns, and rows made ready for the command."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl
from django.db.models import Q

from shibaiqian.access.actor import Actor
from shibaiqian.access.rows import Prepared, Rows
from shibaiqian.base import clock
from shibaiqian.base.spreadsheets.columns import Column, ColumnKind
from shibaiqian.base.spreadsheets.findings import Findings
from shibaiqian.cadres.codes import FULL_MEMBER, PROBATIONARY_MEMBER
from shibaiqian.cadres.excel import with_cadres, with_identity
from shibaiqian.policy.queries import parameters_over
from shibaiqian.postings.models import Posting, Tier
from shibaiqian.postings.rules import ends_between
from shibaiqian.regions.checks import Checks, completed
from shibaiqian.regions.models import Region

TRANSFER_DAYS = {"party_out_on": "组织关系转出日期", "party_in_on": "组织关系转入日期"}
COLUMNS = (
    Column("number", "任职编号", ColumnKind.TEXT, required=True),
    Column("name", "姓名", required=True),
    Column("id_number", "身份证号", ColumnKind.ID_NUMBER, required=True, aliases=("公民身份号码", "身份证号码")),
    Column("tier", "层级", ColumnKind.CHOICE, required=True, choices={"县级": "T10", "镇级": "T100", "村级": "T1000"}),
    Column("host_code", "挂职地代码", ColumnKind.CODE, required=True),
    Column("host_name", "挂职单位"),
    Column("title", "挂职职务", required=True),
    Column("duties", "工作分工", required=True, longest=500),
    Column("document_number", "任职文号", required=True),
    Column("appointed_on", "任职日期", ColumnKind.DATE, required=True),
    Column("arrived_on", "到任日期", ColumnKind.DATE),
    Column("planned_end", "计划期满日期", ColumnKind.DATE, required=True),
    Column("party_out_on", "组织关系转出日期", ColumnKind.DATE),
    Column("party_in_on", "组织关系转入日期", ColumnKind.DATE),
    Column("batch", "批次"),
)
LEVELS = {"county": "县区", "town": "镇办", "village": "村（社区）"}
FIRST_SECRETARY = "T1000"


@dataclass(frozen=True)
class Standing:
    """Postings that stand in the way, as far as the actor sees them: by number, cadre, village."""

    numbers: dict[str, str]
    running: dict[str, str]
    last_end: dict[str, object]
    secretaries: dict[str, str]


def prepare_postings(region: Region, *, rows: Rows, by: Actor) -> Prepared:
    """Postings to places of a region with the keys of cadre, unit and tier; checks who may be appointed where."""
    findings = Findings()
    checks = Checks(findings, rows.sheet)
    frame = completed(rows.frame, COLUMNS)
    checks.refuse_missing(frame, COLUMNS)
    frame = with_cadres(checks, with_identity(frame), by=by)
    frame = _with_hosts(frame)
    frame = _with_tiers(frame, region)
    _check_hosts(checks, frame, region)
    _check_tier(checks, frame)
    named = frame.with_columns(cadre_id="cadre", cadre_name="name", tier_code="tier", region="host_code")
    check_members(checks, named)
    check_days(checks, frame, {"appointed_on": "任职日期", "arrived_on": "到任日期", **TRANSFER_DAYS})
    check_terms(checks, frame, region)
    check_transfers(checks, frame)
    _check_movers(checks, frame)
    _check_file(checks, frame)
    check_standing(checks, named, by=by)
    _note_unusual(checks, frame)
    return Prepared(named, findings)


def _with_hosts(frame: pl.DataFrame) -> pl.DataFrame:
    found = Region.objects.filter(pk__in=frame["host_code"].drop_nulls().unique().to_list(), valid_to__isnull=True)
    places = pl.DataFrame(
        list(found.values_list("code", "name", "full_name", "level", "kind")),
        schema=dict.fromkeys(("host_code", "place", "place_full", "place_level", "place_kind"), pl.String),
        orient="row",
    )
    frame = frame.join(places, on="host_code", how="left", maintain_order="left")
    return frame.with_columns(pl.coalesce("host_name", "place").alias("host_name"), pl.col("duties").str.strip_chars())


def _with_tiers(frame: pl.DataFrame, region: Region) -> pl.DataFrame:
    fields = ("code", "pk", "host_level", "titles", "must_be_party_member", "label")
    rows = Tier.objects.filter(programme__region=region.code[:4]).values_list(*fields)
    tiers = pl.DataFrame(
        [(code, str(pk), *more) for code, pk, *more in rows],
        schema={
            "tier": pl.String, "tier_id": pl.String, "host_level": pl.String, "titles": pl.String,
            "must_be_party_member": pl.Boolean, "tier_label": pl.String,
        },
        orient="row",
    )  # fmt: skip
    return frame.join(tiers, on="tier", how="left", maintain_order="left")


def _check_hosts(checks: Checks, frame: pl.DataFrame, region: Region) -> None:
    code, place = pl.col("host_code"), pl.col("place")
    checks.refuse(
        frame, code.is_not_null() & place.is_null(), column="挂职地代码", code="place_unknown",
        message=pl.format("挂职地代码“{}”在区划名录中查不到。", code), value=code,
        mend="县级填 6 位、镇级填 9 位、村级填 12 位代码。",
    )  # fmt: skip
    checks.refuse(
        frame, place.is_not_null() & ~code.str.starts_with(region.code), column="挂职地代码", code="place_outside",
        message=pl.format("{}不在" + region.name + "，本文件只能导入到" + region.name + "挂职的干部。", "place_full"),
        mend="请把这一行移到挂职地所在县区的文件中，或由市委组织部导入。", value=code,
    )  # fmt: skip


def _check_tier(checks: Checks, frame: pl.DataFrame) -> None:
    level, place, title = pl.col("place_level"), pl.col("place"), pl.col("title")
    wanted = pl.col("host_level").replace_strict(LEVELS, default="")
    checks.refuse(
        frame, pl.col("tier").is_not_null() & pl.col("tier_id").is_null(), column="层级", code="tier_unknown",
        message="本地没有设这个层级的挂职工程。", mend="请先设立工程和层级，或改正层级。",
    )  # fmt: skip
    checks.refuse(
        frame, place.is_not_null() & (level != pl.col("host_level")), column="挂职地代码", code="level_differs",
        message=pl.format("{}干部应到{}挂职，而{}不是。", "tier_label", wanted, place),
        mend="请改正层级或挂职地代码。", value=pl.col("host_code"),
    )  # fmt: skip
    allowed = pl.col("titles").str.split("|")
    checks.refuse(
        frame, title.is_not_null() & ~allowed.list.contains(title), column="挂职职务", code="title_unfit",
        message=pl.format("{}干部不任“{}”。", "tier_label", title),
        mend=pl.format("请填写其中之一：{}。", allowed.list.join("、")), value=title,
    )  # fmt: skip
    checks.refuse(
        frame, pl.col("duties") == "", column="工作分工", code="duties_missing",
        message="没有填写工作分工。", mend="挂职即任职，请填写分工。",
    )  # fmt: skip


def check_members(checks: Checks, frame: pl.DataFrame) -> None:
    """Refuse who is no full party member where the tier asks for one: columns cadre_name, political_status, must_be_party_member."""
    checks.refuse(
        frame, pl.col("must_be_party_member") & (pl.col("political_status") != FULL_MEMBER), column="姓名",
        code="not_full_member", message=pl.format("{}不是中共正式党员，不能任第一书记。", "cadre_name"),
        mend="请核对干部名册中的政治面貌，或另选干部。", value=pl.col("cadre_name"),
    )  # fmt: skip


def check_days(checks: Checks, frame: pl.DataFrame, days: Mapping[str, str]) -> None:
    """Refuse days after today, by column and header, and an arrival before the appointment."""
    appointed, arrived, today = pl.col("appointed_on"), pl.col("arrived_on"), clock.today()
    for name, header in days.items():
        checks.refuse(
            frame, pl.col(name) > today, column=header, code="in_future",
            message=pl.format(header + " {} 晚于今天。", name), mend=f"请改正{header}，尚未办理的留空。", value=pl.col(name),
        )  # fmt: skip
    checks.refuse(
        frame, arrived < appointed, column="到任日期", code="arrived_early",
        message=pl.format("到任日期 {} 早于任职日期 {}。", arrived, appointed), mend="请核对这两个日期。", value=arrived,
    )  # fmt: skip


def check_terms(checks: Checks, frame: pl.DataFrame, region: Region) -> None:
    """Refuse terms outside the months in force: columns appointed_on and planned_end. One query.

    Whoever was moved from another post has `term_since`: the months count from there.
    """
    if "term_since" in frame.columns:
        frame = frame.with_columns(appointed_on=pl.coalesce("term_since", "appointed_on"))
    appointed, end = pl.col("appointed_on"), pl.col("planned_end")
    days = frame["appointed_on"].drop_nulls().unique().to_list()
    held = parameters_over(("tenure_min", "tenure_max"), region=region.code, days=days)
    limits = pl.DataFrame(
        [_limits(day, int(held["tenure_min", day]), int(held["tenure_max", day])) for day in days],
        schema={
            "appointed_on": pl.Date, "least": pl.Int64, "most": pl.Int64, "first_end": pl.Date, "last_end": pl.Date,
        },
        orient="row",
    )  # fmt: skip
    frame = frame.join(limits, on="appointed_on", how="left", maintain_order="left")
    checks.refuse(
        frame, (end < pl.col("first_end")) | (end > pl.col("last_end")), column="计划期满日期", code="tenure_unfit",
        message=pl.format("任期从 {} 到 {}，不在 {} 至 {} 个月之间。", appointed, end, "least", "most"),
        mend=pl.format("请填写 {} 至 {} 之间的日期。", "first_end", "last_end"), value=end,
    )  # fmt: skip


def _limits(appointed: dt.date, least: int, most: int) -> tuple[dt.date, int, int, dt.date, dt.date]:
    return appointed, least, most, *ends_between(appointed, least=least, most=most)


def check_transfers(checks: Checks, frame: pl.DataFrame) -> None:
    """Refuse party relations that move outside the term, come before they went, or came without having gone."""
    out, back, appointed, end = pl.col("party_out_on"), pl.col("party_in_on"), pl.col("appointed_on"), pl.col("planned_end")
    for name, header in TRANSFER_DAYS.items():
        day = pl.col(name)
        checks.refuse(
            frame, (day < appointed) | (day > end), column=header, code="party_outside",
            message=pl.format(header + " {} 不在任期（{} 至 {}）内。", day, appointed, end), value=day,
            mend="请核对日期。",
        )  # fmt: skip
    checks.refuse(
        frame, back < out, column="组织关系转入日期", code="party_order",
        message=pl.format("转入日期 {} 早于转出日期 {}。", back, out), mend="请核对这两个日期。", value=back,
    )  # fmt: skip
    checks.refuse(
        frame, back.is_not_null() & out.is_null(), column="组织关系转出日期", code="party_out_missing",
        message="填写了转入日期而没有填写转出日期。", mend="请补填转出日期。",
    )  # fmt: skip


def _check_movers(checks: Checks, frame: pl.DataFrame) -> None:
    checks.refuse(
        frame, pl.col("party_out_on").is_not_null() & ~pl.col("political_status").is_in([FULL_MEMBER, PROBATIONARY_MEMBER]),
        column="组织关系转出日期", code="not_member",
        message=pl.format("{}不是党员，没有组织关系可转。", "name"), mend="请删去日期，或核对干部名册中的政治面貌。",
    )  # fmt: skip


def _check_file(checks: Checks, frame: pl.DataFrame) -> None:
    checks.refuse_repeated(
        frame, "number", column="任职编号", code="number_twice",
        message="任职编号与第 {} 行重复。", mend="请改正编号，每次任职一个编号。",
    )  # fmt: skip
    checks.refuse_repeated(
        frame, "id_number", column="身份证号", code="cadre_twice",
        message="与第 {} 行是同一名干部，一人同时只能有一次挂职。", mend="只保留正在进行的一次。",
    )  # fmt: skip
    villages = frame.with_columns(secretary_of=pl.when(pl.col("tier") == FIRST_SECRETARY).then("host_code"))
    checks.refuse_repeated(
        villages, "secretary_of", column="挂职地代码", code="secretary_twice",
        message="与第 {} 行是同一个村（社区），一村只能有一名第一书记。", mend="请改正挂职地代码，或只保留一人。",
    )  # fmt: skip


def standing(frame: pl.DataFrame, *, by: Actor) -> Standing:
    """What already stands in the way of these rows. One query."""
    numbers = frame["number"].drop_nulls().to_list()
    cadres = frame["cadre_id"].drop_nulls().unique().to_list()
    villages = frame.filter(pl.col("tier_code") == FIRST_SECRETARY)["region"].drop_nulls().unique().to_list()
    found = Standing({}, {}, {}, {})
    rows = Posting.objects.visible_to(by).filter(Q(number__in=numbers) | Q(cadre__in=cadres) | Q(region__in=villages))
    fields = ("number", "cadre_id", "cadre_name", "region_id", "host_name", "title", "tier_code", "ended_on", "state")
    for number, cadre, name, region, host, title, tier, ended, state in rows.order_by("ended_on").values_list(*fields):
        found.numbers[number] = name
        if ended is None:
            found.running[str(cadre)] = f"{host}{title}"
            if tier == FIRST_SECRETARY and state != Posting.State.HANDING_OVER:
                found.secretaries[region] = name
        else:
            found.last_end[str(cadre)] = ended
    return found


def check_standing(checks: Checks, frame: pl.DataFrame, *, by: Actor) -> None:
    """Refuse rows whose number, cadre or village is already taken by a posting in the register. One query.

    Columns number, cadre_id, cadre_name, tier_code, region, host_name, appointed_on.
    """
    found = standing(frame, by=by)

    def of(column: str, known: dict[str, str]) -> pl.Expr:
        return pl.col(column).replace_strict(known, default=None, return_dtype=pl.String) if known else pl.lit(None, pl.String)

    frame = frame.with_columns(
        held_number=of("number", found.numbers),
        held_post=of("cadre_id", found.running),
        held_by=pl.when(pl.col("tier_code") == FIRST_SECRETARY).then(of("region", found.secretaries)),
        ended_before=pl.Series([found.last_end.get(cadre or "") for cadre in frame["cadre_id"]], dtype=pl.Date),
    )
    checks.refuse(
        frame, pl.col("held_number").is_not_null(), column="任职编号", code="number_taken",
        message=pl.format("任职编号“{}”已用于{}。", "number", "held_number"),
        mend="已登记的不必再次导入；新任职请换一个编号。", value=pl.col("number"),
    )  # fmt: skip
    checks.refuse(
        frame, pl.col("held_post").is_not_null(), column="姓名", code="cadre_running",
        message=pl.format("{}正在任{}，一人同时只能有一次挂职。", "cadre_name", "held_post"), mend="请先结束原来的挂职。",
        value=pl.col("cadre_name"),
    )  # fmt: skip
    checks.refuse(
        frame, pl.col("held_by").is_not_null(), column="挂职地代码", code="secretary_taken",
        message=pl.format("{}已有第一书记{}，一村只能有一名第一书记。", "host_name", "held_by"),
        mend="请先结束原第一书记的挂职，或改正挂职地代码。", value=pl.col("region"),
    )  # fmt: skip
    # Who is moved leaves the one post on the day the other begins.
    moved = pl.col("term_since").is_not_null() if "term_since" in frame.columns else pl.lit(value=False)
    overlaps = (
        pl.when(moved).then(pl.col("ended_before") > pl.col("appointed_on")).otherwise(pl.col("ended_before") >= pl.col("appointed_on"))
    )
    checks.refuse(
        frame, overlaps, column="任职日期", code="term_overlaps",
        message=pl.format("{}上一次挂职到 {} 才结束，与这次任期重叠。", "cadre_name", "ended_before"),
        mend="请核对任职日期。", value=pl.col("appointed_on"),
    )  # fmt: skip


def _note_unusual(checks: Checks, frame: pl.DataFrame) -> None:
    rank, tier, title = pl.col("post_rank"), pl.col("tier"), pl.col("title")
    checks.note(
        frame, (tier == "T10") & rank.is_not_null() & (rank != "R42"), column="姓名", code="rank_unusual",
        message=pl.format("{}在干部名册中不是县处级副职，县级挂职一般选派副县级干部。", "name"),
    )  # fmt: skip
    checks.note(
        frame, (tier == "T100") & ~pl.col("is_reserve") & ~rank.is_in(["R51", "R52"]),
        column="姓名", code="rank_unusual",
        message=pl.format("{}在干部名册中不是后备干部，也不是科级干部，镇级挂职一般从中选派。", "name"),
    )  # fmt: skip
    street = pl.col("place_kind") == "subdistrict"
    checks.note(
        frame, (street & title.is_in(["党委副书记", "副镇长"])) | (~street & title.is_in(["党工委副书记", "副主任"])),
        column="挂职职务", code="title_unusual",
        message=pl.format("{}任“{}”不常见：街道设党工委和主任，镇设党委和镇长。", "place", title),
    )  # fmt: skip
