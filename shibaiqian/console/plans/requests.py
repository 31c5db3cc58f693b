"""Requests upward: asked, answered, done, confirmed; and what each unit still owes."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused
from shibaiqian.access.middleware import acts
from shibaiqian.access.roles import Permission
from shibaiqian.access.scope import ScopeKind
from shibaiqian.base import clock
from shibaiqian.base.ids import new_id
from shibaiqian.base.spreadsheets.columns import Column
from shibaiqian.base.spreadsheets.columns import ColumnKind as K
from shibaiqian.console.export import Sheet, sheet_file
from shibaiqian.console.posting_forms import day, pick, text
from shibaiqian.console.selection.papers import paper_file
from shibaiqian.documents.papers.upward_request import RequestSlip, request_slip
from shibaiqian.organisations.models import Organisation
from shibaiqian.postings.models import Posting
from shibaiqian.postings.queries import own_among, running_postings
from shibaiqian.regions.models import Region
from shibaiqian.voice import actions
from shibaiqian.voice.models import UpwardRequest
from shibaiqian.voice.queries import RequestFile, by_receiver, receivers, request_file
from shibaiqian.voice.rules import OF_ASKER, REQUEST


def _units(region: str, own: Mapping[uuid.UUID, Any]) -> list[tuple[str, Any]]:
    """Sending units first, then the county's, then the city's."""
    rows = list(receivers(region, own=list(own)))
    groups = (
        (__("派出单位"), [r for r in rows if r.pk in own]),
        (__("县区单位"), [r for r in rows if r.pk not in own and r.level != "city"]),
        (__("市直单位"), [r for r in rows if r.pk not in own and r.level == "city"]),
    )
    return [(label, [(str(r.pk), r.name) for r in units]) for label, units in groups if units]


class AskForm(forms.Form):
    operation = forms.UUIDField(widget=forms.HiddenInput)
    receiver = forms.ChoiceField(label=_("向谁要"))
    kind = pick(_("事项类别"), UpwardRequest.Kind.choices)
    title = forms.CharField(label=_("要什么"), max_length=actions.LONGEST_TITLE, help_text=_("一句话，如“二组 1.2 公里断头路硬化”。"))
    content = text(_("为什么要、要多少、在哪里"), long=True)
    posting = forms.ChoiceField(label=_("提出人"), required=False)

    def __init__(self, *args: Any, actor: Actor, serving: list[Posting], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = own_among(actor, serving)
        self.fields["receiver"].choices = [  # type: ignore[attr-defined]
            ("", "—"), *_units(actor.scope.region, {p.unit_id: p for p in serving}),
        ]  # fmt: skip
        officials = [(str(p.pk), f"{p.cadre_name}（{p.title}）") for p in serving]
        self.fields["posting"].choices = [*officials, ("", __("村级组织"))]  # type: ignore[attr-defined]
        self.fields["posting"].initial = str(own.pk) if own else ""


class AcceptForm(forms.Form):
    promised_on = day(_("办好日期"))
    answer = text(_("答复意见"), required=False, long=True)


class ReasonForm(forms.Form):
    reason = text(_("原因"), long=True)


class PassForm(forms.Form):
    receiver = forms.ChoiceField(label=_("转给"))
    reason = text(_("原因"), long=True)


class DoneForm(forms.Form):
    on = day(_("办好日期"))
    note = text(_("办了什么"), long=True)


class NoteForm(forms.Form):
    note = text(_("说明"), required=False, long=True)


STEPS: dict[str, tuple[type[forms.Form], Callable[..., UpwardRequest]]] = {
    "accept_request": (AcceptForm, actions.accept_request),
    "refuse_request": (ReasonForm, actions.refuse_request),
    "pass_on": (PassForm, actions.pass_on),
    "report_done": (DoneForm, actions.report_done),
    "confirm_done": (NoteForm, actions.confirm_done),
    "send_back": (ReasonForm, actions.send_back),
    "withdraw_request": (ReasonForm, actions.withdraw_request),
}
LABELS = {
    "ask": _("提出"), "accept_request": _("同意办理"), "refuse_request": _("不同意"), "pass_on": _("转其他单位"), "report_done": _("报告办好"),
    "confirm_done": _("确认办好"), "send_back": _("没有办好，退回"), "withdraw_request": _("撤回"),
}  # fmt: skip


@acts
def ask(request: HttpRequest) -> HttpResponse:
    """Ask a unit for something. A second click does nothing."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.ASK_UPWARD)
    serving = list(running_postings(actor, region=actor.scope.region)[:20])
    form = AskForm(request.POST or None, actor=actor, serving=serving, initial={"operation": new_id()})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        posting = next((p for p in serving if str(p.pk) == said["posting"]), None)
        try:
            asked = actions.ask_upward(
                Region.objects.get(pk=actor.scope.region), receiver=Organisation.objects.get(pk=said["receiver"]), kind=said["kind"],
                title=said["title"], content=said["content"], posting=posting, by=actor, operation=said["operation"],
            )  # fmt: skip
            return redirect("request", request_id=asked.pk)
        except Refused as refusal:
            form.add_error(None, str(refusal))
    context = {
        "form": form, "title": __("向上要"), "button": __("提出"), "back": reverse("requests"), "back_label": __("向上要事项"),
        "note": __("答复期限按工作日计，从提出起算，县区看得到。期限算在答复单位头上，不看谁提得多。"),
    }  # fmt: skip
    return render(request, "console/plans/form.html", context, status=422 if form.is_bound else 200)


