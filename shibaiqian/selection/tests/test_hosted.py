"""A post elsewhere is seen by the place that decides who goes there, while somebody of that place is meant for it; by nobody else."""

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from shibaiqian.access.actor import Actor, acting
from shibaiqian.access.command import NotVisible, Refused
from shibaiqian.cadres.tests.factories import CITY, DANFENG, LUONAN
from shibaiqian.policy.actions import set_parameter
from shibaiqian.policy.queries import parameter, parameter_in, parameters, parameters_in
from shibaiqian.postings.models import Posting
from shibaiqian.regions.models import Region
from shibaiqian.selection.appointments import appoint
from shibaiqian.selection.batches import quota_use
from shibaiqian.selection.decisions import draw_sheet
from shibaiqian.selection.hosted import hosted_needs
from shibaiqian.selection.models import Batch, Nomination, PostNeed
from shibaiqian.selection.needs import close_needs
from shibaiqian.selection.nominations import reject
from shibaiqian.selection.plans import forbid_pair
from shibaiqian.selection.tests.factories import TOWN, confirmed_needs
from shibaiqian.selection.tests.matched import APPOINTED, DRAWN, cadre_of, keys, nomination, place, published, states, world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _decided_world(actor: Any) -> None:
    world(actor)


@pytest.fixture
def home(actor: Any) -> Actor:
    """Danfeng's organisation department: it decides about Danfeng's official, who goes to a town of Luonan."""
    return actor("county_org_admin", DANFENG, name="丹凤县委组织部干事")


@pytest.fixture
def others(actor: Any) -> list[Actor]:
    return [actor("county_org_admin", "611023"), actor("county_org_admin", "611002"), actor("town_party_admin", f"{DANFENG}101")]


@pytest.fixture
def sent(actor: Any) -> Nomination:
    """Matched by Luonan to its town; another town of Luonan has a confirmed post for nobody yet."""
    mine, _free = confirmed_needs(actor, TOWN, "611021102")
    return nomination(cadre_of(6), mine)


def seen(by: Actor) -> set[uuid.UUID]:
    """Through the door, and by raw SQL as the app's role: the wall knows the same."""
    with acting(by), connection.cursor() as cursor:
        told = set(PostNeed.objects.visible_to(by).values_list("pk", flat=True))
        cursor.execute("select id from selection_postneed where voided_by is null")
        assert {key for (key,) in cursor.fetchall()} == told
    return told


def test_the_home_county_sees_exactly_the_posts_of_its_own_nominations(sent: Nomination, home: Actor, others: list[Actor]) -> None:
    assert seen(home) == {sent.need_id}
    assert PostNeed.unscoped.count() == 2
    assert [seen(by) for by in others] == [set(), set(), set()]


def test_a_county_that_only_sends_does_not_see_the_post_where_the_host_decides(actor: Any, home: Actor) -> None:
    (need,) = confirmed_needs(actor, f"{TOWN}001")
    nomination(cadre_of(6), need)
    assert seen(home) == set()


@pytest.mark.parametrize("how", ["rejected", "withdrawn", "unmatched", "voided", "elsewhere"])
def test_the_sight_ends_with_the_nomination(sent: Nomination, home: Actor, actor: Any, how: str) -> None:
    before, other = sent.need_id, PostNeed.unscoped.exclude(pk=sent.need_id).get()
    after = {
        "rejected": {"state": "rejected"}, "withdrawn": {"state": "withdrawn"}, "unmatched": {"need": None, "state": "gate_review"},
        "voided": {"voided_by": 1}, "elsewhere": {"need": other},
    }[how]  # fmt: skip
    assert seen(home) == {before}
    Nomination.unscoped.filter(pk=sent.pk).update(**after)
    assert seen(home) == ({other.pk} if how == "elsewhere" else set())


def test_who_rejects_stops_seeing_the_post(sent: Nomination, home: Actor) -> None:
    reject(place(DANFENG), nominations=[sent.pk], reason="另有任用", on=DRAWN, by=home)
    assert seen(home) == set() and PostNeed.unscoped.get(pk=sent.need_id).decider_region == ""


def test_the_home_county_decides_publishes_and_appoints_into_the_host_county(sent: Nomination, home: Actor, actor: Any) -> None:
    published([sent], by=home, region=DANFENG)
    document = appoint(place(DANFENG), nominations=keys([sent]), on=APPOINTED, by=home)
    posting = Posting.unscoped.get()
    assert states([sent]) == ["appointed"] and document.region_id == DANFENG
    assert (str(posting.region_id), posting.title, PostNeed.unscoped.get(pk=sent.need_id).state) == (TOWN, "党委副书记", "filled")
    assert seen(home) == {sent.need_id}


def test_the_host_county_does_not_decide_in_its_place(sent: Nomination, actor: Any) -> None:
    with pytest.raises(Refused, match="丹凤县决定"):
        draw_sheet(place(LUONAN), nominations=keys([sent]), on=DRAWN, by=actor("county_org_admin", LUONAN))


def test_the_home_county_does_nothing_else_with_the_post(sent: Nomination, home: Actor) -> None:
    with pytest.raises(NotVisible):
        close_needs(place(DANFENG), needs=[sent.need_id], reason="不需要了", by=home)
    with pytest.raises(NotVisible):
        forbid_pair(sent.need, nomination=sent.pk, reason="路远", by=home)
    with acting(home):
        assert not hosted_needs(home).exists()
        assert sum(row["confirmed"] for row in quota_use(home, Batch.objects.get())) == 0
    assert PostNeed.unscoped.get(pk=sent.need_id).state == "confirmed"


def test_raw_sql_of_the_app_role_changes_no_post_of_elsewhere(sent: Nomination, others: list[Actor]) -> None:
    for by in others:
        with acting(by), connection.cursor() as cursor:
            cursor.execute("update selection_postneed set decider_region = %s", [by.scope.region])
            assert cursor.rowcount == 0
    assert PostNeed.unscoped.get(pk=sent.need_id).decider_region == DANFENG


def test_a_unit_of_the_city_shows_the_post_to_the_city_only(actor: Any, others: list[Actor], home: Actor) -> None:
    (need,) = confirmed_needs(actor, TOWN)
    nomination(cadre_of(5), need)
    assert PostNeed.unscoped.get().decider_region == CITY
    assert seen(home) == set() and seen(actor("city_org_admin", CITY)) == {need.pk}


def test_policy_of_many_places_is_one_query_and_the_same(actor: Any, django_assert_num_queries: Any) -> None:
    by, on = actor("county_org_admin", DANFENG), dt.date(2015, 7, 1)
    set_parameter(
        Region.objects.get(pk=DANFENG), key="recusal_own_village_blocks", value=Decimal(1), valid_from=dt.date(2015, 1, 1),
        source="丹组发〔2015〕1号", by=by,
    )  # fmt: skip
    counties = ["611002", LUONAN, DANFENG, "611023", TOWN]
    with django_assert_num_queries(1):
        found = parameter_in("recusal_own_village_blocks", regions=counties, on=on)
    assert found == {code: parameter("recusal_own_village_blocks", region=code, on=on) for code in counties}
    assert found[DANFENG] == 1 and found[LUONAN] == 0
    with django_assert_num_queries(1):
        whole = parameters_in(counties, on=on)
    assert whole == {code: parameters(region=code, on=on) for code in counties}
