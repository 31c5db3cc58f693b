"""The work bulletin (工作简报): the programme's figures in the sentences the office reports them in.

The figures come ready counted; nothing is added up, subtracted or rounded here except for display.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from shibaiqian.base.figures_format import wan
from shibaiqian.documents.gongwen import (
    Block,
    BulletinHead,
    Column,
    Heading,
    OfficialDocument,
    Paragraph,
    Table,
)
from shibaiqian.documents.layout import chinese_date

TIERS = ("tier_10", "tier_100", "tier_1000")
# Code, heading of the county table.
COUNTY_COLUMNS = (
    ("tier_1000", "第一书记\n（名）"),
    ("agricultural_parks", "农业园区\n（个）"),
    ("leading_enterprises", "龙头企业\n（个）"),
    ("cooperatives", "合作社\n（个）"),
    ("large_producers", "产业大户\n（户）"),
    ("projects", "包扶项目\n（个）"),
    ("practical_services", "办实事\n（件）"),
    ("households_income_up", "增收\n贫困户"),
    ("people_out_stably", "稳定脱贫\n（人）"),
)
BASIS = (
    "各项数据由挂职、产业、项目、实事和贫困户台账逐条计得，可逐级查到原始记录；累计数按户、按人、按主体去重，不以月报相加；"
    "帮扶成效只计挂职期间、与挂职干部有联系的事项；贫困人口为2015年12月31日在册存量，稳定脱贫人口在此之前退出，"
    "两数口径不同，不得相减"
)


class FiguresMissing(ValueError):
    """No figure of the bulletin was given; the message is for the clerk."""


@dataclass(frozen=True, kw_only=True)
class BulletinFigures:
    """Figures by the codes of the headline list (counties, poor_villages, tier_10, projects …), as integers.

    A code that is absent drops its clause from the text; it is never written as 0. Promotions count from 1 January of
    the year of `as_of`.
    """

    values: Mapping[str, int]
    as_of: dt.date
    region_name: str
    county_rows: tuple[tuple[str, Mapping[str, int]], ...] = ()


def work_bulletin(
    figures: BulletinFigures,
    *,
    name: str = "“十百千”工程工作简报",
    issue: int,
    issuer: str,
    on: dt.date | None = None,
    copies_to: tuple[str, ...] = (),
    printed_by: str = "",
    demonstration: bool = False,
) -> OfficialDocument:
    """The bulletin of the region. `on` is the date of issue, the figures' date when absent.

    Raises `FiguresMissing` when no known code is among the figures.
    """
    whole = whole_region(figures.region_name)
    body: list[Block] = []
    for heading, sentences in (
        ("选派情况", (_posted(figures, whole),)),
        ("帮扶成效", (_achieved(figures, whole), _organisations(figures))),
        ("干部使用", (_promoted(figures),)),
    ):
        written = [Paragraph(sentence) for sentence in sentences if sentence]
        if written:
            body += [Heading(1, heading), *written]
    if not body:
        raise FiguresMissing("没有可以写入简报的数据：先汇总各项指标，再生成简报。")
    opening = _situation(figures, whole)
    closing = Paragraph(f"数据截至{chinese_date(figures.as_of)}，口径：{BASIS}。")
    table = _county_table(figures, whole)
    day = on or figures.as_of
    return OfficialDocument(
        title=f"{figures.region_name}“十百千”工程抓党建促脱贫工作进展情况",
        head=BulletinHead(name=name, issue=issue, issuer=issuer, on=day),
        body=(*((Paragraph(opening),) if opening else ()), *body, *table, closing),
        copies_to=copies_to,
        copies_label="报送",
        printed_by=printed_by,
        printed_on=day if printed_by else None,
        demonstration=demonstration,
    )


def whole_region(region_name: str) -> str:
    """全市, 全县, 全区, 全镇 … from the region's name."""
    return "全" + (region_name[-1] if region_name[-1:] in "省市县区镇村" else "域")


def _situation(figures: BulletinFigures, whole: str) -> str:
    said = _clauses(
        figures,
        ("counties_national_poor", lambda n: f"{n}个县区为国家级贫困县"),
        ("poor_villages", lambda n: f"贫困村{n}个"),
        ("poor_population", lambda n: f"贫困人口{wan(n)}"),
    )
    return f"{whole}{'，'.join(said)}。" if said else ""


