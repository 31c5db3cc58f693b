"""Helpers retire or are moved: their households pass on in bulk, set by set, and are told."""

import datetime as dt
from typing import Any

import polars as pl
import pytest

from shibaiqian.access.actor import Actor, Forbidden, acting
from shibaiqian.access.command import NotVisible, Refused
from shibaiqian.access.models import AssignedHousehold
from shibaiqian.access.rows import Rows, RowsRefused
from shibaiqian.cadres.tests.factories import CITY, LUONAN
from shibaiqian.postings.actions import hand_over_pairings, pass_pairings
from shibaiqian.postings.models import Helper, Pairing
from shibaiqian.postings.pairings import load_of_helpers, pair_households
from shibaiqian.postings.tests.factories import registered_households, roster
from shibaiqian.regions.models import Region

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_world")]
ON = dt.date(2016, 6, 1)


@pytest.fixture
def poverty_clerk(actor: Any) -> Actor:
    return actor("county_poverty_admin", LUONAN)


@pytest.fixture(autouse=True)
def _pairings(_world: None, poverty_clerk: Actor, county: Region, villages: list[str]) -> None:
    """Zhang is responsible for three households, one of them stably out; Li for one of these besides."""
    registered_households(villages[0], {"H1": "registered", "H2": "registered", "H3": "stable_exit"}, by=poverty_clerk)
    base = {"unit_code": "LN-001", "post": "科员", "since": dt.date(2015, 8, 1), "until": None}
    rows = [
        {"household_number": number, "helper_name": name, "phone": phone, **base}
        for number, name, phone in (
            ("H1", "张三", "13900001234"), ("H2", "张三", "13900001234"), ("H3", "张三", "13900001234"), ("H2", "李四", "13900005678"),
        )
    ]  # fmt: skip
    pair_households(county, rows=roster(*rows), by=poverty_clerk)


def moved(number: str, **more: Any) -> dict[str, Any]:
    return {
        "household_number": number, "from_name": "张三", "from_unit_code": "LN-001", "helper_name": "王五", "unit_code": "LN-101",
        "post": "干事", "phone": "13900009999", "on": ON, **more,
    }  # fmt: skip


def running() -> set[tuple[str, str]]:
    return set(Pairing.unscoped.filter(until__isnull=True).values_list("household__number", "helper_name"))


def test_a_roster_passes_pairings_on(county: Region, poverty_clerk: Actor) -> None:
    rows = roster(moved("H1"), moved("H2"), moved("H3", helper_name=None, unit_code=None, phone=None))
    assert hand_over_pairings(county, rows=rows, by=poverty_clerk).count == 3
    assert running() == {("H1", "王五"), ("H2", "王五"), ("H2", "李四")}
    new = Pairing.unscoped.get(household__number="H1", until__isnull=True)
    assert (new.since, new.helper_unit, new.helper_post, new.told_on) == (ON, new.helper.unit.name, "干事", None)
    assert Helper.unscoped.get(name="王五").phone_last4 == "9999"
    assert set(AssignedHousehold.objects.filter(household=new.household_id).values_list("helper_name", "valid_to")) == {
        ("张三", ON), ("王五", None),
    }  # fmt: skip


def test_a_known_helper_is_found_without_a_telephone(county: Region, poverty_clerk: Actor) -> None:
    rows = roster(moved("H1", helper_name="李四", unit_code="LN-001", phone=None))
    hand_over_pairings(county, rows=rows, by=poverty_clerk)
    assert Helper.unscoped.filter(name="李四").count() == 1 and ("H1", "李四") in running()


def test_who_is_responsible_already_is_not_paired_twice(county: Region, poverty_clerk: Actor) -> None:
    hand_over_pairings(county, rows=roster(moved("H2", helper_name="李四", unit_code="LN-001", phone=None)), by=poverty_clerk)
    assert Pairing.unscoped.filter(household__number="H2", until__isnull=True).count() == 1


