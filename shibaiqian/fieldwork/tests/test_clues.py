"""Clues are questions: told to the author first, settled by what they say, above only on pattern; honest work gives none."""

import datetime as dt
import uuid
from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shibaiqian.access.actor import Actor, Forbidden, acting, system_actor
from shibaiqian.access.command import NotVisible
from shibaiqian.access.flow import StepNotOpen
from shibaiqian.access.models import User
from shibaiqian.access.own_case import OwnCase
from shibaiqian.assistance.tests.factories import DANFENG, LUONAN, registered, villages
from shibaiqian.audit.models import Event
from shibaiqian.base import clock
from shibaiqian.base.ids import new_id
from shibaiqian.fieldwork.actions import (
    ClueUnfit,
    DayLog,
    LogEntry,
    NotYours,
    PhotoOf,
    Point,
    Told,
    answer_question,
    correct_item,
    declare_emergency,
    explain_clue,
    find_clues,
    log_day,
    log_days,
    mend_clue,
    note_answer,
    open_question,
)
from shibaiqian.fieldwork.jobs import find_clues_at_night
from shibaiqian.fieldwork.models import Attachment, AttendanceDay, Clue, ClueQuestion, LogPoint, Visit, WorkLogItem
from shibaiqian.fieldwork.queries import clue_files, clues_of, counted, months, own_clues, own_questions, questions
from shibaiqian.fieldwork.tests.duty import MAY, TODAY, People, again
from shibaiqian.fieldwork.tests.test_clue_rules import LIKE, LONG, OTHER
from shibaiqian.indicators.engine import catalogue
from shibaiqian.messages.models import Message
from shibaiqian.regions.models import Region
from shibaiqian.reports.catalogue import KINDS

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
LONG_AGO = dt.date(2016, 5, 10)  # ten working days before which every clue has had its time
TEXTS = (LONG, OTHER, "请县上技术员到五组核桃园示范修剪，三十多户到场，先剪老树再讲拉枝，发了剪刀和愈合剂，约好秋天再来看一次效果")


@pytest.fixture
def people(actor: Any) -> People:
    return own(People(actor, villages(LUONAN)[0]))


def own(people: People) -> People:
    """The official with the account that is theirs."""
    people.official = replace(people.official, person=people.posting.cadre_id)
    return people


def night(on: dt.date = TODAY) -> int:
    with acting(system_actor("夜")) as by:
        return find_clues(Region.objects.get(pk=settings.ROOT_REGION), on=on, by=by)


def wrote(
    people: People, on: dt.date, text: str = LONG, *, at: dt.datetime | None = None, photo: int | None = None, category: str = "industry"
) -> None:
    photos = (PhotoOf(new_id().hex, "0" * 64, "image/jpeg", 1, photo),) if photo is not None else ()
    told = Told(at or dt.datetime.combine(on, dt.time(20), tzinfo=clock.SHANGHAI))
    log_day(people.posting, on=on, items=[LogEntry(category, text, photos=photos)], told=told, by=people.official)


def found(people: People) -> list[Clue]:
    with acting(people.official):
        return list(own_clues(people.official))


# --- what is found, and what is not ---------------------------------------------------------------------------------


def test_the_same_words_on_another_day_are_shown_to_the_author_side_by_side(people: People) -> None:
    wrote(people, dt.date(2016, 5, 3))
    wrote(people, dt.date(2016, 5, 20), LIKE)
    assert night() == 1
    with acting(people.official):
        (file,) = clue_files(people.official, own_clues(people.official))
    assert file.clue.kind == "own_text"
    assert [(side.on, side.content) for side in (*file.other, *file.own)] == [(dt.date(2016, 5, 3), LONG), (dt.date(2016, 5, 20), LIKE)]
    assert Message.objects.filter(user=people.official.user_id, key__startswith="clues_found").count() == 1


def test_a_night_again_finds_nothing_more_and_what_goes_on_joins_the_clue_that_is_open(people: People) -> None:
    for day in (3, 9, 20):
        wrote(people, dt.date(2016, 5, day))
    assert (night(), night()) == (1, 0)
    wrote(people, dt.date(2016, 6, 2))
    assert night() == 0
    (clue,) = found(people)
    assert len(clue.own) == 3 and clue.last_on == dt.date(2016, 6, 2)


