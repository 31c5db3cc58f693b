"""Pages by key, on a table with ties."""

import itertools
import uuid
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from shibaiqian.access.models import Assignment, User
from shibaiqian.base.paging import Cursor, page, page_at_hand

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    return User.objects.create(login="某人", name="某人", created_at="2016-01-01T00:00:00Z")


@pytest.fixture
def rows(user: User) -> list[Assignment]:
    """Seven rows on three days: two, four and one."""
    days = [1, 1, 2, 2, 2, 2, 3]
    made = [Assignment.objects.create(user=user, role="helper", person=uuid.uuid4(), valid_from=date(2016, 1, day)) for day in days]
    return sorted(made, key=lambda row: (row.valid_from, row.pk))


def forwards(keys: list[str], size: int) -> list[list[Any]]:
    pages, after = [], ""
    for _ in itertools.count():
        found = page(Assignment.objects.all(), keys, cursor=Cursor.of(after=after), size=size)
        pages.append(list(found.rows))
        if not found.next:
            return pages
        after = found.next
    raise AssertionError


@pytest.mark.parametrize("size", [1, 2, 3, 6, 7, 8])
@pytest.mark.parametrize("keys", [["valid_from"], ["-valid_from"], ["role", "valid_from"]])
def test_every_row_is_met_once_and_in_order_however_many_tie(rows: list[Assignment], keys: list[str], size: int) -> None:
    expected = rows[::-1] if keys[0].startswith("-") else rows
    pages = forwards(keys, size)
    assert list(itertools.chain(*pages)) == expected
    assert all(len(p) == size for p in pages[:-1])


@pytest.mark.parametrize("keys", [["valid_from"], ["-valid_from"]])
def test_the_way_back_meets_the_same_pages(rows: list[Assignment], keys: list[str]) -> None:
    pages = forwards(keys, 2)
    back = [pages[-1]]
    while (found := page(Assignment.objects.all(), keys, cursor=Cursor.of(before=str(back[0][0].pk)), size=2)).rows:
        back.insert(0, list(found.rows))
        if not found.previous:
            break
    assert list(itertools.chain(*back)) == list(itertools.chain(*pages))


def test_the_ends_offer_nothing_further(rows: list[Assignment]) -> None:
    first = page(Assignment.objects.all(), ["valid_from"], size=4)
    assert (first.previous, bool(first.next)) == ("", True)
    last = page(Assignment.objects.all(), ["valid_from"], cursor=Cursor.of(after=first.next), size=4)
    assert (bool(last.previous), last.next) == (True, "")
    assert page(Assignment.objects.all(), ["valid_from"], size=7).next == ""


def test_a_cursor_that_is_gone_foreign_or_nonsense_gives_the_first_page(rows: list[Assignment]) -> None:
    first = page(Assignment.objects.all(), ["valid_from"], size=2)
    foreign = rows[5]
    mine = Assignment.objects.exclude(pk=foreign.pk)
    for cursor in (Cursor.of(after=str(uuid.uuid4())), Cursor.of(before=str(uuid.uuid4())), Cursor.of(after="1 or 1=1"), Cursor.of()):
        assert page(Assignment.objects.all(), ["valid_from"], cursor=cursor, size=2) == first
    assert page(mine, ["valid_from"], cursor=Cursor.of(after=str(foreign.pk)), size=2).rows == rows[:2]


def test_a_row_that_left_the_filter_still_marks_the_place(rows: list[Assignment]) -> None:
    second_day = Assignment.objects.filter(valid_from=date(2016, 1, 2))
    found = page(second_day, ["valid_from"], cursor=Cursor.of(after=str(rows[1].pk)), size=2, known=Assignment.objects.all())
    assert found.rows == rows[2:4]


@pytest.mark.parametrize("key", ["valid_from", "-valid_from"])
def test_behind_the_last_row_and_before_the_first_stands_the_first_page(rows: list[Assignment], key: str) -> None:
    first = page(Assignment.objects.all(), [key], size=3)
    ends = rows[::-1] if key.startswith("-") else rows
    assert page(Assignment.objects.all(), [key], cursor=Cursor.of(after=str(ends[-1].pk)), size=3) == first
    assert page(Assignment.objects.all(), [key], cursor=Cursor.of(before=str(ends[0].pk)), size=3) == first


def test_nothing_is_counted_or_skipped(rows: list[Assignment]) -> None:
    with CaptureQueriesContext(connection) as caught:
        page(Assignment.objects.all(), ["valid_from"], cursor=Cursor.of(after=str(rows[2].pk)), size=2)
    said = [query["sql"].lower() for query in caught]
    assert len(said) == 1
    assert not any("offset" in sql or "count(" in sql for sql in said)


def test_no_rows_is_a_page(user: User) -> None:
    assert page(Assignment.objects.all(), ["valid_from"]).rows == []


@given(st.integers(0, 30), st.integers(1, 7))
def test_rows_at_hand_are_met_once_forwards_and_backwards(count: int, size: int) -> None:
    rows = [{"code": str(number)} for number in range(count)]
    pages, at = [], page_at_hand(rows, key="code", size=size)
    pages.append(at)
    while at.next:
        at = page_at_hand(rows, key="code", after=at.next, size=size)
        pages.append(at)
    assert [row for page in pages for row in page.rows] == rows
    for earlier, later in itertools.pairwise(pages):
        assert page_at_hand(rows, key="code", before=later.previous, size=size).rows == earlier.rows
    assert page_at_hand(rows, key="code", after="gone", size=size).rows == rows[:size]
