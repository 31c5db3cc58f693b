"""The ledger of practical services: headers, notes, speed by the column, and its way out and in again."""

import datetime as dt
import time
from typing import Any

import polars as pl
import pytest

from shibaiqian.access.actor import acting
from shibaiqian.access.rows import Rows
from shibaiqian.assistance.tests.factories import LUONAN, posted, registered, roster, villages
from shibaiqian.fieldwork.actions import register_services
from shibaiqian.fieldwork.excel import COLUMNS, prepare_services
from shibaiqian.fieldwork.models import PracticalService
from shibaiqian.fieldwork.queries import services_roster
from shibaiqian.indicators.queries import figures_on_page
from shibaiqian.regions.models import Region

pytestmark = pytest.mark.django_db


@pytest.fixture
def county() -> Region:
    return Region.objects.get(pk=LUONAN)


def many(count: int) -> Rows:
    """Services of ten villages and their officials, for forty households and for other villagers."""
    places = villages(LUONAN, 10)
    for number, place in enumerate(places):
        posted(place.code, f"P{number}")
        for household in range(4):
            registered(place.code, f"H{number}-{household}")
    rows = [
        {"posting_number": f"P{n % 10}", "village_code": places[n % 10].code, "household_number": f"H{n % 10}-{n % 4}" if n % 3 else None,
         "beneficiary": f"村民{n % 50}", "kind": "care", "content": f"看望{n}", "on": dt.date(2015, 7, 1) + dt.timedelta(days=n % 300),
         "confirmation": "signed" if n % 33 else None}
        for n in range(count)
    ]  # fmt: skip
    return roster(COLUMNS, *rows)


def test_headers_are_those_of_the_fixture() -> None:
    assert [
        c.header for c in COLUMNS
    ] == "任职编号 县区 镇办 村（社区） 村代码 户编号 受益群众 类别 办理内容 办理日期 折合金额（元） 确认方式 确认日期 记录人".split()


def test_preparing_takes_the_same_queries_at_1_and_at_300_rows(clerk: Any, county: Region, django_assert_num_queries: Any) -> None:
    rows = many(300)
    with acting(clerk):
        for count in (1, 300):
            with django_assert_num_queries(5):
                assert not prepare_services(county, rows=Rows(rows.frame.head(count), sheet="台账"), by=clerk).findings.has_refusals


def test_a_ledger_of_the_past_may_say_the_same_within_a_week_with_a_note(clerk: Any, county: Region) -> None:
    rows = many(10)
    row = rows.frame.row(1, named=True)
    twice = pl.DataFrame([row, {**row, "row": 9, "on": row["on"] + dt.timedelta(days=6)}], schema=rows.frame.schema)
    with acting(clerk):
        findings = prepare_services(county, rows=Rows(twice, sheet="台账"), by=clerk).findings
        assert [(f.row, f.code) for f in findings.notes()] == [(9, "again")] and not findings.has_refusals
    register_services(county, rows=Rows(twice.head(1), sheet="台账"), by=clerk)
    with acting(clerk):
        findings = prepare_services(county, rows=Rows(twice.tail(1), sheet="台账"), by=clerk).findings
        assert [(f.row, f.code) for f in findings.notes()] == [(9, "again")]


def test_one_by_one_equals_the_whole_ledger(clerk: Any, county: Region) -> None:
    rows = many(12)
    kept = (
        "posting_id",
        "region_id",
        "household_id",
        "beneficiary",
        "kind",
        "content",
        "on",
        "amount_cents",
        "confirmation",
        "confirmed_on",
    )
    for number in range(rows.frame.height):
        register_services(county, rows=Rows(rows.frame.slice(number, 1), sheet="台账"), by=clerk)
    single = set(PracticalService.unscoped.values_list(*kept))
    PracticalService.unscoped.update(voided_by=1)
    register_services(county, rows=rows, by=clerk)
    assert set(PracticalService.unscoped.filter(voided_by=None).values_list(*kept)) == single


def test_what_is_exported_comes_in_again(clerk: Any, county: Region) -> None:
    register_services(county, rows=many(12), by=clerk)
    with acting(clerk):
        out = services_roster(clerk, region=LUONAN)
    PracticalService.unscoped.update(voided_by=1)
    register_services(county, rows=Rows(out.with_row_index("row", offset=2), sheet="台账"), by=clerk)
    with acting(clerk):
        assert services_roster(clerk, region=LUONAN).sort("content").equals(out.sort("content"))


@pytest.mark.slow
def test_122_000_services_come_in_by_the_column(clerk: Any, county: Region) -> None:
    rows = many(122_000)
    start = time.perf_counter()
    assert register_services(county, rows=rows, by=clerk).count == 122_000
    assert time.perf_counter() - start < 60
    assert PracticalService.unscoped.count() == 122_000
    assert figures_on_page(LUONAN)["practical_services"] == sum(1 for n in range(122_000) if n % 33)
