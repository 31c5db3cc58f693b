"""How many of everything, and where: each total of the article given out to counties and villages, exactly and never equally.

`villages()` is the plan: one row a village. What stands here is true of the rosters, row by row, and `counts()` is the table that
the figures must agree with. Largest remainders make every sum exact; weights come from the seed and from what a village is like.
"""

import zlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import polars as pl

SEED = 20160608
GAZETTEER = Path(__file__).parents[1] / "regions" / "data" / "regions_6110.csv"
COUNTS = Path(__file__).parents[2] / "docs" / "fixture-counts.csv"
CITY, SMALL_COUNTY = "6110", "611026"

OPEN_PERSONS, OUT_2014, OUT_2015 = 489_000, 76_000, 92_000
POOR_VILLAGES = 699
FIRST_SECRETARIES = 1_280
FIRST_SECRETARIES_OF_CITY, FIRST_SECRETARIES_OF_TOWN = 166, 320
OVERHAULED, OVERHAULING = 313, 26
PARKS, ENTERPRISES, COOPERATIVES, PRODUCERS = 103, 123, 753, 3_387
PROJECTS, SERVICES, SERVICES_OF_OTHERS, SERVICES_UNCONFIRMED = 12_400, 118_000, 5_600, 3_540
INCOME_UP = 43_000
POOR_SHARE = 0.645  # of the poor who live in poor villages
BATCHES = {"2014-03": 154, "2015-07": 896, "2016-03": 230}  # of the thousand
MONTHS_SERVED = {"": 0.0, "2014-03": 27.0, "2015-07": 10.5, "2016-03": 2.8}
STORY_VILLAGES = {"611023111216": "姚楼村", "611024107209": "银厂村", "611002105237": "吴庄村"}

SIZES = np.arange(1, 9)
# Of the stream that is cut at the edges of villages; after the cuts 14.5/19/22/24/13/5.5/2 remain.
SIZE_SHARES = np.array([0.136, 0.184, 0.219, 0.243, 0.136, 0.059, 0.019, 0.004])


@dataclass(frozen=True)
class County:
    """A county as the plan sees it: shares in percent, posts by number, and how it signs its documents."""

    code: str
    name: str
    short: str
    sign: str  # of the organisation department's documents
    persons: float
    poor_villages: float
    ten: int  # officials of the ten
    promoted: tuple[int, int, int, int]  # to posts of the county's own units, by kind

    @property
    def digit(self) -> int:
        """Place among the seven, 1 to 7: the last digit of its unassigned ID prefixes."""
        return list(COUNTIES).index(self.code) + 1


COUNTIES = {
    county.code: county
    for county in (
        County("611002", "商州区", "商州", "商州组发", 17.12, 17, 1, (1, 15, 3, 3)),
        County("611021", "洛南县", "洛南", "洛组发", 16.83, 16, 2, (2, 15, 3, 3)),
        County("611022", "丹凤县", "丹凤", "丹组发", 13.07, 13, 1, (2, 12, 3, 3)),
        County("611023", "商南县", "商南", "商南组发", 10.42, 11, 1, (1, 10, 2, 3)),
        County("611024", "山阳县", "山阳", "山组发", 20.88, 20, 2, (2, 17, 3, 3)),
        County("611025", "镇安县", "镇安", "镇组发", 14.16, 14, 2, (2, 12, 2, 3)),
        County("611026", "柞水县", "柞水", "柞组发", 7.52, 9, 1, (1, 7, 2, 2)),
    )
}
PROMOTIONS = ("promo_to_full_county_post", "promo_section_level", "promo_town_secretary", "promo_city_section_chief_to_county")
PROMOTED = (28, 107, 30, 20)
SECOND_POST_TOWNS = ("611002109", "611024106")  # of the hundred, two towns have two


def stream(*names: object) -> np.random.Generator:
    """Random numbers of a purpose and place: the same for the same names, whatever else is made before."""
    return np.random.default_rng([SEED, zlib.crc32("/".join(map(str, names)).encode())])


def allot(total: int, weights: np.ndarray, *, most: np.ndarray | None = None) -> np.ndarray:
    """`total` given out by weight in whole numbers (largest remainders), nobody above `most`; adds up exactly."""
    weights = np.asarray(weights, dtype=float)
    given = np.zeros(len(weights), dtype=np.int64)
    left = total
    while left > 0:
        open_ = weights > 0 if most is None else (weights > 0) & (given < most)
        if not open_.any():
            raise ValueError(f"{left} of {total} cannot be placed")
        ideal = np.where(open_, weights, 0) / weights[open_].sum() * left
        more = np.floor(ideal).astype(np.int64)
        rest = left - int(more.sum())
        more[np.argsort(-(ideal - more), kind="stable")[:rest]] += 1
        if most is not None:
            more = np.minimum(more, most - given)
        given += more
        left -= int(more.sum())
    return given


