"""Attendance and leave from the phone: a month proposed, corrected and submitted; leave asked for, taken back, ended."""

import datetime as dt

from shibaiqian.access.command import NotVisible
from shibaiqian.access.roles import Permission
from shibaiqian.fieldwork.actions import (
    DayCorrection,
    cancel_leave,
    correct_days,
    propose_month,
    report_return,
    request_leave,
    submit_month,
)
from shibaiqian.fieldwork.models import AttendanceMonth, LeaveRequest
from shibaiqian.fieldwork.rules.attendance import SAID_BY_OFFICIAL
from shibaiqian.fieldwork.rules.leave import KINDS as LEAVE_KINDS
from shibaiqian.sync.body import Body
from shibaiqian.sync.kinds.fieldwork import posting_of
from shibaiqian.sync.kinds.kind import Done, Kind, Sender
from shibaiqian.sync.rules import Malformed, Said

MOST_DAYS = 31
LONGEST_REASON = 100
NIGHTS = {"yes": True, "no": False, "": None}


def attendance_propose(said: Said, sender: Sender) -> Done:
    """`{posting, month}`, the month as any of its days: filled in from the records on the server."""
    month = propose_month(posting_of(said, sender), month=Body(said.body).day("month"), by=sender.actor, operation=said.id)
    return Done({"month": str(month.pk)})


def attendance_correct(said: Said, sender: Sender) -> Done:
    """`{posting, month, days: [{on, status, overnight?: yes|no, note?, point?}]}`; a month that is not there yet is proposed first.

    `point` is `{lat_e6, lon_e6, accuracy?}` of one moment, in millionths of a degree and metres. No phone needs to send one.
    """
    body = Body(said.body)
    month = _month(said, sender) or propose_month(posting_of(said, sender), month=body.day("month"), by=sender.actor)
    days = [_day(day, sender) for day in body.several("days", most=MOST_DAYS)]
    if not days:
        raise Malformed("没有写明要改哪一天。")
    return Done({"month": str(correct_days(month, days=days, by=sender.actor, operation=said.id).pk)})


def attendance_submit(said: Said, sender: Sender) -> Done:
    """`{posting, month}`: hand the month to the town."""
    month = _month(said, sender)
    if month is None:
        raise NotVisible("AttendanceMonth")
    return Done({"month": str(submit_month(month, by=sender.actor, operation=said.id).pk)})


def leave_ask(said: Said, sender: Sender) -> Done:
    """`{posting, on, kind, first_on, last_on, from_noon?, until_noon?, reason, place?, told_to?, told_on?, extends?}`.

    `on` is the day it was asked, which may lie some days back where there was no signal; `told_to` makes it an emergency.
    The operation's id is the request's from now on.
    """
    body = Body(said.body)
    told_to = body.text("told_to", longest=LONGEST_REASON)
    made = request_leave(
        posting_of(said, sender),
        key=said.id,
        asked_on=sender.day(body, "on"),
        kind=body.choice("kind", LEAVE_KINDS, required=True),
        first_on=body.day("first_on"),
        last_on=body.day("last_on"),
        from_noon=body.values.get("from_noon") is True,
        until_noon=body.values.get("until_noon") is True,
        reason=body.text("reason", longest=LONGEST_REASON, required=True),
        place=body.text("place", longest=LONGEST_REASON),
        emergency=bool(told_to),
        told_to=told_to,
        told_on=body.date("told_on"),
        extends=body.key("extends"),
        by=sender.actor,
        operation=said.id,
    )
    return Done({"leave": str(made.pk), "level": made.level, "state": made.state})


def leave_cancel(said: Said, sender: Sender) -> Done:
    """`{leave}`: taken back, before it begins."""
    made = cancel_leave(_leave(said, sender), by=sender.actor, operation=said.id)
    return Done({"leave": str(made.pk), "state": made.state})


def leave_return(said: Said, sender: Sender) -> Done:
    """`{leave, on}`: back on duty from a day on."""
    on = sender.day(Body(said.body), "on")
    made = report_return(_leave(said, sender), on=on, by=sender.actor, operation=said.id)
    return Done({"leave": str(made.pk), "state": made.state})


def _month(said: Said, sender: Sender) -> AttendanceMonth | None:
    first: dt.date = Body(said.body).day("month").replace(day=1)
    found: AttendanceMonth | None = (
        AttendanceMonth.objects.visible_to(sender.actor).filter(posting=posting_of(said, sender), month=first).first()
    )
    return found


def _leave(said: Said, sender: Sender) -> LeaveRequest:
    found: LeaveRequest | None = LeaveRequest.objects.visible_to(sender.actor).filter(pk=Body(said.body).key("leave")).first()
    if found is None:
        raise NotVisible("LeaveRequest")
    return found


def _day(day: Body, sender: Sender) -> DayCorrection:
    point = day.within("point")
    where = None if point is None else {name: point.whole(name) or 0 for name in ("lat_e6", "lon_e6", "accuracy")}
    return DayCorrection(
        on=sender.day(day, "on"),
        status=day.choice("status", SAID_BY_OFFICIAL, required=True),
        overnight=NIGHTS[day.choice("overnight", ("yes", "no"))],
        note=day.text("note", longest=LONGEST_REASON),
        point=where,
    )


KINDS = (
    Kind("attendance_propose", Permission.KEEP_ATTENDANCE, attendance_propose),
    Kind("attendance_correct", Permission.KEEP_ATTENDANCE, attendance_correct),
    Kind("attendance_submit", Permission.KEEP_ATTENDANCE, attendance_submit),
    Kind("leave_request", Permission.KEEP_ATTENDANCE, leave_ask),
    Kind("leave_cancel", Permission.KEEP_ATTENDANCE, leave_cancel),
    Kind("leave_return", Permission.KEEP_ATTENDANCE, leave_return),
)
