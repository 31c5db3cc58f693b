"""The plan of the whole city: sums of the article, never equal, never round."""

import numpy as np
import polars as pl
import pytest

from shibaiqian.demo.plan import (
    CITY,
    COOPERATIVES,
    COUNTS,
    ENTERPRISES,
    INCOME_UP,
    OPEN_PERSONS,
    OUT_2014,
    OUT_2015,
    OVERHAULED,
    PARKS,
    PRODUCERS,
    PROJECTS,
    SERVICES,
    allot,
    counts,
    villages,
)


def test_the_plan_adds_up_to_the_article() -> None:
    city = counts().row(0, named=True)
    assert (city["poor_population"], city["people_out_stably"]) == (OPEN_PERSONS, OUT_2014 + OUT_2015) == (489_000, 168_000)
    assert (city["tier_10"], city["tier_100"], city["tier_1000"]) == (10, 100, 1_280)
    assert (city["towns"], city["villages"], city["poor_villages"]) == (98, 1_302, 699)
    entities = (city["agricultural_parks"], city["leading_enterprises"], city["cooperatives"], city["large_producers"])
    assert entities == (PARKS, ENTERPRISES, COOPERATIVES, PRODUCERS) == (103, 123, 753, 3_387)
    assert (city["projects"], city["practical_services"], city["organisations_overhauled"]) == (PROJECTS, SERVICES, OVERHAULED)
    assert (city["households_income_up"], city["promo_to_full_county_post"]) == (INCOME_UP, 28) == (43_000, 28)
    assert abs(city["households"] - 201_000) < 2_000


def test_the_published_table_of_counts_is_the_plan() -> None:
    assert pl.read_csv(COUNTS, schema_overrides={"region": pl.String}).equals(counts())


def test_counties_are_never_equal() -> None:
    table = counts().filter(pl.col("region") != CITY)
    for name in ("poor_population", "households", "projects", "practical_services", "households_income_up", "large_producers"):
        assert table[name].n_unique() == 7, name


def test_poor_villages_hold_most_of_the_poor_and_no_street_is_poor() -> None:
    plan = villages()
    poor = plan.filter("poor")
    assert 0.60 < poor["open"].sum() / plan["open"].sum() < 0.66
    assert not poor.filter((pl.col("kind") == "community") & (pl.col("town_kind") == "subdistrict")).height
    assert (poor["batch"] != "").all()


def test_services_of_an_official_are_skewed() -> None:
    served = villages().filter(pl.col("batch") != "")["services"]
    assert 80 < served.mean() < 100
    assert 12 <= served.quantile(0.1) <= 35
    assert 160 <= served.quantile(0.9) <= 215


def test_largest_remainders_are_exact_and_respect_limits() -> None:
    assert allot(10, np.array([1.0, 1.0, 1.0])).sum() == 10
    assert allot(10, np.array([100.0, 1.0, 1.0]), most=np.array([4, 9, 9])).tolist() == [4, 3, 3]
    with pytest.raises(ValueError, match="cannot be placed"):
        allot(5, np.array([1.0]), most=np.array([4]))
