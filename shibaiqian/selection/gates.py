"""The four gates (四关): reviews with sealed opinions and an expiry, letters to discipline inspection and their replies.

Opinions are seen by organisation departments of both places, that of integrity besides by discipline inspection, and by
nobody else: not by the unit, not by leaders, not by the candidate (domain.md 2.4).
"""

import datetime as dt
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import polars as pl
from django.db import connection

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused, command, current_event, note_in_event
from shibaiqian.access.roles import Permission
from shibaiqian.access.rows import Prepared, Rows, Written
from shibaiqian.base import crypto
from shibaiqian.base.bulk import insert_frame, staged
from shibaiqian.base.ids import new_ids
from shibaiqian.messages.actions import announce
from shibaiqian.regions.models import Region
from shibaiqian.selection.excel.gates import INTEGRITY, prepare_reviews
from shibaiqian.selection.models import GateReview, IntegrityInquiry, Nomination
from shibaiqian.selection.nominations import end_nominations
from shibaiqian.selection.recusal import must_be_impartial
from shibaiqian.selection.rules import GATES, NOMINATION
from shibaiqian.selection.steps import advance, happened, locked

TYPES = {
    "id": "uuid", "nomination_id": "uuid", "region": "text", "home_region": "text", "gate": "text", "result": "text", "opinion_sealed": "bytea",
    "evidence": "text", "reviewer": "text", "reviewer_unit": "text", "reply_number": "text", "reviewed_on": "date", "valid_until": "date",
}  # fmt: skip
FAILED = "四关审查未通过。"  # which gate is not for the unit to read


class LetterWrong(Refused):
    """A letter without a number, or a reply to a letter that was answered."""


@dataclass(frozen=True)
class Standing:
    """The review that stands at a gate on a day."""

    gate: str
    result: str
    reviewed_on: dt.date
    valid_until: dt.date

    def holds(self, on: dt.date) -> bool:
        return self.result == GateReview.Result.PASS and self.reviewed_on <= on <= self.valid_until


@dataclass(frozen=True)
class Opinion:
    """A review as those read it who may."""

    gate: str
    result: str
    text: str
    evidence: tuple[str, ...]
    reviewer: str
    reviewer_unit: str
    reply_number: str
    reviewed_on: dt.date
    valid_until: dt.date


@command(Permission.REVIEW_NOMINATIONS)
def review_gates(region: Region, *, rows: Rows, by: Actor) -> Written:
    """Record reviews of an organisation department; of integrity only the written reply to a letter. A newer review voids the older.

    The first review moves a screened nomination into review; a failed gate rejects it. Opinions are sealed. Who signs judges
    no colleague of the own unit (domain.md 14.2); who records what others signed may.
    """
    return _review(region, rows=rows, judging=_signed_by(by.name, rows), by=by)


@command(Permission.REVIEW_INTEGRITY)
def review_integrity(region: Region, *, rows: Rows, by: Actor) -> Written:
    """Record what discipline inspection found at the gate of integrity: its officers judge this gate and no other."""
    return _review(region, rows=rows, judging=_numbers(rows.frame), by=by)


def _review(region: Region, *, rows: Rows, judging: Collection[str], by: Actor) -> Written:
    nominations = _lock_named(region, rows, by=by)
    must_be_impartial(by, nominations, judging=judging)
    prepared: Prepared = prepare_reviews(region, rows=rows, by=by).or_refuse()
    frame = prepared.frame.sort("nomination", "gate")
    _write(frame, by=by, from_package=str(rows.frame["from_package"][0]) if "from_package" in rows.frame.columns else "")
    failing = set(frame.filter(pl.col("result") == "fail")["nomination"].to_list())
    advance(nominations, flow=NOMINATION, step="review_gates", by=by)
    failed = [row for row in nominations if str(row.pk) in failing]
    if failed:
        held = [row for row in failed if (row.state, "reject") not in NOMINATION.table]
        advance(held, flow=NOMINATION, step="reopen_gates", by=by)
        end_nominations(failed, step="reject", why=FAILED, by=by)
    note_in_event(count=frame.height, rejected=len(failed))
    return Written(count=frame.height, regions=[region.code], notes=[f"{row.cadre_name}未通过审查，不予选派。" for row in failed])


def _numbers(frame: pl.DataFrame) -> list[str]:
    return frame["number"].drop_nulls().unique().to_list() if "number" in frame.columns else []


