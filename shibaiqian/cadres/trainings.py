"""Trainings of cadres (培训名册, S27): taken by whoever keeps the cadres, or by the place that hosts them."""

import polars as pl
from django.db.models import QuerySet

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import command, current_event
from shibaiqian.access.roles import Permission
from shibaiqian.access.rows import Prepared, Rows, RowsRefused, Written
from shibaiqian.base import clock
from shibaiqian.base.bulk import insert_frame
from shibaiqian.base.ids import new_ids
from shibaiqian.base.spreadsheets.columns import Column, ColumnKind
from shibaiqian.base.spreadsheets.findings import Findings
from shibaiqian.cadres.excel import with_cadres, with_identity
from shibaiqian.cadres.models import TrainingRecord
from shibaiqian.regions.checks import Checks, completed
from shibaiqian.regions.models import Region

MOST_HOURS_A_DAY = 12
COLUMNS = (
    Column("name", "姓名", required=True),
    Column("id_number", "身份证号", ColumnKind.ID_NUMBER, required=True, aliases=("公民身份号码", "身份证号码")),
    Column("kind", "类别", ColumnKind.CHOICE, required=True, choices={label: str(code) for code, label in TrainingRecord.Kind.choices}),
    Column("training", "培训名称", required=True),
    Column("organiser", "主办单位", required=True),
    Column("starts_on", "开始日期", ColumnKind.DATE, required=True),
    Column("ends_on", "结束日期", ColumnKind.DATE, required=True),
    Column("hours", "学时", ColumnKind.DECIMAL, required=True),
    Column("result", "结果"),
)
TYPES = {
    "id": "uuid", "cadre_id": "uuid", "region": "text", "host_region": "text", "unit": "uuid", "kind": "text", "name": "text",
    "organiser": "text", "starts_on": "date", "ends_on": "date", "hours_tenths": "integer", "result": "text",
}  # fmt: skip


def trainings(actor: Actor) -> QuerySet[TrainingRecord]:
    """Trainings in sight, latest first."""
    rows: QuerySet[TrainingRecord] = TrainingRecord.objects.visible_to(actor)
    return rows.select_related("cadre", "cadre__unit").order_by("-starts_on", "-id")


def prepare_trainings(region: Region, *, rows: Rows, by: Actor) -> Prepared:
    """Trainings with the keys of cadre, unit and region, and who hosts the cadre now. One query."""
    findings = Findings()
    checks = Checks(findings, rows.sheet)
    frame = completed(rows.frame, COLUMNS)
    checks.refuse_missing(frame, COLUMNS)
    frame = with_cadres(checks, with_identity(frame), by=by)
    starts, ends, hours = pl.col("starts_on"), pl.col("ends_on"), pl.col("hours")
    checks.refuse(
        frame, ~(pl.col("cadre_region").str.starts_with(region.code) | pl.col("host_region").str.starts_with(region.code)),
        column="身份证号", code="cadre_outside", message=pl.format("{}不是" + region.name + "的干部，也不在" + region.name + "挂职。", "name"),
        mend="请由该干部所在单位的组织部门登记。",
    )  # fmt: skip
    checks.refuse(
        frame, ends < starts, column="结束日期", code="dates_crossed", message=pl.format("结束日期 {} 早于开始日期 {}。", ends, starts),
        mend="请改正日期。", value=ends,
    )  # fmt: skip
    checks.refuse(
        frame, ends > clock.today(), column="结束日期", code="in_future", message=pl.format("结束日期 {} 晚于今天。", ends),
        mend="培训结束后再登记。", value=ends,
    )  # fmt: skip
    days = (ends - starts).dt.total_days() + 1
    checks.refuse(
        frame, (hours <= 0) | ((days > 0) & (hours > days * MOST_HOURS_A_DAY)), column="学时", code="hours_wrong",
        message=pl.format("学时 {} 不对：应大于零，每天不超过 {} 学时。", hours, pl.lit(MOST_HOURS_A_DAY)), mend="请核对学时和起止日期。", value=hours,
    )  # fmt: skip
    once = frame.with_columns(_key=pl.concat_str("id_number", "training", starts.cast(pl.String), separator="|"))
    checks.refuse_repeated(
        once, "_key", column="培训名称", code="training_twice", message="与第 {} 行是同一人同一次培训。", mend="每人每次培训只保留一行。"
    )  # fmt: skip
    return Prepared(frame, findings)


@command(Permission.REGISTER_CADRES)
def record_trainings(region: Region, *, rows: Rows, by: Actor) -> Written:
    """Record trainings of cadres of a region's units and of those who serve in it; each once a person. All or none."""
    frame = prepare_trainings(region, rows=rows, by=by).or_refuse().frame
    ready = frame.with_columns(
        pl.Series("id", new_ids(frame.height), dtype=pl.String), pl.col("host_region", "result").fill_null(""), person="name", name="training",
        cadre_id="cadre", region="cadre_region", unit="cadre_unit", hours_tenths=(pl.col("hours") * 10).round().cast(pl.Int64),
    ).sort("cadre_id", "starts_on", "name")  # fmt: skip
    kept = insert_frame(
        "cadres_trainingrecord", ready, TYPES, also={"event": current_event()},
        conflict=["(cadre_id, name, starts_on) where voided_by is null"], returning="id::text",
    )  # fmt: skip
    if len(kept) < ready.height:
        findings = Findings()
        Checks(findings, rows.sheet).refuse(
            ready, ~pl.col("id").is_in(kept), column="培训名称", code="training_taken",
            message=pl.format("{} 的“{}”已经登记过。", "person", "training"), mend="请删去这一行；登记错的，撤销那次导入后重新导入。",
        )  # fmt: skip
        raise RowsRefused(findings)
    return Written(count=ready.height, regions=[region.code])
