"""One official's month: the plan of at most ten things, what the records count, the summary; its papers, a week's paper."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused
from shibaiqian.access.middleware import acts
from shibaiqian.access.roles import Permission
from shibaiqian.assistance.queries import projects_of_posting
from shibaiqian.base import clock
from shibaiqian.console.queries import one
from shibaiqian.console.selection.papers import paper_file
from shibaiqian.documents.papers.monthly import MonthlyPaper, PlannedThing, WeeklyPaper, monthly_paper, weekly_paper
from shibaiqian.documents.papers.people import Person
from shibaiqian.fieldwork.actions import (
    Outcome,
    PlanLine,
    return_plan,
    return_summary,
    submit_plan,
    submit_summary,
    take_back_plan,
    take_back_summary,
    write_plan,
    write_summary,
)
from shibaiqian.fieldwork.models import PlanItem
from shibaiqian.fieldwork.procedures import FACTS, MOST_ITEMS, last_day, month_of, next_month, read_month
from shibaiqian.fieldwork.queries import MonthFile, facts_of, month_file, plans, records_of, summaries
from shibaiqian.postings.models import Posting
from shibaiqian.postings.queries import own_among, posted_households, postings, running_postings
from shibaiqian.postings.targets.queries import target_items_of

LABELS = {
    "days": _("有日志的天数"), "items": _("日志事项"), "visits": _("入户走访（次）"), "households": _("走访户数"), "services": _("办实事（件）"),
    "confirmed": _("其中群众已确认（件）"),
}  # fmt: skip
KINDS = ("target", "household", "project")


class ThingForm(forms.Form):
    """One thing of a plan and what it serves."""

    text = forms.CharField(label=_("计划事项"), max_length=200, required=False)
    serves = forms.ChoiceField(label=_("服务对象"), required=False)

    def __init__(self, *args: Any, choices: Sequence[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["serves"].choices = choices  # type: ignore[attr-defined]

    def line(self) -> PlanLine:
        kind, _colon, key = self.cleaned_data["serves"].partition(":")
        return PlanLine(text=self.cleaned_data["text"], **({kind: uuid.UUID(key)} if kind in KINDS else {}))


class SummaryForm(forms.Form):
    text = forms.CharField(
        label=_("小结"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 4}), help_text=_("记录里已有的不用再写。")
    )
    problems = forms.CharField(label=_("困难和建议"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3}))


Things = forms.formset_factory(ThingForm, extra=0, max_num=MOST_ITEMS, absolute_max=MOST_ITEMS)


@acts
def own_month(request: HttpRequest) -> HttpResponse:
    """The month in hand of whoever looks: one's own posting, else the place's First Secretary."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.KEEP_PLANS)
    found = list(running_postings(actor, region=actor.scope.region)[:50])
    mine = own_among(actor, found) or next(iter(found), None)
    if mine is None:
        messages.info(request, __("这里没有在岗的挂职干部，没有月计划可写。"))
        return redirect("plans")
    return redirect("month", posting_id=mine.pk, month=f"{clock.today():%Y-%m}")


@acts
def plan(request: HttpRequest, monthly_plan_id: uuid.UUID) -> HttpResponse:
    """The month of a plan."""
    return _to_month(request, plans, monthly_plan_id)


@acts
def summary(request: HttpRequest, summary_id: uuid.UUID) -> HttpResponse:
    """The month of a summary."""
    return _to_month(request, summaries, summary_id)


def _to_month(request: HttpRequest, papers: Any, key: uuid.UUID) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.VIEW_PLANS)
    found = one(papers(actor), key)
    return redirect("month", posting_id=found.posting_id, month=found.month_code)


