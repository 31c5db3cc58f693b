"""述职报告 with its vote, and the blank 民主测评票 handed out at the meeting: a paper that asks for no name."""

import datetime as dt
from dataclasses import dataclass

from shibaiqian.documents.gongwen import Block, Cell, Column, CutLine, Grid, Heading, OfficialDocument, Paragraph, Right, Table
from shibaiqian.documents.layout import chinese_date
from shibaiqian.documents.papers.people import Person

ANSWERS = ("好", "较好", "一般", "差")


@dataclass(frozen=True, kw_only=True)
class DutyReport:
    """`votes` are invited, present, issued, returned, valid and the four answers; empty before the meeting."""

    person: Person
    period: str  # 2015年下半年
    text: str
    facts: tuple[tuple[str, int], ...] = ()
    submitted_on: dt.date | None = None
    meeting_on: dt.date | None = None
    chair: str = ""
    attendees: str = ""
    comments: str = ""
    votes: tuple[int, ...] = ()
    items: tuple[tuple[str, dt.date, str], ...] = ()  # what to put right, until when, what came of it
    demonstration: bool = False


def duty_report(value: DutyReport) -> OfficialDocument:
    """The report; after the meeting with the vote and what is to be put right."""
    body: list[Block] = [
        Paragraph(f"{value.person.name}，{value.person.proposed}（派出单位：{value.person.unit}）。"),
        Paragraph(value.text),
    ]
    if value.facts:
        rows = tuple((label, str(count)) for label, count in value.facts)
        body += [Heading(1, "期间工作量"), Table(columns=(Column("事项", 3, "left"), Column("数量", 1, "right")), rows=rows)]
    if value.submitted_on:
        body.append(Right(chinese_date(value.submitted_on)))
    if value.meeting_on:
        body += [
            Heading(1, "述职会议和民主测评"),
            Paragraph(f"{chinese_date(value.meeting_on)}召开会议听取述职，{value.chair}主持，{value.attendees}参加。"),
            _votes(value.votes),
        ]
        if value.comments:
            body += [Heading(1, "评议意见"), Paragraph(value.comments)]
    if value.items:
        put_right = tuple(
            (str(n), text, f"{due.year}.{due.month}.{due.day}", result) for n, (text, due, result) in enumerate(value.items, start=1)
        )
        columns = (Column("序号", 0.6), Column("整改事项", 4, "left"), Column("期限", 1.4), Column("整改结果", 4, "left"))
        body += [Heading(1, "整改事项"), Table(columns=columns, rows=put_right)]
    return OfficialDocument(title=f"{value.period}述职报告", body=tuple(body), demonstration=value.demonstration)


def _votes(votes: tuple[int, ...]) -> Grid:
    labels = ("应到", "实到", "发出", "收回", "有效", *ANSWERS)
    return Grid(
        widths=(1.0,) * 9,
        rows=(tuple(Cell(label, label=True) for label in labels), tuple(Cell(str(count)) for count in votes)),
        size=10.5,
    )


def ballot_papers(value: DutyReport, *, count: int) -> OfficialDocument:
    """Ballots to cut apart, three to a page. No number stands on them: nothing leads from a voter to an answer."""
    ballot = Grid(
        widths=(1.4, 1, 1, 1, 1),
        rows=(
            (Cell("述职干部", label=True), Cell(f"{value.person.name}　{value.person.proposed}", 4)),
            (Cell("总体评价", label=True), *(Cell(answer, label=True) for answer in ANSWERS)),
            (Cell("划“√”", label=True), *(Cell() for _answer in ANSWERS)),
            (Cell("意见建议", label=True), Cell(span=4)),
        ),
        heights=(9, 9, 11, 22),
        caption=f"{value.period}述职民主测评票（无记名，只选一项）",
        size=11,
    )
    body: list[Block] = []
    for number in range(count):
        if number:
            body.append(CutLine("沿线裁开"))
        body.append(ballot)
    return OfficialDocument(title="民主测评票", untitled=True, form=True, body=tuple(body), demonstration=value.demonstration)
