"""The ledger of attendance: proposed from records, said by the official, confirmed by the town, published by the county."""

import datetime as dt
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.db.utils import ProgrammingError

from shibaiqian.access.actor import Forbidden, acting
from shibaiqian.access.command import NotVisible, Refused
from shibaiqian.access.flow import StepNotOpen
from shibaiqian.access.own_case import OwnCase
from shibaiqian.assistance.tests.factories import LUONAN, villages
from shibaiqian.audit.models import Event
from shibaiqian.fieldwork.actions import (
    DayCorrection,
    DayUnfit,
    MonthUnfit,
    NotYours,
    SamePerson,
    approve_leave,
    confirm_months,
    correct_days,
    decide_amendment,
    declare_emergency,
    lift_absence,
    lock_months,
    look_again,
    mark_absent,
    propose_amendment,
    propose_month,
    propose_months,
    publish_months,
    request_leave,
    return_month,
    submit_month,
)
from shibaiqian.fieldwork.models import AttendanceDay, AttendanceMonth
from shibaiqian.fieldwork.queries import attendance_file, counted, earlier_days, months
from shibaiqian.fieldwork.rules.attendance import MONTH
from shibaiqian.fieldwork.tests.duty import APRIL, MAY, TODAY, People, again
from shibaiqian.regions.models import Region

pytestmark = pytest.mark.django_db
MONDAY = dt.date(2016, 5, 9)
JUNE = dt.date(2016, 6, 1)


@pytest.fixture
def people(actor: Any) -> People:
    return People(actor, villages(LUONAN)[0])


def town(people: People) -> Region:
    return Region.objects.get(pk=people.village.code[:9])


def county(people: People) -> Region:
    return Region.objects.get(pk=LUONAN)


def day(month: AttendanceMonth, on: dt.date) -> AttendanceDay:
    return AttendanceDay.unscoped.get(month=month, on=on, voided_by__isnull=True)


def statuses(month: AttendanceMonth) -> dict[str, int]:
    found: dict[str, int] = {}
    for status in AttendanceDay.unscoped.filter(month=month, voided_by__isnull=True).values_list("status", flat=True):
        found[status] = found.get(status, 0) + 1
    return found


def confirmed(people: People, month: dt.date = MAY) -> AttendanceMonth:
    row = people.month(month)
    confirm_months(town(people), months=[row.pk], by=people.town)
    return again(row)


def published(people: People, month: dt.date = MAY) -> AttendanceMonth:
    row = confirmed(people, month)
    publish_months(county(people), month=month, by=people.county)
    return again(row)


def test_a_month_is_proposed_from_what_was_recorded(people: People) -> None:
    people.wrote(MONDAY, dt.date(2016, 5, 14))
    leave = request_leave(
        people.posting, kind="sick", first_on=dt.date(2016, 5, 17), last_on=dt.date(2016, 5, 18), reason="看病", emergency=True,
        told_to="镇党委书记", told_on=dt.date(2016, 5, 16), by=people.official,
    )  # fmt: skip
    approve_leave(leave, by=people.town)
    request_leave(
        people.posting, kind="official", first_on=dt.date(2016, 5, 24), last_on=dt.date(2016, 5, 25), reason="跑项目", by=people.official
    )
    month = propose_month(people.posting, month=MAY, by=people.official)
    # 21 working days in May 2016: one with a log, two on leave, two on a trip; a Saturday worked besides.
    assert statuses(month) == {"in_village": 2, "leave": 2, "official_out": 2, "unknown": 16, "rest": 9}
    assert (day(month, MONDAY).source, day(month, dt.date(2016, 5, 17)).leave_kind) == ("log", "sick")
    assert "看病" not in "".join(Event.objects.values_list("canonical", flat=True))


