"""Claims come from the confirmed month by local rates, are handed in by the official and settled by the unit that pays."""

import datetime as dt
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shibaiqian.access.actor import Actor, Forbidden, acting
from shibaiqian.access.command import NotVisible
from shibaiqian.access.flow import StepNotOpen
from shibaiqian.assistance.tests.factories import DANFENG, LUONAN, villages
from shibaiqian.fieldwork.actions import (
    ClaimUnsound,
    NotOwnPaper,
    confirm_months,
    decide_amendment,
    draw_claim,
    hand_in_claim,
    propose_amendment,
    return_claim,
    settle_claim,
)
from shibaiqian.fieldwork.models import AttendanceMonth, ExpenseClaim
from shibaiqian.fieldwork.queries import claims, months_to_claim
from shibaiqian.fieldwork.rules.claims import CLAIM, Rate, journeys, lines_of
from shibaiqian.fieldwork.tests.duty import APRIL, MAY, People
from shibaiqian.policy.actions import set_parameter
from shibaiqian.regions.models import Region

STATUSES = st.sampled_from(["in_village", "official_out", "rest", "leave", "absent", "unknown"])


FIRST = dt.date(2016, 5, 1)
RATES = {"meal": 40_00, "travel": 80_00, "insurance": 100_00}


def days(*statuses: str) -> list[tuple[dt.date, str]]:
    return [(FIRST + dt.timedelta(days=n), status) for n, status in enumerate(statuses)]


def lines(said: list[tuple[dt.date, str]], *, meals: tuple[str, ...] = ("in_village",), **more: Any) -> list[tuple[str, int, int]]:
    asked = {"most_trips": 4, "there_before": False, "insured_this_year": True, "rate": lambda code, on: Rate(RATES[code], "文件"), **more}
    return [(line.code, line.quantity, line.amount_cents) for line in lines_of(reversed(said), meals=meals, **asked)]


@given(st.lists(STATUSES, max_size=31), st.booleans())
def test_between_two_journeys_somebody_was_at_home(statuses: list[str], there_before: bool) -> None:
    found = [on.day - 1 for on in journeys(days(*statuses), there_before=there_before)]
    assert all(statuses[at] == "in_village" for at in found)
    for before, after in pairwise([-1, *found] if not there_before else found):
        assert before < 0 or {"rest", "leave"} & {*statuses[before:after]}
    if there_before and found:
        assert {"rest", "leave"} & {*statuses[: found[0]]}


def test_a_meeting_in_town_a_day_not_written_down_and_an_absence_begin_no_journey() -> None:
    week = days("in_village", "official_out", "in_village", "unknown", "in_village", "absent", "in_village")
    assert lines(week) == [("meal", 4, 160_00), ("travel", 1, 80_00)]
    assert lines(days("in_village", "rest", "in_village", "leave", "in_village")) == [("meal", 3, 120_00), ("travel", 3, 240_00)]
    assert lines(days("in_village", "rest") * 1 + week[2:], most_trips=0) == [("meal", 4, 160_00)]


def test_who_was_in_the_village_when_the_month_began_is_not_paid_for_coming() -> None:
    assert lines(days("in_village", "in_village"), there_before=True) == [("meal", 2, 80_00)]


def test_a_reported_trip_is_paid_as_such_unless_the_place_says_otherwise() -> None:
    out = days("official_out", "official_out")
    assert lines(out) == []
    assert lines(out, meals=("in_village", "official_out")) == [("meal", 2, 80_00)]


def test_each_day_has_the_rate_of_its_day_and_a_rate_of_nothing_makes_no_line() -> None:
    rate = lambda code, on: Rate(0 if code == "travel" else 40_00 if on.day < 3 else 50_00, "文件")  # noqa: E731
    found = lines(days(*["in_village"] * 5), rate=rate, insured_this_year=False)
    assert found == [("meal", 2, 80_00), ("meal", 3, 150_00), ("insurance", 1, 40_00)]


@pytest.fixture
def people(actor: Any) -> People:
    return People(actor, villages(LUONAN)[0])


@pytest.fixture
def payer(people: People, actor: Any) -> Actor:
    by: Actor = actor("sending_unit_admin", unit=people.posting.unit_id, name="财务")
    return by


