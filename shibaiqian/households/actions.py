"""Every write of the register. Set commands take a roster or the one row of a form; rows go by COPY and INSERT … SELECT."""

import csv
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import polars as pl
from django.db import connection

from shibaiqian.access.actor import Actor, after_rollback
from shibaiqian.access.command import Refused, command, current_event, note_in_event
from shibaiqian.access.reasons import ReasonMissing, must_give_reason
from shibaiqian.access.roles import Permission
from shibaiqian.access.rows import Rows, RowsRefused, Written
from shibaiqian.audit.models import Event
from shibaiqian.audit.record import record
from shibaiqian.base import crypto
from shibaiqian.base.bulk import staged
from shibaiqian.base.ids import new_ids
from shibaiqian.base.spreadsheets import Findings
from shibaiqian.households.excel import prepare_households, prepare_incomes, prepare_members
from shibaiqian.households.excel.incomes import AMOUNTS
from shibaiqian.households.excel.members import PUBLIC
from shibaiqian.households.models import IncomeYear, Member, MemberPrivate, PovertyLine, State
from shibaiqian.households.rules import FIRST_INCOME_YEAR, MOST_MEMBERS
from shibaiqian.indicators.actions import moving
from shibaiqian.regions.models import Region

PEOPLE = ("poor_population", "people_out_stably")
INCOME_UP = ("households_income_up",)
OPENING = "期初建账"
MANY = 2_000
POVERTY_LINES = Path(__file__).parent / "facts" / "poverty_lines.csv"
HOUSEHOLD_TYPES = {
    "id": "uuid", "row": "integer", "number": "text", "region": "text", '"group"': "text", "head_name": "text", "pinyin": "text", "initials": "text",
    "member_count": "smallint", "attribute": "text", "standard": "text", "identified_on": "date", "source": "text",
    "farmland_centimu": "integer", "woodland_centimu": "integer", "house_square_decimetres": "integer", "house_danger": "text",
    "safe_water": "boolean", "road_metres": "integer", "electricity": "boolean", "state": "text", "main_cause": "text",
}  # fmt: skip
STATE_TYPES = {"id": "uuid", "household_id": "uuid", "state": "text", "since": "date", "until": "date"}
CAUSE_TYPES = {"id": "uuid", "household_id": "uuid", "cause": "text", "is_main": "boolean", "since": "date"}
PHONE_TYPES = {"household_id": "uuid", "phone_sealed": "bytea"}
MEMBER_TYPES = {
    **dict.fromkeys(PUBLIC, "text"), "id_last4": "text", "birth_date": "date", "work_months": "smallint", "residence_months": "smallint",
    "dibao": "boolean", "in_service": "boolean",
}  # fmt: skip
INCOME_TYPES = {
    "id": "uuid", "row": "integer", "household_id": "uuid", "year": "smallint", "member_count": "smallint", **dict.fromkeys(AMOUNTS, "bigint"),
}  # fmt: skip


class IncomeWrong(Refused):
    """The corrected income is not an income."""


class NothingKept(Refused):
    """The register holds no such private fact."""


@command(Permission.REGISTER_HOUSEHOLDS)
def register_households(region: Region, *, rows: Rows, by: Actor) -> Written:
    """Take households into the register with their states and causes as they stand at the opening balance."""
    prepared = prepare_households(region, rows=rows, by=by).or_refuse()
    frame = prepared.frame.rename({"household_number": "number", "group": '"group"'})
    note_in_event(written=frame.height, unchanged=prepared.extra["unchanged"])
    if frame.is_empty():
        return Written(count=0)
    frame = frame.with_columns(id=pl.Series(new_ids(frame.height)))
    _expect_many(frame.height)
    also = {"event": current_event(), "opening": True}
    with staged(frame, HOUSEHOLD_TYPES) as stage:
        columns = [name for name in HOUSEHOLD_TYPES if name != "row"]
        written = _insert("households_household", columns, f"from {stage} s", also=also, conflict=True)
        if written < frame.height:
            taken = _left_out(stage, "households_household")
            _refuse_taken(taken, rows=rows, by=by, region=region, column="户编号", code="number_taken")
    _insert_of_household("households_householdstate", _states(frame), STATE_TYPES, also={"basis": OPENING})
    _insert_of_household("households_cause", _causes(frame), CAUSE_TYPES)
    phones = frame.filter(pl.col("phone").is_not_null()).select(household_id="id", phone="phone")
    sealed = crypto.seal_all(phones["phone"].to_list(), rows=phones["household_id"].to_list())
    _insert_of_household("households_householdprivate", phones.with_columns(phone_sealed=pl.Series(sealed, dtype=pl.Binary)), PHONE_TYPES)
    return Written(count=frame.height, regions=_villages(frame["region"]))


