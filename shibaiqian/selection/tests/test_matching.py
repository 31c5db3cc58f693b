"""The pure half of matching, against brute force on small problems."""

from dataclasses import replace
from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bench.matching import greedy, invented, stated, value
from shibaiqian.selection.matching.explain import Shortage, Why, if_excluded, if_pinned, second_best, shortages
from shibaiqian.selection.matching.linear import relaxed
from shibaiqian.selection.matching.problem import Cap, Cell, PinsBreakCap, Problem, Rule, with_pin
from shibaiqian.selection.matching.score import PARTS, Candidate, Post, Weights, points, total
from shibaiqian.selection.matching.solve import FEW, _assign, _weight, solve
from shibaiqian.selection.matching.sparse import solve_listed
from shibaiqian.selection.matching.words import shortage_in_words

# --- points -----------------------------------------------------------------------------------------------------------

OFFICIAL = Candidate(
    "a", "王朝辉", "u", "县农业局", "agri_tech", frozenset({"crop", "law"}), rural_tenths=25, counties=frozenset({"611021"}),
    villages=frozenset({"611021101201"}), wishes=("611021102",),
)  # fmt: skip
VILLAGE = Post("n", "姚楼村", "611021102203", ("industry",), frozenset({"crop", "tourism"}), first=True)


def parts_of(candidate: Candidate, post: Post) -> dict[str, int]:
    return {part: int(matrix[0, 0]) for part, matrix in points([candidate], [post], Weights()).items()}


def test_every_part_of_a_pair_is_kept() -> None:
    assert parts_of(OFFICIAL, VILLAGE) == {"class": 4000, "skills": 1250, "rural": 750, "county": 1000, "wish": 1000}


def test_of_several_village_types_the_best_counts() -> None:
    both = Post("n", "村", "611021102203", ("poor", "industry"))
    assert parts_of(OFFICIAL, both)["class"] == 4000
    assert parts_of(OFFICIAL, Post("n", "村", "611021102203", ("weak_org",)))["class"] == 0


def test_rural_experience_counts_to_five_years() -> None:
    assert parts_of(Candidate("a", "x", rural_tenths=50), VILLAGE)["rural"] == 1500
    assert parts_of(Candidate("a", "x", rural_tenths=220), VILLAGE)["rural"] == 1500


def test_knowing_the_county_does_not_count_in_ones_own_village() -> None:
    assert parts_of(OFFICIAL, Post("n", "自家村", "611021101201"))["county"] == 0
    assert parts_of(OFFICIAL, Post("n", "外县", "611022101201"))["county"] == 0
    assert parts_of(OFFICIAL, Post("n", "邻村", "611021101202"))["county"] == 1000


def test_a_wish_may_be_a_county_a_town_or_a_village() -> None:
    for wish, met in (("611021", 1000), ("611021102", 1000), ("611021102203", 1000), ("611021101", 0), ("611021102204", 0)):
        assert parts_of(Candidate("a", "x", wishes=(wish,)), VILLAGE)["wish"] == met


def test_a_post_without_tags_and_an_official_of_no_class_get_nothing_for_them() -> None:
    assert parts_of(Candidate("a", "x"), Post("n", "y", "611021")) == dict.fromkeys(PARTS, 0)


def test_points_of_listed_pairs_are_those_of_the_matrix() -> None:
    people, posts = invented(60, seed=5)
    whole = total(points(people, posts, Weights()))
    rng = np.random.default_rng(1)
    rows, cols = rng.integers(0, 60, 400), rng.integers(0, 60, 400)
    assert (total(points(people, posts, Weights(), rows=rows, cols=cols)) == whole[rows, cols]).all()


# --- plans ------------------------------------------------------------------------------------------------------------