def confirmed(people: People, month: dt.date = MAY) -> AttendanceMonth:
    people.wrote(*(month.replace(day=day) for day in (3, 4, 5, 6, 10, 11, 12, 13)))
    submitted = people.month(month)
    confirm_months(Region.objects.get(pk=people.village.code[:9]), months=[submitted.pk], by=people.town)
    submitted.refresh_from_db()
    return submitted


@pytest.mark.django_db
def test_a_confirmed_month_becomes_a_claim_by_local_rates_and_is_paid(people: People, payer: Actor) -> None:
    set_parameter(
        Region.objects.get(pk=LUONAN), key="claim_meal_day", value=Decimal("50"), valid_from=dt.date(2016, 1, 1), source="洛财〔2016〕3号",
        by=people.county,
    )  # fmt: skip
    claim = draw_claim(confirmed(people), by=people.official)
    said = {line["code"]: line for line in claim.lines}
    assert said["meal"]["quantity"] == 8 and said["meal"]["rate_cents"] == 50_00 and said["meal"]["source"] == "洛财〔2016〕3号"
    assert said["travel"]["quantity"] == 2 and said["insurance"]["quantity"] == 1
    assert claim.total_cents == 8 * 50_00 + 2 * 80_00 + 100_00
    with acting(payer):
        assert not claims(payer).exists()  # what is not handed in is the official's own
    settled = settle_claim(hand_in_claim(claim, by=people.official), by=payer)
    assert (settled.state, settled.settled_by) == ("settled", "财务")


def meal_of(people: People, value: str, valid_from: dt.date) -> None:
    set_parameter(
        Region.objects.get(pk=LUONAN), key="claim_meal_day", value=Decimal(value), valid_from=valid_from, source=f"洛财〔2016〕{value}号",
        by=people.county,
    )  # fmt: skip


@pytest.mark.django_db
def test_a_rate_that_changes_within_the_month_is_paid_by_the_day(people: People) -> None:
    meal_of(people, "45", dt.date(2016, 5, 1))
    meal_of(people, "60", dt.date(2016, 5, 11))
    claim = draw_claim(confirmed(people), by=people.official)
    meals = [(line["quantity"], line["rate_cents"], line["source"]) for line in claim.lines if line["code"] == "meal"]
    assert meals == [(5, 45_00, "洛财〔2016〕45号"), (3, 60_00, "洛财〔2016〕60号")]
    assert (claim.meal_days, claim.meal_cents) == (8, 5 * 45_00 + 3 * 60_00)


@pytest.mark.django_db
def test_a_stay_over_the_end_of_a_month_is_one_journey(people: People) -> None:
    people.wrote(dt.date(2016, 4, 28), dt.date(2016, 4, 29), dt.date(2016, 4, 30), dt.date(2016, 5, 1), dt.date(2016, 5, 2))
    assert draw_claim(confirmed(people, APRIL), by=people.official).trips > 0
    assert draw_claim(confirmed(people), by=people.official).trips == 1, "the week of the 10th; the days before went on from April"


@pytest.mark.django_db
def test_what_was_corrected_since_is_drawn_anew_before_it_is_handed_in(people: People, payer: Actor) -> None:
    month = confirmed(people)
    claim = draw_claim(month, by=people.official)
    meal_of(people, "60", dt.date(2016, 5, 1))
    with pytest.raises(ClaimUnsound, match="重新生成"):
        hand_in_claim(claim, by=people.official)
    hand_in_claim(draw_claim(month, by=people.official), by=people.official)


def corrected(people: People, month: AttendanceMonth, actor: Any, *, status: str) -> None:
    """A day that the county corrects after the month was published."""
    AttendanceMonth.unscoped.filter(pk=month.pk).update(state="published")
    month.refresh_from_db()
    amendment = propose_amendment(month, on=dt.date(2016, 5, 12), status=status, reason="那天在县上开会", by=people.official)
    decide_amendment(amendment, agree=True, by=people.county)


@pytest.mark.django_db
def test_a_claim_that_waits_goes_back_when_the_ledger_is_corrected(people: People, payer: Actor, actor: Any) -> None:
    month = confirmed(people)
    claim = hand_in_claim(draw_claim(month, by=people.official), by=people.official)
    corrected(people, month, actor, status="official_out")
    claim = ExpenseClaim.unscoped.get(pk=claim.pk)
    assert (claim.state, claim.handed_in_on) == ("drawn", None) and "2016-05-12 的考勤有更正" in claim.returned_reason
    assert draw_claim(month, by=people.official).meal_days == 7


