"""The round that is under way on 2016-06-08: posts without an official, and those whose term ends soon; nobody of it is appointed yet."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import polars as pl

from shibaiqian.demo.cadres import Cadre, luck_of
from shibaiqian.demo.organisations import county_units, is_department
from shibaiqian.demo.plan import CITY, COUNTIES, villages
from shibaiqian.demo.postings import DUTIES, all_postings, posted_cadre

# How far each post of a county has come; 柞水 shows every step, and its notice runs from 6 to 13 June.
SUBMITTED, RECOMMENDED, SCREENED, REVIEWED, MATCHED, ON_SHEET, IN_NOTICE, OBJECTED = range(8)
STAGES = {
    "611002": (MATCHED, REVIEWED, SCREENED, SUBMITTED),
    "611021": (MATCHED, MATCHED, REVIEWED, SCREENED, RECOMMENDED),
    "611022": (REVIEWED, SUBMITTED),
    "611023": (MATCHED,),
    "611024": (MATCHED, REVIEWED, SCREENED),
    "611025": (REVIEWED,),
    "611026": (IN_NOTICE, OBJECTED, ON_SHEET, REVIEWED),
}
ENDS_SOON = np.datetime64("2016-09-06")  # ninety days on


@dataclass(frozen=True)
class OpenPost:
    """A post that is to be filled, the cadre proposed for it, and how far that has come. `predecessor`: number of the posting it replaces."""

    host: str
    predecessor: str
    reason: str
    duties: str
    cadre: Cadre
    stage: int


@lru_cache(maxsize=8)
def open_posts(county: str) -> tuple[OpenPost, ...]:
    """The open posts of a county: places without a First Secretary first, then those whose official goes home soon."""
    luck = luck_of("open batch", county)
    bare = villages().filter((pl.col("county") == county) & (pl.col("batch") == ""))["code"].to_list()
    hosted = all_postings()[list(COUNTIES).index(county)]
    ending = [p for p in hosted if p.tier == "T1000" and p.ends <= ENDS_SOON]
    wanted = [(code, "", "社区尚无第一书记") for code in bare] + [
        (p.host, p.number, "现任第一书记任期将满，派出单位不再续派") for p in ending
    ]
    units = [unit for unit in county_units(county) if is_department(unit) and unit.kind in ("政府部门", "事业单位")]
    chosen = luck.sample(units, len(STAGES[county]))
    return tuple(
        OpenPost(host, predecessor, reason, luck.choice(DUTIES["T1000"]), posted_cadre(luck, "T1000", unit), stage)
        for (host, predecessor, reason), unit, stage in zip(wanted[: len(chosen)], chosen, STAGES[county], strict=True)
    )


def open_candidates(region: str) -> list[Cadre]:
    """The cadres of a file's units who are proposed for open posts."""
    return [] if region == CITY else [post.cadre for post in open_posts(region)]
