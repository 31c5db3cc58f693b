"""Phones: signed in by the same door as the console, known by a token afterwards, signed out from anywhere."""

import datetime as dt
import hashlib
import secrets
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import NotVisible, Refused, command
from shibaiqian.access.models import Assignment, User
from shibaiqian.access.queries import Hat, actor_for, hats
from shibaiqian.access.roles import Permission, Role
from shibaiqian.base import clock
from shibaiqian.base.bulk import Statement
from shibaiqian.sync.kinds import kinds_of
from shibaiqian.sync.models import Device

M = TypeVar("M", bound=Model)
LONGEST_LABEL = 60
LATE = dt.timedelta(days=60)


class DeviceOut(Refused):
    """It is signed out already."""


@dataclass(frozen=True)
class SignedIn:
    """A device with the token that is shown once."""

    device: Device
    token: str


def field_hats(user: User) -> list[Hat]:
    """The roles in which this user may use the field app: own ones that send something from there."""
    found = [hat for hat in hats(user, on=clock.today()) if not hat.standing_in_for]
    return [hat for hat in found if kinds_of(hat.role)]


@command(Permission.KEEP_OWN_ACCOUNT)
def sign_in_device(user: User, *, assignment: Assignment, phone: uuid.UUID, label: str, client: int, by: Actor) -> SignedIn:
    """Give a phone a token for one role of one's own account; the token it had before is dead."""
    if by.user_id != user.pk:
        raise NotVisible("User")
    token, now = secrets.token_urlsafe(32), clock.wall_now()
    device, _ = Device.objects.update_or_create(
        user=user,
        phone=phone,
        defaults={
            "assignment": assignment, "label": label.strip()[:LONGEST_LABEL] or "手机", "token_hash": hash_of(token), "epoch": user.session_epoch,
            "client": client, "signed_in_at": now, "seen_at": now, "ended_at": None,
        },
    )  # fmt: skip
    return SignedIn(device=device, token=token)


@command(Permission.KEEP_OWN_ACCOUNT)
def sign_out_device(device: Device, *, by: Actor) -> Device:
    """End a phone's token: one's own from anywhere, or a lost one by the administrators. What it has not sent stays on it."""
    locked = Device.objects.select_for_update().get(pk=device.pk)
    if locked.token_hash is None:
        raise DeviceOut("这台手机已经退出登录。")
    locked.token_hash, locked.ended_at = None, clock.wall_now()
    locked.save(update_fields=["token_hash", "ended_at"])
    return locked


def leave(device: Device) -> None:
    """A phone signs itself out; its role may have ended, so its account acts as nobody's. Signed out meanwhile, it is out."""
    by = Actor(user_id=device.user_id, name=device.user.name, role=Role(device.assignment.role), scope=device.assignment.scope)
    with suppress(DeviceOut):
        sign_out_device(device, by=by)


def find_device(token: str) -> Device | None:
    """The device with this token whose account is open and unchanged since it signed in."""
    with connection.cursor() as cursor:
        cursor.execute(FIND, [hash_of(token)])
        row = cursor.fetchone()
    if row is None:
        return None
    values = iter(row)
    device, user, assignment = _made(Device, values), _made(User, values), _made(Assignment, values)
    device.user, device.assignment, device.had_other_roles = user, assignment, next(values)
    return device


def _made(model: type[M], values: Iterator[Any]) -> M:
    """A row of a model from the next values, in the order of its columns."""
    names = _columns(model)
    return model.from_db("default", names, list(islice(values, len(names))))


def _columns(model: type[Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


def _columns_of(alias: str, model: type[Model]) -> str:
    return ", ".join(f'{alias}."{name}"' for name in _columns(model))


# Asked with every request of a phone; the ORM takes ten times as long to write these words as the database to answer them.
FIND = f"""
    select {_columns_of("d", Device)}, {_columns_of("u", User)}, {_columns_of("a", Assignment)},
           exists (select from access_assignment e where e.user_id = d.user_id and (e.ended_at is not null or e.valid_to is not null))
      from sync_device d join access_user u on u.id = d.user_id join access_assignment a on a.id = d.assignment_id
     where d.token_hash = %s and u.is_active and d.epoch = u.session_epoch
"""  # noqa: S608 - our own names


def actor_of(device: Device) -> Actor | None:
    """Who acts through this device; nobody once its role has ended."""
    role = device.assignment
    return actor_for(device.user, Hat(role), on=clock.today()) if _holds(role) else None


def _holds(role: Assignment) -> bool:
    today = clock.today()
    return role.ended_at is None and role.valid_from <= today and (role.valid_to is None or today <= role.valid_to)


@dataclass(frozen=True)
class Former:
    """A role that ended not long ago: what was done in it up to its last day may still come."""

    actor: Actor
    until: dt.date


def former_roles(device: Device) -> list[Former]:
    """The field roles of this device's user that ended in the last 60 days, the latest first. Asks nothing where none ever ended."""
    if not device.had_other_roles:
        return []
    user, today = device.user, clock.today()
    rows = Assignment.objects.filter(user=user).exclude(ended_at__isnull=True, valid_to__isnull=True).order_by("-valid_from", "-pk")
    found = []
    for role in rows:
        ends = [day for day in (role.valid_to, role.ended_at and clock.business_day(role.ended_at)) if day is not None]
        if role.valid_from <= min(ends) <= today and today - min(ends) <= LATE and kinds_of(Role(role.role)) and not _holds(role):
            found.append(Former(actor_for(user, Hat(role), on=today), min(ends)))
    return found


REPORT = """
    update sync_device set owes = %s, skew_seconds = %s, seen_at = %s, owes_since = case when %s > 0 then coalesce(owes_since, %s) end where id = %s
"""


def reported(device: Device, *, owes: int, skew_seconds: int) -> Statement:
    """What a phone says of itself with each request: how many records it holds, and by how much its clock is off. To be executed."""
    now = clock.wall_now()
    return REPORT, [owes, skew_seconds, now, owes, now, device.pk]


def hash_of(token: str) -> bytes:
    """A token is 256 random bits: no salt and no slow hash make it safer."""
    return hashlib.sha256(token.encode()).digest()