def test_proposing_again_keeps_what_was_said_and_takes_in_what_came_late(people: People) -> None:
    month = propose_month(people.posting, month=MAY, by=people.official)
    correct_days(month, days=[DayCorrection(MONDAY, "in_village", overnight=True)], by=people.official)
    people.wrote(dt.date(2016, 5, 10))
    propose_month(people.posting, month=MAY, by=people.official)
    assert (day(month, MONDAY).source, day(month, dt.date(2016, 5, 10)).source) == ("official", "log")
    assert AttendanceDay.unscoped.filter(month=month).count() == 33  # two were replaced and stay
    with acting(people.official):
        assert [row.status for row in earlier_days(people.official, month)] == ["unknown", "unknown"]


def test_a_month_under_way_is_filled_up_to_today_and_not_submitted(people: People) -> None:
    month = propose_month(people.posting, month=JUNE, by=people.official)
    assert sum(statuses(month).values()) == 8
    with pytest.raises(MonthUnfit, match="还没有结束"):
        submit_month(month, by=people.official)


def test_an_emergency_is_no_time_of_rest(people: People) -> None:
    declare_emergency(
        county(people), kind="flood", reason="暴雨红色预警", starts_on=dt.date(2016, 5, 14), ends_on=dt.date(2016, 5, 15), by=people.county
    )
    month = propose_month(people.posting, month=MAY, by=people.official)
    assert [day(month, dt.date(2016, 5, n)).status for n in (14, 15, 21)] == ["unknown", "unknown", "rest"]


def test_a_month_outside_the_posting_is_refused(people: People) -> None:
    for month in (dt.date(2015, 1, 1), dt.date(2016, 7, 1)):
        with pytest.raises(MonthUnfit):
            propose_month(people.posting, month=month, by=people.official)


def test_unknown_never_becomes_absent_by_itself(people: People) -> None:
    published(people)
    lock_months(county(people), month=MAY, by=people.county)
    assert not AttendanceDay.unscoped.filter(status="absent").exists()


def test_the_database_refuses_an_absence_that_no_person_said(people: People) -> None:
    month = propose_month(people.posting, month=MAY, by=people.official)
    row = day(month, MONDAY)
    with pytest.raises(IntegrityError, match="absence_is_said_by_a_person"), transaction.atomic():
        AttendanceDay.unscoped.create(
            month=month, region_id=row.region_id, cadre=row.cadre, on=TODAY, status="absent", source="log", event=1
        )


def test_a_day_is_never_rewritten_in_place(people: People) -> None:
    row = day(propose_month(people.posting, month=MAY, by=people.official), MONDAY)
    with pytest.raises(ProgrammingError, match="只可追加更正"), transaction.atomic():
        AttendanceDay.unscoped.filter(pk=row.pk).update(status="in_village")


@pytest.mark.parametrize("status", ["leave", "absent", "nonsense"])
def test_an_official_says_neither_leave_nor_absence(people: People, status: str) -> None:
    month = propose_month(people.posting, month=MAY, by=people.official)
    with pytest.raises(DayUnfit):
        correct_days(month, days=[DayCorrection(MONDAY, status)], by=people.official)


def test_an_official_rubs_out_neither_granted_leave_nor_absence(people: People) -> None:
    leave = request_leave(
        people.posting, kind="personal", first_on=MONDAY, last_on=MONDAY, reason="家事", emergency=True, told_to="书记", told_on=MONDAY, by=people.official
    )  # fmt: skip
    approve_leave(leave, by=people.town)
    month = people.month()
    mark_absent(month, days=[dt.date(2016, 5, 10)], reason="两次电话联系不上", by=people.town)
    return_month(month, reason="请说明 10 日情况", by=people.town)
    for on in (MONDAY, dt.date(2016, 5, 10)):
        with pytest.raises(DayUnfit):
            correct_days(month, days=[DayCorrection(on, "in_village")], by=people.official)


