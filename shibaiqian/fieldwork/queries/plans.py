"""Plans and summaries of a month with what the records say of it; who still owes one; meetings."""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, TextField, Value, When

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import NotVisible
from shibaiqian.base import clock
from shibaiqian.fieldwork.models import MonthlyPlan, MonthlySummary, PlanItem, PracticalService, Visit, WorkLog, WorkLogItem, WorkMeeting
from shibaiqian.fieldwork.procedures import Period, last_day, month_of, moved
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
    plan_day, summary_day = _due(month)
    following = last_day(month) + dt.timedelta(days=1)
    plan, summary = month.replace(day=plan_day), following.replace(day=summary_day)
    periods: Sequence[Period] = periods_over(region, first=plan, last=summary)
    return moved(plan, periods), moved(summary, periods)


def _due(month: dt.date) -> tuple[int, int]:
    keys = ("plan_due_day", "summary_due_day")
    try:
        held = parameters_over(keys, region=settings.ROOT_REGION, days={month})
    except UnknownParameter:
        return int(KEY_OF[keys[0]].default), int(KEY_OF[keys[1]].default)
    return int(held[keys[0], month]), int(held[keys[1], month])


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


def owing(actor: Actor, *, what: str) -> QuerySet[Posting]:
    """Running postings of the scope whose plan of this month, or summary of the last one, is due and not submitted.

    `what` is `plan` or `summary`. Places in an emergency owe nothing while it lasts and as long after as the rule says.
    """
    today = clock.today()
    month = month_of(today) if what == "plan" else month_of(month_of(today) - dt.timedelta(days=1))
    due = due_days(month, region=actor.scope.region)[0 if what == "plan" else 1]
    rows: QuerySet[Posting] = Posting.objects.visible_to(actor)
    if today <= due or not actor.scope.region:
        return rows.none()
    model: Any = MonthlyPlan if what == "plan" else MonthlySummary
    there = model.objects.for_everyone(because="papers of postings the asker sees; the wall decides")
    there = there.filter(posting=OuterRef("pk"), month=month, state__in=["submitted", "heard"], voided_by__isnull=True)
    low, high = bounds(actor.scope.region)
    return rows.filter(~Exists(there), region__gte=low, region__lt=high, ended_on__isnull=True, arrived_on__lte=last_day(month))