def _states(frame: pl.DataFrame) -> pl.DataFrame:
    """The dated states of the opening balance: each lasts until the next one; a state without a day of its own is none."""
    steps = (
        (State.REGISTERED, "identified_on"),
        (State.EXITED, "exited_on"),
        (State.STABLE_EXIT, "stable_on"),
        (State.RELAPSED, "relapsed_on"),
    )
    rows = pl.concat(frame.select(household_id="id", state=pl.lit(state.value), since=pl.col(date)) for state, date in steps)
    rows = rows.filter(pl.col("since").is_not_null()).sort("household_id", "since", maintain_order=True)
    rows = rows.with_columns(until=pl.col("since").shift(-1).over("household_id"))
    rows = rows.filter(pl.col("until").is_null() | (pl.col("until") > pl.col("since")))
    return rows.with_columns(id=pl.Series(new_ids(rows.height)))


def _causes(frame: pl.DataFrame) -> pl.DataFrame:
    main = frame.select(household_id="id", cause="main_cause", is_main=pl.lit(value=True), since="identified_on")
    others = frame.select(
        household_id="id", cause=pl.col("other_causes").str.split("|"), is_main=pl.lit(value=False), since="identified_on"
    )
    rows = pl.concat([main, others.explode("cause").filter(pl.col("cause") != "")])
    return rows.with_columns(id=pl.Series(new_ids(rows.height)))


@command(Permission.REGISTER_HOUSEHOLDS)
def register_members(region: Region, *, rows: Rows, by: Actor) -> Written:
    """Take persons into their households. A person is once in the register, wherever: the ID number's blind index decides."""
    prepared = prepare_members(region, rows=rows, by=by).or_refuse()
    frame = prepared.frame
    note_in_event(written=frame.height, unchanged=prepared.extra["unchanged"])
    if frame.is_empty():
        return Written(count=0)
    frame = frame.with_columns(id=pl.Series(new_ids(frame.height)), id_last4=pl.col("id_number").str.slice(-4))
    _expect_many(frame.height)
    with moving(PEOPLE, region=region.code, keys=frame["id"].to_list()):
        _write_members(frame, rows=rows, by=by, region=region)
    return Written(count=frame.height, regions=_villages(frame["home"]))


def _write_members(frame: pl.DataFrame, *, rows: Rows, by: Actor, region: Region) -> None:
    """Public columns and private ones apart; the household gives both their region, so it cannot disagree.

    The numbers are sealed while the server writes the public columns: two processors, one transaction.
    """
    public = {"id": "uuid", "household_id": "uuid", **MEMBER_TYPES}
    private = {"member_id": "uuid", "id_sealed": "bytea", "id_blind": "bytea", "health": "text", "disability_sealed": "bytea"}
    source = "from {stage} s join households_household h on h.id = s.household_id"
    with ThreadPoolExecutor(max_workers=1) as beside:
        sealing = beside.submit(_sealed, frame)
        with staged(frame, public) as stage:
            computed = {"region": "h.region", "joined_on": "greatest(h.identified_on, s.birth_date)", "left_reason": "''"}
            members = _insert("households_member", list(public), source.format(stage=stage), computed=computed, conflict=True)
        secret = sealing.result()
    with staged(secret, {"row": "integer", "household_id": "uuid", **private}) as stage:
        numbers = _insert(
            "households_memberprivate", list(private), source.format(stage=stage), computed={"region": "h.region"}, conflict=True
        )
        if members == numbers == frame.height:
            return
        missing = (
            f"from {stage} s where not exists (select from households_memberprivate p where p.member_id = s.member_id)"  # noqa: S608
            " or not exists (select from households_member m where m.id = s.member_id)"
        )
        blinds = [bytes(blind).hex() for (blind,) in _fetched(f"select id_blind {missing} limit 100")]
        _refuse_taken(
            [row for (row,) in _fetched(f"select row {missing}")],
            rows=rows,
            by=by,
            region=region,
            column="身份证号",
            code="person_taken",
            blinds=blinds,
        )


