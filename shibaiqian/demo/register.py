"""The register of a county: households with their state, cause and home, and their members by name.

Who is open, out or relapsed comes from the plan, person by person; everything else is drawn so that it fits who lives there.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import polars as pl

from shibaiqian.demo import kin, names, people, stories
from shibaiqian.demo.days import as_text, working_days
from shibaiqian.demo.people import People
from shibaiqian.demo.phones import mobiles
from shibaiqian.demo.plan import COUNTIES, household_sizes, stream, villages

CAUSES = ["因病", "因残", "因学", "因灾", "缺土地", "缺水", "缺技术", "缺劳力", "缺资金", "交通条件落后", "自身发展动力不足"]
CAUSE_SHARES = np.array([27, 8, 8, 1.5, 0.7, 0.3, 19, 12, 17, 4, 2.5]) / 100
(ILLNESS, DISABILITY, SCHOOLING, DISASTER, LAND, WATER, SKILL, LABOUR, CAPITAL, ROAD, WILL) = range(11)
ATTRIBUTES = ["一般贫困户", "低保贫困户", "五保贫困户"]
(GENERAL, DIBAO, WUBAO) = range(3)
STATES = ["未脱贫", "稳定脱贫", "返贫"]
(OPEN, STABLE, RELAPSED) = range(3)
DANGERS = ["安全", "C级", "D级"]
GROUPS = [f"{number}组" for number in "一 二 三 四 五 六 七 八 九 十 十一 十二".split()]
RELAPSED_SHARE = 0.0036  # of open households: about 1.1 % of those who went out
LATE_SHARE = 0.092  # of open households, registered by the look-back
HUI_TOWNS = {"611025105": 0.14, "611025106": 0.17}  # share of Hui among persons; 镇安 as a whole about 1.5 %


@dataclass
class Register:
    """The households of a county, one array a fact, and their people."""

    county: str
    plan: pl.DataFrame  # the county's villages
    size: np.ndarray
    village: np.ndarray  # row of `plan`
    round: np.ndarray  # 0 open, 1 out in 2014, 2 out in 2015
    number: pl.Series
    group: np.ndarray
    attribute: np.ndarray
    state: np.ndarray
    late: np.ndarray
    cause: np.ndarray
    others: pl.Series
    identified: np.ndarray  # datetime64[D]
    exited: np.ndarray
    stable: np.ndarray
    relapsed: np.ndarray
    people: People
    names: pl.Series  # of persons
    hui: np.ndarray  # of persons
    water: np.ndarray
    labour: np.ndarray  # able persons
    workers: np.ndarray
    elders: np.ndarray

    @property
    def count(self) -> int:
        return len(self.size)

    @property
    def first(self) -> np.ndarray:
        """Place of each household's head among the persons."""
        return np.cumsum(self.size) - self.size

    @property
    def heads(self) -> pl.Series:
        return self.names.gather(self.first)


@lru_cache(maxsize=1)
def register(county: str) -> Register:
    """The whole register of a county."""
    rng = stream("register", county)
    plan = villages().filter(pl.col("county") == county)
    sizes = household_sizes(county)
    size, village, round_ = sizes.size, sizes.village, sizes.round
    n = len(size)
    folk = people.make_people(rng, county, size)
    within = np.arange(n) - np.searchsorted(village, village)
    number = plan["code"].gather(village) + pl.Series(within + 1).cast(pl.String).str.zfill(4)
    groups = np.clip(np.round(np.bincount(village, minlength=plan.height) / 19), 3, 12).astype(np.int64)
    group = within * groups[village] // np.maximum(np.bincount(village, minlength=plan.height)[village], 1)
    labour = folk.in_household(folk.labour <= people.SKILLED, n)
    workers = folk.in_household(folk.work_place >= 0, n)
    elders = folk.in_household(folk.age >= 60, n)
    attribute = _attributes(rng, folk, size, round_, labour)
    late = (round_ == 0) & (rng.random(n) < LATE_SHARE)
    state = np.where(round_ > 0, STABLE, OPEN)
    state[(round_ == 0) & ~late & (attribute != WUBAO) & (rng.random(n) < RELAPSED_SHARE / (1 - LATE_SHARE))] = RELAPSED
    water = rng.random(n) < np.where(round_ > 0, 0.975, rng.beta(9, 1.3, plan.height)[village])
    remote = rng.random(plan.height)[village] < 0.32
    cause, others = _causes(rng, folk, n, labour=labour, size=size, attribute=attribute, water=water, remote=remote)
    dates = _dates(rng, plan, village, round_, state, late)
    persons, hui = _names(rng, plan, village, folk)
    made = Register(
        county=county, plan=plan, size=size, village=village, round=round_, number=number, group=group, attribute=attribute, state=state,
        late=late, cause=cause, others=others, people=folk, names=persons, hui=hui, water=water, labour=labour, workers=workers,
        elders=elders, **dates,
    )  # fmt: skip
    return stories.tell_of_households(made)