def _signed_by(name: str, rows: Rows) -> list[str]:
    """The nominations of which a person signs the review."""
    if "reviewer" not in rows.frame.columns:
        return []
    signed = pl.col("reviewer").cast(pl.String).str.replace_all(r"\s", "")
    return _numbers(rows.frame.filter(signed == "".join(name.split())))


def _lock_named(region: Region, rows: Rows, *, by: Actor) -> list[Nomination]:
    """The nominations that the rows name, locked and open to review; numbers that are unknown are refused by row afterwards."""
    numbers = _numbers(rows.frame)
    keys = list(Nomination.objects.visible_to(by).filter(number__in=numbers).values_list("pk", flat=True))
    if not keys:
        prepare_reviews(region, rows=rows, by=by).or_refuse()
    return locked(Nomination, keys=keys, flow=NOMINATION, step="review_gates", by=by)


def _write(frame: pl.DataFrame, *, by: Actor, from_package: str) -> None:
    ids = new_ids(frame.height)
    opinions = [(text or "").strip() or None for text in frame["opinion"]]
    evidence = pl.col("evidence") if "evidence" in frame.columns else pl.lit("")
    frame = frame.with_columns(
        pl.Series("id", ids, dtype=pl.String),
        pl.Series("opinion_sealed", crypto.seal_all(opinions, rows=ids), dtype=pl.Binary),
        evidence.fill_null("").alias("evidence"),
        pl.col("reply_number").fill_null("").str.strip_chars(),
        nomination_id="nomination",
    )
    with staged(frame.select("nomination", "gate"), {"nomination": "uuid", "gate": "text"}) as stage, connection.cursor() as cursor:
        cursor.execute(
            f"update selection_gatereview g set voided_by = %s from {stage} s "  # noqa: S608
            "where g.nomination_id = s.nomination and g.gate = s.gate and g.voided_by is null",
            [current_event()],
        )
    also = {"event": current_event(), "reviewer_user": by.user_id, "from_package": from_package}
    insert_frame("selection_gatereview", frame, TYPES, also=also)


@command(Permission.REVIEW_NOMINATIONS)
def inquire(
    region: Region, *, nominations: Sequence[uuid.UUID], number: str, sent_on: dt.date, to_body: str, by: Actor
) -> IntegrityInquiry:
    """Register the letter that asks discipline inspection about candidates (廉政意见征求函), with its number and date."""
    happened(sent_on, what="征求函日期")
    rows = locked(Nomination, keys=nominations, flow=NOMINATION, step="review_gates", by=by)
    must_be_impartial(by, rows)
    if not number.strip() or not to_body.strip():
        raise LetterWrong("请填写征求函的文号和发往的机关。")
    if IntegrityInquiry.objects.visible_to(by).filter(region=region, number=number.strip()).exists():
        raise LetterWrong(f"征求函“{number.strip()}”已经登记，请核对文号。")
    batches = {row.batch_id for row in rows}
    letter = IntegrityInquiry.unscoped.create(
        batch_id=batches.pop() if len(batches) == 1 else None, region=region, number=number.strip(), sent_on=sent_on, to_body=to_body.strip(),
        event=current_event(),
    )  # fmt: skip
    Nomination.objects.visible_to(by).filter(pk__in=[row.pk for row in rows]).update(inquiry=letter)
    announce("gate_asked", regions=[region.code] * len(rows), about=letter.number, number=letter.number, on=sent_on)
    note_in_event(count=len(rows))
    return letter