@st.composite
def problems(draw: st.DrawFn, *, capped: bool = False, size: int = 5) -> Problem:
    """Small problems, square or not, with forbidden pairs, priorities, perhaps a pin and a cap."""
    n, m = draw(st.integers(1, size)), draw(st.integers(1, size))
    matrix = np.array(draw(st.lists(st.lists(st.integers(0, 9), min_size=m, max_size=m), min_size=n, max_size=n)), dtype=np.int64)
    blocked = np.array(
        draw(st.lists(st.lists(st.sampled_from([0, 0, 0, 1, 2, 3, 16]), min_size=m, max_size=m), min_size=n, max_size=n)), dtype=np.uint8
    )
    first = np.array(draw(st.lists(st.booleans(), min_size=m, max_size=m)))
    free = [(i, j) for i in range(n) for j in range(m) if not blocked[i, j]]
    pins = tuple(draw(st.lists(st.sampled_from(free), max_size=1))) if free else ()
    caps: tuple[Cap, ...] = ()
    if capped:
        groups = [np.array(draw(st.lists(st.integers(-1, 1), min_size=k, max_size=k)), dtype=np.int64) for k in (n, m)]
        caps = (Cap("上限", 1, *groups),)
    return Problem(matrix * 100, blocked, first, caps, pins)


def every_plan(problem: Problem) -> list[np.ndarray]:
    n, m = problem.points.shape
    found = []
    slots = [*range(n), *([-1] * m)]
    for plan in set(permutations(slots, m)):
        person_of = np.array(plan)
        at = np.flatnonzero(person_of >= 0)
        if problem.blocked[person_of[at], at].any() or any(person_of[j] != i for i, j in problem.pins) or problem.broken(person_of):
            continue
        found.append(person_of)
    return found


def worth(problem: Problem, person_of: np.ndarray) -> tuple[int, int, int]:
    at = np.flatnonzero(person_of >= 0)
    return int(problem.first[at].sum()), len(at), int(problem.points[person_of[at], at].sum())


@given(problems(size=4))
@settings(deadline=None)
def test_without_caps_no_other_plan_is_better(problem: Problem) -> None:
    found = solve(problem)
    assert worth(problem, found.person_of) == max(worth(problem, plan) for plan in every_plan(problem))
    assert found.bound == found.score and found.gap_percent == 0


@given(problems(size=4, capped=True))
@settings(deadline=None)
def test_caps_are_kept_and_the_bound_holds(problem: Problem) -> None:
    found = solve(problem)
    assert problem.broken(found.person_of) == {}
    covered = worth(problem, found.person_of)
    as_much = [worth(problem, plan) for plan in every_plan(problem)]
    assert max(w[2] for w in as_much if w[:2] == covered[:2]) <= found.bound
    assert found.score == covered[2] <= found.bound
    if found.coverage_proved:
        assert max(w[:2] for w in as_much) == covered[:2]


@given(problems(size=5, capped=True))
@settings(deadline=None)
def test_a_forbidden_pair_is_never_used_and_a_pinned_one_always(problem: Problem) -> None:
    person_of = solve(problem).person_of
    at = np.flatnonzero(person_of >= 0)
    assert not problem.blocked[person_of[at], at].any()
    assert len(set(person_of[at].tolist())) == len(at)
    assert all(person_of[j] == i for i, j in problem.pins)


def test_poor_and_weak_villages_are_covered_before_points() -> None:
    problem = Problem(np.array([[100, 9000]]), np.zeros((1, 2), np.uint8), np.array([True, False]))
    assert solve(problem).person_of.tolist() == [0, -1]


def test_pins_that_break_a_cap_are_refused() -> None:
    group = np.zeros(2, dtype=np.int64)
    problem = Problem(
        np.ones((2, 2), np.int64), np.zeros((2, 2), np.uint8), np.zeros(2, bool), (Cap("上限", 1, group, group),), ((0, 0), (1, 1))
    )
    with pytest.raises(PinsBreakCap) as refused:
        solve(problem)
    assert refused.value.cell == Cell(0, 0, 0) and refused.value.posts == [0, 1]


def test_a_forbidden_pair_cannot_be_pinned_and_nobody_twice() -> None:
    blocked = np.array([[1, 0]], dtype=np.uint8)
    with pytest.raises(ValueError, match="blocked"):
        Problem(np.ones((1, 2), np.int64), blocked, np.zeros(2, bool), pins=((0, 0),))
    with pytest.raises(ValueError, match="twice"):
        Problem(np.ones((1, 2), np.int64), 0 * blocked, np.zeros(2, bool), pins=((0, 0), (0, 1)))


