"""What the calendar says, told once a day to the official alone: a month not submitted, leave that ends, drafts that wait. And to who
typed a draft, that nobody is left to answer for it."""

import datetime as dt
from collections import defaultdict
from uuid import UUID

from shibaiqian.access.actor import Actor
from shibaiqian.base import clock
from shibaiqian.fieldwork.models import AttendanceMonth, Draft, LeaveRequest
from shibaiqian.messages.actions import announce
from shibaiqian.postings.models import Posting

SETTLE_DAYS = 3  # of a new month before anybody is reminded of the last one
DAY = dt.timedelta(days=1)
FRESH = 2 * DAY  # what came after the day's line was read is told with the next one


def remind(*, by: Actor) -> int:
    """Tell officials of a month that they have not submitted, of leave that ends today or has ended, of drafts; how many messages."""
    return _of_month(by) + _of_leave(by) + _of_drafts(by)


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


def _of_drafts(by: Actor) -> int:
    """What came lately and waits; and what waits for who has left."""
    rows = Draft.objects.visible_to(by).filter(state=Draft.State.WAITING)
    fresh = rows.filter(posting__ended_on__isnull=True, typed_at__gt=clock.business_now() - FRESH)
    told = announce("drafts_waiting", cadres=set(fresh.values_list("cadre", flat=True)))
    left: dict[UUID, set[UUID]] = defaultdict(set)
    for posting, typist in rows.filter(posting__ended_on__isnull=False).values_list("posting", "typist"):
        left[posting].add(typist)
    return told + sum(announce("drafts_given_back", accounts=typists, about=str(posting)) for posting, typists in left.items())
