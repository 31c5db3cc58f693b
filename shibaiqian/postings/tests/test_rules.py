"""The flow of a posting and the length of terms."""

import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shibaiqian.access.flow import StepNotOpen
from shibaiqian.postings.models import Posting
from shibaiqian.postings.rules import (
    CHECKLIST,
    POSTING,
    RUNNING,
    STATES,
    STEPS,
    checklist,
    covers,
    deciding_region,
    ends_between,
    months_after,
    overlap_workdays,
    returns_to,
)

days = st.dates(dt.date(2012, 1, 1), dt.date(2030, 12, 31))


@pytest.mark.parametrize(("state", "step"), list(itertools.product(STATES, STEPS)))
def test_every_state_answers_every_step(state: str, step: str) -> None:
    if (state, step) in POSTING.table:
        assert POSTING.next(state, step) == POSTING.table[state, step] and step in POSTING.open_steps(state)
    else:
        with pytest.raises(StepNotOpen, match=STATES[state]):
            POSTING.next(state, step)


def test_the_flow_knows_the_states_of_the_table() -> None:
    assert dict(Posting.State.choices) == STATES


def test_every_running_state_leads_to_an_end_and_no_ended_one_runs_again() -> None:
    for state in RUNNING:
        reached, todo = {state}, [state]
        while todo:
            here = todo.pop()
            for (at, _), to in POSTING.table.items():
                if at == here and to not in reached:
                    reached.add(to)
                    todo.append(to)
        assert "ended" in reached
    assert {to for (at, _), to in POSTING.table.items() if at not in RUNNING} <= {"ended", "recalled"}


def test_after_an_interruption_a_posting_stands_where_it_stood() -> None:
    assert returns_to(arrived=False, extended=False) == "pending_arrival"
    assert returns_to(arrived=True, extended=False) == "active"
    assert returns_to(arrived=True, extended=True) == "on_extension"


@pytest.mark.parametrize(
    ("level", "host", "home", "where"),
    [
        ("city", "611021", "6110", "6110"), ("county", "611021101200", "6110", "611021"), ("home", "611021101", "611021", "611021"),
        ("home", "611021101", "6110", "6110"), ("home", "611021101", "611022", "6110"),
    ],
)  # fmt: skip
def test_the_level_that_appointed_decides(level: str, host: str, home: str, where: str) -> None:
    assert deciding_region(level=level, host=host, home=home) == where


def test_a_checklist_has_every_item_even_where_the_records_are_silent() -> None:
    items = checklist({"projects": ["通村路：在建", "饮水：完工"]})
    assert [item["code"] for item in items] == list(CHECKLIST)
    assert next(item["text"] for item in items if item["code"] == "projects") == "通村路：在建；饮水：完工"
    assert all(item["text"] and not item["done"] for item in items)


def test_an_overlap_counts_working_days_only() -> None:
    # 2016-06-09 to 11 are the Dragon Boat holiday, the 12th (a Sunday) is worked.
    assert overlap_workdays(dt.date(2016, 6, 6), dt.date(2016, 6, 12)) == 4


@given(days, st.integers(0, 48))
def test_months_later_is_the_same_day_or_the_last_of_a_shorter_month(day: dt.date, months: int) -> None:
    later = months_after(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later.day < day.day and (later + dt.timedelta(days=1)).day == 1)


@given(days)
def test_terms_of_one_to_three_years_fit(appointed: dt.date) -> None:
    first, last = ends_between(appointed, least=12, most=36)
    assert first + dt.timedelta(days=1) == months_after(appointed, 12)
    assert last == months_after(appointed, 36) and first < last


def test_an_official_of_the_county_or_town_covers_its_villages() -> None:
    village = "611021101203"
    assert [covers(host, village) for host in ("611021", "611021101", village, "611022", "")] == [
        True, True, True, False, False,
    ]  # fmt: skip
