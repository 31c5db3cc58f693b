"""Why: what a pin or an exclusion changes, the second best for a post, and the smallest reason why posts stay empty.

Posts stay empty for one of three reasons. *People*: some posts have together fewer people than posts (a set after Hall);
*pins* took the people; *caps* forbid who is left. Everything is computed when asked and kept nowhere.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching

from shibaiqian.selection.matching.problem import Cell, Ints, Problem, Rule, Solution, with_pin, without
from shibaiqian.selection.matching.solve import solve

Flags = NDArray[np.bool_]
STEPS = 200_000  # of the search for a smaller set; beyond it the set is small, not proved smallest


@dataclass(frozen=True)
class Change:
    """What another wish would change: (post, person before, person after; -1 nobody), and points lost (negative: gained)."""

    solution: Solution
    moves: tuple[tuple[int, int, int], ...]
    cost: int


class Why(StrEnum):
    PEOPLE = "people"
    PINS = "pins"
    CAPS = "caps"


@dataclass(frozen=True)
class Shortage:
    """Posts that cannot all be filled, `short` too many for `people`. `rule`: without it fewest would be missing (none: too few at all)."""

    why: Why
    posts: tuple[int, ...]
    people: tuple[int, ...] = ()
    short: int = 1
    rule: Rule | None = None
    pins: tuple[tuple[int, int], ...] = ()
    cells: tuple[Cell, ...] = ()
    smallest: bool = True


def if_pinned(problem: Problem, solution: Solution, person: int, post: int) -> Change:
    """The plan with this pair in it. Raises ValueError for a forbidden pair, PinsBreakCap."""
    return _change(solution, solve(with_pin(problem, person, post), prices=solution.prices))


def if_excluded(problem: Problem, solution: Solution, person: int, post: int) -> Change:
    """The plan without this pair."""
    return _change(solution, solve(without(problem, person, post), prices=solution.prices))


def second_best(problem: Problem, solution: Solution, post: int) -> Change | None:
    """Who would have this post if not the person of the plan, and at what cost to the whole; none when it is empty."""
    person = int(solution.person_of[post])
    return None if person < 0 else if_excluded(problem, solution, person, post)


def differences(before: Ints, after: Ints) -> tuple[tuple[int, int, int], ...]:
    """Posts whose person differs: (post, before, after)."""
    return tuple((int(j), int(before[j]), int(after[j])) for j in np.flatnonzero(before != after))


def _change(before: Solution, after: Solution) -> Change:
    return Change(after, differences(before.person_of, after.person_of), before.score - after.score)


def shortages(problem: Problem, solution: Solution) -> list[Shortage]:
    """The reason of every empty post, posts with one reason together, those first that are short of people."""
    allowed, left = problem.open, set(solution.unfilled)
    found: list[Shortage] = []
    capped: list[int] = []
    while left:
        start = min(left)
        posts, people, spare = _reached(allowed, solution.person_of, [start])
        if spare:
            capped.append(start)
            left.discard(start)
            continue
        posts, people = _joined(allowed, solution.person_of, posts, left)
        found.append(_of_people(problem, allowed, posts, people))
        left -= posts
    return sorted(found, key=lambda s: s.why) + _of_caps(problem, solution, capped)


def _reached(allowed: Flags, person_of: Ints, start: Iterable[int]) -> tuple[set[int], set[int], bool]:
    """Posts and people on alternating ways from empty posts, and whether a person without a post is among them."""
    post_of = np.full(allowed.shape[0], -1, dtype=np.int64)
    held = np.flatnonzero(person_of >= 0)
    post_of[person_of[held]] = held
    posts = np.zeros(allowed.shape[1], dtype=bool)
    people = np.zeros(allowed.shape[0], dtype=bool)
    new = np.array(sorted(start), dtype=np.int64)
    while new.size:
        posts[new] = True
        fresh = allowed[:, new].any(axis=1) & ~people
        people |= fresh
        if (post_of[fresh] < 0).any():
            return set(), set(), True
        new = post_of[fresh]
        new = new[~posts[new]]
    return set(np.flatnonzero(posts).tolist()), set(np.flatnonzero(people).tolist()), False


def _joined(allowed: Flags, person_of: Ints, posts: set[int], unfilled: set[int]) -> tuple[set[int], set[int]]:
    """With the other empty posts that compete for the same people: they are one shortage."""
    while True:
        starts = posts & unfilled
        for other in sorted(unfilled - posts):
            reached, _, spare = _reached(allowed, person_of, [other])
            if not spare and reached & posts:
                starts.add(other)
        more, people, _ = _reached(allowed, person_of, starts)
        if more == posts:
            return posts, people
        posts = more


def _of_people(problem: Problem, allowed: Flags, posts: set[int], people: set[int]) -> Shortage:
    if problem.pins and (pins := _pins_to_blame(problem, posts)):
        return Shortage(Why.PINS, tuple(sorted(posts)), tuple(sorted(people)), short=len(posts) - len(people), pins=pins)
    if len(posts) - len(people) > 1:
        return Shortage(
            Why.PEOPLE, tuple(sorted(posts)), tuple(sorted(people)), len(posts) - len(people), rule=_rule_to_blame(problem, posts)
        )
    core, smallest = _smallest(allowed, posts)
    able = np.flatnonzero(allowed[:, core].any(axis=1)).tolist()
    return Shortage(Why.PEOPLE, tuple(core), tuple(able), 1, rule=_rule_to_blame(problem, set(core)), smallest=smallest)


def _most_filled(allowed: Flags, posts: Sequence[int]) -> int:
    matched = maximum_bipartite_matching(csr_array(allowed[:, posts].T), perm_type="column")
    return int((matched >= 0).sum())


def _pins_to_blame(problem: Problem, posts: set[int]) -> tuple[tuple[int, int], ...]:
    """The fewest pins without which these posts, and the pinned ones, could all be filled; none when pins are not the reason."""
    everyone = sorted(posts | {j for _, j in problem.pins})
    for count in range(1, len(problem.pins) + 1 if len(problem.pins) <= 8 else 3):
        for gone in combinations(problem.pins, count):
            fewer = replace(problem, pins=tuple(pin for pin in problem.pins if pin not in gone))
            if _most_filled(fewer.open, everyone) == len(everyone):
                return gone
    return ()


def _rule_to_blame(problem: Problem, posts: set[int]) -> Rule | None:
    """The rule without which most of these posts could be filled besides; none when no single rule helps."""
    at = sorted(posts)
    pinned = {i for i, _ in problem.pins}
    free = np.array([i not in pinned for i in range(problem.points.shape[0])])
    now = _most_filled(problem.open, at)
    gains = {}
    for rule in Rule:
        eased = ((problem.blocked & ~np.uint8(rule)) == 0) & free[:, None]
        gains[rule] = _most_filled(eased | problem.open, at) - now
    best = max(Rule, key=lambda rule: (gains[rule], -rule))
    return best if gains[best] > 0 else None


def _smallest(allowed: Flags, posts: set[int]) -> tuple[list[int], bool]:
    """The fewest of these posts that have fewer people than posts, and whether it is proved that none are fewer.

    `posts` are one more than their people. A set of k posts too many has k - 1 people, so only posts with fewer than k people
    can be in it: sizes are tried from one upwards, posts in order, cutting off whenever there are too many people.
    """
    people_of = {j: int.from_bytes(np.packbits(allowed[:, j]).tobytes(), "big") for j in posts}
    steps = [STEPS]

    def search(size: int, chosen: list[int], union: int, rest: list[int]) -> list[int] | None:
        if len(chosen) == size:
            return chosen
        for n, j in enumerate(rest):
            steps[0] -= 1
            if steps[0] < 0 or len(rest) - n < size - len(chosen):
                return None
            wider = union | people_of[j]
            if wider.bit_count() < size and (found := search(size, [*chosen, j], wider, rest[n + 1 :])):
                return found
        return None

    for size in range(1, len(posts)):
        narrow = sorted((j for j in posts if people_of[j].bit_count() < size), key=lambda j: (people_of[j].bit_count(), j))
        if len(narrow) >= size and (found := search(size, [], 0, narrow)):
            return sorted(found), True
        if steps[0] < 0:
            return sorted(posts), False
    return sorted(posts), True


def _of_caps(problem: Problem, solution: Solution, posts: list[int]) -> list[Shortage]:
    """For posts that somebody free could take, were it not for caps: the fewest full cells that stand in the way, found one by one."""
    found = []
    full = [cell for cell, held in problem.cells(solution.person_of).items() if len(held) >= problem.caps[cell.cap].limit]
    for post in posts:
        cells, smallest = _cells_to_blame(problem, solution, post, full)
        found.append(Shortage(Why.CAPS, (post,), cells=cells, smallest=smallest))
    return found


def _cells_to_blame(problem: Problem, solution: Solution, post: int, full: list[Cell]) -> tuple[tuple[Cell, ...], bool]:
    target = int((solution.person_of >= 0).sum()) + 1

    def enough(cells: Iterable[Cell]) -> bool:
        lifted = replace(problem, lifted=problem.lifted | frozenset(cells))
        return int((solve(lifted, prices={}).person_of >= 0).sum()) >= target

    near = [cell for cell in full if problem.caps[cell.cap].posts[post] == cell.posts] or full
    for cell in [*near, *(cell for cell in full if cell not in near)][:40]:
        if enough([cell]):
            return (cell,), True
    kept = list(full)
    if not enough(kept):
        return (), False
    for cell in full:
        if enough([c for c in kept if c != cell]):
            kept.remove(cell)
    return tuple(kept), len(kept) <= 2
