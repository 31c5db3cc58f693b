"""Promotions of the first half of 2016: 28 to posts of full county rank, 107 of section rank, 30 town secretaries, 20 section chiefs."""

import random
from dataclasses import dataclass

import numpy as np
import polars as pl

from shibaiqian.demo.cadres import COUNTY_DEPUTY, COUNTY_HEAD, SECTION_DEPUTY, SECTION_HEAD, Cadre, chief_of, luck_of, post_of
from shibaiqian.demo.days import working_days
from shibaiqian.demo.organisations import COMMITTEE, CONFERENCE, CONGRESS, GOVERNMENT, Unit, is_department
from shibaiqian.demo.plan import CITY, COUNTIES, towns

TO_COUNTY_POST, SECTION, TOWN_SECRETARY, CHIEF_TO_COUNTY = (
    "县区党政副职提拔正县职",
    "提拔重用科级",
    "乡镇党委书记选拔",
    "市直科长选派县区班子",
)
OF_CITY = (17, 19, 12)  # to units of the city itself: full county rank, section rank, town secretaries
# Posts of full county rank in the counties: two secretaries or heads of seven, the rest of congress and conference.
CHAIRS = {
    "611002": [(CONGRESS, "主任")], "611021": [(CONFERENCE, "主席"), (CONGRESS, "主任")], "611022": [(GOVERNMENT, "县长"), (CONFERENCE, "主席")],
    "611023": [(CONGRESS, "主任")], "611024": [(GOVERNMENT, "县长"), (CONFERENCE, "主席")], "611025": [(COMMITTEE, "书记"), (CONGRESS, "主任")],
    "611026": [(CONFERENCE, "主席")],
}  # fmt: skip
SECTIONS = ["农村科", "产业科", "社会扶贫科", "规划科", "综合科", "组织科", "干部科", "计划财务科", "项目科", "业务科"]


@dataclass(frozen=True)
class Promotion:
    """A promotion; the cadre's roster already shows the new post."""

    cadre: Cadre
    kind: str
    old_post: str
    document: str
    on: np.datetime64


def promoted(region: str, units: list[Unit]) -> list[Promotion]:
    """Promotions to posts of these units: the city's file holds those of the counties' leading bodies as well."""
    luck = luck_of("promotions", region)
    if region != CITY:
        return _of_sections(luck, units, COUNTIES[region].promoted[1], region)
    by_code = {unit.code: unit for unit in units}
    departments = [unit for unit in units if unit.level == "市" and is_department(unit)]
    return [
        *_to_county_posts(luck, departments, by_code),
        *_of_sections(luck, departments, OF_CITY[1], region),
        *_town_secretaries(luck, departments, by_code),
        *_chiefs(luck, departments, by_code),
    ]


def _days(luck: random.Random, number: int, first: str = "2016-01-11", last: str = "2016-06-03") -> list[np.datetime64]:
    days = [day for day in working_days(first, last) if not np.datetime64("2016-02-03") <= day <= np.datetime64("2016-02-16")]
    return sorted(luck.sample(days, number))


def _to_county_posts(luck: random.Random, departments: list[Unit], by_code: dict[str, Unit]) -> list[Promotion]:
    days = _days(luck, 6)
    bureaus = luck.sample(
        [
            unit
            for unit in departments
            if unit.kind in ("政府部门", "事业单位", "群团") and unit.called.endswith(("局", "办", "联", "院", "社"))
        ],
        OF_CITY[0],
    )
    chairs = [(unit, chief_of(unit)) for unit in bureaus]
    chairs += [(by_code[f"{county}-{number}"], post) for county, posts in CHAIRS.items() for number, post in posts]
    homes = [county for county in COUNTIES.values() for _ in range(4)]
    luck.shuffle(homes)
    found = []
    for (unit, post), home in zip(chairs, homes, strict=True):
        word = "区" if home.name.endswith("区") else "县"
        old = luck.choice(
            [
                f"{home.name[:2]}{word}委副书记",
                f"{home.name[:2]}{word}委常委、副{word}长",
                f"{home.name}副{word}长",
                f"{home.name[:2]}{word}委常委、组织部部长",
                f"{home.name}副{word}长",
            ]
        )
        cadre = Cadre(unit, post, COUNTY_HEAD, 2016 - luck.randint(43, 54), luck.random() < 0.89, rural=True)
        on = luck.choice(days)
        found.append(Promotion(cadre, TO_COUNTY_POST, old, f"商任字〔2016〕{4 + 5 * days.index(on)}号", on))
    return found


def _of_sections(luck: random.Random, units: list[Unit], number: int, region: str) -> list[Promotion]:
    days = _days(luck, 5)
    sign = "商组任字" if region == CITY else COUNTIES[region].sign.replace("组发", "任字")
    found: list[Promotion] = []
    taken: set[tuple[str, str]] = set()
    pool = [
        unit
        for unit in units
        if unit.level == "市" or unit.kind in ("党委", "党工委", "镇办") or (unit.level == "县" and is_department(unit))
    ]
    while len(found) < number:
        unit = luck.choice(pool)
        post, rank, old = _step(luck, unit)
        if (unit.code, post) in taken:
            continue
        taken.add((unit.code, post))
        cadre = Cadre(unit, post, rank, 2016 - luck.randint(31, 48), luck.random() < 0.82, rural=luck.random() < 0.8)
        on = luck.choice(days)
        found.append(Promotion(cadre, SECTION, old, f"{sign}〔2016〕{3 + 4 * days.index(on)}号", on))
    return found


