"""The base of business rows: a UUIDv7 key, the event that wrote it, and voiding instead of deleting."""

from typing import Any

from django.db import models

from shibaiqian.access.actor import Actor
from shibaiqian.access.scoped import Scoped, ScopedQuerySet
from shibaiqian.base.ids import new_id


class RecordedQuerySet(ScopedQuerySet):
    def visible_to(self, actor: Actor) -> Any:
        """As the read door says, without rows that an undone import or a correction voided."""
        seen = super().visible_to(actor).filter(voided_by__isnull=True)
        seen._told = True
        return seen


class Recorded(Scoped):
    """A row that knows its event. Undone or corrected rows keep standing with the event that voided them."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    event = models.BigIntegerField(editable=False)
    voided_by = models.BigIntegerField(null=True, editable=False)

    unscoped = models.Manager()  # type: ignore[misc]
    objects = models.Manager.from_queryset(RecordedQuerySet)()  # type: ignore[misc]

    class Meta:
        abstract = True


LIVE = models.Q(voided_by__isnull=True)
