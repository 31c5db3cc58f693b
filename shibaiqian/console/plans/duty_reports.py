"""Reports on duty: written with the counts of the period beside, heard with a vote, what was put right, papers."""

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused
from shibaiqian.access.middleware import acts
from shibaiqian.access.roles import Permission
from shibaiqian.base import clock
from shibaiqian.console.plans.months import LABELS, person_of
from shibaiqian.console.posting_forms import day, pick, text
from shibaiqian.console.selection.papers import paper_file
from shibaiqian.documents.papers.duty_report import DutyReport as Paper
from shibaiqian.documents.papers.duty_report import ballot_papers, duty_report
from shibaiqian.fieldwork.actions import hear_report, rectify, submit_report, take_back_report, write_report
from shibaiqian.fieldwork.models import DutyReport, DutyReportItem
from shibaiqian.fieldwork.procedures import FACTS, Ballot
from shibaiqian.fieldwork.queries import duty_report_file, duty_reports_of, facts_of, last_half
from shibaiqian.postings.models import Posting
from shibaiqian.postings.queries import posting_file

ANSWERS = (("good", _("好")), ("fairly_good", _("较好")), ("average", _("一般")), ("poor", _("差")))
COUNTS = (
    ("invited", _("应到人数")),
    ("present", _("到会人数")),
    ("issued", _("发出票数")),
    ("returned", _("收回票数")),
    ("valid", _("有效票数")),
)
TO_A_PAGE = 3


class WriteForm(forms.Form):
    year = forms.IntegerField(label=_("年份"), min_value=2013, max_value=2040)
    half = pick(_("述职期间"), [(str(code), label) for code, label in DutyReport.Half.choices])
    text = forms.CharField(label=_("述职内容"), max_length=8000, widget=forms.Textarea(attrs={"rows": 14}))


