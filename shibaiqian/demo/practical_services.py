"""Practical services: what officials did for whom and when; work in its season, confirmed by those who had the good of it."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from shibaiqian.demo import names, stories
from shibaiqian.demo.days import TODAY, as_text
from shibaiqian.demo.people import DISABLED as DISABLED_HEALTH
from shibaiqian.demo.people import PRIMARY_SCHOOL, draw
from shibaiqian.demo.plan import COUNTIES, stream
from shibaiqian.demo.postings import Posting
from shibaiqian.demo.register import WUBAO, Register
from shibaiqian.demo.service_words import WORDS, Word

CONFIRMATIONS = ["签字", "按手印（有见证人）", "两名村民见证"]
# Fewer in February and around the October holiday.
MONTH_SHARES = np.array([0.95, 0.62, 1.06, 1.10, 1.08, 1.04, 1.05, 1.0, 1.04, 0.86, 1.1, 1.1])
WEEKDAY_SHARES = np.array([1.1, 1.1, 1.05, 1.1, 1.05, 0.42, 0.30])
DAYS_APART = 7


@dataclass(frozen=True)
class Places:
    """Who serves where in a county: places in the list of postings, by village; the town's and the county's officials beside them."""

    postings: list[Posting]
    secretary: np.ndarray  # of each village, -1 where there is none
    hundred: list[list[int]]  # of each village's town
    ten: list[int]
    arrived: np.ndarray


def places(made_plan: pl.DataFrame, hosted: list[Posting]) -> Places:
    """The postings of a county by the places they cover."""
    of_village = {p.host: i for i, p in enumerate(hosted) if p.tier == "T1000"}
    of_town: dict[str, list[int]] = {}
    for i, posting in enumerate(hosted):
        if posting.tier == "T100":
            of_town.setdefault(posting.host, []).append(i)
    return Places(
        postings=hosted,
        secretary=np.array([of_village.get(code, -1) for code in made_plan["code"]]),
        hundred=[of_town[town] for town in made_plan["town"]],
        ten=[i for i, p in enumerate(hosted) if p.tier == "T10"],
        arrived=np.array([p.arrived for p in hosted], dtype="datetime64[D]"),
    )


def days_of_work(rng: np.random.Generator, first: np.ndarray, *, lean: float | np.ndarray = 0.85) -> np.ndarray:
    """A day for each, from `first` to today: later ones a little likelier, few on Sundays and in holidays."""
    today = np.datetime64(TODAY)
    span = (today - first).astype(np.int64)
    days = first + np.floor(rng.random(len(first)) ** lean * (span + 1)).astype(np.int64).clip(0, span)
    for _ in range(6):
        month = days.astype("datetime64[M]").astype(np.int64) % 12
        weekday = (days.astype(np.int64) + 3) % 7
        keep = rng.random(len(days)) < MONTH_SHARES[month] * WEEKDAY_SHARES[weekday] / 1.21
        spring = (days >= np.datetime64("2016-02-07")) & (days <= np.datetime64("2016-02-13")) | (days >= np.datetime64("2015-10-01")) & (
            days <= np.datetime64("2015-10-05")
        )
        keep &= ~(spring & (rng.random(len(days)) < 0.75))
        again = first + np.floor(rng.random(len(first)) ** lean * (span + 1)).astype(np.int64).clip(0, span)
        days = np.where(keep, days, again)
    return days


STUDENTS, HANDS, DISABLED, ELDERS, FIVE_GUARANTEES, NOT_FIVE, ANYBODY = range(7)


def _need(word: Word) -> int:
    """Whom a household must have for this to be done for it."""
    if word.kind == "就学帮扶":
        return STUDENTS
    if word.kind == "就业务工":
        return HANDS
    if "五保" in word.text:
        return FIVE_GUARANTEES
    if "残疾" in word.text:
        return DISABLED
    if any(said in word.text for said in ("老人", "高龄", "赡养")):
        return ELDERS
    return NOT_FIVE if any(said in word.text for said in ("贷款", "借款", "低保")) else ANYBODY


def _has(made: Register) -> np.ndarray:
    """Households × needs: who is there. The last row stands for villagers outside the register."""
    n, folk = made.count, made.people
    students = folk.in_household(folk.study >= PRIMARY_SCHOOL, n) > 0
    disabled = folk.in_household(folk.health == DISABLED_HEALTH, n) > 0
    wubao = made.attribute == WUBAO
    every = np.ones(n, dtype=bool)
    table = np.stack([students, made.labour > 0, disabled, made.elders > 0, wubao, ~wubao, every], axis=1)
    return np.concatenate([table, np.ones((1, table.shape[1]), dtype=bool)])


class Contents:
    """What is done in which month, drawn by weight."""

    def __init__(self) -> None:
        self.text = [word.text for word in WORDS]
        self.kind = [word.kind for word in WORDS]
        self.low = np.array([word.low for word in WORDS])
        self.high = np.array([word.high for word in WORDS])
        self.needs = np.array([_need(word) for word in WORDS])
        self.by_month = [
            np.cumsum([word.weight * (2.4 if word.kind == "就学帮扶" else 1.0) if month in word.months else 0.0 for word in WORDS])
            for month in range(1, 13)
        ]

    def draw(self, rng: np.random.Generator, days: np.ndarray) -> np.ndarray:
        month = days.astype("datetime64[M]").astype(np.int64) % 12
        luck, found = rng.random(len(days)), np.zeros(len(days), dtype=np.int64)
        for number, cumulative in enumerate(self.by_month):
            chosen = month == number
            found[chosen] = np.searchsorted(cumulative, luck[chosen] * cumulative[-1], side="right")
        return found


CONTENTS = Contents()


def service_rows(made: Register, where: Places) -> pl.DataFrame:
    """The rows of 为民办实事台账: as many in each village as the plan says, confirmed and not."""
    rng = stream("services", made.county)
    plan = made.plan
    confirmed, others, unconfirmed = (plan[name].to_numpy() for name in ("services", "services_others", "services_unconfirmed"))
    village = np.concatenate([np.repeat(np.arange(plan.height), n) for n in (confirmed, others, unconfirmed)])
    is_other = np.concatenate([np.zeros(confirmed.sum(), bool), np.ones(others.sum(), bool), np.zeros(unconfirmed.sum(), bool)])
    is_confirmed = np.arange(len(village)) < confirmed.sum() + others.sum()
    posting = np.where(is_other, _of_others(rng, where, village), where.secretary[village])
    day = days_of_work(rng, where.arrived[posting], lean=np.where(is_confirmed, 0.92, 0.55))
    household = _households(rng, made, village)
    content = _spread(rng, made, household, day, CONTENTS.draw(rng, day))
    order = np.lexsort((day, posting, village))
    village, posting, day, household, content, is_confirmed = (x[order] for x in (village, posting, day, household, content, is_confirmed))
    n = len(village)
    stranger = household < 0
    year = 1940 + np.floor(rng.random(n) * 50).astype(np.int64)
    others_names = pl.Series(names.persons(rng, year, rng.random(n) < 0.62), dtype=pl.String)
    known = made.heads.gather(np.maximum(household, 0))
    number = made.number.gather(np.maximum(household, 0))
    low, high = CONTENTS.low[content], CONTENTS.high[content]
    step = np.where(high >= 2000, 100, np.where(high >= 500, 50, 10))
    amount = np.maximum(np.round((low + (high - low) * rng.random(n) ** 1.6) / step) * step, step).astype(np.int64)
    wait = np.floor(rng.gamma(1.1, 5.5, n)).astype(np.int64).clip(0, 60)
    seen = np.minimum(day + wait, np.datetime64(TODAY))
    seen = np.where(is_confirmed, seen, np.datetime64("NaT", "D"))
    how = pl.Series(CONFIRMATIONS).gather(draw(rng, n, [0.64, 0.25, 0.11]))
    frame = pl.DataFrame(
        {"s": stranger, "o": others_names, "k": known, "n": number, "a": amount, "p": high > 0, "c": is_confirmed, "h": how}
    )
    said = frame.select(
        pl.when("s").then("o").otherwise("k").alias("受益群众"), pl.when(~pl.col("s")).then("n").alias("户编号"), pl.when("p").then("a").alias("折合金额（元）"),
        pl.when("c").then("h").alias("确认方式"),
    )  # fmt: skip
    rows = pl.DataFrame({
        "任职编号": pl.Series([p.number for p in where.postings]).gather(posting), "县区": pl.repeat(COUNTIES[made.county].name, n, eager=True),
        "镇办": plan["town_name"].gather(village), "村（社区）": plan["name"].gather(village), "村代码": plan["code"].gather(village),
        "户编号": said["户编号"], "受益群众": said["受益群众"], "类别": pl.Series(CONTENTS.kind).gather(content),
        "办理内容": pl.Series(CONTENTS.text).gather(content), "办理日期": as_text(day), "折合金额（元）": said["折合金额（元）"],
        "确认方式": said["确认方式"], "确认日期": as_text(seen), "记录人": "",
    })  # fmt: skip
    return stories.tell_of_services(rows)


def _of_others(rng: np.random.Generator, where: Places, village: np.ndarray) -> np.ndarray:
    """An official of the village's town, or now and then of the county."""
    found = []
    for place, luck, which in zip(village.tolist(), *rng.random((2, len(village))).tolist(), strict=True):
        able = where.ten if luck < 0.12 else where.hundred[place]
        found.append(able[int(which * len(able))])
    return np.array(found, dtype=np.int64)


