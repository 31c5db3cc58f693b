"""The ledger of attendance: days proposed from the records, said by the official, confirmed by the town, published by the county."""

import datetime as dt
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import NotVisible, Refused, command, current_event, note_in_event
from shibaiqian.access.own_case import not_own_case
from shibaiqian.access.roles import Permission
from shibaiqian.access.rows import Written
from shibaiqian.base import clock
from shibaiqian.base.workdays import Calendar
from shibaiqian.fieldwork.actions.own import must_be_own
from shibaiqian.fieldwork.models import AttendanceAmendment, AttendanceDay, AttendanceMonth, ExpenseClaim, LeaveRequest, Visit, WorkLog
from shibaiqian.fieldwork.queries.attendance import to_propose
from shibaiqian.fieldwork.queries.emergencies import called_days, emergency_days_in
from shibaiqian.fieldwork.rules import attendance as rules
from shibaiqian.fieldwork.rules.attendance import MONTH
from shibaiqian.fieldwork.rules.claims import CLAIM
from shibaiqian.fieldwork.rules.leave import GRANTED, TRIP
from shibaiqian.messages.actions import announce
from shibaiqian.postings.models import Posting
from shibaiqian.regions.models import Region
from shibaiqian.regions.rules import bounds

# What a person said is never proposed over.
SAID = ("official", "town", "roster", "amendment")
NAMED = 5
UNCONFIRMED = ("open", "submitted")


class MonthUnfit(Refused):
    """The month is not one of the posting, has not ended, or has nothing to do this with."""


class DayUnfit(Refused):
    """What is said of a day cannot be said, or not by this person."""


class SamePerson(Refused):
    """Who wrote it down does not confirm it."""


@dataclass(frozen=True)
class DayCorrection:
    """How the official says a day was. `point` is {lat, lon, accuracy} of one moment, only where the phone was told to send it."""

    on: dt.date
    status: str
    overnight: bool | None = None
    note: str = ""
    point: Mapping[str, float] | None = None

    def audit_digest(self) -> dict[str, Any]:
        return {"on": str(self.on), "status": self.status, "overnight": self.overnight}


@command(Permission.KEEP_ATTENDANCE)
def propose_month(posting: Posting, *, month: dt.date, by: Actor) -> AttendanceMonth:
    """Fill a month of a posting from logs, visits, leave, reported trips and the calendar, up to today. What was said stays."""
    must_be_own(by, cadre=posting.cadre_id, name=posting.cadre_name)
    month = rules.first_of(month)
    if not _running(posting, month):
        raise MonthUnfit(f"{month:%Y年%m月}不在{posting.cadre_name}的任职期间，或者还没有到，请另选月份。")
    found = AttendanceMonth.objects.visible_to(by).select_for_update(no_key=True).filter(posting=posting, month=month).first()
    if found is not None:
        MONTH.next(found.state, "propose_month")
    return _propose([posting], month, by=by)[posting.pk]


@command(Permission.CONFIRM_ATTENDANCE)
def propose_months(region: Region, *, month: dt.date, by: Actor) -> Written:
    """Fill a month of everybody who serves in a place; months that are with the town or further stay as they are."""
    month = rules.first_of(month)
    open_ones = to_propose(by, region=region.code, month=month).select_for_update(no_key=True).order_by("pk")
    postings = [posting for posting in open_ones if _running(posting, month)]
    _propose(postings, month, by=by)
    return Written(count=len(postings), regions=[region.code])


@command(Permission.KEEP_ATTENDANCE)
def correct_days(month: AttendanceMonth, *, days: Sequence[DayCorrection], by: Actor) -> AttendanceMonth:
    """Say how days were. Leave comes from a request and absence from the town; neither is written or rubbed out here."""
    must_be_own(by, cadre=month.cadre, name=month.cadre_name)
    MONTH.next(month.state, "correct_days", named=month.cadre_name)
    running = set(_running(_posting_of(month, by=by), month.month))
    before = _standing(month, by=by)
    rows = []
    for said in days:
        if said.on not in running:
            raise DayUnfit(f"{said.on} 不在任职期间，或者还没有到，请核对。")
        standing = before.get(said.on)
        if standing is not None and standing.status in ("leave", "absent") and standing.source != "official":
            why = "有已批准的请假，请先销假或撤销请假" if standing.status == "leave" else "已由镇办认定缺岗，有异议请向镇办说明"
            raise DayUnfit(f"{said.on} {why}。")
        if said.status not in rules.SAID_BY_OFFICIAL:
            raise DayUnfit(f"{said.on} 只能填在村、因公外出、休息或未记录；请假请另行办理请假。")
        night = said.overnight if said.status == "in_village" else None
        note = said.note.strip()
        if standing is None or (standing.status, standing.overnight, standing.note) != (said.status, night, note) or said.point:
            rows.append(_day(month, said.on, said.status, "official", overnight=night, note=note, point=said.point))
    _replace(month, rows, before)
    return month


