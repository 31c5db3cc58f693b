"""Rows as lists and files show them.

What may lie outside the actor's scope is asked as a subquery and never joined: the row itself stays visible.
"""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import (
    Exists,
    Max,
    OuterRef,
    QuerySet,
    Subquery,
    TextField,
)
from django.http import Http404

from shibaiqian.access.actor import Actor
from shibaiqian.assistance.models import BenefitLink, IndustryEntity, Project
from shibaiqian.cadres.models import Cadre, Promotion
from shibaiqian.fieldwork.models import PracticalService, Visit, WorkLog, WorkLogItem
from shibaiqian.households.models import (
    Household,
)
from shibaiqian.indicators.queries import figures_on_page
from shibaiqian.postings.models import Pairing, Posting


def one(rows: "QuerySet[Any]", key: uuid.UUID) -> Any:
    """The row, or the same answer as for what does not exist."""
    found = rows.filter(pk=key).first()
    if found is None:
        raise Http404(rows.model.__name__)
    return found


def projects(actor: Actor) -> "QuerySet[Any]":
    return Project.objects.visible_to(actor)


def industries(actor: Actor) -> "QuerySet[Any]":
    return IndustryEntity.objects.visible_to(actor)


def services(actor: Actor) -> "QuerySet[Any]":
    return PracticalService.objects.visible_to(actor)


def with_posting_seen(rows: "QuerySet[Any]", actor: Actor) -> "QuerySet[Any]":
    """Whether the posting behind a row may be opened: a village does not see the posting of its town."""
    return rows.annotate(posting_seen=Exists(Posting.objects.visible_to(actor).filter(pk=OuterRef("posting"))))


def promotions(actor: Actor) -> "QuerySet[Any]":
    """Promotions with the cadre's name, null where the cadre's own row is elsewhere."""
    name = Cadre.objects.visible_to(actor).filter(pk=OuterRef("cadre")).values("name")[:1]
    return Promotion.objects.visible_to(actor).select_related("unit").annotate(cadre_name=Subquery(name, output_field=TextField()))


def households(actor: Actor) -> "QuerySet[Any]":
    """Households with their helper."""
    helper = Pairing.objects.visible_to(actor).filter(household=OuterRef("pk"), until__isnull=True).order_by("since", "id")
    return Household.objects.visible_to(actor).annotate(helper=Subquery(helper.values("helper_name")[:1], output_field=TextField()))


def households_of_official(actor: Actor, region: str) -> Sequence[Any]:
    """Households of a village for those who go there: members, state, cause, the last visit. One query."""
    visited = (
        Visit.objects.visible_to(actor).filter(household=OuterRef("pk")).order_by().values("household").annotate(at=Max("on")).values("at")
    )
    rows = households(actor).filter(region_id__gte=region, region_id__lt=f"{region}:").annotate(visited_on=Subquery(visited))
    return list(rows.order_by("region_id", "number", "id")[:400])


def links_of_entity(actor: Actor, entity: IndustryEntity) -> Sequence[Any]:
    """Households that share in an entity."""
    return list(
        BenefitLink.objects.visible_to(actor).filter(entity=entity).select_related("household").order_by("household__number", "id")[:200]
    )


def last_made(actor: Actor, log_id: uuid.UUID) -> tuple[WorkLog, list[WorkLogItem], list[Visit], list[PracticalService]]:
    """A log, and what its last writing made: the items of one event with their visits and practical services. Four queries."""
    log = one(WorkLog.objects.visible_to(actor).select_related("region"), log_id)
    items = list(WorkLogItem.objects.visible_to(actor).filter(log=log).select_related("household").order_by("event", "id"))
    items = [item for item in items if item.event == items[-1].event]
    made = {"log_item__in": [item.pk for item in items]}
    visits = list(Visit.objects.visible_to(actor).filter(**made).select_related("household").order_by("id"))
    return log, items, visits, list(services(actor).filter(**made).order_by("id"))


def reached(codes: Iterable[str], figure: str) -> list[tuple[str, int]]:
    """One figure of each of these places, as of today."""
    return [(code, figures_on_page(code)[figure]) for code in codes]