def _households(rng: np.random.Generator, made: Register, village: np.ndarray) -> np.ndarray:
    """Whom it was done for: nine times of ten a household of the register in that village, the open ones first."""
    first = np.searchsorted(made.village, np.arange(made.plan.height))
    number = np.bincount(made.village, minlength=made.plan.height)
    found = np.full(len(village), -1, dtype=np.int64)
    wants = (rng.random(len(village)) < 0.93) & (number[village] > 0)
    todo = np.flatnonzero(wants)
    for _ in range(3):
        found[todo] = first[village[todo]] + np.floor(rng.random(len(todo)) * number[village[todo]]).astype(np.int64)
        todo = todo[(made.round[found[todo]] > 0) & (rng.random(len(todo)) < 0.6)]
    return found


def _spread(rng: np.random.Generator, made: Register, household: np.ndarray, day: np.ndarray, content: np.ndarray) -> np.ndarray:
    """What fits who lives there, and the same thing for the same household not twice within a week."""
    days = day.astype(np.int64)
    has = _has(made)
    for _ in range(60):
        misfit = ~has[household, CONTENTS.needs[content]]
        content[misfit] = CONTENTS.draw(rng, day[misfit])
        if misfit.any():
            continue
        order = np.lexsort((days, content, household))
        near = (
            (np.diff(household[order]) == 0)
            & (np.diff(content[order]) == 0)
            & (np.diff(days[order]) <= DAYS_APART)
            & (household[order][1:] >= 0)
        )
        if not near.any():
            break
        again = order[1:][near]
        content[again] = CONTENTS.draw(rng, day[again])
    return content
