"""Assistance projects: two thirds roads, water and bridges; small works that a unit pays beside those of the budget."""

import numpy as np
import polars as pl

from shibaiqian.demo import stories
from shibaiqian.demo.days import TODAY, as_text, on_working_day
from shibaiqian.demo.people import draw
from shibaiqian.demo.plan import COUNTIES, stream
from shibaiqian.demo.practical_services import Places
from shibaiqian.demo.register import GROUPS, Register
from shibaiqian.demo.work import ANIMALS, PRODUCTS

KINDS = ["基础设施", "产业发展", "公共服务", "住房安全", "生态环境"]
KIND_SHARES = [0.665, 0.175, 0.085, 0.045, 0.03]
WORKS = {
    "基础设施": [("通组路硬化工程", 8), ("便民桥工程", 5), ("人饮工程", 7), ("河堤护坡工程", 4), ("产业路拓宽工程", 5), ("入户路硬化工程", 5), ("村道路灯安装", 3), ("灌溉渠修复工程", 3),
               ("农网线路改造", 2), ("过水路面工程", 2), ("堰渠整治工程", 2), ("通村路塌方治理", 3)],
    "产业发展": [("{}示范园建设", 5), ("{}基地建设", 5), ("{}低产园改造", 3), ("{}种苗购置", 4), ("养殖圈舍建设", 3), ("互助资金注入", 2), ("烘干房建设", 1)],
    "公共服务": [("村级活动场所修缮", 5), ("标准化卫生室建设", 3), ("文化广场建设", 3), ("农家书屋配套", 2), ("村小学操场硬化", 2), ("幸福院配套", 1)],
    "住房安全": [("危房改造", 4), ("移民安置点配套", 3), ("土坯房加固", 2)], "生态环境": [("垃圾集中点建设", 4), ("村庄绿化", 3), ("污水沟渠整治", 3), ("公厕建设", 2)],
}  # fmt: skip
CHOICES = {
    label: ([work for work, _ in works], np.cumsum([w for _, w in works])[:-1] / sum(w for _, w in works)) for label, works in WORKS.items()
}
MODES = {
    "基础设施": ["支部引领", "移民搬迁", "支部引领"],
    "产业发展": ["产业带动", "产业带动", "金融支持"],
    "公共服务": ["支部引领"],
    "住房安全": ["移民搬迁"],
    "生态环境": ["生态富民"],
}
# Yuan: log-normal in the middle, with a longer tail.
BUDGET = (
    [0, 0.02, 0.10, 0.50, 0.70, 0.80, 0.90, 0.95, 0.98, 0.99, 0.998, 1],
    np.log([2500, 4000, 9500, 35000, 52000, 76000, 140000, 220000, 430000, 740000, 1.3e6, 3.9e6]),
)
SOURCES = ["中央", "省", "市", "县", "社会", "单位自筹", "村集体", "信贷"]
SMALL, LARGE = [0.02, 0.03, 0.05, 0.20, 0.14, 0.48, 0.07, 0.01], [0.22, 0.24, 0.12, 0.26, 0.05, 0.07, 0.01, 0.03]
STARTS = np.array([0.25, 0.4, 1.3, 1.3, 1.1, 0.9, 0.8, 0.85, 1.25, 1.2, 0.9, 0.4])  # by month: little is begun in winter


