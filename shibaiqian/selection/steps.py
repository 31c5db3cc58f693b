"""What every step of selection shares: rows locked and in sight, a date that can be, numbers given once."""

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any, TypeVar

from django.db.models import F

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import NotVisible, Refused
from shibaiqian.access.flow import Flow
from shibaiqian.access.recorded import Recorded
from shibaiqian.base import clock
from shibaiqian.documents.models import Series

Row = TypeVar("Row", bound=Recorded)


class NothingChosen(Refused):
    """A step on a set needs a set."""


class DateWrong(Refused):
    """A step happens on a day that has come, and not before what it stands on."""


def locked(model: type[Row], *, keys: Sequence[uuid.UUID], flow: Flow, step: str, by: Actor) -> list[Row]:
    """The rows of a set step, locked in the order of their keys; each in sight (else NotVisible) and open to the step."""
    wanted = set(keys)
    if not wanted:
        raise NothingChosen(f"还没有选择要办理“{flow.steps[step]}”的行，请先勾选。")
    # Plain locks first: two clerks at once wait for each other in one order, and the second sees what the first did.
    chosen = model.objects.visible_to(by).filter(pk__in=wanted)  # type: ignore[attr-defined]
    rows: list[Any] = list(chosen.order_by("pk").select_for_update(no_key=True))
    if len(rows) != len(wanted):
        raise NotVisible(model.__name__)
    for row in rows:
        flow.next(row.state, step, named=str(row))
    return rows


def advance(rows: Sequence[Row], *, flow: Flow, step: str, by: Actor, **also: Any) -> int:
    """Move locked rows by one step, with `also` set on each: one update for each state they stand in. The rows are changed too."""
    for state in {row.state for row in rows}:  # type: ignore[attr-defined]
        after = flow.next(state, step)
        group = [row for row in rows if row.state == state]  # type: ignore[attr-defined]
        model: Any = type(group[0])
        model.objects.visible_to(by).filter(pk__in=[row.pk for row in group]).update(state=after, **also)
        for row in group:
            row.state = after  # type: ignore[attr-defined]
    return len(rows)


def happened(on: dt.date, *, what: str, after: dt.date | None = None, after_what: str = "") -> None:
    """Refuse a day that has not come, or that lies before what must have happened first."""
    if on > clock.today():
        raise DateWrong(f"{what} {on} 晚于今天，请改正。")
    if after is not None and on < after:
        raise DateWrong(f"{what} {on} 早于{after_what} {after}，请核对。")


def take_numbers(sign: str, *, year: int, count: int, used: Sequence[str] = ()) -> list[str]:
    """The next numbers of a sign's year, `洛南-村-2015-0001`; the series is locked until the end of the command.

    `used` are numbers that rosters gave by hand: the series goes on after them.
    """
    Series.objects.bulk_create([Series(sign=sign, year=year)], ignore_conflicts=True)
    series = Series.objects.select_for_update().get(sign=sign, year=year)
    first = max([series.last_serial, *(_serial(number, sign=sign, year=year) for number in used)]) + 1
    Series.objects.filter(pk=series.pk).update(last_serial=F("last_serial") + (first + count - 1 - series.last_serial))
    return [f"{sign}-{year}-{serial:04}" for serial in range(first, first + count)]


def _serial(number: str, *, sign: str, year: int) -> int:
    rest = number.removeprefix(f"{sign}-{year}-")
    return int(rest) if rest != number and rest.isdecimal() else 0
