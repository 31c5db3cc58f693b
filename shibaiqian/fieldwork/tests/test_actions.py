"""A day's log typed once, a ledger of services, a confirmation: what they write, move and refuse."""

import datetime as dt
import threading
from typing import Any

import pytest
from django.db import connection, connections

from shibaiqian.access.actor import Forbidden, acting
from shibaiqian.access.command import NotVisible, OperationConflict
from shibaiqian.access.rows import Rows, RowsRefused
from shibaiqian.assistance.tests.factories import DANFENG, LUONAN, TODAY, posted, registered, roster, said, villages
from shibaiqian.audit.models import Event
from shibaiqian.base.ids import new_id
from shibaiqian.fieldwork.actions import (
    AlreadyConfirmed,
    ConfirmationRefused,
    HouseholdElsewhere,
    LogEntry,
    NothingSaid,
    NotInPosting,
    ServiceDone,
    confirm_service,
    log_day,
    register_services,
)
from shibaiqian.fieldwork.excel import COLUMNS
from shibaiqian.fieldwork.models import PracticalService, Visit, WorkLog, WorkLogItem
from shibaiqian.indicators.queries import figure_rows, figures, figures_on_page
from shibaiqian.postings.models import Posting
from shibaiqian.regions.models import Region

pytestmark = pytest.mark.django_db
FIGURE = "practical_services"


@pytest.fixture
def county() -> Region:
    return Region.objects.get(pk=LUONAN)


def a_service(village: Region, **other: Any) -> dict[str, Any]:
    return {"posting_number": "P1", "village_code": village.code, "beneficiary": "张三", "kind": "medical", "content": "联系县医院复查",
            "on": dt.date(2015, 7, 1), "confirmation": "signed", "confirmed_on": dt.date(2015, 7, 2), **other}  # fmt: skip


def live(by: Any, region: str) -> int:
    with acting(by):
        return figures(by, region=region, as_of=TODAY, codes=[FIGURE])[FIGURE]


def test_a_day_is_typed_once_and_becomes_log_visit_and_service(official: Any, posting: Posting, village: Region) -> None:
    household = registered(village.code, "H1", head="张猛虎")
    items = [
        LogEntry(
            "visit",
            "看望老人",
            household=household.pk,
            service=ServiceDone("care", amount_cents=200_00, confirmation="fingerprint", confirmed_on=TODAY),
        ),
        LogEntry("service", "帮李四接通饮水管", service=ServiceDone("water_power", "李四")),
        LogEntry("meeting", "村两委会议"),
    ]
    log = log_day(posting, on=TODAY, items=items, by=official)

    assert (log.posting_id, log.cadre, log.region_id) == (posting.pk, posting.cadre_id, village.code)
    assert WorkLogItem.unscoped.filter(log=log).count() == 3
    visit = Visit.unscoped.get()
    assert (visit.household_id, visit.content) == (household.pk, "看望老人")
    service, other = PracticalService.unscoped.order_by("beneficiary")
    assert (service.beneficiary, service.household_id, service.log_item_id, service.amount_cents) == (
        "张猛虎",
        household.pk,
        visit.log_item_id,
        200_00,
    )
    assert (other.beneficiary, other.household_id, other.confirmation) == ("李四", None, "")
    event = Event.objects.get()
    assert {row.event for row in (log, visit, service, other)} == {event.pk}
    assert [act["action"] for act in event.details["acts"]] == ["fieldwork.register_services"]
    assert "李四" not in event.canonical and "看望" not in event.canonical
    assert figures_on_page(village.code)[FIGURE] == live(official, village.code) == 1


def test_more_of_the_same_day_goes_into_the_same_log(official: Any, posting: Posting) -> None:
    first = log_day(posting, on=TODAY, items=[LogEntry("meeting", "开会")], by=official)
    again = log_day(posting, on=TODAY, items=[LogEntry("study", "学习")], by=official)
    assert first.pk == again.pk
    assert WorkLogItem.unscoped.count() == 2


def test_a_log_says_something_on_a_day_of_the_posting(official: Any, posting: Posting, village: Region) -> None:
    said_ = [LogEntry("meeting", "开会")]
    for items in ([], [LogEntry("meeting", "  ")]):
        with pytest.raises(NothingSaid):
            log_day(posting, on=TODAY, items=items, by=official)
    for on in (dt.date(2015, 3, 4), dt.date(2016, 6, 9)):
        with pytest.raises(NotInPosting):
            log_day(posting, on=on, items=said_, by=official)
    pending = posted(village.code[:9], "P2", arrived_on=None, tier="T100")
    with pytest.raises(NotInPosting, match="未到任"):
        log_day(pending, on=TODAY, items=said_, by=_of_town(official, village))
    assert not WorkLog.unscoped.exists()