@command(Permission.KEEP_ATTENDANCE)
def submit_month(month: AttendanceMonth, *, by: Actor) -> AttendanceMonth:
    """Hand a month that is over to the town. Days of which nothing is known stay unknown."""
    must_be_own(by, cadre=month.cadre, name=month.cadre_name)
    month.state = MONTH.next(month.state, "submit_month", named=month.cadre_name)
    posting = _posting_of(month, by=by)
    over = min(rules.last_of(month.month), posting.ended_on or dt.date.max)
    if clock.today() < over:
        raise MonthUnfit(f"{month.month:%Y年%m月}还没有结束，请在 {over} 或以后提交。")
    _propose([posting], month.month, by=by)
    month.submitted_on, month.submitted_by, month.submitted_by_name = clock.today(), by.user_id, by.name
    month.returned_reason = ""
    month.save(update_fields=["state", "submitted_on", "submitted_by", "submitted_by_name", "returned_reason"])
    announce("attendance_submitted", regions=[month.region_id], about=f"{month.month:%Y-%m}", number=f"{month.month:%Y-%m}")
    return month


@command(Permission.CONFIRM_ATTENDANCE)
def return_month(month: AttendanceMonth, *, reason: str, by: Actor) -> AttendanceMonth:
    """Give a month back to the official, saying what is to be mended."""
    if not reason.strip():
        raise MonthUnfit("请写明退回原因，本人会看到。")
    not_own_case(by, persons={month.cadre: month.cadre_name})
    month.state = MONTH.next(month.state, "return_month", named=month.cadre_name)
    month.returned_reason, month.confirmed_on, month.confirmed_by, month.looked_on, month.looked_by = reason.strip(), None, "", None, ""
    month.save(update_fields=["state", "returned_reason", "confirmed_on", "confirmed_by", "looked_on", "looked_by"])
    announce("attendance_returned", cadres=[month.cadre], about=str(month.pk), number=f"{month.month:%Y-%m}")
    return month


@command(Permission.CONFIRM_ATTENDANCE)
def mark_absent(month: AttendanceMonth, *, days: Sequence[dt.date], reason: str, by: Actor) -> AttendanceMonth:
    """Say that somebody was absent without leave on days: the town's word after it asked, never a program's."""
    MONTH.next(month.state, "mark_absent", named=month.cadre_name)
    note_absence(month, days=days, reason=reason, by=by)
    return month


@command(Permission.CONFIRM_ATTENDANCE)
def lift_absence(month: AttendanceMonth, *, days: Sequence[dt.date], reason: str, by: Actor) -> AttendanceMonth:
    """Take back that somebody was absent, before the month is confirmed: what a person had said of the day stands again, else what the
    records say. The absence stays kept, with why it was none."""
    MONTH.next(month.state, "lift_absence", named=month.cadre_name)
    not_own_case(by, persons={month.cadre: month.cadre_name})
    if not days or not reason.strip():
        raise DayUnfit("请选择日期，并写明为什么撤销缺岗认定。")
    standing = _standing(month, by=by)
    for on in days:
        if on not in standing or standing[on].status != "absent":
            raise DayUnfit(f"{on} 没有认定缺岗，请核对日期。")
    _replace(month, [_without_absence(month, standing[on], reason.strip(), by=by) for on in sorted(set(days))], standing)
    return month


