"""Lists, files, places, search, the official's page: for those who may, for those who may not, and how many queries."""

import io
import re
import uuid
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from shibaiqian.access.models import AssignedHousehold
from shibaiqian.audit.models import Event
from shibaiqian.console import lists
from shibaiqian.console.listing.asked import _question
from shibaiqian.console.tests import factories
from shibaiqian.console.tests.factories import COUNTY, OTHER_COUNTY, World, client, sign_in, text

pytestmark = pytest.mark.django_db
MOST = 15
ORG, POVERTY = "county_org_admin", "county_poverty_admin"

# Each list: who sees it, and words of the world on it.
LISTS = {
    "/regions/": (ORG, "洛南县"),
    "/organisations/": (ORG, "县财政局"),
    "/cadres/": (ORG, "何建军"),
    "/postings/": (ORG, "第一书记"),
    "/households/": (POVERTY, "陈新志"),
    "/members/": (POVERTY, "户主"),
    "/projects/": (ORG, "通组道路硬化"),
    "/industries/": (ORG, "云岭香菇专业合作社"),
    "/services/": (ORG, "门诊慢性病"),
    "/overhauls/": (ORG, "整顿中"),
    "/promotions/": (ORG, "提拔重用科级"),
    "/posted_households/": (ORG, "陈新志"),
    "/handovers/": (ORG, "村党支部书记"),
}
FILES: dict[str, tuple[str, Callable[[World], str], str]] = {
    "county": (ORG, lambda w: f"/regions/{w.village.code[:6]}/", "镇办情况"),
    "town": (ORG, lambda w: f"/regions/{w.village.code[:9]}/", "村（社区）情况"),
    "village": (ORG, lambda w: f"/regions/{w.village.code}/", "吴明德"),
    "village of the leader": ("city_leader", lambda w: f"/regions/{w.village.code}/", "何建军"),
    "organisation": (ORG, lambda w: f"/organisations/{w.unit.pk}/", "名称沿革"),
    "cadre": (ORG, lambda w: f"/cadres/{w.posting.cadre_id}/", "简历"),
    "posting": (ORG, lambda w: f"/postings/{w.posting.pk}/", "长期病假"),
    "work of a posting": (ORG, lambda w: f"/postings/{w.posting.pk}/work/", "通组道路硬化"),
    "step of a posting": (ORG, lambda w: f"/postings/{w.posting.pk}/propose_recall/", "事实情况"),
    "posting of the poverty office": (POVERTY, lambda w: f"/postings/{w.posting.pk}/work/", "门诊慢性病"),
    "household": (POVERTY, lambda w: f"/households/{w.household.pk}/", "长期慢性病"),
    "household of the organisation office": (ORG, lambda w: f"/households/{w.household.pk}/", "王帮扶"),
    "project": (ORG, lambda w: f"/projects/{w.project.pk}/", "365,000.00"),  # type: ignore[union-attr]
    "industry": (ORG, lambda w: f"/industries/{w.entity.pk}/", "陈新志"),  # type: ignore[union-attr]
    "service": (POVERTY, lambda w: f"/services/{w.services[1].pk}/", "确认这件实事"),
    "field": ("posted_cadre", lambda w: "/field/", "写工作日志"),
}
REFERENCE = {"organisation"}  # units are read by everybody who may look
WRITES = re.compile(r"^\s*(insert|update|delete|truncate)\b", re.IGNORECASE)


def asked(browser: Client, path: str) -> tuple[Any, list[str]]:
    """The answer, and the product's own queries: without savepoints and settings of the test's outer transaction."""
    with CaptureQueriesContext(connection) as caught:
        answer = browser.get(path)
    said = [query["sql"] for query in caught]
    own = [sql for sql in said if not sql.lower().startswith(("savepoint", "release", "rollback")) and "current_setting(" not in sql[:60]]
    settings = [sql for sql in own if sql.startswith("select set_config")]
    return answer, [sql for sql in own if sql not in settings] + settings[:1]


def without_token(answer: Any) -> str:
    """The body but for the token against forged forms and the address that was asked."""
    return re.sub(r"[A-Za-z0-9]{64}|name=\"next\" value=\"[^\"]+\"", "", text(answer))


