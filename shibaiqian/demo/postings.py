"""Postings of the three tiers: the thousand to villages, the hundred to towns, the ten to counties."""

import random
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import polars as pl

from shibaiqian.demo import stories
from shibaiqian.demo.cadres import CLERK, COUNTY_DEPUTY, SECTION_DEPUTY, SECTION_HEAD, STAFF, Cadre, chief_of, luck_of
from shibaiqian.demo.days import NOTHING, later, one_on_working_day, working_days
from shibaiqian.demo.organisations import SENDING_WEIGHTS, Unit, city_units, county_units, is_department
from shibaiqian.demo.plan import CITY, COUNTIES, SECOND_POST_TOWNS, towns, villages
from shibaiqian.demo.procedure import BATCH_NAMES, Paper

TIERS = {"T10": "县级", "T100": "镇级", "T1000": "村级"}
CLASS_OF_VILLAGE = {"弱村": "党群", "穷村": "经济", "乱村": "政法", "产业村": "涉农科技", "基础设施差": "交通水利住建"}


CITY_PAPERS = {
    "2014-09": Paper(np.datetime64("2014-09-16"), "商组发〔2014〕52号", 36),
    "2015-03": Paper(np.datetime64("2015-03-18"), "商组发〔2015〕18号", 24),
    "2015-09/T100": Paper(np.datetime64("2015-09-15"), "商组发〔2015〕61号", 24),
    "2015-09/T10": Paper(np.datetime64("2015-09-22"), "商组发〔2015〕64号", 24),
}


@dataclass(frozen=True)
class Posting:
    """A posting as planned; `host` is a code of a county, town or village, `party_in` is NaT while the party relation is on its way.

    `cadre` is the one whom the unit nominated for it. Who is posted in the end the matching decides among the unit's own people.
    """

    number: str
    tier: str
    cadre: Cadre
    host: str
    host_name: str
    title: str
    duties: str
    document: str
    appointed: np.datetime64
    arrived: np.datetime64
    ends: np.datetime64
    party_out: np.datetime64
    party_in: np.datetime64
    batch: str
    of_city: bool

    @property
    def decider(self) -> str:
        """Who decides and signs: the thousand the counties, the ten the city, the hundred the sending unit's own place."""
        return CITY if self.tier == "T10" or (self.tier == "T100" and self.of_city) else self.host[:6]


def village_types(plan: pl.DataFrame, county: str) -> list[str]:
    """What each village of a county lacks, one or two words joined by 、."""
    luck = luck_of("types", county)
    found = []
    for poor, overhaul, parks, cooperatives in plan.select("poor", "overhaul", "parks", "cooperatives").iter_rows():
        said = ["弱村"] if overhaul else []
        if poor and luck.random() < 0.72:
            said.append("穷村")
        if parks or (cooperatives and luck.random() < 0.35):
            said.append("产业村")
        if luck.random() < 0.16:
            said.append("基础设施差")
        if luck.random() < 0.05:
            said.append("乱村")
        found.append("、".join(said[:2]) or luck.choice(["产业村", "基础设施差", "穷村"]))
    return found


def _papers(county: str) -> dict[str, list[tuple[Paper, int]]]:
    """The documents by which a county appointed, with how often each is drawn: few days for many officials, one term a document."""
    luck, sign = luck_of("documents", county), COUNTIES[county].sign

    def days(first: str, last: str, number: int) -> list[np.datetime64]:
        possible = working_days(first, last)
        return [possible[place] for place in sorted(luck.sample(range(len(possible)), number))]

    def paper(day: np.datetime64, serial: int, months: int) -> Paper:
        return Paper(day, f"{sign}〔{str(day)[:4]}〕{serial}号", months)

    n = luck.randint(9, 18)
    one, two = days("2014-03-10", "2014-03-26", 2)
    found = {"2014-03": [(paper(one, n, 36), 60), (paper(two, n + 3, 30), 40)]}
    n = luck.randint(38, 60)
    one, two, three = days("2015-07-06", "2015-08-21", 3)
    found["2015-07"] = [
        (paper(one, n, 24), 24), (paper(one, n + 1, 36), 18), (paper(two, n + 3, 24), 25), (paper(three, n + 6, 24), 25), (paper(three, n + 7, 12), 8),
    ]  # fmt: skip
    n = luck.randint(10, 22)
    one, two = days("2016-03-07", "2016-03-25", 2)
    found["2016-03"] = [(paper(one, n, 24), 42), (paper(two, n + 3, 24), 40), (paper(two, n + 4, 36), 18)]
    return found


def _county_paper(county: str, *, early: bool) -> Paper:
    """Deputies of towns who come from the county itself are the county's to appoint (domain.md 2.5)."""
    luck, sign = luck_of("documents of the hundred", county, early), COUNTIES[county].sign
    first, last = ("2015-03-12", "2015-03-27") if early else ("2015-09-09", "2015-09-24")
    day = luck.choice(working_days(first, last).tolist())
    return Paper(
        np.datetime64(day), f"{sign}〔2015〕{luck.randint(12, 18) if early else luck.randint(70, 79)}号", luck.choice([24, 24, 36])
    )