def _of_town(official: Any, village: Region) -> Any:
    from dataclasses import replace

    from shibaiqian.access.scope import Scope

    return replace(official, scope=Scope(region=village.code[:9]))


def test_an_official_of_a_town_says_in_which_village_and_only_of_that_town(official: Any, village: Region) -> None:
    posting, by = posted(village.code[:9], "P2", tier="T100"), _of_town(official, village)
    elsewhere = villages(DANFENG)[0].code
    log_day(
        posting, on=TODAY, items=[LogEntry("service", "代办证件", region=village.code, service=ServiceDone("paperwork", "李四"))], by=by
    )
    assert PracticalService.unscoped.get().region_id == village.code
    with pytest.raises(HouseholdElsewhere):
        log_day(posting, on=TODAY, items=[LogEntry("service", "代办", region=elsewhere, service=ServiceDone("paperwork", "李四"))], by=by)
    with pytest.raises(HouseholdElsewhere):
        log_day(posting, on=TODAY, items=[LogEntry("visit", "走访", household=registered(elsewhere, "H9").pk)], by=by)
    with pytest.raises(RowsRefused):  # a service happens in a village
        log_day(posting, on=TODAY, items=[LogEntry("service", "代办", service=ServiceDone("paperwork", "李四"))], by=by)


def test_the_same_thing_for_the_same_household_within_a_week_is_refused_in_a_log_and_nothing_is_kept(
    official: Any, posting: Posting, village: Region
) -> None:
    household = registered(village.code, "H1")
    item = LogEntry("service", "送鸡苗", household=household.pk, service=ServiceDone("inputs"))
    log_day(posting, on=dt.date(2016, 6, 2), items=[item], by=official)
    with pytest.raises(RowsRefused) as refused:
        log_day(posting, on=TODAY, items=[item], by=official)
    assert said(refused.value) == {(1, "办理内容", "again")}
    assert WorkLog.unscoped.count() == 1
    log_day(posting, on=dt.date(2016, 5, 26), items=[item], by=official)
    assert PracticalService.unscoped.count() == 2


def test_a_ledger_is_taken_by_the_column_and_confirmed_rows_count(clerk: Any, county: Region, village: Region, posting: Posting) -> None:
    household = registered(village.code, "H1")
    rows = roster(
        COLUMNS, a_service(village), a_service(village, content="送化肥", household_number="H1"),
        a_service(village, content="没有签字", confirmation=None), a_service(village, content="代办", confirmation=None, confirmed_on=None),
    )  # fmt: skip
    written = register_services(county, rows=rows, by=clerk)
    assert (written.count, PracticalService.unscoped.filter(household=household).count()) == (4, 1)
    assert PracticalService.unscoped.get(content="没有签字").confirmed_on is None
    assert figures_on_page(LUONAN)[FIGURE] == live(clerk, LUONAN) == 2
    event = Event.objects.get()
    assert (event.details["written"], event.details["confirmed"]) == (4, 2)


@pytest.mark.parametrize(
    ("other", "column", "code"),
    [
        ({"posting_number": "P9"}, "任职编号", "posting_unknown"),
        ({"on": dt.date(2015, 3, 4)}, "办理日期", "before_arrival"),
        ({"on": dt.date(2016, 6, 9), "confirmed_on": None}, "办理日期", "future"),
        ({"household_number": "H9"}, "户编号", "household_unknown"),
        ({"household_number": "H2"}, "户编号", "household_elsewhere"),
        ({"amount_cents": -1}, "折合金额（元）", "negative"),
        ({"confirmed_on": dt.date(2015, 6, 30)}, "确认日期", "order"),
        ({"confirmed_on": dt.date(2016, 6, 9)}, "确认日期", "future"),
        ({}, "办理内容", "repeated"),
    ],
)
def test_a_service_that_cannot_be_right_is_refused_by_row_and_column(
    clerk: Any, county: Region, village: Region, posting: Posting, other: dict[str, Any], column: str, code: str
) -> None:
    registered(villages(LUONAN, 2)[1].code, "H2")
    with pytest.raises(RowsRefused) as refused:
        register_services(
            county,
            rows=roster(COLUMNS, a_service(village), a_service(village, **({"content": "另一件", **other} if other else {}))),
            by=clerk,
        )
    assert said(refused.value) == {(3, column, code)}
    assert not PracticalService.unscoped.exists()


def test_a_ledger_sent_twice_is_refused_row_by_row(clerk: Any, county: Region, village: Region, posting: Posting) -> None:
    rows = roster(COLUMNS, a_service(village), a_service(village, content="送化肥"))
    register_services(county, rows=rows, by=clerk)
    with pytest.raises(RowsRefused) as refused:
        register_services(county, rows=rows, by=clerk)
    assert said(refused.value) == {(2, "办理内容", "known"), (3, "办理内容", "known")}
    assert PracticalService.unscoped.count() == 2


