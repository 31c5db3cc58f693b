"""Typed by the village, answered for by the official: the form, the desk of drafts, and both names wherever the record is shown."""

import pytest

from shibaiqian.audit.models import Event
from shibaiqian.console.tests import factories
from shibaiqian.console.tests.factories import OTHER_COUNTY, World, client, sign_in, text
from shibaiqian.console.tests.test_field import day
from shibaiqian.console.tests.test_pages import asked, exported
from shibaiqian.fieldwork.models import Draft, PracticalService, WorkLogItem
from shibaiqian.files import store

pytestmark = pytest.mark.django_db
POVERTY = "county_poverty_admin"


def test_the_village_clerk_types_for_the_official_who_takes_it_over(world: World) -> None:
    clerk, official = sign_in("village_admin", world.village.code, name="村文书"), client("posted_cadre", world)
    before = WorkLogItem.unscoped.count()
    page = clerk.get("/field/")
    assert "代记：替挂职干部记一笔" in text(page) and "i0-confirmation" not in text(page)
    assert "已交给何建军核对" in text(clerk.post("/field/", day(world, official=str(world.posting.pk)), follow=True))
    draft = Draft.unscoped.get()
    assert WorkLogItem.unscoped.count() == before and "等本人核对" in text(clerk.get(f"/drafts/{draft.pk}/"))
    assert "有人替您记了" in text(official.get("/field/")) and "村文书" in text(official.get("/drafts/"))
    corrected = {"on": "2016-06-07", "category": "visit", "content": "入户，核对了收入"}
    for _ in range(2):
        assert "记录人是村文书" in text(official.post(f"/drafts/{draft.pk}/accept/", corrected, follow=True))
    assert WorkLogItem.unscoped.count() == before + 1
    for path in (f"/households/{world.household.pk}/", "/logs/"):
        shown = text(official.get(path))
        assert "入户，核对了收入" in shown and "记录人 村文书" in shown, path
    assert "已采用" in text(clerk.get("/drafts/"))
    assert Event.objects.get(action="fieldwork.type_drafts").user_name == "村文书"


def test_an_accepted_service_names_both_on_its_page_and_in_the_excel(world: World) -> None:
    clerk, official = sign_in("village_admin", world.village.code, name="村文书"), client("posted_cadre", world)
    clerk.post("/field/", day(world, official=str(world.posting.pk), **{"i0-kind": "medical"}))
    draft = Draft.unscoped.get()
    official.post(f"/drafts/{draft.pk}/accept/", {"on": "2016-06-08", "category": "visit", "content": draft.content})
    service = PracticalService.unscoped.get(log_item=draft.pk)
    assert "村文书" in text(official.get(f"/services/{service.pk}/"))
    rows = str(exported(client(POVERTY, world).post("/services/export/")))
    assert "记录人" in rows and "村文书" in rows


def test_a_draft_is_returned_with_a_word_or_withdrawn(world: World) -> None:
    clerk, official = sign_in("village_admin", world.village.code, name="村文书"), client("posted_cadre", world)
    for _ in range(2):
        clerk.post("/field/", day(world, official=str(world.posting.pk)))
    first, second = Draft.unscoped.order_by("typed_at", "id")
    assert official.post(f"/drafts/{first.pk}/return/", {"word": ""}).status_code == 422
    assert "已退回给村文书" in text(official.post(f"/drafts/{first.pk}/return/", {"word": "不是那天"}, follow=True))
    assert "不是那天" in text(clerk.get("/drafts/"))
    assert "已撤回" in text(clerk.post(f"/drafts/{second.pk}/withdraw/", follow=True))
    late = official.post(f"/drafts/{second.pk}/accept/", {"on": "2016-06-08", "category": "visit", "content": "晚了"})
    assert late.status_code == 422 and "已撤回" in text(late)
    assert official.post(f"/drafts/{first.pk}/withdraw/").status_code == 404


def test_a_draft_is_nobody_elses_to_see(world: World) -> None:
    clerk = sign_in("village_admin", world.village.code, name="村文书")
    clerk.post("/field/", day(world, official=str(world.posting.pk)))
    draft = Draft.unscoped.get()
    for other in (
        sign_in("posted_cadre", factories.village_of(OTHER_COUNTY).code), sign_in("village_admin", factories.village_of(OTHER_COUNTY).code),
        sign_in("group_head", world.village.code, name="一组组长"), sign_in("town_party_admin", world.village.code[:9]), client(POVERTY, world),
    ):  # fmt: skip
        assert other.get(f"/drafts/{draft.pk}/").status_code == 404
        assert other.post(f"/drafts/{draft.pk}/accept/", {"on": "2016-06-08", "category": "visit", "content": "我来"}).status_code == 404
    assert Draft.unscoped.get().state == "waiting"


def test_the_pages_of_drafts_ask_the_same_number_of_questions(world: World) -> None:
    clerk, official = sign_in("village_admin", world.village.code, name="村文书"), client("posted_cadre", world)
    counts = []
    for more in (1, 2):
        for _ in range(more):
            clerk.post("/field/", day(world, official=str(world.posting.pk)))
        counts.append([len(asked(browser, path)[1]) for browser, path in ((clerk, "/drafts/"), (clerk, "/field/"), (official, "/drafts/"), (official, "/field/"))])  # fmt: skip
    assert counts[0] == counts[1] and max(counts[0]) <= 15


def test_photos_of_a_draft_are_looked_at_before_it_is_accepted(world: World) -> None:
    clerk, official = sign_in("village_admin", world.village.code, name="村文书"), client("posted_cadre", world)
    clerk.post("/field/", day(world, official=str(world.posting.pk)))
    draft = Draft.unscoped.get()
    photo, memo = ({"sha256": "a", "stored": store.keep(words), "kind": kind, "size": 7} for words, kind in ((b"picture", "image/jpeg"), (b"memo", "audio/webm")))  # fmt: skip
    Draft.unscoped.update(photos=[photo, memo])
    page = text(official.get(f"/drafts/{draft.pk}/"))
    assert f'<img src="/drafts/{draft.pk}/photos/1/"' in page and f'<audio src="/drafts/{draft.pk}/photos/2/"' in page
    answer = official.get(f"/drafts/{draft.pk}/photos/1/")
    assert (answer.content, answer["Content-Type"]) == (b"picture", "image/jpeg")
    assert official.get(f"/drafts/{draft.pk}/photos/3/").status_code == 404
    for other in (sign_in("group_head", world.village.code), sign_in("town_party_admin", world.village.code[:9])):
        assert other.get(f"/drafts/{draft.pk}/photos/1/").status_code == 404
