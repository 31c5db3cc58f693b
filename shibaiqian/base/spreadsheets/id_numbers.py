"""Citizen identity numbers (GB 11643-1999): eighteen characters, the last a checksum over the seventeen digits before
it."""

import datetime as dt
import re

import numpy as np
import polars as pl

from shibaiqian.base.spreadsheets.cells import EMPTY_MARKS, Outcome, squeezed

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"
PATTERN = r"^[1-9]\d{16}[\dX]$"
ROUNDED = ("id_rounded", "Excel 把身份证号变成了数字，后三位已丢失", "请把该列设为文本后重新录入。")
_SHAPE = re.compile(r"[1-9]\d{16}[\dX]")


class IdNumberWrong(ValueError):
    """Not a valid ID number: a slug, what is wrong, and how to mend it."""

    def __init__(self, code: str, message: str, mend: str) -> None:
        super().__init__(message)
        self.code, self.message, self.mend = code, message, mend

    def __str__(self) -> str:
        return f"{self.message}，{self.mend}" if self.code == ROUNDED[0] else f"{self.message}{self.mend}"


def check_id_number(text: str) -> str:
    """The number in its canonical writing (half width, no spaces, capital X). Raises IdNumberWrong."""
    number = squeezed(text).upper().lstrip("'’‘`")
    if re.fullmatch(r"\d(\.\d+)?E\+?1[4-8]", number):
        raise IdNumberWrong(*ROUNDED)
    if re.fullmatch(r"\d{15}", number):
        raise IdNumberWrong("id_15_digits", "这是 15 位的旧身份证号。", "请按现行身份证填写 18 位号码。")
    if not _SHAPE.fullmatch(number):
        if re.search(r"[^\dX]", number):
            raise IdNumberWrong("id_characters", "身份证号里有数字和末位 X 以外的字符。", "请对照身份证重新录入。")
        raise IdNumberWrong("id_length", f"身份证号有 {len(number)} 位，应为 18 位。", "请对照身份证重新录入。")
    total = sum(int(digit) * weight for digit, weight in zip(number, WEIGHTS, strict=False))
    if CHECKS[total % 11] != number[17]:
        if number.endswith("00"):  # Excel keeps 15 digits, other programs 16
            raise IdNumberWrong(*ROUNDED)
        raise IdNumberWrong("id_checksum", "身份证号校验不符，至少有一位录错了。", "请对照身份证重新录入。")
    if _birth(number) is None:
        raise IdNumberWrong("id_birth", "身份证号里的出生日期不存在。", "请对照身份证重新录入。")
    return number


def _birth(number: str) -> dt.date | None:
    try:
        found = dt.datetime.strptime(number[6:14], "%Y%m%d").date()  # noqa: DTZ007 a date without a time
    except ValueError:
        return None
    return found if 1880 <= found.year <= 2100 else None


def id_checksum_ok(expr: pl.Expr) -> pl.Expr:
    """Boolean: eighteen characters whose last is the right checksum; false for any other text, null for null."""
    return expr.map_batches(_checksums_ok, return_dtype=pl.Boolean, is_elementwise=True)


def _checksums_ok(numbers: pl.Series) -> pl.Series:
    shaped = numbers.str.contains(PATTERN)
    all_shaped = shaped.null_count() == 0 and bool(shaped.all())
    chosen = numbers if all_shaped else numbers.filter(shaped)
    if chosen.is_empty():
        return shaped
    letters = np.frombuffer("".join(chosen.to_list()).encode(), dtype=np.uint8).reshape(-1, 18)
    totals = (letters[:, :17] - 48) @ np.array(WEIGHTS, dtype=np.int32)
    right = np.frombuffer(CHECKS.encode(), dtype=np.uint8)[totals % 11] == letters[:, 17]
    if all_shaped:
        return pl.Series(numbers.name, right)
    return shaped.clone().scatter(shaped.arg_true(), pl.Series(right))


def id_birth(expr: pl.Expr) -> pl.Expr:
    """Date of birth in the number; null where there is no such day."""
    return expr.str.slice(6, 8).str.to_date("%Y%m%d", strict=False)


def id_sex(expr: pl.Expr) -> pl.Expr:
    """Int8: 1 male, 2 female (GB/T 2261.1), by the seventeenth digit."""
    odd = expr.str.slice(16, 1).cast(pl.Int8, strict=False) % 2
    return pl.when(odd == 1).then(pl.lit(1, pl.Int8)).when(odd == 0).then(pl.lit(2, pl.Int8))


def plain_id_numbers(raw: pl.Series) -> pl.Series:
    """Valid numbers in canonical writing; null for everything else."""
    number = pl.col("n")
    is_right = id_checksum_ok(number) & id_birth(number).is_between(dt.date(1880, 1, 1), dt.date(2100, 12, 31))
    return raw.to_frame("n").select(pl.when(is_right).then(number).alias("n")).to_series()


def tidy_id_number(raw: str) -> Outcome:
    """Any other writing of a number."""
    if squeezed(raw) in EMPTY_MARKS or not squeezed(raw):
        return Outcome()
    try:
        number = check_id_number(raw)
    except IdNumberWrong as wrong:
        message = f"{wrong.message}，" if wrong.code == ROUNDED[0] else wrong.message
        return Outcome.refused(wrong.code, message, wrong.mend)
    return Outcome.noted(number, "id_tidied", "去掉空格、全角或小写 x 等写法后接收。")
