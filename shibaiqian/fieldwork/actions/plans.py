"""Monthly plans and summaries of an official, and the work meeting of the town that hears them: once for all of its officials."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused, command, current_event, note_in_event
from shibaiqian.access.own_case import is_own
from shibaiqian.access.roles import Permission, Role
from shibaiqian.assistance.models import Project
from shibaiqian.base import clock
from shibaiqian.fieldwork.models import MonthlyPlan, MonthlySummary, PlanItem, WorkMeeting
from shibaiqian.fieldwork.procedures import PAPER, last_day, month_of, next_month, plan_faults
from shibaiqian.fieldwork.queries.plans import facts_of
from shibaiqian.households.models import Household
from shibaiqian.messages.actions import announce
from shibaiqian.postings.models import Posting, TargetItem
from shibaiqian.regions.models import Region

LONGEST_WORD = 200
RETURNED = ["state", "word", "returned_by", "returned_on", "submitted_on"]


class PlanUnsound(Refused):
    """What was written cannot stand as a plan or summary."""


class NotOwnPaper(Refused):
    """A plan, summary or report is answered for by the official alone."""


class MeetingUnsound(Refused):
    """A meeting that cannot have been held so."""


@dataclass(frozen=True)
class PlanLine:
    """One thing of a plan, and what it serves: a target of the letter, a household, a project."""

    text: str
    target: uuid.UUID | None = None
    household: uuid.UUID | None = None
    project: uuid.UUID | None = None


@dataclass(frozen=True)
class Outcome:
    """What came of a thing of the plan: `done`, `partly`, `not_done`."""

    outcome: str
    note: str = ""


@command(Permission.KEEP_PLANS)
def write_plan(posting: Posting, *, month: dt.date, items: Sequence[PlanLine], by: Actor) -> MonthlyPlan:
    """Write or change the plan of a month (its first day) while it is a draft or was returned. The village's clerk may type it; the official submits it."""
    month = _month(posting, month, latest=next_month(clock.today()), by=by)
    faults = plan_faults([item.text for item in items])
    if faults:
        raise PlanUnsound(" ".join(faults))
    plan = MonthlyPlan.objects.visible_to(by).filter(posting=posting, month=month).select_for_update(no_key=True).first()
    if plan is None:
        plan = MonthlyPlan.unscoped.create(month=month, typed_by=by.name, event=current_event(), **posting.about)
    PAPER.next(plan.state, "write", named=f"{month:%Y-%m}")
    MonthlyPlan.unscoped.filter(pk=plan.pk).update(typed_by=by.name)
    PlanItem.objects.visible_to(by).filter(plan=plan).update(voided_by=current_event())
    targets, households, projects = _served(posting, items, by=by)
    about = {key: value for key, value in posting.about.items() if key != "posting"}
    PlanItem.unscoped.bulk_create(
        PlanItem(
            plan=plan, seq=seq, text=item.text.strip(), target_id=targets.get(item.target), household_id=households.get(item.household),
            project_id=projects.get(item.project), event=current_event(), **about,
        )
        for seq, item in enumerate(items, start=1)
    )  # fmt: skip
    note_in_event(items=len(items))
    return plan


Known = Mapping[uuid.UUID | None, uuid.UUID]


def _served(posting: Posting, items: Sequence[PlanLine], *, by: Actor) -> tuple[Known, Known, Known]:
    """What the things of a plan name, as far as it belongs to the posting and lies in the actor's sight; a refusal otherwise."""
    low = posting.region_id
    asked = [{key for item in items if (key := getattr(item, what))} for what in ("target", "household", "project")]
    rows = (
        TargetItem.objects.visible_to(by).filter(pk__in=asked[0], letter__posting=posting),
        Household.objects.visible_to(by).filter(pk__in=asked[1], region__gte=low, region__lt=f"{low}:"),
        Project.objects.visible_to(by).filter(pk__in=asked[2], region__gte=low, region__lt=f"{low}:"),
    )
    found = [set(seen.values_list("pk", flat=True)) if keys else set() for keys, seen in zip(asked, rows, strict=True)]
    if found != asked:
        raise PlanUnsound("所选的目标、农户或项目不属于本人的挂职地，请重新选择。")
    targets, households, projects = ({key: key for key in keys} for keys in found)
    return targets, households, projects


