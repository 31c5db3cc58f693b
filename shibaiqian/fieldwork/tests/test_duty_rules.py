"""Rules of attendance and leave over plain values: what a day is proposed as, when a month is enough, who decides about leave."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shibaiqian.base.workdays import Calendar
from shibaiqian.fieldwork.rules import attendance, leave
from shibaiqian.fieldwork.rules.attendance import DaySaid, Known, propose, result_of
from shibaiqian.fieldwork.rules.leave import Span
from shibaiqian.fieldwork.rules.samples import drawn

is_workday = Calendar().is_workday
MAY, FEBRUARY = dt.date(2016, 5, 1), dt.date(2016, 2, 1)
MONDAY, SUNDAY = dt.date(2016, 5, 9), dt.date(2016, 5, 15)


def test_leave_outranks_a_trip_a_log_and_a_visit() -> None:
    everything = Known(logged={MONDAY}, visited={MONDAY}, leaves={MONDAY: "sick"}, trips={MONDAY})
    assert propose(MONDAY, everything, works=is_workday(MONDAY)) == attendance.ProposedDay("leave", "leave", "sick")
    on_trip = Known(logged={MONDAY}, trips={MONDAY})
    assert propose(MONDAY, on_trip, works=is_workday(MONDAY)).status == "official_out"


def test_work_on_a_sunday_counts_and_an_empty_sunday_is_rest() -> None:
    assert propose(SUNDAY, Known(visited={SUNDAY}), works=is_workday(SUNDAY)).source == "visit"
    assert propose(SUNDAY, Known(), works=is_workday(SUNDAY)).status == "rest"


@given(st.dates(dt.date(2015, 1, 1), dt.date(2016, 12, 31)))
def test_nothing_recorded_is_never_absence(day: dt.date) -> None:
    assert propose(day, Known(), works=is_workday(day)).status in ("unknown", "rest")


def test_a_shifted_sunday_is_a_working_day() -> None:
    assert propose(dt.date(2016, 6, 12), Known(), works=is_workday(dt.date(2016, 6, 12))).status == "unknown"


def test_the_month_of_spring_festival_asks_for_less() -> None:
    holidays = attendance.long_holidays(FEBRUARY, is_workday=is_workday, least=7)
    assert (min(holidays), max(holidays), len(holidays)) == (dt.date(2016, 2, 7), dt.date(2016, 2, 13), 7)
    running = attendance.days_of(FEBRUARY, arrived_on=dt.date(2015, 7, 1), ended_on=None)
    assert attendance.days_asked(FEBRUARY, running=running, holidays=holidays, least=20) == 20 * 22 // 29 == 15


def test_labour_day_is_no_long_holiday_and_a_holiday_over_the_turn_of_months_counts_in_both() -> None:
    assert attendance.long_holidays(MAY, is_workday=is_workday, least=7) == set()
    off = {dt.date(2016, 3, 28) + dt.timedelta(days=n) for n in range(8)}
    closed = lambda day: day not in off  # noqa: E731
    assert len(attendance.long_holidays(dt.date(2016, 3, 1), is_workday=closed, least=7)) == 4
    assert len(attendance.long_holidays(dt.date(2016, 4, 1), is_workday=closed, least=7)) == 4


def test_the_month_of_arrival_asks_by_its_days_rounded_down() -> None:
    running = attendance.days_of(MAY, arrived_on=dt.date(2016, 5, 17), ended_on=None)
    assert len(running) == 15
    assert attendance.days_asked(MAY, running=running, holidays=set(), least=20) == 9
    assert attendance.days_of(MAY, arrived_on=None, ended_on=None) == []
    assert attendance.days_of(MAY, arrived_on=dt.date(2016, 1, 1), ended_on=dt.date(2016, 4, 30)) == []


@pytest.mark.parametrize(("village", "unknown", "enough"), [(20, 0, True), (19, 1, None), (19, 0, False), (10, 21, None)])
def test_days_nobody_knows_leave_the_question_open(village: int, unknown: int, enough: bool | None) -> None:
    days = [DaySaid(MAY, "in_village")] * village + [DaySaid(MAY, "unknown")] * unknown
    assert result_of(days, asked=20).enough is enough


def test_a_month_under_way_is_not_found_wanting() -> None:
    assert result_of([DaySaid(MAY, "rest")] * 8, asked=20, ahead=23).enough is None
    assert result_of([DaySaid(MAY, "rest")] * 8, asked=20, ahead=19).enough is False


def test_nights_are_counted_where_they_were_said() -> None:
    days = [DaySaid(MAY, "in_village", night) for night in (True, True, False, None)] + [DaySaid(MAY, "leave", leave_kind="sick")]
    result = result_of(days, asked=3)
    assert (result.duty, result.nights, result.nights_known, result.nights_percent) == (4, 2, 3, 66)
    assert result.leave_kinds == {"sick": 1}


def test_a_leave_is_counted_in_half_days() -> None:
    friday_noon_to_monday_noon = Span(dt.date(2016, 5, 13), dt.date(2016, 5, 16), from_noon=True, until_noon=True)
    assert leave.half_days(friday_noon_to_monday_noon, is_workday=None) == 6
    assert leave.half_days(friday_noon_to_monday_noon, is_workday=is_workday) == 2
    assert leave.is_sound(Span(MONDAY, MONDAY, from_noon=True))
    assert not leave.is_sound(Span(MONDAY, MONDAY, from_noon=True, until_noon=True))
    assert not leave.is_sound(Span(MONDAY, SUNDAY - dt.timedelta(days=7)))


@pytest.mark.parametrize(
    ("host", "days", "level"),
    [("village", 3, "town"), ("village", 4, "county"), ("town", 3, "town"), ("town", 4, "county"), ("county", 3, "county"), ("county", 4, "city")],
)  # fmt: skip
def test_the_level_goes_by_days_and_by_where_one_serves(host: str, days: int, level: str) -> None:
    assert leave.level_of(host, days * 2, limit_days=3) == level
    assert leave.level_of(host, 7, limit_days=3) == leave.DECIDERS[host][1]  # three days and a half


def test_split_requests_are_one() -> None:
    first = Span(dt.date(2016, 5, 2), dt.date(2016, 5, 4))
    near = Span(dt.date(2016, 5, 8), dt.date(2016, 5, 10))  # three days between
    nearer_to_that = Span(dt.date(2016, 5, 14), dt.date(2016, 5, 15))
    far = Span(dt.date(2016, 5, 20), dt.date(2016, 5, 21))
    assert leave.cluster(first, [far, nearer_to_that, near], gap=3) == [first, near, nearer_to_that]
    assert leave.cluster(first, [near], gap=2) == [first]


SPANS = st.builds(
    lambda first, days: Span(first, first + dt.timedelta(days=days)), st.dates(dt.date(2016, 1, 1), dt.date(2016, 3, 1)), st.integers(0, 6)
)


@given(SPANS, st.lists(SPANS, max_size=5))
def test_splitting_never_lowers_what_is_summed(span: Span, others: list[Span]) -> None:
    together = sum(leave.half_days(one, is_workday=None) for one in leave.cluster(span, others, gap=3))
    assert together >= leave.half_days(span, is_workday=None)


@given(SPANS, SPANS)
def test_two_leaves_overlap_whichever_is_asked_first(one: Span, other: Span) -> None:
    assert leave.overlaps(one, other) == leave.overlaps(other, one) == bool(set(one.days()) & set(other.days()))


def test_a_morning_and_an_afternoon_do_not_overlap() -> None:
    morning, afternoon = Span(MONDAY, MONDAY, until_noon=True), Span(MONDAY, MONDAY, from_noon=True)
    assert not leave.overlaps(morning, afternoon)


def test_one_working_day_after_the_end_is_in_time() -> None:
    friday = dt.date(2016, 5, 13)
    days = {
        back: leave.overdue_days(friday, back, today=back, grace=1, is_workday=is_workday)
        for back in (dt.date(2016, 5, 16), dt.date(2016, 5, 18))
    }
    assert days[dt.date(2016, 5, 16)] == []
    assert days[dt.date(2016, 5, 18)] == [dt.date(2016, 5, 16), dt.date(2016, 5, 17)]


def test_an_early_return_ends_the_leave() -> None:
    span = Span(MONDAY, dt.date(2016, 5, 13), from_noon=True)
    assert span.until(dt.date(2016, 5, 12)) == Span(MONDAY, dt.date(2016, 5, 11), from_noon=True)
    assert span.until(MONDAY) is None
    assert span.until(None) == span.until(dt.date(2016, 5, 20)) == span


def test_a_balance_follows_the_calendar_and_the_kind() -> None:
    over_the_holiday = Span(dt.date(2015, 12, 30), dt.date(2016, 1, 5))  # 1 January is a holiday, 2 and 3 a weekend
    assert leave.taken_half_days("annual", over_the_holiday, year=2016, is_workday=is_workday) == 4
    assert leave.taken_half_days("annual", over_the_holiday, year=2015, is_workday=is_workday) == 4
    assert leave.taken_half_days("marriage", over_the_holiday, year=2016, is_workday=is_workday) == 10


@pytest.mark.parametrize(("start", "days"), [("201506", 0), ("201412", 5), ("200601", 10), ("199601", 15), ("", 0)])
def test_annual_leave_grows_with_years_of_work(start: str, days: int) -> None:
    assert leave.annual_days(leave.months_worked(start, dt.date(2016, 1, 1)), by_years={1: 5, 10: 10, 20: 15}) == days


def test_a_seed_draws_the_same_again() -> None:
    keys = [str(n) for n in range(40)]
    assert drawn("a", keys, count=5) == drawn("a", reversed(keys), count=5) != drawn("b", keys, count=5)
