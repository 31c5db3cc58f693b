"""Attendance: months by place, one month day by day with what may be said and done about it."""

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused
from shibaiqian.access.middleware import acts
from shibaiqian.access.roles import Permission
from shibaiqian.access.scope import ScopeKind
from shibaiqian.base import clock, paging
from shibaiqian.base.paging import Cursor
from shibaiqian.base.workdays import Calendar
from shibaiqian.console.duty.asked import asked_months, month_asked, month_choices
from shibaiqian.console.listing.page import region_choices
from shibaiqian.fieldwork import actions, queries
from shibaiqian.fieldwork.models import AttendanceAmendment, AttendanceDay, AttendanceMonth
from shibaiqian.fieldwork.rules.attendance import MONTH, SAID_BY_OFFICIAL, STATUSES
from shibaiqian.fieldwork.rules.leave import KINDS

# Who presses which step of a month on its page; the others are pressed for a whole place at the desk.
STEP_NEEDS = {
    "correct_days": Permission.KEEP_ATTENDANCE, "submit_month": Permission.KEEP_ATTENDANCE, "propose_month": Permission.KEEP_ATTENDANCE,
    "return_month": Permission.CONFIRM_ATTENDANCE, "mark_absent": Permission.CONFIRM_ATTENDANCE, "confirm_months": Permission.CONFIRM_ATTENDANCE,
    "lift_absence": Permission.CONFIRM_ATTENDANCE, "look_again": Permission.PUBLISH_ATTENDANCE, "propose_amendment": Permission.KEEP_ATTENDANCE,
}  # fmt: skip
NIGHTS = {"1": True, "0": False}


@acts
def months_page(request: HttpRequest) -> HttpResponse:
    """Months of the ledger in the order of months and places, never of numbers; an official sees the own ones."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    asked, month = asked_months(request, actor), month_asked(request)
    keys = ("-month", "-region_id") if month is None else ("region_id",)
    found = paging.page(asked.rows, keys, cursor=Cursor.asked(request.GET))
    own = queries.own_posting(actor) if actor.may(Permission.KEEP_ATTENDANCE) and actor.scope.kind is ScopeKind.REGION else None
    context = {
        "rows": queries.counted(actor, found.rows),
        "page": found,
        "months": month_choices(),
        **asked.said,
        "month": month,
        "states": AttendanceMonth.State.choices,
        "places": region_choices(actor, asked.said["region"])
        if actor.scope.kind is ScopeKind.REGION and len(actor.scope.region) < 12
        else [],
        "own": own,
        "own_months": month_choices()[:3] if own else [],
        "kept": asked.kept,
        "may_export": actor.may(Permission.EXPORT) and actor.scope.kind in (ScopeKind.REGION, ScopeKind.UNIT),
    }
    return render(request, "console/duty/months.html", context)


@acts
@require_POST
def propose(request: HttpRequest) -> HttpResponse:
    """Fill a month of the own posting from the records and open it."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.KEEP_ATTENDANCE)
    posting, month = queries.own_posting(actor), month_asked(request, default=clock.today())
    if posting is None or month is None:
        messages.error(request, _("没有正在进行的挂职，不能生成考勤。"))
        return redirect("attendance")
    try:
        return redirect("attendance_month", month_id=actions.propose_month(posting, month=month, by=actor).pk)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("attendance")


