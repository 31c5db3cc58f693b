"""The one-way package: verdicts from an isolated network, where families, clues and opinions stay.

There it is written, here it is taken in. It holds numbers of nominations, gates, results, reviewing units, dates and reply
numbers, and places to keep away from: no opinion, no name, no relation. AES-256-GCM with a key of its own, which is carried by
hand; the head, which says whose package it is, is authenticated with it.

    SBQGATE2 | length of the head (4 bytes) | head, JSON | nonce (12) | sealed JSON
"""

import datetime as dt
import hashlib
import json
import os
import secrets
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shibaiqian.access.actor import Actor, acting, system_actor
from shibaiqian.access.command import Refused, command, current_event, note_in_event
from shibaiqian.access.roles import Permission
from shibaiqian.access.rows import Rows, Written
from shibaiqian.base import clock
from shibaiqian.regions.models import Region
from shibaiqian.selection.gates import review_gates
from shibaiqian.selection.models import Batch, GateReview, Nomination, RecusalVerdict
from shibaiqian.selection.recusal import examine_recusals, places_to_avoid
from shibaiqian.selection.rules import NOMINATION

MAGIC = b"SBQGATE2"
KEY_BYTES, NONCE_BYTES, LENGTH_BYTES = 32, 12, 4
ENDED = ("appointed", "rejected", "withdrawn")
CARRIED = ("number", "gate", "result", "reviewer_unit", "reviewed_on", "valid_until", "reply_number")


class PackageRefused(Refused):
    """Not a package, not for this key, changed on the way, or of another batch."""


@dataclass(frozen=True)
class Package:
    """What a package says, opened: `rows` of gates, `recusals` with the places to keep away from."""

    batch: str
    made_on: dt.date
    rows: tuple[Mapping[str, str], ...]
    recusals: tuple[Mapping[str, str], ...]
    digest: str


def write_key(path: Path) -> None:
    """Make a key file, 64 hexadecimal digits, readable by its owner only; an existing file is not overwritten."""
    if path.exists():
        raise PackageRefused(f"{path.name} 已经存在，没有覆盖。请换一个文件名。")
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_hex(KEY_BYTES))


def read_key(path: Path) -> bytes:
    """The key of a file; refused in words when it is none."""
    try:
        key = bytes.fromhex(path.read_text().strip())
    except (ValueError, UnicodeDecodeError):
        key = b""
    if len(key) != KEY_BYTES:
        raise PackageRefused(f"{path.name} 不是密钥文件：应是 64 位十六进制数。请用 gate-package key 生成，并由专人送达两边。")
    return key


def seal_package(
    batch: str, rows: Sequence[Mapping[str, str]], *, recusals: Sequence[Mapping[str, str]] = (), made_on: dt.date, key: bytes
) -> bytes:
    """Close verdicts into a package."""
    head = json.dumps({"batch": batch, "made_on": str(made_on), "rows": len(rows) + len(recusals)}, ensure_ascii=False).encode()
    body = json.dumps({"gates": rows, "recusals": recusals}, ensure_ascii=False).encode()
    front = MAGIC + len(head).to_bytes(LENGTH_BYTES, "big") + head
    nonce = os.urandom(NONCE_BYTES)
    return front + nonce + AESGCM(key).encrypt(nonce, body, front)


def open_package(data: bytes, *, key: bytes) -> Package:
    """Open a package: the key must be the one it was closed with, and not one byte changed."""
    start = len(MAGIC) + LENGTH_BYTES
    length = int.from_bytes(data[len(MAGIC) : start], "big")
    if not data.startswith(MAGIC) or len(data) < start + length + NONCE_BYTES:
        raise PackageRefused("这不是隔离网审查结果包，或文件不完整。请重新拷贝。")
    front, nonce, sealed = data[: start + length], data[start + length :][:NONCE_BYTES], data[start + length + NONCE_BYTES :]
    try:
        body = json.loads(AESGCM(key).decrypt(nonce, sealed, front))
    except InvalidTag:
        raise PackageRefused("打不开：密钥不对，或文件在途中被改动。请核对密钥文件，并重新拷贝审查结果包。") from None
    head = json.loads(data[start : start + length])
    return Package(
        batch=head["batch"], made_on=dt.date.fromisoformat(head["made_on"]), rows=tuple(body["gates"]), recusals=tuple(body["recusals"]),
        digest=hashlib.sha256(data).hexdigest(),
    )  # fmt: skip


@command(Permission.REVIEW_NOMINATIONS, redact=("key",))
def export_package(batch: Batch, *, key: bytes, by: Actor) -> bytes:
    """Close the verdicts that stand of a batch's nominations, and what their families mean for posts, into a package.

    Run on the isolated network.
    """
    found = GateReview.objects.visible_to(by).filter(nomination__batch=batch).order_by("nomination__number", "gate")
    fields = ("nomination__number", *CARRIED[1:])
    rows = [dict(zip(CARRIED, map(str, values), strict=True)) for values in found.values_list(*fields)]
    recusals = places_to_avoid(by, Nomination.objects.visible_to(by).filter(batch=batch).exclude(state__in=ENDED))
    if not rows and not recusals:
        raise PackageRefused(f"{batch.name}还没有审查结果，不必导出。")
    data = seal_package(batch.name, rows, recusals=recusals, made_on=clock.today(), key=key)
    note_in_event(count=len(rows), recusals=len(recusals), digest=hashlib.sha256(data).hexdigest())
    return data


