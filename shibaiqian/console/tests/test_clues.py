"""Clues on pages: the author reads both sides and says a word; a supervisor is asked to ask, and reads only after a press that is kept."""

import datetime as dt
import hashlib
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from shibaiqian.access.actor import acting, system_actor
from shibaiqian.access.models import User
from shibaiqian.console.tests.factories import OTHER_COUNTY, World, sign_in, text
from shibaiqian.fieldwork.actions import LogEntry, PhotoOf, find_clues, log_day
from shibaiqian.fieldwork.models import Attachment, Clue, ClueQuestion, WorkLogItem
from shibaiqian.files import store
from shibaiqian.policy.actions import install_defaults
from shibaiqian.regions.models import Region

pytestmark = pytest.mark.django_db
SHIBAIQIAN = Path(__file__).parents[2]
TEXTS = (
    "到三组查看猪舍改造，与户主算了饲料和仔猪的账，缺三千元周转，答应帮他问互助资金，下周二再来看改造进度",
    "和电力所的人一起量了四组低电压农户的电表，登记九户，先换变压器再换线，月底前施工，群众同意停电半天",
    "请县上技术员到五组核桃园示范修剪，三十多户到场，先剪老树再讲拉枝，发了剪刀和愈合剂，约好秋天再来看一次效果",
)
# What no text about logs says: it would be a verdict (§12).
VERDICTS = re.compile("造假|作假|违规|违纪|扣分|弄虚|抄袭|雷同|异常|可疑|嫌疑|排名第|警告|处理意见")


@pytest.fixture(autouse=True)
def policy() -> None:
    install_defaults()


@pytest.fixture
def official(world: World) -> Client:
    client = sign_in("posted_cadre", world.village.code, name=world.posting.cadre_name)
    User.objects.filter(name=world.posting.cadre_name).update(person=world.posting.cadre_id)
    return client


@pytest.fixture
def town(world: World) -> Client:
    return sign_in("town_party_admin", world.village.code[:9], name="组织委员")


def night(on: dt.date) -> None:
    with acting(system_actor("夜")) as by:
        find_clues(Region.objects.get(pk=settings.ROOT_REGION), on=on, by=by)


def repeated(world: World, count: int = 1, *, photo: bytes = b"") -> None:
    """So many texts, each in the logs of two days, found in May."""
    photos = (PhotoOf(hashlib.sha256(photo).hexdigest(), store.keep(photo), "image/jpeg", len(photo), 12345),) if photo else ()
    with acting(system_actor("写", region=world.village.code)) as by:
        for n, words in enumerate(TEXTS[:count]):
            for on in (dt.date(2016, 4, 4 + n), dt.date(2016, 5, 3 + n)):
                log_day(world.posting, on=on, items=[LogEntry("industry", words, photos=photos)], by=by)
    night(dt.date(2016, 5, 10))


def test_the_author_reads_both_sides_and_a_word_settles_it(official: Client, world: World) -> None:
    assert "想请你说一句" not in text(official.get("/field/"))
    repeated(world)
    assert "/clues/" in text(official.get("/field/"))
    page = text(official.get("/clues/"))
    assert page.count(TEXTS[0]) == 3 and "2016-04-04" in page and "2016-05-03" in page  # two sides, and the form that puts it right
    clue = Clue.unscoped.get()
    page = text(official.post(f"/clues/{clue.pk}/", {"words": "同样的活分几天做"}, follow=True))
    assert "到此为止" in page and "同样的活分几天做" in page
    assert "想请你说一句" not in text(official.get("/field/"))


def test_the_author_puts_the_log_right_on_the_same_page(official: Client, world: World) -> None:
    repeated(world)
    clue = Clue.unscoped.get()
    official.post(f"/clues/{clue.pk}/", {"item": str(clue.own[0]), "content": "那天在镇上开会"})
    assert WorkLogItem.unscoped.filter(voided_by__isnull=True, content="那天在镇上开会").exists()
    assert official.post(f"/clues/{clue.pk}/", {"item": "x", "content": "y"}).status_code == 404
    assert "已经说明" in text(official.post(f"/clues/{clue.pk}/", {"words": "再说"}, follow=True))


