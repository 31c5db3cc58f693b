"""Postings begin: the one way in for the roster of postings and for appointments that selection decided.

Part of a command. The rules that hold whoever appoints stand here: a term of 12 to 36 months, a first secretary who is a full
party member, one running posting a cadre, one first secretary a village.
"""

import polars as pl
from django.db import connection

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import current_event
from shibaiqian.access.rows import RowsRefused
from shibaiqian.base.bulk import insert_frame
from shibaiqian.base.ids import new_ids
from shibaiqian.base.spreadsheets.findings import Findings
from shibaiqian.cadres.models import Cadre
from shibaiqian.cadres.sight import show_to_hosts
from shibaiqian.postings.excel import check_members, check_standing, check_terms
from shibaiqian.postings.models import Tier
from shibaiqian.regions.checks import Checks
from shibaiqian.regions.models import Region

# What a frame of postings says of each; the keys are those of cadre, tier, unit and place.
TYPES = {
    "number": "text", "cadre_id": "uuid", "cadre_name": "text", "tier_id": "uuid", "tier_code": "text",
    "region": "text", "home_region": "text", "unit_id": "uuid", "host_name": "text", "title": "text", "duties": "text",
    "document_number": "text", "appointed_on": "date", "planned_end": "date",
}  # fmt: skip
# What may be left out, and what stands then.
MORE: dict[str, tuple[str, pl.DataType, str | None]] = {
    "batch": ("text", pl.String(), ""),
    "arrived_on": ("date", pl.Date(), None),
    "party_out_on": ("date", pl.Date(), None),
    "party_in_on": ("date", pl.Date(), None),
    "detached_on": ("date", pl.Date(), None),
    "acting_head": ("text", pl.String(), ""),
    "statutory_procedure": ("text", pl.String(), ""),
    "statutory_on": ("date", pl.Date(), None),
    "statutory_document": ("text", pl.String(), ""),
    "predecessor_id": ("uuid", pl.String(), None),
}
ADDED = {"id": "uuid", "host_level": "text", "state": "text"}


def begin_postings(region: Region, frame: pl.DataFrame, *, sheet: str = "", by: Actor) -> pl.DataFrame:
    """Begin the postings of a frame: columns `TYPES`, `row` for messages, and what is known of `MORE`. All or none.

    The cadres must be in the actor's sight (the own ones, or candidates of a nomination) and are locked in the order of their
    keys. The host sees them from now on. Returns the frame with the `id` of each posting. Raises RowsRefused.
    """
    ready = _complete(frame)
    _lock_cadres(ready)
    findings = Findings()
    checks = Checks(findings, sheet)
    check_terms(checks, ready, region)
    check_members(checks, _with_members(ready))
    check_standing(checks, ready, by=by)
    if findings.has_refusals:
        raise RowsRefused(findings)
    ready = ready.sort("region", "number")  # two sets at once wait and do not lock crosswise
    types = ADDED | TYPES | {name: kind for name, (kind, _, _) in MORE.items()}
    also = {"event": current_event(), "end_reason": "", "is_settled": False}
    kept = insert_frame("postings_posting", ready, types, also=also, conflict=[], returning="id::text")
    if len(kept) < ready.height:
        raise RowsRefused(_taken_meanwhile(ready.filter(~pl.col("id").is_in(kept)), sheet=sheet, by=by))
    show_to_hosts(ready)
    return ready


def _complete(frame: pl.DataFrame) -> pl.DataFrame:
    """Every column, with the key of each row and the state its arrival says."""
    if "row" not in frame.columns:
        frame = frame.with_row_index("row", offset=1)
    frame = frame.with_columns(
        pl.coalesce(pl.col(name).cast(kind) if name in frame.columns else pl.lit(None, kind), pl.lit(default, kind)).alias(name)
        for name, (_, kind, default) in MORE.items()
    )
    levels = dict(Tier.objects.values_list("pk", "host_level"))
    return frame.with_columns(
        pl.Series("id", new_ids(frame.height), dtype=pl.String),
        host_level=pl.col("tier_id").replace_strict({str(key): level for key, level in levels.items()}, default="village"),
        state=pl.when(pl.col("arrived_on").is_null()).then(pl.lit("pending_arrival")).otherwise(pl.lit("active")),
    )


def _lock_cadres(frame: pl.DataFrame) -> None:
    keys = frame["cadre_id"].drop_nulls().unique().to_list()
    with connection.cursor() as cursor:  # the wall decides who is found; who may be appointed is the caller's rule
        cursor.execute("select id from cadres_cadre where id = any(%s::uuid[]) order by id for no key update", [keys])


def _with_members(frame: pl.DataFrame) -> pl.DataFrame:
    """With the cadre's political status and whether the tier asks for a full party member. Two queries."""
    rows = Cadre.objects.for_everyone(because="the cadres of a decided appointment; the wall decides")
    status = dict(rows.filter(pk__in=frame["cadre_id"].unique().to_list()).values_list("pk", "political_status"))
    asked = dict(Tier.objects.filter(pk__in=frame["tier_id"].unique().to_list()).values_list("pk", "must_be_party_member"))
    return frame.with_columns(
        political_status=pl.col("cadre_id").replace_strict({str(k): v for k, v in status.items()}, default="", return_dtype=pl.String),
        must_be_party_member=pl.col("tier_id").replace_strict(
            {str(k): v for k, v in asked.items()}, default=False, return_dtype=pl.Boolean
        ),
    )


def _taken_meanwhile(frame: pl.DataFrame, *, sheet: str, by: Actor) -> Findings:
    """Why rows were not inserted: somebody else was faster, or a number is in use where the actor does not see."""
    findings = Findings()
    checks = Checks(findings, sheet)
    check_standing(checks, frame, by=by)
    if not findings.has_refusals:
        checks.refuse(
            frame, pl.lit(value=True), column="任职编号", code="number_taken",
            message=pl.format("任职编号“{}”已在别处使用。", "number"), mend="请换一个编号。", value=pl.col("number"),
        )  # fmt: skip
    return findings
