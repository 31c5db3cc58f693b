"""Phones: signed in by the same door as the console, known by a token afterwards, signed out from anywhere."""

import hashlib
import secrets
import uuid
from dataclasses import dataclass

from django.db.models import F
from django.db.models.functions import Greatest

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import NotVisible, Refused, command
from shibaiqian.access.models import Assignment, User
from shibaiqian.access.queries import Hat, actor_for, hats
from shibaiqian.access.roles import Permission, Role
from shibaiqian.base import clock
from shibaiqian.sync.kinds import kinds_of
from shibaiqian.sync.models import Device

LONGEST_LABEL = 60


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
    found = Device.objects.select_related("user", "assignment").filter(token_hash=hash_of(token), user__is_active=True)
    return found.filter(epoch=F("user__session_epoch")).first()


def actor_of(device: Device) -> Actor | None:
    """Who acts through this device; nobody once its role has ended."""
    role, today = device.assignment, clock.today()
    holds = role.ended_at is None and role.valid_from <= today and (role.valid_to is None or today <= role.valid_to)
    return actor_for(device.user, Hat(role), on=today) if holds else None


def said_owes(device: Device, *, owes: int, skew_seconds: int) -> None:
    """What a phone says of itself with each request: how many records it holds, and by how much its clock is off."""
    now = clock.wall_now()
    since = {"owes_since": device.owes_since or now} if owes else {"owes_since": None}
    Device.objects.filter(pk=device.pk).update(owes=owes, skew_seconds=skew_seconds, seen_at=now, **since)


def settled(device: Device, *, count: int) -> None:
    """So many of what it held are received."""
    Device.objects.filter(pk=device.pk).update(owes=Greatest(F("owes") - count, 0))
    Device.objects.filter(pk=device.pk, owes=0).update(owes_since=None)


def hash_of(token: str) -> bytes:
    """A token is 256 random bits: no salt and no slow hash make it safer."""
    return hashlib.sha256(token.encode()).digest()
