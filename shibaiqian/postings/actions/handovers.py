"""Handover (工作交接): a list of what is handed over, signed by both, witnessed by the town; or waived for a grave reason."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused, command, current_event, note_in_event
from shibaiqian.access.roles import Permission
from shibaiqian.base import clock
from shibaiqian.postings.actions.steps import check_day, last_change, move, must_decide, must_say, next_state, note_change, one_of
from shibaiqian.postings.models import Handover, Posting, PostingChange
from shibaiqian.postings.rules import CHECKLIST, OVERLAP_WORKDAYS, WAIVER_REASONS, checklist, overlap_workdays

SIGNERS = {"leaver": "移交人", "successor": "接收人"}


class HandoverRefused(Refused):
    """The handover cannot be carried on like this."""


@command(Permission.KEEP_POSTINGS)
def begin_handover(
    posting: Posting,
    *,
    facts: Mapping[str, Sequence[str]],
    successor: Posting | None = None,
    successor_name: str = "",
    on: dt.date,
    by: Actor,
) -> Handover:
    """Open a handover to a successor's posting, or to somebody by name (village secretary, unit) where no official follows yet.

    `facts`: what the records say for each code of `CHECKLIST`, put together by the caller, who sees the contexts above this one.
    """
    state = next_state(posting, "begin_handover")
    _refuse_second(posting)
    name = _taker(posting, successor, successor_name, by=by)
    after_end = posting.ended_on is not None
    check_day(posting, on, what="交接开始日期", earliest=posting.ended_on if after_end else last_change(posting))
    if unknown := sorted(facts.keys() - CHECKLIST.keys()):
        raise HandoverRefused(f"交接清单没有这些项目：{'、'.join(unknown)}。")
    handover = _opened(posting, on=on, items=checklist(facts), successor=successor, successor_name=name)
    note_change(posting, PostingChange.Kind.HANDOVER, on=on, reason=f"向{name}交接")
    move(posting, state)
    return handover


def _taker(posting: Posting, successor: Posting | None, name: str, *, by: Actor) -> str:
    if successor is None:
        return must_say(name, what="接收人（接续的挂职干部、村党组织书记或派出单位）")
    seen = Posting.objects.visible_to(by).filter(pk=successor.pk, ended_on__isnull=True).first()
    if seen is None or seen.cadre_id == posting.cadre_id:
        raise HandoverRefused("接收人不是正在挂职的其他干部，请重新选择。")
    return str(seen.cadre_name)


def _refuse_second(posting: Posting) -> None:
    if Handover.objects.for_everyone(because="the handover of a posting in hand").filter(posting=posting, voided_by__isnull=True).exists():
        raise HandoverRefused(f"{posting.cadre_name}的交接已经开始，请在交接清单上继续。")


def _opened(posting: Posting, *, on: dt.date, **values: Any) -> Handover:
    made: Handover = Handover.unscoped.create(
        **posting.about,
        opened_on=on, event=current_event(), **values,
    )  # fmt: skip
    return made


@command(Permission.KEEP_POSTINGS)
def check_items(handover: Handover, *, done: Collection[str], texts: Mapping[str, str] | None = None, by: Actor) -> Handover:
    """Mark which items of the list have been gone through, and write what the records do not know. Until somebody signed."""
    _must_be_open(handover)
    if handover.signed_by_leaver_on or handover.signed_by_successor_on:
        raise HandoverRefused("交接清单已经签字，不能再改。有出入请中止交接后重新办理。")
    said = {code: text.strip() for code, text in (texts or {}).items() if text.strip()}
    if unknown := sorted((set(done) | said.keys()) - CHECKLIST.keys()):
        raise HandoverRefused(f"交接清单没有这些项目：{'、'.join(unknown)}。")
    handover.items = [item | {"done": item["code"] in done, "text": said.get(str(item["code"]), item["text"])} for item in handover.items]
    handover.save(update_fields=["items"])
    return handover


@command(Permission.KEEP_POSTINGS)
def sign_handover(handover: Handover, *, signer: str, on: dt.date, by: Actor) -> Handover:
    """Record the signature of the leaver or the successor (`SIGNERS`) on the printed list, once every item is done."""
    _must_be_open(handover)
    label = one_of(signer, SIGNERS, what="签字人")
    if undone := [str(item["label"]) for item in handover.items if not item["done"]]:
        raise HandoverRefused(f"还有项目没有核对：{'、'.join(undone)}。请逐项核对后再签字。")
    field = f"signed_by_{signer}_on"
    if getattr(handover, field):
        raise HandoverRefused(f"{label}已于 {getattr(handover, field)} 签字，不用再登记。")
    _check_signing_day(handover, on)
    setattr(handover, field, on)
    handover.save(update_fields=[field])
    return handover


@command(Permission.WITNESS_HANDOVER)
def witness_handover(handover: Handover, *, witness: str, on: dt.date, by: Actor) -> Handover:
    """The town (for a county post the county) witnesses what both have signed. A short overlap is noted, not refused."""
    _must_be_open(handover)
    if not (handover.signed_by_leaver_on and handover.signed_by_successor_on):
        raise HandoverRefused("移交人和接收人都签字后才能监交。")
    if handover.witnessed_on:
        raise HandoverRefused(f"{handover.witness}已于 {handover.witnessed_on} 监交，不用再登记。")
    _check_signing_day(handover, on, earliest=max(handover.signed_by_leaver_on, handover.signed_by_successor_on))
    handover.witness, handover.witnessed_on = must_say(witness, what="监交人"), on
    handover.save(update_fields=["witness", "witnessed_on"])
    overlap = overlap_workdays(handover.opened_on, on)
    if overlap < OVERLAP_WORKDAYS:
        note_in_event(short_overlap_workdays=overlap)
    return handover


def _must_be_open(handover: Handover) -> None:
    if handover.voided_by is not None or handover.waived:
        raise HandoverRefused("这次交接已经中止或免予办理，请刷新页面。")


def _check_signing_day(handover: Handover, on: dt.date, *, earliest: dt.date | None = None) -> None:
    earliest = earliest or handover.opened_on
    if on > clock.today():
        raise HandoverRefused(f"签字日期 {on} 晚于今天，请改正。")
    if on < earliest:
        raise HandoverRefused(f"签字日期 {on} 早于上一步日期 {earliest}，请改正。")


@command(Permission.APPOINT)
def waive_handover(posting: Posting, *, reason: str, note: str, on: dt.date, by: Actor) -> Handover:
    """No handover is possible: the official died or is gravely ill (`WAIVER_REASONS`). The level that appointed says so."""
    state = next_state(posting, "waive_handover")
    must_decide(posting, by=by)
    waived = f"{one_of(reason, WAIVER_REASONS, what='免予交接的原因')}：{must_say(note, what='情况说明')}"
    check_day(posting, on, what="日期", earliest=last_change(posting))
    begun = Handover.objects.for_everyone(because="the handover of a posting in hand").filter(posting=posting, voided_by__isnull=True)
    handover = begun.select_for_update().first()
    if handover is None:
        handover = _opened(posting, on=on, items=[], waived=waived)
    elif handover.is_complete:
        raise HandoverRefused("交接已经办完，不用免予交接。")
    else:
        handover.waived = waived
        handover.save(update_fields=["waived"])
    note_change(posting, PostingChange.Kind.HANDOVER, on=on, reason=f"免予交接（{waived}）")
    move(posting, state)
    return handover


@command(Permission.KEEP_POSTINGS)
def stop_handover(posting: Posting, *, reason: str, on: dt.date, by: Actor) -> Posting:
    """The official stays after all; the list is put away. Refused where the next First Secretary has been appointed already."""
    state = next_state(posting, "stop_handover")
    check_day(posting, on, what="日期", earliest=last_change(posting))
    others = Posting.objects.visible_to(by).filter(region=posting.region_id, ended_on__isnull=True, host_level="village")
    if posting.host_level == "village" and others.exclude(pk=posting.pk).exists():
        raise HandoverRefused(f"{posting.host_name}已任命接任的第一书记，不能中止交接。")
    open_ones = Handover.objects.for_everyone(because="the handover of a posting in hand").filter(posting=posting, voided_by__isnull=True)
    open_ones.update(voided_by=current_event())
    note_change(posting, PostingChange.Kind.HANDOVER_STOPPED, on=on, reason=must_say(reason, what="中止交接的理由"))
    return move(posting, state)
