"""Who was proposed: the officials who were posted, and the few more of each round who failed a gate, were withdrawn or not chosen.

A *round* is what one place decides of one tier in one batch: its posts, its candidates, its days.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from shibaiqian.demo.cadres import Cadre, luck_of
from shibaiqian.demo.days import working_days_from
from shibaiqian.demo.organisations import Unit
from shibaiqian.demo.plan import CITY, COUNTIES, STORY_VILLAGES
from shibaiqian.demo.postings import Posting, all_postings, posted_cadre
from shibaiqian.demo.procedure import Days, days_before

SPARE_SHARE = 0.075  # of the posts of a round: candidates more than posts
FAILED, WITHDRAWN, SPARE = "failed", "withdrawn", "spare"
FAILED_GATES = ("conduct", "integrity", "ability")
SHORT = {CITY: "商洛", **{county.code: county.short for county in COUNTIES.values()}}


@dataclass(frozen=True)
class Candidate:
    """A cadre as the unit proposed them. `fate`: empty for those the round may take; `gate`: the one that was failed."""

    number: str
    cadre: Cadre
    wish: str
    nominated: np.datetime64
    minute: str
    minute_on: np.datetime64
    fate: str = ""
    gate: str = ""
    note: str = ""

    @property
    def file(self) -> str:
        """The region in whose file the candidate stands: the city's own people in the city's."""
        return self.cadre.unit.region[:6]


@dataclass(frozen=True)
class Round:
    """What one place decides of one tier in one batch; `batch` is empty outside a batch (补派)."""

    decider: str
    tier: str
    batch: str
    posts: tuple[Posting, ...]
    candidates: tuple[Candidate, ...]
    days: Days


@lru_cache(maxsize=8)
def rounds(decider: str) -> tuple[Round, ...]:
    """The rounds of a county or of the city in the order of time, with their candidates; names come with `officials`."""
    posts: dict[tuple[str, str], list[Posting]] = {}
    for hosted in all_postings():
        for posting in hosted:
            if posting.decider == decider:
                posts.setdefault((posting.tier, posting.batch), []).append(posting)
    ordered = sorted(posts.items(), key=lambda item: (min(p.appointed for p in item[1]), item[0]))
    sequence: dict[int, int] = {}
    return tuple(_round(decider, tier, batch, tuple(found), sequence) for (tier, batch), found in ordered)


def round_of(posting: Posting) -> Round:
    """The round that a posting came from."""
    return next(r for r in rounds(posting.decider) if (r.tier, r.batch) == (posting.tier, posting.batch))


def all_rounds() -> list[Round]:
    return [found for decider in (CITY, *COUNTIES) for found in rounds(decider)]


def spares(region: str) -> list[Cadre]:
    """The cadres of a file's units who were proposed and not posted."""
    return [c.cadre for r in all_rounds() for c in r.candidates if c.file == region and c.fate]


def _round(decider: str, tier: str, batch: str, posts: tuple[Posting, ...], sequence: dict[int, int]) -> Round:
    luck = luck_of("candidates", decider, tier, batch)
    days = days_before(min(p.appointed for p in posts))
    fates = [(p.cadre, p.host, "", "") for p in posts]
    alike = [p for p in posts if p.host not in STORY_VILLAGES]
    for place in range(round(len(posts) * SPARE_SHARE)):
        like = luck.choice(alike)
        fate = (SPARE, FAILED, WITHDRAWN)[place % 3]
        cadre = posted_cadre(luck, tier, like.cadre.unit)
        fates.append((cadre, like.host, fate, FAILED_GATES[place // 3 % 3] if fate == FAILED else ""))
    units = {cadre.unit.code: (luck.randint(0, 4), luck.randint(1, 3), luck.randint(2, 16)) for cadre, *_ in fates}
    luck.shuffle(fates)
    fates.sort(key=lambda row: units[row[0].unit.code][0])
    found = []
    for cadre, host, fate, gate in fates:
        late, before, serial = units[cadre.unit.code]
        nominated = working_days_from(days.nominated, late)
        year = int(str(nominated)[:4])
        sequence[year] = sequence.get(year, 0) + 1
        found.append(
            Candidate(
                f"{SHORT[decider]}-荐-{year}-{sequence[year]:04d}", cadre, _wish(luck.random(), cadre, tier, host), nominated,
                f"{_meeting(cadre.unit)}会议纪要〔{year}〕{serial}号", working_days_from(nominated, -before), fate, gate,
                "" if batch else "该村返乡人员要求发展白芨种植，村上缺懂技术的带头人，镇党委请求补派",
            )
        )  # fmt: skip
    return Round(decider, tier, batch, posts, tuple(found), days)


def _meeting(unit: Unit) -> str:
    """Whose minute it is: a bureau's party group, a town's committee, a party department's own meeting."""
    called = unit.called.removeprefix("中共")
    if unit.kind == "镇办":
        return called.removesuffix("政府").removesuffix("办事处") + ("党工委" if unit.name.endswith("办事处") else "党委")
    return called + {"党委部门": "部务" if called.endswith("部") else "主任办公", "党工委": ""}.get(
        unit.kind, "党组" if "党校" not in called else "校委"
    )


def _wish(chance: float, cadre: Cadre, tier: str, host: str) -> str:
    """Where the unit would like its cadre to go: a county decides about people of the city once they are meant for it."""
    if tier != "T1000":
        return host[:6] if chance < 0.5 and tier == "T100" else ""
    if cadre.unit.level == "镇":
        return cadre.unit.region
    if chance < 0.25:
        return host
    return host[:6] if cadre.unit.level == "市" else ""