def _without_absence(month: AttendanceMonth, absence: AttendanceDay, note: str, *, by: Actor) -> AttendanceDay:
    replaced = AttendanceDay.objects.for_everyone(because="what stood in a month the actor sees; the wall decides")
    said = replaced.filter(month=month, on=absence.on, voided_by=absence.event, source__in=SAID).exclude(status="absent").first()
    if said is not None:
        return _day(month, said.on, said.status, said.source, overnight=said.overnight, leave_kind=said.leave_kind, note=note)
    known = _known([month.posting_id], month.month, by=by)[month.posting_id]
    alarm = emergency_days_in({str(month.region_id)}, month.month)[str(month.region_id)]
    day = rules.propose(absence.on, known, works=absence.on in alarm or Calendar().is_workday(absence.on))
    return _day(month, absence.on, day.status, day.source, leave_kind=day.leave_kind, note=note)


def note_absence(month: AttendanceMonth, *, days: Sequence[dt.date], reason: str, by: Actor) -> None:
    """Part of a command that decides about absence. Refuses the own case, days on leave, and absence without a reason."""
    if not days or not reason.strip():
        raise DayUnfit("请选择日期，并写明认定缺岗的依据（核实的方式和结果）。")
    not_own_case(by, persons={month.cadre: month.cadre_name})
    running, before = set(_running(_posting_of(month, by=by), month.month)), _standing(month, by=by)
    for on in days:
        if on not in running:
            raise DayUnfit(f"{on} 不在任职期间，请核对。")
        if on in before and before[on].status == "leave":
            raise DayUnfit(f"{on} 有已批准的请假，不能认定缺岗。")
    _replace(month, [_day(month, on, "absent", "town", note=reason.strip()) for on in days], before)


@command(Permission.CONFIRM_ATTENDANCE)
def confirm_months(region: Region, *, months: Sequence[uuid.UUID], by: Actor) -> Written:
    """Confirm submitted months of a place in one step: all or none, naming the first that may not be."""
    rows = _locked(region, months, by=by)
    not_own_case(by, persons={row.cadre: row.cadre_name for row in rows})
    for row in rows:
        row.state = MONTH.next(row.state, "confirm_months", named=row.cadre_name)
        if by.user_id is not None and row.submitted_by == by.user_id:
            raise SamePerson(f"{row.cadre_name} {row.month:%Y年%m月}的考勤是您代为提交的，录入和确认应由两个人办理。请由同事确认。")
        row.confirmed_on, row.confirmed_by = clock.today(), by.name
    AttendanceMonth.unscoped.bulk_update(rows, ["state", "confirmed_on", "confirmed_by"])
    return Written(count=len(rows), regions=[region.code])


@command(Permission.PUBLISH_ATTENDANCE)
def look_again(month: AttendanceMonth, *, by: Actor) -> AttendanceMonth:
    """The county's second look at a month that a town confirmed for one of its own people."""
    MONTH.next(month.state, "look_again", named=month.cadre_name)
    not_own_case(by, persons={month.cadre: month.cadre_name})
    if not month.is_own_people:
        raise MonthUnfit(f"{month.cadre_name}不是确认考勤的镇办派出的，不用县区复核。")
    month.looked_on, month.looked_by = clock.today(), by.name
    month.save(update_fields=["looked_on", "looked_by"])
    return month


@command(Permission.PUBLISH_ATTENDANCE)
def publish_months(region: Region, *, month: dt.date, by: Actor) -> Written:
    """Publish what the towns of a place have confirmed of a month: names and days, no reasons. The own people of towns are looked at first."""
    if clock.today() < rules.last_of(month):
        raise MonthUnfit(f"{month:%Y年%m月}还没有结束，请在 {rules.last_of(month)} 或以后公布。")
    rows = list(_of_month(region, month, state="confirmed", by=by))
    if not rows:
        raise MonthUnfit(f"{region.name}{month:%Y年%m月}没有镇办已确认、等待公布的考勤。")
    unseen = [row.cadre_name for row in rows if row.is_own_people and row.looked_on is None]
    if unseen:
        raise MonthUnfit(
            f"{'、'.join(unseen[:NAMED])}{f' 等 {len(unseen)} 人' if len(unseen) > NAMED else ''}由确认考勤的镇办派出，请先复核，再公布。"
        )
    for row in rows:
        row.state = MONTH.next(row.state, "publish_months", named=row.cadre_name)
        row.published_on, row.published_by = clock.today(), by.name
    AttendanceMonth.unscoped.bulk_update(rows, ["state", "published_on", "published_by"])
    announce("attendance_published", regions=[row.region_id for row in rows], about=f"{month:%Y-%m}", number=f"{month:%Y-%m}")
    return Written(count=len(rows), regions=[region.code])


