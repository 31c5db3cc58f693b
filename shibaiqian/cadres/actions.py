"""Registering cadres, recording promotions, revealing an ID number."""

import polars as pl

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import command, current_event, note_in_event
from shibaiqian.access.reasons import must_give_reason
from shibaiqian.access.roles import Permission
from shibaiqian.access.rows import Rows, RowsRefused, Written
from shibaiqian.base import crypto, pinyin
from shibaiqian.base.bulk import insert_frame
from shibaiqian.base.ids import new_ids
from shibaiqian.base.spreadsheets.findings import Findings
from shibaiqian.cadres.excel import TAKEN, TAKEN_MEND, prepare_cadres, prepare_promotions
from shibaiqian.cadres.models import Cadre, CadreIdentity
from shibaiqian.regions.checks import Checks
from shibaiqian.regions.models import Region

TEXTS = (
    "name", "pinyin", "initials", "sex", "id_last4", "ethnicity", "native_place", "birthplace", "political_status",
    "party_join_month", "work_start_month", "health", "personnel_type", "management_level", "post_rank",
    "edu_full_time", "edu_full_time_school", "edu_in_service", "technical_title", "specialty", "skills", "post", "region",
)  # fmt: skip
CADRE_TYPES = {
    "id": "uuid", **dict.fromkeys(TEXTS, "text"), "birth_date": "date", "rank_since": "date", "is_reserve": "boolean",
    "rural_experience_tenths": "integer", "unit_id": "uuid",
}  # fmt: skip
IDENTITY_TYPES = {
    "cadre_id": "uuid", "region": "text", "unit_id": "uuid", "id_sealed": "bytea", "id_blind": "bytea",
    "phone_sealed": "bytea",
}  # fmt: skip
PROMOTION_TYPES = {
    "id": "uuid", "cadre_id": "uuid", "kind": "text", "old_post": "text", "new_post": "text", "unit_id": "uuid",
    "region": "text", "origin_region": "text", '"on"': "date", "document_number": "text",
}  # fmt: skip


@command(Permission.REGISTER_CADRES)
def register_cadres(region: Region, *, rows: Rows, by: Actor) -> Written:
    """Register cadres of a region's units. A person is registered once in the whole programme, by ID number.

    Numbers and telephones are sealed. A number that is registered anywhere refuses the set, without saying where.
    """
    frame = prepare_cadres(region, rows=rows, by=by).or_refuse().frame
    ids = new_ids(frame.height)
    frame = frame.with_columns(
        pl.Series("id", ids, dtype=pl.String),
        pl.Series("pinyin", [pinyin.full(name) for name in frame["name"]], dtype=pl.String),
        pl.Series("initials", [pinyin.initials(name) for name in frame["name"]], dtype=pl.String),
        pl.Series("id_sealed", crypto.seal_all(frame["id_number"].to_list(), rows=ids), dtype=pl.Binary),
        pl.Series("phone_sealed", crypto.seal_all(frame["phone"].to_list(), rows=ids), dtype=pl.Binary),
        pl.col("is_reserve").fill_null(value=False),
    ).with_columns(pl.col(TEXTS).fill_null(""), cadre_id="id")
    also = {"event": current_event(), "host_region": "", "candidate_region": ""}
    insert_frame("cadres_cadre", frame, CADRE_TYPES, also={**also, "phone_last4": "", "none_of": ""})
    kept = insert_frame(
        "cadres_cadreidentity", frame.sort("id_blind"), IDENTITY_TYPES, also=also,
        conflict=["(id_blind) where voided_by is null"], returning="cadre_id::text",
    )  # fmt: skip
    if len(kept) < frame.height:
        raise RowsRefused(_already_registered(frame.filter(~pl.col("id").is_in(kept)), sheet=rows.sheet))
    return Written(count=frame.height, regions=[region.code])


def _already_registered(frame: pl.DataFrame, *, sheet: str) -> Findings:
    """Refusals for persons registered where the actor does not see: that they exist is said, the place is not."""
    findings = Findings()
    Checks(findings, sheet).refuse(
        frame, pl.lit(value=True), column="身份证号", code="id_taken",
        message=TAKEN, mend=TAKEN_MEND, value=pl.col("id_number"),
    )  # fmt: skip
    return findings


@command(Permission.RECORD_PROMOTIONS)
def record_promotions(region: Region, *, rows: Rows, by: Actor) -> Written:
    """Record promotions to posts of a region's units; a person has one a day. The register's post is not touched."""
    frame = prepare_promotions(region, rows=rows, by=by).or_refuse().frame
    frame = frame.with_columns(pl.Series("id", new_ids(frame.height), dtype=pl.String), pl.col("on").alias('"on"'), cadre_id="cadre")
    kept = insert_frame(
        "cadres_promotion", frame, PROMOTION_TYPES, also={"event": current_event()},
        conflict=['(cadre_id, "on") where voided_by is null'], returning="id::text",
    )  # fmt: skip
    if len(kept) < frame.height:
        findings = Findings()
        Checks(findings, rows.sheet).refuse(
            frame, ~pl.col("id").is_in(kept), column="任职日期", code="promotion_taken",
            message=pl.format("{} 在 {} 的任职已经登记过。", "name", "on"), mend="请删去这一行，或改正日期。",
        )  # fmt: skip
        raise RowsRefused(findings)
    return Written(count=frame.height, regions=[region.code])


@command(Permission.VIEW_CADRE_IDENTITY)
def reveal_id_number(cadre: Cadre, *, reason: str, by: Actor) -> str:
    """The full ID number of a cadre, for a reason that is recorded. Never shown without this act."""
    must_give_reason(reason, to="查看完整身份证号")
    identity = CadreIdentity.objects.visible_to(by).get(cadre=cadre)
    note_in_event(revealed="id_number", last4=cadre.id_last4)
    return crypto.unseal(bytes(identity.id_sealed), row=str(cadre.pk))
