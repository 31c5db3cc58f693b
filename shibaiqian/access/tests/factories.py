"""Accounts with roles, for tests."""

import datetime as dt
import uuid
from typing import Any

import polars as pl

from shibaiqian.access.actor import Actor, system_actor
from shibaiqian.access.excel import COLUMNS
from shibaiqian.access.models import Assignment, User
from shibaiqian.access.queries import actor_for, hats
from shibaiqian.access.roles import Role
from shibaiqian.access.rows import Rows
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


def roster(*rows: dict[str, Any]) -> Rows:
    """Rows as a parsed roster has them."""
    blank = {column.name: None for column in COLUMNS}
    said = [{**blank, "row": n, "name": "某人", "password": PASSWORD, **row} for n, row in enumerate(rows, start=2)]
    return Rows(pl.DataFrame(said, schema={"row": pl.Int64, **{c.name: pl.String for c in COLUMNS}}), sheet="账号")


def installation() -> Any:
    return system_actor("开设账号")