def _step(luck: random.Random, unit: Unit) -> tuple[str, str, str]:
    """New post, its rank, and the post before it."""
    place = unit.called
    if unit.level == "市":
        return ("科长", SECTION_HEAD, f"{place}副科长") if luck.random() < 0.6 else ("副科长", SECTION_DEPUTY, f"{place}科员")
    if unit.level == "镇":
        town = place.removesuffix("党委").removesuffix("党工委").removesuffix("政府").removesuffix("办事处")
        street = town.endswith("街道")
        if unit.kind in ("党委", "党工委"):
            return luck.choice([
                ("书记", SECTION_HEAD, f"{town}{'办事处主任' if street else '镇长'}"), ("副书记", SECTION_DEPUTY, f"{town}{'副主任' if street else '副镇长'}"),
                ("组织委员", SECTION_DEPUTY, f"{town}党建办主任"),
            ])  # fmt: skip
        head = "主任" if street else "镇长"
        return luck.choice([(head, SECTION_HEAD, f"{town}{'党工委' if street else '党委'}副书记"), (f"副{head}", SECTION_DEPUTY, f"{town}扶贫站站长"),
                            (f"副{head}", SECTION_DEPUTY, f"{town}政府干部、村党支部第一书记")])  # fmt: skip
    head = chief_of(unit)
    return (
        (head, SECTION_HEAD, f"{place}副{head}")
        if luck.random() < 0.25
        else (f"副{head}", SECTION_DEPUTY, luck.choice([f"{place}股长", f"{place}科员"]))
    )


def _town_secretaries(luck: random.Random, departments: list[Unit], by_code: dict[str, Unit]) -> list[Promotion]:
    """Thirty at once, on one day, by one document (一次性)."""
    on, document = np.datetime64("2016-04-12"), "商任字〔2016〕21号"
    homes = luck.sample(list(towns().iter_rows(named=True)), 30)
    bureaus = luck.sample([unit for unit in departments if unit.called.endswith(("局", "部", "办", "联"))], OF_CITY[2])
    chairs = [(unit, f"副{chief_of(unit)}") for unit in bureaus]
    for county in COUNTIES.values():
        word = "区长" if county.name.endswith("区") else "县长"
        posts = [(GOVERNMENT, f"副{word}"), (COMMITTEE, "常委、统战部部长"), (GOVERNMENT, f"副{word}")]
        chairs += [(by_code[f"{county.code}-{number}"], post) for number, post in posts[: county.promoted[2]]]
    found = []
    for (unit, post), town in zip(chairs, homes, strict=True):
        old = f"{COUNTIES[town['county']].name}{town['name']}{'党工委' if town['kind'] == 'subdistrict' else '党委'}书记"
        cadre = Cadre(unit, post, COUNTY_DEPUTY, 2016 - luck.randint(37, 47), luck.random() < 0.86, rural=True)
        found.append(Promotion(cadre, TOWN_SECRETARY, old, document, on))
    return found


def _chiefs(luck: random.Random, departments: list[Unit], by_code: dict[str, Unit]) -> list[Promotion]:
    days = _days(luck, 2, "2016-03-07", "2016-05-20")
    found = []
    for county in COUNTIES.values():
        word = "区长" if county.name.endswith("区") else "县长"
        posts = [(GOVERNMENT, f"副{word}"), (COMMITTEE, "常委、政法委书记"), (GOVERNMENT, f"副{word}")]
        for number, post in posts[: county.promoted[3]]:
            old = f"{luck.choice(departments).called}{luck.choice(SECTIONS)}科长"
            cadre = Cadre(
                by_code[f"{county.code}-{number}"],
                post,
                COUNTY_DEPUTY,
                2016 - luck.randint(36, 46),
                luck.random() < 0.8,
                rural=luck.random() < 0.6,
            )
            on = luck.choice(days)
            found.append(Promotion(cadre, CHIEF_TO_COUNTY, old, f"商任字〔2016〕{17 + 9 * days.index(on)}号", on))
    return found


def promotion_rows(promotions: list[Promotion]) -> pl.DataFrame:
    """The rows of 提拔使用名册."""
    return pl.DataFrame({
        "姓名": [p.cadre.name for p in promotions], "身份证号": [p.cadre.id_number for p in promotions], "使用类别": [p.kind for p in promotions],
        "原任职务": [p.old_post for p in promotions], "新任职务": [post_of(p.cadre.unit, p.cadre.post) for p in promotions],
        "新任单位编码": [p.cadre.unit.code for p in promotions], "任职日期": [str(p.on) for p in promotions], "任职文号": [p.document for p in promotions],
    })  # fmt: skip