def _open(actor: Actor, row: UpwardRequest) -> list[str]:
    """The steps this actor may take now."""
    steps = REQUEST.open_steps(row.state)
    asks, answers = actor.may(Permission.ASK_UPWARD), actor.may(Permission.ANSWER_REQUESTS)
    mine = [s for s in steps if (asks if s in OF_ASKER else answers)]
    return [s for s in mine if s != "pass_on" or actor.scope.kind is ScopeKind.REGION]


@acts
def request(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    """One request: what is asked, the clock, what happened, what may be done."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    file = request_file(actor, request_id)
    context = {
        "file": file,
        "row": file.request,
        "history": [(step, LABELS.get(step.step, step.step)) for step in file.steps],
        "steps": [(step, LABELS[step]) for step in _open(actor, file.request)],
    }
    return render(request, "console/plans/request.html", context)


@acts
def request_step(request: HttpRequest, request_id: uuid.UUID, step: str) -> HttpResponse:
    """One step of a request: its form, and the command when it is sent."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if step not in STEPS:
        raise Http404(step)
    made, run = STEPS[step]
    file = request_file(actor, request_id)
    actor.must(Permission.ASK_UPWARD if step in OF_ASKER else Permission.ANSWER_REQUESTS)
    form = made(request.POST or None, initial={"on": clock.today()})
    if "receiver" in form.fields:
        form.fields["receiver"].choices = _units(file.request.region_id, {})  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        if "receiver" in said:
            said["receiver"] = Organisation.objects.get(pk=said["receiver"])
        try:
            run(file.request, **said, by=actor)
            messages.success(request, __("已办理：%(step)s。") % {"step": LABELS[step]})
            return redirect("request", request_id=request_id)
        except Refused as refusal:
            form.add_error(None, str(refusal))
    elif step not in _open(actor, file.request):
        return redirect("request", request_id=request_id)
    context = {
        "form": form, "title": LABELS[step], "subtitle": file.request.title, "button": LABELS[step],
        "back": reverse("request", args=[request_id]), "back_label": file.request.title,
    }  # fmt: skip
    return render(request, "console/plans/form.html", context, status=422 if form.is_bound else 200)


@acts
def of_receivers(request: HttpRequest) -> HttpResponse:
    """What each unit was asked for and still owes: by who answers, never by who asks."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.VIEW_REQUESTS)
    return render(request, "console/plans/receivers.html", {"rows": by_receiver(actor), "may_export": actor.may(Permission.EXPORT)})


@acts
@require_POST
def receivers_file(request: HttpRequest) -> HttpResponseBase:
    """The same as an Excel file."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    labels = {
        "name": _("答复单位"), "waiting": _("待答复"), "working": _("办理中"), "overdue": _("其中逾期"), "to_confirm": _("待确认"),
        "confirmed": _("已办结"), "refused": _("未同意"), "late": _("逾期办理（次）"),
    }  # fmt: skip
    columns = [Column(name, str(label), K.TEXT if name == "name" else K.INTEGER) for name, label in labels.items()]
    title = __("向上要：按答复单位")
    sheet = Sheet("receivers", title, Permission.VIEW_REQUESTS, columns, "", lambda: [vars(row) for row in by_receiver(actor)])
    return sheet_file(request, sheet)


@acts
def request_paper(request: HttpRequest, request_id: uuid.UUID, form: str) -> HttpResponse:
    """The request as a form on paper."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.VIEW_REQUESTS)
    return paper_file(request_slip(_slip(request_file(actor, request_id))), form, name=f"request-{request_id}")


def _slip(file: RequestFile) -> RequestSlip:
    row = file.request
    return RequestSlip(
        title=row.title, kind=UpwardRequest.Kind(row.kind).label, content=row.content, asker=row.asker, receiver=row.receiver.name,
        asked_on=row.asked_on, due_on=file.due_on, state=UpwardRequest.State(row.state).label, answer=row.answer, answered_on=row.answered_on,
        done=row.done_note, done_on=row.done_on, confirmed=row.confirmed_note or "已确认", confirmed_on=row.confirmed_on,
        demonstration=clock.is_demonstration(),
    )  # fmt: skip