def test_what_the_author_explained_is_not_asked_again(people: People) -> None:
    wrote(people, dt.date(2016, 5, 3))
    wrote(people, dt.date(2016, 5, 9))
    night()
    explain_clue(found(people)[0], words="每周到同一处看，话写得一样", by=people.official)
    wrote(people, dt.date(2016, 5, 16))
    assert night() == 0


def test_words_of_another_place_are_found_and_only_what_is_common_is_shown(people: People, actor: Any) -> None:
    other = own(People(actor, villages(DANFENG)[0], "P2"))
    wrote(other, dt.date(2016, 5, 3), f"{LONG}。张三家里有病人")
    wrote(people, dt.date(2016, 5, 20))
    assert night() == 1
    with acting(people.official):
        (file,) = clue_files(people.official, own_clues(people.official))
    assert file.clue.kind == "other_text"
    assert file.own[0].content == LONG
    assert not file.other[0].official and not file.other[0].place
    assert "查看猪舍改造" in file.other[0].content and "张三" not in file.other[0].content
    assert found(other) == []


def test_the_same_photo_on_another_day_is_found(people: People) -> None:
    wrote(people, dt.date(2016, 5, 3), "查看水源点", photo=0x0F0F_1234_5678_9ABC)
    wrote(people, dt.date(2016, 5, 20), "看望慰问", photo=0x0F0F_1234_5678_9ABE)
    wrote(people, dt.date(2016, 5, 25), "调解", photo=0x7777_1111_2222_3333)
    assert night() == 1
    with acting(people.official):
        (file,) = clue_files(people.official, own_clues(people.official))
    assert file.clue.kind == "own_photo" and file.own[0].photo and file.other[0].photo


def test_many_days_written_in_one_go_are_found(people: People) -> None:
    for n in range(12):
        wrote(people, dt.date(2016, 5, 2) + n * DAY, f"第{n}天", at=dt.datetime(2016, 6, 7, 21, 5 * n % 60, tzinfo=clock.SHANGHAI))
    assert night() == 1
    (clue,) = found(people)
    assert clue.kind == "backfill" and len(clue.own) == 12 and clue.seen["from"] == "2016-06-07 21:00"
    assert night() == 0


def test_a_phone_that_was_a_month_without_a_signal_gives_no_clue(people: People) -> None:
    """Thirty evenings that arrive in one request: what counts is when each was written on the phone."""
    days = [TODAY - n * DAY for n in range(30, 0, -1)]
    told = [Told(dt.datetime.combine(on, dt.time(20), tzinfo=clock.SHANGHAI)) for on in days]
    log_days(
        people.posting,
        days=[
            DayLog(on, (LogEntry("visit", f"入户了解近期生产生活情况，第{n}户"),), told=at)
            for n, (on, at) in enumerate(zip(days, told, strict=True))
        ],
        by=people.official,
    )
    assert night() == 0


def test_days_of_an_emergency_may_be_written_down_afterwards(people: People) -> None:
    declare_emergency(
        Region.objects.get(pk=LUONAN), kind="flood", starts_on=dt.date(2016, 5, 9), ends_on=dt.date(2016, 5, 30), reason="防汛二级响应",
        by=people.county,
    )  # fmt: skip
    for n in range(12):
        wrote(people, dt.date(2016, 5, 9) + n * DAY, f"第{n}天", at=dt.datetime(2016, 6, 7, 21, 5 * n % 60, tzinfo=clock.SHANGHAI))
    assert night() == 0


def test_logs_taken_over_from_elsewhere_say_nothing_of_when_they_were_written(people: People) -> None:
    for n in range(12):
        wrote(people, dt.date(2016, 5, 2) + n * DAY, f"第{n}天")
    with connection.cursor() as cursor:
        cursor.execute("update fieldwork_worklog set said_at = null, recorded_at = '2016-06-07 21:00+08'")
    assert night() == 0


