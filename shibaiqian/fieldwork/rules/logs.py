"""Rules of fieldwork. Column-wise ones are expressions, true where a row breaks the rule. Pure."""

import datetime as dt

import polars as pl

# The same thing for the same household within a week is one thing (domain.md §10.3).
DAYS_APART = 7


def again_within_days() -> pl.Expr:
    """A row that says the same of the same household less than `DAYS_APART` days after another one."""
    earlier = pl.col("on").shift(1).over("household_id", "content", order_by="on")
    return pl.col("household_id").is_not_null() & ((pl.col("on") - earlier) < dt.timedelta(days=DAYS_APART))


def near(on: str, other: str) -> pl.Expr:
    return (pl.col(on) - pl.col(other)).abs() < dt.timedelta(days=DAYS_APART)


def confirmed_too_early() -> pl.Expr:
    return pl.col("confirmed_on") < pl.col("on")


def confirmed_how_unknown() -> pl.Expr:
    """A date of confirmation without saying how."""
    return pl.col("confirmed_on").is_not_null() & pl.col("confirmation").is_null()


def recorded_too_early() -> pl.Expr:
    """An entry made before the day it tells of."""
    return pl.col("recorded_at").dt.date() < pl.col("on")


def follow_up_too_early() -> pl.Expr:
    """A day to come back before the day it tells of."""
    return pl.col("follow_up_due") < pl.col("on")


def within_posting(on: dt.date, *, arrived_on: dt.date | None, ended_on: dt.date | None) -> bool:
    """Work counts from arrival to the last day."""
    return arrived_on is not None and arrived_on <= on and (ended_on is None or on <= ended_on)
