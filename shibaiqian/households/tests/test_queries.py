"""Lists by key, one household's file, search by beginnings; the same queries whatever the size, nothing across the wall."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shibaiqian.access.actor import acting
from shibaiqian.access.command import NotVisible
from shibaiqian.households.actions import keep_incomes, register_households
from shibaiqian.households.models import Household
from shibaiqian.households.queries import (
    household_file,
    household_keys,
    members,
    private,
    search_households,
)
from shibaiqian.households.tests.rosters import household, households_sheet, income, incomes_sheet
from shibaiqian.regions.models import Region

pytestmark = pytest.mark.django_db
NAMES = ("安志强", "王建国", "王兰", "李秀英", "郑海")


@pytest.fixture
def five(luonan: Region, village: str, clerk: Any) -> list[Household]:
    rows = [household(f"L{at}", village, head_name=name, main_cause="01" if at % 2 else "02") for at, name in enumerate(NAMES)]
    rows[2]["attribute"], rows[3]["other_causes"] = "wubao", "07"
    register_households(luonan, rows=households_sheet(*rows), by=clerk)
    return list(Household.unscoped.order_by("number"))


@pytest.mark.parametrize(
    ("text", "found"),
    [("王", {"王建国", "王兰"}), ("wangj", {"王建国"}), ("WL", {"王兰"}), ("L3", {"李秀英"}), ("兰", set()), (" ", set())],
)
def test_search_goes_by_beginnings(text: str, found: set[str], five: list[Household], clerk: Any) -> None:
    with acting(clerk):
        assert {row.head_name for row in search_households(clerk, text)} == found


def test_a_file_holds_everything_in_five_queries(one_household: Household, luonan: Region, clerk: Any) -> None:
    keep_incomes(luonan, rows=incomes_sheet(income("H1", member_count=2), income("H1", 2014, member_count=2)), by=clerk)
    with acting(clerk), CaptureQueriesContext(connection) as queries:
        file = household_file(clerk, one_household.pk)
    assert len(queries) == 5
    assert [m.relation for m in file.present] == ["户主", "配偶"]
    assert ([s.state for s in file.states], [c.cause for c in file.causes], [i.year for i in file.incomes]) == (
        ["registered"],
        ["01"],
        [2015, 2014],
    )


def test_outside_the_scope_nothing_exists(one_household: Household, stranger: Any) -> None:
    with acting(stranger):
        with pytest.raises(NotVisible):
            household_file(stranger, one_household.pk)
        assert [*members(stranger), *search_households(stranger, "王")] == []
        assert household_keys("611021").is_empty()
        assert private(stranger, one_household).health == {}


def test_members_are_listed_with_their_households_in_one_query(one_household: Household, clerk: Any) -> None:
    with acting(clerk), CaptureQueriesContext(connection) as queries:
        listed = [(m.name, m.household.number) for m in members(clerk, name="李")]
    assert (listed, len(queries)) == ([("李秀英", "H1")], 1)


def test_private_facts_are_for_some_roles_only(one_household: Household, clerk: Any, actor: Any) -> None:
    with acting(clerk):
        facts = private(clerk, one_household)
    assert (facts.phone, sorted(facts.health.values()), list(facts.disability.values())) == ("13900000000", ["健康", "残疾"], ["肢体三级"])
    auditor = actor("auditor", "611021")
    with acting(auditor):
        facts = private(auditor, one_household)
    assert (facts.phone, facts.health, facts.disability) == ("", {}, {})


def test_keys_serve_other_rosters(five: list[Household], clerk: Any, village: str) -> None:
    with acting(clerk):
        keys = household_keys("611021")
    assert keys.select("number", "id", "region", "head_name").row(0) == ("L0", str(five[0].pk), village, "安志强")
