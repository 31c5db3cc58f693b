"""Who among the posted still lacks a training: induction before arrival."""

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
