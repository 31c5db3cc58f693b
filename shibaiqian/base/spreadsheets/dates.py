"""Dates as offices write them."""

import datetime as dt
import re
import unicodedata

import polars as pl

from shibaiqian.base.spreadsheets.cells import EMPTY_MARKS, Outcome, squeezed, unguarded

EARLIEST, LATEST = dt.date(1880, 1, 1), dt.date(2100, 12, 31)
SERIALS = range(7306, 73416)  # Excel day numbers of 1920-01-01 to 2100-12-31
EPOCH = dt.date(1899, 12, 30)
_DIGITS = dict(zip("〇○零Ｏ一二三四五六七八九", "0000123456789", strict=True))
_CHINESE = re.compile(
    r"([〇○零O0一二三四五六七八九]{4})年([一二三四五六七八九十正]{1,3})月(?:份)?(?:(?:初)?([一二三四五六七八九十廿]{1,4})[日号]?)?"
)
_MARKED = re.compile(r"(\d{4})[-./年、](\d{1,2})(?:[-./月、](?:份)?(?:(\d{1,2})[日号]?)?)?")
_TIMED = re.compile(r"(\d{4}[-/]\d{1,2}[-/]\d{1,2})T?(?:\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)$")
MEND = "请写成 1975-06-01 这样的日期。"
MEND_MOMENT = "请写成 2016-03-01 20:15 这样的时间。"


def plain_dates(raw: pl.Series, *, month: bool) -> pl.Series:
    """Dates of cells written yyyy-MM-dd (or as real Excel dates); null for everything else."""
    length = raw.str.len_bytes()
    is_plain = (length == 10) | ((length == 19) & raw.str.ends_with(" 00:00:00"))
    if not is_plain.all():
        raw = raw.to_frame("d").select(pl.when(is_plain).then(pl.col("d"))).to_series()
    dates = raw.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
    frame = dates.to_frame("d").select(pl.when(pl.col("d").is_between(EARLIEST, LATEST)).then(pl.col("d")))
    return (frame.select(pl.col("d").dt.month_start()) if month else frame).to_series()


def plain_moments(raw: pl.Series) -> pl.Series:
    """Moments of cells written yyyy-MM-dd HH:mm, with or without seconds (or as real Excel dates); null for everything else."""
    moments = raw.str.slice(0, 16).str.to_datetime("%Y-%m-%d %H:%M", strict=False, time_unit="us")
    is_plain = raw.str.contains(r"^\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?$") & moments.dt.date().is_between(EARLIEST, LATEST)
    return pl.select(pl.when(is_plain).then(moments)).to_series()


def tidy_moment(raw: str) -> Outcome:
    """Any other writing of a moment: a date as offices write it, then hours and minutes."""
    text = unicodedata.normalize("NFKC", unguarded(raw))
    if squeezed(text) in EMPTY_MARKS | {""}:
        return Outcome()
    timed = re.fullmatch(r"(.+?)[T\s]*(\d{1,2})[:时点](\d{1,2})?(?:分|:\d{2}(?:\.\d+)?)?", text)
    day = tidy_date(timed[1] if timed else text, month=False)
    if day.refusal is not None or day.value is None:
        return Outcome(refusal=day.refusal or ("moment_unreadable", "看不懂这个时间。", MEND_MOMENT))
    if timed is None:
        return Outcome.refused("moment_no_time", "只写了日期，没有写几点几分。", MEND_MOMENT)
    try:
        found = dt.datetime.combine(day.value, dt.time(int(timed[2]), int(timed[3] or 0)))
    except ValueError:
        return Outcome.refused("moment_impossible", "没有这个时间。", MEND_MOMENT)
    return Outcome.noted(found, "moment_written", f"按 {found:%Y-%m-%d %H:%M} 接收。")


def tidy_date(raw: str, *, month: bool) -> Outcome:
    """Any other writing of a date. A month without a day is its first day; a lone year is refused."""
    text = squeezed(raw)
    if not text:
        return Outcome()
    if text in EMPTY_MARKS:
        return Outcome.noted(None, "empty_mark", f"“{text}”按空白接收。")
    if timed := _TIMED.fullmatch(text):
        text = timed[1]
    year, month_, day = _parts(text)
    if year is None:
        serial = re.fullmatch(r"(\d{4,5})(?:\.\d+)?", text)
        if serial and int(serial[1]) in SERIALS:
            found = EPOCH + dt.timedelta(days=int(serial[1]))
            return Outcome.noted(_first(found, month), "date_serial", f"Excel 日期序号按 {found} 接收。")
        if re.fullmatch(r"(18|19|20)\d\d年?", text):
            return Outcome.refused("date_year_only", "只写了年份。", "请写到月或日，如 1975-06 或 1975-06-01。")
        return Outcome.refused("date_unreadable", "看不懂这个日期。", MEND)
    try:
        found = dt.date(year, month_ or 0, day or 1)
    except ValueError:
        return Outcome.refused("date_impossible", "没有这一天。", MEND)
    if not EARLIEST <= found <= LATEST:
        return Outcome.refused("date_implausible", f"{year} 年不合常理。", MEND)
    if month:
        return (
            Outcome.noted(_first(found, month), "date_written", f"按 {found:%Y-%m} 接收。") if text != f"{found:%Y-%m}" else Outcome(found)
        )
    if day is None:
        may_be_october = re.fullmatch(r"\d{4}\.1", text)
        doubt = "若是 10 月，请改写成 1975-10 的样子。" if may_be_october else ""
        return Outcome.noted(found, "date_october" if may_be_october else "date_no_day", f"没有写日，按 {found} 接收。", doubt)
    return Outcome.noted(found, "date_written", f"按 {found} 接收。")


def _first(date: dt.date, month: bool) -> dt.date:
    return date.replace(day=1) if month else date


def _parts(text: str) -> tuple[int | None, int | None, int | None]:
    """(year, month, day or None) as written; (None, None, None) if it is none of the known writings."""
    if re.fullmatch(r"(18|19|20)\d{6}", text):
        return int(text[:4]), int(text[4:6]), int(text[6:])
    if re.fullmatch(r"(18|19|20)\d{2}(0[1-9]|1[0-2])", text):
        return int(text[:4]), int(text[4:]), None
    if marked := _MARKED.fullmatch(text):
        return int(marked[1]), int(marked[2]), int(marked[3]) if marked[3] else None
    if chinese := _CHINESE.fullmatch(text):
        year = int("".join(_DIGITS.get(character, "0") for character in chinese[1]))
        return year, _number(chinese[2]), _number(chinese[3]) if chinese[3] else None
    return None, None, None


def _number(text: str) -> int:
    """十二 → 12, 廿一 → 21, 三十一 → 31, 正 → 1."""
    text = text.replace("正", "一").replace("廿", "二十")
    if "十" not in text:
        return int("".join(_DIGITS[character] for character in text))
    tens, _, ones = text.partition("十")
    return int(_DIGITS[tens] if tens else "1") * 10 + (int(_DIGITS.get(ones, "99")) if ones else 0)
