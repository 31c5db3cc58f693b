"""Who is to be told, one's own inbox, and what waits to leave the product."""

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from shibaiqian.access.actor import Actor
from shibaiqian.access.models import StandIn, User
from shibaiqian.access.queries import assignments_in_force
from shibaiqian.access.roles import Role
from shibaiqian.base import clock
from shibaiqian.base.paging import Cursor, Page, page
from shibaiqian.base.workdays import CalendarEnds, is_workday
from shibaiqian.messages.models import Channel, Message
from shibaiqian.messages.rules import LEVEL


@dataclass(frozen=True)
class Holder:
    """An account that holds a role at a place or unit, its own or lent."""

    user: uuid.UUID
    role: Role
    region: str
    unit: uuid.UUID | None
    place: str  # the name of the scope

    def holds(self, code: str) -> bool:
        """Whether a place is this holder's concern."""
        return code.startswith(self.region) if self.role in LEVEL else code == self.region


def holders(roles: Collection[Role], *, regions: Iterable[str] = (), units: Iterable[uuid.UUID] = ()) -> list[Holder]:
    """Who holds one of these roles today at these places or units, and who stands in for them. Two queries.

    A county's department is told of its villages, a town of its own; other roles of their very place only.
    """
    codes = {code[: LEVEL.get(role, 12)] for code in regions for role in roles if len(code) >= LEVEL.get(role, 0)}
    today = clock.today()
    found = [
        (row.pk, Holder(row.user_id, Role(row.role), row.region, row.unit, row.scope_name))
        for row in assignments_in_force(on=today)
        .filter(role__in=roles, user__is_active=True)
        .filter(Q(region__in=codes - {""}) | Q(unit__in=set(units)))
    ]
    by_role = dict(found)
    lent = StandIn.objects.filter(
        assignment__in=list(by_role), valid_from__lte=today, valid_to__gte=today, ended_at__isnull=True, user__is_active=True
    )
    return [holder for _, holder in found] + [replace(by_role[loan.assignment_id], user=loan.user_id) for loan in lent.order_by("pk")]


def accounts_of(cadres: Collection[uuid.UUID]) -> list[uuid.UUID]:
    """The accounts of these cadres, where they are known."""
    return list(User.objects.filter(person__in=cadres, is_active=True).order_by("pk").values_list("pk", flat=True)) if cadres else []


def _of(actor: Actor) -> QuerySet[Message]:
    return Message.objects.filter(user_id=actor.user_id) if actor.user_id else Message.objects.none()


def inbox(actor: Actor, *, cursor: Cursor) -> Page:
    """One's own messages, the newest first, by key."""
    return page(_of(actor), ["-created_at"], cursor=cursor)


def latest(actor: Actor) -> QuerySet[Message]:
    """One's own messages, the newest first."""
    return _of(actor).order_by("-created_at", "-id")


def own_message(actor: Actor, key: uuid.UUID) -> Message | None:
    return _of(actor).filter(pk=key).first()


def own_channels(actor: Actor) -> dict[str, Channel]:
    """One's own ways to be reached, by kind."""
    return {channel.kind: channel for channel in Channel.objects.filter(user__in=[actor.user_id])}


@dataclass(frozen=True)
class Waiting:
    """Unread messages that have not left by a channel yet."""

    channel: uuid.UUID
    digest_only: bool
    digest_on: dt.date | None
    ordinary: Sequence[uuid.UUID]
    emergencies: Sequence[uuid.UUID]


def waiting(*, channel: uuid.UUID | None = None) -> list[Waiting]:
    """What waits, by channel that is switched on, oldest first: all, or of one channel. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select c.id, c.digest_only, c.digest_on,
                coalesce(array_agg(m.id order by m.created_at, m.id) filter (where not m.is_emergency), '{}'),
                coalesce(array_agg(m.id order by m.created_at, m.id) filter (where m.is_emergency), '{}')
            from inbox_channel c
            join access_user u on u.id = c.user_id and u.is_active
            join inbox_message m on m.user_id = c.user_id and m.read_at is null
            where c.is_on and (%(channel)s::uuid is null or c.id = %(channel)s)
                and not exists (select from inbox_delivery d where d.message_id = m.id and d.channel_id = c.id)
            group by c.id order by c.id""",
            {"channel": channel},
        )
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return [Waiting(*row) for row in rows]


def loans_begun(*, on: dt.date) -> Sequence[StandIn]:
    """Lent roles that hold on a day, with whose and what they are."""
    return list(
        StandIn.objects.filter(valid_from__lte=on, valid_to__gte=on, ended_at__isnull=True)
        .select_related("assignment")
        .order_by("valid_from", "pk")
    )


def works_today(now: dt.datetime) -> bool:
    """Whether offices work today; where the holidays are not published yet, Monday to Friday."""
    try:
        return is_workday(now.date())
    except CalendarEnds:
        return now.weekday() < 5
