"""What an emergency does to days: the return from leave moves with it, and whoever its order names has duty proposed, not decided."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from shibaiqian.access.actor import Forbidden, acting
from shibaiqian.access.command import NotVisible
from shibaiqian.assistance.tests.factories import DANFENG, LUONAN, villages
from shibaiqian.fieldwork.actions import (
    CallUnfit,
    DayCorrection,
    approve_leave,
    call_up,
    correct_days,
    declare_emergency,
    end_emergency,
    overdue_of,
    propose_month,
    report_return,
    request_leave,
    stand_down,
)
from shibaiqian.fieldwork.models import AttendanceDay, AttendanceMonth, EmergencyCall, EmergencyPeriod, LeaveRequest
from shibaiqian.fieldwork.queries import counted, leaves_overdue, officials_in
from shibaiqian.fieldwork.tests.duty import People
from shibaiqian.policy.actions import set_parameter
from shibaiqian.policy.models import PolicyParameter
from shibaiqian.regions.models import Region

pytestmark = pytest.mark.django_db
JUNE = dt.date(2016, 6, 1)


def day(number: int) -> dt.date:
    return JUNE.replace(day=number)


@pytest.fixture
def people(actor: Any) -> People:
    return People(actor, villages(LUONAN)[0])


def declared(by: Any, first: int, last: int, *, place: str = LUONAN) -> EmergencyPeriod:
    said = {"kind": "flood", "reason": "连续暴雨", "document_number": "洛防汛〔2016〕3号"}
    return declare_emergency(Region.objects.get(pk=place), starts_on=day(first), ends_on=day(last), **said, by=by)


def away(people: People, *, first: int, last: int) -> LeaveRequest:
    """Leave that was told by mouth and granted."""
    row = request_leave(
        people.posting, kind="personal", first_on=day(first), last_on=day(last), reason="家中有事", emergency=True, told_to="镇党委书记",
        told_on=day(first), by=people.official,
    )  # fmt: skip
    return approve_leave(row, by=people.town)


def june(people: People) -> AttendanceMonth:
    return propose_month(people.posting, month=JUNE, by=people.official)


def said(month: AttendanceMonth) -> dict[int, tuple[str, str]]:
    rows = AttendanceDay.unscoped.filter(month=month, voided_by__isnull=True)
    return {on.day: (status, source) for on, status, source in rows.values_list("on", "status", "source")}


def overdue(people: People) -> list[LeaveRequest]:
    with acting(people.town):
        return list(leaves_overdue(people.town))


def test_a_return_that_falls_due_in_an_emergency_waits_until_it_is_over(people: People) -> None:
    row = away(people, first=1, last=1)
    assert overdue(people) == [row]
    assert overdue_of(row)
    period = declared(people.county, 2, 12)
    assert overdue(people) == []
    assert overdue_of(row) == []
    end_emergency(period, ends_on=day(3), reason="水退", by=people.county)  # 4 and 5 June were a weekend
    assert overdue(people) == [row], "the 6th was the day of grace"
    assert overdue_of(row) == [day(6), day(7), day(8)]


def test_an_emergency_elsewhere_or_of_the_next_town_moves_no_return(people: People) -> None:
    row = away(people, first=1, last=1)
    town = people.village.code[:9]
    other = Region.objects.filter(parent_id=LUONAN, level="town").exclude(pk=town).order_by("code")[0].code
    declared(people.county, 2, 12, place=other)
    assert overdue(people) == [row]
    declared(people.county, 2, 12, place=town)
    assert overdue(people) == []


def test_an_emergency_of_the_city_and_one_of_the_town_hold_together(people: People) -> None:
    away(people, first=1, last=1)
    declared(people.city, 2, 3, place="6110")
    declared(people.county, 6, 7, place=people.village.code[:9])
    assert overdue(people) == [], "the day of grace is the 8th, which is today"


def test_a_county_gives_days_of_grace_of_its_own_from_a_day_on_and_lists_and_requests_say_the_same(people: People, actor: Any) -> None:
    elsewhere = People(actor, villages(DANFENG)[0], "P2")
    rows = {on: away(people, first=on, last=on) for on in (1, 2, 3)}
    there = away(elsewhere, first=2, last=2)
    set_parameter(
        Region.objects.get(pk=LUONAN), key="leave_return_workdays", value=Decimal(4), valid_from=day(2), valid_to=day(2), source="洛组发〔2016〕9号",
        by=people.county,
    )  # fmt: skip
    assert overdue(people) == [rows[1], rows[3]], (
        "until the 8th, which is today, after leave that ended on the one day on which the county gave four days"
    )
    set_parameter(
        Region.objects.get(pk=LUONAN),
        key="leave_return_workdays",
        value=Decimal(4),
        valid_from=day(3),
        source="洛组发〔2016〕10号",
        by=people.county,
    )
    assert overdue(people) == [rows[1]]
    declared(people.city, 2, 7, place="6110")
    assert overdue(people) == []
    assert [bool(overdue_of(row)) for row in (*rows.values(), there)] == [False] * 4
    with acting(elsewhere.town):
        assert list(leaves_overdue(elsewhere.town)) == []


@pytest.mark.parametrize("today", range(4, 16))
def test_on_every_day_the_list_of_those_not_back_has_whom_the_requests_say(people: People, actor: Any, today: int, settings: Any) -> None:
    elsewhere = People(actor, villages(DANFENG)[0], "P2")
    rows = [away(one, first=on, last=on) for one in (people, elsewhere) for on in (1, 2, 3)]
    for place, grace, since in ((LUONAN, 3, 2), (LUONAN, 0, 3), ("6110", 2, 3)):
        PolicyParameter.objects.create(
            key="leave_return_workdays", jurisdiction=place, value=grace, valid_from=day(since), source="文件", event=1
        )
    declared(people.county, 7, 8, place=people.village.code[:9])
    settings.BUSINESS_DATE = day(today)
    assert {*overdue(people), *overdue(elsewhere)} == {row for row in rows if overdue_of(row)}


def test_the_list_of_those_not_back_takes_three_queries_however_many_places_have_their_own_days(
    people: People, django_assert_num_queries: Any
) -> None:
    away(people, first=1, last=1)
    for place in (DANFENG, LUONAN, people.village.code[:9]):
        with acting(people.town), django_assert_num_queries(3):
            assert len(leaves_overdue(people.town)) == 1
        PolicyParameter.objects.create(key="leave_return_workdays", jurisdiction=place, value=2, valid_from=day(1), source="文件", event=1)


def test_days_of_an_emergency_after_a_late_return_are_not_asked_about(people: People) -> None:
    row = away(people, first=1, last=1)
    declared(people.county, 6, 7)
    report_return(row, on=day(8), by=people.official)
    row.refresh_from_db()
    assert overdue_of(row) == [day(2), day(3)]


def test_whoever_the_order_names_has_duty_proposed_and_nobody_else(people: People, actor: Any) -> None:
    beside = People(actor, villages(LUONAN, 2)[1], "P2")
    period = declared(people.county, 2, 6)
    call_up(period, postings=[people.posting.pk], on=day(3), by=people.county)
    days = said(june(people))
    assert [days[n] for n in (2, 3, 4, 6)] == [("unknown", "none"), *[("in_village", "emergency")] * 3], (
        "from the day of the call, weekends too"
    )
    assert days[7] == ("unknown", "none")
    assert "待确认" in AttendanceDay.unscoped.filter(source="emergency").first().get_source_display()
    assert set(said(june(beside)).values()) == {("unknown", "none")}


def test_records_come_before_the_order_and_the_official_before_both(people: People) -> None:
    people.wrote(day(6))
    away(people, first=2, last=2)
    call_up(declared(people.county, 2, 8), postings=[people.posting.pk], on=day(2), by=people.county)
    month = june(people)
    assert [said(month)[n] for n in (2, 6, 7)] == [("leave", "leave"), ("in_village", "log"), ("in_village", "emergency")]
    correct_days(month, days=[DayCorrection(day(7), "unknown")], by=people.official)
    assert said(june(people))[7] == ("unknown", "official")


def test_what_the_order_proposed_goes_when_the_order_does(people: People) -> None:
    period = declared(people.county, 2, 8)
    call_up(period, postings=[people.posting.pk], on=day(2), by=people.county)
    assert said(june(people))[7] == ("in_village", "emergency")
    stand_down(period, postings=[people.posting.pk], on=day(6), by=people.county)
    days = said(june(people))
    assert (days[6], days[7]) == (("in_village", "emergency"), ("unknown", "none"))
    end_emergency(period, ends_on=day(3), reason="雨停", by=people.county)
    assert said(june(people))[6] == ("unknown", "none")


def test_an_unknown_day_of_an_emergency_is_neither_duty_nor_absence(people: People) -> None:
    declared(people.county, 2, 6)
    month = june(people)
    with acting(people.town):
        (line,) = counted(people.town, [month])
    assert (line.result.duty, line.result.absent) == (0, 0)
    assert line.result.unknown >= 5


def test_a_call_is_sound_or_refused_in_words(people: People) -> None:
    period, me = declared(people.county, 2, 6), [people.posting.pk]
    for postings, on, words in (([], day(3), "勾选"), (me, day(7), "不在应急时段"), (me, day(1), "不在应急时段")):
        with pytest.raises(CallUnfit, match=words):
            call_up(period, postings=postings, on=on, by=people.county)
    with pytest.raises(CallUnfit, match="不在值守名单"):
        stand_down(period, postings=me, on=day(3), by=people.county)
    call_up(period, postings=me, on=day(3), by=people.county)
    with pytest.raises(CallUnfit, match="已在值守名单"):
        call_up(period, postings=me, on=day(4), by=people.county)
    with pytest.raises(CallUnfit, match="最后一天"):
        stand_down(period, postings=me, on=day(2), by=people.county)


def test_the_order_reaches_its_own_place_and_is_given_by_who_may(people: People, actor: Any) -> None:
    elsewhere, period = People(actor, villages(DANFENG)[0], "P9"), declared(people.county, 2, 6)
    with acting(people.county):
        assert list(officials_in(people.county, period)) == [people.posting]
    foreign = actor("county_org_admin", DANFENG)
    for step in (call_up, stand_down):
        with pytest.raises(NotVisible):
            step(period, postings=[people.posting.pk], on=day(3), by=foreign)
        with pytest.raises(Forbidden):
            step(period, postings=[people.posting.pk], on=day(3), by=people.town)
    with pytest.raises(NotVisible):
        call_up(period, postings=[elsewhere.posting.pk], on=day(3), by=people.city)
    assert not EmergencyCall.unscoped.exists()