@lru_cache(maxsize=1)
def gazetteer() -> pl.DataFrame:
    """Places: code, name, level, kind."""
    return pl.read_csv(GAZETTEER, schema_overrides={"code": pl.String})


@lru_cache(maxsize=1)
def towns() -> pl.DataFrame:
    """The 98 towns and subdistricts: code, name, kind, county."""
    chosen = gazetteer().filter((pl.col("level") == "town") & pl.col("kind").is_in(["town", "subdistrict"]))
    return chosen.select("code", "name", "kind", county=pl.col("code").str.slice(0, 6)).sort("code")


@lru_cache(maxsize=1)
def villages() -> pl.DataFrame:
    """The plan: a row for each of the 1,302 villages and communities, in the order of codes."""
    of_town = towns().select(town="code", town_name="name", town_kind="kind")
    places = gazetteer().filter(pl.col("level") == "village").select("code", "name", "kind", town=pl.col("code").str.slice(0, 9))
    plan = places.join(of_town, on="town", how="inner").with_columns(county=pl.col("code").str.slice(0, 6)).sort("code")
    plan = _with_poverty(plan)
    plan = _with_secretaries(plan)
    return _with_work(plan)


def _by_county(plan: pl.DataFrame, totals: np.ndarray, weights: np.ndarray, most: np.ndarray | None = None) -> np.ndarray:
    """Each county's total given out among its villages."""
    given = np.zeros(plan.height, dtype=np.int64)
    county = plan["county"].to_numpy()
    for total, code in zip(totals, COUNTIES, strict=True):
        here = county == code
        given[here] = allot(int(total), weights[here], most=None if most is None else most[here])
    return given


def _is(plan: pl.DataFrame, **said: str) -> np.ndarray:
    return plan.select(pl.all_horizontal(pl.col(k) == v for k, v in said.items())).to_series().to_numpy()


def _with_poverty(plan: pl.DataFrame) -> pl.DataFrame:
    """Which villages are poor, and how many persons are open and out in each."""
    rng = stream("poverty")
    street = _is(plan, kind="community", town_kind="subdistrict")
    ease = np.where(_is(plan, kind="community"), 0.12, 1.0) * np.where(_is(plan, town_kind="subdistrict"), 0.25, 1.0)
    story = plan["code"].is_in(list(STORY_VILLAGES)).to_numpy()
    rank = np.where(street, -1.0, rng.random(plan.height) ** (1 / ease) + story)
    wanted = allot(POOR_VILLAGES, np.array([c.poor_villages for c in COUNTIES.values()]))
    poor = np.zeros(plan.height, dtype=bool)
    for number, code in zip(wanted, COUNTIES, strict=True):
        here = np.flatnonzero(_is(plan, county=code))
        poor[here[np.argsort(-rank[here], kind="stable")[:number]]] = True

    spread = rng.lognormal(0, 0.30, plan.height) * np.where(street, 0.22, np.where(_is(plan, kind="community"), 0.75, 1.0))
    shares = np.array([c.persons for c in COUNTIES.values()])
    jitter = np.array([1.6, -1.3, 0.7, -2.0, 1.1, -0.8, 2.4]) / 100
    columns: dict[str, np.ndarray] = {"poor": poor}
    for name, total, lean in (("open", OPEN_PERSONS, 0.0), ("out14", OUT_2014, 1.0), ("out15", OUT_2015, -1.0)):
        of_county = allot(total, shares * (1 + lean * jitter[::-1]))
        weights = spread * rng.lognormal(0, 0.12, plan.height)
        columns[name] = _by_county(
            plan,
            of_county,
            weights
            * np.where(poor, _lean_to_poor(plan["county"].to_numpy(), poor, weights, of_county, POOR_SHARE - 0.03 * abs(lean)), 1.0),
        )
    return plan.with_columns(pl.Series(name, values) for name, values in columns.items())


def _lean_to_poor(county: np.ndarray, poor: np.ndarray, weights: np.ndarray, of_county: np.ndarray, share: float) -> float:
    """How much heavier a poor village weighs so that poor villages hold this share of the city's poor."""
    low, high = 0.2, 8.0
    for _ in range(50):
        middle = (low + high) / 2
        heavy = weights * np.where(poor, middle, 1.0)
        held = sum(
            n * heavy[poor & (county == code)].sum() / heavy[county == code].sum() for n, code in zip(of_county, COUNTIES, strict=True)
        )
        low, high = (middle, high) if held < share * of_county.sum() else (low, middle)
    return middle


