"""Chinese working days: Monday to Friday without holidays, and the weekend days that are shifted to work (调休).

From a kept library to its last published year; a date beyond it is refused with a message, never guessed.
"""

import datetime as dt

import chinese_calendar


class CalendarEnds(ValueError):
    """The holidays of this year have not been published; the message is for the person who asked."""


def is_workday(day: dt.date) -> bool:
    """Whether offices work on this day. Raises CalendarEnds outside the published years."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        raise CalendarEnds(f"{day.year} 年的节假日安排尚未录入，不能计算工作日。请改用已公布年份的日期，或升级系统后再办理。") from None


def workdays_between(first: dt.date, last: dt.date) -> int:
    """Working days from first to last, both counted; 0 when last is before first."""
    return sum(is_workday(first + dt.timedelta(days=n)) for n in range((last - first).days + 1))


def after_workdays(start: dt.date, count: int) -> dt.date:
    """The day on which the count-th working day after `start` falls; `start` itself is not counted."""
    day, left = start, count
    while left > 0:
        day += dt.timedelta(days=1)
        left -= is_workday(day)
    return day


def last_of_workdays(first: dt.date, count: int) -> dt.date:
    """The last day of a period of so many working days that begins on `first`, which counts when it is one."""
    return after_workdays(first - dt.timedelta(days=1), count)
