"""Taking in a batch of operations: each is kept, done once, and answered after the commit; none holds up another.

A batch is one transaction with a savepoint for each record, or for a set of one kind that is done at once. When the database
itself fails (a deadlock, a full disk), every record is tried again in a transaction of its own.
"""

import logging
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import DatabaseError, DataError, IntegrityError, connection, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from shibaiqian.access.actor import Actor, Forbidden, acting
from shibaiqian.access.command import NotVisible, Refused
from shibaiqian.access.rows import RowsRefused
from shibaiqian.base.bulk import execute_together
from shibaiqian.postings.models import Posting
from shibaiqian.sync import devices
from shibaiqian.sync.body import Body
from shibaiqian.sync.kept import (
    Answer,
    answer,
    answers_written,
    held_after,
    is_over_the_day,
    keep,
    released,
    seen_before,
    stands_here,
    states,
    uploads,
)
from shibaiqian.sync.kinds import KINDS, kinds_of
from shibaiqian.sync.kinds.kind import Done, Kind, Sender
from shibaiqian.sync.models import Device, InboxRecord, Upload
from shibaiqian.sync.rules import Malformed, Said, circular, key_of, read

logger = logging.getLogger(__name__)
Status = InboxRecord.Status
LONGEST_KEY = 45  # of a UUID in any of its forms
FINAL = frozenset({"created", "duplicate", "conflict", "rejected"})
SETTLED = frozenset({Status.CREATED, Status.CONFLICT})
NOT_HERE = _("记录所涉及的任职、户或事项不在您现在的管辖范围内，没有办理。记录已保存在服务器；人员调整的，请联系镇办代为登记。")
NOT_YOURS = _("您现在的角色不能办理这件事，没有办理。记录已保存在服务器，请联系系统管理员核对角色。")
TAKEN = _("这条记录的编号已用于另一条内容不同的记录，没有办理，原记录没有改动。请重新填写后再提交。")
BEFORE_IT = _("它所依据的前一条记录没有办成，所以没有办理。请先处理那一条，再重新填写。")
CIRCLE = _("它和它所依据的记录互相等待，哪一条都办不了，所以没有办理。记录已保存在服务器，请重新填写。")
WAITS = _("等它所依据的前一条记录，那一条办好后自动办理。")
LACKS = _("还缺 %s 张照片或录音，传完后自动办理。")
OVER = _("这个账号一天内发来的记录太多，暂时不再收；记录还在手机上，明天会自动重发。请联系系统管理员查看。")
UNKNOWN = _("服务器不认识“%s”这类记录，没有办理；记录已保存在服务器。")
CHANGED = _("有的内容别人已经改过，请核对后决定。")
CLASHES = _("与服务器上已有的记录冲突，没有办理。记录已保存在服务器，请核对后重新填写。")
UNSAVEABLE = _("内容里有不能保存的字符或数字，没有办理。请修改后重新填写。")
FAILED = _("服务器暂时没有办成，记录还在手机上，稍后会自动重发。")
SAID_NO = (Malformed, RowsRefused, Refused, NotVisible, Forbidden)


@dataclass
class Batch:
    """What is done in one transaction for one actor, and what became of it: answers by the key of the operation."""

    device: Device
    actor: Actor
    skew_seconds: int
    said: list[Said]
    until: Any = None  # last day of a role that has ended
    unreadable: frozenset[uuid.UUID] = frozenset()  # records of the same request that were refused before they were kept
    ahead: dict[str, Upload] = field(default_factory=dict)  # photos sent by the role on the phone for records of one that has ended
    alone: bool = False
    owes: int | None = None  # what the phone said it holds, where this batch is all of the request
    answers: dict[uuid.UUID, Answer] = field(default_factory=dict)
    closed: dict[uuid.UUID, Answer] = field(default_factory=dict)  # those to be written
    is_reported: bool = False  # what the phone holds was written with it

    def close(self, said: Said, status: str, **more: Any) -> None:
        self.answers[said.id] = self.closed[said.id] = answer(said, status, **more)


def take(device: Device, actor: Actor | None, operations: Sequence[Any], *, owes: int, skew_seconds: int) -> list[Answer]:
    """Do what came and answer for each, in the order of the request. Opens its own transactions, and answers after they ended.

    `actor` is None when the device's role has ended: then only what was done in it is taken.
    """
    slots: list[uuid.UUID | Answer] = []
    said: dict[uuid.UUID, Said] = {}
    unreadable: set[uuid.UUID] = set()
    for sent in operations:
        try:
            one = read(sent)
        except Malformed as why:
            refused = _unreadable(sent, why)
            slots.append(refused)
            unreadable |= _keys_of(refused)
            continue
        if said.setdefault(one.id, one).hash != one.hash:
            slots.append(answer(one, Status.REJECTED, message=TAKEN))
        else:
            slots.append(one.id)
    answers: dict[uuid.UUID, Answer] = {}
    batches = _routed(device, actor, list(said.values()), skew_seconds)
    for batch in batches:
        batch.unreadable = frozenset(unreadable - said.keys())
        batch.owes = owes if len(batches) == 1 and len(said) == len(slots) else None
        answers |= _take_batch(batch)
    found = [slot if isinstance(slot, dict) else answers[slot] for slot in slots]
    if not batches or any(not batch.is_reported for batch in batches):
        execute_together([devices.reported(device, owes=_left(owes, found), skew_seconds=skew_seconds)])
    return found


