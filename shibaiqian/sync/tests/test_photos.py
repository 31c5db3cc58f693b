"""Photos come first, by the hash of their content, and are kept without what they say beside the picture."""

import datetime as dt
import errno
import hashlib
from typing import Any

import pytest

from shibaiqian.access.models import Assignment
from shibaiqian.assistance.tests.factories import villages
from shibaiqian.base import clock
from shibaiqian.files import store
from shibaiqian.sync.models import Upload
from shibaiqian.sync.photos import keep_photo
from shibaiqian.sync.tests.factories import Phone, Village, a_log, also

pytestmark = pytest.mark.django_db
EXIF = b"\xff\xe1\x00\x14Exif\x00\x00GPS 34.1,109"
JPEG = b"\xff\xd8\xff\xe0\x00\x07JFIF\0" + EXIF + b"\xff\xda\x00\x04cdpicture\xff\xd9"


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_a_photo_is_kept_without_its_place_and_again_is_the_same(phone: Phone) -> None:
    for _ in range(2):
        answer = phone.put(sha(JPEG), JPEG)
        assert answer.status_code == 200
        assert {"sha256": sha(JPEG), "size": len(JPEG)}.items() <= answer.json().items()
    kept = Upload.unscoped.get()
    assert store.read(kept.stored) == JPEG.replace(EXIF, b"")


def test_a_record_waits_for_its_photo_and_is_done_after_it(phone: Phone, village: Village) -> None:
    said = a_log(village, photos=[sha(JPEG)])
    (answer,) = phone.answers(said)
    assert (answer["status"], answer["missing"]) == ("photos_missing", [sha(JPEG)])
    phone.put(sha(JPEG), JPEG)
    assert phone.answers(said)[0]["status"] == "created"


@pytest.mark.parametrize(
    ("data", "kind", "status"),
    [
        (b"\xff\xd8" + b"x" * 400_001, "image/jpeg", 422),
        (b"<html>", "image/jpeg", 422),
        (JPEG[:30], "image/jpeg", 422),
        (JPEG, "image/gif", 422),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp", 422),
        (b"\x1aE\xdf\xa3voice", "audio/webm", 200),
        (b"\0\0\0\x18ftypmp42", "audio/mp4", 200),
        (b"voice", "audio/mp4", 422),
    ],
)
def test_only_pictures_and_voices_of_a_fit_size_are_taken(phone: Phone, data: bytes, kind: str, status: int) -> None:
    assert phone.put(sha(data), data, kind).status_code == status


def test_what_was_cut_on_the_way_is_not_taken(phone: Phone) -> None:
    assert phone.put(sha(JPEG), JPEG[:-4]).status_code == 422
    assert phone.put("x" * 64, JPEG).status_code == 422
    assert not Upload.unscoped.exists()


def test_a_full_disk_is_said_in_words_and_leaves_nothing(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: Any) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(store, "keep", full)
        answer = phone.put(sha(JPEG), JPEG)
    assert (answer.status_code, answer.json()["code"]) == (507, "disk_full") and "存储空间已满" in answer.json()["message"]
    assert not Upload.unscoped.exists()
    assert phone.put(sha(JPEG), JPEG).status_code == 200


def test_a_photo_of_another_person_is_no_photo_of_mine(phone: Phone, village: Village, actor: Any) -> None:
    from shibaiqian.regions.models import Region

    other = actor("posted_cadre", village.code)
    keep_photo(Region(code=village.code), sha256=sha(JPEG), kind="image/jpeg", data=JPEG, by=other)
    assert phone.answers(a_log(village, photos=[sha(JPEG)]))[0]["status"] == "photos_missing"


@pytest.mark.parametrize("sent_by", ["old", "new", "both"])
def test_a_photo_and_its_record_meet_when_the_posting_moved_between_them(phone: Phone, village: Village, sent_by: str) -> None:
    if sent_by != "new":
        assert phone.put(sha(JPEG), JPEG).status_code == 200
    other = villages("611021", 2)[1]
    Assignment.objects.filter(pk=village.role.pk).update(ended_at=clock.wall_now())
    moved = Phone.of(also(village.role.user, other.code, since=dt.date(2016, 6, 6)))
    if sent_by != "old":
        assert moved.put(sha(JPEG), JPEG).json()["size"] == len(JPEG)
    assert [a["status"] for a in moved.answers(a_log(village, photos=[sha(JPEG)]))] == ["created"]