def _attributes(rng: np.random.Generator, folk: People, size: np.ndarray, round_: np.ndarray, labour: np.ndarray) -> np.ndarray:
    """五保: the old alone or in pairs, without children and without labour, 8 %. 低保: above all the ill and the weak, 30 %."""
    n = len(size)
    old = folk.in_household(folk.age >= 60, n)
    weak = folk.in_household((folk.health == people.DISABLED) & (folk.labour >= people.LOST), n)
    others = folk.in_household(~np.isin(folk.kin.relation, (kin.HEAD, kin.SPOUSE)), n)
    men = folk.in_household(folk.kin.is_man, n)
    fits = (others == 0) & ((old == size) | ((size == 1) & (weak == 1))) & (labour == 0)
    score = np.where(
        fits, rng.random(n) * np.where(size == 1, 1.0, 0.35) * np.where(men > 0, 1.0, 0.75) * np.where(round_ > 0, 0.45, 1.0), -1
    )
    attribute = np.zeros(n, dtype=np.int64)
    wanted = min(round(n * 0.08), int(fits.sum()))
    attribute[np.argsort(-score, kind="stable")[:wanted]] = WUBAO
    disabled = folk.in_household(folk.health == people.DISABLED, n)
    ill = folk.in_household(folk.health == people.SERIOUS, n) + 0.35 * folk.in_household(folk.health == people.CHRONIC, n)
    need = 0.9 * np.minimum(disabled, 2) + 0.7 * ill + 1.1 * (labour == 0) + 0.5 * (labour * 3 <= size) - 0.8 * (round_ > 0)
    score = np.where(attribute == WUBAO, -99, need + rng.normal(0, 0.8, n))
    attribute[np.argsort(-score, kind="stable")[: round(n * 0.30)]] = DIBAO
    return attribute


