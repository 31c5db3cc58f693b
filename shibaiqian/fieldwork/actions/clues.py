"""What people do with clues: the author says what it was or mends the log; on pattern a supervisor asks, and the answer settles it."""

import uuid

from django.conf import settings

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import NotVisible, Refused, command, current_event, note_in_event
from shibaiqian.access.own_case import not_own_case
from shibaiqian.access.roles import Permission
from shibaiqian.base import clock
from shibaiqian.fieldwork.actions.own import NotYours
from shibaiqian.fieldwork.models import Attachment, Clue, ClueQuestion, PracticalService, Visit, WorkLogItem
from shibaiqian.fieldwork.procedures import QUESTION
from shibaiqian.messages.actions import announce

LONGEST = 500
MENDED = "已更正日志。"


class ClueUnfit(Refused):
    """Nothing was said, or it is settled."""


def _said(words: str) -> str:
    said = words.strip()
    if not said:
        raise ClueUnfit("请写一句当时的情况，几个字就行。")
    return said[:LONGEST]


def _must_be_own(by: Actor, cadre: uuid.UUID) -> None:
    if by.person != cadre:
        raise NotYours("这是写日志的人自己看的，只能由本人说明。")


@command(Permission.KEEP_FIELDWORK, redact=("words",))
def explain_clue(clue: Clue, *, words: str, by: Actor) -> Clue:
    """Say what it was. That settles it: nobody above sees the clue, and the same again is not asked again."""
    _must_be_own(by, clue.cadre)
    return _settle(clue, _said(words), by=by)


@command(Permission.KEEP_FIELDWORK, redact=("content",))
def mend_clue(clue: Clue, *, item: uuid.UUID, content: str, by: Actor) -> Clue:
    """Correct one of the own things that stand in it, which settles it as well."""
    _must_be_own(by, clue.cadre)
    found = WorkLogItem.objects.visible_to(by).filter(pk=item).first() if item in {*clue.own, *clue.other} else None
    if found is None:
        raise NotVisible("WorkLogItem")
    correct_item(found, content=content, by=by)
    return _settle(clue, MENDED, by=by)


@command(Permission.KEEP_FIELDWORK, redact=("content",))
def correct_item(item: WorkLogItem, *, content: str, by: Actor) -> WorkLogItem:
    """Put right what one wrote: a new row beside the old, which stays with the event that voided it; visit and photos go along."""
    _must_be_own(by, item.log.cadre)
    said = content.strip()
    if not said or said == item.content:
        raise ClueUnfit("请把日志改成当时的实际情况，再保存。")
    before, event = item.pk, current_event()
    note_in_event(before=str(before))
    made = WorkLogItem.unscoped.create(
        log_id=item.log_id, region_id=item.region_id, category=item.category, household_id=item.household_id, content=said, problem=item.problem,
        follow_up_due=item.follow_up_due, follows_id=item.follows_id, typed_by=item.typed_by, event=event,
    )  # fmt: skip
    for visit in Visit.objects.visible_to(by).filter(log_item=before):
        Visit.unscoped.create(
            household_id=visit.household_id, region_id=visit.region_id, posting_id=visit.posting_id, official=visit.official, log_item=made,
            on=visit.on, content=said, typed_by=visit.typed_by, event=event,
        )  # fmt: skip
    Attachment.unscoped.bulk_create(
        Attachment(
            item=made, region_id=a.region_id, household_id=a.household_id, sha256=a.sha256, stored=a.stored, kind=a.kind, size=a.size,
            picture_hash=a.picture_hash, event=event,
        )
        for a in Attachment.objects.visible_to(by).filter(item=before)
    )  # fmt: skip
    WorkLogItem.objects.visible_to(by).filter(follows=before).update(follows=made)
    PracticalService.objects.visible_to(by).filter(log_item=before).update(log_item=made)
    for rows in (Visit.objects.visible_to(by).filter(log_item=before), Attachment.objects.visible_to(by).filter(item=before)):
        rows.update(voided_by=event)
    WorkLogItem.objects.visible_to(by).filter(pk=before).update(voided_by=event)
    return made


def _settle(clue: Clue, words: str, *, by: Actor) -> Clue:
    if clue.state != Clue.State.OPEN:
        raise ClueUnfit("这一条已经说明过了，不用再说。")
    question = clue.question
    clue.state, clue.explanation, clue.explained_on, clue.shown_in = Clue.State.EXPLAINED, words, clock.today(), settings.ROOT_REGION
    clue.save(update_fields=["state", "explanation", "explained_on", "shown_in"])
    if question is not None and not Clue.objects.visible_to(by).filter(question=question, state=Clue.State.OPEN).exists():
        if question.state == ClueQuestion.State.WAITING:
            question.state = ClueQuestion.State.LAPSED
            question.save(update_fields=["state"])
        elif question.state == ClueQuestion.State.ASKED:
            _answered(question, "本人已逐条说明。", by=by)
    return clue


@command(Permission.ASK_ABOUT_LOGS)
def open_question(question: ClueQuestion, *, words: str = "", by: Actor) -> ClueQuestion:
    """Look at what stood without a word, and ask; who looked, when, and what was asked is kept, and the official is told."""
    not_own_case(by, persons={question.cadre: question.cadre_name})
    question.state = QUESTION.next(question.state, "open_question", named=question.cadre_name)
    question.opened_on, question.opened_by, question.words = clock.today(), by.name, words.strip()[:LONGEST]
    question.save(update_fields=["state", "opened_on", "opened_by", "words"])
    announce("log_question", cadres=[question.cadre], about=str(question.pk))
    return question


@command(Permission.KEEP_FIELDWORK)
def answer_question(question: ClueQuestion, *, words: str, by: Actor) -> ClueQuestion:
    """The official answers, opened or not; all of its clues are settled with it."""
    _must_be_own(by, question.cadre)
    question.state = QUESTION.next(question.state, "answer_question", named=question.cadre_name)
    said = _said(words)
    Clue.objects.visible_to(by).filter(question=question, state=Clue.State.OPEN).update(
        state=Clue.State.EXPLAINED, explanation=said, explained_on=clock.today(), shown_in=settings.ROOT_REGION
    )
    return _answered(question, said, by=by)


@command(Permission.ASK_ABOUT_LOGS)
def note_answer(question: ClueQuestion, *, words: str, by: Actor) -> ClueQuestion:
    """Write down what the official said on the telephone or face to face. That settles it as well."""
    not_own_case(by, persons={question.cadre: question.cadre_name})
    question.state = QUESTION.next(question.state, "note_answer", named=question.cadre_name)
    said = _said(words)
    # Out of this sight with the next night: whoever asks cannot take a row out of their own scope.
    Clue.objects.visible_to(by).filter(question=question, state=Clue.State.OPEN).update(
        state=Clue.State.EXPLAINED, explanation=said, explained_on=clock.today()
    )
    return _answered(question, said, by=by)


def _answered(question: ClueQuestion, said: str, *, by: Actor) -> ClueQuestion:
    question.state = ClueQuestion.State.ANSWERED
    question.answered_on, question.answered_by, question.answer = clock.today(), by.name, said
    question.save(update_fields=["state", "answered_on", "answered_by", "answer"])
    return question