def test_confirming_moves_the_figure_by_one_and_happens_once(official: Any, village: Region, posting: Posting) -> None:
    register_services(village, rows=Rows.of_form(**a_service(village, confirmation=None, confirmed_on=None)), by=official)
    service = PracticalService.unscoped.get()
    assert figures_on_page(village.code)[FIGURE] == 0
    for confirmation, on in (("", TODAY), ("shouted", TODAY), ("signed", dt.date(2015, 6, 30)), ("signed", dt.date(2016, 6, 9))):
        with pytest.raises(ConfirmationRefused):
            confirm_service(service, confirmation=confirmation, on=on, by=official)
    confirm_service(service, confirmation="witnesses", on=TODAY, by=official)
    assert figures_on_page(village.code)[FIGURE] == live(official, village.code) == 1
    with pytest.raises(AlreadyConfirmed):
        confirm_service(service, confirmation="signed", on=TODAY, by=official)
    assert figures_on_page(village.code)[FIGURE] == 1


def test_deleting_one_service_as_the_owner_lowers_the_live_figure_by_one(
    clerk: Any, county: Region, village: Region, posting: Posting
) -> None:
    register_services(county, rows=roster(COLUMNS, *(a_service(village, content=f"第{n}件") for n in range(3))), by=clerk)
    before = live(clerk, LUONAN)
    with acting(clerk):
        row = figure_rows(clerk, FIGURE, region=LUONAN, as_of=TODAY)[0]
    with connection.cursor() as cursor:
        cursor.execute("delete from fieldwork_practicalservice where id = %s", [row.key])
    assert (before, live(clerk, LUONAN)) == (3, 2)


def test_another_county_neither_logs_registers_nor_confirms_here(
    actor: Any, clerk: Any, county: Region, village: Region, posting: Posting
) -> None:
    stranger = actor("county_poverty_admin", DANFENG)
    register_services(county, rows=roster(COLUMNS, a_service(village, confirmation=None)), by=clerk)
    service = PracticalService.unscoped.get()
    with pytest.raises(NotVisible):
        confirm_service(service, confirmation="signed", on=TODAY, by=stranger)
    with pytest.raises(NotVisible):
        log_day(posting, on=TODAY, items=[LogEntry("meeting", "开会")], by=stranger)
    with pytest.raises(NotVisible):
        register_services(county, rows=roster(COLUMNS, a_service(village)), by=stranger)
    with pytest.raises(RowsRefused):
        register_services(Region.objects.get(pk=DANFENG), rows=roster(COLUMNS, a_service(village)), by=stranger)
    with pytest.raises(Forbidden):
        log_day(posting, on=TODAY, items=[LogEntry("meeting", "开会")], by=actor("city_leader", "6110"))
    service.refresh_from_db()
    assert (service.confirmation, PracticalService.unscoped.count(), WorkLog.unscoped.count()) == ("", 1, 0)


def test_the_same_operation_logs_once_and_other_words_conflict(official: Any, posting: Posting) -> None:
    operation, items = new_id(), [LogEntry("meeting", "开会")]
    first = log_day(posting, on=TODAY, items=items, by=official, operation=operation)
    assert log_day(posting, on=TODAY, items=items, by=official, operation=operation).pk == first.pk
    assert WorkLogItem.unscoped.count() == 1
    with pytest.raises(OperationConflict):
        log_day(posting, on=TODAY, items=[LogEntry("meeting", "开了别的会")], by=official, operation=operation)


@pytest.mark.django_db(transaction=True)
def test_two_senders_of_one_operation_write_one_day(official: Any) -> None:
    Region.objects.bulk_create(
        [
            Region(code=code, name=code, level=level, full_name="", pinyin="", initials="")
            for code, level in (("6110", "city"), (LUONAN, "county"), (f"{LUONAN}001", "town"), (f"{LUONAN}001001", "village"))
        ],
        ignore_conflicts=True,
    )
    posting, operation = posted(f"{LUONAN}001001", "P1"), new_id()
    from dataclasses import replace

    from shibaiqian.access.scope import Scope

    by = replace(official, scope=Scope(region=f"{LUONAN}001001"))
    items = [LogEntry("service", "修路灯", service=ServiceDone("road", "全组", confirmation="witnesses", confirmed_on=TODAY))]
    barrier, answers = threading.Barrier(4), list[Any]()

    def send() -> None:
        try:
            barrier.wait()
            answers.append(log_day(posting, on=TODAY, items=items, by=by, operation=operation).pk)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 4 and len(set(answers)) == 1
    assert (WorkLogItem.unscoped.count(), PracticalService.unscoped.count()) == (1, 1)
    assert figures_on_page(by.scope.region)[FIGURE] == 1