def _months_after(day: np.datetime64, months: int) -> np.datetime64:
    month = (day.astype("datetime64[M]") + months).astype("datetime64[D]")
    return month + (day - day.astype("datetime64[M]").astype("datetime64[D]"))


DUTIES = {
    "T1000": ["协助抓好村党组织建设和精准扶贫工作", "协助抓党建促脱贫，负责建档立卡、产业发展和为民服务", "抓好班子建设、精准扶贫、为民办事，指导村级治理",
              "协助党支部书记抓全面工作，负责产业培育、项目争取和政策落实", "协助抓好基层组织建设，联系贫困户，推动基础设施项目落地"],
    "T100": ["协助党委书记抓农村基层党建和脱贫攻坚工作", "分管精准扶贫、产业发展工作，联系包抓后进村整顿", "协助抓脱贫攻坚、移民搬迁和项目建设", "协助抓党建，分管扶贫、农业农村工作"],
    "T10": ["协助书记抓基层党建和脱贫攻坚工作", "协助分管扶贫开发、农业农村、移民搬迁工作", "协助抓脱贫攻坚、产业发展和招商引资工作"],
}  # fmt: skip


def _post(
    luck: random.Random,
    tier: str,
    cadre: Cadre,
    host: str,
    host_name: str,
    title: str,
    *,
    number: str,
    paper: Paper,
    batch: str,
    of_city: bool,
) -> Posting:
    day = paper.day
    arrived = later(np.array([day]), np.array([luck.choices([1, 2, 3, 4, 5], [18, 30, 28, 14, 10])[0]]))[0]
    out = later(np.array([day]), np.array([luck.randint(2, 8)]))[0]
    late = luck.random() < 0.03
    received = one_on_working_day(out + luck.randint(26, 30)) if late else later(np.array([out]), np.array([luck.randint(1, 12)]))[0]
    if day >= np.datetime64("2016-03-01") and luck.random() < 0.05:
        received = NOTHING
    return Posting(
        number,
        tier,
        cadre,
        host,
        host_name,
        title,
        luck.choice(DUTIES[tier]),
        paper.number,
        day,
        arrived,
        _months_after(day, paper.months),
        out,
        received,
        batch,
        of_city,
    )


def posted_cadre(luck: random.Random, tier: str, unit: Unit) -> Cadre:
    """Somebody of the right age and rank for a tier."""
    if tier == "T10":
        title = "副" + {"部": "部长", "会": "主任", "办": "主任", "委": "主任", "院": "院长"}.get(unit.called[-1], "局长")
        return Cadre(unit, title, COUNTY_DEPUTY, 2016 - luck.randint(44, 52), True, worked_since=2009)
    if tier == "T100":
        reserve = luck.random() < 0.45
        rank = SECTION_HEAD if reserve or luck.random() < 0.35 else SECTION_DEPUTY
        post = (
            ("科长" if rank == SECTION_HEAD else "副科长")
            if unit.level == "市"
            else ("副职（正科级）" if rank == SECTION_HEAD else f"副{chief_of(unit)}")
        )
        return Cadre(unit, post, rank, 2016 - luck.randint(32, 42), luck.random() >= 0.18, is_reserve=reserve, worked_since=2009)
    rank = luck.choices([SECTION_HEAD, SECTION_DEPUTY, STAFF, CLERK], [14, 28, 50, 8])[0]
    if unit.level == "镇" and rank == SECTION_HEAD:
        rank = SECTION_DEPUTY
    age = round(min(max(luck.gauss(46 if rank in (SECTION_HEAD, SECTION_DEPUTY) else 40, 6.4), 29), 55))
    post = {
        SECTION_HEAD: "科长" if unit.level == "市" else "主任科员", SECTION_DEPUTY: "副科长" if unit.level == "市" else luck.choice(["副主任科员", f"副{chief_of(unit)}", "工会主席", "纪检组长"]),
        STAFF: "科员" if unit.level != "县" else luck.choice(["科员", "股长", "干部"]), CLERK: "办事员",
    }[rank]  # fmt: skip
    if unit.level == "镇" and rank == SECTION_DEPUTY:
        post = (
            luck.choice(["党委委员", "武装部长", "副主任科员", "副镇长"])
            if "办事处" not in unit.name
            else luck.choice(["党工委委员", "武装部长", "副主任科员"])
        )
    return Cadre(unit, post, rank, 2016 - age, luck.random() < 0.84, rural=luck.random() < 0.85, worked_since=2011)


@lru_cache(maxsize=1)
def all_postings() -> tuple[list[Posting], ...]:
    """The postings of the seven counties, in the order of counties; names and ID numbers come with `officials`."""
    return tuple(_postings_of(county) for county in COUNTIES)


