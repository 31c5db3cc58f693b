"""Whose post a need is. A place also sees posts elsewhere whose appointment it decides: it appoints to them and does nothing else with them."""

from django.db.models import QuerySet

from shibaiqian.access.actor import Actor
from shibaiqian.access.scope import ScopeKind
from shibaiqian.selection.models import PostNeed


def hosted_needs(actor: Actor) -> QuerySet[PostNeed]:
    """Posts of the actor's own places, or those meant for the unit: to be raised, confirmed, matched, closed and counted there."""
    rows: QuerySet[PostNeed] = PostNeed.objects.visible_to(actor)
    if actor.scope.kind is not ScopeKind.REGION:
        return rows
    low, high = actor.scope.bounds
    return rows.filter(region_id__gte=low, region_id__lt=high)
