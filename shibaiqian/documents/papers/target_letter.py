"""目标责任书: indicators with baseline, target, weight and due day, signed by official, host and sending unit."""

import datetime as dt
from dataclasses import dataclass

from shibaiqian.documents.gongwen import Cell, Column, Grid, Heading, OfficialDocument, Paragraph, Table
from shibaiqian.documents.layout import chinese_date
from shibaiqian.documents.papers.people import Person


@dataclass(frozen=True, kw_only=True)
class Target:
    text: str
    baseline: str
    target: str
    measure: str
    weight: int
    due_on: dt.date


@dataclass(frozen=True, kw_only=True)
class TargetLetter:
    person: Person
    scope: str  # 2016年度, 任期
    targets: tuple[Target, ...]
    host_signer: str = ""
    unit_signer: str = ""
    amended: str = ""  # why it was amended; the earlier letter is replaced
    on: dt.date | None = None
    demonstration: bool = False


def target_letter(value: TargetLetter) -> OfficialDocument:
    """The letter with its table and three places to sign."""
    p = value.person
    columns = (
        Column("序号", 0.6), Column("目标任务", 4, "left"), Column("基数", 1, "right"), Column("目标", 1, "right"), Column("单位", 0.8),
        Column("权重", 0.8, "right"), Column("完成时限", 1.6),
    )  # fmt: skip
    rows = tuple(
        (str(n), t.text, t.baseline, t.target, t.measure, f"{t.weight}%", f"{t.due_on.year}.{t.due_on.month}.{t.due_on.day}")
        for n, t in enumerate(value.targets, start=1)
    )
    signing = Grid(
        widths=(1, 1, 1),
        rows=(
            (Cell("挂职干部", label=True), Cell("挂职单位党组织书记", label=True), Cell("派出单位负责人", label=True)),
            tuple(Cell(f"{name}\n\n（签名）\n　　年　　月　　日") for name in (p.name, value.host_signer, value.unit_signer)),
        ),
        heights=(9, 34),
    )
    amended = (Paragraph(f"本责任书为修订后文本，修订原因：{value.amended}。原责任书同时作废。"),) if value.amended else ()
    signed = f"，自{chinese_date(value.on)}起执行" if value.on else ""
    return OfficialDocument(
        title=f"挂职干部{value.scope}目标责任书",
        body=(
            Paragraph(f"为落实挂职责任，{p.name}同志（{p.present}，挂任{p.proposed}）与挂职单位、派出单位签订本责任书{signed}。"),
            *amended,
            Heading(1, "目标任务"),
            Table(columns=columns, rows=rows),
            Heading(1, "责任和考核"),
            Paragraph(
                "挂职干部对目标完成负责；挂职单位提供工作条件，派出单位在项目、资金、技术上给予支持。目标完成情况由台账记录计得，作为考核依据。"
            ),
            Paragraph("目标需要调整的，由三方另签修订文本，不得自行更改。包扶对象不脱贫，包扶关系不解除。"),
            signing,
        ),
        demonstration=value.demonstration,
    )
