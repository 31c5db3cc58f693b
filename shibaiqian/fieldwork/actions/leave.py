"""Asking for leave, reporting a trip, deciding, coming back; who decides follows from how long and where somebody serves."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import NotVisible, Refused, command, current_event, note_in_event
from shibaiqian.access.own_case import not_own_case
from shibaiqian.access.roles import Permission
from shibaiqian.base import clock
from shibaiqian.base.workdays import Calendar
from shibaiqian.fieldwork.actions.attendance import SamePerson, follow_leave, note_absence
from shibaiqian.fieldwork.actions.own import must_be_own
from shibaiqian.fieldwork.models import AttendanceMonth, LeaveReason, LeaveRequest
from shibaiqian.fieldwork.queries.emergencies import LONGEST, counting_workdays
from shibaiqian.fieldwork.queries.leave import balance_of, sight_of, standing_leaves
from shibaiqian.fieldwork.queries.returns import grace_of
from shibaiqian.fieldwork.rules import leave as rules
from shibaiqian.fieldwork.rules.leave import LEAVE, LEVELS, Span
from shibaiqian.messages.actions import announce
from shibaiqian.postings.models import Posting

HORIZON = LONGEST + 60  # days past a return within which its deadline lies, whatever emergency moves it
FURTHEST = dt.timedelta(days=366)  # what lies beyond is a slip of a finger


class LeaveUnfit(Refused):
    """The request cannot be as it is written."""


class NotYourLevel(Refused):
    """Another level decides about so many days."""


class ReturnUnfit(Refused):
    """The day of return cannot be, or the days after the end want an answer."""


# The reason is sealed from the audit: it may be an illness.
@command(Permission.KEEP_ATTENDANCE, redact=("reason",))
def request_leave(
    posting: Posting,
    *,
    kind: str,
    first_on: dt.date,
    last_on: dt.date,
    reason: str,
    from_noon: bool = False,
    until_noon: bool = False,
    place: str = "",
    emergency: bool = False,
    told_to: str = "",
    told_on: dt.date | None = None,
    extends: uuid.UUID | None = None,
    asked_on: dt.date | None = None,
    key: uuid.UUID | None = None,
    by: Actor,
) -> LeaveRequest:
    """Ask for leave, or report a trip on duty (`kind="official"`, which nobody has to allow).

    In an emergency somebody was told first (`told_to`, `told_on`) and the request follows, also after it has begun. `extends` is
    the approved request that this one goes on from. `asked_on` is the day it was written where there was no network, today without
    it; `key` the id the phone gave it. Raises LeaveUnfit in words.
    """
    must_be_own(by, cadre=posting.cadre_id, name=posting.cadre_name)
    span = Span(first_on, last_on, from_noon, until_noon)
    asked = asked_on or clock.today()
    _check(posting, kind, span, asked_on=asked, reason=reason, emergency=emergency, told_to=told_to, told_on=told_on)
    others = standing_leaves(by, posting)
    before = _extended(others, extends, span)
    clash = next((other for other in others if rules.overlaps(span, other.taken or other.span) and other.taken), None)
    if clash is not None:
        raise LeaveUnfit(f"{clash.first_on} 至 {clash.last_on} 已有一份{clash.get_kind_display()}，日期重叠，请核对。")
    sight = sight_of(posting, kind, span, others, on=asked)
    half, summed, level = sight.half_days, sight.summed, sight.level
    if kind == "annual":
        _check_balance(posting, span, by=by)
    is_trip = kind == rules.TRIP
    is_long = not is_trip and sight.is_long
    row = LeaveRequest.unscoped.create(
        **({"pk": key} if key else {}), posting=posting, region_id=posting.region_id, cadre=posting.cadre_id, cadre_name=posting.cadre_name,
        copied_unit=posting.unit_id if is_long else None, kind=kind, first_on=first_on, last_on=last_on, from_noon=from_noon,
        until_noon=until_noon, half_days=half, summed_half_days=summed, level=level, is_own_people=_is_own_people(posting, level),
        place=place.strip(), is_emergency=emergency, told_to=told_to.strip() if emergency else "", told_on=told_on if emergency else None,
        asked_on=asked, received_on=clock.today(), typed_by=by.name, typed_by_user=by.user_id, extends=before, state="filed" if is_trip else "submitted", event=current_event(),
    )  # fmt: skip
    LeaveReason.unscoped.create(leave=row, region_id=row.region_id, cadre=row.cadre, reason=reason.strip(), event=current_event())
    if is_trip:
        follow_leave(posting, first_on=first_on, last_on=last_on, by=by)
    else:
        announce(f"leave_asked_{level}", regions=[row.region_id], about=str(row.pk))
    if is_long:
        announce("leave_copied", units=[posting.unit_id], about=str(row.pk))
    return row


@command(Permission.DECIDE_LEAVE)
def review_leave(leave: LeaveRequest, *, opinion: str, by: Actor) -> LeaveRequest:
    """What the town says about leave that a level above it decides."""
    not_own_case(by, persons={leave.cadre: leave.cadre_name})
    leave.state = LEAVE.next(leave.state, "review_leave", named=leave.cadre_name)
    if rules.may_decide(by.scope.region, leave.level):
        raise NotYourLevel(f"这份请假由{LEVELS[leave.level]}审批，您可以直接批准或不批准。")
    if not opinion.strip():
        raise LeaveUnfit("请写明审核意见。")
    leave.opinion, leave.reviewed_by = opinion.strip(), by.name
    leave.save(update_fields=["state", "opinion", "reviewed_by"])
    return leave


@command(Permission.DECIDE_LEAVE)
def approve_leave(leave: LeaveRequest, *, answer: str = "", by: Actor) -> LeaveRequest:
    """Grant leave. Who decides is counted again: another request nearby may have raised the level meanwhile."""
    _must_decide(leave, "approve_leave", by=by)
    before = _before(leave, by=by)
    if before is not None and before.state == "approved":
        before.state = LEAVE.next(before.state, "continue_leave")
        before.save(update_fields=["state"])
    return _decided(leave, answer, by=by)


@command(Permission.DECIDE_LEAVE)
def reject_leave(leave: LeaveRequest, *, answer: str, by: Actor) -> LeaveRequest:
    """Refuse leave, saying why."""
    if not answer.strip():
        raise LeaveUnfit("请写明不批准的原因，本人会看到。")
    _must_decide(leave, "reject_leave", by=by)
    return _decided(leave, answer, by=by)


@command(Permission.KEEP_ATTENDANCE)
def cancel_leave(leave: LeaveRequest, *, by: Actor) -> LeaveRequest:
    """Take a request back; leave that was granted only before it begins. The leave that an extension went on from ends by itself again."""
    must_be_own(by, cadre=leave.cadre, name=leave.cadre_name)
    granted = leave.state not in rules.WAITING
    leave.state = LEAVE.next(leave.state, "cancel_leave", named=leave.cadre_name)
    if granted and leave.first_on <= clock.today():
        raise LeaveUnfit(f"已于 {leave.first_on} 开始，不能撤销。提前回来的，请办理销假。")
    leave.save(update_fields=["state"])
    before = _before(leave, by=by)
    if granted and before is not None and before.state == "continued":
        before.state = LEAVE.next(before.state, "resume_leave")
        before.save(update_fields=["state"])
    return leave


@command(Permission.KEEP_ATTENDANCE)
def report_return(leave: LeaveRequest, *, on: dt.date, by: Actor) -> LeaveRequest:
    """Say that one is back on duty from a day on (销假). Days after it are not leave, nor those of the leave it goes on from; a trip is
    closed with it."""
    must_be_own(by, cadre=leave.cadre, name=leave.cadre_name)
    leave.state = LEAVE.next(leave.state, "report_return", named=leave.cadre_name)
    earlier, before = [], leave
    while (found := _before(before, by=by)) is not None and found.state == "continued":
        earlier.append(before := found)
    if not before.first_on <= on <= clock.today():
        raise ReturnUnfit(f"返岗日期应在 {before.first_on} 至今天之间，请核对。")
    for one in earlier:
        if on <= one.last_on:
            one.returned_on = on
            one.save(update_fields=["returned_on"])
    leave.returned_on, leave.return_reported_on = on, clock.today()
    leave.save(update_fields=["state", "returned_on", "return_reported_on"])
    follow_leave(_posting_of(leave, by=by), first_on=before.first_on, last_on=leave.last_on, by=by)
    if not leave.is_trip:
        announce("leave_returned", regions=[leave.region_id], about=str(leave.pk))
    return leave


@command(Permission.CONFIRM_ATTENDANCE)
def close_leave(leave: LeaveRequest, *, absent: Sequence[dt.date] = (), note: str = "", by: Actor) -> LeaveRequest:
    """The town closes leave after the return. Days past the end are answered: absence on some, or a note why on none."""
    not_own_case(by, persons={leave.cadre: leave.cadre_name})
    leave.state = LEAVE.next(leave.state, "close_leave", named=leave.cadre_name)
    asked = overdue_of(leave)
    if set(absent) - set(asked):
        raise ReturnUnfit("只能就超过假期的工作日认定缺岗，请核对日期。")
    if asked and not note.strip():
        raise ReturnUnfit(f"假期届满后 {len(asked)} 个工作日没有返岗，请写明核实情况；属于缺岗的，勾选日期。")
    for first, days in _by_month(absent).items():
        month = AttendanceMonth.objects.visible_to(by).select_for_update(no_key=True).filter(posting=leave.posting_id, month=first).first()
        if month is None or month.state not in ("open", "submitted"):
            raise ReturnUnfit(f"{first:%Y年%m月}的考勤还没有生成或已经确认，请先在考勤中处理（已公布的提出更正），再核销。")
        note_absence(month, days=days, reason=note, by=by)
    note_in_event(overdue=len(asked), absent=len(absent))
    leave.closed_by, leave.closing_note = by.name, note.strip()
    leave.save(update_fields=["state", "closed_by", "closing_note"])
    return leave


@command(Permission.PUBLISH_ATTENDANCE)
def look_at_leave(leave: LeaveRequest, *, by: Actor) -> LeaveRequest:
    """The county's second look at leave that a town granted one of its own people."""
    not_own_case(by, persons={leave.cadre: leave.cadre_name})
    if not leave.is_own_people or leave.decided_on is None or leave.looked_on is not None:
        raise LeaveUnfit("这份请假不用县区复核，或者已经复核过。")
    leave.looked_on, leave.looked_by = clock.today(), by.name
    leave.save(update_fields=["looked_on", "looked_by"])
    return leave


