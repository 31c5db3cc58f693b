"""Leave: who decides follows from days and place; nobody's own case; coming back; balances counted from the requests."""

import datetime as dt
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from shibaiqian.access.actor import Actor, Forbidden, acting
from shibaiqian.access.command import NotVisible, Refused
from shibaiqian.access.flow import StepNotOpen
from shibaiqian.access.models import User
from shibaiqian.access.own_case import OwnCase
from shibaiqian.assistance.tests.factories import LUONAN, villages
from shibaiqian.audit.models import Event
from shibaiqian.base import clock
from shibaiqian.base.models import ArrangedDay
from shibaiqian.cadres.models import Cadre
from shibaiqian.fieldwork.actions import (
    LeaveUnfit,
    NotYourLevel,
    NotYours,
    ReturnUnfit,
    approve_leave,
    cancel_leave,
    close_leave,
    look_at_leave,
    propose_month,
    reject_leave,
    report_return,
    request_leave,
    review_leave,
)
from shibaiqian.fieldwork.models import AttendanceDay, LeaveReason, LeaveRequest
from shibaiqian.fieldwork.queries import (
    balance_of,
    leave_file,
    leave_in_sight,
    leaves,
    leaves_overdue,
    leaves_to_answer,
)
from shibaiqian.fieldwork.rules.leave import LEAVE, Span
from shibaiqian.fieldwork.tests.duty import TODAY, People, again
from shibaiqian.messages.models import Message
from shibaiqian.postings.models import Posting

pytestmark = pytest.mark.django_db
NEXT = dt.date(2016, 6, 13)  # a Monday ahead


@pytest.fixture
def people(actor: Any) -> People:
    return People(actor, villages(LUONAN)[0])


def asked(people: People, *, days: int = 2, first: dt.date = NEXT, kind: str = "personal", **more: Any) -> LeaveRequest:
    last = first + dt.timedelta(days=days - 1)
    said = {"kind": kind, "first_on": first, "last_on": last, "reason": "家中有事", "by": people.official, **more}
    return request_leave(people.posting, **said)


def past(people: People, *, first: dt.date, days: int, kind: str = "personal", **more: Any) -> LeaveRequest:
    """Leave that was told by mouth and granted, some time ago."""
    row = asked(people, first=first, days=days, kind=kind, emergency=True, told_to="镇党委书记", told_on=first, **more)
    return approve_leave(row, by=people.town if row.level == "town" else people.county)


def test_three_days_are_the_towns_and_four_the_countys(people: People) -> None:
    assert asked(people, days=3).level == "town"
    assert asked(people, days=4, first=dt.date(2016, 7, 4)).level == "county"


def test_weekends_in_between_count_for_the_level(people: People) -> None:
    friday = dt.date(2016, 6, 17)
    row = asked(people, first=friday, days=4)  # Friday to Monday: two working days, four in the calendar
    assert (row.half_days, row.level) == (8, "county")


def test_split_requests_are_summed(people: People) -> None:
    asked(people, days=3)
    second = asked(people, days=3, first=dt.date(2016, 6, 19))
    assert (second.half_days, second.summed_half_days, second.level) == (6, 12, "county")
    with pytest.raises(NotYourLevel, match="县区委组织部"):
        approve_leave(second, by=people.town)


def test_the_first_half_of_a_split_rises_when_it_is_decided_last(people: People) -> None:
    first = asked(people, days=3)
    asked(people, days=3, first=dt.date(2016, 6, 17))
    with pytest.raises(NotYourLevel):
        approve_leave(first, by=people.town)
    assert approve_leave(first, by=people.county).level == "county"


@pytest.mark.parametrize(("level", "days", "decides"), [("town", 4, "county"), ("county", 3, "county"), ("county", 4, "city")])
def test_officials_of_towns_and_counties_have_levels_of_their_own(people: People, level: str, days: int, decides: str) -> None:
    Posting.unscoped.filter(pk=people.posting.pk).update(host_level=level)
    people.posting.refresh_from_db()
    assert asked(people, days=days).level == decides


