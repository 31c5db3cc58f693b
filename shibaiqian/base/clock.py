"""The two clocks. Nothing else in the product reads the time.

The business clock says when a thing is done in the programme's life; a demonstration stands at 2016-06-08.
The wall clock serves sessions, tokens, lock-outs, jobs and seals. The audit stores both.
"""

import datetime as dt
from zoneinfo import ZoneInfo

from django.conf import settings

SHANGHAI = ZoneInfo("Asia/Shanghai")


def wall_now() -> dt.datetime:
    """The real time, with its zone."""
    return dt.datetime.now(tz=SHANGHAI)


def business_now() -> dt.datetime:
    """The programme's time: the real one, or the demonstration's date with the real time of day."""
    now = wall_now()
    fixed: dt.date | None = settings.BUSINESS_DATE
    return dt.datetime.combine(fixed, now.timetz()) if fixed else now


def today() -> dt.date:
    """The programme's date in Asia/Shanghai."""
    return business_now().date()


def business_day(moment: dt.datetime) -> dt.date:
    """The programme's day of a moment of the wall clock: in a demonstration, which stands still, its date."""
    return settings.BUSINESS_DATE or moment.astimezone(SHANGHAI).date()


def in_shanghai(moment: dt.datetime) -> dt.datetime:
    """A moment as a clock on the wall in Shanghai shows it, without a zone: for what has none, such as a cell of Excel."""
    return moment.astimezone(SHANGHAI).replace(tzinfo=None)


def is_demonstration() -> bool:
    return settings.BUSINESS_DATE is not None
