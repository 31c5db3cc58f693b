"""Sheets of attendance and registers of leave taken in from paper."""

import datetime as dt
from collections import Counter
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shibaiqian.access.actor import Forbidden, acting
from shibaiqian.access.command import NotVisible
from shibaiqian.access.rows import Rows, RowsRefused
from shibaiqian.assistance.tests.factories import LUONAN, roster, said, villages
from shibaiqian.fieldwork.actions import register_attendance, register_leaves
from shibaiqian.fieldwork.excel.attendance import COLUMNS
from shibaiqian.fieldwork.excel.leave import LEAVE_COLUMNS
from shibaiqian.fieldwork.models import AttendanceDay, AttendanceMonth, LeaveReason, LeaveRequest
from shibaiqian.fieldwork.tests.duty import APRIL, MAY, People
from shibaiqian.regions.models import Region

pytestmark = pytest.mark.django_db
MAY_MARKS = "√√休√√√休休" + "√" * 8 + "公公病病" + "缺" + "△" * 4


@pytest.fixture
def people(actor: Any) -> People:
    return People(actor, villages(LUONAN)[0])


def county() -> Region:
    return Region.objects.get(pk=LUONAN)


def sheet(*rows: dict[str, Any]) -> Rows:
    return roster(COLUMNS, *({"posting_number": "P1", "month": MAY, **row} for row in rows))


def marked(marks: str) -> dict[str, str]:
    return {f"d{n}": mark for n, mark in enumerate(marks, start=1)}


def leave_sheet(*rows: dict[str, Any]) -> Rows:
    usual = {
        "posting_number": "P1", "kind": "personal", "first_on": dt.date(2016, 5, 9), "last_on": dt.date(2016, 5, 10), "reason": "家事",
        "asked_on": dt.date(2016, 5, 6), "state": "closed", "decided_by": "镇党委书记", "decided_on": dt.date(2016, 5, 6), "returned_on": dt.date(2016, 5, 11),
    }  # fmt: skip
    return roster(LEAVE_COLUMNS, *({**usual, **row} for row in rows))


def test_a_sheet_becomes_a_month_with_its_days(people: People) -> None:
    assert register_attendance(county(), rows=sheet(marked(MAY_MARKS)), by=people.county).count == 1
    month = AttendanceMonth.unscoped.get()
    assert (month.state, month.cadre_name, month.confirmed_on) == ("confirmed", people.posting.cadre_name, dt.date(2016, 5, 31))
    count = Counter(AttendanceDay.unscoped.values_list("status", flat=True))
    assert count == {"in_village": 17, "rest": 3, "official_out": 2, "leave": 2, "absent": 1, "unknown": 6}
    assert set(AttendanceDay.unscoped.filter(status="leave").values_list("leave_kind", flat=True)) == {"sick"}
    assert set(AttendanceDay.unscoped.filter(status="absent").values_list("source", flat=True)) == {"roster"}


def test_what_a_sheet_cannot_say_is_refused_by_cell(people: People) -> None:
    rows = sheet(
        {"d1": "迟"}, {"month": dt.date(2016, 4, 1), "d31": "√"}, {"posting_number": "P9", "d1": "√"}, {"month": dt.date(2015, 3, 1), "d4": "√"},
        {"month": dt.date(2016, 6, 1), "d9": "√"}, {"month": dt.date(2016, 7, 1)}, {"month": MAY},
    )  # fmt: skip
    with pytest.raises(RowsRefused) as refused:
        register_attendance(county(), rows=rows, by=people.county)
    assert said(refused.value) == {
        (2, "1日", "mark"), (3, "31日", "no_such_day"), (4, "任职编号", "posting_unknown"), (5, "4日", "outside"), (6, "9日", "future"),
        (7, "月份", "future"), (8, "月份", "repeated"),
    }  # fmt: skip
    assert not AttendanceMonth.unscoped.exists()


def test_a_month_comes_once(people: People) -> None:
    register_attendance(county(), rows=sheet({}), by=people.county)
    with pytest.raises(RowsRefused) as refused:
        register_attendance(county(), rows=sheet({}), by=people.county)
    assert said(refused.value) == {(2, "月份", "known")}


