"""Plans of who goes where: made by matching, adjusted with reasons, one of them frozen into needs and nominations, or thawed again.

A plan is a proposal; what the second best would be and what a wish would change is computed when asked and kept nowhere.
"""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from django.db import connection
from django.db.models import Q

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import NotVisible, Refused, command, current_event, note_in_event
from shibaiqian.access.roles import Permission
from shibaiqian.access.rows import Rows
from shibaiqian.base import clock
from shibaiqian.base.bulk import staged
from shibaiqian.organisations.models import Organisation
from shibaiqian.regions.models import Region
from shibaiqian.selection.hosted import hosted_needs
from shibaiqian.selection.matching.problem import Ints
from shibaiqian.selection.models import Batch, MatchPair, MatchPlan, MatchWish, Nomination, PostNeed
from shibaiqian.selection.needs import bind_units
from shibaiqian.selection.nominations import consider_in
from shibaiqian.selection.problems import PERSONS, UNITS, Asked, Options, Stated, WishesClash, state
from shibaiqian.selection.recusal import must_be_impartial
from shibaiqian.selection.rules import NEED, NOMINATION, PLAN
from shibaiqian.selection.steps import advance, happened, locked


class NothingToMatch(Refused):
    """There are no open posts, or nobody to take them."""


class PairForbidden(Refused):
    """A hard rule or a cap forbids this pair."""


class PlanOutdated(Refused):
    """What the plan stands on has changed since it was made."""


class ReasonMissing(Refused):
    """Who decides otherwise says why."""


@command(Permission.MATCH)
def match_batch(
    region: Region, *, batch: Batch | None, tier_code: str, stage: str, name: str, on: dt.date, options: Options | None = None, by: Actor
) -> MatchPlan:
    """Propose who goes where among the open posts of a batch in this region, as of a day, and keep it as a plan with its bound.

    Without `options` the policy parameters in force on that day weigh and limit. Several plans may stand beside each other.
    """
    happened(on, what="方案日期")
    asked = Asked(region.code, batch, tier_code, stage, on, options or Options.in_force(region.code, on=on))
    plan, pairs = propose(asked, name=name.strip() or _next_name(asked, by=by), by=by)
    for row in (plan, *pairs):
        row.event = current_event()
    MatchPlan.unscoped.bulk_create([plan])
    MatchPair.unscoped.bulk_create(pairs)
    note_in_event(pairs=len(pairs), unfilled=sum(len(entry["needs"]) for entry in plan.unfilled), score=plan.score)
    return plan


def propose(asked: Asked, *, name: str, by: Actor) -> tuple[MatchPlan, list[MatchPair]]:
    """A plan and its pairs, not kept."""
    stated = state(asked, by=by)
    _must_have_both(stated)
    solution = stated.solved()
    plan = MatchPlan(
        batch=asked.batch, region_id=asked.region, tier_code=asked.tier_code, stage=asked.stage, name=name, made_on=asked.on,
        weights=asked.options.to_json(), score=solution.score, bound=solution.bound, unfilled=stated.unfilled(solution), state="proposed",
    )  # fmt: skip
    return plan, [_pair(plan, stated, int(i), j) for j, i in enumerate(solution.person_of) if i >= 0]


def _must_have_both(stated: Stated) -> None:
    if not stated.needs:
        raise NothingToMatch("没有待匹配的岗位：岗位须已确认，且尚无人选（定单位时尚无包村单位）。请先确认岗位。")
    if not stated.takers:
        raise NothingToMatch(
            "没有可匹配的单位：请先登记本地的市、县直单位。"
            if stated.asked.stage == UNITS
            else "没有可匹配的人选：人选须已通过资格审查并进入四关审查。请先办理推荐和审查。"
        )


def _next_name(asked: Asked, *, by: Actor) -> str:
    plans = MatchPlan.objects.visible_to(by).filter(batch=asked.batch, tier_code=asked.tier_code, stage=asked.stage, region_id=asked.region)
    return f"方案{plans.count() + 1}"


def _pair(plan: MatchPlan, stated: Stated, i: int, j: int, *, reason: str = "") -> MatchPair:
    units = plan.stage == UNITS
    return MatchPair(
        plan=plan, plan_region=str(plan.region_id), need=stated.needs[j], nomination=None if units else stated.takers[i],
        unit=stated.takers[i] if units else None, score=int(stated.problem.points[i, j]), parts=stated.pair_parts(i, j),
        override_reason=reason,
    )  # fmt: skip


@command(Permission.MATCH)
def discard_plan(plan: MatchPlan, *, by: Actor) -> MatchPlan:
    """Put a proposed plan aside; it stays readable."""
    plan.state = PLAN.next(plan.state, "discard_plan", named=plan.name)
    plan.save(update_fields=["state"])
    return plan


