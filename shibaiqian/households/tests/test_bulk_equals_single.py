"""Many rows at once leave what the same rows leave one by one."""

import datetime as dt
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shibaiqian.access.rows import Rows
from shibaiqian.households.actions import keep_incomes, register_households, register_members
from shibaiqian.households.models import Cause, Household, HouseholdState, IncomeYear, Member, MemberPrivate
from shibaiqian.households.tests.rosters import household, households_sheet, income, incomes_sheet, member, members_sheet
from shibaiqian.regions.models import Region

HOUSEHOLD = (
    "number", "region_id", "head_name", "pinyin", "initials", "member_count", "attribute", "state", "main_cause", "identified_on",
    "farmland_centimu", "safe_water", "opening",
)  # fmt: skip
MEMBER = ("name", "sex", "birth_date", "id_last4", "relation", "education", "labour", "region_id", "joined_on", "dibao")
EXIT = {"exited_on": dt.date(2014, 12, 31)}
STATES: list[dict[str, Any]] = [
    {"state": "registered"},
    {"state": "exited", **EXIT},
    {"state": "stable_exit", **EXIT, "stable_on": dt.date(2015, 11, 20)},
    {"state": "relapsed", **EXIT, "relapsed_on": dt.date(2016, 1, 5)},
]

homes = st.fixed_dictionaries(
    {
        "attribute": st.sampled_from(["general", "dibao", "wubao"]),
        "main_cause": st.sampled_from(["01", "02", "07"]),
        "other_causes": st.sampled_from([None, "09", "09|10"]),
        "farmland_mu": st.none() | st.integers(0, 2000).map(lambda n: n / 100),
        "state": st.sampled_from(STATES),
        "education": st.sampled_from(["小学", "初中"]),
        "wage_cents": st.integers(0, 10**7),
    }
)


class Undone(Exception):
    pass


def left_behind() -> list[list[Any]]:
    return [
        sorted(map(repr, Household.unscoped.values_list(*HOUSEHOLD))),
        sorted(map(repr, HouseholdState.unscoped.values_list("household__number", "region_id", "state", "since", "until", "basis"))),
        sorted(map(repr, Cause.unscoped.values_list("household__number", "region_id", "cause", "is_main", "since"))),
        sorted(map(repr, Member.unscoped.values_list("household__number", *MEMBER))),
        sorted(map(repr, MemberPrivate.unscoped.values_list("region_id", "id_blind", "health"))),
        sorted(map(repr, IncomeYear.unscoped.values_list("household__number", "year", "region_id", "net_per_head_cents"))),
    ]


def rolled_back(write: Any) -> list[list[Any]]:
    found: list[list[Any]] = []
    try:
        with transaction.atomic():
            write()
            found = left_behind()
            raise Undone
    except Undone:
        return found


@pytest.mark.django_db
@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=st.lists(homes, min_size=1, max_size=4))
def test_a_roster_equals_its_rows_one_by_one(said: list[dict[str, Any]], luonan: Region, village: str, clerk: Any) -> None:
    rows = []
    for at, values in enumerate(said):
        state, education, wage = values["state"], values["education"], values["wage_cents"]
        rest = {key: value for key, value in values.items() if key not in ("state", "education", "wage_cents")}
        rows.append(
            (
                household(f"B{at}", village, **rest, **state),
                member(f"B{at}", sequence=at + 1, education=education),
                income(f"B{at}", wage_cents=wage),
            )
        )

    def together() -> None:
        register_households(luonan, rows=households_sheet(*(home for home, _, _ in rows)), by=clerk)
        register_members(luonan, rows=members_sheet(*(person for _, person, _ in rows)), by=clerk)
        keep_incomes(luonan, rows=incomes_sheet(*(money for _, _, money in rows)), by=clerk)

    def one_by_one() -> None:
        for home, person, money in rows:
            register_households(luonan, rows=Rows.of_form(**home), by=clerk)
            register_members(luonan, rows=Rows.of_form(**person), by=clerk)
            keep_incomes(luonan, rows=Rows.of_form(**money), by=clerk)

    assert rolled_back(together) == rolled_back(one_by_one)
