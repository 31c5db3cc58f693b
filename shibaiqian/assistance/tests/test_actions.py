"""Registering entities, links and projects: what is taken, what is refused, who may, and what it moves."""

import datetime as dt
import threading
from typing import Any

import pytest
from django.db import connections

from shibaiqian.access.actor import Forbidden, acting
from shibaiqian.access.command import NotVisible
from shibaiqian.access.rows import Rows, RowsRefused
from shibaiqian.assistance.actions import link_households, register_entities, register_projects
from shibaiqian.assistance.excel import ENTITY_COLUMNS, LINK_COLUMNS, PROJECT_COLUMNS
from shibaiqian.assistance.models import BenefitLink, IndustryEntity, Project
from shibaiqian.assistance.tests.factories import (
    DANFENG,
    LUONAN,
    TODAY,
    built,
    earned,
    posted,
    registered,
    roster,
    said,
    villages,
)
from shibaiqian.audit.models import Event
from shibaiqian.base.ids import new_id
from shibaiqian.indicators.models import Delta
from shibaiqian.indicators.queries import figures, figures_on_page
from shibaiqian.regions.models import Region

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(actor: Any) -> Any:
    return actor("county_poverty_admin", LUONAN)


@pytest.fixture
def stranger(actor: Any) -> Any:
    return actor("county_poverty_admin", DANFENG)


@pytest.fixture
def county() -> Region:
    return Region.objects.get(pk=LUONAN)


@pytest.fixture
def village() -> Region:
    return villages(LUONAN)[0]


def an_entity(village: Region, **other: Any) -> dict[str, Any]:
    return {"number": "E1", "kind": "cooperative", "name": "核桃专业合作社", "village_code": village.code, "scale": 12.5, "scale_unit": "亩",
            "posting_number": "P1", "assisted_since": dt.date(2015, 6, 1), **other}  # fmt: skip


def a_project(village: Region, **other: Any) -> dict[str, Any]:
    return {"number": "J1", "name": "通村路硬化", "kind": "infrastructure", "village_code": village.code, "posting_number": "P1",
            "budget_cents": 35_000_00, "started_on": dt.date(2015, 7, 1), "state": "under_construction", **other}  # fmt: skip


def a_link(**other: Any) -> dict[str, Any]:
    return {
        "household_number": "H1",
        "entity_number": "E1",
        "kind": "dividend",
        "since": dt.date(2015, 7, 1),
        "annual_income_cents": 1_200_00,
        **other,
    }


def test_entities_are_written_with_their_posting_and_counted(clerk: Any, county: Region, village: Region) -> None:
    posting = posted(village.code, "P1")
    written = register_entities(
        county, rows=roster(ENTITY_COLUMNS, an_entity(village), an_entity(village, number="E2", kind="park")), by=clerk
    )

    assert (written.count, list(written.regions)) == (2, [village.code])
    entity = IndustryEntity.unscoped.get(number="E1")
    assert (entity.region_id, entity.posting_id, entity.pinyin, entity.scale_hundredths) == (
        village.code,
        posting.pk,
        "hetaozhuanyehezuoshe",
        1250,
    )
    event = Event.objects.get()
    assert (event.action, event.region, event.details["written"], event.details["rows"]["rows"]) == (
        "assistance.register_entities",
        LUONAN,
        2,
        2,
    )
    assert entity.event == event.pk
    shown = figures_on_page(village.code)
    with acting(clerk):
        assert shown == {**shown, "cooperatives": 1, "agricultural_parks": 1} and figures(clerk, region=village.code, as_of=TODAY) == {
            **shown,
            "tier_1000": 1,
        }


