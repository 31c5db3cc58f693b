"""Reports on duty, for those who may: one with its items, and which are due."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import NotVisible
from shibaiqian.base import clock
from shibaiqian.fieldwork.models import DutyReport, DutyReportItem
from shibaiqian.fieldwork.procedures import half_of
from shibaiqian.postings.models import Posting
from shibaiqian.regions.rules import bounds


@dataclass(frozen=True)
class DutyReportFile:
    """A report with its posting and what is to be put right."""

    report: DutyReport
    posting: Posting
    items: Sequence[DutyReportItem]


def duty_reports(actor: Actor) -> QuerySet[DutyReport]:
    rows: QuerySet[DutyReport] = DutyReport.objects.visible_to(actor)
    return rows.order_by("-year", "-id")


def duty_report_file(actor: Actor, key: uuid.UUID) -> DutyReportFile:
    """One report; as if absent outside the actor's scope. Two queries."""
    report = DutyReport.objects.visible_to(actor).filter(pk=key).select_related("posting", "posting__unit").first()
    if report is None:
        raise NotVisible(DutyReport.__name__)
    items = DutyReportItem.objects.visible_to(actor).filter(report=report).order_by("seq")
    return DutyReportFile(report, report.posting, list(items))


def duty_reports_of(actor: Actor, posting: Posting) -> QuerySet[DutyReport]:
    return duty_reports(actor).filter(posting=posting)


def last_half(today: dt.date) -> tuple[int, int]:
    """The half-year that ended last before a day: (2016, 1) in July, (2015, 2) in June."""
    return (today.year, 1) if half_of(today) == 2 else (today.year - 1, 2)


def owing_reports(actor: Actor) -> QuerySet[Posting]:
    """Running postings of the scope that served in the last half-year and have not submitted a report on it, nor on its year."""
    year, half = last_half(clock.today())
    rows: QuerySet[Posting] = Posting.objects.visible_to(actor)
    if not actor.scope.region:
        return rows.none()
    there = DutyReport.objects.for_everyone(because="reports of postings the asker sees; the wall decides")
    there = there.filter(posting=OuterRef("pk"), year=year, half__in=[0, half] if half == 2 else [half], voided_by__isnull=True)
    low, high = bounds(actor.scope.region)
    last = DutyReport(year=year, half=half).days[1]
    return rows.filter(~Exists(there.exclude(state="draft")), region__gte=low, region__lt=high, ended_on__isnull=True, arrived_on__lte=last)
