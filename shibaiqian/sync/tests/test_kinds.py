"""What each kind does: services from promise to confirmation, what a household said, photos of a log; what waits and what conflicts."""

import datetime as dt
import threading
from typing import Any

import pytest
from django.db import connection

from shibaiqian.access.models import Assignment
from shibaiqian.base import clock
from shibaiqian.fieldwork.models import Attachment, PracticalService, ServicePromise, Visit, WorkLog, WorkLogItem
from shibaiqian.households.facts import last_facts
from shibaiqian.households.models import HouseholdFact
from shibaiqian.households.queries import private
from shibaiqian.sync import api
from shibaiqian.sync.models import InboxRecord
from shibaiqian.sync.tests.factories import TODAY, Phone, Village, a_log, a_village, account, also, hash_of, operation
from shibaiqian.sync.tests.test_photos import JPEG, sha

pytestmark = pytest.mark.django_db


def a_promise(village: Village, **more: Any) -> dict[str, Any]:
    body = {"posting": str(village.posting.pk), "kind": "paperwork", "content": "代办合疗报销", "on": "2016-06-01", "due": "2016-06-20"}
    return operation("service_promise", {**body, "household": str(village.household.pk)}, **more)


def facts(village: Village, base: int, **said: Any) -> dict[str, Any]:
    body = {
        "posting": str(village.posting.pk),
        "household": str(village.household.pk),
        "on": "2016-06-08",
        "content": "入户核实",
        "facts": said,
    }
    return operation("visit_facts", body, base=base)


def household(phone: Phone) -> dict[str, Any]:
    return phone.get("slice").json()["households"][0]


def test_a_service_is_promised_done_and_confirmed_under_one_key(phone: Phone, village: Village) -> None:
    promise = a_promise(village)
    done = operation("service_done", {"service": promise["id"], "on": "2016-06-05", "amount_cents": 12_000}, after=[promise["id"]])
    sheet = operation("service_confirm", {"services": [promise["id"]], "confirmation": "signed", "on": "2016-06-08"}, after=[done["id"]])
    (first,) = phone.answers(promise)
    assert first["result"] == {"service": promise["id"]}
    (waits,) = phone.get("slice").json()["services"]
    assert (waits["state"], waits["due"], waits["beneficiary"]) == ("promised", "2016-06-20", "张猛虎")
    assert [a["status"] for a in phone.answers(done, sheet)] == ["created", "created"]
    service = PracticalService.unscoped.get()
    assert (str(service.pk), service.on, service.amount_cents, service.confirmation) == (
        promise["id"],
        dt.date(2016, 6, 5),
        12_000,
        "signed",
    )
    assert ServicePromise.unscoped.get().kept_on == dt.date(2016, 6, 5)
    assert phone.get("slice").json()["services"] == []


def test_one_sheet_confirms_all_or_none(phone: Phone, village: Village) -> None:
    service = {"kind": "care", "beneficiary": "李四"}
    items = [{"category": "service", "content": f"第{n}件", "service": service} for n in range(3)]
    phone.answers(operation("log", {"posting": str(village.posting.pk), "on": "2016-06-01", "items": items}))
    keys = [one["id"] for one in phone.get("slice").json()["services"]]
    bad = operation("service_confirm", {"services": [*keys, a_promise(village)["id"]], "confirmation": "signed", "on": "2016-06-08"})
    assert phone.answers(bad)[0]["status"] == "rejected"
    assert PracticalService.unscoped.filter(confirmation="").count() == 3
    good = operation("service_confirm", {"services": keys, "confirmation": "fingerprint", "on": "2016-06-08"})
    assert phone.answers(good)[0]["result"]["services"] == sorted(keys)


@pytest.mark.parametrize(
    "more", [{"due": "2016-05-01"}, {"on": "2099-01-01"}, {"kind": "dance"}, {"content": " "}, {"household": None}, {"on": "2014-01-01"}]
)
def test_a_promise_that_cannot_be_is_refused_with_words(phone: Phone, village: Village, more: dict[str, Any]) -> None:
    said = a_promise(village)
    (answer,) = phone.answers(said | {"body": said["body"] | more})
    assert answer["status"] == "rejected" and answer["message"]


def test_the_same_promise_or_service_twice_is_refused(phone: Phone, village: Village) -> None:
    promise, again = a_promise(village), a_promise(village)
    assert [a["status"] for a in phone.answers(promise, again)] == ["created", "rejected"]
    done = [operation("service_done", {"service": promise["id"], "on": "2016-06-05"}) for _ in range(2)]
    assert [a["status"] for a in phone.answers(*done)] == ["created", "rejected"]


def test_what_waits_for_another_is_held_and_released_when_it_comes(phone: Phone, village: Village) -> None:
    promise = a_promise(village)
    done = operation("service_done", {"service": promise["id"], "on": "2016-06-05"}, after=[promise["id"]])
    sheet = operation("service_confirm", {"services": [promise["id"]], "confirmation": "signed", "on": "2016-06-06"}, after=[done["id"]])
    assert [a["status"] for a in phone.answers(sheet, done)] == ["held", "held"]
    assert not PracticalService.unscoped.exists()
    assert phone.answers(promise)[0]["status"] == "created"
    assert PracticalService.unscoped.get().confirmation == "signed"
    assert {row.status for row in InboxRecord.unscoped.all()} == {"created"}
    assert phone.answers(done)[0]["status"] == "duplicate"


