"""The three stories of the article on their real villages, with invented persons.

S20: the head of a county bureau is First Secretary of 姚楼村. S35: in 银厂村 an official sent outside a batch helps to found a
cooperative for seedlings of 白芨, with an interest-free loan of the mutual fund, land for nothing and technique, and an elderly
couple earns wages there. S38: in 吴庄村 a villager gets chicks, guidance and a buyer. They are told by rows of the same rosters, in
place of rows that would have stood there anyway: no total moves.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from shibaiqian.demo.procedure import Paper

if TYPE_CHECKING:
    from shibaiqian.demo.organisations import Unit
    from shibaiqian.demo.register import Register

YAOLOU, YINCHANG, WUZHUANG = "611023111216", "611024107209", "611002105237"
SHORTS = {YAOLOU: "商南", YINCHANG: "山阳", WUZHUANG: "商州"}
VILLAGER, COUPLE_EARNS = "陈拴虎", 12_600
GENERAL, RISING, SKILL, OPEN_ROUND = 0, 1, 6, 0

# Name, product, households, founded, helped since.
COOPERATIVES = {
    YINCHANG: ("山阳县银厂白芨育苗专业合作社", "白芨", 32, "2015-12-08", "2015-11-16"),
    WUZHUANG: ("商州区吴庄秦岭土鸡养殖专业合作社", "土鸡", 27, "2015-10-12", "2015-09-21"),
    YAOLOU: ("商南县姚楼金山茶叶专业合作社", "茶叶", 41, "2014-04-21", "2015-09-14"),
}
# Name, kind, mode, source of money, yuan, households.
PROJECTS = {
    YINCHANG: [
        ("银厂村白芨育苗基地建设（场地无偿提供）", "产业发展", "产业带动", "社会", 186_000, 32),
        ("银厂村互助资金注入（无息借款）", "产业发展", "金融支持", "省", 300_000, 46),
        ("银厂村白芨育苗技术推广（每亩成本由5万余元降到5000元左右）", "产业发展", "产业带动", "县", 28_000, 32),
    ],
    WUZHUANG: [
        ("吴庄村土鸡养殖圈舍建设", "产业发展", "产业带动", "单位自筹", 42_000, 27),
        ("吴庄村土鸡养殖回收点建设", "产业发展", "支部引领", "县", 35_000, 27),
    ],
    YAOLOU: [
        ("姚楼村茶园改造", "产业发展", "产业带动", "县", 120_000, 64),
        ("姚楼村农家乐集中区停车场", "基础设施", "生态富民", "市", 95_000, 38),
    ],
}
# Not before, whom (empty: the household of the row), kind, what, yuan.
SERVICES = {
    WUZHUANG: [
        ("2015-09-01", VILLAGER, "生产资料", "联系购买土鸡苗500只", 2500), ("2015-09-20", VILLAGER, "产业技术", "请畜牧站技术员上门指导育雏和防疫", None),
        ("2015-11-10", VILLAGER, "产业技术", "指导林下放养和饲料搭配", None), ("2015-12-20", VILLAGER, "产品销售", "联系收购企业签订回收协议", None),
        ("2016-01-10", VILLAGER, "产品销售", "通过回收渠道销售土鸡420只", 25200), ("2016-03-10", VILLAGER, "生产资料", "联系购买第二批土鸡苗800只", 4000),
    ],
    YINCHANG: [
        ("2015-11-20", "", "生产资料", "帮助申请互助资金无息借款用于白芨育苗", 10000), ("2015-12-10", "", "产业技术", "请技术员到苗圃指导白芨组培苗移栽", None),
        ("2016-03-01", "", "就业务工", "安排到白芨育苗合作社务工，每月工资1000余元", 1050), ("2016-04-10", "", "生产资料", "送去白芨种苗", 1800),
    ],
    YAOLOU: [
        ("2015-10-10", "", "其他", "指导开办农家乐并代办证照", 3000), ("2015-12-05", "", "产品销售", "联系景区销售茶叶和土特产", 2600),
        ("2016-04-05", "", "产业技术", "请茶叶站技术员指导春茶采摘和加工", None),
    ],
}  # fmt: skip


@dataclass(frozen=True)
class Secretary:
    """What the stories know of a First Secretary; empty where the plan decides."""

    cadre: dict[str, Any] = field(default_factory=dict)
    paper: Paper | None = None
    outside_batch: bool = False


def first_secretary(village: str, units: list[Unit]) -> Secretary | None:
    """The First Secretaries of the stories: a bureau's head (S20), one sent when need was found (S35), one who knows animals (S38)."""
    by_number = {unit.number: unit for unit in units if unit.level == "县"}
    head = {"post": "局长", "rank": "乡科级正职", "birth_year": 1968, "is_man": True, "rural": True, "name": "汪文海"}
    deputy = {
        "post": "副局长",
        "rank": "乡科级副职",
        "birth_year": 1974,
        "is_man": True,
        "rural": True,
        "name": "程建林",
        "specialty": "中药材种植",
    }
    expert = {"post": "科员", "rank": "科员", "birth_year": 1977, "is_man": True, "rural": True, "name": "屈立新", "specialty": "畜牧养殖"}
    if village == YAOLOU:
        return Secretary({"unit": by_number["039"], **head})
    if village == YINCHANG:
        return Secretary(
            {"unit": by_number["036"], **deputy}, paper=Paper(np.datetime64("2015-10-19"), "山组发〔2015〕88号", 24), outside_batch=True
        )
    if village == WUZHUANG:
        return Secretary({"unit": by_number["047"], **expert})
    return None


