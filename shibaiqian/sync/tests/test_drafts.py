"""Drafts over the phone: typed by the village, accepted by the official, whatever the order, the phone or the console."""

import base64
from typing import Any

import pytest

from shibaiqian.access.models import Assignment
from shibaiqian.fieldwork.actions import accept_draft
from shibaiqian.fieldwork.models import Attachment, Draft, PracticalService, Visit, WorkLogItem
from shibaiqian.households.models import Household
from shibaiqian.postings.models import Posting
from shibaiqian.sync.devices import actor_of, sign_out_device
from shibaiqian.sync.models import Device
from shibaiqian.sync.tests.factories import PASSWORD, TODAY, Phone, Village, a_log, a_village, account, operation
from shibaiqian.sync.tests.test_photos import EXIF, JPEG, sha

pytestmark = pytest.mark.django_db


@pytest.fixture
def official(village: Village) -> Phone:
    return Phone.of(village.role)


@pytest.fixture
def clerk(village: Village) -> Phone:
    return Phone.of(account(village.code, login="clerk", role="village_admin", name="李会计"))


def a_draft(village: Village, **more: Any) -> dict[str, Any]:
    service = {"kind": "care", "amount_cents": 5000}
    item = {"category": "visit", "content": "送药上门", "household": str(village.household.pk), "service": service}
    return operation("draft", {"posting": str(village.posting.pk), "on": TODAY.isoformat(), "items": [item]}, **more)


def accept(village: Village, draft: str, **more: Any) -> dict[str, Any]:
    body = {"draft": draft, "posting": str(village.posting.pk), "on": TODAY.isoformat(), "category": "visit", "content": "送药，量血压"}
    return operation("draft_accept", {**body, **more})


def section(phone: Phone) -> dict[str, Any]:
    found: dict[str, Any] = phone.get("slice").json()["sections"]["drafts"]
    return found


def test_a_draft_goes_to_the_official_and_comes_back_as_a_record(village: Village, official: Phone, clerk: Phone) -> None:
    assert [one["name"] for one in section(clerk)["officials"]] == [village.posting.cadre_name]
    (sent,) = clerk.answers(a_draft(village))
    (draft,) = sent["result"]["drafts"]
    assert not WorkLogItem.unscoped.exists()
    (waits,) = section(official)["waiting"]
    assert (waits["id"], waits["by"], waits["head"], waits["service"], waits["amount_cents"]) == (draft, "李会计", "张猛虎", "care", 5000)
    (answer,) = official.answers(accept(village, draft, amount_cents=6000))
    assert (answer["status"], answer["result"]["item"]) == ("created", draft)
    assert section(official)["waiting"] == []
    (told,) = section(clerk)["typed"]
    assert told["state"] == "accepted"
    assert (Visit.unscoped.get().typed_by, PracticalService.unscoped.get().amount_cents) == ("李会计", 6000)
    (item,) = official.get("slice").json()["logs"][0]["items"]
    assert (item["id"], item["content"], item["by"]) == (draft, "送药，量血压", "李会计")


def test_two_phones_and_the_console_make_one_record(village: Village, official: Phone, clerk: Phone) -> None:
    draft = clerk.answers(a_draft(village))[0]["result"]["drafts"][0]
    second = Phone.of(village.role)
    assert [phone.answers(accept(village, draft))[0]["status"] for phone in (official, second)] == ["created", "created"]
    kept = Draft.unscoped.get()
    accept_draft(kept, on=TODAY, category="visit", content="别的话", by=actor_of(Device.objects.filter(user=village.role.user).first()))
    assert [item.content for item in WorkLogItem.unscoped.all()] == ["送药，量血压"]


def test_a_draft_sent_twice_is_one_draft(village: Village, clerk: Phone) -> None:
    said = a_draft(village)
    assert [clerk.answers(said)[0]["status"] for _ in range(2)] == ["created", "duplicate"]
    assert Draft.unscoped.count() == 1


def test_photos_of_a_draft_go_with_it_into_the_record(village: Village, official: Phone, clerk: Phone) -> None:
    said = a_draft(village, photos=[sha(JPEG)])
    assert clerk.answers(said)[0]["status"] == "photos_missing"
    clerk.put(sha(JPEG), JPEG)
    draft = clerk.answers(said)[0]["result"]["drafts"][0]
    assert not Attachment.unscoped.exists()
    seen = official.get(f"drafts/{draft}/photos/1").json()
    assert (seen["kind"], base64.b64decode(seen["data"])) == ("image/jpeg", JPEG.replace(EXIF, b""))
    assert official.get(f"drafts/{draft}/photos/2").status_code == a_head(village).get(f"drafts/{draft}/photos/1").status_code == 404
    official.answers(accept(village, draft))
    assert Attachment.unscoped.get().sha256 == sha(JPEG)


