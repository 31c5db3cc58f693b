"""Every household has somebody responsible; a change adds a row, and nobody leaves without a successor."""

import datetime as dt
from typing import Any

import polars as pl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shibaiqian.access.actor import Forbidden, acting
from shibaiqian.access.command import NotVisible
from shibaiqian.access.models import AssignedHousehold
from shibaiqian.access.rows import Rows, RowsRefused
from shibaiqian.households.actions import register_households
from shibaiqian.households.models import Household
from shibaiqian.households.tests.rosters import household, households_sheet, sheet
from shibaiqian.organisations.models import Organisation
from shibaiqian.postings.models import Helper, Pairing
from shibaiqian.postings.pairings import (
    COLUMNS,
    HandOverWrong,
    NoSuccessor,
    hand_over_pairing,
    helpers,
    load_of_helpers,
    pair_households,
    pairings_of_household,
)
from shibaiqian.regions.models import Region

pytestmark = pytest.mark.django_db
LUONAN, DANFENG = "611021", "611022"
TODAY = dt.date(2016, 6, 8)


@pytest.fixture
def luonan() -> Region:
    return Region.objects.get(pk=LUONAN)


@pytest.fixture
def clerk(actor: Any) -> Any:
    return actor("county_poverty_admin", LUONAN)


@pytest.fixture
def stranger(actor: Any) -> Any:
    return actor("county_poverty_admin", DANFENG)


@pytest.fixture
def city_unit() -> Organisation:
    """A unit of the city: it helps in any county."""
    return Organisation.objects.create(
        code="CU1", name="市水务局", kind="gov_department", level="city", region_id="6110", pinyin="shishuiwuju", initials="sswj", event=1
    )


@pytest.fixture
def registered(luonan: Region, clerk: Any, city_unit: Organisation) -> list[Household]:
    village = Region.objects.filter(code__gte=LUONAN, code__lt=LUONAN + ":", level="village").order_by("code")[0].code
    out = household("H3", village, state="stable_exit", exited_on=dt.date(2014, 12, 31), stable_on=dt.date(2015, 11, 20))
    register_households(luonan, rows=households_sheet(household("H1", village), household("H2", village), out), by=clerk)
    return list(Household.unscoped.order_by("number"))


def pairing(number: str, name: str = "张三", **said: Any) -> dict[str, Any]:
    return {
        "household_number": number,
        "helper_name": name,
        "unit_code": "CU1",
        "post": "科员",
        "phone": "13900001234",
        "since": dt.date(2015, 8, 1),
        **said,
    }


def roster(*rows: dict[str, Any]) -> Rows:
    return sheet(list(rows), COLUMNS)


def test_a_helper_of_a_city_unit_is_paired_with_households(registered: list[Household], luonan: Region, clerk: Any) -> None:
    written = pair_households(luonan, rows=roster(pairing("H1"), pairing("H2")), by=clerk)

    helper = Helper.unscoped.get()
    assert (written.count, helper.name, helper.phone_last4, helper.region_id) == (2, "张三", "1234", registered[0].region_id[:9])
    assert set(Pairing.unscoped.values_list("region_id", "helper_unit")) == {(registered[0].region_id, "市水务局")}
    assert AssignedHousehold.objects.values("helper").distinct().count() == 1
    with acting(clerk):
        assert [row["load"] for row in load_of_helpers(clerk)] == [2]
        assert [row.name for row in helpers(clerk, region=LUONAN, beginning="zhang")] == ["张三"]


def test_the_same_roster_again_writes_nothing(registered: list[Household], luonan: Region, clerk: Any) -> None:
    pair_households(luonan, rows=roster(pairing("H1")), by=clerk)
    assert pair_households(luonan, rows=roster(pairing("H1")), by=clerk).count == 0
    assert (Pairing.unscoped.count(), Helper.unscoped.count()) == (1, 1)


def test_two_of_one_name_are_told_apart_by_their_telephones(registered: list[Household], luonan: Region, clerk: Any) -> None:
    pair_households(luonan, rows=roster(pairing("H1"), pairing("H2", phone="13900009999")), by=clerk)
    assert Helper.unscoped.count() == 2


