"""The clerk's pages of matching."""

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from shibaiqian.console.tests.factories import sign_in
from shibaiqian.postings.tests.factories import install
from shibaiqian.regions.models import Region
from shibaiqian.selection.models import MatchPair, MatchPlan, MatchWish, Nomination
from shibaiqian.selection.tests.factories import LUONAN
from shibaiqian.selection.tests.test_plans import loose, planned, prepared

pytestmark = pytest.mark.django_db


@pytest.fixture
def ready(actor: Any) -> tuple[Any, Any, Any]:
    install(actor)
    return prepared(actor)


@pytest.fixture
def plan(ready: Any, actor: Any) -> MatchPlan:
    by = actor("county_org_admin", LUONAN)
    return planned(Region.objects.get(pk=LUONAN), by, ready[0], options=loose())


@pytest.fixture
def clerk(ready: Any) -> Client:
    return sign_in("county_org_admin", LUONAN)


def where(batch: Any) -> str:
    return f"{reverse('match_plans')}?batch={batch.pk}&region={LUONAN}&tier=T1000&stage=persons"


def said(response: Any) -> str:
    return response.content.decode()


def test_a_plan_is_made_from_the_page_and_shown(ready: Any, clerk: Client) -> None:
    batch = ready[0]
    form = {
        "name": "",
        "on": "2016-06-08",
        "of_unit": 2,
        "within_units": "on",
        "match_class": 40,
        "match_skill": 25,
        "match_rural": 15,
        "match_county": 10,
        "match_wish": 10,
    }
    response = clerk.post(where(batch), form, follow=True)
    assert "最多 2 名" in said(response) and "空缺岗位" in said(response)
    assert MatchPlan.unscoped.get().weights["weights"]["match_class"] == 4000
    assert "方案1" in said(clerk.get(where(batch)))


def test_two_plans_are_compared(ready: Any, plan: MatchPlan, clerk: Client, actor: Any) -> None:
    other = planned(Region.objects.get(pk=LUONAN), actor("county_org_admin", LUONAN), ready[0], options=loose(2))
    page = said(clerk.get(f"{where(ready[0])}&compare={plan.pk}&compare={other.pk}"))
    assert "1 处不同" in page and "方案2" in page


def test_what_changes_is_shown_before_it_is_confirmed(ready: Any, plan: MatchPlan, clerk: Client) -> None:
    _, needs, found = ready
    held = MatchPair.unscoped.get(plan=plan, need=needs[0]).nomination
    other = next(n for n in found if n.pk != held.pk)
    url = reverse("match_post", args=[plan.pk, needs[0].pk])
    page = said(clerk.get(url, {"taker": other.pk, "act": "pin"}))
    assert f"{held.cadre_name} → <b>{other.cadre_name}</b>" in page and not MatchWish.unscoped.exists()
    refused = clerk.post(url, {"taker": other.pk, "act": "pin", "reason": ""})
    assert refused.status_code == 422 and "请写明指定的理由" in said(refused)
    made = clerk.post(url, {"taker": other.pk, "act": "pin", "reason": "班子建议"}, follow=True)
    assert "方案2" in said(made) and "班子建议" in said(made)
    newest = MatchPlan.unscoped.get(name="方案2")
    assert MatchPair.unscoped.get(plan=newest, need=needs[0]).nomination_id == other.pk
    wish = MatchWish.unscoped.get()
    clerk.post(reverse("match_wish", args=[newest.pk, wish.pk]))
    assert MatchWish.unscoped.get().voided_by


def test_one_post_is_exchanged_or_emptied_with_a_reason(ready: Any, plan: MatchPlan, clerk: Client) -> None:
    _, needs, _ = ready
    url = reverse("match_post", args=[plan.pk, needs[0].pk])
    assert "多空缺 1 个岗位" in said(clerk.get(url, {"taker": "", "act": "override"}))
    page = clerk.post(url, {"taker": "", "act": "override", "reason": "暂缓"}, follow=True)
    assert "人工调整后空缺：暂缓" in said(page)
    assert clerk.get(url, {"taker": "nonsense", "act": "override"}).status_code == 404
    assert "请选定一名人选" in said(clerk.get(url, {"taker": "", "act": "pin"}))


def test_freezing_thawing_and_putting_aside(ready: Any, plan: MatchPlan, clerk: Client) -> None:
    def step(name: str, **more: str) -> str:
        return said(clerk.post(reverse("match_step", args=[plan.pk, name]), more, follow=True))

    assert "方案已确定" in step("freeze", reason="部务会同意")
    assert Nomination.unscoped.filter(state="matched").count() == 3
    assert "不能办理“确定”" in step("freeze")
    assert "请写明撤销的理由" in step("thaw")
    assert "已撤销确定" in step("thaw", reason="会议未通过")
    assert "方案已放弃" in step("discard")
    assert clerk.post(reverse("match_step", args=[plan.pk, "burn"])).status_code == 404


def test_outsiders_find_nothing(ready: Any, plan: MatchPlan) -> None:
    _, needs, _ = ready
    stranger, town = sign_in("county_org_admin", "611022"), sign_in("town_party_admin", "611021101")
    for url in (reverse("match_plan", args=[plan.pk]), reverse("match_post", args=[plan.pk, needs[0].pk])):
        assert stranger.get(url).status_code == town.get(url).status_code == 404
    assert stranger.post(reverse("match_step", args=[plan.pk, "freeze"])).status_code == 404
    assert stranger.get(where(ready[0])).status_code == 404, "another county's region is not among the choices"
    assert stranger.get(reverse("match_plan", args=[uuid.uuid4()])).status_code == 404


def test_as_many_queries_at_one_pair_as_at_three(ready: Any, plan: MatchPlan, clerk: Client, django_assert_max_num_queries: Any) -> None:
    _, needs, _ = ready
    with django_assert_max_num_queries(15) as at_three:
        clerk.get(reverse("match_plan", args=[plan.pk]))
    MatchPair.unscoped.filter(plan=plan).exclude(need=needs[0]).update(voided_by=1)
    with django_assert_max_num_queries(15) as at_one:
        clerk.get(reverse("match_plan", args=[plan.pk]))
    assert len(at_one) == len(at_three)
    with django_assert_max_num_queries(15 + 4):  # four are the test's own transaction around the request's
        clerk.get(reverse("match_post", args=[plan.pk, needs[0].pk]))
