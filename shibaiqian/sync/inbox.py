"""Taking in a batch of operations: each is kept, done once, and answered after the commit; none holds up another.

A batch is one transaction with a savepoint for each record. When the database itself fails (a deadlock, a full disk), every
record is tried again in a transaction of its own.
"""

import json
import logging
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import DatabaseError, connection, transaction

from shibaiqian.access.actor import Actor, Forbidden, acting
from shibaiqian.access.command import NotVisible, Refused
from shibaiqian.access.rows import RowsRefused
from shibaiqian.base import clock, crypto
from shibaiqian.sync.kinds import KINDS, kinds_of
from shibaiqian.sync.kinds.kind import Done, Sender
from shibaiqian.sync.models import Device, InboxRecord, Upload
from shibaiqian.sync.rules import Malformed, Said, read, reread

logger = logging.getLogger(__name__)
Status = InboxRecord.Status
FINAL = frozenset({"created", "duplicate", "held", "conflict", "rejected"})
WAITING = (Status.HELD, Status.PHOTOS_MISSING)
NOT_HERE = "记录所涉及的任职、户或事项不在您现在的管辖范围内，没有办理。记录已保存在服务器；人员调整的，请联系镇办代为登记。"
NOT_YOURS = "您现在的角色不能办理这件事，没有办理。记录已保存在服务器，请联系系统管理员核对角色。"
TAKEN = "这条记录的编号已用于另一条内容不同的记录，没有办理，原记录没有改动。请重新填写后再提交。"
FAILED = "服务器暂时没有办成，记录还在手机上，稍后会自动重发。"
Answer = dict[str, Any]


@dataclass
class Batch:
    """What came in one request and what became of it: answers by the key of the operation."""

    device: Device
    actor: Actor
    skew_seconds: int
    said: list[Said]
    answers: dict[uuid.UUID, Answer] = field(default_factory=dict)


def take(device: Device, actor: Actor, operations: Sequence[Any], *, skew_seconds: int) -> list[Answer]:
    """Do what came and answer for each, in the order of the request. Opens its own transactions, and answers after they ended."""
    slots: list[uuid.UUID | Answer] = []
    said: dict[uuid.UUID, Said] = {}
    for sent in operations:
        try:
            one = read(sent)
        except Malformed as why:
            slots.append(_unreadable(sent, why))
            continue
        if one.id in said and said[one.id].hash != one.hash:
            slots.append(_answer(one, Status.REJECTED, message=TAKEN))
        else:
            said[one.id] = one
            slots.append(one.id)
    answers = _take_all(Batch(device, actor, skew_seconds, list(said.values())))
    return [slot if isinstance(slot, dict) else answers[slot] for slot in slots]


def _take_all(batch: Batch) -> dict[uuid.UUID, Answer]:
    try:
        return _in_one_transaction(batch)
    except DatabaseError:
        logger.warning("a batch of %s records failed as a whole; each is tried alone", len(batch.said), exc_info=True)
    answers: dict[uuid.UUID, Answer] = {}
    for said in sorted(batch.said, key=lambda one: one.at):
        try:
            answers |= _in_one_transaction(Batch(batch.device, batch.actor, batch.skew_seconds, [said]))
        except DatabaseError:
            logger.exception("record %s failed", said.id)
            answers[said.id] = {"id": str(said.id), "hash": said.hash, "status": "error", "message": FAILED}
    return answers


def _in_one_transaction(batch: Batch) -> dict[uuid.UUID, Answer]:
    with acting(batch.actor):
        _work(batch)
    return batch.answers


def _work(batch: Batch) -> None:
    new = _keep(batch)
    ready = {said.id: said for said in batch.said if said.id in new}
    ready |= _known(batch, [said for said in batch.said if said.id not in new])
    uploads = _uploads(batch, [photo for said in ready.values() for photo in said.photos])
    sender = Sender(batch.actor, uploads)
    waiting = sorted(ready.values(), key=lambda one: one.at)
    while waiting:
        settled = _settled(batch, waiting)
        now = [said for said in waiting if set(said.after) <= settled or not said.after]
        if not now:
            break
        for said in now:
            _one(batch, said, sender)
        waiting = [said for said in waiting if said.id not in batch.answers] + _released(batch, now)
    for said in waiting:
        _close(batch, said, Status.HELD)


def _one(batch: Batch, said: Said, sender: Sender) -> None:
    missing = [photo for photo in said.photos if photo not in sender.uploads]
    if missing:
        return _close(batch, said, Status.PHOTOS_MISSING, missing=missing)
    kind = KINDS.get(said.kind)
    if kind is None or said.kind not in kinds_of(batch.actor.role):
        message = NOT_YOURS if kind else f"服务器不认识“{said.kind}”这类记录，没有办理；记录已保存在服务器。"
        return _close(batch, said, Status.REJECTED, message=message)
    try:
        with transaction.atomic():
            done = kind.run(said, sender)
    except (Malformed, RowsRefused, Refused, NotVisible, Forbidden) as why:
        return _close(batch, said, Status.REJECTED, message=_words(why))
    return _done(batch, said, done)


def _done(batch: Batch, said: Said, done: Done) -> None:
    if done.theirs:
        return _close(batch, said, Status.CONFLICT, result=done.result, theirs=done.theirs)
    return _close(batch, said, Status.CREATED, result=done.result)


