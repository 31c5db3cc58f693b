"""Plans and summaries of a month with what the records say of it; who still owes one; meetings."""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, TextField, Value, When

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import NotVisible
from shibaiqian.base import clock
from shibaiqian.fieldwork.models import MonthlyPlan, MonthlySummary, PlanItem, PracticalService, Visit, WorkLog, WorkLogItem, WorkMeeting
from shibaiqian.fieldwork.procedures import last_day, month_of, moved, next_month
from shibaiqian.fieldwork.queries.emergencies import periods_over
from shibaiqian.policy.queries import UnknownParameter, parameters_over
from shibaiqian.policy.rules import KEY_OF
from shibaiqian.postings.models import Posting
from shibaiqian.regions.rules import bounds


@dataclass(frozen=True)
class MonthFile:
    """One official's month: plan with its things, summary, what the records count now, the days both are due."""

    plan: MonthlyPlan | None
    items: Sequence[PlanItem]
    summary: MonthlySummary | None
    facts: Mapping[str, int]
    plan_due: dt.date
    summary_due: dt.date


def plans(actor: Actor) -> QuerySet[MonthlyPlan]:
    rows: QuerySet[MonthlyPlan] = MonthlyPlan.objects.visible_to(actor)
    return rows.order_by("-month", "-id")


def summaries(actor: Actor) -> QuerySet[MonthlySummary]:
    rows: QuerySet[MonthlySummary] = MonthlySummary.objects.visible_to(actor)
    return rows.order_by("-month", "-id")


def meetings(actor: Actor) -> QuerySet[WorkMeeting]:
    """Work meetings in sight, latest first."""
    rows: QuerySet[WorkMeeting] = WorkMeeting.objects.visible_to(actor)
    return rows.order_by("-on", "-id")


def plan_of(actor: Actor, key: uuid.UUID) -> MonthlyPlan:
    """One plan; as if absent outside the actor's scope."""
    found: MonthlyPlan | None = MonthlyPlan.objects.visible_to(actor).filter(pk=key).first()
    if found is None:
        raise NotVisible(MonthlyPlan.__name__)
    return found


def month_file(actor: Actor, posting: Posting, month: dt.date) -> MonthFile:
    """The month of a posting. What was submitted shows the counts as they stood then."""
    plan = MonthlyPlan.objects.visible_to(actor).filter(posting=posting, month=month).first()
    summary = MonthlySummary.objects.visible_to(actor).filter(posting=posting, month=month).first()
    items = PlanItem.objects.visible_to(actor).filter(plan=plan).select_related("target", "household", "project").order_by("seq")
    frozen = summary.facts if summary and summary.facts else None
    facts = frozen or facts_of(actor, posting=posting.pk, first=month, last=last_day(month))
    plan_due, summary_due = due_days(month, region=posting.region_id)
    return MonthFile(plan, list(items) if plan else [], summary, facts, plan_due, summary_due)


def due_days(month: dt.date, *, region: str) -> tuple[dt.date, dt.date]:
    """When the plan and the summary of a month are due: a day of the month, and of the next; later where an emergency stood."""
    days = _due({month})[month]
    plan, summary = _plan_due(month, days), _summary_due(month, days)
    periods = periods_over(region, first=plan, last=summary)
    return moved(plan, periods), moved(summary, periods)


def _plan_due(month: dt.date, days: tuple[int, int]) -> dt.date:
    return month.replace(day=days[0])


def _summary_due(month: dt.date, days: tuple[int, int]) -> dt.date:
    return next_month(month).replace(day=days[1])


def _due(months: Set[dt.date]) -> dict[dt.date, tuple[int, int]]:
    """The days of the month on which plans and summaries of these months are due. One query."""
    keys = ("plan_due_day", "summary_due_day")
    try:
        held = parameters_over(keys, region=settings.ROOT_REGION, days=months)
    except UnknownParameter:
        return {month: (int(KEY_OF[keys[0]].default), int(KEY_OF[keys[1]].default)) for month in months}
    return {month: (int(held[keys[0], month]), int(held[keys[1], month])) for month in months}


