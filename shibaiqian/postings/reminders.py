"""What the calendar says about postings, told each night: late arrivals, party letters that ran out, terms that end.

Whole places are told numbers; an official is told of the own term. Nothing is told twice of the same thing while it rests.
"""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shibaiqian.access.actor import Actor
from shibaiqian.base import clock
from shibaiqian.base.workdays import CalendarEnds, after_workdays
from shibaiqian.messages.actions import announce
from shibaiqian.policy.queries import parameters_over
from shibaiqian.postings.models import PartyTransfer, Posting
from shibaiqian.postings.rules import REMIND_DAYS


@dataclass(frozen=True)
class Due:
    """A posting by the places that are told of it."""

    host: str
    home: str
    unit: uuid.UUID
    cadre: uuid.UUID
    on: dt.date


def remind(*, by: Actor) -> int:
    """Tell everybody what is late or near; how many messages. The nightly job's work, in an open transaction of its actor."""
    today = clock.today()
    told = _tell("arrivals_late", late_arrivals(by, on=today))
    told += _tell("party_letters_late", late_letters(by, on=today))
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


def late_arrivals(actor: Actor, *, on: dt.date) -> list[Due]:
    """Who was to have reported for duty before this day, by the working days in force when appointed."""
    rows = Posting.objects.visible_to(actor).filter(state=Posting.State.PENDING_ARRIVAL, appointed_on__lt=on)
    waiting = [Due(*row) for row in rows.values_list("region_id", "home_region", "unit_id", "cadre_id", "appointed_on")]
    by_county: dict[str, list[Due]] = defaultdict(list)
    for row in waiting:
        by_county[row.host[:6]].append(row)
    found = []
    for county, due in by_county.items():
        held = parameters_over(("arrival_days",), region=county, days=sorted({row.on for row in due}))
        found += [row for row in due if _last_day(row.on, int(held["arrival_days", row.on])) < on]
    return found


def _last_day(appointed_on: dt.date, days: int) -> dt.date:
    """Where the holidays of a year are not published, twice as many days: a reminder comes late rather than wrongly."""
    try:
        return after_workdays(appointed_on, days)
    except CalendarEnds:
        return appointed_on + dt.timedelta(days=2 * days)


def late_letters(actor: Actor, *, on: dt.date) -> list[Due]:
    """Whose letter of party relations ran out before this day without being received (domain.md 4.5, 14.3)."""
    letters = PartyTransfer.objects.visible_to(actor).filter(in_on__isnull=True, posting__ended_on__isnull=True)
    rows = letters.values_list("region_id", "home_region", "unit", "cadre", "out_on", "valid_days")
    return [Due(*row) for *row, valid in rows if row[-1] + dt.timedelta(days=valid) < on]


def ending_terms(actor: Actor, *, on: dt.date) -> dict[tuple[int, dt.date], list[Due]]:
    """Running postings whose term ends within 90, 30 or 7 days, by the smallest of these and the day it ends."""
    last = on + dt.timedelta(days=max(REMIND_DAYS))
    rows = Posting.objects.visible_to(actor).filter(ended_on__isnull=True, planned_end__gte=on, planned_end__lte=last)
    found: dict[tuple[int, dt.date], list[Due]] = defaultdict(list)
    for row in rows.order_by("planned_end").values_list("region_id", "home_region", "unit_id", "cadre_id", "planned_end"):
        due = Due(*row)
        found[min(n for n in REMIND_DAYS if n >= (due.on - on).days), due.on].append(due)
    return found
