"""What an address asks for: a month, a place within the scope."""

import datetime as dt

from django.http import HttpRequest

from shibaiqian.access.actor import Actor
from shibaiqian.base import clock


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
    for _ in range(12):
        found.append(month)
        month = (month - dt.timedelta(days=1)).replace(day=1)
    return found