@pytest.mark.parametrize(
    ("other", "column", "code"),
    [
        ({"posting_number": "P9"}, "任职编号", "posting_unknown"),
        ({"posting_number": "P2"}, "任职编号", "posting_elsewhere"),
        ({"posting_number": "P3"}, "任职编号", "not_arrived"),
        ({"assisted_since": dt.date(2015, 3, 4)}, "帮扶起始日期", "before_arrival"),
        ({"posting_number": "P4", "assisted_since": dt.date(2016, 1, 2)}, "帮扶起始日期", "after_end"),
        ({"assisted_since": dt.date(2016, 6, 9)}, "帮扶起始日期", "future"),
        ({"number": "TAKEN"}, "主体编号", "known"),
        ({"scale": -1.0}, "规模", "negative"),
        ({"village_code": villages}, "村代码", "place_outside"),
    ],
)
def test_an_entity_that_cannot_be_right_is_refused_by_row_and_column(
    clerk: Any, county: Region, village: Region, other: dict[str, Any], column: str, code: str
) -> None:
    other_village = villages(LUONAN, 3)[2]
    posting = posted(village.code, "P1")
    posted(other_village.code, "P2")
    posted(village.code[:9], "P3", arrived_on=None, tier="T100")
    posted(village.code[:9], "P4", ended_on=dt.date(2016, 1, 1), tier="T100")
    built(village.code, "TAKEN", posting)
    if callable(other.get("village_code")):
        other = {"village_code": villages(DANFENG)[0].code}
    with pytest.raises(RowsRefused) as refused:
        register_entities(
            county, rows=roster(ENTITY_COLUMNS, an_entity(village), an_entity(village, **{"number": "E2", **other})), by=clerk
        )
    assert said(refused.value) == {(3, column, code)}
    assert not IndustryEntity.unscoped.filter(number="E1").exists()
    assert Event.objects.get().outcome == "refused"


def test_a_number_taken_in_another_county_is_refused_without_naming_the_place(clerk: Any, county: Region, village: Region) -> None:
    elsewhere = villages(DANFENG)[0]
    built(elsewhere.code, "E1", posted(elsewhere.code, "P8"))
    posted(village.code, "P1")
    with pytest.raises(RowsRefused) as refused:
        register_entities(county, rows=roster(ENTITY_COLUMNS, an_entity(village)), by=clerk)
    assert said(refused.value) == {(2, "主体编号", "taken")}
    assert elsewhere.name not in str(refused.value)
    assert figures_on_page(LUONAN)["cooperatives"] == 0


def test_a_form_sends_one_row_and_is_told_what_is_missing(actor: Any, village: Region) -> None:
    posted(village.code, "P1")
    official = actor("posted_cadre", village.code)
    with pytest.raises(RowsRefused) as refused:
        register_projects(village, rows=Rows.of_form(name="水窖", village_code=village.code), by=official)
    assert {column for _, column, code in said(refused.value) if code == "missing"} == {
        "项目编号",
        "项目类型",
        "任职编号",
        "总投资（元）",
        "开工日期",
        "项目状态",
    }
    register_projects(village, rows=Rows.of_form(**a_project(village)), by=official)
    assert Delta.objects.get().value == 1
    assert figures_on_page(village.code)["projects"] == 1


@pytest.mark.parametrize(
    ("other", "column", "code"),
    [
        ({"budget_cents": -1}, "总投资（元）", "negative"),
        ({"due_on": dt.date(2015, 6, 30)}, "计划完工日期", "order"),
        ({"finished_on": dt.date(2015, 6, 30)}, "完工日期", "order"),
        ({"state": "completed"}, "完工日期", "finish_missing"),
        ({"started_on": dt.date(2017, 1, 1)}, "开工日期", "future"),
    ],
)
def test_a_project_that_cannot_be_right_is_refused(
    clerk: Any, county: Region, village: Region, other: dict[str, Any], column: str, code: str
) -> None:
    posted(village.code, "P1")
    with pytest.raises(RowsRefused) as refused:
        register_projects(county, rows=roster(PROJECT_COLUMNS, a_project(village, **other)), by=clerk)
    assert said(refused.value) == {(2, column, code)}


def test_a_household_counts_once_however_many_links_it_has(clerk: Any, county: Region, village: Region) -> None:
    built(village.code, "E1", posted(village.code, "P1"))
    household = registered(village.code, "H1")
    earned(household, y2014=200_000, y2015=260_000)
    link_households(county, rows=roster(LINK_COLUMNS, a_link(), a_link(kind="order")), by=clerk)
    assert figures_on_page(village.code)["households_income_up"] == 1
    link_households(county, rows=Rows.of_form(**a_link(kind="training")), by=clerk)

    assert BenefitLink.unscoped.count() == 3
    assert figures_on_page(village.code)["households_income_up"] == 1
    with acting(clerk):
        assert figures(clerk, region=LUONAN, as_of=TODAY)["households_income_up"] == 1


