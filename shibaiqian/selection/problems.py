"""What is matched: the rows of a batch stated as a pure problem, as the actor sees them and as in force on a day.

First stage: villages that want a unit and units that can take several; second stage: posts and nominated officials.
"""

import datetime as dt
import uuid
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from django.db.models import Exists, OuterRef, Q, QuerySet

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused
from shibaiqian.access.recorded import LIVE
from shibaiqian.access.roles import Permission
from shibaiqian.cadres.models import Cadre
from shibaiqian.organisations.models import Organisation, VillagePartner
from shibaiqian.policy.queries import parameters
from shibaiqian.policy.rules import KEY_OF
from shibaiqian.regions.queries import region_names
from shibaiqian.regions.rules import bare_county, bounds
from shibaiqian.selection.matching.explain import shortages
from shibaiqian.selection.matching.problem import Bits, Cap, PinsBreakCap, Problem, Rule, Solution
from shibaiqian.selection.matching.score import Candidate, Ints, Post, Weights, points, total
from shibaiqian.selection.matching.solve import solve
from shibaiqian.selection.matching.words import RULES, shortage_in_words
from shibaiqian.selection.models import Batch, MatchPlan, MatchWish, Nomination, PostNeed, RecusalFinding
from shibaiqian.selection.recusal import hits

UNITS, PERSONS = MatchPlan.Stage.UNITS, MatchPlan.Stage.PERSONS
SAME_TOWN = "同一单位在同一镇（街道）"
PARTS_OF_WEIGHTS = ("match_class", "match_skill", "match_rural", "match_county", "match_wish")


class WishesClash(Refused):
    """Pairs that were asked for cannot all be."""


