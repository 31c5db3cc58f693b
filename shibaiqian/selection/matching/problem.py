"""What is to be matched: points of every pair, what is forbidden, caps, pins; and a plan with its bound. Points are hundredths."""

from dataclasses import dataclass, field, replace
from enum import IntFlag
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bits = NDArray[np.uint8]


class Rule(IntFlag):
    """Why a pair is forbidden. A pair can be forbidden by several."""

    ELIGIBILITY = 1
    RECUSAL = 2
    PLACE = 4
    UNIT = 8
    EXCLUDED = 16


class Cell(NamedTuple):
    """A group of people in a group of posts, of a cap: one unit in one town."""

    cap: int
    people: int
    posts: int


@dataclass(frozen=True)
class Cap:
    """At most `limit` people of one group in one group of posts; -1 as a group: not counted."""

    label: str
    limit: int
    people: Ints
    posts: Ints


@dataclass(frozen=True)
class Problem:
    """`points` and `blocked` are people x posts. A pinned pair must be in the plan; a blocked one (bits of Rule) never is."""

    points: Ints
    blocked: Bits
    first: NDArray[np.bool_]
    caps: tuple[Cap, ...] = ()
    pins: tuple[tuple[int, int], ...] = ()
    lifted: frozenset[Cell] = frozenset()  # cells whose cap is not asked for: to find out what a cap costs

    def __post_init__(self) -> None:
        if any(self.blocked[i, j] for i, j in self.pins):
            raise ValueError("a pinned pair is blocked")
        if len({i for i, _ in self.pins}) < len(self.pins) or len({j for _, j in self.pins}) < len(self.pins):
            raise ValueError("a person or a post is pinned twice")

    @property
    def open(self) -> NDArray[np.bool_]:
        """Pairs that may be in a plan: not blocked, and nobody else's by a pin."""
        free = self.blocked == 0
        for i, j in self.pins:
            free[i, :] = free[:, j] = False
            free[i, j] = True
        return np.asarray(free)

    def cells(self, person_of: Ints) -> dict[Cell, list[int]]:
        """The posts that stand in each cell of a plan."""
        found: dict[Cell, list[int]] = {}
        for n, cap in enumerate(self.caps):
            for j in np.flatnonzero(person_of >= 0):
                people, posts = int(cap.people[person_of[j]]), int(cap.posts[j])
                cell = Cell(n, people, posts)
                if people >= 0 and posts >= 0 and cell not in self.lifted:
                    found.setdefault(cell, []).append(int(j))
        return found

    def broken(self, person_of: Ints) -> dict[Cell, list[int]]:
        """Cells over their limit."""
        return {cell: posts for cell, posts in self.cells(person_of).items() if len(posts) > self.caps[cell.cap].limit}


@dataclass(frozen=True)
class Solution:
    """`person_of[j]` is the person at post j, -1 for nobody. `bound`: no plan that covers as much has more points."""

    person_of: Ints
    score: int
    bound: int
    # No plan covers more: else caps may have cost a post that another plan could fill.
    coverage_proved: bool = True
    prices: dict[Cell, int] = field(default_factory=dict, compare=False)

    @property
    def gap_percent(self) -> float:
        """How far the plan can be from the best, in per cent of the bound."""
        return 100 * (self.bound - self.score) / self.bound if self.bound else 0.0

    @property
    def unfilled(self) -> list[int]:
        return [int(j) for j in np.flatnonzero(self.person_of < 0)]


class PinsBreakCap(ValueError):
    """The pinned pairs alone are more than a cap allows."""

    def __init__(self, cell: Cell, posts: list[int]) -> None:
        super().__init__(cell)
        self.cell, self.posts = cell, posts


def with_pin(problem: Problem, person: int, post: int) -> Problem:
    """The problem with a pair that must be; an earlier pin of the person or the post gives way."""
    others = tuple((i, j) for i, j in problem.pins if i != person and j != post)
    return replace(problem, pins=(*others, (person, post)))


def without(problem: Problem, person: int, post: int) -> Problem:
    """The problem with a pair that must not be."""
    blocked = problem.blocked.copy()
    blocked[person, post] |= Rule.EXCLUDED
    return replace(problem, blocked=blocked, pins=tuple(pin for pin in problem.pins if pin != (person, post)))
