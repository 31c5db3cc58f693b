"""A role lent to a colleague: what it gives, how it ends, and what is not lent."""

import datetime as dt
from typing import Any

import pytest

from shibaiqian.access import actions
from shibaiqian.access.actor import Actor
from shibaiqian.access.command import NotVisible
from shibaiqian.access.models import Assignment, StandIn, User
from shibaiqian.access.queries import hats
from shibaiqian.access.roles import Role
from shibaiqian.access.tests.factories import TODAY, actor_of, give, user
from shibaiqian.audit.models import Event

pytestmark = pytest.mark.django_db
COUNTY, OTHER_COUNTY = "611021", "611022"
NEW = "a-new-and-long-one"


def lend(clerk: User, to: User, *, since: dt.date = TODAY, until: dt.date = TODAY, reason: str = "外出培训", **more: Any) -> StandIn:
    return actions.lend_role(
        Assignment.objects.get(user=clerk), to=to, since=since, until=until, reason=reason, by=more.get("by") or actor_of(clerk)
    )


def test_a_stand_in_acts_in_the_lent_role_and_the_audit_names_both(clerk: User, colleague: User) -> None:
    lend(clerk, colleague, until=dt.date(2016, 6, 20))
    acts = actor_of(colleague, hat=1)

    assert (acts.role, acts.scope.region, acts.user_id) == (Role.COUNTY_ORG_ADMIN, COUNTY, colleague.pk)
    actions.end_all_sessions(colleague, by=acts)
    event = Event.objects.get(action="access.end_all_sessions")
    assert (event.user_name, event.role, event.scope) == ("王同事", "county_org_admin+stand_in:李洛南", f"region:{COUNTY}")


def test_a_loan_begins_and_ends_by_itself(clerk: User, colleague: User) -> None:
    lend(clerk, colleague, since=dt.date(2016, 6, 10), until=dt.date(2016, 6, 20))
    held = {day: len(hats(colleague, on=dt.date(2016, 6, day))) for day in (9, 10, 20, 21)}
    assert held == {9: 1, 10: 2, 20: 2, 21: 1}


def test_a_loan_dies_with_the_role_it_lends(security: User, clerk: User, colleague: User) -> None:
    lend(clerk, colleague)
    actions.end_role(Assignment.objects.get(user=clerk), reason="调离", by=actor_of(security))
    assert len(hats(colleague, on=TODAY)) == 1
    with pytest.raises(actions.RoleEnded):
        actions.lend_role(
            Assignment.objects.get(user=clerk),
            to=colleague,
            since=TODAY,
            until=TODAY,
            reason="x",
            by=Actor(clerk.pk, "李洛南", Role.COUNTY_ORG_ADMIN, actor_of(colleague).scope),
        )


@pytest.mark.parametrize("who", ["lender", "borrower", "security administrator"])
def test_a_loan_is_ended_by_either_side_or_the_security_administrator(clerk: User, colleague: User, security: User, who: str) -> None:
    loan = lend(clerk, colleague)
    by = actor_of({"lender": clerk, "borrower": colleague, "security administrator": security}[who])
    actions.end_stand_in(loan, by=by)
    assert len(hats(colleague, on=TODAY)) == 1
    with pytest.raises(actions.RoleEnded):
        actions.end_stand_in(loan, by=by)


@pytest.mark.parametrize("role", ["city_org_admin", "sys_admin"])
def test_a_loan_of_others_does_not_exist(clerk: User, colleague: User, role: str) -> None:
    loan = lend(clerk, colleague)
    with pytest.raises(NotVisible):
        actions.end_stand_in(loan, by=actor_of(user("outsider", role, "6110" if role == "city_org_admin" else "")))


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"until": dt.date(2016, 9, 6)}, "最长 90 天"),
        ({"since": dt.date(2016, 6, 7)}, "起始日期不能早于今天"),
        ({"since": dt.date(2016, 6, 10), "until": dt.date(2016, 6, 9)}, "终止日期不能早于起始日期"),
        ({"reason": "  "}, "没有填写代理事由"),
    ],
)
def test_an_unfit_loan_is_refused(clerk: User, colleague: User, said: dict[str, Any], why: str) -> None:
    with pytest.raises(actions.LoanUnfit, match=why):
        lend(clerk, colleague, **said)


def test_ninety_days_are_not_too_many(clerk: User, colleague: User) -> None:
    assert lend(clerk, colleague, until=dt.date(2016, 9, 5)).pk


def test_a_role_is_not_lent_twice_to_oneself_onward_or_to_a_closed_account(clerk: User, colleague: User) -> None:
    with pytest.raises(actions.OwnCase):
        lend(clerk, clerk)
    lend(clerk, colleague)
    with pytest.raises(actions.LoanUnfit, match="已经在代理"):
        lend(clerk, colleague)
    third = user("third")
    with pytest.raises(NotVisible):  # the borrowed role is not the stand-in's to lend
        lend(clerk, third, by=actor_of(colleague, hat=1))
    with pytest.raises(actions.LoanUnfit, match="正在代理他人"):  # nor, while standing in, the own one
        actions.lend_role(
            Assignment.objects.get(user=colleague), to=third, since=TODAY, until=TODAY, reason="x", by=actor_of(colleague, hat=1)
        )
    User.objects.filter(pk=third.pk).update(is_active=False)
    with pytest.raises(actions.AccountClosed):
        lend(clerk, third)


def test_a_role_that_may_not_delegate_is_not_lent_from_another(clerk: User, colleague: User) -> None:
    village = give(clerk, "village_admin", "611021100")
    with pytest.raises(actions.LoanUnfit, match="不能委托他人代理"):
        actions.lend_role(village, to=colleague, since=TODAY, until=TODAY, reason="x", by=actor_of(clerk))