def overdue_of(leave: LeaveRequest, *, shown: bool = False) -> list[dt.date]:
    """Working days past the end of a leave until the return, or until today where nobody came back; days of an emergency in the
    place do not count. `shown` on a page, as the calendar takes it."""
    today, grace = clock.today(), grace_of(leave.region_id, on=leave.last_on)
    until = (leave.returned_on or today) + dt.timedelta(days=HORIZON)
    is_workday = counting_workdays(leave.region_id, first=leave.last_on, last=until, shown=shown)
    return rules.overdue_days(leave.last_on, leave.returned_on, today=today, grace=grace, is_workday=is_workday)


def _before(leave: LeaveRequest, *, by: Actor) -> LeaveRequest | None:
    """The leave that an extension goes on from, locked."""
    rows = LeaveRequest.objects.visible_to(by).select_for_update(no_key=True)
    found: LeaveRequest | None = rows.filter(pk=leave.extends_id).first() if leave.extends_id else None
    return found


def _by_month(days: Sequence[dt.date]) -> Mapping[dt.date, list[dt.date]]:
    found: dict[dt.date, list[dt.date]] = {}
    for day in sorted(days):
        found.setdefault(day.replace(day=1), []).append(day)
    return found


def _check(
    posting: Posting, kind: str, span: Span, *, asked_on: dt.date, reason: str, emergency: bool, told_to: str, told_on: dt.date | None
) -> None:
    today = clock.today()
    if kind not in rules.KINDS:
        raise LeaveUnfit("请选择请假类别。")
    if not rules.is_sound(span):
        raise LeaveUnfit("结束时间早于开始时间，请核对日期和上下午。")
    if not reason.strip():
        raise LeaveUnfit("请写一句事由，审批的人要看。")
    if posting.arrived_on is None or not posting.is_running or span.first_on < posting.arrived_on:
        raise LeaveUnfit(f"请假日期不在{posting.cadre_name}的任职期间，请核对。")
    if span.last_on > today + FURTHEST:
        raise LeaveUnfit(f"请假到 {span.last_on}，在一年以后，请核对年份。")
    if emergency and (not told_to.strip() or told_on is None or told_on > today):
        raise LeaveUnfit("紧急请假请写明先向谁报告、哪一天报告的。")
    if asked_on > today:
        raise LeaveUnfit(f"申请日期 {asked_on} 晚于今天，请核对手机上的日期。")
    if span.first_on < asked_on and not emergency and kind != rules.TRIP:
        raise LeaveUnfit(f"{span.first_on} 已经过去。事先口头报告过的，请选“紧急请假”，并写明向谁报告。")


