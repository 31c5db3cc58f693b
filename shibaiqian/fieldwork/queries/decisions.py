"""What the host's secretary decided or assigned."""

from django.db.models import QuerySet

from shibaiqian.access.actor import Actor
from shibaiqian.fieldwork.models import HostDecision
from shibaiqian.postings.models import Posting


def decisions_of(actor: Actor, posting: Posting) -> QuerySet[HostDecision]:
    """Decisions about a posting, latest first."""
    rows: QuerySet[HostDecision] = HostDecision.objects.visible_to(actor)
    return rows.filter(posting=posting).order_by("-on", "-id")
