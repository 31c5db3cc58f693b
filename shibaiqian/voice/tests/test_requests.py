"""Requests upward: a clock that counts against the receiver, stands still in an emergency, and ends when who asked is served."""

import datetime as dt
from typing import Any

import pytest

from shibaiqian.access.actor import Actor, Forbidden, acting
from shibaiqian.access.command import NotVisible
from shibaiqian.access.flow import StepNotOpen
from shibaiqian.access.models import Assignment, User
from shibaiqian.assistance.tests.factories import DANFENG, LUONAN, TODAY, posted, villages
from shibaiqian.base import clock
from shibaiqian.base.ids import new_id
from shibaiqian.base.workdays import after_workdays
from shibaiqian.console.tests.factories import unit
from shibaiqian.fieldwork.actions import declare_emergency
from shibaiqian.messages.models import Message
from shibaiqian.organisations.models import Organisation
from shibaiqian.policy.actions import install_defaults
from shibaiqian.postings.models import Posting
from shibaiqian.regions.models import Region
from shibaiqian.voice.actions import (
    RequestUnsound,
    accept_request,
    ask_upward,
    confirm_done,
    pass_on,
    refuse_request,
    report_done,
    send_back,
    withdraw_request,
)
from shibaiqian.voice.jobs import remind_of_requests
from shibaiqian.voice.models import RequestStep, UpwardRequest
from shibaiqian.voice.queries import by_receiver, overdue, request_file
from shibaiqian.voice.rules import OF_ASKER, REQUEST

pytestmark = pytest.mark.django_db
ROAD = {"kind": "road", "title": "二组 1.2 公里断头路硬化", "content": "通 23 户，雨天不能走车"}


@pytest.fixture
def village() -> Region:
    install_defaults()
    return villages(LUONAN)[0]


@pytest.fixture
def posting(village: Region) -> Posting:
    return posted(village.code, "P1")


@pytest.fixture
def bureau() -> Organisation:
    return unit(LUONAN, name="洛南县交通局", level="county", department_class="infrastructure")


@pytest.fixture
def official(actor: Any, village: Region) -> Actor:
    by: Actor = actor("posted_cadre", village.code, name="王朝辉")
    return by


@pytest.fixture
def engineer(actor: Any, bureau: Organisation) -> Actor:
    by: Actor = actor("sending_unit_admin", unit=bureau.pk, name="交通局经办人")
    return by


@pytest.fixture
def county(actor: Any) -> Actor:
    by: Actor = actor("county_org_admin", LUONAN)
    return by


@pytest.fixture
def asked(village: Region, posting: Posting, bureau: Organisation, official: Actor) -> UpwardRequest:
    return ask_upward(village, receiver=bureau, posting=posting, by=official, **ROAD)


def test_a_road_is_asked_for_promised_built_sent_back_mended_and_confirmed(
    asked: UpwardRequest, official: Actor, engineer: Actor, county: Actor
) -> None:
    assert (asked.state, asked.due_on, asked.asker) == ("asked", after_workdays(TODAY, 10), "某村 王朝辉")
    row = accept_request(asked, promised_on=dt.date(2016, 9, 30), answer="列入三季度计划", by=engineer)
    assert (row.state, row.due_on, row.answered_by) == ("accepted", dt.date(2016, 9, 30), "交通局经办人")
    row = report_done(row, note="路面已硬化", on=TODAY, by=engineer)
    row = send_back(row, reason="还有 200 米没有修", by=official)
    assert (row.state, row.due_on, row.sent_back, row.done_on) == ("accepted", after_workdays(TODAY, 10), 1, None)
    row = confirm_done(report_done(row, note="全部修完", on=TODAY, by=engineer), note="谢谢", by=official)
    assert row.state == "confirmed"
    for who in (official, engineer, county):
        with acting(who):
            said = [step.step for step in request_file(who, row.pk).steps]
        assert said == ["ask", "accept_request", "report_done", "send_back", "report_done", "confirm_done"]


