"""Attendance and leave on the phone: asked without a network, the same commands as on a desk, told back in sections."""

import datetime as dt
from typing import Any

import pytest

from shibaiqian.access.roles import Role
from shibaiqian.fieldwork.actions import approve_leave, return_month
from shibaiqian.fieldwork.models import AttendanceDay, AttendanceMonth, LeaveRequest
from shibaiqian.policy.actions import install_defaults
from shibaiqian.postings.models import Posting
from shibaiqian.sync.kinds import KINDS, kinds_of
from shibaiqian.sync.tests.factories import Phone, Village, a_log, a_village, operation

pytestmark = pytest.mark.django_db


@pytest.fixture
def village() -> Village:
    install_defaults()
    made = a_village()
    Posting.unscoped.update(host_level="village")
    return made


def an_ask(village: Village, **more: Any) -> dict[str, Any]:
    body = {
        "posting": str(village.posting.pk),
        "on": "2016-06-08",
        "kind": "personal",
        "first_on": "2016-06-13",
        "last_on": "2016-06-14",
        "reason": "家事",
    }
    return operation("leave_request", {**body, **more})


def of_month(village: Village, kind: str, **more: Any) -> dict[str, Any]:
    return operation(kind, {"posting": str(village.posting.pk), "month": "2016-05-01", **more})


def town(actor: Any, village: Village) -> Any:
    return actor("town_party_admin", village.code[:9])


def test_leave_keeps_the_id_the_phone_gave_it_and_is_taken_back_by_it(phone: Phone, village: Village) -> None:
    ask = an_ask(village)
    back = operation("leave_cancel", {"leave": ask["id"]}, after=[ask["id"]])
    first, second = phone.answers(ask, back)
    assert (first["status"], first["result"]) == ("created", {"leave": ask["id"], "level": "town", "state": "submitted"})
    assert (second["status"], LeaveRequest.unscoped.get().state) == ("created", "cancelled")


def test_the_same_request_twice_is_one(phone: Phone, village: Village) -> None:
    ask = an_ask(village)
    phone.answers(ask)
    (again,) = phone.answers(ask)
    assert (again["status"], LeaveRequest.unscoped.count()) == ("duplicate", 1)


def test_a_request_written_without_network_counts_from_its_day(phone: Phone, village: Village) -> None:
    (late,) = phone.answers(an_ask(village, on="2016-06-03", first_on="2016-06-06", last_on="2016-06-06"))
    assert late["status"] == "created"
    (too_late,) = phone.answers(an_ask(village, on="2016-06-03", first_on="2016-06-01", last_on="2016-06-02"))
    assert (too_late["status"], "紧急请假" in too_late["message"]) == ("rejected", True)


def test_granted_leave_is_told_and_ended_on_the_phone(phone: Phone, village: Village, actor: Any) -> None:
    ask = an_ask(village, on="2016-06-06", first_on="2016-06-07", last_on="2016-06-07")
    phone.answers(ask)
    approve_leave(LeaveRequest.unscoped.get(), answer="注意安全", by=town(actor, village))
    (told,) = phone.get("slice").json()["sections"]["leave"]["requests"]
    assert (told["id"], told["state"], told["answer"]) == (ask["id"], "approved", "注意安全")
    (back,) = phone.answers(operation("leave_return", {"leave": ask["id"], "on": "2016-06-08"}))
    assert back["result"]["state"] == "returned"


def test_a_month_is_corrected_and_submitted_without_having_seen_it(phone: Phone, village: Village) -> None:
    phone.answers(a_log(village, on=dt.date(2016, 5, 10)))
    days = [
        {"on": "2016-05-09", "status": "in_village", "overnight": "yes"},
        {"on": "2016-05-11", "status": "official_out", "note": "到县里开会"},
    ]
    correct = of_month(village, "attendance_correct", days=days)
    submit = of_month(village, "attendance_submit")
    assert [a["status"] for a in phone.answers(correct, submit)] == ["created", "created"]
    assert AttendanceMonth.unscoped.get().state == "submitted"
    said = {row.on.day: (row.status, row.source) for row in AttendanceDay.unscoped.filter(voided_by__isnull=True, on__day__in=[9, 10, 11])}
    assert said == {9: ("in_village", "official"), 10: ("in_village", "log"), 11: ("official_out", "official")}


def test_no_place_is_needed_and_one_that_is_sent_is_kept(phone: Phone, village: Village) -> None:
    point = {"lat_e6": 34_091_000, "lon_e6": 110_145_000, "accuracy": 25}
    days = [{"on": "2016-05-09", "status": "in_village"}, {"on": "2016-05-10", "status": "in_village", "point": point}]
    assert phone.answers(of_month(village, "attendance_correct", days=days))[0]["status"] == "created"
    kept = dict(AttendanceDay.unscoped.filter(source="official").values_list("on", "point"))
    assert kept == {dt.date(2016, 5, 9): None, dt.date(2016, 5, 10): point}


def test_absence_is_not_for_the_phone_to_say(phone: Phone, village: Village) -> None:
    (answer,) = phone.answers(of_month(village, "attendance_correct", days=[{"on": "2016-05-09", "status": "absent"}]))
    assert answer["status"] == "rejected"
    assert not AttendanceDay.unscoped.filter(status="absent").exists()


def test_months_are_told_whole_and_again_when_the_town_gives_one_back(phone: Phone, village: Village, actor: Any) -> None:
    phone.answers(of_month(village, "attendance_propose"), of_month(village, "attendance_submit"))
    first = phone.get("slice").json()
    (month,) = first["sections"]["attendance"]
    assert (month["state"], len(month["days"]), month["asked"]) == ("submitted", 31, 20)
    return_month(AttendanceMonth.unscoped.get(), reason="请补 9 日", by=town(actor, village))
    (again,) = phone.get(f"slice?since={first['cursor']}").json()["sections"]["attendance"]
    assert (again["state"], again["returned_reason"]) == ("open", "请补 9 日")


def test_who_may_send_what() -> None:

    mine = {code for code in KINDS if code.startswith(("leave", "attendance"))}
    assert len(mine) == 6
    assert mine <= set(kinds_of(Role.POSTED_CADRE)) & set(kinds_of(Role.VILLAGE_ADMIN))
    assert not mine & set(kinds_of(Role.TOWN_POVERTY_ADMIN))


def test_somebody_elses_month_and_leave_are_not_there(phone: Phone, village: Village) -> None:
    other = a_village("611022", login="li")
    phone.answers(an_ask(village))
    far = Phone.of(other.role)
    leave = operation("leave_cancel", {"leave": str(LeaveRequest.unscoped.get().pk)})
    asked = an_ask(village)
    assert [a["status"] for a in far.answers(leave, asked, of_month(village, "attendance_propose"))] == ["rejected"] * 3
    assert LeaveRequest.unscoped.get().state == "submitted"