def _postings_of(county: str) -> list[Posting]:
    luck, short = luck_of("postings", county), COUNTIES[county].short
    plan = villages().filter(pl.col("county") == county)
    own = [u for u in county_units(county) if is_department(u)]
    city = [u for u in city_units() if u.level == "市" and is_department(u)]
    by_town = {u.region: u for u in county_units(county) if u.kind == "镇办"}
    papers, sequence = _papers(county), dict[str, int]()
    found = []
    types = village_types(plan, county)
    rows = sorted(zip(plan.iter_rows(named=True), types, strict=True), key=lambda row: (row[0]["batch"], row[0]["code"]))
    for village, type_ in rows:
        batch = village["batch"]
        if not batch:
            continue
        pool = city if village["source"] == "city" else own
        unit = by_town[village["town"]] if village["source"] == "town" else _sender(luck, pool, type_)
        cadre = posted_cadre(luck, "T1000", unit)
        paper, name = luck.choices(*zip(*papers[batch], strict=True))[0], BATCH_NAMES[batch]  # type: ignore[arg-type]
        told = stories.first_secretary(village["code"], county_units(county))
        if told is not None:
            cadre = Cadre(**told.cadre, worked_since=2005)
            paper = told.paper or next(known for known, _ in papers[batch] if known.months == 24)
            name = "" if told.outside_batch else name
        year = str(paper.day)[:4]
        sequence[year] = sequence.get(year, 0) + 1
        found.append(_post(luck, "T1000", cadre, village["code"], f"{village['name']}党支部", "第一书记", number=f"{short}-村-{year}-{sequence[year]:04d}",
                           paper=paper, batch=name, of_city=village["source"] == "city"))  # fmt: skip
    return [*_hundred(county), *_ten(county), *found]


def _sender(luck: random.Random, pool: list[Unit], type_: str) -> Unit:
    """因村派人: the class of unit that a village's trouble calls for, six times of ten."""
    wanted = {CLASS_OF_VILLAGE[word] for word in type_.split("、")}
    weights = [(3.0 if unit.department_class in wanted else 1.0) * SENDING_WEIGHTS.get(unit.kind, 1.0) for unit in pool]
    return luck.choices(pool, weights)[0]


def _hundred(county: str) -> list[Posting]:
    """Deputies of towns: four of ten from the city; the city decides."""
    luck = luck_of("hundred", county)
    here = [
        t
        for t in towns().filter(pl.col("county") == county).iter_rows(named=True)
        for _ in range(2 if t["code"] in SECOND_POST_TOWNS else 1)
    ]
    before = towns().filter(pl.col("county") < county).height + sum(code[:6] < county for code in SECOND_POST_TOWNS)
    city = [u for u in city_units() if u.level == "市" and is_department(u)]
    own = [u for u in county_units(county) if is_department(u) and u.level == "县"]
    found = []
    for place, town in enumerate(here):
        number = before + place
        early = number % 2 == 0
        of_city = (number * 7) % 10 < 4
        paper = CITY_PAPERS["2015-03" if early else "2015-09/T100"] if of_city else _county_paper(county, early=early)
        unit = luck.choice(city if of_city else own)
        street = town["kind"] == "subdistrict"
        as_secretary = luck.random() < 0.56 or (place > 0 and here[place - 1]["code"] == town["code"])
        title = ("党工委副书记" if street else "党委副书记") if as_secretary else ("副主任" if street else "副镇长")
        host = f"{town['name']}{'党工委' if street else '党委'}" if as_secretary else f"{town['name']}{'办事处' if street else '政府'}"
        found.append(_post(luck, "T100", posted_cadre(luck, "T100", unit), town["code"], host, title, number=f"商洛-镇-2015-{number + 1:04d}",
                           paper=paper, batch=BATCH_NAMES["2015-03" if early else "2015-09"], of_city=of_city))  # fmt: skip
    return found


def _ten(county: str) -> list[Posting]:
    """Deputies of counties from the city; one of the ten is a woman."""
    luck = luck_of("ten", county)
    before = sum(c.ten for c in COUNTIES.values() if c.code < county)
    city = [u for u in city_units() if u.level == "市" and is_department(u) and u.kind in ("政府部门", "党委部门")]
    own, word = COUNTIES[county], "副区长" if COUNTIES[county].name.endswith("区") else "副县长"
    found = []
    for place in range(own.ten):
        number = before + place
        early = number % 2 == 0
        as_secretary = place == 1 or (own.ten == 1 and luck.random() < 0.4)
        title = "县（区）委副书记" if as_secretary else "副县（区）长"
        host = f"{own.name[:2]}{'区委' if word == '副区长' else '县委'}" if as_secretary else f"{own.name}人民政府"
        cadre = posted_cadre(luck, "T10", city[(number * 5 + 3) % len(city)])
        cadre.is_man = number != 6
        found.append(_post(luck, "T10", cadre, county, host, title, number=f"商洛-县-{'2014' if early else '2015'}-{number // 2 + 1:04d}",
                           paper=CITY_PAPERS["2014-09" if early else "2015-09/T10"], batch=BATCH_NAMES["2014-09" if early else "2015-09"], of_city=True))  # fmt: skip
    return found