def test_an_end_without_successor_is_refused_unless_stably_out(registered: list[Household], luonan: Region, clerk: Any) -> None:
    ended = {"until": dt.date(2016, 1, 1)}
    with pytest.raises(RowsRefused, match="没有帮扶责任人"):
        pair_households(luonan, rows=roster(pairing("H1", **ended)), by=clerk)
    pair_households(
        luonan, rows=roster(pairing("H1", **ended), pairing("H1", "李四", since=dt.date(2016, 1, 1)), pairing("H3", **ended)), by=clerk
    )
    with acting(clerk):
        assert [p.helper_name for p in pairings_of_household(clerk, registered[0])] == ["张三", "李四"]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (pairing("H9"), "不在本级的贫困户名册中"),
        (pairing("H1", unit_code="XX"), "不在单位名册中"),
        (pairing("H1", head_name="别人"), "在册的户主不是"),
        (pairing("H1", until=dt.date(2015, 8, 1)), "不晚于结对日期"),
        (pairing("H1", since=dt.date(2016, 7, 1)), "晚于今天"),
        (pairing("H1", phone="12"), "联系电话"),
    ],
)
def test_what_is_wrong_is_refused_and_nothing_written(
    row: dict[str, Any], message: str, registered: list[Household], luonan: Region, clerk: Any
) -> None:
    with pytest.raises(RowsRefused, match=message):
        pair_households(luonan, rows=roster(pairing("H2"), row), by=clerk)
    assert Pairing.unscoped.count() == Helper.unscoped.count() == 0


def test_handing_over_ends_one_row_and_adds_another(registered: list[Household], luonan: Region, clerk: Any) -> None:
    pair_households(luonan, rows=roster(pairing("H1"), pairing("H2", "李四")), by=clerk)
    old, successor = Pairing.unscoped.get(household=registered[0]), Helper.unscoped.get(name="李四")

    new = hand_over_pairing(old, to_helper=successor, on=TODAY, by=clerk)

    old.refresh_from_db()
    assert (old.until, new.since, new.until, new.helper_name) == (TODAY, TODAY, None, "李四")
    assert AssignedHousehold.objects.get(helper_name="张三").valid_to == TODAY
    assert AssignedHousehold.objects.filter(helper_name="李四", household=registered[0].pk, valid_to=None).exists()


def test_a_helper_does_not_leave_a_poor_household_alone(registered: list[Household], luonan: Region, clerk: Any) -> None:
    pair_households(luonan, rows=roster(pairing("H1"), pairing("H3")), by=clerk)
    alone, out = (Pairing.unscoped.get(household=registered[at]) for at in (0, 2))
    with pytest.raises(NoSuccessor):
        hand_over_pairing(alone, to_helper=None, on=TODAY, by=clerk)
    assert hand_over_pairing(out, to_helper=None, on=TODAY, by=clerk).until == TODAY
    for on in (dt.date(2015, 8, 1), dt.date(2016, 6, 9)):
        with pytest.raises(HandOverWrong):
            hand_over_pairing(alone, to_helper=None, on=on, by=clerk)
    with pytest.raises(HandOverWrong):
        hand_over_pairing(alone, to_helper=alone.helper, on=TODAY, by=clerk)


def test_another_county_neither_pairs_nor_hands_over(
    registered: list[Household], luonan: Region, clerk: Any, stranger: Any, actor: Any
) -> None:
    pair_households(luonan, rows=roster(pairing("H1"), pairing("H1", "李四")), by=clerk)
    with pytest.raises(NotVisible):
        pair_households(luonan, rows=roster(pairing("H2")), by=stranger)
    with pytest.raises(NotVisible):
        hand_over_pairing(Pairing.unscoped.all()[0], to_helper=None, on=TODAY, by=stranger)
    with pytest.raises(Forbidden):
        pair_households(luonan, rows=roster(pairing("H2")), by=actor("village_admin", registered[0].region_id))
    with acting(stranger):
        assert list(pairings_of_household(stranger, registered[0])) == []


def test_the_same_queries_for_one_row_and_for_three(registered: list[Household], luonan: Region, clerk: Any) -> None:
    def asked(*rows: dict[str, Any]) -> int:
        with CaptureQueriesContext(connection) as queries:
            pair_households(luonan, rows=roster(*rows), by=clerk)
        return len(queries)

    asked(pairing("H1", "甲"))
    assert asked(pairing("H1", "乙")) == asked(pairing("H1", "丙"), pairing("H2", "丁"), pairing("H3", "戊"))


def test_columns_are_those_of_the_fixture() -> None:
    assert [c.header for c in COLUMNS] == [
        "户编号",
        "村代码",
        "户主姓名",
        "帮扶责任人",
        "单位编码",
        "职务",
        "联系电话",
        "结对日期",
        "解除日期",
    ]
    assert isinstance(COLUMNS[-1].dtype, pl.Date)