def test_a_course_described_by_two_who_both_attended_gives_no_clue(people: People, actor: Any) -> None:
    other = own(People(actor, villages(DANFENG)[0], "P2"))
    course = "参加县委组织部第一书记培训班，上午讲精准识别程序，下午分组讨论产业到户的办法，晚上观看了典型村的录像片"
    wrote(other, dt.date(2016, 5, 3), course, category="study")
    wrote(people, dt.date(2016, 5, 5), course, category="study")
    assert night() == 0


def test_a_journey_is_looked_at_only_where_the_official_chose_to_give_points(people: People) -> None:
    def at(minute: int, point: Point | None, by: Actor) -> None:
        told = Told(dt.datetime(2016, 6, 7, 9, minute, tzinfo=clock.SHANGHAI), point)
        log_day(people.posting, on=dt.date(2016, 6, 7), items=[LogEntry("visit", f"第{minute}分")], told=told, by=by)

    near, far = Point(34_090_000, 110_150_000, 50), Point(33_870_000, 109_940_000, 50)
    at(0, near, people.official)
    at(1, None, people.official)
    at(2, far, replace(people.official, person=None))  # who writes for somebody says nothing of where they are
    assert LogPoint.unscoped.count() == 1 and night() == 0
    at(9, far, people.official)
    assert night() == 1
    (clue,) = found(people)
    assert clue.kind == "travel" and clue.seen == {"km": 31, "minutes": 9}
    with acting(people.town):
        assert not LogPoint.objects.visible_to(people.town).exists()


# --- the author ------------------------------------------------------------------------------------------------------


def clued(people: People, count: int = 1, *, on: dt.date = LONG_AGO) -> list[Clue]:
    """So many clues of the official, found on a day."""
    for n in range(count):
        wrote(people, dt.date(2016, 5, 2) - n * DAY, TEXTS[n])
        wrote(people, dt.date(2016, 5, 9) - n * DAY, TEXTS[n])
    assert night(on) == count
    return found(people)


def test_only_the_author_sees_and_settles_a_clue(people: People, actor: Any) -> None:
    (clue,) = clued(people)
    colleague = replace(actor("posted_cadre", people.village.code, name="同事"), person=new_id())
    stand_in = replace(people.official, person=None, standing_in_for=people.official.name, user_id=uuid.uuid4())
    for somebody in (people.town, people.county, people.city, people.clerk, colleague, stand_in, people.stranger):
        with acting(somebody):
            assert not Clue.objects.visible_to(somebody).exists()
            assert not list(own_clues(somebody))
        with pytest.raises((NotVisible, Forbidden)):
            explain_clue(clue, words="我来说", by=somebody)
    with pytest.raises(ClueUnfit, match="写一句"):
        explain_clue(clue, words=" ", by=people.official)
    assert explain_clue(clue, words="同样的活分几天做", by=people.official).state == "explained"
    with pytest.raises(ClueUnfit, match="已经说明"):
        explain_clue(again(clue), words="再说一遍", by=people.official)
    event = Event.objects.filter(action="fieldwork.explain_clue", outcome="done").get()
    assert "分几天做" not in event.canonical


def test_the_wall_itself_hides_a_clue_from_those_above(people: People) -> None:
    clued(people)
    for somebody, seen in ((people.official, 1), (people.town, 0), (people.county, 0), (people.city, 0), (people.clerk, 0)):
        with acting(somebody), connection.cursor() as cursor:
            cursor.execute("select count(*) from fieldwork_clue")
            assert cursor.fetchone()[0] == seen


def test_the_author_may_put_the_log_right_and_the_old_words_stay_on_record(people: People) -> None:
    (clue,) = clued(people)
    item = WorkLogItem.unscoped.get(pk=clue.own[0])
    with pytest.raises(ClueUnfit, match="实际情况"):
        mend_clue(clue, item=item.pk, content=item.content, by=people.official)
    with pytest.raises(NotVisible):
        mend_clue(clue, item=new_id(), content="别的", by=people.official)
    assert mend_clue(clue, item=item.pk, content="那天其实在镇上开会", by=people.official).state == "explained"
    assert again(item).voided_by is not None and again(item).content == LONG
    with acting(people.town):
        assert set(WorkLogItem.objects.visible_to(people.town).filter(log=item.log_id).values_list("content", flat=True)) == {
            "那天其实在镇上开会"
        }
    assert night() == 0


