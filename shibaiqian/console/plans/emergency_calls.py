"""Whom the order of an emergency calls to duty: everybody who serves in its place, ticked and called or stood down."""

import datetime as dt
import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused
from shibaiqian.access.middleware import acts
from shibaiqian.access.roles import Permission
from shibaiqian.base import clock, paging
from shibaiqian.base.paging import Cursor
from shibaiqian.console.duty.asked import place_asked
from shibaiqian.console.endings import ticked
from shibaiqian.console.listing.page import region_choices
from shibaiqian.console.queries import one
from shibaiqian.fieldwork import actions, queries
from shibaiqian.fieldwork.models import EmergencyPeriod

PAGE = 200  # officials that one step takes
DONE = {"call_up": _("已列入值守 %(count)s 人。"), "stand_down": _("已解除值守 %(count)s 人。")}


@acts
def calls(request: HttpRequest, emergency_id: uuid.UUID) -> HttpResponse:
    """Officials in the place of an emergency in the order of places, with the days for which they are called."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.VIEW_ATTENDANCE)
    period = one(queries.emergencies(actor), emergency_id)
    region = place_asked(request, actor)
    rows = queries.officials_in(actor, period)
    rows = rows.filter(region_id__gte=region, region_id__lt=f"{region}:") if region else rows
    cursor = Cursor.asked(request.GET)
    page = paging.page(rows.select_related("region"), ("region_id",), cursor=cursor, size=PAGE)
    calls = queries.calls_of(actor, period).filter(posting__in=page.rows).order_by("starts_on", "id")
    called = {call.posting_id: call for call in calls}  # type: ignore[attr-defined]
    today = clock.today()
    context = {
        "period": period,
        "rows": [(row, called.get(row.pk)) for row in page.rows],
        "page": page,
        "page_size": PAGE,
        "region": region,
        "places": region_choices(actor, region) if len(actor.scope.region) < 12 else [],
        "kept": urlencode({"region": region}),
        "may_call": _may_call(actor, period),
        "on": min(max(today, period.starts_on), period.ends_on),
    }
    return render(request, "console/plans/emergency_calls.html", context)


@acts
@require_POST
def call_step(request: HttpRequest, emergency_id: uuid.UUID, step: str) -> HttpResponse:
    """Call the ticked officials to duty, or stand them down, from or until a day."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if step not in DONE:
        raise Http404(step)
    actor.must(Permission.DECLARE_EMERGENCIES)
    period = one(queries.emergencies(actor), emergency_id)
    if not _may_call(actor, period):
        raise Http404(emergency_id)
    try:
        on = _day(request.POST.get("on", ""))
        run = actions.call_up if step == "call_up" else actions.stand_down
        messages.success(request, DONE[step] % {"count": run(period, postings=ticked(request, "row"), on=on, by=actor).count})
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(f"{request.path.removesuffix(f'{step}/')}?{request.GET.urlencode()}")


def _may_call(actor: Actor, period: EmergencyPeriod) -> bool:
    return actor.may(Permission.DECLARE_EMERGENCIES) and period.reachable_by(actor)


def _day(said: str) -> dt.date:
    try:
        return dt.date.fromisoformat(said)
    except ValueError:
        raise Refused(__("日期“%(text)s”不对，请重新选择。") % {"text": said[:20]}) from None
