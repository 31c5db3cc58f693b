"""Sealing events in a hash chain, below the transaction horizon, and exporting the chain's heads."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from shibaiqian.audit.models import Seal, SealedEvent
from shibaiqian.base import clock

GENESIS = hashlib.sha256(b"shibaiqian audit chain").digest()
BATCH = 5000
# Ids commit out of order: an event is ready when no transaction that could still add an earlier one is running.
READY = """
    select e.id, e.canonical from audit_event e
    where e.xact::xid8 < pg_snapshot_xmin(pg_current_snapshot())
      and not exists (select 1 from audit_sealedevent s where s.event_id = e.id)
    order by e.id limit %s
"""


@dataclass(frozen=True)
class Sealed:
    """What one run sealed."""

    events: int
    seals: int


def batch_hash(previous: bytes, number: int, texts: list[tuple[int, str]]) -> bytes:
    """The hash of one link: the one before, the number, and each event's id and text with their lengths."""
    digest = hashlib.sha256(previous + number.to_bytes(8, "big"))
    for event_id, text in texts:
        data = text.encode()
        digest.update(event_id.to_bytes(8, "big") + len(data).to_bytes(8, "big") + data)
    return digest.digest()


def seal_events() -> Sealed:
    """Seal all events that are ready. One sealer at a time; called by a job at least every minute."""
    events = seals = 0
    while count := _seal_one_batch():
        events, seals = events + count, seals + 1
        if count < BATCH:
            break
    return Sealed(events=events, seals=seals)


def _seal_one_batch() -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('audit_seal'))")
        cursor.execute("select set_config('app.audit', 'on', true)")
        last = Seal.objects.order_by("-number").first()
        cursor.execute(READY, [BATCH])
        ready = cursor.fetchall()
        if not ready:
            return 0
        number, previous = (last.number + 1, bytes(last.hash)) if last else (1, GENESIS)
        seal = Seal.objects.create(
            number=number, event_count=len(ready), previous=previous, hash=batch_hash(previous, number, ready), sealed_at=clock.wall_now()
        )
        SealedEvent.objects.bulk_create([SealedEvent(event_id=event_id, seal=seal) for event_id, _ in ready], batch_size=2000)
        return len(ready)


def export_head() -> Path:
    """Append the chain's head to the file of heads; keep copies of it elsewhere. One line of JSON a day."""
    path: Path = settings.HOME.path / "audit-heads.jsonl"
    last = Seal.objects.order_by("-number").first()
    if last is not None:
        line = {"number": last.number, "hash": bytes(last.hash).hex(), "sealed_at": last.sealed_at.isoformat()}
        with path.open("a") as file:
            file.write(json.dumps(line) + "\n")
    return path
