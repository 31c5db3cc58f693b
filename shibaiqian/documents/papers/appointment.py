"""挂职（任职）通知: one document for a list. It gives the post and takes nothing away: the old post is kept (domain.md 4.7)."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from shibaiqian.documents.gongwen import Attachment, OfficialDocument, Paragraph
from shibaiqian.documents.layout import chinese_date
from shibaiqian.documents.papers.people import Person, list_of_posts, named, term_text


@dataclass(frozen=True, kw_only=True)
class Appointment:
    level: Literal["county", "town", "village"]  # of the hosts
    recipients: tuple[str, ...]
    decided_by: str  # 中共洛南县委组织部部务会议
    decided_on: dt.date
    minute: str = ""
    people: tuple[Person, ...] = ()
    signature: str = ""
    on: dt.date
    arrival_days: int = 5  # working days
    copies_to: tuple[str, ...] = ()
    demonstration: bool = False


_KEPT = (
    "挂职期间不免去原任职务，人事、工资关系保留在派出单位，党员组织关系转至挂职单位；与原单位工作脱钩，实职实责，承担所列分工。"
    "派出单位负责人挂职的，由所在单位明确主持工作的同志。"
)
_LEVEL = {
    "county": "挂任县（区）领导职务的，协助主要领导抓好所列分工；需由人民代表大会常务委员会任命的职务，按法定程序办理。",
    "town": "挂任镇（街道）领导职务的，协助党（工）委书记、镇长（主任）抓好所列分工；需选举或者任命的职务，按法定程序办理。",
    "village": "第一书记不占村（社区）“两委”职数，不参加换届选举，协助村（社区）党组织抓好建强组织、精准扶贫、为民办事和治理有效。",
}


def appointment(value: Appointment) -> OfficialDocument:
    """The notice; the list stands as its annex, at one person too, so that every list reads alike."""
    minute = f"（{value.minute}）" if value.minute else ""
    body = (
        Paragraph(
            f"经{value.decided_by}{chinese_date(value.decided_on)}研究决定{minute}，选派{named(value.people)}挂职，"
            f"{term_text(value.people)}。挂职单位、职务和分工见附件。"
        ),
        Paragraph(_LEVEL[value.level]),
        Paragraph(_KEPT),
        Paragraph(f"请挂职干部自本通知印发之日起{value.arrival_days}个工作日内到岗，接收单位安排好工作和生活，并报到岗情况。"),
    )
    return OfficialDocument(
        title=f"关于{named(value.people)}挂职的通知" if value.level != "village" else f"关于选派{named(value.people)}担任第一书记的通知",
        recipients=value.recipients,
        body=body,
        attachments=(Attachment(title="挂职干部名单", body=(list_of_posts(value.people),)),),
        signature=value.signature,
        date=value.on,
        copies_to=value.copies_to,
        printed_by=f"{value.signature}办公室" if value.copies_to else "",
        printed_on=value.on if value.copies_to else None,
        demonstration=value.demonstration,
    )
