"""Recall (召回): proposed with a reason, the official heard, decided by the level that appointed. Never without a hearing."""

import datetime as dt

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import command
from shibaiqian.access.own_case import not_own_case
from shibaiqian.access.roles import Permission
from shibaiqian.documents.models import IssuedDocument
from shibaiqian.documents.papers.changes import Recall, recall
from shibaiqian.documents.papers.people import Person
from shibaiqian.documents.register import draft, enter, issuer_of, take_number
from shibaiqian.messages.actions import announce
from shibaiqian.policy.queries import parameter
from shibaiqian.postings.actions.endings import close_posting, hosts_in_full, settle_or_queue
from shibaiqian.postings.actions.steps import (
    check_day,
    decided_in,
    last_change,
    move,
    must_decide,
    must_say,
    next_state,
    note_change,
    one_of,
)
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
def decide_recall(posting: Posting, *, document_number: str = "", on: dt.date, reason: str, by: Actor) -> Posting:
    """Recall the official by a letter to the sending unit (召回通知书), which gets the next number or the one it has already.

    The office ends on that day, the post is to be refilled (`posts_to_refill`). Refused while a bound household that is not
    stably out of poverty has nobody who follows. The unit is told and opens the letter; the handover follows and stays on the
    list until it is done.
    """
    state = next_state(posting, "decide_recall")
    must_decide(posting, by=by)
    why = must_say(reason, what="召回理由")
    check_day(posting, on, what="召回日期", earliest=last_change(posting))
    close_posting(posting, on=on, reason="recalled", state=state)
    letter = _letter(posting, reason=why, on=on, number=document_number.strip())
    note_change(posting, Kind.RECALLED, on=on, reason=why, document_number=letter.number)
    announce("recalled", regions=[posting.home_region], units=[posting.unit_id], about=str(posting.pk), on=on)
    settle_or_queue([posting], by=by)
    return posting


def _letter(posting: Posting, *, reason: str, on: dt.date, number: str) -> IssuedDocument:
    """The letter in the register of the body that decided, for the sending unit."""
    issuer = issuer_of(decided_in(posting))
    heard = PostingChange.objects.for_everyone(because="the history of a posting in hand").filter(
        posting=posting, kind=Kind.RECALL_HEARD, voided_by__isnull=True
    )
    host = hosts_in_full([posting])[posting.region_id]
    paper = recall(
        Recall(
            unit=posting.unit.name, reason=reason.rstrip("。；"), heard_on=heard.order_by("-on").values_list("on", flat=True).first(),
            person=Person(name=posting.cadre_name, host=host, title=posting.title, begins=posting.arrived_on or posting.appointed_on),
            decided_by=issuer.seal_name, decided_on=on, on=on, signature=issuer.seal_name,
            replace_within=int(parameter("replacement_days", region=posting.region_id, on=on)),
        )
    )  # fmt: skip
    given = take_number(issuer, kind=IssuedDocument.Kind.RECALL, on=on, number=number)
    return enter(
        draft(issuer, kind=IssuedDocument.Kind.RECALL, number=given, document=paper, on=on, unit=posting.unit, about=posting.cadre_name)
    )
