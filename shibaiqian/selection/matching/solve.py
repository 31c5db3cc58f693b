"""The best plan: as many posts of first priority as possible, then as many posts, then as many points; with a bound.

Without caps the assignment is optimal (Hungarian method of scipy, exact in integers). A cap such as “at most two of one unit
in a town” couples pairs: its multiplier is priced into the points (a Lagrangian relaxation, solved by the same method), every
priced plan gives a bound that no plan can beat, and a repair of it gives a plan that keeps the caps. Where many cells are too
full, a linear program finds the prices at once (`linear`); the bound is proved the same way. Units of points: hundredths.
"""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from shibaiqian.selection.matching.linear import relaxed
from shibaiqian.selection.matching.problem import Cell, Ints, PinsBreakCap, Problem, Solution

ROUNDS, REPAIR_EVERY = 21, 5  # priced plans at most; which are repaired
PROVING = 3  # priced plans where the prices are known
EAGER = 0.3  # of the step that would close the gap at once
SWAPS = 20  # at most, after a repair
CLOSE = 0.0005  # of the points: near enough
FEW = 20  # cells too full: beyond them prices are not found step by step


def solve(problem: Problem, *, prices: dict[Cell, int] | None = None) -> Solution:
    """The best plan found, and a bound. Optimal without caps or when no cap binds. Raises PinsBreakCap.

    `prices` of an earlier solution of nearly the same problem start the search where that one ended.
    """
    _check_pins(problem)
    weight = _weight(problem)
    worth = _Worth(problem, weight)
    warm = _Warm(weight)
    broken = problem.broken(warm.first) if problem.caps else {}
    if not broken:
        return _solution(problem, warm.first, bound=worth.of(warm.first), worth=worth, prices={})
    if len(broken) > FEW and (found := relaxed(problem, warm.reduced())):
        return _priced(problem, warm, worth, prices=found.prices, plan=found.person_of, rounds=PROVING, repairs=False)
    plan = _swapped(problem, worth, _repaired(problem, warm, warm.weight, warm.first))
    return _priced(problem, warm, worth, prices=dict(prices or {}), plan=plan, rounds=ROUNDS, repairs=True)


def _check_pins(problem: Problem) -> None:
    pinned = np.full(problem.points.shape[1], -1, dtype=np.int64)
    for i, j in problem.pins:
        pinned[j] = i
    for cell, posts in problem.broken(pinned).items():
        raise PinsBreakCap(cell, posts)


def _weight(problem: Problem) -> Ints:
    """Weights whose sum orders plans by posts of first priority, posts, points; 0 forbids. Sums stay exact in a double."""
    most, pairs = int(problem.points.max(initial=0)), min(problem.points.shape)
    filled = pairs * most + 1
    first = pairs * (filled + most) + 1
    pinned = pairs * (first + filled + most) + 1
    weight = problem.points + filled + first * problem.first[None, :]
    for i, j in problem.pins:
        weight[i, j] += pinned
    return np.where(problem.open, weight, 0)


def _assign(weight: Ints) -> Ints:
    """The assignment of the greatest weight: the person at each post. A weight of 0 is no pair."""
    return _taken(weight, linear_sum_assignment(_squared(weight))[1])


def _squared(weight: Ints) -> NDArray[np.float64]:
    """Costs, filled up with noughts to a square: nobody at a post, no post for a person."""
    cost = np.zeros((max(weight.shape), max(weight.shape)))
    cost[: weight.shape[0], : weight.shape[1]] = -weight
    return cost


def _taken(weight: Ints, col_of: Ints) -> Ints:
    """The person at each post of an assignment of the square."""
    rows = np.flatnonzero(col_of[: weight.shape[0]] < weight.shape[1])
    rows = rows[weight[rows, col_of[rows]] > 0]
    person_of = np.full(weight.shape[1], -1, dtype=np.int64)
    person_of[col_of[rows]] = rows
    return person_of


class _Warm:
    """Assigns weights that differ little from those of a solved assignment: what that one costs at each person and post is taken off.

    The matrix is a square, so that taking off is the same for every assignment. Ten times as fast as from nothing.
    """

    def __init__(self, weight: Ints) -> None:
        self.weight = weight
        cost = _squared(weight)
        _, col_of = linear_sum_assignment(cost)
        self.first = _taken(weight, col_of)
        self._potentials = lambda: _duals(cost, col_of)

    @cached_property
    def off(self) -> NDArray[np.float64]:
        """Computed only when a second assignment is asked for."""
        at_people, at_posts = self._potentials()
        return np.asarray(at_people[:, None] + at_posts[None, :])

    def reduced(self) -> NDArray[np.float64]:
        """What each pair lacks to be in the solved assignment: 0 for those in it, never less; people x posts."""
        return (_squared(self.weight) - self.off)[: self.weight.shape[0], : self.weight.shape[1]]

    def assign(self, weight: Ints) -> Ints:
        """As `_assign` does."""
        return _taken(weight, linear_sum_assignment(_squared(weight) - self.off)[1])


