"""When a thing is the same thing, and when work lies within a posting."""

import datetime as dt
import itertools

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from shibaiqian.fieldwork import rules

START = dt.date(2015, 7, 1)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "household_id": st.none() | st.sampled_from("ab"),
            "content": st.sampled_from("xy"),
            "on": st.dates(START, START + dt.timedelta(days=30)),
        }
    ),
    max_size=8,
)


@given(ROWS)
def test_the_same_thing_within_a_week_is_seen_and_only_that(rows: list[dict]) -> None:  # type: ignore[type-arg]
    frame = pl.DataFrame(rows, schema={"household_id": pl.String, "content": pl.String, "on": pl.Date}, orient="row")
    seen = frame.filter(rules.again_within_days())
    expected = 0
    for key in {(r["household_id"], r["content"]) for r in rows if r["household_id"]}:
        days = sorted(r["on"] for r in rows if (r["household_id"], r["content"]) == key)
        expected += sum((later - earlier).days < rules.DAYS_APART for earlier, later in itertools.pairwise(days))
    assert seen.height == expected
    assert seen["household_id"].null_count() == 0


@given(
    st.dates(START, START + dt.timedelta(days=9)),
    st.none() | st.dates(START, START + dt.timedelta(days=9)),
    st.none() | st.dates(START, START + dt.timedelta(days=9)),
)
def test_work_counts_from_arrival_to_the_last_day(on: dt.date, arrived: dt.date | None, ended: dt.date | None) -> None:
    days = [START + dt.timedelta(days=n) for n in range(10)]
    served = [day for day in days if arrived and day >= arrived and not (ended and day > ended)]
    assert rules.within_posting(on, arrived_on=arrived, ended_on=ended) == (on in served)