@command(Permission.PUBLISH_ATTENDANCE)
def lock_months(region: Region, *, month: dt.date, by: Actor) -> Written:
    """Close what was published of a month; from then on it is corrected by a signed amendment alone."""
    rows = list(_of_month(region, month, state="published", by=by))
    if not rows:
        raise MonthUnfit(f"{region.name}{month:%Y年%m月}没有已公布、等待锁定的考勤。")
    for row in rows:
        row.state = MONTH.next(row.state, "lock_months", named=row.cadre_name)
    AttendanceMonth.unscoped.bulk_update(rows, ["state"])
    return Written(count=len(rows), regions=[region.code])


@command(Permission.KEEP_ATTENDANCE)
def propose_amendment(
    month: AttendanceMonth, *, on: dt.date, status: str, reason: str, overnight: bool | None = None, by: Actor
) -> AttendanceAmendment:
    """Ask for a day of a published month to be corrected; the county decides, by another person."""
    must_be_own(by, cadre=month.cadre, name=month.cadre_name)
    MONTH.next(month.state, "propose_amendment", named=month.cadre_name)
    if not reason.strip():
        raise DayUnfit("请写明更正的原因和依据。")
    standing, night = _standing(month, by=by).get(on), overnight if status == "in_village" else None
    if standing is None or status not in rules.STATUSES or (status, night) == (standing.status, standing.overnight):
        raise DayUnfit(f"{on} 没有可更正的记录，或者更正前后相同，请核对。")
    if status == "leave" and on not in (_known([month.posting_id], month.month, by=by)[month.posting_id].leaves or {}):
        raise DayUnfit(f"{on} 没有已批准的请假，不能更正为请假。请先补办请假手续。")
    waiting = AttendanceAmendment.objects.visible_to(by).filter(month=month, on=on, outcome="")
    if waiting.exists():
        raise DayUnfit(f"{on} 已有一份更正等待审定。")
    return AttendanceAmendment.unscoped.create(
        month=month, region_id=month.region_id, cadre=month.cadre, on=on, before=standing.status, status=status, overnight=night,
        reason=reason.strip(), proposed_by=by.user_id, proposed_by_name=by.name, proposed_on=clock.today(), event=current_event(),
    )  # fmt: skip


@command(Permission.PUBLISH_ATTENDANCE)
def decide_amendment(amendment: AttendanceAmendment, *, agree: bool, by: Actor) -> AttendanceAmendment:
    """Agree to a correction or not. The corrected day is a new row; the one it replaces stays in the ledger."""
    if amendment.outcome:
        raise DayUnfit("这份更正已经审定过。")
    month = AttendanceMonth.objects.visible_to(by).select_for_update(no_key=True).get(pk=amendment.month_id)
    MONTH.next(month.state, "decide_amendment", named=month.cadre_name)
    not_own_case(by, persons={month.cadre: month.cadre_name})
    if by.user_id is not None and amendment.proposed_by == by.user_id:
        raise SamePerson("提出更正和审定更正应由两个人办理，请由同事审定。")
    if agree:
        before = _standing(month, by=by)
        leaves = (_known([month.posting_id], month.month, by=by)[month.posting_id].leaves or {}) if amendment.status == "leave" else {}
        row = _day(
            month, amendment.on, amendment.status, "amendment", overnight=amendment.overnight, note=amendment.reason,
            leave_kind=leaves.get(amendment.on, ""),
        )  # fmt: skip
        _replace(month, [row], before)
        if amendment.before != amendment.status:
            _question_claim(month, amendment.on)
    amendment.outcome = "agreed" if agree else "declined"
    amendment.decided_by, amendment.decided_on = by.name, clock.today()
    amendment.save(update_fields=["outcome", "decided_by", "decided_on"])
    return amendment


