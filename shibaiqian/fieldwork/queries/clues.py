"""Clues as their author reads them, and questions as a supervisor does: what stands side by side, as far as the reader may see it."""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from shibaiqian.access.actor import Actor
from shibaiqian.fieldwork.models import Attachment, Clue, ClueQuestion, LogPoint, WorkLog, WorkLogItem

NOBODY = uuid.UUID(int=0)
OPEN_FIRST = ("-state", "-found_on", "-id")


@dataclass(frozen=True)
class Side:
    """One of the things that stand side by side. Without a name it is a log that the reader does not see: only words in common are shown."""

    on: dt.date | None = None
    official: str = ""
    place: str = ""
    category: str = ""
    content: str = ""
    item: uuid.UUID | None = None  # a thing of a day, which its author may put right
    photo: uuid.UUID | None = None
    point: str = ""


@dataclass(frozen=True)
class ClueFile:
    """A clue with its two sides, the earlier first."""

    clue: Clue
    other: Sequence[Side]
    own: Sequence[Side]


def own_clues(actor: Actor) -> "QuerySet[Clue]":
    """Those of who looks, not yet settled first."""
    rows: QuerySet[Clue] = Clue.objects.visible_to(actor).filter(cadre=actor.person or NOBODY)
    return rows.select_related("region").order_by(*OPEN_FIRST)


def own_questions(actor: Actor) -> "QuerySet[ClueQuestion]":
    """Those to who looks, which are not answered."""
    rows: QuerySet[ClueQuestion] = ClueQuestion.objects.visible_to(actor).filter(cadre=actor.person or NOBODY)
    return rows.filter(state__in=["waiting", "asked"]).order_by("-id")


def questions(actor: Actor) -> "QuerySet[ClueQuestion]":
    """What may be asked in a place, in the order of places: not counted, not compared."""
    low, high = actor.scope.bounds
    rows: QuerySet[ClueQuestion] = ClueQuestion.objects.visible_to(actor).filter(region__gte=low, region__lt=high)
    return rows.filter(state__in=["waiting", "asked"]).select_related("region").order_by("region_id", "id")


def clues_of(actor: Actor, question: ClueQuestion) -> "QuerySet[Clue]":
    """What a question is about, as long as it stands without a word."""
    rows: QuerySet[Clue] = Clue.objects.visible_to(actor).filter(question=question, state=Clue.State.OPEN)
    return rows.select_related("region").order_by("first_on", "id")


def clue_files(actor: Actor, clues: Iterable[Clue]) -> list[ClueFile]:
    """Each with what it puts side by side. Five queries, whatever their number."""
    clues = list(clues)
    keys = {key for clue in clues for key in (*clue.own, *clue.other)}
    sides: dict[uuid.UUID, Side] = {}
    if keys:
        sides = _words(actor, keys) | _photos(actor, keys) | _logs(actor, keys) | _points(actor, keys)
    return [ClueFile(clue, _seen(clue, clue.other, sides), _seen(clue, clue.own, sides)) for clue in clues]


def photo_of_clue(actor: Actor, photo: uuid.UUID) -> Attachment | None:
    """A photo that stands in a clue the actor sees, if they see the photo too. Two queries."""
    found: Attachment | None = Attachment.objects.visible_to(actor).filter(pk=photo).first()
    clues = Clue.objects.visible_to(actor)
    in_one = clues.filter(own__overlap=[photo]).exists() or clues.filter(other__overlap=[photo]).exists()
    return found if found is not None and in_one else None


def _seen(clue: Clue, keys: Sequence[uuid.UUID], sides: dict[uuid.UUID, Side]) -> list[Side]:
    hidden = Side(content=" …… ".join(clue.seen.get("words", [])))
    found = [sides.get(key, hidden) for key in keys]
    return sorted(found, key=lambda side: side.on or dt.date.min)


def _side(log: WorkLog, **more: object) -> Side:
    return Side(on=log.on, official=log.posting.cadre_name, place=log.region.name, **more)  # type: ignore[arg-type]


def _words(actor: Actor, keys: set[uuid.UUID]) -> dict[uuid.UUID, Side]:
    """What was corrected since stands as it was."""
    logs = {log.pk: log for log in _of(actor, WorkLogItem.unscoped.filter(pk__in=keys).values("log"))}
    rows = WorkLogItem.unscoped.filter(WorkLogItem.wall.within(actor), pk__in=keys)
    return {
        row.pk: _side(
            logs[row.log_id], category=str(row.get_category_display()), content=row.content, item=row.pk if row.voided_by is None else None
        )
        for row in rows
        if row.log_id in logs
    }


def _photos(actor: Actor, keys: set[uuid.UUID]) -> dict[uuid.UUID, Side]:
    rows = Attachment.objects.visible_to(actor).filter(pk__in=keys).select_related("item__log__region", "item__log__posting")
    return {row.pk: _side(row.item.log, content=row.item.content, photo=row.pk) for row in rows}


def _logs(actor: Actor, keys: set[uuid.UUID]) -> dict[uuid.UUID, Side]:
    items = Prefetch("items", queryset=WorkLogItem.objects.visible_to(actor).order_by("id"))
    rows = WorkLog.objects.visible_to(actor).filter(pk__in=keys).select_related("region", "posting").prefetch_related(items)
    return {row.pk: _side(row, content="；".join(item.content for item in row.items.all())) for row in rows}


def _points(actor: Actor, keys: set[uuid.UUID]) -> dict[uuid.UUID, Side]:
    rows = LogPoint.objects.visible_to(actor).filter(pk__in=keys).select_related("log__region", "log__posting")
    return {row.pk: _side(row.log, point=f"{row.latitude_e6 / 1e6:.4f}, {row.longitude_e6 / 1e6:.4f}") for row in rows}


def _of(actor: Actor, keys: object) -> "QuerySet[WorkLog]":
    rows: QuerySet[WorkLog] = WorkLog.objects.visible_to(actor).filter(pk__in=keys).select_related("region", "posting")
    return rows
