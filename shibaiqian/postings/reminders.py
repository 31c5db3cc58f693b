"""What the calendar says about postings, told each night: late arrivals, party relations not transferred, terms that end.

Whole places are told numbers; an official is told of the own term. Nothing is told twice of the same thing while it rests.
"""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from shibaiqian.access.actor import Actor
from shibaiqian.base import clock
from shibaiqian.messages.actions import announce
from shibaiqian.postings.models import Posting
from shibaiqian.postings.queries import reminded
from shibaiqian.postings.rules import REMIND_DAYS


@dataclass(frozen=True)
class Due:
    """A posting by the places that are told of it."""

    host: str
    home: str
    unit: uuid.UUID
    cadre: uuid.UUID
    ends: dt.date


def remind(*, by: Actor) -> int:
    """Tell everybody what is late or near; how many messages. The nightly job's work, in an open transaction of its actor."""
    today = clock.today()
    told = _tell("arrivals_late", _due(reminded(by, "late")))
    told += _tell("party_relations_late", _due(reminded(by, "party_overdue")))
    for (days, ends), rows in ending_terms(by, on=today).items():
        about = f"{days}:{ends}"
        told += _tell("terms_end", rows, about=about, days=days)
        told += announce("own_term_ends", regions=[r.host for r in rows], cadres=[r.cadre for r in rows], about=about, days=days)
    return told


def _tell(event: str, rows: Sequence[Due], *, about: str = "", days: int = 0) -> int:
    """Of host and home: where they are the same place it counts once."""
    places = [place for row in rows for place in _apart(row.host, row.home)]
    return announce(event, regions=places, units=[row.unit for row in rows], about=about, days=days) if rows else 0


def _apart(host: str, home: str) -> Iterable[str]:
    return (host,) if host[:6] == home[:6] else (host, home)


def _due(rows: "QuerySet[Posting]") -> list[Due]:
    return [Due(*row) for row in rows.order_by("pk").values_list("region_id", "home_region", "unit_id", "cadre_id", "planned_end")]


def ending_terms(actor: Actor, *, on: dt.date) -> dict[tuple[int, dt.date], list[Due]]:
    """Running postings whose term ends within 90, 30 or 7 days, by the smallest of these and the day it ends."""
    last = on + dt.timedelta(days=max(REMIND_DAYS))
    rows = Posting.objects.visible_to(actor).filter(ended_on__isnull=True, planned_end__gte=on, planned_end__lte=last)
    found: dict[tuple[int, dt.date], list[Due]] = defaultdict(list)
    for due in _due(rows):
        found[min(n for n in REMIND_DAYS if n >= (due.ends - on).days), due.ends].append(due)
    return found
