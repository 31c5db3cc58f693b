"""Choosing who goes on a decision sheet: page by page, or the whole list; queries that do not grow with counties."""

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client

from shibaiqian.cadres.tests.factories import CITY, LUONAN
from shibaiqian.console.tests.factories import sign_in, text
from shibaiqian.console.tests.test_pages import MOST, asked
from shibaiqian.regions.models import Region
from shibaiqian.selection.models import Decision, Nomination, PostNeed
from shibaiqian.selection.recusal import hits
from shibaiqian.selection.tests.factories import confirmed_needs, villages
from shibaiqian.selection.tests.matched import DRAWN, cadre_of, copies, decided, drawn, matched, nomination, world

pytestmark = pytest.mark.django_db
PAGE = "/decisions/new/"
COUNTIES = ("611021", "611022", "611023", "611002")


@pytest.fixture(autouse=True)
def _decided_world(actor: Any) -> None:
    world(actor)


@pytest.fixture
def browser() -> Client:
    return sign_in("county_org_admin", LUONAN, name="王干事")


def hidden(page: str) -> dict[str, str]:
    """What the form sends besides what somebody ticks: hidden fields and chosen options."""
    said = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    said.pop("csrfmiddlewaretoken", None)
    for name, inner in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', page, re.S):
        said[name] = next(iter(re.findall(r'value="([^"]*)" selected', inner)), "")
    return said


def boxes(page: str) -> list[str]:
    return re.findall(r'name="nomination" value="([^"]+)"', page)


def ticked(page: str) -> list[str]:
    return re.findall(r'name="nomination" value="([^"]+)"[^>]* checked', page)


def button(page: str, name: str) -> str:
    return re.findall(rf'name="{name}" value="([^"]+)"', page)[0]


def many(actor: Any, count: int) -> list[Nomination]:
    (first,) = matched(actor, villages(1)[0], serials=(1,))
    return [first, *copies(first, villages(count, under=LUONAN)[1:count])]


def test_a_choice_is_kept_from_page_to_page_and_back(actor: Any, browser: Client) -> None:
    many(actor, 60)
    first = text(browser.get(PAGE))
    assert len(boxes(first)) == 50 and not ticked(first) and "这份名单的全部 60 名" in first
    chosen = boxes(first)[:3]
    second = text(browser.post(PAGE, {**hidden(first), "nomination": chosen, "after": button(first, "after")}))
    assert len(boxes(second)) == 10 and "其他页已勾选 3 名" in second and not set(boxes(second)) & set(boxes(first))
    also = boxes(second)[0]
    back = text(browser.post(PAGE, {**hidden(second), "nomination": [also], "before": button(second, "before")}))
    assert boxes(back) == boxes(first) and ticked(back) == chosen and "其他页已勾选 1 名" in back
    answer = browser.post(PAGE, {**hidden(back), "nomination": chosen[:2], "who": "ticked", "on": "2015-07-06", "do": "draw"})
    assert answer.status_code == 302
    on_sheet = Nomination.unscoped.filter(decision=Decision.unscoped.get()).values_list("pk", flat=True)
    assert {str(key) for key in on_sheet} == {*chosen[:2], also}


def test_the_whole_list_goes_on_one_sheet_though_no_page_shows_it(actor: Any, browser: Client) -> None:
    rows = many(actor, 60)
    page = text(browser.get(PAGE))
    sent = {**hidden(page), "who": "all", "on": "2015-07-06", "do": "draw"}
    answer = browser.post(PAGE, sent)
    sheet = Decision.unscoped.get()
    assert answer["Location"] == f"/decisions/{sheet.pk}/"
    assert Nomination.unscoped.filter(decision=sheet).count() == len(rows)
    again = browser.post(PAGE, sent)
    assert again["Location"] == answer["Location"] and Decision.unscoped.count() == 1


def test_a_list_that_changed_since_it_was_shown_is_not_drawn(actor: Any, browser: Client) -> None:
    rows = many(actor, 4)
    page = text(browser.get(PAGE))
    Nomination.unscoped.filter(pk=rows[-1].pk).update(state="withdrawn")
    answer = browser.post(PAGE, {**hidden(page), "who": "all", "on": "2015-07-06", "do": "draw"})
    assert answer.status_code == 422 and "页面上是 4 名，现在是 3 名" in text(answer) and not Decision.unscoped.exists()
    answer = browser.post(PAGE, {**hidden(text(answer)), "who": "all", "on": "2015-07-06", "do": "draw"})
    assert answer.status_code == 302 and Nomination.unscoped.filter(decision__isnull=False).count() == 3


