"""Reporting for duty, party relations, and what the unit gives."""

import datetime as dt
from typing import Any

import pytest
from django.db import transaction

from shibaiqian.access.actor import Actor, Forbidden, acting
from shibaiqian.access.command import NotVisible, Refused
from shibaiqian.access.rows import RowsRefused
from shibaiqian.audit.models import Event
from shibaiqian.cadres.models import Cadre, TrainingRecord
from shibaiqian.cadres.tests.factories import CITY, DANFENG
from shibaiqian.organisations.models import Organisation
from shibaiqian.postings.actions import (
    TransferRefused,
    appoint_officials,
    begin_handover,
    issue_party_letters,
    receive_party_relation,
    record_arrival,
    record_arrivals,
    record_support,
    take_back_arrivals,
)
from shibaiqian.postings.excel.arrivals import prepare_arrivals
from shibaiqian.postings.models import PartyTransfer, Posting, PostingChange, Support
from shibaiqian.postings.tests.conftest import TOWN
from shibaiqian.postings.tests.factories import WAITING, posting_row, roster
from shibaiqian.regions.models import Region

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_world")]
ARRIVED = dt.date(2015, 7, 24)


@pytest.fixture
def waiting(county: Region, clerk: Actor, villages: list[str]) -> list[Posting]:
    rows = [posting_row(serial, village, **WAITING) for serial, village in zip((1, 2, 3), villages, strict=False)]
    appoint_officials(county, rows=roster(*rows), by=clerk)
    return list(Posting.unscoped.order_by("number"))


def arrival(serial: int, **more: Any) -> dict[str, Any]:
    return {
        "number": f"G-{serial:04}", "arrived_on": ARRIVED, "detached_on": ARRIVED, "acting_head": None, "party_out_on": None,
        "party_in_on": None, "letter_number": None, "duties": None, **more,
    }  # fmt: skip


def test_a_roster_records_arrivals_with_their_letters(waiting: list[Posting], county: Region, clerk: Actor) -> None:
    letter = {"party_out_on": ARRIVED, "party_in_on": dt.date(2015, 8, 3), "letter_number": "第0012号"}
    rows = roster(arrival(1, **letter), arrival(2, duties="抓产业"), arrival(3, arrived_on=dt.date(2015, 8, 5)))
    assert record_arrivals(county, rows=rows, by=clerk).count == 3
    first, second, third = Posting.unscoped.order_by("number")
    assert (first.state, first.arrived_on, first.detached_on, first.party_in_on) == ("active", ARRIVED, ARRIVED, dt.date(2015, 8, 3))
    assert second.duties == "抓产业" and first.duties == "协助抓基层党建和脱贫攻坚"
    kept = PartyTransfer.unscoped.get()
    assert (kept.posting_id, kept.letter_number, kept.direction, kept.runs_out_on) == (
        first.pk,
        "第0012号",
        "to_host",
        dt.date(2015, 8, 23),
    )
    assert list(PostingChange.unscoped.order_by("posting__number").values_list("reason", flat=True)) == [
        "按时到岗", "按时到岗", "应于 2015-07-27 前到岗",
    ]  # fmt: skip
    assert third.state == "active" and Event.objects.get(action="postings.record_arrivals").details["late"] == 1


def test_one_by_one_equals_all_at_once(waiting: list[Posting], county: Region, clerk: Actor) -> None:
    fields = [f.attname for f in Posting._meta.fields]
    states = []
    for one_by_one in (True, False):
        with transaction.atomic():
            if one_by_one:
                for posting in waiting:
                    record_arrival(posting, on=ARRIVED, detached_on=ARRIVED, by=clerk)
            else:
                record_arrivals(county, rows=roster(*[arrival(n) for n in (1, 2, 3)]), by=clerk)
            states.append(sorted(Posting.unscoped.values_list(*fields), key=str))
            transaction.set_rollback(True)
    assert states[0] == states[1]