def test_the_receiver_and_the_county_are_told_at_once_and_who_asked_of_the_answer(
    village: Region, posting: Posting, bureau: Organisation, official: Actor, engineer: Actor
) -> None:
    clerk = User.objects.create(login="jt", name="交通局", created_at=clock.wall_now())
    Assignment.objects.create(user=clerk, role="sending_unit_admin", unit=bureau.pk, scope_name="交通局", valid_from=dt.date(2015, 1, 1))
    org = User.objects.create(login="zzb", name="组织部", created_at=clock.wall_now())
    Assignment.objects.create(user=org, role="county_org_admin", region=LUONAN, scope_name="洛南县", valid_from=dt.date(2015, 1, 1))
    wang = User.objects.create(login="wang", name="王朝辉", person=posting.cadre_id, created_at=clock.wall_now())
    Assignment.objects.create(user=wang, role="posted_cadre", region=village.code, scope_name="某村", valid_from=dt.date(2015, 1, 1))
    asked = ask_upward(village, receiver=bureau, posting=posting, by=official, **ROAD)
    assert set(Message.objects.values_list("user", flat=True)) == {clerk.pk, org.pk}
    assert not any("断头路" in str(said) for said in Message.objects.values_list("said", flat=True))
    refuse_request(asked, reason="不在今年计划内，请报明年项目库", by=engineer)
    assert Message.objects.filter(user=wang.pk).count() == 1


def test_a_refusal_says_why_and_an_acceptance_by_when(asked: UpwardRequest, engineer: Actor) -> None:
    with pytest.raises(RequestUnsound, match="写明原因"):
        refuse_request(asked, reason=" ", by=engineer)
    with pytest.raises(RequestUnsound, match="早于今天"):
        accept_request(asked, promised_on=TODAY - dt.timedelta(days=1), by=engineer)
    assert refuse_request(asked, reason="属县水利局职责", by=engineer).answer == "属县水利局职责"


def test_the_county_passes_it_on_and_the_new_receiver_has_its_own_time(
    asked: UpwardRequest, county: Actor, engineer: Actor, actor: Any
) -> None:
    water = unit(LUONAN, name="洛南县水利局", level="county")
    with pytest.raises(RequestUnsound, match="组织部办理"):
        pass_on(asked, receiver=water, reason="不归我管", by=engineer)
    UpwardRequest.unscoped.filter(pk=asked.pk).update(received_on=dt.date(2016, 5, 3), due_on=dt.date(2016, 5, 17))
    row = pass_on(asked, receiver=water, reason="属水利局职责", by=county)
    assert (row.receiver_id, row.received_on, row.due_on) == (water.pk, TODAY, after_workdays(TODAY, 10))
    with pytest.raises(NotVisible):
        accept_request(row, promised_on=dt.date(2016, 12, 1), by=engineer)
    accept_request(row, promised_on=dt.date(2016, 12, 1), by=actor("sending_unit_admin", unit=water.pk))


def test_overdue_is_counted_against_the_receiver_and_never_by_asker(
    asked: UpwardRequest, village: Region, posting: Posting, official: Actor, bureau: Organisation, county: Actor
) -> None:
    UpwardRequest.unscoped.filter(pk=asked.pk).update(due_on=TODAY - dt.timedelta(days=1))
    ask_upward(village, receiver=bureau, by=official, **{**ROAD, "title": "村口路灯"})
    with acting(county):
        (row,) = by_receiver(county)
        assert (row.name, row.waiting, row.overdue) == ("洛南县交通局", 2, 1)
        assert UpwardRequest.objects.visible_to(county).filter(overdue()).get().pk == asked.pk


