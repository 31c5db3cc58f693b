"""From an empty batch to reviewed candidates on pages, choosing and not typing what the register knows."""

import uuid
from typing import Any

import pytest
from django.test import Client

from shibaiqian.cadres.models import Cadre
from shibaiqian.console.selection import needs, nominations
from shibaiqian.console.tests.factories import COUNTY, OTHER_COUNTY, World, sign_in, text
from shibaiqian.policy.actions import install_defaults
from shibaiqian.postings.actions import install_programme
from shibaiqian.selection.models import Batch, Nomination, PostNeed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def reference(db: None) -> None:
    install_defaults()
    install_programme()


def form_of(page: Any, name: str = "form") -> dict[str, Any]:
    """What a browser sends back of a form as it came."""
    form = page.context[name]
    said = {field.html_name: field.value() for field in form}
    return {key: value if isinstance(value, list) else str(value) for key, value in said.items() if value not in (None, "")}


def running_batch() -> Batch:
    city = sign_in("city_org_admin", "6110")
    city.post("/selection/", form_of(city.get("/selection/")))
    batch = Batch.objects.get()
    page = f"/selection/batches/{batch.pk}/"
    tier = next(key for key, label in city.get(page).context["quota_form"].fields["tier"].choices if label == "村级")
    city.post(page, {"step": "quota", "tier": tier, "place": COUNTY, "count": "30"})
    city.post(page, {"step": "approve_plan", "number": "商组发〔2016〕20号", "on": "2016-06-06"})
    city.post(page, {"step": "start_batch", "on": "2016-06-08"})
    batch.refresh_from_db()
    assert batch.state == "running"
    return batch


def confirmed_need(batch: Batch) -> PostNeed:
    county = sign_in("county_org_admin", COUNTY)
    page = f"/selection/needs/new/?batch={batch.pk}&tier=T1000"
    shown = county.get(page)
    place = shown.context["places"][0]["code"]
    answer = county.post(page, {**form_of(shown), "place": [place]})
    assert answer.status_code == 302, text(answer)
    need = PostNeed.unscoped.get()
    desk = f"/selection/needs/?batch={batch.pk}&state="
    county.post(desk + "draft", {"row": [str(need.pk)], "step": "submit_needs"})
    county.post(desk + "submitted", {"row": [str(need.pk)], "step": "confirm_needs"})
    need.refresh_from_db()
    assert need.state == "confirmed"
    return need


@pytest.fixture
def candidate(world: World) -> Cadre:
    """A full member of a unit of the county, free, with years in villages."""
    cadre: Cadre = Cadre.unscoped.get(pk=world.posting.cadre_id)
    new = Cadre(**{f.attname: getattr(cadre, f.attname) for f in Cadre._meta.concrete_fields})
    new.pk, new.host_region, new.name = uuid.uuid4(), "", "柳青"
    new.region_id, new.unit_id, new.political_status, new.rural_experience_tenths = COUNTY, world.unit.pk, "01", 60
    new.save(force_insert=True)
    return new


def nominated(batch: Batch, cadre: Cadre) -> Nomination:
    county = sign_in("county_org_admin", COUNTY)
    page = f"/selection/nominations/new/?batch={batch.pk}&tier=T1000&unit={cadre.unit_id}"
    shown = county.get(page)
    assert cadre.name in text(shown)
    answer = county.post(page, {**form_of(shown), "minute_number": "洛财党组纪〔2016〕3号", "cadre": [str(cadre.pk)]})
    assert answer.status_code == 302, text(answer)
    return Nomination.unscoped.get()


def test_a_batch_is_opened_given_quotas_approved_and_started_on_its_page(world: World) -> None:
    batch = running_batch()
    assert "选派中" in text(sign_in("county_org_admin", COUNTY).get("/selection/"))
    assert (
        sign_in("county_org_admin", COUNTY).post(f"/selection/batches/{batch.pk}/", {"step": "close_batch", "on": "2016-06-08"}).status_code
        == 404
    )


def test_a_post_is_raised_for_a_place_the_register_knows(world: World) -> None:
    need = confirmed_need(running_batch())
    assert need.title == "第一书记" and need.number


