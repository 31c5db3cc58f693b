"""`docs/flows.md`, written from the flow tables: `shibaiqian handbook flows > docs/flows.md`."""

from pathlib import Path

from shibaiqian.access.flow import Flow
from shibaiqian.cadres.courses import COURSE
from shibaiqian.fieldwork.procedures import DRAFT, DUTY_REPORT, PAPER, QUESTION
from shibaiqian.fieldwork.rules.attendance import MONTH
from shibaiqian.fieldwork.rules.claims import CLAIM
from shibaiqian.fieldwork.rules.leave import LEAVE
from shibaiqian.postings.rules import POSTING
from shibaiqian.postings.targets.rules import LETTER
from shibaiqian.selection.rules import BATCH, DECISION, NEED, NOMINATION, PLAN
from shibaiqian.voice.rules import REQUEST

FILE = Path(__file__).parents[2] / "docs" / "flows.md"
FLOWS = {
    "批次": BATCH, "岗位需求": NEED, "人选（推荐）": NOMINATION, "匹配方案": PLAN, "呈批件": DECISION, "挂职": POSTING, "目标责任书": LETTER,
    "月计划和月小结": PAPER, "述职报告": DUTY_REPORT, "向上要": REQUEST, "培训班": COURSE, "补助报销": CLAIM,
    "月度考勤": MONTH, "请假": LEAVE, "代记": DRAFT, "日志：问一问": QUESTION,
}  # fmt: skip
HEAD = """# 流程图

本页由 `shibaiqian handbook flows > docs/flows.md` 从流程表生成，不要手工修改。程序按同一张表办事：表里没有的一步办不了，
页面会说明现在在哪一步、可以办什么。方框是状态，箭头是步骤；没有箭头出去的是终点。谁可以办哪一步，见[权限表](permissions.md)。
"""


def render() -> str:
    """The page: a diagram of each flow, and its steps in words for who reads without pictures."""
    return "\n".join([HEAD, *(part for title, flow in FLOWS.items() for part in _section(title, flow))])


def _section(title: str, flow: Flow) -> list[str]:
    rows = [f"| {flow.states[at]} | {flow.steps[step]} | {flow.states[to]} |" for (at, step), to in flow.table.items()]
    return [f"## {title}", "```mermaid", flow.mermaid(), "```", "", "| 现在 | 办理 | 之后 |", "|---|---|---|", *rows, ""]
