"""Rules of assistance, column-wise: each is an expression that is true where a row breaks it. Pure.

Rows carry `region` (the village), and of the posting behind them `posting_region`, `arrived_on` and `ended_on`.
"""

import datetime as dt

import polars as pl

# Households that leave poverty by the safety net (五保) are never helped by wages, orders or loans (domain.md §15.2, 13).
NOT_FOR_WUBAO = ("employment", "order", "loan_guarantee")


def in_future(on: str, *, today: dt.date) -> pl.Expr:
    return pl.col(on) > today


def not_arrived() -> pl.Expr:
    """The posting is known, its official has not arrived."""
    return pl.col("posting_id").is_not_null() & pl.col("arrived_on").is_null()


def before_arrival(on: str) -> pl.Expr:
    return pl.col(on) < pl.col("arrived_on")


def after_end(on: str) -> pl.Expr:
    return pl.col(on) > pl.col("ended_on")


def outside_posting() -> pl.Expr:
    """The village is not part of the place the official is posted to."""
    return ~pl.col("region").str.starts_with(pl.col("posting_region"))


def out_of_order(first: str, second: str) -> pl.Expr:
    return pl.col(second) < pl.col(first)


def negative(amount: str) -> pl.Expr:
    return pl.col(amount) < 0


def repeated(*columns: str) -> pl.Expr:
    """Second and later rows with the same values; rows without a value are not compared."""
    together = pl.concat_str([pl.col(c).cast(pl.String) for c in columns], separator="\x1f")
    return together.is_not_null() & ~together.is_first_distinct()


def wubao_misfit() -> pl.Expr:
    return (pl.col("attribute") == "wubao") & pl.col("kind").is_in(NOT_FOR_WUBAO)
