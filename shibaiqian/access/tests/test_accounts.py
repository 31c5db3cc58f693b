"""What is done to accounts: by whom, to whom not, and what the audit says of it."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest
from django.contrib.auth.hashers import check_password

from shibaiqian.access import actions
from shibaiqian.access.actor import Actor, Forbidden, acting, system_actor
from shibaiqian.access.command import NotVisible, Refused
from shibaiqian.access.excel import COLUMNS
from shibaiqian.access.models import AssignedHousehold, Assignment, StandIn, User
from shibaiqian.access.queries import accounts, hats
from shibaiqian.access.roles import EXCLUSIVE, ROLES, Role
from shibaiqian.access.rows import Rows, RowsRefused
from shibaiqian.access.tests.factories import PASSWORD, TODAY, actor_of, give, user
from shibaiqian.audit.models import Event
from shibaiqian.households.models import Household
from shibaiqian.organisations.models import Organisation
from shibaiqian.regions.models import Region
from tests import world

pytestmark = pytest.mark.django_db
COUNTY, OTHER_COUNTY = "611021", "611022"
NEW = "a-new-and-long-one"


@pytest.fixture
def system() -> User:
    return user("sysadmin", "sys_admin", name="系统员")


@pytest.fixture
def security() -> User:
    return user("secadmin", "sec_admin", name="安全员")


@pytest.fixture
def clerk() -> User:
    return user("luonan", "county_org_admin", COUNTY, name="李洛南", scope_name="洛南县")


@pytest.fixture
def colleague() -> User:
    return user("colleague", "town_party_admin", "611021100", name="王同事")


def roster(*rows: dict[str, Any]) -> Rows:
    """Rows as a parsed roster has them."""
    blank = {column.name: None for column in COLUMNS}
    said = [{**blank, "row": n, "name": "某人", "password": PASSWORD, **row} for n, row in enumerate(rows, start=2)]
    return Rows(pl.DataFrame(said, schema={"row": pl.Int64, **{c.name: pl.String for c in COLUMNS}}), sheet="账号")


def installation() -> Any:
    return system_actor("开设账号")


@pytest.fixture
def city() -> Region:
    return Region.objects.get(pk="6110")


# --- Opening ---------------------------------------------------------------------------------------------------------


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


# --- Who may not -----------------------------------------------------------------------------------------------------


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


# --- Exclusions ------------------------------------------------------------------------------------------------------


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


# --- Passwords and closing -------------------------------------------------------------------------------------------


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


# --- Loans -----------------------------------------------------------------------------------------------------------


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


# --- A helper's households -------------------------------------------------------------------------------------------


@pytest.fixture
def place() -> world.Place:
    return world.build()[0]


def pairs(
    place: world.Place, *, helper: uuid.UUID, household: uuid.UUID | None = None, name: str = "张帮扶", until: dt.date | None = None
) -> Rows:
    unit, home = place.row(Organisation).pk, household or place.row(Household).pk
    said = {
        "helper": str(helper),
        "helper_unit": str(unit),
        "helper_name": name,
        "household": str(home),
        "since": dt.date(2016, 1, 1),
        "until": until,
    }
    return Rows(pl.DataFrame([said], schema_overrides={"since": pl.Date, "until": pl.Date}))


def pair(place: world.Place, **said: Any) -> Any:
    by = Actor(user_id=None, name="扶贫办", role=Role.COUNTY_POVERTY_ADMIN, scope=system_actor("x", region=world.OURS).scope)
    return actions.assign_households(Region.objects.get(pk=world.OURS), rows=pairs(place, **said), by=by)


def helper(place: world.Place, name: str = "张帮扶", login: str = "helper") -> User:
    return user(login, "helper", name=name, helper_unit=place.row(Organisation).pk, helper_name=name)


@pytest.mark.parametrize("account_first", [True, False])
def test_a_helper_has_the_households_of_unit_and_name_whichever_came_first(place: world.Place, account_first: bool) -> None:
    if account_first:
        who = helper(place)
        pair(place, helper=uuid.uuid4())
    else:
        pair(place, helper=uuid.uuid4())
        who = helper(place)
    assert actor_of(who).scope.households == (place.row(Household).pk,)
    assert actor_of(helper(place, "别人", "other")).scope.households == ()


def test_a_helper_opened_by_roster_is_known_by_unit_and_name(place: world.Place, city: Region) -> None:
    unit = place.row(Organisation)
    pair(place, helper=uuid.uuid4())
    actions.open_accounts(city, rows=roster({"login": "h", "name": "张帮扶", "role": "helper", "unit_code": unit.code}), by=installation())
    assert actor_of(User.objects.get(login="h")).scope.households == (place.row(Household).pk,)


def test_a_pairing_that_ended_gives_nothing_any_more(place: world.Place) -> None:
    who, key = helper(place), uuid.uuid4()
    pair(place, helper=key)
    pair(place, helper=key, until=dt.date(2016, 5, 31))
    assert AssignedHousehold.objects.count() == 1
    assert actor_of(who).scope.households == ()
    assert actor_of(who, on=dt.date(2016, 5, 31)).scope.households != ()


def test_two_helpers_of_one_name_in_one_unit_get_none_rather_than_each_others(place: world.Place) -> None:
    who = helper(place)
    pair(place, helper=uuid.uuid4())
    pair(place, helper=uuid.uuid4())
    assert actor_of(who).scope.households == ()


def test_an_undone_pairing_gives_nothing(place: world.Place) -> None:
    who = helper(place)
    pair(place, helper=uuid.uuid4())
    AssignedHousehold.objects.update(voided_by=1)
    assert actor_of(who).scope.households == ()


def test_a_household_of_another_county_is_not_assigned(place: world.Place) -> None:
    theirs = Household.unscoped.get(region_id__gte=world.THEIRS, region_id__lt=world.THEIRS + ":")
    assert pair(place, helper=uuid.uuid4(), household=theirs.pk).count == 0
    with pytest.raises(NotVisible):
        actions.assign_households(
            Region.objects.get(pk="6110"), rows=pairs(place, helper=uuid.uuid4()),
            by=Actor(user_id=None, name="扶贫办", role=Role.COUNTY_POVERTY_ADMIN, scope=system_actor("x", region=world.OURS).scope),
        )  # fmt: skip


def test_names_of_helpers_stand_in_no_event(place: world.Place) -> None:
    pair(place, helper=uuid.uuid4())
    assert "张帮扶" not in Event.objects.get(action="access.assign_households").canonical


def test_an_account_shows_nothing_to_business(clerk: User, place: world.Place) -> None:
    """Accounts have no wall, being looked up before anybody is known: the door is their administrators' permission."""
    holders = {role for role in ROLES if any(p.value in ("view_accounts", "manage_accounts", "grant_roles") for p in role.permissions)}
    assert holders == {Role.SYS_ADMIN, Role.SEC_ADMIN, Role.SYSTEM}
    with acting(actor_of(clerk)) as by, pytest.raises(Forbidden):
        accounts(by)
