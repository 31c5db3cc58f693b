"""Papers that change a posting: 免职通知, 召回通知书, 调整通知, 延期通知."""

import datetime as dt
from dataclasses import dataclass

from shibaiqian.documents.gongwen import Attachment, Column, OfficialDocument, Paragraph, Table
from shibaiqian.documents.layout import chinese_date
from shibaiqian.documents.papers.people import Person, dotted, named


@dataclass(frozen=True, kw_only=True)
class _Decided:
    """What a notice about a list says besides the list."""

    recipients: tuple[str, ...]
    decided_by: str
    on: dt.date
    signature: str
    demonstration: bool = False


@dataclass(frozen=True, kw_only=True)
class Removal(_Decided):
    """The posted office ends; the post at home was never taken."""

    people: tuple[tuple[Person, str], ...]  # with the reason as printed: 任期届满


@dataclass(frozen=True, kw_only=True)
class Recall:
    """To the sending unit, which must send a successor in time."""

    unit: str
    person: Person
    reason: str
    heard_on: dt.date | None
    decided_by: str
    decided_on: dt.date
    replace_within: int  # working days
    on: dt.date
    signature: str
    demonstration: bool = False


@dataclass(frozen=True, kw_only=True)
class Adjustment(_Decided):
    """Neutral: another place or other duties within the same term."""

    people: tuple[tuple[Person, str, str], ...]  # with the new post and the reason


@dataclass(frozen=True, kw_only=True)
class Extension(_Decided):
    people: tuple[tuple[Person, dt.date], ...]  # with the new last day; `ends` is the old one
    reason: str


def removal(value: Removal) -> OfficialDocument:
    """免职通知 for a list."""
    people = tuple(person for person, _ in value.people)
    columns = (
        Column("序号", 0.6),
        Column("姓名", 1.2),
        Column("派出单位及职务", 3.2, "left"),
        Column("免去的挂职职务", 3.2, "left"),
        Column("原因", 1.6),
    )
    rows = tuple((str(n), p.name, p.present, p.proposed, why) for n, (p, why) in enumerate(value.people, start=1))
    body = (
        Paragraph(f"经{value.decided_by}研究决定，免去{named(people)}的挂职职务（名单附后）。"),
        Paragraph(
            "上述同志在派出单位的职务和人事、工资关系不变。请办好工作交接，党员组织关系转回原单位；未稳定脱贫的包扶户须有接续包扶人。"
        ),
    )
    return _notice(value, f"关于免去{named(people)}挂职职务的通知", body, "免去挂职职务人员名单", Table(columns=columns, rows=rows))


def recall(value: Recall) -> OfficialDocument:
    """召回通知书 for one person: 召回 punishes, and hears the person first."""
    p = value.person
    heard = f"，并于{chinese_date(value.heard_on)}听取了本人的陈述和申辩" if value.heard_on else ""
    body = (
        Paragraph(f"你单位选派的{p.name}同志，{_since(p)}任{p.proposed}。经核实{heard}，该同志{value.reason}。"),
        Paragraph(f"经{value.decided_by}{chinese_date(value.decided_on)}研究，决定予以召回，其挂职职务自本通知书印发之日起免去。"),
        Paragraph(
            f"请你单位接到本通知书后{value.replace_within}个工作日内另行选派合格人员接替，办好工作交接；包扶对象不脱贫，单位不脱钩。"
            "召回情况记入本人年度考核，由你单位按干部管理权限处理。"
        ),
    )
    return OfficialDocument(
        title="挂职干部召回通知书", recipients=(value.unit,), body=body, signature=value.signature, date=value.on,
        demonstration=value.demonstration,
    )  # fmt: skip


def adjustment(value: Adjustment) -> OfficialDocument:
    """调整通知 for a list."""
    people = tuple(person for person, _, _ in value.people)
    columns = (
        Column("序号", 0.6),
        Column("姓名", 1.2),
        Column("原挂职职务", 3, "left"),
        Column("调整后挂职职务", 3, "left"),
        Column("原因", 2.2, "left"),
    )
    rows = tuple((str(n), p.name, p.proposed, to, why) for n, (p, to, why) in enumerate(value.people, start=1))
    body = (
        Paragraph(f"因工作需要，经{value.decided_by}研究，决定调整{named(people)}的挂职职务（名单附后）。"),
        Paragraph("此次调整不属于召回，任期连续计算。请做好工作交接，原包扶户有接续包扶人后方可离岗。"),
    )
    return _notice(value, f"关于调整{named(people)}挂职职务的通知", body, "调整挂职职务人员名单", Table(columns=columns, rows=rows))


def extension(value: Extension) -> OfficialDocument:
    """延期通知 for a list."""
    people = tuple(person for person, _ in value.people)
    columns = (Column("序号", 0.6), Column("姓名", 1.2), Column("挂职职务", 3.6, "left"), Column("原任期届满", 1.6), Column("延长至", 1.6))
    rows = tuple((str(n), p.name, p.proposed, _day(p.ends), dotted(to)) for n, (p, to) in enumerate(value.people, start=1))
    body = (
        Paragraph(f"因{value.reason}，经{value.decided_by}研究，决定延长{named(people)}的挂职时间（名单附后），累计不超过三年。"),
        Paragraph("延期期间挂职职务、分工和待遇不变。"),
    )
    return _notice(value, f"关于延长{named(people)}挂职时间的通知", body, "延长挂职时间人员名单", Table(columns=columns, rows=rows))


def _notice(value: _Decided, title: str, body: tuple[Paragraph, ...], annex: str, table: Table) -> OfficialDocument:
    return OfficialDocument(
        title=title, recipients=value.recipients, body=body, attachments=(Attachment(title=annex, body=(table,)),),
        signature=value.signature, date=value.on, demonstration=value.demonstration,
    )  # fmt: skip


def _since(person: Person) -> str:
    return f"{chinese_date(person.begins)}起" if person.begins else ""


def _day(day: dt.date | None) -> str:
    return dotted(day) if day else ""
