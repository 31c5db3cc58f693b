"""Days on which offices work, with the yearly shifts of the holidays."""

import datetime as dt
from functools import lru_cache

import chinese_calendar
import numpy as np
import polars as pl

TODAY = dt.date(2016, 6, 8)
NOTHING = np.datetime64("NaT", "D")


@lru_cache(maxsize=1)
def _all_working_days() -> np.ndarray:
    first, last = dt.date(2005, 1, 1), dt.date(2017, 12, 31)
    days = (first + dt.timedelta(days=offset) for offset in range((last - first).days + 1))
    return np.array([day for day in days if chinese_calendar.is_workday(day)], dtype="datetime64[D]")


@lru_cache(maxsize=256)
def working_days(first: str, last: str) -> np.ndarray:
    """Working days from the first to the last day, both included; never empty."""
    days = _all_working_days()
    return days[(days >= np.datetime64(first)) & (days <= np.datetime64(last))]


def later(days: np.ndarray, working: np.ndarray) -> np.ndarray:
    """So many working days after each day; 0 is the day itself or the next working day."""
    every = _all_working_days()
    return every[np.searchsorted(every, days) + working]


def working_days_from(day: np.datetime64, number: int) -> np.datetime64:
    """So many working days after a day, before it when negative; 0 is the day itself or the next working day."""
    every = _all_working_days()
    return np.datetime64(every[int(np.searchsorted(every, day)) + number])


def on_working_day(days: np.ndarray) -> np.ndarray:
    """Each day, or the working day before it."""
    every = _all_working_days()
    return every[np.searchsorted(every, days, side="right") - 1]


def one_on_working_day(day: np.datetime64) -> np.datetime64:
    """The day, or the working day before it."""
    return np.datetime64(on_working_day(np.array([day]))[0])


def as_text(days: np.ndarray) -> pl.Series:
    """yyyy-mm-dd, null for no day."""
    return pl.Series(days.astype("datetime64[D]")).cast(pl.Date).dt.strftime("%Y-%m-%d")
