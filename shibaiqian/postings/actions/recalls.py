"""Recall (召回): proposed with a reason, the official heard, decided by the level that appointed. Never without a hearing."""

import datetime as dt

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import command
from shibaiqian.access.own_case import not_own_case
from shibaiqian.access.roles import Permission
from shibaiqian.messages.actions import announce
from shibaiqian.postings.actions.endings import close_posting, settle_or_queue
from shibaiqian.postings.actions.steps import check_day, last_change, move, must_decide, must_say, next_state, note_change, one_of
from shibaiqian.postings.models import Posting, PostingChange
from shibaiqian.postings.rules import RECALL_REASONS

Kind = PostingChange.Kind


@command(Permission.KEEP_POSTINGS)
def propose_recall(posting: Posting, *, reason: str, facts: str, on: dt.date, by: Actor) -> Posting:
    """Propose to recall an official for one of `RECALL_REASONS`, with the facts; town, county or city."""
    state = next_state(posting, "propose_recall")
    label, said = one_of(reason, RECALL_REASONS, what="召回原因"), must_say(facts, what="事实情况")
    check_day(posting, on, what="提出日期", earliest=last_change(posting))
    not_own_case(by, persons={posting.cadre_id: posting.cadre_name})
    note_change(posting, Kind.RECALL_PROPOSED, on=on, reason=f"{label}：{said}")
    announce("recall_proposed", regions=[posting.home_region], units=[posting.unit_id], about=str(posting.pk), on=on)
    return move(posting, state)


@command(Permission.APPOINT)
def hear_official(posting: Posting, *, statement: str, on: dt.date, by: Actor) -> Posting:
    """Record what the official says to it; nothing is decided before."""
    state = next_state(posting, "hear_official")
    not_own_case(by, persons={posting.cadre_id: posting.cadre_name})
    said = must_say(statement, what="本人陈述")
    check_day(posting, on, what="谈话日期", earliest=last_change(posting))
    note_change(posting, Kind.RECALL_HEARD, on=on, reason="听取本人陈述和申辩", statement=said)
    return move(posting, state)


@command(Permission.APPOINT)
def dismiss_recall(posting: Posting, *, reason: str, on: dt.date, by: Actor) -> Posting:
    """The official stays; the posting goes on as it stood before."""
    state = next_state(posting, "dismiss_recall")
    must_decide(posting, by=by)
    check_day(posting, on, what="决定日期", earliest=last_change(posting))
    note_change(posting, Kind.RECALL_DISMISSED, on=on, reason=must_say(reason, what="不予召回的理由"))
    return move(posting, state)


@command(Permission.APPOINT)
def decide_recall(posting: Posting, *, document_number: str, on: dt.date, reason: str, by: Actor) -> Posting:
    """Recall the official by a document. The office ends on that day, the post is to be refilled (`posts_to_refill`).

    Refused while a bound household that is not stably out of poverty has nobody who follows. The sending unit sees it in its
    list; the handover follows and stays on the list until it is done.
    """
    state = next_state(posting, "decide_recall")
    must_decide(posting, by=by)
    number = must_say(document_number, what="召回文号")
    check_day(posting, on, what="召回日期", earliest=last_change(posting))
    note_change(posting, Kind.RECALLED, on=on, reason=must_say(reason, what="召回理由"), document_number=number)
    close_posting(posting, on=on, reason="recalled", state=state)
    settle_or_queue([posting], by=by)
    return posting
