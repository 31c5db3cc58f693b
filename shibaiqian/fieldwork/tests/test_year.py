"""What a month and a year ask for: by the rules in force then, of days that a posting has, also before holidays are published."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from shibaiqian.access.actor import acting
from shibaiqian.assistance.tests.factories import LUONAN, villages
from shibaiqian.base import clock
from shibaiqian.base.workdays import Calendar, CalendarEnds
from shibaiqian.fieldwork.queries import attendance_file, balance_of, leaves_overdue, own_posting
from shibaiqian.fieldwork.tests.duty import People
from shibaiqian.policy.models import PolicyParameter
from shibaiqian.postings.models import Posting
from shibaiqian.postings.queries import conditions

pytestmark = pytest.mark.django_db
BEYOND = dt.date(2036, 12, 30)  # the last of December of a year whose holidays nobody has published


@pytest.fixture
def people(actor: Any) -> People:
    return People(actor, villages(LUONAN)[0])


def from_june(people: People, key: str, value: str) -> None:
    PolicyParameter.objects.create(
        key=key, jurisdiction=LUONAN, value=Decimal(value), valid_from=dt.date(2016, 6, 1), source="洛组发〔2016〕9 号", event=1
    )


def test_a_month_is_measured_by_the_rule_that_held_in_it(people: People) -> None:
    month = people.month()
    from_june(people, "min_days_per_month", "24")
    with acting(people.town):
        assert attendance_file(people.town, month.pk).counted.result.asked == 20


def test_days_after_a_posting_ended_count_no_longer(people: People) -> None:
    people.wrote(*[dt.date(2016, 5, n) for n in range(3, 26)])
    month = people.month()
    Posting.unscoped.filter(pk=people.posting.pk).update(ended_on=dt.date(2016, 5, 10))
    with acting(people.town):
        file = attendance_file(people.town, month.pk)
    assert (file.counted.result.duty, file.counted.result.asked, file.year_duty) == (8, 20 * 10 // 31, 8)


def test_two_thirds_of_a_years_working_days_are_asked(people: People) -> None:
    people.wrote(dt.date(2016, 5, 6), dt.date(2016, 5, 7), dt.date(2016, 5, 9))  # Friday, Saturday, Monday
    month = people.month()
    with acting(people.town):
        file = attendance_file(people.town, month.pk)
    assert (file.year_duty, file.year_workdays) == (3, 2)
    assert file.year_workdays_asked == int(Decimal("0.6667") * 250)  # working days of 2016


def test_pages_stay_open_before_the_holidays_of_a_year_are_published(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    month = people.month()
    monkeypatch.setattr(clock, "today", lambda: BEYOND)
    type(month).unscoped.filter(pk=month.pk).update(month=BEYOND.replace(day=1))
    with pytest.raises(CalendarEnds):
        Calendar().is_workday(BEYOND)  # what is decided still waits for them
    with acting(people.town):
        assert attendance_file(people.town, month.pk).counted.result.asked == 20
        assert list(leaves_overdue(people.town)) == []
        assert balance_of(people.town, cadre=people.posting.cadre_id, region=LUONAN, year=2036).taken == {}
        assert conditions()


def test_a_town_with_several_officials_has_no_official_of_its_own(people: People) -> None:
    with acting(people.town):
        assert own_posting(people.town) is None
    with acting(people.clerk):
        assert own_posting(people.clerk) == people.posting
