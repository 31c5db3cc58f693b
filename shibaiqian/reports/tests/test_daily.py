"""R10 and R15: counted by place as of a day, from the records, without a word about persons."""

import datetime as dt
from typing import Any

import pytest

from shibaiqian.access.actor import Forbidden, acting
from shibaiqian.assistance.tests.factories import DANFENG, LUONAN, TODAY, posted, villages
from shibaiqian.fieldwork.actions import PlanLine, hear_report, hold_meeting, submit_plan, submit_report, write_plan, write_report
from shibaiqian.fieldwork.tests.test_duty_reports import MEETING
from shibaiqian.regions.models import Region
from shibaiqian.reports.actions import issue_report
from shibaiqian.reports.daily import duty_reports_report, plans_report
from shibaiqian.reports.sheets import document, workbook

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(actor: Any) -> str:
    """Two officials in a town, one with a plan that was heard and a report voted on; one in another county."""
    first, second = villages(LUONAN, 2)
    posting, _other, _elsewhere = posted(first.code, "P1"), posted(second.code, "P2"), posted(villages(DANFENG)[0].code, "P3")
    official, town = actor("posted_cadre", first.code, name="王朝辉"), actor("town_party_admin", first.code[:9])
    submit_plan(write_plan(posting, month=TODAY, items=[PlanLine("修水渠")], by=official), by=official)
    hold_meeting(Region.objects.get(pk=first.code[:9]), on=TODAY, chair="刘书记", attendees=9, by=town)
    report = submit_report(write_report(posting, year=2015, half=2, text="履职", by=official), by=official)
    hear_report(report, **MEETING, items=[("水渠没修完", dt.date(2016, 8, 1))], by=town)
    return first.code[:9]


def test_plans_are_counted_by_place(actor: Any, world: str) -> None:
    with acting(clerk := actor("county_org_admin", LUONAN)):
        (section,) = plans_report(clerk, region=LUONAN, as_of=TODAY).sections
        (earlier,) = plans_report(clerk, region=LUONAN, as_of=dt.date(2016, 5, 31)).sections
    assert section.rows[-1][1:] == (2, 1, 1, 2, 0, 0, 1)
    assert earlier.rows[-1][1:] == (2, 0, 0, 2, 0, 0, 0)


def test_reports_on_duty_are_added_up_by_place(actor: Any, world: str) -> None:
    with acting(clerk := actor("city_org_admin", "6110")):
        report = duty_reports_report(clerk, region="6110", as_of=TODAY)
    (section,) = report.sections
    assert section.title == "2015年下半年"
    assert section.rows[-1][1:] == (3, 1, 1, 36, 30, 4, 1, 1, 1, 1)
    assert [row[1] for row in section.rows] == [2, 1, 3]
    assert "王朝辉" not in str(report)


def test_they_are_frozen_and_print(actor: Any, world: str) -> None:
    clerk = actor("county_org_admin", LUONAN)
    frozen = issue_report(Region.objects.get(pk=LUONAN), code="duty_reports", as_of=TODAY, by=clerk)
    assert frozen.data["sections"][0]["rows"][-1][1] == 2
    with acting(clerk):
        made = plans_report(clerk, region=LUONAN, as_of=TODAY)
    assert workbook(made, watermark="测试").startswith(b"PK") and document(made, demonstration=True).title == "月计划和月小结情况表"


def test_who_does_not_see_plans_makes_no_report_of_them(actor: Any, world: str) -> None:
    with acting(auditor := actor("auditor", LUONAN)), pytest.raises(Forbidden):
        plans_report(auditor, region=LUONAN, as_of=TODAY)
