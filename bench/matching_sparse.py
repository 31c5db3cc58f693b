"""`matching-sparse`: 20,000 posts with 50 candidates each, against the bare sparse assignment of the same pairs.

The limit is scipy's `min_weight_full_bipartite_matching` on finished costs. What is ours besides: points part by part,
priorities, and posts that may stay empty.
"""

import resource
import time

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

from bench import Result
from bench.matching import invented
from shibaiqian.selection.matching.problem import Ints
from shibaiqian.selection.matching.score import Weights, points, total
from shibaiqian.selection.matching.sparse import solve_listed

COUNT, CANDIDATES = 20_000, 50


def run() -> list[Result]:
    """Score a million pairs and assign them once; the solution is optimal, so its gap is nought."""
    people, posts = invented(COUNT, seed=4)
    rows, cols = listed(seed=4)
    started = time.perf_counter()
    scored = total(points(people, posts, Weights(), rows=rows, cols=cols))
    first = np.array([post.first for post in posts])
    person_of = solve_listed(rows, cols, scored, first=first, count=COUNT)
    ours = time.perf_counter() - started
    # Bare: everybody has a place of the same cost at hand, because a full matching must exist.
    cost = np.concatenate([10_001.0 - scored, np.full(COUNT, 20_000.0 * COUNT)])
    matrix = csr_array(
        (cost, (np.concatenate([cols, np.arange(COUNT)]), np.concatenate([rows, COUNT + np.arange(COUNT)]))), shape=(COUNT, 2 * COUNT)
    )
    started = time.perf_counter()
    min_weight_full_bipartite_matching(matrix)
    limit = time.perf_counter() - started
    score = {(int(i), int(j)): int(p) for i, j, p in zip(rows, cols, scored, strict=True)}
    got = sum(score[int(i), j] for j, i in enumerate(person_of) if i >= 0)
    by_hand, empty = _greedy(rows, cols, scored, first)
    lost, lost_by_hand = Weights().most * COUNT - got, Weights().most * COUNT - by_hand
    note = f"{len(rows):,} pairs; optimal; unfilled {int((person_of < 0).sum())}, greedy {empty}; {got / 100:,.0f} points, greedy {by_hand / 100:,.0f}"
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [
        Result(
            "matching-sparse", ours, limit, ours / limit, "s", memory_mb=peak, note=note, gap_percent=0.0,
            greedy_excess_percent=100 * (lost_by_hand - lost) / lost,
        )
    ]  # fmt: skip


def listed(*, seed: int) -> tuple[Ints, Ints]:
    """Fifty different people a post."""
    rng = np.random.default_rng(seed)
    pairs = np.unique(np.repeat(np.arange(COUNT), CANDIDATES) * COUNT + rng.integers(0, COUNT, COUNT * CANDIDATES))
    return pairs % COUNT, pairs // COUNT


def _greedy(rows: Ints, cols: Ints, scored: Ints, first: "np.ndarray[tuple[int], np.dtype[np.bool_]]") -> tuple[int, int]:
    """Points and empty posts when the best listed pair is always taken first, urgent posts before others."""
    busy, filled, got = np.zeros(COUNT, bool), np.zeros(COUNT, bool), 0
    for n in np.lexsort((-scored, ~first[cols])):
        if not busy[rows[n]] and not filled[cols[n]]:
            busy[rows[n]] = filled[cols[n]] = True
            got += int(scored[n])
    return got, int((~filled).sum())
