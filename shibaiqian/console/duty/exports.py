"""The months of attendance, the register of leave and the work logs as Excel files: what the page asks for, in its order."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils.functional import Promise
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from shibaiqian.access.actor import Actor
from shibaiqian.access.middleware import acts
from shibaiqian.access.roles import Permission
from shibaiqian.base.spreadsheets.columns import Column
from shibaiqian.base.spreadsheets.columns import ColumnKind as K
from shibaiqian.console.duty.asked import asked_leaves, asked_logs, asked_months
from shibaiqian.console.export import MOST, Sheet, TooMany, sheet_file
from shibaiqian.console.listing.columns import Places
from shibaiqian.fieldwork import queries
from shibaiqian.fieldwork.models import AttendanceMonth, LeaveRequest, WorkLog, WorkLogItem

COUNTED = 5_000  # months in one file: each is counted from its days
LOGGED = 20_000  # days of work in one file
COUNTS = ("asked", "duty", "in_village", "official_out", "rest", "leave", "absent", "unknown")
PLACES = {"county": _("县区"), "town": _("镇办"), "village": _("村（社区）")}
MONTHS = {
    "month": _("月份"), "name": _("姓名"), **PLACES, "host": _("挂职单位"), "title": _("职务"), "asked": _("本月要求"), "duty": _("在岗"),
    "in_village": _("在村"), "official_out": _("因公外出"), "rest": _("休息"), "leave": _("请假"), "absent": _("缺岗"), "unknown": _("未记录"),
    "nights": _("住村"), "state": _("状态"), "confirmed_by": _("镇办确认"), "confirmed_on": _("确认日期"), "published_on": _("公布日期"),
}  # fmt: skip
LEAVES = {
    "name": _("姓名"), **PLACES, "kind": _("类别"), "first_on": _("开始"), "last_on": _("结束"), "days": _("天数"), "level": _("审批"),
    "decided_by": _("批准人"), "decided_on": _("批准日期"), "returned_on": _("销假"), "state": _("状态"),
}  # fmt: skip

LOGS = {
    "on": _("日期"), "name": _("姓名"), **PLACES, "category": _("类别"), "household": _("户主"), "content": _("内容"), "problem": _("没解决的问题"),
    "follow_up_on": _("打算哪天再去"),
}  # fmt: skip


@acts
@require_POST
def months_file(request: HttpRequest) -> HttpResponseBase:
    """The months that the page shows, all of them."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    asked = asked_months(request, actor)

    def rows() -> Sequence[Mapping[str, Any]]:
        found = list(asked.rows[: COUNTED + 1])
        if len(found) > COUNTED:
            raise TooMany(__("符合条件的超过 %(most)s 份。请先选择月份或所在地，再分别导出。") % {"most": f"{COUNTED:,}"})
        places = Places.of({str(row.region_id) for row in found})
        return [_month(line, places) for line in queries.counted(actor, found)]

    return sheet_file(request, Sheet("attendance", __("考勤"), Permission.VIEW_ATTENDANCE, _columns(MONTHS), asked.criteria, rows))


def _month(line: queries.CountedMonth, places: Places) -> Mapping[str, Any]:
    row, result = line.month, line.result
    counts = {name: getattr(result, name) for name in COUNTS}
    return {
        "month": f"{row.month:%Y-%m}", "name": row.cadre_name, "host": row.posting.host_name, "title": row.posting.title, **_places(row.region_id, places),
        **counts, "nights": result.nights if result.nights_known else None, "state": __(AttendanceMonth.State(row.state).label),
        "confirmed_by": row.confirmed_by, "confirmed_on": row.confirmed_on, "published_on": row.published_on,
    }  # fmt: skip


@acts
@require_POST
def leaves_file(request: HttpRequest) -> HttpResponseBase:
    """The requests that the page shows, all of them; never why."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    asked = asked_leaves(request, actor)

    def rows() -> Sequence[Mapping[str, Any]]:
        found = list(asked.rows[: MOST + 1])
        places = Places.of({str(row.region_id) for row in found})
        return [_leave(row, places) for row in found]

    return sheet_file(request, Sheet("leaves", __("请销假"), Permission.VIEW_ATTENDANCE, _columns(LEAVES), asked.criteria, rows))


def _leave(row: LeaveRequest, places: Places) -> Mapping[str, Any]:
    return {
        "name": row.cadre_name, **_places(row.region_id, places), "kind": __(LeaveRequest.Kind(row.kind).label), "first_on": row.first_on,
        "last_on": row.last_on, "days": row.days_words, "level": "" if row.is_trip else __(LeaveRequest.Level(row.level).label),
        "decided_by": row.decided_by, "decided_on": row.decided_on, "returned_on": row.returned_on,
        "state": __(LeaveRequest.State(row.state).label),
    }  # fmt: skip


@acts
@require_POST
def logs_file(request: HttpRequest) -> HttpResponseBase:
    """The things of the days that the page shows, a row each; of households their heads for who may see them."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    asked = asked_logs(request, actor)
    named = actor.may(Permission.VIEW_HOUSEHOLDS)

    def rows() -> Sequence[Mapping[str, Any]]:
        found = list(asked.rows[: LOGGED + 1])
        if len(found) > LOGGED:
            raise TooMany(__("符合条件的超过 %(most)s 份。请先选择月份或所在地，再分别导出。") % {"most": f"{LOGGED:,}"})
        places = Places.of({str(log.region_id) for log in found})
        return [_thing(log, item, places, named=named) for log in found for item in log.items.all()]

    return sheet_file(request, Sheet("logs", __("工作日志"), Permission.VIEW_FIELDWORK, _columns(LOGS), asked.criteria, rows))


def _thing(log: WorkLog, item: WorkLogItem, places: Places, *, named: bool) -> Mapping[str, Any]:
    return {
        "on": log.on, "name": log.posting.cadre_name, **_places(log.region_id, places), "category": __(WorkLogItem.Category(item.category).label),
        "household": item.household.head_name if named and item.household else "", "content": item.content, "problem": item.problem,
        "follow_up_on": item.follow_up_due,
    }  # fmt: skip


def _places(code: str, places: Places) -> dict[str, str]:
    return {level: places.at(str(code), level) for level in ("county", "town", "village")}


def _columns(labels: Mapping[str, Promise]) -> list[Column]:
    """The columns with their headers in the reader's language; what ends in `on` is a day."""
    kinds = {
        name: K.DATE if name == "on" or name.endswith("_on") else K.INTEGER if name in (*COUNTS, "nights") else K.TEXT for name in labels
    }
    return [Column(name, str(label), kinds[name]) for name, label in labels.items()]
