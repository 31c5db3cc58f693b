"""Leave: its kinds, its flow, how long it is, who decides, when somebody is overdue (domain.md §5.3). Pure."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from shibaiqian.access.flow import Flow

IsWorkday = Callable[[dt.date], bool]
DAY = dt.timedelta(days=1)
TRIP = "official"
KINDS = {
    "personal": "事假", "sick": "病假", "annual": "年休假", "marriage": "婚假", "maternity": "产假", "paternity": "护理假",
    "bereavement": "丧假", "home": "探亲假", "injury": "工伤假", TRIP: "因公外出",
}  # fmt: skip
# Leave that runs through weekends and holidays; the others take working days from what one has.
THROUGH_HOLIDAYS = frozenset({"marriage", "maternity", "paternity", "home", "injury"})
# What the law protects is never counted towards calling somebody back (妇女权益保障法, 工伤保险条例).
PROTECTED = frozenset({"maternity", "paternity", "injury"})
LEAVE = Flow(
    noun="这份请假",
    states={
        "submitted": "待审批", "reviewed": "镇办已审核", "approved": "已批准", "rejected": "未批准", "cancelled": "已撤销",
        "continued": "已续假", "filed": "已报备", "returned": "已销假，待核", "closed": "已办结",
    },
    steps={
        "review_leave": "审核", "approve_leave": "批准", "reject_leave": "不批准", "cancel_leave": "撤销", "extend_leave": "续假",
        "continue_leave": "由续假接续", "resume_leave": "恢复原假", "report_return": "销假", "close_leave": "核销",
    },
    table={
        ("submitted", "review_leave"): "reviewed",
        ("submitted", "approve_leave"): "approved",
        ("submitted", "reject_leave"): "rejected",
        ("submitted", "cancel_leave"): "cancelled",
        ("reviewed", "approve_leave"): "approved",
        ("reviewed", "reject_leave"): "rejected",
        ("reviewed", "cancel_leave"): "cancelled",
        ("approved", "cancel_leave"): "cancelled",
        ("approved", "extend_leave"): "approved",
        ("approved", "continue_leave"): "continued",
        ("continued", "resume_leave"): "approved",
        ("approved", "report_return"): "returned",
        ("filed", "cancel_leave"): "cancelled",
        ("filed", "report_return"): "closed",
        ("returned", "close_leave"): "closed",
    },
)  # fmt: skip
WAITING = ("submitted", "reviewed")
# Away with leave: what attendance counts as leave or trip.
GRANTED = ("approved", "continued", "returned", "closed", "filed")
STANDING = (*WAITING, *GRANTED)
LEVELS = {"town": "镇办党委", "county": "县区委组织部", "city": "市委组织部"}
DIGITS = {"town": 9, "county": 6, "city": 4}
# Who decides up to the limit, and above it, by where somebody serves.
DECIDERS = {"village": ("town", "county"), "town": ("town", "county"), "county": ("county", "city")}


@dataclass(frozen=True)
class Span:
    """Days of leave; it may begin at noon of its first day and end at noon of its last."""

    first_on: dt.date
    last_on: dt.date
    from_noon: bool = False
    until_noon: bool = False

    def days(self) -> list[dt.date]:
        return [self.first_on + DAY * n for n in range((self.last_on - self.first_on).days + 1)]

    @property
    def halves(self) -> tuple[int, int]:
        """Its first and last half-day, numbered from the beginning of time."""
        return 2 * self.first_on.toordinal() + self.from_noon, 2 * self.last_on.toordinal() + 1 - self.until_noon

    def weight(self, day: dt.date) -> int:
        """Half-days of a day of the span."""
        return 2 - (self.from_noon and day == self.first_on) - (self.until_noon and day == self.last_on)

    def until(self, returned_on: dt.date | None) -> "Span | None":
        """The span that was really taken by somebody back on a day; None where nothing was. Leave until noon of the day of return was
        taken as granted."""
        if returned_on is None or returned_on > self.last_on or (self.until_noon and returned_on == self.last_on):
            return self
        if returned_on <= self.first_on:
            return None
        return Span(self.first_on, returned_on - DAY, self.from_noon)


def is_sound(span: Span) -> bool:
    """At least half a day."""
    return span.last_on >= span.first_on and (span.last_on > span.first_on or not (span.from_noon and span.until_noon))


def half_days(span: Span, *, is_workday: IsWorkday | None) -> int:
    """How long it is in half-days: working days, or every day of the calendar with None."""
    return sum(span.weight(day) for day in span.days() if is_workday is None or is_workday(day))


def taken_half_days(kind: str, span: Span, *, year: int, is_workday: IsWorkday) -> int:
    """What a leave takes of a year's balance: its days in that year by the rule of its kind and the calendar as it is known now."""
    days = [day for day in span.days() if day.year == year and (kind in THROUGH_HOLIDAYS or is_workday(day))]
    return sum(span.weight(day) for day in days)


