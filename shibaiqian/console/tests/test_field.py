"""The official's own page: typed once, made once; and the confirmation that makes a service count."""

import re
from typing import Any

import pytest

from shibaiqian.audit.models import Event
from shibaiqian.base.ids import new_id
from shibaiqian.console.tests import factories
from shibaiqian.console.tests.factories import COUNTY, OTHER_COUNTY, World, client, sign_in, text
from shibaiqian.fieldwork.models import PracticalService, Visit, WorkLog, WorkLogItem
from shibaiqian.indicators.queries import figures_on_page
from shibaiqian.regions.models import Region

pytestmark = pytest.mark.django_db
ORG, POVERTY = "county_org_admin", "county_poverty_admin"


def day(world: World, **more: Any) -> dict[str, Any]:
    said = {
        "operation": str(new_id()),
        "on": "2016-06-08",
        "i0-category": "visit",
        "i0-household": str(world.household.pk),
        "i0-content": "帮办慢性病门诊待遇",
    }
    return {**said, **more}


def test_a_day_is_typed_once_and_makes_the_visit_and_the_service(world: World) -> None:
    before = {code: figures_on_page(code)["practical_services"] for code in (world.village.code, COUNTY, "6110")}
    browser = client("posted_cadre", world)
    shown = text(
        browser.post(
            "/field/",
            day(world, **{"i0-kind": "medical", "i0-confirmation": "signed", "i1-category": "party", "i1-content": "支部党员大会"}),
            follow=True,
        )
    )
    assert WorkLog.unscoped.filter(on="2016-06-08").count() == 1
    assert Visit.unscoped.filter(on="2016-06-08").count() == 1
    made = PracticalService.unscoped.get(on="2016-06-08")
    assert (made.beneficiary, made.household_id, made.confirmation) == ("陈新志", world.household.pk, "signed")
    assert "写了 2 件事，生成入户走访 1 次、为民办实事 1 件" in shown
    for code, number in before.items():
        assert figures_on_page(code)["practical_services"] == number + 1
    figures = re.findall(r'<td class="n">(\d+)</td><td class="n"><strong>(\d+)</strong>', shown)
    assert len(figures) == 3
    assert all(int(after) == int(earlier) + 1 for earlier, after in figures)


def test_sending_the_day_twice_makes_one(world: World) -> None:
    browser, said = client("posted_cadre", world), day(world, **{"i0-kind": "medical"})
    first, again = browser.post("/field/", said), browser.post("/field/", said)
    assert first.status_code == again.status_code == 302
    assert first["Location"] == again["Location"]
    assert Visit.unscoped.filter(on="2016-06-08").count() == 1
    assert PracticalService.unscoped.filter(on="2016-06-08").count() == 1
    assert Event.objects.filter(action="fieldwork.log_day", outcome="done").count() == 1


def test_the_same_form_with_other_words_is_refused_and_what_was_typed_stays(world: World) -> None:
    browser, said = client("posted_cadre", world), day(world)
    browser.post("/field/", said)
    answer = browser.post("/field/", {**said, "i0-content": "改了内容再交"})
    assert answer.status_code == 422
    assert "改了内容再交" in text(answer)
    assert Visit.unscoped.filter(on="2016-06-08").count() == 1


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"i0-content": ""}, "请写一句做了什么"),
        ({"on": "2016-06-20"}, "晚于今天"),
        ({"on": "2014-01-01"}, "不在任职期间"),
        ({"i0-household": "", "i0-kind": "medical"}, "请选择户，或填写受益群众"),
        ({"i0-household": "", "i0-content": "", "i0-kind": ""}, "请至少写一件事"),
    ],
)
def test_what_is_missing_is_said_where_it_is_missing(world: World, more: dict[str, str], words: str) -> None:
    answer = client("posted_cadre", world).post("/field/", day(world, **more))
    assert answer.status_code == 422
    assert words in text(answer)
    assert WorkLog.unscoped.filter(on="2016-06-08").count() == 0