def _extended(others: Sequence[LeaveRequest], key: uuid.UUID | None, span: Span) -> LeaveRequest | None:
    if key is None:
        return None
    before = next((other for other in others if other.pk == key), None)
    if before is None:
        raise NotVisible(LeaveRequest.__name__)
    LEAVE.next(before.state, "extend_leave", named=before.cadre_name)
    if span.first_on > before.last_on + dt.timedelta(days=1) or span.last_on <= before.last_on:
        raise LeaveUnfit(f"续假应从原假期的最后一天（{before.last_on}）或次日接上，请核对日期。")
    return before


def _is_own_people(posting: Posting, level: str) -> bool:
    """Decided by the very town that sent the official."""
    return level == "town" and str(posting.home_region) == str(posting.region_id)[:9]


def _check_balance(posting: Posting, span: Span, *, by: Actor) -> None:
    calendar = Calendar()
    for year in sorted({span.first_on.year, span.last_on.year}):
        asked = rules.taken_half_days("annual", span, year=year, is_workday=calendar.is_workday)
        balance = balance_of(by, cadre=posting.cadre_id, region=str(posting.region_id), year=year)
        left = balance.left("annual")
        if left is not None and asked > left:
            raise LeaveUnfit(
                f"{year} 年的年休假还剩 {rules.days_words(max(left, 0))} 天，这次要用 {rules.days_words(asked)} 天，请改短或改请其他假。"
            )


