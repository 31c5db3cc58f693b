"""Families of cadres (家庭成员名册): relatives and important relations, with the place where one holds an office or runs a business.

What recusal asks is where and as what a relative stands; a roster says it in two columns beside those of the appointment form.
"""

import polars as pl

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import command, current_event
from shibaiqian.access.roles import Permission
from shibaiqian.access.rows import Prepared, Rows, Written
from shibaiqian.base import clock
from shibaiqian.base.bulk import insert_frame
from shibaiqian.base.ids import new_ids
from shibaiqian.base.spreadsheets.columns import Column, ColumnKind
from shibaiqian.base.spreadsheets.findings import Findings
from shibaiqian.cadres.excel import with_cadres, with_identity
from shibaiqian.cadres.models import Cadre, FamilyMember
from shibaiqian.regions.checks import Checks, completed
from shibaiqian.regions.models import Region

STANDINGS = {"村（社区）“两委”成员": "village_committee", "单位主要负责人": "host_head", "企业或项目负责人": "enterprise"}
COLUMNS = (
    Column("name", "姓名", required=True),
    Column("id_number", "身份证号", ColumnKind.ID_NUMBER, required=True, aliases=("公民身份号码", "身份证号码")),
    Column("relation", "称谓", required=True),
    Column("relative", "成员姓名", required=True, aliases=("家庭成员姓名",)),
    Column("born", "出生年月", ColumnKind.MONTH, aliases=("出生日期",)),
    Column("political_status", "政治面貌"),
    Column("unit_post", "工作单位及职务"),
    Column("place", "任职（经营）地代码", ColumnKind.CODE, help="亲属在村镇任职或经营的，填区划代码；其他人留空"),
    Column("standing", "任职（经营）情况", ColumnKind.CHOICE, choices=STANDINGS, help="与任职（经营）地代码同时填写，供核查回避"),
)
TYPES = {
    "id": "uuid", "cadre_id": "uuid", "region": "text", "host_region": "text", "candidate_region": "text", "seq": "integer", "relation": "text",
    "name": "text", "birth_month": "text", "political_status": "text", "unit_post": "text", "place": "text", "standing": "text",
}  # fmt: skip
WHO = ("cadre", "relation", "relative", "birth_month")


def prepare_families(region: Region, *, rows: Rows, by: Actor) -> Prepared:
    """Relatives with the keys of the cadre, who else sees the cadre now, and their place in the family. Four queries."""
    findings = Findings()
    checks = Checks(findings, rows.sheet)
    frame = completed(rows.frame, COLUMNS)
    checks.refuse_missing(frame, COLUMNS)
    frame = with_cadres(checks, with_identity(frame), by=by)
    frame = frame.with_columns(
        pl.col("relation", "relative").str.replace_all(r"[\s　]+", ""), birth_month=pl.col("born").dt.strftime("%Y%m").fill_null("")
    )
    frame = _with_sight(frame, by=by)
    checks.refuse(
        frame, ~pl.col("cadre_region").str.starts_with(region.code), column="身份证号", code="cadre_outside",
        message=pl.format("{}不是" + region.name + "的干部。", "name"), mend="请由该干部所在单位的组织部门登记。",
    )  # fmt: skip
    checks.refuse(
        frame, pl.col("born") > clock.today(), column="出生年月", code="in_future",
        message=pl.format("{}的出生年月晚于今天。", "relative"), mend="请改正出生年月。", value=pl.col("born"),
    )  # fmt: skip
    _check_places(checks, frame)
    return Prepared(_check_known(checks, frame, by=by), findings)


def _with_sight(frame: pl.DataFrame, *, by: Actor) -> pl.DataFrame:
    """`host_region` and `candidate_region` of the cadre, whose relatives are seen where the cadre is."""
    keys = frame["cadre"].drop_nulls().unique().to_list()
    sight = Cadre.objects.visible_to(by).filter(pk__in=keys).values_list("pk", "candidate_region")
    known = pl.DataFrame(
        [(str(key), text) for key, text in sight], schema={"cadre": pl.String, "candidate_region": pl.String}, orient="row"
    )
    return frame.join(known, on="cadre", how="left", maintain_order="left")


def _check_places(checks: Checks, frame: pl.DataFrame) -> None:
    place, standing = pl.col("place"), pl.col("standing")
    known = set(Region.objects.filter(pk__in=frame["place"].drop_nulls().unique().to_list()).values_list("pk", flat=True))
    checks.refuse(
        frame, place.is_not_null() & ~place.is_in(list(known)), column="任职（经营）地代码", code="place_unknown",
        message=pl.format("任职（经营）地代码“{}”在区划名录中查不到。", place), mend="县级填 6 位、镇级填 9 位、村级填 12 位代码。", value=place,
    )  # fmt: skip
    checks.refuse(
        frame, place.is_null() != standing.is_null(), column="任职（经营）情况", code="standing_half",
        message=pl.format("{}的任职（经营）地和情况只填了一项。", "relative"), mend="两项都填写，或都留空。",
    )  # fmt: skip
    checks.refuse(
        frame, (standing == "village_committee") & (place.str.len_chars() != 12), column="任职（经营）地代码", code="place_no_village",
        message=pl.format("{}是村（社区）“两委”成员，任职地应是村（社区）。", "relative"), mend="请填写 12 位的村代码。", value=place,
    )  # fmt: skip


def _check_known(checks: Checks, frame: pl.DataFrame, *, by: Actor) -> pl.DataFrame:
    """Each relative once; `seq` goes on after those who stand in the register."""
    once = frame.with_columns(_key=pl.concat_str(*WHO, separator="|"))
    checks.refuse_repeated(
        once, "_key", column="成员姓名", code="relative_twice", message="与第 {} 行是同一名成员。", mend="每名成员只保留一行。"
    )  # fmt: skip
    keys = frame["cadre"].drop_nulls().unique().to_list()
    rows = FamilyMember.objects.visible_to(by).filter(cadre__in=keys).values_list("cadre", "relation", "name", "birth_month", "seq")
    schema = {**dict.fromkeys(WHO, pl.String), "held": pl.Int64}
    held = pl.DataFrame([(str(cadre), *said, seq) for cadre, *said, seq in rows], schema=schema, orient="row")
    taken = frame.join(held.unique(WHO), on=WHO, how="left", maintain_order="left")
    checks.refuse(
        taken, pl.col("held").is_not_null(), column="成员姓名", code="relative_taken",
        message=pl.format("{}的{}{}已经登记过。", "name", "relation", "relative"), mend="请删去这一行；登记错的，撤销那次导入后重新导入。",
    )  # fmt: skip
    last = held.group_by("cadre").agg(_last=pl.max("held"))
    frame = frame.join(last, on="cadre", how="left", maintain_order="left")
    return frame.with_columns(seq=pl.col("_last").fill_null(-1) + pl.int_range(1, pl.len() + 1).over("cadre"))


@command(Permission.REGISTER_CADRES)
def record_families(region: Region, *, rows: Rows, by: Actor) -> Written:
    """Record relatives of a region's cadres, in the order of the rows; each relative once. All or none."""
    frame = prepare_families(region, rows=rows, by=by).or_refuse().frame
    ready = frame.with_columns(
        pl.Series("id", new_ids(frame.height), dtype=pl.String), name="relative", cadre_id="cadre", region="cadre_region"
    ).with_columns(pl.col("host_region", "candidate_region", "political_status", "unit_post", "place", "standing").fill_null(""))
    insert_frame("cadres_familymember", ready, TYPES, also={"event": current_event()})
    return Written(count=frame.height, regions=[region.code])
