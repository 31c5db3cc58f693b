"""Work logs of the First Secretaries since they arrived: what they did on which day, and when they wrote it down.

Fewer things than in life (five or six a month), so that the city loads in its time; some officials write much, some little. A log
ends on the day before today: the page of today is for who tries it. Services have a ledger of their own.
"""

from functools import lru_cache

import numpy as np
import polars as pl

from shibaiqian.demo import log_words as words
from shibaiqian.demo.days import TODAY, as_text
from shibaiqian.demo.people import DISABLED as DISABLED_HEALTH
from shibaiqian.demo.people import PRIMARY_SCHOOL
from shibaiqian.demo.plan import COUNTIES, stream
from shibaiqian.demo.practical_services import Places, days_of_work
from shibaiqian.demo.register import DIBAO, WUBAO, Register

DAYS_A_MONTH = 4.7  # on which something is written
THINGS = ([1, 2, 3], [0.70, 0.24, 0.06])  # of a day
LATE_SHARE = 0.30
OPEN_DAYS, OPEN_SHARE = 25, 0.12  # visits of this many days that left a problem open
YESTERDAY = np.datetime64(TODAY) - 1
FIRST_MONTH = np.datetime64("2014-01", "M")


def log_rows(made: Register, where: Places) -> pl.DataFrame:
    """The rows of 工作日志台账, by posting and day."""
    rng = stream("logs", made.county)
    village = np.flatnonzero(where.secretary >= 0)
    arrived = where.arrived[where.secretary[village]]
    months = (YESTERDAY - arrived).astype(np.int64) / 30.4
    eager = np.clip(rng.lognormal(-0.18, 0.6, len(village)), 0.2, 2.6)
    written = np.round(months * DAYS_A_MONTH * eager).astype(np.int64).clip(1)
    late = rng.beta(2.4, 2.4 * (1 - LATE_SHARE) / LATE_SHARE, len(village))
    place = np.repeat(np.arange(len(village)), written)
    day = days_of_work(rng, arrived[place], lean=0.9)
    place, day = np.unique(np.array([place, day.astype(np.int64)])[:, day <= YESTERDAY], axis=1)
    told = _told(rng, day.astype("datetime64[D]"), late[place])
    things = np.repeat(np.arange(len(day)), rng.choice(THINGS[0], len(day), p=THINGS[1]))
    at, on = village[place[things]], day[things].astype("datetime64[D]")
    said = _draw(rng, on)
    household = np.where(_table().is_visit[said], _households(rng, made, at), -1)
    said = _fitting(rng, made, household, on, said)
    rows = pl.DataFrame({
        "任职编号": pl.Series([where.postings[i].number for i in where.secretary[at]]),
        "县区": pl.repeat(COUNTIES[made.county].name, len(at), eager=True), "镇办": made.plan["town_name"].gather(at),
        "村（社区）": made.plan["name"].gather(at), "村代码": made.plan["code"].gather(at), "日期": as_text(on),
        "类别": _table().category.gather(said), "户编号": _numbers(made, household), "内容": _contents(rng, said),
        "登记时间": pl.Series(told[things].astype("datetime64[ms]")).dt.strftime("%Y-%m-%d %H:%M"),
        **_problems(stream("problems", made.county), household >= 0, on),
    })  # fmt: skip
    return rows.unique(["任职编号", "日期", "类别", "户编号", "内容"], keep="first", maintain_order=True)


def _problems(rng: np.random.Generator, is_visit: np.ndarray, on: np.ndarray) -> dict[str, pl.Series]:
    """What some visits of the last weeks left open, and when to come back: soon after, so that some days are past already."""
    left = is_visit & (on > YESTERDAY - OPEN_DAYS) & (rng.random(len(on)) < OPEN_SHARE)
    which, back = rng.integers(len(words.PROBLEMS), size=len(on)), on + rng.integers(7, 22, size=len(on))
    said = pl.DataFrame({"left": left, "problem": [words.PROBLEMS[n] for n in which.tolist()], "back": as_text(back)})
    said = said.select(pl.when("left").then(name).alias(name) for name in ("problem", "back"))
    return {"发现的问题": said["problem"], "跟进日期": said["back"], "记录人": pl.repeat("", len(on), eager=True)}