def _causes(
    rng: np.random.Generator,
    folk: People,
    n: int,
    *,
    labour: np.ndarray,
    size: np.ndarray,
    attribute: np.ndarray,
    water: np.ndarray,
    remote: np.ndarray,
) -> tuple[np.ndarray, pl.Series]:
    """The main cause and up to two others, each of which somebody in the household bears out; shares are those of the whole."""
    serious = folk.in_household(folk.health == people.SERIOUS, n) > 0
    ill = serious | (folk.in_household(folk.health == people.CHRONIC, n) > 0)
    disabled = folk.in_household(folk.health == people.DISABLED, n) > 0
    students = folk.in_household(folk.study >= people.PRIMARY_SCHOOL, n)
    older = folk.in_household(folk.study >= people.SENIOR_1, n)
    able, wubao = labour > 0, attribute == WUBAO
    weight = np.zeros((n, len(CAUSES)))
    weight[:, ILLNESS] = np.where(serious, 3.0, 1.0) * ill
    weight[:, DISABILITY] = disabled * 1.0
    weight[:, SCHOOLING] = np.where(older > 0, 2.0, 0.35 * (students >= 2)) * ~wubao
    weight[:, DISASTER] = 1.0 * ~wubao
    weight[:, LAND] = 1.0 * ~wubao
    weight[:, WATER] = ~water * 1.0 * ~wubao
    weight[:, SKILL] = able * 1.0
    weight[:, LABOUR] = np.where(labour == 0, 3.0, 0.3 * (labour * 4 <= size)) + 0.0
    weight[:, CAPITAL] = able * 1.0
    weight[:, ROAD] = remote * ~wubao * 1.0
    weight[:, WILL] = able & ~ill & ~disabled
    factor = np.ones(len(CAUSES))
    for _ in range(12):
        scaled = weight * factor
        share = (scaled / scaled.sum(axis=1, keepdims=True)).mean(axis=0)
        factor *= CAUSE_SHARES / np.maximum(share, 1e-9)
    shares = np.cumsum(weight * factor, axis=1)
    cause = (rng.random(n)[:, None] * shares[:, -1:] >= shares[:, :-1]).sum(axis=1)
    return cause, _other_causes(rng, cause, weight, ill)


def _other_causes(rng: np.random.Generator, cause: np.ndarray, weight: np.ndarray, ill: np.ndarray) -> pl.Series:
    n = len(cause)
    labels = np.array(CAUSES, dtype=object)
    rest = (weight > 0) * CAUSE_SHARES * (1 + 3 * rng.random(weight.shape))
    rest[np.arange(n), cause] = 0
    rest[:, ILLNESS] = np.where(ill & (cause != ILLNESS) & (rng.random(n) < 0.82), 9.0, 0.0)
    order = np.argsort(-rest, axis=1)[:, :2]
    number = np.maximum(people.draw(rng, n, [0.40, 0.42, 0.18]), rest[:, ILLNESS] > 0)
    one = np.where((number >= 1) & (rest[np.arange(n), order[:, 0]] > 0), order[:, 0], -1)
    two = np.where((number >= 2) & (one >= 0) & (rest[np.arange(n), order[:, 1]] > 0), order[:, 1], -1)
    said = np.where(one < 0, "", labels[one])
    said = np.where(two < 0, said, said + "、" + labels[two])
    return pl.Series(said.tolist(), dtype=pl.String).replace("", None)


def _dates(
    rng: np.random.Generator, plan: pl.DataFrame, village: np.ndarray, round_: np.ndarray, state: np.ndarray, late: np.ndarray
) -> dict[str, np.ndarray]:
    """A village announces on a working day: two rounds of identification, the look-back, exits at the end of a year, re-checks later."""

    def announced(first: str, last: str) -> np.ndarray:
        days = working_days(first, last)
        return days[rng.integers(0, len(days), plan.height)][village]

    nothing = np.datetime64("NaT", "D")
    early = np.where(rng.random(len(village)) < 0.34, announced("2013-12-09", "2014-03-28"), announced("2014-05-12", "2014-10-24"))
    left_2014 = (round_ == 1) | (state == RELAPSED)
    identified = np.where(left_2014, announced("2013-12-09", "2014-04-18"), early)
    identified = np.where(
        late,
        np.where(rng.random(len(village)) < 0.6, announced("2015-08-24", "2015-10-23"), announced("2015-11-09", "2015-12-25")),
        identified,
    )
    exited = np.select([left_2014, round_ == 2], [np.datetime64("2014-12-31"), np.datetime64("2015-12-31")], nothing)
    stable = np.select([round_ == 1, round_ == 2], [announced("2015-11-09", "2015-11-27"), announced("2016-04-11", "2016-04-28")], nothing)
    relapsed = np.where(state == RELAPSED, announced("2015-10-12", "2015-12-18"), nothing)
    return {"identified": identified, "exited": exited, "stable": stable, "relapsed": relapsed}


