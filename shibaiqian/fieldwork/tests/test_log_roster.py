"""The ledger of work logs: the rules of a day's log, for many days at once."""

import datetime as dt
import time
from typing import Any

import pytest

from shibaiqian.access.actor import acting
from shibaiqian.access.command import NotVisible
from shibaiqian.access.rows import Rows, RowsRefused
from shibaiqian.assistance.tests.factories import DANFENG, LUONAN, posted, registered, roster, said, villages
from shibaiqian.base import clock
from shibaiqian.fieldwork.actions import LogEntry, log_day, register_logs
from shibaiqian.fieldwork.excel import LOG_COLUMNS, prepare_logs
from shibaiqian.fieldwork.models import PracticalService, Visit, WorkLog, WorkLogItem
from shibaiqian.postings.models import Posting
from shibaiqian.regions.models import Region
from shibaiqian.regions.tests.fixture import agreed

# As a clock on the wall shows it: a roster says no zone.
moment = dt.datetime.fromisoformat

pytestmark = pytest.mark.django_db
DAY, EVENING = dt.date(2015, 9, 1), moment("2015-09-01 20:15")


@pytest.fixture
def county() -> Region:
    return Region.objects.get(pk=LUONAN)


def a_row(**other: Any) -> dict[str, Any]:
    return {"posting_number": "P1", "on": DAY, "category": "meeting", "content": "村两委会议", "recorded_at": EVENING, **other}


def refused(county: Region, by: Any, *rows: dict[str, Any]) -> set[tuple[int | None, str, str]]:
    with pytest.raises(RowsRefused) as refusal:
        register_logs(county, rows=roster(LOG_COLUMNS, *rows), by=by)
    return said(refusal.value)


def test_headers_are_those_of_the_fixture() -> None:
    assert [(c.header, c.required) for c in LOG_COLUMNS] == agreed("work_logs")


def test_the_things_of_a_day_make_one_log_and_those_with_a_household_visits(
    clerk: Any, county: Region, posting: Posting, village: Region
) -> None:
    household = registered(village.code, "H1")
    rows = [a_row(), a_row(category="visit", household_number="H1", content="看望老人", recorded_at=moment("2015-09-03 21:00"))]
    written = register_logs(county, rows=roster(LOG_COLUMNS, *rows, a_row(on=DAY + dt.timedelta(days=1), recorded_at=None)), by=clerk)

    assert written.count == 3
    first, second = WorkLog.unscoped.order_by("on")
    assert (first.posting_id, first.cadre, first.region_id) == (posting.pk, posting.cadre_id, village.code)
    assert first.recorded_at == EVENING.replace(tzinfo=clock.SHANGHAI)  # when its first thing was entered
    assert second.recorded_at.astimezone(clock.SHANGHAI).date() == clock.today()
    assert [item.category for item in first.items.order_by("id")] == ["meeting", "visit"]  # type: ignore[attr-defined]
    visit = Visit.unscoped.get()
    assert (visit.household_id, visit.region_id, visit.official, visit.on, visit.content) == (
        household.pk, village.code, posting.cadre_name, DAY, "看望老人",
    )  # fmt: skip
    assert visit.log_item.log_id == first.pk
    assert not PracticalService.unscoped.exists()


def test_a_ledger_writes_what_the_form_of_the_day_would(clerk: Any, county: Region, posting: Posting, village: Region) -> None:
    household = registered(village.code, "H1")
    kept = ("log__posting_id", "log__on", "log__cadre", "log__region_id", "region_id", "category", "household_id", "content")
    items = [LogEntry("visit", "看望老人", household=household.pk), LogEntry("meeting", "村两委会议")]
    log_day(posting, on=DAY, items=items, by=clerk)
    typed = (
        set(WorkLogItem.unscoped.values_list(*kept)),
        set(Visit.unscoped.values_list("household_id", "region_id", "official", "on", "content")),
    )
    for table in (Visit, WorkLogItem, WorkLog):
        table.unscoped.update(voided_by=1)
    register_logs(county, rows=roster(LOG_COLUMNS, a_row(category="visit", household_number="H1", content="看望老人"), a_row()), by=clerk)
    live = WorkLogItem.unscoped.filter(voided_by=None), Visit.unscoped.filter(voided_by=None)
    assert (set(live[0].values_list(*kept)), set(live[1].values_list("household_id", "region_id", "official", "on", "content"))) == typed


