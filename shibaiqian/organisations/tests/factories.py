"""Rows of the rosters of units and villages, as a reader hands them over."""

from typing import Any

import polars as pl

from shibaiqian.access.rows import Rows


def unit_row(code: str, name: str, **more: Any) -> dict[str, Any]:
    return {
        "code": code, "name": name, "short_name": None, "kind": "gov_department", "level": "county",
        "region_code": "611021", "admin_parent_code": None, "party_parent_code": None, "department_class": None,
        "head_name": None, **more,
    }  # fmt: skip


def village_row(code: str, **more: Any) -> dict[str, Any]:
    return {
        "county": None, "town": None, "village": None, "village_code": code, "poor_village": True,
        "rural_households": 210, "rural_population": 780, "farmland_mu": None, "collective_income": None,
        "village_types": None, "party_org": None, "secretary": None, "partner_code": None, "partner_since": None, **more,
    }  # fmt: skip


def units(*rows: dict[str, Any]) -> Rows:
    """Rows as they come from a file: numbered from 2."""
    frame = pl.DataFrame([{"row": number, **row} for number, row in enumerate(rows, 2)], infer_schema_length=None)
    return Rows(frame, sheet="名册")
