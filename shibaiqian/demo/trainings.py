"""Trainings (培训名册): those who are to be posted, and who stands by in case of an objection, are trained while the notice hangs out."""

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl

from shibaiqian.demo.cadres import luck_of
from shibaiqian.demo.candidates import SPARE, Candidate, Round, rounds
from shibaiqian.demo.days import working_days, working_days_from
from shibaiqian.demo.plan import CITY, COUNTIES
from shibaiqian.demo.selection_rosters import organisation_department

HEADERS = ("姓名", "身份证号", "类别", "培训名称", "主办单位", "开始日期", "结束日期", "学时", "结果")
OF_TIER = {"T10": "县级挂职干部", "T100": "镇级挂职干部", "T1000": "第一书记"}
DAYS = {"T10": 2, "T100": 2, "T1000": 3}
HOURS_A_DAY = 6.5
LATER = 0.22  # of those posted before 2016 took part in a course on their work in spring
COURSES = (
    ("精准扶贫政策业务培训班", "political"), ("特色种植养殖技术培训班", "skill"), ("农村电子商务培训班", "skill"), ("农村基层党建工作培训班", "political"),
)  # fmt: skip
LABELS = {"political": "政治理论", "skill": "业务技能"}


def training_rows(region: str, counties: Sequence[str]) -> pl.DataFrame:
    """The rows of 培训名册 of the city's or a county's own units, for rounds of the city and of these counties."""
    rows = [row for decider in (CITY, *counties) for found in rounds(decider) for row in _of_round(found, region)]
    types = {**dict.fromkeys(HEADERS, pl.String), "学时": pl.Float64}
    return pl.DataFrame(rows, schema=types, orient="row").sort("开始日期", "培训名称", maintain_order=True)


def _of_round(found: Round, region: str) -> Iterator[tuple[str | float, ...]]:
    begins, ends = _in_a_row([working_days_from(found.days.published, late) for late in range(3)], DAYS[found.tier])
    name = f"{found.batch}{OF_TIER[found.tier]}岗前培训班" if found.batch else f"补派{OF_TIER[found.tier]}岗前培训"
    luck = luck_of("trainings", found.decider, found.tier, found.batch)
    held = _courses(found.decider)
    for candidate in found.candidates:
        chance, (course, kind, first, last) = luck.random(), luck.choice(held)
        if candidate.file != region or candidate.fate not in ("", SPARE):
            continue
        hours = DAYS[found.tier] * HOURS_A_DAY
        yield _row(candidate, "岗前培训", name, organisation_department(found.decider), begins, ends, hours)
        if not candidate.fate and chance < LATER and begins < np.datetime64("2016-01-01"):
            yield _row(candidate, LABELS[kind], f"2016年{course}", _school(found.decider), first, last, 2 * HOURS_A_DAY)


def _courses(region: str) -> list[tuple[str, str, np.datetime64, np.datetime64]]:
    """What the party school of a place offered in spring: name, kind, first and last day."""
    luck = luck_of("courses", region)
    spring = working_days("2016-04-11", "2016-05-20")
    return [(name, kind, *_in_a_row(luck.sample(list(spring), 8), 2)) for name, kind in COURSES]


def _in_a_row(starts: Sequence[np.datetime64], days: int) -> tuple[np.datetime64, np.datetime64]:
    """The first of these days from which so many working days follow each other without a weekend, and the last of them."""
    runs = [(day, working_days_from(day, days - 1)) for day in starts]
    return next((run for run in runs if (run[1] - run[0]).astype(int) == days - 1), runs[0])


def _school(region: str) -> str:
    return f"中共{COUNTIES[region].name if region in COUNTIES else '商洛市'}委党校"


def _row(
    candidate: Candidate, kind: str, name: str, organiser: str, begins: np.datetime64, ends: np.datetime64, hours: float
) -> tuple[str | float, ...]:
    return candidate.cadre.name, candidate.cadre.id_number, kind, name, organiser, str(begins), str(ends), hours, "合格"