def test_a_higher_level_may_decide_for_a_lower_one(people: People) -> None:
    row = asked(people)
    assert approve_leave(row, answer="注意安全", by=people.county).state == "approved"
    assert Message.objects.get(user_id=people.official.user_id).url == "/leaves/"


def test_the_town_says_its_opinion_where_the_county_decides(people: People) -> None:
    row = asked(people, days=5)
    with acting(people.town):
        assert list(leaves_to_answer(people.town)) == [row]
    row = review_leave(row, opinion="工作已安排", by=people.town)
    assert (row.state, row.opinion) == ("reviewed", "工作已安排")
    with acting(people.county):
        assert list(leaves_to_answer(people.county)) == [row]
    approve_leave(row, by=people.county)
    short = asked(people, days=1, first=dt.date(2016, 7, 4))
    with pytest.raises(NotYourLevel, match="直接批准"):
        review_leave(short, opinion="同意", by=people.town)


def test_nobody_answers_the_own_request_nor_a_stand_in_that_of_the_lender(people: People) -> None:
    row = asked(people)
    own = Actor(user_id=people.official.user_id, name=people.official.name, role=people.town.role, scope=people.town.scope)
    lent = Actor(
        user_id=people.town.user_id, name="代理", role=people.town.role, scope=people.town.scope, standing_in_for=people.official.name,
        lender_id=people.official.user_id,
    )  # fmt: skip
    for by in (own, lent):
        with pytest.raises(OwnCase):
            approve_leave(row, by=by)
        with pytest.raises(OwnCase):
            reject_leave(row, answer="不行", by=by)


def test_a_stand_in_of_the_town_answers(people: People) -> None:
    lender = User.objects.create(login="lender", name="书记", created_at=clock.wall_now())
    lent = Actor(
        user_id=people.town.user_id,
        name="副书记",
        role=people.town.role,
        scope=people.town.scope,
        standing_in_for="书记",
        lender_id=lender.pk,
    )
    assert approve_leave(asked(people), by=lent).decided_by == "副书记"
    assert Event.objects.get(action="fieldwork.approve_leave").role == "town_party_admin+stand_in:书记"


def test_a_year_that_was_mistyped_is_asked_about(people: People) -> None:
    with pytest.raises(LeaveUnfit, match="请核对年份"):
        asked(people, first=TODAY.replace(year=2026))


def test_an_emergency_is_told_first_and_written_later(people: People) -> None:
    began = dt.date(2016, 6, 6)
    with pytest.raises(LeaveUnfit, match="紧急请假"):
        asked(people, first=began)
    with pytest.raises(LeaveUnfit, match="先向谁报告"):
        asked(people, first=began, emergency=True)
    row = asked(people, first=began, emergency=True, told_to="镇党委书记", told_on=began)
    assert (row.is_emergency, row.told_on, row.asked_on) == (True, began, TODAY)


def test_a_trip_is_reported_and_nobody_has_to_allow_it(people: People) -> None:
    row = asked(people, kind="official", days=6, first=dt.date(2016, 6, 1))
    assert (row.state, row.copied_unit) == ("filed", None)
    assert report_return(row, on=dt.date(2016, 6, 7), by=people.official).state == "closed"
    month = propose_month(people.posting, month=dt.date(2016, 6, 1), by=people.official)
    assert AttendanceDay.unscoped.filter(month=month, status="official_out").count() == 6


def test_long_leave_is_copied_to_the_sending_unit_and_only_that(people: People, actor: Any) -> None:
    long = asked(people, days=16, kind="maternity")
    short = asked(people, days=2, first=dt.date(2016, 8, 1))
    unit = actor("sending_unit_admin", unit=people.posting.unit_id)
    with acting(unit):
        assert list(leaves(unit)) == [long]
        assert leave_file(unit, long.pk)[1] == ""  # that it is long, not why
        with pytest.raises(NotVisible):
            leave_file(unit, short.pk)