@command(Permission.MATCH)
def pin_pair(need: PostNeed, *, nomination: uuid.UUID | None = None, unit: uuid.UUID | None = None, reason: str, by: Actor) -> MatchWish:
    """Ask that this official (or unit) gets this post in every plan made from now on. A post has one pin, and so has an official."""
    return _wish(need, MatchWish.Kind.PIN, nomination=nomination, unit=unit, reason=reason, by=by)


@command(Permission.MATCH)
def forbid_pair(need: PostNeed, *, nomination: uuid.UUID | None = None, unit: uuid.UUID | None = None, reason: str, by: Actor) -> MatchWish:
    """Ask that this official (or unit) does not get this post in any plan made from now on."""
    return _wish(need, MatchWish.Kind.FORBID, nomination=nomination, unit=unit, reason=reason, by=by)


@command(Permission.MATCH)
def drop_wish(wish: MatchWish, *, by: Actor) -> MatchWish:
    """Take back a pin or an exclusion."""
    wish.voided_by = current_event()
    wish.save(update_fields=["voided_by"])
    return wish


def _wish(
    need: PostNeed, kind: "MatchWish.Kind", *, nomination: uuid.UUID | None, unit: uuid.UUID | None, reason: str, by: Actor
) -> MatchWish:
    taker = nomination or unit
    if taker is None or (nomination and unit):
        raise Refused("请选定一名人选或一个单位。")
    said = _said(reason, str(kind.label))
    if not hosted_needs(by).filter(pk=need.pk).exists():
        raise NotVisible(PostNeed.__name__)
    _must_be_there(nomination, unit, by=by)
    standing = MatchWish.objects.visible_to(by).filter(need=need, nomination=nomination, unit=unit)
    standing.update(voided_by=current_event())
    if kind == MatchWish.Kind.PIN:
        _must_be_free(need, nomination, by=by)
        _must_be_allowed(need, taker, stage=PERSONS if nomination else UNITS, by=by)
    return MatchWish.unscoped.create(
        region_id=str(need.region_id)[:6], batch=need.batch, need=need, nomination_id=nomination, unit_id=unit, kind=kind, reason=said,
        event=current_event(),
    )  # fmt: skip


def _must_be_there(nomination: uuid.UUID | None, unit: uuid.UUID | None, *, by: Actor) -> None:
    if nomination is None:
        if not Organisation.objects.filter(pk__in=[unit], voided_by__isnull=True).exists():
            raise NotVisible(Organisation.__name__)
        return
    row = Nomination.objects.visible_to(by).filter(pk=nomination).first()
    if row is None:
        raise NotVisible(Nomination.__name__)
    must_be_impartial(by, [row])


def _must_be_free(need: PostNeed, nomination: uuid.UUID | None, *, by: Actor) -> None:
    pins = MatchWish.objects.visible_to(by).filter(kind=MatchWish.Kind.PIN)
    mine = Q(need=need) | (Q(nomination=nomination) if nomination else Q(pk__in=[]))
    other = pins.filter(mine, nomination__isnull=nomination is None).select_related("need", "nomination", "unit").first()
    if other is not None:
        who = other.nomination.cadre_name if other.nomination else other.unit.name
        raise WishesClash(f"已指定{who}到{other.need.host_name}（{other.reason}）。请先取消那项指定，再另行指定。")


def _must_be_allowed(need: PostNeed, taker: uuid.UUID, *, stage: str, by: Actor) -> None:
    today = clock.today()
    options = Options.in_force(str(need.region_id)[:6], on=today)
    stated = state(Asked(by.scope.region, need.batch, need.tier_code, stage, today, options), by=by)
    column, rows = stated.column_of.get(need.pk), stated.rows_of.get(taker, [])
    if column is None or not rows:
        raise PlanOutdated(f"{need.host_name}或所选人选（单位）已不在待匹配之列，请刷新页面。")
    if why := stated.why_not(rows[0], column):
        raise PairForbidden(f"{stated.candidates[rows[0]].name}不能安排到{need.host_name}：{why}。")


@command(Permission.MATCH)
def override_pair(plan: MatchPlan, *, need: uuid.UUID, taker: uuid.UUID | None, reason: str, by: Actor) -> MatchPlan:
    """Put another official (or unit) at a post of a proposed plan, or nobody. The two exchange places where the rules allow it.

    Hard rules, pins and caps hold here too; only the points may be worse than proposed. The reason stays with the pair.
    """
    plan.state = PLAN.next(plan.state, "override_pair", named=plan.name)
    said = _said(reason, "调整")
    stated = state(Asked.of_plan(plan), by=by)
    before = stated.plan_of({pair.need_id: _taker(pair) for pair in pairs_of(plan, by=by)})
    if need not in stated.column_of or (taker is not None and taker not in stated.rows_of):
        raise PlanOutdated("所选岗位或人选（单位）已不在待匹配之列，请重新生成方案。")
    j = stated.column_of[need]
    after = exchanged(stated, before, j, taker)
    must_hold(stated, after, j)
    if taker is not None and plan.stage == PERSONS:
        must_be_impartial(by, [stated.takers[int(after[j])]])
    _keep_changes(plan, stated, before, after, reason=said, by=by)
    return plan