def test_a_corrected_thing_takes_its_visit_and_photos_along(people: People) -> None:
    home = registered(people.village.code, "H1")
    photo = PhotoOf("1" * 64, "0" * 64, "image/jpeg", 9, 5)
    log_day(people.posting, on=TODAY, items=[LogEntry("visit", "入户", household=home.pk, photos=(photo,))], by=people.official)
    item = WorkLogItem.unscoped.get()
    made = correct_item(item, content="入户核对收入", by=people.official)
    with acting(people.official):
        (visit,) = Visit.objects.visible_to(people.official)
        (attachment,) = Attachment.objects.visible_to(people.official)
    assert (visit.content, visit.log_item_id, attachment.item_id, attachment.picture_hash) == ("入户核对收入", made.pk, made.pk, 5)
    for somebody in (people.clerk, people.stranger, people.town):
        with pytest.raises((NotYours, NotVisible, Forbidden)):
            correct_item(made, content="别人改的", by=somebody)


# --- above, on pattern -----------------------------------------------------------------------------------------------


def test_a_question_is_raised_only_when_several_stood_without_a_word_past_their_day(people: People) -> None:
    clues = clued(people, 3)
    night(dt.date(2016, 5, 24))  # the tenth working day: the author still has it
    assert not ClueQuestion.unscoped.exists()
    night()
    question = ClueQuestion.unscoped.get()
    assert {again(clue).question_id for clue in clues} == {question.pk}
    night()
    assert ClueQuestion.unscoped.count() == 1


def test_two_clues_are_no_pattern_and_an_explained_one_does_not_count(people: People) -> None:
    clues = clued(people, 3)
    explain_clue(clues[0], words="一起去的", by=people.official)
    night()
    assert not ClueQuestion.unscoped.exists()


def test_clues_too_far_apart_are_no_pattern(people: People) -> None:
    clued(people, 3)
    Clue.unscoped.filter(pk=found(people)[0].pk).update(found_on=dt.date(2016, 3, 1), due_on=dt.date(2016, 3, 15))
    night()
    assert not ClueQuestion.unscoped.exists()


def test_who_has_no_account_to_answer_with_is_not_asked_about(people: People) -> None:
    clued(people, 3)
    User.objects.filter(pk=people.official.user_id).update(is_active=False)
    night()
    assert not ClueQuestion.unscoped.exists()


def asked(people: People) -> ClueQuestion:
    clued(people, 3)
    night()
    return ClueQuestion.unscoped.get()


def test_the_supervisors_of_the_place_see_the_question_and_nobody_else_does(people: People, actor: Any) -> None:
    question = asked(people)
    for somebody, sees in (
        (people.town, True), (people.county, True), (people.official, True), (people.city, False), (people.clerk, False),
        (people.stranger, False), (actor("town_poverty_admin", people.village.code[:9]), False),
        (actor("county_org_admin", "611022"), False), (actor("host_unit_leader", people.village.code), False),
    ):  # fmt: skip
        with acting(somebody):
            assert ClueQuestion.objects.visible_to(somebody).exists() is sees, somebody
            assert Clue.objects.visible_to(somebody).exists() is sees, somebody
    for somebody in (people.stranger, people.city, people.clerk, people.official):
        with pytest.raises((NotVisible, Forbidden)):
            open_question(question, by=somebody)
        with pytest.raises((NotVisible, Forbidden)):
            note_answer(question, words="他说", by=somebody)


def test_who_opened_and_what_was_asked_and_answered_is_on_record(people: People) -> None:
    question = open_question(asked(people), words="五月这几天的日志很像，是怎么回事？", by=people.town)
    assert (question.opened_by, question.state) == (people.town.name, "asked")
    with acting(people.town):
        files = clue_files(people.town, clues_of(people.town, question))
        assert len(files) == 3 and all(file.own[0].official == people.posting.cadre_name for file in files)
    with pytest.raises(StepNotOpen):
        open_question(again(question), by=people.county)
    answered = answer_question(again(question), words="连着三周抗旱，每天都是拉水", by=people.official)
    assert (answered.state, answered.answer) == ("answered", "连着三周抗旱，每天都是拉水")
    actions = set(Event.objects.filter(outcome="done", subject_id=str(question.pk)).values_list("action", flat=True))
    assert {"fieldwork.open_question", "fieldwork.answer_question"} <= actions
    with acting(people.town):
        assert not Clue.objects.visible_to(people.town).exists()
        assert not list(questions(people.town))
    assert all(clue.state == "explained" for clue in found(people))
    with acting(people.official):
        assert not list(own_questions(people.official))


