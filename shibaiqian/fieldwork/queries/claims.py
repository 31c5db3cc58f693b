"""Claims, for who is paid and for who pays; confirmed months without one."""

import uuid

from django.db.models import Exists, OuterRef, QuerySet

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import NotVisible
from shibaiqian.fieldwork.models import AttendanceMonth, ExpenseClaim
from shibaiqian.fieldwork.queries.attendance import months


def claims(actor: Actor) -> QuerySet[ExpenseClaim]:
    """Claims in sight, latest month first; the sending unit sees what was handed in."""
    rows: QuerySet[ExpenseClaim] = ExpenseClaim.objects.visible_to(actor)
    rows = rows.exclude(state=ExpenseClaim.State.DRAWN) if actor.scope.unit else rows
    return rows.order_by("-month", "-id")


def claim_of(actor: Actor, key: uuid.UUID) -> ExpenseClaim:
    """One claim; as if absent outside the actor's scope."""
    found = claims(actor).filter(pk=key).select_related("posting__unit").first()
    if found is None:
        raise NotVisible(ExpenseClaim.__name__)
    return found


def months_to_claim(actor: Actor) -> QuerySet[AttendanceMonth]:
    """The official's own confirmed months that no claim was handed in for."""
    handed = ExpenseClaim.objects.for_everyone(because="claims of months the asker sees; the wall decides")
    handed = handed.filter(attendance=OuterRef("pk"), voided_by__isnull=True).exclude(state=ExpenseClaim.State.DRAWN)
    return months(actor).filter(~Exists(handed), state__in=["confirmed", "published", "locked"])