def _words(why: Exception) -> str:
    match why:
        case RowsRefused():
            found = why.findings.refusals()
            return " ".join(" ".join(filter(None, (f.message, f.mend))) for f in found[:3])
        case Forbidden():
            return NOT_YOURS
        case NotVisible():
            return NOT_HERE
    return str(why)


# --- What is kept ----------------------------------------------------------------------------------------------------

KEEP = """
    insert into sync_inboxrecord
        (id, device_id, "user", region, hash, kind, status, said_at, received_at, skew_seconds, after, said_sealed)
    select id, %s, %s, %s, hash, kind, 'held', said_at, %s, %s, after::uuid[], said_sealed
      from unnest(%s::uuid[], %s::bytea[], %s::text[], %s::timestamptz[], %s::text[], %s::bytea[])
        as said (id, hash, kind, said_at, after, said_sealed)
    on conflict do nothing returning id
"""


def _keep(batch: Batch) -> set[uuid.UUID]:
    """Write the raw rows; returns the ids that are new. Another sender of the same id is waited for here: never check-then-insert."""
    if not batch.said:
        return set()
    rows = sorted(batch.said, key=lambda said: said.id)
    with connection.cursor() as cursor:
        cursor.execute(
            KEEP,
            [
                batch.device.pk, batch.device.user_id, batch.actor.scope.region, clock.wall_now(), batch.skew_seconds,
                [said.id for said in rows], [bytes.fromhex(said.hash) for said in rows], [said.kind for said in rows],
                [said.at for said in rows], ["{" + ",".join(map(str, said.after)) + "}" for said in rows],
                [crypto.seal(said.text, row=str(said.id)) for said in rows],
            ],
        )  # fmt: skip
        return {key for (key,) in cursor.fetchall()}


def _known(batch: Batch, again: Sequence[Said]) -> dict[uuid.UUID, Said]:
    """Answer what was answered before; returns what waited and is to be tried again."""
    if not again:
        return {}
    rows = InboxRecord.objects.visible_to(batch.actor).filter(pk__in=[said.id for said in again]).select_for_update(no_key=True)
    kept = {row.pk: row for row in rows.order_by("pk")}
    waiting: dict[uuid.UUID, Said] = {}
    for said in again:
        row = kept.get(said.id)
        if row is None or row.user != batch.device.user_id or bytes(row.hash).hex() != said.hash:
            batch.answers[said.id] = _answer(said, Status.REJECTED, message=TAKEN)
        elif row.status in WAITING:
            waiting[said.id] = said
        else:
            batch.answers[said.id] = answer_of(row) | ({"status": "duplicate"} if row.status == Status.CREATED else {})
    return waiting


def answer_of(row: InboxRecord) -> Answer:
    """The answer a record was given, from its row."""
    kept = json.loads(crypto.unseal(bytes(row.answer_sealed), row=str(row.pk))) if row.answer_sealed else {}
    return {"id": str(row.pk), "hash": bytes(row.hash).hex(), "status": str(row.status), **kept}


def _close(batch: Batch, said: Said, status: str, **more: Any) -> None:
    """Write what became of a record into its row."""
    batch.answers[said.id] = _answer(said, status, **more)
    sealed = crypto.seal(json.dumps(more, ensure_ascii=False), row=str(said.id)) if more else None
    InboxRecord.objects.visible_to(batch.actor).filter(pk=said.id).update(status=status, answer_sealed=sealed)


def _answer(said: Said, status: str, **more: Any) -> Answer:
    return {"id": str(said.id), "hash": said.hash, "status": str(status), **more}


def _unreadable(sent: Any, why: Malformed) -> Answer:
    key = sent.get("id") if isinstance(sent, dict) else None
    return {"id": key if isinstance(key, str) else "", "hash": "", "status": "rejected", "message": str(why)}


# --- What waits for another ------------------------------------------------------------------------------------------


def _settled(batch: Batch, waiting: Iterable[Said]) -> set[uuid.UUID]:
    """Which of the operations that these wait for are done."""
    wanted = {key for said in waiting for key in said.after}
    done = InboxRecord.objects.visible_to(batch.actor).filter(
        pk__in=wanted, user=batch.device.user_id, status__in=[Status.CREATED, Status.CONFLICT]
    )
    return set(done.values_list("pk", flat=True)) if wanted else set()


def _released(batch: Batch, done: Iterable[Said]) -> list[Said]:
    """Operations of earlier requests that waited for these, in time order."""
    keys = [said.id for said in done]
    rows = InboxRecord.objects.visible_to(batch.actor).filter(user=batch.device.user_id, status=Status.HELD, after__overlap=keys)
    found = rows.exclude(pk__in=[said.id for said in batch.said]).order_by("said_at").select_for_update(no_key=True)
    return [reread(crypto.unseal(bytes(row.said_sealed), row=str(row.pk))) for row in found]


def _uploads(batch: Batch, photos: Sequence[str]) -> dict[str, Upload]:
    rows = Upload.objects.visible_to(batch.actor).filter(user=batch.device.user_id, sha256__in=photos) if photos else []
    return {row.sha256: row for row in rows}