def test_a_point_is_kept_when_sent_and_never_needed(people: People) -> None:
    month = propose_month(people.posting, month=MAY, by=people.official)
    correct_days(month, days=[DayCorrection(MONDAY, "in_village")], by=people.official)
    assert day(month, MONDAY).point is None
    correct_days(month, days=[DayCorrection(MONDAY, "in_village", point={"lat": 34.1, "lon": 110.2, "accuracy": 30})], by=people.official)
    assert day(month, MONDAY).point == {"lat": 34.1, "lon": 110.2, "accuracy": 30}
    assert "34.1" not in "".join(Event.objects.values_list("canonical", flat=True))


def test_another_official_of_the_place_may_not_write_the_month(people: People, actor: Any) -> None:
    other = actor("posted_cadre", people.village.code[:9], name="另一人")
    month = propose_month(people.posting, month=MAY, by=people.official)
    for step in (
        lambda: propose_month(people.posting, month=MAY, by=other), lambda: submit_month(month, by=other),
        lambda: correct_days(month, days=[DayCorrection(MONDAY, "rest")], by=other),
    ):  # fmt: skip
        with pytest.raises(NotYours):
            step()
    with acting(other):
        assert list(months(other)) == []
    with acting(people.official):
        assert [row.pk for row in months(people.official)] == [month.pk]


def test_the_village_clerk_types_for_the_official(people: People) -> None:
    month = propose_month(people.posting, month=MAY, by=people.clerk)
    assert submit_month(month, by=people.clerk).submitted_by_name == people.clerk.name


def test_who_submitted_does_not_confirm(people: People) -> None:
    month = propose_month(people.posting, month=MAY, by=people.town)
    submit_month(month, by=people.town)
    with pytest.raises(SamePerson):
        confirm_months(town(people), months=[month.pk], by=people.town)


def test_a_village_is_confirmed_in_one_step_all_or_none(people: People, actor: Any) -> None:
    other = People(actor, villages(LUONAN, 2)[1], "P2")
    first, second = people.month(), other.month()
    third = propose_month(people.posting, month=APRIL, by=people.official)
    with pytest.raises(StepNotOpen, match="王朝辉"):
        confirm_months(county(people), months=[first.pk, second.pk, third.pk], by=people.county)
    assert again(first).state == "submitted"
    written = confirm_months(county(people), months=[first.pk, second.pk], by=people.county)
    assert (written.count, again(first).state, again(second).confirmed_by) == (2, "confirmed", people.county.name)
    with pytest.raises(NotVisible):
        confirm_months(town(people), months=[first.pk], by=people.stranger)


def test_nobody_confirms_the_own_month(people: People) -> None:
    month = people.month()
    own = type(people.town)(user_id=people.official.user_id, name=people.official.name, role=people.town.role, scope=people.town.scope)
    for step in (
        lambda: confirm_months(town(people), months=[month.pk], by=own), lambda: return_month(month, reason="改", by=own),
        lambda: mark_absent(month, days=[MONDAY], reason="无", by=own),
    ):  # fmt: skip
        with pytest.raises(OwnCase):
            step()


def test_absence_is_the_towns_word_with_a_reason(people: People) -> None:
    month = people.month()
    with pytest.raises(DayUnfit, match="依据"):
        mark_absent(month, days=[MONDAY], reason=" ", by=people.town)
    mark_absent(month, days=[MONDAY], reason="到村核实不在岗", by=people.town)
    row = day(month, MONDAY)
    assert (row.status, row.source, row.note) == ("absent", "town", "到村核实不在岗")


def test_the_own_people_of_a_town_are_looked_at_by_the_county(actor: Any) -> None:
    village = villages(LUONAN)[0]
    people = People(actor, village, home=village.code[:9])
    month = confirmed(people)
    assert month.is_own_people
    with pytest.raises(MonthUnfit, match="请先复核"):
        publish_months(county(people), month=MAY, by=people.county)
    look_again(month, by=people.county)
    publish_months(county(people), month=MAY, by=people.county)
    assert again(month).state == "published"