def test_the_reason_is_for_those_who_decide(people: People, actor: Any) -> None:
    row = asked(people)
    with acting(people.town):
        assert leave_file(people.town, row.pk)[1] == "家中有事"
    leader = actor("city_leader", "6110")
    with acting(leader):
        assert leave_file(leader, row.pk)[1] == ""
        assert list(LeaveReason.objects.visible_to(leader)) == []
    assert "家中有事" not in "".join(Event.objects.values_list("canonical", flat=True))


def test_an_official_sees_and_writes_the_own_leave_alone(people: People, actor: Any) -> None:
    row = asked(people)
    other = actor("posted_cadre", LUONAN, name="另一人")
    with acting(other):
        assert list(leaves(other)) == []
    for step in (lambda: asked(people, first=dt.date(2016, 7, 4), by=other), lambda: cancel_leave(row, by=other)):
        with pytest.raises(NotYours):
            step()


def test_days_that_are_taken_are_not_asked_for_again(people: People) -> None:
    asked(people, days=2, until_noon=True)
    with pytest.raises(LeaveUnfit, match="重叠"):
        asked(people, first=dt.date(2016, 6, 14), days=1)
    assert asked(people, first=dt.date(2016, 6, 14), days=1, from_noon=True).half_days == 1


@pytest.mark.parametrize(
    "wrong", [{"days": 0}, {"reason": " "}, {"kind": "holiday"}, {"first": dt.date(2014, 1, 1), "emergency": True, "told_to": "书记", "told_on": TODAY}]
)  # fmt: skip
def test_a_request_that_cannot_be_is_refused_in_words(people: People, wrong: dict[str, Any]) -> None:
    with pytest.raises(LeaveUnfit):
        asked(people, **wrong)


def test_an_extension_goes_on_from_the_end_and_counts_with_it(people: People) -> None:
    first = approve_leave(asked(people, days=3), by=people.town)
    with pytest.raises(LeaveUnfit, match="接上"):
        asked(people, first=dt.date(2016, 6, 18), days=1, extends=first.pk)
    more = asked(people, first=dt.date(2016, 6, 16), days=2, extends=first.pk)
    assert (more.extends_id, more.level) == (first.pk, "county")
    approve_leave(more, by=people.county)
    assert again(first).state == "continued"


def test_leave_is_taken_back_before_it_begins_only(people: People) -> None:
    row = approve_leave(asked(people), by=people.town)
    assert cancel_leave(row, by=people.official).state == "cancelled"
    begun = past(people, first=dt.date(2016, 6, 7), days=2)
    with pytest.raises(LeaveUnfit, match="销假"):
        cancel_leave(begun, by=people.official)


def test_an_early_return_gives_days_back(people: People) -> None:
    row = past(people, first=dt.date(2016, 6, 1), days=3)
    report_return(row, on=dt.date(2016, 6, 2), by=people.official)
    month = propose_month(people.posting, month=dt.date(2016, 6, 1), by=people.official)
    assert list(AttendanceDay.unscoped.filter(month=month, status="leave").values_list("on", flat=True)) == [dt.date(2016, 6, 1)]


@pytest.mark.parametrize("on", [dt.date(2016, 5, 8), dt.date(2016, 6, 9)])
def test_a_return_before_the_leave_or_ahead_of_today_is_refused(people: People, on: dt.date) -> None:
    with pytest.raises(ReturnUnfit):
        report_return(past(people, first=dt.date(2016, 5, 9), days=1), on=on, by=people.official)


def test_a_late_return_is_answered_by_the_town(people: People) -> None:
    row = past(people, first=dt.date(2016, 6, 1), days=1)
    with acting(people.town):
        assert list(leaves_overdue(people.town)) == [row]
    report_return(row, on=dt.date(2016, 6, 6), by=people.official)
    propose_month(people.posting, month=dt.date(2016, 6, 1), by=people.official)
    late = [dt.date(2016, 6, 2), dt.date(2016, 6, 3)]
    with pytest.raises(ReturnUnfit, match="核实情况"):
        close_leave(row, by=people.town)
    with pytest.raises(ReturnUnfit, match="工作日"):
        close_leave(row, absent=[dt.date(2016, 6, 5)], note="核实", by=people.town)
    assert not AttendanceDay.unscoped.filter(status="absent").exists()
    close_leave(row, absent=late[:1], note="2 日无故未归，3 日在镇上开会", by=people.town)
    (absent,) = AttendanceDay.unscoped.filter(status="absent", voided_by__isnull=True)
    assert (absent.on, absent.source) == (late[0], "town")


