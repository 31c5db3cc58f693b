"""Clues: the official's own page, where a word settles them; and the question of a supervisor, opened with a press that is kept."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_POST

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused
from shibaiqian.access.middleware import acts
from shibaiqian.access.roles import Permission
from shibaiqian.base import clock
from shibaiqian.fieldwork import actions, queries
from shibaiqian.fieldwork.actions.clue_night import Measures
from shibaiqian.fieldwork.models import Clue, ClueQuestion
from shibaiqian.fieldwork.queries.clues import NOBODY
from shibaiqian.files import store

SOME = 30
# What it often is: tapped, then altered.
WORDS = (
    gettext_noop("同样的活分几天做，话写得一样。"), gettext_noop("我们是一起去的，各写各的日志。"), gettext_noop("那几天忙（没有信号、生病、抢险），后来一起补写的。"),
    gettext_noop("照片是同一次拍的，几件事都用得上。"),
)  # fmt: skip
ANSWER = Permission.KEEP_FIELDWORK
STEPS = {"open_question": Permission.ASK_ABOUT_LOGS, "note_answer": Permission.ASK_ABOUT_LOGS, "answer_question": ANSWER}


@acts
def own_clues(request: HttpRequest) -> HttpResponse:
    """What the machine could not explain in one's own logs, with a place to say what it was. Nobody else sees this page."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(ANSWER)
    clues = list(queries.own_clues(actor)[:SOME])
    region = clues[0].region_id if clues else actor.scope.region
    context = {
        "files": queries.clue_files(actor, clues), "questions": list(queries.own_questions(actor)), "words": [_(text) for text in WORDS],
        "measures": Measures.at([region], on=clock.today())[region], "today": clock.today(),
    }  # fmt: skip
    return render(request, "console/duty/clues.html", context)


@acts
@require_POST
def clue_step(request: HttpRequest, clue_id: uuid.UUID) -> HttpResponse:
    """Say what it was, or put the log right."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(ANSWER)
    clue = get_object_or_404(Clue.objects.visible_to(actor).filter(cadre=actor.person or NOBODY), pk=clue_id)
    said = request.POST
    try:
        if said.get("item"):
            actions.mend_clue(clue, item=_key(said["item"]), content=said.get("content", "")[:500], by=actor)
            messages.success(request, _("日志已更正，原来的内容留存备查。"))
        else:
            actions.explain_clue(clue, words=said.get("words", ""), by=actor)
            messages.success(request, _("记下了，谢谢。这一条到此为止。"))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("own_clues")


def _key(said: str) -> uuid.UUID:
    try:
        return uuid.UUID(said)
    except ValueError:
        raise Http404 from None


@acts
def clue_photo(request: HttpRequest, photo_id: uuid.UUID) -> HttpResponse:
    """A photo that stands in a clue, for whoever may see both."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.VIEW_FIELDWORK)
    photo = queries.photo_of_clue(actor, photo_id)
    if photo is None:
        raise Http404
    try:
        data = store.read(photo.stored)
    except store.FileGone:
        raise Http404 from None
    return HttpResponse(data, content_type=photo.kind)


@acts
def question(request: HttpRequest, question_id: uuid.UUID) -> HttpResponse:
    """A question about somebody's logs. What stands behind it is shown to a supervisor once they have pressed to look."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.ASK_ABOUT_LOGS)
    row = _question(actor, question_id)
    is_open = row.state == ClueQuestion.State.ASKED
    files = queries.clue_files(actor, queries.clues_of(actor, row)[:SOME]) if is_open else []
    measures = Measures.at([row.region_id], on=row.raised_on)[row.region_id]
    return render(request, "console/duty/question.html", {"question": row, "files": files, "measures": measures})


def _question(actor: Actor, key: uuid.UUID) -> ClueQuestion:
    return get_object_or_404(ClueQuestion.objects.visible_to(actor).select_related("region", "posting"), pk=key)


@acts
@require_POST
def question_step(request: HttpRequest, question_id: uuid.UUID, step: str) -> HttpResponse:
    """Open and ask; write down what was said; answer."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if step not in STEPS:
        raise Http404(step)
    actor.must(STEPS[step])
    row, words = _question(actor, question_id), request.POST.get("words", "")
    try:
        match step:
            case "open_question":
                actions.open_question(row, words=words, by=actor)
                messages.success(request, _("已记下是谁在什么时候问的，并已告诉本人。"))
            case "note_answer":
                actions.note_answer(row, words=words, by=actor)
                messages.success(request, _("已记下本人的说法，这个问题到此为止。"))
            case _:
                actions.answer_question(row, words=words, by=actor)
                messages.success(request, _("记下了，谢谢。"))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("own_clues") if step == "answer_question" else redirect("question", question_id=question_id)
