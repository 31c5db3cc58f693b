"""What a slice tells of attendance and leave: the last months day by day, requests that stand, what is left of the year."""

import datetime as dt
from typing import Any

from shibaiqian.access.actor import Actor
from shibaiqian.access.roles import Permission
from shibaiqian.base import clock
from shibaiqian.fieldwork import queries
from shibaiqian.fieldwork.models import AttendanceDay, LeaveRequest
from shibaiqian.postings.models import Posting

MONTHS = 3
LEAVES_BACK = dt.timedelta(days=180)


def attendance(actor: Actor, posting: Posting | None) -> list[dict[str, Any]] | None:
    """The posting's last three months, latest first."""
    if posting is None or not actor.may(Permission.VIEW_ATTENDANCE):
        return None
    months = list(queries.months(actor).filter(posting=posting)[:MONTHS])
    keys = [row.pk for row in months]
    days = AttendanceDay.objects.visible_to(actor).filter(month__in=keys)
    by_month: dict[Any, list[dict[str, Any]]] = {key: [] for key in keys}
    for key, on, status, source, overnight, note in days.order_by("on").values_list("month", "on", "status", "source", "overnight", "note"):
        night = {} if overnight is None else {"overnight": "yes" if overnight else "no"}
        by_month[key].append({"on": on.isoformat(), "status": status, "source": source, **night, **({"note": note} if note else {})})
    return [_month(line, by_month[line.month.pk]) for line in queries.counted(actor, months)]


def _month(line: queries.CountedMonth, days: list[dict[str, Any]]) -> dict[str, Any]:
    row, result = line.month, line.result
    return {
        "id": str(row.pk), "month": row.month.isoformat(), "state": row.state, "returned_reason": row.returned_reason, "days": days,
        "duty": result.duty, "asked": result.asked, "leave": result.leave, "absent": result.absent, "unknown": result.unknown,
    }  # fmt: skip


def leave(actor: Actor, posting: Posting | None) -> dict[str, Any] | None:
    """Requests of half a year and the balance of this one."""
    if posting is None or not actor.may(Permission.VIEW_ATTENDANCE):
        return None
    rows = queries.leaves(actor, cadre=posting.cadre_id).filter(last_on__gte=clock.today() - LEAVES_BACK)
    balance = queries.balance_of(actor, cadre=posting.cadre_id, region=str(posting.region_id), year=clock.today().year)
    annual = balance.left("annual")
    return {
        "requests": [_request(row) for row in rows],
        "balance": {
            "year": balance.year,
            "taken_half_days": dict(balance.taken),
            **({} if annual is None else {"annual_left_half_days": annual}),
        },
    }


def _request(row: LeaveRequest) -> dict[str, Any]:
    return {
        "id": str(row.pk), "kind": row.kind, "first_on": row.first_on.isoformat(), "last_on": row.last_on.isoformat(), "from_noon": row.from_noon,
        "until_noon": row.until_noon, "half_days": row.half_days, "level": row.level, "state": row.state, "answer": row.answer,
        "returned_on": row.returned_on.isoformat() if row.returned_on else None,
    }  # fmt: skip