def test_absence_waits_for_a_month_that_can_hold_it(people: People) -> None:
    row = past(people, first=dt.date(2016, 6, 1), days=1)
    report_return(row, on=dt.date(2016, 6, 6), by=people.official)
    with pytest.raises(ReturnUnfit, match="还没有生成"):
        close_leave(row, absent=[dt.date(2016, 6, 2)], note="无故未归", by=people.town)


def test_a_return_in_time_is_closed_without_words(people: People) -> None:
    row = past(people, first=dt.date(2016, 6, 1), days=2)
    report_return(row, on=dt.date(2016, 6, 3), by=people.official)
    assert close_leave(row, by=people.town).state == "closed"


def test_the_county_looks_at_leave_that_a_town_grants_its_own_people(actor: Any) -> None:
    village = villages(LUONAN)[0]
    people = People(actor, village, home=village.code[:9])
    row = asked(people)
    with pytest.raises(LeaveUnfit, match="不用"):
        look_at_leave(row, by=people.county)
    approve_leave(row, by=people.town)
    assert look_at_leave(again(row), by=people.county).looked_by == people.county.name


def test_annual_leave_is_counted_from_requests_and_has_an_end(people: People) -> None:
    Cadre.unscoped.filter(pk=people.posting.cadre_id).update(work_start_month="201001")
    Cadre.unscoped.filter(pk=people.posting.cadre_id).update(host_region=people.village.code)
    with acting(people.official):
        assert balance_of(people.official, cadre=people.posting.cadre_id, region=people.village.code, year=2016).left("annual") == 10
    asked(people, kind="annual", first=NEXT, days=3)
    with pytest.raises(LeaveUnfit, match="还剩 2 天"):
        asked(people, kind="annual", first=dt.date(2016, 7, 4), days=3)
    with acting(people.official):
        balance = balance_of(people.official, cadre=people.posting.cadre_id, region=people.village.code, year=2016)
    assert (balance.taken, balance.left("annual"), balance.left("personal")) == ({"annual": 6}, 4, None)


def test_a_balance_follows_a_list_of_holidays_that_changes(people: People, actor: Any) -> None:
    """The ledger is the requests themselves: what a day counts is asked of the calendar each time."""
    year = 2031
    monday = dt.date(year, 6, 2)
    for n in (1, 5, 10):  # a year counts as arranged once it has rows
        ArrangedDay.objects.create(on=dt.date(year, n, 1), is_workday=False, source="通知", event=1)
    row = asked(people, first=NEXT, days=1)
    LeaveRequest.unscoped.filter(pk=row.pk).update(first_on=monday, last_on=monday + dt.timedelta(days=2), kind="annual")
    with acting(people.county):
        before = balance_of(people.county, cadre=people.posting.cadre_id, region=LUONAN, year=year).taken
    ArrangedDay.objects.create(on=monday, is_workday=False, source="调整", event=2)
    with acting(people.county):
        after = balance_of(people.county, cadre=people.posting.cadre_id, region=LUONAN, year=year).taken
    assert (before, after) == ({"annual": 6}, {"annual": 4})


def test_the_level_is_shown_before_anything_is_sent(people: People) -> None:
    with acting(people.official):
        sight = leave_in_sight(people.official, people.posting, "personal", Span(NEXT, NEXT + dt.timedelta(days=3)))
    assert (sight.days_words, sight.level, sight.is_long) == ("4", "county", False)
    assert not LeaveRequest.unscoped.exists()


# --- the flow: every state with every step ----------------------------------------------------------------------------

