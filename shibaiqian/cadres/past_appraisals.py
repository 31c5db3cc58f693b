"""The grades of earlier years (年度考核名册): taken from the units' own appraisals, read when somebody is proposed for a post."""

import polars as pl

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import command, current_event
from shibaiqian.access.roles import Permission
from shibaiqian.access.rows import Prepared, Rows, RowsRefused, Written
from shibaiqian.base import clock
from shibaiqian.base.bulk import insert_frame
from shibaiqian.base.ids import new_ids
from shibaiqian.base.spreadsheets.columns import Column, ColumnKind
from shibaiqian.base.spreadsheets.findings import Findings
from shibaiqian.cadres.codes import GRADES
from shibaiqian.cadres.excel import with_cadres, with_identity
from shibaiqian.cadres.models import Cadre
from shibaiqian.regions.checks import Checks, completed
from shibaiqian.regions.models import Region

FIRST_YEAR = 1994  # the first annual appraisals of civil servants
COLUMNS = (
    Column("name", "姓名", required=True),
    Column("id_number", "身份证号", ColumnKind.ID_NUMBER, required=True, aliases=("公民身份号码", "身份证号码")),
    Column("year", "年度", ColumnKind.INTEGER, required=True),
    Column("grade", "考核等次", ColumnKind.CHOICE, required=True, choices={label: str(level) for level, label in GRADES.items()}),
)
TYPES = {
    "id": "uuid", "cadre_id": "uuid", "region": "text", "unit": "uuid", "year": "integer", "grade_level": "integer", "host_region": "text",
    "candidate_region": "text",
}  # fmt: skip


def prepare_past_appraisals(region: Region, *, rows: Rows, by: Actor) -> Prepared:
    """Grades with the keys of cadre, unit and region, and who else sees the cadre now. Two queries."""
    findings = Findings()
    checks = Checks(findings, rows.sheet)
    frame = completed(rows.frame, COLUMNS)
    checks.refuse_missing(frame, COLUMNS)
    frame = with_cadres(checks, with_identity(frame), by=by)
    keys = frame["cadre"].drop_nulls().unique().to_list()
    sight = Cadre.objects.visible_to(by).filter(pk__in=keys).values_list("pk", "host_region", "candidate_region")
    schema = dict.fromkeys(("cadre", "host_region", "candidate_region"), pl.String)
    known = pl.DataFrame([(str(key), host, considering) for key, host, considering in sight], schema=schema, orient="row")
    frame = frame.join(known, on="cadre", how="left", maintain_order="left")
    year = pl.col("year")
    checks.refuse(
        frame, (year < FIRST_YEAR) | (year >= clock.today().year), column="年度", code="year_wrong",
        message=pl.format("年度 {} 不对：只登记已经结束的年度。", year), mend="请填写四位年份。", value=year,
    )  # fmt: skip
    checks.refuse(
        frame, ~pl.col("cadre_region").str.starts_with(region.code), column="身份证号", code="cadre_outside",
        message=pl.format("{}不是" + region.name + "的干部。", "name"), mend="请由该干部所在单位的组织部门登记。",
    )  # fmt: skip
    once = frame.with_columns(_key=pl.concat_str("id_number", "year", separator="|"))
    checks.refuse_repeated(
        once, "_key", column="年度", code="year_twice", message="与第 {} 行是同一人同一年度。", mend="每人每年度只保留一行。"
    )  # fmt: skip
    return Prepared(frame, findings)


@command(Permission.REGISTER_CADRES)
def record_past_appraisals(region: Region, *, rows: Rows, by: Actor) -> Written:
    """Record the grades of earlier years of a region's cadres; one a person and year, never written over. All or none."""
    frame = prepare_past_appraisals(region, rows=rows, by=by).or_refuse().frame
    ready = frame.with_columns(
        pl.Series("id", new_ids(frame.height), dtype=pl.String), cadre_id="cadre", region="cadre_region", unit="cadre_unit",
        grade_level=pl.col("grade").cast(pl.Int64),
    ).sort("cadre_id", "year")  # fmt: skip
    also = {"event": current_event()}
    kept = insert_frame(
        "cadres_pastappraisal", ready, TYPES, also=also, conflict=["(cadre_id, year) where voided_by is null"], returning="id::text"
    )
    if len(kept) < ready.height:
        findings = Findings()
        Checks(findings, rows.sheet).refuse(
            ready, ~pl.col("id").is_in(kept), column="年度", code="year_taken",
            message=pl.format("{} {} 年度的考核等次已经登记过。", "name", "year"), mend="请删去这一行；登记错的，由组织部门更正。",
        )  # fmt: skip
        raise RowsRefused(findings)
    return Written(count=ready.height, regions=[region.code])
