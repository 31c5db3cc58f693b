"""Reports on duty: written, submitted, heard with a vote, what the meeting asked to be put right."""

import datetime as dt
from collections.abc import Sequence

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused, command, current_event, note_in_event
from shibaiqian.access.own_case import not_own_case
from shibaiqian.access.roles import Permission
from shibaiqian.base import clock
from shibaiqian.fieldwork.actions.plans import must_answer, must_be_own
from shibaiqian.fieldwork.models import DutyReport, DutyReportItem
from shibaiqian.fieldwork.procedures import DUTY_REPORT, Ballot, ballot_faults
from shibaiqian.fieldwork.queries.plans import facts_of
from shibaiqian.messages.actions import announce
from shibaiqian.policy.queries import UnknownParameter, parameter
from shibaiqian.policy.rules import KEY_OF
from shibaiqian.postings.models import Posting

MOST_ITEMS = 10


class ReportUnsound(Refused):
    """What was written cannot stand as a report on duty, or its meeting cannot have been held so."""


@command(Permission.KEEP_PLANS)
def write_report(posting: Posting, *, year: int, half: int, text: str, by: Actor) -> DutyReport:
    """Write or change a report while it is a draft: of a half-year (1, 2) or the whole year (0)."""
    must_be_own(posting, by=by)
    if half not in DutyReport.Half.values:
        raise ReportUnsound("请选择上半年、下半年或全年。")
    first, last = DutyReport(year=year, half=half).days
    if posting.arrived_on is None or last < posting.arrived_on or (posting.ended_on is not None and first > posting.ended_on):
        raise ReportUnsound(
            f"{first} 至 {last} 不在任职期间（{posting.arrived_on or '未到任'} 至 {posting.ended_on or '今'}），请核对述职期间。"
        )
    if first > clock.today():
        raise ReportUnsound(f"述职期间 {first} 还没有开始，请核对。")
    if not text.strip():
        raise ReportUnsound("请写述职内容。")
    report = DutyReport.objects.visible_to(by).filter(posting=posting, year=year, half=half).select_for_update(no_key=True).first()
    if report is None:
        return DutyReport.unscoped.create(
            year=year, half=half, text=text.strip(), typed_by=by.name, event=current_event(), **posting.about
        )  # fmt: skip
    DUTY_REPORT.next(report.state, "write_report", named=report.period)
    report.text, report.typed_by = text.strip(), by.name
    report.save(update_fields=["text", "typed_by"])
    return report


@command(Permission.KEEP_PLANS)
def submit_report(report: DutyReport, *, by: Actor) -> DutyReport:
    """Submit it to the host's party organisation; the counts of the period are frozen with it."""
    report.state = DUTY_REPORT.next(report.state, "submit_report")
    must_answer(report.posting, by=by)
    first, last = report.days
    report.facts = facts_of(by, posting=report.posting_id, first=first, last=last)
    report.submitted_on = clock.today()
    report.save(update_fields=["state", "facts", "submitted_on"])
    announce("duty_report_submitted", regions=[report.region_id], about=str(report.pk))
    return report


@command(Permission.KEEP_PLANS)
def take_back_report(report: DutyReport, *, by: Actor) -> DutyReport:
    """Take it back to change it, until a meeting has heard it."""
    report.state = DUTY_REPORT.next(report.state, "take_back_report")
    must_answer(report.posting, by=by)
    report.submitted_on, report.facts = None, {}
    report.save(update_fields=["state", "submitted_on", "facts"])
    return report


@command(Permission.HEAR_REPORTS, redact=("comments",))
def hear_report(
    report: DutyReport,
    *,
    on: dt.date,
    chair: str,
    attendees: str,
    ballot: Ballot,
    comments: str = "",
    items: Sequence[tuple[str, dt.date]] = (),
    by: Actor,
) -> DutyReport:
    """Record the meeting that heard it: who came, the vote as counted, comments, and what is to be put right by when.

    Nothing of who answered what is taken. A report without anything to put right is closed with it.
    """
    after = DUTY_REPORT.next(report.state, "hear_report")
    not_own_case(by, persons={report.cadre: report.posting.cadre_name})
    _meeting(report, on=on, chair=chair, attendees=attendees, by=by)
    faults = ballot_faults(ballot, least=_least(report.region_id, on))
    if len(items) > MOST_ITEMS or any(not text.strip() for text, _due in items):
        faults.append(f"整改事项最多 {MOST_ITEMS} 项，每项都要写内容。")
    faults += [f"整改期限 {due} 早于会议日期 {on}，请改正。" for _text, due in items if due < on]
    if faults:
        raise ReportUnsound(" ".join(faults))
    report.meeting_on, report.chair, report.attendees, report.comments = on, chair.strip(), attendees.strip(), comments.strip()
    for field, value in vars(ballot).items():
        setattr(report, field, value)
    report.state = after if items else DUTY_REPORT.next(after, "close_report")
    report.save()
    DutyReportItem.unscoped.bulk_create(
        DutyReportItem(
            report=report, seq=seq, text=text.strip(), due_on=due, region_id=report.region_id, home_region=report.home_region, unit=report.unit,
            cadre=report.cadre, event=current_event(),
        )
        for seq, (text, due) in enumerate(items, start=1)
    )  # fmt: skip
    note_in_event(items=len(items))
    if items:
        announce("duty_report_items", cadres=[report.cadre], about=str(report.pk), on=on, count=len(items))
    return report


def _meeting(report: DutyReport, *, on: dt.date, chair: str, attendees: str, by: Actor) -> None:
    if on > clock.today():
        raise ReportUnsound(f"会议日期 {on} 晚于今天，请在会后登记。")
    if report.submitted_on and on < report.days[0]:
        raise ReportUnsound(f"会议日期 {on} 早于述职期间，请核对。")
    if not chair.strip() or not attendees.strip():
        raise ReportUnsound("请写明主持人和参加人员（党员、村民代表各多少人）。")


def _least(region: str, on: dt.date) -> int:
    try:
        return int(parameter("ballot_min_group", region=region, on=on))
    except UnknownParameter:
        return int(KEY_OF["ballot_min_group"].default)


@command(Permission.KEEP_PLANS)
def rectify(item: DutyReportItem, *, result: str, on: dt.date, by: Actor) -> DutyReportItem:
    """Say what was done about something the meeting asked for. With the last one the report is closed."""
    report = DutyReport.objects.visible_to(by).select_for_update(no_key=True).get(pk=item.report_id)
    DUTY_REPORT.next(report.state, "rectify")
    must_answer(report.posting, by=by)
    if item.done_on is not None:
        raise ReportUnsound(f"这一项已于 {item.done_on} 登记整改结果，不能改写。")
    if not result.strip():
        raise ReportUnsound("请写明整改结果。")
    if report.meeting_on and not report.meeting_on <= on <= clock.today():
        raise ReportUnsound(f"整改日期 {on} 应在会议日期 {report.meeting_on} 之后、今天之前，请核对。")
    item.result, item.done_on = result.strip(), on
    item.save(update_fields=["result", "done_on"])
    if not DutyReportItem.objects.visible_to(by).filter(report=report, done_on__isnull=True).exists():
        report.state = DUTY_REPORT.next(report.state, "close_report")
        report.save(update_fields=["state"])
    return item
