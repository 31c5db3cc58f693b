"""Drafts as they wait for the official, and as they stand for who typed them. Nobody else reads them."""

import datetime as dt
import uuid

from django.db.models import Exists, Q, QuerySet

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import NotVisible
from shibaiqian.access.models import VILLAGE, User
from shibaiqian.access.roles import Permission
from shibaiqian.base import clock
from shibaiqian.fieldwork.models import Draft
from shibaiqian.files import store
from shibaiqian.postings.models import Posting
from shibaiqian.postings.queries import running_postings

TOLD_BACK = dt.timedelta(days=60)


def drafts_waiting(actor: Actor, *, answered: bool = False) -> QuerySet[Draft]:
    """What others typed for this official and waits for an answer, the oldest first; with what was `answered` if asked."""
    rows: QuerySet[Draft] = Draft.objects.visible_to(actor)
    rows = rows if answered else rows.filter(state=Draft.State.WAITING)
    if not actor.may(Permission.TAKE_DRAFTS) or len(actor.scope.region) < VILLAGE:  # a village types for who serves in it
        return rows.none()
    known = User.objects.filter(pk__in=[actor.lender_id or actor.user_id], person__isnull=False)
    by_name = Q(~Exists(known), official=actor.standing_in_for or actor.name)
    own = rows.filter(Q(cadre__in=known.values("person")) | by_name)
    return own.select_related("household", "posting").order_by("typed_at", "id")


def drafts_typed(actor: Actor) -> QuerySet[Draft]:
    """What this account typed in the last 60 days and what became of it, the newest first."""
    rows: QuerySet[Draft] = Draft.objects.visible_to(actor).filter(typist=actor.user_id, typed_at__gt=clock.business_now() - TOLD_BACK)
    return rows.select_related("household", "posting").order_by("-typed_at", "-id")


def own_draft(actor: Actor, key: uuid.UUID) -> Draft:
    """The draft if it is the actor's to answer for or to take back; else it does not exist."""
    mine = drafts_typed(actor) if actor.may(Permission.WRITE_DRAFTS) else drafts_waiting(actor, answered=True)
    found: Draft | None = mine.filter(pk=key).first()
    if found is None:
        raise NotVisible("Draft")
    return found


def photo_of(draft: Draft, number: int) -> tuple[bytes, str]:
    """The content and kind of a draft's photo or voice memo; the first is 1."""
    if not 1 <= number <= len(draft.photos):
        raise NotVisible("Draft")
    photo = draft.photos[number - 1]
    try:
        return store.read(photo["stored"]), photo["kind"]
    except store.FileGone:
        raise NotVisible("Draft") from None


def officials_to_type_for(actor: Actor) -> QuerySet[Posting]:
    """The officials who serve in the village now, who came first before the others."""
    rows = running_postings(actor).filter(region=actor.scope.region, arrived_on__isnull=False)
    return rows.order_by("appointed_on", "id") if actor.may(Permission.WRITE_DRAFTS) else rows.none()
