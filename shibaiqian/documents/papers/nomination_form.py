"""推荐（报名）表: what a unit hands in for a cadre; filled from the register, opinions by hand."""

from dataclasses import dataclass

from shibaiqian.documents.gongwen import Cell, Grid, OfficialDocument
from shibaiqian.documents.papers.people import Person


@dataclass(frozen=True, kw_only=True)
class NominationForm:
    programme: str  # 商洛市“十百千”工程
    person: Person
    resume: tuple[str, ...] = ()  # lines as the register has them
    appraisals: str = ""  # 2014年度优秀，2015年度称职
    wishes: str = ""
    minute: str = ""  # 党组会议纪要〔2015〕3号（2015年6月12日）
    demonstration: bool = False


def nomination_form(value: NominationForm) -> OfficialDocument:
    """The form on one page; empty cells are what the register does not know, never guessed."""
    p, label = value.person, _label
    rows = (
        (label("姓　　名"), Cell(p.name), label("性　　别"), Cell(p.sex), label("出生年月"), Cell(p.birth)),
        (label("民　　族"), Cell(p.ethnicity), label("籍　　贯"), Cell(p.native_place), label("政治面貌"), Cell(p.political_status)),
        (label("入党时间"), Cell(p.party_joined), label("参加工作\n时　　间"), Cell(p.work_began), label("学　　历"), Cell(p.education)),
        (label("工作单位\n及 职 务"), Cell(p.present, 3, align="left"), label("专　　长"), Cell(p.specialty)),
        (label("推荐层级\n及 职 务"), Cell(p.title, 3, align="left"), label("农村工作\n经　　历"), Cell(p.experience)),
        (label("个人意愿"), Cell(value.wishes, 5, align="left")),
        (label("简　　历"), Cell("\n".join(value.resume), 5, align="left")),
        (label("近年年度\n考核结果"), Cell(value.appraisals, 5, align="left")),
        (label("本人签名"), Cell("", 5)),
        (label("推荐单位\n党组织意见"), Cell(f"{value.minute}\n\n（盖章）　　　　年　　月　　日　　", 5, align="right")),
        (label("组织部门\n审核意见"), Cell("\n\n（盖章）　　　　年　　月　　日　　", 5, align="right")),
    )
    heights = (10.0, 10.0, 11.0, 11.0, 11.0, 10.0, 46.0, 11.0, 12.0, 26.0, 26.0)
    grid = Grid(widths=(1.15, 1.2, 1.15, 1.2, 1.15, 1.4), rows=rows, heights=heights, size=11)
    return OfficialDocument(title=f"{value.programme}挂职干部推荐（报名）表", body=(grid,), form=True, demonstration=value.demonstration)


def _label(text: str) -> Cell:
    return Cell(text, label=True)
