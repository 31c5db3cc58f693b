"""Logs drawn by lot: the seed is kept and draws the same again; whoever reads asks, and gives no marks."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shibaiqian.access.actor import Forbidden, acting
from shibaiqian.access.command import NotVisible
from shibaiqian.assistance.tests.factories import LUONAN, villages
from shibaiqian.fieldwork.actions import SampleUnfit, draw_sample, read_log
from shibaiqian.fieldwork.models import LogReading, WorkLog
from shibaiqian.fieldwork.queries import drawn_again, readings, timeline, without_log
from shibaiqian.fieldwork.rules.samples import drawn
from shibaiqian.fieldwork.tests.duty import MAY, People, again
from shibaiqian.regions.models import Region

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(actor: Any) -> People:
    return People(actor, villages(LUONAN)[0])


def town(people: People) -> Region:
    return Region.objects.get(pk=people.village.code[:9])


def test_a_sample_is_drawn_once_and_can_be_drawn_again_from_its_seed(people: People) -> None:
    people.wrote(*[dt.date(2016, 5, n) for n in range(3, 23)])
    sample = draw_sample(town(people), month=MAY, count=4, by=people.town)
    chosen = set(LogReading.unscoped.values_list("log_id", flat=True))
    keys = [str(key) for key in WorkLog.unscoped.values_list("pk", flat=True)]
    assert {str(key) for key in chosen} == set(drawn(sample.seed, keys, count=4))
    assert sample.out_of == 20
    with pytest.raises(SampleUnfit, match="不再重抽"):
        draw_sample(town(people), month=MAY, by=people.town)


def test_the_seed_draws_the_same_after_logs_came_late(people: People) -> None:
    people.wrote(*[dt.date(2016, 5, n) for n in range(3, 13)])
    sample = draw_sample(town(people), month=MAY, count=4, by=people.town)
    chosen = {str(key) for key in LogReading.unscoped.values_list("log_id", flat=True)}
    people.wrote(*[dt.date(2016, 5, n) for n in range(13, 31)])  # a phone was without a signal
    with acting(people.town):
        assert drawn_again(sample, count=4) == chosen
        sample.seed = "another"
        assert drawn_again(sample, count=4) != chosen


def test_a_month_without_logs_has_nothing_to_draw(people: People) -> None:
    with pytest.raises(SampleUnfit, match="没有工作日志"):
        draw_sample(town(people), month=MAY, by=people.town)


def test_a_drawn_log_is_read_once_with_a_question(people: People) -> None:
    people.wrote(dt.date(2016, 5, 3))
    draw_sample(town(people), month=MAY, by=people.town)
    reading = LogReading.unscoped.get()
    assert read_log(reading, remark="那户后来怎么样了？", by=people.town).read_by == people.town.name
    with pytest.raises(SampleUnfit, match="阅过"):
        read_log(again(reading), by=people.town)


def test_others_draw_and_read_nothing(people: People) -> None:
    people.wrote(dt.date(2016, 5, 3))
    draw_sample(town(people), month=MAY, by=people.town)
    reading = LogReading.unscoped.get()
    with pytest.raises(Forbidden):
        draw_sample(town(people), month=MAY, by=people.official)
    with pytest.raises(Forbidden):
        read_log(reading, by=people.official)
    with pytest.raises(NotVisible):
        draw_sample(town(people), month=MAY, by=people.stranger)
    with pytest.raises(NotVisible):
        read_log(reading, by=people.stranger)


def test_the_timeline_asks_as_much_for_three_days_as_for_one(people: People) -> None:
    asked = []
    for day in (3, 4, 5):
        people.wrote(dt.date(2016, 5, day))
        with acting(people.town), CaptureQueriesContext(connection) as seen:
            rows = list(timeline(people.town, month=MAY, category="meeting"))
        asked.append(len(seen))
    assert [row.on.day for row in rows] == [5, 4, 3]
    assert asked[0] == asked[2]


def test_a_long_silence_is_a_question_and_logs_end_it(people: People) -> None:
    with acting(people.town):
        assert list(without_log(people.town, days=21)) == [people.posting]
    people.wrote(dt.date(2016, 6, 1))
    with acting(people.town):
        assert list(without_log(people.town, days=21)) == []
    with acting(people.town):
        assert list(readings(people.town, region=people.village.code[:9], month=MAY)) == []
