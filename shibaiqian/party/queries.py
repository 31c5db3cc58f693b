"""Reading overhauls: a list by place and state, what stands on a village's page, the ledger to export."""

import uuid

import polars as pl
from django.db.models import Q, QuerySet

from shibaiqian.access.actor import Actor
from shibaiqian.party.excel import COLUMNS
from shibaiqian.party.models import Overhaul
from shibaiqian.regions.models import Region

After = tuple[str, uuid.UUID]


def overhauls(actor: Actor, *, region: str, state: str = "", after: After | None = None) -> QuerySet[Overhaul]:
    """Overhauls of a place by village; `after` is the village and id of the last row of the page before."""
    rows = Overhaul.objects.visible_to(actor).filter(region__gte=region, region__lt=f"{region}:")
    rows = rows.filter(state=state) if state else rows
    if after is not None:
        rows = rows.filter(Q(region__gt=after[0]) | Q(region=after[0], id__gt=after[1]), region__gte=after[0])
    return rows.select_related("region").order_by("region_id", "id")


def overhauls_of_village(actor: Actor, region: Region) -> QuerySet[Overhaul]:
    """What is or was put in order in a village, latest first."""
    return Overhaul.objects.visible_to(actor).filter(region=region).order_by("-listed_on", "id")


def overhauls_roster(actor: Actor, *, region: str) -> pl.DataFrame:
    """Overhauls as their ledger's columns, by village."""
    given = [c for c in COLUMNS if c.name not in ("county", "town", "village")]
    rows = overhauls(actor, region=region).values_list(*("region_id" if c.name == "village_code" else c.name for c in given))
    frame = pl.DataFrame(list(rows), schema={c.name: c.dtype for c in given}, orient="row")
    codes = {code[:digits] for code in frame["village_code"].to_list() for digits in (6, 9, 12)}
    names = dict(Region.objects.filter(code__in=codes).values_list("code", "name"))
    places = [
        pl.col("village_code").str.head(digits).replace_strict(names, default=None, return_dtype=pl.String).alias(name)
        for name, digits in (("county", 6), ("town", 9), ("village", 12))
    ]
    return frame.with_columns(places).select(c.name for c in COLUMNS)
