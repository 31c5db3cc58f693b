"""Reports on duty: submitted by the official, voted on without a trace of who said what, closed when all is put right."""

import datetime as dt
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shibaiqian.access.actor import Actor, Forbidden, acting
from shibaiqian.access.command import NotVisible
from shibaiqian.access.flow import StepNotOpen
from shibaiqian.access.models import User
from shibaiqian.access.own_case import OwnCase
from shibaiqian.assistance.tests.factories import DANFENG, TODAY, villages
from shibaiqian.audit.models import Event
from shibaiqian.base import clock
from shibaiqian.fieldwork.actions import (
    LogEntry,
    NotOwnPaper,
    ReportUnsound,
    hear_report,
    log_day,
    rectify,
    submit_report,
    take_back_report,
    write_report,
)
from shibaiqian.fieldwork.models import DutyReport, DutyReportItem
from shibaiqian.fieldwork.procedures import DUTY_REPORT, Ballot, ballot_faults
from shibaiqian.fieldwork.queries import duty_report_file, last_half, owing_reports
from shibaiqian.postings.models import Posting
from shibaiqian.regions.models import Region

pytestmark = pytest.mark.django_db
VOTE = Ballot(invited=40, present=38, issued=38, returned=37, valid=36, good=30, fairly_good=4, average=1, poor=1)
MEETING = {"on": TODAY, "chair": "刘书记", "attendees": "党员 23 人、村民代表 15 人", "ballot": VOTE}


@pytest.fixture
def official(actor: Any, village: Region) -> Actor:
    by: Actor = actor("posted_cadre", village.code, name="王朝辉")
    return by


@pytest.fixture
def town(actor: Any, village: Region) -> Actor:
    by: Actor = actor("town_party_admin", village.code[:9])
    return by


def submitted(posting: Posting, official: Actor) -> DutyReport:
    return submit_report(write_report(posting, year=2015, half=2, text="履职情况", by=official), by=official)


def test_a_report_is_heard_voted_on_and_closed_when_all_is_put_right(official: Actor, town: Actor, posting: Posting) -> None:
    log_day(posting, on=dt.date(2015, 9, 1), items=[LogEntry("meeting", "开会")], by=official)
    report = submitted(posting, official)
    assert report.facts["items"] == 1
    report = hear_report(report, **MEETING, comments="多到组里去", items=[("水渠没有修完", dt.date(2016, 8, 31))], by=town)
    assert (report.state, report.good, report.valid) == ("rectifying", 30, 36)
    item = DutyReportItem.unscoped.get()
    with pytest.raises(ReportUnsound, match="整改结果"):
        rectify(item, result=" ", on=TODAY, by=official)
    with pytest.raises(NotOwnPaper):
        rectify(item, result="修完了", on=TODAY, by=replace(official, standing_in_for="王朝辉"))
    rectify(item, result="修完了", on=TODAY, by=official)
    with acting(official):
        assert duty_report_file(official, report.pk).report.state == "closed"


def test_what_was_put_right_is_not_written_over(official: Actor, town: Actor, posting: Posting) -> None:
    due = dt.date(2016, 8, 31)
    hear_report(submitted(posting, official), **MEETING, items=[("水渠没有修完", due), ("账目没有公开", due)], by=town)
    item = DutyReportItem.unscoped.get(seq=1)
    rectify(item, result="修完了", on=TODAY, by=official)
    with pytest.raises(ReportUnsound, match="不能改写"):
        rectify(item, result="没有修完", on=TODAY, by=official)


def test_a_report_without_anything_to_put_right_is_closed_at_once(official: Actor, town: Actor, posting: Posting) -> None:
    assert hear_report(submitted(posting, official), **MEETING, by=town).state == "closed"


def test_nothing_leads_from_a_voter_to_an_answer(official: Actor, town: Actor, posting: Posting) -> None:
    hear_report(submitted(posting, official), **MEETING, comments="某人的原话", by=town)
    assert {f.name for f in fields(Ballot)} <= {f.name for f in DutyReport._meta.concrete_fields}
    related = [f.related_model for f in DutyReport._meta.concrete_fields if f.is_relation]
    assert User not in related and len(related) == 2  # posting and place
    assert "某人的原话" not in Event.objects.order_by("-id")[0].canonical


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"present": 41}, "到会人数大于应到"),
        ({"issued": 39}, "发出票数大于到会"),
        ({"returned": 39}, "收回票数大于发出"),
        ({"valid": 38, "good": 32}, "有效票数大于收回"),
        ({"good": 29}, "不符"),
        ({"present": 4, "issued": 4, "returned": 4, "valid": 4, "good": 4, "fairly_good": 0, "average": 0, "poor": 0}, "推知个人"),
    ],
)
def test_votes_that_do_not_agree_are_refused_in_words(
    official: Actor, town: Actor, posting: Posting, change: dict[str, int], said: str
) -> None:
    report = submitted(posting, official)
    with pytest.raises(ReportUnsound, match=said):
        hear_report(report, **{**MEETING, "ballot": replace(VOTE, **change)}, by=town)
    report.refresh_from_db()
    assert report.state == "submitted"