def _told(rng: np.random.Generator, day: np.ndarray, late: np.ndarray) -> np.ndarray:
    """When a day was written down: that evening, some at noon or before supper; or some days later."""
    n = len(day)
    wait = np.where(rng.random(n) < late, 1 + np.minimum(rng.geometric(0.45, n) - 1, 9), 0)
    wait = np.minimum(wait, (YESTERDAY - day).astype(np.int64))
    luck = rng.random(n)
    hour = np.select(
        [luck < 0.80, luck < 0.88, luck < 0.96],
        [19 + 3 * rng.beta(1.6, 1.9, n), 12 + 2 * rng.random(n), 16.5 + 2.4 * rng.random(n)],
        22 + 1.6 * rng.random(n) ** 2,
    )
    return (day + wait).astype("datetime64[m]") + np.floor(hour * 60).astype("timedelta64[m]")


class _Table:
    """The sentences as columns, and how likely each is in each month since 2014."""

    def __init__(self) -> None:
        known = words.SENTENCES
        self.category = pl.Series([sentence.category for sentence in known])
        self.is_visit = np.array([sentence.category == words.VISIT for sentence in known])
        self.need = np.array([sentence.need for sentence in known])
        self.text = [sentence.text for sentence in known]
        months = [str(FIRST_MONTH + offset) for offset in range(int((YESTERDAY.astype("datetime64[M]") - FIRST_MONTH).astype(int)) + 1)]
        weights = np.array(
            [
                [s.weight if int(month[5:]) in s.months and s.since <= month and (not s.until or month <= s.until) else 0.0 for s in known]
                for month in months
            ]
        )
        for category, share in words.SHARES.items():
            mine = np.array([sentence.category == category for sentence in known])
            weights[:, mine] *= share / weights[:, mine].sum(axis=1, keepdims=True)
        self.all = np.cumsum(weights, axis=1)
        self.visits = np.cumsum(np.where(self.is_visit, weights, 0), axis=1)


@lru_cache(maxsize=1)
def _table() -> _Table:
    return _Table()


def _draw(rng: np.random.Generator, on: np.ndarray, *, visits: bool = False) -> np.ndarray:
    """A sentence for each day, by what is done in its month."""
    cumulative = _table().visits if visits else _table().all
    month = (on.astype("datetime64[M]") - FIRST_MONTH).astype(np.int64)
    luck, found = rng.random(len(on)), np.zeros(len(on), dtype=np.int64)
    for number in np.unique(month):
        chosen = month == number
        found[chosen] = np.searchsorted(cumulative[number], luck[chosen] * cumulative[number, -1], side="right")
    return found


def _households(rng: np.random.Generator, made: Register, village: np.ndarray) -> np.ndarray:
    """Whom a visit is to: a household of the village, those still poor more often; -1 where it has none."""
    first, number = np.searchsorted(made.village, village), np.bincount(made.village, minlength=made.plan.height)[village]
    found = np.where(number > 0, first + np.floor(rng.random(len(village)) * number).astype(np.int64), -1)
    again = np.flatnonzero((made.round[found] > 0) & (number > 0) & (rng.random(len(village)) < 0.5))
    found[again] = first[again] + np.floor(rng.random(len(again)) * number[again]).astype(np.int64)
    return found


def _fitting(rng: np.random.Generator, made: Register, household: np.ndarray, on: np.ndarray, said: np.ndarray) -> np.ndarray:
    """Visits whose words fit who lives there."""
    folk, n = made.people, made.count
    has = np.stack(
        [
            np.ones(n, dtype=bool), folk.in_household(folk.study >= PRIMARY_SCHOOL, n) > 0, made.labour > 0,
            folk.in_household(folk.health == DISABLED_HEALTH, n) > 0, made.elders > 0, np.isin(made.attribute, (DIBAO, WUBAO)),
            made.attribute != WUBAO,
        ],
        axis=1,
    )  # fmt: skip
    todo = np.flatnonzero(household >= 0)
    while len(todo := todo[~has[household[todo], _table().need[said[todo]]]]):
        said[todo] = _draw(rng, on[todo], visits=True)
    return said


def _numbers(made: Register, household: np.ndarray) -> pl.Series:
    known = made.number.gather(np.maximum(household, 0))
    return pl.DataFrame({"n": known, "h": household}).select(pl.when(pl.col("h") >= 0).then("n"))["n"]


def _contents(rng: np.random.Generator, said: np.ndarray) -> pl.Series:
    """The sentence, and perhaps how it went on."""
    luck = rng.random(len(said)).tolist()
    endings = [words.ENDINGS[category] for category in _table().category]
    return pl.Series([_table().text[i] + endings[i][int(x * len(endings[i]))] for i, x in zip(said.tolist(), luck, strict=True)])
