"""What a phone sends is kept, done once, and answered by its id and hash; one bad record holds up no other."""

import json
import uuid
from typing import Any

import pytest

from shibaiqian.access.roles import Permission
from shibaiqian.audit.models import Event
from shibaiqian.fieldwork.models import Visit, WorkLog, WorkLogItem
from shibaiqian.sync import rules
from shibaiqian.sync.kinds import KINDS
from shibaiqian.sync.kinds.kind import Kind
from shibaiqian.sync.models import Device, InboxRecord
from shibaiqian.sync.tests.factories import Phone, Village, a_log, hash_of, operation

pytestmark = pytest.mark.django_db


def test_a_log_is_written_once_and_answered_by_id_and_hash(phone: Phone, village: Village) -> None:
    said = a_log(village)
    (answer,) = phone.answers(said)
    log = WorkLog.unscoped.get()
    assert answer == {"id": said["id"], "hash": hash_of(said), "status": "created", "result": {"log": str(log.pk)}}
    assert (log.posting_id, Visit.unscoped.get().household_id) == (village.posting.pk, village.household.pk)
    row = InboxRecord.unscoped.get()
    assert (str(row.pk), row.status, row.kind, row.device_id) == (said["id"], "created", "log", Device.objects.get().pk)
    assert "看望" not in str(bytes(row.said_sealed))


def test_the_same_again_gets_the_same_answer(phone: Phone, village: Village) -> None:
    said = a_log(village)
    (first,) = phone.answers(said)
    (again,) = phone.answers(said)
    assert again == first | {"status": "duplicate"}
    assert WorkLogItem.unscoped.count() == 1


def test_the_same_id_with_other_words_is_refused_and_the_first_stands(phone: Phone, village: Village) -> None:
    said = a_log(village)
    phone.answers(said)
    other = a_log(village, content="另一件事") | {"id": said["id"]}
    (answer,) = phone.answers(other)
    assert (answer["status"], answer["hash"]) == ("rejected", hash_of(other))
    assert [item.content for item in WorkLogItem.unscoped.all()] == ["看望老人"]
    assert phone.answers(said)[0]["status"] == "duplicate"


def test_the_same_id_from_another_person_is_refused(phone: Phone, village: Village) -> None:
    from shibaiqian.sync.tests.factories import account

    said = a_log(village)
    phone.answers(said)
    account(village.code, login="clerk", role="village_admin")
    other = Phone()
    other.sign_in("clerk")
    assert other.answers(said)[0]["status"] == "rejected"
    assert WorkLogItem.unscoped.count() == 1


def test_without_the_hash_other_words_would_pass_for_the_first(phone: Phone, village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control of R4: it is the hash that tells them apart."""
    said = a_log(village)
    phone.answers(said)
    monkeypatch.setattr(rules, "digest", lambda text: hash_of(said))
    assert phone.answers(a_log(village, content="另一件事") | {"id": said["id"]})[0]["status"] == "duplicate"


def test_a_fault_of_ours_in_one_kind_keeps_no_other_out(phone: Phone, village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is answered as an error, kept, and done when it is sent again after the mend."""

    def fails(*_: Any) -> Any:
        raise TypeError("ours")

    broken, good = operation("service_done", {"service": str(uuid.uuid4()), "on": "2016-06-08"}), a_log(village)
    with monkeypatch.context() as patch:
        patch.setitem(KINDS, "service_done", Kind("service_done", Permission.KEEP_FIELDWORK, fails))
        assert [a["status"] for a in phone.answers(broken, good)] == ["error", "created"]
    assert InboxRecord.unscoped.get(pk=broken["id"]).status == "error"
    assert phone.answers(broken)[0]["status"] == "rejected"


def test_what_is_no_operation_is_answered_by_the_hash_of_what_was_sent(phone: Phone) -> None:
    """Else a phone would never believe it."""
    bad = {"id": str(uuid.uuid4()), "kind": "log", "at": "yesterday", "body": {}}
    assert phone.answers(bad)[0]["hash"] == hash_of(bad)


def test_one_bad_record_holds_up_no_other(phone: Phone, village: Village) -> None:
    good = [a_log(village, content=f"第{n}件") for n in range(3)]
    bad = [
        operation("log", {"posting": str(village.posting.pk), "on": "2099-01-01", "items": [{"category": "visit", "content": "将来"}]}),
        operation("log", {"posting": str(uuid.uuid4()), "on": "2016-06-08", "items": []}),
        operation("log", {"posting": str(village.posting.pk), "on": "昨天", "items": []}),
        operation("log", {"posting": str(village.posting.pk), "on": "2016-06-08", "items": [{"category": "visit", "content": "\0"}]}),
        operation("dance", {}),
    ]
    answers = phone.answers(good[0], bad[0], bad[1], good[1], bad[2], bad[3], bad[4], good[2])
    assert [a["status"] for a in answers] == ["created", "rejected", "rejected", "created", "rejected", "rejected", "rejected", "created"]
    assert all(a["message"] for a in answers if a["status"] == "rejected")
    assert WorkLogItem.unscoped.count() == 3
    assert InboxRecord.unscoped.filter(status="rejected").count() == 5
    assert phone.answers(bad[0])[0] == answers[1]


@pytest.mark.parametrize("bad", [1, [], "x", {"id": "x"}, {"id": str(uuid.uuid4()), "kind": "log"}, {"id": None}])
def test_what_is_no_record_is_said_to_be_none_beside_the_others(phone: Phone, village: Village, bad: Any) -> None:
    first, second = phone.answers(bad, a_log(village))
    assert (first["status"], second["status"]) == ("rejected", "created")


@pytest.mark.parametrize(
    "text", ["", "<html>ok", "[]", '{"owes": 1}', '{"operations": [], "owes": -1, "sent_at": "2016-06-08T08:00:00+08:00"}']
)
def test_half_a_body_is_no_request(phone: Phone, text: str) -> None:
    answer = phone.client.post("/api/v1/inbox", text, content_type="application/json", headers=phone.headers)
    assert answer.status_code in (400, 422) and answer.json()["code"]


def test_what_is_refused_is_in_the_audit(phone: Phone, village: Village) -> None:
    phone.answers(a_log(village) | {"body": {"posting": str(village.posting.pk), "on": "2016-06-08", "items": []}})
    assert Event.objects.filter(action="fieldwork.log_day", outcome="refused").count() == 1


def test_how_much_a_phone_owes_is_known(phone: Phone, village: Village) -> None:
    phone.answers(a_log(village), owes=40)
    device = Device.objects.get()
    assert device.owes == 39 and device.owes_since is not None
    phone.answers(owes=0)
    device = Device.objects.get()
    assert (device.owes, device.owes_since) == (0, None)


def test_more_than_fifty_are_not_taken(phone: Phone, village: Village) -> None:
    assert phone.send(*[a_log(village) for _ in range(51)]).status_code == 422
    assert json.loads(phone.send().content)["answers"] == []