def test_what_was_said_on_the_telephone_is_written_down_and_settles_it(people: People) -> None:
    question = open_question(asked(people), by=people.town)
    assert note_answer(again(question), words="电话里说明：连着抗旱", by=people.town).state == "answered"
    night()
    with acting(people.town):
        assert not Clue.objects.visible_to(people.town).exists()
    with pytest.raises(StepNotOpen):
        answer_question(again(question), words="我也说", by=people.official)


def test_a_clue_that_was_explained_goes_out_of_the_question_and_the_last_one_ends_it(people: People) -> None:
    question = asked(people)
    clues = found(people)
    explain_clue(clues[0], words="一", by=people.official)
    with acting(people.town):
        assert len(clues_of(people.town, question)) == 2
    explain_clue(again(clues[1]), words="二", by=people.official)
    explain_clue(again(clues[2]), words="三", by=people.official)
    assert again(question).state == "lapsed"
    with acting(people.town):
        assert not list(questions(people.town))


def test_nobody_answers_for_another_or_asks_about_themselves(people: People, actor: Any) -> None:
    question = asked(people)
    for somebody in (people.town, people.clerk, people.stranger):
        with pytest.raises((NotYours, NotVisible, Forbidden)):
            answer_question(question, words="替他说", by=somebody)
    own_town = replace(people.town, user_id=people.official.user_id, person=people.official.person)
    with pytest.raises(OwnCase):
        open_question(question, by=own_town)


def test_clues_vanish_after_their_time_with_points_and_questions(people: People) -> None:
    wrote(people, dt.date(2016, 5, 3))
    told = Told(dt.datetime(2016, 5, 3, 9, tzinfo=clock.SHANGHAI), Point(34_090_000, 110_150_000, 50))
    log_day(people.posting, on=dt.date(2016, 5, 4), items=[LogEntry("visit", "走访")], told=told, by=people.official)
    asked(people)
    night(dt.date(2016, 12, 20))
    assert not Clue.unscoped.exists() and not ClueQuestion.unscoped.exists() and not LogPoint.unscoped.exists()
    assert WorkLogItem.unscoped.filter(voided_by__isnull=True).count() == 8


# --- what clues are not ----------------------------------------------------------------------------------------------


def test_no_figure_and_no_report_knows_of_clues(people: People) -> None:
    for code, indicator in catalogue().items():
        assert "clue" not in str(vars(indicator)).lower(), code
    assert not [code for code in KINDS if "clue" in code]


def test_attendance_is_the_same_with_and_without_clues(people: People) -> None:
    wrote(people, dt.date(2016, 5, 3))
    wrote(people, dt.date(2016, 5, 20), LIKE)
    people.month()
    with acting(people.town):
        (before,) = counted(people.town, months(people.town, region=people.village.code, month=MAY))
    rows = AttendanceDay.unscoped.count()
    asked_of = night()
    with acting(people.town):
        (after,) = counted(people.town, months(people.town, region=people.village.code, month=MAY))
    assert asked_of == 1 and after.result == before.result and AttendanceDay.unscoped.count() == rows


def test_three_clues_are_read_with_as_many_queries_as_one(people: People) -> None:
    clued(people, 3)
    asked_for = []
    for number in (1, 3):
        with acting(people.official), CaptureQueriesContext(connection) as seen:
            assert len(clue_files(people.official, own_clues(people.official)[:number])) == number
        asked_for.append(len(seen))
    assert asked_for[0] == asked_for[1]


def test_the_nightly_job_does_the_whole_installation(people: People) -> None:
    wrote(people, dt.date(2016, 5, 3))
    wrote(people, dt.date(2016, 5, 20), LIKE)
    assert find_clues_at_night() == 1
    with pytest.raises(Forbidden):
        find_clues(Region.objects.get(pk=LUONAN), by=people.county)
