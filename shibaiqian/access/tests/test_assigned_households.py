"""A helper's households: known by unit and name, given by pairings, and nobody else's."""

import datetime as dt
import uuid
from typing import Any

import polars as pl
import pytest

from shibaiqian.access import actions
from shibaiqian.access.actor import Actor, Forbidden, acting, system_actor
from shibaiqian.access.command import NotVisible
from shibaiqian.access.models import AssignedHousehold, User
from shibaiqian.access.queries import accounts
from shibaiqian.access.roles import ROLES, Role
from shibaiqian.access.rows import Rows
from shibaiqian.access.tests.factories import actor_of, installation, roster, user
from shibaiqian.audit.models import Event
from shibaiqian.households.models import Household
from shibaiqian.organisations.models import Organisation
from shibaiqian.regions.models import Region
from tests import world

pytestmark = pytest.mark.django_db
COUNTY, OTHER_COUNTY = "611021", "611022"
NEW = "a-new-and-long-one"


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