def _left(owes: int, answers: Iterable[Answer]) -> int:
    return max(owes - sum(one["status"] in FINAL for one in answers), 0)


def _routed(device: Device, actor: Actor | None, said: list[Said], skew: int) -> list[Batch]:
    """For whom each record is done: for the role on the phone, or for one that ended and whose posting the record names."""
    formers = devices.former_roles(device) if said else []
    if not formers:
        return [Batch(device, actor, skew, said)] if actor and said else []
    roles: list[tuple[Actor, Any]] = ([(actor, None)] if actor else []) + [(one.actor, one.until) for one in formers]
    groups: dict[int, list[Said]] = defaultdict(list)
    where: dict[uuid.UUID, int] = {}
    for one in sorted(said, key=lambda one: one.at):
        where[one.id] = at = _role_of(device, one, roles, where)
        groups[at].append(one)
    return [
        Batch(device, roles[at][0], skew, group, until=roles[at][1], ahead=_sent_ahead(device, actor, group) if roles[at][1] else {})
        for at, group in groups.items()
    ]


def _sent_ahead(device: Device, actor: Actor | None, said: list[Said]) -> dict[str, Upload]:
    """Photos lie where the role that sent them is; the records that name them may belong to an earlier one."""
    if actor is None:
        return {}
    with acting(actor):
        return uploads(actor, device, said)


def _role_of(device: Device, said: Said, roles: Sequence[tuple[Actor, Any]], known: dict[uuid.UUID, int]) -> int:
    """The first role that sees the posting of a record; without a posting, where it or what it waits for came before; else the first."""
    try:
        posting = Body(said.body).key("posting")
    except Malformed:
        return 0
    told = [key for key in ((posting,) if posting else said.after) if key in known]
    if told:
        return known[told[0]]
    found = next((at for at, (actor, _) in enumerate(roles) if _is_of(device, said, actor, posting)), 0)
    if posting:
        known[posting] = found
    return found


def _is_of(device: Device, said: Said, actor: Actor, posting: uuid.UUID | None) -> bool:
    with acting(actor):
        if posting is None:
            return stands_here(actor, device, [said.id, *said.after])
        return bool(Posting.objects.visible_to(actor).filter(pk=posting).exists())


def _take_batch(batch: Batch) -> dict[uuid.UUID, Answer]:
    try:
        return _in_one_transaction(batch)
    except DatabaseError:
        logger.warning("a batch of %s records failed as a whole; each is tried alone", len(batch.said), exc_info=True)
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
    answers: dict[uuid.UUID, Answer] = {}
    for said in sorted(batch.said, key=lambda one: one.at):
        try:
            answers |= _in_one_transaction(replace(batch, said=[said], alone=True, owes=None, answers={}, closed={}))
        except DatabaseError:
            logger.exception("record %s failed", said.id)
            answers[said.id] = answer(said, Status.ERROR, message=FAILED)
    return answers


def _in_one_transaction(batch: Batch) -> dict[uuid.UUID, Answer]:
    with acting(batch.actor):
        _work(batch)
        last = [answers_written(batch.closed)] if batch.closed else []
        if batch.owes is not None:
            ours = [batch.answers[said.id] for said in batch.said]
            last.append(devices.reported(batch.device, owes=_left(batch.owes, ours), skew_seconds=batch.skew_seconds))
        execute_together(last)
    batch.is_reported = batch.owes is not None
    return batch.answers


def _work(batch: Batch) -> None:
    """Everything of the batch, in time order; then what earlier requests left waiting for it."""
    waiting = sorted(_to_do(batch), key=lambda one: one.at)
    sender = Sender(batch.actor, batch.ahead | uploads(batch.actor, batch.device, waiting), batch.until, batch.skew_seconds)
    while waiting:
        known = states(batch.actor, batch.device, waiting) | {key: one["status"] for key, one in batch.closed.items()}
        now = [said for said in waiting if _may_go(batch, said, known)]
        _do(batch, now, sender)
        done = [said for said in waiting if said.id in batch.answers]
        waiting = [said for said in waiting if said.id not in batch.answers]
        if not done:
            break
        more = released(batch.actor, batch.device, done, but=batch.answers)
        sender = replace(sender, uploads={**sender.uploads, **uploads(batch.actor, batch.device, more)})
        waiting += more
    stuck = circular(held_after(batch.actor, batch.device) | {said.id: said.after for said in waiting}) if waiting else set()
    for said in waiting:
        if said.id in stuck:
            batch.close(said, Status.REJECTED, message=CIRCLE)
        else:
            batch.close(said, Status.HELD, message=WAITS)


