"""Sections of the slice: the months of one's own posting, what the places asked upward, problems that stand open."""

import datetime as dt
from typing import Any

from shibaiqian.access.actor import Actor
from shibaiqian.access.roles import Permission
from shibaiqian.base import clock
from shibaiqian.fieldwork.models import MonthlyPlan, MonthlySummary, PlanItem
from shibaiqian.fieldwork.procedures import month_of, next_month
from shibaiqian.fieldwork.queries import due_days, open_problems
from shibaiqian.postings.models import Posting
from shibaiqian.voice.models import UpwardRequest
from shibaiqian.voice.queries import deadlines
from shibaiqian.voice.queries import receivers as receivers_of
from shibaiqian.voice.queries import requests as requests_of

MOST_REQUESTS = MOST_PROBLEMS = 100


def plans(actor: Actor, posting: Posting | None) -> Any:
    """The month before, this one and the next: `[{month, plan_due, summary_due, plan?, plan_word?, items, summary?}]`. Nothing without a posting."""
    if posting is None or not actor.may(Permission.VIEW_PLANS):
        return None
    this = month_of(clock.today())
    months = [month_of(this - dt.timedelta(days=1)), this, next_month(this)]
    there = {"posting": posting, "month__in": months}
    found = {row.month: row for row in MonthlyPlan.objects.visible_to(actor).filter(**there)}
    summed = {row.month: row for row in MonthlySummary.objects.visible_to(actor).filter(**there)}
    items: dict[Any, list[dict[str, Any]]] = {}
    for item in PlanItem.objects.visible_to(actor).filter(plan__in=[row.pk for row in found.values()]).order_by("seq"):
        items.setdefault(item.plan_id, []).append(_item(item))
    due = due_days(this, region=posting.region_id)
    return [
        {
            "month": f"{month:%Y-%m}",
            **({"plan_due": due[0].isoformat(), "summary_due": due[1].isoformat()} if month == this else {}),
            "plan": found[month].state if month in found else None,
            **({"plan_word": found[month].word} if month in found and found[month].state == MonthlyPlan.State.RETURNED else {}),
            "items": items.get(found[month].pk, []) if month in found else [],
            "summary": _summary(summed[month]) if month in summed else None,
        }
        for month in months
    ]


def _item(item: PlanItem) -> dict[str, Any]:
    served = {what: str(key) for what in ("target", "household", "project") if (key := getattr(item, f"{what}_id"))}
    return {"seq": item.seq, "text": item.text, "outcome": item.outcome, "note": item.outcome_note, **served}


def _summary(row: MonthlySummary) -> dict[str, Any]:
    word = {"word": row.word} if row.state == MonthlySummary.State.RETURNED else {}
    return {"state": row.state, "text": row.text, "problems": row.problems, "facts": row.facts, **word}


def requests(actor: Actor, posting: Posting | None) -> Any:
    """What the places asked: `{open: [{id, title, kind, content, receiver, asked_on, due_on, state, answer, done_note, own}]}`, latest first.

    `due_on` counts emergencies; `own` is what the posting's official asked, who says whether it came.
    """
    if not actor.may(Permission.VIEW_REQUESTS):
        return None
    low, high = actor.scope.bounds
    rows = list(requests_of(actor).filter(region__gte=low, region__lt=high).select_related("receiver")[:MOST_REQUESTS])
    due = deadlines(rows)
    return {"open": [_request(row, due_on=due[row.pk], own=posting is not None and row.cadre == posting.cadre_id) for row in rows]}


def _request(row: UpwardRequest, *, due_on: dt.date, own: bool) -> dict[str, Any]:
    return {
        "id": str(row.pk), "title": row.title, "kind": row.kind, "content": row.content, "receiver": row.receiver.name,
        "asked_on": row.asked_on.isoformat(), "due_on": due_on.isoformat(), "state": row.state, "answer": row.answer,
        "done_note": row.done_note, "own": own,
    }  # fmt: skip


def receivers(actor: Actor, posting: Posting | None) -> Any:
    """Units that may be asked for something, the sending unit first: `[{id, name}]`."""
    if not actor.may(Permission.ASK_UPWARD):
        return None
    own = posting.unit_id if posting else None
    found = receivers_of(actor.scope.region, own=[own] if own else []).values_list("pk", "name")
    return [{"id": str(key), "name": name} for key, name in sorted(found, key=lambda unit: unit[0] != own)]


def problems(actor: Actor, posting: Posting | None) -> Any:
    """What was left open in the logs of the places: `[{id, on, household?, category, content, problem, due?}]`, the earliest due first."""
    if not actor.may(Permission.VIEW_FIELDWORK):
        return None
    return [
        {
            "id": str(row.pk), "category": row.category, "content": row.content, "problem": row.problem,
            **({"on": row.said_on.isoformat()} if row.said_on else {}),
            **({"household": str(row.household_id)} if row.household_id else {}),
            **({"due": row.follow_up_due.isoformat()} if row.follow_up_due else {}),
        }
        for row in open_problems(actor, region=actor.scope.region)[:MOST_PROBLEMS]
    ]  # fmt: skip
