"""The tables of daily management as files: what the page shows, recorded, without reasons; and who may take them."""

import datetime as dt
import io
from typing import Any

import openpyxl
import pytest
from django.test import Client

from shibaiqian.audit.models import Event
from shibaiqian.console.duty import exports
from shibaiqian.console.tests.factories import COUNTY, OTHER_COUNTY, World, log, sign_in, text
from shibaiqian.console.tests.test_duty import asked, submitted
from shibaiqian.console.tests.test_requests import asked as requested
from shibaiqian.policy.actions import install_defaults

pytestmark = pytest.mark.django_db


@pytest.fixture
def official(world: World) -> Client:
    install_defaults()
    return sign_in("posted_cadre", world.village.code, name=world.posting.cadre_name)


def taken(answer: Any) -> list[tuple[Any, ...]]:
    assert answer.status_code == 200, text(answer)
    return list(openpyxl.load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))


def test_months_are_taken_as_the_page_shows_them_and_the_taking_is_recorded(official: Client, world: World) -> None:
    submitted(official)
    county = sign_in("county_org_admin", COUNTY)
    assert "导出 Excel" in text(county.get("/attendance/"))
    title, criteria, heads, *rows = taken(county.post("/attendance/export/?month=2016-05&state=submitted"))
    assert title[0] == "考勤" and "2016-05；待镇办确认" in str(criteria)
    (row,) = (dict(zip(heads, row, strict=True)) for row in rows)
    assert (row["姓名"], row["月份"], row["村（社区）"]) == (world.posting.cadre_name, "2016-05", world.village.name)
    assert row["在岗"] + row["休息"] + row["未记录"] == 31
    event = Event.objects.get(action="console.export_sheet")
    assert (event.details["list"], event.details["rows"]) == ("attendance", 1)
    assert county.post("/attendance/export/?month=2016-05&state=locked").status_code == 302, "nothing is no file"


def test_too_many_months_are_asked_to_be_narrowed(official: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    submitted(official)
    monkeypatch.setattr(exports, "COUNTED", 0)
    assert "请先选择月份" in text(sign_in("county_org_admin", COUNTY).post("/attendance/export/", follow=True))


def test_the_register_of_leave_is_taken_without_reasons(official: Client, world: World) -> None:
    asked(official, reason="去西京医院手术")
    rows = taken(sign_in("town_party_admin", world.village.code[:9]).post("/leaves/export/?kind=personal"))
    assert world.posting.cadre_name in str(rows[3]) and "事假" in str(rows[1])
    assert "西京" not in str(rows)


def test_what_units_owe_is_taken_by_unit(official: Client, world: World) -> None:
    requested(world)
    rows = taken(sign_in("county_org_admin", COUNTY).post("/requests/receivers/export/"))
    assert rows[2][:2] == ("答复单位", "待答复") and rows[3][1] == 1


def test_logs_are_taken_thing_by_thing_and_households_named_to_who_may_see_them(official: Client, world: World) -> None:
    log(world.posting, to=world.household, on=dt.date(2016, 5, 20), content="落实低保")
    _title, criteria, heads, row = taken(sign_in("county_org_admin", COUNTY).post("/logs/export/?month=2016-05&category=visit"))
    said = dict(zip(heads, row, strict=True))
    assert "2016-05；入户走访" in str(criteria)
    assert (said["姓名"], said["户主"], said["内容"]) == (world.posting.cadre_name, world.household.head_name, "落实低保")
    assert sign_in("county_org_admin", OTHER_COUNTY).post("/logs/export/").status_code == 302, "there is nothing to take"
    assert official.post("/logs/export/").status_code == 404


def test_nobody_takes_what_is_not_theirs(official: Client, world: World) -> None:
    submitted(official)
    assert official.post("/attendance/export/").status_code == 404
    assert sign_in("county_org_admin", OTHER_COUNTY).post("/attendance/export/").status_code == 302, "there is nothing to take"
    assert sign_in("sys_admin", "").post("/leaves/export/").status_code == 404
