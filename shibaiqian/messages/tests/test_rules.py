"""What may be said, to whom, and when it may leave. Without a database."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from shibaiqian.access.roles import EXCLUSIVE, Role
from shibaiqian.base.clock import SHANGHAI
from shibaiqian.base.translations import CHINESE
from shibaiqian.messages.queries import works_today
from shibaiqian.messages.rules import EVENTS, LONGEST_WAIT, SAYS, digest_is_due, in_working_hours, must_be_impersonal, wait


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize("event", EVENTS)
def test_a_text_names_no_person_and_leads_to_a_page(event: str) -> None:
    kind = EVENTS[event]
    placeholders = re.findall(r"%\((\w+)\)", kind.text)
    assert set(placeholders) <= SAYS
    assert kind.text.count("%") == len(placeholders)
    assert CHINESE.search(kind.text)
    assert not re.search(r"姓名|身份证|手机|病|残|不通过|不合格", kind.text)
    assert all(map(reverse, (kind.page, *kind.elsewhere.values())))
    assert not EXCLUSIVE & set(kind.roles)


@pytest.mark.parametrize("said", [{"name": "王朝辉"}, {"place": "13912345678"}, {"number": "61252319700308001X"}, {"count": 13912345678}])
def test_what_a_text_may_not_say_is_a_mistake_of_the_caller(said: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="a message"):
        must_be_impersonal(said)
    must_be_impersonal({"place": "洛南县", "number": "商组发〔2016〕12号", "count": 1280, "until": "2016-06-30"})


@pytest.mark.parametrize(
    ("moment", "open_now"),
    [
        ("2026-03-02T07:59:59", False), ("2026-03-02T08:00", True), ("2026-03-02T17:59:59", True), ("2026-03-02T18:00", False),
        ("2026-03-07T10:00", False),  # Saturday
        ("2026-10-01T10:00", False),  # National Day
        ("2026-02-14T10:00", True),  # a Saturday that works for Spring Festival
    ],
)  # fmt: skip
def test_nothing_leaves_outside_working_hours(moment: str, open_now: bool) -> None:
    now = at(moment)
    assert in_working_hours(now, workday=works_today(now)) is open_now


@pytest.mark.django_db
def test_years_without_published_holidays_go_by_the_week() -> None:
    assert [works_today(at(f"2099-01-0{day}T10:00")) for day in (1, 2, 3, 4, 5)] == [True, True, False, False, True]


def test_a_digest_is_due_once_a_working_day_from_half_past_eight() -> None:
    now, day = at("2026-03-02T08:30"), dt.date(2026, 3, 2)
    assert digest_is_due(now, workday=True, last=None)
    assert digest_is_due(now, workday=True, last=day - dt.timedelta(days=3))
    assert digest_is_due(at("2026-03-02T11:00"), workday=True, last=None)  # the server was off at half past eight
    assert not digest_is_due(at("2026-03-02T08:29"), workday=True, last=None)
    assert not digest_is_due(now, workday=True, last=day)
    assert not digest_is_due(now, workday=False, last=None)
    assert not digest_is_due(at("2026-03-02T18:00"), workday=True, last=None)


@given(st.integers(min_value=0, max_value=10_000))
def test_waits_grow_and_are_capped(attempts: int) -> None:
    assert 60 <= wait(attempts) <= wait(attempts + 1) <= LONGEST_WAIT
    assert wait(6) == LONGEST_WAIT


def test_every_role_that_is_told_is_one_of_people() -> None:
    assert Role.SYSTEM not in {role for kind in EVENTS.values() for role in kind.roles}