def _with_secretaries(plan: pl.DataFrame) -> pl.DataFrame:
    """Villages with a First Secretary (all poor ones), the batch they came with and the level they were sent from."""
    rng = stream("secretaries")
    poor = plan["poor"].to_numpy()
    street = _is(plan, kind="community", town_kind="subdistrict")
    story = plan["code"].is_in(list(STORY_VILLAGES)).to_numpy()
    without = plan.height - FIRST_SECRETARIES
    last = np.argsort(rng.random(plan.height) + np.where(street, 0, 2), kind="stable")[:without]
    has = np.ones(plan.height, dtype=bool)
    has[last] = False
    batch = np.full(plan.height, "", dtype=object)
    early = np.where(has & ~story, rng.random(plan.height) * np.where(poor, 3.0, 1.0), -1.0)
    order = np.argsort(-early, kind="stable")
    batch[order[: BATCHES["2014-03"]]] = "2014-03"
    late = np.where(has & (batch == "") & ~story, rng.random(plan.height) * np.where(poor, 1.0, 2.2), -1.0)
    batch[np.argsort(-late, kind="stable")[: BATCHES["2016-03"]]] = "2016-03"
    batch[has & (batch == "")] = "2015-07"
    source = np.where(has, "county", "").astype(object)
    # Nearer to the city more officials of the city; nearer to towns' own villages more of theirs.
    near = {"611002": 1.5, "611021": 1.05, "611022": 1.1, "611023": 0.85, "611024": 1.0, "611025": 0.8, "611026": 0.75}
    close = plan["county"].replace_strict(near).to_numpy()
    from_city = np.where(has & ~story, rng.random(plan.height) ** (1 / (close * np.where(poor, 1.6, 0.7))), -1.0)
    source[np.argsort(-from_city, kind="stable")[:FIRST_SECRETARIES_OF_CITY]] = "city"
    from_town = np.where(has & ~story & (source == "county"), rng.random(plan.height) * np.where(poor, 0.8, 1.3), -1.0)
    source[np.argsort(-from_town, kind="stable")[:FIRST_SECRETARIES_OF_TOWN]] = "town"
    return plan.with_columns(pl.Series("batch", batch.tolist(), dtype=pl.String), pl.Series("source", source.tolist(), dtype=pl.String))


def _with_work(plan: pl.DataFrame) -> pl.DataFrame:
    """Entities, projects, services, households with rising income, and overhauls, mostly where the poor live."""
    rng = stream("work")
    n, poor = plan.height, plan["poor"].to_numpy()
    persons = (plan["open"] + plan["out14"] + plan["out15"]).to_numpy()
    street = _is(plan, kind="community", town_kind="subdistrict")
    story = plan["code"].is_in(list(STORY_VILLAGES)).to_numpy()
    months = plan["batch"].replace_strict(MONTHS_SERVED).to_numpy()
    served = np.sqrt(np.maximum(months, 1.5) / 10.5)  # where nobody lives in the village the town's official works
    place = np.where(poor, 1.0, 0.38) * np.where(street, 0.15, 1.0) * served
    county = plan["county"].replace_strict({c: i for i, c in enumerate(COUNTIES)}).to_numpy()

    def given(total: int, sigma: float, *, most: int | None = None, lean: float = 0.10) -> np.ndarray:
        taste = rng.normal(1, lean, len(COUNTIES))[county]
        limit = None if most is None else np.full(n, most)
        return allot(total, place * taste * rng.lognormal(0, sigma, n), most=limit)

    work = {
        "parks": given(PARKS, 0.9, most=1, lean=0.2),
        "enterprises": given(ENTERPRISES, 0.9, most=1, lean=0.2),
        "producers": given(PRODUCERS, 0.45, most=16),
        "projects": given(PROJECTS, 0.40),
    }
    cooperatives = given(COOPERATIVES - int(story.sum()), 0.6, most=3, lean=0.15)
    work["cooperatives"] = cooperatives + story
    skew = rng.lognormal(0, 0.60, n) * np.where(poor, 1.3, 0.8) * np.clip(months / 10.5, 0, None) ** 0.6
    work["services"] = allot(SERVICES - SERVICES_OF_OTHERS, np.where(months > 0, skew, 0), most=np.full(n, 412) - rng.integers(0, 60, n))
    work["services_others"] = allot(SERVICES_OF_OTHERS, place * rng.lognormal(0, 0.7, n))
    work["services_unconfirmed"] = allot(SERVICES_UNCONFIRMED, work["services"] * rng.lognormal(0, 0.5, n))
    homes = persons / 3.27
    linked = homes * np.where(poor, 1.0, 0.62) * (1 + 0.35 * (work["cooperatives"] > 0)) * rng.lognormal(0, 0.28, n)
    work["income_up"] = allot(INCOME_UP, linked * rng.normal(1, 0.06, 7)[county], most=np.floor(homes * 0.42).astype(np.int64))
    weak = np.argsort(-(rng.random(n) * np.where(street, 0.55, np.where(poor, 1.0, 0.85)) + story * (plan["name"] == "银厂村").to_numpy()))
    overhaul = np.zeros(n, dtype=np.int64)
    overhaul[weak[:OVERHAULED]] = 1
    overhaul[weak[OVERHAULED : OVERHAULED + OVERHAULING]] = 2
    work["overhaul"] = overhaul  # 1 in order again, 2 still under way
    return plan.with_columns(pl.Series(name, values) for name, values in work.items())


