"""What a person meets on every page: one form over a list, a page that is not there, acts in words, figures in English."""

import datetime as dt
import io
import re
import uuid
from urllib.parse import urlsplit

import openpyxl
import pytest
from django.test import Client

from shibaiqian.access.models import AssignedHousehold
from shibaiqian.audit.models import Event
from shibaiqian.base.templatetags.ledger import unit
from shibaiqian.console.tests import factories
from shibaiqian.console.tests.factories import COUNTY, World, client, sign_in, text

pytestmark = pytest.mark.django_db
ORG, POVERTY = "county_org_admin", "county_poverty_admin"


def test_filters_sent_without_a_name_go_into_the_address(world: World) -> None:
    answer = client(POVERTY, world).post("/households/", {"narrow": "1", "name": " ", "state": "registered", "cause": "", "region": COUNTY})
    assert answer.status_code == 302
    assert set(urlsplit(answer.headers["Location"]).query.split("&")) == {"state=registered", f"region={COUNTY}"}


def test_a_name_and_filters_are_sent_together_and_neither_is_lost(world: World) -> None:
    answer = client(POVERTY, world).post(
        "/households/", {"narrow": "1", "name": world.household.head_name, "region": COUNTY, "water": "yes"}
    )
    assert answer.status_code == 200
    said = text(answer)
    assert f'name="name" value="{world.household.head_name}"' in said
    assert '<option value="yes" selected>' in said
    assert f"export/?region={COUNTY}&amp;water=yes" in said
    assert world.household.head_name not in answer.headers.get("Location", "")


def test_a_page_that_is_not_there_keeps_the_frame_of_who_is_here(world: World) -> None:
    browser = client(ORG, world)
    for path in ("/nowhere/", f"/regions/{COUNTY[:4]}99/"):
        answer = browser.get(path)
        assert answer.status_code == 404
        assert 'id="nav"' in text(answer)
        assert 'href="/postings/"' in text(answer)


def test_a_stranger_stays_at_the_door(db: None) -> None:
    answer = Client().get("/nowhere/")
    assert answer.status_code == 404
    assert 'id="nav"' not in text(answer)


def test_the_audit_page_says_acts_roles_and_places_in_words(world: World) -> None:
    client(POVERTY, world).post("/households/export/")
    auditor = client("audit_admin", world)
    said = text(auditor.get("/audit/?act=console.export_list"))
    assert "<summary>导出名册</summary>" in said
    assert "<td>县区扶贫部门</td>" in said
    assert "<td>洛南县</td>" in said
    assert "county_poverty_admin" not in said
    assert "<summary>导出名册</summary>" not in text(auditor.get("/audit/?act=access.sign_out"))


def test_the_audit_page_unfolds_what_was_recorded_and_hands_it_over(world: World) -> None:
    client(POVERTY, world).post("/households/export/?state=registered")
    client(POVERTY, world).post("/members/export/")
    auditor = client("audit_admin", world)
    assert "&quot;state&quot;: &quot;registered&quot;" in text(auditor.get("/audit/?act=console.export_list"))

    answer = auditor.post("/audit/export/?act=console.export_list&outcome=nonsense")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    rows = [dict(zip([cell.value for cell in sheet[3]], [cell.value for cell in row], strict=True)) for row in list(sheet.rows)[3:]]
    assert [(row["做了什么"], row["谁"], row["所在地"], row["结果"]) for row in rows] == [("导出名册", "何建军", "洛南县", "完成")] * 2
    assert '"state": "registered"' in rows[1]["细节"] and re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", rows[0]["时间"])
    assert rows[0]["编号"] > rows[1]["编号"]
    event = Event.objects.order_by("-id")[0]
    assert (event.action, event.details["rows"], event.details["asked"]["act"]) == ("console.export_audit", 2, "console.export_list")
    assert client(POVERTY, world).post("/audit/export/").status_code == 404


def test_units_are_singular_in_english_where_one_is_meant(world: World) -> None:
    page = text(client(POVERTY, world, language="en").get(f"/regions/{world.village.code}/"))
    assert "1<small>household</small>" in page and "1<small>households" not in page
    assert unit("人", 1) == "人" == unit("人", 2)


def test_acts_have_english(world: World) -> None:
    client(POVERTY, world).post("/households/export/")
    assert "<summary>Export a list</summary>" in text(client("audit_admin", world, language="en").get("/audit/"))


def test_the_desk_of_a_unit_shows_whom_it_sent_and_no_other_unit_s(world: World) -> None:
    own = sign_in("sending_unit_admin", unit=world.unit.pk)
    assert f"/postings/{world.posting.pk}/" in text(own.get("/"))
    other = sign_in("sending_unit_admin", unit=factories.unit(COUNTY, name="县水务局", level="county").pk)
    said = text(other.get("/"))
    assert f"/postings/{world.posting.pk}/" not in said
    assert "本单位现在没有派出的挂职干部" in said


def test_the_desk_of_a_helper_shows_the_households_of_that_helper(world: World) -> None:
    helper = sign_in("helper", helper_unit=world.unit.pk, helper_name="王帮扶")
    assert "还没有结对的农户" in text(helper.get("/"))
    row = AssignedHousehold(helper=uuid.uuid4(), helper_unit=world.unit.pk, helper_name="王帮扶", household=world.household.pk)
    row.valid_from, row.event = dt.date(2014, 5, 30), 1
    row.save()
    assert f"/households/{world.household.pk}/" in text(helper.get("/"))


def test_a_printed_list_says_its_criteria(world: World) -> None:
    said = text(client(POVERTY, world).get(f"/households/?region={COUNTY}&water=yes"))
    assert "饮水安全 是；本页" in said
