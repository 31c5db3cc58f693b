"""Claims come from the confirmed month by local rates, are handed in by the official and settled by the unit that pays."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shibaiqian.access.actor import Actor, Forbidden, acting
from shibaiqian.access.command import NotVisible
from shibaiqian.access.flow import StepNotOpen
from shibaiqian.assistance.tests.factories import DANFENG, LUONAN, villages
from shibaiqian.fieldwork.actions import ClaimUnsound, NotOwnPaper, confirm_months, draw_claim, hand_in_claim, return_claim, settle_claim
from shibaiqian.fieldwork.models import AttendanceMonth, ExpenseClaim
from shibaiqian.fieldwork.queries import claims, months_to_claim
from shibaiqian.fieldwork.rules.claims import CLAIM, lines_of, trips
from shibaiqian.fieldwork.tests.duty import APRIL, MAY, People
from shibaiqian.policy.actions import set_parameter
from shibaiqian.regions.models import Region

STATUSES = st.sampled_from(["in_village", "official_out", "rest", "leave", "absent", "unknown"])


@given(st.lists(STATUSES, min_size=0, max_size=31), st.integers(0, 6))
def test_trips_are_the_runs_of_days_in_the_village_up_to_the_cap(statuses: list[str], most: int) -> None:
    days = [(dt.date(2016, 5, 1) + dt.timedelta(days=n), status) for n, status in enumerate(statuses)]
    runs = sum(status == "in_village" and (n == 0 or statuses[n - 1] != "in_village") for n, status in enumerate(statuses))
    assert trips(reversed(days), most=most) == min(runs, most)


def test_a_rate_of_nothing_and_a_second_insurance_make_no_line() -> None:
    days = [(dt.date(2016, 5, 3), "in_village"), (dt.date(2016, 5, 4), "official_out"), (dt.date(2016, 5, 5), "leave")]
    rates = {"meal": 40_00, "travel": 0, "insurance": 100_00}
    lines = lines_of(days, rates_cents=rates, most_trips=4, insured_this_year=True)
    assert [(line.code, line.quantity, line.amount_cents) for line in lines] == [("meal", 2, 80_00)]
    assert [line.code for line in lines_of(days, rates_cents=rates, most_trips=4, insured_this_year=False)] == ["meal", "insurance"]


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
    lines = {line["code"]: line for line in claim.lines}
    assert lines["meal"]["quantity"] == 8 and lines["meal"]["rate_cents"] == 50_00
    assert lines["travel"]["quantity"] == 2 and lines["insurance"]["quantity"] == 1
    assert claim.total_cents == 8 * 50_00 + 2 * 80_00 + 100_00
    with acting(payer):
        assert not claims(payer).exists()  # what is not handed in is the official's own
    settled = settle_claim(hand_in_claim(claim, by=people.official), by=payer)
    assert (settled.state, settled.settled_by) == ("settled", "财务")


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