def test_many_links_count_their_place_again(clerk: Any, county: Region, village: Region) -> None:
    built(village.code, "E1", posted(village.code, "P1"))
    for number in range(3):
        earned(registered(village.code, f"H{number}"), y2014=200_000, y2015=260_000 - number)
    rows = [a_link(household_number=f"H{number % 3}", since=dt.date(2015, 1, 1) + dt.timedelta(days=number)) for number in range(240)]
    from shibaiqian.indicators import actions as rollups

    few, rollups.FEW = rollups.FEW, 2
    try:
        link_households(county, rows=roster(LINK_COLUMNS, *rows), by=clerk)
    finally:
        rollups.FEW = few
    assert Delta.objects.count() == 0
    assert figures_on_page(LUONAN)["households_income_up"] == 3


@pytest.mark.parametrize(
    ("other", "column", "code"),
    [
        ({"household_number": "H9"}, "户编号", "household_unknown"),
        ({"entity_number": "E9"}, "主体编号", "entity_unknown"),
        ({"village_code": "611021001999"}, "户编号", "household_elsewhere"),
        ({"until": dt.date(2015, 6, 30)}, "终止日期", "order"),
        ({"annual_income_cents": -100}, "年增收（元）", "negative"),
        ({"since": dt.date(2016, 6, 9)}, "起始日期", "future"),
    ],
)
def test_a_link_that_cannot_be_right_is_refused(
    clerk: Any, county: Region, village: Region, other: dict[str, Any], column: str, code: str
) -> None:
    built(village.code, "E1", posted(village.code, "P1"))
    registered(village.code, "H1")
    with pytest.raises(RowsRefused) as refused:
        link_households(county, rows=roster(LINK_COLUMNS, a_link(**other)), by=clerk)
    assert said(refused.value) == {(2, column, code)}


def test_the_same_link_twice_is_refused(clerk: Any, county: Region, village: Region) -> None:
    built(village.code, "E1", posted(village.code, "P1"))
    registered(village.code, "H1")
    with pytest.raises(RowsRefused) as refused:
        link_households(county, rows=roster(LINK_COLUMNS, a_link(), a_link()), by=clerk)
    assert said(refused.value) == {(3, "户编号", "repeated")}
    link_households(county, rows=roster(LINK_COLUMNS, a_link()), by=clerk)
    with pytest.raises(RowsRefused) as refused:
        link_households(county, rows=roster(LINK_COLUMNS, a_link()), by=clerk)
    assert said(refused.value) == {(2, "户编号", "known")}


def test_another_county_neither_registers_here_nor_uses_our_households(clerk: Any, stranger: Any, county: Region, village: Region) -> None:
    built(village.code, "E1", posted(village.code, "P1"))
    registered(village.code, "H1")
    for command, rows in (
        (register_entities, roster(ENTITY_COLUMNS, an_entity(village, number="E5"))),
        (register_projects, roster(PROJECT_COLUMNS, a_project(village))),
        (link_households, roster(LINK_COLUMNS, a_link())),
    ):
        with pytest.raises(NotVisible):
            command(county, rows=rows, by=stranger)
        with pytest.raises(RowsRefused):
            command(Region.objects.get(pk=DANFENG), rows=rows, by=stranger)
    assert (Project.unscoped.count(), BenefitLink.unscoped.count(), IndustryEntity.unscoped.count()) == (0, 0, 1)


def test_a_role_that_only_looks_is_refused(actor: Any, county: Region, village: Region) -> None:
    with pytest.raises(Forbidden):
        register_projects(county, rows=roster(PROJECT_COLUMNS, a_project(village)), by=actor("county_org_admin", LUONAN))


@pytest.mark.django_db(transaction=True)
def test_two_senders_of_one_operation_register_once(clerk: Any) -> None:
    Region.objects.bulk_create(
        [
            Region(code=code, name=code, level=level, full_name="", pinyin="", initials="")
            for code, level in (("6110", "city"), (LUONAN, "county"), (f"{LUONAN}001", "town"), (f"{LUONAN}001001", "village"))
        ],
        ignore_conflicts=True,
    )
    village, operation = Region.objects.get(pk=f"{LUONAN}001001"), new_id()
    posted(village.code, "P1")
    barrier, problems = threading.Barrier(2), list[Exception]()

    def send() -> None:
        try:
            barrier.wait()
            register_projects(village, rows=Rows.of_form(**a_project(village)), by=clerk, operation=operation)
        except Exception as problem:  # noqa: BLE001 - a thread tells its test
            problems.append(problem)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert Project.unscoped.count() == 1
    assert figures_on_page(village.code)["projects"] == 1
