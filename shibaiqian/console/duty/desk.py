"""The one desk of daily management: what waits, in one queue; a town's, and above it the county's second look."""

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused
from shibaiqian.access.middleware import acts
from shibaiqian.access.roles import Permission
from shibaiqian.base import clock
from shibaiqian.console.duty.asked import last_month, month_asked, month_choices
from shibaiqian.console.endings import ticked
from shibaiqian.fieldwork import actions, queries
from shibaiqian.fieldwork.models import AttendanceAmendment, AttendanceMonth, LogReading, PracticalService
from shibaiqian.fieldwork.procedures import last_day
from shibaiqian.fieldwork.rules.leave import WAITING, days_words
from shibaiqian.policy.queries import parameters
from shibaiqian.policy.rules import KEY_OF
from shibaiqian.postings.models import Handover
from shibaiqian.regions.models import Region

SOME, MANY = 20, 200
QUIET_DAYS = 21  # without a log before somebody is asked what is the matter
TOWN = 9
STEPS = {
    "propose": Permission.CONFIRM_ATTENDANCE, "months": Permission.CONFIRM_ATTENDANCE, "draw": Permission.CONFIRM_ATTENDANCE,
    "publish": Permission.PUBLISH_ATTENDANCE, "lock": Permission.PUBLISH_ATTENDANCE,
}  # fmt: skip


@acts
def desk(request: HttpRequest) -> HttpResponse:
    """What waits for this place, each with its step; people stand in the order of places, and nobody is compared with anybody."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.DECIDE_LEAVE)
    month = month_asked(request, default=last_month()) or last_month()
    region = actor.scope.region
    is_town = len(region) >= TOWN
    further = queries.leaves_returned(actor) if is_town else queries.leaves_to_look_at(actor)
    lists = {"answer": queries.leaves_to_answer(actor) | further, "overdue": queries.leaves_overdue(actor)}
    limits = {} if is_town else _limits(region)
    if limits:
        lists["away"] = queries.away_long(actor, days=limits["away_days"])
    leaves = queries.together(MANY, **lists)
    context: dict[str, Any] = {
        "month": month, "months": month_choices(), "is_town": is_town, "today": clock.today(),
        "asking": [row for row in leaves["answer"] if row.state in WAITING][:SOME],
        "returned" if is_town else "looks": [row for row in leaves["answer"] if row.state not in WAITING][:SOME],
        "overdue": leaves["overdue"][:SOME], "away": leaves.get("away", [])[:SOME], **limits,
        "quiet": list(queries.without_log(actor, days=QUIET_DAYS)[:SOME]), "quiet_days": QUIET_DAYS,
        "questions": list(queries.questions(actor)[:SOME]) if actor.may(Permission.ASK_ABOUT_LOGS) else [],
        **(_of_town(actor, region, month) if is_town else _above(actor, region, month, often=limits["often_days"])),
    }  # fmt: skip
    return render(request, "console/duty/desk.html", context)


def _of_town(actor: Actor, region: str, month: dt.date) -> dict[str, Any]:
    """Nine queries."""
    submitted = queries.months(actor, region=region, month=month).filter(state__in=["open", "submitted"]).order_by("region_id", "id")
    services = PracticalService.objects.visible_to(actor).filter(confirmation="").select_related("region").order_by("region_id", "on", "id")
    lines = queries.counted(actor, submitted[:MANY])
    readings = list(queries.readings(actor, region=region, month=month))
    return {
        "lines": lines,
        "may_confirm": any(line.month.state == "submitted" for line in lines),
        "to_propose": queries.to_propose(actor, region=region, month=month).count() if month <= clock.today() else 0,
        "services": list(services[:SOME]),
        "handovers": list(_waiting_handovers(actor)[:SOME]),
        "readings": readings,
        "is_drawn_again": _is_drawn_again(readings),
        "sampled_until": min(last_day(month), clock.today()),
    }


def _is_drawn_again(readings: Sequence[LogReading]) -> bool:
    """Whether the seed still draws these logs."""
    return bool(readings) and queries.drawn_again(readings[0].sample, count=len(readings)) == {str(row.log_id) for row in readings}


def _waiting_handovers(actor: Actor) -> "QuerySet[Handover]":
    rows: QuerySet[Handover] = Handover.objects.visible_to(actor).filter(
        witnessed_on__isnull=True, waived="", signed_by_leaver_on__isnull=False, signed_by_successor_on__isnull=False
    )
    return rows.select_related("posting").order_by("region_id", "id")


def _limits(region: str) -> dict[str, int]:
    """Days of leave after which a county is asked whether somebody else is needed, at once and in a year."""
    policy = parameters(region=region, on=clock.today())
    keys = {"away_days": "leave_replacement_days", "often_days": "max_leave_days_year"}
    return {name: int(policy[key].value if key in policy else KEY_OF[key].default) for name, key in keys.items()}


def _above(actor: Actor, region: str, month: dt.date, *, often: int) -> dict[str, Any]:
    """Four queries."""
    own = queries.months(actor, region=region, month=month).filter(state="confirmed", is_own_people=True, looked_on__isnull=True)
    states = queries.states_of_month(actor, region=region, month=month)
    amendments = (
        AttendanceAmendment.objects.visible_to(actor).filter(outcome="").select_related("month", "region").order_by("region_id", "id")
    )
    return {
        "own_people": list(own.order_by("region_id", "id")[:MANY]),
        "states": [(label, states.get(code, 0), code) for code, label in AttendanceMonth.State.choices],
        "amendments": list(amendments[:SOME]),
        "often": [(row, days_words(half)) for row, half in queries.away_often(actor, year=clock.today().year, days=often)[:SOME]],
        "may_publish": actor.may(Permission.PUBLISH_ATTENDANCE),
        "to_publish": states.get("confirmed", 0),
        "to_lock": states.get("published", 0),
    }


@acts
@require_POST
def desk_step(request: HttpRequest, step: str) -> HttpResponse:
    """A step for a whole place: propose a month, confirm the ticked ones, publish, lock, draw logs."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if step not in STEPS:
        raise Http404(step)
    actor.must(STEPS[step])
    month = month_asked(request, default=last_month()) or last_month()
    place = get_object_or_404(Region, pk=actor.scope.region)
    try:
        match step:
            case "propose":
                done = _("已按记录生成 %(count)s 人的考勤。") % {"count": actions.propose_months(place, month=month, by=actor).count}
            case "months":
                count = actions.confirm_months(place, months=ticked(request, "month_row"), by=actor).count
                done = _("已确认 %(count)s 人的考勤。") % {"count": count}
            case "publish":
                done = _("已公布 %(count)s 人的考勤。") % {"count": actions.publish_months(place, month=month, by=actor).count}
            case "lock":
                done = _("已锁定 %(count)s 人的考勤。") % {"count": actions.lock_months(place, month=month, by=actor).count}
            case _:
                actions.draw_sample(place, month=month, by=actor)
                done = _("已抽取日志，请逐篇阅看。")
        messages.success(request, done)
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(f"{reverse('town_desk')}?month={month:%Y-%m}")


@acts
@require_POST
def read(request: HttpRequest, reading_id: uuid.UUID) -> HttpResponse:
    """Put a drawn log aside as read."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.CONFIRM_ATTENDANCE)
    row = get_object_or_404(LogReading.objects.visible_to(actor).select_related("sample"), pk=reading_id)
    try:
        actions.read_log(row, remark=request.POST.get("remark", "")[:500], by=actor)
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(f"{reverse('town_desk')}?month={row.sample.month:%Y-%m}")