@command(Permission.REVIEW_NOMINATIONS, redact=("data", "key"))
def take_in_package(region: Region, *, data: bytes, key: bytes, by: Actor) -> Written:
    """Take in a package: reviews by the command of reviews, places to keep away from beside them, as if found here.

    Twice is once; of another batch it is refused; what was ended meanwhile or is older than what stands is left out and said.
    """
    package = open_package(data, key=key)
    note_in_event(digest=package.digest, batch=package.batch)
    batch = Batch.objects.filter(region=region.code[:4], name=package.batch).first()
    if batch is None:
        raise PackageRefused(f"审查结果包属于“{package.batch}”，这里没有这个批次。请核对拿错了没有。")
    if any(table.objects.visible_to(by).filter(from_package=package.digest).exists() for table in (GateReview, RecusalVerdict)):
        return Written(count=0, regions=[region.code], notes=["这个审查结果包已经接收过，没有重复写入。"])
    known = _known(package, batch=batch, by=by)
    open_states = NOMINATION.states_open_to("review_gates")
    ended = [number for number, row in known.items() if row.state not in open_states]
    notes = [f"{'、'.join(known[n].cadre_name for n in ended[:5])}等 {len(ended)} 项已办结，没有写入。"] if ended else []
    kept = _keep_away(package, {number: row for number, row in known.items() if row.state not in ENDED}, region=region, by=by)
    frame, older = _fresh(package, ended=ended, by=by)
    notes += [f"{older + kept.older} 项比已经登记的旧，没有写入。"] if older + kept.older else []
    if frame.is_empty():
        return Written(count=kept.written, regions=[region.code], notes=notes if kept.written else [*notes, "没有新的审查结果。"])
    written = review_gates(region, rows=Rows(frame, file_sha256=package.digest), by=by)
    return Written(count=written.count + kept.written, regions=written.regions, notes=[*notes, *written.notes])


def export_of(name: str, *, key: bytes) -> bytes:
    """The package of the installation's batch of this name, for the command line."""
    by = system_actor("导出隔离网审查结果")
    with acting(by):
        batch = Batch.objects.filter(region=by.scope.region, name=name).first()
        if batch is None:
            raise PackageRefused(f"没有“{name}”这个批次。请核对批次名称。")
        return export_package(batch, key=key, by=by)


def import_of(data: bytes, *, key: bytes) -> Written:
    """Take in a package at the installation's city, for the command line."""
    by = system_actor("接收隔离网审查结果")
    with acting(by):
        return take_in_package(Region.objects.get(pk=by.scope.region), data=data, key=key, by=by)


def _known(package: Package, *, batch: Batch, by: Actor) -> dict[str, Nomination]:
    """The nominations that the package names, all of its batch."""
    numbers = sorted({row["number"] for row in (*package.rows, *package.recusals)})
    known = {n.number: n for n in Nomination.objects.visible_to(by).filter(number__in=numbers)}
    for number in numbers:
        if number not in known:
            raise PackageRefused(f"包里有推荐“{number}”，这里没有这项推荐。请先导入同一份推荐名册。")
        if known[number].batch_id != batch.pk:
            raise PackageRefused(f"推荐“{number}”（{known[number].cadre_name}）不属于{batch.name}。请核对拿错了没有。")
    return known


def _fresh(package: Package, *, ended: Sequence[str], by: Actor) -> tuple[pl.DataFrame, int]:
    """The reviews that say something new, and how many are older than those that stand: an old package takes nothing back."""
    held = GateReview.objects.visible_to(by).filter(nomination__number__in={row["number"] for row in package.rows})
    same, since = set(), {}
    for said in held.values_list("nomination__number", *CARRIED[1:]):
        number, gate, *_ = said
        same.add(tuple(map(str, said)))
        since[number, gate] = str(said[CARRIED.index("reviewed_on")])
    new = [row for row in package.rows if row["number"] not in ended and tuple(row[name] for name in CARRIED) not in same]
    rows: list[dict[str, Any]] = [
        {**row, "row": position, "reviewer": row["reviewer_unit"], "opinion": None, "from_package": package.digest}
        for position, row in enumerate(new, 1)
        if row["reviewed_on"] >= since.get((row["number"], row["gate"]), "")
    ]
    frame = pl.DataFrame(rows, schema_overrides={"opinion": pl.String})
    if rows:
        frame = frame.with_columns(pl.col("reviewed_on", "valid_until").str.to_date())
    return frame, len(new) - len(rows)


@dataclass(frozen=True)
class _Kept:
    written: int
    older: int


def _keep_away(package: Package, known: Mapping[str, Nomination], *, region: Region, by: Actor) -> _Kept:
    """Keep the places of each nomination where they differ from those that stand, and look again at posts already found."""
    said: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in package.recusals:
        if row["number"] in known:
            said[row["number"]].add((row["host"], row["weight"]))
    held: dict[str, list[RecusalVerdict]] = defaultdict(list)
    for verdict in RecusalVerdict.objects.visible_to(by).filter(nomination__in=list(known.values())).select_related("nomination"):
        held[verdict.nomination.number].append(verdict)
    older = [number for number in said if any(one.made_on > package.made_on for one in held[number])]
    new = [n for n, places in said.items() if n not in older and places != {(one.host, one.weight) for one in held[n]}]
    RecusalVerdict.objects.visible_to(by).filter(nomination__in=[known[n] for n in new]).update(voided_by=current_event())
    RecusalVerdict.unscoped.bulk_create([
        RecusalVerdict(
            nomination=known[n], region_id=known[n].region_id, home_region=known[n].home_region, host=host, weight=weight,
            made_on=package.made_on, from_package=package.digest, event=current_event(),
        )
        for n in new for host, weight in sorted(said[n])
    ])  # fmt: skip
    matched = [known[n].pk for n in new if known[n].need_id]
    if matched:
        examine_recusals(region, nominations=matched, on=clock.today(), by=by)
    return _Kept(written=sum(len(said[n]) for n in new), older=len(older))
