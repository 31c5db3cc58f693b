"""Lists that go up: 挂职干部花名册 (R2), 到岗情况统计表 (R7), 组织关系转移台账 (R6). Wide, lying, with their criteria printed."""

import datetime as dt
from dataclasses import dataclass

from shibaiqian.documents.gongwen import Column, OfficialDocument, Paragraph, Table
from shibaiqian.documents.layout import chinese_date
from shibaiqian.documents.papers.people import Person


@dataclass(frozen=True, kw_only=True)
class _Listed:
    """What every list says of itself."""

    place: str
    as_of: dt.date
    made_by: str
    demonstration: bool = False


@dataclass(frozen=True, kw_only=True)
class Roster(_Listed):
    people: tuple[tuple[Person, str, str], ...]  # with the appointment's number and the state


@dataclass(frozen=True, kw_only=True)
class ArrivalRow:
    """A town or county: officials due and where they stand."""

    place: str
    appointed: int
    arrived: int
    late: int  # not arrived after the deadline
    suspended: int
    ended_in_month: int
    vacant: int  # confirmed needs without an official
    code: str = ""  # of the place


@dataclass(frozen=True, kw_only=True)
class Arrivals(_Listed):
    rows: tuple[ArrivalRow, ...]


@dataclass(frozen=True, kw_only=True)
class TransferRow:
    letter: str
    name: str
    from_body: str
    to_body: str
    out_on: dt.date
    in_on: dt.date | None
    due_on: dt.date


@dataclass(frozen=True, kw_only=True)
class Transfers(_Listed):
    rows: tuple[TransferRow, ...]


ROSTER = (
    Column("序号", 0.5), Column("姓名", 1), Column("性别", 0.5), Column("出生年月", 0.9), Column("政治面貌", 1.1), Column("学历", 0.9),
    Column("派出单位及职务", 3, "left"), Column("挂职单位", 2.4, "left"), Column("挂职职务", 1.5), Column("任期", 1.9),
    Column("任职文号", 2, "left"), Column("状态", 0.9),
)  # fmt: skip
ARRIVALS = (
    Column("单位", 2.2, "left"), Column("已任命", 1, "right"), Column("已到岗", 1, "right"), Column("逾期未到", 1, "right"),
    Column("暂停", 1, "right"), Column("本月结束", 1, "right"), Column("缺额", 1, "right"),
)  # fmt: skip
TRANSFERS = (
    Column("序号", 0.5), Column("介绍信编号", 2), Column("姓名", 1), Column("转出党组织", 3, "left"), Column("转入党组织", 3, "left"),
    Column("转出日期", 1.2), Column("转入日期", 1.2), Column("应转入日期", 1.2), Column("备注", 0.9),
)  # fmt: skip


def roster_rows(value: Roster) -> tuple[tuple[str, ...], ...]:
    return tuple(
        (str(n), p.name, p.sex, p.birth, p.political_status, p.education, p.present, p.host, p.title, p.term, number, state)
        for n, (p, number, state) in enumerate(value.people, start=1)
    )


def roster(value: Roster) -> OfficialDocument:
    """花名册 as of a day."""
    return _list(value, "挂职干部花名册", Table(columns=ROSTER, rows=roster_rows(value), size=9.5), len(value.people), "名")


def arrival_rows(value: Arrivals) -> tuple[tuple[str, ...], ...]:
    """The places, and their sum."""
    fields = ("appointed", "arrived", "late", "suspended", "ended_in_month", "vacant")
    listed = [(r.place, *(str(getattr(r, f)) for f in fields)) for r in value.rows]
    return (*listed, ("合计", *(str(sum(getattr(r, f) for r in value.rows)) for f in fields)))


def arrivals(value: Arrivals) -> OfficialDocument:
    """到岗情况统计表 as of a day."""
    return _list(value, "挂职干部到岗情况统计表", Table(columns=ARRIVALS, rows=arrival_rows(value), size=11), len(value.rows), "个单位")


def transfer_rows(value: Transfers) -> tuple[tuple[str, ...], ...]:
    """In the order of the letters; what is overdue says so."""
    return tuple(
        (
            str(n), r.letter, r.name, r.from_body, r.to_body, r.out_on.isoformat(), r.in_on.isoformat() if r.in_on else "",
            r.due_on.isoformat(), "逾期" if (r.in_on or value.as_of) > r.due_on else "",
        )
        for n, r in enumerate(value.rows, start=1)
    )  # fmt: skip


def transfers(value: Transfers) -> OfficialDocument:
    """组织关系转移台账."""
    return _list(
        value, "挂职干部党员组织关系转移台账", Table(columns=TRANSFERS, rows=transfer_rows(value), size=9.5), len(value.rows), "人次"
    )


def _list(value: _Listed, title: str, table: Table, count: int, unit: str) -> OfficialDocument:
    said = Paragraph(f"范围：{value.place}　截至：{chinese_date(value.as_of)}　共{count}{unit}　填报：{value.made_by}")
    return OfficialDocument(title=title, body=(said, table), landscape=True, demonstration=value.demonstration)