@pytest.mark.parametrize("path", LISTS)
def test_a_list_shows_the_county_its_rows(world: World, path: str) -> None:
    role, words = LISTS[path]
    answer = client(role, world).get(path)
    assert answer.status_code == 200
    assert words in text(answer)


@pytest.mark.parametrize("path", [p for p in LISTS if p not in ("/regions/", "/organisations/")])
def test_another_county_sees_an_empty_list_that_says_what_to_do(world: World, path: str) -> None:
    role, _words = LISTS[path]
    said = text(sign_in(role, OTHER_COUNTY).get(path))
    assert "还没有记录" in said
    assert "导入" in said
    assert "陈新志" not in said
    assert "何建军" not in said


@pytest.mark.parametrize("name", FILES)
def test_a_file_opens_for_the_county(world: World, name: str) -> None:
    role, path, words = FILES[name]
    answer = client(role, world).get(path(world))
    assert answer.status_code == 200
    assert words in text(answer)


@pytest.mark.parametrize("name", [n for n in FILES if n not in (*REFERENCE, "field")])
def test_a_foreign_file_reads_like_one_that_does_not_exist(world: World, name: str) -> None:
    role, path, _words = FILES[name]
    stranger = sign_in(role, OTHER_COUNTY)
    foreign = stranger.get(path(world))
    nothing = stranger.get(re.sub(r"[0-9a-f-]{36}", str(uuid.uuid4()), path(world).replace(COUNTY, "611099")))
    assert foreign.status_code == 404
    assert without_token(foreign) == without_token(nothing)


def test_a_role_without_the_right_finds_no_such_page(world: World) -> None:
    audit = sign_in("auditor", COUNTY)
    for path in (
        "/cadres/",
        "/services/",
        "/overhauls/",
        f"/cadres/{world.posting.cadre_id}/",
        f"/services/{world.services[0].pk}/",
        "/field/",
    ):
        assert audit.get(path).status_code == 404, path


@pytest.mark.parametrize("path", [*LISTS, *FILES])
def test_queries_do_not_grow_with_the_rows(world: World, path: str) -> None:
    role, where = (LISTS[path][0], path) if path in LISTS else (FILES[path][0], FILES[path][1](world))
    browser = client(role, world)
    browser.get(where)
    _, at_one = asked(browser, where)
    world.more(2)
    _, at_three = asked(browser, where)
    assert len(at_three) == len(at_one), "\n".join(at_three)
    assert len(at_one) <= MOST, "\n".join(at_one)


@pytest.mark.parametrize("path", [*LISTS, *FILES])
def test_looking_writes_nothing_and_shows_no_number_nor_inline_code(world: World, path: str) -> None:
    role, where = (LISTS[path][0], path) if path in LISTS else (FILES[path][0], FILES[path][1](world))
    answer, queries = asked(client(role, world), where)
    said = text(answer)
    assert not [sql for sql in queries if WRITES.match(sql)]
    assert not re.search(r"\d{17}[\dXx]", said)
    assert not re.search(r"<style|\sstyle=|\son\w+=", said)
    assert not re.findall(r"<script(?![^>]*(?:\ssrc=|type=\"application/json\"))", said)


@pytest.mark.parametrize("path", [*LISTS, *FILES])
def test_every_page_renders_in_english(world: World, path: str) -> None:
    role, where = (LISTS[path][0], path) if path in LISTS else (FILES[path][0], FILES[path][1](world))
    answer = client(role, world, language="en").get(where)
    assert answer.status_code == 200
    assert 'lang="en"' in text(answer)


def test_filters_narrow_and_unknown_ones_are_ignored(world: World) -> None:
    browser = client(POVERTY, world)
    out = factories.household(world.village, name="赵稳定", state="stable_exit")
    assert "陈新志" not in text(browser.get("/households/?state=stable_exit"))
    assert out.head_name in text(browser.get("/households/?state=stable_exit"))
    assert "陈新志" in text(browser.get("/households/?state=nonsense&water=maybe&sort=random&after=1;drop"))
    assert "没有符合条件" in text(browser.get(f"/households/?region={factories.village_of(place=5).code}"))