def _to_do(batch: Batch) -> list[Said]:
    """What is new, and what waited; the rest is answered as before."""
    new = keep(batch.device, batch.actor, batch.said, skew_seconds=batch.skew_seconds)
    again = [said for said in batch.said if said.id not in new]
    kept = seen_before(batch.actor, again)
    for said in again:
        row, before = kept.get(said.id, (None, {}))
        if row is None and is_over_the_day(batch.device, batch.actor):
            logger.warning("account %s sent more records in a day than are kept", batch.device.user_id)
            batch.answers[said.id] = answer(said, Status.ERROR, message=OVER)
        elif row is None or row.user != batch.device.user_id or bytes(row.hash).hex() != said.hash:
            batch.answers[said.id] = answer(said, Status.REJECTED, message=TAKEN)
        elif row.status not in (Status.HELD, Status.PHOTOS_MISSING, Status.ERROR):
            batch.answers[said.id] = before | ({"status": "duplicate"} if row.status == Status.CREATED else {})
    return [said for said in batch.said if said.id not in batch.answers]


def _may_go(batch: Batch, said: Said, known: dict[uuid.UUID, str]) -> bool:
    """Whether everything it waits for is done; what waits for something that was refused is refused."""
    if any(known.get(key) == Status.REJECTED or key in batch.unreadable for key in said.after):
        batch.close(said, Status.REJECTED, message=BEFORE_IT)
        return False
    return all(known.get(key) in SETTLED for key in said.after)


def _do(batch: Batch, several: Iterable[Said], sender: Sender) -> None:
    """Those of one kind at once where the kind knows how; when that is refused, and else, one by one."""
    kinds: dict[str, list[Said]] = defaultdict(list)
    for said in several:
        kind = _kind_of(batch, said, sender)
        if kind is not None:
            kinds[said.kind].append(said)
    for code, group in kinds.items():
        if not _set(batch, KINDS[code], group, sender):
            for said in group:
                _one(batch, KINDS[code], said, sender)


def _kind_of(batch: Batch, said: Said, sender: Sender) -> Kind | None:
    """The kind of a record that can be tried now."""
    missing = [photo for photo in said.photos if photo not in sender.uploads]
    kind = KINDS.get(said.kind)
    if missing:
        batch.close(said, Status.PHOTOS_MISSING, missing=missing, message=gettext(LACKS) % len(missing))
    elif kind is None:
        batch.close(said, Status.REJECTED, message=gettext(UNKNOWN) % said.kind)
    elif said.kind not in kinds_of(batch.actor.role):
        batch.close(said, Status.REJECTED, message=NOT_YOURS)
    else:
        return kind
    return None


def _set(batch: Batch, kind: Kind, group: Sequence[Said], sender: Sender) -> bool:
    if kind.run_set is None or len(group) < 2:
        return False
    try:
        found = kind.run_set(group, sender)
    except (*SAID_NO, DataError, IntegrityError):
        return False
    for said, done in zip(group, found, strict=True):
        _done(batch, said, done)
    return True


def _one(batch: Batch, kind: Kind, said: Said, sender: Sender) -> None:
    try:
        with transaction.atomic():
            done = kind.run(said, sender)
    except SAID_NO as why:
        batch.close(said, Status.REJECTED, message=_words(why))
    except DataError:
        batch.close(said, Status.REJECTED, message=UNSAVEABLE)
    except IntegrityError:
        if not batch.alone:  # somebody wrote the same at this moment: once more, alone
            raise
        batch.close(said, Status.REJECTED, message=CLASHES)
    except DatabaseError:
        raise
    except Exception:
        # The outermost edge of one record: a fault of ours in one must not keep the others out.
        logger.exception("record %s of kind %s failed", said.id, said.kind)
        batch.close(said, Status.ERROR, message=FAILED)
    else:
        _done(batch, said, done)


def _done(batch: Batch, said: Said, done: Done) -> None:
    if done.theirs:
        batch.close(said, Status.CONFLICT, result=done.result, theirs=done.theirs, message=CHANGED)
    else:
        batch.close(said, Status.CREATED, result=done.result)


def _words(why: Exception) -> str:
    match why:
        case RowsRefused():
            return " ".join(" ".join(filter(None, (one.message, one.mend))) for one in why.findings.refusals()[:3])
        case Forbidden():
            return NOT_YOURS
        case NotVisible():
            return NOT_HERE
    return str(why)


def _unreadable(sent: Any, why: Malformed) -> Answer:
    key = sent.get("id") if isinstance(sent, dict) else None
    known = key if isinstance(key, str) and key.isprintable() and len(key) <= LONGEST_KEY else ""
    return {"id": known, "hash": why.hash, "status": "rejected", "message": gettext(str(why))}


def _keys_of(unreadable: Answer) -> set[uuid.UUID]:
    """The id of a record that could not be read, where it has one."""
    try:
        return {key_of(unreadable["id"])}
    except Malformed:
        return set()
