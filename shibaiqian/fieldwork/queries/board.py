"""What hangs on a village's notice board (村务公开栏): its published months of attendance, by name and number of days, without reasons."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import NotVisible
from shibaiqian.fieldwork.models import AttendanceMonth, BoardNotice
from shibaiqian.fieldwork.queries.attendance import CountedMonth, counted
from shibaiqian.regions.models import Region

PUBLISHED = ("published", "locked")
Line = dict[str, Any]


@dataclass(frozen=True)
class Board:
    """A village's month as it is published now, and the notice that hangs there, if one does. `month` is one of its rows."""

    month: AttendanceMonth
    lines: Sequence[Line]
    published_on: dt.date
    published_by: str
    posted: BoardNotice | None

    @property
    def is_outdated(self) -> bool:
        """A correction was agreed to, or somebody's month was published, after the notice was hung up."""
        return self.posted is not None and self.posted.rows != self.lines


def boards(actor: Actor) -> QuerySet[AttendanceMonth]:
    """Each village's published months, latest first, then by place; of a month with several officials the first row stands for all."""
    rows: QuerySet[AttendanceMonth] = AttendanceMonth.objects.visible_to(actor)
    rows = rows.filter(state__in=PUBLISHED, region__level=Region.Level.VILLAGE)
    other = AttendanceMonth.objects.for_everyone(because="rows of a village the actor sees; the wall decides")
    other = other.filter(
        region=OuterRef("region"), month=OuterRef("month"), state__in=PUBLISHED, voided_by__isnull=True, id__lt=OuterRef("id")
    )
    return rows.filter(~Exists(other)).select_related("region").order_by("-month", "region_id", "id")


def boards_of(actor: Actor, firsts: Iterable[AttendanceMonth]) -> list[Board]:
    """The boards of rows of `boards`, in their order. Four queries, whatever their number."""
    asked = list(firsts)
    months, places = {row.month for row in asked}, {row.region_id for row in asked}
    rows = AttendanceMonth.objects.visible_to(actor).filter(month__in=months, region__in=places, state__in=PUBLISHED)
    found: dict[tuple[Any, dt.date], list[CountedMonth]] = defaultdict(list)
    for line in counted(actor, rows.select_related("posting").order_by("cadre_name", "id")):
        found[line.month.region_id, line.month.month].append(line)
    hung = BoardNotice.objects.visible_to(actor).filter(month__in=months, region__in=places).order_by("posted_on", "event")
    posted = {(notice.region_id, notice.month): notice for notice in hung}
    return [_board(row, found[row.region_id, row.month], posted.get((row.region_id, row.month))) for row in asked]


def board_of(actor: Actor, region: str, month: dt.date) -> Board:
    """One village's month; as if absent where nothing is published or it is out of sight."""
    first = boards(actor).filter(region=region, month=month).first()
    if first is None:
        raise NotVisible("BoardNotice")
    (board,) = boards_of(actor, [first])
    return board


def _board(row: AttendanceMonth, lines: Sequence[CountedMonth], posted: BoardNotice | None) -> Board:
    latest = max((line.month for line in lines), key=lambda month: month.published_on or month.month)
    return Board(row, [_line(line) for line in lines], latest.published_on or row.month, latest.published_by, posted)


def _line(counted: CountedMonth) -> Line:
    """What is read on the board: how many days, never why; leave without its kind, which would tell of illness."""
    month, result = counted.month, counted.result
    counts = {
        name: getattr(result, name)
        for name in ("asked", "in_village", "official_out", "rest", "leave", "absent", "unknown", "duty", "enough")
    }
    return {"name": month.cadre_name, "title": month.posting.title, **counts}
