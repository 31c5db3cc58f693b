"""The notice boards of villages: what is published for each, printed, and hung up."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused
from shibaiqian.access.middleware import acts
from shibaiqian.access.roles import Permission
from shibaiqian.base import clock
from shibaiqian.base.paging import Cursor, page
from shibaiqian.console.posting_forms import day
from shibaiqian.console.selection.papers import paper_file
from shibaiqian.documents.papers.board_notice import BoardLine, BoardPaper, board_notice
from shibaiqian.fieldwork.actions import post_notice
from shibaiqian.fieldwork.procedures import read_month
from shibaiqian.fieldwork.queries import Board, board_of, boards, boards_of
from shibaiqian.regions.models import Region

ENOUGH = {True: gettext_lazy("达到"), False: gettext_lazy("未达到"), None: gettext_lazy("待核")}


class PostedForm(forms.Form):
    on = day(gettext_lazy("哪天张贴的"))


@acts
def boards_page(request: HttpRequest) -> HttpResponse:
    """What is published for the villages in sight, latest first, and whether it hangs there."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.VIEW_ATTENDANCE)
    cursor = Cursor.of(after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    found = page(boards(actor), ("-month", "region_id"), cursor=cursor)
    return render(request, "console/duty/boards.html", {"page": found, "rows": boards_of(actor, found.rows), "kept": ""})


@acts
def board(request: HttpRequest, region: str, month: str) -> HttpResponse:
    """One village's month as it hangs on the board; the clerk says when it was hung up."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = _found(actor, region, month)
    may_post = actor.may(Permission.POST_NOTICES) and (found.posted is None or found.is_outdated)
    form = PostedForm(request.POST or None, initial={"on": clock.today()})
    if request.method == "POST" and form.is_valid():
        try:
            post_notice(Region.objects.get(pk=region), month=found.month.month, on=form.cleaned_data["on"], by=actor)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("已登记张贴。"))
            return redirect("board", region=region, month=month)
    context = {"board": found, "lines": _lines(found), "month_code": month, "may_post": may_post, "form": form}
    return render(request, "console/duty/board.html", context, status=422 if form.is_bound else 200)


@acts
def board_paper(request: HttpRequest, region: str, month: str, form: str) -> HttpResponse:
    """The sheet to be hung up, as PDF or Word."""
    found = _found(request.actor, region, month)  # type: ignore[attr-defined]
    paper = BoardPaper(
        village=found.month.region.name, month=found.month.month, published_on=found.published_on,
        lines=tuple(BoardLine(**line) for line in _lines(found)), demonstration=clock.is_demonstration(),
    )  # fmt: skip
    return paper_file(board_notice(paper), form, name=f"board-{region}-{month}")


def _found(actor: Actor, region: str, month: str) -> Board:
    actor.must(Permission.VIEW_ATTENDANCE)
    first: dt.date | None = read_month(month)
    if first is None:
        raise Http404(month)
    return board_of(actor, region, first)


def _lines(found: Board) -> list[dict[str, Any]]:
    return [{**line, "enough": str(ENOUGH[line["enough"]])} for line in found.lines]
