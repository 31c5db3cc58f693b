"""月计划, 月小结 and 周报: what an official plans, and what the records count of it; a week is only ever generated."""

import datetime as dt
from dataclasses import dataclass

from shibaiqian.documents.gongwen import Block, Column, Heading, OfficialDocument, Paragraph, Right, Table
from shibaiqian.documents.layout import chinese_date
from shibaiqian.documents.papers.people import Person

ITEMS = (
    Column("序号", 0.6),
    Column("计划事项", 4.2, "left"),
    Column("服务对象", 2.2, "left"),
    Column("完成情况", 1.1),
    Column("说明", 2.4, "left"),
)
FACTS = (Column("事项", 3, "left"), Column("数量", 1, "right"))
LOG = (Column("日期", 1), Column("类别", 1.1), Column("做了什么", 6, "left"))


@dataclass(frozen=True, kw_only=True)
class PlannedThing:
    text: str
    serves: str = ""  # the target, household or project
    outcome: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class MonthlyPaper:
    """A month of an official; `facts` are label and count, as the records say."""

    person: Person
    month: dt.date
    things: tuple[PlannedThing, ...]
    facts: tuple[tuple[str, int], ...]
    text: str = ""
    problems: str = ""
    submitted_on: dt.date | None = None
    heard_on: dt.date | None = None
    demonstration: bool = False


@dataclass(frozen=True, kw_only=True)
class WeeklyPaper:
    """A week of an official as the log has it: day, category, what was done."""

    person: Person
    first: dt.date
    last: dt.date
    facts: tuple[tuple[str, int], ...]
    entries: tuple[tuple[dt.date, str, str], ...]
    demonstration: bool = False


def monthly_paper(value: MonthlyPaper) -> OfficialDocument:
    """The month on paper: plan with what came of it, counts, words, the two dates."""
    rows = tuple((str(n), t.text, t.serves, t.outcome, t.note) for n, t in enumerate(value.things, start=1))
    body: list[Block] = [
        Paragraph(f"{value.person.name}，{value.person.proposed}（派出单位：{value.person.unit}）。"),
        Heading(1, "月计划"),
    ]
    body.append(Table(columns=ITEMS, rows=rows) if rows else Paragraph("没有计划事项。"))
    body += [Heading(1, "当月工作"), Table(columns=FACTS, rows=tuple((label, str(count)) for label, count in value.facts))]
    body += [Paragraph("以上数量由工作日志、走访和实事记录计得，不另行填报。")]
    if value.text:
        body += [Heading(1, "小结"), Paragraph(value.text)]
    if value.problems:
        body += [Heading(1, "困难和建议"), Paragraph(value.problems)]
    said = [f"{chinese_date(value.submitted_on)}提交"] if value.submitted_on else []
    said += [f"{chinese_date(value.heard_on)}工作例会听取"] if value.heard_on else []
    if said:
        body.append(Right("，".join(said)))
    return OfficialDocument(
        title=f"{value.month.year}年{value.month.month}月工作计划和小结", body=tuple(body), demonstration=value.demonstration
    )


def weekly_paper(value: WeeklyPaper) -> OfficialDocument:
    """The week on paper, generated from the log."""
    rows = tuple((f"{on.month}.{on.day}", category, text) for on, category, text in value.entries)
    return OfficialDocument(
        title="挂职干部一周工作情况",
        body=(
            Paragraph(f"{value.person.name}，{value.person.proposed}。{chinese_date(value.first)}至{chinese_date(value.last)}。"),
            Table(columns=FACTS, rows=tuple((label, str(count)) for label, count in value.facts)),
            Table(columns=LOG, rows=rows) if rows else Paragraph("这一周没有日志。"),
            Paragraph("本表由工作日志生成，不需要填报。"),
        ),
        demonstration=value.demonstration,
    )