def cluster(span: Span, others: Iterable[Span], *, gap: int) -> list[Span]:
    """The span with those that lie within `gap` days of it, or of one that does: split requests are one."""
    found, rest = [span], list(others)
    grew = True
    while grew:
        near = [one for one in rest if any(_apart(one, of) <= gap for of in found)]
        found, rest, grew = found + near, [one for one in rest if one not in near], bool(near)
    return sorted(found, key=lambda one: one.first_on)


def _apart(one: Span, other: Span) -> int:
    """Days between the end of the earlier and the beginning of the later; negative where they touch or overlap."""
    earlier, later = sorted((one, other), key=lambda span: span.first_on)
    return (later.first_on - earlier.last_on).days - 1


def overlaps(one: Span, other: Span) -> bool:
    """Whether two leaves share a half-day."""
    (first, last), (begins, ends) = one.halves, other.halves
    return first <= ends and begins <= last


def level_of(host_level: str, half: int, *, limit_days: int) -> str:
    """Which level decides about so many half-days of somebody who serves at a level."""
    lower, upper = DECIDERS[host_level]
    return lower if half <= limit_days * 2 else upper


def may_decide(scope: str, level: str) -> bool:
    """Whether a place of this code is the level or above it."""
    return 0 < len(scope) <= DIGITS[level]


def back_by(last_on: dt.date, *, grace: int, is_workday: IsWorkday) -> dt.date:
    """The last day on which the return may be reported: so many working days after the end."""
    day, left = last_on, grace
    while left > 0:
        day += DAY
        left -= is_workday(day)
    return day


def overdue_days(last_on: dt.date, returned_on: dt.date | None, *, today: dt.date, grace: int, is_workday: IsWorkday) -> list[dt.date]:
    """Working days after the end before the return, or up to today where nobody came back, once the grace is over; else none.

    They are questions to the town, which alone may say that somebody was absent.
    """
    if (returned_on or today) <= back_by(last_on, grace=grace, is_workday=is_workday):
        return []
    until = returned_on or today + DAY
    return [day for n in range(1, (until - last_on).days) if is_workday(day := last_on + DAY * n)]


def annual_days(work_months: int, *, by_years: Mapping[int, int]) -> int:
    """Days of annual leave by months of work; `by_years` says them from a year of work on (职工带薪年休假条例: 1, 10, 20 years)."""
    earned = [days for years, days in sorted(by_years.items()) if work_months >= years * 12]
    return earned[-1] if earned else 0


def months_worked(start_month: str, on: dt.date) -> int:
    """Months from a month (yyyyMM) to a day; 0 where the month is not known."""
    if len(start_month) != 6 or not start_month.isdecimal():
        return 0
    return (on.year - int(start_month[:4])) * 12 + on.month - int(start_month[4:])


def days_words(half: int) -> str:
    """Half-days in words: 3 → 1.5."""
    return f"{half // 2}.5" if half % 2 else str(half // 2)


def merged(spans: Sequence[Span]) -> Span:
    """From the first to the last of a cluster."""
    return Span(min(s.first_on for s in spans), max(s.last_on for s in spans))
