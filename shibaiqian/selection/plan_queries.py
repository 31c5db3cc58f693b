"""Reading plans: side by side, and what another wish would change. Computed when asked, kept nowhere."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from django.db.models import Count, Q, QuerySet

from shibaiqian.access.actor import Actor
from shibaiqian.access.roles import Permission
from shibaiqian.selection.matching.explain import differences
from shibaiqian.selection.matching.problem import PinsBreakCap, Problem, with_pin, without
from shibaiqian.selection.matching.score import Ints
from shibaiqian.selection.matching.solve import solve
from shibaiqian.selection.models import Batch, MatchPair, MatchPlan, MatchWish, PostNeed
from shibaiqian.selection.plans import PlanOutdated, exchanged, must_hold, pairs_of
from shibaiqian.selection.problems import UNITS, Asked, Stated, WishesClash, state

CHOICES = 12


@dataclass(frozen=True)
class Move:
    """One post whose official (or unit) would change; empty: nobody."""

    need: PostNeed
    before: str
    after: str


@dataclass(frozen=True)
class Consequence:
    """What another wish would change in a plan: moves, and hundredths of points lost (negative: gained)."""

    moves: Sequence[Move]
    cost: int
    score: int
    emptied: int

    @property
    def gain(self) -> int:
        return -self.cost


@dataclass(frozen=True)
class Choice:
    """Somebody who could take a post: points with parts (hundredths), where the plan has them now, and why they may not, if so."""

    key: str
    name: str
    unit: str
    score: int
    parts: Mapping[str, int]
    now: str
    why_not: str
    chosen: bool


@dataclass(frozen=True)
class Compared:
    """Plans side by side: for every post who each plan has there, and whether they differ."""

    plans: Sequence[MatchPlan]
    rows: Sequence[tuple[PostNeed, Sequence[str], bool]]

    @property
    def differing(self) -> int:
        return sum(differs for _, _, differs in self.rows)


def plans(actor: Actor, *, batch: Batch | None, region: str = "", tier_code: str = "", stage: str = "") -> "QuerySet[MatchPlan]":
    """Plans of a batch, newest first, with the number of their pairs as `filled`."""
    rows: QuerySet[MatchPlan] = MatchPlan.objects.visible_to(actor).filter(batch=batch)
    for name, value in (("region_id", region), ("tier_code", tier_code), ("stage", stage)):
        if value:
            rows = rows.filter(**{name: value})
    live = Count("pairs", filter=Q(pairs__voided_by__isnull=True))
    return rows.select_related("region", "batch").annotate(filled=live).order_by("-made_on", "-event", "pk")


def wishes(actor: Actor, plan: MatchPlan) -> "QuerySet[MatchWish]":
    """Pins and exclusions that bear on a plan's stage, by post."""
    rows: QuerySet[MatchWish] = MatchWish.objects.visible_to(actor).filter(batch=plan.batch, need__tier_code=plan.tier_code)
    rows = rows.filter(unit__isnull=plan.stage != UNITS)
    return rows.select_related("need", "nomination", "unit").order_by("need__number", "pk")


def pairs_after(actor: Actor, plan: MatchPlan, *, after: str = "", limit: int = 100) -> list[MatchPair]:
    """The pairs of a plan from a post's number on, one more than `limit` when there are more. One query."""
    rows = MatchPair.objects.visible_to(actor).filter(plan=plan, need__number__gt=after)
    return list(rows.select_related("need__region__parent", "nomination", "unit").order_by("need__number", "pk")[: limit + 1])


def name_of(pair: MatchPair) -> str:
    """The official or the unit of a pair."""
    return pair.nomination.cadre_name if pair.nomination else pair.unit.name if pair.unit else ""


def compare_plans(actor: Actor, chosen: Sequence[MatchPlan]) -> Compared:
    """Plans side by side by the number of the post. One query a plan."""
    actor.must(Permission.MATCH)
    held = [{pair.need_id: pair for pair in pairs_of(plan, by=actor)} for plan in chosen]
    needs: dict[uuid.UUID, PostNeed] = {pair.need_id: pair.need for pairs in held for pair in pairs.values()}
    rows = []
    for key, need in sorted(needs.items(), key=lambda item: (item[1].number, str(item[0]))):
        names = [name_of(pairs[key]) if key in pairs else "" for pairs in held]
        takers = {(pairs[key].nomination_id or pairs[key].unit_id) if key in pairs else None for pairs in held}
        rows.append((need, names, len(takers) > 1))
    return Compared(chosen, rows)


