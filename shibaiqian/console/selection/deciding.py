"""From a decision sheet to appointments: record the decision, publish, appoint. Drawing the sheet is in `drawing`."""

import uuid
from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused
from shibaiqian.access.middleware import acts
from shibaiqian.access.roles import Permission
from shibaiqian.base import clock
from shibaiqian.base.spreadsheets.columns import ColumnKind as K
from shibaiqian.console import queries
from shibaiqian.console.listing.asked import Listing
from shibaiqian.console.listing.columns import Column, To
from shibaiqian.console.listing.filters import Sort, choice
from shibaiqian.console.lists import TIERS
from shibaiqian.console.selection.batches import day_field
from shibaiqian.console.selection.papers import paper_file, parts
from shibaiqian.documents.gongwen import together
from shibaiqian.documents.models import IssuedDocument, Objection, PublicNotice
from shibaiqian.documents.register import issuers_of, paper_of, papers_numbered
from shibaiqian.files import store
from shibaiqian.policy.queries import UnknownParameter
from shibaiqian.postings.actions import issue_party_letters
from shibaiqian.postings.queries import letters_to_host
from shibaiqian.regions.models import Region
from shibaiqian.selection.appointments import appoint, preview
from shibaiqian.selection.decisions import record_decision, return_sheet
from shibaiqian.selection.models import Decision, Nomination
from shibaiqian.selection.notices import (
    dismiss_objection,
    finish_notice,
    publish_notice,
    read_objection,
    receive_objection,
    uphold_objection,
)
from shibaiqian.selection.rules import DECISION


def decisions(actor: Actor) -> "QuerySet[Decision]":
    """The sheets of the actor's places."""
    rows: QuerySet[Decision] = Decision.objects.visible_to(actor)
    return rows


DECISIONS = Listing(
    name="decisions",
    title=_("上会与任命"),
    permission=Permission.VIEW_SELECTION,
    begin=("new_decision", _("拟制呈批件"), Permission.DECIDE_SELECTION),
    rows=decisions,
    first=_("还没有呈批件。人选拟派到岗位后，在“拟制呈批件”中选定名单。"),
    sorts=(Sort("latest", _("按呈报日期，新的在前"), ("-drawn_on",)),),
    filters=(choice("state", _("状态"), DECISION.states.items()), choice("tier", _("层级"), TIERS, column="tier_code")),
    columns=(
        Column("number", _("呈批件"), "sheet_number", link=To("decision", "pk")),
        Column("tier", _("层级"), "tier_code", said=lambda code: dict(TIERS).get(code, code), translated=True),
        Column("drawn", _("呈报日期"), "drawn_on", K.DATE),
        Column("meeting", _("会议"), "meeting"),
        Column("met", _("会议日期"), "meeting_on", K.DATE),
        Column("minute", _("会议纪要"), "minute_number"),
        Column("state", _("状态"), "state", said=lambda state: DECISION.states.get(state, state), translated=True),
    ),
    href=To("decision", "pk"),
)


class RecordForm(forms.Form):
    meeting = forms.CharField(label=_("会议名称"), max_length=60)
    meeting_on = day_field(_("会议日期"))
    minute_number = forms.CharField(label=_("会议纪要号"), max_length=60)
    scan = forms.FileField(label=_("签署件扫描"), required=False, help_text=_("签字的呈批件或会议纪要，PDF 或图片。"))


class FinishForm(forms.Form):
    on = day_field(_("结束日期"), help_text=_("实际办理结束的日期，在公示最后一天以后。"))


class ReturnForm(forms.Form):
    reason = forms.CharField(label=_("退回理由"), max_length=200)


class PublishForm(forms.Form):
    starts_on = day_field(_("公示开始"))
    ends_on = day_field(_("公示结束"), required=False, help_text=_("留空按公示开始日有效的工作日数算出；可以延后。"))
    contact = forms.CharField(label=_("受理单位和办公电话"), max_length=120)


class AppointForm(forms.Form):
    on = day_field(_("任命日期"))
    planned_end = day_field(_("计划期满"), required=False, help_text=_("留空按任命日有效的任期算出；任期不少于 12 个月、不超过 36 个月。"))
    number = forms.CharField(label=_("已有文号"), max_length=60, required=False, help_text=_("补录过去的任职文件时填写；留空由系统编号。"))


class LettersForm(forms.Form):
    on = day_field(_("开具日期"))
    dues_paid_to = forms.RegexField(
        r"^\d{4}(0[1-9]|1[0-2])$", label=_("党费交到"), required=False, help_text=_("年月六位数字，如 201606；留空由本人填写。")
    )


