"""The ledger of overhauls: columns, and how its rows become keys. A few hundred rows: checked one by one."""

import datetime as dt
from typing import Any

import polars as pl
from django.db import connection

from shibaiqian.access.actor import Actor
from shibaiqian.access.rows import Prepared, Rows
from shibaiqian.base import clock
from shibaiqian.base.spreadsheets.columns import Column, ColumnKind
from shibaiqian.base.spreadsheets.findings import Findings
from shibaiqian.party.models import Overhaul
from shibaiqian.party.rules import KINDS, PUT_IN_ORDER, done_on, passed
from shibaiqian.policy.queries import parameter
from shibaiqian.regions.models import Region
from shibaiqian.regions.places import PLACE_COLUMNS, resolve_places

COLUMNS = (
    *PLACE_COLUMNS,
    Column("organisation_name", "党组织名称", required=True),
    Column("label", "类型", ColumnKind.CHOICE, required=True, choices={label: code for code, label in Overhaul.Label.choices}),
    Column("kinds", "主要表现", ColumnKind.CHOICES, required=True, choices={code: code for code in KINDS}, help="W01-W13、W99，可写多个"),
    Column("listed_on", "列入日期", ColumnKind.DATE, required=True),
    Column("finished_on", "整顿完成日期", ColumnKind.DATE),
    Column("accepted_on", "验收日期", ColumnKind.DATE),
    Column("score", "验收得分", ColumnKind.INTEGER),
    Column("person_in_charge", "有人管事", ColumnKind.BOOLEAN),
    Column("rules_in_place", "有章理事", ColumnKind.BOOLEAN),
    Column("accountability", "有责问事", ColumnKind.BOOLEAN),
    Column("state", "整顿状态", ColumnKind.CHOICE, required=True, choices={label: code for code, label in Overhaul.State.choices}),
)
HEADERS = {column.name: column.header for column in COLUMNS}


def prepare_overhauls(region: Region, *, rows: Rows, by: Actor) -> Prepared:
    """Places as keys; dates in order; what counts as put in order has its date, its score and the three dimensions."""
    findings = Findings()
    frame = rows.frame.with_columns(pl.lit(None, c.dtype).alias(c.name) for c in COLUMNS if c.name not in rows.frame.columns)
    frame = resolve_places(frame.cast({c.name: c.dtype for c in COLUMNS}), region=region, findings=findings, sheet=rows.sheet)
    known, line = _listed(frame), 0
    if frame["state"].is_in(PUT_IN_ORDER).any():  # the line of today: a doubt to look into, not a verdict on the past
        line = int(parameter("rect_pass_score", region=region.code, on=clock.today()))
    for row in frame.iter_rows(named=True):
        for column, code, message, mend in _wrong(row, known, form=not rows.sheet):
            findings.refuse(sheet=rows.sheet, row=row["row"], column=HEADERS[column], code=code, message=message, mend=mend)
        for column, code, message, mend in _doubtful(row, line=line):
            findings.note(sheet=rows.sheet, row=row["row"], column=HEADERS[column], code=code, message=message, mend=mend)
    truths = pl.col("person_in_charge", "rules_in_place", "accountability").fill_null(value=False)
    return Prepared(frame=frame.with_columns(truths), findings=findings)


Said = tuple[str, str, str, str]


def _wrong(row: dict[str, Any], known: set[tuple[Any, ...]], *, form: bool) -> list[Said]:
    today, found = clock.today(), list[Said]()
    if form:
        found += [
            (c.name, "missing", f"没有填写{c.header}。", f"请填写{c.header}。") for c in COLUMNS if c.required and row[c.name] is None
        ]
    listed = row["listed_on"]
    for name in ("listed_on", "finished_on", "accepted_on"):
        if row[name] and row[name] > today:
            found.append((name, "future", f"{HEADERS[name]} {row[name]} 晚于今天。", "请核对年份；还没有发生的请留空。"))
        if listed and row[name] and row[name] < listed:
            found.append((name, "order", f"{HEADERS[name]} {row[name]} 早于列入日期 {listed}。", "请核对两个日期。"))
    if row["state"] in PUT_IN_ORDER and not done_on(finished_on=row["finished_on"], accepted_on=row["accepted_on"]):
        found.append(
            (
                "accepted_on",
                "date_missing",
                "状态已是转化提升、回头看或已销号，但没有整顿完成日期或验收日期。",
                "请填写其中一个日期，或把状态改为“整顿中”。",
            )
        )
    if row["score"] is not None and not 0 <= row["score"] <= 100:
        found.append(("score", "score_range", f"验收得分 {row['score']} 不在 0 到 100 之间。", "请填写百分制得分。"))
    key = (row["region"], row["organisation_name"], listed)
    if None not in key:
        if key in known:
            found.append(
                (
                    "organisation_name",
                    "known",
                    f"{row['organisation_name']} {listed} 列入整顿已经登记过，或在本表中重复。",
                    "请删去这一行。",
                )
            )
        known.add(key)
    return found


def _doubtful(row: dict[str, Any], *, line: int) -> list[Said]:
    if row["state"] not in PUT_IN_ORDER:
        return []
    dimensions = {name: bool(row[name]) for name in ("person_in_charge", "rules_in_place", "accountability")}
    if passed(score=row["score"], pass_score=line, **dimensions):
        return []
    message = f"验收应达到 {line} 分，并做到有人管事、有章理事、有责问事；本行得分 {row['score']}，三项不全或分数不够。"
    return [("state", "not_passed", message, "请核实是否应继续整顿；仍可导入。")]


def _listed(frame: pl.DataFrame) -> set[tuple[str, str, dt.date]]:
    """Listings already on the register, of the villages in the roster."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select region, organisation_name, listed_on from party_overhaul where voided_by is null and region = any(%s)",
            [frame["region"].drop_nulls().unique().to_list()],
        )
        return set(cursor.fetchall())
