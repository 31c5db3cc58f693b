"""中国共产党党员组织关系介绍信: stub to keep (存根), letter to carry, receipt to send back (回执), with cut lines between."""

import datetime as dt
from dataclasses import dataclass

from shibaiqian.documents.gongwen import Block, Centred, CutLine, OfficialDocument, Paragraph, Right
from shibaiqian.documents.layout import chinese_date

TITLE = "中国共产党党员组织关系介绍信"


@dataclass(frozen=True, kw_only=True)
class PartyLetter:
    number: str
    name: str
    sex: str
    ethnicity: str
    is_probationary: bool | None = False  # None: nobody here knows
    from_body: str  # the party body that signs
    to_body: str  # it is addressed to
    leaving: str  # the branch the member leaves
    joining: str  # the branch the member joins
    dues_paid_to: str = ""  # yyyyMM
    valid_days: int = 30
    on: dt.date
    demonstration: bool = False


def party_letter(value: PartyLetter) -> OfficialDocument:
    """All three parts on one page. The ID number and telephone of the printed form are written by hand, by the member."""
    kind = "党员" if value.is_probationary is None else "预备党员" if value.is_probationary else "正式党员"
    who = f"{value.name}（{'，'.join(filter(None, (value.sex, value.ethnicity, kind)))}）同志"
    dues = f"{value.dues_paid_to[:4]}年{int(value.dues_paid_to[4:])}月" if len(value.dues_paid_to) == 6 else "　　　　年　　月"
    numbered, day = Right(f"编号：{value.number}"), Right(chinese_date(value.on))
    body: tuple[Block, ...] = (
        Centred("存　根"),
        numbered,
        Paragraph(f"{who}组织关系由{value.leaving}转到{value.joining}。有效期{value.valid_days}天。"),
        day,
        CutLine(f"骑缝盖章　{value.number}"),
        Centred(TITLE),
        numbered,
        Paragraph(f"{value.to_body}："),
        Paragraph(f"{who}因挂职，组织关系由{value.leaving}转到{value.joining}。该同志党费已交到{dues}。（有效期{value.valid_days}天）"),
        Right(f"{value.from_body}（盖章）"),
        day,
        CutLine("由接收党组织填写后寄回或传回"),
        Centred("回　执"),
        numbered,
        Paragraph(f"{value.from_body}："),
        Paragraph(f"{value.name}同志的组织关系已转到{value.joining}，特此回复。"),
        Right(f"{value.to_body}（盖章）"),
        Right("经办人：　　　　　　　　　年　　月　　日"),
    )
    return OfficialDocument(title=TITLE, body=body, form=True, demonstration=value.demonstration)