@given(problems(size=5, capped=True))
@settings(deadline=None)
def test_a_plan_of_the_linear_program_keeps_every_rule_and_covers_as_much_as_any(problem: Problem) -> None:
    assume(every := every_plan(problem))
    weight = np.where(problem.open, problem.points + 1, 0)
    found = relaxed(problem, (weight.max() - weight).astype(float))
    assert found is not None
    at = np.flatnonzero(found.person_of >= 0)
    assert problem.broken(found.person_of) == {} and not problem.blocked[found.person_of[at], at].any()
    assert len(set(found.person_of[at].tolist())) == len(at)
    assert all(found.person_of[j] == i for i, j in problem.pins)
    assert worth(problem, found.person_of) <= max(worth(problem, plan) for plan in every)


def test_caps_that_bind_in_many_places_are_solved_by_a_linear_program_near_the_bound() -> None:
    problem = stated(*invented(600, seed=3), limit=1)
    assert len(problem.broken(_assign(_weight(problem)))) > FEW
    found = solve(problem)
    assert problem.broken(found.person_of) == {} and found.unfilled == [] and found.coverage_proved
    assert found.gap_percent <= 0.1
    assert solve(problem).person_of.tolist() == found.person_of.tolist()


def test_pins_and_a_lifted_cell_hold_where_caps_bind_in_many_places() -> None:
    problem = stated(*invented(600, seed=3), limit=1)
    i, j = (int(k) for k in np.argwhere(problem.blocked == 0)[1234])
    pinned = solve(with_pin(problem, i, j))
    assert pinned.person_of[j] == i and problem.broken(pinned.person_of) == {}
    cells = frozenset(problem.broken(_assign(_weight(problem))))
    lifted = solve(replace(problem, lifted=cells))
    assert lifted.score >= solve(problem).score and set(problem.broken(lifted.person_of)) <= cells


@pytest.mark.parametrize("limit", [1, 2])
def test_a_county_with_caps_is_near_its_bound_and_far_from_greedy(limit: int) -> None:
    problem = stated(*invented(200, seed=limit), limit=limit)
    found, chosen = solve(problem), greedy(problem)
    assert problem.broken(found.person_of) == {} and found.unfilled == []
    assert found.gap_percent <= 0.2
    assert found.score > value(problem, chosen)
    assert solve(problem).person_of.tolist() == found.person_of.tolist(), "the same question has the same answer"


@given(problems(size=5))
@settings(deadline=None)
def test_listed_pairs_are_assigned_as_well_as_the_matrix(problem: Problem) -> None:
    problem = Problem(problem.points, problem.blocked, problem.first)
    rows, cols = np.nonzero(problem.blocked == 0)
    person_of = solve_listed(rows, cols, problem.points[rows, cols], first=problem.first, count=len(problem.points))
    assert worth(problem, person_of) == worth(problem, solve(problem).person_of)
    assert all(i < 0 or not problem.blocked[i, j] for j, i in enumerate(person_of))


# --- why --------------------------------------------------------------------------------------------------------------


@given(problems(size=4))
@settings(deadline=None)
def test_what_an_exclusion_or_a_pin_costs_is_what_the_best_other_plan_lacks(problem: Problem) -> None:
    found = solve(problem)
    plans = every_plan(problem)
    for j in range(problem.points.shape[1]):
        i = int(found.person_of[j])
        if i < 0 or (i, j) in problem.pins:
            continue
        other = if_excluded(problem, found, i, j)
        best = max(worth(problem, plan) for plan in plans if plan[j] != i)
        assert worth(problem, other.solution.person_of) == best
        assert other.cost == found.score - best[2]
        assert any(move[0] == j for move in other.moves)
        second = second_best(problem, found, j)
        assert second is not None and (second.moves, second.cost) == (other.moves, other.cost)
    if not problem.pins:
        for i, j in np.argwhere(problem.blocked == 0).tolist()[:3]:
            pinned = if_pinned(problem, found, i, j)
            assert worth(problem, pinned.solution.person_of) == max(worth(problem, plan) for plan in plans if plan[j] == i)


def test_an_empty_post_has_no_second_best() -> None:
    problem = Problem(np.ones((1, 1), np.int64), np.ones((1, 1), np.uint8), np.zeros(1, bool))
    assert second_best(problem, solve(problem), 0) is None


def smallest_by_hand(problem: Problem) -> int:
    """The size of the smallest set of posts with fewer people than posts."""
    allowed = problem.open
    for size in range(1, allowed.shape[1] + 1):
        for chosen in combinations(range(allowed.shape[1]), size):
            if allowed[:, chosen].any(axis=1).sum() < size:
                return size
    return 0


