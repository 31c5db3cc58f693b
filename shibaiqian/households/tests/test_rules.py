"""The checks of the register, one contradiction at a time, and properties that hold for any numbers."""

import datetime as dt
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shibaiqian.base.spreadsheets import Findings
from shibaiqian.households.excel import HOUSEHOLD_COLUMNS, INCOME_COLUMNS, MEMBER_COLUMNS
from shibaiqian.households.rules import (
    age_on,
    check,
    disability,
    household_rules,
    id_facts,
    income_rules,
    kin,
    kin_rules,
    member_rules,
    net_per_head,
)
from shibaiqian.households.tests.rosters import household, id_number, income, member, sheet

TODAY = dt.date(2016, 6, 8)
EXIT, STABLE = dt.date(2014, 12, 31), dt.date(2015, 11, 20)


def codes(findings: Findings) -> tuple[set[str], set[str]]:
    """(refused, noted)"""
    return {f.code for f in findings.refusals()}, {f.code for f in findings.notes()}


def of_members(*rows: dict[str, Any]) -> tuple[set[str], set[str]]:
    findings = Findings()
    frame = sheet(list(rows), MEMBER_COLUMNS).frame.with_columns(age_on(TODAY).alias("age"), *id_facts())
    check(frame, member_rules(TODAY), findings=findings, sheet="名册")
    return codes(findings)


def of_households(*rows: dict[str, Any]) -> tuple[set[str], set[str]]:
    findings = Findings()
    check(sheet(list(rows), HOUSEHOLD_COLUMNS).frame, household_rules(TODAY), findings=findings, sheet="名册")
    return codes(findings)


def of_incomes(*rows: dict[str, Any], registered: int = 1) -> tuple[set[str], set[str]]:
    findings = Findings()
    frame = sheet(list(rows), INCOME_COLUMNS).frame.with_columns(computed_cents=net_per_head(), register_members=pl.lit(registered))
    check(frame, income_rules(TODAY), findings=findings, sheet="名册")
    return codes(findings)


def test_what_is_right_is_not_found() -> None:
    assert of_members(member("H1")) == of_households(household("H1", "x")) == of_incomes(income("H1")) == (set(), set())


BOY = {"birth": dt.date(2005, 9, 1), "relation": "之子", "labour": "无劳动力"}


@pytest.mark.parametrize(
    ("said", "refused"),
    [
        ({"birth_date": dt.date(1961, 5, 4)}, "id_birth"),
        ({"id_number": id_number(dt.date(1960, 5, 4), sequence=1, male=False)}, "id_sex"),
        ({"health": "残疾"}, "certificate_missing"),
        ({"disability_number": "1234"}, "certificate_form"),
        ({"disability_number": id_number(dt.date(1960, 5, 4), sequence=9, male=True) + "43"}, "certificate_of_another"),
        ({"work_months": 13, "work_place": "省外务工"}, "work_months"),
        ({"residence_months": -1}, "residence_months"),
        ({"student_status": "高中一年级", "work_place": "省外务工"}, "student_works"),
    ],
)
def test_a_contradiction_in_a_persons_row_is_refused(said: dict[str, Any], refused: str) -> None:
    assert refused in of_members(member("H1", **said))[0]


@pytest.mark.parametrize(
    ("said", "noted"),
    [
        ({"labour": "无劳动力"}, "working_age_without_labour"),
        ({"birth": dt.date(1950, 1, 1)}, "old_and_able"),
        ({**BOY, "labour": "普通劳动力", "student_status": "小学"}, "child_able"),
        (BOY, "out_of_school"),
        ({**BOY, "relation": "户主", "student_status": "小学"}, "head_is_child"),
    ],
)
def test_what_is_to_be_verified_is_noted_and_taken(said: dict[str, Any], noted: str) -> None:
    refused, notes = of_members(member("H1", **said))
    assert (refused, noted in notes) == (set(), True)


def test_ill_people_and_students_may_be_without_labour() -> None:
    student = member("H1", birth=dt.date(1999, 1, 1), relation="之子", labour="无劳动力", student_status="高中三年级")
    assert of_members(member("H2", labour="无劳动力", health="患有大病"), student) == (set(), set())


def test_one_number_twice_in_a_file_is_refused_on_both_rows() -> None:
    findings = Findings()
    frame = sheet([member("H1"), member("H2"), member("H3", sequence=4)], MEMBER_COLUMNS).frame.with_columns(
        age_on(TODAY).alias("age"), *id_facts()
    )
    check(frame, member_rules(TODAY), findings=findings, sheet="名册")
    assert [(f.code, f.row) for f in findings.refusals()] == [("id_twice", 2), ("id_twice", 3)]
    assert not any(member("H1")["id_number"] in str(vars(f)) for f in findings)


