"""Terms of a county end on one day: the rules of one posting for each, all or none, and once."""

import datetime as dt
import threading
import uuid
from typing import Any

import pytest
from django.db import connections

from shibaiqian.access.actor import Actor, Forbidden
from shibaiqian.access.command import NotVisible, Refused
from shibaiqian.audit.models import Event
from shibaiqian.cadres.models import Cadre, ResumeItem
from shibaiqian.cadres.tests.factories import CITY, LUONAN
from shibaiqian.postings import actions
from shibaiqian.postings.models import PostedHousehold, Posting
from shibaiqian.postings.tests.factories import bound, handed_over, install, posting_row, registered_households, roster
from shibaiqian.regions.actions import load_regions
from shibaiqian.regions.models import Region

pytestmark = pytest.mark.django_db
ON = dt.date(2016, 6, 1)
TERM = {
    "appointed_on": dt.date(2014, 6, 2), "arrived_on": dt.date(2014, 6, 4), "planned_end": ON, "party_out_on": None, "party_in_on": None,
}  # fmt: skip
SAID: dict[str, Any] = {"on": ON, "reason": "term_complete"}


@pytest.fixture
def terms(_world: None, county: Region, clerk: Actor, villages: list[str]) -> list[Posting]:
    """Three terms that are over, in the order of places; handed over but the second."""
    rows = [posting_row(serial, village, **TERM) for serial, village in zip((1, 2, 3), villages, strict=False)]
    actions.appoint_officials(county, rows=roster(*rows), by=clerk)
    found = list(Posting.unscoped.order_by("region_id"))
    for posting in (found[0], found[2]):
        handed_over(posting, since=dt.date(2016, 5, 20), on=dt.date(2016, 5, 30), by=clerk)
    return found


def keys(postings: list[Posting]) -> list[uuid.UUID]:
    return [posting.pk for posting in postings]


def test_all_end_on_one_day_with_one_event(terms: list[Posting], county: Region, clerk: Actor, poverty: Actor, villages: list[str]) -> None:
    handed_over(terms[1], since=dt.date(2016, 5, 20), on=dt.date(2016, 5, 30), by=clerk)
    registered_households(villages[0], {"H4": "stable_exit"}, by=poverty)
    bound(terms[0], ["H4"], by=clerk)
    assert actions.end_postings(county, postings=keys(terms), by=clerk, **SAID).count == 3
    assert set(Posting.unscoped.values_list("state", "ended_on", "end_reason", "is_settled")) == {("ended", ON, "term_complete", True)}
    assert ResumeItem.unscoped.filter(kind="posting", end_month="201606").count() == 3
    assert set(Cadre.unscoped.filter(postings__isnull=False).values_list("host_region", flat=True)) == {""}
    assert PostedHousehold.unscoped.get().until == ON
    assert Event.objects.filter(action__startswith="postings.end").count() == 1


def test_the_first_who_may_not_end_is_named_and_nobody_ends(
    terms: list[Posting], county: Region, clerk: Actor, poverty: Actor, villages: list[str]
) -> None:
    second = terms[1]
    with pytest.raises(Refused, match=f"{second.cadre_name}（{second.host_name}第一书记）不能结束，本次没有改动。.*开始交接"):
        actions.end_postings(county, postings=keys(terms), by=clerk, **SAID)
    actions.begin_handover(second, facts={}, successor_name="村支书", on=dt.date(2016, 5, 30), by=clerk)
    with pytest.raises(Refused, match=r"交接没有完成：未核对村情资料.*镇办未监交"):
        actions.end_postings(county, postings=keys(terms), by=clerk, **SAID)
    registered_households(villages[0], {"H1": "registered"}, by=poverty)
    bound(terms[0], ["H1"], by=clerk)
    with pytest.raises(Refused, match=f"{terms[0].cadre_name}.*不脱贫不脱钩.*1 户还没有稳定脱贫.*H1"):
        actions.end_postings(county, postings=keys(terms), by=clerk, **SAID)
    with pytest.raises(Refused, match="才届满"):
        actions.end_postings(county, postings=keys(terms[2:]), by=clerk, **SAID | {"on": dt.date(2016, 5, 31)})
    with pytest.raises(Refused, match="请先勾选"):
        actions.end_postings(county, postings=[], by=clerk, **SAID)
    with pytest.raises(Refused, match="没有“recalled”"):
        actions.end_postings(county, postings=keys(terms), by=clerk, **SAID | {"reason": "recalled"})
    assert not Posting.unscoped.filter(ended_on__isnull=False).exists()


def test_as_many_queries_for_one_as_for_three(
    terms: list[Posting], county: Region, clerk: Actor, django_assert_max_num_queries: Any
) -> None:
    handed_over(terms[1], since=dt.date(2016, 5, 20), on=dt.date(2016, 5, 30), by=clerk)
    counts = []
    for some in (terms[:1], terms[1:]):
        with django_assert_max_num_queries(45) as captured:
            actions.end_postings(county, postings=keys(some), by=clerk, **SAID)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_an_outsider_ends_nothing(terms: list[Posting], county: Region, stranger: Actor, actor: Any) -> None:
    with pytest.raises(NotVisible):
        actions.end_postings(county, postings=keys(terms), by=stranger, **SAID)
    with pytest.raises(Refused, match="请先勾选"):
        actions.end_postings(Region.objects.get(pk="611022"), postings=keys(terms), by=stranger, **SAID)
    for role, place in (("town_party_admin", LUONAN), ("city_leader", CITY)):
        with pytest.raises(Forbidden):
            actions.end_postings(county, postings=keys(terms), by=actor(role, place), **SAID)
    assert not Posting.unscoped.filter(ended_on__isnull=False).exists()


@pytest.mark.django_db(transaction=True)
def test_eight_clerks_at_once_end_them_once(actor: Any, county: Region, villages: list[str]) -> None:
    load_regions()
    install(actor)
    clerk = actor("county_org_admin", LUONAN)
    actions.appoint_officials(county, rows=roster(posting_row(1, villages[0], **TERM), posting_row(2, villages[1], **TERM)), by=clerk)
    both = list(Posting.unscoped.all())
    for posting in both:
        handed_over(posting, since=dt.date(2016, 5, 20), on=dt.date(2016, 5, 30), by=clerk)
    barrier, outcomes = threading.Barrier(8), list[str]()

    def press(n: int) -> None:
        try:
            barrier.wait()
            # Half of them name the postings the other way round.
            actions.end_postings(
                county, postings=keys(both[:: -1 if n % 2 else 1]), by=actor("county_org_admin", LUONAN, name=f"办事员{n}"), **SAID
            )
            outcomes.append("done")
        except Refused as refused:
            outcomes.append("late" if "已结束" in str(refused) else str(refused))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done"] + ["late"] * 7
