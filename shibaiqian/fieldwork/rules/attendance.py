"""The month of attendance: its flow, what a day is proposed as, when a month is enough (domain.md §5.1, §5.2). Pure.

A ledger, not a punch clock: what was recorded proposes a day, the official says how it was, the town confirms. `unknown` never
becomes `absent` by itself.
"""

import datetime as dt
from calendar import monthrange
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from shibaiqian.access.flow import Flow

STATUSES = {
    "in_village": "在村（在岗）", "official_out": "因公外出", "rest": "休息", "leave": "请假", "absent": "缺岗", "unknown": "未记录",
}  # fmt: skip
ON_DUTY = ("in_village", "official_out")
# What an official may say of a day; leave comes from a request, absence from the town alone.
SAID_BY_OFFICIAL = ("in_village", "official_out", "rest", "unknown")
# Who may have said that somebody was absent: a person, never a program.
ABSENCE_SAID_BY = ("town", "amendment", "roster")
SOURCES = {
    "log": "工作日志", "visit": "入户走访", "leave": "请假", "trip": "外出报备", "emergency": "按应急令推定，待确认", "calendar": "节假日安排", "none": "没有记录",
    "official": "本人填写", "town": "镇办认定", "roster": "考勤登记表", "amendment": "更正",
}  # fmt: skip
MONTH = Flow(
    noun="这个月的考勤",
    states={"open": "填报中", "submitted": "待镇办确认", "confirmed": "镇办已确认", "published": "已公布", "locked": "已锁定"},
    steps={
        "propose_month": "按记录生成", "correct_days": "填写", "submit_month": "提交", "return_month": "退回", "mark_absent": "认定缺岗", "lift_absence": "撤销缺岗认定",
        "confirm_months": "确认", "look_again": "县区复核", "publish_months": "公布", "lock_months": "锁定",
        "propose_amendment": "提出更正", "decide_amendment": "审定更正",
    },
    table={
        ("open", "propose_month"): "open",
        ("open", "correct_days"): "open",
        ("open", "submit_month"): "submitted",
        ("submitted", "return_month"): "open",
        ("submitted", "mark_absent"): "submitted",
        ("open", "lift_absence"): "open",
        ("submitted", "lift_absence"): "submitted",
        ("submitted", "confirm_months"): "confirmed",
        ("confirmed", "return_month"): "open",
        ("confirmed", "look_again"): "confirmed",
        ("confirmed", "publish_months"): "published",
        ("published", "propose_amendment"): "published",
        ("published", "decide_amendment"): "published",
        ("published", "lock_months"): "locked",
        ("locked", "propose_amendment"): "locked",
        ("locked", "decide_amendment"): "locked",
    },
)  # fmt: skip
IsWorkday = Callable[[dt.date], bool]
DAY = dt.timedelta(days=1)


def first_of(day: dt.date) -> dt.date:
    return day.replace(day=1)


def last_of(month: dt.date) -> dt.date:
    return month.replace(day=monthrange(month.year, month.month)[1])


def days_in_year(year: int) -> int:
    return (dt.date(year + 1, 1, 1) - dt.date(year, 1, 1)).days


def days_of(month: dt.date, *, arrived_on: dt.date | None, ended_on: dt.date | None) -> list[dt.date]:
    """The days of a month on which a posting runs, from arrival to the last day; none before anybody arrived."""
    if arrived_on is None:
        return []
    first, last = max(first_of(month), arrived_on), last_of(month) if ended_on is None else min(last_of(month), ended_on)
    return [first + DAY * n for n in range((last - first).days + 1)]


@dataclass(frozen=True)
class Known:
    """What was recorded of an official: days with a log or a visit, days on leave with the kind, days on a reported trip, and days
    for which the order of an emergency called them by name."""

    logged: Collection[dt.date] = frozenset()
    visited: Collection[dt.date] = frozenset()
    leaves: Mapping[dt.date, str] = None  # type: ignore[assignment]
    trips: Collection[dt.date] = frozenset()
    halves: Collection[dt.date] = frozenset()  # days of which leave took a half: what was said of them stands
    called: Collection[dt.date] = frozenset()


@dataclass(frozen=True)
class ProposedDay:
    status: str
    source: str
    leave_kind: str = ""


def propose(on: dt.date, known: Known, *, works: bool) -> ProposedDay:
    """What a day looks like from the records; a day of work of which nothing is known is `unknown` and nothing else."""
    kind = (known.leaves or {}).get(on)
    if kind is not None:
        return ProposedDay("leave", "leave", kind)
    if on in known.trips:
        return ProposedDay("official_out", "trip")
    if on in known.logged:
        return ProposedDay("in_village", "log")
    if on in known.visited:
        return ProposedDay("in_village", "visit")
    if on in known.called:
        return ProposedDay("in_village", "emergency")
    return ProposedDay("rest", "calendar") if not works else ProposedDay("unknown", "none")


def long_holidays(month: dt.date, *, is_workday: IsWorkday, least: int) -> set[dt.date]:
    """Days of a month inside a holiday of at least `least` days on end (Spring Festival, National Day), wherever it begins."""
    around = [first_of(month) + DAY * n for n in range(-least, (last_of(month) - first_of(month)).days + 1 + least)]
    found: set[dt.date] = set()
    run: list[dt.date] = []
    for day in [*around, None]:
        if day is not None and not is_workday(day):
            run.append(day)
            continue
        if len(run) >= least:
            found.update(run)
        run = []
    return {day for day in found if first_of(month) <= day <= last_of(month)}


def days_asked(month: dt.date, *, running: Collection[dt.date], holidays: Collection[dt.date], least: int) -> int:
    """Days of duty a month asks for: the full number by the share of its days that the posting and long holidays leave, rounded down."""
    available = len(set(running) - set(holidays))
    return least * available // last_of(month).day


@dataclass(frozen=True)
class DaySaid:
    """One day of a month as a result counts it."""

    on: dt.date
    status: str
    overnight: bool | None = None
    leave_kind: str = ""


@dataclass(frozen=True)
class MonthResult:
    """The line of a month. `enough` is None while days nobody knows decide it."""

    in_village: int
    official_out: int
    rest: int
    leave: int
    absent: int
    unknown: int
    nights: int
    nights_known: int  # days in the village of which the night is known
    asked: int
    leave_kinds: Mapping[str, int]
    ahead: int = 0  # days of the posting that nobody has written yet: those to come

    @property
    def duty(self) -> int:
        return self.in_village + self.official_out

    @property
    def enough(self) -> bool | None:
        if self.duty >= self.asked:
            return True
        return None if self.duty + self.unknown + self.ahead >= self.asked else False

    @property
    def nights_percent(self) -> int | None:
        """Nights in the village of days in the village, in percent; None where no night was said."""
        return self.nights * 100 // self.nights_known if self.nights_known else None


def result_of(days: Iterable[DaySaid], *, asked: int, ahead: int = 0) -> MonthResult:
    """Count a month."""
    said = list(days)
    count = {status: sum(day.status == status for day in said) for status in STATUSES}
    nights = [day.overnight for day in said if day.status == "in_village" and day.overnight is not None]
    kinds: dict[str, int] = {}
    for day in said:
        if day.status == "leave":
            kinds[day.leave_kind] = kinds.get(day.leave_kind, 0) + 1
    return MonthResult(**count, nights=sum(nights), nights_known=len(nights), asked=asked, leave_kinds=kinds, ahead=ahead)
