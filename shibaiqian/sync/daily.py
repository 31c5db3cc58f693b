"""Sections of the slice: the months of one's own posting, and what the places asked upward. Small, so they are told whole each time."""

import datetime as dt
from typing import Any

from shibaiqian.access.actor import Actor
from shibaiqian.access.roles import Permission
from shibaiqian.base import clock
from shibaiqian.fieldwork.models import MonthlyPlan, MonthlySummary, PlanItem
from shibaiqian.fieldwork.procedures import month_of, next_month
from shibaiqian.fieldwork.queries import due_days
from shibaiqian.postings.models import Posting
from shibaiqian.sync.horizon import Horizon
from shibaiqian.voice.models import UpwardRequest
from shibaiqian.voice.queries import receivers
from shibaiqian.voice.queries import requests as requests_of

MOST_REQUESTS = 100


def plans(actor: Actor, posting: Posting | None, since: Horizon | None) -> Any:
    """The month before, this one and the next: `[{month, plan_due, summary_due, plan?, items, summary?}]`. Nothing without a posting."""
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
            "items": items.get(found[month].pk, []) if month in found else [],
            "summary": _summary(summed[month]) if month in summed else None,
        }
        for month in months
    ]


def _item(item: PlanItem) -> dict[str, Any]:
    served = {what: str(key) for what in ("target", "household", "project") if (key := getattr(item, f"{what}_id"))}
    return {"seq": item.seq, "text": item.text, "outcome": item.outcome, "note": item.outcome_note, **served}


def _summary(row: MonthlySummary) -> dict[str, Any]:
    return {"state": row.state, "text": row.text, "problems": row.problems, "facts": row.facts}


def requests(actor: Actor, posting: Posting | None, since: Horizon | None) -> Any:
    """What the places asked: `{open: [{id, title, kind, receiver, asked_on, due_on, state, answer}], receivers?: [{id, name}]}`.

    The units that may be asked are told with a whole slice only.
    """
    if not actor.may(Permission.VIEW_REQUESTS):
        return None
    low, high = actor.scope.bounds
    rows = requests_of(actor).filter(region__gte=low, region__lt=high).select_related("receiver")[:MOST_REQUESTS]
    said: dict[str, Any] = {"open": [_request(row) for row in rows]}
    if since is None:
        own = [posting.unit_id] if posting else []
        said["receivers"] = [{"id": str(key), "name": name} for key, name in receivers(low, own=own).values_list("pk", "name")]
    return said


def _request(row: UpwardRequest) -> dict[str, Any]:
    return {
        "id": str(row.pk), "title": row.title, "kind": row.kind, "receiver": row.receiver.name, "asked_on": row.asked_on.isoformat(),
        "due_on": row.due_on.isoformat(), "state": row.state, "answer": row.answer,
    }  # fmt: skip
