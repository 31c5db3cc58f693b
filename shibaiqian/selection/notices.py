"""Public notice of selection: five working days, objections in confidence, and an end that only time brings."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused, command, current_event, note_in_event
from shibaiqian.access.roles import Permission
from shibaiqian.base import clock, crypto
from shibaiqian.base.ids import new_id
from shibaiqian.base.workdays import is_workday, last_of_workdays, workdays_between
from shibaiqian.cadres.sight import show_to_reviewers
from shibaiqian.documents.models import IssuedDocument, Objection, PublicNotice
from shibaiqian.documents.papers.people import Person
from shibaiqian.documents.papers.privacy import PrivateText
from shibaiqian.documents.papers.selection_notice import SelectionNotice, selection_notice
from shibaiqian.documents.register import draft, enter, issuer_of, take_number
from shibaiqian.messages.actions import announce
from shibaiqian.policy.queries import parameter
from shibaiqian.regions.models import Region
from shibaiqian.selection.models import Batch, Decision, Nomination
from shibaiqian.selection.printing import persons
from shibaiqian.selection.recusal import must_be_impartial
from shibaiqian.selection.rules import NOMINATION
from shibaiqian.selection.standing import must_decide_here, needs_of
from shibaiqian.selection.steps import advance, happened, locked

KIND = "selection"
State = PublicNotice.State
PUBLISHED = ("name", "sex", "birth", "party_joined", "work_began", "education")


class NoticeTooShort(Refused):
    """The notice ends before its working days are over."""


class NoNoticeNeeded(Refused):
    """The batch's plan says that nothing is published."""


class NotFinished(Refused):
    """The notice still runs."""


class ObjectionRefused(Refused):
    """Outside the notice, or already answered."""


def last_day(starts_on: dt.date, ends_on: dt.date | None, *, least: int) -> dt.date:
    """The last day of a notice of at least so many working days; a given day that comes too early is refused with the first possible one."""
    first_possible = last_of_workdays(starts_on, least)
    if ends_on is None:
        return first_possible
    if ends_on < first_possible:
        days = workdays_between(starts_on, ends_on)
        raise NoticeTooShort(
            f"公示从 {starts_on} 到 {ends_on} 只有 {days} 个工作日，至少要 {least} 个工作日（{_odd_days(starts_on, first_possible)}），"
            f"最早可以到 {first_possible} 结束。"
        )
    return ends_on


def _odd_days(first: dt.date, last: dt.date) -> str:
    """What makes the count differ from a look at the calendar: holidays on weekdays and working weekends."""
    days = [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]
    off = [f"{day.month}月{day.day}日" for day in days if day.weekday() < 5 and not is_workday(day)]
    shifted = [f"{day.month}月{day.day}日" for day in days if day.weekday() >= 5 and is_workday(day)]
    said = [f"{'、'.join(off)}放假"] if off else []
    said += [f"{'、'.join(shifted)}调休上班"] if shifted else []
    return "，".join(said) or "双休日不计"


@command(Permission.DECIDE_SELECTION)
def publish_notice(
    region: Region,
    *,
    nominations: Sequence[uuid.UUID],
    starts_on: dt.date,
    ends_on: dt.date | None = None,
    contact: str,
    number: str = "",
    sign: str = "",
    by: Actor,
) -> PublicNotice:
    """Publish what was decided about a list, for objections. Without `ends_on` it ends on the last of the working days in force.

    Never published: ID numbers, mobile telephones, bank cards, family; a text that carries one is refused.
    """
    happened(starts_on, what="公示开始日期")
    rows = locked(Nomination, keys=nominations, flow=NOMINATION, step="publish_notice", by=by)
    must_be_impartial(by, rows)
    needs = needs_of(rows, by=by)
    tiers = must_decide_here(region, rows, needs=needs)
    _must_be_wanted(rows)
    decided = _decided(rows, by=by)
    happened(starts_on, what="公示开始日期", after=max(d.meeting_on for d in decided if d.meeting_on), after_what="决定日期")
    if not contact.strip():
        raise Refused("请填写受理反映的单位和办公电话。")
    least = int(parameter("notice_workdays_appointment", region=region.code, on=starts_on))
    until = last_day(starts_on, ends_on, least=least)
    issuer, people = issuer_of(region.code, sign=sign), persons(rows, needs=needs)
    ordered = sorted(rows, key=lambda row: (str(needs[row.pk].region_id), row.number))
    try:
        paper = selection_notice(
            SelectionNotice(
                programme=tiers[rows[0].tier_id].programme.name,
                decided_by="、".join(sorted({d.meeting for d in decided})),
                people=tuple(people[row.pk] for row in ordered),
                starts_on=starts_on,
                ends_on=until,
                workdays=workdays_between(starts_on, until),
                contact=contact.strip(),
                signature=issuer.seal_name,
            )
        )
    except PrivateText as private:
        raise Refused(str(private)) from None
    given = take_number(issuer, kind=IssuedDocument.Kind.NOTICE, on=starts_on, number=number)
    document = enter(draft(issuer, kind=IssuedDocument.Kind.NOTICE, number=given, document=paper, on=starts_on))
    notice: PublicNotice = PublicNotice.unscoped.create(
        title=paper.title, kind=KIND, region=region, document=document, starts_on=starts_on, ends_on=until,
        workdays=workdays_between(starts_on, until), contact=contact.strip(), rows=[_published(row, people[row.pk]) for row in ordered],
        state=State.OPEN, event=current_event(),
    )  # fmt: skip
    advance(rows, flow=NOMINATION, step="publish_notice", by=by, notice=notice)
    note_in_event(count=len(rows), notice=document.number)
    return notice