def test_a_list_goes_on_by_key_and_back(world: World) -> None:
    for _ in range(55):
        factories.service(world.posting, confirmation="", confirmed_on=None)
    browser = client(POVERTY, world)
    first = text(browser.get("/services/?sort=place&confirmed=no"))
    further = re.search(r'rel="next" href="([^"]+)"', first)
    assert further is not None
    second = text(browser.get("/services/" + further.group(1).replace("&amp;", "&")))
    assert "confirmed=no" in further.group(1)
    assert not set(re.findall(r"第 \d+ 件", first)) & set(re.findall(r"第 \d+ 件", second))
    back = re.search(r'rel="prev" href="([^"]+)"', second)
    assert back is not None
    assert re.findall(r"第 \d+ 件", text(browser.get("/services/" + back.group(1).replace("&amp;", "&")))) == re.findall(
        r"第 \d+ 件", first
    )


def test_names_are_searched_by_post_and_never_stand_in_an_address(world: World) -> None:
    factories.household(world.village, name="赵大山")
    browser = client(POVERTY, world)
    for typed in ("赵大", "zhaoda", "zds", world.household.number[:14]):
        answer = browser.post("/households/", {"name": typed})
        assert "赵大山" in text(answer) or typed.startswith("6110")
    said = text(browser.post("/households/", {"name": "zhaoda"}))
    assert "陈新志" not in said
    assert "name=" not in "".join(re.findall(r'href="[^"]*"', said))


def test_persons_are_searched_within_a_town(world: World) -> None:
    browser = client(POVERTY, world)
    assert "请先选择镇办" in text(browser.post("/members/", {"name": "陈"}))
    assert "陈新志" in text(browser.post(f"/members/?region={world.village.code}", {"name": "陈"}))


def test_the_choice_of_columns_is_kept(world: World) -> None:
    browser = client(POVERTY, world)
    browser.post("/households/", {"columns": "1", "column": ["head", "number"]})
    said = text(browser.get("/households/"))
    assert world.household.number in said
    assert '<th scope="col">主要致贫原因</th>' not in said


def exported(answer: Any) -> list[tuple[Any, ...]]:
    return list(openpyxl.load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))


@pytest.mark.parametrize("path", [p for p in LISTS if p != "/regions/"])
def test_an_export_is_what_is_filtered_and_is_recorded_with_its_count(world: World, path: str) -> None:
    role, _words = LISTS[path]
    answer = client(role, world).post(f"{path}export/")
    assert answer.status_code == 200
    rows = exported(answer)
    assert "何建军（" in rows[1][0]  # who took it
    event = Event.objects.get()
    assert (event.action, event.details["list"], event.details["rows"]) == ("console.export_list", path.strip("/"), len(rows) - 3)
    assert not re.search(r"\d{17}[\dXx]", str(rows))


def test_an_export_takes_the_filters_and_none_is_made_of_nothing(world: World) -> None:
    factories.household(world.village, name="赵稳定", state="stable_exit")
    browser = client(POVERTY, world)
    assert "陈新志" not in str(exported(browser.post("/households/export/?state=stable_exit")))
    assert "已脱贫" not in str(exported(browser.post("/households/export/?state=stable_exit"))[1])
    answer = browser.post("/households/export/?state=relapsed", follow=True)
    assert "不需要导出" in text(answer)
    assert client("village_admin", world).post("/households/export/").status_code == 404
    assert browser.get("/households/export/").status_code == 405


def test_both_names_stand_on_the_village_page(world: World) -> None:
    said = text(client(ORG, world).get(f"/regions/{world.village.code}/"))
    for words in ("村书记", "吴明德", "第一书记", "何建军", "县财政局", "包村单位", "2015-07-20", "整顿中", "因病"):
        assert words in said


def test_the_village_page_counts_what_is_open(world: World) -> None:
    factories.household(world.village, name="赵危房", house_danger="D", safe_water=False)
    factories.household(world.village, name="赵稳定", state="stable_exit", members=4)
    said = text(client(POVERTY, world).get(f"/regions/{world.village.code}/"))
    shown = re.sub(r"<[^>]+>|\s+", " ", said)
    shown = re.sub(r" +", " ", shown)
    for words in (
        "未脱贫 2 户 6 人",
        "已脱贫 1 户 4 人",
        "其中稳定脱贫 4 人",
        "D 级危房 1 户",
        "饮水不安全 1 户",
        "没有帮扶责任人 1 户",
        "待群众确认 1 件",
        "在册人口 10 人",
    ):
        assert words in shown, words


