"""Courses: planned, filled by a set, held once; each who took part has the record that a roster would have made."""

import datetime as dt
from typing import Any

import pytest

from shibaiqian.access.actor import acting
from shibaiqian.access.command import NotVisible
from shibaiqian.access.flow import StepNotOpen
from shibaiqian.cadres.courses import COURSE, CourseUnsound, cancel_course, course_file, enrol, hold_course, open_course
from shibaiqian.cadres.models import Cadre, CourseSeat, TrainingCourse, TrainingRecord
from shibaiqian.cadres.tests.factories import DANFENG, LUONAN
from shibaiqian.postings.actions import appoint_officials
from shibaiqian.postings.tests.factories import WAITING, install, posting_row, roster
from shibaiqian.postings.trainings import without_induction, without_training
from shibaiqian.regions.models import Region

pytestmark = pytest.mark.django_db
INDUCTION = {
    "kind": "induction", "name": "第一书记岗前培训", "organiser": "洛南县委组织部", "place": "县委党校", "starts_on": dt.date(2016, 6, 1),
    "ends_on": dt.date(2016, 6, 3), "hours_tenths": 240,
}  # fmt: skip


@pytest.fixture
def clerk(actor: Any) -> Any:
    install(actor)
    return actor("county_org_admin", LUONAN)


@pytest.fixture
def course(clerk: Any) -> TrainingCourse:
    return open_course(Region.objects.get(pk=LUONAN), by=clerk, **INDUCTION)


def some(*names: str) -> list[Any]:
    return list(Cadre.unscoped.filter(name__in=names).order_by("name").values_list("pk", flat=True))


def test_who_took_part_has_a_record_and_who_was_absent_has_none(clerk: Any, course: TrainingCourse) -> None:
    wang, zhang, li = some("王朝辉"), some("张丽"), some("李明")
    assert enrol(course, cadres=wang + zhang, by=clerk) == 2
    assert enrol(course, cadres=zhang + li, by=clerk) == 1
    assert hold_course(course, absent=li, results={zhang[0]: "优秀"}, by=clerk) == 2
    kept = TrainingRecord.unscoped.order_by("result")
    assert [(r.cadre_id, r.result, r.hours_tenths, r.kind, r.course) for r in kept] == [
        (zhang[0], "优秀", 240, "induction", course.pk), (wang[0], "合格", 240, "induction", course.pk),
    ]  # fmt: skip
    with acting(clerk):
        assert {s.cadre_name: s.has_attended for s in course_file(clerk, course.pk).seats} == {"王朝辉": True, "张丽": True, "李明": False}


def test_induction_before_arrival_is_due_until_it_was_had(clerk: Any, course: TrainingCourse) -> None:
    village = Region.objects.filter(code__gte=LUONAN, code__lt=f"{LUONAN}:", level="village").order_by("code")[0].code
    row = posting_row(1, village, appointed_on=dt.date(2016, 6, 6), planned_end=dt.date(2018, 6, 5), **WAITING)
    appoint_officials(Region.objects.get(pk=LUONAN), rows=roster(row), by=clerk)
    with acting(clerk):
        assert [p.cadre_name for p in without_induction(clerk)] == ["王朝辉"]
    enrol(course, cadres=some("王朝辉"), by=clerk)
    hold_course(course, by=clerk)
    with acting(clerk):
        assert not without_induction(clerk).exists()


def test_one_training_a_year_is_asked_of_who_serves(clerk: Any, course: TrainingCourse) -> None:
    village = Region.objects.filter(code__gte=LUONAN, code__lt=f"{LUONAN}:", level="village").order_by("code")[0].code
    appoint_officials(Region.objects.get(pk=LUONAN), rows=roster(posting_row(1, village)), by=clerk)
    with acting(clerk):
        assert [p.cadre_name for p in without_training(clerk, year=2016)] == ["王朝辉"]
        assert not without_training(clerk, year=2014).exists()  # nobody had arrived
    enrol(course, cadres=some("王朝辉"), by=clerk)
    hold_course(course, by=clerk)
    with acting(clerk):
        assert not without_training(clerk, year=2016).exists()
        assert without_training(clerk, year=2017).exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"ends_on": dt.date(2016, 5, 1)}, "早于开始日期"),
        ({"hours_tenths": 400}, "每天不超过"),
        ({"hours_tenths": 0}, "大于零"),
        ({"place": " "}, "地点"),
        ({"kind": "party"}, "类别"),
        ({}, "已经登记过"),
    ],
)
def test_an_unsound_course_is_refused_in_words(clerk: Any, course: TrainingCourse, change: dict[str, Any], said: str) -> None:
    with pytest.raises(CourseUnsound, match=said):
        open_course(Region.objects.get(pk=LUONAN), by=clerk, **{**INDUCTION, **change})


def test_a_course_is_held_when_it_is_over_and_by_somebody(clerk: Any, course: TrainingCourse) -> None:
    with pytest.raises(CourseUnsound, match="没有人参加"):
        hold_course(course, by=clerk)
    later = open_course(Region.objects.get(pk=LUONAN), by=clerk, **{**INDUCTION, "ends_on": dt.date(2016, 6, 30)} | {"name": "再训"})
    enrol(later, cadres=some("王朝辉"), by=clerk)
    with pytest.raises(CourseUnsound, match="结束后登记"):
        hold_course(later, by=clerk)
    with pytest.raises(CourseUnsound, match="原因"):
        cancel_course(later, reason=" ", by=clerk)


def test_cadres_and_courses_of_others_are_out_of_reach(clerk: Any, course: TrainingCourse, actor: Any) -> None:
    with pytest.raises(CourseUnsound, match="没有登记任何人"):
        enrol(course, cadres=some("王朝辉", "周涛"), by=clerk)  # one of another county
    assert not CourseSeat.unscoped.exists()
    stranger = actor("county_org_admin", DANFENG)
    for attempt in (
        lambda: open_course(Region.objects.get(pk=LUONAN), by=stranger, **INDUCTION),
        lambda: enrol(course, cadres=some("周涛"), by=stranger),
        lambda: hold_course(course, by=stranger),
        lambda: cancel_course(course, reason="不办", by=stranger),
    ):
        with pytest.raises(NotVisible):
            attempt()


@pytest.mark.parametrize("state", COURSE.states)
def test_every_state_takes_the_steps_of_its_flow_and_no_other(clerk: Any, course: TrainingCourse, state: str) -> None:
    enrol(course, cadres=some("王朝辉"), by=clerk)
    steps: dict[str, Any] = {
        "enrol": lambda row: enrol(row, cadres=some("张丽"), by=clerk),
        "hold_course": lambda row: hold_course(row, by=clerk),
        "cancel_course": lambda row: cancel_course(row, reason="不办", by=clerk),
    }
    assert set(steps) == set(COURSE.steps)
    for step, act in steps.items():
        TrainingCourse.unscoped.filter(pk=course.pk).update(state=state)
        row = TrainingCourse.unscoped.get(pk=course.pk)
        if (state, step) in COURSE.table:
            act(row)
        else:
            with pytest.raises(StepNotOpen):
                act(row)