class HearForm(forms.Form):
    on = day(_("会议日期"))
    chair = text(_("主持人"))
    attendees = text(_("参加人员"), help_text=_("如“党员 23 人、村民代表 15 人”，不写姓名。"))
    comments = text(_("评议意见"), required=False, long=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, label in (*COUNTS, *ANSWERS):
            self.fields[code] = forms.IntegerField(label=label, min_value=0, max_value=9999)
        self.order_fields(["on", "chair", "attendees", *(code for code, _label in (*COUNTS, *ANSWERS)), "comments"])

    def ballot(self) -> Ballot:
        return Ballot(**{code: self.cleaned_data[code] for code, _label in (*COUNTS, *ANSWERS)})


class ItemForm(forms.Form):
    text = forms.CharField(label=_("整改事项"), max_length=200, required=False)
    due_on = day(_("整改期限"), required=False)

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if said.get("text", "").strip() and not said.get("due_on"):
            self.add_error("due_on", __("请写整改期限。"))
        return said


Items = forms.formset_factory(ItemForm, extra=3, max_num=10, absolute_max=10)


@acts
def write(request: HttpRequest, posting_id: uuid.UUID) -> HttpResponse:
    """A report of an official, with what the records count of the last half-year as a beginning."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.KEEP_PLANS)
    posting = posting_file(actor, posting_id).posting
    year, half = last_half(clock.today())
    standing = duty_reports_of(actor, posting).filter(state="draft").first()
    given = {"year": standing.year, "half": standing.half, "text": standing.text} if standing else {"year": year, "half": half}
    form = WriteForm(request.POST or None, initial=given)
    if not standing and not form.is_bound:
        form.fields["text"].initial = _beginning(actor, posting, year=year, half=half)
    if request.method == "POST" and form.is_valid():
        try:
            said = form.cleaned_data
            report = write_report(posting, year=said["year"], half=int(said["half"]), text=said["text"], by=actor)
            return redirect("duty_report", report_key=report.pk)
        except Refused as refusal:
            form.add_error(None, str(refusal))
    context = {
        "form": form, "title": __("写述职报告"), "subtitle": f"{posting.cadre_name} {posting.host_name} {posting.title}", "button": __("保存"),
        "back": reverse("posting", args=[posting.pk]), "back_label": posting.cadre_name,
        "note": __("期间的走访、实事等数量由记录带出，提交时一并存下，不用另填。"),
    }  # fmt: skip
    return render(request, "console/plans/form.html", context, status=422 if form.is_bound else 200)


def _beginning(actor: Actor, posting: Posting, *, year: int, half: int) -> str:
    """The first paragraph, from the records."""
    first, last = DutyReport(year=year, half=half).days
    counted = facts_of(actor, posting=posting.pk, first=first, last=last)
    said = "，".join(f"{FACTS[code]} {counted[code]}" for code in FACTS)
    return f"一、履职情况\n{first:%Y-%m-%d} 至 {last:%Y-%m-%d}，{said}。\n\n二、存在问题\n\n三、下一步打算\n"


@acts
def report(request: HttpRequest, report_key: uuid.UUID) -> HttpResponse:
    """One report: text, counts, vote, what is to be put right, and what may be done now."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.VIEW_PLANS)
    file = duty_report_file(actor, report_key)
    row = file.report
    keeps = actor.may(Permission.KEEP_PLANS)
    context = {
        "report": row,
        "posting": file.posting,
        "items": file.items,
        "facts": [(LABELS[code], row.facts[code]) for code in FACTS if code in row.facts],
        "counts": [(label, getattr(row, code)) for code, label in (*COUNTS, *ANSWERS)],
        "may_submit": keeps and row.state == "draft",
        "may_take_back": keeps and row.state == "submitted",
        "may_hear": actor.may(Permission.HEAR_REPORTS) and row.state == "submitted",
        "may_rectify": keeps and row.state == "rectifying",
        "today": clock.today(),
    }
    return render(request, "console/plans/duty_report.html", context)


@acts
@require_POST
def report_step(request: HttpRequest, report_key: uuid.UUID, step: str) -> HttpResponse:
    """Submit it, or take it back."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    row = duty_report_file(actor, report_key).report
    steps = {"submit": submit_report, "take_back": take_back_report}
    try:
        if step in steps:
            steps[step](row, by=actor)
            messages.success(request, __("已办理。"))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("duty_report", report_key=report_key)


@acts
def hear(request: HttpRequest, report_key: uuid.UUID) -> HttpResponse:
    """Record the meeting that heard it, with the vote."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.HEAR_REPORTS)
    file = duty_report_file(actor, report_key)
    form = HearForm(request.POST or None, initial={"on": clock.today()})
    items = Items(request.POST or None, prefix="item")
    if request.method == "POST" and form.is_valid() and items.is_valid():
        said = form.cleaned_data
        put_right = [(row["text"], row["due_on"]) for row in items.cleaned_data if row.get("text", "").strip()]
        try:
            hear_report(
                file.report, on=said["on"], chair=said["chair"], attendees=said["attendees"], ballot=form.ballot(), comments=said["comments"],
                items=put_right, by=actor,
            )  # fmt: skip
            return redirect("duty_report", report_key=report_key)
        except Refused as refusal:
            form.add_error(None, str(refusal))
    context = {
        "form": form, "items": items, "title": __("登记述职和测评"), "button": __("登记"), "back": reverse("duty_report", args=[report_key]),
        "subtitle": f"{file.posting.cadre_name} {file.report.period}", "back_label": __("述职报告"),
        "note": __("只登记票数，不登记谁投了什么。没有整改事项的，登记后即办结。"),
    }  # fmt: skip
    return render(request, "console/plans/form.html", context, status=422 if form.is_bound else 200)


@acts
@require_POST
def rectify_item(request: HttpRequest, rectification_id: uuid.UUID) -> HttpResponse:
    """What was done about something the meeting asked for."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    item: DutyReportItem = get_object_or_404(DutyReportItem.objects.visible_to(actor), pk=rectification_id)
    try:
        rectify(item, result=request.POST.get("result", "")[:500], on=_date(request.POST.get("on", "")), by=actor)
        messages.success(request, __("已登记整改结果。"))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("duty_report", report_key=item.report_id)


def _date(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return clock.today()


def _paper(actor: Actor, key: uuid.UUID) -> Paper:
    file = duty_report_file(actor, key)
    row = file.report
    return Paper(
        person=person_of(file.posting), period=row.period, text=row.text, submitted_on=row.submitted_on, meeting_on=row.meeting_on, chair=row.chair,
        facts=tuple((FACTS[code], row.facts[code]) for code in FACTS if code in row.facts), attendees=row.attendees, comments=row.comments,
        votes=tuple(getattr(row, code) for code, _label in (*COUNTS, *ANSWERS)) if row.meeting_on else (),
        items=tuple((item.text, item.due_on, item.result) for item in file.items), demonstration=clock.is_demonstration(),
    )  # fmt: skip


@acts
def report_paper(request: HttpRequest, report_key: uuid.UUID, form: str) -> HttpResponse:
    """The report as PDF or Word."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.VIEW_PLANS)
    return paper_file(duty_report(_paper(actor, report_key)), form, name=f"duty-report-{report_key}")


@acts
def ballots(request: HttpRequest, report_key: uuid.UUID, form: str) -> HttpResponse:
    """A sheet of ballots to copy and cut apart."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.VIEW_PLANS)
    return paper_file(ballot_papers(_paper(actor, report_key), count=TO_A_PAGE), form, name=f"ballots-{report_key}")