def _duals(cost: NDArray[np.float64], col_of: Ints) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Potentials of an optimal assignment, by shortest paths over its residual graph (Bellman and Ford); exact in integers."""
    rows = np.arange(len(cost))
    along = cost - cost[rows, col_of][:, None]
    at_posts = np.zeros(len(cost))
    while True:
        shorter = np.minimum(at_posts, (along + at_posts[col_of][:, None]).min(axis=0))
        if (shorter == at_posts).all():
            return cost[rows, col_of] - at_posts[col_of], at_posts
        at_posts = shorter


class _Worth:
    """Whole weights of plans, and what part of them is coverage."""

    def __init__(self, problem: Problem, weight: Ints) -> None:
        self.problem, self.weight = problem, weight

    def of(self, person_of: Ints) -> int:
        at = np.flatnonzero(person_of >= 0)
        return int(self.weight[person_of[at], at].sum())

    def points(self, person_of: Ints) -> int:
        at = np.flatnonzero(person_of >= 0)
        return int(self.problem.points[person_of[at], at].sum())


def _solution(problem: Problem, person_of: Ints, *, bound: int, worth: _Worth, prices: dict[Cell, int]) -> Solution:
    """With the bound in points: what is left of the bound in weights when this plan's coverage is taken off."""
    score, whole = worth.points(person_of), worth.of(person_of)
    covered = whole - score
    slack = int(problem.points.max(initial=0)) * min(problem.points.shape)
    proved = bound - covered <= slack  # one post more would be worth more than all points together
    in_points = bound - covered if proved else worth.points(_assign(np.where(problem.open, problem.points, 0)))
    return Solution(person_of, score, max(in_points, score), coverage_proved=proved, prices=prices)


def _priced(problem: Problem, warm: _Warm, worth: _Worth, *, prices: dict[Cell, int], plan: Ints, rounds: int, repairs: bool) -> Solution:
    """Subgradient steps on the prices of cells from a plan on; each priced plan is a bound, some are repaired into better plans."""
    bound, kept, best = worth.of(warm.first), dict(prices), plan
    value, eager, missed, found = worth.of(best), EAGER, 0, warm.first
    for turn in range(rounds):
        if prices:
            priced = _with_prices(problem, warm.weight, prices)
            found = warm.assign(priced)
            at = np.flatnonzero(found >= 0)
            limit = int(priced[found[at], at].sum()) + sum(p * problem.caps[c.cap].limit for c, p in prices.items())
            missed = 0 if limit < bound else missed + 1
            if limit < bound:
                bound, kept = limit, dict(prices)
            if repairs and turn % REPAIR_EVERY == 0 and bound - value > CLOSE * worth.points(best):
                tried = _swapped(problem, worth, _repaired(problem, warm, priced, found))
                if worth.of(tried) > value:
                    best, value = tried, worth.of(tried)
        if bound - value <= CLOSE * worth.points(best):
            break
        if missed == 3:
            eager, missed = eager / 2, 0
        prices = _stepped(problem, prices, found, by=eager * max(bound - value, 1))
    return _solution(problem, best, bound=bound, worth=worth, prices=kept)


def _with_prices(problem: Problem, weight: Ints, prices: dict[Cell, int]) -> Ints:
    priced = weight.copy()
    for cell, price in prices.items():
        cap = problem.caps[cell.cap]
        at = np.ix_(cap.people == cell.people, cap.posts == cell.posts)
        priced[at] = np.where(priced[at] > 0, np.maximum(priced[at] - price, 1), 0)
    return priced


def _stepped(problem: Problem, prices: dict[Cell, int], person_of: Ints, *, by: float) -> dict[Cell, int]:
    """Dearer where a cell is over its limit, cheaper where it is under (Polyak's step)."""
    counts = {cell: len(posts) for cell, posts in problem.cells(person_of).items()}
    over = {
        cell: counts.get(cell, 0) - problem.caps[cell.cap].limit
        for cell in prices.keys() | counts.keys()
        if cell in prices or counts[cell] > problem.caps[cell.cap].limit
    }
    length = sum(excess * excess for excess in over.values()) or 1
    stepped = {cell: max(0, prices.get(cell, 0) + round(by * excess / length)) for cell, excess in over.items()}
    return {cell: price for cell, price in stepped.items() if price}


def _repaired(problem: Problem, warm: _Warm, weight: Ints, person_of: Ints) -> Ints:
    """A plan within the caps near this one: a cell too full is closed to all but those who lose most by leaving, and all is assigned again."""
    left = weight.copy()
    pinned = {i for i, _ in problem.pins}
    while broken := problem.broken(person_of):
        for cell, posts in broken.items():
            cap = problem.caps[cell.cap]
            inside = cap.posts == cell.posts
            loss = {
                int(person_of[j]): int(left[person_of[j], j]) - int(left[person_of[j], ~inside].max(initial=0)) for j in posts
            }  # fmt: skip
            stay = sorted(loss, key=lambda i: (i not in pinned, -loss[i], i))[: cap.limit]
            leave = cap.people == cell.people
            leave[stay] = False
            left[np.ix_(leave, inside)] = 0
        person_of = warm.assign(left)
    return person_of


def _swapped(problem: Problem, worth: "_Worth", person_of: Ints) -> Ints:
    """Exchange two people as long as that gains and keeps the caps."""
    person_of = person_of.copy()
    at = np.flatnonzero(person_of >= 0)
    for _ in range(SWAPS):
        cross = worth.weight[np.ix_(person_of[at], at)]
        own = np.diagonal(cross)
        gain = np.where((cross > 0) & (cross.T > 0), cross + cross.T - own[:, None] - own[None, :], 0)
        gainful = np.argwhere(gain > 0)
        gainful = gainful[np.argsort(-gain[gainful[:, 0], gainful[:, 1]], kind="stable")]
        better = next((tried for a, b in gainful if not problem.broken(tried := _exchanged(person_of, at[a], at[b]))), None)
        if better is None:
            return person_of
        person_of = better
    return person_of


def _exchanged(person_of: Ints, a: int, b: int) -> Ints:
    tried = person_of.copy()
    tried[a], tried[b] = person_of[b], person_of[a]
    return tried
