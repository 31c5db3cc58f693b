"""A problem that a log leaves open, the day to come back to it, and the later thing that follows it up."""

import datetime as dt
from typing import Any

import pytest

from shibaiqian.access.actor import acting
from shibaiqian.access.rows import RowsRefused
from shibaiqian.assistance.tests.factories import DANFENG, LUONAN, TODAY, posted, registered, roster, said, villages
from shibaiqian.fieldwork.actions import FollowUpWrong, LogEntry, log_day, register_logs
from shibaiqian.fieldwork.excel import LOG_COLUMNS
from shibaiqian.fieldwork.models import WorkLogItem
from shibaiqian.fieldwork.queries import logs_roster, open_problems
from shibaiqian.postings.models import Posting
from shibaiqian.regions.models import Region

pytestmark = pytest.mark.django_db
LATER = TODAY + dt.timedelta(days=9)


def still_open(by: Any, place: str = LUONAN) -> list[str]:
    with acting(by):
        return [row.problem or row.content for row in open_problems(by, region=place)]


def test_a_problem_stands_open_until_a_later_thing_follows_it_up(official: Any, posting: Posting, village: Region) -> None:
    home = registered(village.code, "H1")
    leak = LogEntry("visit", "看房", household=home.pk, problem="房顶漏雨", follow_up_due=LATER)
    log_day(
        posting,
        on=TODAY - dt.timedelta(days=5),
        items=[leak, LogEntry("visit", "没事"), LogEntry("meeting", "议水渠", problem="差两万元")],
        by=official,
    )
    assert still_open(official) == ["房顶漏雨", "差两万元"]  # what has a day comes first

    first = WorkLogItem.unscoped.get(problem="房顶漏雨")
    log_day(
        posting,
        on=TODAY,
        items=[LogEntry("visit", "换了瓦", household=home.pk, follows=first.pk, problem="墙还裂", follow_up_due=LATER)],
        by=official,
    )
    assert still_open(official) == ["墙还裂", "差两万元"]
    second = WorkLogItem.unscoped.get(problem="墙还裂")
    log_day(posting, on=TODAY, items=[LogEntry("visit", "墙补好了", household=home.pk, follows=second.pk)], by=official)
    assert still_open(official) == ["差两万元"]
    with acting(official):
        assert not open_problems(official, region=LUONAN, household=home.pk)


def test_a_day_to_come_back_lies_after_the_day_itself(official: Any, posting: Posting) -> None:
    with pytest.raises(FollowUpWrong, match="早于"):
        log_day(posting, on=TODAY, items=[LogEntry("visit", "看房", follow_up_due=TODAY - dt.timedelta(days=1))], by=official)
    log_day(posting, on=TODAY, items=[LogEntry("visit", "看房", follow_up_due=TODAY)], by=official)
    assert still_open(official) == ["看房"]


def test_what_lies_elsewhere_is_not_followed_up_and_not_seen(official: Any, posting: Posting, actor: Any) -> None:
    other = villages(DANFENG)[0]
    there, stranger = posted(other.code, "P2"), actor("posted_cadre", other.code)
    log_day(there, on=TODAY, items=[LogEntry("visit", "看房", problem="断电")], by=stranger)
    foreign = WorkLogItem.unscoped.get(problem="断电")
    with pytest.raises(FollowUpWrong, match="不在挂职地"):
        log_day(posting, on=TODAY, items=[LogEntry("visit", "看房", follows=foreign.pk)], by=official)
    assert still_open(official, DANFENG) == [] and still_open(stranger, DANFENG) == ["断电"]


def test_a_helper_sees_the_problem_of_the_own_household_only(official: Any, posting: Posting, village: Region, actor: Any) -> None:
    mine, theirs = registered(village.code, "H1"), registered(village.code, "H2")
    items = [LogEntry("visit", "看房", household=mine.pk, problem="漏雨"), LogEntry("visit", "看房", household=theirs.pk, problem="断水")]
    log_day(posting, on=TODAY, items=items, by=official)
    assert still_open(actor("helper", households=(mine.pk,))) == ["漏雨"]


def test_the_ledger_takes_and_gives_both_columns(clerk: Any, posting: Posting, village: Region) -> None:
    registered(village.code, "H1")
    county = Region.objects.get(pk=LUONAN)
    moment = dt.datetime.fromisoformat("2015-09-01 20:15")  # as a clock on the wall shows it
    row = {"posting_number": "P1", "village_code": village.code, "on": dt.date(2015, 9, 1), "category": "visit", "household_number": "H1",
           "content": "看房", "recorded_at": moment, "problem": "漏雨", "follow_up_due": dt.date(2015, 9, 20)}  # fmt: skip
    plain = {**row, "content": "看望", "problem": None, "follow_up_due": None}
    with pytest.raises(RowsRefused) as refusal:
        register_logs(county, rows=roster(LOG_COLUMNS, {**row, "follow_up_due": dt.date(2015, 8, 20)}), by=clerk)
    assert said(refusal.value) == {(2, "跟进日期", "order")}
    register_logs(county, rows=roster(LOG_COLUMNS, row, plain), by=clerk)
    with acting(clerk):
        first, second = logs_roster(clerk, region=LUONAN).to_dicts()
    assert {name: first[name] for name in row} == row
    assert (second["problem"], second["follow_up_due"], second["village"]) == ("", None, village.name)
    assert still_open(clerk) == ["漏雨"]


@pytest.mark.parametrize("count", [1, 3])
def test_open_problems_are_one_query(clerk: Any, posting: Posting, count: int, django_assert_num_queries: Any) -> None:
    log_day(posting, on=TODAY, items=[LogEntry("visit", f"第{n}件", problem="漏雨") for n in range(count)], by=clerk)
    with acting(clerk), django_assert_num_queries(1):
        assert [row.said_on for row in open_problems(clerk, region=LUONAN)] == [TODAY] * count
