"""Requests upward, for who asks, who is asked and who sees the county; open and overdue by receiver, never by asker."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import NotVisible
from shibaiqian.base import clock
from shibaiqian.fieldwork.models import EmergencyPeriod
from shibaiqian.fieldwork.procedures import Period, moved
from shibaiqian.fieldwork.queries import periods_over
from shibaiqian.organisations.models import Organisation
from shibaiqian.voice.models import RequestStep, UpwardRequest
from shibaiqian.voice.rules import RUNNING


@dataclass(frozen=True)
class RequestFile:
    """A request with what happened to it, and until when the receiver has time, emergencies counted."""

    request: UpwardRequest
    steps: Sequence[RequestStep]
    due_on: dt.date

    @property
    def is_overdue(self) -> bool:
        return self.request.state in RUNNING and self.due_on < clock.today()


@dataclass(frozen=True)
class OfReceiver:
    """What one unit was asked for: how many are open, how many of these overdue, how the others went, how often it was late."""

    key: uuid.UUID
    name: str
    waiting: int
    working: int
    overdue: int
    to_confirm: int
    confirmed: int
    refused: int
    late: int  # how often it answered, did or handed on later than it had time for


def requests(actor: Actor) -> QuerySet[UpwardRequest]:
    """Requests in sight, latest first."""
    rows: QuerySet[UpwardRequest] = UpwardRequest.objects.visible_to(actor)
    return rows.order_by("-asked_on", "-id")


def request_file(actor: Actor, key: uuid.UUID) -> RequestFile:
    """One request; as if absent outside the actor's scope. Three queries."""
    request = requests(actor).select_related("receiver", "region").filter(pk=key).first()
    if request is None:
        raise NotVisible(UpwardRequest.__name__)
    steps = RequestStep.objects.visible_to(actor).filter(request=request).order_by("on", "id")
    periods = periods_over(request.region_id, first=request.due_on, last=request.due_on)
    return RequestFile(request, list(steps), moved(request.due_on, periods))


def deadlines(rows: Sequence[UpwardRequest]) -> dict[uuid.UUID, dt.date]:
    """Until when each receiver has time, emergencies counted: id → day. One query."""
    earliest = min((row.due_on for row in rows), default=clock.today())
    periods = EmergencyPeriod.objects.filter(voided_by__isnull=True, ends_on__gte=earliest)
    found = [(place, Period(*days)) for place, *days in periods.values_list("region", "starts_on", "ends_on")]
    return {
        row.pk: moved(row.due_on, [p for place, p in found if row.region_id.startswith(place) and p.first <= row.due_on <= p.last])
        for row in rows
    }


def overdue() -> Q:
    """Of requests: past the deadline that holds, with the days of emergencies given back. One query, for the emergencies."""
    today = clock.today()
    late = Q(state__in=RUNNING, due_on__lt=today)
    periods = EmergencyPeriod.objects.filter(voided_by__isnull=True, starts_on__lte=today)
    for region, first, last in periods.order_by("-starts_on").values_list("region", "starts_on", "ends_on")[:200]:
        back = today - dt.timedelta(days=(last - first).days + 1)  # a deadline from this day on was moved to today or later
        late &= ~Q(region__gte=region, region__lt=f"{region}:", due_on__gte=max(first, back), due_on__lte=last)
    return late


def by_receiver(actor: Actor) -> Sequence[OfReceiver]:
    """What each unit was asked for, in the order of units' codes; also those whose late request is another unit's by now. Four queries."""
    state = {name: Count("pk", filter=Q(state=code)) for name, code in (
        ("waiting", "asked"), ("working", "accepted"), ("to_confirm", "done"), ("confirmed", "confirmed"), ("refused", "refused"),
    )}  # fmt: skip
    rows = UpwardRequest.objects.visible_to(actor).exclude(state=UpwardRequest.State.WITHDRAWN).order_by().values("receiver")
    fields = ("waiting", "working", "overdue", "to_confirm", "confirmed", "refused")
    counted = rows.annotate(**state, overdue=Count("pk", filter=overdue())).values_list("receiver", *fields)
    found = {key: dict(zip(fields, counts, strict=True)) for key, *counts in counted}
    steps = RequestStep.objects.visible_to(actor).filter(late_days__gt=0).order_by()
    late = dict(steps.values_list("late_of").annotate(n=Count("pk")))
    units = Organisation.objects.filter(pk__in={*found, *late}).order_by("region", "code").values_list("pk", "name")
    none = dict.fromkeys(fields, 0)
    return [OfReceiver(key, name, late=late.get(key, 0), **found.get(key, none)) for key, name in units[:1000]]


def receivers(region: str, *, own: Sequence[uuid.UUID] = ()) -> QuerySet[Organisation]:
    """Units that may be asked for something for a place: of its county, of the city, and those that send officials there."""
    levels = [region[:6], region[:4]]
    rows = Organisation.objects.filter(Q(region__in=levels) | Q(pk__in=own), voided_by__isnull=True)
    return rows.exclude(kind=Organisation.Kind.VILLAGE_COMMITTEE).order_by("-level", "code", "id")