def _question_claim(month: AttendanceMonth, on: dt.date) -> None:
    """What was claimed for a month by a day that is corrected now: waiting, it goes back; paid, it says so to who paid."""
    claims = ExpenseClaim.objects.for_everyone(because="the claim of the month that is corrected; the wall decides")
    claim = claims.filter(attendance=month, voided_by__isnull=True).exclude(state="drawn").select_for_update(no_key=True).first()
    if claim is None:
        return
    if claim.state == "settled":
        claim.returned_reason = f"{on} 的考勤在报销之后有更正，请核对，多退少补。"
    else:
        claim.state, claim.handed_in_on = CLAIM.next(claim.state, "return_claim"), None
        claim.returned_reason = f"{on} 的考勤有更正，请重新生成后再报送。"
        announce("claim_returned", cadres=[claim.cadre], about=str(claim.pk))
    claim.save(update_fields=["state", "returned_reason", "handed_in_on"])


def _running(posting: Posting, month: dt.date) -> list[dt.date]:
    """The days of a month on which the posting runs, up to today."""
    today = clock.today()
    return [day for day in rules.days_of(month, arrived_on=posting.arrived_on, ended_on=posting.ended_on) if day <= today]


def _posting_of(month: AttendanceMonth, *, by: Actor) -> Posting:
    found: Posting | None = Posting.objects.visible_to(by).filter(pk=month.posting_id).first()
    if found is None:
        raise NotVisible(Posting.__name__)
    return found


def _locked(region: Region, keys: Iterable[uuid.UUID], *, by: Actor) -> list[AttendanceMonth]:
    """The months of these keys in a place, locked in the order of their ids; one that is not there is as if absent."""
    wanted, (low, high) = sorted(set(keys)), bounds(region.code)
    rows = AttendanceMonth.objects.visible_to(by).filter(pk__in=wanted, region_id__gte=low, region_id__lt=high)
    found = list(rows.select_for_update(no_key=True).order_by("pk"))
    if not wanted:
        raise MonthUnfit("请至少选择一份考勤。")
    if len(found) < len(wanted):
        raise NotVisible(AttendanceMonth.__name__)
    return found


def _of_month(region: Region, month: dt.date, *, state: str, by: Actor) -> "QuerySet[AttendanceMonth]":
    low, high = bounds(region.code)
    rows: QuerySet[AttendanceMonth] = AttendanceMonth.objects.visible_to(by).filter(region_id__gte=low, region_id__lt=high)
    return rows.filter(month=rules.first_of(month), state=state).select_for_update(no_key=True).order_by("pk")


def _standing(month: AttendanceMonth, *, by: Actor) -> dict[dt.date, AttendanceDay]:
    return {day.on: day for day in AttendanceDay.objects.visible_to(by).filter(month=month)}


def _day(month: AttendanceMonth, on: dt.date, status: str, source: str, **more: Any) -> AttendanceDay:
    return AttendanceDay(
        month=month, region_id=month.region_id, cadre=month.cadre, on=on, status=status, source=source, event=current_event(), **more
    )


def _replace(month: AttendanceMonth, rows: Sequence[AttendanceDay], before: Mapping[dt.date, AttendanceDay]) -> None:
    """Newer rows for days; those they replace are voided and stay."""
    old = [before[row.on].pk for row in rows if row.on in before]
    AttendanceDay.unscoped.filter(pk__in=old, voided_by__isnull=True).update(voided_by=current_event())
    AttendanceDay.unscoped.bulk_create(rows)
    note_in_event(days=len(rows), replaced=len(old), statuses=dict(Counter(row.status for row in rows)))


def follow_leave(posting: Posting, *, first_on: dt.date, last_on: dt.date, by: Actor) -> None:
    """Part of a command that grants leave, reports a trip or a return: months that nobody has confirmed yet say these days anew."""
    there = AttendanceMonth.objects.visible_to(by).filter(posting=posting, state__in=UNCONFIRMED)
    for month in list(there.filter(month__range=(rules.first_of(first_on), last_on)).order_by("month").values_list("month", flat=True)):
        _propose([posting], month, states=UNCONFIRMED, within=(first_on, last_on), by=by)


