"""What the calendar says of postings is told each night, to whom it concerns, and not again and again."""

import datetime as dt
from typing import Any

import pytest

from shibaiqian.access.actor import Actor, acting, system_actor
from shibaiqian.access.models import User
from shibaiqian.access.tests.factories import user
from shibaiqian.base import clock
from shibaiqian.messages.models import Message
from shibaiqian.organisations.models import Organisation
from shibaiqian.postings.actions import appoint_officials, propose_recall
from shibaiqian.postings.jobs import remind_of_postings
from shibaiqian.postings.models import Posting
from shibaiqian.postings.reminders import ending_terms, remind
from shibaiqian.postings.tests.factories import WAITING, posting_row, roster
from shibaiqian.regions.models import Region

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_world")]
TODAY = dt.date(2016, 6, 8)


@pytest.fixture
def postings(county: Region, clerk: Actor, villages: list[str]) -> list[Posting]:
    """Three of the county's bureau and town in three villages; people who are told of them."""
    rows = roster(*[posting_row(serial, villages[n], **WAITING) for n, serial in enumerate((1, 2, 3))])
    appoint_officials(county, rows=rows, by=clerk)
    user("county", "county_org_admin", county.code, scope_name="洛南县")
    user("town", "town_party_admin", villages[0][:9], scope_name="景村镇")
    user("stranger", "county_org_admin", "611022", scope_name="丹凤县")
    user("bureau", "sending_unit_admin", unit=Organisation.objects.get(code="LN-001").pk, scope_name="县农业局")
    found = list(Posting.unscoped.order_by("number"))
    User.objects.filter(pk=user("official", "posted_cadre", "").pk).update(person=found[0].cadre_id)
    return found


def told() -> set[tuple[str, str]]:
    return {(message.user.login, message.words) for message in Message.objects.filter(read_at__isnull=True).select_related("user")}


def only(row: Posting, **values: Any) -> None:
    """This posting with other values; the rest far from any date."""
    there = {"arrived_on": dt.date(2015, 8, 1), "party_in_on": dt.date(2015, 8, 3)}
    Posting.unscoped.update(state="active", planned_end=dt.date(2017, 7, 19), **there)
    Posting.unscoped.filter(pk=row.pk).update(**values)


def test_late_arrivals_are_told_to_county_town_and_unit_by_number(postings: list[Posting]) -> None:
    remind_of_postings()
    assert told() == {
        ("county", "洛南县：3 名挂职干部超过期限没有登记到岗。"),
        ("town", "景村镇：3 名挂职干部超过期限没有登记到岗。"),
        ("bureau", "县农业局：2 名挂职干部超过期限没有登记到岗。"),
    }


def test_who_is_still_in_time_is_no_reminder(postings: list[Posting], settings: Any) -> None:
    """Five working days: 9 to 11 June are holidays, and Sunday the 12th works."""
    only(postings[0], state="pending_arrival", arrived_on=None, appointed_on=dt.date(2016, 6, 3))
    settings.BUSINESS_DATE = dt.date(2016, 6, 13)
    assert remind_of_postings() == 0
    settings.BUSINESS_DATE = dt.date(2016, 6, 14)
    assert remind_of_postings() == 3


@pytest.mark.parametrize(("ends", "days"), [(6, 7), (7, 7), (8, 30), (30, 30), (31, 90), (90, 90)])
def test_a_term_near_its_end_is_told_once_for_each_of_the_three_marks(postings: list[Posting], ends: int, days: int) -> None:
    only(postings[0], planned_end=TODAY + dt.timedelta(days=ends))
    remind_of_postings()
    assert told() == {
        ("county", f"洛南县：1 名挂职干部的任期将在 {days} 天内届满，请安排接续、延期或交接。"),
        ("bureau", f"县农业局：1 名挂职干部的任期将在 {days} 天内届满，请安排接续、延期或交接。"),
        ("official", f"你的挂职任期将在 {days} 天内届满，请准备交接。"),
    }
    Message.objects.update(read_at=clock.wall_now())
    assert remind_of_postings() == 0


def test_terms_that_are_far_or_over_are_no_reminder(postings: list[Posting], clerk: Actor) -> None:
    with acting(clerk):
        for ends in (91, -1):
            only(postings[0], planned_end=TODAY + dt.timedelta(days=ends))
            assert ending_terms(clerk, on=TODAY) == {}


def test_a_party_relation_that_was_not_transferred_is_told(postings: list[Posting]) -> None:
    only(postings[0], party_in_on=None)
    Posting.unscoped.exclude(pk=postings[0].pk).update(party_in_on=dt.date(2015, 8, 3))
    remind_of_postings()
    assert ("town", "景村镇：1 名挂职党员的组织关系逾期没有转入。") in told()
    Message.objects.all().delete()
    Posting.unscoped.update(party_in_on=dt.date(2015, 8, 3))
    assert remind_of_postings() == 0


def test_a_stranger_is_never_told(postings: list[Posting]) -> None:
    remind_of_postings()
    assert not Message.objects.filter(user__login="stranger").exists()


def test_a_night_costs_the_same_for_three_and_for_many(postings: list[Posting], django_assert_max_num_queries: Any) -> None:
    by = system_actor("提醒")
    with acting(by), django_assert_max_num_queries(12):
        remind(by=by)


def test_a_proposed_recall_is_told_to_the_unit_and_its_place(postings: list[Posting], clerk: Actor) -> None:
    posting = postings[0]
    propose_recall(posting, reason="discipline", facts="长期不在岗", on=TODAY, by=clerk)
    assert told() == {
        ("county", "洛南县：有一名派出的挂职干部被拟召回，请听取本人意见。"),
        ("bureau", "县农业局：有一名派出的挂职干部被拟召回，请听取本人意见。"),
    }
