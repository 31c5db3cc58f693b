"""What officials helped to build: parks, enterprises, cooperatives and large producers, and how households share in them."""

import numpy as np
import polars as pl

from shibaiqian.demo import names, stories
from shibaiqian.demo.days import TODAY, as_text, on_working_day
from shibaiqian.demo.livelihood import ENDED, UNLINKED, Livelihood
from shibaiqian.demo.people import draw
from shibaiqian.demo.plan import COUNTIES, stream
from shibaiqian.demo.practical_services import Places
from shibaiqian.demo.register import Register

KINDS = {"parks": "现代农业园区", "enterprises": "龙头企业", "cooperatives": "专业合作社", "producers": "产业大户"}
LETTERS = {"parks": "Y", "enterprises": "Q", "cooperatives": "H", "producers": "D"}
# Products of a county with their weights; tea grows in 商南, silkworms in 镇安, 五味子 in 柞水.
PRODUCTS = {
    "611002": {"核桃": 24, "中药材": 16, "肉鸡": 16, "生猪": 14, "香菇": 12, "蔬菜": 10, "肉牛": 5, "蜜蜂": 3},
    "611021": {"核桃": 34, "烤烟": 13, "生猪": 14, "中药材": 13, "肉鸡": 9, "香菇": 7, "肉牛": 6, "蔬菜": 4},
    "611022": {"肉鸡": 26, "核桃": 20, "葡萄": 9, "中药材": 14, "生猪": 12, "香菇": 11, "蜜蜂": 4, "肉牛": 4},
    "611023": {"茶叶": 34, "香菇": 22, "核桃": 9, "生猪": 10, "土鸡": 9, "中药材": 8, "板栗": 5, "蜜蜂": 3},
    "611024": {"中药材": 26, "核桃": 20, "肉鸡": 13, "生猪": 12, "香菇": 10, "肉牛": 8, "白芨": 4, "茶叶": 4, "蔬菜": 3},
    "611025": {"板栗": 24, "蚕桑": 16, "核桃": 13, "烤烟": 9, "中药材": 13, "香菇": 9, "茶叶": 7, "生猪": 9},
    "611026": {"核桃": 22, "香菇": 21, "五味子": 13, "板栗": 11, "中药材": 12, "土鸡": 9, "生猪": 7, "蜜蜂": 5},
}
ANIMALS = {"肉鸡": "养殖", "土鸡": "养殖", "生猪": "养殖", "肉牛": "养殖", "蜜蜂": "养殖"}
# Unit of size of a large producer, and from what to what.
SIZES = {
    "肉鸡": ("只", 3000, 20000, 500),
    "土鸡": ("只", 500, 6000, 100),
    "生猪": ("头", 60, 600, 10),
    "肉牛": ("头", 15, 90, 1),
    "蜜蜂": ("箱", 40, 260, 5),
    "香菇": ("袋", 8000, 60000, 1000),
}
LAND = ("亩", 20, 160, 5)
WORDS_OF_TRADE = "秦源 丰源 绿源 鑫源 康源 宏达 惠民 兴农 众兴 金山 秦岭 绿野 富民 盛源 恒丰 永兴 祥瑞 顺达 天蓬 龙泉 隆盛 裕农 新农 福源 同兴 秦宝 双丰 利民 聚鑫 云岭".split()
# How often a thing was there before the official came.
OLDER = {"parks": 0.45, "enterprises": 0.8, "cooperatives": 0.5, "producers": 0.6}
LINK_KINDS = ["务工", "订单收购", "分红", "土地流转", "托管代养", "技术培训", "提供种苗", "担保"]
WITH_HANDS = [0.24, 0.24, 0.09, 0.10, 0.04, 0.10, 0.16, 0.03]
WITHOUT_HANDS = [0.0, 0.06, 0.38, 0.30, 0.22, 0.0, 0.04, 0.0]
GAINS = np.array([[3000, 12000], [800, 5000], [300, 1600], [300, 1800], [600, 3000], [400, 2000], [500, 3600], [600, 3000]])
_CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]


def credit_code(luck: np.random.Generator, county: str, kind: str) -> str:
    """A unified code with the right check character and a district code that was never assigned."""
    organisation = "".join(_CREDIT[i] for i in luck.integers(0, 31, 8).tolist())
    first = ("91" if kind == "enterprises" else "93") + f"{611090 + COUNTIES[county].digit}" + organisation + str(int(luck.integers(0, 10)))
    total = sum(_CREDIT.index(character) * weight for character, weight in zip(first, _CREDIT_WEIGHTS, strict=True))
    return first + _CREDIT[(31 - total % 31) % 31]