def _month(posting: Posting, month: dt.date, *, latest: dt.date, by: Actor) -> dt.date:
    """The month, if the official served in it; refused for who may not write for this official."""
    must_be_own(posting, by=by)
    month = month_of(month)
    if posting.arrived_on is None or last_day(month) < posting.arrived_on or (posting.ended_on is not None and month > posting.ended_on):
        raise PlanUnsound(f"{month:%Y-%m} 不在任职期间（{posting.arrived_on or '未到任'} 至 {posting.ended_on or '今'}），请核对月份。")
    if month > latest:
        raise PlanUnsound(f"{month:%Y-%m} 还太早：计划最多提前一个月，小结在当月写。")
    return month


def must_be_own(posting: Posting, *, by: Actor) -> None:
    """An official, or who stands in for one, writes for that official's posting only."""
    if by.role is Role.POSTED_CADRE and not is_own(by, cadre=posting.cadre_id, name=posting.cadre_name):
        raise NotOwnPaper(f"这是{posting.cadre_name}的材料，不是您本人的，没有保存。")


def must_answer(posting: Posting, *, by: Actor) -> None:
    """What is submitted is answered for by the official: neither a clerk nor a stand-in submits it."""
    if by.role is not Role.POSTED_CADRE or by.standing_in_for:
        raise NotOwnPaper("须由挂职干部本人提交。您可以代为起草，请本人核对后提交。")
    if not is_own(by, cadre=posting.cadre_id, name=posting.cadre_name):
        raise NotOwnPaper(f"须由{posting.cadre_name}本人提交。")


@command(Permission.KEEP_PLANS)
def submit_plan(plan: MonthlyPlan, *, by: Actor) -> MonthlyPlan:
    """Lay the plan before the town's next work meeting. Only the official answers for it."""
    plan.state = PAPER.next(plan.state, "submit")
    must_answer(plan.posting, by=by)
    plan.submitted_on = clock.today()
    plan.save(update_fields=["state", "submitted_on"])
    return plan


@command(Permission.KEEP_PLANS)
def take_back_plan(plan: MonthlyPlan, *, by: Actor) -> MonthlyPlan:
    """Take the plan back to change it, until a meeting has heard it."""
    plan.state = PAPER.next(plan.state, "take_back")
    must_answer(plan.posting, by=by)
    plan.submitted_on = None
    plan.save(update_fields=["state", "submitted_on"])
    return plan


@command(Permission.KEEP_PLANS)
def write_summary(
    posting: Posting, *, month: dt.date, text: str = "", problems: str = "", outcomes: Mapping[int, Outcome] | None = None, by: Actor
) -> MonthlySummary:
    """Write or change the summary of a month: what the records do not say. `outcomes` by number of the plan's things."""
    month = _month(posting, month, latest=month_of(clock.today()), by=by)
    summary = MonthlySummary.objects.visible_to(by).filter(posting=posting, month=month).select_for_update(no_key=True).first()
    if summary is None:
        summary = MonthlySummary.unscoped.create(month=month, typed_by=by.name, event=current_event(), **posting.about)
    PAPER.next(summary.state, "write", named=f"{month:%Y-%m}")
    summary.text, summary.problems, summary.typed_by = text.strip(), problems.strip(), by.name
    summary.save(update_fields=["text", "problems", "typed_by"])
    for item in PlanItem.objects.visible_to(by).filter(plan__posting=posting, plan__month=month, plan__voided_by__isnull=True):
        said = (outcomes or {}).get(item.seq)
        if said is not None:
            if said.outcome not in PlanItem.Outcome.values:
                raise PlanUnsound(f"第 {item.seq} 项的完成情况“{said.outcome}”不在选项中，请重新选择。")
            item.outcome, item.outcome_note = said.outcome, said.note.strip()
            item.save(update_fields=["outcome", "outcome_note"])
    return summary


@command(Permission.KEEP_PLANS)
def submit_summary(summary: MonthlySummary, *, by: Actor) -> MonthlySummary:
    """Submit the summary; what the records count of the month is frozen with it."""
    summary.state = PAPER.next(summary.state, "submit")
    must_answer(summary.posting, by=by)
    summary.facts = facts_of(by, posting=summary.posting_id, first=summary.month, last=last_day(summary.month))
    summary.submitted_on = clock.today()
    summary.save(update_fields=["state", "facts", "submitted_on"])
    return summary


