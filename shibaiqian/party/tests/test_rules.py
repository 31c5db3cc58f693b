"""When an overhaul is done and when it passed."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shibaiqian.party.rules import done_on, passed

DAYS = st.none() | st.dates(dt.date(2014, 1, 1), dt.date(2016, 1, 1))


@given(DAYS, DAYS)
def test_the_day_of_acceptance_goes_before_the_day_of_finishing(finished: dt.date | None, accepted: dt.date | None) -> None:
    assert done_on(finished_on=finished, accepted_on=accepted) == (accepted if accepted else finished)


@given(st.none() | st.integers(0, 100), st.booleans(), st.booleans(), st.booleans())
def test_all_three_dimensions_and_the_score_are_needed(score: int | None, person: bool, rules: bool, duty: bool) -> None:
    held = passed(score=score, pass_score=70, person_in_charge=person, rules_in_place=rules, accountability=duty)
    assert held == (person and rules and duty and (score is None or score >= 70))


@pytest.mark.parametrize(("score", "held"), [(69, False), (70, True)])
def test_the_line_itself_passes(score: int, held: bool) -> None:
    assert passed(score=score, pass_score=70, person_in_charge=True, rules_in_place=True, accountability=True) is held
