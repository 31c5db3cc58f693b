"""Prices of full cells and a plan near the best, from a linear program: for caps that bind in many places at once.

The program lists for every person and every post the pairs that lose least without caps; its multipliers of the caps are the
prices. What it puts wholly into a pair stays; the rest is a few hundred people, which an integer program settles. Neither says
how good the plan is: `solve` proves the bound with the prices over all pairs. No clock limits it: the same question has the
same answer.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_array, eye_array, hstack

from shibaiqian.selection.matching.problem import Cell, Ints, Problem

LISTED = 20  # pairs of each person and of each post in the first program
PASSES = 3  # programs at most: each lists besides what the one before should have had
WHOLE = 0.6  # more than half of a pair: nobody else has more of either
NEAR = (0.1, 0.5)  # of the most points: how much a pair may lack to be in the second program, tried in turn
NODES, EXACT = 200, 0.0003  # of the integer program: branches, and the part of its worth that is near enough
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class _Program:
    """Listed pairs; a row for each person, post and cell: at most `room`."""

    people: Ints
    posts: Ints
    cells: list[Cell]
    rows: csr_array
    room: Ints
    points: Floats
    first_post: int


@dataclass(frozen=True)
class Relaxed:
    """Prices of cells in hundredths, and a plan that keeps caps and pins."""

    prices: dict[Cell, int]
    person_of: Ints


def relaxed(problem: Problem, reduced: Floats) -> Relaxed | None:
    """Prices and a plan; None where the solver gives up. `reduced`: what each pair lacks without caps, people x posts."""
    filling, listed = _filling(problem), _listed(problem, reduced)
    for _ in range(PASSES):
        program = _program(problem, listed)
        answer = _shares(program, filling)
        if answer is None:
            return None
        share, multipliers = answer
        prices, lacks = _priced(problem, program, multipliers)
        least = np.minimum(lacks.min(axis=1), 0)
        if -least.sum() <= EXACT * problem.points.max(initial=0) * len(least):
            break
        listed |= lacks <= least[:, None] / 2 - 1
    person_of = _settled(problem, program, share, lacks, filling)
    return Relaxed(prices, person_of) if all(person_of[j] == i for i, j in problem.pins) else None


def _filling(problem: Problem) -> Floats:
    """What filling a post is worth besides the points of the pair: more than any pair, more again for first priority, most for a pin."""
    most = int(problem.points.max(initial=0)) + 1
    filling = 20.0 * most + 400.0 * most * problem.first
    filling[[j for _, j in problem.pins]] = 8000.0 * most
    return np.asarray(filling)


def _shares(program: _Program, filling: Floats) -> tuple[Floats, Floats] | None:
    """What part of each listed pair is in the best mix of plans, and the multipliers of people, posts and cells. A post may stay empty."""
    posts = np.arange(len(filling)) + program.first_post
    others = np.setdiff1d(np.arange(program.rows.shape[0]), posts)
    answer = linprog(
        np.concatenate([-program.points, filling]),
        A_ub=hstack([program.rows[others], csr_array((len(others), len(posts)))], format="csr"), b_ub=program.room[others],
        A_eq=hstack([program.rows[posts], eye_array(len(posts))], format="csr"), b_eq=np.ones(len(posts)),
        bounds=(0, None), method="highs-ipm",
    )  # fmt: skip
    if answer.x is None:
        return None
    multipliers = np.zeros(program.rows.shape[0])
    multipliers[others], multipliers[posts] = -answer.ineqlin.marginals, -answer.eqlin.marginals
    return answer.x[: len(program.points)], multipliers


def _priced(problem: Problem, program: _Program, multipliers: Floats) -> tuple[dict[Cell, int], Floats]:
    """Prices of cells out of a program's multipliers, and what each open pair lacks by them; below nought what should have been listed."""
    people, posts = problem.points.shape
    prices = {cell: round(price) for cell, price in zip(program.cells, multipliers[people + posts :], strict=True) if round(price) > 0}
    lacks = multipliers[:people, None] + multipliers[None, people : people + posts] - problem.points
    for cell, price in prices.items():
        cap = problem.caps[cell.cap]
        lacks[np.ix_(cap.people == cell.people, cap.posts == cell.posts)] += price
    return prices, np.where(problem.open, lacks, np.inf)


