"""A day that was said wrongly: absence taken back, leave that comes later, a published day corrected to what was granted."""

import datetime as dt
from typing import Any

import pytest

from shibaiqian.assistance.tests.factories import LUONAN, villages
from shibaiqian.fieldwork.actions import (
    DayCorrection,
    DayUnfit,
    MonthUnfit,
    approve_leave,
    correct_days,
    decide_amendment,
    lift_absence,
    mark_absent,
    propose_amendment,
    propose_month,
    publish_months,
    report_return,
    request_leave,
    submit_month,
)
from shibaiqian.fieldwork.models import AttendanceDay, AttendanceMonth
from shibaiqian.fieldwork.tests.duty import MAY, People
from shibaiqian.fieldwork.tests.test_attendance import JUNE, MONDAY, confirmed, county, day

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(actor: Any) -> People:
    return People(actor, villages(LUONAN)[0])


def test_a_town_takes_back_an_absence_that_was_none(people: People) -> None:
    people.wrote(MONDAY)
    month = people.month()
    mark_absent(month, days=[MONDAY], reason="电话未接通", by=people.town)
    for days, reason in (([MONDAY], " "), ([MONDAY + dt.timedelta(days=1)], "核实有误")):
        with pytest.raises(DayUnfit):
            lift_absence(month, days=days, reason=reason, by=people.town)
    lift_absence(month, days=[MONDAY], reason="当天在村，手机没有信号", by=people.town)
    assert (day(month, MONDAY).status, day(month, MONDAY).source) == ("in_village", "log")
    assert "absent" in AttendanceDay.unscoped.filter(month=month, on=MONDAY).values_list("status", flat=True)  # it stays kept


def test_what_the_official_said_stands_again_when_an_absence_is_taken_back(people: People) -> None:
    month = propose_month(people.posting, month=MAY, by=people.official)
    correct_days(month, days=[DayCorrection(MONDAY, "in_village", overnight=True)], by=people.official)
    month = submit_month(month, by=people.official)
    mark_absent(month, days=[MONDAY], reason="电话未接通", by=people.town)
    lift_absence(month, days=[MONDAY], reason="在地里，没有信号", by=people.town)
    assert (day(month, MONDAY).status, day(month, MONDAY).source, day(month, MONDAY).overnight) == ("in_village", "official", True)


def test_granted_leave_of_a_whole_day_stands_over_what_was_said_before(people: People) -> None:
    month = propose_month(people.posting, month=MAY, by=people.official)
    correct_days(month, days=[DayCorrection(MONDAY, "in_village"), DayCorrection(dt.date(2016, 5, 10), "in_village")], by=people.official)
    said = {"kind": "personal", "reason": "家中有事", "emergency": True, "told_to": "镇党委书记", "told_on": MONDAY}
    row = request_leave(people.posting, first_on=MONDAY, last_on=dt.date(2016, 5, 10), until_noon=True, by=people.official, **said)
    approve_leave(row, by=people.town)
    month = submit_month(month, by=people.official)
    assert day(month, MONDAY).status == "leave"
    assert day(month, dt.date(2016, 5, 10)).status == "in_village"  # of which half a day was leave


def test_a_month_that_waits_for_the_town_follows_leave_granted_and_ended_meanwhile(people: People) -> None:
    month = people.month()
    people.wrote(dt.date(2016, 5, 3))  # written after the month was handed in: no business of the leave
    said = {"kind": "sick", "reason": "急诊", "emergency": True, "told_to": "镇党委书记", "told_on": MONDAY}
    row = request_leave(people.posting, first_on=MONDAY, last_on=dt.date(2016, 5, 11), by=people.official, **said)
    assert day(month, MONDAY).status == "unknown"
    approve_leave(row, by=people.town)
    assert [day(month, dt.date(2016, 5, n)).status for n in (3, 9, 10, 11)] == ["unknown", "leave", "leave", "leave"]
    report_return(row, on=dt.date(2016, 5, 11), by=people.official)
    assert [day(month, dt.date(2016, 5, n)).status for n in (9, 10, 11)] == ["leave", "leave", "unknown"]
    request_leave(
        people.posting, kind="official", first_on=dt.date(2016, 5, 12), last_on=dt.date(2016, 5, 12), reason="县上培训", by=people.official
    )
    assert day(month, dt.date(2016, 5, 12)).status == "official_out"


def test_a_confirmed_month_is_left_alone_by_leave_that_comes_later(people: People) -> None:
    month = confirmed(people)
    said = {"kind": "sick", "reason": "急诊", "emergency": True, "told_to": "镇党委书记", "told_on": MONDAY}
    approve_leave(request_leave(people.posting, first_on=MONDAY, last_on=MONDAY, by=people.official, **said), by=people.town)
    assert day(month, MONDAY).status == "unknown"


def test_a_month_that_is_not_over_is_not_published(people: People) -> None:
    month = propose_month(people.posting, month=JUNE, by=people.official)
    AttendanceMonth.unscoped.filter(pk=month.pk).update(state="confirmed")
    with pytest.raises(MonthUnfit, match="还没有结束"):
        publish_months(county(people), month=JUNE, by=people.county)


def test_a_published_day_is_corrected_to_leave_that_was_granted_only_and_says_its_kind(people: People) -> None:
    month = confirmed(people)
    publish_months(county(people), month=MAY, by=people.county)
    correct = {"on": MONDAY, "status": "leave", "reason": "补办了病假", "by": people.official}
    with pytest.raises(DayUnfit, match="没有已批准的请假"):
        propose_amendment(month, **correct)
    said = {"kind": "sick", "reason": "急诊", "emergency": True, "told_to": "镇党委书记", "told_on": MONDAY}
    approve_leave(request_leave(people.posting, first_on=MONDAY, last_on=MONDAY, by=people.official, **said), by=people.town)
    decide_amendment(propose_amendment(month, **correct), agree=True, by=people.county)
    assert (day(month, MONDAY).status, day(month, MONDAY).leave_kind) == ("leave", "sick")


def test_the_night_alone_of_a_published_day_is_corrected(people: People) -> None:
    people.wrote(MONDAY)
    month = confirmed(people)
    publish_months(county(people), month=MAY, by=people.county)
    row = propose_amendment(month, on=MONDAY, status="in_village", overnight=True, reason="当晚住村，漏填", by=people.official)
    decide_amendment(row, agree=True, by=people.county)
    assert day(month, MONDAY).overnight is True