@pytest.mark.django_db
def test_a_claim_that_was_paid_says_that_the_ledger_was_corrected_since(people: People, payer: Actor, actor: Any) -> None:
    month = confirmed(people)
    claim = settle_claim(hand_in_claim(draw_claim(month, by=people.official), by=people.official), by=payer)
    corrected(people, month, actor, status="official_out")
    claim = ExpenseClaim.unscoped.get(pk=claim.pk)
    assert claim.state == "settled" and "多退少补" in claim.returned_reason


@pytest.mark.django_db
def test_insurance_is_claimed_once_a_year(people: People) -> None:
    draw_claim(confirmed(people, APRIL), by=people.official)
    assert "insurance" not in {line["code"] for line in draw_claim(confirmed(people), by=people.official).lines}


@pytest.mark.django_db
def test_a_claim_is_drawn_anew_until_it_is_handed_in(people: People, payer: Actor) -> None:
    month = confirmed(people)
    first = draw_claim(month, by=people.official)
    second = draw_claim(month, by=people.official)
    assert ExpenseClaim.unscoped.filter(voided_by__isnull=True).get().pk == second.pk != first.pk
    hand_in_claim(second, by=people.official)
    with pytest.raises(StepNotOpen):
        draw_claim(month, by=people.official)
    with pytest.raises(ClaimUnsound, match="原因"):
        return_claim(second, reason="", by=payer)
    assert return_claim(second, reason="5 月 12 日在县上开会", by=payer).state == "drawn"


@pytest.mark.django_db
def test_a_month_that_is_not_confirmed_is_not_claimed(people: People) -> None:
    people.wrote(dt.date(2016, 5, 3))
    month = people.month()
    with acting(people.official):
        assert not months_to_claim(people.official).exists()
    with pytest.raises(ClaimUnsound, match="没有经镇办确认"):
        draw_claim(month, by=people.official)


@pytest.mark.django_db
def test_outsiders_and_others_draw_and_settle_nothing(people: People, payer: Actor, actor: Any) -> None:
    month = confirmed(people)
    stranger = actor("posted_cadre", villages(DANFENG)[0].code)
    with pytest.raises(NotVisible):
        draw_claim(month, by=stranger)
    claim = draw_claim(month, by=people.official)
    with pytest.raises(NotVisible):
        hand_in_claim(claim, by=stranger)
    hand_in_claim(claim, by=people.official)
    elsewhere = actor("sending_unit_admin", unit=month.cadre)
    for attempt in (lambda: settle_claim(claim, by=elsewhere), lambda: return_claim(claim, reason="退", by=elsewhere)):
        with pytest.raises(NotVisible):
            attempt()
    with pytest.raises(Forbidden):
        settle_claim(claim, by=people.official)


@pytest.mark.django_db
def test_nobody_else_draws_for_the_official(people: People) -> None:
    month = confirmed(people)
    clerk = Actor(
        user_id=people.official.user_id, name="代理", role=people.official.role, scope=people.official.scope, standing_in_for="王朝辉"
    )
    with pytest.raises(NotOwnPaper):
        draw_claim(month, by=clerk)


@pytest.mark.django_db
@pytest.mark.parametrize("state", CLAIM.states)
def test_every_state_takes_the_steps_of_its_flow_and_no_other(people: People, payer: Actor, state: str) -> None:
    month = confirmed(people)
    steps: dict[str, Any] = {
        "hand_in_claim": lambda row: hand_in_claim(row, by=people.official),
        "return_claim": lambda row: return_claim(row, reason="退", by=payer),
        "settle_claim": lambda row: settle_claim(row, by=payer),
        "draw_claim": lambda row: draw_claim(month, by=people.official),
    }
    assert set(steps) == set(CLAIM.steps)
    claim = draw_claim(month, by=people.official)
    for step, act in steps.items():
        ExpenseClaim.unscoped.filter(pk=claim.pk).update(state=state)
        row = ExpenseClaim.unscoped.get(pk=claim.pk)
        if (state, step) in CLAIM.table:
            act(row)
        else:
            with pytest.raises(StepNotOpen):
                act(row)