def _listed(problem: Problem, reduced: Floats) -> NDArray[np.bool_]:
    """The pairs of each person and each post that lack least."""
    lacks = np.where(problem.open, reduced, np.inf)
    found = np.zeros(lacks.shape, dtype=bool)
    for axis in (0, 1):
        count = min(LISTED, lacks.shape[axis])
        least = np.argpartition(lacks, count - 1, axis=axis).take(range(count), axis=axis)
        np.put_along_axis(found, least, values=True, axis=axis)
    return found & np.isfinite(lacks)


def _program(problem: Problem, listed: NDArray[np.bool_], *, used: Mapping[Cell, int] | None = None) -> _Program:
    """The program of listed pairs; `used` is what of a cell's limit is taken already."""
    people, posts = np.nonzero(listed)
    at, width = np.arange(len(people)), problem.points.shape
    rows, columns = [people, width[0] + posts], [at, at]
    cells: list[Cell] = []
    for n, cap in enumerate(problem.caps):
        inside = (cap.people[people] >= 0) & (cap.posts[posts] >= 0)
        pairs = np.stack([cap.people[people][inside], cap.posts[posts][inside]])
        distinct, which = np.unique(pairs, axis=1, return_inverse=True)
        rows.append(sum(width) + len(cells) + which.ravel())
        columns.append(at[inside])
        cells += [Cell(n, int(of), int(place)) for of, place in distinct.T]
    shape = (sum(width) + len(cells), len(people))
    matrix = csr_array((np.ones(sum(map(len, rows))), (np.concatenate(rows), np.concatenate(columns))), shape=shape)
    taken = used or {}
    limits = [len(people) if cell in problem.lifted else problem.caps[cell.cap].limit - taken.get(cell, 0) for cell in cells]
    room = np.concatenate([np.ones(sum(width), dtype=np.int64), np.array(limits, dtype=np.int64)])
    return _Program(people, posts, cells, matrix, room, problem.points[people, posts].astype(np.float64), width[0])


def _settled(problem: Problem, program: _Program, share: Floats, lacks: Floats, filling: Floats) -> Ints:
    """A plan: pairs that are more than half there stay as far as the caps allow, an integer program places the others."""
    person_of = np.full(problem.points.shape[1], -1, dtype=np.int64)
    used: Counter[Cell] = Counter()
    for at in np.argsort(-share, kind="stable"):
        if share[at] < WHOLE:
            break
        i, j = int(program.people[at]), int(program.posts[at])
        cells = _cells_of(problem, i, j)
        if all(used[cell] < problem.caps[cell.cap].limit for cell in cells):
            person_of[j] = i
            used.update(cells)
    free = np.ones(problem.points.shape[0], dtype=bool)
    free[person_of[person_of >= 0]] = False
    most, empty = int(problem.points.max(initial=0)), person_of < 0
    rest = free[:, None] & empty[None, :]
    for near in NEAR:
        placed = _placed(problem, rest & (lacks <= near * most), filling, used)
        tried = np.where(placed >= 0, placed, person_of)
        if (tried >= 0).all():
            break
    return np.asarray(tried)


def _cells_of(problem: Problem, person: int, post: int) -> list[Cell]:
    """The cells that a pair counts in."""
    found = (Cell(n, int(cap.people[person]), int(cap.posts[post])) for n, cap in enumerate(problem.caps))
    return [cell for cell in found if cell.people >= 0 and cell.posts >= 0 and cell not in problem.lifted]


def _placed(problem: Problem, listed: NDArray[np.bool_], filling: Floats, used: Mapping[Cell, int]) -> Ints:
    """The best plan of listed pairs alone, within what is left of the caps."""
    person_of = np.full(problem.points.shape[1], -1, dtype=np.int64)
    program = _program(problem, listed, used=used)
    if not len(program.people):
        return person_of
    found = milp(
        -program.points - filling[program.posts], integrality=np.ones(len(program.people)), bounds=Bounds(0, 1),
        constraints=LinearConstraint(program.rows, -np.inf, program.room), options={"mip_rel_gap": EXACT, "node_limit": NODES},
    )  # fmt: skip
    if found.x is not None:
        chosen = found.x > 0.5
        person_of[program.posts[chosen]] = program.people[chosen]
    return person_of
