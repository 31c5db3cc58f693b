"""How the work on a roster goes: seen from the queue, because whoever is killed cannot say so; and how opening balances stand."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Now
from procrastinate.contrib.django.models import ProcrastinateJob, ProcrastinateWorker

from shibaiqian.access.actor import Actor
from shibaiqian.imports import rules
from shibaiqian.imports.kinds import KINDS
from shibaiqian.imports.models import ImportRun, OpeningBalance
from shibaiqian.regions.models import Region


def trouble_of(run: ImportRun) -> str:
    """What keeps a roster from going on: "" (nothing), or

    - "interrupted": its worker fell silent; another one will begin again,
    - "again": it is begun again after that,
    - "no worker": nobody works at all, here or on another machine.

    The run is one its reader was allowed to load; the queue itself shows nothing of the roster.
    """
    alive = ProcrastinateWorker.objects.filter(last_heartbeat__gte=Now() - dt.timedelta(seconds=settings.WORKER_SILENT))
    jobs = _jobs().filter(run=str(run.pk)).annotate(held=Exists(alive.filter(pk=OuterRef("worker_id"))), anybody=Exists(alive))
    job = jobs.order_by("-id").values("status", "attempts", "held", "anybody").first()
    if job is None:
        return ""
    if not job["anybody"]:
        return "no worker"
    if job["status"] == "doing" and not job["held"]:
        return "interrupted"
    return "again" if job["attempts"] else ""


def abandoned_runs(*, by: Actor) -> QuerySet[ImportRun]:
    """Rosters on their way that no job is about any more: it failed in a way nobody foresaw, or was given up."""
    job = _jobs().filter(run=Cast(OuterRef("pk"), TextField()))
    return ImportRun.objects.visible_to(by).filter(~Exists(job), state__in=rules.WORKING)


def _jobs() -> "QuerySet[Any]":
    """Jobs on rosters, waiting or being done, with the run they are about."""
    jobs = ProcrastinateJob.objects.filter(queue_name="imports", status__in=("todo", "doing"))
    return jobs.annotate(run=KeyTextTransform("run_id", "args"))


@dataclass(frozen=True)
class Opening:
    """A county's opening balance: how many rosters stand in it, and by which document it was closed, if it was."""

    county: Region
    loaded: int
    closed_on: dt.date | None
    source_document: str
    own: bool  # who looks loaded some of it, and so is not the second person


def opening_runs(*, by: Actor) -> QuerySet[ImportRun]:
    """The rosters of opening balances that were written and not undone."""
    kinds = [kind.code for kind in KINDS.values() if kind.opening]
    return ImportRun.objects.visible_to(by).filter(kind__in=kinds, state=ImportRun.State.DONE)


def openings(*, by: Actor) -> Sequence[Opening]:
    """The opening balances of the counties within the scope, in the order of their codes; none below a county."""
    runs = list(opening_runs(by=by).values_list("region_id", "uploaded_by"))
    loaded = Counter(region[:6] for region, _who in runs)
    own = {region[:6] for region, who in runs if who == by.user_id}
    balances = OpeningBalance.objects.visible_to(by).select_related("region").order_by("region_id")
    return [
        Opening(b.region, loaded[b.region_id], b.closed_on, b.source_document, b.region_id in own)
        for b in balances
        if loaded[b.region_id] or b.closed_on
    ]