class ObjectionForm(forms.Form):
    about = forms.ChoiceField(label=_("反映对象"))
    received_on = day_field(_("受理日期"))
    text = forms.CharField(label=_("反映的内容"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)
    contact = forms.CharField(label=_("反映人及联系方式"), required=False, max_length=200, help_text=_("加密保存，每次查看都有记录。"))


class AnswerForm(forms.Form):
    answer = forms.CharField(label=_("核查结论"), max_length=500)
    on = day_field(_("核查日期"))


def _region(actor: Actor) -> Region:
    return Region.objects.get(pk=actor.scope.region)


def _done(form: forms.Form, act: Callable[[], Any], *, field: str | None = None) -> Any:
    """What the act returned, or None with its refusal on the form."""
    try:
        return act()
    except (Refused, UnknownParameter) as refusal:
        form.add_error(field, str(refusal))
        return None


def _is_key(text: str) -> bool:
    try:
        return bool(uuid.UUID(text))
    except ValueError:
        return False


@acts
def decision(request: HttpRequest, decision_id: uuid.UUID) -> HttpResponse:
    """A sheet, its people and what comes next: recording, publishing, appointing."""
    return _decision(request, _found(request, decision_id))


def _found(request: HttpRequest, key: uuid.UUID) -> Decision:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.VIEW_SELECTION)
    found: Decision = queries.one(decisions(actor).select_related("region", "batch"), key)
    return found


def _decision(request: HttpRequest, found: Decision, **shown: forms.Form) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    people = list(Nomination.objects.visible_to(actor).filter(decision=found).select_related("need").order_by("number", "id"))
    may = actor.may(Permission.DECIDE_SELECTION) and actor.scope.holds_region(found.region_id)  # type: ignore[attr-defined]
    sheet = IssuedDocument.objects.visible_to(actor).filter(number=found.sheet_number).first()
    decided = found.state == "decided"
    states = {row.state for row in people}
    wants_notice = found.batch is None or found.batch.notice_required
    context: dict[str, Any] = {
        "decision": found,
        "state": DECISION.states.get(found.state, found.state),
        "people": people,
        "sheet": sheet,
        "record": shown.get("record") or (_record_form(actor, found) if may and found.state == "drawn" else None),
        "back": shown.get("back") or (ReturnForm() if may and found.state == "drawn" else None),
        "publish": shown.get("publish")
        or (_publish_form(actor, found) if may and decided and wants_notice and "decided" in states else None),
        "letters": shown.get("letters") or (LettersForm(initial={"on": clock.today()}) if may and "appointed" in states else None),
        "issued_letters": papers_numbered(actor, letters_to_host(actor, _appointed(actor, found))) if "appointed" in states else [],
        "notices": _notices(actor, people),
        "may_appoint": actor.may(Permission.APPOINT) and may and decided and bool(states & _open_states(wants_notice=wants_notice)),
    }
    return render(request, "console/selection/decision.html", context, status=422 if any(f.errors for f in shown.values()) else 200)


def _open_states(*, wants_notice: bool) -> set[str]:
    return {"in_notice"} if wants_notice else {"in_notice", "decided"}


def _record_form(actor: Actor, found: Decision) -> RecordForm:
    """With the meeting of the last decision of the place."""
    rows = Decision.objects.visible_to(actor).filter(region=found.region_id, state="decided")
    meeting = rows.order_by("-meeting_on", "-id").values_list("meeting", flat=True).first() or ""
    return RecordForm(initial={"meeting": meeting, "meeting_on": clock.today()})


def _publish_form(actor: Actor, found: Decision) -> PublishForm:
    rows = PublicNotice.objects.visible_to(actor).filter(region=found.region_id, kind="selection")
    contact = rows.order_by("-starts_on", "-id").values_list("contact", flat=True).first()  # as last time: nobody types it again
    if contact is None:
        contact = next((f"{issuer.seal_name}，电话" for issuer in issuers_of(str(found.region_id))), "")
    return PublishForm(initial={"starts_on": clock.today(), "contact": contact})


def _notices(actor: Actor, people: Sequence[Nomination]) -> Sequence[PublicNotice]:
    keys = {row.notice_id for row in people if row.notice_id}
    return list(PublicNotice.objects.visible_to(actor).filter(pk__in=keys).order_by("starts_on", "id")) if keys else []


