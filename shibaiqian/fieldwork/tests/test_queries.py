"""Logs, visits and services: the same queries at 1 and 3 rows, pages by key, nothing of another county."""

import datetime as dt
from typing import Any

import pytest

from shibaiqian.access.actor import acting
from shibaiqian.assistance.tests.factories import DANFENG, LUONAN, TODAY, posted, registered, villages
from shibaiqian.fieldwork import queries
from shibaiqian.fieldwork.actions import LogEntry, ServiceDone, log_day
from shibaiqian.fieldwork.excel import COLUMNS
from shibaiqian.regions.models import Region

pytestmark = pytest.mark.django_db


def days(clerk: Any, village: Region, count: int) -> tuple[Any, Any]:
    """A posting with `count` days, each a visit with a service; and the household."""
    posting, household = posted(village.code, "P1"), registered(village.code, "H1")
    for number in range(count):
        item = LogEntry(
            "visit", f"第{number}次", household=household.pk, service=ServiceDone("care", confirmation="signed" if number else "")
        )
        log_day(posting, on=TODAY - dt.timedelta(days=number), items=[item], by=clerk)
    return posting, household


@pytest.mark.parametrize("count", [1, 3])
def test_lists_take_the_same_queries_however_many_rows(clerk: Any, count: int, django_assert_num_queries: Any) -> None:
    village = villages(LUONAN)[0]
    posting, household = days(clerk, village, count)
    with acting(clerk):
        with django_assert_num_queries(2):
            found = list(queries.logs(clerk, region=LUONAN))
            assert [(log.posting_id, log.region.name, [i.household.number for i in log.items.all()]) for log in found]
        for rows in (queries.visits(clerk, region=LUONAN), queries.services(clerk, region=LUONAN)):
            with django_assert_num_queries(1):
                assert [(r.household.number, r.official, r.region.name) for r in rows] and len(rows) == count
        for rows in (queries.services_of_household(clerk, household), queries.visits_of_household(clerk, household)):
            with django_assert_num_queries(1):
                assert len([r.official for r in rows]) == count
        with django_assert_num_queries(1):
            assert len([r.region.name for r in queries.services_of_posting(clerk, posting)]) == count
        with django_assert_num_queries(2):
            todays = queries.todays_log(clerk, posting)
            assert todays and len(todays.items.all()) == 1
        assert queries.services(clerk, region=LUONAN, unconfirmed=True).count() == 1
        with django_assert_num_queries(2):
            roster = queries.services_roster(clerk, region=LUONAN)
    assert dict(roster.schema) == {c.name: c.dtype for c in COLUMNS} and roster.height == count


def test_pages_go_on_after_the_last_row(clerk: Any) -> None:
    days(clerk, villages(LUONAN)[0], 3)
    with acting(clerk):
        first = list(queries.services(clerk, region=LUONAN)[:2])
        rest = list(queries.services(clerk, region=LUONAN, after=(first[-1].on, first[-1].pk)))
    assert [row.content for row in first + rest] == ["第0次", "第1次", "第2次"]


def test_another_county_reads_nothing_and_a_helper_only_his_households(clerk: Any, actor: Any) -> None:
    village = villages(LUONAN)[0]
    posting, household = days(clerk, village, 1)
    stranger, helper = actor("county_poverty_admin", DANFENG), actor("helper", households=(household.pk,))
    with acting(stranger):
        assert not queries.logs(stranger, region=LUONAN) and not queries.visits(stranger, region=LUONAN)
        assert not queries.services_of_household(stranger, household) and queries.todays_log(stranger, posting) is None
        assert queries.services_roster(stranger, region=LUONAN).is_empty()
    with acting(helper):
        assert len(queries.services_of_household(helper, household)) == 1
        assert not queries.logs(helper, region=LUONAN)
