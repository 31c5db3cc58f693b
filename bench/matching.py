"""`matching`: 1,280 officials to 1,280 posts with caps and coverage, against one bare assignment of the same points.

The limit is scipy's `linear_sum_assignment` on the finished matrix of points, without caps, coverage or a bound. What is ours
is everything a clerk waits for: points part by part, hard rules, caps, repair and bound.
"""

import resource
import time

import numpy as np
from scipy.optimize import linear_sum_assignment

from bench import Result
from shibaiqian.cadres.codes import SKILLS
from shibaiqian.selection.matching.problem import Cap, Ints, Problem, Rule
from shibaiqian.selection.matching.score import CLASSES, PREFERRED, Candidate, Post, Weights, points, total
from shibaiqian.selection.matching.solve import solve

COUNT, UNITS, COUNTIES, TOWNS = 1280, 210, 7, 98


def run() -> list[Result]:
    """Solve the whole city at once; the median of three."""
    people, posts = invented(COUNT, seed=3)
    times, limits = [], []
    for _ in range(3):
        started = time.perf_counter()
        problem = stated(people, posts)
        found = solve(problem)
        times.append(time.perf_counter() - started)
        bare = problem.points.astype(float)
        started = time.perf_counter()
        linear_sum_assignment(bare, maximize=True)
        limits.append(time.perf_counter() - started)
    ours, limit = sorted(times)[1], sorted(limits)[1]
    full = Weights().most * COUNT
    lost = full - found.score
    by_post, by_pair = (value(problem, greedy(problem, by_pair=asked)) for asked in (False, True))
    excess = [100 * (full - points_ - lost) / lost for points_ in (by_post, by_pair)]
    note = (
        f"gap {found.gap_percent:.3f} %; village by village by hand loses {excess[0]:.1f} % more of the possible points, from the best pair down "
        f"{excess[1]:.1f} % ({found.score / 100:,.0f} points against {by_post / 100:,.0f} and {by_pair / 100:,.0f}); unfilled {len(found.unfilled)}"
    )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [
        Result(
            "matching", ours, limit, ours / limit, "s", memory_mb=peak, note=note, gap_percent=found.gap_percent,
            greedy_excess_percent=excess[0],
        )
    ]  # fmt: skip


def invented(count: int, *, seed: int) -> tuple[list[Candidate], list[Post]]:
    """Officials and posts of a made-up prefecture. Seven in ten come from units of the county that wants them, the others from the city.

    The city's may go anywhere, a county's into their own county, as nominations do; wishes are for towns near the county seat.
    Of 1,280 villages 699 are poor ones, as in the programme; poor villages and weak organisations come first.
    """
    rng = np.random.default_rng(seed)
    counties = [f"6110{n + 21}" for n in range(COUNTIES)]
    towns = [f"{counties[n % COUNTIES]}{101 + n // COUNTIES}" for n in range(TOWNS)]
    classes, skills, kinds = list(CLASSES), list(SKILLS), list(PREFERRED)
    # A sixth of the units are the city's; the others stand in turn in the counties.
    at = ["6110" if n % 6 == 0 else counties[n % COUNTIES] for n in range(UNITS)]
    unit_class = rng.choice(classes, UNITS)
    units = {place: [n for n in range(UNITS) if at[n] == place] for place in {*at}}
    common = np.array([6, 6, 5, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1]) / 36  # rural work, crops and livestock are asked for most
    people, posts = [], []
    for n in range(count):
        town = towns[int(rng.integers(TOWNS))]
        types = set(rng.choice(kinds, int(rng.integers(0, 2)), replace=False).tolist())
        if rng.random() < 699 / 1280:
            types.add("poor")
        posts.append(
            Post(
                f"n{n}", f"村{n}", f"{town}{200 + n % 700}", village_types=tuple(sorted(types)),
                tags=frozenset(rng.choice(skills, int(rng.integers(1, 4)), replace=False, p=common).tolist()),
                first=bool(types & {"poor", "weak_org"}),
            )
        )  # fmt: skip
        home = town[:6] if rng.random() < 0.7 else "6110"
        unit = int(rng.choice(units[home]))
        wished = [t for t in towns if t[:6] == town[:6]][: 1 + int(rng.integers(3))]
        people.append(
            Candidate(
                f"p{n}", f"人{n}", f"u{unit}", at[unit], str(unit_class[unit]),
                skills=frozenset(rng.choice(skills, int(rng.integers(0, 4)), replace=False, p=common).tolist()),
                rural_tenths=int(rng.integers(0, 200)) if rng.random() < 0.6 else 0,
                counties=frozenset({home, str(rng.choice(counties))} - {"6110"}),
                wishes=(wished[-1],) if rng.random() < 0.6 else (),
            )
        )  # fmt: skip
    return people, posts


def stated(people: list[Candidate], posts: list[Post], *, limit: int = 2) -> Problem:
    """The problem: points, forbidden pairs (other counties; a town where a relative serves), at most two of one unit in a town."""
    town_of = {code: n for n, code in enumerate(sorted({p.region[:9] for p in posts}))}
    unit_of = {code: n for n, code in enumerate(sorted({c.unit for c in people}))}
    towns: Ints = np.array([town_of[p.region[:9]] for p in posts])
    units: Ints = np.array([unit_of[c.unit] for c in people])
    relative = np.array([hash_of(c.key) % (len(town_of) * 3) for c in people])
    blocked = np.where(relative[:, None] == towns[None, :], np.uint8(Rule.RECUSAL), np.uint8(0))
    elsewhere = np.array([[not p.region.startswith(c.unit_name) for p in posts] for c in people])
    blocked |= np.where(elsewhere, np.uint8(Rule.PLACE), np.uint8(0))
    whole = total(points(people, posts, Weights()))
    return Problem(whole, blocked, np.array([p.first for p in posts]), caps=(Cap("同一单位在同一镇（街道）", limit, units, towns),))


def hash_of(text: str) -> int:
    """The same in every process."""
    return int.from_bytes(text.encode()[-4:], "big") * 2654435761 % 2**31


def greedy(problem: Problem, *, by_pair: bool = False) -> Ints:
    """What a careful clerk does by hand, by the same rules, priorities and caps: village by village, each the best of who is left.

    `by_pair` goes through all pairs from the best down instead, which nobody does by hand.
    """
    n, m = problem.points.shape
    weight = np.where(problem.open, problem.points + 1, 0)
    posts = np.broadcast_to(np.arange(m)[None, :], (n, m))
    urgent = np.broadcast_to(~problem.first[None, :], (n, m))
    keys = (-weight, urgent) if by_pair else (-weight, posts, urgent)
    person_of: Ints = np.full(m, -1, dtype=np.int64)
    busy = np.zeros(n, dtype=bool)
    counts: dict[tuple[int, int, int], int] = {}
    for flat in np.lexsort([key.ravel() for key in keys]):
        i, j = divmod(int(flat), m)
        if not weight[i, j] or busy[i] or person_of[j] >= 0:
            continue
        cells = [(k, int(cap.people[i]), int(cap.posts[j])) for k, cap in enumerate(problem.caps)]
        if any(counts.get(cell, 0) >= problem.caps[cell[0]].limit for cell in cells):
            continue
        for cell in cells:
            counts[cell] = counts.get(cell, 0) + 1
        busy[i], person_of[j] = True, i
    return person_of


def value(problem: Problem, person_of: Ints) -> int:
    """Points of a plan."""
    at = np.flatnonzero(person_of >= 0)
    return int(problem.points[person_of[at], at].sum())
