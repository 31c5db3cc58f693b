"""Leave: the register, asking with the level and the balance in sight, answering, coming back, the form on paper."""

import datetime as dt
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
from shibaiqian.access.scope import ScopeKind
from shibaiqian.base import clock, paging
from shibaiqian.base.ids import new_id
from shibaiqian.base.paging import Cursor
from shibaiqian.base.workdays import CalendarEnds
from shibaiqian.console.duty.asked import asked_leaves
from shibaiqian.console.listing.page import region_choices
from shibaiqian.console.posting_forms import day, pick, text
from shibaiqian.console.selection.papers import paper_file
from shibaiqian.documents.papers.leave import LeaveForm as Paper
from shibaiqian.documents.papers.leave import leave_form
from shibaiqian.fieldwork import actions, queries
from shibaiqian.fieldwork.models import LeaveRequest
from shibaiqian.fieldwork.rules import leave as rules
from shibaiqian.fieldwork.rules.leave import LEAVE, LEVELS
from shibaiqian.postings.models import Posting
from shibaiqian.postings.queries import running_postings

KEEP, DECIDE, CONFIRM = Permission.KEEP_ATTENDANCE, Permission.DECIDE_LEAVE, Permission.CONFIRM_ATTENDANCE
STEP_NEEDS = {
    "review_leave": DECIDE, "approve_leave": DECIDE, "reject_leave": DECIDE, "cancel_leave": KEEP, "report_return": KEEP, "close_leave": CONFIRM,
    "extend_leave": KEEP,
}  # fmt: skip

MOST_SERVING = 200  # officials of a town, of whom one is chosen


class AskForm(forms.Form):
    """A request; the number of days, the level and the balance are worked out and shown, never typed."""

    operation = forms.UUIDField(widget=forms.HiddenInput)
    extends = forms.UUIDField(widget=forms.HiddenInput, required=False)
    kind = pick(_("类别"), rules.KINDS)
    first_on = day(_("开始日期"))
    from_noon = forms.BooleanField(label=_("下午开始"), required=False)
    last_on = day(_("结束日期"))
    until_noon = forms.BooleanField(label=_("中午结束"), required=False)
    reason = text(_("事由"), help_text=_("只有审批的人和本人看得到；公布的考勤不写事由。"))
    place = text(_("去向"), required=False)
    emergency = forms.BooleanField(label=_("紧急请假：已先口头报告，现在补办"), required=False)
    told_to = text(_("向谁报告"), required=False)
    told_on = day(_("报告日期"), required=False)

    def request(self) -> dict[str, Any]:
        said = dict(self.cleaned_data)
        return {key: value for key, value in said.items() if key != "operation"}


@acts
def leaves_page(request: HttpRequest) -> HttpResponse:
    """The register of leave and reported trips, latest first; an official sees the own ones."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    asked = asked_leaves(request, actor)
    found = paging.page(asked.rows, ("-first_on",), cursor=Cursor.asked(request.GET))
    wide = actor.scope.kind is ScopeKind.REGION and len(actor.scope.region) < 12
    context = {
        "page": found, "rows": found.rows, **asked.said,
        "states": [(code, __(label)) for code, label in LEAVE.states.items()], "kinds": [(code, __(label)) for code, label in rules.KINDS.items()],
        "places": region_choices(actor, asked.said["region"]) if wide else [], "may_ask": actor.may(KEEP),
        "kept": asked.kept, "may_export": actor.may(Permission.EXPORT),
    }  # fmt: skip
    return render(request, "console/duty/leaves.html", context)


def _posting(request: HttpRequest, actor: Actor) -> Posting | None:
    """Who the request is for: the official who asks, or the one a clerk has chosen."""
    chosen = request.GET.get("posting", "")
    try:
        key = uuid.UUID(chosen)
    except ValueError:
        return queries.own_posting(actor)
    found: Posting | None = Posting.objects.visible_to(actor).filter(pk=key, ended_on__isnull=True).first()
    return found


def _serving(actor: Actor) -> list[Posting]:
    """Of whom a town may choose one, in the order of places."""
    rows = running_postings(actor, region=actor.scope.region).filter(arrived_on__isnull=False)
    return list(rows.select_related("region").order_by("region_id", "id")[:MOST_SERVING])


@acts
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for leave or report a trip. “算一算” shows days, level and balance without sending; a second click sends nothing twice."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(KEEP)
    posting = _posting(request, actor)
    today = clock.today()
    initial = {
        "operation": new_id(),
        "first_on": today,
        "last_on": today,
        "kind": "personal",
        "extends": request.GET.get("extends") or None,
    }
    form = AskForm(request.POST or None, initial=initial)
    shown = None
    if posting is not None and request.method == "POST" and form.is_valid():
        try:
            if "send" in request.POST:
                row = actions.request_leave(posting, **form.request(), operation=form.cleaned_data["operation"], by=actor)
                messages.success(
                    request, __("已报备。") if row.is_trip else __("已提交，由%(level)s审批。") % {"level": __(LEVELS[row.level])}
                )
                return redirect("leave", leave_id=row.pk)
            shown = queries.leave_in_sight(actor, posting, form.cleaned_data["kind"], _span(form))
        except (Refused, CalendarEnds) as refusal:
            form.add_error(None, str(refusal))
    balance = queries.balance_of(actor, cadre=posting.cadre_id, region=str(posting.region_id), year=today.year) if posting else None
    context = {
        "serving": _serving(actor) if posting is None else (), "form": form, "posting": posting, "balance": balance, "shown": shown, "level": __(LEVELS[shown.level]) if shown else "",
    }  # fmt: skip
    return render(request, "console/duty/ask.html", context, status=422 if form.errors else 200)


def _span(form: AskForm) -> rules.Span:
    said = form.cleaned_data
    span = rules.Span(said["first_on"], said["last_on"], said["from_noon"], said["until_noon"])
    if not rules.is_sound(span):
        raise Refused(__("结束时间早于开始时间，请核对日期和上下午。"))
    return span


@acts
def leave_page(request: HttpRequest, leave_id: uuid.UUID) -> HttpResponse:
    """A request with who decides, its reason for who may read it, and what may be done."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.VIEW_ATTENDANCE)
    row, reason = queries.leave_file(actor, leave_id)
    decides = rules.may_decide(actor.scope.region, row.level)
    steps = [
        step for step in LEAVE.open_steps(row.state)
        if step in STEP_NEEDS and actor.may(STEP_NEEDS[step]) and not (step in ("approve_leave", "reject_leave") and not decides)
        and not (step == "review_leave" and decides) and not (step == "cancel_leave" and row.state not in rules.WAITING and row.first_on <= clock.today())
        and not (step == "report_return" and row.first_on > clock.today())
    ]  # fmt: skip
    is_mine = "approve_leave" in steps and actor.user_id is not None and row.typed_by_user == actor.user_id
    if is_mine:  # who typed a request does not decide about it
        steps = [step for step in steps if step not in ("approve_leave", "reject_leave")]
    overdue = actions.overdue_of(row, shown=True) if row.state in ("approved", "returned") and row.last_on < clock.today() else []
    may_look = row.is_own_people and row.decided_on and not row.looked_on and actor.may(Permission.PUBLISH_ATTENDANCE)
    context = {
        "leave": row, "reason": reason, "posting": row.posting, "steps": steps, "overdue": overdue, "level": __(LEVELS[row.level]),
        "is_mine": is_mine, "may_look": may_look, "late": queries.written_late(row), "year": _year(actor, row), "today": clock.today(),
    }  # fmt: skip
    return render(request, "console/duty/leave.html", context)


