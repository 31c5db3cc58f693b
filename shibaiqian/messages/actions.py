"""Telling people, and what they do with their messages and channels.

`tell` and `announce` are part of the caller's command: what is rolled back was told to nobody. Nobody is told what they did themselves.
"""

import datetime as dt
import json
import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import TypeAlias

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection
from django.urls import reverse

from shibaiqian.access.actor import Actor, current_actor
from shibaiqian.access.command import NotVisible, Refused, command
from shibaiqian.access.models import User
from shibaiqian.access.roles import Permission, Role
from shibaiqian.base import clock, crypto
from shibaiqian.base.ids import new_ids
from shibaiqian.messages.models import Channel, Delivery, Message
from shibaiqian.messages.queries import accounts_of, holders
from shibaiqian.messages.robots import RobotRefused, check_address
from shibaiqian.messages.rules import EVENTS, RECENT, must_be_impersonal

# (account, key) → where it leads, and what its text says.
Told: TypeAlias = dict[tuple[uuid.UUID, str], tuple[str, dict[str, str | int]]]


class ChannelUnfit(Refused):
    """The address does not do, or the way is not set up here."""


def announce(
    event: str,
    *,
    regions: Iterable[str] = (),
    units: Iterable[uuid.UUID] = (),
    cadres: Collection[uuid.UUID] = (),
    accounts: Collection[uuid.UUID] = (),
    about: str = "",
    on: dt.date | None = None,
    **said: str | int,
) -> int:
    """Tell everybody whom an event of `EVENTS` concerns; how many messages. Part of a command or job; four queries, whatever the number.

    `regions` and `units` name the place or unit of each row concerned, repeated or as a Counter: a holder's `count` is of the
    own ones. `cadres` are told by their own accounts; `accounts` are told as they are. `about` tells one thing from another, such as the number of a document.
    What happened (`on`) more than a month ago is entered late and told to nobody.
    """
    kind = EVENTS[event]
    if on is not None and (clock.today() - on).days > RECENT:
        return 0
    places, of_units = Counter(regions), Counter(units)
    told: Told = {}
    for one in holders(kind.roles, regions=places, units=of_units):
        of_unit = one.role is Role.SENDING_UNIT_ADMIN
        count = of_units[one.unit] if of_unit and one.unit else sum(n for code, n in places.items() if one.holds(code))
        if count:
            key = ":".join((event, about, str(one.unit) if of_unit else one.region))
            url = reverse(kind.elsewhere.get(one.role, kind.page)) + kind.query % said
            told.setdefault((one.user, key), (url, {"place": one.place, "count": count, **said}))
    already = {user for user, _key in told}
    for user in {*accounts_of(cadres), *accounts} - already:
        told.setdefault((user, ":".join((event, about, ""))), (reverse(kind.page), dict(said)))
    return _write(told, text=kind.text, emergency=kind.is_emergency, rest=kind.rest)


def tell(users: Iterable[uuid.UUID], *, key: str, text: str, url: str, emergency: bool = False, rest: int = 0, **said: str | int) -> int:
    """Tell these accounts one thing; how many messages. While one of the same `key` is unread it says the newer numbers
    instead; `rest` days it is not told again after it was read."""
    return _write({(user, key): (url, dict(said)) for user in users}, text=text, emergency=emergency, rest=rest)