def _published(row: Nomination, person: Person) -> Mapping[str, str]:
    """What is published of one candidate; `key` is the nomination, shown to nobody outside."""
    said = {name: getattr(person, name) for name in PUBLISHED}
    return {"key": str(row.pk), **said, "present": person.present, "proposed": person.proposed}


def _must_be_wanted(rows: Sequence[Nomination]) -> None:
    without = Batch.objects.filter(pk__in={row.batch_id for row in rows if row.batch_id}, notice_required=False).first()
    if without is not None:
        raise NoNoticeNeeded(f"{without.name}的方案规定不公示，决定后可以直接任命。")


def _decided(rows: Sequence[Nomination], *, by: Actor) -> list[Decision]:
    return list(Decision.objects.visible_to(by).filter(pk__in={row.decision_id for row in rows if row.decision_id}, state="decided"))


@command(Permission.DECIDE_SELECTION, redact=("text", "contact"))
def receive_objection(
    notice: PublicNotice, *, about: uuid.UUID, received_on: dt.date, text: str, contact: str = "", by: Actor
) -> Objection:
    """Take an objection about somebody of a notice: sealed, and the nomination is held until it is answered.

    Who raised it is never shown with it again; the person concerned does not learn it.
    """
    happened(received_on, what="受理日期", after=notice.starts_on, after_what="公示开始日期")
    if notice.state != State.OPEN or received_on > notice.ends_on:
        raise ObjectionRefused(f"公示已于 {notice.ends_on} 期满，此后的反映请按信访举报办理，不作为公示异议。")
    if not text.strip():
        raise ObjectionRefused("请填写反映的内容。")
    row = _held(notice, about, by=by)
    key = new_id()
    return Objection.unscoped.create(  # type: ignore[no-any-return]
        id=key, notice=notice, region_id=notice.region_id, about=row.pk, about_name=row.cadre_name, received_on=received_on,
        text_sealed=crypto.seal(text.strip(), row=str(key)), contact_sealed=crypto.seal(contact.strip(), row=str(key)) if contact.strip() else None,
        state=Objection.State.RECEIVED, event=current_event(),
    )  # fmt: skip


@command(Permission.DECIDE_SELECTION)
def read_objection(objection: Objection, *, by: Actor) -> tuple[str, str]:
    """What was said and how to reach who said it; every reading is an event."""
    key = str(objection.pk)
    contact = crypto.unseal(bytes(objection.contact_sealed), row=key) if objection.contact_sealed else ""
    return crypto.unseal(bytes(objection.text_sealed), row=key), contact


def _held(notice: PublicNotice, about: uuid.UUID, *, by: Actor) -> Nomination:
    """The nomination, held for objection now if it was not before."""
    held = Nomination.objects.visible_to(by).filter(pk=about, notice=notice, state="objection_hold").first()
    if held is not None:
        return held
    (row,) = locked(Nomination, keys=[about], flow=NOMINATION, step="hold_for_objection", by=by)
    if row.notice_id != notice.pk:
        raise ObjectionRefused(f"{row.cadre_name}不在这份公示中，请核对。")
    advance([row], flow=NOMINATION, step="hold_for_objection", by=by)
    return row


