"""Reading entities, benefit links and projects: lists by key, search by name or pinyin, what a household shares in, exports."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import polars as pl
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.http import Http404

from shibaiqian.access.actor import Actor
from shibaiqian.assistance.excel import ENTITY_COLUMNS, LINK_COLUMNS, PROJECT_COLUMNS
from shibaiqian.assistance.models import BenefitLink, IndustryEntity, Project
from shibaiqian.base.spreadsheets.columns import Column, ColumnKind
from shibaiqian.households.models import Household
from shibaiqian.postings.models import Posting
from shibaiqian.regions.models import Region

# The last code point: what begins with a text lies between the text and the text with this behind it.
LAST = "\U0010ffff"
After = tuple[str, uuid.UUID]
Rows = TypeVar("Rows", bound="QuerySet[Any]")
# Beside the row and not joined: a posting of the town, seen from a village, or an entity elsewhere would take the row with it.
POSTING_NUMBER = Subquery(Posting.unscoped.filter(pk=OuterRef("posting_id")).values("number")[:1])
ENTITY_NAME = Subquery(IndustryEntity.unscoped.filter(pk=OuterRef("entity_id")).values("name")[:1])
ENTITY_NUMBER = Subquery(IndustryEntity.unscoped.filter(pk=OuterRef("entity_id")).values("number")[:1])


def entities(actor: Actor, *, region: str, kind: str = "", after: After | None = None) -> QuerySet[IndustryEntity]:
    """Entities of a place by number; `after` is the number and id of the last row of the page before."""
    rows = _inside(IndustryEntity.objects.visible_to(actor), region)
    rows = rows.filter(kind=kind) if kind else rows
    return _paged(rows, after).select_related("region")


def entity(actor: Actor, key: uuid.UUID) -> IndustryEntity:
    """One entity; outside the scope it does not exist."""
    return _one(IndustryEntity.objects.visible_to(actor).select_related("region"), key)


def projects(actor: Actor, *, region: str, kind: str = "", state: str = "", after: After | None = None) -> QuerySet[Project]:
    """Projects of a place by number."""
    rows = _inside(Project.objects.visible_to(actor), region)
    rows = rows.filter(kind=kind) if kind else rows
    rows = rows.filter(state=state) if state else rows
    return _paged(rows, after).select_related("region")


def project(actor: Actor, key: uuid.UUID) -> Project:
    """One project; outside the scope it does not exist."""
    return _one(Project.objects.visible_to(actor).select_related("region"), key)


def links_of_entity(actor: Actor, entity: IndustryEntity, *, after: After | None = None) -> QuerySet[BenefitLink]:
    """The households that share in an entity, by household number."""
    rows = BenefitLink.objects.visible_to(actor).filter(entity=entity).annotate(number=F("household__number"))
    return _paged(rows, after).select_related("household", "region")


def links_of_household(actor: Actor, household: Household) -> QuerySet[BenefitLink]:
    """What a household shares in, latest first. `entity_name` is None where it lies outside the actor's scope."""
    rows = BenefitLink.objects.visible_to(actor).filter(household=household)
    return rows.annotate(entity_name=ENTITY_NAME).order_by("-since", "id")


def entities_of_posting(actor: Actor, posting: Posting) -> QuerySet[IndustryEntity]:
    return IndustryEntity.objects.visible_to(actor).filter(posting=posting).select_related("region").order_by("number", "id")


def projects_of_posting(actor: Actor, posting: Posting) -> QuerySet[Project]:
    return Project.objects.visible_to(actor).filter(posting=posting).select_related("region").order_by("number", "id")


def search_entities(actor: Actor, text: str, *, region: str, limit: int = 20) -> Sequence[IndustryEntity]:
    """Entities whose name or pinyin begins so."""
    return _search(IndustryEntity.objects.visible_to(actor), text, region=region, limit=limit)


def search_projects(actor: Actor, text: str, *, region: str, limit: int = 20) -> Sequence[Project]:
    """Projects whose name or pinyin begins so."""
    return _search(Project.objects.visible_to(actor), text, region=region, limit=limit)


def entities_roster(actor: Actor, *, region: str) -> pl.DataFrame:
    """Entities as their roster's columns, by number."""
    rows = _inside(IndustryEntity.objects.visible_to(actor), region).order_by("number")
    return roster_of(rows, ENTITY_COLUMNS, {"posting_number": POSTING_NUMBER, "scale": F("scale_hundredths")}).with_columns(
        pl.col("scale") / 100
    )


def projects_roster(actor: Actor, *, region: str) -> pl.DataFrame:
    """Projects as their roster's columns, by number."""
    rows = _inside(Project.objects.visible_to(actor), region).order_by("number")
    return roster_of(rows, PROJECT_COLUMNS, {"posting_number": POSTING_NUMBER})


def links_roster(actor: Actor, *, region: str) -> pl.DataFrame:
    """Benefit links as their roster's columns, by household and start."""
    rows = _inside(BenefitLink.objects.visible_to(actor), region).order_by("household__number", "since", "id")
    named = {"household_number": F("household__number"), "head_name": F("household__head_name"), "entity_number": ENTITY_NUMBER}
    return roster_of(rows, LINK_COLUMNS, named)


def _inside(rows: Rows, region: str) -> Rows:
    return rows.filter(region__gte=region, region__lt=f"{region}:")


def _paged(rows: Rows, after: After | None) -> Rows:
    if after is not None:
        rows = rows.filter(Q(number__gt=after[0]) | Q(number=after[0], id__gt=after[1]), number__gte=after[0])
    return rows.order_by("number", "id")


def _one(rows: "QuerySet[Any]", key: uuid.UUID) -> Any:
    found = rows.filter(pk=key).first()
    if found is None:
        raise Http404(rows.model.__name__)
    return found


def _search(rows: "QuerySet[Any]", text: str, *, region: str, limit: int) -> "Sequence[Any]":
    text = "".join(text.split()).lower()
    if not text:
        return []
    begins = Q(name__gte=text, name__lt=text + LAST) | Q(pinyin__gte=text, pinyin__lt=text + LAST)
    return list(_inside(rows, region).filter(begins).select_related("region").order_by("pinyin", "id")[:limit])


def roster_of(rows: "QuerySet[Any]", columns: Sequence[Column], said: Mapping[str, Any]) -> pl.DataFrame:
    """Rows as a roster's frame; `said` gives columns that are not the model's own. Names of places are those of the code."""
    given = [column for column in columns if column.name not in ("county", "town", "village")]
    paths = {column.name: f"said_{column.name}" if column.name in said else column.name for column in given} | {"village_code": "region_id"}
    found = rows.annotate(**{f"said_{name}": value for name, value in said.items()}).values_list(*(paths[c.name] for c in given))
    schema = {c.name: pl.Int64 if c.kind is ColumnKind.DECIMAL else c.dtype for c in given}
    frame = pl.DataFrame(list(found), schema=schema, orient="row")
    if len(given) < len(columns):
        names = dict(Region.objects.filter(code__in=_above(frame)).values_list("code", "name"))
        frame = frame.with_columns(
            pl.col("village_code").str.head(digits).replace_strict(names, default=None, return_dtype=pl.String).alias(name)
            for name, digits in (("county", 6), ("town", 9), ("village", 12))
        )
    return frame.select(c.name for c in columns)


def _above(frame: pl.DataFrame) -> set[str]:
    villages = frame["village_code"].unique().to_list()
    return {code[:digits] for code in villages for digits in (6, 9, 12)}
