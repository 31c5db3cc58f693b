"""What is done with a posting, in the order it happens: appointed, arrived, ended. And the programme itself."""

import datetime as dt

import polars as pl
from django.conf import settings
from django.db import connection

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused, command, current_event, note_in_event
from shibaiqian.access.roles import Permission
from shibaiqian.access.rows import Rows, RowsRefused, Written
from shibaiqian.base import clock
from shibaiqian.base.bulk import insert_frame
from shibaiqian.base.ids import new_ids
from shibaiqian.base.spreadsheets.findings import Findings
from shibaiqian.cadres.excel import with_identity
from shibaiqian.cadres.models import Cadre
from shibaiqian.cadres.queries import cadre_keys
from shibaiqian.cadres.sight import show_to_hosts
from shibaiqian.postings.excel import check_standing, prepare_postings
from shibaiqian.postings.models import Posting, Programme, Tier
from shibaiqian.postings.rules import END_REASONS, next_state
from shibaiqian.regions.checks import Checks
from shibaiqian.regions.models import Region

TYPES = {
    "id": "uuid", "number": "text", "cadre_id": "uuid", "cadre_name": "text", "tier_id": "uuid", "tier_code": "text", "host_level": "text",
    "region": "text", "home_region": "text", "unit_id": "uuid", "host_name": "text", "title": "text", "duties": "text",
    "document_number": "text", "appointed_on": "date", "arrived_on": "date", "planned_end": "date",
    "party_out_on": "date", "party_in_on": "date", "batch": "text", "state": "text",
}  # fmt: skip
DEFAULTS = {"acting_head": "", "statutory_procedure": "", "statutory_document": ""}
PROGRAMME = "ten_hundred_thousand"
# S6-S8 and domain.md 2.5, 4.2, 4.3: the tiers of Shangluo's programme. Ages are defaults of the platform.
TIERS: dict[str, dict[str, object]] = {
    "T10": {
        "label": "县级", "host_level": Region.Level.COUNTY, "titles": "县（区）委副书记|副县（区）长", "quota": 10, "source_levels": "city",
        "ranks": "R42", "max_age": 52, "decider_level": "city",
    },
    "T100": {
        "label": "镇级", "host_level": Region.Level.TOWN, "titles": "党委副书记|党工委副书记|副镇长|副主任", "quota": 100,
        "source_levels": "city|county", "ranks": "R51|R52", "reserve_ranks": "R51|R52", "young_age": 45, "decider_level": "home",
    },
    "T1000": {
        "label": "村级", "host_level": Region.Level.VILLAGE, "titles": "第一书记", "quota": 1280, "source_levels": "city|county|town",
        "must_be_party_member": True, "max_age": 55, "needs_rural_or_skill": True, "decider_level": "county",
    },
}  # fmt: skip


class EndRefused(Refused):
    """A posting does not end like this."""


def install_programme() -> int:
    """Install the programme with its tiers at the installation's city; how many rows were new. Run by the owner."""
    city = Region.objects.filter(pk=settings.ROOT_REGION).first()
    if city is None:
        return 0
    programme, is_new = Programme.objects.get_or_create(
        code=PROGRAMME,
        defaults={
            "name": "“十百千”工程", "region": city, "starts_on": dt.date(2014, 3, 1), "goal_on": dt.date(2019, 12, 31),
        },
    )  # fmt: skip
    count = int(is_new)
    for code, said in TIERS.items():
        _, is_new = Tier.objects.get_or_create(programme=programme, code=code, defaults=said)
        count += int(is_new)
    return count