def test_a_row_that_cannot_be_refuses_the_set(county: Region, poverty_clerk: Actor, subtests: Any) -> None:
    for change, why in (
        ({"from_name": "赵六"}, "赵六现在不是户 H1"), ({"from_unit_code": "X"}, "单位编码 X 不在"), ({"unit_code": "X"}, "单位编码 X 不在"),
        ({"unit_code": None}, "没有写单位编码"), ({"helper_name": None, "unit_code": None}, "未稳定脱贫，解除后没有帮扶责任人"),
        ({"helper_name": "张三", "unit_code": "LN-001", "phone": None}, "就是原责任人"), ({"phone": "123"}, "不是手机号"),
        ({"on": dt.date(2016, 6, 9)}, "晚于今天"), ({"on": dt.date(2015, 8, 1)}, "不晚于结对日期"),
        ({"household_number": "Q"}, "不在本级的贫困户名册中"),
    ):  # fmt: skip
        with subtests.test(why), pytest.raises(RowsRefused, match=why):
            hand_over_pairings(county, rows=roster(moved("H2"), moved("H1") | change), by=poverty_clerk)
    with pytest.raises(RowsRefused, match="交接多次"):
        hand_over_pairings(county, rows=roster(moved("H1"), moved("H1")), by=poverty_clerk)
    assert running() == {("H1", "张三"), ("H2", "张三"), ("H3", "张三"), ("H2", "李四")}


def test_one_who_retires_passes_everything_to_another(poverty_clerk: Actor) -> None:
    zhang, li = Helper.unscoped.get(name="张三"), Helper.unscoped.get(name="李四")
    with pytest.raises(Refused, match="另一位帮扶责任人"):
        pass_pairings(zhang, to_helper=zhang, on=ON, by=poverty_clerk)
    assert pass_pairings(zhang, to_helper=li, on=ON, by=poverty_clerk).count == 3
    assert [(row["helper_name"], row["load"]) for row in _loads(poverty_clerk)] == [("李四", 3)]
    with pytest.raises(Refused, match="没有结对的户"):
        pass_pairings(zhang, to_helper=li, on=ON, by=poverty_clerk)


def _loads(by: Actor) -> list[dict[str, object]]:
    with acting(by):
        return list(load_of_helpers(by))


def test_a_thousand_pairings_take_as_many_queries_as_one(
    county: Region, poverty_clerk: Actor, villages: list[str], django_assert_max_num_queries: Any
) -> None:
    numbers = [f"B{n:04}" for n in range(1000)]
    registered_households(villages[1], dict.fromkeys(numbers, "registered"), by=poverty_clerk)
    base = {"unit_code": "LN-001", "post": "科员", "phone": "13900001234", "since": dt.date(2015, 8, 1), "until": None}
    pair_households(county, rows=roster(*[{"household_number": n, "helper_name": "张三", **base} for n in numbers]), by=poverty_clerk)
    counts = []
    for some in (["H1"], numbers):
        frame = pl.DataFrame([moved(n) for n in some], infer_schema_length=None).with_row_index("row", offset=2)
        with django_assert_max_num_queries(60) as captured:
            hand_over_pairings(county, rows=Rows(frame, sheet="结对交接"), by=poverty_clerk)
        counts.append(len(captured))
    assert counts[0] == counts[1] and Pairing.unscoped.filter(helper_name="王五", until__isnull=True).count() == 1001


def test_an_outsider_passes_nothing(county: Region, stranger: Actor, clerk: Actor, actor: Any) -> None:
    zhang, li = Helper.unscoped.get(name="张三"), Helper.unscoped.get(name="李四")
    danfeng = actor("county_poverty_admin", "611022")
    with pytest.raises(NotVisible):
        hand_over_pairings(county, rows=roster(moved("H1")), by=danfeng)
    with pytest.raises(NotVisible):
        pass_pairings(zhang, to_helper=li, on=ON, by=danfeng)
    for by in (clerk, actor("city_leader", CITY)):
        with pytest.raises(Forbidden):
            hand_over_pairings(county, rows=roster(moved("H1")), by=by)