def test_a_candidate_is_nominated_screened_and_reviewed(world: World, candidate: Cadre) -> None:
    batch = running_batch()
    confirmed_need(batch)
    nomination = nominated(batch, candidate)
    county, desk = sign_in("county_org_admin", COUNTY), f"/selection/nominations/?batch={batch.pk}&state="
    row = {"row": [str(nomination.pk)]}
    assert county.post(desk + "draft", {**row, "step": "recommend"}).status_code == 302
    assert county.post(desk + "unit_recommended", {**row, "step": "screen"}).status_code == 302
    nomination.refresh_from_db()
    assert nomination.state == "screened"
    shown = county.get(desk + "screened")
    review = form_of_prefixed(shown, "review_gates")
    county.post(desk + "screened", {**row, **review, "review-reviewer_unit": "中共洛南县委组织部", "step": "review_gates"})
    officer = sign_in("discipline_officer", COUNTY, name="监察员")
    shown = officer.get(desk + "gate_review")
    assert "柳青" in text(shown)
    mine = form_of_prefixed(shown, "review_gates")
    officer.post(desk + "gate_review", {**row, **mine, "review-reviewer_unit": "中共洛南县纪律检查委员会", "step": "review_gates"})
    file = text(county.get(f"/selection/nominations/{nomination.pk}/"))
    assert file.count("通过") >= 4 and "中共洛南县纪律检查委员会" in file


def form_of_prefixed(page: Any, name: str) -> dict[str, Any]:
    form = page.context["forms"][name]
    return {f.html_name: (f.value() if isinstance(f.value(), list) else str(f.value())) for f in form if f.value() not in (None, "")}


def test_a_step_takes_the_day_it_happened_and_no_other(world: World, candidate: Cadre) -> None:
    batch = running_batch()
    nomination = nominated(batch, candidate)
    county, desk = sign_in("county_org_admin", COUNTY), f"/selection/nominations/?batch={batch.pk}&state="
    row = {"row": [str(nomination.pk)]}
    county.post(desk + "draft", {**row, "step": "recommend"})
    for day, why in (("2016-06-09", "晚于今天"), ("八号", "不是日期")):
        assert why in text(county.post(desk + "unit_recommended", {**row, "step": "screen", "on-screen": day}, follow=True))
    county.post(desk + "unit_recommended", {**row, "step": "screen", "on-screen": "2016-06-08"})
    nomination.refresh_from_db()
    assert nomination.state == "screened"
    file = text(county.get(f"/selection/nominations/{nomination.pk}/"))
    assert "党员身份" in file and "工程与层级" in file and "&#x27;source&#x27;" not in file


def test_steps_on_one_desk_do_not_hinder_each_other_in_a_browser(world: World, candidate: Cadre) -> None:
    batch = running_batch()
    nomination = nominated(batch, candidate)
    county, desk = sign_in("county_org_admin", COUNTY), f"/selection/nominations/?batch={batch.pk}&state="
    page = text(county.get(desk + "draft"))
    assert nomination.cadre_name in page and '<form method="post" novalidate>' in page


def test_the_next_batch_has_its_name(world: World) -> None:
    city = sign_in("city_org_admin", "6110")
    assert 'value="2016年第一批"' in text(city.get("/selection/"))
    running_batch()
    assert 'value="2016年第二批"' in text(city.get("/selection/"))


def test_an_inquiry_is_answered_for_all_at_once(world: World, candidate: Cadre) -> None:
    batch = running_batch()
    nomination = nominated(batch, candidate)
    county, desk = sign_in("county_org_admin", COUNTY), f"/selection/nominations/?batch={batch.pk}&state="
    row = {"row": [str(nomination.pk)]}
    county.post(desk + "draft", {**row, "step": "recommend"})
    county.post(desk + "unit_recommended", {**row, "step": "screen"})
    asked = {"inquire-number": "洛组函〔2016〕9号", "inquire-sent_on": "2016-06-07", "inquire-to_body": "中共洛南县纪律检查委员会"}
    county.post(desk + "screened", {**row, **asked, "step": "inquire"})
    nomination.refresh_from_db()
    page = f"/selection/inquiries/{nomination.inquiry_id}/"
    reply = {"reply_number": "洛纪函〔2016〕12号", "reply_on": "2016-06-08", "reviewer": "周书记"}
    refused = county.post(page, {**reply, f"result-{nomination.pk}": "fail", f"opinion-{nomination.pk}": " "})
    assert refused.status_code == 422
    # What was chosen for each stands as it was: nobody passes because something else was to be mended.
    assert '<option value="fail" selected>' in text(refused) and "请写明意见" in text(refused) and 'aria-invalid="true"' in text(refused)
    mistyped = county.post(page, {**reply, "reply_on": "2016-07-01", f"result-{nomination.pk}": "fail", f"opinion-{nomination.pk}": "待查"})
    assert '<option value="fail" selected>' in text(mistyped) and 'value="待查"' in text(mistyped)
    answer = county.post(
        page, {"reply_number": "洛纪函〔2016〕12号", "reply_on": "2016-06-08", "reviewer": "周书记", f"result-{nomination.pk}": "pass"}
    )
    assert answer.status_code == 302, text(answer)
    assert "洛纪函〔2016〕12号" in text(county.get(page)) and "通过" in text(county.get(page))
    assert "通过" not in text(sign_in("city_leader", "6110").get(page))  # who may not see reviews