@given(problems(size=6))
@settings(deadline=None)
def test_reasons_name_every_empty_post_and_the_smallest_set(problem: Problem) -> None:
    problem = Problem(problem.points, problem.blocked, problem.first)
    found = solve(problem)
    reasons = shortages(problem, found)
    assert sum(reason.short for reason in reasons) == len(found.unfilled)
    allowed = problem.open
    for reason in reasons:
        able = np.flatnonzero(allowed[:, list(reason.posts)].any(axis=1)).tolist()
        assert tuple(able) == reason.people and len(reason.posts) - len(able) == reason.short and reason.smallest
    if reasons and all(reason.short == 1 for reason in reasons):
        assert min(len(reason.posts) for reason in reasons) == smallest_by_hand(problem)


def named(count: int, prefix: str) -> list[Candidate]:
    return [Candidate(f"c{n}", f"{prefix}{n}", f"u{n % 2}", f"单位{n % 2}") for n in range(count)]


VILLAGES = [Post(f"n{n}", name, "611021101201") for n, name in enumerate(("姚楼村", "银厂村", "吴庄村", "柳湾村"))]


def said(problem: Problem, people: list[Candidate]) -> list[str]:
    found = solve(problem)
    return [shortage_in_words(r, problem=problem, candidates=people, posts=VILLAGES) for r in shortages(problem, found)]


def test_posts_short_of_people_are_said_with_names_number_and_main_reason() -> None:
    blocked = np.zeros((5, 4), np.uint8)
    blocked[2:, :3] = Rule.RECUSAL  # only two may go to the first three
    problem = Problem(np.ones((5, 4), np.int64), blocked, np.zeros(4, bool))
    assert said(problem, named(5, "干部")) == [
        "姚楼村、银厂村、吴庄村 3 个岗位只有 2 名符合条件的人选（干部0、干部1），还差 1 名。主要原因：应当回避（涉及 3 名）。"
    ]


def test_too_few_people_at_all_are_said_so() -> None:
    problem = Problem(np.ones((2, 4), np.int64), np.zeros((2, 4), np.uint8), np.zeros(4, bool))
    assert said(problem, named(2, "干部")) == [
        "姚楼村、银厂村、吴庄村等 4 个岗位只有 2 名符合条件的人选（干部0、干部1），还差 2 名。主要原因：人选总数少于岗位数。"
    ]


def test_a_post_that_nobody_may_take_is_said_alone() -> None:
    blocked = np.zeros((4, 4), np.uint8)
    blocked[:, 1] = Rule.ELIGIBILITY
    problem = Problem(np.ones((4, 4), np.int64), blocked, np.zeros(4, bool))
    assert said(problem, named(4, "干部")) == ["银厂村没有符合条件的人选，还差 1 名。主要原因：资格审查未通过（涉及 4 名）。"]


def test_a_cap_that_keeps_a_post_empty_is_named() -> None:
    group = np.zeros(4, dtype=np.int64)
    problem = Problem(
        np.ones((4, 4), np.int64), np.zeros((4, 4), np.uint8), np.zeros(4, bool),
        (Cap("同一单位在同一镇（街道）", 2, np.array([0, 0, 0, 1]), group),),
    )  # fmt: skip
    people = [Candidate(f"c{n}", f"干部{n}", "u0" if n < 3 else "u1", "县农业局" if n < 3 else "县水利局") for n in range(4)]
    (sentence,) = said(problem, people)
    assert sentence.endswith("没有人选：同一单位在同一镇（街道）最多 2 名，县农业局在姚楼村、银厂村、吴庄村等 4 个岗位中已满 2 名。")


def test_a_pin_that_keeps_a_post_empty_is_named() -> None:
    blocked = np.array([[0, 0], [0, 1]], np.uint8)  # only the first may go to the second post
    problem = Problem(np.ones((2, 2), np.int64), blocked, np.zeros(2, bool), pins=((0, 0),))
    found = solve(problem)
    assert shortages(problem, found) == [Shortage(Why.PINS, (1,), (), 1, pins=((0, 0),))]
    assert said(problem, named(2, "干部")) == ["银厂村还差 1 名。主要原因：已指定干部0到姚楼村。取消指定后可以安排。"]
