"""The flow of a posting and the length of terms."""

import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shibaiqian.postings.models import Posting
from shibaiqian.postings.rules import (
    FLOW,
    RUNNING,
    STATES,
    STEPS,
    StepNotOpen,
    covers,
    ends_between,
    months_after,
    next_state,
    steps_from,
)

days = st.dates(dt.date(2012, 1, 1), dt.date(2030, 12, 31))


@pytest.mark.parametrize(("state", "step"), list(itertools.product(STATES, STEPS)))
def test_every_state_answers_every_step(state: str, step: str) -> None:
    if (state, step) in FLOW:
        assert next_state(state, step) == FLOW[state, step] and step in steps_from(state)
    else:
        with pytest.raises(StepNotOpen, match=STATES[state]):
            next_state(state, step)
        assert step not in steps_from(state)


def test_the_flow_knows_the_states_of_the_table() -> None:
    assert dict(Posting.State.choices) == STATES
    assert {state for pair in FLOW.items() for state in (pair[0][0], pair[1])} <= set(STATES)


def test_every_running_state_can_end_and_no_ended_one_goes_on() -> None:
    for state in STATES:
        assert ({"end_posting", "recall"} <= steps_from(state)) == (state in RUNNING)
        assert bool(steps_from(state)) == (state in RUNNING)


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