@given(st.lists(st.integers(0, 60), min_size=9, max_size=9))
def test_what_the_check_lets_through_the_table_holds(numbers: list[int]) -> None:
    b = Ballot(*numbers)
    sound = b.present <= b.invited and b.issued <= b.present and b.returned <= b.issued and b.valid <= b.returned
    sound = sound and b.valid == b.good + b.fairly_good + b.average + b.poor and b.issued >= 5
    assert (ballot_faults(b, least=5) == []) == sound


def test_a_period_lies_in_the_posting(official: Actor, posting: Posting) -> None:
    for year, half in ((2014, 2), (2016, 2), (2016, 7)):
        with pytest.raises(ReportUnsound):
            write_report(posting, year=year, half=half, text="履职", by=official)
    with pytest.raises(ReportUnsound, match="述职内容"):
        write_report(posting, year=2015, half=2, text=" ", by=official)
    assert write_report(posting, year=2015, half=0, text="全年履职", by=official).period == "2015年度"


def test_nobody_hears_the_own_report(actor: Any, official: Actor, posting: Posting) -> None:
    user = User.objects.create(login="wang", name="王朝辉", person=posting.cadre_id, created_at=clock.wall_now())
    himself = actor("town_party_admin", posting.region_id[:9], user_id=user.pk)
    with pytest.raises(OwnCase):
        hear_report(submitted(posting, official), **MEETING, by=himself)


def test_outsiders_find_no_report(actor: Any, official: Actor, posting: Posting) -> None:
    report = submitted(posting, official)
    other = villages(DANFENG)[0].code
    stranger = actor("posted_cadre", other)
    for attempt in (
        lambda: write_report(posting, year=2015, half=2, text="履职", by=stranger),
        lambda: submit_report(report, by=stranger),
        lambda: take_back_report(report, by=stranger),
        lambda: hear_report(report, **MEETING, by=actor("town_party_admin", other[:9])),
    ):
        with pytest.raises(NotVisible):
            attempt()
    with pytest.raises(Forbidden):
        hear_report(report, **MEETING, by=official)


def test_reports_on_the_last_half_year_are_owed_until_submitted(official: Actor, town: Actor, posting: Posting) -> None:
    assert (last_half(TODAY), last_half(dt.date(2016, 7, 1))) == ((2015, 2), (2016, 1))
    with acting(town):
        assert [p.pk for p in owing_reports(town)] == [posting.pk]
    submitted(posting, official)
    with acting(town):
        assert not owing_reports(town).exists()


@pytest.mark.parametrize("state", DUTY_REPORT.states)
def test_every_state_takes_the_steps_of_its_flow_and_no_other(official: Actor, town: Actor, posting: Posting, state: str) -> None:
    report = submitted(posting, official)
    hear_report(report, **MEETING, items=[("修水渠", TODAY)], by=town)
    item = DutyReportItem.unscoped.get()
    steps: dict[str, Any] = {
        "write_report": lambda row: write_report(posting, year=2015, half=2, text="履职", by=official),
        "submit_report": lambda row: submit_report(row, by=official),
        "take_back_report": lambda row: take_back_report(row, by=official),
        "hear_report": lambda row: hear_report(row, **MEETING, by=town),
        "rectify": lambda row: rectify(item, result="修完", on=TODAY, by=official),
    }
    assert set(DUTY_REPORT.steps) - set(steps) == {"close_report"}  # happens with the last thing put right
    for step, act in steps.items():
        DutyReport.unscoped.filter(pk=report.pk).update(state=state)
        row = DutyReport.unscoped.get(pk=report.pk)
        if (state, step) in DUTY_REPORT.table:
            act(row)
        else:
            with pytest.raises(StepNotOpen):
                act(row)
