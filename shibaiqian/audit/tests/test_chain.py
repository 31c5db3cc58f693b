"""The chain of the audit: sealed below the horizon, and every tampering found."""

import json
import random
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections, transaction

from shibaiqian.access.actor import acting
from shibaiqian.audit.models import Event, Seal, SealedEvent
from shibaiqian.audit.record import record
from shibaiqian.audit.seal import seal_events
from shibaiqian.audit.verify import verify


def _write(count: int, actor: Any) -> None:
    with acting(actor):
        for number in range(count):
            record(actor=actor, action="test.act", outcome=Event.Outcome.DONE, region="611021", details={"number": number, "note": "记"})


def _as_attacker(sql: str, *values: Any) -> None:
    """As the owner, with the triggers switched off: what the chain must show afterwards."""
    with transaction.atomic(), connection.cursor() as cursor:
        tables = ("audit_event", "audit_seal", "audit_sealedevent")
        for table in tables:
            cursor.execute(f"alter table {table} disable trigger user")
        cursor.execute(sql, values)
        cursor.execute("set constraints all immediate")
        for table in tables:
            cursor.execute(f"alter table {table} enable trigger user")


@pytest.fixture
def chain(committed: None, actor: Any) -> None:
    clerk = actor("county_org_admin", "611021")
    for _ in range(3):
        _write(7, clerk)
        seal_events()


def test_sealed_events_verify(chain: None) -> None:
    verdict = verify()
    assert verdict.sound, verdict.message
    assert Seal.objects.count() == 3
    assert SealedEvent.objects.count() == 21


def test_an_event_of_an_open_transaction_is_sealed_later_not_skipped(committed: None, actor: Any) -> None:
    clerk = actor("county_org_admin", "611021")
    opened, go = threading.Event(), threading.Event()

    def slow() -> None:
        with acting(clerk):
            record(actor=clerk, action="test.slow", outcome=Event.Outcome.DONE, details={})
            opened.set()
            go.wait(10)
        connections.close_all()

    thread = threading.Thread(target=slow)
    thread.start()
    opened.wait(10)
    _write(2, clerk)  # later ids, committed earlier
    assert seal_events().events == 0
    go.set()
    thread.join()
    assert seal_events().events == 3
    assert verify().sound


def _shuffled(rng: random.Random) -> int:
    return rng.choice(list(SealedEvent.objects.values_list("event_id", flat=True)))


TAMPERINGS: dict[str, Callable[[random.Random], None]] = {
    "user": lambda r: _as_attacker("update audit_event set user_name = user_name || 'x' where id = %s", _shuffled(r)),
    "role": lambda r: _as_attacker("update audit_event set role = 'city_leader' where id = %s", _shuffled(r)),
    "scope": lambda r: _as_attacker("update audit_event set scope = 'region:61' where id = %s", _shuffled(r)),
    "time": lambda r: _as_attacker("update audit_event set wall_at = wall_at - interval '1 second' where id = %s", _shuffled(r)),
    "business time": lambda r: _as_attacker(
        "update audit_event set business_at = business_at - interval '1 day' where id = %s", _shuffled(r)
    ),
    "action": lambda r: _as_attacker("update audit_event set action = 'test.other' where id = %s", _shuffled(r)),
    "outcome": lambda r: _as_attacker("update audit_event set outcome = 'refused' where id = %s", _shuffled(r)),
    "details": lambda r: _as_attacker("update audit_event set details = details || '{\"number\": 99}' where id = %s", _shuffled(r)),
    "text": lambda r: _as_attacker("update audit_event set canonical = canonical || ' ' where id = %s", _shuffled(r)),
    "region": lambda r: _as_attacker("update audit_event set region = '611022' where id = %s", _shuffled(r)),
    "deleted": lambda r: _as_attacker(
        "with gone as (delete from audit_sealedevent where event_id = %s returning event_id) delete from audit_event where id in (select event_id from gone)",
        _shuffled(r),
    ),
    "link hash": lambda r: _as_attacker("update audit_seal set hash = sha256(hash) where number = %s", r.randint(1, 3)),
    "link removed": lambda r: _as_attacker("delete from audit_sealedevent where seal_id = 2"),
    "moved": lambda r: _as_attacker("update audit_sealedevent set seal_id = 4 - seal_id where event_id = %s", _not_in_two(r)),
}


def _not_in_two(rng: random.Random) -> int:
    return rng.choice(list(SealedEvent.objects.exclude(seal_id=2).values_list("event_id", flat=True)))


@pytest.mark.parametrize("kind", TAMPERINGS)
def test_every_tampering_is_found(chain: None, kind: str) -> None:
    before = verify()
    TAMPERINGS[kind](random.Random(kind))  # noqa: S311 - a repeatable choice
    after = verify()
    assert before.sound
    assert not after.sound
    assert after.seal in (1, 2, 3)


def test_a_rewritten_chain_is_found_against_heads_kept_elsewhere(chain: None, tmp_path: Any, actor: Any) -> None:
    heads = tmp_path / "heads.jsonl"
    last = Seal.objects.get(number=3)
    heads.write_text(json.dumps({"number": 3, "hash": bytes(last.hash).hex()}) + "\n")
    _as_attacker("delete from audit_sealedevent")
    _as_attacker("delete from audit_seal")
    _as_attacker("update audit_event set role = 'x'")
    _as_attacker("update audit_event set canonical = replace(canonical, 'county_org_admin', 'x')")
    for _ in range(3):
        seal_events()
    assert verify().sound  # inside the database nothing shows
    assert not verify(heads=heads).sound
