"""The ledger of incomes: a row for each household and year, checked and computed."""

import polars as pl

from shibaiqian.access.actor import Actor
from shibaiqian.access.rows import Prepared, Rows
from shibaiqian.base import clock
from shibaiqian.base.spreadsheets import Findings
from shibaiqian.households.excel.columns import INCOME_COLUMNS
from shibaiqian.households.excel.register import complete, is_form, with_households, without_known
from shibaiqian.households.queries import frame_of
from shibaiqian.households.rules import check, form_rules, income_rules, net_per_head
from shibaiqian.regions.models import Region
from shibaiqian.regions.rules import bounds

AMOUNTS = ("wage_cents", "operation_cents", "property_cents", "transfer_cents", "cost_cents")
HEADERS = {column.name: column.header for column in INCOME_COLUMNS}
COMPARED = {name: HEADERS[name] for name in ("member_count", *AMOUNTS)}
KNOWN = f"""
select household_id::text as household_id, year, member_count, {", ".join(AMOUNTS)}
from households_incomeyear
where region >= %(low)s and region < %(high)s and year = any(%(years)s) and voided_by is null
"""  # noqa: S608 - our own column names
KNOWN_TYPES = {"household_id": pl.String, "year": pl.Int64, "member_count": pl.Int64, **dict.fromkeys(AMOUNTS, pl.Int64)}


def prepare_incomes(region: Region, *, rows: Rows, by: Actor) -> Prepared:
    """The years that are new to the ledger; the same year with other amounts is refused: it must be corrected one by one."""
    findings, sheet = Findings(), rows.sheet
    frame = with_households(complete(rows, INCOME_COLUMNS), region=region, findings=findings, sheet=sheet)
    frame = frame.with_columns(pl.col(AMOUNTS).fill_null(0), computed_cents=net_per_head())
    checks = [*(form_rules(c for c in INCOME_COLUMNS if c.name in frame.columns) if is_form(rows) else []), *income_rules(clock.today())]
    check(frame, checks, findings=findings, sheet=sheet)
    low, high = bounds(region.code)
    years = frame["year"].drop_nulls().unique().to_list()
    known = frame_of(KNOWN, {"low": low, "high": high, "years": years}, KNOWN_TYPES)
    frame, unchanged = without_known(
        frame, known, key=["household_id", "year"], compared=COMPARED, findings=findings, sheet=sheet, column="年度",
        mend="该年度收入已经登记。请在该户页面办理“更正收入”，写明理由。",
    )  # fmt: skip
    return Prepared(frame=frame.sort("household_id", "year"), findings=findings, extra={"unchanged": unchanged})