def test_a_leader_sees_counts_of_a_village_but_no_household(world: World) -> None:
    leader = client("city_leader", world)
    said = text(leader.get(f"/regions/{world.village.code}/"))
    assert "因病" in said
    assert "/households/" not in said
    assert leader.get(f"/households/{world.household.pk}/").status_code == 404


def test_private_facts_are_for_roles_that_may(world: World) -> None:
    path = f"/households/{world.household.pk}/"
    assert "13800001234" in text(client(POVERTY, world).get(path))
    said = text(client(ORG, world).get(path))
    assert "13800001234" not in said
    assert "长期慢性病" not in said


def test_a_number_is_revealed_for_a_reason_and_recorded(world: World) -> None:
    path = f"/cadres/{world.posting.cadre_id}/reveal/"
    browser = client(ORG, world)
    assert browser.get(path).status_code == 405
    for reason in ("", "看看", "看 看"):
        refused = browser.post(path, {"reason": reason})
        assert refused.status_code == 422
        assert not re.search(r"\d{18}", text(refused))
    shown = browser.post(path, {"reason": "核对任免审批表"})
    assert re.search(r"61252319700308\d{4}", text(shown))
    assert [e.action for e in Event.objects.filter(outcome="done")] == ["cadres.reveal_id_number"]
    assert sign_in(ORG, OTHER_COUNTY).post(path, {"reason": "核对任免审批表"}).status_code == 404


def test_a_members_number_is_revealed_only_with_its_own_household(world: World) -> None:
    other = factories.household(factories.village_of(OTHER_COUNTY), name="孙外县")
    path, browser = f"/households/{world.household.pk}/reveal/", client(POVERTY, world)
    member = world.household.members.first()
    for reason in ("", "看看", "看 看"):  # the rule is that of a cadre's number
        refused = browser.post(path, {"member": member.pk, "reason": reason})
        assert refused.status_code == 422
        assert not re.search(r"\d{18}", text(refused))
    assert re.search(r"61252319700308\d{4}", text(browser.post(path, {"member": member.pk, "reason": "核对户籍"})))
    assert browser.post(path, {"member": other.members.first().pk, "reason": "核对户籍"}).status_code == 404
    assert client(ORG, world).post(path, {"member": member.pk, "reason": "核对户籍"}).status_code == 404


@pytest.mark.parametrize(
    ("typed", "title"),
    [("陈新", "贫困户"), ("cxz", "贫困户"), ("hejianjun", "干部"), ("何建军", "挂职任职"), ("商组发[2015]", "挂职任职"), ("商组发〔2016〕18", "提拔使用"), ("县财", "单位"), ("xcz", "单位"), ("通组", "帮扶项目"), ("yunling", "产业主体"), ("洛南", "地方")],
)  # fmt: skip
def test_search_finds_by_beginnings(world: World, typed: str, title: str) -> None:
    said = text(client(ORG, world).post("/search/", {"q": typed}))
    assert f"<h2>{title}</h2>" in said


def test_search_shows_only_what_the_actor_may_see_and_says_that_it_searches_beginnings(world: World) -> None:
    stranger = sign_in(ORG, OTHER_COUNTY)
    said = text(stranger.post("/search/", {"q": "陈新志"}))
    assert "<h2>贫困户</h2>" not in said
    assert "从开头查" in said
    assert "<h2>贫困户</h2>" not in text(client(ORG, world).post("/search/", {"q": "新志"}))
    with CaptureQueriesContext(connection) as caught:
        client(ORG, world).post("/search/", {"q": "陈"})
    assert not [q for q in caught if " like " in q["sql"].lower()]


def test_a_sending_unit_sees_its_officials_and_no_household(world: World) -> None:
    browser = sign_in("sending_unit_admin", unit=world.unit.pk)
    assert "何建军" in text(browser.get("/postings/"))
    assert browser.get(f"/postings/{world.posting.pk}/").status_code == 200
    assert browser.get("/households/").status_code == 404
    assert browser.get(f"/regions/{world.village.code}/").status_code == 404
    assert browser.get("/regions/").status_code == 200
    assert browser.post("/postings/export/").status_code == 200


