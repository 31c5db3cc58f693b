"""Who serves where, read for those who may."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl
from django.db.models import OuterRef, Q, QuerySet, Subquery

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import NotVisible
from shibaiqian.access.own_case import person_of
from shibaiqian.cadres.models import Cadre
from shibaiqian.cadres.queries import cadres
from shibaiqian.postings.models import Posting
from shibaiqian.postings.rules import POSTING
from shibaiqian.regions.rules import bounds

KEYS = {
    "number": pl.String, "id": pl.String, "region": pl.String, "name": pl.String, "tier": pl.String,
    "appointed_on": pl.Date, "arrived_on": pl.Date, "planned_end": pl.Date, "ended_on": pl.Date, "unit": pl.String,
}  # fmt: skip


@dataclass(frozen=True)
class PostingFile:
    """A posting, the cadre (None where only the posting is seen), the cadre's other postings, what may be done."""

    posting: Posting
    cadre: Cadre | None
    others: Sequence[Posting]
    steps: frozenset[str]


def postings(actor: Actor, *, region: str = "") -> QuerySet[Posting]:
    """Postings in the order (host region, number, id): those hosted in the scope and those sent from it."""
    rows: QuerySet[Posting] = Posting.objects.visible_to(actor)
    if region:
        low, high = bounds(region)
        rows = rows.filter(region_id__gte=low, region_id__lt=high)
    return rows.select_related("region", "unit", "tier").order_by("region_id", "number", "id")


def running_postings(actor: Actor, *, region: str = "") -> QuerySet[Posting]:
    """Postings that have not ended, in the same order."""
    return postings(actor, region=region).filter(ended_on__isnull=True)


def own_among(actor: Actor, found: Sequence[Posting]) -> Posting | None:
    """The one of these postings that is the actor's own, if any."""
    person, name = person_of(actor) if found else None, actor.standing_in_for or actor.name
    return next((row for row in found if (row.cadre_id == person if person else row.cadre_name == name)), None)


def posting_file(actor: Actor, key: uuid.UUID) -> PostingFile:
    """One posting with what belongs to it (two queries); as if absent outside the actor's scope."""
    whose = Posting.objects.visible_to(actor).filter(pk=key).values("cadre")
    rows = list(postings(actor).filter(cadre__in=whose).order_by("-appointed_on", "id"))
    found = next((row for row in rows if row.pk == key), None)
    if found is None:
        raise NotVisible(Posting.__name__)
    return PostingFile(
        posting=found,
        cadre=cadres(actor).filter(pk=found.cadre_id).first(),
        others=[row for row in rows if row.pk != key],
        steps=frozenset(POSTING.open_steps(found.state)),
    )


def postings_of_village(actor: Actor, code: str) -> QuerySet[Posting]:
    """Everybody posted to a village, and the running postings to its town and county that cover it; village first."""
    above = Q(region__in=[code[:6], code[:9]], ended_on__isnull=True)
    return postings(actor).filter(Q(region=code) | above).order_by("-region_id", "-appointed_on", "id")


def posting_keys(region: str) -> pl.DataFrame:
    """Postings by their numbers, for matching rosters: those inside a region and those above that cover it. One query.

    Columns: number, id, region, name, tier, appointed_on, arrived_on, planned_end, ended_on, unit; keys as text. The
    wall decides what is found.
    """
    low, high = bounds(region)
    above = [region[:n] for n in (4, 6, 9) if n < len(region)]
    rows = Posting.objects.for_everyone(because="rosters name postings by number; the wall alone decides")
    rows = rows.filter(Q(region__gte=low, region__lt=high) | Q(region__in=above), voided_by__isnull=True)
    found = rows.values_list(
        "number",
        "pk",
        "region_id",
        "cadre_name",
        "tier_code",
        "appointed_on",
        "arrived_on",
        "planned_end",
        "ended_on",
        "unit_id",
    )
    return pl.DataFrame([(number, str(pk), *more, str(unit)) for number, pk, *more, unit in found], schema=KEYS, orient="row")


def posting_rows(actor: Actor, *, region: str) -> pl.DataFrame:
    """Postings of a region as the roster has them, with codes of choices and masked ID numbers. One query."""
    fields = {
        "number": "number", "cadre_name": "name", "id_last4": "id_number", "tier_code": "tier",
        "region_id": "host_code", "host_name": "host_name", "title": "title", "duties": "duties",
        "document_number": "document_number", "appointed_on": "appointed_on", "arrived_on": "arrived_on",
        "planned_end": "planned_end", "party_out_on": "party_out_on", "party_in_on": "party_in_on", "batch": "batch",
    }  # fmt: skip
    schema = {name: pl.Date if name.endswith("_on") or name == "planned_end" else pl.String for name in fields.values()}
    # Not a join: a cadre whose own row is out of sight would take the posting away with it.
    last4 = Subquery(Cadre.unscoped.filter(pk=OuterRef("cadre_id")).values("id_last4")[:1])
    rows = postings(actor, region=region).annotate(id_last4=last4).values_list(*fields)
    masked = pl.lit("*" * 14) + pl.col("id_number")
    return pl.DataFrame(list(rows), schema=schema, orient="row").with_columns(masked.alias("id_number"))