@command(Permission.KEEP_PLANS)
def take_back_summary(summary: MonthlySummary, *, by: Actor) -> MonthlySummary:
    """Take the summary back to change it, until a meeting has heard it."""
    summary.state = PAPER.next(summary.state, "take_back")
    must_answer(summary.posting, by=by)
    summary.submitted_on, summary.facts = None, {}
    summary.save(update_fields=["state", "submitted_on", "facts"])
    return summary


@command(Permission.HEAR_REPORTS)
def return_plan(plan: MonthlyPlan, *, word: str, by: Actor) -> MonthlyPlan:
    """Give a plan back before a meeting has heard it, saying what to change; the official corrects it and submits it again."""
    _return(plan, word=word, by=by)
    plan.save(update_fields=RETURNED)
    return plan


@command(Permission.HEAR_REPORTS)
def return_summary(summary: MonthlySummary, *, word: str, by: Actor) -> MonthlySummary:
    """Give a summary back before a meeting has heard it; what the records count is counted anew when it is submitted again."""
    _return(summary, word=word, by=by)
    summary.facts = {}
    summary.save(update_fields=[*RETURNED, "facts"])
    return summary


def _return(paper: MonthlyPlan | MonthlySummary, *, word: str, by: Actor) -> None:
    paper.state = PAPER.next(paper.state, "return")
    if not word.strip():
        raise PlanUnsound("请写一句为什么退回，让本人知道改哪里。")
    paper.word, paper.returned_by = word.strip()[:LONGEST_WORD], by.name
    paper.returned_on, paper.submitted_on = clock.today(), None
    announce("papers_returned", cadres=[paper.cadre], about=str(paper.pk), number=paper.month_code)


@command(Permission.HEAR_REPORTS)
def hold_meeting(region: Region, *, on: dt.date, chair: str, attendees: int, notes: str = "", by: Actor) -> WorkMeeting:
    """Record a work meeting: every plan and summary of the town's officials that was submitted by that day is heard.

    Of a county: those of its own deputies; each town holds its own meeting (at least one a month).
    """
    if region.level not in (Region.Level.TOWN, Region.Level.COUNTY):
        raise MeetingUnsound("工作例会由镇办（挂任县级职务的由县区）召开，请选择镇办或县区。")
    if on > clock.today():
        raise MeetingUnsound(f"会议日期 {on} 晚于今天，请在会后登记。")
    if not chair.strip() or attendees < 1:
        raise MeetingUnsound("请写明主持人和参会人数。")
    try:
        with transaction.atomic():
            meeting = WorkMeeting.unscoped.create(
                region=region, on=on, chair=chair.strip(), attendees=attendees, notes=notes.strip(), event=current_event()
            )
    except IntegrityError:
        raise MeetingUnsound(f"{on} 的工作例会已经登记过。") from None
    meeting.plans, plans = _hear(MonthlyPlan, region, meeting, by=by)
    meeting.summaries, summaries = _hear(MonthlySummary, region, meeting, by=by)
    meeting.save(update_fields=["plans", "summaries"])
    note_in_event(plans=meeting.plans, summaries=meeting.summaries)
    announce("papers_heard", cadres=plans | summaries, about=str(meeting.pk), on=on, day=on.isoformat())
    return meeting


def _hear(
    model: type[MonthlyPlan] | type[MonthlySummary], region: Region, meeting: WorkMeeting, *, by: Actor
) -> tuple[int, set[uuid.UUID]]:
    """Mark what was submitted by the day of the meeting; how many, and whose."""
    rows = model.objects.visible_to(by).filter(state="submitted", submitted_on__lte=meeting.on)
    county = region.level == Region.Level.COUNTY
    rows = rows.filter(region=region.code) if county else rows.filter(region__gte=region.code, region__lt=f"{region.code}:")
    found = dict(rows.order_by("id").select_for_update(no_key=True).values_list("pk", "cadre"))
    after = PAPER.next("submitted", "hear")
    model.objects.visible_to(by).filter(pk__in=found).update(state=after, heard_on=meeting.on, meeting=meeting.pk)
    return len(found), set(found.values())
