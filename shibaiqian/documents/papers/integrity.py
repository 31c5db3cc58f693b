"""廉政意见征求函 and its 回复: discipline inspection is asked about a list, and answers person by person."""

import datetime as dt
from dataclasses import dataclass

from shibaiqian.documents.gongwen import Attachment, Column, OfficialDocument, Paragraph, Table
from shibaiqian.documents.papers.people import Person, named

ANSWERS = {"pass": "未发现影响选派的廉政问题", "fail": "不宜选派", "more_info": "正在核实，另行回复"}


@dataclass(frozen=True, kw_only=True)
class IntegrityInquiry:
    to_body: str  # 中共洛南县纪律检查委员会
    programme: str
    people: tuple[Person, ...]
    answer_within: int  # working days
    signature: str
    on: dt.date
    demonstration: bool = False


@dataclass(frozen=True, kw_only=True)
class IntegrityReply:
    to_body: str
    inquiry_number: str
    answers: tuple[tuple[Person, str], ...]  # with a key of `ANSWERS`
    valid_until: dt.date
    signature: str
    on: dt.date
    demonstration: bool = False


def integrity_inquiry(value: IntegrityInquiry) -> OfficialDocument:
    """The letter with the list as its annex."""
    columns = (
        Column("序号", 0.6), Column("姓名", 1.2), Column("性别", 0.6), Column("出生年月", 1.1), Column("工作单位及职务", 4, "left"),
        Column("拟选派层级及职务", 2.6, "left"),
    )  # fmt: skip
    rows = tuple((str(n), p.name, p.sex, p.birth, p.present, p.proposed) for n, p in enumerate(value.people, start=1))
    body = (
        Paragraph(f"按照{value.programme}选派工作安排，拟选派{named(value.people)}挂职。现就上述人选征求廉政意见（名单附后）。"),
        Paragraph(
            "请就每名人选有无问题线索反映、是否正在接受审查调查、是否受过党纪政务处分及是否在影响期内，逐人提出意见，"
            f"于{value.answer_within}个工作日内书面回复我部。"
        ),
    )
    return OfficialDocument(
        title=f"关于征求{named(value.people)}廉政意见的函", recipients=(value.to_body,), body=body,
        attachments=(Attachment(title="征求廉政意见人选名单", body=(Table(columns=columns, rows=rows),)),),
        signature=value.signature, date=value.on, demonstration=value.demonstration,
    )  # fmt: skip


def integrity_reply(value: IntegrityReply) -> OfficialDocument:
    """The answer, with a conclusion for each person and the day to which it holds."""
    columns = (Column("序号", 0.6), Column("姓名", 1.2), Column("工作单位及职务", 4, "left"), Column("廉政意见", 3.4, "left"))
    rows = tuple((str(n), p.name, p.present, ANSWERS[answer]) for n, (p, answer) in enumerate(value.answers, start=1))
    people = tuple(p for p, _ in value.answers)
    until = f"{value.valid_until.year}年{value.valid_until.month}月{value.valid_until.day}日"
    body = (
        Paragraph(f"《关于征求{named(people)}廉政意见的函》（{value.inquiry_number}）收悉。经研究，现回复如下："),
        Table(columns=columns, rows=rows),
        Paragraph(f"本意见有效期至{until}。此后选派的，请重新征求意见。"),
    )
    return OfficialDocument(
        title=f"关于{named(people)}廉政意见的回复", recipients=(value.to_body,), body=body, signature=value.signature, date=value.on,
        demonstration=value.demonstration,
    )  # fmt: skip