def test_what_waits_for_what_was_refused_is_refused(phone: Phone, village: Village) -> None:
    promise = a_promise(village)
    promise["body"]["kind"] = "dance"
    done = operation("service_done", {"service": promise["id"], "on": "2016-06-05"}, after=[promise["id"]])
    assert [a["status"] for a in phone.answers(done)] == ["held"]
    phone.answers(promise)
    assert InboxRecord.unscoped.get(pk=done["id"]).status == "rejected"
    assert phone.answers(done)[0]["status"] == "rejected"  # asked again, the phone learns it


def test_a_household_confirms_and_corrects(phone: Phone, village: Village, actor: Any) -> None:
    base = household(phone)["version"]
    (answer,) = phone.answers(
        facts(village, base, phone="139 1234 5678", contact="侄子张三 13900000000", needs="想学养蜂", causes=["01", "07"])
    )
    assert (answer["status"], sorted(answer["result"]["changed"])) == ("created", ["causes", "contact", "needs", "phone"])
    home = household(phone)
    assert (home["phone"], home["contact"], home["needs"]) == ("139 1234 5678", "侄子张三 13900000000", "想学养蜂")
    assert home["causes"] == []  # the register's causes move by their procedure only
    assert (Visit.unscoped.get().household_id, home["last_visit"]) == (village.household.pk, "2016-06-08")
    assert "13900000000" not in str([bytes(row.value_sealed) for row in HouseholdFact.unscoped.all()])
    (again,) = phone.answers(facts(village, home["version"], phone="139 1234 5678"))
    assert again["result"]["confirmed"] == ["phone"] and household(phone)["version"] > home["version"]
    by = actor("village_admin", village.code)
    assert private(by, village.household).phone == "139 1234 5678"
    assert last_facts(actor("auditor", village.code), [village.household.pk]) == {}


def test_the_same_field_changed_by_two_is_a_conflict_and_others_merge(phone: Phone, village: Village) -> None:
    account(village.code, login="clerk", role="village_admin", name="李会计")
    clerk = Phone.of(Assignment.objects.get(role="village_admin"))
    base = household(phone)["version"]
    clerk.answers({**facts(village, base, phone="13911111111"), "kind": "household_facts"})
    assert not Visit.unscoped.exists()  # who is no official visits for none
    (answer,) = phone.answers(facts(village, base, phone="13922222222", needs="修路"))
    (theirs,) = answer["theirs"]
    assert (answer["status"], theirs["field"], theirs["value"], theirs["who"]) == ("conflict", "phone", "13911111111", "李会计")
    assert answer["result"]["changed"] == ["needs"]
    home = household(phone)
    assert (home["phone"], home["needs"]) == ("13911111111", "修路")
    (decided,) = phone.answers(facts(village, theirs["version"], phone="13922222222"))
    assert decided["status"] == "created" and household(phone)["phone"] == "13922222222"
    assert Visit.unscoped.count() == 1  # one visit, however often it is said


def test_confirming_what_another_confirmed_is_no_conflict(phone: Phone, village: Village) -> None:
    base = household(phone)["version"]
    first, second = facts(village, base, phone="13911111111"), facts(village, base, phone="13911111111")
    assert [a["status"] for a in phone.answers(first, second)] == ["created", "created"]


@pytest.mark.parametrize(
    "said", [{"phone": "ring"}, {"needs": ""}, {"causes": []}, {"causes": ["x"]}, {"head": "李四"}, {"contact": 1}, {}]
)
def test_a_fact_that_cannot_be_is_refused_and_leaves_no_visit(phone: Phone, village: Village, said: dict[str, Any]) -> None:
    (answer,) = phone.answers(facts(village, 0, **said))
    assert answer["status"] == "rejected" and answer["message"]
    assert not Visit.unscoped.exists()


def test_photos_of_a_log_stand_by_the_thing_they_show(phone: Phone, village: Village) -> None:
    other = JPEG.replace(b"picture", b"another")
    for data in (JPEG, other):
        phone.put(sha(data), data)
    items = [{"category": "meeting", "content": "会"}, {"category": "visit", "content": "访", "photos": [sha(other)]}]
    said = operation("log", {"posting": str(village.posting.pk), "on": "2016-06-08", "items": items}, photos=[sha(JPEG), sha(other)])
    assert phone.answers(said)[0]["status"] == "created"
    found = {a.sha256: a.item.content for a in Attachment.unscoped.select_related("item")}
    assert found == {sha(JPEG): "会", sha(other): "访"}