def exchanged(stated: Stated, before: Ints, j: int, taker: uuid.UUID | None) -> Ints:
    """The plan with a taker (or nobody) at a post; who stood there goes where the taker came from, if that may be."""
    after = before.copy()
    if taker is None:
        after[j] = -1
        return after
    used = set(before.tolist())
    rows = stated.rows_of[taker]
    if int(before[j]) in rows:
        return after
    i = next((row for row in rows if row not in used), rows[0])
    held, other = np.flatnonzero(before == i), int(before[j])
    after[j] = i
    if held.size:
        after[held[0]] = other if other >= 0 and not stated.problem.blocked[other, held[0]] else -1
    return after


def must_hold(stated: Stated, after: Ints, j: int) -> None:
    """Refuse a changed plan that breaks a hard rule at this post, a pin or a cap."""
    i = int(after[j])
    if i >= 0 and (why := stated.why_not(i, j)):
        raise PairForbidden(f"{stated.candidates[i].name}不能安排到{stated.posts[j].name}：{why}。")
    for pinned, at in stated.problem.pins:
        if after[at] != pinned:
            raise WishesClash(f"已指定{stated.candidates[pinned].name}到{stated.posts[at].name}，这样调整会违反指定。请先取消指定。")
    for cell in stated.problem.broken(after):
        cap = stated.problem.caps[cell.cap]
        raise PairForbidden(f"{cap.label}最多 {cap.limit} 名，这样调整会超出。请另选，或修改政策参数。")


def _keep_changes(plan: MatchPlan, stated: Stated, before: Ints, after: Ints, *, reason: str, by: Actor) -> None:
    changed = [int(j) for j in np.flatnonzero(before != after)]
    needs = [stated.needs[j] for j in changed]
    MatchPair.objects.visible_to(by).filter(plan=plan, need__in=needs).update(voided_by=current_event())
    pairs = [_pair(plan, stated, int(after[j]), int(j), reason=reason) for j in changed if after[j] >= 0]
    for pair in pairs:
        pair.event = current_event()
    MatchPair.unscoped.bulk_create(pairs)
    filled = {str(stated.needs[j].pk) for j in changed if after[j] >= 0}
    emptied = [stated.needs[j] for j in changed if after[j] < 0]
    kept = [_without(entry, filled) for entry in plan.unfilled]
    plan.unfilled = [entry for entry in kept if entry["needs"]] + [
        {"needs": [str(need.pk)], "names": [need.host_name], "why": f"{need.host_name}人工调整后空缺：{reason}"} for need in emptied
    ]
    at = np.flatnonzero(after >= 0)
    plan.score = int(stated.problem.points[after[at], at].sum())
    plan.save(update_fields=["score", "unfilled"])
    note_in_event(changed=len(changed), score=plan.score)


def _without(entry: Mapping[str, Any], filled: set[str]) -> dict[str, Any]:
    left = [(key, name) for key, name in zip(entry["needs"], entry["names"], strict=True) if key not in filled]
    return {**entry, "needs": [key for key, _ in left], "names": [name for _, name in left]}


@command(Permission.MATCH)
def freeze_plan(plan: MatchPlan, *, on: dt.date, reason: str = "", by: Actor) -> MatchPlan:
    """Make a plan the one that counts. Persons: each nomination gets its post and is matched; units: villages are bound to them.

    All or nothing, by what holds now: a post filled meanwhile, an official who withdrew or a relation found since refuses it.
    """
    plan.state = PLAN.next(plan.state, "freeze_plan", named=plan.name)
    happened(on, what="确定日期", after=plan.made_on, after_what="方案日期")
    pairs = pairs_of(plan, by=by)
    locked(PostNeed, keys=[pair.need_id for pair in pairs], flow=NEED, step="fill_needs", by=by)
    if plan.stage == PERSONS:
        _freeze_persons(plan, pairs, by=by)
    else:
        _freeze_units(plan, pairs, on=on, by=by)
    plan.frozen_reason = reason.strip()
    plan.save(update_fields=["state", "frozen_reason"])
    note_in_event(pairs=len(pairs))
    return plan


