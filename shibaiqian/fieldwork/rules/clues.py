"""What makes a clue: words and photos alike, a journey too fast, many days written down in one go. Pure.

Everything honest that is known of is left out here: things done together, short everyday words, words that many use (`formulas`), one photo
for two days that follow each other, a phone that was long without a signal. Nothing compares every log with every other.
"""

import datetime as dt
import difflib
import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt
import polars as pl

from shibaiqian.fieldwork.rules.formulas import own_words
from shibaiqian.fieldwork.rules.phrases import PHRASES

Numbers = npt.NDArray[np.uint64]
K = TypeVar("K", bound=Hashable)

GRAM = 2  # characters of one shingle
# Texts of 45 characters with two altered share 0.83 of their shingles and meet in some band 99 times of 100; those that share
# three tenths 2 times of 100, and those that share a tenth never.
BANDS, ROWS = 10, 5
SALTS = np.random.default_rng(20160608).integers(1 << 31, dtype=np.uint32, size=BANDS * ROWS) * np.uint32(2) + np.uint32(1)
CHUNK = 2_000  # texts at a time, so that their shingles stay in the processor's cache
LIKELY = 0.55  # of the signature in common: texts that are alike share two thirds of their shingles or more
DIFFERENT = 0.5  # less in common than this is not measured exactly
MANY = 5  # authors: what more than these wrote alike is common, as a notice or a formula is
PICTURE_BITS, PICTURE_BANDS = 3, 4  # of 64 that may differ; so one of four quarters is equal
TOGETHER = frozenset({"meeting", "study", "party", "policy"})  # done in company, and told of by everybody who was there
TOGETHER_DAYS, NEXT_DAYS = 3, 1
PASSAGE = 6  # characters that are worth showing as common
SITTING = dt.timedelta(minutes=90)  # without a word between two days written down
NEAR_M = 5_000  # metres: no journey
EARTH_M = 6_371_000
_OFFERED = sorted({phrase for phrases in PHRASES.values() for phrase in phrases}, key=len, reverse=True)
_NO_WORDS = re.compile("|".join([r"[\W_\d]+", *map(re.escape, _OFFERED)]))


@dataclass(frozen=True)
class Said(Generic[K]):
    """One thing that somebody wrote down or photographed, for a day; `at` when; `is_new` since the last night."""

    key: K
    author: Hashable
    log: Hashable
    on: dt.date
    at: dt.datetime
    category: str
    is_new: bool


@dataclass(frozen=True)
class Pair(Generic[K]):
    """The later of two that are alike, and the earlier."""

    later: Said[K]
    earlier: Said[K]

    @property
    def is_own(self) -> bool:
        return self.later.author == self.earlier.author


def bare(text: str) -> str:
    """The words without marks, digits and what the product itself offers to be tapped."""
    return _NO_WORDS.sub("", unicodedata.normalize("NFKC", text))


def likeness(one: str, other: str) -> float:
    """The share of their characters that two bare texts have in common in the same order, from 0 to 1."""
    matcher = difflib.SequenceMatcher(None, one, other, autojunk=False)
    bound = min(matcher.real_quick_ratio(), matcher.quick_ratio())
    return matcher.ratio() if bound > DIFFERENT else bound


def in_common(one: str, other: str) -> list[str]:
    """The passages that two texts share: what may be shown of a log that the reader does not see."""
    blocks = difflib.SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()
    found = [one[at : at + size].strip(" ，。；、,.;") for at, _other, size in blocks if size >= PASSAGE]
    return [passage for passage in found if len(passage) >= PASSAGE]