def entity_rows(made: Register, where: Places) -> pl.DataFrame:
    """The rows of 产业主体名册. Each stands in its village with the official who helped it, from a day within the posting."""
    rng, plan, county = stream("entities", made.county), made.plan, COUNTIES[made.county]
    products = list(PRODUCTS[made.county])
    weights = np.array(list(PRODUCTS[made.county].values()), dtype=float)
    shares = list(weights / weights.sum())
    known_for = draw(rng, plan.height, shares)
    clans = names.clans(stream("register", made.county), plan.height)
    rows: list[dict[str, object]] = []
    taken: set[str] = set()
    for field, label in KINDS.items():
        villages = np.repeat(np.arange(plan.height), plan[field].to_numpy()).tolist()
        for sequence, village in enumerate(villages, 1):
            product = products[int(known_for[village]) if rng.random() < 0.55 else int(draw(rng, 1, shares)[0])]
            posting = _helper(rng, where, village, field)
            span = int((np.datetime64(TODAY) - where.arrived[posting]).astype(int))
            since = where.arrived[posting] + int(rng.random() ** 0.9 * span * 0.97) + 1
            size, unit = _size(rng, field, product)
            place = plan.row(village, named=True)
            name = _name(rng, field, product, place, clans[village])
            while name in taken:
                name = _name(rng, field, product, place, clans[village])
            taken.add(name)
            founded = since - int(rng.integers(200, 2400)) if rng.random() < OLDER[field] else since
            coded = field == "enterprises" or (field == "cooperatives" and rng.random() < 0.4)
            rows.append({
                "主体编号": f"{made.county}-{LETTERS[field]}{sequence:04d}", "主体类型": label, "名称": name,
                "统一社会信用代码": credit_code(rng, made.county, field) if coded else None, "县区": county.name, "镇办": place["town_name"],
                "村（社区）": place["name"], "村代码": place["code"], "主导产品": product, "规模": size, "规模单位": unit,
                "成立日期": None if field == "producers" else str(on_working_day(np.array([founded]))[0]),
                "任职编号": where.postings[posting].number, "帮扶起始日期": str(since),
            })  # fmt: skip
    found = pl.DataFrame(rows, infer_schema_length=None)
    return stories.tell_of_entities(found, {p.host: p.number for p in where.postings})


def _size(rng: np.random.Generator, field: str, product: str) -> tuple[int, str]:
    """Mu of a park, households of a cooperative, turnover of an enterprise, stock or land of a producer."""
    luck = rng.random()
    if field == "parks":
        return int(round((100 + 1400 * luck**2.6) / 10) * 10), "亩"
    if field == "cooperatives":
        return 10 + int(50 * luck**1.5), "户"
    if field == "enterprises":
        return int(round((180 + 4200 * luck**2.4) / 10) * 10), "万元"
    unit, low, high, step = SIZES.get(product, LAND)
    return int(round((low + (high - low) * luck**2.1) / step) * step), unit


def _name(rng: np.random.Generator, field: str, product: str, place: dict[str, str], clan: np.ndarray) -> str:
    """What such a thing is called there."""
    county, village = COUNTIES[place["county"]].name, place["name"]
    short = village.removesuffix("社区").removesuffix("村") if len(village) > 2 else village
    word = WORDS_OF_TRADE[int(rng.integers(0, len(WORDS_OF_TRADE)))]
    trade = "" if product in ("茶叶", "蚕桑") else ANIMALS.get(product, "种植")
    if field == "parks":
        return f"{county}{short}{'' if rng.random() < 0.5 else word}{product}现代农业园区"
    if field == "enterprises":
        more = ("", "生态", "绿色", "山珍")[int(rng.integers(0, 4))]
        return f"{county}{word}{more}{product}{'开发' if rng.random() < 0.5 else '农业'}有限公司"
    if field == "cooperatives":
        return f"{county}{short}{word}{product}{trade}专业合作社"
    surname = int(clan[int(rng.integers(0, 3))]) if rng.random() < 0.6 else int(names.draw_surnames(rng, 1)[0])
    given = names.POOL.draw(rng, rng.integers(1956, 1986, 1), rng.random(1) < 0.86)
    person = names.full_names(np.array([surname]), given)[0]
    return f"{place['town_name']}{village}{person}{product}{trade}大户"


