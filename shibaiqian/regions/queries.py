"""Places: looked up by code or by the names offices write."""

from collections.abc import Sequence
from functools import lru_cache

import polars as pl
from django.db.models import Q, QuerySet

from shibaiqian.access.actor import Actor
from shibaiqian.access.roles import Permission
from shibaiqian.regions.models import Region, VillageProfile
from shibaiqian.regions.rules import bounds


def regions_below(actor: Actor, code: str) -> QuerySet[Region]:
    """The places directly under one, in order of code, if the actor's scope holds it or lies in it."""
    actor.must(Permission.VIEW_REGIONS)
    low, high = bounds(code)
    return Region.objects.filter(parent_id=code, code__gte=low, code__lt=high, valid_to__isnull=True).order_by("code")


def region(code: str) -> Region | None:
    """A place by its code; an old code leads to its successor. Reference data: for everyone."""
    found = Region.objects.select_related("successor").filter(pk=code).first()
    return found.successor if found and found.successor_id else found


def path_of(code: str) -> QuerySet[Region]:
    """City, county, town, village above and including a code, from the top."""
    return Region.objects.filter(code__in=[code[:n] for n in (4, 6, 9, 12) if n <= len(code)]).order_by("code")


def profiles(actor: Actor) -> QuerySet[VillageProfile]:
    return VillageProfile.objects.visible_to(actor).select_related("region").order_by("region_id", "id")


def villages_frame(scope: str) -> pl.DataFrame:
    """Villages of a scope for matching rosters: code, name, full name."""
    low, high = bounds(scope)
    rows = Region.objects.filter(Q(level=Region.Level.VILLAGE), code__gte=low, code__lt=high, valid_to__isnull=True)
    return pl.DataFrame(
        [(code, name, full) for code, name, full in rows.values_list("code", "name", "full_name")],
        schema={"code": pl.String, "name": pl.String, "full_name": pl.String},
        orient="row",
    )


@lru_cache(maxsize=4096)
def name_of(code: str) -> str:
    """The short name of a place, kept in memory: names change with a new installation of the gazetteer."""
    return Region.objects.filter(pk=code).values_list("name", flat=True).first() or code


def region_names(codes: Sequence[str]) -> dict[str, str]:
    """The short names of these codes, for matching rosters; unknown codes are left out. One query."""
    return dict(Region.objects.filter(pk__in=codes).values_list("code", "name"))


def search_regions(text: str, *, scope: str, limit: int = 20) -> Sequence[Region]:
    """Places by the beginning of name, pinyin or initials; suffixes such as 村 and 镇 need not be typed."""
    text = text.strip().lower()
    if not text:
        return []
    low, high = bounds(scope)
    begins = Q()
    for field in ("name", "pinyin", "initials"):
        begins |= Q(**{f"{field}__gte": text, f"{field}__lt": text + "\U0010ffff"})
    rows = Region.objects.filter(begins, code__gte=low, code__lt=high, valid_to__isnull=True).order_by("code")
    return list(rows[:limit])
