"""No page asks the database more than fifteen times, whoever opens it: every GET route as every role, from the router (P2)."""

from collections.abc import Callable, Iterator, Set
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from shibaiqian.access.actor import Actor
from shibaiqian.access.roles import Role
from shibaiqian.access.scope import Scope
from shibaiqian.base import clock, crypto
from shibaiqian.console.tests.factories import sign_in
from shibaiqian.households.models import HouseholdPrivate
from shibaiqian.imports.models import ImportRun
from tests import world
from tests.guards.test_routes import ACTS, _actors, _as, _filled, say_nothing_briefly

pytestmark = pytest.mark.django_db
MOST = 15
PHONES = "api/"  # no pages: all a phone holds is one answer, whose statements are counted in sync/tests/test_slices.py
# What `_as` leaves out of a request: account, roles held, roles lent.
DOOR = 3
# What only a test asks, because its requests run inside a transaction.
NESTING = ("savepoint", "release savepoint", "rollback to savepoint", "select coalesce(current_setting(")


@contextmanager
def counting() -> Iterator[list[str]]:
    """The statements of a request as the server would send them: setting the wall's values counts once."""
    asked: list[str] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        walls = sql.startswith("select set_config(") and sql in asked
        if not sql.lower().startswith(NESTING) and not walls:
            asked.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield asked


# Who between them open most pages: what changes under one's hands is mostly theirs.
BUSIEST = {Role.COUNTY_ORG_ADMIN, Role.POSTED_CADRE}


def pages(ours: world.Place, monkeypatch: pytest.MonkeyPatch, roles: Set[Role] = frozenset(Role)) -> dict[str, tuple[int, str]]:
    """Each page that opens for these roles, with its worst count and whose it was."""
    worst: dict[str, tuple[int, str]] = {}
    paths = {route: _filled(pattern, route, ours) or f"/{route}" for route, pattern in ACTS if not route.startswith(PHONES)}
    _make_real(ours)
    say_nothing_briefly(monkeypatch)
    for actor in _widest([actor for actor in _actors(ours) if actor.role in roles]):
        client = _visitor(actor, monkeypatch)
        for route, path in paths.items():
            count = _asked(client, path, few=MOST - DOOR)
            if count is not None:
                worst[route] = max(worst.get(route, (0, "")), (count + DOOR, f"{actor.role} {actor.scope}"))
    return worst


def _widest(actors: list[Actor]) -> list[Actor]:
    """Each role once, with the first of its scopes, which is the widest: a narrower one asks the same with other values."""
    return list({actor.role: actor for actor in reversed(actors)}.values())


def _make_real(ours: world.Place) -> None:
    """Pages open what is sealed and look up what a roster is: the world's rows say neither."""
    run, home = ours.row(ImportRun), ours.row(HouseholdPrivate)
    ImportRun._base_manager.filter(pk=run.pk).update(kind="members")
    HouseholdPrivate._base_manager.filter(pk=home.pk).update(phone_sealed=crypto.seal("13900000000", row=str(home.household_id)))


def _visitor(actor: Actor, monkeypatch: pytest.MonkeyPatch) -> Client:
    """`_as`, with a session that began just now."""
    client = _as(actor, monkeypatch)
    session = client.session
    session["started_at"] = session["touched_at"] = clock.wall_now().timestamp()
    session.save()
    return client


def _asked(client: Client, path: str, *, few: int = 0) -> int | None:
    """How many statements a page takes once the names of its places are in memory; None where it does not open.

    A page that asks at most `few` the first time, with the names still to be read, is not opened again.
    """
    asked = 0
    for _ in range(2):
        with counting() as said:
            answer = client.get(path)
            if answer.streaming:
                b"".join(answer.streaming_content)  # type: ignore[attr-defined]
        assert answer.status_code < 500, f"{path} fails: a page that fails is not counted"
        if answer.status_code != 200:
            return None
        asked = len(said)
        if asked <= few:
            break
    return asked


@pytest.mark.parametrize(
    "roles", [pytest.param(BUSIEST, id="busiest"), pytest.param(frozenset(Role), id="everybody", marks=pytest.mark.slow)]
)
def test_no_page_asks_more_than_fifteen_times(roles: Set[Role], monkeypatch: pytest.MonkeyPatch) -> None:
    ours, _ = world.build()
    found = pages(ours, monkeypatch, roles)
    assert len(found) > len(ACTS) / 2, found
    assert {route: worst for route, worst in found.items() if worst[0] > MOST} == {}


def test_the_door_asks_as_much_as_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same page through a real session, and as the guards open it."""
    signed_in = _asked(sign_in(Role.COUNTY_ORG_ADMIN, world.OURS), "/cadres/")
    clerk = Actor(user_id=None, name="经办人", role=Role.COUNTY_ORG_ADMIN, scope=Scope(region=world.OURS))
    assert signed_in is not None
    assert signed_in == (_asked(_visitor(clerk, monkeypatch), "/cadres/") or 0) + DOOR
