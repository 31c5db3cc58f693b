"""Reading logs, visits and services: by key, latest first; what one household received; the ledger to export.

Rows name the official themselves: the posting may lie outside the actor's scope, and a join would drop the row.
"""

import datetime as dt
import uuid
from typing import Any, TypeVar

import polars as pl
from django.db.models import DateField, Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery

from shibaiqian.access.actor import Actor
from shibaiqian.assistance.queries import POSTING_NUMBER, roster_of
from shibaiqian.base import clock
from shibaiqian.fieldwork.excel import COLUMNS, LOG_COLUMNS
from shibaiqian.fieldwork.models import PracticalService, Visit, WorkLog, WorkLogItem
from shibaiqian.households.models import Household
from shibaiqian.postings.models import Posting

# The date and id of the last row of the page before.
After = tuple[dt.date, uuid.UUID]
Rows = TypeVar("Rows", bound="QuerySet[Any]")


def days_with_things(actor: Actor) -> QuerySet[WorkLog]:
    """Days of work in sight; who sees the things of some households alone sees the days that have such things."""
    rows: QuerySet[WorkLog] = WorkLog.objects.visible_to(actor)
    return rows if actor.scope.groups is None else rows.filter(Exists(WorkLogItem.objects.visible_to(actor).filter(log=OuterRef("pk"))))


def logs(actor: Actor, *, region: str, posting: Posting | None = None, after: After | None = None) -> QuerySet[WorkLog]:
    """Work logs of a place (or of one posting) with their items, latest day first."""
    rows = days_with_things(actor).filter(region__gte=region, region__lt=f"{region}:")
    rows = rows.filter(posting=posting) if posting else rows
    return _paged(rows, after).select_related("region").prefetch_related(_items(actor))


def timeline(
    actor: Actor, *, region: str = "", month: dt.date | None = None, category: str = "", household: uuid.UUID | None = None
) -> QuerySet[WorkLog]:
    """Days of work of a place with their items, for a page by key; narrowed to a month, a category, a household."""
    rows = days_with_things(actor)
    if region:
        rows = rows.filter(region__gte=region, region__lt=f"{region}:")
    if month is not None:
        rows = rows.filter(on__gte=month, on__lt=(month + dt.timedelta(days=31)).replace(day=1))
    if category or household:
        wanted = WorkLogItem.objects.visible_to(actor).filter(log=OuterRef("pk"))
        wanted = wanted.filter(category=category) if category else wanted
        rows = rows.filter(Exists(wanted.filter(household=household) if household else wanted))
    return rows.select_related("region", "posting").prefetch_related(_items(actor)).order_by("-on", "-id")


def todays_log(actor: Actor, posting: Posting) -> WorkLog | None:
    """The log of today, if something was written."""
    return WorkLog.objects.visible_to(actor).filter(posting=posting, on=clock.today()).prefetch_related(_items(actor)).first()


def visits(actor: Actor, *, region: str, after: After | None = None) -> QuerySet[Visit]:
    """Visits to households of a place, latest first."""
    rows = Visit.objects.visible_to(actor).filter(region__gte=region, region__lt=f"{region}:")
    return _paged(rows, after).select_related("household", "region")


def visits_of_household(actor: Actor, household: Household, *, after: After | None = None) -> QuerySet[Visit]:
    return _paged(Visit.objects.visible_to(actor).filter(household=household), after)


def services(
    actor: Actor, *, region: str, kind: str = "", unconfirmed: bool = False, after: After | None = None
) -> QuerySet[PracticalService]:
    """Practical services of a place, latest first; `unconfirmed` shows what still waits for a signature."""
    rows = PracticalService.objects.visible_to(actor).filter(region__gte=region, region__lt=f"{region}:")
    rows = rows.filter(kind=kind) if kind else rows
    rows = rows.filter(confirmation="") if unconfirmed else rows
    return _paged(rows, after).select_related("household", "region")


def services_of_household(actor: Actor, household: Household) -> QuerySet[PracticalService]:
    """What was done for a household, latest first."""
    return _paged(PracticalService.objects.visible_to(actor).filter(household=household), None)


def services_of_posting(actor: Actor, posting: Posting, *, after: After | None = None) -> QuerySet[PracticalService]:
    rows = PracticalService.objects.visible_to(actor).filter(posting=posting)
    return _paged(rows, after).select_related("household", "region")


def services_roster(actor: Actor, *, region: str) -> pl.DataFrame:
    """Practical services as their ledger's columns, by day."""
    rows = PracticalService.objects.visible_to(actor).filter(region__gte=region, region__lt=f"{region}:").order_by("on", "id")
    return roster_of(rows, COLUMNS, {"posting_number": POSTING_NUMBER, "household_number": F("household__number")})


def open_problems(actor: Actor, *, region: str, household: uuid.UUID | None = None) -> QuerySet[Any]:
    """Things of a place with a problem or a day to come back that no later thing has followed up, the earliest due first.

    `said_on` is the day of the log, where the actor sees that.
    """
    seen = WorkLogItem.objects.visible_to(actor)
    rows = seen.filter(~Q(problem="") | Q(follow_up_due__isnull=False), region__gte=region, region__lt=f"{region}:")
    rows = rows.filter(household=household) if household else rows
    on = WorkLog.objects.visible_to(actor).filter(pk=OuterRef("log")).values("on")
    return (
        rows.filter(~Exists(seen.filter(follows=OuterRef("pk"))))
        .annotate(said_on=Subquery(on, output_field=DateField()))
        .select_related("household")
        .order_by(F("follow_up_due").asc(nulls_last=True), "id")
    )


def logs_roster(actor: Actor, *, region: str) -> pl.DataFrame:
    """Things of work logs as their ledger's columns, by day."""
    rows = WorkLogItem.objects.visible_to(actor).filter(region__gte=region, region__lt=f"{region}:").order_by("log__on", "event", "id")
    said = {
        "posting_number": F("log__posting__number"), "household_number": F("household__number"), "on": F("log__on"),
        "recorded_at": F("log__recorded_at"),
    }  # fmt: skip
    told = pl.col("recorded_at").dt.replace_time_zone("UTC").dt.convert_time_zone(clock.SHANGHAI.key).dt.replace_time_zone(None)
    return roster_of(rows, LOG_COLUMNS, said).with_columns(told)


def _items(actor: Actor) -> "Prefetch[Any]":
    return Prefetch("items", queryset=WorkLogItem.objects.visible_to(actor).select_related("household").order_by("id"))


def _paged(rows: Rows, after: After | None) -> Rows:
    if after is not None:
        rows = rows.filter(Q(on__lt=after[0]) | Q(on=after[0], id__lt=after[1]), on__lte=after[0])
    return rows.order_by("-on", "-id")
