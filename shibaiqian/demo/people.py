"""What a register says of each person: schooling, health, labour, work away, insurance; consistent with age, family and one another."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from shibaiqian.demo import kin
from shibaiqian.demo.identity import birthdays, id_numbers, prefixes
from shibaiqian.demo.kin import Kin
from shibaiqian.demo.plan import COUNTIES

EDUCATIONS = ["文盲或半文盲", "小学", "初中", "高中", "大专及以上", "学龄前儿童"]
(ILLITERATE, PRIMARY, JUNIOR, SENIOR, COLLEGE, PRESCHOOL) = range(6)
STUDIES = [
    "非在校生", "学前教育", "小学", "七年级", "八年级", "九年级", "高中一年级", "高中二年级", "高中三年级", "中职一年级", "中职二年级",
    "中职三年级", "高职一年级", "高职二年级", "高职三年级", "大专及以上",
]  # fmt: skip
NOT_STUDYING, NURSERY, PRIMARY_SCHOOL, GRADE_7, SENIOR_1, VOCATIONAL_1, HIGHER_1, AT_COLLEGE = 0, 1, 2, 3, 6, 9, 12, 15
HEALTH = ["健康", "长期慢性病", "患有大病", "残疾"]
(HEALTHY, CHRONIC, SERIOUS, DISABLED) = range(4)
LABOUR = ["普通劳动力", "技能劳动力", "弱劳动力或半劳动力", "丧失劳动力", "无劳动力"]
(ORDINARY, SKILLED, WEAK, LOST, NONE) = range(5)
WORK_PLACES = ["乡(镇)内务工", "乡(镇)外县内务工", "县外省内务工", "省外务工", "其他"]
NO_WORK = -1
PARTY = ["群众", "中共党员", "共青团员", "中共预备党员"]
INSURANCE = ["新农合", "城镇居民医保", "未参加"]
PENSION = ["城乡居民养老保险", "城镇职工养老保险", "未参加"]

# By age: under 16, 16-39, 40-59, 60-79, 80 and older.
AGE_STEPS = np.array([16, 40, 60, 80])
DISABLED_SHARES = np.array([0.012, 0.052, 0.084, 0.125, 0.15])
CHRONIC_SHARES = np.array([0.006, 0.052, 0.165, 0.36, 0.44])
SERIOUS_SHARES = np.array([0.003, 0.015, 0.042, 0.060, 0.05])


def draw(rng: np.random.Generator, number: int, shares: list[float]) -> np.ndarray:
    """Choices by share; what is missing to one belongs to the last."""
    return np.searchsorted(np.cumsum(shares)[:-1], rng.random(number), side="right")


@dataclass
class People:
    """The persons of a county, one array a fact; labels are places in the lists above."""

    kin: Kin
    births: np.ndarray  # yyyymmdd
    age: np.ndarray  # full years on 2016-06-08
    grade: np.ndarray  # years since the September in which one enters school, 1 is the first class
    from_elsewhere: np.ndarray
    id_number: pl.Series
    health: np.ndarray
    certificate: np.ndarray  # two digits of kind and grade of disability, 0 for none
    study: np.ndarray
    education: np.ndarray
    labour: np.ndarray
    work_place: np.ndarray
    work_months: np.ndarray
    in_service: np.ndarray
    party: np.ndarray
    insurance: np.ndarray
    pension: np.ndarray
    residence: np.ndarray

    def in_household(self, flag: np.ndarray, households: int) -> np.ndarray:
        """How many persons of each household are so."""
        return np.bincount(self.kin.household[flag], minlength=households)


def make_people(rng: np.random.Generator, county: str, sizes: np.ndarray) -> People:
    """Everything about the persons of these households but their names."""
    family = kin.compose(rng, sizes)
    n = len(family.age)
    year = 2015 - np.floor(family.age).astype(np.int64)
    month, day = birthdays(rng, year)
    births = year * 10_000 + month * 100 + day
    age = 2016 - year - ((month * 100 + day) > 608)
    grade = 2015 - year - ((month * 100 + day) >= 901) - 5
    married_in = np.isin(family.relation, kin.MARRIED_IN) | ((family.relation == kin.SPOUSE) & ~family.is_man)
    married_in |= (family.relation == kin.HEAD) & ((~family.is_man) | family.in_law[family.household])
    from_elsewhere = rng.random(n) < np.where(married_in, 0.155, 0.008)
    prefix = prefixes(rng, county, year, from_elsewhere)
    numbers = np.empty(n, dtype=object)
    for away in (False, True):
        chosen = from_elsewhere == away
        share = (COUNTIES[county].digit - 1, 7) if away else (0, 1)
        numbers[chosen] = id_numbers(prefix[chosen], births[chosen], family.is_man[chosen], share=share).to_list()
    health, certificate = _health(rng, age, family)
    study = _study(rng, age, grade, health, certificate)
    education = _education(rng, age, grade, study, family.is_man, health)
    studies = study != NOT_STUDYING
    in_service = (family.is_man & (age >= 18) & (age <= 23) & ~studies & (health == HEALTHY) & np.isin(family.relation, kin.CHILDREN)
                  & (rng.random(n) < 0.02))  # fmt: skip
    labour = _labour(rng, age, studies, health, certificate, education)
    place, months, labour = _work(rng, age, studies, labour, family, in_service)
    party = np.where(
        (age >= 25) & (rng.random(n) < np.where(family.is_man, 0.055, 0.012)) & (education != ILLITERATE), 1,
        np.where((age >= 14) & (age <= 27) & (rng.random(n) < np.where(studies, 0.4, 0.12)), 2, 0),
    )  # fmt: skip
    party = np.where((party == 1) & (age < 45) & (rng.random(n) < 0.03), 3, party)
    adult = (age >= 16) & ~studies
    pension = np.where(adult, draw(rng, n, [0.925, 0.006, 0.069]), -1)
    away_months = np.where(place >= 2, np.minimum(months, 11), 0)
    residence = np.clip(12 - away_months - (rng.random(n) < 0.15), 1, 12)
    residence = np.where(
        study == AT_COLLEGE, 3, np.where(np.isin(study, range(HIGHER_1, AT_COLLEGE)), 3, np.where(in_service, 0, residence))
    )
    return People(
        kin=family, births=births, age=age, grade=grade, from_elsewhere=from_elsewhere, id_number=pl.Series(numbers.tolist(), dtype=pl.String),
        health=health, certificate=certificate, study=study, education=education, labour=labour, work_place=place, work_months=months,
        in_service=in_service, party=party, insurance=draw(rng, n, [0.971, 0.006, 0.023]), pension=pension, residence=residence,
    )  # fmt: skip


def _health(rng: np.random.Generator, age: np.ndarray, family: Kin) -> tuple[np.ndarray, np.ndarray]:
    step = np.searchsorted(AGE_STEPS, age, side="right")
    alone = np.bincount(family.household)[family.household] == 1
    luck = rng.random(len(age))
    # Bachelors of middle age live alone for a reason more often than others.
    disabled = DISABLED_SHARES[step] * np.where(alone & (age < 60), 2.6, 1.0)
    chronic = disabled + CHRONIC_SHARES[step]
    serious = chronic + SERIOUS_SHARES[step]
    health = np.select([luck < disabled, luck < chronic, luck < serious], [DISABLED, CHRONIC, SERIOUS], HEALTHY)
    kind = 1 + draw(rng, len(age), [0.13, 0.13, 0.02, 0.50, 0.09, 0.09, 0.04])
    grade = 1 + draw(rng, len(age), [0.12, 0.26, 0.32, 0.30])
    return health, np.where(health == DISABLED, kind * 10 + grade, 0)


def _study(rng: np.random.Generator, age: np.ndarray, grade: np.ndarray, health: np.ndarray, certificate: np.ndarray) -> np.ndarray:
    n, luck = len(age), rng.random(len(age))
    severe = (health == DISABLED) & (certificate % 10 <= 2)
    study = np.full(n, NOT_STUDYING)
    study[(grade >= -2) & (grade <= 0) & (luck < 0.72)] = NURSERY
    study[(grade >= 1) & (grade <= 6)] = PRIMARY_SCHOOL
    junior = (grade >= 7) & (grade <= 9)
    study[junior] = GRADE_7 + grade[junior] - 7
    senior = (grade >= 10) & (grade <= 12)
    ordinary, vocational = senior & (luck < 0.47), senior & (luck >= 0.47) & (luck < 0.76)
    study[ordinary] = SENIOR_1 + grade[ordinary] - 10
    study[vocational] = VOCATIONAL_1 + grade[vocational] - 10
    higher = (grade >= 13) & (grade <= 15) & (luck < 0.13)
    study[higher] = HIGHER_1 + grade[higher] - 13
    study[(grade >= 13) & (grade <= 16) & (luck >= 0.13) & (luck < 0.34)] = AT_COLLEGE
    study[severe & ((grade > 9) | (luck < 0.35))] = NOT_STUDYING
    study[(age >= 16) & (grade <= 9) & (grade >= 7) & (luck > 0.97)] = NOT_STUDYING
    return study


def _education(
    rng: np.random.Generator, age: np.ndarray, grade: np.ndarray, study: np.ndarray, is_man: np.ndarray, health: np.ndarray
) -> np.ndarray:
    """Highest level, by decade for adults; students have the level they are in."""
    shares = {  # illiterate, primary, junior, senior, college
        26: (0.012, 0.055, 0.70, 0.155, 0.078), 40: (0.03, 0.22, 0.66, 0.075, 0.015), 50: (0.07, 0.40, 0.475, 0.052, 0.003),
        60: (0.115, 0.535, 0.295, 0.054, 0.001), 70: (0.245, 0.595, 0.14, 0.02, 0.0), 200: (0.45, 0.485, 0.057, 0.008, 0.0),
    }  # fmt: skip
    steps = np.array(sorted(shares)[:-1])
    table = np.cumsum(np.array([shares[key] for key in sorted(shares)]), axis=1)
    row = table[np.searchsorted(steps, age, side="right")]
    luck = rng.random(len(age)) ** np.where(is_man, 0.88, 1.22)
    luck = np.where((health == DISABLED) & (rng.random(len(age)) < 0.3), luck * 0.4, luck)
    found = (luck[:, None] >= row[:, :-1]).sum(axis=1)
    found = np.where(grade <= 0, PRESCHOOL, found)
    found = np.select(
        [study == PRIMARY_SCHOOL, (study >= GRADE_7) & (study < SENIOR_1), (study >= SENIOR_1) & (study < HIGHER_1), study >= HIGHER_1],
        [PRIMARY, JUNIOR, SENIOR, COLLEGE], found,
    )  # fmt: skip
    not_schooled = (grade >= 1) & (grade <= 9) & (study == NOT_STUDYING)
    found = np.where(not_schooled, ILLITERATE, found)
    # Those who went to college are past it; a youth of eighteen who works left after junior or senior school.
    early = (study == NOT_STUDYING) & (age >= 16) & (grade < 16) & (found == COLLEGE)
    return np.where(early, np.where(grade > 12, SENIOR, JUNIOR), found)


def _labour(
    rng: np.random.Generator, age: np.ndarray, studies: np.ndarray, health: np.ndarray, certificate: np.ndarray, education: np.ndarray
) -> np.ndarray:
    n = len(age)
    severe = (health == DISABLED) & (certificate % 10 <= 2)
    skilled = rng.random(n) < np.where((education >= JUNIOR) & (age < 55), 0.105, 0.01)
    able = np.where(skilled, SKILLED, np.where(rng.random(n) < 0.045, WEAK, ORDINARY))
    chronic = np.where(rng.random(n) < 0.40, ORDINARY, np.where(rng.random(n) < 0.93, WEAK, LOST))
    serious = np.where(rng.random(n) < 0.62, LOST, np.where(rng.random(n) < 0.75, WEAK, NONE))
    mild = np.where(rng.random(n) < 0.80, WEAK, np.where(rng.random(n) < 0.5, ORDINARY, LOST))
    grave = np.where(rng.random(n) < 0.52, LOST, np.where(rng.random(n) < 0.7, NONE, WEAK))
    working_age = np.select([health == CHRONIC, health == SERIOUS, severe, health == DISABLED], [chronic, serious, grave, mild], able)
    sixties = np.where((health == HEALTHY) & (rng.random(n) < 0.24), ORDINARY, np.where(rng.random(n) < 0.62, WEAK, NONE))
    sixties = np.where(severe | (health == SERIOUS), LOST, sixties)
    old = np.where(rng.random(n) < 0.16, WEAK, np.where(rng.random(n) < 0.14, LOST, NONE))
    old = np.where(severe, LOST, np.where(age >= 80, np.where(rng.random(n) < 0.1, LOST, NONE), old))
    labour = np.select([age < 16, age < 60, age < 70], [NONE, working_age, sixties], old)
    return np.where(studies, NONE, labour)


def _work(
    rng: np.random.Generator, age: np.ndarray, studies: np.ndarray, labour: np.ndarray, family: Kin, in_service: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Where and how many months somebody earns wages; the young go far, the old stay near. Whoever is 60 and counts as able works."""
    n = len(age)
    able = np.isin(labour, (ORDINARY, SKILLED)) & ~studies & ~in_service & (age >= 16)
    head_of_many = (family.relation == kin.HEAD) | (family.relation == kin.SPOUSE)
    likely = np.select([age < 30, age < 40, age < 50, age < 60], [0.80, 0.66, 0.48, 0.34], 1.0)
    likely = likely * np.where(family.is_man, 1.0, np.where(head_of_many & (age < 60), 0.55, 0.8))
    works = able & ((rng.random(n) < likely) | (age >= 60))
    works |= (labour == WEAK) & (age >= 18) & (age < 66) & (rng.random(n) < 0.10)
    far = np.select([age < 30, age < 45, age < 60], [0.55, 0.36, 0.14], 0.0)
    luck = rng.random(n)
    place = np.where(luck < far, 3, np.where(luck < far + (1 - far) * 0.36, 2, np.where(luck < far + (1 - far) * 0.62, 1, 0)))
    near_only = (age >= 60) | (labour == WEAK)
    place = np.where(near_only, np.where(luck < 0.75, 0, 1), place)
    place = np.where(rng.random(n) < 0.012, 4, place)
    months = np.where(place >= 2, np.round(np.clip(rng.normal(8.6, 2.1, n), 3, 11)), np.round(np.clip(rng.gamma(3.2, 1.5, n), 1, 11)))
    labour = np.where((labour == ORDINARY) & (age >= 60) & ~works, WEAK, labour)
    return np.where(works, place, NO_WORK), np.where(works, months, 0).astype(np.int64), labour
