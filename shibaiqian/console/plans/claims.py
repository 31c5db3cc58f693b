"""Claims: drawn by the official from confirmed months, handed in, settled or given back by the sending unit; the form."""

import uuid
from collections.abc import Mapping

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused
from shibaiqian.access.middleware import acts
from shibaiqian.access.roles import Permission
from shibaiqian.base import clock
from shibaiqian.console.plans.months import person_of
from shibaiqian.console.selection.papers import paper_file
from shibaiqian.documents.papers.expense_claim import ExpenseClaim as Paper
from shibaiqian.documents.papers.expense_claim import expense_claim
from shibaiqian.fieldwork.actions import draw_claim, hand_in_claim, return_claim, settle_claim
from shibaiqian.fieldwork.models import ExpenseClaim
from shibaiqian.fieldwork.queries import claim_of, months_to_claim
from shibaiqian.fieldwork.rules.claims import CLAIM, EXAMPLE, LABELS, MEASURES

SHOWN = 24
WORDS = {"meal": _("伙食补助"), "travel": _("往返交通"), "insurance": _("人身意外保险")}


@acts
def draw(request: HttpRequest) -> HttpResponse:
    """The confirmed months that wait for a claim; a button draws one."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.DRAW_CLAIMS)
    rows = months_to_claim(actor)
    if request.method == "POST":
        try:
            month = get_object_or_404(rows, pk=uuid.UUID(request.POST.get("month", "")))
            return redirect("claim", claim_id=draw_claim(month, by=actor).pk)
        except ValueError:
            raise Http404 from None
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("draw_claim")
    return render(request, "console/plans/claim_months.html", {"rows": rows[:SHOWN]})


def _sources(row: ExpenseClaim, words: "Mapping[str, str | Promise]") -> tuple[str, ...]:
    """The documents that set the rates, each with what it sets, in the order of the lines."""
    sets: dict[str, dict[str, None]] = {}
    for line in row.lines:
        if line.get("source"):
            sets.setdefault(line["source"], {})[str(words[line["code"]])] = None
    return tuple(f"{'、'.join(labels)}：{source}" for source, labels in sets.items())


@acts
def claim(request: HttpRequest, claim_id: uuid.UUID) -> HttpResponse:
    """One claim line by line, and what may be done."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.VIEW_CLAIMS)
    row = claim_of(actor, claim_id)
    steps = CLAIM.open_steps(row.state)
    lines = [
        (WORDS[line["code"]], line["quantity"], MEASURES[line["code"]], line["rate_cents"], line["amount_cents"]) for line in row.lines
    ]
    draws, settles = actor.may(Permission.DRAW_CLAIMS), actor.may(Permission.SETTLE_CLAIMS)
    context = {
        "row": row,
        "lines": lines,
        "sources": _sources(row, WORDS),
        "is_example": any(EXAMPLE in line.get("source", "") for line in row.lines),
        "may_hand_in": draws and "hand_in_claim" in steps,
        "may_settle": settles and "settle_claim" in steps,
    }
    return render(request, "console/plans/claim.html", context)


@acts
@require_POST
def claim_step(request: HttpRequest, claim_id: uuid.UUID, step: str) -> HttpResponse:
    """Hand in, draw anew, settle, give back."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    row = claim_of(actor, claim_id)
    try:
        match step:
            case "redraw":
                claim_id = draw_claim(row.attendance, by=actor).pk
            case "hand_in":
                hand_in_claim(row, by=actor)
            case "settle":
                settle_claim(row, by=actor)
            case "return":
                return_claim(row, reason=request.POST.get("reason", "")[:200], by=actor)
                messages.success(request, __("已退回。"))
                return redirect("claims")
            case _:
                raise Http404(step)
        messages.success(request, __("已办理。"))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("claim", claim_id=claim_id)


@acts
def claim_paper(request: HttpRequest, claim_id: uuid.UUID, form: str) -> HttpResponse:
    """The form, as PDF or Word."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.VIEW_CLAIMS)
    row = claim_of(actor, claim_id)
    lines = tuple((LABELS[x["code"]], x["quantity"], MEASURES[x["code"]], x["rate_cents"], x["amount_cents"]) for x in row.lines)
    paper = Paper(
        person=person_of(row.posting), month=row.month, lines=lines, total_cents=row.total_cents, sources=_sources(row, LABELS),
        demonstration=clock.is_demonstration(),
    )  # fmt: skip
    return paper_file(expense_claim(paper), form, name=f"claim-{row.month:%Y-%m}-{str(row.pk)[:8]}")
