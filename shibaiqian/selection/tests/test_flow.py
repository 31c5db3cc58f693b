"""Every state with every step, from the flow tables: what is open works for the right role and scope, everything else is refused.

A step is a line of `NEED_STEPS` or `NOMINATION_STEPS`: how it is pressed. Whoever builds another step adds a line; a step of the
table that has none is named by the last test.
"""

import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connections

from shibaiqian.access.actor import Actor, Forbidden, acting
from shibaiqian.access.command import NotVisible
from shibaiqian.access.flow import Flow, StepNotOpen
from shibaiqian.access.rows import RowsRefused
from shibaiqian.audit.models import Event
from shibaiqian.cadres.tests.factories import CITY, DANFENG, LUONAN, roster
from shibaiqian.postings.tests.factories import install
from shibaiqian.regions.models import Region
from shibaiqian.selection import batches, gates, needs, nominations
from shibaiqian.selection.models import Batch, Nomination, PostNeed
from shibaiqian.selection.rules import BATCH, NEED, NOMINATION
from shibaiqian.selection.tests.factories import (
    CONFIRMED,
    OPENED,
    REVIEWED,
    SCREENED,
    drafts,
    need_row,
    nomination_row,
    opened_batch,
    raised,
    review_row,
    running_batch,
    villages,
)


@dataclass(frozen=True)
class Press:
    """How a step is pressed on one row by somebody; `role` holds the permission, `wrong` does not."""

    run: Callable[[Region, Any, Actor], object]
    role: str = "county_org_admin"
    wrong: str = "city_leader"


def _on(step: Callable[..., object], **more: Any) -> Callable[[Region, Any, Actor], object]:
    return lambda region, row, by: step(region, **{"needs" if isinstance(row, PostNeed) else "nominations": [row.pk]}, **more, by=by)


NEED_STEPS = {
    "submit_needs": Press(_on(needs.submit_needs)),
    "return_needs": Press(_on(needs.return_needs, reason="请补充"), wrong="town_party_admin"),
    "confirm_needs": Press(_on(needs.confirm_needs, on=CONFIRMED), wrong="town_party_admin"),
    "close_needs": Press(_on(needs.close_needs, reason="不再需要"), wrong="town_party_admin"),
    "reopen_needs": Press(_on(needs.reopen_needs, reason="未到岗"), wrong="town_party_admin"),
}
NOMINATION_STEPS = {
    "recommend": Press(_on(nominations.recommend)),
    "withdraw": Press(_on(nominations.withdraw, reason="单位工作需要")),
    "screen": Press(_on(nominations.screen, on=SCREENED), wrong="discipline_officer"),
    "review_gates": Press(
        lambda region, row, by: gates.review_gates(region, rows=roster(review_row(row.number)), by=by), wrong="discipline_officer"
    ),
    "reject": Press(_on(nominations.reject, reason="不适合", on=SCREENED), wrong="discipline_officer"),
    "reopen_gates": Press(_on(gates.reopen_gates, on=REVIEWED), wrong="discipline_officer"),
}
# Tested where they are built: matching, decisions, notices, appointments.
ELSEWHERE = {
    "match",
    "unmatch",
    "record_decision",
    "publish_notice",
    "hold_for_objection",
    "dismiss_objection",
    "uphold_objection",
    "appoint",
}
BATCH_STEPS: dict[str, Callable[[Batch, Actor], object]] = {
    "approve_plan": lambda batch, by: batches.approve_plan(batch, by=by),
    "start_batch": lambda batch, by: batches.start_batch(batch, on=OPENED, by=by),
    "amend_quota": lambda batch, by: batches.amend_quota(
        batch,
        tier=batch.quotas.first().tier,
        place=Region.objects.get(pk=LUONAN),
        count=9,
        plan_number="商组发〔2015〕30号",
        on=REVIEWED,
        by=by,
    ),
    "close_batch": lambda batch, by: batches.close_batch(batch, on=REVIEWED, by=by),
}


def pairs(flow: Flow, steps: Any) -> list[tuple[str, str]]:
    return [(state, step) for state in flow.states for step in steps]


@pytest.fixture
def need(_world: None, actor: Any) -> PostNeed:
    running_batch(actor)
    return raised(actor, need_row(villages(1)[0]))[0]


@pytest.fixture
def nomination(_world: None, actor: Any) -> Nomination:
    running_batch(actor)
    return drafts(actor, nomination_row(1))[0]


def press_every_way(row: Any, press: Press, flow: Flow, state: str, step: str, *, region: Region, actor: Any) -> None:
    """The three who may not, then the one who may: each with what must come of it."""
    model = type(row)
    model.unscoped.filter(pk=row.pk).update(state=state)
    row.refresh_from_db()
    as_it_was = model.unscoped.filter(pk=row.pk).values().get()
    with pytest.raises(Forbidden):
        press.run(region, row, actor(press.wrong, LUONAN))
    with pytest.raises((NotVisible, RowsRefused)):  # a roster of numbers says that there is no such number
        press.run(Region.objects.get(pk=DANFENG), row, actor("county_org_admin", DANFENG))
    with pytest.raises(NotVisible):
        press.run(region, row, actor("county_org_admin", DANFENG))
    after = flow.table.get((state, step))
    if after is None:
        with pytest.raises(StepNotOpen, match=flow.states[state]):
            press.run(region, row, actor(press.role, LUONAN))
        assert model.unscoped.filter(pk=row.pk).values().get() == as_it_was
    else:
        press.run(region, row, actor(press.role, LUONAN))
        row.refresh_from_db()
        assert row.state == after