def test_a_row_that_cannot_be_refuses_the_set(waiting: list[Posting], county: Region, clerk: Actor, subtests: Any) -> None:
    Posting.unscoped.filter(number="G-0003").update(duties="")
    Organisation.objects.filter(pk=waiting[1].unit_id).update(head_name="张丽")
    for change, column, why in (
        ({"number": "G-0404"}, "任职编号", "不在本级"),
        ({"number": "G-0003"}, "工作分工", "没有李明的工作分工"),
        ({"arrived_on": dt.date(2015, 7, 19)}, "到任日期", "早于任职日期"),
        ({"arrived_on": dt.date(2016, 6, 9)}, "到任日期", "晚于今天"),
        ({"detached_on": dt.date(2015, 7, 1)}, "脱离原单位日期", "早于任职日期"),
        ({"number": "G-0002"}, "主持工作人", "张丽是.*主要负责人，没有写由谁主持工作"),
        ({"party_in_on": ARRIVED}, "组织关系转出日期", "没有填写转出日期"),
        ({"letter_number": "1"}, "组织关系转出日期", "没有填写转出日期"),
        ({"party_out_on": ARRIVED, "party_in_on": dt.date(2015, 9, 1)}, "组织关系转入日期", "超过介绍信 30 天有效期"),
        ({"party_out_on": dt.date(2015, 7, 1)}, "组织关系转出日期", "不在任期"),
    ):
        with subtests.test(why):
            with pytest.raises(RowsRefused, match=why) as refused:
                record_arrivals(county, rows=roster(arrival(1) | change), by=clerk)
            assert [f.column for f in refused.value.findings.refusals()] == [column]
            assert not Posting.unscoped.exclude(state="pending_arrival").exists()
    head = arrival(2, acting_head="副局长王强")
    assert record_arrivals(county, rows=roster(head), by=clerk).count == 1
    assert Posting.unscoped.get(number="G-0002").acting_head == "副局长王强"


def test_late_untrained_and_not_detached_are_noted_only(waiting: list[Posting], county: Region, clerk: Actor) -> None:
    cadre = Cadre.unscoped.get(pk=waiting[0].cadre_id)
    TrainingRecord.unscoped.create(
        cadre=cadre, region_id=cadre.region_id, unit=cadre.unit_id, kind="induction", name="岗前培训", organiser="市委党校",
        starts_on=dt.date(2015, 7, 21), ends_on=dt.date(2015, 7, 23), hours_tenths=240, event=1,
    )  # fmt: skip
    rows = roster(arrival(1), arrival(2, arrived_on=dt.date(2015, 7, 28), detached_on=None))
    with acting(clerk):
        findings = prepare_arrivals(county, rows=rows, by=clerk).findings
    assert not findings.has_refusals
    assert sorted((f.row, f.code) for f in findings.notes()) == [(3, "arrived_late"), (3, "not_detached"), (3, "untrained")]


def test_undone_arrivals_wait_again(waiting: list[Posting], county: Region, clerk: Actor) -> None:
    record_arrivals(county, rows=roster(arrival(1)), by=clerk)
    with acting(clerk):
        take_back_arrivals(PostingChange.unscoped.get().event)
    first = Posting.unscoped.get(number="G-0001")
    assert (first.state, first.arrived_on, first.detached_on) == ("pending_arrival", None, None)