def test_the_photos_stand_side_by_side_for_the_author_alone(official: Client, town: Client, world: World) -> None:
    repeated(world, photo=b"\xff\xd8 a picture")
    assert text(official.get("/clues/")).count("<img ") == 2
    photo = Attachment.unscoped.first()
    assert photo is not None
    answer = official.get(f"/clues/photos/{photo.pk}/")
    assert answer.content == b"\xff\xd8 a picture" and answer["Content-Type"] == "image/jpeg" and "no-store" in answer["Cache-Control"]
    assert town.get(f"/clues/photos/{photo.pk}/").status_code == 404


def test_nobody_else_reaches_a_clue(official: Client, town: Client, world: World) -> None:
    repeated(world)
    clue = Clue.unscoped.get()
    others = (
        town, sign_in("posted_cadre", world.village.code), sign_in("village_admin", world.village.code), sign_in("county_org_admin", "611021"),
        sign_in("town_party_admin", f"{OTHER_COUNTY}101"),
    )  # fmt: skip
    for somebody in others:
        page = somebody.get("/clues/")
        assert page.status_code == 404 or TEXTS[0] not in text(page)
        assert somebody.post(f"/clues/{clue.pk}/", {"words": "替他说"}).status_code == 404
    assert TEXTS[0] not in text(town.get("/daily/")) and "问一问本人" not in text(town.get("/daily/"))


def test_the_town_is_asked_to_ask_and_reads_after_a_press_that_is_kept(official: Client, town: Client, world: World) -> None:
    repeated(world, 3)
    night(dt.date(2016, 6, 8))
    question = ClueQuestion.unscoped.get()
    assert "想请您问一问本人" in text(town.get("/daily/")) and "处日志想请问一问本人" in text(town.get("/"))
    url = f"/questions/{question.pk}/"
    page = text(town.get(url))
    assert "不是结论" in page and TEXTS[0] not in page
    page = text(town.post(f"{url}open_question/", {"words": "这几天怎么样？"}, follow=True))
    assert all(words in page for words in TEXTS)
    assert "这几天怎么样？" in text(official.get("/clues/"))
    page = text(official.post(f"{url}answer_question/", {"words": "三周抗旱"}, follow=True))
    assert "记下了" in page
    page = text(town.get(url))
    assert "三周抗旱" in page and TEXTS[0] not in page
    assert "问一问本人" not in text(town.get("/daily/"))


def test_what_was_said_on_the_telephone_is_written_down(official: Client, town: Client, world: World) -> None:
    repeated(world, 3)
    night(dt.date(2016, 6, 8))
    url = f"/questions/{ClueQuestion.unscoped.get().pk}/"
    assert "不能办理" in text(town.post(f"{url}note_answer/", {"words": "先记"}, follow=True))
    town.post(f"{url}open_question/")
    assert "电话里说过了" in text(town.post(f"{url}note_answer/", {"words": "电话里说过了"}, follow=True))
    assert town.post(f"{url}shout/").status_code == 404


def test_another_town_and_the_official_do_not_open_the_question(official: Client, town: Client, world: World) -> None:
    repeated(world, 3)
    night(dt.date(2016, 6, 8))
    url = f"/questions/{ClueQuestion.unscoped.get().pk}/"
    for somebody in (
        official,
        sign_in("town_party_admin", f"{OTHER_COUNTY}101"),
        sign_in("city_org_admin", "6110"),
        sign_in("village_admin", world.village.code),
    ):
        assert somebody.get(url).status_code == 404
        assert somebody.post(f"{url}open_question/").status_code == 404
    assert ClueQuestion.unscoped.get().state == "waiting"


def test_no_text_about_logs_is_a_verdict_and_no_page_counts_or_ranks() -> None:
    files = [
        *(SHIBAIQIAN / "console/templates/console/duty").glob("clue*.html"), SHIBAIQIAN / "console/templates/console/duty/question.html",
        *(SHIBAIQIAN / "fieldwork").glob("*/clue*.py"), SHIBAIQIAN / "console/duty/clues.py", SHIBAIQIAN / "reports/samples.py",
        *(SHIBAIQIAN.parent / "docs/handbook").glob("*.md"),
    ]  # fmt: skip
    assert len(files) > 12
    for path in files:
        said = path.read_text()
        if path.suffix == ".md":
            said = "".join(part for part in said.split("\n## ") if "日志线索" in part)
        assert not VERDICTS.findall(said), path