def test_a_day_that_was_logged_gets_more_and_nothing_twice(clerk: Any, county: Region, posting: Posting) -> None:
    log = log_day(posting, on=DAY, items=[LogEntry("meeting", "村两委会议")], by=clerk)
    register_logs(county, rows=roster(LOG_COLUMNS, a_row(content="镇上例会")), by=clerk)
    assert WorkLog.unscoped.get() == log and WorkLogItem.unscoped.filter(log=log).count() == 2
    assert refused(county, clerk, a_row(content="镇上例会")) == {(2, "内容", "known")}


def test_each_row_that_cannot_be_is_named(clerk: Any, county: Region, posting: Posting, village: Region) -> None:
    other = villages(LUONAN, 2)[1]
    registered(other.code, "H2")
    rows = [
        a_row(posting_number="P9"),
        a_row(on=dt.date(2015, 3, 4)),
        a_row(on=dt.date(2016, 6, 9), recorded_at=None),
        a_row(household_number="H9"),
        a_row(household_number="H2"),
        a_row(village_code=other.code),
        a_row(content="早了", recorded_at=moment("2015-08-31 20:00")),
        a_row(content="晚了", recorded_at=moment("2016-06-09 00:00")),
        a_row(content="同一件"),
        a_row(content="同一件"),
    ]
    assert refused(county, clerk, *rows) == {
        (2, "任职编号", "posting_unknown"), (3, "日期", "before_arrival"), (4, "日期", "future"), (5, "户编号", "household_unknown"),
        (6, "任职编号", "posting_elsewhere"), (7, "任职编号", "posting_elsewhere"), (8, "登记时间", "order"), (9, "登记时间", "future"),
        (11, "内容", "repeated"),
    }  # fmt: skip
    assert not WorkLogItem.unscoped.exists()


def test_work_for_a_town_lies_in_the_town_or_in_the_village_it_names(clerk: Any, county: Region, village: Region) -> None:
    posted(village.code[:9], "P1", tier="T100")
    register_logs(county, rows=roster(LOG_COLUMNS, a_row(content="镇上例会"), a_row(village_code=village.code)), by=clerk)
    assert dict(WorkLogItem.unscoped.values_list("content", "region_id")) == {"镇上例会": village.code[:9], "村两委会议": village.code}
    assert WorkLog.unscoped.get().region_id == village.code[:9]


def test_a_clerk_of_another_county_writes_none(actor: Any, county: Region, posting: Posting) -> None:
    stranger = actor("county_poverty_admin", DANFENG)
    with pytest.raises(NotVisible):
        register_logs(county, rows=roster(LOG_COLUMNS, a_row()), by=stranger)
    danfeng = Region.objects.get(pk=DANFENG)
    assert refused(danfeng, stranger, a_row()) == {(2, "任职编号", "posting_unknown")}


def many(count: int) -> Rows:
    """Days of ten officials, half of them at one of forty households."""
    places = villages(LUONAN, 10)
    for number, place in enumerate(places):
        posted(place.code, f"P{number}")
        for household in range(4):
            registered(place.code, f"H{number}-{household}")
    return roster(
        LOG_COLUMNS,
        *(
            a_row(
                posting_number=f"P{n % 10}", household_number=f"H{n % 10}-{n % 4}" if n % 20 < 10 else None, content=f"看望{n}",
                category="visit", on=dt.date(2015, 7, 1) + dt.timedelta(days=n % 300), recorded_at=None,
            )
            for n in range(count)
        ),
    )  # fmt: skip


def test_preparing_takes_the_same_queries_at_1_and_at_300_rows(clerk: Any, county: Region, django_assert_num_queries: Any) -> None:
    rows = many(300)
    with acting(clerk):
        for count in (1, 300):
            with django_assert_num_queries(5):
                assert not prepare_logs(county, rows=Rows(rows.frame.head(count), sheet="台账"), by=clerk).findings.has_refusals


@pytest.mark.slow
def test_80_000_things_come_in_by_the_column(clerk: Any, county: Region) -> None:
    rows = many(80_000)
    start = time.perf_counter()
    assert register_logs(county, rows=rows, by=clerk).count == 80_000
    assert time.perf_counter() - start < 40