def test_a_household_of_another_village_is_refused(world: World) -> None:
    other = factories.household(factories.village_of(OTHER_COUNTY), name="孙外县")
    assert client("posted_cadre", world).post("/field/", day(world, **{"i0-household": str(other.pk)})).status_code == 422
    assert Visit.unscoped.filter(household=other).count() == 0


def test_the_desk_of_an_official_is_the_field_page(world: World) -> None:
    assert client("posted_cadre", world).get("/")["Location"] == "/field/"


def test_the_village_confirms_a_service_and_it_counts(world: World) -> None:
    service, browser = world.services[1], client("village_admin", world)
    before = figures_on_page(world.village.code)["practical_services"]
    path = f"/services/{service.pk}/confirm/"
    assert browser.get(path).status_code == 405
    assert browser.post(path, {"on": "2016-06-08"}).status_code == 422
    assert browser.post(path, {"confirmation": "signed", "on": "2016-01-01"}).status_code == 422
    assert browser.post(path, {"confirmation": "signed", "on": "2016-06-08"}).status_code == 302
    assert browser.post(path, {"confirmation": "signed", "on": "2016-06-08"}).status_code == 302
    assert figures_on_page(world.village.code)["practical_services"] == before + 1
    assert sign_in(POVERTY, OTHER_COUNTY).post(path, {"confirmation": "signed", "on": "2016-06-08"}).status_code == 404
    assert client(ORG, world).post(path, {"confirmation": "signed", "on": "2016-06-08"}).status_code == 404


def test_an_official_of_the_town_chooses_a_village_and_writes_for_it(world: World) -> None:
    town = Region.objects.get(pk=world.village.code[:9])
    factories.posting(town, sent_by=world.unit, name="刘长安", code="T100", title="党委副书记")
    browser = sign_in("posted_cadre", town.code, name="刘长安")
    assert "请选择" in text(browser.get("/field/"))
    path = f"/field/?village={world.village.code}"
    assert "陈新志" in text(browser.get(path))
    shown = browser.post(path, day(world, **{"i0-kind": "medical", "i0-confirmation": "witnesses"}), follow=True)
    assert "生成入户走访 1 次" in text(shown)
    assert Visit.unscoped.get(on="2016-06-08").official == "刘长安"


def test_a_day_of_another_official_reads_like_none(world: World) -> None:
    log = WorkLog.unscoped.first()
    assert client("posted_cadre", world).get(f"/field/{log.pk}/").status_code == 200
    assert sign_in("posted_cadre", factories.village_of(OTHER_COUNTY).code).get(f"/field/{log.pk}/").status_code == 404


def test_a_problem_stands_on_the_page_and_in_the_file_until_a_later_day_follows_it_up(world: World) -> None:
    browser, file = client("posted_cadre", world), f"/households/{world.household.pk}/"
    browser.post("/field/", day(world, **{"i0-problem": "房顶漏雨", "i0-follow_up_due": "2016-06-20"}))
    problem = WorkLogItem.unscoped.get(problem="房顶漏雨")
    shown, filed, line = text(browser.get("/field/")), text(browser.get(file)), text(browser.get("/logs/"))
    assert "要跟进的问题" in shown and all("房顶漏雨" in page and "2016-06-20" in page for page in (shown, filed, line))
    form = text(browser.get(f"/field/?follows={problem.pk}"))
    assert "跟进：房顶漏雨" in form and f'value="{problem.pk}"' in form
    browser.post("/field/", day(world, **{"i0-follows": str(problem.pk), "i0-content": "换了瓦，不漏了"}))
    assert "要跟进的问题" not in text(browser.get("/field/")) and "房顶漏雨" not in text(browser.get(file))


def test_a_problem_is_nothing_without_what_was_done(world: World) -> None:
    answer = client("posted_cadre", world).post("/field/", day(world, **{"i0-household": "", "i0-content": "", "i0-problem": "房顶漏雨"}))
    assert answer.status_code == 422 and "请写一句做了什么" in text(answer) and not WorkLogItem.unscoped.filter(problem="房顶漏雨").exists()
