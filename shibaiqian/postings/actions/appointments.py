"""Cadres are appointed to posts by a roster."""

import polars as pl
from django.db import connection

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import command, note_in_event
from shibaiqian.access.roles import Permission
from shibaiqian.access.rows import Rows, Written
from shibaiqian.cadres.sight import show_to_hosts
from shibaiqian.postings.appointing import begin_postings
from shibaiqian.postings.excel import prepare_postings
from shibaiqian.regions.models import Region


@command(Permission.APPOINT)
def appoint_officials(region: Region, *, rows: Rows, by: Actor) -> Written:
    """Appoint cadres to posts in a region: 挂职即任职. Their employment stays where it is; the host now sees them.

    A cadre serves in one place at a time, a village has one First Secretary; of two clerks at the same moment one is
    refused.
    """
    frame = prepare_postings(region, rows=rows, by=by).or_refuse().frame
    ready = frame.with_columns(home_region="cadre_region", unit_id="cadre_unit")
    begun = begin_postings(region, ready, sheet=rows.sheet, by=by)
    note_in_event(tiers=dict(begun.group_by("tier_code").len().sort("tier_code").iter_rows()))
    return Written(count=begun.height, regions=[region.code])


def release_hosts(event: int) -> None:
    """After the postings of an event were voided: their cadres are no longer hosted. Part of undoing an import."""
    with connection.cursor() as cursor:
        cursor.execute("select cadre_id::text from postings_posting where event = %s", [event])
        cadres = [key for (key,) in cursor.fetchall()]
    show_to_hosts(pl.DataFrame({"cadre_id": cadres, "region": [""] * len(cadres)}, schema={"cadre_id": pl.String, "region": pl.String}))