def _names(rng: np.random.Generator, plan: pl.DataFrame, village: np.ndarray, folk: People) -> tuple[pl.Series, np.ndarray]:
    """Names of all persons, and who is Hui. Sons and daughters bear the family's surname, those who married in their own."""
    family = folk.kin
    n = len(family.age)
    clans = names.clans(rng, plan.height)
    own = names.village_surnames(rng, clans, village)[family.household]
    large = names.draw_surnames(rng, n)
    same = (large == own) & (rng.random(n) < 0.93)
    large = np.where(same, names.draw_surnames(rng, n), large)
    stranger = np.isin(family.relation, kin.MARRIED_IN) | ((family.relation == kin.SPOUSE) & ~family.is_man)
    stranger |= (family.relation == kin.HEAD) & (~family.is_man | family.in_law[family.household])
    fathers = family.in_law[family.household] & np.isin(family.relation, kin.CHILDREN) & (rng.random(len(village)) < 0.35)[family.household]
    first = np.flatnonzero(family.position == 0)
    surname = np.where(stranger, large, np.where(fathers, large[first][family.household], own))
    hui_share = plan["town"].replace_strict(HUI_TOWNS, default=0.0005, return_dtype=pl.Float64).to_numpy()[village]
    hui_home = rng.random(len(village)) < hui_share
    hui = hui_home[family.household] & (~stranger | (rng.random(n) < 0.6))
    han = ~hui & (rng.random(n) < 0.001)
    given = names.POOL.draw(rng, folk.births // 10_000, family.is_man)
    surname = _hui_surnames(rng, surname, hui_home, family.household, stranger)
    return pl.Series(names.full_names(surname, given), dtype=pl.String), np.where(hui, 1, np.where(han, 2, 0))


def _hui_surnames(
    rng: np.random.Generator, surname: np.ndarray, hui_home: np.ndarray, household: np.ndarray, stranger: np.ndarray
) -> np.ndarray:
    common = np.array([names.SURNAMES.index(name) for name in names.HUI_SURNAMES if name in names.SURNAMES])
    of_home = common[rng.integers(0, len(common), len(hui_home))]
    return np.where(hui_home[household] & ~stranger, of_home[household], surname)


ETHNICITIES = ["汉族", "回族", "满族"]


def household_rows(made: Register) -> pl.DataFrame:
    """The rows of 贫困户名册（期初）."""
    rng = stream("homes", made.county)
    n, plan, village = made.count, made.plan, made.village
    out = made.round > 0
    land = np.clip(rng.lognormal(0.22, 0.42, n) * made.size**0.85, 0.3, 19)
    wood = np.clip(rng.lognormal(1.6, 0.75, n) * made.size**0.7, 0, 160) * (rng.random(n) > 0.06)
    house = np.round(np.clip(rng.normal(46, 14, n) + 17 * made.size**0.8, 18, 240))
    danger = people.draw(rng, n, [0.67, 0.20, 0.13]) * ~out + (rng.random(n) < 0.02) * out
    near = rng.lognormal(0.5, 0.7, plan.height)[village]
    road = np.round(np.clip(near * rng.lognormal(-0.1, 0.5, n), 0.05, 28), 1)
    phone = mobiles(rng, n)
    has_phone = rng.random(n) < np.where(made.labour > 0, 0.90, 0.52)
    labels = np.array(["是", "否"], dtype=object)
    standard = people.draw(rng, n, [0.965, 0.03, 0.005])

    def chosen(options: list[str], which: np.ndarray) -> pl.Series:
        return pl.Series(options, dtype=pl.String).gather(which)

    return pl.DataFrame({
        "户编号": made.number, "县区": pl.repeat(COUNTIES[made.county].name, n, eager=True), "镇办": plan["town_name"].gather(village),
        "村（社区）": plan["name"].gather(village), "村代码": plan["code"].gather(village), "村民小组": chosen(GROUPS, made.group),
        "户主姓名": made.heads, "家庭人口": pl.Series(made.size), "贫困户属性": chosen(ATTRIBUTES, made.attribute),
        "识别标准": chosen(["国家标准", "省定标准", "市定标准"], standard), "识别日期": as_text(made.identified),
        "识别来源": chosen(["建档立卡", "回头看补录"], made.late.astype(np.int64)), "主要致贫原因": chosen(CAUSES, made.cause),
        "其他致贫原因": made.others, "耕地面积（亩）": pl.Series(np.round(land, 1)), "林地面积（亩）": pl.Series(np.round(wood, 1)),
        "住房面积（平方米）": pl.Series(house.astype(np.int64)), "危房等级": chosen(DANGERS, danger),
        "饮水安全": chosen(list(labels), (~made.water).astype(np.int64)), "距主干路（公里）": pl.Series(road),
        "是否通电": chosen(list(labels), (rng.random(n) < 0.004).astype(np.int64)), "当前状态": chosen(STATES, made.state),
        "脱贫日期": as_text(made.exited), "稳定脱贫确认日期": as_text(made.stable), "返贫日期": as_text(made.relapsed),
        "联系电话": pl.DataFrame({"p": phone, "h": has_phone}).select(pl.when("h").then("p")).to_series(),
    })  # fmt: skip


def member_rows(made: Register) -> pl.DataFrame:
    """The rows of 贫困人口名册."""
    rng = stream("members", made.county)
    folk, plan = made.people, made.plan
    home, village = folk.kin.household, made.village[folk.kin.household]
    n = len(home)

    def chosen(options: list[str], which: np.ndarray) -> pl.Series:
        found = pl.Series(options, dtype=pl.String).gather(np.maximum(which, 0))
        return (
            found if (which >= 0).all() else pl.DataFrame({"f": found, "w": which}).select(pl.when(pl.col("w") >= 0).then("f")).to_series()
        )

    certificate = pl.DataFrame({"i": folk.id_number, "c": folk.certificate}).select(
        pl.when(pl.col("c") > 0).then(pl.col("i") + pl.col("c").cast(pl.String))
    )
    births = pl.Series(folk.births).cast(pl.String)
    dibao = (made.attribute[home] == DIBAO) & (rng.random(len(made.size)) < 0.93)[home]
    months = pl.DataFrame({"w": folk.work_place, "m": folk.work_months}).select(pl.when(pl.col("w") >= 0).then("m")).to_series()
    return pl.DataFrame({
        "户编号": made.number.gather(home), "县区": pl.repeat(COUNTIES[made.county].name, n, eager=True),
        "镇办": plan["town_name"].gather(village), "村（社区）": plan["name"].gather(village), "村代码": plan["code"].gather(village),
        "户主姓名": made.heads.gather(home), "姓名": made.names, "性别": chosen(["女", "男"], folk.kin.is_man.astype(np.int64)),
        "身份证号": folk.id_number, "出生日期": births.str.slice(0, 4) + "-" + births.str.slice(4, 2) + "-" + births.str.slice(6, 2),
        "与户主关系": chosen(kin.RELATIONS, folk.kin.relation), "民族": chosen(ETHNICITIES, made.hui),
        "政治面貌": chosen(["群众", "中共党员", "共青团员", "中共预备党员"], folk.party), "文化程度": chosen(people.EDUCATIONS, folk.education),
        "在校生状况": chosen(people.STUDIES, folk.study), "健康状况": chosen(people.HEALTH, folk.health), "残疾证号": certificate.to_series(),
        "劳动能力": chosen(people.LABOUR, folk.labour), "务工区域": chosen(people.WORK_PLACES, folk.work_place), "务工月数": months,
        "医疗保险": chosen(people.INSURANCE, folk.insurance), "养老保险": chosen(people.PENSION, folk.pension),
        "低保": chosen(["否", "是"], dibao.astype(np.int64)), "现役军人": chosen(["否", "是"], folk.in_service.astype(np.int64)),
        "居住月数": pl.Series(folk.residence),
    })  # fmt: skip
