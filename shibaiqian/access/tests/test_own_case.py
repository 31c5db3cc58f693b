"""Nobody decides about themselves, in whichever role; and how an account comes to its person."""

import datetime as dt

import pytest

from shibaiqian.access import actions
from shibaiqian.access.actor import Actor, acting, system_actor
from shibaiqian.access.models import Assignment, StandIn, User
from shibaiqian.access.own_case import OwnCase, not_own_case
from shibaiqian.access.queries import persons
from shibaiqian.access.tests.factories import actor_of, give, roster, user
from shibaiqian.audit.models import Event
from shibaiqian.base import crypto
from shibaiqian.base.ids import new_id
from shibaiqian.cadres.models import Cadre, CadreIdentity
from shibaiqian.console.tests.factories import cadre, unit
from shibaiqian.regions.models import Region

pytestmark = pytest.mark.django_db
NUMBER = "612523197003080018"


@pytest.fixture
def official() -> Cadre:
    """A cadre with a valid ID number."""
    made = cadre(unit(), name="何建军")
    CadreIdentity.unscoped.filter(cadre=made).update(id_blind=crypto.blind(NUMBER))
    return made


def lent(role: Assignment, to: User) -> None:
    StandIn.objects.create(assignment=role, user=to, valid_from=dt.date(2016, 6, 1), valid_to=dt.date(2016, 6, 30), reason="外出培训")


def test_who_is_the_person_is_refused_and_told_to_stand_aside(official: Cadre) -> None:
    clerk = user("luonan", "county_org_admin", "611021")
    not_own_case(actor_of(clerk), persons={official.pk: official.name})  # nobody knows yet who the clerk is
    User.objects.filter(pk=clerk.pk).update(person=official.pk)
    with pytest.raises(OwnCase, match=r"何建军是您本人，您应当回避，没有办理。请由其他有权限的同事办理。"):
        not_own_case(actor_of(clerk), persons={new_id(): "别人", official.pk: official.name})
    not_own_case(actor_of(clerk), persons={new_id(): "别人"})


def test_a_stand_in_is_refused_the_own_case_with_its_message(official: Cadre) -> None:
    lender, borrower = user("lender", name="何静"), user("borrower", name="何建军")
    lent(give(lender, "county_org_admin", "611021"), borrower)
    User.objects.filter(pk=borrower.pk).update(person=official.pk)
    by = actor_of(borrower)
    assert (by.standing_in_for, by.lender_id) == ("何静", lender.pk)
    with pytest.raises(
        OwnCase, match="何建军是您本人：您正代理何静办理，代理人不得办理自己的事项，没有办理。请由何静本人或其他有权限的同事办理。"
    ):
        not_own_case(by, persons={official.pk: "何建军"})


def test_lending_the_role_does_not_get_the_own_case_decided(official: Cadre) -> None:
    lender, borrower = user("lender", name="何建军"), user("borrower")
    lent(give(lender, "county_org_admin", "611021"), borrower)
    User.objects.filter(pk=lender.pk).update(person=official.pk)
    with pytest.raises(OwnCase, match="何建军是委托您代理的人，代理人不能替委托人办理其本人的事项"):
        not_own_case(actor_of(borrower), persons={official.pk: "何建军"})


def test_the_system_is_nobody(official: Cadre) -> None:
    not_own_case(system_actor("公示期满"), persons={official.pk: "何建军"})


# An account and its person.


def test_the_roster_finds_the_person_by_number_and_name_and_keeps_no_number(city: Region, official: Cadre) -> None:
    rows = roster(
        {"login": "hejianjun", "name": "何建军", "role": "county_org_admin", "region_code": "611021", "id_number": NUMBER},
        {"login": "namesake", "name": "何建国", "role": "county_org_admin", "region_code": "611021", "id_number": NUMBER},
        {"login": "unknown", "name": "何建军", "role": "county_org_admin", "region_code": "611021", "id_number": "612523197003080026"},
    )
    assert actions.open_accounts(city, rows=rows, by=system_actor("开设账号")).count == 3
    assert dict(User.objects.values_list("login", "person")) == {"hejianjun": official.pk, "namesake": None, "unknown": None}
    assert not Event.objects.filter(canonical__contains=NUMBER).exists()


def test_an_administrator_links_an_account_whose_name_and_number_agree(system: User, official: Cadre) -> None:
    account, by = user("hejianjun", name="何建军"), actor_of(system)
    linked = actions.link_person(account, id_number=f" {NUMBER} ", by=by)
    assert linked.person == official.pk
    event = Event.objects.get(action="access.link_person")
    assert (event.details["id_number"], event.details["person"]) == ("…", str(official.pk))
    assert NUMBER not in event.canonical


@pytest.mark.parametrize(
    ("name", "number", "why"),
    [
        ("何建国", NUMBER, "没有姓名为“何建国”且身份证号相符的干部"),
        ("何建军", "612523197003080026", "没有姓名为“何建军”且身份证号相符的干部"),
        ("何建军", "612523197003080019", "身份证号校验不符"),
    ],
)
def test_who_does_not_agree_with_the_register_is_not_linked(system: User, official: Cadre, name: str, number: str, why: str) -> None:
    account = user("x", name=name)
    with pytest.raises(actions.PersonUnknown, match=why):
        actions.link_person(account, id_number=number, by=actor_of(system))
    account.refresh_from_db()
    assert account.person is None


def test_only_another_system_administrator_links(system: User, clerk: User, official: Cadre) -> None:
    with pytest.raises(OwnCase):
        actions.link_person(system, id_number=NUMBER, by=actor_of(system))
    with pytest.raises(Exception, match="manage_accounts"):
        actions.link_person(system, id_number=NUMBER, by=actor_of(clerk))


def test_the_function_beyond_the_wall_says_only_what_belongs_together(system: User, official: Cadre) -> None:
    by: Actor = actor_of(system)
    with acting(by):
        assert persons([(NUMBER, "何建军")]) == {(NUMBER, "何建军"): official.pk}
        assert persons([(NUMBER, "何建")]) == {}
        assert persons([]) == {}
        assert list(Cadre.unscoped.all()) == []  # nothing else comes through
