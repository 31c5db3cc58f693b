"""What is recorded of each asked form: which rows, on which day, and which of its facts a row has filled. Counted, never opened.

A row that came by a roster was typed by somebody, and counts like one that came from a phone.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import DateField, Exists, F, Model, OuterRef, Q, Value
from django.db.models.functions import Cast, TruncDate

from shibaiqian.fieldwork.models import (
    AttendanceAmendment,
    AttendanceDay,
    AttendanceMonth,
    Draft,
    DutyReport,
    DutyReportItem,
    ExpenseClaim,
    HostDecision,
    LeaveRequest,
    MonthlyPlan,
    MonthlySummary,
    PlanItem,
    PracticalService,
    ServicePromise,
    WorkLog,
    WorkLogItem,
)
from shibaiqian.postings.models import PostedHousehold, TargetItem
from shibaiqian.sync.models import InboxRecord
from shibaiqian.voice.models import RequestStep, UpwardRequest


@dataclass(frozen=True)
class Always:
    """A fact that every row has; `characters` stands for words that are sealed or not kept beside the row."""

    characters: int = 0


# Where a fact of a row is held: a column, any of several, or in every row.
Held = str | tuple[str, ...] | Always
ALWAYS = Always()
SEALED = Always(characters=10)


@dataclass(frozen=True)
class Records:
    """Rows of a form. `day` is the day a row belongs to; `opens` whether each was a form of its own that was opened and sent.

    `filled` gives for each fact the column that holds it, empty where nothing was said.
    """

    model: type[Model]
    day: Any
    filled: Mapping[str, Held] = field(default_factory=dict)
    opens: bool = True
    where: Q | None = None


# A promise that was kept has become the service of the same key, words and all.
PROMISED = Exists(ServicePromise.unscoped.filter(pk=OuterRef("pk")))
# What the village typed for an official is looked through and taken over, not typed.
DRAFTED = Exists(Draft.unscoped.filter(pk=OuterRef("pk")))
# What came of a month's plan is said with its summary, in the first days of the next month.
WITH_SUMMARY = Cast(F("plan__month") + Value(dt.timedelta(days=31)), DateField())
COUNTED: Mapping[str, tuple[Records, ...]] = {
    "clue": (),  # a word on a clue is its author's alone, and no figure counts any
    "log": (
        Records(WorkLog, "on"),
        Records(
            WorkLogItem, "log__on", opens=False,
            where=~Q(DRAFTED),
            filled={
                "log.category": ALWAYS, "log.content": "content", "log.household": "household", "log.place": ALWAYS, "log.problem": "problem",
                "log.follow_up_due": "follow_up_due",
            },
        ),
        Records(WorkLogItem, "log__on", where=Q(DRAFTED)),
        Records(Draft, TruncDate("answered_at"), where=Q(state="returned"), filled={"log.returned": "word"}),
    ),
    "service": (
        Records(
            PracticalService, "on", opens=False, where=Q(log_item__isnull=True) & ~Q(PROMISED),
            filled={
                "service.kind": ALWAYS, "service.content": "content", "service.beneficiary": "beneficiary", "service.household": "household",
                "service.amount": "amount_cents", "service.done_on": ALWAYS,
            },
        ),
        Records(PracticalService, "on", opens=False, where=Q(log_item__isnull=False), filled={"service.kind": ALWAYS, "service.amount": "amount_cents"}),
        Records(
            ServicePromise, "promised_on",
            filled={
                "service.kind": ALWAYS, "service.content": "content", "service.beneficiary": "beneficiary", "service.household": "household",
                "service.place": ALWAYS, "service.due": "due_on",
            },
        ),
        Records(ServicePromise, "kept_on", where=Q(kept_on__isnull=False), filled={"service.done_on": ALWAYS}),
        Records(
            PracticalService, "confirmed_on", opens=False, where=Q(confirmed_on__isnull=False),
            filled={"service.confirmation": ALWAYS, "service.confirmed_on": ALWAYS},
        ),
    ),
    # What a household said is sealed: a visit with facts counts as one of each kind that may be asked.
    "household": (
        Records(
            InboxRecord, TruncDate("said_at"), where=Q(kind__in=["visit_facts", "household_facts"], status="created"), opens=False,
            filled={"household.phone": SEALED, "household.contact": SEALED, "household.causes": ALWAYS, "household.needs": SEALED},
        ),
    ),
    "attendance": (
        Records(
            AttendanceDay, "on", opens=False, where=Q(source="official"),
            filled={"attendance.status": ALWAYS, "attendance.overnight": "overnight", "attendance.note": "note"},
        ),
        Records(AttendanceMonth, "submitted_on", where=Q(submitted_on__isnull=False)),
    ),
    "amendment": (
        Records(
            AttendanceAmendment, "proposed_on",
            filled={"amendment.status": ALWAYS, "amendment.overnight": "overnight", "amendment.reason": "reason"},
        ),
    ),
    "leave": (
        Records(
            LeaveRequest, "asked_on",
            filled={
                "leave.kind": ALWAYS, "leave.first_on": ALWAYS, "leave.last_on": ALWAYS, "leave.from_noon": "from_noon",
                "leave.until_noon": "until_noon", "leave.reason": SEALED, "leave.place": "place", "leave.told_to": "told_to", "leave.told_on": "told_on",
            },
        ),
        Records(LeaveRequest, "return_reported_on", where=Q(return_reported_on__isnull=False), filled={"leave.returned_on": ALWAYS}),
    ),
    "plan": (
        Records(MonthlyPlan, "submitted_on", where=Q(submitted_on__isnull=False)),
        Records(
            PlanItem, "plan__submitted_on", opens=False, where=Q(plan__submitted_on__isnull=False), filled={"plan.thing": "text", "plan.serves": ("target", "household", "project")}
        ),
    ),
    "summary": (
        Records(
            MonthlySummary, "submitted_on", where=Q(submitted_on__isnull=False), filled={"summary.text": "text", "summary.problems": "problems"}
        ),
        Records(
            PlanItem, WITH_SUMMARY, opens=False, where=~Q(outcome=""), filled={"summary.outcome": ALWAYS, "summary.outcome_note": "outcome_note"}
        ),
    ),
    "duty_report": (
        Records(DutyReport, "submitted_on", where=Q(submitted_on__isnull=False), filled={"duty_report.text": "text"}),
        Records(
            DutyReportItem, "done_on", where=Q(done_on__isnull=False), filled={"rectification.result": "result", "rectification.on": ALWAYS}
        ),
    ),
    "decision": (
        Records(
            HostDecision, "on",
            filled={
                "decision.kind": ALWAYS, "decision.on": ALWAYS, "decision.secretary": "secretary", "decision.text": "text", "decision.due": "due_on",
            },
        ),
        Records(HostDecision, "done_on", where=Q(done_on__isnull=False), filled={"decision.result": "result", "decision.done_on": ALWAYS}),
    ),
    "request": (
        Records(
            UpwardRequest, "asked_on",
            filled={
                "request.receiver": ALWAYS, "request.kind": ALWAYS, "request.title": "title", "request.content": "content", "request.place": ALWAYS,
            },
        ),
        Records(
            RequestStep, "on", where=Q(step__in=["confirm_done", "send_back", "withdraw_request"]), filled={"request.word": "note"}
        ),
    ),
    "target": (Records(TargetItem, "reached_on", where=Q(reached_on__isnull=False), filled={"target.reached": ALWAYS}),),
    "told": (
        Records(
            PostedHousehold, "told_on", opens=False, where=Q(told_on__isnull=False) & ~Q(told_by=""), filled={"told.on": ALWAYS, "told.by": SEALED}
        ),
    ),
    "claim": (Records(ExpenseClaim, "drawn_on"),),
}  # fmt: skip