STEPS: dict[str, Callable[[People, LeaveRequest], object]] = {
    "review_leave": lambda p, row: review_leave(row, opinion="工作已安排", by=p.town),
    "approve_leave": lambda p, row: approve_leave(row, by=p.county),
    "reject_leave": lambda p, row: reject_leave(row, answer="时间不合适", by=p.county),
    "cancel_leave": lambda p, row: cancel_leave(row, by=p.official),
    "extend_leave": lambda p, row: asked(p, first=row.last_on + dt.timedelta(days=1), days=1, extends=row.pk),
    "continue_leave": lambda p, row: approve_leave(an_extension(p, row), by=p.county),
    "resume_leave": lambda p, row: cancel_leave(a_granted_extension(p, row), by=p.official),
    "report_return": lambda p, row: report_return(row, on=row.first_on, by=p.official),
    "close_leave": lambda p, row: close_leave(row, by=p.town),
}


def an_extension(people: People, row: LeaveRequest) -> LeaveRequest:
    """One that was asked for while it might be."""
    state = row.state
    LeaveRequest.unscoped.filter(pk=row.pk).update(state="approved")
    more = asked(people, first=row.last_on + dt.timedelta(days=1), days=1, extends=row.pk)
    LeaveRequest.unscoped.filter(pk=row.pk).update(state=state)
    return more


def a_granted_extension(people: People, row: LeaveRequest) -> LeaveRequest:
    more = an_extension(people, row)
    LeaveRequest.unscoped.filter(pk=more.pk).update(state="approved")
    return again(more)


@pytest.mark.parametrize("state", LEAVE.states)
@pytest.mark.parametrize("step", LEAVE.steps)
def test_every_step_in_every_state_as_the_table_says(people: People, state: str, step: str) -> None:
    first = TODAY if step == "report_return" else NEXT
    row = asked(people, days=5 if step == "review_leave" else 2, first=first)
    LeaveRequest.unscoped.filter(pk=row.pk).update(state=state)
    if (state, step) in LEAVE.table:
        STEPS[step](people, again(row))
        assert again(row).state == LEAVE.table[state, step]
    elif step in ("continue_leave", "resume_leave"):  # what goes on without it is granted and taken back all the same
        STEPS[step](people, again(row))
        assert again(row).state == state
    else:
        with pytest.raises((StepNotOpen, NotVisible, LeaveUnfit)):
            STEPS[step](people, again(row))
        assert again(row).state == state


def test_every_step_of_the_table_is_tried() -> None:
    assert set(STEPS) == set(LEAVE.steps)


OUTSIDERS = {"review_leave": "posted_cadre", "approve_leave": "village_admin", "reject_leave": "village_admin", "cancel_leave": "city_leader", "report_return": "city_leader", "close_leave": "posted_cadre"}  # fmt: skip


@pytest.mark.parametrize("step", OUTSIDERS)
def test_a_role_without_the_permission_and_a_stranger_get_nowhere(people: People, actor: Any, step: str) -> None:
    row = asked(people)
    for by, refusal in ((actor(OUTSIDERS[step], people.village.code), Forbidden), (people.stranger, NotVisible)):
        other = People.__new__(People)
        other.__dict__ = {**people.__dict__, "official": by, "town": by, "county": by}
        with pytest.raises(refusal):
            STEPS[step](other, again(row))
    with pytest.raises(NotVisible):
        request_leave(people.posting, kind="personal", first_on=NEXT, last_on=NEXT, reason="事", by=people.stranger)
    with pytest.raises(Forbidden):
        look_at_leave(row, by=people.town)


@pytest.mark.slow
def test_sixteen_clerks_answer_once(actor: Any, committed: None) -> None:
    people = People(actor, villages(LUONAN)[0])
    row = asked(people)
    results: list[str] = []

    def press(n: int) -> None:
        try:
            if n % 2:
                approve_leave(row, by=actor("town_party_admin", people.village.code[:9]))
            else:
                reject_leave(row, answer="不行", by=actor("town_party_admin", people.village.code[:9]))
            results.append("done")
        except Refused:
            results.append("refused")
        finally:
            connections.close_all()

    clerks = [threading.Thread(target=press, args=(n,)) for n in range(16)]
    for clerk in clerks:
        clerk.start()
    for clerk in clerks:
        clerk.join()
    assert sorted(results) == ["done"] + ["refused"] * 15