@command(Permission.APPOINT)
def appoint_officials(region: Region, *, rows: Rows, by: Actor) -> Written:
    """Appoint cadres to posts in a region: 挂职即任职. Their employment stays where it is; the host now sees them.

    A cadre serves in one place at a time, a village has one First Secretary; of two clerks at the same moment one is
    refused.
    """
    _lock_cadres(rows, by=by)
    frame = prepare_postings(region, rows=rows, by=by).or_refuse().frame
    ready = frame.sort("host_code", "number").with_columns(  # sorted: two rosters at once wait and do not lock crosswise
        pl.Series("id", new_ids(frame.height), dtype=pl.String),
        pl.col("batch").fill_null(""),
        host_level=pl.col("tier").replace_strict(_host_levels(), default="village"),
        cadre_id="cadre",
        cadre_name="name",
        tier_code="tier",
        region="host_code",
        home_region="cadre_region",
        unit_id="cadre_unit",
        state=pl.when(pl.col("arrived_on").is_null()).then(pl.lit("pending_arrival")).otherwise(pl.lit("active")),
    )
    kept = insert_frame(
        "postings_posting", ready, TYPES,
        also={"event": current_event(), "end_reason": "", **DEFAULTS}, conflict=[], returning="id::text",
    )  # fmt: skip
    if len(kept) < ready.height:
        raise RowsRefused(_taken_meanwhile(ready.filter(~pl.col("id").is_in(kept)), sheet=rows.sheet, by=by))
    show_to_hosts(ready)
    note_in_event(tiers=dict(ready.group_by("tier_code").len().sort("tier_code").iter_rows()))
    return Written(count=ready.height, regions=[region.code])


def _lock_cadres(rows: Rows, *, by: Actor) -> None:
    """In the order of keys, before anything is checked: a term that overlaps is a rule under the cadre's row lock."""
    if not {"id_number", "name"} <= set(rows.frame.columns):
        return
    blinds = with_identity(rows.frame.select("name", "id_number"))["id_blind"].drop_nulls().unique().to_list()
    keys = cadre_keys(by, blinds)["cadre"].to_list()
    list(Cadre.objects.visible_to(by).filter(pk__in=keys).order_by("pk").select_for_update(no_key=True).values_list("pk"))


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


def _host_levels() -> dict[str, str]:
    return dict(Tier.objects.values_list("code", "host_level"))


@command(Permission.APPOINT)
def record_arrival(posting: Posting, *, on: dt.date, by: Actor) -> Posting:
    """The official has reported for duty (到岗)."""
    state = next_state(posting.state, "record_arrival")
    if on < posting.appointed_on:
        raise Refused(f"到任日期 {on} 早于任职日期 {posting.appointed_on}，请改正。")
    if on > clock.today():
        raise Refused(f"到任日期 {on} 晚于今天，请改正。")
    posting.arrived_on, posting.state = on, state
    posting.save(update_fields=["arrived_on", "state"])
    return posting


@command(Permission.APPOINT)
def end_posting(posting: Posting, *, on: dt.date, reason: str, by: Actor) -> Posting:
    """End a posting for one of `END_REASONS`; the host no longer sees the cadre. Decided where the unit lies."""
    if reason not in END_REASONS:
        raise EndRefused(f"没有“{reason}”这种结束原因，请从列表中选择：{'、'.join(END_REASONS.values())}。")
    state = next_state(posting.state, "recall" if reason == "recalled" else "end_posting")
    began = posting.arrived_on or posting.appointed_on
    if on < began:
        raise EndRefused(f"结束日期 {on} 早于到任日期 {began}，请改正。")
    if on > clock.today():
        raise EndRefused(f"结束日期 {on} 晚于今天，请改正。")
    if reason == "term_complete" and on < posting.planned_end:
        raise EndRefused(f"任期到 {posting.planned_end} 才届满，请选择实际的结束原因，或改正结束日期。")
    if not by.scope.holds_region(posting.home_region):
        raise EndRefused("该干部由上级或外县单位派出，请由派出单位所在地的组织部门办理结束手续。")
    posting.ended_on, posting.end_reason, posting.state = on, reason, state
    posting.save(update_fields=["ended_on", "end_reason", "state"])
    show_to_hosts(pl.DataFrame({"cadre_id": [str(posting.cadre_id)], "region": [""]}))
    return posting


def release_hosts(event: int) -> None:
    """After the postings of an event were voided: their cadres are no longer hosted. Part of undoing an import."""
    with connection.cursor() as cursor:
        cursor.execute("select cadre_id::text from postings_posting where event = %s", [event])
        cadres = [key for (key,) in cursor.fetchall()]
    show_to_hosts(pl.DataFrame({"cadre_id": cadres, "region": [""] * len(cadres)}, schema={"cadre_id": pl.String, "region": pl.String}))
