"""The file of an official on pages: what each role sees of it, what is missing, and what may be said to be none."""

import datetime as dt
from typing import Any

import pytest

from shibaiqian.audit.record import next_event_id
from shibaiqian.cadres.models import Award, Cadre, FamilyMember, ResumeItem, TrainingRecord
from shibaiqian.console.tests.factories import COUNTY, OTHER_COUNTY, World, sign_in, text, unit
from shibaiqian.documents.models import IssuedDocument
from shibaiqian.postings.models import Posting, Support

pytestmark = pytest.mark.django_db


@pytest.fixture
def cadre(world: World) -> Cadre:
    """The official of the world's village, with a file: family, award, training, support, a notice of appointment."""
    posting = world.posting
    found: Cadre = posting.cadre
    event = next_event_id()
    places: dict[str, Any] = {"region_id": found.region_id, "host_region": found.host_region, "event": event}
    FamilyMember.unscoped.create(cadre=found, seq=0, relation="妻子", name="刘小芳", unit_post="洛南县教育局", **places)
    Award.unscoped.create(cadre=found, kind="award", on="2014-07-01", name="市级优秀共产党员", **places)
    TrainingRecord.unscoped.create(
        cadre=found, unit=found.unit_id, kind="induction", name="第一书记岗前培训班", organiser="市委组织部", starts_on="2015-07-27",
        ends_on="2015-07-31", hours_tenths=325, **places,
    )  # fmt: skip
    Support.unscoped.create(
        posting=posting, region_id=posting.region_id, home_region=posting.home_region, unit=posting.unit_id, cadre=found.pk, kind="insurance",
        on="2015-09-01", amount_cents=20000, provider="洛南县财政局", event=event,
    )  # fmt: skip
    IssuedDocument.unscoped.create(
        kind="appointment", number=posting.document_number, title="关于何建军同志任职的通知", issuer="中共洛南县委组织部", region_id=COUNTY,
        on="2015-07-20", value={"is": "OfficialDocument", "title": "关于何建军同志任职的通知"}, check_code="AAAA-BBBB", event=event,
    )  # fmt: skip
    return found


FILES = ("刘小芳", "市级优秀共产党员")


def read(browser: Any, cadre: Cadre) -> str:
    """Both requests of which a browser makes the page."""
    first = browser.get(f"/cadres/{cadre.pk}/")
    assert first.status_code == 200 and f"/cadres/{cadre.pk}/service/" in text(first)
    return text(first) + text(browser.get(f"/cadres/{cadre.pk}/service/", headers={"HX-Request": "true"}))


def test_the_organisation_department_reads_the_whole_file(cadre: Cadre) -> None:
    said = read(sign_in("county_org_admin", COUNTY), cadre)
    for words in (*FILES, "第一书记岗前培训班", "32.5", "人身意外保险", "任免审批表还缺", "照片", "任职通知", "已确认实事"):
        assert words in said, words


def test_the_sending_unit_reads_it_without_family_and_awards(cadre: Cadre) -> None:
    said = read(sign_in("sending_unit_admin", unit=cadre.unit_id), cadre)
    assert "第一书记岗前培训班" in said and "人身意外保险" in said
    for words in (*FILES, "照片", "已确认实事", "确认没有的项目"):
        assert words not in said, words


def test_a_running_posting_stands_on_the_resume_and_a_finished_one_stays(cadre: Cadre, world: World) -> None:
    browser = sign_in("city_org_admin", "6110")
    running = browser.get(f"/cadres/{cadre.pk}/").context["resume"][-1]
    assert (running.start_month, running.end_month, running.kind) == ("201508", "", "挂职")
    Posting.unscoped.filter(pk=world.posting.pk).update(ended_on=dt.date(2016, 5, 31), state="ended")
    ResumeItem.unscoped.create(
        cadre=cadre, region_id=cadre.region_id, unit=cadre.unit_id, start_month="201508", end_month="201605", unit_text="洛南县某村",
        post_text="第一书记", kind="posting", event=1,
    )  # fmt: skip
    lines = [line for line in browser.get(f"/cadres/{cadre.pk}/").context["resume"] if line.kind == "挂职"]
    assert [(line.start_month, line.end_month) for line in lines] == [("201508", "201605")]


def test_a_clerk_says_that_there_are_none(cadre: Cadre) -> None:
    browser = sign_in("county_org_admin", COUNTY)
    assert "专业技术职务" in [item.label for item in browser.get(f"/cadres/{cadre.pk}/").context["complete"].missing]
    assert browser.post(f"/cadres/{cadre.pk}/none/", {"item": ["ZhuanYeJiShuZhiWu"]}).status_code == 302
    page = browser.get(f"/cadres/{cadre.pk}/")
    assert "专业技术职务" not in [item.label for item in page.context["complete"].missing] and "checked" in text(page)
    refused = browser.post(f"/cadres/{cadre.pk}/none/", {"item": ["ZhaoPian"]}, follow=True)
    assert "“照片”不能确认为无" in text(refused)


def test_without_scripts_the_second_half_is_a_page_of_its_own(cadre: Cadre) -> None:
    page = text(sign_in("county_org_admin", COUNTY).get(f"/cadres/{cadre.pk}/service/"))
    assert page.lstrip().startswith("<!DOCTYPE html>") and "选派和挂职情况" in page


def test_an_outsider_finds_no_file(cadre: Cadre) -> None:
    stranger = sign_in("county_org_admin", OTHER_COUNTY)
    for url in (f"/cadres/{cadre.pk}/", f"/cadres/{cadre.pk}/service/"):
        assert stranger.get(url).status_code == 404
    assert stranger.post(f"/cadres/{cadre.pk}/none/", {"item": []}).status_code == 404
    other = unit(OTHER_COUNTY, name="丹凤县水务局")
    assert sign_in("sending_unit_admin", unit=other.pk).get(f"/cadres/{cadre.pk}/").status_code == 404