def _sealed(frame: pl.DataFrame) -> pl.DataFrame:
    """ID numbers and certificates sealed to their member, and the blind index. Asks nothing of the database."""
    ids, numbers, certificates = (frame[name].to_list() for name in ("id", "id_number", "disability_number"))
    return frame.select(
        "row", "household_id", "health", member_id="id",
        id_sealed=pl.Series(crypto.seal_all(numbers, rows=ids), dtype=pl.Binary),
        id_blind=pl.Series(crypto.blind_all(numbers), dtype=pl.Binary),
        disability_sealed=pl.Series(crypto.seal_all(certificates, rows=ids), dtype=pl.Binary),
    )  # fmt: skip


@command(Permission.KEEP_INCOME)
def keep_incomes(region: Region, *, rows: Rows, by: Actor) -> Written:
    """Keep incomes of years not yet kept; a year that stands just so is passed over, another amount is refused."""
    prepared = prepare_incomes(region, rows=rows, by=by).or_refuse()
    frame = prepared.frame
    note_in_event(written=frame.height, unchanged=prepared.extra["unchanged"])
    if frame.is_empty():
        return Written(count=0)
    frame = frame.with_columns(id=pl.Series(new_ids(frame.height)))
    households = frame["household_id"].unique().to_list()
    _expect_many(frame.height)
    with moving(INCOME_UP, region=region.code, keys=households), staged(frame, INCOME_TYPES) as stage:
        columns = [name for name in INCOME_TYPES if name != "row"]
        source = f"from {stage} s join households_household h on h.id = s.household_id"
        written = _insert("households_incomeyear", columns, source, computed={"region": "h.region", "reason": "''"}, conflict=True)
        if written < frame.height:
            late = _left_out(stage, "households_incomeyear")
            _refuse(
                late,
                rows=rows,
                column="年度",
                code="year_taken",
                message="该年度收入刚刚由他人登记。",
                mend="请刷新后核对，需要改动时办理“更正收入”。",
            )
    return Written(count=frame.height, regions=_villages(frame["home"]))


@command(Permission.KEEP_INCOME)
def correct_income(income: IncomeYear, *, values: Mapping[str, int], reason: str, by: Actor) -> IncomeYear:
    """Void a year's income and put another in its place, which names it. `values`: any of the five amounts in cents, member_count."""
    if not reason.strip():
        raise ReasonMissing("更正收入需要写明理由。")
    if income.voided_by is not None:
        raise IncomeWrong("这条收入已被更正过，请在最新的一条上更正。")
    unknown = set(values) - {*AMOUNTS, "member_count"}
    if unknown or not values:
        raise IncomeWrong("没有可更正的内容。请填写要改动的金额或家庭人口。")
    said = {name: values.get(name, getattr(income, name)) for name in (*AMOUNTS, "member_count")}
    if said["member_count"] not in range(1, MOST_MEMBERS + 1):
        raise IncomeWrong(f"家庭人口 {said['member_count']} 不在 1 到 {MOST_MEMBERS} 之间，请改正。")
    if any(said[name] < 0 for name in AMOUNTS if name != "operation_cents") or income.year < FIRST_INCOME_YEAR:
        raise IncomeWrong("金额不能是负数（只有生产经营性收入可以为负），请改正。")
    if all(getattr(income, name) == value for name, value in said.items()):
        raise IncomeWrong("更正后的数值与原来相同，未作改动。")
    note_in_event(before={name: getattr(income, name) for name in said})
    with moving(INCOME_UP, region=income.region_id, keys=[str(income.household_id)]):
        income.voided_by = current_event()
        income.save(update_fields=["voided_by"])
        return IncomeYear.unscoped.create(
            household_id=income.household_id, region_id=income.region_id, year=income.year, supersedes=income.pk,
            reason=reason.strip(), event=current_event(), **said,
        )  # fmt: skip


