"""请销假审批单: one sheet a request, as offices file it."""

import datetime as dt
from dataclasses import dataclass

from shibaiqian.documents.gongwen import Cell, Grid, OfficialDocument, Paragraph
from shibaiqian.documents.layout import chinese_date


@dataclass(frozen=True, kw_only=True)
class LeaveForm:
    """What stands on the form; what nobody has said yet stays empty for the pen."""

    name: str
    unit: str
    host: str
    title: str
    kind: str
    first_on: dt.date
    last_on: dt.date
    from_noon: bool
    until_noon: bool
    days: str
    summed: str
    reason: str
    place: str
    told: str  # to whom and when, in an emergency
    asked_on: dt.date
    level: str
    opinion: str
    reviewed_by: str
    answer: str
    is_granted: bool
    is_refused: bool
    decided_by: str
    decided_on: dt.date | None
    returned_on: dt.date | None
    closing: str
    demonstration: bool = False


def leave_form(value: LeaveForm) -> OfficialDocument:
    """The sheet, with the opinions in the order in which they are given."""
    begins = chinese_date(value.first_on) + ("下午" if value.from_noon else "")
    ends = chinese_date(value.last_on) + ("中午" if value.until_noon else "")
    decided = "同意。" if value.is_granted else "不同意。" if value.is_refused else ""
    signed = f"{value.decided_by} {chinese_date(value.decided_on)}" if value.decided_on else "　　年　月　日"
    rows = (
        (_l("姓名"), Cell(value.name), _l("请假类别"), Cell(value.kind)),
        (_l("派出单位"), Cell(value.unit), _l("挂职单位及职务"), Cell(f"{value.host}{value.title}")),
        (_l("请假时间"), Cell(f"{begins}至{ends}", 3)),
        (_l("天数"), Cell(f"{value.days} 天"), _l("连同前后请假"), Cell(f"{value.summed} 天")),
        (_l("事由"), Cell(value.reason, 3, align="left")),
        (_l("去向"), Cell(value.place or "—"), _l("申请日期"), Cell(chinese_date(value.asked_on))),
        *(((_l("口头报告"), Cell(value.told, 3)),) if value.told else ()),
        (_l("镇办审核意见"), Cell(f"{value.opinion}　{value.reviewed_by}".strip("　"), 3, align="left")),
        (_l(f"{value.level}审批意见"), Cell(f"{decided}{value.answer}　{signed}", 3, align="left")),
        (_l("销假"), Cell(chinese_date(value.returned_on) if value.returned_on else "　　年　月　日"), _l("核销说明"), Cell(value.closing or "—")),
    )  # fmt: skip
    note = Paragraph("本单一式两份，村级组织和审批机关各存一份；超过规定天数的抄送派出单位。")
    return OfficialDocument(
        title="挂职干部请销假审批单", body=(Grid(widths=(1.3, 2, 1.3, 2), rows=rows, size=12), note), demonstration=value.demonstration
    )


def _l(text: str) -> Cell:
    return Cell(text, label=True)
