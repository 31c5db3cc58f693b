"""What is done to accounts: by whom, to whom not, and what the audit says of it."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.hashers import check_password

from shibaiqian.access import actions
from shibaiqian.access.actor import Actor, Forbidden
from shibaiqian.access.command import NotVisible, Refused
from shibaiqian.access.models import Assignment, StandIn, User
from shibaiqian.access.queries import accounts, hats
from shibaiqian.access.roles import EXCLUSIVE, ROLES, Role
from shibaiqian.access.rows import RowsRefused
from shibaiqian.access.tests.factories import PASSWORD, TODAY, actor_of, installation, roster, user
from shibaiqian.audit.models import Event
from shibaiqian.regions.models import Region

pytestmark = pytest.mark.django_db
COUNTY, OTHER_COUNTY = "611021", "611022"
NEW = "a-new-and-long-one"


# Opening.


def test_a_roster_opens_accounts_with_a_role_for_a_place(city: Region) -> None:
    written = actions.open_accounts(
        city,
        rows=roster({"login": "a", "role": "county_org_admin", "region_code": COUNTY}, {"login": "b", "role": "sec_admin"}),
        by=installation(),
    )

    assert written.count == 2
    first = actor_of(User.objects.get(login="a"))
    assert (first.role, first.scope.region) == (Role.COUNTY_ORG_ADMIN, COUNTY)
    second = User.objects.get(login="b")
    assert actor_of(second).scope.person == second.pk
    event = Event.objects.get()
    assert event.details == {"rows": "…", "logins": ["a", "b"], "opened": 2, "file_sha256": ""}
    assert PASSWORD not in event.canonical
    assert check_password(PASSWORD, second.password)


@pytest.mark.parametrize(
    ("row", "column", "message"),
    [
        ({"login": "taken", "role": "sec_admin"}, "登录名", "登录名“taken”已被使用。"),
        ({"login": "a b", "role": "sec_admin"}, "登录名", "登录名须在 60 个字以内，不含空格。"),
        ({"login": "a", "role": "county_org_admin"}, "区划代码", "角色“县区委组织部”需要有效的区划代码。"),
        ({"login": "a", "role": "county_org_admin", "region_code": "990000"}, "区划代码", "角色“县区委组织部”需要有效的区划代码。"),
        ({"login": "a", "role": "sending_unit_admin", "unit_code": "none"}, "单位编码", "角色“派出单位”需要已登记单位的编码。"),
        ({"login": "a", "role": None}, "角色", "“角色”没有填写。"),
        ({"login": "a", "role": "sec_admin", "name": None}, "姓名", "“姓名”没有填写。"),
    ],
)
def test_one_bad_row_opens_nothing(city: Region, row: dict[str, Any], column: str, message: str) -> None:
    user("taken")
    with pytest.raises(RowsRefused) as refused:
        actions.open_accounts(city, rows=roster({"login": "good", "role": "sec_admin"}, row), by=installation())
    finding = refused.value.findings.refusals()[0]
    assert (finding.row, finding.column, finding.message) == (3, column, message)
    assert not User.objects.filter(login="good").exists()


def test_a_roster_of_a_county_gives_no_role_elsewhere(city: Region) -> None:
    county = Region.objects.get(pk=COUNTY)
    with pytest.raises(RowsRefused, match="不在本级管辖范围内"):
        actions.open_accounts(
            county, rows=roster({"login": "a", "role": "county_org_admin", "region_code": OTHER_COUNTY}), by=installation()
        )


def test_the_same_login_twice_in_a_roster_is_refused(city: Region) -> None:
    with pytest.raises(RowsRefused, match="已被使用"):
        actions.open_accounts(
            city, rows=roster({"login": "a", "role": "sec_admin"}, {"login": "a", "role": "sys_admin"}), by=installation()
        )


def test_outside_a_demonstration_the_first_password_is_strong_and_must_be_changed(city: Region, settings: Any) -> None:
    settings.BUSINESS_DATE = None
    with pytest.raises(RowsRefused, match="口令太常见"):
        actions.open_accounts(city, rows=roster({"login": "a", "role": "sec_admin", "password": "password123"}), by=installation())
    actions.open_accounts(city, rows=roster({"login": "a", "role": "sec_admin"}), by=installation())
    assert User.objects.get(login="a").must_change_password


def test_the_system_administrator_opens_accounts_but_gives_no_role(system: User) -> None:
    by = actor_of(system)
    with pytest.raises(RowsRefused, match="只开设账号，不授予角色"):
        actions.open_accounts(system, rows=roster({"login": "a", "role": "village_admin", "region_code": COUNTY}), by=by)
    actions.open_accounts(system, rows=roster({"login": "a"}), by=by)
    assert hats(User.objects.get(login="a"), on=TODAY) == []
    assert Event.objects.get(outcome="done").subject_id == str(system.pk)


# Who may not.


ACTS: dict[str, Callable[[User, Actor], Any]] = {
    "open": lambda other, by: actions.open_accounts(other, rows=roster({"login": "x"}), by=by),
    "reset": lambda other, by: actions.reset_password(other, new=NEW, by=by),
    "close": lambda other, by: actions.close_account(other, reason="x", by=by),
    "reopen": lambda other, by: actions.reopen_account(other, reason="x", by=by),
    "end sessions": lambda other, by: actions.end_all_sessions(other, by=by),
    "change password": lambda other, by: actions.change_password(other, old=PASSWORD, new=NEW, by=by),
    "grant": lambda other, by: actions.grant_role(other, role="village_admin", region_code=COUNTY, by=by),
    "end role": lambda other, by: actions.end_role(Assignment.objects.get(user=other), reason="x", by=by),
    "lend": lambda other, by: actions.lend_role(
        Assignment.objects.get(user=other), to=user("third"), since=TODAY, until=TODAY, reason="x", by=by
    ),
}
MAY = {
    "sys_admin": {"open", "reset", "close", "reopen", "end sessions"},
    "sec_admin": {"grant", "end role"},
}


@pytest.mark.parametrize("role", [role for role in ROLES if role is not Role.SYSTEM])
@pytest.mark.parametrize("act", ACTS)
def test_outsiders_change_nothing_of_an_account(clerk: User, act: str, role: Role) -> None:
    if act in MAY.get(role, ()):
        return
    values: dict[str, dict[str, Any]] = {
        "region": {"region": "6110"},
        "unit": {"unit": uuid.uuid4()},
        "households": {"helper_unit": uuid.uuid4(), "helper_name": "x"},
    }
    outsider = user("outsider", role.value, **values.get(role.scope_kind.value, {}))
    before = _state()
    with pytest.raises((Forbidden, NotVisible)):
        ACTS[act](clerk, actor_of(outsider))
    assert _state(leave_out="third") == before
    assert Event.objects.get().outcome == "refused"


def _state(*, leave_out: str = "") -> tuple[list[Any], ...]:
    return (
        list(User.objects.exclude(login=leave_out).order_by("pk").values_list()),
        list(Assignment.objects.order_by("pk").values_list()),
        list(StandIn.objects.values_list()),
    )


def test_nobody_decides_about_themselves(system: User, security: User) -> None:
    by_system, by_security = actor_of(system), actor_of(security)
    for act, by in (("reset", by_system), ("close", by_system), ("reopen", by_system), ("grant", by_security), ("end role", by_security)):
        with pytest.raises(actions.OwnCase):
            ACTS[act](system if by is by_system else security, by)


def test_accounts_are_listed_for_their_administrators_only(clerk: User, system: User) -> None:
    assert {u.login for u in accounts(actor_of(system))} == {"luonan", "sysadmin"}
    with pytest.raises(Forbidden):
        accounts(actor_of(clerk))


# Exclusions.


@pytest.mark.parametrize("held", [*EXCLUSIVE, Role.VILLAGE_ADMIN])
@pytest.mark.parametrize("wanted", [*EXCLUSIVE, Role.VILLAGE_ADMIN])
def test_the_three_administrators_exclude_each_other_and_all_business(security: User, held: Role, wanted: Role) -> None:
    somebody = user("somebody", held.value, "" if held in EXCLUSIVE else COUNTY)
    by = actor_of(security)
    if held is wanted is Role.VILLAGE_ADMIN:
        actions.grant_role(somebody, role=wanted.value, region_code=OTHER_COUNTY, by=by)
        return
    with pytest.raises(Refused) as why:
        actions.grant_role(somebody, role=wanted.value, region_code=COUNTY, by=by)
    assert isinstance(why.value, actions.RoleUnfit if held is wanted else actions.RolesExclude)


def test_who_stands_in_becomes_no_administrator_and_no_administrator_stands_in(
    security: User, clerk: User, colleague: User, system: User
) -> None:
    role = Assignment.objects.get(user=clerk)
    with pytest.raises(actions.RolesExclude, match="不能代理业务角色"):
        actions.lend_role(role, to=system, since=TODAY, until=TODAY, reason="外出", by=actor_of(clerk))
    newcomer = user("newcomer")
    actions.lend_role(role, to=newcomer, since=TODAY, until=TODAY, reason="外出", by=actor_of(clerk))
    with pytest.raises(actions.RolesExclude):
        actions.grant_role(newcomer, role="audit_admin", by=actor_of(security))


def test_an_ended_role_excludes_nothing(security: User, clerk: User) -> None:
    by = actor_of(security)
    actions.end_role(Assignment.objects.get(user=clerk), reason="转岗", by=by)
    actions.grant_role(clerk, role="audit_admin", by=by)
    assert actor_of(clerk).role is Role.AUDIT_ADMIN


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"role": "system"}, "不能授予个人"),
        ({"role": "village_admin", "region_code": "999"}, "需要有效的区划代码"),
        ({"role": "helper", "unit_code": "none"}, "需要已登记单位的编码"),
        ({"role": "county_org_admin", "region_code": COUNTY}, "已有角色"),
        ({"role": "village_admin", "region_code": COUNTY, "until": dt.date(2016, 6, 7)}, "截止日期早于今天"),
    ],
)
def test_an_unfit_role_is_refused(security: User, clerk: User, said: dict[str, Any], why: str) -> None:
    with pytest.raises(actions.RoleUnfit, match=why):
        actions.grant_role(clerk, **said, by=actor_of(security))


def test_a_role_for_dates_ends_by_itself(security: User, colleague: User) -> None:
    actions.grant_role(colleague, role="auditor", region_code=COUNTY, until=dt.date(2016, 6, 30), by=actor_of(security))
    assert len(hats(colleague, on=dt.date(2016, 6, 30))) == 2
    assert len(hats(colleague, on=dt.date(2016, 7, 1))) == 1


# Passwords and closing.


def test_passwords_stand_in_no_event(system: User, clerk: User) -> None:
    actions.reset_password(clerk, new="a-first-and-long-one", by=actor_of(system))
    actions.change_password(clerk, old="a-first-and-long-one", new=NEW, by=actor_of(clerk))
    with pytest.raises(actions.PasswordWrong):
        actions.change_password(clerk, old="a-wrong-one", new="another-long-one", by=actor_of(clerk))
    for event in Event.objects.all():
        assert not any(text in event.canonical for text in ("a-first-and-long-one", NEW, "a-wrong-one", "another-long-one"))
    assert [e.outcome for e in Event.objects.order_by("id")] == ["done", "done", "refused"]


def test_a_closed_account_loses_its_loans_and_keeps_its_roles(system: User, clerk: User, colleague: User) -> None:
    role = Assignment.objects.get(user=clerk)
    actions.lend_role(role, to=colleague, since=TODAY, until=TODAY, reason="外出", by=actor_of(clerk))
    actions.close_account(clerk, reason="调离", by=actor_of(system))
    assert len(hats(colleague, on=TODAY)) == 1
    with pytest.raises(actions.AccountInThatState):
        actions.close_account(clerk, reason="调离", by=actor_of(system))
    actions.reopen_account(clerk, reason="调回", by=actor_of(system))
    assert len(hats(clerk, on=TODAY)) == 1
    assert len(hats(colleague, on=TODAY)) == 1  # what was lent stays ended
