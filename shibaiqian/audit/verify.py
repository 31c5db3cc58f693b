"""Checking the chain: every link and every sealed event is computed again; the first bad one is named."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection

from shibaiqian.audit.models import Event, Seal
from shibaiqian.audit.record import canonical
from shibaiqian.audit.seal import GENESIS, batch_hash

FIELDS = ("business_at", "wall_at", "user_id", "user_name", "role", "scope", "action", "outcome", "subject_type", "subject_id",
          "region", "operation", "details")  # fmt: skip


@dataclass(frozen=True)
class Verdict:
    """Whether the chain holds; a sentence for the administrator; the first bad place if it does not."""

    sound: bool
    message: str
    seal: int | None = None
    event: int | None = None


def verify(*, heads: Path | None = None) -> Verdict:
    """Recompute the whole chain, and compare it with heads kept elsewhere. Reads everything; changes nothing."""
    previous, expected, total = GENESIS, 1, 0
    kept = _heads(heads)
    for seal in Seal.objects.order_by("number").iterator():
        if seal.number != expected:
            return Verdict(False, f"审计链缺少第 {expected} 环。", seal=expected)
        events = _events_of(seal.number)
        bad = next((e.pk for e in events if _said(e) != e.canonical), None)
        if bad is not None:
            return Verdict(False, f"第 {seal.number} 环内的事件 {bad} 被改动：各栏与存档文本不符。", seal=seal.number, event=bad)
        texts = [(e.pk, e.canonical) for e in events]
        if (
            bytes(seal.previous) != previous
            or batch_hash(previous, seal.number, texts) != bytes(seal.hash)
            or len(texts) != seal.event_count
        ):
            return Verdict(False, f"第 {seal.number} 环不符：其中的事件被改动、删除或增加（{_range(texts)}）。", seal=seal.number)
        if kept.get(seal.number, bytes(seal.hash).hex()) != bytes(seal.hash).hex():
            return Verdict(False, f"第 {seal.number} 环与另存的链头不符：整条链被重写过。", seal=seal.number)
        previous, expected, total = bytes(seal.hash), expected + 1, total + len(texts)
    if kept and max(kept) >= expected:
        return Verdict(False, f"另存的链头有第 {max(kept)} 环，库中只到第 {expected - 1} 环：链尾被截去。", seal=expected)
    return Verdict(True, f"审计链完好：{expected - 1} 环，{total} 条事件；尚未封存 {_unsealed()} 条。")


def _events_of(number: int) -> list[Event]:
    with connection.cursor() as cursor:
        cursor.execute("select event_id from audit_sealedevent where seal_id = %s order by event_id", [number])
        ids = [row[0] for row in cursor.fetchall()]
    found = Event.objects.in_bulk(ids)
    return [found[i] for i in ids if i in found]


def _said(event: Event) -> str:
    return canonical({"id": event.pk, **{field: getattr(event, field) for field in FIELDS}})


def _range(texts: list[tuple[int, str]]) -> str:
    return f"事件 {texts[0][0]} 至 {texts[-1][0]}" if texts else "无事件"


def _heads(path: Path | None) -> dict[int, str]:
    if path is None:
        return {}
    return {line["number"]: line["hash"] for line in _lines(path)}


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text().splitlines():
        if line.strip():
            yield json.loads(line)


def _unsealed() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from audit_event e where not exists (select 1 from audit_sealedevent s where s.event_id = e.id)")
        return cursor.fetchone()[0]
