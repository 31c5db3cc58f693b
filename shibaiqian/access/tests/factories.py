"""Accounts with roles, for tests."""

import datetime as dt
import uuid
from typing import Any

from shibaiqian.access.actor import Actor
from shibaiqian.access.models import Assignment, User
from shibaiqian.access.queries import actor_for, hats
from shibaiqian.access.roles import Role
from shibaiqian.base import clock

TODAY = dt.date(2016, 6, 8)
PASSWORD = "clouds-over-qinling"


def user(login: str, role: str = "", region: str = "", *, name: str = "", password: str = PASSWORD, **scope: Any) -> User:
    """An account, with a role if one is said."""
    made = User(login=login, name=name or f"{login}同志", created_at=clock.wall_now())
    made.set_password(password)
    made.save(force_insert=True)
    if role:
        give(made, role, region, **scope)
    return made


def give(to: User, role: str, region: str = "", **values: Any) -> Assignment:
    """A role, as a roster would have given it."""
    if Role(role).scope_kind == "person":
        values.setdefault("person", to.pk)
    return Assignment.objects.create(user=to, role=role, region=region, **{"valid_from": dt.date(2016, 1, 1), **values})


def actor_of(who: User, *, hat: int = 0, on: dt.date = TODAY) -> Actor:
    """Who this account acts as with its first hat, or another."""
    return actor_for(who, hats(who, on=on)[hat], on=on)


def nobody() -> uuid.UUID:
    return uuid.uuid4()
