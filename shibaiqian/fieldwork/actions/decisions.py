"""What the host's secretary decided or assigned, noted by either side."""

import datetime as dt

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused, command, current_event
from shibaiqian.access.own_case import is_own
from shibaiqian.access.roles import Permission, Role
from shibaiqian.base import clock
from shibaiqian.fieldwork.models import HostDecision
from shibaiqian.postings.models import Posting


def _own_side(posting: Posting, *, by: Actor) -> None:
    """An official notes about the own posting; the host about everybody it has."""
    if by.role is Role.POSTED_CADRE and not is_own(by, cadre=posting.cadre_id, name=posting.cadre_name):
        raise DecisionUnsound(f"这是交办{posting.cadre_name}的事项，请由本人或挂职单位登记。")


class DecisionUnsound(Refused):
    """What was noted cannot have been decided so."""


@command(Permission.NOTE_DECISIONS)
def note_decision(
    posting: Posting, *, kind: str, on: dt.date, secretary: str, text: str, due_on: dt.date | None = None, by: Actor
) -> HostDecision:
    """Note a decision of the host's secretary about the official's work, or a task given; by the official or by the host."""
    _own_side(posting, by=by)
    if kind not in HostDecision.Kind.values or not secretary.strip() or not text.strip():
        raise DecisionUnsound("请选择类别，并写明谁决定或交办、内容是什么。")
    if on > clock.today() or on < posting.appointed_on:
        raise DecisionUnsound(f"日期 {on} 应在任职日期 {posting.appointed_on} 之后、今天之前，请核对。")
    if posting.ended_on is not None and on > posting.ended_on:
        raise DecisionUnsound(f"日期 {on} 晚于任职结束日期 {posting.ended_on}，请核对。")
    if due_on is not None and due_on < on:
        raise DecisionUnsound(f"期限 {due_on} 早于决定日期 {on}，请改正。")
    return HostDecision.unscoped.create(
        kind=kind,
        on=on,
        secretary=secretary.strip(),
        text=text.strip(),
        due_on=due_on,
        noted_by=by.name,
        event=current_event(),
        **posting.about,
    )


@command(Permission.NOTE_DECISIONS)
def finish_decision(decision: HostDecision, *, on: dt.date, result: str, by: Actor) -> HostDecision:
    """Say what came of it."""
    _own_side(decision.posting, by=by)
    if decision.done_on is not None:
        raise DecisionUnsound("这一项已经登记过结果。")
    if not result.strip() or not decision.on <= on <= clock.today():
        raise DecisionUnsound(f"请写明结果；完成日期应在 {decision.on} 之后、今天之前。")
    decision.done_on, decision.result = on, result.strip()
    decision.save(update_fields=["done_on", "result"])
    return decision
