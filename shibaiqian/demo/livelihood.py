"""What households live on, year by year, and which of them share in an entity: the two belong together in the figure of rising income.

The figure counts households with a link active today whose income of 2015 is above that of their first year. The plan says how
many there are in each village; some other links are there as well, of households whose income did not rise, or which have ended.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import polars as pl

from shibaiqian.demo import stories
from shibaiqian.demo.plan import stream
from shibaiqian.demo.register import GENERAL, WUBAO, Register, register

UNLINKED, RISING, NOT_RISING, ENDED = range(4)
NOT_RISING_SHARE, ENDED_SHARE = 0.11, 0.08  # of those that count
LINE = {2013: 2736, 2014: 2800, 2015: 2855}
COUNTY_LEVEL = {"611002": 1.03, "611026": 1.03, "611024": 0.97, "611025": 0.97}
# Net income per head: points of the distribution, and what stands there.
FIRST = ([0, 0.10, 0.50, 0.90, 1], [420, 1150, 1950, 2600, 2730])
OPEN_2015 = ([0, 0.10, 0.50, 0.925, 0.98, 1], [760, 1560, 2450, 2850, 3180, 4300])
OUT_2014 = ([0, 0.10, 0.50, 0.90, 0.99, 1], [2860, 2990, 3700, 6200, 8600, 11800])
LEFT_2014 = ([0, 0.10, 0.50, 0.90, 0.99, 1], [3060, 3300, 4250, 7050, 9800, 13600])
LEFT_2015 = ([0, 0.10, 0.50, 0.90, 0.99, 1], [2930, 3090, 3950, 6900, 9400, 12800])


@dataclass(frozen=True)
class Livelihood:
    """`link`: how each household is linked. Incomes are whole yuan, a row for each household's first year, that of its exit, and 2015."""

    link: np.ndarray
    incomes: pl.DataFrame


@lru_cache(maxsize=1)
def livelihood(county: str) -> Livelihood:
    """Links and incomes of a county's households."""
    rng = stream("livelihood", county)
    made = register(county)
    link = stories.linked(made, _links(rng, made))
    first, latest = _targets(rng, made, link)
    year = np.where(made.late, 2014, 2013)
    worker = made.workers > 0
    taste = rng.random(made.count)
    once = _items(rng, made, first, worker & (rng.random(made.count) < 0.93), taste, 0.0)
    now = _items(rng, made, latest, worker, taste, 0.03)
    homes = np.arange(made.count)
    out = np.flatnonzero(_left_2014(made))
    rows = pl.concat([_rows(made, year, once), _year_of_exit(made, latest, worker, taste), _rows(made, np.full(made.count, 2015), now)])
    order = np.argsort(np.concatenate([homes, out, homes]), kind="stable")
    return Livelihood(link=link, incomes=rows[order])


def _left_2014(made: Register) -> np.ndarray:
    """Who left in the round of 2014, those who fell back later included."""
    return made.exited == np.datetime64("2014-12-31")


def _year_of_exit(made: Register, latest: np.ndarray, worker: np.ndarray, taste: np.ndarray) -> pl.DataFrame:
    """What the households that left in 2014 lived on that year: above its line, and by and large as they stand in 2015."""
    rng = stream("livelihood of 2014", made.county)
    out = _left_2014(made)
    like = _ranks(latest) + rng.normal(0, 0.12, made.count)
    income = np.zeros(made.count)
    income[out] = np.interp(_ranks(like[out]), *OUT_2014) * COUNTY_LEVEL.get(made.county, 1.0)
    items = _items(rng, made, np.maximum(income, LINE[2014] + 30), worker, taste, 0.015)
    return _rows(made, np.full(made.count, 2014), items).filter(pl.Series(out))


def _links(rng: np.random.Generator, made: Register) -> np.ndarray:
    """In each village as many as the plan says; households with hands first, the five guarantees never."""
    wanted = made.plan["income_up"].to_numpy()
    others = np.floor(wanted * NOT_RISING_SHARE + rng.random(len(wanted))).astype(np.int64)
    ended = np.floor(wanted * ENDED_SHARE + rng.random(len(wanted))).astype(np.int64)
    eager = rng.random(made.count) + 0.35 * (made.labour > 0) + 0.15 * (made.attribute == GENERAL) + 0.1 * (made.round > 0)
    eager = np.where(made.attribute == WUBAO, -1.0, eager)
    order = np.lexsort((-eager, made.village))
    rank = np.empty(made.count, dtype=np.int64)
    rank[order] = np.arange(made.count) - np.searchsorted(made.village[order], made.village[order])
    link = np.where(rank < wanted[made.village], RISING, UNLINKED)
    # Only who is still poor may have lost income: who left did not.
    rest = (link == UNLINKED) & (made.attribute != WUBAO)
    for kind, numbers, fits in ((NOT_RISING, others, rest & (made.round == 0)), (ENDED, ended, rest)):
        homes = np.flatnonzero(fits & (link == UNLINKED))
        homes = homes[np.lexsort((rng.random(len(homes)), made.village[homes]))]
        place = np.arange(len(homes)) - np.searchsorted(made.village[homes], made.village[homes])
        link[homes[place < numbers[made.village[homes]]]] = kind
    if (np.bincount(made.village[link == RISING], minlength=len(wanted)) != wanted).any() or (eager[link == RISING] < 0).any():
        raise ValueError("a village has fewer households than the plan wants with rising income")
    return link


