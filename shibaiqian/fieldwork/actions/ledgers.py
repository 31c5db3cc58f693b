"""Taking in ledgers kept on paper: sheets of attendance that towns have confirmed, registers of leave."""

import datetime as dt
from collections import defaultdict
from typing import Any

import polars as pl

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import command, current_event, note_in_event
from shibaiqian.access.roles import Permission
from shibaiqian.access.rows import Rows, Written
from shibaiqian.base import clock
from shibaiqian.base.bulk import insert_frame
from shibaiqian.base.ids import new_ids
from shibaiqian.base.workdays import Calendar
from shibaiqian.fieldwork.excel.attendance import days_to_write, prepare_attendance
from shibaiqian.fieldwork.excel.leave import prepare_leaves
from shibaiqian.fieldwork.rules import leave as rules
from shibaiqian.fieldwork.rules.leave import Span
from shibaiqian.policy.queries import parameters_in
from shibaiqian.policy.rules import KEY_OF
from shibaiqian.regions.models import Region

MONTH_TYPES = {
    "id": "uuid", "posting_id": "uuid", "cadre_name": "text", "month": "date", "state": "text", "region": "text", "home_region": "text",
    "unit": "uuid", "cadre": "uuid", "is_own_people": "boolean", "submitted_on": "date", "confirmed_on": "date", "confirmed_by": "text",
    "looked_on": "date", "looked_by": "text", "published_on": "date", "published_by": "text",
}  # fmt: skip
DAY_TYPES = {
    "id": "uuid", "month_id": "uuid", "region": "text", "cadre": "uuid", '"on"': "date", "status": "text", "overnight": "boolean", "leave_kind": "text"
}  # fmt: skip
LEAVE_TYPES = {
    "id": "uuid", "posting_id": "uuid", "region": "text", "cadre": "uuid", "cadre_name": "text", "copied_unit": "uuid", "kind": "text",
    "first_on": "date", "last_on": "date", "from_noon": "boolean", "until_noon": "boolean", "half_days": "integer", "summed_half_days": "integer",
    "level": "text", "is_own_people": "boolean", "looked_on": "date", "looked_by": "text", "place": "text", "asked_on": "date", "state": "text",
    "decided_by": "text", "decided_on": "date", "returned_on": "date", "return_reported_on": "date",
}  # fmt: skip
REASON_TYPES = {"id": "uuid", "leave_id": "uuid", "region": "text", "cadre": "uuid", "reason": "text"}
SEEN = ("published", "locked")


@command(Permission.PUBLISH_ATTENDANCE)
def register_attendance(region: Region, *, rows: Rows, by: Actor) -> Written:
    """Take in sheets of attendance that a town has confirmed on paper: a row a month, a mark a day, no mark is not known."""
    prepared = prepare_attendance(region, rows=rows, by=by).or_refuse()
    frame, today = prepared.frame, clock.today()
    is_seen = pl.col("state").is_in(SEEN)
    over = pl.min_horizontal(pl.col("month").dt.month_end(), pl.lit(today))
    months = frame.with_columns(
        pl.Series("id", new_ids(frame.height), dtype=pl.String), cadre_name="name", region="host",
        is_own_people=(pl.col("home_region").str.len_chars() == 9) & (pl.col("home_region") == pl.col("host").str.slice(0, 9)),
        submitted_on=pl.when(pl.col("state") != "open").then(over), confirmed_on=pl.when(~pl.col("state").is_in(["open", "submitted"])).then(over),
        published_on=pl.when(is_seen).then(over), published_by=pl.when(is_seen).then(pl.lit(by.name)).otherwise(pl.lit("")), looked_on=pl.when(is_seen).then(over), looked_by=pl.when(is_seen).then(pl.lit(by.name)).otherwise(pl.lit("")),
    )  # fmt: skip
    also: dict[str, Any] = {"event": current_event()}
    insert_frame("fieldwork_attendancemonth", months, MONTH_TYPES, also={**also, "submitted_by_name": "", "returned_reason": ""})
    days = days_to_write(prepared.extra["days"], today=today)
    days = days.join(months.select("posting_id", "month", "region", "cadre", month_id="id"), on=["posting_id", "month"], how="inner")
    days = days.with_columns(pl.Series("id", new_ids(days.height), dtype=pl.String), pl.col("on").alias('"on"'))
    insert_frame("fieldwork_attendanceday", days, DAY_TYPES, also={**also, "source": "roster", "note": ""})
    note_in_event(months=months.height, days=days.height)
    return Written(count=months.height, regions=[region.code])


