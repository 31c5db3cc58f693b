"""Phones: signed in by the same door as the console, known by a token afterwards, signed out from anywhere."""

import datetime as dt
import hashlib
import secrets
import uuid
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Value
from django.db.models.functions import Coalesce

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import NotVisible, Refused, command
from shibaiqian.access.models import Assignment, User
from shibaiqian.access.queries import Hat, actor_for, hats
from shibaiqian.access.roles import Permission, Role
from shibaiqian.base import clock
from shibaiqian.sync.kinds import kinds_of
from shibaiqian.sync.models import Device

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
    """A phone signs itself out; its role may have ended, so its account acts as nobody's."""
    by = Actor(user_id=device.user_id, name=device.user.name, role=Role(device.assignment.role), scope=device.assignment.scope)
    sign_out_device(device, by=by)


def find_device(token: str) -> Device | None:
    """The device with this token whose account is open and unchanged since it signed in."""
    ended = Assignment.objects.filter(user=OuterRef("user")).exclude(ended_at__isnull=True, valid_to__isnull=True)
    found = Device.objects.select_related("user", "assignment").annotate(had_other_roles=Exists(ended))
    return found.filter(token_hash=hash_of(token), user__is_active=True, epoch=F("user__session_epoch")).first()


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
    if not getattr(device, "had_other_roles", True):
        return []
    user, today = device.user, clock.today()
    rows = Assignment.objects.filter(user=user).exclude(ended_at__isnull=True, valid_to__isnull=True).order_by("-valid_from", "-pk")
    found = []
    for role in rows:
        ends = [day for day in (role.valid_to, role.ended_at and clock.business_day(role.ended_at)) if day is not None]
        if role.valid_from <= min(ends) <= today and today - min(ends) <= LATE and kinds_of(Role(role.role)) and not _holds(role):
            found.append(Former(actor_for(user, Hat(role), on=today), min(ends)))
    return found


def reported(device: Device, *, owes: int, skew_seconds: int) -> None:
    """What a phone says of itself with each request: how many records it holds, and by how much its clock is off."""
    now = clock.wall_now()
    since = Coalesce(F("owes_since"), Value(now)) if owes else None
    Device.objects.filter(pk=device.pk).update(owes=owes, skew_seconds=skew_seconds, seen_at=now, owes_since=since)


def hash_of(token: str) -> bytes:
    """A token is 256 random bits: no salt and no slow hash make it safer."""
    return hashlib.sha256(token.encode()).digest()