@command(Permission.DECIDE_SELECTION, redact=("answer",))
def dismiss_objection(objection: Objection, *, answer: str, on: dt.date, by: Actor) -> Objection:
    """The objection is not true: with the last open one the nomination goes on."""
    _answer(objection, Objection.State.DISMISSED, answer=answer, on=on)
    (row,) = locked(Nomination, keys=[objection.about], flow=NOMINATION, step="dismiss_objection", by=by)
    must_be_impartial(by, [row])
    if not _open_ones(objection, by=by):
        advance([row], flow=NOMINATION, step="dismiss_objection", by=by)
    return objection


@command(Permission.DECIDE_SELECTION, redact=("answer",))
def uphold_objection(objection: Objection, *, answer: str, on: dt.date, by: Actor) -> Objection:
    """The objection is true: the nomination is rejected and the place no longer sees the cadre."""
    _answer(objection, Objection.State.UPHELD, answer=answer, on=on)
    (row,) = locked(Nomination, keys=[objection.about], flow=NOMINATION, step="uphold_objection", by=by)
    must_be_impartial(by, [row])
    advance([row], flow=NOMINATION, step="uphold_objection", by=by, ended_why="公示期间的异议经查属实")
    show_to_reviewers(candidates([row], place=""))
    return objection


def candidates(rows: Sequence[Nomination], *, place: str) -> pl.DataFrame:
    """What `show_to_reviewers` takes: the cadres of nominations and the place that considers them (empty: no longer)."""
    return pl.DataFrame({"cadre_id": [str(row.cadre_id) for row in rows], "region": [place] * len(rows)})


def _answer(objection: Objection, state: Objection.State, *, answer: str, on: dt.date) -> None:
    if objection.state != Objection.State.RECEIVED:
        raise ObjectionRefused(f"这条异议已经办结（{Objection.State(objection.state).label}），不能再办。请刷新页面查看最新状态。")
    happened(on, what="核查日期", after=objection.received_on, after_what="受理日期")
    if not answer.strip():
        raise ObjectionRefused("请填写核查结论。")
    objection.state, objection.answer, objection.answered_on = state, answer.strip(), on
    objection.save(update_fields=["state", "answer", "answered_on"])


def _open_ones(objection: Objection, *, by: Actor) -> bool:
    rows: Any = Objection.objects.visible_to(by).filter(notice=objection.notice_id, about=objection.about, state=Objection.State.RECEIVED)
    return bool(rows.exclude(pk=objection.pk).exists())


@command(Permission.DECIDE_SELECTION)
def finish_notice(notice: PublicNotice, *, on: dt.date, by: Actor) -> PublicNotice:
    """The notice has run its days by the day it was ended (`on`). Objections still open hold their people, nobody else.

    Judged by the working days known now: a holiday arranged after the notice began makes it run longer.
    """
    happened(on, what="结束日期")
    if notice.state != State.OPEN:
        raise NotFinished(f"这份公示已是“{State(notice.state).label}”，不用再办。")
    if on <= notice.ends_on:
        raise NotFinished(f"公示到 {notice.ends_on} 才期满，{notice.ends_on + dt.timedelta(days=1)} 起才能结束。")
    least = int(parameter("notice_workdays_appointment", region=str(notice.region_id), on=notice.starts_on))
    try:
        last_day(notice.starts_on, on - dt.timedelta(days=1), least=least)
    except NoticeTooShort as short:
        raise NotFinished(str(short)) from None
    notice.state = State.FINISHED
    notice.save(update_fields=["state"])
    number = notice.document.number if notice.document else notice.title
    announce("notice_over", regions=[str(notice.region_id)], about=str(notice.pk), number=number, on=on)
    return notice


def finish_due_notices(*, by: Actor) -> int:
    """Finish every notice in sight whose days are over; how many. The nightly job's work.

    One that a new arrangement of holidays made longer waits for a later night.
    """
    due = PublicNotice.objects.visible_to(by).filter(kind=KIND, state=State.OPEN, ends_on__lt=clock.today()).order_by("ends_on", "id")
    finished = 0
    for notice in list(due):
        try:
            finish_notice(notice, on=clock.today(), by=by)
        except NotFinished:
            continue
        finished += 1
    return finished
