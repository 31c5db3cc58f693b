"""Reading postings."""

import dataclasses
import datetime as dt
import uuid
from typing import Any

import pytest

from shibaiqian.access.actor import acting
from shibaiqian.access.command import NotVisible
from shibaiqian.cadres.tests.factories import CITY, DANFENG, LUONAN, id_number
from shibaiqian.organisations.models import Organisation
from shibaiqian.postings.actions import appoint_officials
from shibaiqian.postings.excel import COLUMNS
from shibaiqian.postings.models import Posting
from shibaiqian.postings.queries import (
    own_among,
    posting_file,
    posting_keys,
    posting_rows,
    postings,
    postings_of_village,
    running_postings,
)
from shibaiqian.postings.tests.factories import ended, install, posting_row, roster
from shibaiqian.regions.models import Region

pytestmark = pytest.mark.django_db
TOWN = "611021101"


@pytest.fixture
def villages() -> list[str]:
    rows = Region.objects.filter(code__gte=TOWN, code__lt=f"{TOWN}:", level="village").order_by("code")
    return list(rows.values_list("code", flat=True)[:3])


@pytest.fixture(autouse=True)
def _world(actor: Any, villages: list[str]) -> None:
    """Luonan hosts one of the city's as deputy head, one of Danfeng's in a town, two of its own in villages."""
    install(actor)
    rows = [posting_row(5, LUONAN), posting_row(6, TOWN), posting_row(1, villages[0]), posting_row(2, villages[1])]
    appoint_officials(Region.objects.get(pk=CITY), rows=roster(*rows), by=actor("city_org_admin", CITY))


def numbers(rows: Any) -> list[str]:
    return [posting.number for posting in rows]


def test_each_sees_what_is_hosted_or_sent_by_them(actor: Any, villages: list[str]) -> None:
    everything = ["G-0005", "G-0006", "G-0001", "G-0002"]
    for by, seen in (
        (actor("city_leader", CITY), everything),
        (actor("county_org_admin", LUONAN), everything),
        (actor("county_org_admin", DANFENG), ["G-0006"]),
        (actor("town_party_admin", TOWN), ["G-0006", "G-0001", "G-0002"]),
        (actor("village_admin", villages[1]), ["G-0002"]),
        (actor("sending_unit_admin", unit=Organisation.objects.get(code="SL-001").pk), ["G-0005"]),
        (actor("helper", households=(uuid.uuid4(),)), []),
    ):
        with acting(by):
            assert numbers(postings(by)) == seen


def test_running_postings_leave_out_the_ended_ones(actor: Any) -> None:
    clerk = actor("county_org_admin", LUONAN)
    ended(Posting.unscoped.get(number="G-0002"), on=dt.date(2016, 5, 1), reason="health", by=clerk)
    with acting(clerk):
        assert numbers(running_postings(clerk, region=TOWN)) == ["G-0006", "G-0001"]
        assert numbers(postings(clerk, region=TOWN)) == ["G-0006", "G-0001", "G-0002"]


def test_a_village_is_served_by_its_own_and_by_those_above_it(actor: Any, villages: list[str]) -> None:
    clerk = actor("county_org_admin", LUONAN)
    ended(Posting.unscoped.get(number="G-0001"), on=dt.date(2016, 5, 1), reason="health", by=clerk)
    with acting(clerk):
        assert numbers(postings_of_village(clerk, villages[0])) == ["G-0001", "G-0006", "G-0005"]
        assert numbers(postings_of_village(clerk, villages[2])) == ["G-0006", "G-0005"]


def test_the_file_of_a_posting_says_what_may_be_done_and_is_absent_outside(actor: Any) -> None:
    clerk, stranger = actor("county_org_admin", LUONAN), actor("county_org_admin", DANFENG)
    key = Posting.unscoped.get(number="G-0001").pk
    with acting(clerk):
        found = posting_file(clerk, key)
        assert found.cadre is not None and found.cadre.name == "王朝辉"
        assert (
            found.steps == {"extend_term", "suspend_posting", "propose_recall", "begin_handover", "waive_handover"} and found.others == []
        )
    with acting(stranger):
        for absent in (key, uuid.uuid4()):
            with pytest.raises(NotVisible):
                posting_file(stranger, absent)


def test_an_ended_posting_of_the_city_s_cadre_stays_readable_at_the_host(actor: Any) -> None:
    posting = Posting.unscoped.get(number="G-0005")
    ended(posting, on=dt.date(2016, 5, 1), reason="promoted", by=actor("city_org_admin", CITY))
    clerk = actor("county_org_admin", LUONAN)
    with acting(clerk):
        found = posting_file(clerk, posting.pk)
        assert found.cadre is None and found.posting.cadre_name == "孙伟"
        assert posting_rows(clerk, region=LUONAN)["name"].to_list()[0] == "孙伟"


def test_keys_for_rosters_hold_those_inside_and_those_that_cover(actor: Any, villages: list[str]) -> None:
    clerk = actor("county_org_admin", LUONAN)
    with acting(clerk):
        assert set(posting_keys(LUONAN)["number"]) == {"G-0001", "G-0002", "G-0005", "G-0006"}
        frame = posting_keys(villages[0])
        assert set(frame["number"]) == {"G-0001", "G-0005", "G-0006"}
    (mine,) = frame.filter(number="G-0001").iter_rows(named=True)
    assert (mine["name"], mine["region"], mine["arrived_on"], mine["ended_on"]) == (
        "王朝辉", villages[0], dt.date(2015, 7, 24), None,
    )  # fmt: skip
    with acting(actor("county_org_admin", DANFENG)):
        assert posting_keys(LUONAN)["number"].to_list() == ["G-0006"]


def test_the_rows_for_export_have_the_columns_of_the_roster(actor: Any) -> None:
    clerk = actor("county_org_admin", LUONAN)
    with acting(clerk):
        frame = posting_rows(clerk, region=LUONAN)
    assert frame.columns == [c.name for c in COLUMNS]
    assert frame.filter(number="G-0001")["id_number"].to_list() == ["*" * 14 + id_number(serial=1)[-4:]]


def test_as_many_queries_for_one_posting_as_for_three(actor: Any, villages: list[str], django_assert_num_queries: Any) -> None:
    clerk = actor("county_org_admin", LUONAN)
    key = Posting.unscoped.get(number="G-0001").pk
    with acting(clerk):
        for region in (villages[0], LUONAN):
            with django_assert_num_queries(1):
                [(p.region.name, p.unit.name, p.tier.label) for p in postings(clerk, region=region)]
            with django_assert_num_queries(1):
                posting_keys(region)
            with django_assert_num_queries(1):
                posting_rows(clerk, region=region)
        with django_assert_num_queries(2):
            posting_file(clerk, key)


def test_ones_own_posting_is_not_a_namesakes(actor: Any) -> None:
    namesake, mine = (Posting(cadre_id=uuid.uuid4(), cadre_name="王朝辉") for _ in range(2))
    known = dataclasses.replace(actor("posted_cadre", TOWN, name="王朝辉"), person=mine.cadre_id)
    assert own_among(known, [namesake, mine]) is mine
    assert own_among(known, [namesake]) is None
    unlinked = actor("posted_cadre", TOWN, name="王朝辉")
    assert own_among(unlinked, [mine]) is mine
