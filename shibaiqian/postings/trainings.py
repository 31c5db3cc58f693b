"""Who among the posted still lacks a training: induction before arrival, and one a year while they serve."""

import datetime as dt

from django.db.models import Exists, OuterRef, QuerySet

from shibaiqian.access.actor import Actor
from shibaiqian.cadres.models import TrainingRecord
from shibaiqian.postings.models import Posting


def without_induction(actor: Actor) -> QuerySet[Posting]:
    """Postings whose official has not arrived yet and had no induction (岗前培训) so far."""
    had = TrainingRecord.objects.for_everyone(because="trainings of cadres whose posting the asker sees; the wall decides")
    had = had.filter(cadre=OuterRef("cadre"), kind=TrainingRecord.Kind.INDUCTION, voided_by__isnull=True)
    rows: QuerySet[Posting] = Posting.objects.visible_to(actor)
    return rows.filter(~Exists(had), state=Posting.State.PENDING_ARRIVAL)


def without_training(actor: Actor, *, year: int) -> QuerySet[Posting]:
    """Running postings whose official arrived before the year's last quarter and had no training in it (at least one a year, domain.md
    §5.4): whom to invite next, not a fault."""
    had = TrainingRecord.objects.for_everyone(because="trainings of cadres whose posting the asker sees; the wall decides")
    had = had.filter(cadre=OuterRef("cadre"), starts_on__year=year, voided_by__isnull=True)
    rows: QuerySet[Posting] = Posting.objects.visible_to(actor)
    return rows.filter(~Exists(had), ended_on__isnull=True, arrived_on__lt=dt.date(year, 10, 1))
