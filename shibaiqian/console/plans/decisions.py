"""What the host's secretary decided about an official's work or assigned: a list, a form, a result."""

import datetime as dt
import uuid

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused
from shibaiqian.access.middleware import acts
from shibaiqian.access.roles import Permission
from shibaiqian.base import clock
from shibaiqian.console.posting_forms import day, pick, text
from shibaiqian.console.queries import one
from shibaiqian.fieldwork.actions import finish_decision, note_decision
from shibaiqian.fieldwork.models import HostDecision
from shibaiqian.fieldwork.queries import decisions_of
from shibaiqian.postings.queries import postings

SHOWN = 100


class DecisionForm(forms.Form):
    kind = pick(_("类别"), HostDecision.Kind.choices)
    on = day(_("日期"))
    secretary = text(_("谁决定或交办"), help_text=_("挂职单位党组织书记的姓名和职务。"))
    text = text(_("内容"), long=True)
    due_on = day(_("完成期限"), required=False)


@acts
def decisions(request: HttpRequest, posting_id: uuid.UUID) -> HttpResponse:
    """The decisions about a posting, latest first, and the form of a new one."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.VIEW_PLANS)
    posting = one(postings(actor), posting_id)
    may_note = actor.may(Permission.NOTE_DECISIONS)
    form = DecisionForm(request.POST or None, initial={"on": clock.today()})
    if request.method == "POST":
        actor.must(Permission.NOTE_DECISIONS)
        if form.is_valid():
            try:
                note_decision(posting, **form.cleaned_data, by=actor)
                return redirect("host_decisions", posting_id=posting_id)
            except Refused as refusal:
                form.add_error(None, str(refusal))
    context = {"posting": posting, "form": form, "rows": decisions_of(actor, posting)[:SHOWN], "may_note": may_note, "today": clock.today()}
    return render(request, "console/plans/decisions.html", context, status=422 if form.is_bound else 200)


@acts
@require_POST
def finish(request: HttpRequest, host_decision_id: uuid.UUID) -> HttpResponse:
    """What came of it."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    row: HostDecision = get_object_or_404(HostDecision.objects.visible_to(actor), pk=host_decision_id)
    try:
        try:
            on = dt.date.fromisoformat(request.POST.get("on", ""))
        except ValueError:
            on = clock.today()
        finish_decision(row, on=on, result=request.POST.get("result", "")[:500], by=actor)
        messages.success(request, __("已办理。"))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("host_decisions", posting_id=row.posting_id)