def alike_texts(said: Sequence[Said[K]], texts: Sequence[str], *, length: int, share: float) -> list[Pair[K]]:
    """Each later thing whose bare words are those of an earlier one, with the nearest such one; `length` in characters.

    Formulas go first: what is left must be long enough by itself. Then MinHash by bands: only what falls together is compared,
    each with the one before it of the same author and of another.
    """
    left = own_words(texts, [one.author for one in said], many=MANY)
    long = [n for n, text in enumerate(left) if len(text) >= length]
    if len(long) < 2:
        return []
    known = [said[n] for n in long]
    words = [left[n] for n in long]
    signatures = np.concatenate([_signatures(words[n : n + CHUNK]) for n in range(0, len(words), CHUNK)])
    buckets = _buckets(_band_keys(signatures), known)
    met = {
        pair
        for bucket in buckets
        for pair in _neighbours(sorted(bucket, key=lambda n: (known[n].at, known[n].on)), known)
        if may_be_asked(known[pair[0]], known[pair[1]])
    }
    alike: dict[int, dict[int, float]] = defaultdict(dict)
    for later, earlier in _likely(sorted(met), signatures):
        much = likeness(words[later], words[earlier])
        if much >= share:
            alike[later][earlier] = much
    mates: dict[int, set[int]] = {n: set() for n in alike}
    for bucket in buckets:
        for n in mates.keys() & set(bucket):
            mates[n].update(bucket)
    for n, others in mates.items():
        near = (m for _, m in _likely([(n, m) for m in sorted(others)], signatures))
        if len({known[n].author} | {known[m].author for m in near if likeness(words[n], words[m]) >= share}) > MANY:
            del alike[n]
    return list(_nearest(alike, known))


def _likely(pairs: Sequence[tuple[int, int]], signatures: "npt.NDArray[np.uint32]") -> Iterator[tuple[int, int]]:
    """Those whose signatures say that they share enough shingles to be worth a look, letter by letter."""
    for start in range(0, len(pairs), CHUNK):
        some = np.array(pairs[start : start + CHUNK])
        agree = (signatures[some[:, 0]] == signatures[some[:, 1]]).mean(axis=1)
        yield from (pairs[start + n] for n in np.flatnonzero(agree >= LIKELY).tolist())


def alike_pictures(said: Sequence[Said[K]], hashes: Sequence[int]) -> list[Pair[K]]:
    """Each later photo that is the same picture as an earlier one, with the nearest such one."""
    values = np.array(hashes, dtype=np.int64).view(np.uint64)
    width = 64 // PICTURE_BANDS
    keys = np.stack([(values >> np.uint64(width * band)) & np.uint64((1 << width) - 1) for band in range(PICTURE_BANDS)], axis=1)
    found: dict[int, dict[int, float]] = defaultdict(dict)
    common: set[int] = set()
    for bucket in _buckets(keys, said):
        members = np.array(bucket)
        for one in bucket:
            if not said[one].is_new:
                continue
            near = members[np.bitwise_count(values[members] ^ values[one]) <= PICTURE_BITS].tolist()
            if len({said[n].author for n in near}) > MANY:
                common.update(near)
            for other in near:
                earlier, later = sorted((one, other), key=lambda n: (said[n].at, said[n].on))
                if earlier != later and may_be_asked(said[later], said[earlier], photo=True):
                    found[later][earlier] = 1.0
    return list(_nearest({n: of for n, of in found.items() if n not in common}, said))


def may_be_asked(later: Said[K], earlier: Said[K], *, photo: bool = False) -> bool:
    """Whether two things alike are worth a question at all: not within one log, and not what was done in company."""
    if later.log == earlier.log:
        return False
    apart = abs((later.on - earlier.on).days)
    if later.author == earlier.author:
        return not photo or apart > NEXT_DAYS
    return apart > (TOGETHER_DAYS if photo or TOGETHER & {later.category, earlier.category} else NEXT_DAYS)


def _nearest(found: dict[int, dict[int, float]], said: Sequence[Said[K]]) -> Iterator[Pair[K]]:
    """Of those alike, the author's own before another's, then the most alike, then the last; in the order of time."""
    for later, others in sorted(found.items(), key=lambda one: (said[one[0]].at, one[0])):
        best = max(others, key=lambda n: (said[n].author == said[later].author, others[n], said[n].at))
        yield Pair(said[later], said[best])


def _neighbours(order: Sequence[int], said: Sequence[Said[K]]) -> Iterator[tuple[int, int]]:
    """Each with the one before it of the same author, and with the one before it of anybody else, where either is new."""
    own: dict[Hashable, int] = {}
    last = of_another = None  # the one before, and the last before it of another author
    for this in order:
        author = said[this].author
        other = last if last is None or said[last].author != author else of_another
        for earlier in (own.get(author), other):
            if earlier is not None and (said[this].is_new or said[earlier].is_new):
                yield this, earlier
        own[author], last, of_another = this, this, other


