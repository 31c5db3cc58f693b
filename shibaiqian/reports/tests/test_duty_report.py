"""考勤月报表 and 请销假登记台账: who may see them, in which order, and what they do not say."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shibaiqian.access.actor import Forbidden, acting
from shibaiqian.assistance.tests.factories import DANFENG, LUONAN, villages
from shibaiqian.documents.pdf import render_pdf
from shibaiqian.documents.word import render_docx
from shibaiqian.fieldwork.actions import approve_leave, confirm_months, mark_absent, request_leave
from shibaiqian.fieldwork.models import AttendanceMonth, LeaveRequest
from shibaiqian.fieldwork.tests.duty import MAY, People
from shibaiqian.regions.models import Region
from shibaiqian.reports.actions import issue_report
from shibaiqian.reports.duty import attendance_report, leave_report
from shibaiqian.reports.sheets import document, workbook
from shibaiqian.reports.tables import from_frozen

pytestmark = pytest.mark.django_db
END = dt.date(2016, 5, 31)


@pytest.fixture
def two(actor: Any) -> tuple[People, People]:
    """The first village's official was there less than the second's."""
    first, second = villages(LUONAN, 2)
    one, other = People(actor, first), People(actor, second, "P2")
    one.wrote(dt.date(2016, 5, 3))
    other.wrote(*[dt.date(2016, 5, n) for n in range(2, 27)])
    one.month()
    other.month()
    return one, other


def asked(people: People, first: dt.date, *, kind: str = "sick") -> None:
    row = request_leave(
        people.posting, kind=kind, first_on=first, last_on=first, reason="高血压住院", emergency=True, told_to="书记", told_on=first, by=people.official
    )  # fmt: skip
    if kind != "official":
        approve_leave(row, by=people.town)


def test_people_stand_in_the_order_of_places_not_of_numbers(two: tuple[People, People]) -> None:
    one = two[0]
    with acting(one.county):
        (section,) = attendance_report(one.county, LUONAN, END).sections
    assert [row[11] for row in section.rows] == [1, 25]  # the fewer days first: the place decides
    assert [row[12] for row in section.rows] == ["待核", "达到"]


def test_the_city_reads_counties(two: tuple[People, People]) -> None:
    city = two[0].city
    with acting(city):
        (section,) = attendance_report(city, "6110", END).sections
    assert section.rows == (("洛南县", 2, 0, 2, 0, 0, 1, 0, 1), ("合计", 2, 0, 2, 0, 0, 1, 0, 1))


def test_what_is_published_says_neither_kind_nor_reason(two: tuple[People, People]) -> None:
    one = two[0]
    asked(one, dt.date(2016, 5, 17))
    with acting(one.county):
        said = str(attendance_report(one.county, LUONAN, END)) + str(leave_report(one.county, LUONAN, END))
        assert "病假" not in str(attendance_report(one.county, LUONAN, END))
    assert "高血压" not in said


def test_nobody_reads_of_an_absence_before_its_month_is_confirmed(two: tuple[People, People]) -> None:
    one = two[0]
    month = AttendanceMonth.unscoped.get(posting=one.posting)
    mark_absent(month, days=[dt.date(2016, 5, 17)], reason="到村核实不在岗", by=one.town)
    with acting(one.county):
        assert attendance_report(one.county, LUONAN, END).sections[0].rows[0][9] == "待确认"
    confirm_months(Region.objects.get(pk=one.village.code[:9]), months=[month.pk], by=one.town)
    with acting(one.county):
        assert attendance_report(one.county, LUONAN, END).sections[0].rows[0][9] == 1


def test_leave_is_listed_by_who_decided(two: tuple[People, People]) -> None:
    one, other = two
    asked(one, dt.date(2016, 5, 17))
    asked(other, dt.date(2016, 4, 5), kind="official")
    asked(other, dt.date(2016, 3, 1))  # of the quarter before
    with acting(one.county):
        levels, register = leave_report(one.county, LUONAN, END).sections
    assert levels.rows[-1] == ("合计", 1, 0, 0, 1, 2)
    assert [(row[2], row[8]) for row in register.rows] == [("病假", "镇办党委"), ("因公外出", "报备")]


def test_leave_that_was_taken_back_is_listed_and_not_counted(two: tuple[People, People]) -> None:
    one = two[0]
    asked(one, dt.date(2016, 5, 17))
    LeaveRequest.unscoped.update(state="cancelled")
    with acting(one.county):
        levels, register = leave_report(one.county, LUONAN, END).sections
    assert levels.rows == () and register.rows[0][-1] == "已撤销"


def test_both_are_excel_pdf_and_word_and_frozen(two: tuple[People, People]) -> None:
    one = two[0]
    with acting(one.county):
        for made in (attendance_report(one.county, LUONAN, END), leave_report(one.county, LUONAN, END)):
            paper = document(made, demonstration=True)
            assert workbook(made, watermark="某人")[:2] == b"PK"
            assert render_pdf(paper).content[:4] == b"%PDF"
            assert render_docx(paper)[:2] == b"PK"
    frozen = issue_report(one.village.parent.parent, code="attendance", as_of=END, by=one.county)
    assert from_frozen(frozen.data).sections[0].rows[0][1] == one.posting.cadre_name


def test_more_people_take_no_more_queries(two: tuple[People, People], actor: Any) -> None:
    one = two[0]
    asked_ = []
    for n in (2, 3):
        with acting(one.county), CaptureQueriesContext(connection) as seen:
            attendance_report(one.county, LUONAN, END)
            leave_report(one.county, LUONAN, END)
        asked_.append(len(seen))
        People(actor, villages(LUONAN, 4)[n], f"R{n}").month(MAY)
    assert asked_[0] == asked_[1]


def test_others_read_nothing_of_it(two: tuple[People, People], actor: Any) -> None:
    far = actor("county_org_admin", DANFENG)
    with acting(far):
        assert attendance_report(far, LUONAN, END).sections[0].rows == ()
    poverty = actor("county_poverty_admin", LUONAN)
    with acting(poverty), pytest.raises(Forbidden):
        attendance_report(poverty, LUONAN, END)