@command(Permission.REVIEW_NOMINATIONS)
def record_reply(
    inquiry: IntegrityInquiry,
    *,
    reply_number: str,
    reply_on: dt.date,
    reviewer: str,
    otherwise: Mapping[str, tuple[str, str]] | None = None,
    by: Actor,
) -> Written:
    """Record the written reply to a letter: everybody it asked about passes, but for `otherwise`: number → (result, opinion)."""
    happened(reply_on, what="回复日期", after=inquiry.sent_on, after_what="征求函日期")
    if inquiry.reply_number:
        raise LetterWrong(f"征求函“{inquiry.number}”已由“{inquiry.reply_number}”回复。新的情况请另发征求函。")
    if not reply_number.strip():
        raise LetterWrong("请填写回复的文号。")
    open_states = NOMINATION.states_open_to("review_gates")
    asked = (
        Nomination.objects.visible_to(by).filter(inquiry=inquiry, state__in=open_states).order_by("number").values_list("number", flat=True)
    )
    numbers = list(asked)
    said = otherwise or {}
    if stray := sorted(set(said) - set(numbers)):
        raise LetterWrong(f"推荐“{stray[0]}”不在这封征求函里，或已办结。")
    inquiry.reply_number, inquiry.reply_on = reply_number.strip(), reply_on
    inquiry.save(update_fields=["reply_number", "reply_on"])
    frame = pl.DataFrame({
        "row": range(1, len(numbers) + 1), "number": numbers, "gate": INTEGRITY, "reviewer_unit": inquiry.to_body, "reviewer": reviewer,
        "result": [said.get(number, ("pass", ""))[0] for number in numbers], "opinion": [said.get(number, ("", ""))[1] for number in numbers],
        "reviewed_on": reply_on, "reply_number": reply_number.strip(),
    })  # fmt: skip
    return review_gates(inquiry.region, rows=Rows(frame), by=by)


@command(Permission.REVIEW_NOMINATIONS)
def reopen_gates(region: Region, *, nominations: Sequence[uuid.UUID], on: dt.date, by: Actor) -> Written:
    """Send decided nominations back into review, because a gate no longer stands on the day."""
    happened(on, what="办理日期")
    rows = locked(Nomination, keys=nominations, flow=NOMINATION, step="reopen_gates", by=by)
    must_be_impartial(by, rows)
    lacking = expired(by, nominations, on=on)
    if standing_all := [row for row in rows if row.pk not in lacking]:
        raise Refused(f"{standing_all[0].cadre_name}的四关审查在 {on} 都有效，不必重新审查。")
    advance(rows, flow=NOMINATION, step="reopen_gates", by=by)
    note_in_event(count=len(rows))
    return Written(count=len(rows), regions=[region.code])


def standing(actor: Actor, nominations: Sequence[uuid.UUID], *, on: dt.date) -> Mapping[uuid.UUID, Mapping[str, Standing]]:
    """The reviews of nominations made by a day, by gate; whether each `holds` depends on the day. One query."""
    actor.must(Permission.VIEW_GATE_OPINIONS)
    found: dict[uuid.UUID, dict[str, Standing]] = {key: {} for key in nominations}
    rows = GateReview.objects.visible_to(actor).filter(nomination_id__in=nominations, reviewed_on__lte=on)
    for key, *said in rows.values_list("nomination_id", "gate", "result", "reviewed_on", "valid_until"):
        found[key][said[0]] = Standing(*said)
    return found


def expired(actor: Actor, nominations: Sequence[uuid.UUID], *, on: dt.date) -> Mapping[uuid.UUID, tuple[str, ...]]:
    """Nominations whose four gates do not all stand on a day, each with what is lacking in words: for decisions and appointments. One query."""
    lacking = {}
    for key, gates in standing(actor, nominations, on=on).items():
        said = tuple(_lack(label, gates.get(gate), on) for gate, label in GATES.items() if gate not in gates or not gates[gate].holds(on))
        if said:
            lacking[key] = said
    return lacking


def _lack(label: str, found: Standing | None, on: dt.date) -> str:
    if found is None:
        return f"{label}没有审查"
    if found.result == GateReview.Result.PASS:
        return f"{label}已于 {found.valid_until} 过期"
    return f"{label}{GateReview.Result(found.result).label}"


def opinions(actor: Actor, nomination: Nomination) -> list[Opinion]:
    """What the reviewers wrote, for organisation departments; discipline inspection reads the gate of integrity only. One query."""
    actor.must(Permission.VIEW_GATE_OPINIONS)
    rows = GateReview.objects.visible_to(actor).filter(nomination=nomination)
    if not actor.may(Permission.REVIEW_NOMINATIONS):
        rows = rows.filter(gate=INTEGRITY)
    order = list(GATES)
    return sorted(
        (
            Opinion(
                gate=row.gate, result=row.result, text=crypto.unseal(bytes(row.opinion_sealed), row=str(row.pk)) if row.opinion_sealed else "",
                evidence=tuple(key for key in row.evidence.split("|") if key), reviewer=row.reviewer, reviewer_unit=row.reviewer_unit,
                reply_number=row.reply_number, reviewed_on=row.reviewed_on, valid_until=row.valid_until,
            )
            for row in rows
        ),
        key=lambda opinion: order.index(opinion.gate),
    )  # fmt: skip
