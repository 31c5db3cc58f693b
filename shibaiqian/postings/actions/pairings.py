"""Pairings pass to other helpers in bulk: at retirement, at transfer, when a unit changes."""

import datetime as dt

import polars as pl
from django.db import connection

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import NotVisible, Refused, command, current_event
from shibaiqian.access.roles import Permission
from shibaiqian.access.rows import Rows, Written
from shibaiqian.base.bulk import insert_frame, staged
from shibaiqian.base.ids import new_ids
from shibaiqian.postings.excel.pairings import prepare_handovers
from shibaiqian.postings.models import Helper, Pairing
from shibaiqian.postings.pairings import tell_accounts, with_helpers
from shibaiqian.regions.models import Region

TYPES = {
    "id": "uuid", "household_id": "uuid", "helper_id": "uuid", "helper_name": "text", "helper_unit": "text", "helper_post": "text",
    "region": "text", "since": "date",
}  # fmt: skip


class HandedOverMeanwhile(Refused):
    """Somebody else passed some of these pairings on at the same moment."""


@command(Permission.PAIR_HOUSEHOLDS)
def hand_over_pairings(region: Region, *, rows: Rows, by: Actor) -> Written:
    """End pairings on a day and pair their households with who follows; the households are to be told (`told_on` empty).

    A helper who follows and is not known yet is added, in the household's town.
    """
    frame = prepare_handovers(region, rows=rows, by=by).or_refuse().frame
    _end(frame)
    following = with_helpers(frame.filter(pl.col("helper_name").is_not_null()), region=region)
    ready = following.select(
        "household_id", "helper_id", "helper_name", "helper_unit", helper_post="post", region="home", since="on"
    ).with_columns(pl.Series("id", new_ids(following.height), dtype=pl.String))
    # Who is responsible for a household already stays so and is not paired twice.
    insert_frame("postings_pairing", ready, TYPES, also={"event": current_event()}, conflict=[])
    ended = frame.select("household_id", "since", unit_id="from_unit_id", helper_name="from_name", phone_last4="from_last4", until="on")
    begun = following.select("household_id", "unit_id", "helper_name", "phone_last4", since="on", until=pl.lit(None, pl.Date))
    tell_accounts(pl.concat([ended, begun], how="diagonal"), region=region, by=by)
    return Written(count=frame.height, regions=sorted(frame["home"].unique().to_list()))


@command(Permission.PAIR_HOUSEHOLDS)
def pass_pairings(helper: Helper, *, to_helper: Helper, on: dt.date, by: Actor) -> Written:
    """Pass everything a helper of a town is responsible for to another helper of the same town: one retires, another takes over."""
    follower = Helper.objects.visible_to(by).select_related("unit").filter(pk=to_helper.pk).first()
    if follower is None:
        raise NotVisible(Helper.__name__)
    if follower.pk == helper.pk or follower.region_id != helper.region_id:
        raise Refused("请选择同一镇办的另一位帮扶责任人。")
    households = Pairing.objects.visible_to(by).filter(helper=helper, until__isnull=True).order_by("household__number")
    numbers = list(households.values_list("household__number", flat=True))
    if not numbers:
        raise Refused(f"{helper.name}现在没有结对的户，不用交接。")
    count = len(numbers)
    said = {
        "row": list(range(1, count + 1)), "household_number": numbers, "from_name": [helper.name] * count,
        "from_unit_code": [helper.unit.code] * count, "helper_name": [follower.name] * count,
        "unit_code": [follower.unit.code] * count, "on": [on] * count,
    }  # fmt: skip
    return hand_over_pairings(helper.region, rows=Rows(pl.DataFrame(said)), by=by)  # type: ignore[no-any-return]


def _end(frame: pl.DataFrame) -> None:
    """End the pairings on their days; of two who do it at once one is refused."""
    with staged(frame.select("pairing_id", day="on"), {"pairing_id": "uuid", "day": "date"}) as stage, connection.cursor() as cursor:
        cursor.execute(
            f"select p.id from postings_pairing p join {stage} s on s.pairing_id = p.id order by p.id for no key update of p"  # noqa: S608
        )
        cursor.execute(
            f"update postings_pairing p set until = s.day, ended_by = %s from {stage} s"  # noqa: S608
            " where p.id = s.pairing_id and p.until is null",
            [current_event()],
        )
        if cursor.rowcount < frame.height:
            raise HandedOverMeanwhile("有的结对刚刚被别人交接，本次没有改动。请刷新后重新办理。")
