"""工作日志抽查表 (R10): the logs of a month that a town drew by lot, with room for what the reader finds; above it, which towns drew and read.

The seed stands on the sheet: whoever has it and the logs draws the same again. Places are listed in their order, persons not compared.
"""

import datetime as dt

from django.db.models import Count, Q

from shibaiqian.access.actor import Actor
from shibaiqian.access.roles import Permission
from shibaiqian.fieldwork.models import LogReading, LogSample
from shibaiqian.fieldwork.queries import readings
from shibaiqian.regions.queries import region_names
from shibaiqian.reports.tables import Cell, Report, Section

CODE, TITLE = "log_sample", "工作日志抽查表"
TOWN = 9  # digits: from here on what was written is shown
LOGS = ("村（社区）", "姓名", "日期", "日志内容", "核对情况", "想问作者的话", "抽查人、日期")
WIDTHS = (1.2, 0.9, 1.4, 4.6, 2.0, 1.9, 1.6)
TOWNS = ("单位", "抽取日期", "抽取人", "抽取码", "日志总数", "抽取", "已阅")
NOTE = "核对情况可以问农户、看实地，也可以打电话问本人；只看实际，不看字数和照片。抽查结果不作为干部考核依据。"


def sample_report(actor: Actor, region: str, as_of: dt.date) -> Report:
    """The sample of the month of a day. Three queries."""
    actor.must(Permission.CONFIRM_ATTENDANCE)
    month = as_of.replace(day=1)
    section = _of_town(actor, region, month) if len(region) >= TOWN else _of_towns(actor, region, month)
    place = region_names([region]).get(region, region)
    return Report(
        code=CODE, title=f"{TITLE}（{month.year}年{month.month}月）", place=place, as_of=as_of, made_by=actor.name, sections=(section,)
    )


def _of_town(actor: Actor, region: str, month: dt.date) -> Section:
    found = list(readings(actor, region=region, month=month))
    rows: list[tuple[Cell, ...]] = [_line(reading) for reading in found]
    drawn = found[0].sample if found else None
    said = (
        f"{drawn.drawn_on} 由{drawn.drawn_by}从 {drawn.out_of} 天的日志中随机抽取，抽取码 {drawn.seed}，凭它可以重抽核对。" if drawn else ""
    )
    return Section(title="抽取的日志", columns=LOGS, rows=tuple(rows), words=len(LOGS), widths=WIDTHS, note=f"{said}{NOTE}")


def _line(reading: LogReading) -> tuple[Cell, ...]:
    things = [f"{item.get_category_display()}：{item.content}" for item in reading.log.items.all()]
    read = f"{reading.read_by} {reading.read_on}" if reading.read_on else ""
    return (
        reading.region.name, reading.log.posting.cadre_name, reading.log.on.isoformat(), "；".join(things), "", reading.remark, read,
    )  # fmt: skip


def _of_towns(actor: Actor, region: str, month: dt.date) -> Section:
    rows = LogSample.objects.visible_to(actor).filter(region__gte=region, region__lt=f"{region}:", month=month).select_related("region")
    live = Q(readings__voided_by__isnull=True)
    rows = rows.annotate(drawn=Count("readings", filter=live), read=Count("readings", filter=live & Q(readings__read_on__isnull=False)))
    body: list[tuple[Cell, ...]] = [
        (row.region.name, row.drawn_on.isoformat(), row.drawn_by, row.seed, row.out_of, row.drawn, row.read)
        for row in rows.order_by("region_id", "id")
    ]
    return Section(title="各镇办抽查情况", columns=TOWNS, rows=tuple(body), words=4, note="抽到的日志由各镇办打印本表阅看。")
