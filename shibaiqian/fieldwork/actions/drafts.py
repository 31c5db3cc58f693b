"""Typed for an official by the village (代记): a draft that the official accepts, corrected or not, or returns with a word."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import NotVisible, Refused, command, current_event
from shibaiqian.access.roles import Permission, Role
from shibaiqian.base import clock
from shibaiqian.base.ids import new_id
from shibaiqian.fieldwork.actions.logs import (
    DayLog,
    LogEntry,
    PhotoOf,
    ServiceDone,
    check_followed,
    fit_day,
    households_of,
    log_day,
    place_of,
)
from shibaiqian.fieldwork.actions.own import must_be_own
from shibaiqian.fieldwork.models import Draft, PracticalService
from shibaiqian.fieldwork.procedures import DRAFT
from shibaiqian.messages.actions import announce
from shibaiqian.postings.models import Posting
from shibaiqian.postings.queries import running_postings

LONGEST_WORD = 200
TOLD: dict[str, str] = {Draft.State.ACCEPTED: "drafts_accepted", Draft.State.RETURNED: "drafts_returned"}  # to who typed it


class DraftUnfit(Refused):
    """It cannot wait for this official, or not so."""


@command(Permission.WRITE_DRAFTS)
def type_drafts(posting: Posting, *, on: dt.date, items: Sequence[LogEntry], by: Actor) -> list[Draft]:
    """Write for an official what was done on a day, each thing a draft of its own. What would refuse the log refuses the draft.

    Whose posting has ended can take nothing: the words name who serves there now.
    """
    if by.user_id is None:
        raise NotVisible("User")
    if posting.ended_on is not None:
        raise DraftUnfit(_ended(posting, by=by))
    fit_day(posting, DayLog(on, tuple(items)))
    check_followed(posting, items, by=by)
    homes = households_of(posting, items, by=by)
    drafts = []
    for item in items:
        home, service = homes.get(item.household), item.service
        whom = (service.beneficiary.strip() or (home.head_name if home else "")) if service else ""
        if service and (service.kind not in PracticalService.Kind.values or not whom):
            raise DraftUnfit("请选择实事类别，并选择农户或写明受益群众。")
        if service and service.confirmation:
            raise DraftUnfit("群众确认要等本人采用、登记为实事以后再办，请先不填。")
        drafts.append(
            Draft(
                id=item.key or new_id(), posting=posting, cadre=posting.cadre_id, official=posting.cadre_name,
                region_id=place_of(item, homes, posting), on=on, category=item.category, household=home, content=item.content.strip(),
                service_kind=service.kind if service else "", beneficiary=whom, amount_cents=service.amount_cents if service else None,
                problem=item.problem.strip(), follow_up_due=item.follow_up_due, follows_id=item.follows,
                photos=[asdict(photo) for photo in item.photos], typist=by.user_id, typed_by=by.name, typed_at=clock.business_now(),
                event=current_event(),
            )
        )  # fmt: skip
    made = Draft.unscoped.bulk_create(drafts)
    announce("drafts_waiting", cadres=[posting.cadre_id])
    return made


# The words stand as a digest in the act of the log.
@command(Permission.TAKE_DRAFTS, redact=("content",))
def accept_draft(draft: Draft, *, on: dt.date, category: str, content: str, amount_cents: int | None = None, by: Actor) -> Draft:
    """Answer for it, as it stands or corrected: it becomes the official's log item, visit and service by the same command as typed.

    Accepted before, from the console or another phone, it stays as it was accepted first.
    """
    _must_answer(draft, by=by)
    if draft.state == Draft.State.ACCEPTED:
        return draft
    after = DRAFT.next(draft.state, "accept_draft")
    posting = Posting.objects.visible_to(by).filter(pk=draft.posting_id).first()
    if posting is None:
        raise NotVisible("Posting")
    service = ServiceDone(draft.service_kind, draft.beneficiary, amount_cents) if draft.service_kind else None
    entry = LogEntry(
        category, content, household=draft.household_id, region="" if draft.household_id else draft.region_id, service=service,
        problem=draft.problem, follow_up_due=draft.follow_up_due, follows=draft.follows_id,
        photos=tuple(PhotoOf(**photo) for photo in draft.photos), key=draft.pk, typed_by=draft.typed_by,
    )  # fmt: skip
    log_day(posting, on=on, items=[entry], by=by)
    return _answered(draft, after)


@command(Permission.TAKE_DRAFTS)
def return_draft(draft: Draft, *, word: str, by: Actor) -> Draft:
    """Give it back to who typed it, saying why."""
    _must_answer(draft, by=by)
    after = DRAFT.next(draft.state, "return_draft")
    if not word.strip():
        raise DraftUnfit("请写一句为什么退回，让记录人知道怎么改。")
    draft.word = word.strip()[:LONGEST_WORD]
    return _answered(draft, after)


@command(Permission.WRITE_DRAFTS)
def withdraw_draft(draft: Draft, *, by: Actor) -> Draft:
    """Take back what one typed, before the official has answered."""
    if draft.typist != by.user_id:
        raise NotVisible("Draft")
    return _answered(draft, DRAFT.next(draft.state, "withdraw_draft"))


def _must_answer(draft: Draft, *, by: Actor) -> None:
    must_be_own(by, cadre=draft.cadre, name=draft.official)
    if by.role is not Role.POSTED_CADRE or by.standing_in_for:
        raise DraftUnfit("代记的内容须由挂职干部本人核对采用或退回。")


def _answered(draft: Draft, state: str) -> Draft:
    draft.state, draft.answered_at = state, clock.business_now()
    draft.save(update_fields=["state", "answered_at", "word"])
    if event := TOLD.get(state):
        announce(event, accounts=[draft.typist])
    return draft


def _ended(posting: Posting, *, by: Actor) -> str:
    rows = running_postings(by).filter(region=posting.region_id, arrived_on__isnull=False)
    now = "、".join(rows.values_list("cadre_name", flat=True)[:5])
    mend = f"现在村里是{now}，请改交给现任再提交。" if now else "村里现在没有在岗的挂职干部，请联系镇办。"
    return f"{posting.cadre_name}的任职已于 {posting.ended_on} 结束，不能再交给他核对。{mend}"
