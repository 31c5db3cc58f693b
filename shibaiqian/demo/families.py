"""Families of those who were proposed: spouse, children, parents as the appointment form lists them, and here and there a relation that
matters: a cousin who is secretary of another village the unit is bound to, an uncle at the head of a town, an orchard nearby.

Where a relation forbids a post it is never the one the cadre was meant for, so that each round still finds somebody for every post.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import polars as pl

from shibaiqian.demo import names
from shibaiqian.demo.cadres import Cadre, chief_of, luck_of
from shibaiqian.demo.candidates import Round, rounds
from shibaiqian.demo.officials import officials
from shibaiqian.demo.open_batch import REVIEWED, open_posts
from shibaiqian.demo.organisations import COMMITTEE, unit_code
from shibaiqian.demo.overhauls import village_rows
from shibaiqian.demo.plan import CITY, COUNTIES, STORY_VILLAGES, stream, towns
from shibaiqian.demo.postings import Posting
from shibaiqian.demo.selection_rosters import proposed_by

FILLED_IN = 0.86  # of the forms: the families of the others are still to come
OTHER_VILLAGE, OTHER_TOWN, OTHER_COUNTY, BUSINESS = 0.07, 0.12, 0.3, 0.05
# By sex and age against the cadre: a generation older, older, younger.
RELATIONS = {True: (("舅舅", "姑父"), ("表哥", "姐夫"), ("表弟", "妹夫")), False: (("姑姑", "姨母"), ("表姐",), ("表妹",))}
GENERATION = 17
BUSINESSES = ("食用菌合作社理事长", "核桃加工厂负责人", "农家乐业主", "养殖场负责人")
COMMITTEE_LABEL, HEAD_LABEL, BUSINESS_LABEL = "村（社区）“两委”成员", "单位主要负责人", "企业或项目负责人"
HEADERS = ("姓名", "身份证号", "称谓", "成员姓名", "出生年月", "政治面貌", "工作单位及职务", "任职（经营）地代码", "任职（经营）情况")
YEAR = 2016


@dataclass(frozen=True)
class Tie:
    """A relation that stands against a post: who it is, and where as what."""

    relation: str
    name: str
    born: str  # yyyy-mm
    post: str
    place: str
    standing: str


@dataclass
class _Member:
    cadre: Cadre
    relation: str
    born: int
    is_man: bool
    surname_of: str = ""  # whose surname the member has: the cadre's, or the spouse's
    name: str = ""


def family_rows(region: str, counties: Sequence[str]) -> pl.DataFrame:
    """The rows of 家庭成员名册 of the city's or a county's own units."""
    proposed = [c.cadre for _, c in proposed_by(region, counties)]
    proposed += [post.cadre for post in open_posts(region)] if region in COUNTIES else []
    tied = {id(cadre): tie for decider in (CITY, *COUNTIES) for cadre, tie in ties(decider)}
    luck, taken = luck_of("families", region), official_names()
    known = [cadre for cadre in proposed if luck.random() < FILLED_IN or id(cadre) in tied]
    members = [member for cadre in known for member in _members(luck, cadre)]
    _name(region, members)
    of: dict[int, list[tuple[str | None, ...]]] = {}
    for member in members:
        if member.name not in taken and member.name not in names.REAL:
            of.setdefault(id(member.cadre), []).append(_row(luck, member))
    rows = [row for cadre in known for row in (*of.get(id(cadre), ()), *_tied(cadre, tied.get(id(cadre))))]
    return pl.DataFrame(rows, schema=dict.fromkeys(HEADERS, pl.String), orient="row")


@lru_cache(maxsize=1)
def official_names() -> frozenset[str]:
    """Everybody in a register of cadres: no relative is called like one, since a reviewer would have to step aside."""
    return frozenset(cadre.name for region in (CITY, *COUNTIES) for cadre in officials(region).cadres)


@lru_cache(maxsize=8)
def ties(decider: str) -> tuple[tuple[Cadre, Tie], ...]:
    """The relations that matter among those whom a place considers."""
    officials(decider)
    return (*(found for one in rounds(decider) for found in _of_round(one)), *_of_open_round(decider))


def _of_round(found: Round) -> Iterator[tuple[Cadre, Tie]]:
    luck = luck_of("ties", found.decider, found.tier, found.batch)
    for posting in found.posts:
        chance = luck.random()
        if posting.host in STORY_VILLAGES:
            continue
        others = [p for p in found.posts if p.host != posting.host and _may_swap(posting, p)]
        if found.tier == "T1000" and chance < OTHER_VILLAGE and others:
            secretary = _secretary(luck, posting.cadre, sorted({p.host for p in others}))
            if secretary is not None:
                yield posting.cadre, secretary
        elif found.tier != "T1000" and chance < (OTHER_TOWN if found.tier == "T100" else OTHER_COUNTY) and others:
            yield posting.cadre, _head(luck, posting.cadre, luck.choice(others).host)
        elif found.tier == "T1000" and chance > 1 - BUSINESS:
            yield posting.cadre, _business(luck, posting.cadre, posting.host)


def _may_swap(one: Posting, other: Posting) -> bool:
    """Whether matching could send who was meant for one post to the other: within the unit for villages, anywhere else."""
    return one.tier != "T1000" or one.cadre.unit.code == other.cadre.unit.code


def _of_open_round(county: str) -> Iterator[tuple[Cadre, Tie]]:
    """Of those still under review one has a relative with a business in the town: to be declared when the post is found."""
    for post in open_posts(county) if county in COUNTIES else ():
        if post.stage == REVIEWED:
            yield post.cadre, _business(luck_of("tie of the open round", county), post.cadre, post.host)
            return


def _secretary(luck: random.Random, cadre: Cadre, villages: Sequence[str]) -> Tie | None:
    """The secretary of one of these villages, a man: rosters do not say who is a woman."""
    rows = village_rows(villages[0][:6]).filter(pl.col("村代码").is_in(list(villages))).iter_rows(named=True)
    able = [row for row in rows if names.sounds_like_a_man(row["村党组织书记"])]
    if not able:
        return None
    row = luck.choice(able)
    year = cadre.birth_year + luck.randint(-9, 9)
    return Tie(
        _relation(luck, cadre, year, is_man=True),
        row["村党组织书记"],
        _month(luck, year),
        f"{row['村党组织名称']}书记",
        row["村代码"],
        COMMITTEE_LABEL,
    )


def _head(luck: random.Random, cadre: Cadre, host: str) -> Tie:
    """Who leads the party committee of a town or county."""
    unit = unit_code(host, "02" if len(host) == 9 else COMMITTEE)
    register = officials(CITY if len(host) == 6 else host[:6])  # a county's leading bodies stand in the city's file
    head = next(c for c in register.cadres if c.unit.code == unit and c.post == chief_of(c.unit))
    relation = _relation(luck, cadre, head.birth_year, is_man=head.is_man)
    if len(host) == 6:
        post = f"{COUNTIES[host].name}委书记"
    else:
        town = towns().filter(pl.col("code") == host).row(0, named=True)
        post = f"{town['name']}{'党工委' if town['kind'] == 'subdistrict' else '党委'}书记"
    return Tie(relation, head.name, f"{head.id_number[6:10]}-{head.id_number[10:12]}", post, host, HEAD_LABEL)


def _business(luck: random.Random, cadre: Cadre, village: str) -> Tie:
    town = str(towns().filter(pl.col("code") == village[:9])["name"][0])
    year = cadre.birth_year + luck.randint(-9, 9)
    name = names.persons(stream("business", village), np.array([year]), np.array([True]))[0]
    relation = _relation(luck, cadre, year, is_man=True)
    return Tie(relation, name, _month(luck, year), f"{town}{luck.choice(BUSINESSES)}", village[:9], BUSINESS_LABEL)


def _relation(luck: random.Random, cadre: Cadre, year: int, *, is_man: bool) -> str:
    older = cadre.birth_year - year
    return luck.choice(RELATIONS[is_man][0 if older >= GENERATION else 1 if older >= 0 else 2])


def _month(luck: random.Random, year: int) -> str:
    return f"{year}-{luck.randint(1, 12):02d}"


def _tied(cadre: Cadre, tie: Tie | None) -> list[tuple[str | None, ...]]:
    if tie is None:
        return []
    status = "群众" if tie.standing == BUSINESS_LABEL else "中共党员"
    return [(cadre.name, cadre.id_number, tie.relation, tie.name, tie.born, status, tie.post, tie.place, tie.standing)]


def _members(luck: random.Random, cadre: Cadre) -> list[_Member]:
    """Spouse, children by age, parents, in the order of the form."""
    found, age = [], YEAR - cadre.birth_year
    married = luck.random() < min(0.97, max(0.0, (age - 22) * 0.12))
    if married:
        found.append(_Member(cadre, "妻子" if cadre.is_man else "丈夫", cadre.birth_year + luck.randint(-2, 3), not cadre.is_man))
        first = cadre.birth_year + luck.randint(24, 30)
        for child in range(luck.choices([0, 1, 2], [10, 62, 28])[0]):
            born, is_boy = first + child * luck.randint(3, 6), luck.random() < 0.52
            if born < YEAR:
                found.append(_Member(cadre, "儿子" if is_boy else "女儿", born, is_boy, "cadre" if cadre.is_man else "spouse"))
    found.append(_Member(cadre, "父亲", cadre.birth_year - luck.randint(22, 31), True, "cadre"))
    found.append(_Member(cadre, "母亲", cadre.birth_year - luck.randint(20, 28), False))
    return found


def _name(region: str, members: list[_Member]) -> None:
    """Names at large, then the surnames that run in the family."""
    born, men = np.array([m.born for m in members], dtype=np.int64), np.array([m.is_man for m in members], dtype=bool)
    spouse = ""
    for member, name in zip(members, names.persons(stream("families", region), born, men), strict=True):
        surname = _surname(member.cadre.name) if member.surname_of == "cadre" else spouse if member.surname_of == "spouse" else ""
        member.name = surname + name.removeprefix(_surname(name)) if surname else name
        if member.relation == "丈夫":
            spouse = _surname(name)


def _surname(name: str) -> str:
    return name[:2] if name[:2] in names.SURNAMES else name[:1]


def _row(luck: random.Random, member: _Member) -> tuple[str | None, ...]:
    cadre, age = member.cadre, YEAR - member.born
    place = COUNTIES[cadre.unit.region[:6]].name if cadre.unit.region[:6] in COUNTIES else "商洛市"
    status = "共青团员" if 14 <= age <= 27 else "中共党员" if age > 27 and luck.random() < 0.24 else "群众"
    return (
        cadre.name,
        cadre.id_number,
        member.relation,
        member.name,
        _month(luck, member.born),
        status,
        _occupation(luck, member, age, place),
        None,
        None,
    )


def _occupation(luck: random.Random, member: _Member, age: int, place: str) -> str:
    if member.relation in ("父亲", "母亲"):
        if luck.random() < max(0.04, (age - 62) * 0.03):
            return "已去世"
        return (
            luck.choice(["务农", "务农", "务农", f"{place}退休教师", f"{place}退休干部"])
            if age >= 60
            else luck.choice(["务农", "个体经营"])
        )
    if member.relation in ("妻子", "丈夫"):
        return luck.choice(
            [f"{place}中学教师", f"{place}小学教师", f"{place}医院职工", "务农", "个体经营", "外出务工", f"{place}农村信用社职工"]
        )
    if age < 7:
        return "学龄前"
    if age < 19:
        return f"{place}{'小学' if age < 13 else '初级中学' if age < 16 else '高级中学'}学生"
    return luck.choice(["在校大学生", "西安务工", "待业"]) if age < 24 else luck.choice(["西安某公司职员", f"{place}教师", "外出务工"])