def test_as_many_queries_for_one_arrival_as_for_three(
    waiting: list[Posting], county: Region, clerk: Actor, django_assert_max_num_queries: Any
) -> None:
    counts = []
    for serials in ((1,), (2, 3)):
        with django_assert_max_num_queries(50) as captured:
            record_arrivals(county, rows=roster(*[arrival(n) for n in serials]), by=clerk)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_party_relations_go_out_by_letter_and_back_at_the_end(waiting: list[Posting], clerk: Actor) -> None:
    posting = record_arrival(waiting[0], on=ARRIVED, by=clerk)
    said: dict[str, Any] = {"letter_number": "第0012号", "from_body": "县农业局党支部", "to_body": "村党支部", "by": clerk}

    def letter(posting: Posting, **more: Any) -> None:
        issue_party_letters(posting.region, postings=[posting.pk], **said | more)

    with pytest.raises(TransferRefused, match="没有登记介绍信"):
        receive_party_relation(posting, direction="to_host", on=ARRIVED, by=clerk)
    with pytest.raises(TransferRefused, match="没有转入挂职单位"):
        letter(posting, direction="back", on=ARRIVED)
    with pytest.raises(TransferRefused, match="不在任期"):
        letter(posting, on=dt.date(2015, 7, 1))
    letter(posting, on=ARRIVED)
    with pytest.raises(TransferRefused, match="在 2015-08-23 前有效，不用重开"):
        letter(posting, on=dt.date(2015, 8, 1))
    with pytest.raises(TransferRefused, match="已经过期"):
        receive_party_relation(posting, direction="to_host", on=dt.date(2015, 8, 24), by=clerk)
    letter(posting, on=dt.date(2015, 9, 1), letter_number="第0020号")
    receive_party_relation(posting, direction="to_host", on=dt.date(2015, 9, 10), by=clerk)
    posting.refresh_from_db()
    assert (posting.party_out_on, posting.party_in_on) == (dt.date(2015, 9, 1), dt.date(2015, 9, 10))
    assert PartyTransfer.unscoped.filter(voided_by__isnull=True).get().letter_number == "第0020号"
    with pytest.raises(TransferRefused, match="交接或结束时再转回"):
        letter(posting, direction="back", on=dt.date(2016, 6, 1))
    begin_handover(posting, facts={}, successor_name="村支书", on=dt.date(2016, 6, 1), by=clerk)
    letter(posting, direction="back", on=dt.date(2016, 6, 1))
    assert receive_party_relation(posting, direction="back", on=dt.date(2016, 6, 3), by=clerk).in_on == dt.date(2016, 6, 3)


def test_who_is_no_member_has_no_party_relation(county: Region, clerk: Actor) -> None:
    appoint_officials(county, rows=roster(posting_row(4, TOWN, **WAITING)), by=clerk)
    with pytest.raises(TransferRefused, match="赵强不是党员"):
        issue_party_letters(county, postings=[Posting.unscoped.get().pk], letter_number="1", on=ARRIVED, by=clerk)


def test_the_unit_records_what_it_gives(waiting: list[Posting], clerk: Actor, stranger: Actor, actor: Any) -> None:
    posting = waiting[0]
    unit = actor("sending_unit_admin", unit=posting.unit_id)
    said: dict[str, Any] = {"kind": "town_subsidy", "on": dt.date(2015, 9, 1), "amount_cents": 30_000, "provider": "县农业局"}
    assert record_support(posting, by=unit, **said).amount_cents == 30_000
    assert record_support(posting, by=clerk, **said | {"kind": "visit", "amount_cents": None}).kind == Support.Kind.VISIT
    for change, why in (
        ({"kind": "gold"}, "保障种类"), ({"on": dt.date(2015, 7, 1)}, "不在这次挂职期间"), ({"on": dt.date(2016, 6, 9)}, "不在这次挂职期间"),
        ({"amount_cents": 0}, "大于零"), ({"amount_cents": None}, "填写金额"), ({"provider": " "}, "提供单位"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=why):
            record_support(posting, by=unit, **said | change)
    with pytest.raises(NotVisible):
        record_support(posting, by=stranger, **said)
    other = Organisation.objects.exclude(pk=posting.unit_id).first()
    assert other is not None
    with pytest.raises(NotVisible):
        record_support(posting, by=actor("sending_unit_admin", unit=other.pk), **said)


def test_an_outsider_records_nothing(waiting: list[Posting], county: Region, stranger: Actor, actor: Any) -> None:
    with pytest.raises(NotVisible):
        record_arrivals(county, rows=roster(arrival(1)), by=stranger)
    with pytest.raises(RowsRefused, match="不在本级"):
        record_arrivals(Region.objects.get(pk=DANFENG), rows=roster(arrival(1)), by=stranger)
    with pytest.raises(Forbidden):
        record_arrivals(county, rows=roster(arrival(1)), by=actor("city_leader", CITY))
    for by, error in ((stranger, NotVisible), (actor("posted_cadre", TOWN), Forbidden)):
        with pytest.raises(error):
            issue_party_letters(county, postings=[waiting[0].pk], letter_number="1", on=ARRIVED, by=by)
        with pytest.raises(error):
            receive_party_relation(waiting[0], direction="to_host", on=ARRIVED, by=by)