@acts
def month_page(request: HttpRequest, month_id: uuid.UUID) -> HttpResponse:
    """A month day by day, its line, and what may be done by who looks."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.VIEW_ATTENDANCE)
    file = queries.attendance_file(actor, month_id)
    row = file.counted.month
    steps = [step for step in MONTH.open_steps(row.state) if step in STEP_NEEDS and actor.may(STEP_NEEDS[step])]
    may_decide = actor.may(Permission.PUBLISH_ATTENDANCE)
    context = {
        "file": file, "month": row, "result": file.counted.result, "posting": file.posting, "weeks": _weeks(row.month, file.days),
        "kinds": [(_(KINDS.get(kind, kind)), count) for kind, count in file.counted.result.leave_kinds.items()],
        "steps": steps, "statuses": [(code, _(STATUSES[code])) for code in SAID_BY_OFFICIAL],
        "all_statuses": [(code, _(label)) for code, label in STATUSES.items()],
        "is_village": file.counted.nights_asked is not None, "may_decide": may_decide,
        "absences": [day for day in file.days if day.status == "absent"],
        "marks": [day for day in file.days if day.status not in ("leave", "absent")], "enough": _enough(file.counted.result.enough),
    }  # fmt: skip
    return render(request, "console/duty/month.html", context)


def _enough(said: bool | None) -> tuple[str, str]:
    """The tag and the words of whether a month is enough; a question where days nobody knows decide it."""
    return {True: ("ok", _("达到要求")), False: ("warn", _("未达到要求")), None: ("", _("有未记录或还没有到的日子"))}[said]


def _weeks(month: dt.date, days: Sequence[AttendanceDay]) -> dict[str, Any]:
    """The days as cells, with as many empty ones before and behind as whole weeks want."""
    calendar = Calendar(shown=True)
    cells = [{"day": day, "is_rest": not calendar.is_workday(day.on)} for day in days]
    blank = days[0].on.weekday() if days else 0
    return {
        "blank": range(blank),
        "rest": range(-(blank + len(cells)) % 7),
        "cells": cells,
        "weekdays": [_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日")],
    }


@acts
@require_POST
def month_step(request: HttpRequest, month_id: uuid.UUID, step: str) -> HttpResponse:
    """One step of a month; a refusal is said on its page."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if step not in STEP_NEEDS:
        raise Http404(step)
    actor.must(STEP_NEEDS[step])
    row: AttendanceMonth = get_object_or_404(queries.months(actor), pk=month_id)
    try:
        _press(request, row, step, actor)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("已办理：%(step)s。") % {"step": _(MONTH.steps[step])})
    return redirect("attendance_month", month_id=month_id)


def _press(request: HttpRequest, row: AttendanceMonth, step: str, actor: Actor) -> None:
    said = request.POST
    match step:
        case "propose_month":
            actions.propose_month(row.posting, month=row.month, by=actor)
        case "correct_days":
            actions.correct_days(row, days=_corrections(request, actor, row), by=actor)
        case "submit_month":
            actions.submit_month(row, by=actor)
        case "return_month":
            actions.return_month(row, reason=said.get("reason", ""), by=actor)
        case "mark_absent":
            actions.mark_absent(row, days=_days(said.getlist("on")), reason=said.get("reason", ""), by=actor)
        case "lift_absence":
            actions.lift_absence(row, days=_days(said.getlist("on")), reason=said.get("reason", ""), by=actor)
        case "confirm_months":
            actions.confirm_months(row.region, months=[row.pk], by=actor)
        case "look_again":
            actions.look_again(row, by=actor)
        case "propose_amendment":
            (on,) = _days([said.get("on", "")]) or (row.month,)
            night = NIGHTS.get(said.get("night", ""))
            actions.propose_amendment(row, on=on, status=said.get("status", ""), overnight=night, reason=said.get("reason", ""), by=actor)


def _days(texts: Sequence[str]) -> list[dt.date]:
    found = []
    for text in texts:
        try:
            found.append(dt.date.fromisoformat(text))
        except ValueError:
            continue
    return found


def _corrections(request: HttpRequest, actor: Actor, row: AttendanceMonth) -> list[actions.DayCorrection]:
    """The days that the form says otherwise than the ledger; the others are left alone."""
    found = []
    for day in AttendanceDay.objects.visible_to(actor).filter(month=row).order_by("on"):
        status = request.POST.get(f"status-{day.on}")
        if status is None:
            continue
        night = NIGHTS.get(request.POST.get(f"night-{day.on}", "")) if status == "in_village" else None
        if (status, night) != (day.status, day.overnight):
            found.append(actions.DayCorrection(day.on, status, overnight=night, note=day.note))
    return found


@acts
@require_POST
def decide(request: HttpRequest, amendment_id: uuid.UUID) -> HttpResponse:
    """Agree to a correction of a published month, or not."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.PUBLISH_ATTENDANCE)
    row = get_object_or_404(AttendanceAmendment.objects.visible_to(actor), pk=amendment_id)
    try:
        actions.decide_amendment(row, agree=request.POST.get("agree") == "1", by=actor)
        messages.success(request, _("已审定。"))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("attendance_month", month_id=row.month_id)
