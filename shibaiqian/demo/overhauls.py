"""Overhauls of weak party organisations from 2013 on, and the profiles of villages."""

from typing import Any

import numpy as np
import polars as pl

from shibaiqian.demo import names
from shibaiqian.demo.days import working_days
from shibaiqian.demo.organisations import county_units, is_department
from shibaiqian.demo.plan import COUNTIES, OVERHAULED, household_sizes, stream, villages
from shibaiqian.demo.postings import all_postings, village_types

BY_YEAR = {2013: 85, 2014: 95, 2015: 108, 2016: 25}
WEAKNESSES = ["W01", "W02", "W03", "W04", "W05", "W06", "W07", "W08", "W09", "W10", "W11", "W12", "W13"]
SHARES = np.array([9, 13, 8, 14, 3, 2, 9, 6, 9, 10, 9, 13, 4], dtype=float)


def party_organisation(name: str, code: str) -> str:
    """What the party organisation of a village is called: larger ones have a general branch."""
    is_large = int(code) % 3 == 0 if name.endswith("社区") else int(code) % 100 % 9 == 0
    return f"{name}党{'总支' if is_large else '支部'}"


def _years() -> dict[str, int]:
    """The year in which each organisation was put in order, of all that were."""
    done = villages().filter(pl.col("overhaul") == 1)["code"].to_list()
    order = stream("overhauls").permutation(OVERHAULED)
    years = np.repeat(list(BY_YEAR), list(BY_YEAR.values()))
    return {done[place]: int(year) for place, year in zip(order.tolist(), years, strict=True)}


def overhaul_rows(county: str) -> pl.DataFrame:
    """The rows of 后进村（社区）党组织整顿台账."""
    rng, years = stream("overhauls", county), _years()
    rows: list[tuple[Any, ...]] = []
    for village in villages().filter((pl.col("county") == county) & (pl.col("overhaul") > 0)).iter_rows(named=True):
        year = years.get(village["code"])
        label = "后进" if rng.random() < 0.74 else "软弱涣散"
        kinds = rng.choice(len(WEAKNESSES), size=int(rng.choice([1, 2, 3], p=[0.38, 0.44, 0.18])), replace=False, p=SHARES / SHARES.sum())
        said = "、".join(WEAKNESSES[kind] for kind in sorted(kinds.tolist()))
        if year is None:
            listed = _one(rng, "2016-03-21", "2016-05-13")
            person, rules, duty = (["是", "否"][int(rng.random() < 0.6)] for _ in range(3))
            rows.append((village, label, said, listed, None, None, None, person, rules, duty, "整顿中"))
            continue
        listed = _one(rng, f"{year}-03-11", f"{year}-05-24") if year < 2016 else _one(rng, "2015-09-21", "2015-11-20")
        finished = _one(rng, f"{year}-09-16", f"{year}-11-27") if year < 2016 else _one(rng, "2016-03-14", "2016-05-06")
        accepted = working_days(str(finished), "2017-01-01")[int(rng.integers(3, 16))]
        score = int(np.clip(round(rng.normal(84, 5.5)), 71, 97))
        state = (
            "转化提升"
            if year == 2016
            else rng.choice(["已销号", "回头看", "转化提升"], p=[0.86, 0.12, 0.02] if year < 2015 else [0.33, 0.45, 0.22])
        )
        rows.append((village, label, said, listed, finished, accepted, score, "是", "是", "是", str(state)))
    return pl.DataFrame({
        "县区": [COUNTIES[county].name] * len(rows), "镇办": [r[0]["town_name"] for r in rows], "村（社区）": [r[0]["name"] for r in rows],
        "村代码": [r[0]["code"] for r in rows], "党组织名称": [party_organisation(r[0]["name"], r[0]["code"]) for r in rows],
        "类型": [r[1] for r in rows], "主要表现": [r[2] for r in rows], "列入日期": [str(r[3]) for r in rows],
        "整顿完成日期": [None if r[4] is None else str(r[4]) for r in rows], "验收日期": [None if r[5] is None else str(r[5]) for r in rows],
        "验收得分": [r[6] for r in rows], "有人管事": [r[7] for r in rows], "有章理事": [r[8] for r in rows], "有责问事": [r[9] for r in rows],
        "整顿状态": [r[10] for r in rows],
    })  # fmt: skip


def _one(rng: np.random.Generator, first: str, last: str) -> np.datetime64:
    days = working_days(first, last)
    return days[int(rng.integers(0, len(days)))]


def partners(county: str) -> list[str]:
    """The code of each village's partner unit: the unit that sent its First Secretary; a department where there is none."""
    rng = stream("partners", county)
    sent = {p.host: p.cadre.unit.code for p in all_postings()[list(COUNTIES).index(county)] if p.tier == "T1000"}
    own = [unit.code for unit in county_units(county) if is_department(unit)]
    drawn = [own[int(rng.integers(0, len(own)))] for _ in range(villages().filter(pl.col("county") == county).height)]
    return [sent.get(code, unit) for code, unit in zip(villages().filter(pl.col("county") == county)["code"], drawn, strict=True)]


def partner_days(county: str) -> list[str]:
    """Since when each village has its partner unit: before anybody was nominated for it."""
    days = working_days("2014-01-06", "2014-01-24")
    number = villages().filter(pl.col("county") == county).height
    return [str(day) for day in days[stream("partner days", county).integers(0, len(days), number)]]


def village_rows(county: str) -> pl.DataFrame:
    """The rows of 村（社区）名册. A village has more households and people than the register of the poor."""
    rng = stream("villages", county)
    plan = villages().filter(pl.col("county") == county)
    n, sizes = plan.height, household_sizes(county)
    registered = np.bincount(sizes.village, minlength=n)
    poor = plan["poor"].to_numpy()
    share = np.where(poor, rng.normal(0.44, 0.06, n), rng.normal(0.27, 0.06, n)).clip(0.14, 0.66)
    households = np.round(registered / share).astype(np.int64) + 12
    people = np.round(households * rng.normal(3.75, 0.13, n)).astype(np.int64)
    farmland = np.round(people * rng.normal(1.05, 0.2, n).clip(0.5, 1.9), 1)
    empty = rng.random(n) < np.where(poor, 0.52, 0.27)
    collective = np.where(empty, 0, np.round(rng.lognormal(9.5, 0.8, n) / 100) * 100).astype(np.int64)
    secretary = names.persons(rng, rng.integers(1954, 1981, n), rng.random(n) < 0.93)
    return pl.DataFrame({
        "县区": [COUNTIES[county].name] * n, "镇办": plan["town_name"], "村（社区）": plan["name"], "村代码": plan["code"],
        "是否贫困村": plan["poor"].replace_strict({True: "是", False: "否"}, return_dtype=pl.String), "农村户籍户数": households, "农村户籍人口": people,
        "耕地面积（亩）": farmland, "集体经济收入（元）": collective, "村类型": village_types(plan, county),
        "村党组织名称": [party_organisation(name, code) for name, code in plan.select("name", "code").iter_rows()], "村党组织书记": secretary,
        "包村单位编码": partners(county), "包村起始日期": partner_days(county),
    })  # fmt: skip