def test_a_refused_step_says_why_and_changes_nothing(world: World, candidate: Cadre) -> None:
    batch = running_batch()
    nomination = nominated(batch, candidate)
    county, desk = sign_in("county_org_admin", COUNTY), f"/selection/nominations/?batch={batch.pk}&state="
    said = text(county.post(desk + "draft", {"row": [str(nomination.pk)], "step": "screen"}, follow=True))
    assert "不能办理“资格审查”" in said
    assert "先勾选" in text(county.post(desk + "draft", {"step": "screen"}, follow=True))
    nomination.refresh_from_db()
    assert nomination.state == "draft"


def test_another_county_sees_and_moves_nothing(world: World, candidate: Cadre) -> None:
    batch = running_batch()
    nomination = nominated(batch, candidate)
    other = sign_in("county_org_admin", OTHER_COUNTY)
    desk = f"/selection/nominations/?batch={batch.pk}&state=draft"
    assert "柳青" not in text(other.get(desk))
    assert other.post(desk, {"row": [str(nomination.pk)], "step": "recommend"}).status_code == 404
    assert other.get(f"/selection/nominations/{nomination.pk}/").status_code == 404


def test_the_unit_sees_its_candidate_without_what_reviewers_wrote(world: World, candidate: Cadre) -> None:
    batch = running_batch()
    nomination = nominated(batch, candidate)
    unit: Client = sign_in("sending_unit_admin", unit=candidate.unit_id)
    page = text(unit.get(f"/selection/nominations/{nomination.pk}/"))
    assert "柳青" in page and "四关审查" not in page


@pytest.mark.parametrize(
    "path", ["/selection/", "/selection/needs/", "/selection/needs/new/", "/selection/nominations/", "/selection/nominations/new/"]
)
def test_others_have_no_such_pages(world: World, path: str) -> None:
    assert sign_in("county_poverty_admin", COUNTY).get(path).status_code == 404


def test_long_lists_of_posts_places_and_candidates_go_by_pages(world: World, candidate: Cadre, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(needs, "PAGE", 2)
    monkeypatch.setattr(nominations, "PAGE", 2)
    batch, county = running_batch(), sign_in("county_org_admin", COUNTY)
    raising = f"/selection/needs/new/?batch={batch.pk}&tier=T1000"
    first = county.get(raising)
    second = county.get(f"{raising}&after={first.context['page'].next}")
    places = [place["code"] for page in (first, second) for place in page.context["places"]]
    assert len(set(places)) == 4
    assert county.get(f"{raising}&before={second.context['page'].previous}").context["places"] == first.context["places"]
    county.post(raising, {**form_of(first), "place": places[:3]})
    for other in ("柳红", "柳绿"):
        cadre = Cadre(**{f.attname: getattr(candidate, f.attname) for f in Cadre._meta.concrete_fields})
        cadre.pk, cadre.name = uuid.uuid4(), other
        cadre.save(force_insert=True)
    choosing = f"/selection/nominations/new/?batch={batch.pk}&tier=T1000&unit={candidate.unit_id}"
    shown = county.get(choosing)
    cadres = [*shown.context["cadres"], *county.get(f"{choosing}&after={shown.context['page'].next}").context["cadres"]]
    assert {cadre.name for cadre in cadres} >= {"柳青", "柳红", "柳绿"}
    said = {**form_of(shown), "minute_number": "洛财党组纪〔2016〕3号", "cadre": [str(c.pk) for c in cadres]}
    assert county.post(choosing, said).status_code == 302
    for desk, model in (("needs", PostNeed), ("nominations", Nomination)):
        page = county.get(f"/selection/{desk}/?batch={batch.pk}&state=draft")
        assert "下一页" in text(page) and f"state=draft&amp;after={page.context['page'].next}" in page.content.decode()
        rest = county.get(f"/selection/{desk}/?batch={batch.pk}&state=draft&after={page.context['page'].next}")
        assert len(page.context["rows"]) == 2 and len(rest.context["rows"]) == model.unscoped.count() - 2
