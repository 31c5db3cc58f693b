"""The handbook page of the figures, made from the catalogue and its specs."""

from shibaiqian.indicators.engine import Figure, catalogue
from shibaiqian.indicators.specs import spec

LEVELS = {"village": "村（社区）", "town": "镇办", "county": "县区", "unit": "单位所在地"}
INTRODUCTION = """# 统计数字手册

每个数字都从记录现算，不另行填报；每个数字都能逐级打开，直到它数的每一条记录。数字同统计日一起看。
页面上的数字取自按村汇总表加上之后的变动；命令 `shibaiqian figures --region 6110 --as-of 2016-06-08` 永远现算，两者由测试核对。
“贫困人口存量”和“稳定脱贫人口”是两个不同的存量，**不得相减**。

每个数字下面的“进什么、得多少”既是说明，也是测试：测试把这些行写进真实的表，再核对得数（在 PostgreSQL 与 DuckDB 两种引擎上）。
本页由 `shibaiqian/indicators/catalogue` 与 `specs` 生成，请勿手改。
"""


def handbook() -> str:
    """The page as Markdown."""
    listed = ["| 序 | 代码 | 名称 | 单位 | 按什么计 |", "|---|---|---|---|---|"]
    listed += [f"| {f.position} | [`{f.code}`](#{f.code}) | {f.title} | {f.unit} | {LEVELS[f.counts_by]} |" for f in catalogue().values()]
    return "\n".join([INTRODUCTION, *listed, "", *(_page(figure) for figure in catalogue().values())])


def _page(figure: Figure) -> str:
    facts = [
        f"## {figure.code}",
        f"**{figure.title}**（{figure.title_en}）",
        "",
        figure.definition,
        "",
        f"- 单位：{figure.unit}　来源：{figure.source}",
        f"- 统计日口径：{figure.as_of}",
        f"- 按{LEVELS[figure.counts_by]}计，{'可' if figure.additive else '不可'}逐级相加；打开后是 `{figure.key}`，需要权限 `{figure.opens}`",
    ]
    if figure.note:
        facts.append(f"- 说明：{figure.note}")
    text = spec(figure.code).text.split("### ", 1)
    return "\n".join([*facts, "", text[0].strip(), "", "### " + text[1].strip(), ""]).replace("\n\n\n", "\n\n")
