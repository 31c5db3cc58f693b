"""The same button pressed by several at once: one is done, the others are told so in words, and none breaks."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connections

from shibaiqian.access.command import Refused
from shibaiqian.assistance.tests.factories import LUONAN, villages
from shibaiqian.base import clock
from shibaiqian.cadres.courses import open_course
from shibaiqian.cadres.tests.test_courses import INDUCTION
from shibaiqian.fieldwork.actions import correct_days, draw_sample, hold_meeting, propose_month, propose_months
from shibaiqian.fieldwork.actions.attendance import DayCorrection
from shibaiqian.fieldwork.models import AttendanceDay, AttendanceMonth
from shibaiqian.fieldwork.tests.duty import MAY, People
from shibaiqian.regions.models import Region

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
EIGHT = 8


def together(*presses: Callable[[], object]) -> list[str]:
    """What came of each: done, refused in words, or the name of what broke."""
    came: list[str] = []
    start = threading.Barrier(len(presses))

    def press(act: Callable[[], object]) -> None:
        try:
            start.wait()
            act()
            came.append("done")
        except Refused:
            came.append("refused")
        except DatabaseError as broke:
            came.append(type(broke).__name__)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press, args=[act]) for act in presses]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(came)


ONCE: dict[str, Callable[[People, Region, Any], object]] = {
    "meeting": lambda p, town, by: hold_meeting(town, on=clock.today(), chair="刘书记", attendees=12, by=by),
    "sample": lambda p, town, by: draw_sample(town, month=MAY, by=by),
    "course": lambda p, town, by: open_course(Region.objects.get(pk=LUONAN), **INDUCTION, by=p.county),
}


@pytest.mark.parametrize("what", ONCE)
def test_what_is_recorded_once_is_refused_to_the_others(actor: Any, committed: None, what: str) -> None:
    people = People(actor, villages(LUONAN)[0])
    people.wrote(MAY.replace(day=3))
    town = Region.objects.get(pk=people.village.code[:9])
    clerks = [actor("town_party_admin", town.code) for _ in range(EIGHT)]
    came = together(*[lambda by=by: ONCE[what](people, town, by) for by in clerks])  # type: ignore[misc]
    assert came == ["done"] + ["refused"] * (EIGHT - 1)


def test_town_and_official_fill_the_same_month_at_once(actor: Any, committed: None) -> None:
    people = People(actor, villages(LUONAN)[0])
    people.wrote(*[MAY.replace(day=n) for n in range(3, 13)])
    town = Region.objects.get(pk=people.village.code[:9])
    of_official = [lambda: propose_month(people.posting, month=MAY, by=people.official)] * 4
    assert together(*of_official, *[lambda: propose_months(town, month=MAY, by=people.town)] * 4) == ["done"] * EIGHT
    month = AttendanceMonth.unscoped.get()
    people.wrote(MAY.replace(day=20))
    said = [DayCorrection(MAY.replace(day=20), "rest")]
    assert together(*of_official, *[lambda: correct_days(month, days=said, by=people.official)] * 4) == ["done"] * EIGHT
    assert AttendanceDay.unscoped.filter(month=month, voided_by__isnull=True).count() == 31
