"""Declaring an emergency (flood, fire) in a place, lengthening or ending it."""

import datetime as dt
import uuid
from collections.abc import Sequence

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import NotVisible, Refused, command, current_event, note_in_event
from shibaiqian.access.roles import Permission
from shibaiqian.access.rows import Written
from shibaiqian.base import clock
from shibaiqian.fieldwork.models import EmergencyCall, EmergencyPeriod
from shibaiqian.fieldwork.queries.emergencies import LONGEST, calls_of, officials_in
from shibaiqian.messages.actions import announce
from shibaiqian.regions.models import Region

BACK = 31  # days: flood comes first, the paper after


class EmergencyUnsound(Refused):
    """Days or reason that cannot stand."""


class CallUnfit(Refused):
    """Nobody is named, or somebody is called twice, or on a day outside the emergency."""


@command(Permission.DECLARE_EMERGENCIES)
def declare_emergency(
    region: Region, *, kind: str, starts_on: dt.date, ends_on: dt.date, reason: str, document_number: str = "", by: Actor
) -> EmergencyPeriod:
    """Declare days of emergency in a county or a town. Deadlines in them move, and their days are duty, everywhere below."""
    if region.level not in (Region.Level.CITY, Region.Level.COUNTY, Region.Level.TOWN):
        raise EmergencyUnsound("应急时段以市、县区或镇办为范围，请重新选择。")
    if kind not in EmergencyPeriod.Kind.values or not reason.strip():
        raise EmergencyUnsound("请选择类别并写明原因。")
    _days(starts_on, ends_on)
    if starts_on < clock.today() - dt.timedelta(days=BACK):
        raise EmergencyUnsound(f"开始日期 {starts_on} 早于一个月前，不能补登，请核对。")
    period = EmergencyPeriod.objects.create(
        region=region, kind=kind, starts_on=starts_on, ends_on=ends_on, reason=reason.strip(), document_number=document_number.strip(),
        declared_by=by.name, event=current_event(),
    )  # fmt: skip
    announce("emergency_declared", regions=[region.code], about=str(period.pk), day=starts_on.isoformat(), until=ends_on.isoformat())
    return period


@command(Permission.DECLARE_EMERGENCIES)
def end_emergency(period: EmergencyPeriod, *, ends_on: dt.date, reason: str, by: Actor) -> EmergencyPeriod:
    """End an emergency earlier or later than was declared; what was kept of the old day stands in the event."""
    _days(period.starts_on, ends_on)
    if not reason.strip():
        raise EmergencyUnsound("请写明提前解除或延长的原因。")
    note_in_event(before=period.ends_on)
    period.ends_on = ends_on
    period.save(update_fields=["ends_on"])
    return period


@command(Permission.DECLARE_EMERGENCIES)
def call_up(period: EmergencyPeriod, *, postings: Sequence[uuid.UUID], on: dt.date, by: Actor) -> Written:
    """Call officials to duty from a day on, as the order of the emergency names them. Their attendance then proposes duty where
    nothing else was recorded; they say how it was, and the town confirms. All of them or none."""
    rows = list(officials_in(by, period).filter(pk__in=_named(postings)))
    if len(rows) < len(set(postings)):
        raise NotVisible("Posting")
    if not period.starts_on <= on <= period.ends_on:
        raise CallUnfit(f"值守起始日期 {on} 不在应急时段（{period.starts_on} 至 {period.ends_on}）内，请改正。")
    early = next((row for row in rows if row.arrived_on and row.arrived_on > on), None)
    if early is not None:
        raise CallUnfit(f"{early.cadre_name} {early.arrived_on} 才到岗，请改晚值守起始日期。")
    called = calls_of(by, period).filter(posting__in=rows, ended_on__isnull=True).order_by("cadre_name").first()
    if called is not None:
        raise CallUnfit(f"{called.cadre_name}已在值守名单上，不用再列入。")
    EmergencyCall.unscoped.bulk_create(
        EmergencyCall(
            period=period, posting=row, region_id=row.region_id, cadre=row.cadre_id, cadre_name=row.cadre_name, starts_on=on,
            called_by=by.name, event=current_event(),
        )
        for row in rows
    )  # fmt: skip
    about = f"{period.pk}:{on}"
    announce("emergency_called", cadres=[row.cadre_id for row in rows], about=about, day=f"{on}", until=f"{period.ends_on}")
    return Written(count=len(rows), regions=[str(period.region_id)])


@command(Permission.DECLARE_EMERGENCIES)
def stand_down(period: EmergencyPeriod, *, postings: Sequence[uuid.UUID], on: dt.date, by: Actor) -> Written:
    """End the duty of officials before the emergency is over; `on` is their last day. All of them or none."""
    rows = list(
        calls_of(by, period).filter(posting__in=_named(postings), ended_on__isnull=True).select_for_update(no_key=True).order_by("pk")
    )
    if len(rows) < len(set(postings)):
        raise CallUnfit("勾选的人中有人不在值守名单上，请刷新后重新勾选。")
    wrong = next((row for row in rows if not row.starts_on <= on <= period.ends_on), None)
    if wrong is not None:
        raise CallUnfit(f"{wrong.cadre_name}的最后一天应在 {wrong.starts_on} 至 {period.ends_on} 之间，请改正。")
    for row in rows:
        row.ended_on = on
    EmergencyCall.unscoped.bulk_update(rows, ["ended_on"])
    return Written(count=len(rows), regions=[str(period.region_id)])


def _named(postings: Sequence[uuid.UUID]) -> Sequence[uuid.UUID]:
    if not postings:
        raise CallUnfit("还没有选择人员，请先勾选。")
    return postings


def _days(first: dt.date, last: dt.date) -> None:
    if last < first:
        raise EmergencyUnsound(f"结束日期 {last} 早于开始日期 {first}，请改正。")
    if (last - first).days >= LONGEST:
        raise EmergencyUnsound(f"一次最多 {LONGEST} 天，更长的请到期后再公布。")
