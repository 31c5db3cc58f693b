"""驻村干部考勤公示: a village's month for its notice board; names and numbers of days, no reasons."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from shibaiqian.documents.gongwen import Column, OfficialDocument, Paragraph, Table
from shibaiqian.documents.layout import chinese_date

COLUMNS = (
    Column("姓名", 1.2), Column("职务", 2, "left"), Column("在岗要求", 1), Column("在村", 0.9), Column("因公外出", 1), Column("在岗合计", 1),
    Column("休息", 0.9), Column("请假", 0.9), Column("缺岗", 0.9), Column("未记录", 0.9), Column("达到要求", 1),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class BoardLine:
    """One official's month, in days."""

    name: str
    title: str
    asked: int
    in_village: int
    official_out: int
    duty: int
    rest: int
    leave: int
    absent: int
    unknown: int
    enough: str


@dataclass(frozen=True, kw_only=True)
class BoardPaper:
    village: str
    month: dt.date
    published_on: dt.date
    lines: Sequence[BoardLine]
    demonstration: bool = False


def board_notice(value: BoardPaper) -> OfficialDocument:
    """The sheet, lying, to be read from a step away."""
    rows = tuple(
        (
            one.name, one.title, *map(str, (one.asked, one.in_village, one.official_out, one.duty, one.rest, one.leave, one.absent, one.unknown)),
            one.enough,
        )
        for one in value.lines
    )  # fmt: skip
    return OfficialDocument(
        title=f"{value.village}驻村干部{value.month.year}年{value.month.month}月考勤公布",
        body=(
            Paragraph(f"以下考勤由本人提交、镇办确认，{chinese_date(value.published_on)}由县区公布。单位：天。"),
            Table(columns=COLUMNS, rows=rows, size=12),
            Paragraph("未记录的日子不作缺岗；到岗、离岗的月份和长假按实有天数折算。对以上内容有意见的，请向村级组织或镇办反映。"),
        ),
        landscape=True, demonstration=value.demonstration,
    )  # fmt: skip