def _write(told: Told, *, text: str, emergency: bool, rest: int) -> int:
    by, now = current_actor(), clock.wall_now()
    rows = [(user, key, *what) for (user, key), what in told.items() if by is None or user != by.user_id]
    if not rows:
        return 0
    for *_, said in rows:
        must_be_impersonal(said)
    users, keys, urls, texts = zip(*((user, key, url, json.dumps(said, ensure_ascii=False)) for user, key, url, said in rows), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            """insert into inbox_message (id, user_id, key, url, said, text, is_emergency, created_at)
            select s.id, s.user_id, s.key, s.url, s.said, %s, %s, %s
            from unnest(%s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::jsonb[]) s(id, user_id, key, url, said)
            where not exists (
                select from inbox_message m where m.user_id = s.user_id and m.key = s.key and m.read_at is not null
                    and m.created_at > %s
            )
            order by s.user_id, s.key
            on conflict (user_id, key) where read_at is null do update set said = excluded.said""",
            [text, emergency, now, new_ids(len(rows)), list(users), list(keys), list(urls), list(texts), now - dt.timedelta(days=rest)],
        )
        return cursor.rowcount


@command(Permission.KEEP_OWN_ACCOUNT)
def mark_read(user: User, *, messages: Sequence[uuid.UUID], by: Actor) -> int:
    """Put one's own messages aside as read; how many were unread."""
    return _read(user, by=by, only=messages)


@command(Permission.KEEP_OWN_ACCOUNT)
def mark_all_read(user: User, *, by: Actor) -> int:
    """Put everything aside as read; how many were unread."""
    return _read(user, by=by)


def _read(user: User, *, by: Actor, only: Sequence[uuid.UUID] | None = None) -> int:
    _must_be_own(user, by=by)
    rows = Message.objects.filter(user=user, read_at__isnull=True)
    return (rows if only is None else rows.filter(pk__in=only)).update(read_at=clock.wall_now())


@command(Permission.KEEP_OWN_ACCOUNT, redact=("address",))
def set_channel(user: User, *, kind: str, address: str = "", digest_only: bool, by: Actor) -> Channel:
    """Be reached by e-mail or by the robot of a group; an empty address keeps the one that is there. Switches the channel on."""
    _must_be_own(user, by=by)
    if kind not in Channel.Kind.values:
        raise ChannelUnfit("没有这种通知方式。")
    channel = Channel.objects.select_for_update().filter(user=user, kind=kind).first()
    if channel is None and not address.strip():
        raise ChannelUnfit("请填写地址。")
    channel = channel or Channel(user=user, kind=kind)
    if address.strip():
        shown = _checked(kind, address.strip())
        channel.address_sealed, channel.address_shown = crypto.seal(address.strip(), row=str(channel.pk)), shown
    channel.is_on, channel.digest_only = True, digest_only
    channel.save()
    return channel


@command(Permission.KEEP_OWN_ACCOUNT)
def switch_off_channel(channel: Channel, *, by: Actor) -> Channel:
    """Nothing leaves by this channel any more; messages stay in the product."""
    switch_off(channel)
    return channel


def switch_off(channel: Channel) -> None:
    """Part of a command, or of the job that found the address declined."""
    channel.is_on = False
    channel.save(update_fields=["is_on"])


def _checked(kind: str, address: str) -> str:
    """How an address is shown; refused where it cannot be one."""
    if kind == Channel.Kind.ROBOT:
        try:
            return check_address(address)
        except RobotRefused as why:
            raise ChannelUnfit(str(why)) from None
    try:
        validate_email(address)
    except ValidationError:
        raise ChannelUnfit("邮箱地址的格式不对，请核对，例如 name@example.gov.cn。") from None
    name, _, host = address.rpartition("@")
    return f"{name[:1]}***@{host}"


def note_delivered(channel: Channel, messages: Collection[uuid.UUID]) -> None:
    """These have left by this channel. Written by the job that sent them, without an act of anybody."""
    now = clock.wall_now()
    Delivery.objects.bulk_create([Delivery(message_id=key, channel=channel, sent_at=now) for key in messages], ignore_conflicts=True)


def note_digests(day: dt.date) -> None:
    """The digests of a day are made, or there was nothing for them; what comes later waits for the next."""
    Channel.objects.exclude(digest_on=day).update(digest_on=day)


def _must_be_own(user: User, *, by: Actor) -> None:
    if by.user_id != user.pk:
        raise NotVisible("User")