def test_the_menu_offers_what_the_role_may_open(world: World) -> None:
    for role in (ORG, POVERTY, "village_admin", "posted_cadre", "auditor", "city_leader"):
        browser = client(role, world)
        said = text(browser.get(f"/regions/{world.village.code}/"))
        offered = re.findall(
            r'<li><a href="([^"]+)"', said[said.index('class="groups"') : said.index("</nav>", said.index('class="groups"'))]
        )
        assert "/households/" in offered or role == "city_leader"
        for path in offered:
            assert browser.get(path, follow=True).status_code == 200, (role, path)


def test_a_helper_sees_their_own_households_and_no_other(world: World) -> None:
    factories.household(world.village, name="赵别户")
    row = AssignedHousehold(helper=uuid.uuid4(), helper_unit=world.unit.pk, helper_name="王帮扶", household=world.household.pk)
    row.valid_from, row.event = world.household.identified_on, world.household.event
    row.save()
    browser = sign_in("helper", helper_unit=world.unit.pk, helper_name="王帮扶")
    said = text(browser.get("/households/"))
    assert "陈新志" in said
    assert "赵别户" not in said
    assert browser.get(f"/households/{world.household.pk}/").status_code == 200
    assert browser.get("/members/").status_code == browser.get("/services/").status_code == 200
    assert browser.post("/households/export/").status_code == 404
    assert browser.get(f"/regions/{world.village.code}/").status_code == 404


def test_a_question_kept_for_one_scope_is_never_answered_to_another(world: World) -> None:
    """The same list asked by turns: each place sees its own, whoever asked before."""
    other = factories.world(OTHER_COUNTY)
    factories.household(other.village, name="别县人")
    browsers = {name: sign_in(POVERTY, place) for name, place in (("ours", COUNTY), ("other", OTHER_COUNTY), ("city", "6110"))}
    for _ in range(2):
        seen = {name: "别县人" in text(browser.get("/households/")) for name, browser in browsers.items()}
        assert seen == {"ours": False, "other": True, "city": True}
        narrowed = text(browsers["city"].get(f"/households/?region={COUNTY}"))
        assert "别县人" not in narrowed and "陈新志" in narrowed


@pytest.mark.parametrize("place", [OTHER_COUNTY, "6110", "61", "999999999999", "洛南", "6110211"])
def test_a_place_outside_the_scope_shows_and_exports_no_row_and_says_so(world: World, place: str) -> None:
    browser = client(POVERTY, world)
    answer = browser.get(f"/households/?region={place}")
    assert answer.status_code == 200
    assert "不在您的管理范围内" in text(answer) and "陈新志" not in text(answer)
    assert "不在您的管理范围内" in text(browser.post(f"/households/?region={place}", {"name": "陈新"}))
    assert browser.post(f"/households/export/?region={place}").status_code == 302  # nothing to hand over
    assert "陈新志" in text(browser.get("/households/?region="))


def test_a_name_that_was_searched_is_not_kept(world: World) -> None:
    before = _question.cache_info().currsize
    assert "陈新志" in text(sign_in(POVERTY, COUNTY).post("/households/", {"name": "陈新"}))
    assert _question.cache_info().currsize == before


@pytest.mark.parametrize("path", [path for path in LISTS if path != "/regions/"])
def test_every_column_of_a_list_can_be_shown(path: str, world: World) -> None:
    browser = client(LISTS[path][0], world)
    name = path.strip("/")
    columns = next(each for each in lists.LISTS if each.name == name).columns
    browser.post(path, {"columns": "1", "column": [column.code for column in columns]})
    page = text(browser.get(path))
    assert LISTS[path][1] in page
    assert page.count('scope="col"') == len(columns)


def test_a_village_s_desk_does_not_ask_for_places_below_it(world: World) -> None:
    assert "名册导入" not in text(sign_in("host_unit_leader", world.village.code).get("/"))
    assert "下级情况" in text(sign_in("town_party_admin", world.village.code[:9]).get("/"))