def test_a_locked_month_is_corrected_by_two_people_and_the_original_stays(people: People) -> None:
    month = published(people)
    lock_months(county(people), month=MAY, by=people.county)
    first = day(month, MONDAY)
    with pytest.raises(DayUnfit, match="原因"):
        propose_amendment(again(month), on=MONDAY, status="in_village", reason="", by=people.official)
    amendment = propose_amendment(again(month), on=MONDAY, status="in_village", reason="当天在户里，日志漏记", by=people.town)
    one_and_the_same = type(people.county)(user_id=people.town.user_id, name="同一人", role=people.county.role, scope=people.county.scope)
    with pytest.raises(SamePerson):
        decide_amendment(amendment, agree=True, by=one_and_the_same)
    decide_amendment(amendment, agree=True, by=people.county)
    now = day(month, MONDAY)
    assert (now.status, now.source, now.note) == ("in_village", "amendment", "当天在户里，日志漏记")
    kept = AttendanceDay.unscoped.get(pk=first.pk)
    assert (kept.status, kept.voided_by) == (first.status, now.event)
    with pytest.raises(DayUnfit, match="已经审定"):
        decide_amendment(again(amendment), agree=True, by=people.county)


def test_a_declined_amendment_changes_nothing(people: People) -> None:
    month = published(people)
    amendment = propose_amendment(month, on=MONDAY, status="in_village", reason="漏记", by=people.official)
    with pytest.raises(DayUnfit, match="等待审定"):
        propose_amendment(month, on=MONDAY, status="rest", reason="漏记", by=people.official)
    decide_amendment(amendment, agree=False, by=people.county)
    assert day(month, MONDAY).status == "unknown"


def test_everybody_of_a_town_is_proposed_with_the_same_queries(people: People, actor: Any, django_assert_num_queries: Any) -> None:
    region = county(people)
    from django.test.utils import CaptureQueriesContext

    asked = []
    for n in range(1, 4):
        with CaptureQueriesContext(connection) as seen:
            assert propose_months(region, month=MAY, by=people.county).count == n
        asked.append(len(seen))
        People(actor, villages(LUONAN, 5)[n + 1], f"Q{n}")
        AttendanceMonth.unscoped.update(state="open")
    assert asked[1] == asked[2]


def test_a_month_of_the_ledger_counts_itself(people: People, django_assert_max_num_queries: Any) -> None:
    people.wrote(*[dt.date(2016, 5, n) for n in range(3, 26)])
    month = people.month()
    with acting(people.town):
        with django_assert_max_num_queries(8):
            file = attendance_file(people.town, month.pk)
        (line,) = counted(people.town, [file.counted.month])
    assert (line.result.duty, line.result.asked, line.result.enough) == (23, 20, True)
    assert (file.year_duty, file.year_asked) == (23, 200)


# --- the flow: every state with every step ----------------------------------------------------------------------------

STEPS: dict[str, Callable[[People, AttendanceMonth], object]] = {
    "propose_month": lambda p, m: propose_month(p.posting, month=m.month, by=p.official),
    "correct_days": lambda p, m: correct_days(m, days=[DayCorrection(MONDAY, "in_village")], by=p.official),
    "submit_month": lambda p, m: submit_month(m, by=p.official),
    "return_month": lambda p, m: return_month(m, reason="请补", by=p.town),
    "mark_absent": lambda p, m: mark_absent(m, days=[MONDAY], reason="核实不在岗", by=p.town),
    "confirm_months": lambda p, m: confirm_months(town(p), months=[m.pk], by=p.town),
    "lift_absence": lambda p, m: lift_absence(absent(m), days=[MONDAY], reason="当天在镇上开会，核实有误", by=p.town),
    "look_again": lambda p, m: look_again(m, by=p.county),
    "publish_months": lambda p, m: publish_months(county(p), month=m.month, by=p.county),
    "lock_months": lambda p, m: lock_months(county(p), month=m.month, by=p.county),
    "propose_amendment": lambda p, m: propose_amendment(m, on=MONDAY, status="in_village", reason="漏记", by=p.official),
    "decide_amendment": lambda p, m: decide_amendment(an_amendment(p, m), agree=True, by=p.county),
}


