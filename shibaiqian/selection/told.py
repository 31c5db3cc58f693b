"""A match for the command line: the same plan as on the page, as data and as text."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused
from shibaiqian.regions.models import Region
from shibaiqian.selection.models import Batch, MatchPair, MatchPlan
from shibaiqian.selection.plan_queries import gap_percent, name_of
from shibaiqian.selection.plans import freeze_plan, match_batch, pairs_of, propose
from shibaiqian.selection.problems import Asked, Options

OUTSIDE = "-"  # instead of a batch: posts outside batches


class UnknownBatch(Refused):
    """There is no batch of this name."""


def matched(name: str, *, tier_code: str, stage: str, on: dt.date, freeze: bool, by: Actor) -> dict[str, Any]:
    """The best plan of a batch in the actor's region; kept and frozen only when asked."""
    batch = None if name == OUTSIDE else Batch.objects.filter(name=name).order_by("-opened_on", "pk").first()
    if batch is None and name != OUTSIDE:
        known = "、".join(Batch.objects.order_by("-opened_on", "pk").values_list("name", flat=True)[:10]) or "还没有批次"
        raise UnknownBatch(f"没有名为“{name}”的批次。现有：{known}。")
    region = by.scope.region
    if not freeze:
        asked = Asked(region, batch, tier_code, stage, on, Options.in_force(region, on=on))
        plan, pairs = propose(asked, name="", by=by)
        return as_json(plan, pairs)
    plan = match_batch(Region.objects.get(pk=region), batch=batch, tier_code=tier_code, stage=stage, name="", on=on, by=by)
    plan = freeze_plan(plan, on=on, by=by)
    return as_json(plan, pairs_of(plan, by=by))


def as_json(plan: MatchPlan, pairs: Sequence[MatchPair]) -> dict[str, Any]:
    """A plan as the command line says it: points, bound, gap, pairs with parts, empty posts with reasons."""
    return {
        "batch": plan.batch.name if plan.batch else "", "region": str(plan.region_id), "tier": plan.tier_code, "stage": plan.stage,
        "name": plan.name, "made_on": plan.made_on.isoformat(), "state": plan.state, "score": plan.score / 100, "bound": plan.bound / 100,
        "gap_percent": round(gap_percent(plan), 4), "options": plan.weights,
        "pairs": [
            {
                "need": p.need.number, "host": p.need.host_name, "region": str(p.need.region_id), "title": p.need.title, "name": name_of(p),
                "nomination": p.nomination.number if p.nomination else "", "unit": p.nomination.unit_name if p.nomination else name_of(p),
                "score": p.score / 100, "parts": {part: value / 100 for part, value in p.parts.items()}, "override": p.override_reason,
            }
            for p in pairs
        ],
        "unfilled": plan.unfilled,
    }  # fmt: skip


def told(found: dict[str, Any]) -> str:
    """The same for a person: a head line, a line a pair, the reasons of empty posts."""
    empty = sum(len(entry["needs"]) for entry in found["unfilled"])
    head = (
        f"{found['batch'] or '批次以外（补派）'} {found['tier']} {found['region']}：已配 {len(found['pairs'])}，空缺 {empty}，"
        f"总分 {found['score']:,.2f}，上限 {found['bound']:,.2f}，差 {found['gap_percent']:.2f}%"
    )
    pairs = [f"{pair['need']}\t{pair['host']}\t{pair['name']}\t{pair['unit']}\t{pair['score']:.2f}" for pair in found["pairs"]]
    return "\n".join([head, *pairs, *(entry["why"] for entry in found["unfilled"])])
