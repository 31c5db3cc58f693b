"""驻村补助报销单: what a confirmed month is paid, for the sending unit's finance, with places to sign."""

import datetime as dt
from dataclasses import dataclass

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


@dataclass(frozen=True, kw_only=True)
class ExpenseClaim:
    """`lines` are label, quantity, measure, rate and amount in cents."""

    person: Person
    month: dt.date
    lines: tuple[tuple[str, int, str, int, int], ...]
    total_cents: int
    demonstration: bool = False


def expense_claim(value: ExpenseClaim) -> OfficialDocument:
    """The form."""
    rows = [
        (str(n), label, str(quantity), measure, _yuan(rate), _yuan(amount))
        for n, (label, quantity, measure, rate, amount) in enumerate(value.lines, start=1)
    ]
    signing = Grid(
        widths=(1, 1, 1),
        rows=(tuple(Cell(label, label=True) for label in ("报销人", "单位审核", "财务")), tuple(Cell() for _place in range(3))),
        heights=(9, 22),
    )
    p = value.person
    return OfficialDocument(
        title="驻村补助报销单",
        form=True,
        body=(
            Paragraph(f"{p.name}（{p.proposed}），派出单位：{p.unit}，{value.month.year}年{value.month.month}月。"),
            Table(columns=COLUMNS, rows=(*rows, ("", "合计", "", "", "", _yuan(value.total_cents)))),
            Paragraph("天数和次数取自镇办已确认的考勤，标准为当月有效的政策参数。费用由派出单位承担，不得在村级报销。"),
            signing,
        ),
        demonstration=value.demonstration,
    )


def _yuan(cents: int) -> str:
    return f"{cents / 100:,.2f}"