def _posted(figures: BulletinFigures, whole: str) -> str:
    said = _clauses(
        figures,
        ("tier_10", lambda n: f"从市直单位选派{n}名副县级干部到县区挂任县区委副书记或副县区长"),
        (
            "tier_100",
            lambda n: f"从市县区机关选派{n}名副县级后备干部和优秀年轻科级干部到{_towns(figures, whole)}镇办挂职",
        ),
        ("tier_1000", lambda n: f"从市、县区、镇办机关选派{n}名优秀党员干部到村社区挂任“第一书记”"),
    )
    return "，".join(said) + "。" if said else ""


def _achieved(figures: BulletinFigures, whole: str) -> str:
    industries = _clauses(
        figures,
        ("agricultural_parks", lambda n: f"现代特色农业园区{n}个"),
        ("leading_enterprises", lambda n: f"龙头企业{n}个"),
        ("cooperatives", lambda n: f"专业合作社{n}个"),
        ("large_producers", lambda n: f"产业大户{n}个"),
    )
    said = [f"累计帮扶贫困村发展{'、'.join(industries)}"] if industries else []
    said += _clauses(
        figures,
        ("projects", lambda n: f"实施包扶项目{wan(n)}个"),
        ("practical_services", lambda n: f"为贫困户办实事{wan(n)}件"),
        ("households_income_up", lambda n: f"带动{wan(n)}贫困户持续增收"),
        ("people_out_stably", lambda n: f"实现{wan(n)}贫困人口稳定脱贫"),
    )
    if not said:
        return ""
    posted = [figures.values[code] for code in TIERS if code in figures.values]
    who = f"{sum(posted)}名挂职干部" if len(posted) == len(TIERS) else "挂职干部"
    return f"截至{chinese_date(figures.as_of)}，{whole}{who}{'，'.join(said)}。"


def _organisations(figures: BulletinFigures) -> str:
    count = figures.values.get("organisations_overhauled")
    if count is None:
        return ""
    return f"对{count}个后进村、社区党组织进行了整顿，实现了基层党组织有人管事、有章理事、有责问事。"


def _promoted(figures: BulletinFigures) -> str:
    said = _clauses(
        figures,
        ("promo_to_full_county_post", lambda n: f"{n}名抓脱贫攻坚工作实绩突出的县区党政副职被提拔到正县职岗位"),
        ("promo_section_level", lambda n: f"{n}名干部提拔重用到科级岗位"),
        ("promo_town_secretary", lambda n: f"{n}名优秀乡镇党委书记选拔到市直部门和县区党政领导班子任职"),
        ("promo_city_section_chief_to_county", lambda n: f"{n}名市直部门科长选派到县区党政领导班子任职"),
    )
    return f"{figures.as_of.year}年年初以来，{'，'.join(said)}。" if said else ""


def _county_table(figures: BulletinFigures, whole: str) -> tuple[Block, ...]:
    shown = [(code, title) for code, title in COUNTY_COLUMNS if any(code in counts for _, counts in figures.county_rows)]
    if not shown:
        return ()
    rows = [(county, *(_cell(counts, code) for code, _ in shown)) for county, counts in figures.county_rows]
    # The region's own figure, not the sum: what two counties share is counted once.
    rows.append((whole, *(_cell(figures.values, code) for code, _ in shown)))
    table = Table(
        caption="各县区进展情况",
        columns=(Column("县区", 1.1), *(Column(title, 1.0, "right") for _, title in shown)),
        rows=tuple(rows),
        size=10.5 if len(shown) <= 7 else 9.0,
    )
    shared = [title.split("\n")[0] for code, title in shown if _differs(figures, code)]
    if not shared:
        return (table,)
    note = f"注：{'、'.join(shared)}的{whole}数不等于各县区之和，由跨县区或不分县区的事项所致，{whole}只计一次。"
    return (table, Paragraph(note))


def _differs(figures: BulletinFigures, code: str) -> bool:
    if code not in figures.values or any(code not in counts for _, counts in figures.county_rows):
        return False
    return sum(counts[code] for _, counts in figures.county_rows) != figures.values[code]


def _cell(counts: Mapping[str, int], code: str) -> str:
    return str(counts[code]) if code in counts else "—"


def _towns(figures: BulletinFigures, whole: str) -> str:
    towns = figures.values.get("towns")
    return f"{whole}{towns}个" if towns is not None else ""


def _clauses(figures: BulletinFigures, *clauses: tuple[str, Callable[[int], str]]) -> list[str]:
    return [write(figures.values[code]) for code, write in clauses if code in figures.values]