def test_a_returned_draft_says_why_and_one_taken_back_is_not_accepted(village: Village, official: Phone, clerk: Phone) -> None:
    first, second = (clerk.answers(a_draft(village))[0]["result"]["drafts"][0] for _ in range(2))
    official.answers(operation("draft_return", {"draft": first, "posting": str(village.posting.pk), "word": "不是那天"}))
    clerk.answers(operation("draft_withdraw", {"draft": second}))
    states = {row["id"]: (row["state"], row.get("word")) for row in section(clerk)["typed"]}
    assert states == {first: ("returned", "不是那天"), second: ("withdrawn", None)}
    (late,) = official.answers(accept(village, second))
    assert late["status"] == "rejected" and "已撤回" in late["message"]
    assert not WorkLogItem.unscoped.exists()


def test_a_draft_that_comes_after_the_official_left_is_refused_in_words_and_kept(village: Village, official: Phone, clerk: Phone) -> None:
    waiting = clerk.answers(a_draft(village))[0]["result"]["drafts"][0]
    Posting.unscoped.update(ended_on=TODAY, state="ended")
    (late,) = clerk.answers(a_draft(village))
    assert late["status"] == "rejected" and "的任职已于 2016-06-08 结束" in late["message"]
    (told,) = section(clerk)["typed"]
    assert (told["id"], told["state"]) == (waiting, "given_back")


def test_who_types_writes_no_record_and_who_answers_types_no_draft(village: Village, official: Phone, clerk: Phone) -> None:
    (log,) = clerk.answers(a_log(village))
    (draft,) = official.answers(a_draft(village))
    assert {log["status"], draft["status"]} == {"rejected"} and "角色" in log["message"]
    assert not WorkLogItem.unscoped.exists() and not Draft.unscoped.exists()


def test_a_group_head_types_and_sees_nothing_private(village: Village, official: Phone) -> None:
    Household.unscoped.filter(pk=village.household.pk).update(group="四组")
    head = a_head(village, "四组")
    assert set(head.get("me").json()["kinds"]) == {"draft", "draft_withdraw", "message_read"}
    assert head.answers(a_draft(village))[0]["status"] == "created"
    (household,) = head.get("slice").json()["households"]
    assert not household.keys() & {"phone", "contact", "needs"}
    assert section(official)["waiting"][0]["by"] == "四组组长"


def a_head(village: Village, *groups: str) -> Phone:
    role = account(village.code, login="head", role="group_head", name="四组组长")
    Assignment.objects.filter(pk=role.pk).update(groups=groups)
    return Phone.of(role)


def test_a_group_heads_phone_holds_his_group_and_types_for_no_other(village: Village, official: Phone) -> None:
    head = a_head(village, "九组")
    slice_ = head.get("slice").json()
    assert slice_["households"] == []
    (answer,) = head.answers(a_draft(village))
    assert answer["status"] == "rejected" and not Draft.unscoped.exists()
    Household.unscoped.filter(pk=village.household.pk).update(group="九组")
    told = head.get(f"slice?since={slice_['cursor']}").json()
    assert told["whole"] and [one["id"] for one in told["households"]] == [str(village.household.pk)]
    unchanged = head.get(f"slice?since={told['cursor']}").json()
    assert not unchanged["whole"]
    Household.unscoped.filter(pk=village.household.pk).update(group="三组")
    assert head.get(f"slice?since={told['cursor']}").json()["households"] == []


def test_another_village_finds_no_draft(village: Village, clerk: Phone) -> None:
    draft = clerk.answers(a_draft(village))[0]["result"]["drafts"][0]
    far = a_village("611022", login="far")
    stranger, their_clerk = Phone.of(far.role), Phone.of(account(far.code, login="far-clerk", role="village_admin"))
    assert stranger.answers(accept(far, draft))[0]["status"] == "rejected"
    assert their_clerk.answers(operation("draft_withdraw", {"draft": draft}), a_draft(village))[0]["status"] == "rejected"
    assert Draft.unscoped.get().state == "waiting"
    assert section(stranger)["waiting"] == []


def test_signing_one_account_out_of_a_shared_phone_leaves_the_other(village: Village) -> None:
    account(village.code, login="clerk", role="village_admin", name="李会计")
    phone = Phone()
    phone.sign_in()
    mine = phone.token
    phone.sign_in("clerk", PASSWORD)
    theirs = Device.objects.get(assignment=Assignment.objects.get(role="village_admin"))
    sign_out_device(theirs, by=actor_of(theirs))
    assert phone.get("me").status_code == 401
    phone.token = mine
    assert phone.get("me").status_code == 200
