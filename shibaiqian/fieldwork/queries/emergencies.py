"""Emergencies that hold in a place: its own and those declared above it. Reference data: deadlines of every place move by them."""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence

from django.db.models import Q, QuerySet

from shibaiqian.access.actor import Actor
from shibaiqian.base.workdays import Calendar
from shibaiqian.fieldwork.models import EmergencyCall, EmergencyPeriod
from shibaiqian.fieldwork.procedures import Period, days_in, last_day
from shibaiqian.policy.rules import jurisdictions_of
from shibaiqian.postings.models import Posting
from shibaiqian.postings.queries import running_postings

LONGEST = 120  # days of an emergency at once; what lasts longer is declared again
IsWorkday = Callable[[dt.date], bool]


def emergencies(actor: Actor) -> QuerySet[EmergencyPeriod]:
    """Emergencies of the actor's scope and those above that hold there, latest first."""
    region = actor.scope.region
    above = [code for code in jurisdictions_of(region) if code]
    rows = EmergencyPeriod.objects.filter(Q(region__in=above) | Q(region__gte=region, region__lt=f"{region}:"), voided_by__isnull=True)
    return (rows if region else rows.none()).select_related("region").order_by("-starts_on", "-id")


def periods_over(region: str, *, first: dt.date, last: dt.date) -> Sequence[Period]:
    """The emergencies that hold in a place on any day from first to last. One query."""
    rows = EmergencyPeriod.objects.filter(
        region__in=[code for code in jurisdictions_of(region) if code], voided_by__isnull=True, starts_on__lte=last, ends_on__gte=first
    )
    return [Period(*days) for days in rows.order_by("starts_on", "id").values_list("starts_on", "ends_on")]


def emergency_days(region: str, month: dt.date) -> frozenset[dt.date]:
    """The days of a month that are days of emergency in a place: attendance takes them for duty. One query."""
    first, last = month.replace(day=1), last_day(month)
    return days_in(periods_over(region, first=first, last=last), first=first, last=last)


def emergency_days_in(regions: Collection[str], month: dt.date) -> Mapping[str, frozenset[dt.date]]:
    """As `emergency_days`, of several places at once. One query."""
    first, last = month.replace(day=1), last_day(month)
    above = {code for region in regions for code in jurisdictions_of(region) if code}
    rows = EmergencyPeriod.objects.filter(region__in=above, voided_by__isnull=True, starts_on__lte=last, ends_on__gte=first)
    found = [(place, Period(*days)) for place, *days in rows.values_list("region_id", "starts_on", "ends_on")]
    return {region: days_in([p for place, p in found if region.startswith(place)], first=first, last=last) for region in regions}


def after_workdays_in(region: str, start: dt.date, count: int) -> dt.date:
    """As `base.workdays.after_workdays`, for a clock that stands still on the days of an emergency in the place. One query."""
    is_workday, day, left = counting_workdays(region, first=start, last=start + dt.timedelta(days=count * 3 + 400)), start, count
    while left > 0:
        day += dt.timedelta(days=1)
        left -= is_workday(day)
    return day


def counting_workdays(region: str, *, first: dt.date, last: dt.date, shown: bool = False) -> IsWorkday:
    """Whether a day counts for a deadline in a place: a working day on which no emergency makes the clock stand still; `shown` as the
    calendar takes it. One query."""
    still, calendar = days_in(periods_over(region, first=first, last=last), first=first, last=last), Calendar(shown=shown)
    return lambda day: day not in still and calendar.is_workday(day)


def called_days(actor: Actor, postings: Collection[uuid.UUID], month: dt.date) -> Mapping[uuid.UUID, frozenset[dt.date]]:
    """The days of a month for which officials were called to duty by the order of an emergency, by posting. One query."""
    first, last = month.replace(day=1), last_day(month)
    rows = EmergencyCall.objects.visible_to(actor).filter(
        posting__in=postings, period__voided_by__isnull=True, starts_on__lte=last, period__ends_on__gte=first
    )
    periods: dict[uuid.UUID, list[Period]] = defaultdict(list)
    for posting, starts, ends, ended in rows.values_list("posting_id", "starts_on", "period__ends_on", "ended_on"):
        periods[posting].append(Period(starts, min(ends, ended or ends)))
    return {posting: days_in(of, first=first, last=last) for posting, of in periods.items()}


def officials_in(actor: Actor, period: EmergencyPeriod) -> QuerySet[Posting]:
    """Who serves in the place of an emergency while it lasts, in the order of places."""
    rows = running_postings(actor, region=str(period.region_id)).filter(arrived_on__lte=period.ends_on)
    return rows.order_by("region_id", "id")


def calls_of(actor: Actor, period: EmergencyPeriod) -> QuerySet[EmergencyCall]:
    """Whom the order of an emergency calls, those stood down included."""
    rows: QuerySet[EmergencyCall] = EmergencyCall.objects.visible_to(actor)
    return rows.filter(period=period)