@pytest.mark.parametrize(
    ("said", "refused"),
    [
        ({"member_count": 0}, "member_count"),
        ({"identified_on": dt.date(2016, 7, 1)}, "identified_future"),
        ({"state": "exited", "exited_on": dt.date(2013, 1, 1)}, "exit_order"),
        ({"state": "stable_exit", "exited_on": STABLE, "stable_on": EXIT}, "stable_order"),
        ({"state": "relapsed", "exited_on": STABLE, "relapsed_on": EXIT}, "relapse_order"),
        ({"state": "exited"}, "exit_date_missing"),
        ({"state": "stable_exit", "exited_on": EXIT}, "stable_date_missing"),
        ({"state": "relapsed", "exited_on": EXIT}, "relapse_date_missing"),
        ({"exited_on": EXIT}, "exit_date_excess"),
        ({"state": "exited", "exited_on": EXIT, "stable_on": STABLE}, "stable_date_excess"),
        ({"state": "exited", "exited_on": EXIT, "relapsed_on": STABLE}, "relapse_date_excess"),
        ({"state": "exited", "exited_on": dt.date(2017, 11, 1)}, "exit_future"),
        ({"other_causes": "02|03|04"}, "causes_many"),
        ({"other_causes": "01"}, "causes_twice"),
        ({"other_causes": "02|02"}, "causes_twice"),
        ({"phone": "12345"}, "phone_form"),
        ({"farmland_mu": -1.0}, "negative"),
    ],
)
def test_a_contradiction_in_a_households_row_is_refused(said: dict[str, Any], refused: str) -> None:
    assert refused in of_households(household("H1", "x", **said))[0]


def test_a_household_may_leave_in_the_year_it_was_found_only_under_the_rules_of_its_day() -> None:
    late = {"state": "exited", "identified_on": dt.date(2014, 3, 1), "exited_on": EXIT}
    assert of_households(household("H1", "x", **late)) == (set(), set())
    findings = Findings()
    frame = sheet(
        [household("H1", "x", state="exited", identified_on=dt.date(2017, 3, 1), exited_on=dt.date(2017, 12, 1))], HOUSEHOLD_COLUMNS
    ).frame
    check(frame, household_rules(dt.date(2018, 1, 1)), findings=findings, sheet="名册")
    assert codes(findings)[0] == {"same_year_exit"}


def test_incomes_are_held_against_the_formula_and_the_household() -> None:
    assert of_incomes(income("H1", net_per_head_cents=290_000)) == (set(), set())
    assert of_incomes(income("H1", net_per_head_cents=300_000)) == (set(), {"net_differs"})
    assert of_incomes(income("H1", member_count=2)) == (set(), {"members_differ"})
    assert of_incomes(income("H1", operation_cents=-5)) == (set(), {"operation_negative"})
    assert of_incomes(income("H1", wage_cents=-5))[0] == {"negative"}
    assert of_incomes(income("H1", year=2017))[0] == {"year"}
    assert of_incomes(income("H1"), income("H1", wage_cents=1))[0] == {"year_twice"}


def of_kin(
    *rows: dict[str, Any], count: int, whole: bool = True, there: int = 0, heads: int = 0, attribute: str = "general"
) -> tuple[set[str], set[str]]:
    findings = Findings()
    frame = sheet(list(rows), MEMBER_COLUMNS).frame.with_columns(
        age_on(TODAY).alias("age"), household_id=pl.lit("h"), member_count=pl.lit(count, pl.Int64), register_head=pl.lit("王建国"),
        attribute=pl.lit(attribute), there=pl.lit(there, pl.Int64), heads_there=pl.lit(heads, pl.Int64),
    )  # fmt: skip
    check(kin(frame), kin_rules(whole=whole), findings=findings, sheet="名册")
    return codes(findings)


def test_a_household_has_one_head_and_all_its_members() -> None:
    son = member("H1", sequence=2, birth=dt.date(1990, 1, 1), name="王小明", relation="之子")
    assert of_kin(member("H1"), son, count=2) == (set(), set())
    assert of_kin(member("H1"), count=2)[0] == {"member_count"}
    assert of_kin(son, count=1)[0] == {"no_head"}
    assert of_kin(member("H1"), member("H1", sequence=3), count=2)[0] == {"two_heads"}
    assert of_kin(member("H1", name="别人"), count=1)[0] == {"head_differs"}
    assert of_kin(member("H1"), son, count=2, attribute="wubao")[1] == {"wubao_with_children"}
    assert of_kin(son, count=3, whole=False, there=1, heads=1) == (set(), set())
    assert of_kin(son, count=1, whole=False, there=1, heads=1)[0] == {"member_count"}


amounts = st.integers(min_value=-10_000_000, max_value=10_000_000)


@given(wage=amounts, operation=amounts, cost=amounts, heads=st.integers(min_value=1, max_value=30))
def test_the_formula_is_cut_towards_zero_as_the_database_does(wage: int, operation: int, cost: int, heads: int) -> None:
    frame = pl.DataFrame({"wage_cents": [wage], "operation_cents": [operation], "property_cents": [None], "transfer_cents": [0],
                          "cost_cents": [cost], "member_count": [heads]}, schema_overrides={"property_cents": pl.Int64})  # fmt: skip
    assert frame.select(net_per_head()).item() == int((wage + operation - cost) / heads)


@given(born=st.dates(dt.date(1900, 1, 1), TODAY), day=st.dates(TODAY, dt.date(2030, 12, 31)))
def test_an_age_grows_on_the_birthday(born: dt.date, day: dt.date) -> None:
    age = pl.DataFrame({"birth_date": [born]}).select(age_on(day)).item()
    assert age == day.year - born.year - ((day.month, day.day) < (born.month, born.day))


@given(born=st.dates(dt.date(1900, 1, 1), TODAY), sequence=st.integers(0, 498), male=st.booleans())
def test_a_number_says_its_holders_birth_and_sex(born: dt.date, sequence: int, male: bool) -> None:
    frame = pl.DataFrame({"id_number": [id_number(born, sequence=sequence, male=male)]}).select(id_facts())
    assert frame.row(0) == (born, "男" if male else "女")


def test_a_certificate_is_told_without_its_number() -> None:
    assert disability(id_number(TODAY, sequence=1, male=True) + "43B1") == "肢体三级"