def test_only_who_is_decided_here_is_offered(actor: Any, browser: Client) -> None:
    (need,) = confirmed_needs(actor, "611021101")
    nomination(cadre_of(6), need)  # Danfeng's official: Danfeng decides
    assert "没有等待上会的人选" in text(browser.get(PAGE))
    assert boxes(text(sign_in("county_org_admin", "611022").get(PAGE)))
    assert not boxes(text(sign_in("city_org_admin", CITY).get(PAGE)))


def test_nonsense_in_the_form_shows_the_first_page(actor: Any, browser: Client) -> None:
    many(actor, 3)
    answer = browser.post(PAGE, {"list": "x|y", "county": "9", "kept": "1|2", "shown": "?", "after": "!", "of": "z", "nomination": ["q"]})
    assert answer.status_code == 200 and len(boxes(text(answer))) == 3 and not ticked(text(answer))


def spread(actor: Any, counties: int) -> list[Nomination]:
    """City officials of the hundred, each for a town of another county: the city decides about all of them."""
    (need,) = confirmed_needs(actor, "611021101")
    first = nomination(cadre_of(5), need, valid_until=dt.date(2016, 12, 20))
    towns = Region.objects.filter(level="town", valid_to__isnull=True).exclude(kind="other").order_by("code")
    hosts = [str(towns.filter(code__gte=county, code__lt=f"{county}:").values_list("code", flat=True)[1]) for county in COUNTIES]
    return [first, *copies(first, hosts[1:counties])]


def queries(client: Client, path: str) -> list[str]:
    client.get(path)
    answer, said = asked(client, path)
    assert answer.status_code == 200 and "note warn" not in text(answer)
    return said


@pytest.mark.parametrize("which", ["new", "sheet", "notice", "appoint"])
def test_pages_of_a_list_of_one_and_of_four_counties_ask_as_little(actor: Any, which: str) -> None:
    by, client = actor("city_org_admin", CITY), sign_in("city_org_admin", CITY)
    found = []
    for counties in (1, 4):
        Nomination.unscoped.update(state="rejected")
        PostNeed.unscoped.update(state="closed")
        rows = spread(actor, counties)
        assert len({str(row.need.region_id)[:6] for row in rows if row.need}) == counties
        path = PAGE
        if which != "new":
            path = f"/decisions/{(drawn if which == 'sheet' else decided)(rows, by=by, region=CITY).pk}/"
        if which in ("notice", "appoint"):
            _publish(client, path)
            path = f"/notices/{Nomination.unscoped.get(pk=rows[0].pk).notice_id}/" if which == "notice" else f"{path}appoint/"
        found.append(queries(client, path))
    assert len(found[0]) == len(found[1]) <= MOST, "\n".join(found[1])


def _publish(client: Client, path: str) -> None:
    answer = client.post(f"{path}publish/", {"starts_on": "2015-07-09", "contact": "组织部，电话0914-7322345"})
    assert answer.status_code == 302


def test_relations_are_looked_for_in_four_counties_with_the_queries_of_one(actor: Any, django_assert_max_num_queries: Any) -> None:
    by = actor("city_org_admin", CITY)
    rows = spread(actor, 4)
    needs = [row.need for row in rows if row.need]
    for row, need in zip(rows, needs, strict=True):  # born in a village of the town: the policy of its county is asked
        row.facts = row.facts | {"birthplace": f"陕西{need.region.parent.name}第一村"}  # type: ignore[union-attr]
    hosts = [villages(1, under=str(need.region_id))[0] for need in needs]
    for row, host in zip(rows, hosts, strict=True):
        row.facts["birthplace"] += Region.objects.get(pk=host).name
    assert len({host[:6] for host in hosts}) == 4
    asked_of = []
    for few in (hosts[:1], hosts):
        with django_assert_max_num_queries(4) as asked_now:
            found = hits(by, rows, few, on=DRAWN)
        assert {hit.host for hit in found if hit.kind == "own_village"} == {*few}
        asked_of.append(len(asked_now))
    assert asked_of == [4, 4]
