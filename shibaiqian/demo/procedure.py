"""When things happened: batches with their plans, the days of a procedure counted back from the appointment, documents.

Days are working days. A notice runs five of them and ends the day before the first appointment; integrity is asked and answered
in the month before, so that each gate stands on the day of appointment.
"""

from dataclasses import dataclass

import numpy as np

from shibaiqian.demo.days import working_days_from

BATCH_NAMES = {
    "2014-03": "2014年第一批",
    "2014-09": "2014年第二批",
    "2015-03": "2015年第一批",
    "2015-07": "2015年第二批",
    "2015-09": "2015年第三批",
    "2016-03": "2016年第一批",
}
OPEN_BATCH = "2016年第二批（补充）"
# Opened on, number and day of the plan.
BATCHES = {
    "2014年第一批": ("2014-01-14", "商组发〔2014〕3号", "2014-01-10"),
    "2014年第二批": ("2014-07-28", "商组发〔2014〕41号", "2014-07-22"),
    "2015年第一批": ("2015-01-20", "商组发〔2015〕5号", "2015-01-15"),
    "2015年第二批": ("2015-05-18", "商组发〔2015〕33号", "2015-05-12"),
    "2015年第三批": ("2015-07-27", "商组发〔2015〕49号", "2015-07-21"),
    "2016年第一批": ("2016-01-11", "商组发〔2016〕4号", "2016-01-06"),
    OPEN_BATCH: ("2016-05-09", "商组发〔2016〕27号", "2016-05-05"),
}


@dataclass(frozen=True)
class Paper:
    """A document of appointment: its day, its number, and the months of the terms it gives."""

    day: np.datetime64
    number: str
    months: int


@dataclass(frozen=True)
class Days:
    """The days of one procedure. Nominations come in from `nominated` on, during five working days."""

    confirmed: np.datetime64
    nominated: np.datetime64
    screened: np.datetime64
    asked: np.datetime64
    reviewed: np.datetime64
    replied: np.datetime64
    matched: np.datetime64
    drawn: np.datetime64
    met: np.datetime64
    published: np.datetime64


# Working days before the first appointment.
BEFORE = {
    "confirmed": 28, "nominated": 26, "screened": 19, "asked": 18, "reviewed": 16, "replied": 11, "matched": 10, "drawn": 9, "met": 6,
    "published": 5,
}  # fmt: skip


def days_before(first: np.datetime64) -> Days:
    """The days of the procedure that led to appointments from a day on."""
    return Days(**{step: working_days_from(first, -number) for step, number in BEFORE.items()})


OPEN_DAYS = Days(**{
    step: np.datetime64(f"2016-{day}")
    for step, day in {
        "confirmed": "05-11", "nominated": "05-12", "screened": "05-19", "asked": "05-20", "reviewed": "05-24", "replied": "05-26",
        "matched": "05-27", "drawn": "05-30", "met": "06-02", "published": "06-06",
    }.items()
})  # fmt: skip
