"""A month's plan and summary: at most ten things, counted from the records, submitted by the official, heard once for a town."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from shibaiqian.access.actor import Actor, Forbidden, acting
from shibaiqian.access.command import NotVisible
from shibaiqian.access.flow import StepNotOpen
from shibaiqian.access.models import User
from shibaiqian.access.scope import Scope
from shibaiqian.assistance.tests.factories import DANFENG, LUONAN, TODAY, posted, registered, villages
from shibaiqian.base import clock
from shibaiqian.fieldwork.actions import (
    LogEntry,
    MeetingUnsound,
    NotOwnPaper,
    Outcome,
    PlanLine,
    PlanUnsound,
    ServiceDone,
    hold_meeting,
    log_day,
    return_plan,
    return_summary,
    submit_plan,
    submit_summary,
    take_back_plan,
    take_back_summary,
    write_plan,
    write_summary,
)
from shibaiqian.fieldwork.models import MonthlyPlan, MonthlySummary, PlanItem
from shibaiqian.fieldwork.procedures import PAPER
from shibaiqian.fieldwork.queries import facts_of, month_file, owing, records_of
from shibaiqian.messages.models import Message
from shibaiqian.policy.actions import install_defaults
from shibaiqian.postings.models import Posting
from shibaiqian.regions.models import Region

pytestmark = pytest.mark.django_db
JUNE, MAY = dt.date(2016, 6, 1), dt.date(2016, 5, 1)


@pytest.fixture
def official(actor: Any, village: Region) -> Actor:
    by: Actor = actor("posted_cadre", village.code, name="王朝辉")
    return by


@pytest.fixture
def town(actor: Any, village: Region) -> Actor:
    by: Actor = actor("town_party_admin", village.code[:9])
    return by


def lines(*texts: str) -> list[PlanLine]:
    return [PlanLine(text) for text in texts]


def test_a_plan_is_written_changed_and_heard_with_everything_of_the_town(official: Actor, town: Actor, posting: Posting) -> None:
    household = registered(posting.region_id, "H1")
    write_plan(posting, month=dt.date(2016, 6, 5), items=lines("修水渠"), by=official)
    plan = write_plan(posting, month=JUNE, items=[PlanLine("走访"), PlanLine("看望老人", household=household.pk)], by=official)
    kept = PlanItem.unscoped.filter(plan=plan, voided_by__isnull=True).order_by("seq")
    assert [(item.seq, item.text, item.household_id) for item in kept] == [(1, "走访", None), (2, "看望老人", household.pk)]
    assert plan.month == JUNE and MonthlyPlan.unscoped.count() == 1
    submit_plan(plan, by=official)
    with pytest.raises(StepNotOpen, match="已提交"):
        write_plan(posting, month=JUNE, items=lines("别的"), by=official)
    submit_summary(write_summary(posting, month=MAY, text="做了很多事", by=official), by=official)
    held = hold_meeting(Region.objects.get(pk=posting.region_id[:9]), on=TODAY, chair="刘书记", attendees=12, by=town)
    assert (held.plans, held.summaries) == (1, 1)
    plan.refresh_from_db()
    assert (plan.state, plan.heard_on, plan.meeting) == ("heard", TODAY, held.pk)
    with pytest.raises(StepNotOpen):
        take_back_plan(plan, by=official)


@pytest.mark.parametrize(
    ("items", "said"), [([], "至少写一项"), (lines(*"一二三四五六七八九十甲"), "最多 10 项"), (lines("走访", " "), "第 2 项没有写内容")]
)
def test_an_unsound_plan_is_refused_in_words(official: Actor, posting: Posting, items: list[PlanLine], said: str) -> None:
    with pytest.raises(PlanUnsound, match=said):
        write_plan(posting, month=JUNE, items=items, by=official)
    assert not MonthlyPlan.unscoped.exists()


def test_a_plan_is_of_a_month_of_the_posting_and_at_most_one_ahead(official: Actor, posting: Posting) -> None:
    write_plan(posting, month=dt.date(2016, 7, 1), items=lines("防汛"), by=official)
    for month in (dt.date(2016, 8, 1), dt.date(2015, 2, 1)):
        with pytest.raises(PlanUnsound):
            write_plan(posting, month=month, items=lines("走访"), by=official)
    with pytest.raises(PlanUnsound, match="太早"):
        write_summary(posting, month=dt.date(2016, 7, 1), by=official)


def test_a_household_of_another_village_serves_no_plan(official: Actor, posting: Posting) -> None:
    elsewhere = registered(villages(DANFENG)[0].code, "H9")
    with pytest.raises(PlanUnsound, match="不属于"):
        write_plan(posting, month=JUNE, items=[PlanLine("看望", household=elsewhere.pk)], by=official)


def test_the_clerk_types_and_the_official_answers(actor: Any, official: Actor, posting: Posting) -> None:
    clerk = actor("village_admin", posting.region_id, name="村文书")
    plan = write_plan(posting, month=JUNE, items=lines("走访"), by=clerk)
    plan.refresh_from_db()
    assert plan.typed_by == "村文书"
    with pytest.raises(NotOwnPaper, match="本人提交"):
        submit_plan(plan, by=clerk)
    with pytest.raises(NotOwnPaper):
        submit_plan(plan, by=replace(official, standing_in_for="王朝辉"))
    assert submit_plan(plan, by=official).state == "submitted"


def test_counts_come_from_the_records_open_down_to_them_and_are_frozen_when_submitted(official: Actor, posting: Posting) -> None:
    first, second = registered(posting.region_id, "H1"), registered(posting.region_id, "H2")
    service = ServiceDone("care", confirmation="signed", confirmed_on=TODAY)
    log_day(posting, on=JUNE, items=[LogEntry("visit", "看望", household=first.pk), LogEntry("meeting", "开会")], by=official)
    log_day(posting, on=TODAY, items=[LogEntry("visit", "送药", household=second.pk, service=service)], by=official)
    log_day(posting, on=dt.date(2016, 5, 31), items=[LogEntry("meeting", "上月的会")], by=official)
    counted = {"days": 2, "items": 3, "visits": 2, "households": 2, "services": 1, "confirmed": 1}
    with acting(official):
        assert facts_of(official, posting=posting.pk, first=JUNE, last=dt.date(2016, 6, 30)) == counted
        for what, count in counted.items():
            assert len(records_of(official, posting=posting, first=JUNE, last=dt.date(2016, 6, 30), what=what)) == count, what
    summary = submit_summary(write_summary(posting, month=JUNE, by=official), by=official)
    log_day(posting, on=TODAY, items=[LogEntry("meeting", "又一个会")], by=official)
    with acting(official):
        assert month_file(official, posting, JUNE).facts == counted == summary.facts
    take_back_summary(summary, by=official)
    with acting(official):
        assert month_file(official, posting, JUNE).facts["items"] == 4


def test_what_came_of_each_thing_is_said_with_the_summary(official: Actor, posting: Posting) -> None:
    write_plan(posting, month=MAY, items=lines("修水渠", "办培训"), by=official)
    write_summary(posting, month=MAY, outcomes={1: Outcome("done"), 2: Outcome("partly", "等教师")}, by=official)
    kept = PlanItem.unscoped.filter(voided_by__isnull=True).order_by("seq")
    assert [(item.outcome, item.outcome_note) for item in kept] == [("done", ""), ("partly", "等教师")]
    with pytest.raises(PlanUnsound, match="不在选项中"):
        write_summary(posting, month=MAY, outcomes={1: Outcome("great")}, by=official)


def test_a_meeting_is_of_a_town_held_and_recorded_once_a_day(actor: Any, town: Actor, posting: Posting) -> None:
    place = Region.objects.get(pk=posting.region_id[:9])
    said = {"chair": "刘书记", "attendees": 9}
    with pytest.raises(MeetingUnsound, match="晚于今天"):
        hold_meeting(place, on=TODAY + dt.timedelta(days=1), by=town, **said)
    with pytest.raises(MeetingUnsound, match="主持人"):
        hold_meeting(place, on=TODAY, chair=" ", attendees=9, by=town)
    with pytest.raises(MeetingUnsound, match="镇办"):
        hold_meeting(Region.objects.get(pk=posting.region_id), on=TODAY, by=town, **said)
    hold_meeting(place, on=TODAY, by=town, **said)
    with pytest.raises(MeetingUnsound, match="已经登记过"):
        hold_meeting(place, on=TODAY, by=town, **said)


def test_the_county_hears_its_own_deputies_and_leaves_the_towns_to_themselves(actor: Any, official: Actor, posting: Posting) -> None:
    county = actor("county_org_admin", LUONAN)
    deputy = posted(LUONAN, "P2", tier="T10")
    his = replace(official, scope=Scope(region=LUONAN))
    submit_plan(write_plan(deputy, month=JUNE, items=lines("跑项目"), by=his), by=his)
    submit_plan(write_plan(posting, month=JUNE, items=lines("走访"), by=official), by=official)
    assert hold_meeting(Region.objects.get(pk=LUONAN), on=TODAY, chair="县委书记", attendees=20, by=county).plans == 1


def test_a_stand_in_and_an_account_without_a_person_write_for_nobody_else(actor: Any, official: Actor, posting: Posting) -> None:
    deputy = actor("posted_cadre", posting.region_id[:9], name="李副镇长")  # sees the villages of the town
    for by in (deputy, replace(deputy, name="王科员", standing_in_for="李副镇长")):
        with pytest.raises(NotOwnPaper):
            write_plan(posting, month=JUNE, items=lines("走访"), by=by)
    with pytest.raises(NotOwnPaper, match="王朝辉"):
        submit_plan(write_plan(posting, month=JUNE, items=lines("走访"), by=official), by=deputy)


def test_outsiders_neither_see_write_nor_hear(actor: Any, official: Actor, posting: Posting) -> None:
    plan = write_plan(posting, month=JUNE, items=lines("走访"), by=official)
    summary = write_summary(posting, month=MAY, by=official)
    stranger = actor("posted_cadre", villages(DANFENG)[0].code)
    for attempt in (
        lambda: write_plan(posting, month=JUNE, items=lines("走访"), by=stranger),
        lambda: write_summary(posting, month=MAY, by=stranger),
        lambda: submit_plan(plan, by=stranger),
        lambda: take_back_plan(plan, by=stranger),
        lambda: submit_summary(summary, by=stranger),
        lambda: take_back_summary(summary, by=stranger),
        lambda: return_plan(plan, word="不行", by=actor("town_party_admin", "611022101")),
        lambda: return_summary(summary, word="不行", by=actor("town_party_admin", "611022101")),
        lambda: hold_meeting(
            Region.objects.get(pk=posting.region_id[:9]), on=TODAY, chair="某", attendees=3, by=actor("town_party_admin", "611022101")
        ),
    ):
        with pytest.raises(NotVisible):
            attempt()
    with pytest.raises(Forbidden):
        submit_plan(plan, by=actor("town_party_admin", posting.region_id[:9]))
    assert not MonthlySummary.unscoped.exclude(state="draft").exists()


def test_who_owes_a_paper_owes_it_after_the_due_day_only(official: Actor, town: Actor, posting: Posting) -> None:
    install_defaults()
    with acting(town):  # 8 June: plans of June were due on the 5th, summaries of May as well
        assert [p.pk for p in owing(town)["plan"]] == [posting.pk]
        assert [p.pk for p in owing(town)["summary"]] == [posting.pk]
    submit_plan(write_plan(posting, month=JUNE, items=lines("走访"), by=official), by=official)
    with acting(town):
        assert not owing(town)["plan"].exists()


@pytest.mark.parametrize("state", PAPER.states)
def test_every_state_takes_the_steps_of_its_flow_and_no_other(official: Actor, town: Actor, posting: Posting, state: str) -> None:
    plan = write_plan(posting, month=JUNE, items=lines("走访"), by=official)
    steps: dict[str, Any] = {
        "write": lambda row: write_plan(posting, month=JUNE, items=lines("走访"), by=official),
        "submit": lambda row: submit_plan(row, by=official),
        "take_back": lambda row: take_back_plan(row, by=official),
    }
    steps["return"] = lambda row: return_plan(row, word="请补上防汛", by=town)
    assert set(PAPER.steps) - set(steps) == {"hear"}  # a meeting takes what is submitted and leaves the rest
    for step, act in steps.items():
        MonthlyPlan.unscoped.filter(pk=plan.pk).update(state=state, submitted_on=TODAY)
        row = MonthlyPlan.unscoped.get(pk=plan.pk)
        if (state, step) in PAPER.table:
            act(row)
        else:
            with pytest.raises(StepNotOpen):
                act(row)


@pytest.mark.parametrize("state", PAPER.states)
def test_a_summary_takes_the_steps_of_its_flow_and_no_other(official: Actor, town: Actor, posting: Posting, state: str) -> None:
    summary = write_summary(posting, month=MAY, by=official)
    steps: dict[str, Any] = {
        "write": lambda row: write_summary(posting, month=MAY, text="改过", by=official),
        "submit": lambda row: submit_summary(row, by=official),
        "take_back": lambda row: take_back_summary(row, by=official),
        "return": lambda row: return_summary(row, word="请写困难", by=town),
    }
    for step, act in steps.items():
        MonthlySummary.unscoped.filter(pk=summary.pk).update(state=state, submitted_on=TODAY)
        row = MonthlySummary.unscoped.get(pk=summary.pk)
        if (state, step) in PAPER.table:
            assert act(row).state == PAPER.table[state, step]
        else:
            with pytest.raises(StepNotOpen):
                act(row)


def test_what_the_town_returns_says_why_is_corrected_and_owed_until_it_is_submitted_again(
    official: Actor, town: Actor, posting: Posting
) -> None:
    install_defaults()
    person = User.objects.create(login="wang", name="王朝辉", person=posting.cadre_id, created_at=clock.wall_now())
    log_day(posting, on=dt.date(2016, 5, 9), items=[LogEntry("meeting", "开会")], by=official)
    plan = submit_plan(write_plan(posting, month=JUNE, items=lines("走访"), by=official), by=official)
    summary = submit_summary(write_summary(posting, month=MAY, by=official), by=official)
    for give_back, paper in ((return_plan, plan), (return_summary, summary)):
        with pytest.raises(PlanUnsound, match="为什么"):
            give_back(paper, word=" ", by=town)
        with pytest.raises(Forbidden):
            give_back(paper, word="不行", by=official)
        returned = give_back(paper, word="请写到户", by=town)
        assert (returned.state, returned.word, returned.returned_by, returned.returned_on, returned.submitted_on) == (
            "returned", "请写到户", town.name, TODAY, None,
        )  # fmt: skip
    assert summary.pk == returned.pk and MonthlySummary.unscoped.get().facts == {}
    assert {row.key.split(":")[0] for row in Message.objects.filter(user=person)} == {"papers_returned"}
    with acting(town):
        assert owing(town)["plan"].exists() and owing(town)["summary"].exists()
    assert hold_meeting(Region.objects.get(pk=posting.region_id[:9]), on=TODAY, chair="刘书记", attendees=9, by=town).plans == 0
    write_plan(posting, month=JUNE, items=lines("走访张三户"), by=official)
    assert submit_plan(MonthlyPlan.unscoped.get(), by=official).state == "submitted"
    assert submit_summary(MonthlySummary.unscoped.get(), by=official).facts["items"] == 1