@acts
def month(request: HttpRequest, posting_id: uuid.UUID, month: str) -> HttpResponse:
    """Plan, counts and summary of a month on one page; each part is saved by itself."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.VIEW_PLANS)
    posting = one(postings(actor), posting_id)
    first = read_month(month)
    if first is None:
        raise Http404(month)
    file = month_file(actor, posting, first)
    may_keep = actor.may(Permission.KEEP_PLANS)
    plan_open = may_keep and (file.plan is None or file.plan.is_open)
    summary_open = may_keep and first <= clock.today() and (file.summary is None or file.summary.is_open)
    choices = _choices(actor, posting) if plan_open else []
    said = request.POST.get("do", "") if request.method == "POST" else ""
    things = Things(request.POST if said == "plan" else None, prefix="thing", initial=_initial(file), form_kwargs={"choices": choices})
    words = SummaryForm(
        request.POST if said == "summary" else None,
        initial={"text": file.summary.text, "problems": file.summary.problems} if file.summary else None,
    )
    problem = ""
    if said:
        try:
            if _do(request, said, posting, first, file, things, words, actor):
                return redirect("month", posting_id=posting_id, month=month)
        except Refused as refusal:
            problem = str(refusal)
    context = {
        "posting": posting,
        "first": first,
        "file": file,
        "facts": [(code, LABELS[code], file.facts.get(code, 0)) for code in FACTS],
        "frozen": bool(file.summary and file.summary.facts),
        "things": things,
        "summary": words,
        "plan_open": plan_open,
        "summary_open": summary_open,
        "may_keep": may_keep,
        "may_return": actor.may(Permission.HEAR_REPORTS),
        "outcomes": PlanItem.Outcome.choices,
        "problem": problem,
        "before": _code(month_of(first - dt.timedelta(days=1))),
        "after": _code(next_month(first)),
        "this_week": clock.today().isoformat(),
        "may_records": actor.may(Permission.VIEW_FIELDWORK),
    }
    return render(request, "console/plans/month.html", context, status=422 if said else 200)


def _code(month: dt.date) -> str:
    return f"{month:%Y-%m}"


def _initial(file: MonthFile) -> list[dict[str, str]]:
    rows = [{"text": item.text, "serves": _served(item)} for item in file.items]
    return [*rows, *({} for _row in range(min(3, MOST_ITEMS - len(rows))))] if rows else [{} for _row in range(5)]


def _served(item: PlanItem) -> str:
    return next((f"{kind}:{key}" for kind in KINDS if (key := getattr(item, f"{kind}_id"))), "")


def _choices(actor: Actor, posting: Posting) -> list[tuple[str, Any]]:
    """What a thing of the plan may serve: targets of the letter, households one is bound to, projects. Three queries."""
    targets = [(f"target:{item.pk}", item.text) for item in target_items_of(actor, posting)[:30]]
    bound = posted_households(actor).filter(posting=posting, until__isnull=True).order_by("id")[:200]
    households = (
        [(f"household:{row.household_id}", row.household.head_name) for row in bound] if actor.may(Permission.VIEW_HOUSEHOLDS) else []
    )
    projects = [(f"project:{row.pk}", row.name) for row in projects_of_posting(actor, posting)[:50]]
    groups = ((__("目标"), targets), (__("农户"), households), (__("项目"), projects))
    return [("", "—"), *((label, rows) for label, rows in groups if rows)]


def _do(
    request: HttpRequest, said: str, posting: Posting, first: dt.date, file: MonthFile, things: Any, summary: SummaryForm, actor: Actor
) -> bool:
    """What the button asked for; False where a form says what is wrong."""
    match said:
        case "plan":
            if not things.is_valid():
                return False
            items = [form.line() for form in things if form.cleaned_data.get("text", "").strip()]
            write_plan(posting, month=first, items=items, by=actor)
            messages.success(request, __("月计划已保存，提交后由工作例会听取。"))
        case "summary":
            if not summary.is_valid():
                return False
            write_summary(posting, month=first, **summary.cleaned_data, outcomes=_outcomes(request.POST, file), by=actor)
            messages.success(request, __("月小结已保存。"))
        case "submit_plan" if file.plan:
            submit_plan(file.plan, by=actor)
        case "take_back_plan" if file.plan:
            take_back_plan(file.plan, by=actor)
        case "submit_summary" if file.summary:
            submit_summary(file.summary, by=actor)
        case "take_back_summary" if file.summary:
            take_back_summary(file.summary, by=actor)
        case "return_plan" if file.plan:
            return_plan(file.plan, word=request.POST.get("word", ""), by=actor)
            messages.success(request, __("已退回，本人会收到消息。"))
        case "return_summary" if file.summary:
            return_summary(file.summary, word=request.POST.get("word", ""), by=actor)
            messages.success(request, __("已退回，本人会收到消息。"))
        case _:
            raise Http404(said)
    return True


def _outcomes(said: Mapping[str, Any], file: MonthFile) -> dict[int, Outcome]:
    return {
        item.seq: Outcome(said[f"outcome-{item.seq}"], said.get(f"note-{item.seq}", "")[:200])
        for item in file.items
        if f"outcome-{item.seq}" in said
    }


@acts
def month_records(request: HttpRequest, posting_id: uuid.UUID, month: str, what: str) -> HttpResponse:
    """The records behind a count of a month."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.VIEW_FIELDWORK)
    posting = one(postings(actor), posting_id)
    first = read_month(month)
    if first is None or what not in FACTS:
        raise Http404(what)
    rows = records_of(actor, posting=posting, first=first, last=last_day(first), what=what)
    context = {"posting": posting, "first": first, "title": LABELS[what], "what": what, "rows": rows, "month_code": month}
    return render(request, "console/plans/records.html", context)