def project_rows(made: Register, where: Places) -> pl.DataFrame:
    """The rows of 帮扶项目台账: as many in each village as the plan says, begun within a posting."""
    rng, plan = stream("projects", made.county), made.plan
    village = np.repeat(np.arange(plan.height), plan["projects"].to_numpy())
    n = len(village)
    posting = _postings(rng, where, village)
    kind = draw(rng, n, KIND_SHARES)
    start = _starts(rng, where.arrived[posting])
    budget = np.exp(np.interp(rng.random(n), *BUDGET)) * np.array([1.0, 0.95, 0.9, 1.1, 0.7])[kind]
    step = np.where(rng.random(n) < 0.80, 1000, 100)
    budget = np.maximum(np.round(budget / step) * step, step).astype(np.int64)
    days = np.round(np.clip(14 + 16 * np.log(budget / 2500) * rng.lognormal(0, 0.4, n), 10, 330)).astype(np.int64)
    due = on_working_day(start + days)
    due = np.maximum(due, start + 5)
    is_late = rng.random(n) < 0.125
    ended = due + np.where(is_late, np.floor(5 + rng.gamma(1.4, 22, n)), -np.floor(rng.random(n) * np.minimum(days - 5, 25))).astype(
        np.int64
    )
    ended = np.maximum(ended, start + 3)
    today = np.datetime64(TODAY)
    done = ended <= today
    accepted = done & ((today - ended).astype(np.int64) > 20) & (rng.random(n) < 0.83)
    state = np.where(accepted, 2, np.where(done, 1, 0))
    source = np.where(budget > 60000, draw(rng, n, LARGE), draw(rng, n, SMALL))
    homes = np.bincount(made.village, minlength=plan.height)[village]
    reach = np.array([0.55, 0.22, 0.9, 0.08, 0.6])[kind] * rng.lognormal(0, 0.5, n)
    benefit = np.clip(np.round(homes * reach), 1, homes * 2.2).astype(np.int64)
    order = np.argsort(start, kind="stable")
    names_, modes = _words(rng, made, village, kind)
    rows = pl.DataFrame({
        "项目名称": names_, "项目类型": pl.Series(KINDS).gather(kind), "帮扶模式": modes,
        "县区": pl.repeat(COUNTIES[made.county].name, n, eager=True), "镇办": plan["town_name"].gather(village), "村（社区）": plan["name"].gather(village),
        "村代码": plan["code"].gather(village), "任职编号": pl.Series([p.number for p in where.postings]).gather(posting),
        "资金来源": pl.Series(SOURCES).gather(source), "总投资（元）": budget, "开工日期": as_text(start), "计划完工日期": as_text(due),
        "完工日期": as_text(np.where(done, ended, np.datetime64("NaT", "D"))), "项目状态": pl.Series(["在建", "已完工", "已验收"]).gather(state), "受益户数": benefit,
    })[order]  # fmt: skip
    year = pl.col("开工日期").str.slice(0, 4)
    sequence = (pl.int_range(pl.len()).over(year) + 1).cast(pl.String).str.zfill(4)
    number = pl.concat_str(pl.lit(f"{made.county}-P"), year, pl.lit("-"), sequence)
    return stories.tell_of_projects(rows.select(number.alias("项目编号"), pl.all()))


def _postings(rng: np.random.Generator, where: Places, village: np.ndarray) -> np.ndarray:
    found = []
    for place, luck, which, ten in zip(village.tolist(), *rng.random((3, len(village))).tolist(), strict=True):
        secretary = int(where.secretary[place])
        able = where.ten if ten < 0.22 else where.hundred[place]
        found.append(secretary if secretary >= 0 and luck < 0.86 else able[int(which * len(able))])
    return np.array(found, dtype=np.int64)


def _starts(rng: np.random.Generator, arrived: np.ndarray) -> np.ndarray:
    """Working days after arrival, in the months when one builds."""
    today = np.datetime64(TODAY)
    first, span = arrived + 2, (today - arrived - 2).astype(np.int64)
    days = first + np.floor(rng.random(len(arrived)) ** 0.95 * span).astype(np.int64)
    for _ in range(5):
        month = days.astype("datetime64[M]").astype(np.int64) % 12
        again = rng.random(len(days)) > STARTS[month] / 1.3
        days = np.where(again, first + np.floor(rng.random(len(days)) * span).astype(np.int64), days)
    return np.maximum(on_working_day(days), on_working_day(arrived + 1))


def _words(rng: np.random.Generator, made: Register, village: np.ndarray, kind: np.ndarray) -> tuple[list[str], list[str]]:
    plan, products = made.plan["name"].to_list(), [p for p in PRODUCTS[made.county] if p not in ANIMALS]
    seen: dict[tuple[int, str], int] = {}
    found, modes = [], []
    lucks = rng.random((3, len(kind))).tolist()
    for place, number, luck, which, group in zip(village.tolist(), kind.tolist(), *lucks, strict=True):
        label = KINDS[number]
        works, steps = CHOICES[label]
        work = works[int(np.searchsorted(steps, luck, side="right"))].format(products[int(which * len(products))])
        of_group = number in (0, 3) and which < 0.62
        name = f"{plan[place]}{GROUPS[int(group * 8)] if of_group else ''}{work}"
        again = seen[place, name] = seen.get((place, name), 0) + 1
        found.append(name if again == 1 else f"{name}（{'二三四五六七八九'[min(again - 2, 7)]}期）")
        modes.append(MODES[label][int(which * len(MODES[label]))])
    return found, modes
