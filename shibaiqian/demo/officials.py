"""The officials of a file: of the city, or of a county's own units; the same persons in all rosters that name them.

A county sees its own officials only, so everything about an official of the city stands in the city's files, postings to a village
of some county included.
"""

from dataclasses import dataclass
from functools import lru_cache

from shibaiqian.demo.cadres import Cadre, chief_of, complete, leaders, luck_of
from shibaiqian.demo.candidates import spares
from shibaiqian.demo.open_batch import open_candidates
from shibaiqian.demo.organisations import city_units, county_units
from shibaiqian.demo.plan import CITY, COUNTIES
from shibaiqian.demo.postings import Posting, all_postings
from shibaiqian.demo.promotions import Promotion, promoted


@dataclass
class Officials:
    """The officials of one file: of the city, or of a county's own units."""

    region: str
    cadres: list[Cadre]
    heads: dict[str, str]
    promotions: list[Promotion]
    staff: list[Cadre]


def postings(county: str) -> list[Posting]:
    """All postings hosted in a county, whoever sent them."""
    for region in (CITY, county):
        officials(region)
    return all_postings()[list(COUNTIES).index(county)]


@lru_cache(maxsize=8)
def officials(region: str) -> Officials:
    """The officials of the city's units, or of a county's own units, with all that is said of them."""
    luck = luck_of("officials", region)
    units = city_units() if region == CITY else county_units(region)
    posted = [p.cadre for hosted in all_postings() for p in hosted if p.of_city] if region == CITY else [
        p.cadre for p in all_postings()[list(COUNTIES).index(region)] if not p.of_city
    ]  # fmt: skip
    proposed = [*spares(region), *open_candidates(region)]
    promotions = promoted(region, units)
    staff = [cadre for unit in units for cadre in leaders(luck, unit)]
    # Who was promoted sits in the new chair, and a head who is posted stays head: who was drawn for the same chair gives way.
    chairs = {c.unit.code for c in (*(p.cadre for p in promotions), *posted) if c.post == chief_of(c.unit)}
    staff = [c for c in staff if c.unit.code not in chairs or c.post != chief_of(c.unit)]
    cadres = [*staff, *(p.cadre for p in promotions), *posted, *proposed]
    complete(region, cadres)
    heads: dict[str, str] = {}
    for cadre in cadres:
        if cadre.post == chief_of(cadre.unit):
            heads.setdefault(cadre.unit.code, cadre.name)
    return Officials(region, cadres, heads, promotions, staff)


def staff_of(region: str, code: str) -> list[Cadre]:
    """Who works in a unit of a file and was neither posted nor proposed nor promoted."""
    return [cadre for cadre in officials(region).staff if cadre.unit.code == code]
