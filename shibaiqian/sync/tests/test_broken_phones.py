"""Phones that are broken or hostile: each thing they send is answered in words, does no harm and keeps nobody else out."""

import base64
import json
import re
import uuid
from pathlib import Path
from typing import Any

import pytest

from shibaiqian.access.models import Assignment
from shibaiqian.assistance.tests.factories import villages
from shibaiqian.audit.models import Event
from shibaiqian.base import clock
from shibaiqian.fieldwork.models import PracticalService, WorkLog, WorkLogItem
from shibaiqian.files.tests.test_pictures import bomb
from shibaiqian.sync import kept, kinds, photos
from shibaiqian.sync.body import NAMES
from shibaiqian.sync.devices import leave
from shibaiqian.sync.models import Device, InboxRecord, Upload
from shibaiqian.sync.rules import LONGEST_RECORD, circular
from shibaiqian.sync.tests.factories import LOGIN, PASSWORD, Phone, Village, a_log, also, hash_of, operation
from shibaiqian.sync.tests.test_kinds import a_promise
from shibaiqian.sync.tests.test_photos import JPEG, sha

pytestmark = pytest.mark.django_db
HALF = "\ud83d"  # of an emoji, cut by a keyboard


def test_whatever_a_phone_says_has_a_name_that_its_person_knows() -> None:
    read = re.compile(r'\.(?:text|choice|date|day|keys?|texts|whole|within|several)\((?:\w+, )?"(\w+)"')
    names = {name for file in Path(kinds.__path__[0]).glob("*.py") for name in read.findall(file.read_text())}
    assert len(names) > 30 and names <= NAMES.keys()


@pytest.mark.parametrize("unseen", ["\0", "\x07", "\u200b", "\u202e", "\ufeff\ufffe"])
def test_what_nobody_sees_is_no_text_and_does_not_stay_in_one(phone: Phone, village: Village, unseen: str) -> None:
    """A turn of the direction of writing would turn the town's page, a control character break its Word file."""
    assert phone.answers(a_log(village, content=unseen))[0]["message"] == "“内容”不能为空。"
    assert phone.answers(a_log(village, content=f"看望{unseen}老人\n两户"))[0]["status"] == "created"
    assert WorkLogItem.unscoped.get().content == "看望老人\n两户"


def test_a_refusal_speaks_of_a_day_and_not_of_a_field(phone: Phone, village: Village) -> None:
    (answer,) = phone.answers(operation("log", {"posting": str(village.posting.pk), "on": "昨天", "items": []}))
    assert answer["message"] == "“日期”不对，应如 2016-06-08。"


def test_half_an_emoji_is_written_as_the_phone_hashed_it(phone: Phone, village: Village) -> None:
    """The phone hashes it as U+FFFD; without an answer by that hash the record would stay on it for ever."""
    said, meant = a_log(village, content=f"好{HALF}"), a_log(village, content="好\ufffd")
    meant |= {"id": said["id"], "at": said["at"]}
    (answer,) = phone.answers(said)
    assert (answer["status"], answer["hash"]) == ("created", hash_of(meant))
    assert WorkLogItem.unscoped.get().content == "好\ufffd"
    assert phone.answers(said)[0]["status"] == "duplicate"


def deep(levels: int) -> Any:
    found: Any = []
    for _ in range(levels):
        found = [found]
    return found


