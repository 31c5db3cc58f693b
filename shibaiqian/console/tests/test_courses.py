"""Pages of courses: planned, filled from who is posted, held, the sheet printed; another county's stay out of sight."""

import io

import pytest
from pypdf import PdfReader

from shibaiqian.cadres.models import CourseSeat, TrainingCourse, TrainingRecord
from shibaiqian.console.tests.factories import COUNTY, OTHER_COUNTY, World, sign_in, text

pytestmark = pytest.mark.django_db


def test_a_course_is_planned_filled_held_and_its_sheet_printed(world: World) -> None:
    clerk = sign_in("city_org_admin", "6110")
    said = {
        "kind": "skill", "name": "产业技术培训", "organiser": "市委组织部", "place": "市委党校", "starts_on": "2016-06-01", "ends_on": "2016-06-02",
        "hours": "16",
    }  # fmt: skip
    bad = clerk.post("/courses/open/", {**said, "hours": "90"})
    assert bad.status_code == 422 and "产业技术培训" in text(bad)
    url = clerk.post("/courses/open/", said).headers["Location"]
    assert clerk.post(url, {"region": COUNTY, "tier": ""}).status_code == 302
    assert world.posting.cadre_name in text(clerk.get(url))
    sheet = "".join(p.extract_text() for p in PdfReader(io.BytesIO(clerk.get(f"{url}sheet.pdf").content)).pages)
    assert world.posting.cadre_name in sheet and "签到" in sheet
    assert clerk.get(f"{url}sheet.docx").content.startswith(b"PK")
    clerk.post(f"{url}hold/", {})
    assert TrainingRecord.unscoped.filter(course=TrainingCourse.unscoped.get().pk).count() == CourseSeat.unscoped.count() >= 1
    assert "已举办" in text(clerk.get("/courses/"))
    stranger = sign_in("county_org_admin", OTHER_COUNTY)
    assert stranger.get(url).status_code == 404 and "产业技术培训" not in text(stranger.get("/courses/"))


def test_who_had_no_training_this_year_is_chosen_until_the_year_has_one(world: World) -> None:
    clerk = sign_in("city_org_admin", "6110")
    said = {
        "kind": "skill", "name": "产业技术培训", "organiser": "市委组织部", "place": "市委党校", "starts_on": "2016-06-01", "ends_on": "2016-06-02",
        "hours": "16",
    }  # fmt: skip
    untrained = {"region": "", "tier": "", "only_untrained": "on"}
    url = clerk.post("/courses/open/", said).headers["Location"]
    assert clerk.post(url, untrained).status_code == 302 and world.posting.cadre_name in text(clerk.get(url))
    clerk.post(f"{url}hold/", {})
    again = clerk.post("/courses/open/", {**said, "name": "第二期"}).headers["Location"]
    assert clerk.post(again, untrained).status_code == 422  # everybody had one


def test_a_new_course_knows_who_holds_it_and_says_plainly_what_is_missing(world: World) -> None:
    clerk = sign_in("city_org_admin", "6110")
    assert 'value="中共商洛市委组织部"' in text(clerk.get("/courses/open/"))
    missing = text(clerk.post("/courses/open/", {"kind": "skill"}))
    assert "请填写。" in missing and "字段" not in missing


def test_nobody_to_enrol_is_said_and_a_course_is_cancelled_with_a_reason(world: World) -> None:
    clerk = sign_in("county_org_admin", OTHER_COUNTY)
    said = {
        "kind": "induction", "name": "岗前培训", "organiser": "县委组织部", "place": "党校", "starts_on": "2016-06-20", "ends_on": "2016-06-21",
        "hours": "12",
    }  # fmt: skip
    url = clerk.post("/courses/open/", said).headers["Location"]
    assert clerk.post(url, {"region": "", "tier": "T1000", "only_new": "on"}).status_code == 422
    clerk.post(f"{url}cancel/", {"reason": "防汛"})
    assert TrainingCourse.unscoped.get().state == "cancelled" and "防汛" in text(clerk.get(url))
