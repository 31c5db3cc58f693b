"""What the village typed for an official (代记): the official's desk for it, and what became of it for who typed it."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused
from shibaiqian.access.middleware import acts
from shibaiqian.access.roles import Permission
from shibaiqian.access.rows import RowsRefused
from shibaiqian.base import paging
from shibaiqian.base.paging import Cursor
from shibaiqian.fieldwork.actions import accept_draft, return_draft, withdraw_draft
from shibaiqian.fieldwork.actions.drafts import LONGEST_WORD
from shibaiqian.fieldwork.models import Draft, WorkLogItem
from shibaiqian.fieldwork.queries import drafts_typed, drafts_waiting, own_draft, photo_of


class AcceptForm(forms.Form):
    """The draft as it stands, to be corrected. Household and beneficiary stay: another one is another draft."""

    on = forms.DateField(label=_("日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    category = forms.ChoiceField(label=_("做什么"), choices=[(code, _(str(label))) for code, label in WorkLogItem.Category.choices])
    content = forms.CharField(label=_("做了什么"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    amount = forms.DecimalField(label=_("折合金额（元）"), required=False, min_value=0, max_digits=10, decimal_places=2)

    def __init__(self, data: Any = None, *, draft: Draft) -> None:
        amount = None if draft.amount_cents is None else draft.amount_cents / 100
        said = {"on": draft.on, "category": draft.category, "content": draft.content, "amount": amount}
        super().__init__(data, initial=said)
        if not draft.service_kind:
            del self.fields["amount"]


class ReturnForm(forms.Form):
    word = forms.CharField(label=_("为什么退回"), max_length=LONGEST_WORD)


@acts
def drafts(request: HttpRequest) -> HttpResponse:
    """To an official what waits, the oldest first; to who types what became of it, the newest first."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.VIEW_DRAFTS)
    types = actor.may(Permission.WRITE_DRAFTS)
    cursor = Cursor.of(after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    found = paging.page(drafts_typed(actor), ("-typed_at",), cursor=cursor) if types else paging.page(drafts_waiting(actor), ("typed_at",), cursor=cursor)  # fmt: skip
    return render(request, "console/drafts.html", {"page": found, "rows": found.rows, "types": types, "kept": ""})


@acts
def draft(request: HttpRequest, draft_id: uuid.UUID) -> HttpResponse:
    """One draft: for the official with its forms, for who typed it with its answer."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.VIEW_DRAFTS)
    return _page(request, own_draft(actor, draft_id))


@acts
def draft_photo(request: HttpRequest, draft_id: uuid.UUID, number: int) -> HttpResponse:
    """A photo or voice memo of a draft (the first is 1), for who may answer for the draft or take it back."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.VIEW_DRAFTS)
    data, kind = photo_of(own_draft(actor, draft_id), number)
    return HttpResponse(data, content_type=kind)


@acts
@require_POST
def draft_step(request: HttpRequest, draft_id: uuid.UUID, step: str) -> HttpResponse:
    """Accept as corrected, return with a word, or take back. A second click finds it done."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if step not in ("accept", "return", "withdraw"):
        raise Http404(step)
    actor.must(Permission.WRITE_DRAFTS if step == "withdraw" else Permission.TAKE_DRAFTS)
    found = own_draft(actor, draft_id)
    form: forms.Form = AcceptForm(request.POST, draft=found) if step == "accept" else ReturnForm(request.POST)
    if step != "withdraw" and not form.is_valid():
        return _page(request, found, **{step: form})
    try:
        done = _take(found, step, form, by=actor)
    except RowsRefused as refusal:
        said = [" ".join(filter(None, (one.message, one.mend))) for one in refusal.findings.refusals()]
        messages.error(request, " ".join(said))
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
        return redirect("drafts")
    return _page(request, found, **({} if step == "withdraw" else {step: form}))


def _take(found: Draft, step: str, form: forms.Form, *, by: Actor) -> str:
    if step == "withdraw":
        withdraw_draft(found, by=by)
        return __("已撤回。")
    said = form.cleaned_data
    if step == "return":
        return_draft(found, word=said["word"], by=by)
        return __("已退回给%(name)s。") % {"name": found.typed_by}
    amount = said.get("amount")
    cents = None if amount is None else int(amount * 100)
    accept_draft(found, on=said["on"], category=said["category"], content=said["content"], amount_cents=cents, by=by)
    return __("已采用，记入您的工作日志，记录人是%(name)s。") % {"name": found.typed_by}


def _page(request: HttpRequest, found: Draft, **bad: forms.Form) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    context = {
        "draft": found,
        "takes": actor.may(Permission.TAKE_DRAFTS) and found.state == Draft.State.WAITING,
        "withdraws": actor.may(Permission.WRITE_DRAFTS) and found.state == Draft.State.WAITING,
        "accept": bad.get("accept") or AcceptForm(draft=found),
        "back": bad.get("return") or ReturnForm(),
    }
    return render(request, "console/draft.html", context, status=422 if request.method == "POST" else 200)