def _helper(rng: np.random.Generator, where: Places, village: int, field: str) -> int:
    """The First Secretary; for large things now and then the town's or the county's official."""
    secretary = int(where.secretary[village])
    wide = {"parks": 0.24, "enterprises": 0.28, "cooperatives": 0.10}.get(field, 0.05)
    if secretary >= 0 and rng.random() >= wide:
        return secretary
    able = where.ten if field in ("parks", "enterprises") and rng.random() < 0.3 else where.hundred[village]
    return able[int(rng.integers(0, len(able)))]


def link_rows(made: Register, living: Livelihood, entities: pl.DataFrame) -> pl.DataFrame:
    """The rows of 利益联结名册: with an entity of the village, of the town where there is none, of the county where there is none either."""
    rng, plan = stream("links", made.county), made.plan
    homes = np.flatnonzero(living.link != UNLINKED)
    homes = np.concatenate([homes, homes[rng.random(len(homes)) < 0.09]])
    second = np.arange(len(homes)) >= np.count_nonzero(living.link != UNLINKED)
    chosen = _entities_of(rng, made, entities, homes)
    hands = made.labour[homes] > 0
    kind = np.where(hands, draw(rng, len(homes), WITH_HANDS), draw(rng, len(homes), WITHOUT_HANDS))
    founded = entities["成立日期"].str.to_date().fill_null(pl.date(2013, 6, 1)).to_numpy().astype("datetime64[D]")[chosen]
    first = np.maximum(np.maximum(founded, np.datetime64("2014-02-20")), made.identified[homes])
    ended = living.link[homes] == ENDED
    last = np.maximum(np.where(ended, np.datetime64("2015-06-30"), np.datetime64("2016-05-20")), first + np.where(ended, 20, 0))
    since = on_working_day(first + np.floor(rng.random(len(homes)) ** 1.5 * ((last - first).astype(np.int64) + 1)).astype(np.int64))
    since = np.minimum(np.maximum(since, first), np.datetime64("2016-05-31"))
    over = since + 150 + np.floor(rng.random(len(homes)) * 400).astype(np.int64)
    over = np.maximum(np.minimum(over, np.datetime64("2016-05-31")), since)
    ends = np.array(["2016-12-31", "2017-12-31", "2018-12-31", "2020-12-31"], dtype="datetime64[D]")[
        draw(rng, len(homes), [0.3, 0.34, 0.26, 0.1])
    ]
    until = np.where(ended, over, np.where(rng.random(len(homes)) < 0.42, ends, np.datetime64("NaT", "D")))
    low, high = GAINS[kind, 0], GAINS[kind, 1]
    gain = (np.round((low + (high - low) * rng.random(len(homes)) ** 1.7) / 100) * 100).astype(np.int64)
    rows = pl.DataFrame({
        "户编号": made.number.gather(homes), "村代码": plan["code"].gather(made.village[homes]), "户主姓名": made.heads.gather(homes),
        "主体编号": entities["主体编号"].gather(chosen), "联结方式": pl.Series(LINK_KINDS).gather(kind), "起始日期": as_text(since),
        "终止日期": as_text(until), "年增收（元）": gain, "second": second,
    })  # fmt: skip
    # A second link is with another entity or of another kind.
    rows = rows.unique(["户编号", "主体编号", "联结方式"], keep="first", maintain_order=True)
    rows = rows.sort("户编号", "second", maintain_order=True).drop("second")
    return stories.tell_of_links(rows, entities, made)


def _entities_of(rng: np.random.Generator, made: Register, entities: pl.DataFrame, homes: np.ndarray) -> np.ndarray:
    """An entity for each household, the larger kinds likelier."""
    weight = entities["主体类型"].replace_strict({"现代农业园区": 9.0, "龙头企业": 8.0, "专业合作社": 6.0, "产业大户": 1.0}).to_numpy()
    by_village: dict[str, list[int]] = {}
    settled = entities["成立日期"].fill_null("") <= "2016-04-30"
    for place, code in enumerate(entities["村代码"]):
        if not settled[place]:
            continue
        for area in (code, code[:9], code[:6]):
            by_village.setdefault(area, []).append(place)
    found = np.zeros(len(homes), dtype=np.int64)
    village = made.village[homes]
    for row, code in enumerate(made.plan["code"]):
        here = np.flatnonzero(village == row)
        able = np.array(by_village.get(code) or by_village.get(code[:9]) or by_village[code[:6]])
        shares = weight[able] / weight[able].sum()
        found[here] = able[draw(rng, len(here), list(shares))]
    return found