def test_a_set_writes_what_single_records_write(phone: Phone, village: Village) -> None:
    days = [TODAY - dt.timedelta(days=n % 4) for n in range(12)]
    answers = phone.answers(*[a_log(village, on=day, content=f"第{n}件") for n, day in enumerate(days)])
    assert {a["status"] for a in answers} == {"created"}
    assert (WorkLog.unscoped.count(), WorkLogItem.unscoped.count(), Visit.unscoped.count()) == (4, 12, 12)
    by_content = {i.content: i.log.on for i in WorkLogItem.unscoped.select_related("log")}
    assert [by_content[f"第{n}件"] for n in range(12)] == days
    assert len({a["result"]["log"] for a in answers}) == 4


def test_fifty_logs_ask_the_database_as_often_as_two(phone: Phone, village: Village, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(60):
        phone.answers(*[a_log(village, content=f"第{n}件") for n in range(50)])


def test_after_a_move_what_was_done_before_still_comes_and_what_is_later_does_not(phone: Phone, village: Village) -> None:
    before = [a_log(village, on=dt.date(2016, 6, 1), content="以前"), a_log(village, on=dt.date(2016, 6, 8), content="以后")]
    other = a_village(place=1, login="li")
    role = village.role
    Assignment.objects.filter(pk=role.pk).update(valid_to=dt.date(2016, 6, 5))
    assert phone.get("me").json()["code"] == "role_ended"
    assert [a["status"] for a in phone.answers(*before)] == ["created", "rejected"]
    moved = Phone.of(also(role.user, other.code, since=dt.date(2016, 6, 6)))
    again = [*before, a_log(village, on=dt.date(2016, 6, 2), content="又一件"), a_log(other)]
    assert [a["status"] for a in moved.answers(*again)] == ["duplicate", "rejected", "created", "created"]
    assert {row.region_id for row in InboxRecord.unscoped.all()} == {village.code, other.code}


def test_long_after_a_role_ended_nothing_is_taken_for_it(phone: Phone, village: Village) -> None:
    Assignment.objects.filter(pk=village.role.pk).update(valid_to=dt.date(2016, 1, 5))
    assert phone.send(a_log(village)).status_code == 403
    assert not InboxRecord.unscoped.exists()


def test_a_record_of_another_village_is_kept_and_not_done(phone: Phone, village: Village) -> None:
    other = a_village("611022", login="li")
    (answer,) = phone.answers(a_log(other))
    assert answer["status"] == "rejected"
    assert not WorkLog.unscoped.exists() and InboxRecord.unscoped.get().status == "rejected"


OFF = [dt.timedelta(hours=1), dt.timedelta(hours=-1), dt.timedelta(days=400), dt.timedelta(days=-400)]
LATE = dt.timedelta(days=3)


def three_days_late(phone: Phone, village: Village, off: dt.timedelta) -> InboxRecord:
    """A log written three days ago by a clock that is off: accepted, and its row."""
    now = clock.wall_now()
    said = a_log(village) | {"at": (now + off - LATE).isoformat()}
    (answer,) = phone.answers(said, sent_at=now + off)
    assert (answer["status"], answer["hash"]) == ("created", hash_of(said))
    return InboxRecord.unscoped.get()


@pytest.mark.parametrize("off", OFF)
def test_a_wrong_clock_loses_nothing_and_back_dates_nothing(phone: Phone, village: Village, off: dt.timedelta) -> None:
    """R7: the phone's clock is a statement; what was late is seen to be late."""
    row = three_days_late(phone, village, off)
    assert abs(row.late - LATE) < dt.timedelta(seconds=10)
    assert WorkLog.unscoped.get().recorded_at.date() == clock.today()


@pytest.mark.parametrize("off", OFF)
def test_without_the_servers_clock_the_late_would_pass_for_something_else(
    phone: Phone, village: Village, off: dt.timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of R7: where the phone's clock is believed, lateness is wrong by as much as the clock is."""
    monkeypatch.setattr(api, "_skew", lambda sent_at: 0)
    row = three_days_late(phone, village, off)
    assert abs(row.late - LATE + off) < dt.timedelta(seconds=10)


@pytest.mark.parametrize("is_believed", [False, True], ids=["as it is", "control: the phone's day is believed"])
def test_a_day_ahead_of_the_servers_is_refused(is_believed: bool, phone: Phone, village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    ahead = clock.today() + dt.timedelta(days=400)
    if is_believed:
        monkeypatch.setattr(clock, "today", lambda: ahead)
    (answer,) = phone.answers(a_log(village, on=ahead))
    assert answer["status"] == ("created" if is_believed else "rejected")


@pytest.mark.usefixtures("committed")
def test_one_record_from_many_connections_is_done_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """R3, the fast tier; `tests/field` has the long one."""
    village = a_village()
    said = a_log(village)
    phones = [Phone.of(village.role)]
    found: list[dict[str, Any]] = []

    def send(token: str) -> None:
        try:
            found.extend(Phone(token=token).answers(said))
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=(phones[0].token,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(a["status"] for a in found) == ["created"] + ["duplicate"] * 7
    assert len({(a["id"], a["hash"], str(a["result"])) for a in found}) == 1
    assert (WorkLogItem.unscoped.count(), InboxRecord.unscoped.count()) == (1, 1)