def absent(month: AttendanceMonth) -> AttendanceMonth:
    """The month with its Monday as the town has marked it."""
    old = day(month, MONDAY)
    AttendanceDay.unscoped.filter(pk=old.pk).update(voided_by=old.event)
    AttendanceDay.unscoped.create(
        month=month, region_id=old.region_id, cadre=old.cadre, on=MONDAY, status="absent", source="town", event=old.event
    )
    return month


def an_amendment(people: People, month: AttendanceMonth) -> Any:
    """One that was proposed while it might be."""
    state = month.state
    AttendanceMonth.unscoped.filter(pk=month.pk).update(state="published")
    row = propose_amendment(again(month), on=MONDAY, status="in_village", reason="漏记", by=people.official)
    AttendanceMonth.unscoped.filter(pk=month.pk).update(state=state)
    return row


@pytest.mark.parametrize("state", MONTH.states)
@pytest.mark.parametrize("step", MONTH.steps)
def test_every_step_in_every_state_as_the_table_says(people: People, state: str, step: str) -> None:
    month = people.month()
    AttendanceMonth.unscoped.filter(pk=month.pk).update(state=state, is_own_people=step == "look_again")
    if (state, step) in MONTH.table:
        STEPS[step](people, again(month))
        assert again(month).state == MONTH.table[state, step]
    else:
        with pytest.raises((StepNotOpen, MonthUnfit)):
            STEPS[step](people, again(month))
        assert again(month).state == state


def test_every_step_of_the_table_is_tried() -> None:
    assert set(STEPS) == set(MONTH.steps)


OUTSIDERS = {
    "propose_month": "helper", "correct_days": "helper", "submit_month": "city_leader", "propose_amendment": "city_leader", "return_month": "posted_cadre",
    "mark_absent": "posted_cadre", "lift_absence": "posted_cadre", "confirm_months": "village_admin", "look_again": "town_party_admin", "publish_months": "town_party_admin",
    "lock_months": "town_party_admin", "decide_amendment": "town_party_admin",
}  # fmt: skip


@pytest.mark.parametrize("step", MONTH.steps)
def test_a_role_without_the_permission_and_a_stranger_get_nowhere(people: People, actor: Any, step: str) -> None:
    month = people.month()
    code = people.village.code
    wrong = actor(OUTSIDERS[step], code) if OUTSIDERS[step] != "helper" else actor("helper", households=())
    far = actor(
        "county_org_admin" if step in ("look_again", "publish_months", "lock_months", "decide_amendment") else "town_party_admin", "611022"
    )
    for by, refusal in ((wrong, Forbidden), (far, (NotVisible, MonthUnfit))):
        stand_in = People.__new__(People)
        stand_in.__dict__ = {**people.__dict__, "official": by, "town": by, "county": by}
        run = STEPS[step]
        if step == "decide_amendment":
            amendment = an_amendment(people, month)
            run = lambda p, m: decide_amendment(amendment, agree=True, by=by)  # noqa: E731, B023
        with pytest.raises(refusal):
            run(stand_in, again(month))
        from shibaiqian.fieldwork.models import AttendanceAmendment

        AttendanceAmendment.unscoped.all().update(outcome="declined")


@pytest.mark.slow
def test_sixteen_clerks_confirm_a_month_once(actor: Any, committed: None) -> None:
    people = People(actor, villages(LUONAN)[0])
    month = people.month()
    results: list[str] = []

    def press() -> None:
        try:
            confirm_months(town(people), months=[month.pk], by=actor("town_party_admin", people.village.code[:9]))
            results.append("done")
        except Refused:
            results.append("refused")
        finally:
            connections.close_all()

    clerks = [threading.Thread(target=press) for _ in range(16)]
    for clerk in clerks:
        clerk.start()
    for clerk in clerks:
        clerk.join()
    assert sorted(results) == ["done"] + ["refused"] * 15
    assert Event.objects.filter(action="fieldwork.confirm_months", outcome="done").count() == 1