def _propose(
    postings: Sequence[Posting],
    month: dt.date,
    *,
    states: tuple[str, ...] = ("open",),
    within: tuple[dt.date, dt.date] = (dt.date.min, dt.date.max),
    by: Actor,
) -> dict[uuid.UUID, AttendanceMonth]:
    """Fill the days of a month of postings from the records, of months in these states; the same queries whatever their number. Locked:
    who proposes, who corrects and who submits wait for each other."""
    rows_of = AttendanceMonth.objects.visible_to(by).filter(posting__in=[posting.pk for posting in postings], month=month)
    months = {row.posting_id: row for row in rows_of.select_for_update(no_key=True).order_by("pk")}
    postings = [posting for posting in postings if posting.pk not in months or months[posting.pk].state in states]
    keys = [posting.pk for posting in postings]
    new = [_opened(posting, month) for posting in postings if posting.pk not in months]
    AttendanceMonth.unscoped.bulk_create(new)
    months |= {row.posting_id: row for row in new}
    known, calendar = _known(keys, month, by=by), Calendar()
    emergencies = emergency_days_in({str(posting.region_id) for posting in postings}, month)  # nobody rests by the calendar on these
    standing: dict[uuid.UUID, dict[dt.date, AttendanceDay]] = defaultdict(dict)
    for day in AttendanceDay.objects.visible_to(by).filter(month__in=[row.pk for row in months.values()]):
        standing[day.month_id][day.on] = day
    rows, old = [], []
    for posting in postings:
        of, alarm = months[posting.pk], emergencies[str(posting.region_id)]
        for on in (day for day in _running(posting, month) if within[0] <= day <= within[1]):
            there, proposed = standing[of.pk].get(on), rules.propose(on, known[posting.pk], works=on in alarm or calendar.is_workday(on))
            # Leave of a whole day is ended, not written over.
            is_granted = proposed.status == "leave" and on not in known[posting.pk].halves
            stays = there is not None and there.source in SAID and not (is_granted and there.source == "official")
            if there is not None and (stays or (there.status, there.source) == (proposed.status, proposed.source)):
                continue
            old += [there.pk] if there is not None else []
            rows.append(_day(of, on, proposed.status, proposed.source, leave_kind=proposed.leave_kind))
    AttendanceDay.unscoped.filter(pk__in=old, voided_by__isnull=True).update(voided_by=current_event())
    AttendanceDay.unscoped.bulk_create(rows)
    note_in_event(months=len(months), days=len(rows), replaced=len(old))
    return months


def _opened(posting: Posting, month: dt.date) -> AttendanceMonth:
    home, town = str(posting.home_region), str(posting.region_id)[:9]
    return AttendanceMonth(
        cadre_name=posting.cadre_name, month=month, state="open", is_own_people=len(home) == 9 and home == town, event=current_event(),
        **posting.about,
    )  # fmt: skip


def _known(postings: Sequence[uuid.UUID], month: dt.date, *, by: Actor) -> Mapping[uuid.UUID, rules.Known]:
    """What was recorded of postings in a month. Four queries."""
    first, last = rules.first_of(month), rules.last_of(month)
    logged, visited = defaultdict(set), defaultdict(set)
    for posting, on in WorkLog.objects.visible_to(by).filter(posting__in=postings, on__range=(first, last)).values_list("posting_id", "on"):
        logged[posting].add(on)
    for posting, on in Visit.objects.visible_to(by).filter(posting__in=postings, on__range=(first, last)).values_list("posting_id", "on"):
        visited[posting].add(on)
    leaves: dict[uuid.UUID, dict[dt.date, str]] = defaultdict(dict)
    trips: dict[uuid.UUID, set[dt.date]] = defaultdict(set)
    halves: dict[uuid.UUID, set[dt.date]] = defaultdict(set)
    rows = LeaveRequest.objects.visible_to(by).filter(posting__in=postings, state__in=GRANTED, first_on__lte=last, last_on__gte=first)
    for leave in rows:
        for day in leave.taken.days() if leave.taken else ():
            if leave.kind == TRIP:
                trips[leave.posting_id].add(day)
            elif leave.taken.weight(day) == 2 or day not in logged[leave.posting_id] | visited[leave.posting_id]:
                leaves[leave.posting_id][day] = leave.kind
                if leave.taken.weight(day) < 2:
                    halves[leave.posting_id].add(day)
    called = called_days(by, postings, month)
    return {
        key: rules.Known(logged[key], visited[key], leaves[key], trips[key], halves[key], called.get(key, frozenset())) for key in postings
    }  # fmt: skip