def facts_of(actor: Actor, *, posting: uuid.UUID, first: dt.date, last: dt.date) -> dict[str, int]:
    """What the records count of a posting from first to last day; codes of `FACTS`. One query, a row for each record."""
    within = {"posting": posting, "on__gte": first, "on__lte": last}
    items = WorkLogItem.objects.visible_to(actor).filter(log__posting=posting, log__on__gte=first, log__on__lte=last)
    visits, services = Visit.objects.visible_to(actor).filter(**within), PracticalService.objects.visible_to(actor).filter(**within)
    confirmed = Case(When(confirmation="", then=Value("service")), default=Value("confirmed"), output_field=TextField())
    parts = [
        rows.order_by().annotate(what=what, whose=F(whose)).values_list("what", "whose")
        for rows, what, whose in (
            (items, Value("item"), "log_id"),
            (visits, Value("visit"), "household_id"),
            (services, confirmed, "posting_id"),
        )
    ]
    found = list(parts[0].union(*parts[1:], all=True))
    kinds = Counter(what for what, _whose in found)
    return {
        "days": len({whose for what, whose in found if what == "item"}), "items": kinds["item"], "visits": kinds["visit"],
        "households": len({whose for what, whose in found if what == "visit"}), "services": kinds["service"] + kinds["confirmed"],
        "confirmed": kinds["confirmed"],
    }  # fmt: skip


def records_of(actor: Actor, *, posting: Posting, first: dt.date, last: dt.date, what: str) -> Sequence[Any]:
    """The records behind a count of `facts_of`, latest first: `on`, `content`, `household`; at most 500."""
    within = {"on__gte": first, "on__lte": last}
    rows: QuerySet[Any]
    match what:
        case "days":
            logs = WorkLog.objects.visible_to(actor).filter(posting=posting, **within).prefetch_related(None)
            return list(logs.annotate(things=Count("items")).filter(things__gt=0).order_by("-on", "-id")[:500])
        case "items":
            rows = WorkLogItem.objects.visible_to(actor).filter(log__posting=posting, log__on__gte=first, log__on__lte=last)
            return list(rows.select_related("log", "household").order_by("-log__on", "-id")[:500])
        case "visits":
            rows = Visit.objects.visible_to(actor).filter(posting=posting, **within).select_related("household")
        case "households":
            rows = Visit.objects.visible_to(actor).filter(posting=posting, **within).select_related("household")
            return list({row.household_id: row for row in rows.order_by("on", "id")[:500]}.values())
        case "services":
            rows = PracticalService.objects.visible_to(actor).filter(posting=posting, **within).select_related("household")
        case "confirmed":
            rows = PracticalService.objects.visible_to(actor).filter(~Q(confirmation=""), posting=posting, **within)
            rows = rows.select_related("household")
        case _:
            raise NotVisible(what)
    return list(rows.order_by("-on", "-id")[:500])


def owing(actor: Actor) -> dict[str, QuerySet[Posting]]:
    """Running postings of the scope by what is due and not submitted: `plan` of this month, `summary` of the last one.

    Places in an emergency owe nothing while it lasts and as long after as the rule says. Two queries besides the rows.
    """
    today, region = clock.today(), actor.scope.region
    this, before = month_of(today), month_of(month_of(today) - dt.timedelta(days=1))
    days = _due({this, before})
    due = {"plan": _plan_due(this, days[this]), "summary": _summary_due(before, days[before])}
    periods = periods_over(region, first=min(due.values()), last=max(due.values()))
    late = {what: bool(region) and today > moved(day, periods) for what, day in due.items()}
    return {
        "plan": _without(actor, MonthlyPlan, this, late=late["plan"]), "summary": _without(actor, MonthlySummary, before, late=late["summary"]),
    }  # fmt: skip


def _without(actor: Actor, model: Any, month: dt.date, *, late: bool) -> QuerySet[Posting]:
    rows: QuerySet[Posting] = Posting.objects.visible_to(actor)
    if not late:
        return rows.none()
    there = model.objects.for_everyone(because="papers of postings the asker sees; the wall decides")
    there = there.filter(posting=OuterRef("pk"), month=month, state__in=["submitted", "heard"], voided_by__isnull=True)
    low, high = bounds(actor.scope.region)
    return rows.filter(~Exists(there), region__gte=low, region__lt=high, ended_on__isnull=True, arrived_on__lte=last_day(month))
