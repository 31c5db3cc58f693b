"""Declaring an emergency (flood, fire) in a place, lengthening or ending it."""

import datetime as dt

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused, command, current_event, note_in_event
from shibaiqian.access.roles import Permission
from shibaiqian.base import clock
from shibaiqian.fieldwork.models import EmergencyPeriod
from shibaiqian.messages.actions import announce
from shibaiqian.regions.models import Region

LONGEST = 120  # days at once; what lasts longer is declared again
BACK = 31  # days: flood comes first, the paper after


class EmergencyUnsound(Refused):
    """Days or reason that cannot stand."""


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


def _days(first: dt.date, last: dt.date) -> None:
    if last < first:
        raise EmergencyUnsound(f"结束日期 {last} 早于开始日期 {first}，请改正。")
    if (last - first).days >= LONGEST:
        raise EmergencyUnsound(f"一次最多 {LONGEST} 天，更长的请到期后再公布。")