def test_a_late_answer_stays_with_who_was_late(
    asked: UpwardRequest, bureau: Organisation, engineer: Actor, county: Actor, official: Actor
) -> None:
    water = unit(LUONAN, name="洛南县水利局", level="county")
    UpwardRequest.unscoped.filter(pk=asked.pk).update(due_on=TODAY - dt.timedelta(days=9))
    row = pass_on(asked, receiver=water, reason="属水利局职责", by=county)  # nine days late, and nothing more is asked of it
    UpwardRequest.unscoped.filter(pk=asked.pk).update(due_on=TODAY - dt.timedelta(days=2))
    row = accept_request(row, promised_on=TODAY, by=county)
    confirm_done(report_done(row, note="修好", on=TODAY, by=county), by=official)  # in the time it gave itself
    with acting(county):
        late = {found.name: (found.late, found.overdue) for found in by_receiver(county)}
        steps = [step.late_days for step in request_file(county, asked.pk).steps]
    assert late == {"洛南县交通局": (1, 0), "洛南县水利局": (1, 0)}
    assert steps == [0, 9, 2, 0, 0]


def test_days_of_an_emergency_make_no_answer_late(asked: UpwardRequest, county: Actor) -> None:
    flood = {"kind": "flood", "starts_on": TODAY - dt.timedelta(days=3), "ends_on": TODAY + dt.timedelta(days=4), "reason": "暴雨"}
    declare_emergency(Region.objects.get(pk=LUONAN), by=county, **flood)
    UpwardRequest.unscoped.filter(pk=asked.pk).update(due_on=TODAY - dt.timedelta(days=2))
    refuse_request(asked, reason="不在计划内", by=county)
    assert not RequestStep.unscoped.filter(late_days__gt=0).exists()


def test_nobody_asks_in_the_name_of_another_official(actor: Any, village: Region, posting: Posting, bureau: Organisation) -> None:
    deputy = actor("posted_cadre", village.code[:9], name="李副镇长")  # sees the villages of the town
    with pytest.raises(RequestUnsound, match="王朝辉的名义"):
        ask_upward(village, receiver=bureau, posting=posting, by=deputy, **ROAD)


def test_an_emergency_stops_the_clock(asked: UpwardRequest, county: Actor) -> None:
    UpwardRequest.unscoped.filter(pk=asked.pk).update(due_on=TODAY - dt.timedelta(days=2))
    with acting(county):
        assert UpwardRequest.objects.visible_to(county).filter(overdue()).exists()
        assert request_file(county, asked.pk).is_overdue
    flood = {"kind": "flood", "starts_on": TODAY - dt.timedelta(days=3), "ends_on": TODAY + dt.timedelta(days=4), "reason": "暴雨"}
    declare_emergency(Region.objects.get(pk=LUONAN), by=county, **flood)
    with acting(county):
        assert not UpwardRequest.objects.visible_to(county).filter(overdue()).exists()
        file = request_file(county, asked.pk)
        assert not file.is_overdue and file.due_on == TODAY + dt.timedelta(days=6)


@pytest.mark.parametrize("days", range(-6, 8))
def test_the_list_and_the_page_agree_on_what_is_overdue(asked: UpwardRequest, county: Actor, days: int) -> None:
    flood = {"kind": "flood", "starts_on": TODAY - dt.timedelta(days=5), "ends_on": TODAY - dt.timedelta(days=2), "reason": "暴雨"}
    declare_emergency(Region.objects.get(pk=LUONAN), by=county, **flood)
    UpwardRequest.unscoped.filter(pk=asked.pk).update(due_on=TODAY + dt.timedelta(days=days))
    with acting(county):
        listed = UpwardRequest.objects.visible_to(county).filter(overdue()).exists()
        assert listed == request_file(county, asked.pk).is_overdue


def test_who_is_late_is_told_each_night(asked: UpwardRequest, bureau: Organisation) -> None:
    clerk = User.objects.create(login="jt", name="交通局", created_at=clock.wall_now())
    Assignment.objects.create(user=clerk, role="sending_unit_admin", unit=bureau.pk, scope_name="交通局", valid_from=dt.date(2015, 1, 1))
    assert remind_of_requests() == 0
    UpwardRequest.unscoped.filter(pk=asked.pk).update(due_on=TODAY - dt.timedelta(days=1))
    assert remind_of_requests() == 1