@pytest.mark.django_db
@pytest.mark.parametrize(("state", "step"), pairs(NEED, NEED_STEPS))
def test_a_need(state: str, step: str, need: PostNeed, county: Region, actor: Any) -> None:
    press_every_way(need, NEED_STEPS[step], NEED, state, step, region=county, actor=actor)


@pytest.mark.django_db
@pytest.mark.parametrize(("state", "step"), pairs(NOMINATION, NOMINATION_STEPS))
def test_a_nomination(state: str, step: str, nomination: Nomination, county: Region, actor: Any) -> None:
    press_every_way(nomination, NOMINATION_STEPS[step], NOMINATION, state, step, region=county, actor=actor)


@pytest.mark.django_db
@pytest.mark.usefixtures("_world")
@pytest.mark.parametrize(("state", "step"), pairs(BATCH, BATCH_STEPS))
def test_a_batch(state: str, step: str, actor: Any) -> None:
    batch = opened_batch(actor)
    Batch.objects.update(state=state)
    batch.refresh_from_db()
    press = BATCH_STEPS[step]
    with pytest.raises(NotVisible):
        press(batch, actor("county_org_admin", LUONAN))
    with pytest.raises(Forbidden):
        press(batch, actor("city_leader", CITY))
    after = BATCH.table.get((state, step))
    if after is None:
        with pytest.raises(StepNotOpen, match=BATCH.states[state]):
            press(batch, actor("city_org_admin", CITY))
        after = state
    else:
        press(batch, actor("city_org_admin", CITY))
    assert Batch.objects.get().state == after


def test_every_step_of_the_tables_is_pressed_here_or_elsewhere() -> None:
    assert set(NEED.steps) == set(NEED_STEPS) | {"fill_needs"}
    assert set(NOMINATION.steps) == set(NOMINATION_STEPS) | ELSEWHERE
    assert set(BATCH.steps) == set(BATCH_STEPS)


def _at_once(count: int, press: Callable[[int], object]) -> list[str]:
    """What each of so many threads was answered: `done`, or the name of the refusal."""
    answers, ready = ["" for _ in range(count)], threading.Barrier(count)

    def clerk(n: int) -> None:
        try:
            ready.wait()
            press(n)
            answers[n] = "done"
        except (StepNotOpen, RowsRefused) as refusal:
            answers[n] = type(refusal).__name__
        finally:
            connections.close_all()

    threads = [threading.Thread(target=clerk, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_sixteen_clerks_press_the_same_step_and_it_happens_once(committed: None, actor: Any) -> None:
    install(actor)
    running_batch(actor)
    need, one = raised(actor, need_row(villages(1)[0]))[0], drafts(actor, nomination_row(1))[0]
    county = Region.objects.get(pk=LUONAN)
    for press in (
        lambda by: needs.submit_needs(county, needs=[need.pk], by=by),
        lambda by: needs.confirm_needs(county, needs=[need.pk], on=CONFIRMED, by=by),
        lambda by: nominations.recommend(county, nominations=[one.pk], by=by),
        lambda by: nominations.screen(county, nominations=[one.pk], on=SCREENED, by=by),
    ):
        by = [actor("county_org_admin", LUONAN) for _ in range(16)]
        answers = _at_once(16, lambda n: press(by[n]))  # noqa: B023 - called at once
        assert sorted(answers) == ["StepNotOpen"] * 15 + ["done"]
    done = Event.objects.filter(
        action__in=["selection.submit_needs", "selection.confirm_needs", "selection.recommend", "selection.screen"], outcome="done"
    )
    assert done.count() == 4
    assert (PostNeed.unscoped.get().state, Nomination.unscoped.get().state) == ("confirmed", "screened")


def test_sixteen_clerks_nominate_the_same_cadre_and_it_stands_once(committed: None, actor: Any) -> None:
    install(actor)
    running_batch(actor)
    county = Region.objects.get(pk=LUONAN)
    by = [actor("county_org_admin", LUONAN) for _ in range(16)]
    answers = _at_once(16, lambda n: nominations.nominate(county, rows=roster(nomination_row(1)), by=by[n]))
    assert sorted(answers) == ["RowsRefused"] * 15 + ["done"]
    assert Nomination.unscoped.count() == 1


def test_two_clerks_confirm_and_the_quota_is_counted_one_after_the_other(committed: None, actor: Any) -> None:
    install(actor)
    running_batch(actor)  # three posts
    county = Region.objects.get(pk=LUONAN)
    keys = [n.pk for n in raised(actor, *[need_row(v) for v in villages(4)])]
    clerk = actor("county_org_admin", LUONAN)
    needs.submit_needs(county, needs=keys, by=clerk)
    refused: list[uuid.UUID] = []

    def confirm(n: int) -> None:
        try:
            needs.confirm_needs(county, needs=keys[2 * n : 2 * n + 2], on=CONFIRMED, by=actor("county_org_admin", LUONAN))
        except needs.QuotaExceeded:
            refused.extend(keys[2 * n : 2 * n + 2])

    _at_once(2, confirm)
    assert len(refused) == 2
    with acting(clerk):
        assert PostNeed.objects.visible_to(clerk).filter(state="confirmed").count() == 2
