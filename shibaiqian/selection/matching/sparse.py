"""The best plan where each post has a short list of candidates: a whole province at once. Optimal, without caps.

The matrix of people x posts is never made; only the listed pairs are, and for each post the choice to leave it empty.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

from shibaiqian.selection.matching.problem import Ints


def solve_listed(people: Ints, posts: Ints, points: Ints, *, first: NDArray[np.bool_], count: int) -> Ints:
    """The person at each post (-1: nobody) out of the listed pairs: most posts of first priority, most posts, most points.

    `people`, `posts` and `points` (hundredths, not negative) name the pairs, each at most once; `count` people, one flag of
    `first` a post.
    """
    side = len(first)
    most = int(points.max(initial=0))
    pairs = min(count, side)
    filled = pairs * most + 1
    urgent = pairs * (filled + most) + 1
    # Costs above zero: a listed pair lacks points, an empty post costs more than all points together.
    empty = most + 1 + filled + urgent * first.astype(np.int64)
    cost = np.concatenate([most + 1 - points, empty]).astype(np.float64)
    rows = np.concatenate([posts, np.arange(side)])
    cols = np.concatenate([people, count + np.arange(side)])
    at, who = min_weight_full_bipartite_matching(csr_array((cost, (rows, cols)), shape=(side, count + side)))
    person_of = np.full(side, -1, dtype=np.int64)
    person_of[at] = np.where(who < count, who, -1)
    return person_of
