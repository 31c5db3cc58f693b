"""What an address asks for: a month, a place within the scope; months of attendance, requests for leave and logs by them."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from shibaiqian.access.actor import Actor
from shibaiqian.access.roles import Permission
from shibaiqian.base import clock
from shibaiqian.fieldwork import queries
from shibaiqian.fieldwork.models import AttendanceMonth, WorkLogItem
from shibaiqian.fieldwork.rules.leave import KINDS, LEAVE
from shibaiqian.regions.queries import region_names


@dataclass(frozen=True)
class Narrowed:
    """Rows that an address asks for, what it said by name, and the same in words."""

    rows: "QuerySet[Any]"
    said: dict[str, str]
    criteria: str

    @property
    def kept(self) -> str:
        return urlencode(self.said)


def asked_months(request: HttpRequest, actor: Actor) -> Narrowed:
    """Months of attendance by month, place and state."""
    actor.must(Permission.VIEW_ATTENDANCE)
    month, region, state = month_asked(request), place_asked(request, actor), request.GET.get("state", "")
    state = state if state in AttendanceMonth.State.values else ""
    rows = queries.months(actor, region=region, month=month)
    said = {"month": f"{month:%Y-%m}" if month else "", "region": region, "state": state}
    words = [_name(region), said["month"], _(AttendanceMonth.State(state).label) if state else ""]
    return Narrowed(rows.filter(state=state) if state else rows, said, "；".join(filter(None, words)))


def asked_leaves(request: HttpRequest, actor: Actor) -> Narrowed:
    """Requests for leave by place, state and kind."""
    actor.must(Permission.VIEW_ATTENDANCE)
    region, state, kind = place_asked(request, actor), request.GET.get("state", ""), request.GET.get("kind", "")
    said = {"region": region, "state": state if state in LEAVE.states else "", "kind": kind if kind in KINDS else ""}
    chosen = {name: value for name, value in said.items() if value and name != "region"}
    words = [_name(region), *(_(LEAVE.states[v] if name == "state" else KINDS[v]) for name, v in chosen.items())]
    return Narrowed(queries.leaves(actor, region=region).filter(**chosen), said, "；".join(filter(None, words)))


def asked_logs(request: HttpRequest, actor: Actor) -> Narrowed:
    """Days of work by place, month, category and household."""
    actor.must(Permission.VIEW_FIELDWORK)
    region, month, category = place_asked(request, actor), month_asked(request), request.GET.get("category", "")
    category = category if category in WorkLogItem.Category.values else ""
    household = _key(request.GET.get("household", ""))
    said = {"region": region, "month": f"{month:%Y-%m}" if month else "", "category": category, "household": str(household or "")}
    words = [_name(region), said["month"], _(WorkLogItem.Category(category).label) if category else "", _("一户") if household else ""]
    rows = queries.timeline(actor, region=region, month=month, category=category, household=household)
    return Narrowed(rows, said, "；".join(filter(None, words)))


def _key(said: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(said)
    except ValueError:
        return None


def _name(region: str) -> str:
    return region_names([region]).get(region, "") if region else ""


def month_asked(request: HttpRequest, *, default: dt.date | None = None) -> dt.date | None:
    """The month of the address (yyyy-mm) as its first day; the default without one, or where it is none."""
    said = request.GET.get("month", "") or request.POST.get("month", "")
    try:
        return dt.date.fromisoformat(f"{said[:7]}-01")
    except ValueError:
        return default


def last_month() -> dt.date:
    """The month that is over."""
    return (clock.today().replace(day=1) - dt.timedelta(days=1)).replace(day=1)


def place_asked(request: HttpRequest, actor: Actor) -> str:
    """The place of the address where it lies in the scope; else nothing, which is the whole scope."""
    said = request.GET.get("region", "")
    return said if said.isdigit() and actor.scope.holds_region(said) else ""


def month_choices() -> list[dt.date]:
    """The last twelve months, this one first."""
    found, month = [], clock.today().replace(day=1)
    for _back in range(12):
        found.append(month)
        month = (month - dt.timedelta(days=1)).replace(day=1)
    return found
