"""The form of an operation and its hash; which clients are spoken with. Pure."""

import datetime as dt
import hashlib
import json
import re
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

# The form of requests and answers, said by the phone in `X-Client`. The two before are still understood.
PROTOCOL = 1
OLDEST = max(1, PROTOCOL - 2)
MOST_OPERATIONS = 50
MOST_PHOTOS = 9
LONGEST_KIND = 40
LONGEST_RECORD = 40_000  # characters: a day of twenty things with all their words and photos
NEWEST_VERSION = 2**53
FIRST, LAST = dt.datetime(1970, 1, 1, tzinfo=dt.UTC), dt.datetime(2200, 1, 1, tzinfo=dt.UTC)  # what a phone's clock can say
SHA256 = 64
HALF = re.compile("[\ud800-\udfff]")  # of an emoji that a keyboard cut


class Malformed(ValueError):
    """What was sent is no operation. The message is for the person who holds the phone."""

    hash = ""  # of the whole, where it could be made: the phone believes no answer without it


@dataclass(frozen=True)
class Said:
    """An operation as the phone said it. `text` is its canonical form, `hash` the SHA-256 of that in hex."""

    id: uuid.UUID
    kind: str
    at: dt.datetime
    body: dict[str, Any]
    text: str
    hash: str
    base: int | None = None
    after: tuple[uuid.UUID, ...] = ()
    photos: tuple[str, ...] = ()


def is_spoken(client: str) -> bool:
    """Whether this version of the phone's form is understood."""
    return client.isascii() and client.isdigit() and len(client) < 6 and OLDEST <= int(client) <= PROTOCOL


def canonical(value: Any) -> str:
    """Keys sorted, no spaces, no escapes beyond JSON's own, nulls left out, numbers whole. Malformed when that cannot be."""
    try:
        return json.dumps(_pruned(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    except RecursionError:
        raise Malformed("记录的格式不对。请更新手机端后重试。") from None


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _pruned(value: Any) -> Any:
    match value:
        case dict():
            return {key: _pruned(v) for key, v in value.items() if v is not None}
        case list():
            return [_pruned(v) for v in value if v is not None]
        case float():
            raise Malformed("数字应为整数（金额以分为单位）。请更新手机端后重试。")
    return value


def read(sent: Any) -> Said:
    """An operation of the inbox; Malformed says what is wrong with it. Half a character is read as the phone hashed it: U+FFFD."""
    if not isinstance(sent, dict):
        raise Malformed("记录的格式不对。请更新手机端后重试。")
    text = canonical(sent)
    if HALF.search(text):
        text = HALF.sub("\ufffd", text)
        sent = json.loads(text)
    hashed = digest(text)
    try:
        if len(text) > LONGEST_RECORD:
            raise Malformed("这条记录太长，没有办理。请分成几条填写。")
        return _said(sent, text, hashed)
    except Malformed as why:
        why.hash = hashed
        raise


def _said(sent: dict[str, Any], text: str, hashed: str) -> Said:
    kind, body = sent.get("kind"), sent.get("body")
    if not isinstance(kind, str) or not _is_word(kind) or not isinstance(body, dict):
        raise Malformed("记录缺少类别或内容。请更新手机端后重试。")
    base = sent.get("base")
    if base is not None and (isinstance(base, bool) or not isinstance(base, int) or not 0 <= base <= NEWEST_VERSION):
        raise Malformed("记录所依据的版本不对。请更新手机端后重试。")
    photos = _texts(sent.get("photos"), most=MOST_PHOTOS)
    if any(not is_sha256(photo) for photo in photos):
        raise Malformed("照片的编号不对。请更新手机端后重试。")
    return Said(
        id=key_of(sent.get("id")), kind=kind, at=moment_of(sent.get("at")), body=body, text=text, hash=hashed, base=base,
        after=tuple(key_of(key) for key in _texts(sent.get("after"), most=MOST_OPERATIONS)), photos=photos,
    )  # fmt: skip


def _is_word(kind: str) -> bool:
    return kind.isascii() and kind.isidentifier() and len(kind) <= LONGEST_KIND


def reread(text: str) -> Said:
    """An operation from its kept text."""
    return read(json.loads(text))


def key_of(said: Any) -> uuid.UUID:
    try:
        return uuid.UUID(said) if isinstance(said, str) else _no_key()
    except ValueError:
        return _no_key()


def _no_key() -> uuid.UUID:
    raise Malformed("记录的编号不对。请更新手机端后重试。")


def moment_of(said: Any) -> dt.datetime:
    """A moment with its offset, as the phone's clock says it."""
    try:
        moment = dt.datetime.fromisoformat(said)
    except (TypeError, ValueError):
        raise Malformed("记录的时间不对。请核对手机的日期和时间。") from None
    if moment.tzinfo is None:
        raise Malformed("记录的时间没有写时区。请更新手机端后重试。")
    if not FIRST <= moment < LAST:
        raise Malformed("记录的时间不对。请核对手机的日期和时间。")
    return moment


def is_sha256(said: str) -> bool:
    return len(said) == SHA256 and all(c in "0123456789abcdef" for c in said)


def _texts(said: Any, *, most: int) -> tuple[str, ...]:
    if said is None:
        return ()
    if not isinstance(said, list) or len(said) > most or any(not isinstance(one, str) for one in said):
        raise Malformed("记录所依据的编号不对。请更新手机端后重试。")
    return tuple(said)


def circular(after: Mapping[uuid.UUID, Collection[uuid.UUID]]) -> set[uuid.UUID]:
    """Of records that wait those that can never go, because they wait for each other or for such: the rest leads out."""
    left = {key: after.keys() & set(waits) for key, waits in after.items()}
    while True:
        stuck = {key: left.keys() & waits for key, waits in left.items() if left.keys() & waits}
        if len(stuck) == len(left):
            return set(stuck)
        left = stuck