def _ranks(values: np.ndarray) -> np.ndarray:
    """Each value's place among all, between 0 and 1."""
    places = np.empty(len(values))
    places[np.argsort(values, kind="stable")] = (np.arange(len(values)) + 0.5) / max(len(values), 1)
    return places


def _targets(rng: np.random.Generator, made: Register, link: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Net income per head that the items shall come to: of the first year and of 2015."""
    n = made.count
    hands = 0.5 * (made.labour > 0) + 0.4 * (made.workers > 0)
    then = rng.normal(0, 1, n) + hands
    now = 0.45 * then + rng.normal(0, 0.85, n) + 0.4 * hands
    level = COUNTY_LEVEL.get(made.county, 1.0)
    first = np.minimum(np.interp(_ranks(then), *FIRST) * level, LINE[2013] - 12) * np.where(made.late, 1.08, 1.0)
    first = np.minimum(first, LINE[2014] - 15)
    latest = np.empty(n)
    for round_, curve in enumerate((OPEN_2015, LEFT_2014, LEFT_2015)):
        chosen = made.round == round_
        income = np.interp(_ranks(now[chosen]), *curve)
        above = income > LINE[2015]
        # The county's level moves people along, not across the line.
        latest[chosen] = np.where(
            above, np.maximum(income * level, LINE[2015] + 6 + 0.5 * (income - LINE[2015])), np.minimum(income * level, LINE[2015] - 4)
        )
    rises = np.where(first * 1.03 + 130 < LINE[2015], np.maximum(latest, first * (1.04 + 0.22 * rng.random(n)) + 130), latest)
    rises = np.maximum(rises, first + 125)
    falls = np.minimum(latest, first * (0.78 + 0.2 * rng.random(n)) - 70)
    return first, np.where(link == RISING, rises, np.where(link == NOT_RISING, falls, latest))


def _items(
    rng: np.random.Generator, made: Register, target: np.ndarray, worker: np.ndarray, taste: np.ndarray, more_wage: float
) -> dict[str, np.ndarray]:
    """Whole items in steps of 50 yuan whose sum, less the cost, is the target a head as nearly as such steps allow."""
    n = made.count
    total = np.round(target * made.size / 50) * 50
    hands, wubao = made.labour > 0, made.attribute == WUBAO
    from_transfer = np.select(
        [wubao, ~hands & ~worker],
        [0.90 + 0.1 * rng.random(n), 0.50 + 0.4 * rng.random(n)],
        0.06 + 0.13 * rng.random(n) + 0.035 * np.minimum(made.elders, 2),
    )
    from_transfer += 0.09 * (made.attribute == 1)
    from_wage = np.where(worker, 0.52 + 0.38 * np.sqrt(taste) + more_wage, np.where(hands & (taste < 0.5), 0.10 + 0.5 * taste, 0.0))
    transfer = np.round(total * np.minimum(from_transfer, 1.0) / 50) * 50
    owned = np.where((rng.random(n) < 0.13) & ~wubao, 0.05 + 0.22 * rng.random(n), 0.0)
    property_ = np.minimum(np.round(total * owned / 50) * 50, total - transfer)
    wage = np.minimum(np.round((total - transfer - property_) * np.minimum(from_wage, 0.97) / 50) * 50, total - transfer - property_)
    net = total - transfer - property_ - wage
    # A bad year on the farm: the harvest did not pay for seed and feed.
    lost = (rng.random(n) < 0.030) & worker & (wage > 2000)
    loss = np.where(lost, 50 * rng.integers(4, 32, n), 0)
    cost = np.round(np.where(lost, 800 + 1500 * rng.random(n), net * (0.22 + 0.33 * rng.random(n))) / 50) * 50
    wage = np.where(lost, wage + net + loss, wage)
    net = np.where(lost, -loss, net)
    cost = np.maximum(cost, -net)
    parts = {"wage": wage, "operation": net + cost, "property": property_, "transfer": transfer, "cost": cost}
    return {name: values.astype(np.int64) for name, values in parts.items()}


def _rows(made: Register, year: np.ndarray, items: dict[str, np.ndarray]) -> pl.DataFrame:
    net = items["wage"] + items["operation"] + items["property"] + items["transfer"] - items["cost"]
    return pl.DataFrame({
        "户编号": made.number, "村代码": made.plan["code"].gather(made.village), "户主姓名": made.heads, "年度": pl.Series(year),
        "家庭人口": pl.Series(made.size), "工资性收入（元）": pl.Series(items["wage"]), "生产经营性收入（元）": pl.Series(items["operation"]),
        "财产性收入（元）": pl.Series(items["property"]), "转移性收入（元）": pl.Series(items["transfer"]),
        "生产经营性支出（元）": pl.Series(items["cost"]), "人均纯收入（元）": pl.Series(np.floor(net * 100 / made.size) / 100),
    })  # fmt: skip
