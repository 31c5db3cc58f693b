"""Who is asking: a user acting in one role with one scope. And the edge of a transaction that works for them."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction
from psycopg import sql
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus

from shibaiqian.access.roles import WALL_FLAGS, Permission, Role
from shibaiqian.access.scope import Scope

SETTINGS = (
    "role", "app.scope", "app.household_scope", "app.unit", "app.person", "app.households", "app.self", "app.account", *WALL_FLAGS.values(),
)  # fmt: skip
SET_LOCALLY = "select " + ", ".join(f"set_config('{name}', %s, true)" for name in SETTINGS)


class Forbidden(Exception):
    """The role does not hold this permission. Recorded; shown as a page that does not exist."""


@dataclass(frozen=True)
class Actor:
    user_id: uuid.UUID | None
    name: str
    role: Role
    scope: Scope
    # Set when acting for somebody else: the stand-in's own name goes into the audit beside the role.
    standing_in_for: str = ""
    lender_id: uuid.UUID | None = None  # the account of who lent the role
    person: uuid.UUID | None = None  # the cadre whose account it is, in a role of their own: for rows that are theirs alone

    @property
    def role_code(self) -> str:
        return f"{self.role}+stand_in:{self.standing_in_for}" if self.standing_in_for else str(self.role)

    @property
    def scope_text(self) -> str:
        return str(self.scope)

    def may(self, permission: Permission) -> bool:
        return permission in self.role.permissions

    def must(self, permission: Permission) -> None:
        if not self.may(permission):
            raise Forbidden(permission)


def system_actor(task: str, *, region: str | None = None) -> Actor:
    """The named actor of jobs that nobody pressed a button for; it works within the installation's root region."""
    return Actor(user_id=None, name=f"系统：{task}", role=Role.SYSTEM, scope=Scope(region=region or settings.ROOT_REGION))


_current: ContextVar[Actor | None] = ContextVar("actor", default=None)
_afterwards: ContextVar[list[Callable[[], object]] | None] = ContextVar("afterwards", default=None)


def current_actor() -> Actor | None:
    """For whom the open transaction works."""
    return _current.get()


def after_rollback(write: Callable[[], object]) -> None:
    """Have something written once the edge's transaction is over, in a transaction of its own."""
    waiting = _afterwards.get()
    if waiting is None:
        raise RuntimeError("after_rollback() outside acting()")
    waiting.append(write)


def _wall_values(actor: Actor) -> tuple[str, ...]:
    scope = actor.scope
    flags = tuple("on" if actor.may(permission) else "" for permission in WALL_FLAGS)
    households = "{" + ",".join(map(str, scope.households)) + "}" if scope.households else ""
    of_households = scope.region if scope.groups is None else ""
    unit, person, own, account = (str(key or "") for key in (scope.unit, scope.person, actor.person, actor.user_id))
    return (settings.APP_ROLE, scope.region, of_households, unit, person, households, own, account, *flags)


def _set_locally(values: tuple[str, ...]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(SET_LOCALLY, values)


def _begin(actor: Actor) -> None:
    """BEGIN and the wall's values in one message; psycopg sends a BEGIN of its own only where none was sent.

    Every request opens a transaction; a message less counts most where many threads wait for each other.
    """
    values = tuple(sql.quote(value) for value in _wall_values(actor))
    with connection.wrap_database_errors:
        said = connection.connection.pgconn.exec_(f"begin; {SET_LOCALLY % values}".encode())
        if said.status != ExecStatus.TUPLES_OK:
            raise error_from_result(said)


def _locals() -> tuple[str, ...]:
    reads = ", ".join(f"coalesce(current_setting('{name}', true), '')" for name in SETTINGS)
    with connection.cursor() as cursor:
        cursor.execute(f"select {reads}")
        return cursor.fetchone()


@contextmanager
def acting(actor: Actor) -> Iterator[Actor]:
    """Open a transaction that works for this actor: as the app's role, inside the wall.

    Requests, jobs and the command line all enter here. Re-entering for the same actor joins the open transaction; for
    another actor it is a programming error. Refused acts are written after the transaction, on their own.
    """
    already = _current.get()
    if already is not None:
        if already != actor:
            raise RuntimeError("a transaction works for one actor")
        yield actor
        return
    nested = connection.in_atomic_block  # only in tests, which hold an outer transaction as the owner
    before = _locals() if nested else ()
    waiting: list[Callable[[], object]] = []
    actor_token, waiting_token = _current.set(actor), _afterwards.set(waiting)
    try:
        with transaction.atomic():
            _set_locally(_wall_values(actor)) if nested else _begin(actor)
            yield actor
    finally:
        _afterwards.reset(waiting_token)
        if nested:
            _set_locally(before)
        if waiting:
            with transaction.atomic():
                _set_locally(_wall_values(actor))
                for write in waiting:
                    write()
            if nested:
                _set_locally(before)
        _current.reset(actor_token)
