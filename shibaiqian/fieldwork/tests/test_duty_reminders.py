"""Officials are reminded of their own month and leave, once, and nobody else is told."""

import datetime as dt
from typing import Any

import pytest

from shibaiqian.access.actor import acting, system_actor
from shibaiqian.assistance.tests.factories import LUONAN, villages
from shibaiqian.fieldwork.actions import approve_leave, request_leave
from shibaiqian.fieldwork.jobs import remind_of_duty
from shibaiqian.fieldwork.reminders import remind
from shibaiqian.fieldwork.tests.duty import People
from shibaiqian.messages.models import Message

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(actor: Any) -> People:
    return People(actor, villages(LUONAN)[0])


def reminded() -> list[str]:
    with acting(system_actor("考勤提醒")) as by:
        remind(by=by)
    return sorted(Message.objects.values_list("text", flat=True))


def test_a_month_that_is_not_submitted_is_told_to_its_official_once(people: People) -> None:
    assert len(reminded()) == 1
    assert len(reminded()) == 1
    message = Message.objects.get()
    assert (message.user_id, message.words) == (people.official.user_id, "2016-05 的考勤还没有提交，请核对后提交。")


def test_a_submitted_month_is_left_alone(people: People) -> None:
    people.month()
    assert reminded() == []


def test_leave_that_ends_is_told(people: People) -> None:
    people.month()
    first = dt.date(2016, 6, 7)
    row = request_leave(
        people.posting, kind="personal", first_on=first, last_on=dt.date(2016, 6, 8), reason="事", emergency=True, told_to="书记", told_on=first,
        by=people.official,
    )  # fmt: skip
    approve_leave(row, by=people.town)
    Message.objects.all().delete()
    assert remind_of_duty(timestamp=0) == 1
    assert Message.objects.get().words == "你的假期将于 2016-06-08 届满，返岗后请销假。"
