"""Leave that belongs together: an extension and what it goes on from, neighbours, a year; who typed it; what came late."""

import datetime as dt
from typing import Any

import pytest

from shibaiqian.access.actor import acting
from shibaiqian.assistance.tests.factories import LUONAN, villages
from shibaiqian.fieldwork.actions import (
    LeaveUnfit,
    ReturnUnfit,
    SamePerson,
    approve_leave,
    cancel_leave,
    propose_month,
    reject_leave,
    report_return,
)
from shibaiqian.fieldwork.models import AttendanceDay, LeaveRequest
from shibaiqian.fieldwork.queries import away_often, balance_of, without_log, written_late
from shibaiqian.fieldwork.rules.leave import Span
from shibaiqian.fieldwork.tests.duty import TODAY, People, again
from shibaiqian.fieldwork.tests.test_leave import asked, past

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(actor: Any) -> People:
    return People(actor, villages(LUONAN)[0])


def test_leave_ends_by_itself_again_when_its_extension_is_taken_back(people: People) -> None:
    first = approve_leave(asked(people, days=3), by=people.town)
    more = approve_leave(asked(people, first=dt.date(2016, 6, 16), days=2, extends=first.pk), by=people.county)
    assert again(first).state == "continued"
    cancel_leave(more, by=people.official)
    assert again(first).state == "approved"  # and its return is asked for


def test_a_return_before_an_extension_began_gives_days_of_both_back(people: People) -> None:
    first = past(people, first=dt.date(2016, 5, 30), days=3)
    more = asked(people, first=dt.date(2016, 6, 2), days=2, extends=first.pk, emergency=True, told_to="镇党委书记", told_on=TODAY)
    approve_leave(more, by=people.county)
    with pytest.raises(ReturnUnfit, match="2016-05-30"):
        report_return(more, on=dt.date(2016, 5, 29), by=people.official)
    report_return(more, on=dt.date(2016, 6, 1), by=people.official)
    month = propose_month(people.posting, month=dt.date(2016, 6, 1), by=people.official)
    assert not AttendanceDay.unscoped.filter(month=month, status="leave").exists()
    assert again(first).taken == Span(dt.date(2016, 5, 30), dt.date(2016, 5, 31))


def test_the_morning_and_the_afternoon_of_a_day_are_two_leaves(people: People) -> None:
    day = dt.date(2016, 6, 13)
    asked(people, first=day, days=1, until_noon=True)
    assert asked(people, first=day, days=1, from_noon=True).half_days == 1
    with pytest.raises(LeaveUnfit, match="重叠"):
        asked(people, first=day, days=1, from_noon=True, kind="sick")


def test_leave_until_noon_is_taken_whole_by_who_is_back_that_afternoon(people: People) -> None:
    row = past(people, first=dt.date(2016, 6, 6), days=2, until_noon=True)
    assert report_return(row, on=dt.date(2016, 6, 7), by=people.official).taken == row.span


def test_leave_given_back_on_its_first_day_may_be_asked_for_again(people: People) -> None:
    report_return(past(people, first=TODAY, days=1), on=TODAY, by=people.official)
    assert asked(people, first=TODAY, days=1).state == "submitted"


def test_nobody_is_asked_why_no_log_came_who_is_on_leave(people: People) -> None:
    with acting(people.town):
        assert list(without_log(people.town, days=21)) == [people.posting]
    past(people, first=dt.date(2016, 6, 6), days=3)
    with acting(people.town):
        assert list(without_log(people.town, days=21)) == []


def test_who_typed_a_request_does_not_decide_about_it(people: People, actor: Any) -> None:
    row = asked(people, by=people.town)
    for step in (lambda: approve_leave(row, by=people.town), lambda: reject_leave(row, answer="不同意", by=people.town)):
        with pytest.raises(SamePerson, match="两个人"):
            step()
    assert approve_leave(row, by=actor("town_party_admin", people.village.code[:9])).state == "approved"


def test_leave_that_becomes_long_by_its_neighbour_is_copied_when_it_is_decided(people: People) -> None:
    first = asked(people, days=10)
    asked(people, days=8, first=dt.date(2016, 6, 24))
    assert again(first).copied_unit is None
    approve_leave(first, by=people.county)
    assert again(first).copied_unit == people.posting.unit_id


def test_leave_that_the_county_itself_grants_needs_no_second_look_of_the_county(actor: Any) -> None:
    village = villages(LUONAN)[0]
    people = People(actor, village, home=village.code[:9])
    assert not approve_leave(asked(people), by=people.county).is_own_people


def test_an_emergency_written_after_the_days_allowed_says_so(people: People) -> None:
    told = {"emergency": True, "told_to": "镇党委书记"}
    in_time = asked(people, first=dt.date(2016, 6, 5), days=1, told_on=dt.date(2016, 6, 5), **told)
    late = asked(people, first=dt.date(2016, 6, 1), days=1, told_on=dt.date(2016, 6, 1), **told)
    assert (written_late(in_time), written_late(late)) == (None, (7, 3))


def test_more_leave_in_a_year_than_the_most_is_a_question_to_the_county(people: People) -> None:
    for month in (2, 3, 4):
        approve_leave(past_asked(people, dt.date(2016, month, 15), 14), by=people.county)
    with acting(people.county):
        assert away_often(people.county, year=2016, days=31) == []  # 42 days of the calendar, fewer of work
    approve_leave(past_asked(people, dt.date(2016, 5, 30), 2), by=people.county)
    with acting(people.county):
        ((row, half),) = away_often(people.county, year=2016, days=30)
        balance = balance_of(people.county, cadre=people.posting.cadre_id, region=str(people.posting.region_id), year=2016)
    assert (row.cadre, half, balance.total, balance.is_over) == (people.posting.cadre_id, half, half, True)
    assert half > 60


def past_asked(people: People, first: dt.date, days: int) -> LeaveRequest:
    return asked(people, first=first, days=days, emergency=True, told_to="镇党委书记", told_on=first)
