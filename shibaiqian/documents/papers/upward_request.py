"""向上要事项单: what is asked of which unit, until when it answers, what it answered, and the asker's confirmation."""

import datetime as dt
from dataclasses import dataclass

from shibaiqian.documents.gongwen import Cell, Grid, OfficialDocument
from shibaiqian.documents.layout import chinese_date


@dataclass(frozen=True, kw_only=True)
class RequestSlip:
    title: str
    kind: str
    content: str
    asker: str
    receiver: str
    asked_on: dt.date
    due_on: dt.date
    state: str
    answer: str = ""
    answered_on: dt.date | None = None
    done: str = ""
    done_on: dt.date | None = None
    confirmed: str = ""
    confirmed_on: dt.date | None = None
    demonstration: bool = False


def request_slip(value: RequestSlip) -> OfficialDocument:
    """A form to hand over where a unit works on paper; what is known is filled in."""
    rows = (
        (_l("事　　项"), Cell(value.title, 3)),
        (_l("类　　别"), Cell(value.kind), _l("提出日期"), Cell(chinese_date(value.asked_on))),
        (_l("提 出 人"), Cell(value.asker), _l("答复单位"), Cell(value.receiver)),
        (_l("具体内容"), Cell(value.content, 3, align="left")),
        (_l("答复期限"), Cell(chinese_date(value.due_on)), _l("办理状态"), Cell(value.state)),
        (_l("答复意见"), Cell(_said(value.answer, value.answered_on), 3, align="left")),
        (_l("办理结果"), Cell(_said(value.done, value.done_on), 3, align="left")),
        (_l("提出人确认"), Cell(_said(value.confirmed, value.confirmed_on), 3, align="left")),
    )
    return OfficialDocument(
        title="向上要事项单",
        form=True,
        body=(Grid(widths=(1.2, 2.4, 1.2, 2.4), rows=rows, heights=(10, 10, 10, 46, 10, 34, 34, 24)),),
        demonstration=value.demonstration,
    )


def _said(text: str, on: dt.date | None) -> str:
    return f"{text}\n{chinese_date(on)}" if on else ""


def _l(text: str) -> Cell:
    return Cell(text, label=True)
