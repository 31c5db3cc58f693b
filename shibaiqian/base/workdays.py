"""Chinese working days: Monday to Friday without holidays, and the weekend days that are shifted to work (调休).

From a kept library to its last published year, then from the table of arranged days: a year counts as arranged once it has rows,
and its other days go by the week. A date beyond both is refused with a message, never guessed, where something is decided by it; a page
that only shows goes by the week (`shown`), so that a list of holidays not published yet closes no page.
"""

import datetime as dt
from collections.abc import Mapping

import chinese_calendar
from chinese_calendar.constants import holidays

from shibaiqian.base.models import ArrangedDay

PUBLISHED = range(min(holidays).year, max(holidays).year + 1)
SATURDAY = 5


class CalendarEnds(ValueError):
    """The holidays of this year have not been published; the message is for the person who asked."""


class Calendar:
    """Working days; what it read of a year it keeps as long as it lives, which is one question.

    With `shown` a year that nobody arranged yet goes by the week: for pages, never for what is decided.
    """

    def __init__(self, *, shown: bool = False) -> None:
        self._shown = shown
        self._arranged: dict[int, Mapping[dt.date, bool]] = {}

    def is_workday(self, day: dt.date) -> bool:
        if day.year in PUBLISHED:
            return bool(chinese_calendar.is_workday(day))
        if day.year not in self._arranged:
            self._arranged[day.year] = arranged(day.year)
        found = self._arranged[day.year]
        if not found and not self._shown:
            raise CalendarEnds(
                f"{day.year} 年的节假日安排尚未录入，不能计算工作日。请由市级在“名册导入”导入当年的节假日安排，或改用已公布年份的日期。"
            )
        return found.get(day, day.weekday() < SATURDAY)


def arranged(year: int) -> Mapping[dt.date, bool]:
    """The arranged days of a year beyond the library, and whether offices work on them. One query."""
    return dict(ArrangedDay.objects.filter(on__year=year).values_list("on", "is_workday"))


def is_workday(day: dt.date) -> bool:
    """Whether offices work on this day. Raises CalendarEnds where neither library nor table knows its year."""
    return Calendar().is_workday(day)


def workdays_between(first: dt.date, last: dt.date) -> int:
    """Working days from first to last, both counted; 0 when last is before first."""
    calendar = Calendar()
    return sum(calendar.is_workday(first + dt.timedelta(days=n)) for n in range((last - first).days + 1))


def after_workdays(start: dt.date, count: int, *, shown: bool = False) -> dt.date:
    """The day on which the count-th working day after `start` falls; `start` itself is not counted. `shown` as the calendar takes it."""
    calendar, day, left = Calendar(shown=shown), start, count
    while left > 0:
        day += dt.timedelta(days=1)
        left -= calendar.is_workday(day)
    return day


def last_of_workdays(first: dt.date, count: int) -> dt.date:
    """The last day of a period of so many working days that begins on `first`, which counts when it is one."""
    return after_workdays(first - dt.timedelta(days=1), count)
