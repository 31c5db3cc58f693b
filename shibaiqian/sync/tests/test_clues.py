"""What a phone brings for the night's look: when something was written, a photo's look, a point where somebody chose to give one."""

import datetime as dt
import hashlib
import io
import random
from typing import Any

import pytest
from django.conf import settings
from PIL import Image

from shibaiqian.access.actor import acting, system_actor
from shibaiqian.access.models import User
from shibaiqian.base import clock
from shibaiqian.fieldwork.actions import find_clues
from shibaiqian.fieldwork.models import Attachment, Clue, LogPoint, WorkLog
from shibaiqian.files.pictures import picture_hash
from shibaiqian.policy.actions import install_defaults
from shibaiqian.regions.models import Region
from shibaiqian.sync.models import Upload
from shibaiqian.sync.tests.factories import TODAY, Phone, Village, a_log, a_village, operation

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
POINT = {"latitude_e6": 34_090_000, "longitude_e6": 110_150_000, "accuracy_m": 30}


@pytest.fixture
def village() -> Village:
    install_defaults()
    return a_village()


def night() -> int:
    with acting(system_actor("夜")) as by:
        return find_clues(Region.objects.get(pk=settings.ROOT_REGION), by=by)


def logs_of_a_month(village: Village, *, late: Any) -> list[dict[str, Any]]:
    """Thirty days, each said to have been written `late(n)` before now."""
    now = clock.wall_now()
    return [
        a_log(village, on=TODAY - n * DAY, content=f"走访第{n}户，记下要办的事", at=(now - late(n)).isoformat()) for n in range(30, 0, -1)
    ]


def test_a_phone_that_comes_home_after_thirty_days_offline_gives_no_clue(phone: Phone, village: Village) -> None:
    answers = phone.answers(*logs_of_a_month(village, late=lambda n: n * DAY))
    assert {answer["status"] for answer in answers} == {"created"}
    said = dict(WorkLog.unscoped.values_list("on", "said_at"))
    assert all(moment.astimezone(clock.SHANGHAI).date() == on for on, moment in said.items()) and len(said) == 30
    assert night() == 0


def test_a_clock_that_is_an_hour_off_is_put_right(phone: Phone, village: Village) -> None:
    ahead = clock.wall_now() + dt.timedelta(hours=1)
    said = a_log(village, on=TODAY - 5 * DAY, at=(ahead - 5 * DAY).isoformat())
    assert phone.answers(said, sent_at=ahead)[0]["status"] == "created"
    moment = WorkLog.unscoped.get().said_at
    assert abs(moment - (clock.business_now() - 5 * DAY)) < dt.timedelta(minutes=2)


def test_a_clock_that_cannot_have_been_right_says_nothing_of_when_it_was_written(phone: Phone, village: Village) -> None:
    """Its clock stood a year ahead when the days were written: they are taken, and nobody knows when."""
    answers = phone.answers(*logs_of_a_month(village, late=lambda n: n * DAY - 365 * DAY))
    assert {answer["status"] for answer in answers} == {"created"}
    assert night() == 0


def test_the_same_month_written_in_one_evening_is_a_clue(phone: Phone, village: Village) -> None:
    User.objects.filter(pk=village.role.user_id).update(person=village.posting.cadre_id)
    phone.answers(*logs_of_a_month(village, late=lambda n: dt.timedelta(minutes=2 * n)))
    assert night() == 1
    assert Clue.unscoped.get().kind == "backfill"


def photo(seed: int) -> bytes:
    luck = random.Random(seed)  # noqa: S311
    rough = Image.new("RGB", (12, 9))
    rough.putdata([tuple(luck.choices(range(256), k=3)) for _ in range(108)])
    buffer = io.BytesIO()
    rough.resize((640, 480), Image.Resampling.BICUBIC).save(buffer, "JPEG", quality=80)
    return buffer.getvalue()


def test_a_photo_sent_again_in_the_log_of_another_day_is_found_by_its_look(phone: Phone, village: Village) -> None:
    for on, data in ((TODAY - 9 * DAY, photo(1)), (TODAY - 2 * DAY, photo(1) + b"\x00"), (TODAY - DAY, photo(2))):
        sha = hashlib.sha256(data).hexdigest()
        assert phone.put(sha, data).status_code == 200
        assert phone.answers(a_log(village, on=on, photos=[sha]))[0]["status"] == "created"
    assert set(Attachment.unscoped.values_list("picture_hash", flat=True)) == {picture_hash(photo(1)), picture_hash(photo(2))}
    assert night() == 1
    assert Clue.unscoped.get().kind == "own_photo"


def test_a_photo_that_no_decoder_opens_is_kept_without_a_look(phone: Phone, village: Village) -> None:
    broken = b"\xff\xd8\xff\xe0\x00\x07JFIF\0\xff\xda\x00\x04cdpicture\xff\xd9"
    sha = hashlib.sha256(broken).hexdigest()
    assert phone.put(sha, broken).status_code == 200
    assert phone.answers(a_log(village, photos=[sha]))[0]["status"] == "created"
    assert Upload.unscoped.get().picture_hash is None and Attachment.unscoped.get().picture_hash is None


def with_point(village: Village, point: Any, **more: Any) -> dict[str, Any]:
    said = a_log(village, **more)
    return {**said, "body": {**said["body"], "point": point}}


def test_a_point_is_kept_for_its_author_and_one_that_cannot_be_is_left_out_without_a_word(phone: Phone, village: Village) -> None:
    User.objects.filter(pk=village.role.user_id).update(person=village.posting.cadre_id)
    for n, point in enumerate((POINT, {**POINT, "latitude_e6": 99_000_000}, {"latitude_e6": 1}, "34,110", {**POINT, "accuracy_m": -1})):
        assert phone.answers(with_point(village, point, content=f"第{n}件"))[0]["status"] == "created"
    assert list(LogPoint.unscoped.values_list("latitude_e6", "longitude_e6", "accuracy_m")) == [(34_090_000, 110_150_000, 30)]


def test_a_visit_may_carry_a_point_and_need_not(phone: Phone, village: Village) -> None:
    User.objects.filter(pk=village.role.user_id).update(person=village.posting.cadre_id)
    body = {"posting": str(village.posting.pk), "household": str(village.household.pk), "on": TODAY.isoformat()}
    for more in ({"content": "问了"}, {"content": "又问了", "point": POINT}):
        said = operation("visit_facts", {**body, "facts": {"needs": "修水窖"}, **more}, base=0)
        assert phone.answers(said)[0]["status"] == "created"
    assert list(LogPoint.unscoped.values_list("latitude_e6", "longitude_e6", "accuracy_m")) == [(34_090_000, 110_150_000, 30)]


def test_the_same_record_sent_again_is_the_same_however_the_clocks_stand(phone: Phone, village: Village) -> None:
    said = with_point(village, POINT)
    assert phone.answers(said)[0]["status"] == "created"
    assert phone.answers(said, sent_at=clock.wall_now() + dt.timedelta(hours=3))[0]["status"] == "duplicate"
    assert WorkLog.unscoped.count() == 1