@acts
@require_POST
def record(request: HttpRequest, decision_id: uuid.UUID) -> HttpResponse:
    """Record what the meeting decided; who is not ticked was left out."""
    found, actor = _found(request, decision_id), request.actor  # type: ignore[attr-defined]
    form = RecordForm(request.POST, request.FILES)
    if form.is_valid():
        said = form.cleaned_data
        upload = said.pop("scan", None)
        scan = store.keep(upload.read()) if upload else ""
        approved = {uuid.UUID(key) for key in request.POST.getlist("approved") if _is_key(key)}
        on_sheet = Nomination.objects.visible_to(actor).filter(decision=found, state="matched").values_list("pk", flat=True)
        left_out = [key for key in on_sheet if key not in approved]
        if _done(form, lambda: record_decision(found, **said, scan=scan, left_out=left_out, by=actor)):
            messages.success(request, __("会议决定已登记。"))
            return redirect("decision", decision_id=found.pk)
    return _decision(request, found, record=form)


@acts
@require_POST
def give_back(request: HttpRequest, decision_id: uuid.UUID) -> HttpResponse:
    """The sheet came back from the meeting."""
    found, form = _found(request, decision_id), ReturnForm(request.POST)
    if form.is_valid() and _done(form, lambda: return_sheet(found, reason=form.cleaned_data["reason"], by=request.actor), field="reason"):  # type: ignore[attr-defined]
        messages.success(request, __("呈批件已退回，人选可以重新呈报。"))
        return redirect("decision", decision_id=found.pk)
    return _decision(request, found, back=form)


@acts
@require_POST
def publish(request: HttpRequest, decision_id: uuid.UUID) -> HttpResponse:
    """Publish everybody of the sheet who was decided."""
    found, actor = _found(request, decision_id), request.actor  # type: ignore[attr-defined]
    form = PublishForm(request.POST)
    if form.is_valid():
        keys = list(Nomination.objects.visible_to(actor).filter(decision=found, state="decided").values_list("pk", flat=True))
        region = Region.objects.get(pk=found.region_id)
        made = _done(form, lambda: publish_notice(region, nominations=keys, **form.cleaned_data, by=actor), field="ends_on")
        if made:
            messages.success(request, __("公示已发布。"))
            return redirect("notice", notice_id=made.pk)
    return _decision(request, found, publish=form)


@acts
def notice(request: HttpRequest, notice_id: uuid.UUID) -> HttpResponse:
    """A notice: what is published, objections, its end."""
    return _notice(request, _found_notice(request, notice_id))


def _found_notice(request: HttpRequest, key: uuid.UUID) -> PublicNotice:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.VIEW_SELECTION)
    rows = PublicNotice.objects.visible_to(actor).filter(kind="selection").select_related("document", "region")
    found: PublicNotice = queries.one(rows, key)
    return found


def _notice(request: HttpRequest, found: PublicNotice, **shown: Any) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    people = list(Nomination.objects.visible_to(actor).filter(notice=found).order_by("number", "id"))
    may = actor.may(Permission.DECIDE_SELECTION) and actor.scope.holds_region(found.region_id)  # type: ignore[attr-defined]
    is_open = found.state == PublicNotice.State.OPEN
    form = shown.get("form")
    if form is None and may and is_open and found.ends_on >= clock.today() >= found.starts_on:
        form = ObjectionForm(initial={"received_on": clock.today()})
    if form is not None:
        form.fields["about"].choices = [(str(row.pk), row.cadre_name) for row in people if row.state in ("in_notice", "objection_hold")]
    context: dict[str, Any] = {
        "notice": found,
        "people": people,
        "objections": list(Objection.objects.visible_to(actor).filter(notice=found).order_by("received_on", "id")),
        "may": may,
        "form": form,
        "answer": shown.get("answer") or AnswerForm(initial={"on": clock.today()}),
        "read": shown.get("read"),
        "finish": shown.get("finish")
        or (FinishForm(initial={"on": clock.today()}) if may and is_open and found.ends_on < clock.today() else None),
        "decisions": sorted({str(row.decision_id) for row in people if row.decision_id}),
        **(parts(paper_of(found.document)) if found.document else {}),
    }
    bad = any(getattr(f, "errors", None) for f in (shown.get("form"), shown.get("answer"), shown.get("finish")))
    return render(request, "console/selection/notice.html", context, status=422 if bad else 200)


@acts
@require_POST
def object_to(request: HttpRequest, notice_id: uuid.UUID) -> HttpResponse:
    """Take an objection."""
    found, actor = _found_notice(request, notice_id), request.actor  # type: ignore[attr-defined]
    form = ObjectionForm(request.POST)
    people = Nomination.objects.visible_to(actor).filter(notice=found).values_list("pk", "cadre_name")
    form.fields["about"].choices = [(str(key), name) for key, name in people]  # type: ignore[attr-defined]
    if form.is_valid():
        said = form.cleaned_data | {"about": uuid.UUID(form.cleaned_data["about"])}
        if _done(form, lambda: receive_objection(found, **said, by=actor)):
            messages.success(request, __("异议已受理，该人选暂停任命。"))
            return redirect("notice", notice_id=found.pk)
    return _notice(request, found, form=form)


