"""驻村补助报销单: what a confirmed month is paid, for the sending unit's finance, with places to sign."""

import datetime as dt
from dataclasses import dataclass

from shibaiqian.base.figures_format import capital_yuan
from shibaiqian.documents.gongwen import Cell, Column, Grid, OfficialDocument, Paragraph, Table
from shibaiqian.documents.papers.people import Person

COLUMNS = (
    Column("序号", 0.6),
    Column("项目", 2.4, "left"),
    Column("数量", 1, "right"),
    Column("单位", 0.7),
    Column("标准（元）", 1.2, "right"),
    Column("金额（元）", 1.4, "right"),
)

SIGNING = ("报销人", "单位分管领导", "财务审核", "领款人")


@dataclass(frozen=True, kw_only=True)
class ExpenseClaim:
    """`lines` are label, quantity, measure, rate and amount in cents; `sources` the documents that set the rates."""

    person: Person
    month: dt.date
    lines: tuple[tuple[str, int, str, int, int], ...]
    total_cents: int
    sources: tuple[str, ...] = ()
    demonstration: bool = False


def expense_claim(value: ExpenseClaim) -> OfficialDocument:
    """The form."""
    rows = [
        (str(n), label, str(quantity), measure, _yuan(rate), _yuan(amount))
        for n, (label, quantity, measure, rate, amount) in enumerate(value.lines, start=1)
    ]
    signing = Grid(
        widths=(1, 1, 1, 1),
        rows=(tuple(Cell(label, label=True) for label in SIGNING), tuple(Cell() for _label in SIGNING)),
        heights=(9, 22),
    )
    p = value.person
    return OfficialDocument(
        title="驻村补助报销单",
        form=True,
        body=(
            Paragraph(f"{p.name}（{p.proposed}），派出单位：{p.unit}，{value.month.year}年{value.month.month}月。"),
            Table(columns=COLUMNS, rows=(*rows, ("", "合计", "", "", "", _yuan(value.total_cents)))),
            Paragraph(f"合计人民币（大写）：{capital_yuan(value.total_cents)}"),
            Paragraph(f"标准依据：{'；'.join(value.sources)}。" if value.sources else "标准依据：当月有效的政策参数。"),
            Paragraph("天数和次数取自镇办已确认的考勤（考勤登记表附后）。费用由派出单位承担，不得在村级报销。"),
            signing,
        ),
        demonstration=value.demonstration,
    )


def _yuan(cents: int) -> str:
    return f"{cents / 100:,.2f}"
