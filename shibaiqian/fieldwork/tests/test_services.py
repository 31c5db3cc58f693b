"""Promises and sheets outside one's own scope do not exist; several days at once keep the rules of one."""

import datetime as dt
from typing import Any

import pytest

from shibaiqian.access.actor import Forbidden
from shibaiqian.access.command import NotVisible
from shibaiqian.assistance.tests.factories import DANFENG, TODAY, registered, villages
from shibaiqian.audit.models import Event
from shibaiqian.base.ids import new_id
from shibaiqian.fieldwork.actions import (
    DayLog,
    HouseholdElsewhere,
    LogEntry,
    NotInPosting,
    confirm_services,
    keep_promise,
    log_days,
    promise_service,
)
from shibaiqian.fieldwork.models import PracticalService, ServicePromise, WorkLog
from shibaiqian.households.facts import hear_household
from shibaiqian.households.models import HouseholdFact
from shibaiqian.indicators.queries import figures_on_page
from shibaiqian.postings.models import Posting
from shibaiqian.regions.models import Region

pytestmark = pytest.mark.django_db


def promised(posting: Posting, by: Any, **more: Any) -> ServicePromise:
    said = {"kind": "care", "content": "看望", "on": dt.date(2016, 6, 1), "beneficiary": "李四", **more}
    return promise_service(posting, key=new_id(), by=by, **said)


def test_outside_the_scope_nothing_is_promised_kept_or_confirmed(posting: Posting, official: Any, village: Region, actor: Any) -> None:
    other = actor("posted_cadre", villages(DANFENG)[0].code)
    promise = promised(posting, official)
    service = keep_promise(promise, on=dt.date(2016, 6, 2), by=official)
    with pytest.raises(NotVisible):
        promised(posting, other)
    with pytest.raises(NotVisible):
        keep_promise(promise, on=TODAY, by=other)
    for region in (village, villages(DANFENG)[0]):
        with pytest.raises(NotVisible):
            confirm_services(region, services=[service.pk], confirmation="signed", on=TODAY, by=other)
    with pytest.raises(NotVisible):
        log_days(posting, days=[DayLog(TODAY, (LogEntry("meeting", "会"),))], by=other)
    assert PracticalService.unscoped.get().confirmation == ""


def test_who_keeps_no_fieldwork_promises_nothing(posting: Posting, actor: Any, village: Region) -> None:
    with pytest.raises(Forbidden):
        promised(posting, actor("auditor", village.code))


def test_a_household_of_another_place_is_promised_nothing(posting: Posting, official: Any) -> None:
    with pytest.raises(HouseholdElsewhere):
        promised(posting, official, household=registered(villages(DANFENG)[0].code, "H9").pk)
    with pytest.raises(HouseholdElsewhere):
        promised(posting, official, region=villages(DANFENG)[0].code)


def test_a_sheet_moves_the_figure_once_for_each_service(posting: Posting, official: Any, village: Region) -> None:
    kept = [keep_promise(promised(posting, official, content=f"第{n}件"), on=dt.date(2016, 6, 2), by=official) for n in range(3)]
    assert figures_on_page(village.code)["practical_services"] == 0
    confirm_services(village, services=[s.pk for s in kept], confirmation="signed", on=TODAY, by=official)
    assert figures_on_page(village.code)["practical_services"] == 3
    assert Event.objects.filter(action="fieldwork.confirm_services").count() == 1


def test_one_wrong_day_among_several_writes_none(posting: Posting, official: Any) -> None:
    days = [DayLog(TODAY, (LogEntry("meeting", "会"),)), DayLog(dt.date(2014, 1, 1), (LogEntry("meeting", "会"),))]
    with pytest.raises(NotInPosting):
        log_days(posting, days=days, by=official)
    assert not WorkLog.unscoped.exists()


def test_the_audit_of_several_days_names_each_record_and_no_words(posting: Posting, official: Any) -> None:
    days = [DayLog(TODAY, (LogEntry("meeting", "村两委会议"),), operation=new_id()) for _ in range(2)]
    log_days(posting, days=days, by=official)
    event = Event.objects.get()
    assert [day["operation"] for day in event.details["days"]] == [str(day.operation) for day in days]
    assert "村两委" not in event.canonical


def test_what_a_household_of_another_place_says_is_not_heard(village: Region, actor: Any) -> None:
    household = registered(village.code, "H1")
    with pytest.raises(NotVisible):
        hear_household(household, facts={"needs": "修路"}, on=TODAY, base=0, by=actor("posted_cadre", villages(DANFENG)[0].code))
    with pytest.raises(Forbidden):
        hear_household(household, facts={"needs": "修路"}, on=TODAY, base=0, by=actor("auditor", village.code))
    assert not HouseholdFact.unscoped.exists()
