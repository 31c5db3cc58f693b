"""Rows of the three rosters for tests: right unless told otherwise."""

import datetime as dt
from typing import Any

import polars as pl

from shibaiqian.access.rows import Rows
from shibaiqian.base.spreadsheets import Column
from shibaiqian.households.excel import HOUSEHOLD_COLUMNS, INCOME_COLUMNS, MEMBER_COLUMNS

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_number(birth: dt.date, *, sequence: int, male: bool, district: str = "612591") -> str:
    body = f"{district}{birth:%Y%m%d}{sequence * 2 + (1 if male else 0):03d}"
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, WEIGHTS, strict=True)) % 11]


def household(number: str, village: str, **said: Any) -> dict[str, Any]:
    return {
        "household_number": number, "village_code": village, "head_name": "王建国", "member_count": 1, "attribute": "general",
        "standard": "national", "identified_on": dt.date(2014, 3, 20), "source": "registration", "main_cause": "01",
        "state": "registered", "farmland_mu": 3.5, "safe_water": True, **said,
    }  # fmt: skip


def member(number: str, *, sequence: int = 1, birth: dt.date = dt.date(1960, 5, 4), **said: Any) -> dict[str, Any]:
    male = said.get("sex", "男") == "男"
    return {
        "household_number": number, "name": "王建国", "sex": "男", "id_number": id_number(birth, sequence=sequence, male=male),
        "birth_date": birth, "relation": "户主", "ethnicity": "汉族", "education": "小学", "health": "健康", "labour": "普通劳动力",
        "student_status": "非在校生", **said,
    }  # fmt: skip


def income(number: str, year: int = 2015, **said: Any) -> dict[str, Any]:
    return {
        "household_number": number, "year": year, "member_count": 1, "wage_cents": 200_000, "operation_cents": 80_000, "property_cents": 0,
        "transfer_cents": 30_000, "cost_cents": 20_000, **said,
    }  # fmt: skip


def sheet(rows: list[dict[str, Any]], columns: tuple[Column, ...]) -> Rows:
    """As the reader of a sheet hands rows over: every column, typed, with the row numbers Excel shows."""
    frame = pl.DataFrame(rows, schema={c.name: c.dtype for c in columns}, orient="row")
    return Rows(frame.with_columns(row=pl.int_range(2, pl.len() + 2)), sheet="名册")


def households_sheet(*rows: dict[str, Any]) -> Rows:
    return sheet(list(rows), HOUSEHOLD_COLUMNS)


def members_sheet(*rows: dict[str, Any]) -> Rows:
    return sheet(list(rows), MEMBER_COLUMNS)


def incomes_sheet(*rows: dict[str, Any]) -> Rows:
    return sheet(list(rows), INCOME_COLUMNS)
