"""Pages of requests upward and of the secretary's decisions: asked, answered by the unit, counted against it, printed."""

import io

import pytest
from pypdf import PdfReader

from shibaiqian.access.models import Assignment
from shibaiqian.console.tests.factories import COUNTY, OTHER_COUNTY, World, client, sign_in, text, unit
from shibaiqian.fieldwork.models import HostDecision
from shibaiqian.policy.actions import install_defaults
from shibaiqian.voice.models import UpwardRequest

pytestmark = pytest.mark.django_db


def asked(world: World) -> UpwardRequest:
    install_defaults()
    bureau = unit(COUNTY, name="洛南县交通局", level="county")
    official = client("posted_cadre", world)
    page = official.get("/requests/ask/")
    assert "洛南县交通局" in text(page) and world.posting.cadre_name in text(page)
    said = {
        "operation": str(page.context["form"]["operation"].value()), "receiver": str(bureau.pk), "kind": "road", "title": "断头路硬化",
        "content": "通 23 户", "posting": str(world.posting.pk),
    }  # fmt: skip
    Assignment.objects.update(scope_name="某村")  # messages carry names of places, never codes
    for _twice in range(2):
        assert official.post("/requests/ask/", said).status_code == 302
    return UpwardRequest.unscoped.get()


def test_a_request_goes_its_way_on_pages_and_is_printed(world: World) -> None:
    row = asked(world)
    page, bureau = f"/requests/{row.pk}/", sign_in("sending_unit_admin", unit=row.receiver_id)
    assert "同意办理" in text(bureau.get(page)) and "转其他单位" not in text(bureau.get(page))
    bad = bureau.post(f"{page}accept_request/", {"promised_on": "2016-01-01", "answer": "列入计划"})
    assert bad.status_code == 422 and "早于今天" in text(bad) and "列入计划" in text(bad)
    bureau.post(f"{page}accept_request/", {"promised_on": "2016-09-30", "answer": "列入计划"})
    bureau.post(f"{page}report_done/", {"on": "2016-06-08", "note": "修完了"})
    official = client("posted_cadre", world)
    assert "等待确认" in text(official.get("/")) or "确认办好" in text(official.get(page))
    official.post(f"{page}confirm_done/", {"note": ""})
    assert "已办结" in text(official.get("/requests/"))
    said = "".join(p.extract_text() for p in PdfReader(io.BytesIO(official.get(f"{page}paper.pdf").content)).pages)
    assert "断头路硬化" in said and "洛南县交通局" in said and "修完了" in said
    assert official.get(f"{page}paper.docx").content.startswith(b"PK")
    assert official.get(f"{page}accept_request/").status_code == 404


def test_the_county_sees_it_passes_it_on_and_counts_it_against_the_receiver(world: World) -> None:
    row = asked(world)
    water, county = unit(COUNTY, name="洛南县水利局", level="county"), sign_in("county_org_admin", COUNTY)
    assert "洛南县交通局" in text(county.get("/requests/receivers/")) and world.posting.cadre_name not in text(
        county.get("/requests/receivers/")
    )
    assert county.post(f"/requests/{row.pk}/pass_on/", {"receiver": str(water.pk), "reason": "属水利局"}).status_code == 302
    assert "洛南县水利局" in text(county.get("/requests/receivers/"))
    assert sign_in("sending_unit_admin", unit=row.receiver_id).get(f"/requests/{row.pk}/").status_code == 404


def test_another_county_finds_no_request(world: World) -> None:
    row = asked(world)
    stranger = sign_in("county_org_admin", OTHER_COUNTY)
    assert stranger.get(f"/requests/{row.pk}/").status_code == 404
    assert "断头路" not in text(stranger.get("/requests/")) + text(stranger.get("/requests/receivers/"))


def test_the_secretary_s_tasks_are_noted_and_finished(world: World) -> None:
    host, page = sign_in("host_unit_leader", world.village.code), f"/postings/{world.posting.pk}/decisions/"
    said = {"kind": "assigned", "on": "2016-06-08", "secretary": "支书王大山", "text": "牵头办合作社", "due_on": ""}
    assert host.post(page, {**said, "text": ""}).status_code == 422
    assert host.post(page, said).status_code == 302
    task = HostDecision.unscoped.get()
    client("posted_cadre", world).post(f"/host-decisions/{task.pk}/", {"result": "已注册", "on": "2016-06-08"})
    assert "已注册" in text(host.get(page))
    assert sign_in("host_unit_leader", OTHER_COUNTY + "101").get(page).status_code == 404
