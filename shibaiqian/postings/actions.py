"""What is done with a posting, in the order it happens: appointed, arrived, ended. And the programme itself."""

import datetime as dt

import polars as pl
from django.conf import settings
from django.db import connection

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused, command, note_in_event
from shibaiqian.access.roles import Permission
from shibaiqian.access.rows import Rows, Written
from shibaiqian.base import clock
from shibaiqian.cadres.sight import show_to_hosts
from shibaiqian.postings.appointing import begin_postings
from shibaiqian.postings.excel import prepare_postings
from shibaiqian.postings.models import Posting, Programme, Tier
from shibaiqian.postings.rules import END_REASONS, next_state
from shibaiqian.regions.models import Region

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
    frame = prepare_postings(region, rows=rows, by=by).or_refuse().frame
    ready = frame.with_columns(home_region="cadre_region", unit_id="cadre_unit")
    begun = begin_postings(region, ready, sheet=rows.sheet, by=by)
    note_in_event(tiers=dict(begun.group_by("tier_code").len().sort("tier_code").iter_rows()))
    return Written(count=begun.height, regions=[region.code])


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