def test_a_long_sheet_asks_no_more_than_a_short_one(people: People, actor: Any) -> None:
    People(actor, villages(LUONAN, 2)[1], "P2")
    asked = []
    for rows in (sheet({}), sheet({"month": APRIL}, {"posting_number": "P2"}, {"posting_number": "P2", "month": APRIL})):
        with CaptureQueriesContext(connection) as seen:
            register_attendance(county(), rows=rows, by=people.county)
        asked.append(len(seen))
    assert asked[0] == asked[1]


def test_a_register_of_leave_is_worked_out_not_believed(people: People) -> None:
    rows = leave_sheet(
        {}, {"first_on": dt.date(2016, 5, 13), "last_on": dt.date(2016, 5, 14), "returned_on": dt.date(2016, 5, 15)},
        {"kind": "official", "first_on": dt.date(2016, 4, 5), "last_on": dt.date(2016, 4, 8), "state": "closed", "decided_by": None, "decided_on": None,
         "returned_on": dt.date(2016, 4, 9)},
        {"kind": "maternity", "first_on": dt.date(2016, 1, 4), "last_on": dt.date(2016, 1, 24), "returned_on": dt.date(2016, 1, 25)},
    )  # fmt: skip
    register_leaves(county(), rows=rows, by=people.county)
    first, second, trip, long = (LeaveRequest.unscoped.get(first_on=dt.date(2016, m, d)) for m, d in ((5, 9), (5, 13), (4, 5), (1, 4)))
    assert (first.half_days, first.summed_half_days, first.level) == (4, 8, "county")  # two and two, two days apart
    assert second.summed_half_days == 8
    assert (trip.level, trip.copied_unit) == ("town", None)
    assert (long.half_days, long.copied_unit) == (42, people.posting.unit_id)
    assert LeaveReason.unscoped.count() == 4


def test_a_register_that_cannot_be_is_refused_by_cell(people: People) -> None:
    rows = leave_sheet(
        {"last_on": dt.date(2016, 5, 8)}, {"first_on": dt.date(2016, 3, 1), "last_on": dt.date(2016, 3, 2), "decided_by": None},
        {"first_on": dt.date(2016, 3, 2), "last_on": dt.date(2016, 3, 4), "returned_on": None},
        {"first_on": dt.date(2016, 2, 1), "last_on": dt.date(2016, 2, 5)}, {"first_on": dt.date(2016, 2, 3), "last_on": dt.date(2016, 2, 4)},
        {"kind": "official", "first_on": dt.date(2015, 12, 1), "last_on": dt.date(2015, 12, 2), "state": "approved"},
    )  # fmt: skip
    with pytest.raises(RowsRefused) as refused:
        register_leaves(county(), rows=rows, by=people.county)
    assert said(refused.value) == {
        (2, "结束日期", "order"), (3, "批准人", "decided_by_whom"), (4, "返岗日期", "no_return"), (6, "开始日期", "overlap"), (7, "状态", "trip_state")
    }  # fmt: skip


def test_leave_that_is_known_is_not_taken_in_again(people: People) -> None:
    register_leaves(county(), rows=leave_sheet({}), by=people.county)
    with pytest.raises(RowsRefused) as refused:
        register_leaves(county(), rows=leave_sheet({"first_on": dt.date(2016, 5, 10), "last_on": dt.date(2016, 5, 12)}), by=people.county)
    assert said(refused.value) == {(2, "开始日期", "known")}


def test_others_take_nothing_in(people: People, actor: Any) -> None:
    far = actor("county_org_admin", "611022")
    for take, rows in ((register_attendance, sheet({})), (register_leaves, leave_sheet({}))):
        with pytest.raises(Forbidden):
            take(county(), rows=rows, by=people.town)
        with pytest.raises(NotVisible):
            take(county(), rows=rows, by=far)
    with acting(people.county):
        assert not AttendanceMonth.objects.visible_to(people.county).exists()
