"""Phones as pages show them: one's own with what came from them; for administrators of accounts those that hold records back."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from shibaiqian.access.actor import Actor
from shibaiqian.access.roles import Permission
from shibaiqian.sync.kept import answer_of
from shibaiqian.sync.models import Device, InboxRecord

SHOWN = 50
NOBODY = uuid.UUID(int=0)  # the system has no account


def own_devices(actor: Actor) -> QuerySet[Device]:
    """The phones of one's own account, those in use first."""
    return Device.objects.filter(user=actor.user_id).select_related("assignment").order_by("ended_at", "-seen_at", "pk")


def devices_that_owe(actor: Actor) -> QuerySet[Device]:
    """Phones that hold records the server has not, whoever's; the longest first by `owes_since`. For administrators of accounts."""
    actor.must(Permission.VIEW_ACCOUNTS)
    return Device.objects.filter(owes__gt=0).select_related("user", "assignment")


@dataclass(frozen=True)
class Receipt:
    """A record as its sender sees it: what became of it, in words."""

    row: InboxRecord
    message: str


def own_receipts(actor: Actor) -> Sequence[Receipt]:
    """The last records of one's own from the place one acts for now, the latest first."""
    rows = InboxRecord.objects.visible_to(actor).filter(user=actor.user_id or NOBODY).order_by("-received_at", "-pk")[:SHOWN]
    return [Receipt(row, str(answer_of(row).get("message", ""))) for row in rows]
