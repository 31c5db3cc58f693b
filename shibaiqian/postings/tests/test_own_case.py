"""Nobody decides about the own posting: not in the own role, not standing in, not by lending it."""

import dataclasses
import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from shibaiqian.access.actor import Actor
from shibaiqian.access.models import User
from shibaiqian.access.own_case import OwnCase
from shibaiqian.access.tests.factories import user
from shibaiqian.audit.models import Event
from shibaiqian.postings.actions import (
    appoint_officials,
    decide_recall,
    dismiss_recall,
    end_posting,
    extend_term,
    hear_official,
    propose_recall,
    resume_posting,
    suspend_posting,
    waive_handover,
)
from shibaiqian.postings.models import Posting, TargetLetter
from shibaiqian.postings.targets.actions import draft_targets, sign_targets
from shibaiqian.postings.targets.rules import Item
from shibaiqian.postings.tests.factories import posting_row, roster
from shibaiqian.regions.models import Region

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_world")]
TODAY = dt.date(2016, 6, 8)
ITEMS = [Item("办成实事", 60, "件", 100, dt.date(2016, 12, 31), indicator="practical_services")]


@pytest.fixture
def posting(county: Region, clerk: Actor, villages: list[str]) -> Posting:
    appoint_officials(county, rows=roster(posting_row(1, villages[0])), by=clerk)
    found: Posting = Posting.unscoped.get()
    return found


@pytest.fixture
def himself(posting: Posting, clerk: Actor) -> Actor:
    """The clerk of the county who is the posted official."""
    account = user("wangzhaohui", name="王朝辉")
    User.objects.filter(pk=account.pk).update(person=posting.cadre_id)
    return dataclasses.replace(clerk, user_id=account.pk, name="王朝辉")


DECIDE: dict[str, tuple[str, Callable[..., Any], dict[str, Any]]] = {
    "propose_recall": ("active", propose_recall, {"reason": "discipline", "facts": "不在岗"}),
    "hear_official": ("recall_proposed", hear_official, {"statement": "无异议"}),
    "dismiss_recall": ("recall_heard", dismiss_recall, {"reason": "不属实"}),
    "decide_recall": ("recall_heard", decide_recall, {"document_number": "洛组发〔2016〕1号", "reason": "属实"}),
    "extend_term": (
        "active", extend_term, {"planned_end": dt.date(2017, 12, 31), "document_number": "洛组发〔2016〕2号", "reason": "工作需要"},
    ),
    "suspend_posting": ("active", suspend_posting, {"reason": "illness", "note": "住院"}),
    "resume_posting": ("suspended", resume_posting, {}),
    "end_posting": ("handing_over", end_posting, {"reason": "promoted"}),
    "waive_handover": ("active", waive_handover, {"reason": "illness", "note": "重病"}),
}  # fmt: skip


@pytest.mark.parametrize("step", DECIDE)
def test_a_stand_in_does_not_decide_the_own_case(posting: Posting, himself: Actor, step: str) -> None:
    state, act, said = DECIDE[step]
    Posting.unscoped.update(state=state)
    posting.refresh_from_db()
    stand_in = dataclasses.replace(himself, standing_in_for="何静", lender_id=user("hejing", name="何静").pk)
    with pytest.raises(OwnCase, match="王朝辉是您本人：您正代理何静办理，代理人不得办理自己的事项，没有办理。"):
        act(posting, on=TODAY, by=stand_in, **said)
    event = Event.objects.get(outcome="refused")
    assert (event.action, event.role) == (f"postings.{step}", "county_org_admin+stand_in:何静")
    with pytest.raises(OwnCase, match="您应当回避"):
        act(posting, on=TODAY, by=himself, **said)
    posting.refresh_from_db()
    assert posting.state == state


def test_lending_the_role_changes_nothing(posting: Posting, himself: Actor, clerk: Actor) -> None:
    borrower = dataclasses.replace(clerk, name="李洛南", standing_in_for="王朝辉", lender_id=himself.user_id)
    with pytest.raises(OwnCase, match="王朝辉是委托您代理的人"):
        propose_recall(posting, reason="discipline", facts="不在岗", on=TODAY, by=borrower)


def test_somebody_else_decides(posting: Posting, himself: Actor, clerk: Actor) -> None:
    assert propose_recall(posting, reason="discipline", facts="不在岗", on=TODAY, by=clerk).state == "recall_proposed"
    event = Event.objects.filter(action="postings.propose_recall").latest("id")
    assert event.outcome == "done"


def test_nobody_draws_up_or_countersigns_the_own_targets(posting: Posting, himself: Actor, clerk: Actor, actor: Any) -> None:
    with pytest.raises(OwnCase):
        draft_targets(posting, scope="annual", year=2016, items=ITEMS, by=himself)
    letter = draft_targets(posting, scope="annual", year=2016, items=ITEMS, by=clerk)
    TargetLetter.unscoped.update(state="signing")
    letter.refresh_from_db()
    for role, scope in (("host_unit_leader", {"region": posting.region_id}), ("sending_unit_admin", {"unit": posting.unit_id})):
        countersigner = dataclasses.replace(actor(role, **scope), user_id=himself.user_id)
        with pytest.raises(OwnCase, match="王朝辉是您本人"):
            sign_targets(letter, by=countersigner)
    official = dataclasses.replace(actor("posted_cadre", posting.region_id), user_id=himself.user_id)
    assert sign_targets(letter, by=official).signed_by_official_on == TODAY
