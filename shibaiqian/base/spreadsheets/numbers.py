"""Numbers as offices write them."""

import math
import re

import polars as pl

from shibaiqian.base.spreadsheets.cells import EMPTY_MARKS, Outcome, squeezed
from shibaiqian.base.spreadsheets.columns import ColumnKind

LARGEST = 10**13  # cents or units: far beyond any prefecture's sums, well within Int64 and exact in Float64
_UNITS = re.compile(r"(元|圆|亩|平方米|平米|㎡|公里|千米|km|人|户|个月|月|岁|年|分|天|次|个|头|只|株|吨|%)$")
_NUMBER = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d*)?|[+-]?\.\d+|[+-]?\d(?:\.\d+)?[eE][+-]?\d{1,2}")


def plain_numbers(raw: pl.Series, kind: ColumnKind) -> pl.Series:
    """Numbers of cells written as plain digits; null for everything else."""
    if kind is ColumnKind.INTEGER:
        whole = raw.cast(pl.Int64, strict=False)
        return whole.to_frame("n").select(pl.when(pl.col("n").abs() <= LARGEST).then("n")).to_series()
    number = raw.cast(pl.Float64, strict=False).to_frame("n").lazy()
    hundredths = pl.col("n") * 100
    rounded = hundredths.round()
    is_plain = pl.col("n").is_finite() & (hundredths.abs() <= LARGEST) & ((hundredths - rounded).abs() < 1e-4)
    value = rounded.cast(pl.Int64, strict=False) if kind is ColumnKind.MONEY else rounded / 100
    return number.select(pl.when(is_plain).then(value).alias("n")).collect().to_series()


def tidy_number(raw: str, kind: ColumnKind) -> Outcome:
    """Full-width digits, thousands separators, a unit behind the number, too many decimals."""
    text = squeezed(raw).removeprefix("¥").removeprefix("￥")
    if not text:
        return Outcome()
    if text in EMPTY_MARKS:
        return Outcome.noted(None, "empty_mark", f"“{text}”按空白接收。")
    bare = _UNITS.sub("", text.replace("，", ","))
    if not _NUMBER.fullmatch(bare):
        if re.search(r"\d万", text):
            return Outcome.refused("number_unit", "数字带着“万”，单位与表头不一致。", "请换算成表头的单位，只写数字。")
        return Outcome.refused("number_unreadable", "不是数字。", "请只写数字，如 1234.56。")
    number = float(bare.replace(",", ""))
    if not math.isfinite(number) or abs(number) * 100 > LARGEST:
        return Outcome.refused("number_too_large", "数字太大，不合常理。", "请核对数字和单位。")
    if kind is ColumnKind.INTEGER:
        if number != round(number):
            return Outcome.refused("number_not_whole", "这里要填整数。", "请去掉小数。")
        return Outcome.noted(round(number), "number_written", f"按 {round(number)} 接收。")
    hundredths = math.copysign(math.floor(abs(number) * 100 + 0.5 + 1e-9), number)
    value = int(hundredths) if kind is ColumnKind.MONEY else hundredths / 100
    if abs(number * 100 - hundredths) > 1e-4:
        return Outcome.noted(value, "number_rounded", f"小数多于两位，四舍五入按 {hundredths / 100:.2f} 接收。")
    return Outcome.noted(value, "number_written", f"按 {hundredths / 100:g} 接收。")
