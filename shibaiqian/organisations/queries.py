"""Units, their names over time, and the villages they are bound to."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl
from django.db.models import Q, QuerySet

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import NotVisible
from shibaiqian.access.roles import Permission
from shibaiqian.organisations.models import Organisation, OrganisationName, VillagePartner
from shibaiqian.regions.rules import bounds


@dataclass(frozen=True)
class OrganisationFile:
    """What is known of a unit; its cadres and postings are asked of their own contexts."""

    organisation: Organisation
    names: Sequence[OrganisationName]
    below: Sequence[Organisation]
    villages: Sequence[VillagePartner]


def organisations(actor: Actor, *, region: str = "") -> QuerySet[Organisation]:
    """Units in the order (region, code, id), optionally of one region. Everyone who may look sees all."""
    actor.must(Permission.VIEW_ORGANISATIONS)
    rows = Organisation.objects.filter(voided_by__isnull=True)
    if region:
        low, high = bounds(region)
        rows = rows.filter(region_id__gte=low, region_id__lt=high)
    return rows.select_related("region").order_by("region_id", "code", "id")


def search_organisations(actor: Actor, text: str, *, limit: int = 20) -> Sequence[Organisation]:
    """Units by the beginning of name, short name's pinyin, pinyin or initials."""
    text = "".join(text.split()).lower()
    if not text:
        return []
    begins = Q()
    for field in ("name", "pinyin", "initials"):
        begins |= Q(**{f"{field}__gte": text, f"{field}__lt": text + "\U0010ffff"})
    return list(organisations(actor).filter(begins)[:limit])


def organisation_file(actor: Actor, key: uuid.UUID) -> OrganisationFile:
    """A unit with its parents, names over time, units below and villages it is bound to. Four queries."""
    found = organisations(actor).select_related("region", "admin_parent", "party_parent").filter(pk=key).first()
    if found is None:
        raise NotVisible(Organisation.__name__)
    return OrganisationFile(
        organisation=found,
        names=list(found.names.order_by("valid_from", "id")),
        below=list(organisations(actor).filter(Q(admin_parent=found) | Q(party_parent=found))),
        villages=list(partners(actor).filter(unit=found)),
    )


def name_on(organisation: Organisation, *, on: dt.date) -> str:
    """What the unit was called on a day; before its first registered name, that first name."""
    names = list(organisation.names.order_by("valid_from", "id"))
    held = [name for name in names if name.valid_from <= on]
    return held[-1].name if held else names[0].name if names else organisation.name


def partners(actor: Actor) -> QuerySet[VillagePartner]:
    """Units bound to villages, running and past, by village and date."""
    rows: QuerySet[VillagePartner] = VillagePartner.objects.visible_to(actor)
    return rows.select_related("region", "unit").order_by("region_id", "since", "id")


def unit_keys(codes: Sequence[str] | None = None) -> pl.DataFrame:
    """Code, id (text), name, region, level of units, for matching rosters; all of them without `codes`. One query."""
    rows = Organisation.objects.filter(voided_by__isnull=True)
    if codes is not None:
        rows = rows.filter(code__in=codes)
    return pl.DataFrame(
        [(code, str(pk), name, region, level) for code, pk, name, region, level in rows.values_list(
            "code", "pk", "name", "region_id", "level"
        )],
        schema={"code": pl.String, "id": pl.String, "name": pl.String, "region": pl.String, "level": pl.String},
        orient="row",
    )  # fmt: skip


def organisation_rows(actor: Actor, *, region: str) -> pl.DataFrame:
    """Units of a region as the roster has them: its column names, codes of choices. One query."""
    fields = (
        "code", "name", "short_name", "kind", "level", "region_id", "admin_parent__code", "party_parent__code",
        "department_class", "head_name",
    )  # fmt: skip
    names = (
        "code", "name", "short_name", "kind", "level", "region_code", "admin_parent_code", "party_parent_code",
        "department_class", "head_name",
    )  # fmt: skip
    rows = organisations(actor, region=region).values_list(*fields)
    frame = pl.DataFrame(list(rows), schema=dict.fromkeys(names, pl.String), orient="row")
    return frame.with_columns(pl.all().replace("", None))  # an empty text is an empty cell