class Deciding:
    """A plan being decided on: the problem as it is now and the plan's pairs in it."""

    def __init__(self, actor: Actor, plan: MatchPlan) -> None:
        self.plan = plan
        self.stated: Stated = state(Asked.of_plan(plan), by=actor)
        self.pairs = pairs_of(plan, by=actor)
        self.person_of: Ints = self.stated.plan_of({p.need_id: p.nomination_id or p.unit_id for p in self.pairs})  # type: ignore[misc]

    def need(self, key: uuid.UUID) -> PostNeed:
        """A post that is still open."""
        return self.stated.needs[self._column(key)]

    def choices(self, need: uuid.UUID, *, most: int = CHOICES) -> list[Choice]:
        """Who could take a post, the best first; the plan's own always among them, and each unit once."""
        stated, j = self.stated, self._column(need)
        post_of = {int(i): int(at) for at, i in enumerate(self.person_of) if i >= 0}
        first: dict[str, int] = {}
        for i in np.lexsort((np.arange(len(stated.takers)), -stated.problem.points[:, j], stated.problem.blocked[:, j] > 0)):
            first.setdefault(stated.candidates[int(i)].key, int(i))
        own = int(self.person_of[j])
        rows = list(first.values())[:most]
        if own >= 0 and stated.candidates[own].key not in {stated.candidates[i].key for i in rows}:
            rows.append(own)
        return [self._choice(i, j, post_of) for i in rows]

    def _choice(self, i: int, j: int, post_of: Mapping[int, int]) -> Choice:
        stated, own = self.stated, int(self.person_of[j])
        candidate = stated.candidates[i]
        at = [stated.posts[post_of[row]].name for row in stated.rows_of[stated.takers[i].pk] if row in post_of]
        return Choice(
            candidate.key, candidate.name, candidate.unit_name, int(stated.problem.points[i, j]), stated.pair_parts(i, j),
            now="、".join(at), why_not=stated.why_not(i, j), chosen=own >= 0 and stated.candidates[own].key == candidate.key,
        )  # fmt: skip

    def if_pinned(self, need: uuid.UUID, taker: uuid.UUID) -> Consequence:
        """What changes when this pair must be."""
        rows = self.stated.rows_of.get(taker)
        if not rows:
            raise PlanOutdated("所选人选（单位）已不在待匹配之列，请重新生成方案。")
        j = self._column(need)
        if why := self.stated.why_not(rows[0], j):
            raise WishesClash(f"{self.stated.candidates[rows[0]].name}不能安排到{self.stated.posts[j].name}：{why}。")
        return self._after(with_pin(self.stated.problem, next((i for i in rows if i == self.person_of[j]), rows[0]), j))

    def if_excluded(self, need: uuid.UUID, taker: uuid.UUID) -> Consequence:
        """What changes when this pair must not be: with the plan's own pair, the second best for the post."""
        j, problem = self._column(need), self.stated.problem
        for i in self.stated.rows_of.get(taker, []):
            problem = without(problem, i, j)
        return self._after(problem)

    def if_overridden(self, need: uuid.UUID, taker: uuid.UUID | None) -> Consequence:
        """What changes when only this post gets somebody else (or nobody): the two exchange places."""
        if taker is not None and taker not in self.stated.rows_of:
            raise PlanOutdated("所选人选（单位）已不在待匹配之列，请重新生成方案。")
        j = self._column(need)
        after = exchanged(self.stated, self.person_of, j, taker)
        must_hold(self.stated, after, j)
        at = np.flatnonzero(after >= 0)
        return self._consequence(after, int(self.stated.problem.points[after[at], at].sum()))

    def _column(self, need: uuid.UUID) -> int:
        if need not in self.stated.column_of:
            raise PlanOutdated("这个岗位已不在待匹配之列，请重新生成方案。")
        return self.stated.column_of[need]

    def _after(self, problem: Problem) -> Consequence:
        try:
            solution = solve(problem)
        except PinsBreakCap as broken:
            cap = problem.caps[broken.cell.cap]
            raise WishesClash(f"{cap.label}最多 {cap.limit} 名，这样指定会超出。") from None
        return self._consequence(solution.person_of, solution.score)

    def _consequence(self, after: Ints, score: int) -> Consequence:
        stated = self.stated

        def name(i: int) -> str:
            return stated.candidates[i].name if i >= 0 else ""

        moves = [
            Move(stated.needs[j], name(before), name(later))
            for j, before, later in differences(self.person_of, after)
            if before < 0 or later < 0 or stated.candidates[before].key != stated.candidates[later].key
        ]
        at = np.flatnonzero(self.person_of >= 0)
        own = int(stated.problem.points[self.person_of[at], at].sum())
        emptied = int((after < 0).sum()) - int((self.person_of < 0).sum())
        return Consequence(moves, own - score, score, emptied)


def gap_percent(plan: MatchPlan) -> float:
    """How far a plan can be from the best, in per cent of its bound."""
    return 100 * (plan.bound - plan.score) / plan.bound if plan.bound else 0.0