def test_only_who_asked_confirms(asked: UpwardRequest, engineer: Actor, actor: Any, village: Region) -> None:
    row = report_done(accept_request(asked, promised_on=TODAY, by=engineer), note="修完", on=TODAY, by=engineer)
    other = User.objects.create(login="li", name="李明", person=new_id(), created_at=clock.wall_now())
    with pytest.raises(RequestUnsound, match="由提出的人确认"):
        confirm_done(row, by=actor("posted_cadre", village.code, user_id=other.pk))
    with pytest.raises(Forbidden):
        confirm_done(row, by=engineer)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"kind": "party"}, "事项类别"),
        ({"title": " "}, "写明要什么"),
        ({"content": ""}, "写明要什么"),
        ({"title": "路" * 61}, "最多 60 字"),
    ],
)
def test_an_unsound_request_is_refused_in_words(
    village: Region, bureau: Organisation, official: Actor, change: dict[str, str], said: str
) -> None:
    with pytest.raises(RequestUnsound, match=said):
        ask_upward(village, receiver=bureau, by=official, **{**ROAD, **change})


def test_the_same_sending_asks_once(village: Region, bureau: Organisation, official: Actor) -> None:
    key = new_id()
    first = ask_upward(village, receiver=bureau, by=official, operation=key, **ROAD)
    assert ask_upward(village, receiver=bureau, by=official, operation=key, **ROAD).pk == first.pk
    assert UpwardRequest.unscoped.count() == 1 and RequestStep.unscoped.count() == 1


def test_outsiders_find_nothing(asked: UpwardRequest, village: Region, bureau: Organisation, actor: Any) -> None:
    other = unit(DANFENG, name="丹凤县交通局", level="county")
    stranger, unit_elsewhere = actor("posted_cadre", villages(DANFENG)[0].code), actor("sending_unit_admin", unit=other.pk)
    for attempt in (
        lambda: ask_upward(village, receiver=bureau, by=stranger, **ROAD),
        lambda: accept_request(asked, promised_on=TODAY, by=unit_elsewhere),
        lambda: refuse_request(asked, reason="不办", by=unit_elsewhere),
        lambda: pass_on(asked, receiver=other, reason="转", by=actor("county_org_admin", DANFENG)),
        lambda: report_done(asked, note="办好", on=TODAY, by=unit_elsewhere),
        lambda: confirm_done(asked, by=stranger),
        lambda: send_back(asked, reason="没办", by=stranger),
        lambda: withdraw_request(asked, reason="不要了", by=stranger),
    ):
        with pytest.raises(NotVisible):
            attempt()
    elsewhere = posted(villages(DANFENG)[0].code, "P9")
    with pytest.raises(RequestUnsound, match="不在本地任职"):
        ask_upward(village, receiver=bureau, posting=elsewhere, by=actor("posted_cadre", village.code), **ROAD)


@pytest.mark.parametrize("state", REQUEST.states)
def test_every_state_takes_the_steps_of_its_flow_and_no_other(
    asked: UpwardRequest, official: Actor, engineer: Actor, county: Actor, state: str
) -> None:
    water = unit(LUONAN, name="洛南县水利局", level="county")
    steps: dict[str, Any] = {
        "accept_request": lambda row: accept_request(row, promised_on=TODAY, by=county),
        "refuse_request": lambda row: refuse_request(row, reason="不办", by=county),
        "pass_on": lambda row: pass_on(row, receiver=water, reason="转", by=county),
        "report_done": lambda row: report_done(row, note="办好", on=TODAY, by=county),
        "confirm_done": lambda row: confirm_done(row, by=official),
        "send_back": lambda row: send_back(row, reason="没办", by=official),
        "withdraw_request": lambda row: withdraw_request(row, reason="不要了", by=official),
    }
    assert set(steps) == set(REQUEST.steps) and set(OF_ASKER) < set(steps)
    for step, act in steps.items():
        UpwardRequest.unscoped.filter(pk=asked.pk).update(state=state, receiver=asked.receiver_id)
        row = UpwardRequest.unscoped.get(pk=asked.pk)
        if (state, step) in REQUEST.table:
            assert act(row).state == REQUEST.table[state, step]
        else:
            with pytest.raises(StepNotOpen):
                act(row)
