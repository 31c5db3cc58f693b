"""Emergencies that hold in a place: its own and those declared above it. Reference data: deadlines of every place move by them."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence

from django.db.models import Q, QuerySet

from shibaiqian.access.actor import Actor
from shibaiqian.base.workdays import Calendar
from shibaiqian.fieldwork.models import EmergencyPeriod
from shibaiqian.fieldwork.procedures import Period, days_in, last_day
from shibaiqian.policy.rules import jurisdictions_of


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
    horizon = start + dt.timedelta(days=count * 3 + 400)
    still = days_in(periods_over(region, first=start, last=horizon), first=start, last=horizon)
    calendar, day, left = Calendar(), start, count
    while left > 0:
        day += dt.timedelta(days=1)
        left -= day not in still and calendar.is_workday(day)
    return day
