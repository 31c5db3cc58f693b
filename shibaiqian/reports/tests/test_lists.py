"""Rosters of postings as of a day, arrivals, letters: for those who may see them."""

import datetime as dt
from typing import Any
from urllib.parse import parse_qsl

import pytest

from shibaiqian.access.actor import Actor, acting
from shibaiqian.cadres.tests.factories import CITY, DANFENG, LUONAN
from shibaiqian.documents.papers.lists import arrival_rows, roster_rows, transfer_rows
from shibaiqian.postings.actions import issue_party_letters
from shibaiqian.postings.models import Posting, PostingChange
from shibaiqian.reports.lists import arrivals_of, arrivals_report, roster_of, serving, transfers_of
from shibaiqian.selection.tests.factories import confirmed_needs, villages
from shibaiqian.selection.tests.matched import APPOINTED, appointed, matched, place, world

pytestmark = pytest.mark.django_db
LATER = dt.date(2015, 8, 31)


@pytest.fixture
def clerk(actor: Any) -> Actor:
    return actor("county_org_admin", LUONAN, name="县委组织部干事")


@pytest.fixture
def posted(actor: Any, clerk: Actor) -> list[Any]:
    """Two appointed; the first arrived in time, the second never; one post still empty."""
    world(actor)
    hosts = villages(3)
    appointed(matched(actor, *hosts[:2]), by=clerk)
    confirmed_needs(actor, hosts[2])
    rows = list(Posting.unscoped.order_by("number"))
    Posting.unscoped.filter(pk=rows[0].pk).update(arrived_on=dt.date(2015, 7, 24), state="active")
    return rows


def test_the_roster_is_as_of_a_day(posted: list[Any], clerk: Actor) -> None:
    with acting(clerk):
        assert roster_of(clerk, place(), as_of=APPOINTED - dt.timedelta(days=1)).people == ()
        first = [(row[1], row[11]) for row in roster_rows(roster_of(clerk, place(), as_of=dt.date(2015, 7, 23)))]
        rows = roster_rows(roster_of(clerk, place(), as_of=LATER))
    assert first == [("王朝辉", "待到岗"), ("张丽", "待到岗")]
    assert rows[0][1:7] == ("王朝辉", "男", "1975.06", "中共党员", "中央党校大学", "洛南县农业局副局长")
    assert rows[0][7].startswith("景村镇") and rows[0][8:] == ("第一书记", "2015.7.20—2017.7.19", "洛组发〔2015〕1号", "在岗")


def test_who_is_late_shows_in_the_town(posted: list[Any], clerk: Actor) -> None:
    with acting(clerk):
        in_time = arrival_rows(arrivals_of(clerk, place(), as_of=dt.date(2015, 7, 27)))
        after = arrival_rows(arrivals_of(clerk, place(), as_of=dt.date(2015, 7, 28)))
    assert in_time[0] == ("景村镇", "2", "1", "0", "0", "0", "1")
    assert after == (("景村镇", "2", "1", "1", "0", "0", "1"), ("合计", "2", "1", "1", "0", "0", "1"))


def test_letters_are_overdue_after_thirty_days(posted: list[Any], clerk: Actor) -> None:
    issue_party_letters(place(), postings=[row.pk for row in posted], on=dt.date(2015, 7, 21), by=clerk)
    with acting(clerk):
        assert [row[8] for row in transfer_rows(transfers_of(clerk, place(), as_of=dt.date(2015, 8, 20)))] == ["", ""]
        assert [row[8] for row in transfer_rows(transfers_of(clerk, place(), as_of=LATER))] == ["逾期", "逾期"]