def person_of(posting: Posting) -> Person:
    """The official as these papers name them."""
    return Person(name=posting.cadre_name, unit=posting.unit.name, host=posting.host_name, title=posting.title)


@acts
def month_paper(request: HttpRequest, posting_id: uuid.UUID, month: str, form: str) -> HttpResponse:
    """Plan and summary as PDF or Word."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.VIEW_PLANS)
    posting = one(postings(actor), posting_id)
    first = read_month(month)
    if first is None:
        raise Http404(month)
    file = month_file(actor, posting, first)
    paper = MonthlyPaper(
        person=person_of(posting), month=first, facts=tuple((FACTS[code], file.facts.get(code, 0)) for code in FACTS),
        things=tuple(
            PlannedThing(text=i.text, serves=_named(i), outcome=i.get_outcome_display() if i.outcome else "", note=i.outcome_note) for i in file.items
        ),
        text=file.summary.text if file.summary else "", problems=file.summary.problems if file.summary else "",
        submitted_on=(file.summary or file.plan).submitted_on if file.summary or file.plan else None,  # type: ignore[union-attr]
        heard_on=(file.summary or file.plan).heard_on if file.summary or file.plan else None,  # type: ignore[union-attr]
        demonstration=clock.is_demonstration(),
    )  # fmt: skip
    return paper_file(monthly_paper(paper), form, name=f"month-{month}-{posting.number}")


def _named(item: PlanItem) -> str:
    """What the thing serves, as far as the reader sees it."""
    if item.target:
        return item.target.text
    if item.household:
        return f"{item.household.head_name}户"
    return item.project.name if item.project else ""


@acts
def week_paper(request: HttpRequest, posting_id: uuid.UUID, week: str, form: str) -> HttpResponse:
    """The week of a day, generated from the log: nobody fills in a weekly report."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.VIEW_FIELDWORK)
    posting = one(postings(actor), posting_id)
    try:
        day = dt.date.fromisoformat(week)
    except ValueError:
        raise Http404(week) from None
    first = day - dt.timedelta(days=day.weekday())
    last = first + dt.timedelta(days=6)
    facts = facts_of(actor, posting=posting.pk, first=first, last=last)
    rows = records_of(actor, posting=posting, first=first, last=last, what="items")
    entries = tuple((row.log.on, row.get_category_display(), row.content) for row in reversed(rows))
    paper = WeeklyPaper(
        person=person_of(posting), first=first, last=last, facts=tuple((FACTS[code], facts[code]) for code in FACTS), entries=entries,
        demonstration=clock.is_demonstration(),
    )  # fmt: skip
    return paper_file(weekly_paper(paper), form, name=f"week-{first:%Y%m%d}-{posting.number}")