@dataclass(frozen=True)
class Options:
    """How a plan weighs and limits. `of_unit`: most officials (or villages) of one unit in one town, 0 no limit; `villages`: of one unit."""

    weights: Weights = field(default_factory=Weights)
    of_unit: int = 2
    villages: int = 5
    within_units: bool = True

    def to_json(self) -> dict[str, Any]:
        """As a plan keeps them: hundredths of points, tenths of years."""
        return asdict(self)

    @classmethod
    def of_json(cls, said: Mapping[str, Any]) -> "Options":
        return cls(**{**said, "weights": Weights(**said["weights"])})

    @classmethod
    def in_force(cls, region: str, *, on: dt.date) -> "Options":
        """From the policy parameters of a place on a day. One query."""
        rows = parameters(region=region, on=on)

        def number(key: str) -> int:
            value = rows[key].value if key in rows else KEY_OF[key].default
            return round(value * 100)

        weights = Weights(**{key: number(key) for key in PARTS_OF_WEIGHTS}, rural_cap_tenths=number("match_rural_years") // 10)
        return cls(weights, of_unit=number("match_unit_in_town") // 100, villages=number("match_unit_villages") // 100)


@dataclass(frozen=True)
class Asked:
    """Which batch (none: posts outside batches), place, tier and stage; by which options; as of which day."""

    region: str
    batch: Batch | None
    tier_code: str
    stage: str
    on: dt.date
    options: Options

    @classmethod
    def of_plan(cls, plan: MatchPlan) -> "Asked":
        return cls(str(plan.region_id), plan.batch, plan.tier_code, plan.stage, plan.made_on, Options.of_json(plan.weights))


@dataclass(frozen=True)
class Stated:
    """The problem with the rows it came from. `takers` are nominations, or units once for every village they can take."""

    asked: Asked
    needs: Sequence[PostNeed]
    takers: Sequence[Any]
    candidates: Sequence[Candidate]
    posts: Sequence[Post]
    parts: Mapping[str, Ints]
    problem: Problem

    @cached_property
    def column_of(self) -> Mapping[uuid.UUID, int]:
        return {need.pk: j for j, need in enumerate(self.needs)}

    @cached_property
    def rows_of(self) -> Mapping[uuid.UUID, list[int]]:
        found: dict[uuid.UUID, list[int]] = defaultdict(list)
        for i, taker in enumerate(self.takers):
            found[taker.pk].append(i)
        return found

    def solved(self) -> Solution:
        """The best plan. Refuses wishes that a cap forbids, naming them."""
        try:
            return solve(self.problem)
        except PinsBreakCap as broken:
            cap = self.problem.caps[broken.cell.cap]
            pinned = {j: i for i, j in self.problem.pins}
            said = "、".join(f"{self.candidates[pinned[j]].name}到{self.posts[j].name}" for j in broken.posts)
            raise WishesClash(f"{cap.label}最多 {cap.limit} 名，而已指定{said}。请取消其中的指定，或修改政策参数。") from None

    def pair_parts(self, i: int, j: int) -> dict[str, int]:
        """The parts of a pair's points, hundredths."""
        return {part: int(matrix[i, j]) for part, matrix in self.parts.items()}

    def why_not(self, i: int, j: int) -> str:
        """The rules that forbid a pair, in words; empty when it may be."""
        return "、".join(RULES[rule] for rule in Rule if self.problem.blocked[i, j] & rule)

    def unfilled(self, solution: Solution) -> list[dict[str, Any]]:
        """Empty posts with their reason: posts with one reason together."""
        noun = "单位" if self.asked.stage == UNITS else "人选"
        return [
            {
                "needs": [str(self.needs[j].pk) for j in reason.posts if solution.person_of[j] < 0],
                "names": [self.posts[j].name for j in reason.posts if solution.person_of[j] < 0],
                "why": shortage_in_words(reason, problem=self.problem, candidates=self.candidates, posts=self.posts, noun=noun),
            }
            for reason in shortages(self.problem, solution)
        ]

    def plan_of(self, pairs: Mapping[uuid.UUID, uuid.UUID]) -> Ints:
        """Stored pairs (need → taker) as people of columns; what has gone meanwhile is empty."""
        person_of: Ints = np.full(len(self.posts), -1, dtype=np.int64)
        free = {key: list(rows) for key, rows in self.rows_of.items()}
        for need, taker in pairs.items():
            if need in self.column_of and free.get(taker):
                person_of[self.column_of[need]] = free[taker].pop(0)
        return person_of


def state(asked: Asked, *, by: Actor) -> Stated:
    """The problem of a batch as the actor sees it. A dozen queries, whatever the number of pairs."""
    by.must(Permission.MATCH)
    needs = list(open_needs(asked, by=by))
    takers: Sequence[Any]
    relatives: list[tuple[int, str]] = []
    if asked.stage == UNITS:
        takers = _slots(asked, by=by)
        candidates = _units_as_candidates(takers, asked, by=by)
    else:
        takers = nominations = list(open_nominations(asked, by=by))
        candidates, relatives = _with_recusals(_as_candidates(nominations, needs), nominations, needs, asked, by=by)
    posts = [_post(need) for need in needs]
    parts = points(candidates, posts, asked.options.weights)
    blocked = _blocked(asked, needs, takers)
    for i, host in relatives:
        inside = np.array([need.region_id.startswith(host) for need in needs], dtype=bool)
        blocked[i, inside] |= np.uint8(Rule.RECUSAL)
    stated = Stated(
        asked, needs, takers, candidates, posts, parts,
        Problem(total(parts), blocked, np.array([p.first for p in posts], dtype=bool), caps=_caps(asked, needs, takers)),
    )  # fmt: skip
    return _with_wishes(stated, by=by)


def open_needs(asked: Asked, *, by: Actor) -> "QuerySet[PostNeed]":
    """Confirmed posts that nobody is meant for yet; in the first stage those of villages without a unit."""
    low, high = bounds(asked.region)
    taken = Nomination.objects.visible_to(by).filter(need=OuterRef("pk")).exclude(state__in=["rejected", "withdrawn"])
    rows = PostNeed.objects.visible_to(by).filter(
        ~Exists(taken), region_id__gte=low, region_id__lt=high, batch=asked.batch, tier_code=asked.tier_code, state="confirmed"
    )
    if asked.stage == UNITS:
        rows = rows.filter(unit__isnull=True)
    found: QuerySet[PostNeed] = rows.select_related("unit", "region__parent").order_by("number", "pk")
    return found


def open_nominations(asked: Asked, *, by: Actor) -> "QuerySet[Nomination]":
    """Candidates under review that the place considers and that have no post yet."""
    low, high = bounds(asked.region)
    rows: QuerySet[Nomination] = Nomination.objects.visible_to(by).filter(
        region_id__gte=low, region_id__lt=high, batch=asked.batch, tier_code=asked.tier_code, state="gate_review", need__isnull=True
    )
    return rows.order_by("number", "pk")


def _post(need: PostNeed) -> Post:
    return Post(
        key=str(need.pk),
        name=need.host_name,
        region=str(need.region_id),
        village_types=tuple(filter(None, need.village_types.split("|"))),
        tags=frozenset(filter(None, need.need_tags.split("|"))),
        first=need.priority > 0,
    )


def _as_candidates(nominations: Sequence[Nomination], needs: Sequence[PostNeed]) -> list[Candidate]:
    """From the frozen facts. A county is known to who works there or whose native place or birthplace names it."""
    counties = sorted({str(need.region_id)[:6] for need in needs})
    short = {code: bare_county(name) for code, name in region_names(counties).items()}
    found = []
    for row in nominations:
        facts = row.facts
        words = f"{facts.get('native_place') or ''} {facts.get('birthplace') or ''}"
        known = {code for code, name in short.items() if name and name in words}
        found.append(
            Candidate(
                key=str(row.pk), name=row.cadre_name, unit=str(row.unit_id), unit_name=row.unit_name,
                department_class=facts.get("department_class") or "",
                skills=frozenset(filter(None, (facts.get("skills") or "").split("|"))),
                rural_tenths=int(facts.get("rural_experience_tenths") or 0),
                counties=frozenset(known | ({row.home_region[:6]} if len(row.home_region) >= 6 else set())),
                wishes=tuple(filter(str.isdecimal, row.wishes.split("|"))),
            )
        )  # fmt: skip
    return found


def _with_recusals(
    candidates: list[Candidate], nominations: Sequence[Nomination], needs: Sequence[PostNeed], asked: Asked, *, by: Actor
) -> tuple[list[Candidate], list[tuple[int, str]]]:
    """Candidates with their own villages, and (person, place) pairs that a relation or an open finding blocks."""
    place = {row.pk: i for i, row in enumerate(nominations)}
    found = hits(by, nominations, sorted({str(need.region_id) for need in needs}), on=asked.on) if nominations and needs else []
    own: dict[int, set[str]] = defaultdict(set)
    for hit in found:
        if hit.kind == "own_village":
            own[place[hit.nomination]].add(hit.host)
    blocked = [(place[hit.nomination], hit.host) for hit in found if hit.weight == RecusalFinding.Weight.BLOCK]
    standing = RecusalFinding.objects.visible_to(by).filter(nomination__in=list(place), weight=RecusalFinding.Weight.BLOCK)
    blocked += [(place[key], host) for key, host in standing.values_list("nomination_id", "host")]
    return [replace(c, villages=frozenset(own[i])) if i in own else c for i, c in enumerate(candidates)], blocked


def _slots(asked: Asked, *, by: Actor) -> list[Organisation]:
    """Units of the city and the counties in the place, and those bound to its villages, each once for every village it can still take.

    A unit takes at most `villages`, and not more than the officials that the register has of it.
    """
    low, high = bounds(asked.region)
    bound = VillagePartner.objects.visible_to(by).filter(region_id__gte=low, region_id__lt=high, until__isnull=True)
    partners = set(bound.values_list("unit_id", flat=True))
    here = Q(region_id__gte=low, region_id__lt=high, level__in=[Organisation.Level.CITY, Organisation.Level.COUNTY])
    units = Organisation.objects.filter(LIVE).filter(here | Q(pk__in=partners)).order_by("code", "pk")
    staff = Counter(Cadre.objects.visible_to(by).filter(unit__in=list(units)).values_list("unit_id", flat=True))
    needs = PostNeed.objects.visible_to(by).filter(batch=asked.batch, tier_code=asked.tier_code, unit__isnull=False)
    held = Counter(needs.exclude(state="closed").values_list("unit_id", flat=True))
    can = {unit.pk: min(asked.options.villages, staff[unit.pk] or 1) - held[unit.pk] for unit in units}
    return [unit for unit in units for _ in range(max(can[unit.pk], 0))]


def _units_as_candidates(units: Sequence[Organisation], asked: Asked, *, by: Actor) -> list[Candidate]:
    """A unit's wish is the village it is bound to already: what runs well goes on."""
    low, high = bounds(asked.region)
    bound: dict[uuid.UUID, list[str]] = defaultdict(list)
    rows = VillagePartner.objects.visible_to(by).filter(region_id__gte=low, region_id__lt=high, until__isnull=True)
    for unit, village in rows.values_list("unit_id", "region_id"):
        bound[unit].append(village)
    return [
        Candidate(
            key=str(unit.pk), name=unit.name, unit=str(unit.pk), unit_name=unit.name, department_class=unit.department_class,
            counties=frozenset({str(unit.region_id)[:6]} if len(str(unit.region_id)) >= 6 else ()), wishes=tuple(bound[unit.pk]),
        )
        for unit in units
    ]  # fmt: skip


def _blocked(asked: Asked, needs: Sequence[PostNeed], takers: Sequence[Any]) -> Bits:
    """Which pairs the rules forbid, but for recusal and wishes."""
    blocked = np.zeros((len(takers), len(needs)), dtype=np.uint8)
    if not len(takers) or not len(needs):
        return blocked
    places = np.array([str(need.region_id) for need in needs])
    outside = {place: ~np.char.startswith(places, place) for place in {str(t.region_id) for t in takers}}
    units = np.array([str(need.unit_id or "") for need in needs])
    for i, taker in enumerate(takers):
        blocked[i, outside[str(taker.region_id)]] |= np.uint8(Rule.PLACE)
        if asked.stage == UNITS:
            continue
        if any((verdict.get("weight") or verdict.get("result")) == "block" for verdict in taker.eligibility):
            blocked[i, :] |= np.uint8(Rule.ELIGIBILITY)
        if asked.options.within_units:
            blocked[i, (units != "") & (units != str(taker.unit_id))] |= np.uint8(Rule.UNIT)
    return blocked


def _caps(asked: Asked, needs: Sequence[PostNeed], takers: Sequence[Any]) -> tuple[Cap, ...]:
    """At most so many of one unit in a town; a village bound to the very unit is not counted, since that was decided."""
    if not asked.options.of_unit:
        return ()
    units = [str(t.pk if asked.stage == UNITS else t.unit_id) for t in takers]
    towns = [str(need.region_id)[:9] if len(str(need.region_id)) >= 9 else "" for need in needs]
    decided = [asked.stage == PERSONS and asked.options.within_units and need.unit_id is not None for need in needs]
    number = {text: n for n, text in enumerate(sorted({*units, *towns} - {""}))}
    people = np.array([number[unit] for unit in units], dtype=np.int64)
    posts = np.array([-1 if fixed or not town else number[town] for town, fixed in zip(towns, decided, strict=True)], dtype=np.int64)
    return (Cap(SAME_TOWN, asked.options.of_unit, people, posts),)


def _with_wishes(stated: Stated, *, by: Actor) -> Stated:
    """Pairs that must be and pairs that must not. A wish for somebody who is no longer to be had is passed over."""
    blocked = stated.problem.blocked
    pins: list[tuple[int, int]] = []
    wishes = MatchWish.objects.visible_to(by).filter(need__in=[need.pk for need in stated.needs]).order_by("pk")
    for wish in wishes:
        j = stated.column_of[wish.need_id]
        rows = stated.rows_of.get(wish.unit_id if stated.asked.stage == UNITS else wish.nomination_id, [])
        if wish.kind == MatchWish.Kind.FORBID:
            blocked[rows, j] |= np.uint8(Rule.EXCLUDED)
            continue
        free = [i for i in rows if i not in {i for i, _ in pins}]
        if free:
            if blocked[free[0], j]:
                raise WishesClash(
                    f"已指定{stated.candidates[free[0]].name}到{stated.posts[j].name}，但按规定不能安排：{stated.why_not(free[0], j)}。请先取消这项指定。"
                )
            pins.append((free[0], j))
    return replace(stated, problem=replace(stated.problem, blocked=blocked, pins=tuple(pins)))
