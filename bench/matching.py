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
from shibaiqian.selection.matching.score import CLASSES, PREFERRED, Candidate, Post, Weights, points, total
from shibaiqian.selection.matching.solve import Cap, Ints, Problem, Rule, solve

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
    chosen = greedy(problem)
    full = Weights().most * COUNT
    lost, lost_greedy = full - found.score, full - value(problem, chosen)
    note = (
        f"gap {found.gap_percent:.3f} %; greedy loses {100 * (lost_greedy - lost) / lost:.1f} % more points of the possible ones "
        f"({found.score / 100:,.0f} against {value(problem, chosen) / 100:,.0f} points, {100 * found.score / value(problem, chosen) - 100:.1f} % more); "
        f"unfilled {len(found.unfilled)}, greedy {int((chosen < 0).sum())}"
    )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [
        Result(
            "matching", ours, limit, ours / limit, "s", memory_mb=peak, note=note, gap_percent=found.gap_percent,
            greedy_excess_percent=100 * (lost_greedy - lost) / lost,
        )
    ]  # fmt: skip


def invented(count: int, *, seed: int) -> tuple[list[Candidate], list[Post]]:
    """Officials and posts of a made-up prefecture: units stand in counties, their officials come from there."""
    rng = np.random.default_rng(seed)
    counties = [f"6110{n + 21}" for n in range(COUNTIES)]
    towns = [f"{counties[n % COUNTIES]}{101 + n // COUNTIES}" for n in range(TOWNS)]
    classes, skills, kinds = list(CLASSES), list(SKILLS), list(PREFERRED)
    unit_class, unit_county = rng.choice(classes, UNITS), rng.choice(counties, UNITS)
    people = []
    for n in range(count):
        unit = int(rng.integers(UNITS))
        home = str(unit_county[unit])
        people.append(
            Candidate(
                f"p{n}", f"人{n}", f"u{unit}", f"单位{unit}", str(unit_class[unit]),
                skills=frozenset(rng.choice(skills, int(rng.integers(0, 4)), replace=False).tolist()),
                rural_tenths=int(rng.integers(0, 200)) if rng.random() < 0.6 else 0,
                counties=frozenset({home, str(rng.choice(counties))}) if rng.random() < 0.7 else frozenset({home}),
                wishes=(str(rng.choice(towns)),) if rng.random() < 0.4 else (home,),
            )
        )  # fmt: skip
    posts = []
    for n in range(count):
        town = towns[int(rng.integers(TOWNS))]
        posts.append(
            Post(
                f"n{n}", f"村{n}", f"{town}{200 + n % 700}",
                village_types=tuple(rng.choice(kinds, int(rng.integers(0, 3)), replace=False).tolist()),
                tags=frozenset(rng.choice(skills, int(rng.integers(1, 4)), replace=False).tolist()),
                first=bool(rng.random() < 699 / 1280),
            )
        )  # fmt: skip
    return people, posts


def stated(people: list[Candidate], posts: list[Post], *, limit: int = 2) -> Problem:
    """The problem: points, forbidden pairs (own town for a third, as recusal does), at most two of one unit in a town."""
    town_of = {code: n for n, code in enumerate(sorted({p.region[:9] for p in posts}))}
    unit_of = {code: n for n, code in enumerate(sorted({c.unit for c in people}))}
    towns: Ints = np.array([town_of[p.region[:9]] for p in posts])
    units: Ints = np.array([unit_of[c.unit] for c in people])
    own = np.array([hash_of(c.key) % (len(town_of) * 3) for c in people])
    blocked = np.where(own[:, None] == towns[None, :], np.uint8(Rule.RECUSAL), np.uint8(0))
    whole = total(points(people, posts, Weights()))
    return Problem(whole, blocked, np.array([p.first for p in posts]), caps=(Cap("同一单位在同一镇（街道）", limit, units, towns),))


def hash_of(text: str) -> int:
    """The same in every process."""
    return int.from_bytes(text.encode()[-4:], "big") * 2654435761 % 2**31


def greedy(problem: Problem) -> Ints:
    """What a careful clerk does by hand: the best pair first, then the best of what is left; the same rules, priorities and caps."""
    weight = np.where(problem.open, problem.points + problem.first[None, :] * (int(problem.points.max()) + 1) + 1, 0)
    person_of: Ints = np.full(weight.shape[1], -1, dtype=np.int64)
    busy = np.zeros(weight.shape[0], dtype=bool)
    counts: dict[tuple[int, int, int], int] = {}
    for flat in np.argsort(-weight, axis=None, kind="stable"):
        i, j = divmod(int(flat), weight.shape[1])
        if not weight[i, j]:
            break
        if busy[i] or person_of[j] >= 0:
            continue
        cells = [(n, int(cap.people[i]), int(cap.posts[j])) for n, cap in enumerate(problem.caps)]
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