def _must_still_hold(plan: MatchPlan, pairs: Sequence[MatchPair], *, by: Actor) -> None:
    stated = state(Asked.of_plan(plan), by=by)
    for pair in pairs:
        rows, column = stated.rows_of.get(_taker(pair)), stated.column_of.get(pair.need_id)
        who = pair.nomination.cadre_name if pair.nomination else pair.unit.name if pair.unit else ""
        if column is None or not rows:
            raise PlanOutdated(f"{pair.need.host_name}与{who}这一对已不能办理：岗位或人选在方案生成后有变动。请重新生成方案。")
        if why := stated.why_not(rows[0], column):
            raise PairForbidden(f"{who}不能安排到{pair.need.host_name}：{why}。请调整方案后再确定。")


def _freeze_persons(plan: MatchPlan, pairs: Sequence[MatchPair], *, by: Actor) -> None:
    rows = {row.pk: row for row in locked(Nomination, keys=[_taker(p) for p in pairs], flow=NOMINATION, step="match", by=by)}
    must_be_impartial(by, list(rows.values()))
    _must_still_hold(plan, pairs, by=by)
    for pair in pairs:
        pair.considered_in = str(rows[_taker(pair)].region_id)
    MatchPair.unscoped.bulk_update(pairs, ["considered_in"])
    ordered = [rows[_taker(pair)] for pair in pairs]
    _set_needs(pairs)
    advance(ordered, flow=NOMINATION, step="match", by=by)
    consider_in(ordered, regions=[str(pair.need.region_id) for pair in pairs], by=by)


def _set_needs(pairs: Sequence[MatchPair]) -> None:
    frame = pl.DataFrame({
        "nomination": [str(_taker(p)) for p in pairs], "need": [str(p.need_id) for p in pairs], "reason": [p.override_reason for p in pairs],
    })  # fmt: skip
    with staged(frame, {"nomination": "uuid", "need": "uuid", "reason": "text"}) as stage, connection.cursor() as cursor:
        cursor.execute(
            f"update selection_nomination n set need_id = s.need, match_reason = s.reason from {stage} s where n.id = s.nomination"  # noqa: S608
        )


def _freeze_units(plan: MatchPlan, pairs: Sequence[MatchPair], *, on: dt.date, by: Actor) -> None:
    _must_still_hold(plan, pairs, by=by)
    frame = pl.DataFrame({
        "row": list(range(1, len(pairs) + 1)), "number": [p.need.number for p in pairs], "unit_code": [p.unit.code for p in pairs if p.unit],
        "since": [on] * len(pairs),
    })  # fmt: skip
    bind_units(plan.region, rows=Rows(frame, sheet=""), by=by)


@command(Permission.MATCH)
def thaw_plan(plan: MatchPlan, *, reason: str, by: Actor) -> MatchPlan:
    """Take a frozen plan back while nothing of it is decided: officials return to review where they were considered.

    Who withdrew or was rejected meanwhile is left alone. Villages lose the plan's unit for the post; the unit stays bound to the
    village until another is, because that was announced.
    """
    plan.state = PLAN.next(plan.state, "thaw_plan", named=plan.name)
    said = _said(reason, "撤销")
    pairs = pairs_of(plan, by=by)
    if plan.stage == PERSONS:
        mine = Nomination.objects.visible_to(by).filter(need__in=[pair.need_id for pair in pairs])
        held = set(mine.exclude(state__in=["rejected", "withdrawn"]).values_list("pk", "need_id"))
        back = [pair for pair in pairs if (_taker(pair), pair.need_id) in held]
        if back:
            _take_back(back, by=by)
    else:
        for pair in pairs:
            PostNeed.objects.visible_to(by).filter(pk=pair.need_id, unit=pair.unit, state="confirmed").update(unit=None)
    plan.frozen_reason = said
    plan.save(update_fields=["state", "frozen_reason"])
    return plan


def _take_back(pairs: Sequence[MatchPair], *, by: Actor) -> None:
    rows = {row.pk: row for row in locked(Nomination, keys=[_taker(p) for p in pairs], flow=NOMINATION, step="unmatch", by=by)}
    ordered = [rows[_taker(pair)] for pair in pairs]
    advance(ordered, flow=NOMINATION, step="unmatch", by=by, need=None, match_reason="")
    consider_in(ordered, regions=[pair.considered_in for pair in pairs], by=by)


def pairs_of(plan: MatchPlan, *, by: Actor) -> list[MatchPair]:
    """The pairs of a plan by the number of the post, with post, official and unit. One query."""
    rows = MatchPair.objects.visible_to(by).filter(plan=plan)
    return list(rows.select_related("need__region", "nomination", "unit").order_by("need__number", "pk"))


def _taker(pair: MatchPair) -> uuid.UUID:
    key = pair.nomination_id or pair.unit_id
    assert key is not None, "a pair has an official or a unit"
    return key


def _said(reason: str, what: str) -> str:
    if not reason.strip():
        raise ReasonMissing(f"请写明{what}的理由。")
    return reason.strip()