def _year(actor: Actor, row: LeaveRequest) -> queries.Balance | None:
    """The year's leave of the official, for who decides about another one."""
    if row.is_trip or not actor.may(DECIDE):
        return None
    return queries.balance_of(actor, cadre=row.cadre, region=str(row.region_id), year=row.first_on.year)


@acts
@require_POST
def leave_step(request: HttpRequest, leave_id: uuid.UUID, step: str) -> HttpResponse:
    """One step of a request; a refusal is said on its page."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if step == "extend_leave" or step not in {*STEP_NEEDS, "look_at_leave"}:
        raise Http404(step)
    actor.must(STEP_NEEDS.get(step, Permission.PUBLISH_ATTENDANCE))
    row, _reason = queries.leave_file(actor, leave_id)
    try:
        _press(request, row, step, actor)
        label = LEAVE.steps.get(step, "复核")
        messages.success(request, __("已办理：%(step)s。") % {"step": __(label)})
    except Refused as refusal:
        messages.error(request, str(refusal))
    back = request.POST.get("back", "")
    return redirect("town_desk") if back == "desk" else redirect("leave", leave_id=leave_id)


def _press(request: HttpRequest, row: LeaveRequest, step: str, actor: Actor) -> None:
    said = request.POST
    match step:
        case "review_leave":
            actions.review_leave(row, opinion=said.get("answer", ""), by=actor)
        case "approve_leave":
            actions.approve_leave(row, answer=said.get("answer", ""), by=actor)
        case "reject_leave":
            actions.reject_leave(row, answer=said.get("answer", ""), by=actor)
        case "cancel_leave":
            actions.cancel_leave(row, by=actor)
        case "report_return":
            actions.report_return(row, on=_date(said.get("on", "")), by=actor)
        case "close_leave":
            absent = [_date(text) for text in said.getlist("absent")]
            actions.close_leave(row, absent=absent, note=said.get("note", ""), by=actor)
        case "look_at_leave":
            actions.look_at_leave(row, by=actor)


def _date(said: str) -> dt.date:
    try:
        return dt.date.fromisoformat(said)
    except ValueError:
        raise Refused(__("日期“%(text)s”不对，请重新选择。") % {"text": said[:20]}) from None


@acts
def paper(request: HttpRequest, leave_id: uuid.UUID, form: str) -> HttpResponse:
    """The form of approval (请销假审批单) as PDF or Word; opinions and signatures stay for the pen where nobody has said them."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.VIEW_ATTENDANCE)
    row, reason = queries.leave_file(actor, leave_id)
    posting = row.posting
    value = Paper(
        name=row.cadre_name, unit=posting.unit.name, host=posting.host_name, title=posting.title, kind=str(row.get_kind_display()),
        first_on=row.first_on, last_on=row.last_on, from_noon=row.from_noon, until_noon=row.until_noon, days=row.days_words,
        summed=row.summed_words, reason=reason, place=row.place, told=f"{row.told_to} {row.told_on}" if row.is_emergency else "",
        asked_on=row.asked_on, level=LEVELS[row.level], opinion=row.opinion, reviewed_by=row.reviewed_by, answer=row.answer,
        is_granted=row.state in rules.GRANTED and row.decided_on is not None, is_refused=row.state == "rejected", decided_by=row.decided_by,
        decided_on=row.decided_on, returned_on=row.returned_on, closing=row.closing_note, demonstration=clock.is_demonstration(),
    )  # fmt: skip
    return paper_file(leave_form(value), form, name=f"leave-{leave_id}")
