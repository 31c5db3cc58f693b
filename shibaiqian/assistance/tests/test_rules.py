"""The rules of assistance, against plain Python over many rows."""

import datetime as dt

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from shibaiqian.assistance import rules

DATES = st.none() | st.dates(dt.date(2014, 1, 1), dt.date(2014, 1, 9))
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "on": DATES, "arrived_on": DATES, "ended_on": DATES, "posting_id": st.none() | st.just("p"),
            "region": st.sampled_from(["611021001001", "611021002001", "611022001001"]),
            "posting_region": st.none() | st.sampled_from(["611021", "611021001", "611021001001", "611022"]),
            "amount": st.none() | st.integers(-2, 2), "number": st.none() | st.sampled_from("ab"),
        }
    ),
    max_size=8,
)  # fmt: skip
SCHEMA = {
    "on": pl.Date, "arrived_on": pl.Date, "ended_on": pl.Date, "posting_id": pl.String, "region": pl.String,
    "posting_region": pl.String, "amount": pl.Int64, "number": pl.String,
}  # fmt: skip


def broken(rows: list[dict], rule: pl.Expr) -> list[bool]:  # type: ignore[type-arg]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row").select(rule.fill_null(value=False).alias("broken"))["broken"].to_list()


@given(ROWS)
def test_a_date_lies_between_arrival_and_end_and_not_ahead(rows: list[dict]) -> None:  # type: ignore[type-arg]
    today = dt.date(2014, 1, 5)
    assert broken(rows, rules.before_arrival("on")) == [bool(r["on"] and r["arrived_on"] and r["on"] < r["arrived_on"]) for r in rows]
    assert broken(rows, rules.after_end("on")) == [bool(r["on"] and r["ended_on"] and r["on"] > r["ended_on"]) for r in rows]
    assert broken(rows, rules.in_future("on", today=today)) == [bool(r["on"] and r["on"] > today) for r in rows]
    assert broken(rows, rules.not_arrived()) == [bool(r["posting_id"] and not r["arrived_on"]) for r in rows]


@given(ROWS)
def test_a_posting_covers_the_villages_below_its_place(rows: list[dict]) -> None:  # type: ignore[type-arg]
    expected = [bool(r["posting_region"]) and not r["region"].startswith(r["posting_region"]) for r in rows]
    assert broken(rows, rules.outside_posting()) == expected


@given(ROWS)
def test_numbers_repeat_from_their_second_row_and_money_is_not_negative(rows: list[dict]) -> None:  # type: ignore[type-arg]
    numbers = [r["number"] for r in rows]
    assert broken(rows, rules.repeated("number")) == [n is not None and n in numbers[:i] for i, n in enumerate(numbers)]
    assert broken(rows, rules.negative("amount")) == [r["amount"] is not None and r["amount"] < 0 for r in rows]