def _buckets(keys: Numbers, said: Sequence[Said[K]]) -> list[list[int]]:
    """What falls together in some band, where at least one is new."""
    bands = keys.shape[1]
    frame = pl.DataFrame(
        {
            "band": np.tile(np.arange(bands, dtype=np.uint8), len(said)),
            "key": keys.ravel(),
            "at": np.repeat(np.arange(len(said), dtype=np.int64), bands),
            "is_new": np.repeat(np.array([one.is_new for one in said]), bands),
        }
    )
    grouped = frame.group_by("band", "key", maintain_order=True).agg("at", pl.col("is_new").any())
    rows: list[list[int]] = grouped.filter((pl.col("at").list.len() > 1) & pl.col("is_new"))["at"].to_list()
    return rows


def _band_keys(signatures: "npt.NDArray[np.uint32]") -> Numbers:
    """The rows of each band folded into one key."""
    keys = np.zeros((len(signatures), BANDS), dtype=np.uint64)
    for n in range(len(SALTS)):
        keys[:, n // ROWS] = _mixed(keys[:, n // ROWS] ^ signatures[:, n])
    return keys


def _signatures(texts: Sequence[str]) -> "npt.NDArray[np.uint32]":
    """MinHash of each text: the share of places in which two agree is about the share of their shingles in common."""
    letters = np.frombuffer("".join(texts).encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    ends = np.cumsum([len(text) for text in texts])
    starts = np.concatenate([[0], ends[:-1]])
    grams = (_mixed(_mixed(letters) ^ np.append(letters[1:], np.uint64(0))) >> np.uint64(32)).astype(np.uint32)
    found = np.empty((len(texts), len(SALTS)), dtype=np.uint32)
    for n, salt in enumerate(SALTS):
        hashed = grams * salt
        hashed[ends - 1] = np.iinfo(np.uint32).max  # the shingle that would reach into the next text
        found[:, n] = np.minimum.reduceat(hashed, starts)
    return found


def _mixed(values: Numbers) -> Numbers:
    """A cheap mixing of 64 bits (splitmix64)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9) + np.uint64(0x94D049BB133111EB)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


@dataclass(frozen=True)
class Written(Generic[K]):
    """A day that was written down late, and when."""

    key: K
    on: dt.date
    at: dt.datetime


def sittings(written: Iterable[Written[K]], *, days: int) -> list[list[Written[K]]]:
    """Of one author: runs of at least `days` late days that were written down one after the other, without a longer break.

    `at` is the clock of who wrote: a phone that comes home after a month brings thirty evenings, not one.
    """
    found: list[list[Written[K]]] = []
    run: list[Written[K]] = []
    order = sorted(written, key=lambda one: (one.at, one.on))
    for before, this in pairwise([None, *order]):
        if before is not None and this is not None and this.at - before.at > SITTING:
            found.append(run)
            run = []
        if this is not None:
            run.append(this)
    return [one for one in [*found, run] if len({day.on for day in one}) >= days]


def metres(one: tuple[int, int], other: tuple[int, int]) -> float:
    """The distance of two points in millionths of a degree (latitude, longitude), on a round earth."""
    (a, b), (c, d) = ((math.radians(lat / 1e6), math.radians(lon / 1e6)) for lat, lon in (one, other))
    half = math.sin((c - a) / 2) ** 2 + math.cos(a) * math.cos(c) * math.sin((d - b) / 2) ** 2
    return 2 * EARTH_M * math.asin(min(1.0, math.sqrt(half)))


def too_fast(distance_m: float, *, within: dt.timedelta, exact_to_m: int, speed: float) -> bool:
    """Whether a journey is faster than `speed` (km/h), giving it all that the points may be wrong by, and a minute at least."""
    sure = distance_m - exact_to_m
    hours = max(within, dt.timedelta(minutes=1)) / dt.timedelta(hours=1)
    return sure > NEAR_M and sure / 1000 / hours > speed