@command(Permission.PUBLISH_ATTENDANCE)
def register_leaves(region: Region, *, rows: Rows, by: Actor) -> Written:
    """Take in a register of leave. Days, sums of split requests and levels are worked out, never taken from the sheet."""
    frame = prepare_leaves(region, rows=rows, by=by).or_refuse().frame
    frame = frame.with_columns(_worked_out(frame))
    is_trip = pl.col("kind") == rules.TRIP
    own = (pl.col("level") == "town") & (pl.col("home_region") == pl.col("region").str.slice(0, 9)) & ~is_trip
    written = frame.with_columns(
        pl.Series("id", new_ids(frame.height), dtype=pl.String), cadre_name="official",
        copied_unit=pl.when("is_long").then("unit"), is_own_people=own, looked_on=pl.when(own).then("decided_on"),
        looked_by=pl.when(own & pl.col("decided_on").is_not_null()).then(pl.lit(by.name)).otherwise(pl.lit("")),
        place=pl.col("place").fill_null(""), decided_by=pl.col("decided_by").fill_null(""), return_reported_on="returned_on",
    )  # fmt: skip
    also: dict[str, Any] = {"event": current_event()}
    more = {
        "is_emergency": False,
        "told_to": "",
        "typed_by": by.name,
        "opinion": "",
        "reviewed_by": "",
        "answer": "",
        "closed_by": "",
        "closing_note": "",
    }
    insert_frame("fieldwork_leaverequest", written, LEAVE_TYPES, also={**also, **more})
    reasons = written.select("region", "cadre", "reason", leave_id="id")
    reasons = reasons.with_columns(pl.Series("id", new_ids(reasons.height), dtype=pl.String))
    insert_frame("fieldwork_leavereason", reasons, REASON_TYPES, also=also)
    note_in_event(written=written.height)
    return Written(count=written.height, regions=[region.code])


def _worked_out(frame: pl.DataFrame) -> list[pl.Series]:
    """Half-days, sums with neighbours and levels of each row, by the policy of its place on the day it was asked."""
    by_day: dict[dt.date, set[str]] = defaultdict(set)
    for place, on in frame.select("region", "asked_on").iter_rows():
        by_day[on.replace(day=1)].add(place)
    policies = {month: parameters_in(places, on=month) for month, places in by_day.items()}
    calendar, spans = Calendar(), defaultdict(list)
    fields = [
        "posting_id",
        "kind",
        "first_on",
        "last_on",
        "from_noon",
        "until_noon",
        "returned_on",
        "state",
        "region",
        "asked_on",
        "host_level",
    ]
    rows = frame.select(fields).rows(named=True)
    for row in rows:
        taken = _span(row).until(row["returned_on"])
        if taken is not None and row["kind"] != rules.TRIP and row["state"] in rules.STANDING:
            spans[row["posting_id"]].append(taken)
    half, summed, level, is_long = [], [], [], []
    for row in rows:
        policy = policies[row["asked_on"].replace(day=1)][row["region"]]
        value = {key: int(policy[key].value if key in policy else KEY_OF[key].default) for key in KEYS}
        is_workday = None if value["leave_counts_calendar"] else calendar.is_workday
        own = rules.half_days(_span(row), is_workday=is_workday)
        near = (
            []
            if row["kind"] == rules.TRIP
            else rules.cluster(_span(row), _others(row, spans[row["posting_id"]]), gap=value["leave_split_days"])
        )
        total = sum(rules.half_days(one, is_workday=is_workday) for one in near) if near else own
        limit = value["leave_limit_county_days" if row["host_level"] == "county" else "leave_limit_town_days"]
        half.append(own)
        summed.append(total)
        level.append(rules.DECIDERS[row["host_level"]][0] if not near else rules.level_of(row["host_level"], total, limit_days=limit))
        is_long.append(bool(near) and total > value["leave_copy_days"] * 2)
    return [
        pl.Series("half_days", half, dtype=pl.Int64), pl.Series("summed_half_days", summed, dtype=pl.Int64),
        pl.Series("level", level, dtype=pl.String), pl.Series("is_long", is_long, dtype=pl.Boolean),
    ]  # fmt: skip


KEYS = ("leave_counts_calendar", "leave_split_days", "leave_limit_county_days", "leave_limit_town_days", "leave_copy_days")


def _span(row: dict[str, Any]) -> Span:
    return Span(row["first_on"], row["last_on"], row["from_noon"], row["until_noon"])


def _others(row: dict[str, Any], spans: list[Span]) -> list[Span]:
    return [span for span in spans if span.first_on != row["first_on"]]