@acts
@require_POST
def finish(request: HttpRequest, notice_id: uuid.UUID) -> HttpResponse:
    """The days of the notice are over."""
    found, form = _found_notice(request, notice_id), FinishForm(request.POST)
    if form.is_valid() and _done(form, lambda: finish_notice(found, on=form.cleaned_data["on"], by=request.actor), field="on"):  # type: ignore[attr-defined]
        messages.success(request, __("公示已结束，无异议的人选可以任命。"))
        return redirect("notice", notice_id=found.pk)
    return _notice(request, found, finish=form)


@acts
@require_POST
def answer(request: HttpRequest, objection_id: uuid.UUID) -> HttpResponse:
    """Read an objection, or say what was found: `do` is read, dismiss or uphold."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.DECIDE_SELECTION)
    found: Objection = queries.one(Objection.objects.visible_to(actor), objection_id)
    of = _found_notice(request, found.notice_id)
    if request.POST.get("do") == "read":
        text, contact = read_objection(found, by=actor)
        return _notice(request, of, read={"pk": found.pk, "text": text, "contact": contact})
    form = AnswerForm(request.POST)
    act = uphold_objection if request.POST.get("do") == "uphold" else dismiss_objection
    if form.is_valid() and _done(form, lambda: act(found, **form.cleaned_data, by=actor)):
        messages.success(request, __("核查结论已登记。"))
        return redirect("notice", notice_id=of.pk)
    return _notice(request, of, answer=form)


@acts
def appointing(request: HttpRequest, decision_id: uuid.UUID) -> HttpResponse:
    """The document before it is issued, and issuing it. Who is held by an objection is not on it."""
    found, actor = _found(request, decision_id), request.actor  # type: ignore[attr-defined]
    actor.must(Permission.APPOINT)
    wants = found.batch is None or found.batch.notice_required
    states = _open_states(wants_notice=wants)
    rows = list(Nomination.objects.visible_to(actor).filter(decision=found, state__in=states))
    region, keys = found.region, [row.pk for row in rows]
    form = AppointForm(request.POST or None, initial={"on": clock.today()})
    if request.method == "POST" and form.is_valid() and request.POST.get("do") == "issue":
        made = _done(form, lambda: appoint(region, nominations=keys, **form.cleaned_data, by=actor))
        if made:
            messages.success(request, __("任职通知已印发，挂职已开始，等待到岗。"))
            return redirect("document", document_id=made.pk)
    context: dict[str, Any] = {"decision": found, "form": form, "count": len(keys)}
    if not form.errors:
        said = form.cleaned_data if form.is_bound else form.initial
        paper = _paper_or_why(lambda: preview(actor, region, nominations=rows, on=said["on"], planned_end=said.get("planned_end")))
        context |= {"problem": paper} if isinstance(paper, str) else parts(paper)
    return render(request, "console/selection/appointing.html", context, status=422 if form.errors else 200)


def _paper_or_why(act: Callable[[], Any]) -> Any:
    """The document, or why it cannot be issued yet."""
    try:
        return act()
    except (Refused, UnknownParameter) as why:
        return str(why)


@acts
@require_POST
def letters(request: HttpRequest, decision_id: uuid.UUID) -> HttpResponse:
    """Letters of party relations for everybody of the sheet who was appointed."""
    found, actor = _found(request, decision_id), request.actor  # type: ignore[attr-defined]
    form = LettersForm(request.POST)
    if form.is_valid():
        keys, region = _appointed(actor, found), Region.objects.get(pk=found.region_id)
        if _done(form, lambda: issue_party_letters(region, postings=keys, **form.cleaned_data, by=actor)):
            messages.success(request, __("介绍信已编号登记，可以一次打印。"))
            return redirect(f"{reverse('decision', args=[found.pk])}#letters")
    return _decision(request, found, letters=form)


def _appointed(actor: Actor, found: Decision) -> list[uuid.UUID]:
    """The postings that came of a sheet."""
    rows = Nomination.objects.visible_to(actor).filter(decision=found, state="appointed", posting__isnull=False)
    return list(rows.values_list("posting_id", flat=True))


@acts
def letters_file(request: HttpRequest, decision_id: uuid.UUID, form: str) -> HttpResponse:
    """All letters of the sheet in one file: a page with stub and receipt each."""
    found, actor = _found(request, decision_id), request.actor  # type: ignore[attr-defined]
    actor.must(Permission.VIEW_DOCUMENTS)
    papers = papers_numbered(actor, letters_to_host(actor, _appointed(actor, found)))
    if not papers:
        raise Http404
    return paper_file(together([paper_of(row) for row in papers]), form, name=f"party_letters-{found.sheet_number}")
