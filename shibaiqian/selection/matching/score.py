"""Points of a pair, part by part (domain.md 4.6). Works on the whole matrix or on a list of pairs alike.

Points are hundredths: 40 points are 4000. Every part is kept, so that a pair can be explained and re-weighed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from shibaiqian.cadres.codes import SKILLS

Ints = NDArray[np.int64]

# Which classes of sending units a village of a type wants first (domain.md 4.6).
PREFERRED: Mapping[str, tuple[str, ...]] = {
    "weak_org": ("party_mass",),
    "poor": ("economic", "finance"),
    "chaotic": ("political_legal",),
    "industry": ("agri_tech",),
    "infrastructure": ("infrastructure",),
}
CLASSES = ("party_mass", "economic", "agri_tech", "political_legal", "infrastructure", "education_health", "finance", "other")
PARTS = ("class", "skills", "rural", "county", "wish")


@dataclass(frozen=True)
class Weights:
    """Full points of each part in hundredths, and the years of rural experience (tenths) that earn them in full."""

    match_class: int = 4000
    match_skill: int = 2500
    match_rural: int = 1500
    match_county: int = 1000
    match_wish: int = 1000
    rural_cap_tenths: int = 50

    @property
    def most(self) -> int:
        """What no pair can exceed."""
        return self.match_class + self.match_skill + self.match_rural + self.match_county + self.match_wish

    def as_dict(self) -> dict[str, int]:
        return asdict(self)


@dataclass(frozen=True)
class Candidate:
    """A person (or a unit) that may take a post. Places are region codes; a wish may be a county, a town or a village."""

    key: str
    name: str
    unit: str = ""
    unit_name: str = ""
    department_class: str = ""
    skills: frozenset[str] = frozenset()
    rural_tenths: int = 0
    counties: frozenset[str] = frozenset()  # worked in or comes from
    villages: frozenset[str] = frozenset()  # own villages: knowing the county does not count there
    wishes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Post:
    """A post to be filled. `first`: a poor village or a weak organisation, covered before all others."""

    key: str
    name: str
    region: str
    village_types: tuple[str, ...] = ()
    tags: frozenset[str] = frozenset()
    first: bool = False


def points(
    candidates: Sequence[Candidate], posts: Sequence[Post], weights: Weights, *, rows: Ints | None = None, cols: Ints | None = None
) -> dict[str, Ints]:
    """The parts of every pair: matrices people x posts, or one number a pair when `rows` and `cols` name pairs."""
    if rows is None or cols is None:
        rows, cols = np.arange(len(candidates))[:, None], np.arange(len(posts))[None, :]
    return {
        "class": weights.match_class * _class_fits(candidates, posts)[cols, _classes(candidates)[rows]],
        "skills": _skills(candidates, posts, rows, cols, weights.match_skill),
        "rural": np.broadcast_to(_rural(candidates, weights)[rows], np.broadcast_shapes(rows.shape, cols.shape)),
        "county": weights.match_county * _knows_county(candidates, posts, rows, cols),
        "wish": weights.match_wish * _wished(candidates, posts, rows, cols),
    }


def total(parts: Mapping[str, Ints]) -> Ints:
    """Whole points of each pair."""
    return np.sum([parts[part] for part in PARTS], axis=0, dtype=np.int64)


def _classes(candidates: Sequence[Candidate]) -> Ints:
    place = {code: n for n, code in enumerate(CLASSES)}
    return np.array([place.get(c.department_class, len(CLASSES)) for c in candidates], dtype=np.int64)


def _class_fits(candidates: Sequence[Candidate], posts: Sequence[Post]) -> Ints:
    """Posts x classes: 1 where a class is preferred for one of the village's types. The last class is unknown and fits nothing."""
    fits = np.zeros((len(posts), len(CLASSES) + 1), dtype=np.int64)
    for n, post in enumerate(posts):
        for kind in post.village_types:
            for wanted in PREFERRED.get(kind, ()):
                fits[n, CLASSES.index(wanted)] = 1
    return fits


def _skills(candidates: Sequence[Candidate], posts: Sequence[Post], rows: Ints, cols: Ints, full: int) -> Ints:
    bit = {code: 1 << n for n, code in enumerate(SKILLS)}
    has = np.array([sum(bit.get(s, 0) for s in c.skills) for c in candidates], dtype=np.int64)
    wants = np.array([sum(bit.get(s, 0) for s in p.tags) for p in posts], dtype=np.int64)
    asked = np.maximum(np.bitwise_count(wants).astype(np.int64), 1)
    met = np.bitwise_count(has[rows] & wants[cols]).astype(np.int64)
    return full * met // asked[cols]


def _rural(candidates: Sequence[Candidate], weights: Weights) -> Ints:
    years = np.array([c.rural_tenths for c in candidates], dtype=np.int64)
    cap = max(weights.rural_cap_tenths, 1)
    return weights.match_rural * np.clip(years, 0, cap) // cap


def _knows_county(candidates: Sequence[Candidate], posts: Sequence[Post], rows: Ints, cols: Ints) -> Ints:
    known = _within(((n, code) for n, c in enumerate(candidates) for code in c.counties), _codes(posts, 6), rows, cols)
    own = _within(((n, code) for n, c in enumerate(candidates) for code in c.villages), _codes(posts, 12), rows, cols)
    return (known & ~own).astype(np.int64)


def _wished(candidates: Sequence[Candidate], posts: Sequence[Post], rows: Ints, cols: Ints) -> Ints:
    found = np.zeros(np.broadcast_shapes(rows.shape, cols.shape), dtype=bool)
    wishes = [(n, code) for n, c in enumerate(candidates) for code in c.wishes]
    for length in sorted({len(code) for _, code in wishes}):
        found |= _within((w for w in wishes if len(w[1]) == length), _codes(posts, length), rows, cols)
    return found.astype(np.int64)


def _codes(posts: Sequence[Post], length: int) -> Ints:
    """The place of each post at a level; 0 where the post stands higher."""
    return np.array([int(p.region[:length]) if len(p.region) >= length else 0 for p in posts], dtype=np.int64)


def _within(said: Iterable[tuple[int, str]], codes: Ints, rows: Ints, cols: Ints) -> NDArray[np.bool_]:
    """Whether a person named the place of a post."""
    width = 10**12
    named = np.array(sorted({n * width + int(code) for n, code in said}), dtype=np.int64)
    shape = np.broadcast_shapes(rows.shape, cols.shape)
    if not named.size:
        return np.zeros(shape, dtype=bool)
    asked = rows * width + codes[cols]
    at = np.minimum(np.searchsorted(named, asked), named.size - 1)
    return np.asarray(named[at] == asked)
