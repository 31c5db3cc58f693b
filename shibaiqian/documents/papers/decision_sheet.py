"""呈批件: the whole list on paper for the meeting, with the basis of each, and room for what leaders write and sign."""

import datetime as dt
from dataclasses import dataclass

from shibaiqian.documents.gongwen import Attachment, Cell, Column, Grid, OfficialDocument, Paragraph, Table
from shibaiqian.documents.layout import chinese_date
from shibaiqian.documents.papers.people import Person


@dataclass(frozen=True, kw_only=True)
class DecisionSheet:
    programme: str
    batch: str  # 2015年第二批, or 补派
    tier: str  # 村级
    drafted_by: str  # 洛南县委组织部
    decider: str  # 中共洛南县委
    on: dt.date
    people: tuple[tuple[Person, str], ...]  # with the basis in a few words: 四关通过；党组会纪要〔2015〕3号
    statutory: tuple[str, ...] = ()  # procedures that follow the decision
    demonstration: bool = False


def decision_sheet(value: DecisionSheet) -> OfficialDocument:
    """First page: matter, opinions, signatures. Annex: the list, header repeated on every page."""
    hand = "\n\n\n（签名）　　　　　年　　月　　日　　"
    matter = (
        f"拟选派{len(value.people)}名同志到{value.tier}挂职（{value.batch}），名单附后。人选均经单位党组织推荐、资格审查和"
        "政治、品行、廉政、能力四关审查，回避情况已核查。"
    )
    if value.statutory:
        matter += f"其中需履行的程序：{'；'.join(value.statutory)}。"
    rows = (
        (Cell("呈报单位", label=True), Cell(value.drafted_by), Cell("呈报日期", label=True), Cell(chinese_date(value.on))),
        (Cell("决定机关", label=True), Cell(value.decider), Cell("人　　数", label=True), Cell(f"{len(value.people)}名")),
        (Cell("呈批事项", label=True), Cell(matter, 3, align="left")),
        (Cell("呈报单位\n负责人意见", label=True), Cell(hand, 3, align="right")),
        (Cell("会议研究\n决定意见", label=True), Cell(hand, 3, align="right")),
        (Cell("领导批示", label=True), Cell(hand, 3, align="right")),
        (Cell("会议名称、\n日期和纪要号", label=True), Cell("", 3)),
    )
    grid = Grid(widths=(1.2, 2.4, 1.2, 2.0), rows=rows, heights=(11, 11, 30, 34, 34, 34, 13))
    columns = (
        Column("序号", 0.6), Column("姓名", 1.1), Column("性别", 0.6), Column("出生\n年月", 0.9), Column("现工作单位及职务", 3, "left"),
        Column("拟挂（任）职务", 3, "left"), Column("依据", 2.8, "left"), Column("会议\n意见", 0.9),
    )  # fmt: skip
    listed = tuple((str(n), p.name, p.sex, p.birth, p.present, p.proposed, basis, "") for n, (p, basis) in enumerate(value.people, start=1))
    return OfficialDocument(
        title=f"{value.programme}挂职干部选派呈批件",
        body=(grid,),
        attachments=(Attachment(title="拟选派挂职干部名单", body=(Table(columns=columns, rows=listed, size=9.5), Paragraph(_NOTE))),),
        demonstration=value.demonstration,
    )


_NOTE = "会议决定以签署的纸质呈批件和会议纪要为准；经办人据此在系统中登记会议名称、日期和纪要号。"
