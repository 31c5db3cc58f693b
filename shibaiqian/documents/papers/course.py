"""培训签到表: who takes part in a course, with a place to sign."""

import datetime as dt
from dataclasses import dataclass

from shibaiqian.documents.gongwen import Column, OfficialDocument, Paragraph, Table
from shibaiqian.documents.layout import chinese_date

COLUMNS = (Column("序号", 0.6), Column("姓名", 1.4), Column("工作单位", 4, "left"), Column("签到", 2), Column("备注", 1.6))


@dataclass(frozen=True, kw_only=True)
class Participant:
    name: str
    unit: str


@dataclass(frozen=True, kw_only=True)
class SignSheet:
    name: str
    organiser: str
    place: str
    first: dt.date
    last: dt.date
    people: tuple[Participant, ...]
    demonstration: bool = False


def sign_sheet(value: SignSheet) -> OfficialDocument:
    """The sheet; its header repeats on every page."""
    when = chinese_date(value.first) if value.first == value.last else f"{chinese_date(value.first)}至{chinese_date(value.last)}"
    rows = tuple((str(n), p.name, p.unit, "", "") for n, p in enumerate(value.people, start=1))
    return OfficialDocument(
        title=f"{value.name}签到表",
        body=(Paragraph(f"时间：{when}　地点：{value.place}　主办：{value.organiser}　共{len(rows)}人"), Table(columns=COLUMNS, rows=rows)),
        demonstration=value.demonstration,
    )
