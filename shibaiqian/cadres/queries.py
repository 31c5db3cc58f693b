"""The register of cadres, read for those who may."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl
from django.db.models import Q, QuerySet

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import NotVisible
from shibaiqian.cadres.models import Award, Cadre, CadreIdentity, FamilyMember, PastAppraisal, Promotion, ResumeItem
from shibaiqian.cadres.rules import masked
from shibaiqian.regions.rules import bounds

KEYS = {
    "blind": pl.Binary, "cadre": pl.String, "name": pl.String, "region": pl.String, "unit": pl.String,
    "host_region": pl.String, "political_status": pl.String, "post_rank": pl.String, "is_reserve": pl.Boolean,
}  # fmt: skip
ROSTER = (
    "name", "sex", "id_last4", "ethnicity", "native_place", "birthplace", "political_status", "party_join_month",
    "work_start_month", "health", "personnel_type", "management_level", "post_rank", "rank_since", "is_reserve",
    "edu_full_time", "edu_full_time_school", "edu_in_service", "technical_title", "specialty",
    "skills", "rural_experience_tenths", "unit__code", "post",
)  # fmt: skip


@dataclass(frozen=True)
class CadreFile:
    """What the register knows of a cadre; postings are asked of their own context."""

    cadre: Cadre
    resume: Sequence[ResumeItem]
    promotions: Sequence[Promotion]
    family: Sequence[FamilyMember] = ()
    awards: Sequence[Award] = ()
    grades: Sequence[PastAppraisal] = ()


def cadres(actor: Actor, *, region: str = "") -> QuerySet[Cadre]:
    """Cadres in the order (region, pinyin, id), optionally those of one region's units."""
    rows: QuerySet[Cadre] = Cadre.objects.visible_to(actor)
    if region:
        low, high = bounds(region)
        rows = rows.filter(region_id__gte=low, region_id__lt=high)
    return rows.select_related("unit").order_by("region_id", "pinyin", "id")


def search_cadres(actor: Actor, text: str, *, limit: int = 20) -> Sequence[Cadre]:
    """Cadres by the beginning of their name, its pinyin or its initials."""
    text = "".join(text.split()).lower()
    if not text:
        return []
    begins = Q()
    for field in ("name", "pinyin", "initials"):
        begins |= Q(**{f"{field}__gte": text, f"{field}__lt": text + "\U0010ffff"})
    rows: QuerySet[Cadre] = Cadre.objects.visible_to(actor).filter(begins)
    return list(rows.select_related("unit").order_by("pinyin", "id")[:limit])


def cadre_file(actor: Actor, key: uuid.UUID) -> CadreFile:
    """A cadre with resume, promotions, family, awards and grades (six queries), each where the role may see it; as if absent outside the actor's scope."""
    found = Cadre.objects.visible_to(actor).select_related("unit", "region").filter(pk=key).first()
    if found is None:
        raise NotVisible(Cadre.__name__)
    return CadreFile(
        cadre=found,
        resume=list(ResumeItem.objects.visible_to(actor).filter(cadre=found).order_by("start_month", "id")),
        promotions=list(promotions(actor).filter(cadre=found)),
        family=list(FamilyMember.objects.visible_to(actor).filter(cadre=found).order_by("seq", "id")),
        awards=list(Award.objects.visible_to(actor).filter(cadre=found).order_by("on", "id")),
        grades=list(PastAppraisal.objects.visible_to(actor).filter(cadre=found).order_by("-year")[:5]),
    )


def promotions(actor: Actor) -> QuerySet[Promotion]:
    """Promotions, latest first within a region."""
    rows: QuerySet[Promotion] = Promotion.objects.visible_to(actor)
    return rows.select_related("cadre", "unit").order_by("region_id", "-on", "id")


def cadre_keys(actor: Actor, blinds: Sequence[bytes]) -> pl.DataFrame:
    """The cadres with these blind indexes (`crypto.blind` of the ID number) that the actor may identify. One query.

    Columns: blind, cadre, name, region, unit, host_region, political_status, post_rank, is_reserve; keys as text.
    """
    rows = CadreIdentity.objects.visible_to(actor).filter(id_blind__in=blinds, voided_by__isnull=True)
    fields = ("name", "region_id", "unit_id", "host_region", "political_status", "post_rank", "is_reserve")
    found = rows.values_list("id_blind", "cadre_id", *[f"cadre__{field}" for field in fields])
    return pl.DataFrame(
        [(bytes(b), str(c), name, region, str(unit), *more) for b, c, name, region, unit, *more in found],
        schema=KEYS,
        orient="row",
    )


def cadre_rows(actor: Actor, *, region: str) -> pl.DataFrame:
    """Cadres of a region's units as the roster has them, with codes of choices and masked ID numbers. One query."""
    rows = cadres(actor, region=region).values_list(*ROSTER)
    names = {"id_last4": "id_number", "rural_experience_tenths": "rural_years", "unit__code": "unit_code"}
    names |= {"party_join_month": "party_join", "work_start_month": "work_start"}
    types = {"rank_since": pl.Date, "is_reserve": pl.Boolean, "rural_experience_tenths": pl.Int64}
    frame = pl.DataFrame(list(rows), schema={field: types.get(field, pl.String) for field in ROSTER}, orient="row")
    return frame.with_columns(
        pl.col("party_join_month", "work_start_month").str.to_date("%Y%m", strict=False),
        pl.Series("id_last4", [masked(last4) for last4 in frame["id_last4"]], dtype=pl.String),
        pl.col("rural_experience_tenths") / 10,
        phone=pl.lit(None, pl.String),
    ).rename(names)
