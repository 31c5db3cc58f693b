"""Birthdays and citizen ID numbers that no real person can have: the district codes were never assigned, the checksum is right."""

import numpy as np
import polars as pl

from shibaiqian.base.spreadsheets.id_numbers import CHECKS, WEIGHTS
from shibaiqian.demo.plan import COUNTIES

# Months and days as people in the hills were born, or were said to be: more in winter, round days for the old.
MONTHS = np.array([9.3, 9.5, 8.4, 7.4, 7.1, 7.2, 7.5, 8.6, 9.1, 9.7, 8.8, 7.4])
LENGTHS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
ROUND_DAYS = np.array([1, 2, 5, 6, 8, 9, 10, 12, 15, 16, 18, 20, 25, 28])
# Prefectures that people marry in from: each with district codes that were never assigned.
ELSEWHERE = np.array([612491, 612492, 612191, 612192, 610192, 411391, 411392, 420391, 612691, 510791])
ELSEWHERE_SHARES = np.array([0.20, 0.14, 0.17, 0.09, 0.05, 0.10, 0.06, 0.10, 0.05, 0.04])
OLD_CITY_CODE, CITY_CODE, RENAMED = 612590, 611090, 2002  # prefecture until 2001, city since
PLACES = 400  # sequence numbers of one sex on one day, 10 to 809; officials have those from 810


def birthdays(rng: np.random.Generator, year: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Month and day of birth for these years."""
    month = 1 + np.searchsorted(np.cumsum(MONTHS / MONTHS.sum())[:-1], rng.random(len(year)), side="right")
    day = 1 + np.floor(rng.random(len(year)) * LENGTHS[month - 1]).astype(np.int64)
    rounded = rng.random(len(year)) < np.where(year < 1950, 0.45, np.where(year < 1978, 0.25, 0.03))
    return month, np.where(rounded, ROUND_DAYS[rng.integers(0, len(ROUND_DAYS), len(year))], day)


def prefixes(rng: np.random.Generator, county: str, year: np.ndarray, from_elsewhere: np.ndarray) -> np.ndarray:
    """District codes: the county's old one for people registered before 2002, its new one afterwards, another prefecture's for some."""
    digit = COUNTIES[county].digit
    own = np.where(year < RENAMED, OLD_CITY_CODE, CITY_CODE) + digit
    other = ELSEWHERE[np.searchsorted(np.cumsum(ELSEWHERE_SHARES)[:-1], rng.random(len(year)), side="right")]
    return np.where(from_elsewhere, other, own)


def id_numbers(
    prefix: np.ndarray, births: np.ndarray, is_man: np.ndarray, *, first: int = 10, places: int = PLACES, share: tuple[int, int] = (0, 1)
) -> pl.Series:
    """Eighteen characters each, no two alike. `births` are yyyymmdd as whole numbers.

    Several makers of numbers of the same prefix keep apart by `share` (who, of how many) of the sequence numbers from `first` on.
    """
    key = (prefix * 10**8 + births) * 2 + is_man
    order = np.argsort(key, kind="stable")
    ordered = key[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    rank = np.arange(len(key)) - np.repeat(starts, np.diff(np.concatenate([starts, [len(key)]])))
    here, of = share
    room = places // of
    if rank.max(initial=0) >= room:
        raise ValueError("more people of one sex were born on one day than there are numbers")
    # Spread over the day's numbers so that neighbours in a roster do not count up: 37 has no divisor in common with the room.
    step = next(n for n in (37, 29, 23, 11, 7, 3, 1) if np.gcd(n, room) == 1)
    offset = ordered % 1_000_003 * 7_919
    place = (offset + rank * step) % room * of + here
    sequence = np.empty(len(key), dtype=np.int64)
    sequence[order] = place * 2 + first
    sequence += np.where(is_man, 1, 0) if first % 2 == 0 else np.where(is_man, 0, 1)
    return with_checksums(prefix * 10**11 + births * 10**3 + sequence)


def with_checksums(seventeen: np.ndarray) -> pl.Series:
    """Numbers of seventeen digits as texts with their checksum."""
    digits = (seventeen[:, None] // 10 ** np.arange(16, -1, -1, dtype=np.int64)) % 10
    total = digits @ np.array(WEIGHTS, dtype=np.int64)
    letters = np.empty((len(seventeen), 18), dtype=np.uint8)
    letters[:, :17] = digits + 48
    letters[:, 17] = np.frombuffer(CHECKS.encode(), dtype=np.uint8)[total % 11]
    text = letters.tobytes().decode()
    return pl.Series([text[i : i + 18] for i in range(0, len(text), 18)], dtype=pl.String)


def dates(births: np.ndarray) -> pl.Series:
    """yyyymmdd as yyyy-mm-dd."""
    return pl.Series(births).cast(pl.String).str.replace(r"^(\d{4})(\d\d)(\d\d)$", "$1-$2-$3")