def _posting_of(leave: LeaveRequest, *, by: Actor) -> Posting:
    found: Posting | None = Posting.objects.visible_to(by).filter(pk=leave.posting_id).first()
    if found is None:
        raise NotVisible(Posting.__name__)
    return found


def _must_decide(leave: LeaveRequest, step: str, *, by: Actor) -> None:
    """The flow, nobody's own case nor what one typed oneself, the level as it is now."""
    not_own_case(by, persons={leave.cadre: leave.cadre_name})
    if by.user_id is not None and leave.typed_by_user == by.user_id:
        raise SamePerson(f"{leave.cadre_name}的请假是您代为登记的，登记和审批应由两个人办理。请由同事审批。")
    leave.state = LEAVE.next(leave.state, step, named=leave.cadre_name)
    posting = _posting_of(leave, by=by)
    others = [other for other in standing_leaves(by, posting) if other.pk != leave.pk]
    sight = sight_of(posting, leave.kind, leave.span, others, on=leave.asked_on)
    leave.summed_half_days, leave.level = sight.summed, sight.level
    leave.is_own_people = _is_own_people(posting, leave.level) and len(by.scope.region) >= rules.DIGITS["town"]
    if sight.is_long and not leave.is_trip and leave.copied_unit is None:
        leave.copied_unit = posting.unit_id
        announce("leave_copied", units=[posting.unit_id], about=str(leave.pk))
    if not rules.may_decide(by.scope.region, leave.level):
        raise NotYourLevel(
            f"连同前后的请假合计 {leave.summed_words} 天，应由{LEVELS[leave.level]}审批。镇办可以先写审核意见，再由上一级批准。"
        )


def _decided(leave: LeaveRequest, answer: str, *, by: Actor) -> LeaveRequest:
    leave.answer, leave.decided_by, leave.decided_on = answer.strip(), by.name, clock.today()
    leave.save(update_fields=["state", "answer", "decided_by", "decided_on", "summed_half_days", "level", "is_own_people", "copied_unit"])
    if leave.state == "approved":
        follow_leave(_posting_of(leave, by=by), first_on=leave.first_on, last_on=leave.last_on, by=by)
    announce("leave_answered", cadres=[leave.cadre], about=str(leave.pk))
    return leave