def test_the_city_counts_by_county_and_a_stranger_sees_nobody(posted: list[Any], actor: Any) -> None:
    city, stranger = actor("city_org_admin", CITY), actor("county_org_admin", DANFENG)
    with acting(city):
        assert arrival_rows(arrivals_of(city, place(CITY), as_of=LATER))[0][:2] == ("洛南县", "2")
    with acting(stranger):
        assert roster_of(stranger, place(), as_of=LATER).people == ()
        assert arrivals_of(stranger, place(), as_of=LATER).rows == ()
        assert transfers_of(stranger, place(), as_of=LATER).rows == ()


def change(posting: Posting, kind: str, on: dt.date, **more: Any) -> None:
    PostingChange.unscoped.create(
        posting=posting, region_id=posting.region_id, home_region=posting.home_region, unit=posting.unit_id, cadre=posting.cadre_id, kind=kind,
        on=on, reason="依据文件", event=1, **more,
    )  # fmt: skip


def test_title_term_and_state_are_those_of_the_day(posted: list[Any], clerk: Actor) -> None:
    first = posted[0]
    change(first, "suspension", dt.date(2015, 10, 8))
    change(first, "resumption", dt.date(2015, 11, 2))
    change(first, "extension", dt.date(2016, 3, 1), planned_end_before=dt.date(2017, 7, 19), planned_end_after=dt.date(2018, 1, 19))
    change(first, "handover", dt.date(2016, 5, 3))
    Posting.unscoped.filter(pk=first.pk).update(planned_end=dt.date(2018, 1, 19), state="ended", ended_on=dt.date(2016, 5, 20))
    said = {}
    for day in (
        dt.date(2015, 10, 7),
        dt.date(2015, 10, 8),
        dt.date(2015, 11, 2),
        dt.date(2016, 3, 1),
        dt.date(2016, 5, 19),
        dt.date(2016, 5, 20),
    ):
        with acting(clerk):
            found = [row for row in roster_rows(roster_of(clerk, place(), as_of=day)) if row[1] == "王朝辉"]
        said[day.isoformat()] = [(row[9], row[11]) for row in found]
    assert said == {
        "2015-10-07": [("2015.7.20—2017.7.19", "在岗")], "2015-10-08": [("2015.7.20—2017.7.19", "暂停")],
        "2015-11-02": [("2015.7.20—2017.7.19", "在岗")], "2016-03-01": [("2015.7.20—2018.1.19", "延期")],
        "2016-05-19": [("2015.7.20—2018.1.19", "交接中")], "2016-05-20": [],
    }  # fmt: skip


def test_a_post_filled_later_was_vacant_then(posted: list[Any], clerk: Actor) -> None:
    with acting(clerk):
        before = arrival_rows(arrivals_of(clerk, place(), as_of=APPOINTED - dt.timedelta(days=1)))
        on_the_day = arrival_rows(arrivals_of(clerk, place(), as_of=APPOINTED))
    assert (before[-1][1], before[-1][6]) == ("0", "3") and (on_the_day[-1][1], on_the_day[-1][6]) == ("2", "1")


def test_the_monthly_report_opens_the_roster_of_each_place(posted: list[Any], clerk: Actor) -> None:
    with acting(clerk):
        report = arrivals_report(clerk, LUONAN, LATER)
        section = report.sections[0]
        for (row, column), query in section.links.items():
            asked = dict(parse_qsl(query))
            assert serving(clerk, asked["region"], as_of=dt.date.fromisoformat(asked["as_of"])).count() == section.rows[row][column]
    assert section.rows == (("景村镇", 2, 1, 1, 0, 0, 1), ("合计", 2, 1, 1, 0, 0, 1)) and len(section.links) == 2


def test_officials_of_the_county_itself_do_not_open_those_of_its_towns(posted: list[Any], clerk: Actor) -> None:
    Posting.unscoped.filter(pk=posted[1].pk).update(region=LUONAN)
    with acting(clerk):
        section = arrivals_report(clerk, LUONAN, LATER).sections[0]
    assert [row[:2] for row in section.rows] == [("洛南县", 1), ("景村镇", 1), ("合计", 2)]
    assert sorted(section.links) == [(1, 1), (2, 1)]
