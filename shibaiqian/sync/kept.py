"""The rows of the inbox: written before anything is done, found again, answered. Part of the inbox's transaction, no commands."""

import datetime as dt
import json
import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import connection
from django.utils.translation import gettext

from shibaiqian.access.actor import Actor
from shibaiqian.base import clock, crypto
from shibaiqian.base.bulk import Statement, array_text
from shibaiqian.sync.models import Device, InboxRecord, Upload
from shibaiqian.sync.rules import Said, reread

Answer = dict[str, Any]
Status = InboxRecord.Status
MOST_A_DAY = 20_000  # records of one account; whoever comes back after thirty days brings ninety
KEEP = """
    insert into sync_inboxrecord
        (id, device_id, "user", region, hash, kind, status, said_at, received_at, skew_seconds, after, said_sealed)
    select id, %s, %s, %s, hash, kind, 'error', said_at, %s, %s, after::uuid[], said_sealed
      from unnest(%s::uuid[], %s::bytea[], %s::text[], %s::timestamptz[], %s::text[], %s::bytea[])
        as said (id, hash, kind, said_at, after, said_sealed)
     where (select count(*) from (select from sync_inboxrecord where "user" = %s and received_at > %s limit %s) as today) < %s
    on conflict do nothing returning id
"""
DAY = dt.timedelta(days=1)
WRITE = """
    update sync_inboxrecord r set status = s.status, answer_sealed = s.answer
      from unnest(%s::uuid[], %s::text[], %s::bytea[]) as s (id, status, answer) where r.id = s.id
"""


def keep(device: Device, actor: Actor, said: Sequence[Said], *, skew_seconds: int) -> set[uuid.UUID]:
    """Write the raw rows; returns the ids that are new. Another sender of the same id is waited for here: never check-then-insert."""
    if not said:
        return set()
    rows = sorted(said, key=lambda one: one.id)
    now = clock.wall_now()
    with connection.cursor() as cursor:
        cursor.execute(
            KEEP,
            [
                device.pk, device.user_id, actor.scope.region, now, skew_seconds,
                array_text(one.id for one in rows), array_text(bytes.fromhex(one.hash) for one in rows), array_text(one.kind for one in rows),
                array_text(one.at for one in rows), array_text(array_text(one.after) for one in rows),
                array_text(crypto.seal_all([one.text for one in rows], rows=[str(one.id) for one in rows])),
                device.user_id, now - DAY, MOST_A_DAY, MOST_A_DAY,
            ],
        )  # fmt: skip
        return {key for (key,) in cursor.fetchall()}


def is_over_the_day(device: Device, actor: Actor) -> bool:
    """Whether this account sent more than a person writes, so that nothing new is kept."""
    today = InboxRecord.objects.visible_to(actor).filter(user=device.user_id, received_at__gt=clock.wall_now() - DAY)
    return bool(today[:MOST_A_DAY].count() >= MOST_A_DAY)


def held_after(actor: Actor, device: Device) -> dict[uuid.UUID, list[uuid.UUID]]:
    """What the records of earlier requests that wait wait for."""
    return dict(InboxRecord.objects.visible_to(actor).filter(user=device.user_id, status=Status.HELD).values_list("pk", "after"))


def stands_here(actor: Actor, device: Device, keys: Collection[uuid.UUID]) -> bool:
    """Whether the person sent one of these in this role."""
    return bool(InboxRecord.objects.visible_to(actor).filter(pk__in=keys, user=device.user_id).exists())


def answers_written(closed: Mapping[uuid.UUID, Answer]) -> Statement:
    """What became of records, into their rows. To be executed."""
    keys = sorted(closed)
    more = [{k: v for k, v in closed[key].items() if k not in ("id", "hash", "status")} for key in keys]
    sealed = crypto.seal_all([json.dumps(one, ensure_ascii=False) if one else None for one in more], rows=list(map(str, keys)))
    return WRITE, [array_text(keys), array_text(closed[key]["status"] for key in keys), array_text(sealed)]


def answer(said: Said, status: str, **more: Any) -> Answer:
    """With words for the person in the language of the request."""
    words = {"message": gettext(more["message"])} if "message" in more else {}
    return {"id": str(said.id), "hash": said.hash, "status": str(status), **more, **words}


def answer_of(row: InboxRecord) -> Answer:
    """The answer a record was given, from its row."""
    kept = json.loads(crypto.unseal(bytes(row.answer_sealed), row=str(row.pk))) if row.answer_sealed else {}
    return {"id": str(row.pk), "hash": bytes(row.hash).hex(), "status": str(row.status), **kept}


def seen_before(actor: Actor, again: Sequence[Said]) -> dict[uuid.UUID, tuple[InboxRecord, Answer]]:
    """The rows of records that came before, locked, with what they were answered."""
    if not again:
        return {}
    rows = InboxRecord.objects.visible_to(actor).filter(pk__in=[one.id for one in again]).select_for_update(no_key=True)
    return {row.pk: (row, answer_of(row)) for row in rows.order_by("pk")}


def states(actor: Actor, device: Device, waiting: Sequence[Said]) -> dict[uuid.UUID, str]:
    """How those stand that these wait for."""
    wanted = {key for one in waiting for key in one.after}
    if not wanted:
        return {}
    rows = InboxRecord.objects.visible_to(actor).filter(pk__in=wanted, user=device.user_id)
    return dict(rows.values_list("pk", "status"))


def released(actor: Actor, device: Device, done: Sequence[Said], *, but: Collection[uuid.UUID]) -> list[Said]:
    """Operations of earlier requests that waited for these, in time order."""
    keys = {one.id for one in done}
    held = InboxRecord.objects.visible_to(actor).filter(user=device.user_id, status=Status.HELD)
    found = [key for key, after in held.values_list("pk", "after") if key not in but and not keys.isdisjoint(after)]
    rows = held.filter(pk__in=found).order_by("said_at", "pk").select_for_update(no_key=True) if found else []
    return [reread(crypto.unseal(bytes(row.said_sealed), row=str(row.pk))) for row in rows]


def uploads(actor: Actor, device: Device, said: Sequence[Said]) -> dict[str, Upload]:
    """What the person sent ahead of these records, by hash."""
    wanted = {photo for one in said for photo in one.photos}
    rows = Upload.objects.visible_to(actor).filter(user=device.user_id, sha256__in=wanted) if wanted else []
    return {row.sha256: row for row in rows}
