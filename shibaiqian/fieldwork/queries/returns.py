"""Until when a return from leave is in time: so many working days after its end, by the number in force at its place on its last day.

Days of an emergency of the place do not count. One rule for the page of a request and for every list.
"""

import datetime as dt
from collections.abc import Collection, Sequence

from django.db.models import Q

from shibaiqian.base import clock
from shibaiqian.base.workdays import Calendar
from shibaiqian.fieldwork.models import EmergencyPeriod
from shibaiqian.fieldwork.procedures import Period, days_in
from shibaiqian.policy.queries import Stretch, parameters, stretches_of
from shibaiqian.policy.rules import KEY_OF

GRACE = "leave_return_workdays"
BACK = 400  # days within which the end of leave and an emergency after it are looked for
NOWHERE = Q(pk__in=[])


def grace_of(region: str, *, on: dt.date) -> int:
    """Working days after an end of that day within which a return is in time. One query."""
    row = parameters(region=region, on=on).get(GRACE)
    return int(row.value if row else KEY_OF[GRACE].default)


def ended_without_return() -> Q:
    """The condition on leave whose days of grace are over today. Two queries.

    A place with a number or an emergency of its own has last days of its own; of nested places the deepest one's count.
    """
    today = clock.today()
    first = today - dt.timedelta(days=BACK)
    rows = EmergencyPeriod.objects.filter(voided_by__isnull=True, ends_on__gte=first, starts_on__lte=today)
    periods = [(place, Period(*days)) for place, *days in rows.values_list("region_id", "starts_on", "ends_on")]
    graces = stretches_of(GRACE, regions={"", *(place for place, _period in periods)})
    calendar, found = Calendar(shown=True), NOWHERE
    for place, stretches in graces.items():
        still = days_in([period for above, period in periods if place.startswith(above)], first=first, last=today)
        here = _within(place)
        for deeper in graces:
            if deeper != place and deeper.startswith(place):
                here &= ~_within(deeper)
        found |= here & _ended(stretches, today, still, calendar)
    return found


def _within(place: str) -> Q:
    return Q(region_id__gte=place, region_id__lt=f"{place}:") if place else Q()


def _ended(stretches: Sequence[Stretch], today: dt.date, still: Collection[dt.date], calendar: Calendar) -> Q:
    """That leave ended while some number held, and so long ago that its working days are over."""
    found = NOWHERE
    for one in stretches:
        found |= Q(last_on__range=(one.first, one.last), last_on__lt=_grace_over(today, still, int(one.value), calendar))
    return found


def _grace_over(today: dt.date, still: Collection[dt.date], grace: int, calendar: Calendar) -> dt.date:
    """The day before which leave must have ended for its grace to be over today, and for a working day to have passed since."""
    day, left = (today, grace) if grace else (today + dt.timedelta(days=1), 1)
    while left > 0:
        day -= dt.timedelta(days=1)
        left -= day not in still and calendar.is_workday(day)
    return day
