"""Registering overhauls of party organisations, and their acceptance."""

import datetime as dt

import polars as pl

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused, command, current_event, note_in_event
from shibaiqian.access.roles import Permission
from shibaiqian.access.rows import Rows, Written
from shibaiqian.base import clock
from shibaiqian.base.bulk import insert_frame
from shibaiqian.base.ids import new_ids
from shibaiqian.indicators.actions import moving
from shibaiqian.party.excel import prepare_overhauls
from shibaiqian.party.models import Overhaul
from shibaiqian.party.rules import passed
from shibaiqian.policy.queries import parameter
from shibaiqian.regions.models import Region

TYPES = {
    "id": "uuid", "region": "text", "organisation_name": "text", "label": "text", "kinds": "text", "listed_on": "date",
    "finished_on": "date", "accepted_on": "date", "score": "smallint", "person_in_charge": "boolean", "rules_in_place": "boolean",
    "accountability": "boolean", "state": "text",
}  # fmt: skip


class NotInRectification(Refused):
    """Only an organisation under overhaul is accepted."""


class NotPassed(Refused):
    """The acceptance fails: the overhaul goes on with a new deadline."""


@command(Permission.KEEP_PARTY)
def register_overhauls(region: Region, *, rows: Rows, by: Actor) -> Written:
    """Register party organisations listed for overhaul, past ones with their acceptance (S37)."""
    frame = prepare_overhauls(region, rows=rows, by=by).or_refuse().frame
    frame = frame.with_columns(pl.Series("id", new_ids(frame.height), dtype=pl.String))
    with moving(["organisations_overhauled"], region=region.code, keys=frame["id"].to_list()):
        insert_frame("party_overhaul", frame, TYPES, also={"event": current_event()})
    note_in_event(written=frame.height)
    return Written(count=frame.height, regions=frame["region"].unique().sort().to_list())


@command(Permission.KEEP_PARTY)
def accept_overhaul(
    overhaul: Overhaul, *, on: dt.date, score: int, person_in_charge: bool, rules_in_place: bool, accountability: bool, by: Actor
) -> Overhaul:
    """Accept an overhaul: the score reaches the line and all three dimensions hold; the organisation is put in order."""
    if overhaul.state != Overhaul.State.IN_RECTIFICATION:
        raise NotInRectification(f"{overhaul.organisation_name}已经验收，不能再次验收。")
    if not overhaul.listed_on <= on <= clock.today():
        raise NotPassed(f"验收日期 {on} 应在列入日期 {overhaul.listed_on} 之后、今天之前，请核对。")
    line = int(parameter("rect_pass_score", region=overhaul.region_id, on=on))
    held = {"person_in_charge": person_in_charge, "rules_in_place": rules_in_place, "accountability": accountability}
    if not passed(score=score, pass_score=line, **held):
        raise NotPassed(f"验收须达到 {line} 分，并做到有人管事、有章理事、有责问事。未通过的继续整顿，限期再验。")
    with moving(["organisations_overhauled"], region=overhaul.region_id, keys=[overhaul.pk]):
        overhaul.state, overhaul.accepted_on, overhaul.score = Overhaul.State.TRANSFORMED, on, score
        overhaul.finished_on = overhaul.finished_on or on
        overhaul.person_in_charge, overhaul.rules_in_place, overhaul.accountability = held.values()
        overhaul.save()
    return overhaul
