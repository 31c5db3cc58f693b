"""Working days of years to come: taken from the city's roster, whole years only, then counted; beyond them refused in words."""

import datetime as dt
from typing import Any

import pytest

from shibaiqian.access.command import NotVisible, Refused, command
from shibaiqian.access.roles import Permission
from shibaiqian.access.rows import Rows, RowsRefused
from shibaiqian.assistance.tests.factories import roster, said
from shibaiqian.base.models import ArrangedDay
from shibaiqian.base.workdays import PUBLISHED, CalendarEnds, after_workdays, is_workday, last_of_workdays, workdays_between
from shibaiqian.policy.actions import arrange_workdays
from shibaiqian.policy.excel import COLUMNS
from shibaiqian.regions.models import Region

pytestmark = pytest.mark.django_db
YEAR = PUBLISHED[-1] + 1
NOTICE = "国办发明电〔2026〕1号"


@pytest.fixture
def city() -> Region:
    return Region.objects.get(pk="6110")


@pytest.fixture
def clerk(actor: Any) -> Any:
    return actor("city_org_admin", "6110")


def a_year(year: int = YEAR, **others: bool) -> list[dict[str, Any]]:
    """Its fixed holidays, and days by name: `d0209=False`."""
    days = {"d0101": False, "d0501": False, "d1001": False, "d1002": False, "d1003": False, **others}
    return [{"on": dt.date(year, int(name[1:3]), int(name[3:])), "is_workday": works, "source": NOTICE} for name, works in days.items()]


def taken(*rows: dict[str, Any]) -> Rows:
    return roster(COLUMNS, *rows)


def weekdays(year: int, weekday: int) -> dt.date:
    """The first such day of the year's February."""
    first = dt.date(year, 2, 1)
    return first + dt.timedelta(days=(weekday - first.weekday()) % 7)


def test_beyond_the_calendar_nothing_is_counted_until_the_year_is_arranged(city: Region, clerk: Any) -> None:
    with pytest.raises(CalendarEnds, match=f"{YEAR} 年的节假日安排尚未录入"):
        is_workday(dt.date(YEAR, 3, 1))
    with pytest.raises(CalendarEnds):
        after_workdays(dt.date(YEAR - 1, 12, 30), 5)
    monday, sunday = weekdays(YEAR, 0), weekdays(YEAR, 6)
    written = arrange_workdays(
        city,
        rows=taken(*a_year(), {"on": monday, "is_workday": False, "source": NOTICE}, {"on": sunday, "is_workday": True, "source": NOTICE}),
        by=clerk,
    )
    assert written.count == 7
    assert [is_workday(day) for day in (monday, sunday)] == [False, True]
    assert [is_workday(monday + dt.timedelta(days=n)) for n in (7, 12, 13)] == [True, False, False]  # other days go by the week
    assert workdays_between(monday, monday + dt.timedelta(days=6)) == 4 + (sunday > monday)
    assert last_of_workdays(dt.date(YEAR - 1, 12, 31), 2).year == YEAR
    with pytest.raises(CalendarEnds):
        is_workday(dt.date(YEAR + 1, 1, 4))


def test_a_day_said_again_is_said_anew(city: Region, clerk: Any) -> None:
    monday = weekdays(YEAR, 0)
    arrange_workdays(city, rows=taken(*a_year(), {"on": monday, "is_workday": False, "source": NOTICE}), by=clerk)
    arrange_workdays(city, rows=taken({"on": monday, "is_workday": True, "source": "更正通知"}), by=clerk)
    assert is_workday(monday)
    assert ArrangedDay.objects.get(pk=monday).source == "更正通知" and ArrangedDay.objects.count() == 6


def test_a_year_that_is_not_whole_or_known_already_is_refused_by_row(city: Region, clerk: Any) -> None:
    rows = [
        {"on": dt.date(PUBLISHED[-1], 10, 1), "is_workday": False, "source": NOTICE},
        *a_year()[:-1],
        {"on": dt.date(YEAR, 1, 1), "is_workday": False, "source": NOTICE},
        *a_year(YEAR + 1, d1001=True),
    ]
    with pytest.raises(RowsRefused) as refusal:
        arrange_workdays(city, rows=taken(*rows), by=clerk)
    assert said(refusal.value) == {(2, "日期", "published"), (3, "日期", "incomplete"), (7, "日期", "twice"), (8, "日期", "incomplete")}
    assert any("10-03 没有写放假" in finding.message for finding in refusal.value.findings.refusals())
    assert not ArrangedDay.objects.exists()


def test_the_city_arranges_for_all(city: Region, actor: Any) -> None:
    county = actor("county_org_admin", "611021")
    with pytest.raises(NotVisible):
        arrange_workdays(city, rows=taken(*a_year()), by=county)
    with pytest.raises(RowsRefused) as refusal:
        arrange_workdays(Region.objects.get(pk="611021"), rows=taken(*a_year()), by=county)
    assert {code for _row, _column, code in said(refusal.value)} == {"not_a_city"}


def test_what_needs_days_nobody_knows_is_refused_in_words(city: Region, clerk: Any) -> None:
    @command(Permission.PLAN_BATCHES)
    def count_far_ahead(region: Region, *, by: Any) -> dt.date:
        """Counts beyond the calendar."""
        return after_workdays(dt.date(YEAR + 3, 1, 1), 5)

    with pytest.raises(Refused, match="请由市级在“名册导入”导入当年的节假日安排"):
        count_far_ahead(city, by=clerk)
