"""A term is extended, or interrupted and taken up again."""

import datetime as dt

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused, command
from shibaiqian.access.roles import Permission
from shibaiqian.base import clock
from shibaiqian.policy.queries import parameter
from shibaiqian.postings.actions.steps import check_day, last_change, move, must_decide, must_say, next_state, note_change, one_of
from shibaiqian.postings.models import Posting, PostingChange
from shibaiqian.postings.rules import SUSPENSION_REASONS, months_after


class TermTooLong(Refused):
    """Nobody is posted longer than the programme allows."""


def term_since(posting: Posting) -> dt.date:
    """Since when the official is posted without a break: posts from which he was moved count too."""
    since, before = posting.appointed_on, posting.predecessor_id
    while before is not None:
        earlier = Posting.objects.for_everyone(because="earlier posts of the same official").filter(pk=before).first()
        if earlier is None or earlier.cadre_id != posting.cadre_id:
            break
        since, before = earlier.appointed_on, earlier.predecessor_id
    return since


@command(Permission.APPOINT)
def extend_term(posting: Posting, *, planned_end: dt.date, document_number: str, reason: str, on: dt.date, by: Actor) -> Posting:
    """Prolong a term by a document of the level that appointed; not beyond the longest term in force on that day, in total.

    `on`: the date of the document.
    """
    state = next_state(posting, "extend_term")
    must_decide(posting, by=by)
    check_day(posting, on, what="延期日期", earliest=last_change(posting))
    number, why = must_say(document_number, what="延期文号"), must_say(reason, what="延期理由")
    if planned_end <= posting.planned_end:
        raise Refused(f"延期后的期满日期 {planned_end} 不晚于原来的 {posting.planned_end}，请改正。")
    most, since = int(parameter("tenure_max", region=posting.region_id, on=on)), term_since(posting)
    latest = months_after(since, most)
    if planned_end > latest:
        raise TermTooLong(f"{posting.cadre_name}从 {since} 起挂职，延期到 {planned_end} 合计超过 {most} 个月，最晚只能到 {latest}。")
    before, posting.planned_end = posting.planned_end, planned_end
    note_change(
        posting, PostingChange.Kind.EXTENSION, on=on, reason=why, document_number=number,
        planned_end_before=before, planned_end_after=planned_end,
    )  # fmt: skip
    return move(posting, state, "planned_end")


@command(Permission.KEEP_POSTINGS)
def suspend_posting(posting: Posting, *, reason: str, note: str, on: dt.date, resumes_on: dt.date | None = None, by: Actor) -> Posting:
    """Interrupt a posting: an investigation, a long illness (`SUSPENSION_REASONS`). Decided nowhere but by the level that appointed."""
    state = next_state(posting, "suspend_posting")
    must_decide(posting, by=by)
    label = one_of(reason, SUSPENSION_REASONS, what="暂停原因")
    check_day(posting, on, what="暂停日期", earliest=last_change(posting))
    if resumes_on is not None and resumes_on <= on:
        raise Refused(f"预计恢复日期 {resumes_on} 不晚于暂停日期 {on}，请改正。")
    note_change(posting, PostingChange.Kind.SUSPENSION, on=on, reason=f"{label}：{note.strip()}" if note.strip() else label)
    posting.resumes_on = resumes_on
    return move(posting, state, "resumes_on")


@command(Permission.KEEP_POSTINGS)
def resume_posting(posting: Posting, *, on: dt.date, note: str = "", by: Actor) -> Posting:
    """The official is back at work; the end of the term stays where it was."""
    state = next_state(posting, "resume_posting")
    must_decide(posting, by=by)
    check_day(posting, on, what="恢复日期", earliest=last_change(posting))
    note_change(posting, PostingChange.Kind.RESUMPTION, on=on, reason=note.strip() or "暂停原因已消除")
    posting.resumes_on = None
    return move(posting, state, "resumes_on")


def days_left(posting: Posting) -> int | None:
    """Days to the planned end (negative when it is over); None for what has ended."""
    return (posting.planned_end - clock.today()).days if posting.ended_on is None else None
