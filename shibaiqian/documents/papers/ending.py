"""Papers of an ending: 挂职证明, 挂职期满鉴定表, 工作交接清单."""

import datetime as dt
from dataclasses import dataclass

from shibaiqian.documents.gongwen import Cell, Column, Grid, OfficialDocument, Paragraph, Table
from shibaiqian.documents.layout import chinese_date
from shibaiqian.documents.papers.people import Person


@dataclass(frozen=True, kw_only=True)
class Certificate:
    person: Person
    resume_line: str  # （其间：2015.08--2017.08挂任…）
    document_number: str  # that appointed
    result: str = ""  # 期满考核称职
    signature: str
    on: dt.date
    demonstration: bool = False


@dataclass(frozen=True, kw_only=True)
class TermAssessment:
    """Grades and opinions are written by hand or given as recorded; nothing is prefilled that nobody said."""

    person: Person
    document_number: str
    achievements: tuple[str, ...] = ()  # from the records, one line each
    grade: str = ""
    demonstration: bool = False


@dataclass(frozen=True, kw_only=True)
class HandoverItem:
    label: str  # 贫困户台账
    text: str
    is_done: bool


@dataclass(frozen=True, kw_only=True)
class Handover:
    person: Person
    successor: str
    opened_on: dt.date
    items: tuple[HandoverItem, ...]
    households: tuple[tuple[str, str, str], ...] = ()  # number, household as masked, who follows
    witness: str = ""
    waived: str = ""
    demonstration: bool = False


def certificate(value: Certificate) -> OfficialDocument:
    """挂职证明, with the line for the resume."""
    p = value.person
    term = f"{chinese_date(p.begins)}至{chinese_date(p.ends)}" if p.begins and p.ends else ""
    result = f"{value.result}。" if value.result else ""
    about = "，".join(filter(None, (p.sex, f"{p.birth}生" if p.birth else "", p.present)))
    body = (
        Paragraph(f"兹证明{p.name}同志（{about}）于{term}挂任{p.proposed}（任职文号：{value.document_number}）。{result}"),
        Paragraph(f"简历登记为：{value.resume_line}"),
        Paragraph("特此证明。"),
    )
    return OfficialDocument(title="挂职证明", body=body, signature=value.signature, date=value.on, demonstration=value.demonstration)


def term_assessment(value: TermAssessment) -> OfficialDocument:
    """挂职期满鉴定表."""
    p, hand = value.person, "\n\n（盖章）　　　　年　　月　　日　　"
    rows = (
        (_l("姓　　名"), Cell(p.name), _l("性　　别"), Cell(p.sex), _l("出生年月"), Cell(p.birth)),
        (_l("派出单位\n及 职 务"), Cell(p.present, 3, align="left"), _l("政治面貌"), Cell(p.political_status)),
        (_l("挂职单位\n及 职 务"), Cell(p.proposed, 3, align="left"), _l("任职文号"), Cell(value.document_number)),
        (_l("挂职时间"), Cell(p.term, 3), _l("分　　工"), Cell(p.duties)),
        (_l("主要工作\n实　　绩"), Cell("\n".join(value.achievements), 5, align="left")),
        (_l("个人总结"), Cell("\n\n\n（签名）　　　　年　　月　　日　　", 5, align="right")),
        (_l("挂职单位\n党组织鉴定"), Cell(hand, 5, align="right")),
        (_l("派出单位\n意　　见"), Cell(hand, 5, align="right")),
        (_l("组织部门\n意　　见"), Cell((f"等次：{value.grade}" if value.grade else "等次：") + hand, 5, align="right")),
    )
    grid = Grid(widths=(1.2, 1.2, 1.1, 1.1, 1.2, 1.8), rows=rows, heights=(10, 12, 12, 12, 44, 36, 28, 26, 26), size=11)
    return OfficialDocument(title="挂职期满鉴定表", body=(grid,), form=True, demonstration=value.demonstration)


def handover(value: Handover) -> OfficialDocument:
    """工作交接清单: what is handed over, item by item, and to whom each household passes."""
    p = value.person
    columns = (Column("序号", 0.6), Column("交接内容", 1.8), Column("说明", 5, "left"), Column("已交接", 0.9))
    rows = tuple((str(n), i.label, i.text, "是" if i.is_done else "") for n, i in enumerate(value.items, start=1))
    body = [
        Paragraph(
            f"{p.name}同志（{p.present}，挂任{p.proposed}）与{value.successor or '　　　　'}于{chinese_date(value.opened_on)}起办理工作交接。"
        ),
    ]
    parts: list[Table | Paragraph | Grid] = [*body, Table(columns=columns, rows=rows)]
    if value.households:
        linked = (Column("户编号", 2), Column("户主", 1.4), Column("接续包扶人（单位）", 3.6, "left"))
        parts += [Paragraph("未稳定脱贫的包扶户及接续包扶人："), Table(columns=linked, rows=value.households)]
    if value.waived:
        parts.append(Paragraph(f"未能当面交接的原因：{value.waived}。"))
    signing = Grid(
        widths=(1, 1, 1),
        rows=(
            (_l("移交人"), _l("接收人"), _l("监交人（镇办）")),
            tuple(Cell(f"{name}\n\n（签名）\n　　年　　月　　日") for name in (p.name, value.successor, value.witness)),
        ),
        heights=(9, 32),
    )
    return OfficialDocument(title="挂职干部工作交接清单", body=(*parts, signing), demonstration=value.demonstration)


def _l(text: str) -> Cell:
    return Cell(text, label=True)