@pytest.mark.parametrize(
    "more",
    [
        {"id": HALF}, {"kind": "lo\0g"}, {"kind": "日志"}, {"kind": "log\u202e"}, {"at": "9999-12-31T20:00:00+00:00"}, {"at": "0001-01-01T00:00:00+00:00"},
        {"base": 10**40}, {"base": -1}, {"body": {"x": deep(700)}}, {"body": {"x": "字" * LONGEST_RECORD}},
    ],
    ids=["half an id", "null in its kind", "no kind", "turned", "year 9999", "year 1", "base", "below nothing", "deep", "long"],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_words_beside_the_others(phone: Phone, village: Village, more: dict[str, Any]) -> None:
    first, second = phone.answers(a_log(village) | more, a_log(village))
    assert (first["status"], second["status"]) == ("rejected", "created")
    assert any("\u4e00" <= char <= "\u9fff" for char in first["message"])
    assert WorkLog.unscoped.count() == 1 and InboxRecord.unscoped.count() == 1


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
@pytest.mark.parametrize("kind", ["leave_request", "monthly_plan", "monthly_summary"])
def test_days_that_no_calendar_has_are_refused(phone: Phone, village: Village, kind: str, day: str) -> None:
    leave = {"kind": "personal", "first_on": day, "last_on": day, "reason": "家事"}
    body = {"posting": str(village.posting.pk), "on": day, "month": day[:7], "items": [{"text": "修路"}], **leave}
    (answer,) = phone.answers(operation(kind, body))
    assert answer["status"] == "rejected" and answer["message"]


@pytest.mark.parametrize(
    "cursor",
    [
        '[1, NaN, "r", [], ""]',
        '[1, Infinity, "r", [], ""]',
        '[1, 1e300, "r", [], ""]',
        "[" * 2_900,
        '[1, 1, "r", ["\\ud800", "6110", "x"], ""]',
    ],
    ids=["no number", "endless", "too far", "deep", "half a place"],
)
def test_a_forged_cursor_is_as_none(phone: Phone, cursor: str) -> None:
    said = base64.urlsafe_b64encode(cursor.encode()).decode().rstrip("=")
    answer = phone.get(f"slice?since={said}")
    assert (answer.status_code, answer.json()["whole"]) == (200, True)
    assert set(answer.json()["revoked"]) <= {"6110"}


@pytest.mark.parametrize("name", ["login", "password", "code", "label"])
@pytest.mark.parametrize("value", ["\0", HALF, "长" * 2_000], ids=["null", "half", "long"])
def test_signing_in_with_what_no_keyboard_types_is_answered(village: Village, name: str, value: str) -> None:
    answer = Phone().post("devices", {"login": LOGIN, "password": PASSWORD, "device": str(uuid.uuid4()), name: value})
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")
    assert not Device.objects.exists()


def test_signing_in_with_half_a_body_or_too_much_is_answered_in_words(village: Village) -> None:
    phone = Phone()
    for text, status in (("{", 400), ("[" * 100_000, 400), ("x" * 3_000_000, 413)):
        answer = phone.client.post("/api/v1/devices", text, content_type="application/json", headers=phone.headers)
        assert (answer.status_code, "\u4e00" <= answer.json()["message"][0] <= "\u9fff") == (status, True)


def test_a_form_that_only_begins_like_ours_is_not_spoken(village: Village) -> None:
    phone = Phone(protocol="0000019999999999999")
    assert phone.sign_in().status_code == 426


def test_a_phone_that_leaves_twice_at_once_has_left(phone: Phone) -> None:
    device = Device.objects.select_related("user", "assignment").get()
    leave(device)
    leave(device)
    assert phone.get("me").status_code == 401


def test_records_that_wait_for_each_other_are_refused_and_not_held_for_ever(phone: Phone, village: Village) -> None:
    one, other, itself = a_log(village), a_log(village, content="另一件"), a_log(village, content="第三件")
    one["after"], other["after"], itself["after"] = [other["id"]], [one["id"]], [itself["id"]]
    assert [a["status"] for a in phone.answers(one, other, itself)] == ["rejected"] * 3
    late, later = a_log(village), a_log(village, content="另一件")
    late["after"], later["after"] = [later["id"]], [late["id"]]
    assert phone.answers(late)[0]["status"] == "held"
    assert phone.answers(later)[0]["status"] == "rejected"
    assert phone.answers(late)[0]["status"] == "rejected"
    assert not WorkLog.unscoped.exists()


def test_what_leads_out_of_a_circle_is_in_none() -> None:
    a, b, c, d, e = (uuid.uuid4() for _ in range(5))
    assert circular({a: [b], b: [c], c: [b], d: [uuid.uuid4()], e: [d]}) == {a, b, c}


def test_what_waits_for_a_record_that_cannot_be_read_is_refused_with_it(phone: Phone, village: Village) -> None:
    promise = a_promise(village) | {"at": "yesterday"}
    done = operation("service_done", {"service": promise["id"], "on": "2016-06-05"}, after=[promise["id"]])
    assert [a["status"] for a in phone.answers(promise, done)] == ["rejected", "rejected"]


def test_what_waited_and_has_photos_is_done_when_the_first_one_comes(phone: Phone, village: Village) -> None:
    first = a_log(village)
    second = a_log(village, content="有照片", photos=[sha(JPEG)], after=[first["id"]])
    phone.put(sha(JPEG), JPEG)
    assert phone.answers(second)[0]["status"] == "held"
    assert phone.answers(first)[0]["status"] == "created"
    assert InboxRecord.unscoped.get(pk=second["id"]).status == "created"


def moved(village: Village) -> Phone:
    """The official works in another village now."""
    Assignment.objects.filter(pk=village.role.pk).update(ended_at=clock.wall_now())
    return Phone.of(also(village.role.user, villages("611021", 2)[1].code))


def test_a_record_without_a_posting_is_known_again_after_the_posting_moved(phone: Phone, village: Village) -> None:
    promise = a_promise(village)
    done = operation("service_done", {"service": promise["id"], "on": "2016-06-05"})
    assert [a["status"] for a in phone.answers(promise, done)] == ["created", "created"]
    assert moved(village).answers(done)[0]["status"] == "duplicate"


def test_what_waits_for_a_record_of_the_former_place_is_done_there(phone: Phone, village: Village) -> None:
    promise = a_promise(village)
    done = operation("service_done", {"service": promise["id"], "on": "2016-06-05"}, after=[promise["id"]])
    sheet = operation("service_confirm", {"services": [promise["id"]], "confirmation": "signed", "on": "2016-06-06"}, after=[done["id"]])
    phone.answers(promise)
    there = moved(village)
    assert [a["status"] for a in there.answers(done, sheet)] == ["created", "created"]
    assert PracticalService.unscoped.get().confirmation == "signed"


def test_one_account_cannot_fill_the_disk_with_records(phone: Phone, village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST_A_DAY", 2)
    said = [a_log(village, content=f"第{n}件") for n in range(2)]
    assert [a["status"] for a in phone.answers(*said)] == ["created", "created"]
    over = a_log(village, content="还有")
    (answer,) = phone.answers(over)
    assert answer["status"] == "error" and "明天" in answer["message"]
    assert not InboxRecord.unscoped.filter(pk=over["id"]).exists()
    assert phone.answers(said[0])[0]["status"] == "duplicate"
    monkeypatch.setattr(kept, "MOST_A_DAY", 3)
    assert phone.answers(over)[0]["status"] == "created"


def test_one_account_cannot_fill_the_disk_with_photos(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    other = JPEG.replace(b"picture", b"another")
    monkeypatch.setattr(photos, "MOST_A_DAY", len(JPEG) + 1)
    assert phone.put(sha(JPEG), JPEG).status_code == 200
    answer = phone.put(sha(other), other)
    assert (answer.status_code, answer.json()["code"]) == (507, "too_much") and "还在手机上" in answer.json()["message"]
    assert phone.put(sha(JPEG), JPEG).status_code == 200
    assert Upload.unscoped.count() == 1


def test_a_photo_sent_again_and_again_writes_nothing(phone: Phone) -> None:
    for _ in range(3):
        assert phone.put(sha(JPEG), JPEG).status_code == 200
    assert Event.objects.filter(action="sync.keep_photo").count() == 1


def test_a_picture_that_would_unfold_beyond_any_telephone_is_refused(phone: Phone) -> None:
    answer = phone.put(sha(bomb()), bomb())
    assert (answer.status_code, answer.json()["code"]) == (422, "photo_unfit")
    assert json.dumps(answer.json(), ensure_ascii=False).count("像素") == 1