@dataclass(frozen=True)
class Sizes:
    """Households of a county before anybody lives in them: number of persons, village (row of the plan), round (0 open, 1 out in 2014, 2 in 2015)."""

    size: np.ndarray
    village: np.ndarray
    round: np.ndarray


@lru_cache(maxsize=2)
def household_sizes(county: str) -> Sizes:
    """A stream of households in the right proportions, cut at the edges of villages and rounds so that persons are exact."""
    here = villages().filter(pl.col("county") == county)
    rng = stream("sizes", county)
    segments = here.select("open", "out14", "out15").to_numpy().reshape(-1)
    persons = int(segments.sum())
    number = allot(round(persons / float((SIZES * SIZE_SHARES).sum())), SIZE_SHARES)
    ordered = np.repeat(SIZES, number)
    rng.shuffle(ordered)
    ends = np.cumsum(ordered)
    edges = np.cumsum(segments)
    cuts = np.unique(np.concatenate([ends[ends < persons], edges[edges > 0]]))
    size = np.diff(cuts, prepend=0)
    segment = np.searchsorted(edges, cuts, side="left")
    order = np.lexsort((rng.random(len(size)), segment // 3))
    return Sizes(size=size[order], village=(segment // 3)[order], round=(segment % 3)[order])


FIGURES = {
    "towns": 98, "villages": 1_302, "poor_villages": POOR_VILLAGES, "poor_population": OPEN_PERSONS, "people_out_stably": OUT_2014 + OUT_2015,
    "households": None, "households_open": None, "tier_10": 10, "tier_100": 100, "tier_1000": FIRST_SECRETARIES,
    **dict(zip(PROMOTIONS, PROMOTED, strict=True)), "organisations_overhauled": OVERHAULED, "agricultural_parks": PARKS,
    "leading_enterprises": ENTERPRISES, "cooperatives": COOPERATIVES, "large_producers": PRODUCERS, "projects": PROJECTS,
    "practical_services": SERVICES, "practical_services_unconfirmed": SERVICES_UNCONFIRMED, "households_income_up": INCOME_UP,
}  # fmt: skip


def counts() -> pl.DataFrame:
    """The figures by county, and of the city as a whole: a promotion to a unit of the city itself stands in no county."""
    rows = []
    for code, county in COUNTIES.items():
        here = villages().filter(pl.col("county") == code)
        of_towns = towns().filter(pl.col("county") == code).height
        sizes = household_sizes(code)
        rows.append({
            "region": code, "name": county.name, "towns": of_towns, "villages": here.height, "poor_villages": here["poor"].sum(),
            "poor_population": here["open"].sum(), "people_out_stably": here.select(pl.sum("out14", "out15")).sum_horizontal().item(),
            "households": len(sizes.size), "households_open": int((sizes.round == 0).sum()),
            "tier_10": county.ten, "tier_100": of_towns + sum(t.startswith(code) for t in SECOND_POST_TOWNS),
            "tier_1000": (here["batch"] != "").sum(), **dict(zip(PROMOTIONS, county.promoted, strict=True)),
            "organisations_overhauled": (here["overhaul"] == 1).sum(), "agricultural_parks": here["parks"].sum(),
            "leading_enterprises": here["enterprises"].sum(), "cooperatives": here["cooperatives"].sum(),
            "large_producers": here["producers"].sum(), "projects": here["projects"].sum(),
            "practical_services": here.select(pl.sum("services", "services_others")).sum_horizontal().item(),
            "practical_services_unconfirmed": here["services_unconfirmed"].sum(), "households_income_up": here["income_up"].sum(),
        })  # fmt: skip
    table = pl.DataFrame(rows)
    city = table.select(pl.lit(CITY).alias("region"), pl.lit("商洛市").alias("name"), pl.exclude("region", "name").sum())
    own = [pl.lit(total).cast(pl.Int64).alias(name) for name, total in zip(PROMOTIONS, PROMOTED, strict=True)]
    return pl.concat([city.with_columns(own).cast(table.schema), table]).select("region", "name", *FIGURES)


def write_counts(path: Path = COUNTS) -> None:
    """Write the table that the figures must agree with."""
    counts().write_csv(path)


if __name__ == "__main__":
    write_counts()
