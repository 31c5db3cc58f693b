"""Target letters with their progress, read for those who may."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import NotVisible
from shibaiqian.indicators.queries import figures_on_page
from shibaiqian.postings.models import Posting, TargetItem, TargetLetter
from shibaiqian.postings.targets.rules import reached_percent


@dataclass(frozen=True)
class Progress:
    """One target and how far it is. `percent` is None while nothing is known."""

    item: TargetItem
    now: int | None
    percent: int | None


@dataclass(frozen=True)
class LetterFile:
    """A letter with its posting, its items' progress, and what it replaced."""

    letter: TargetLetter
    posting: Posting
    items: Sequence[Progress]

    @property
    def percent(self) -> int:
        """Weighted progress of the whole; what is not known counts as nothing reached."""
        return sum((p.percent or 0) * p.item.weight for p in self.items) // 100


def letters(actor: Actor) -> QuerySet[TargetLetter]:
    """Letters in the order (host region, id), each with its posting."""
    rows: QuerySet[TargetLetter] = TargetLetter.objects.visible_to(actor)
    return rows.select_related("posting", "region").order_by("region_id", "id")


def letters_of(actor: Actor, posting: Posting) -> QuerySet[TargetLetter]:
    """The letters of a posting, latest first."""
    rows: QuerySet[TargetLetter] = TargetLetter.objects.visible_to(actor).filter(posting=posting)
    return rows.order_by("-year", "scope", "-version")


def target_items_of(actor: Actor, posting: Posting) -> QuerySet[TargetItem]:
    """The targets of a posting's signed letters, nearest due day first."""
    rows: QuerySet[TargetItem] = TargetItem.objects.visible_to(actor)
    return rows.filter(letter__posting=posting, letter__state=TargetLetter.State.SIGNED).order_by("due_on", "seq", "id")


def letter_file(actor: Actor, key: uuid.UUID) -> LetterFile:
    """A letter with progress (three queries); as if absent outside the actor's sight."""
    found = letters(actor).filter(pk=key).first()
    if found is None:
        raise NotVisible(TargetLetter.__name__)
    items = TargetItem.objects.visible_to(actor).filter(letter=found).order_by("seq")
    counted = figures_on_page(found.region_id)
    return LetterFile(letter=found, posting=found.posting, items=[_progress(item, counted) for item in items])


def _progress(item: TargetItem, figures: dict[str, int]) -> Progress:
    now = figures.get(item.indicator, 0) if item.indicator else item.reached
    return Progress(item, now, reached_percent(baseline=item.baseline, target=item.target, now=now))


def letters_with_progress(actor: Actor, *, cadre_id: uuid.UUID, counted_in: str) -> list[LetterFile]:
    """The letters of a cadre that stand or are on their way, latest first. Two queries.

    What indicators count is known of letters of the host `counted_in` only: of an earlier host nothing is said.
    """
    rows: QuerySet[TargetItem] = TargetItem.objects.visible_to(actor).filter(cadre=cadre_id)
    rows = rows.exclude(letter__state=TargetLetter.State.AMENDED).select_related("letter", "letter__posting")
    items = list(rows.order_by("-letter__year", "letter__scope", "letter_id", "seq"))
    counted = figures_on_page(counted_in) if counted_in and items else {}
    letters = {item.letter_id: item.letter for item in items}.values()
    return [
        LetterFile(letter, letter.posting, [_of(item, counted, counted_in) for item in items if item.letter_id == letter.pk])
        for letter in letters
    ]


def _of(item: TargetItem, figures: dict[str, int], counted_in: str) -> Progress:
    return _progress(item, figures) if item.region_id == counted_in or not item.indicator else Progress(item, None, None)