@command(Permission.VIEW_HOUSEHOLD_PRIVATE)
def reveal_id_number(member: Member, *, reason: str, by: Actor) -> str:
    """Show the full ID number once, to somebody who says why; the number itself never reaches the audit."""
    must_give_reason(reason, to="查看完整身份证号")
    kept = MemberPrivate.objects.visible_to(by).filter(pk=member.pk, voided_by__isnull=True).first()
    if kept is None:
        raise NothingKept("没有登记此人的身份证号。")
    return crypto.unseal(bytes(kept.id_sealed), row=str(member.pk))


def install_poverty_lines() -> int:
    """Put in the published poverty lines that are missing; lines that somebody edited stay. Reference data, as the owner."""
    with POVERTY_LINES.open(encoding="utf-8") as file:
        lines = [
            PovertyLine(
                jurisdiction=row["jurisdiction"], year=int(row["year"]), value_cents=int(row["yuan"]) * 100, basis=row["basis"],
                purpose=row["purpose"], income_kind=row["income_kind"], verified=row["verified"] == "yes", source=row["source"], event=0,
            )
            for row in csv.DictReader(file)
        ]  # fmt: skip
    before = PovertyLine.objects.count()
    PovertyLine.objects.bulk_create(lines, ignore_conflicts=True)
    return PovertyLine.objects.count() - before


# INSERT … SELECT.


def _expect_many(count: int) -> None:
    """Until the transaction ends, join by hash: the statistics do not know these rows yet, and a loop over them takes hours."""
    if count > MANY:
        with connection.cursor() as cursor:
            cursor.execute("set local enable_nestloop = off")


def _insert_of_household(table: str, frame: pl.DataFrame, types: Mapping[str, str], *, also: Mapping[str, Any] | None = None) -> None:
    """Rows below a household, which gives them its region."""
    if frame.is_empty():
        return
    with staged(frame, types) as stage:
        source = f"from {stage} s join households_household h on h.id = s.household_id"
        _insert(table, list(types), source, computed={"region": "h.region"}, also={"event": current_event(), **(also or {})})


def _insert(
    table: str,
    columns: list[str],
    source: str,
    *,
    computed: Mapping[str, str] | None = None,
    also: Mapping[str, Any] | None = None,
    conflict: bool = False,
) -> int:
    """Insert what `source` joins; `computed` are SQL expressions, `also` constants. Returns how many rows went in."""
    computed, also = computed or {}, also or {"event": current_event()}
    names = ", ".join([*columns, *computed, *also])
    values = ", ".join([*(f"s.{column}" for column in columns), *computed.values(), *("%s" for _ in also)])
    with connection.cursor() as cursor:
        sql = f"insert into {table} ({names}) select {values} {source}"
        cursor.execute(sql + (" on conflict do nothing" if conflict else ""), list(also.values()))
        return int(cursor.rowcount)


def _fetched(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def _left_out(stage: str, table: str) -> list[int | None]:
    """The rows of the sheet that a conflict kept out."""
    sql = f"select row from {stage} s where not exists (select from {table} t where t.id = s.id)"  # noqa: S608 - our own names
    return [row for (row,) in _fetched(sql)]


def _refuse_taken(
    taken: list[int | None], *, rows: Rows, by: Actor, region: Region, column: str, code: str, blinds: list[str] | None = None
) -> None:
    """Already in the register where this scope does not look: no place is named here; the city finds a clue in the audit."""
    clue = {"rows": len(taken), "column": column, "id_blinds": blinds or [], "file_sha256": rows.file_sha256}
    after_rollback(
        lambda: record(
            actor=by,  # type: ignore[arg-type]
            action=f"households.{code}",
            outcome=Event.Outcome.REFUSED,
            subject=region,
            region=region.code,
            details=clue,
        )
    )
    _refuse(
        taken,
        rows=rows,
        column=column,
        code=code,
        message="已在建档立卡名册中，由市级核定。",
        mend="请核对是否写错；确属本地的，请报市扶贫部门核定。",
    )


def _refuse(found: list[int | None], *, rows: Rows, column: str, code: str, message: str, mend: str) -> None:
    findings = Findings()
    for row in sorted(found, key=lambda row: row or 0):
        findings.refuse(sheet=rows.sheet, row=row, column=column, code=code, message=message, mend=mend)
    raise RowsRefused(findings)


def _villages(codes: pl.Series) -> list[str]:
    return sorted(codes.drop_nulls().unique().to_list())
