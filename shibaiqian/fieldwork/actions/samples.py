"""Drawing logs of a month by lot and reading them: the town's sample instead of a signature on every page."""

import datetime as dt
import secrets

from django.db import IntegrityError, transaction

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused, command, current_event, note_in_event
from shibaiqian.access.roles import Permission
from shibaiqian.base import clock
from shibaiqian.fieldwork.models import LogReading, LogSample, WorkLog
from shibaiqian.fieldwork.rules.attendance import first_of, last_of
from shibaiqian.fieldwork.rules.samples import drawn
from shibaiqian.regions.models import Region
from shibaiqian.regions.rules import bounds

SEED_BYTES = 8


class SampleUnfit(Refused):
    """There is nothing to draw from, or it was drawn."""


@command(Permission.CONFIRM_ATTENDANCE)
def draw_sample(region: Region, *, month: dt.date, count: int = 5, by: Actor) -> LogSample:
    """Draw logs of a month in a place by lot, once. The seed is kept, so that anybody can draw the same again."""
    month, (low, high) = first_of(month), bounds(region.code)
    rows = WorkLog.objects.visible_to(by).filter(region_id__gte=low, region_id__lt=high, on__range=(month, last_of(month)))
    places = {str(key): place for key, place in rows.order_by("pk").values_list("pk", "region_id")}
    if not places:
        raise SampleUnfit(f"{region.name}{month:%Y年%m月}没有工作日志可抽。")
    seed = secrets.token_hex(SEED_BYTES)
    try:
        with transaction.atomic():
            sample = LogSample.unscoped.create(
                region=region, month=month, seed=seed, out_of=len(places), drawn_on=clock.today(), drawn_by=by.name, event=current_event()
            )
    except IntegrityError:
        raise SampleUnfit(f"{month:%Y年%m月}的日志已经抽取过，不再重抽。") from None
    chosen = drawn(seed, places, count=max(1, count))
    LogReading.unscoped.bulk_create(LogReading(sample=sample, log_id=key, region_id=places[key], event=current_event()) for key in chosen)
    note_in_event(seed=seed, out_of=len(places), drawn=len(chosen))
    return sample


@command(Permission.CONFIRM_ATTENDANCE)
def read_log(reading: LogReading, *, remark: str = "", by: Actor) -> LogReading:
    """Put a drawn log aside as read, with a question or a word to its author where there is one."""
    if reading.read_on is not None:
        raise SampleUnfit(f"这篇日志已由{reading.read_by}于 {reading.read_on} 阅过。")
    reading.read_on, reading.read_by, reading.remark = clock.today(), by.name, remark.strip()
    reading.save(update_fields=["read_on", "read_by", "remark"])
    return reading
