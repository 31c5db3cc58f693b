"""选派公示: what is published of each candidate, for how long, and whom to tell. Refuses private numbers."""

import datetime as dt
from dataclasses import dataclass

from shibaiqian.documents.gongwen import Column, OfficialDocument, Paragraph, Table, texts
from shibaiqian.documents.layout import chinese_date
from shibaiqian.documents.papers.people import Person
from shibaiqian.documents.papers.privacy import refuse_private


@dataclass(frozen=True, kw_only=True)
class SelectionNotice:
    programme: str
    decided_by: str  # 中共洛南县委组织部部务会议
    people: tuple[Person, ...]
    starts_on: dt.date
    ends_on: dt.date
    workdays: int
    contact: str  # 洛南县委组织部干部监督股，电话0914-7322345
    signature: str
    demonstration: bool = False


def selection_notice(value: SelectionNotice) -> OfficialDocument:
    """Name, sex, birth month, party and work months, education, present and proposed post; nothing else of a person.

    Raises PrivateText when any text carries an ID number, a mobile number or a bank card.
    """
    columns = (
        Column("姓名", 1.2), Column("性别", 0.6), Column("出生\n年月", 1), Column("入党\n时间", 1), Column("参加工\n作时间", 1),
        Column("学历", 1), Column("现工作单位及职务", 2.8, "left"), Column("拟挂（任）职务", 2.8, "left"),
    )  # fmt: skip
    rows = tuple((p.name, p.sex, p.birth, p.party_joined or "—", p.work_began, p.education, p.present, p.proposed) for p in value.people)
    body = (
        Paragraph(
            f"按照{value.programme}要求，经资格审查、四关审查，{value.decided_by}研究决定，拟选派下列{len(value.people)}名同志挂职，"
            "现予公示，接受社会监督。"
        ),
        Table(columns=columns, rows=rows, size=9.5),
        Paragraph(f"公示期自{chinese_date(value.starts_on)}至{chinese_date(value.ends_on)}，共{value.workdays}个工作日。"),
        Paragraph(
            "公示期间，任何单位和个人均可来信、来电、来访反映公示对象的问题。反映问题应实事求是，提倡署真实姓名和工作单位，"
            "以便核实和反馈；对反映人及其反映的情况严格保密。"
        ),
        Paragraph(f"受理单位和电话：{value.contact}。"),
    )
    paper = OfficialDocument(
        title="挂职干部选派公示", body=body, signature=value.signature, date=value.starts_on, demonstration=value.demonstration
    )
    refuse_private(texts(paper))
    return paper
