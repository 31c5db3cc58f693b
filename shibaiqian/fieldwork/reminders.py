"""What the calendar says about attendance and leave, told once a day: a month not submitted, leave that ends. To the official alone."""

import datetime as dt
from collections import defaultdict
from uuid import UUID

from shibaiqian.access.actor import Actor
from shibaiqian.base import clock
from shibaiqian.fieldwork.models import AttendanceMonth, LeaveRequest
from shibaiqian.messages.actions import announce
from shibaiqian.postings.models import Posting

SETTLE_DAYS = 3  # of a new month before anybody is reminded of the last one
DAY = dt.timedelta(days=1)


def remind(*, by: Actor) -> int:
    """Tell officials of a month that they have not submitted and of leave that ends today or has ended; how many messages."""
    return _of_month(by) + _of_leave(by)


def _of_month(by: Actor) -> int:
    today = clock.today()
    if today.day <= SETTLE_DAYS:
        return 0
    month = (today.replace(day=1) - DAY).replace(day=1)
    settled = AttendanceMonth.objects.visible_to(by).filter(month=month).exclude(state="open")
    rows = Posting.objects.visible_to(by).filter(ended_on__isnull=True, arrived_on__lt=today.replace(day=1))
    owing = rows.exclude(pk__in=settled.values("posting")).order_by("pk").values_list("cadre", flat=True)
    return announce("attendance_due", cadres=list(owing), about=f"{month:%Y-%m}", number=f"{month:%Y-%m}")


def _of_leave(by: Actor) -> int:
    ending: dict[dt.date, list[UUID]] = defaultdict(list)
    rows = LeaveRequest.objects.visible_to(by).filter(state="approved", last_on__lte=clock.today())
    for last, cadre in rows.order_by("last_on", "pk").values_list("last_on", "cadre"):
        ending[last].append(cadre)
    return sum(announce("leave_ends", cadres=cadres, about=f"{last}", day=f"{last}") for last, cadres in ending.items())