def _couple(made: Register) -> int | None:
    """The household of the elderly couple of 银厂村: two persons who can still work, still poor."""
    codes = made.plan["code"].to_list()
    if YINCHANG not in codes:
        return None
    fits = (
        (made.village == codes.index(YINCHANG))
        & (made.size == 2)
        & (made.labour > 0)
        & (made.round == OPEN_ROUND)
        & (made.attribute == GENERAL)
    )
    youngest = np.minimum(made.people.age[made.first], made.people.age[np.minimum(made.first + 1, len(made.people.age) - 1)])
    able = np.flatnonzero(fits & ~made.late & (youngest >= 48))
    return int(able[0]) if len(able) else None


def tell_of_households(made: Register) -> Register:
    """The couple lacked technique and money, nothing else."""
    couple = _couple(made)
    if couple is not None:
        made.cause[couple] = SKILL
        others = made.others.to_list()
        others[couple] = "缺资金"
        made.others = pl.Series(others, dtype=pl.String)
    return made


def linked(made: Register, link: np.ndarray) -> np.ndarray:
    """The couple is among those whose income rises; another household of the village changes places with it."""
    couple = _couple(made)
    if couple is None or link[couple] == RISING:
        return link
    same = np.flatnonzero((made.village == made.village[couple]) & (link == RISING) & (made.round == OPEN_ROUND))
    if len(same):
        link[same[0]], link[couple] = link[couple], RISING
    return link


def _posted(village: str, number: pl.Expr) -> pl.Expr:
    """Rows of the village's own First Secretary."""
    return (pl.col("村代码") == village) & number.str.starts_with(f"{SHORTS[village]}-村-")


def _told(rows: pl.DataFrame, changes: dict[int, dict[str, Any]]) -> pl.DataFrame:
    """The rows with some cells written anew."""
    if not changes:
        return rows
    told = rows.with_row_index("_row")
    new = pl.DataFrame([{"_row": row, **cells} for row, cells in changes.items()], infer_schema_length=None).cast({"_row": pl.UInt32})
    for name in new.columns[1:]:
        cells = new.select("_row", pl.col(name).alias("_new"))
        told = told.join(cells, on="_row", how="left", maintain_order="left")
        is_told = pl.col("_row").is_in(new["_row"].implode())
        told = told.with_columns(pl.when(is_told).then(pl.col("_new").cast(rows.schema[name])).otherwise(name).alias(name)).drop("_new")
    return told.drop("_row")


def tell_of_entities(rows: pl.DataFrame, secretaries: dict[str, str]) -> pl.DataFrame:
    """The cooperatives of the stories. `secretaries`: village → number of its First Secretary's posting."""
    changes = {}
    for village, (name, product, homes, founded, since) in COOPERATIVES.items():
        found = rows.with_row_index("_row").filter((pl.col("村代码") == village) & (pl.col("主体类型") == "专业合作社"))
        if found.height:
            changes[found["_row"][0]] = {
                "名称": name, "主导产品": product, "规模": homes, "规模单位": "户", "成立日期": founded, "帮扶起始日期": since, "任职编号": secretaries[village],
            }  # fmt: skip
    return _told(rows, changes)


def tell_of_links(rows: pl.DataFrame, entities: pl.DataFrame, made: Register) -> pl.DataFrame:
    """The couple works for wages in the cooperative."""
    couple = _couple(made)
    cooperative = entities.filter(pl.col("名称") == COOPERATIVES[YINCHANG][0])["主体编号"]
    if couple is None or cooperative.is_empty():
        return rows
    found = rows.with_row_index("_row").filter(pl.col("户编号") == made.number[couple])
    if found.is_empty():
        return rows
    cells = {"主体编号": cooperative[0], "联结方式": "务工", "起始日期": "2015-12-14", "终止日期": None, "年增收（元）": COUPLE_EARNS}
    rows = rows.with_row_index("_row").filter((pl.col("户编号") != made.number[couple]) | (pl.col("_row") == found["_row"][0])).drop("_row")
    place = rows.with_row_index("_row").filter(pl.col("户编号") == made.number[couple])["_row"][0]
    return _told(rows, {place: cells})


def tell_of_projects(rows: pl.DataFrame) -> pl.DataFrame:
    """The works of the stories, in place of others of the same First Secretary, in the order of time."""
    changes = {}
    for village, works in PROJECTS.items():
        able = (
            rows.with_row_index("_row")
            .filter(_posted(village, pl.col("任职编号")) & (pl.col("开工日期") >= "2015-11-01"))["_row"]
            .to_list()
        )
        for row, (name, kind, mode, source, yuan, homes) in zip(able, works, strict=False):
            changes[row] = {
                "项目名称": name,
                "项目类型": kind,
                "帮扶模式": mode,
                "资金来源": source,
                "总投资（元）": yuan,
                "受益户数": homes,
            }
    return _told(rows, changes)


def tell_of_services(rows: pl.DataFrame) -> pl.DataFrame:
    """Each chain in the order of time: chicks, technique, a buyer, the sale."""
    changes: dict[int, dict[str, Any]] = {}
    for village, chain in SERVICES.items():
        own = rows.with_row_index("_row").filter(_posted(village, pl.col("任职编号")) & pl.col("确认方式").is_not_null())
        after = ""
        for first, who, kind, what, yuan in chain:
            able = own.filter(
                (pl.col("办理日期") >= max(first, after))
                & ~pl.col("_row").is_in(list(changes))
                & (pl.lit(bool(who)) | pl.col("户编号").is_not_null())
            )
            if able.is_empty():
                continue
            chosen = able.row(0, named=True)
            after = chosen["办理日期"]
            changes[chosen["_row"]] = {
                "受益群众": who or chosen["受益群众"], "户编号": None if who else chosen["户编号"], "类别": kind, "办理内容": what, "折合金额（元）": yuan,
            }  # fmt: skip
    return _told(rows, changes)
