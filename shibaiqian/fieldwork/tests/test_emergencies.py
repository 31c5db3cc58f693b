"""Emergencies move the deadlines that fall in them, everywhere below the place that declared them, and nowhere else."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shibaiqian.access.actor import Forbidden, acting
from shibaiqian.access.command import NotVisible
from shibaiqian.assistance.tests.factories import DANFENG, LUONAN, TODAY, posted, villages
from shibaiqian.base.workdays import after_workdays
from shibaiqian.fieldwork.actions import EmergencyUnsound, declare_emergency, end_emergency
from shibaiqian.fieldwork.procedures import Period, days_in, moved
from shibaiqian.fieldwork.queries import after_workdays_in, due_days, emergencies, emergency_days, owing
from shibaiqian.policy.actions import install_defaults
from shibaiqian.regions.models import Region

DAYS = st.dates(dt.date(2016, 1, 1), dt.date(2016, 12, 31))
FLOOD = {"kind": "flood", "starts_on": dt.date(2016, 6, 3), "ends_on": dt.date(2016, 6, 12), "reason": "连续暴雨，启动防汛Ⅲ级响应"}


@given(DAYS, DAYS, st.integers(0, 60))
def test_a_deadline_in_an_emergency_keeps_the_days_that_were_left_and_no_other_moves(due: dt.date, first: dt.date, length: int) -> None:
    period = Period(first, first + dt.timedelta(days=length))
    if period.first <= due <= period.last:
        assert moved(due, [period]) - period.last == due - period.first + dt.timedelta(days=1)
    else:
        assert moved(due, [period]) == due


def test_days_of_overlapping_periods_count_once() -> None:
    periods = [Period(dt.date(2016, 6, 3), dt.date(2016, 6, 5)), Period(dt.date(2016, 6, 5), dt.date(2016, 7, 9))]
    found = days_in(periods, first=dt.date(2016, 6, 1), last=dt.date(2016, 6, 30))
    assert (len(found), min(found), max(found)) == (28, dt.date(2016, 6, 3), dt.date(2016, 6, 30))


@pytest.mark.django_db
def test_what_the_county_declares_holds_in_its_villages_and_not_in_the_next_county(actor: Any) -> None:
    install_defaults()
    village, elsewhere = villages(LUONAN)[0].code, villages(DANFENG)[0].code
    posting, town = posted(village, "P1"), actor("town_party_admin", village[:9])
    with acting(town):
        assert [p.pk for p in owing(town)["plan"]] == [posting.pk]
    declare_emergency(Region.objects.get(pk=LUONAN), **FLOOD, by=actor("county_org_admin", LUONAN))
    june = dt.date(2016, 6, 1)
    assert due_days(june, region=village)[0] == dt.date(2016, 6, 15)
    assert due_days(june, region=elsewhere)[0] == dt.date(2016, 6, 5)
    assert len(emergency_days(village, june)) == 10 and not emergency_days(elsewhere, june)
    assert after_workdays_in(village, dt.date(2016, 6, 2), 3) > after_workdays(dt.date(2016, 6, 2), 3)
    assert after_workdays_in(elsewhere, dt.date(2016, 6, 2), 3) == after_workdays(dt.date(2016, 6, 2), 3)
    official = actor("posted_cadre", village)
    with acting(town):
        assert not owing(town)["plan"].exists()
    with acting(official):
        assert [row.kind for row in emergencies(official)] == ["flood"]
    with acting(stranger := actor("posted_cadre", elsewhere)):
        assert not emergencies(stranger).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"ends_on": dt.date(2016, 6, 2)}, "早于开始日期"),
        ({"ends_on": dt.date(2016, 12, 31)}, "最多 120 天"),
        ({"starts_on": dt.date(2016, 4, 1)}, "一个月前"),
        ({"reason": " "}, "写明原因"),
        ({"kind": "festival"}, "选择类别"),
    ],
)
def test_an_unsound_emergency_is_refused_in_words(actor: Any, change: dict[str, Any], said: str) -> None:
    with pytest.raises(EmergencyUnsound, match=said):
        declare_emergency(Region.objects.get(pk=LUONAN), **{**FLOOD, **change}, by=actor("county_org_admin", LUONAN))


@pytest.mark.django_db
def test_an_emergency_ends_when_it_ends_and_only_by_who_may(actor: Any) -> None:
    county = actor("county_org_admin", LUONAN)
    period = declare_emergency(Region.objects.get(pk=LUONAN), **FLOOD, by=county)
    with pytest.raises(EmergencyUnsound, match="原因"):
        end_emergency(period, ends_on=TODAY, reason="", by=county)
    assert end_emergency(period, ends_on=TODAY, reason="雨停", by=county).ends_on == TODAY
    for attempt in (
        lambda: end_emergency(period, ends_on=TODAY, reason="雨停", by=actor("county_org_admin", DANFENG)),
        lambda: declare_emergency(Region.objects.get(pk=LUONAN), **FLOOD, by=actor("county_org_admin", DANFENG)),
    ):
        with pytest.raises(NotVisible):
            attempt()
    with pytest.raises(Forbidden):
        end_emergency(period, ends_on=TODAY, reason="雨停", by=actor("town_party_admin", LUONAN + "101"))
