"""Registering what officials helped to build: entities, the households' share in them, projects. A form sends one row."""

import polars as pl

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import command, current_event, note_in_event
from shibaiqian.access.roles import Permission
from shibaiqian.access.rows import Prepared, Rows, RowsRefused, Written
from shibaiqian.assistance.excel import prepare_entities, prepare_links, prepare_projects
from shibaiqian.base.bulk import insert_frame
from shibaiqian.base.ids import new_ids
from shibaiqian.base.spreadsheets.findings import Findings
from shibaiqian.indicators.actions import moving
from shibaiqian.regions.models import Region

ENTITY_FIGURES = ("agricultural_parks", "leading_enterprises", "cooperatives", "large_producers")
ONCE = ["(number) where voided_by is null"]
ENTITY_TYPES = {
    "id": "uuid", "number": "text", "kind": "text", "name": "text", "pinyin": "text", "credit_code": "text", "region": "text",
    "product": "text", "scale_hundredths": "bigint", "scale_unit": "text", "established_on": "date", "posting_id": "uuid", "official": "text",
    "assisted_since": "date",
}  # fmt: skip
LINK_TYPES = {
    "id": "uuid", "household_id": "uuid", "entity_id": "uuid", "region": "text", "kind": "text", "since": "date", "until": "date",
    "annual_income_cents": "bigint",
}  # fmt: skip
PROJECT_TYPES = {
    "id": "uuid", "number": "text", "name": "text", "pinyin": "text", "kind": "text", "mode": "text", "region": "text",
    "posting_id": "uuid", "official": "text", "fund_source": "text", "budget_cents": "bigint", "started_on": "date", "due_on": "date",
    "finished_on": "date", "state": "text", "beneficiary_households": "integer",
}  # fmt: skip


@command(Permission.KEEP_ASSISTANCE)
def register_entities(region: Region, *, rows: Rows, by: Actor) -> Written:
    """Register industry entities that officials helped to build, each with the posting behind it (S40)."""
    prepared = prepare_entities(region, rows=rows, by=by).or_refuse()
    frame = _with_ids(prepared, blanks=("credit_code", "product", "scale_unit"))
    with moving(ENTITY_FIGURES, region=region.code, keys=frame["id"].to_list()):
        _insert_once("assistance_industryentity", frame, ENTITY_TYPES, rows=rows, header="主体编号")
    note_in_event(written=frame.height)
    return Written(count=frame.height, regions=_villages(frame))


@command(Permission.KEEP_ASSISTANCE)
def link_households(region: Region, *, rows: Rows, by: Actor) -> Written:
    """Register how households share in entities; a household with several links still counts once."""
    prepared = prepare_links(region, rows=rows, by=by).or_refuse()
    frame = _with_ids(prepared)
    with moving(["households_income_up"], region=region.code, keys=frame["household_id"].unique().to_list()):
        insert_frame("assistance_benefitlink", frame, LINK_TYPES, also={"event": current_event()})
    note_in_event(written=frame.height)
    return Written(count=frame.height, regions=_villages(frame))


@command(Permission.KEEP_ASSISTANCE)
def register_projects(region: Region, *, rows: Rows, by: Actor) -> Written:
    """Register assistance projects, small works paid by units included, each with the posting behind it."""
    prepared = prepare_projects(region, rows=rows, by=by).or_refuse()
    frame = _with_ids(prepared, blanks=("mode", "fund_source"))
    with moving(["projects"], region=region.code, keys=frame["id"].to_list()):
        _insert_once("assistance_project", frame, PROJECT_TYPES, rows=rows, header="项目编号")
    note_in_event(written=frame.height)
    return Written(count=frame.height, regions=_villages(frame))


def _with_ids(prepared: Prepared, blanks: tuple[str, ...] = ()) -> pl.DataFrame:
    frame = prepared.frame
    return frame.with_columns(pl.Series("id", new_ids(frame.height), dtype=pl.String), pl.col(blanks).fill_null("") if blanks else [])


def _insert_once(table: str, frame: pl.DataFrame, types: dict[str, str], *, rows: Rows, header: str) -> None:
    """Insert; a number that is taken where this scope does not look refuses the set without naming the place."""
    inserted = insert_frame(table, frame, types, also={"event": current_event()}, conflict=ONCE, returning="number")
    if len(inserted) == frame.height:
        return
    findings = Findings()
    for row, number in frame.filter(~pl.col("number").is_in(inserted)).select("row", "number").iter_rows():
        findings.refuse(sheet=rows.sheet, row=row, column=header, code="taken", message=f"{header}“{number}”已被使用。",
                        mend="请另编一个号；如确属同一主体或项目，请报上一级核实。", value=number)  # fmt: skip
    raise RowsRefused(findings)


def _villages(frame: pl.DataFrame) -> list[str]:
    return frame["region"].unique().sort().to_list()
