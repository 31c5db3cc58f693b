"""Rosters by which households pass to others are undone like the rest, until something later stands on them."""

import datetime as dt
import io
from typing import Any

import pytest
import xlsxwriter

from shibaiqian.access.actor import Actor, Forbidden
from shibaiqian.access.command import NotVisible, Refused
from shibaiqian.access.models import AssignedHousehold
from shibaiqian.access.roles import Role
from shibaiqian.cadres.tests.factories import DANFENG, LUONAN
from shibaiqian.imports import actions, jobs
from shibaiqian.imports.kinds import KINDS
from shibaiqian.imports.models import ImportRun
from shibaiqian.imports.tests.factories import clerk_of, reloaded, who
from shibaiqian.postings.actions import appoint_officials, leave_to_helpers, pass_pairings, tell_households
from shibaiqian.postings.models import Helper, Pairing, PostedHousehold, Posting
from shibaiqian.postings.pairings import pair_households
from shibaiqian.postings.tests.conftest import TOWN
from shibaiqian.postings.tests.factories import bound, ended, install, posting_row, registered_households, roster
from shibaiqian.regions.models import Region

pytestmark = pytest.mark.django_db
ON, LATER = "2016-06-01", dt.date(2016, 6, 2)


@pytest.fixture
def poverty(actor: Any) -> Actor:
    """Two households of a village: bound to its First Secretary, and Zhang of the bureau is responsible for both."""
    install(actor)
    by, org = clerk_of(LUONAN, Role.COUNTY_POVERTY_ADMIN), clerk_of(LUONAN)
    village = Region.objects.filter(code__gte=TOWN, code__lt=f"{TOWN}:", level="village").order_by("code")[0].code
    county = Region.objects.get(pk=LUONAN)
    appoint_officials(county, rows=roster(posting_row(1, village), posting_row(3, TOWN)), by=org)
    registered_households(village, {"H1": "registered", "H2": "registered"}, by=by)
    base = {
        "helper_name": "张三",
        "unit_code": "LN-001",
        "phone": "13900001234",
        "post": "科员",
        "since": dt.date(2015, 8, 1),
        "until": None,
    }
    pair_households(county, rows=roster(*[{"household_number": number, **base} for number in ("H1", "H2")]), by=by)
    bound(Posting.unscoped.get(number="G-0001"), ["H1", "H2"], by=org)
    return by


@pytest.fixture
def organisation(poverty: Actor) -> Actor:
    return clerk_of(LUONAN)


def take(kind: str, *rows: dict[str, str], by: Actor) -> ImportRun:
    """The roster uploaded and written."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet("名册")
        headers = [column.header for column in KINDS[kind].columns]
        sheet.write_row(0, 0, headers)
        for number, row in enumerate(rows, start=1):
            sheet.write_row(number, 0, [row.get(header, "") for header in headers])
    county = Region.objects.get(pk=LUONAN)
    run = actions.upload_roster(county, kind=kind, file_name="名册.xlsx", data=buffer.getvalue(), write_when_clean=True, by=by)
    jobs.look_at(str(run.pk), who(by), True)
    run = reloaded(run)
    assert run.state == "done", run.message
    return run


def to_wang(number: str) -> dict[str, str]:
    return {
        "户编号": number, "原责任人": "张三", "原单位编码": "LN-001", "接续责任人": "王五", "单位编码": "LN-101", "联系电话": "13900009999", "交接日期": ON,
    }  # fmt: skip


def running() -> set[tuple[str, str]]:
    rows = Pairing.unscoped.filter(until__isnull=True, voided_by__isnull=True)
    return set(rows.values_list("household__number", "helper_name"))


def test_pairings_run_again_as_before_with_their_accounts(poverty: Actor) -> None:
    run = take("pairing_handovers", to_wang("H1"), to_wang("H2"), by=poverty)
    assert running() == {("H1", "王五"), ("H2", "王五")}
    actions.undo_run(run, reason="传错了文件", by=poverty)
    assert running() == {("H1", "张三"), ("H2", "张三")}
    live = AssignedHousehold.objects.filter(voided_by__isnull=True)
    assert set(live.values_list("helper_name", "valid_to")) == {("张三", None)}
    assert not Helper.unscoped.filter(name="王五", voided_by__isnull=True).exists()
    again = take("pairing_handovers", to_wang("H1"), by=poverty)
    assert again.state == "done" and ("H1", "王五") in running()


def test_pairings_stay_once_somebody_stands_on_them(poverty: Actor) -> None:
    run = take("pairing_handovers", to_wang("H1"), by=poverty)
    wang, zhang = Helper.unscoped.get(name="王五"), Helper.unscoped.get(name="张三")
    pass_pairings(wang, to_helper=zhang, on=LATER, by=poverty)
    with pytest.raises(Refused, match="户 H1 的王五已于 2016-06-02 又交接给别人"):
        actions.undo_run(run, reason="x", by=poverty)
    assert reloaded(run).state == "done" and ("H1", "张三") in running()


def test_what_a_household_was_told_is_not_taken_back(poverty: Actor, organisation: Actor) -> None:
    run = take("pairing_handovers", to_wang("H1"), by=poverty)
    home = Pairing.unscoped.get(helper_name="王五")
    tell_households(Region.objects.get(pk=LUONAN), households=[home.household_id], on=LATER, by=organisation)
    with pytest.raises(Refused, match="户 H1 已于 2016-06-02 得知由王五负责"):
        actions.undo_run(run, reason="x", by=poverty)


def test_a_household_paired_again_with_the_former_helper_stays(poverty: Actor) -> None:
    run = take("pairing_handovers", to_wang("H1"), by=poverty)
    row = {"helper_name": "张三", "unit_code": "LN-001", "phone": "13900001234", "post": "科员", "since": LATER, "until": None}
    pair_households(Region.objects.get(pk=LUONAN), rows=roster({"household_number": "H1", **row}), by=poverty)
    with pytest.raises(Refused, match="户 H1 后来又登记由张三负责"):
        actions.undo_run(run, reason="x", by=poverty)
    assert running() == {("H1", "王五"), ("H1", "张三"), ("H2", "张三")}


def test_bound_households_are_bound_again(organisation: Actor) -> None:
    to_helper = {"任职编号": "G-0001", "户编号": "H1", "接续责任人": "张三", "单位编码": "LN-001", "交接日期": ON}
    to_town = {"任职编号": "G-0001", "户编号": "H2", "接续任职编号": "G-0003", "交接日期": ON}
    run = take("household_successors", to_helper, to_town, by=organisation)
    assert PostedHousehold.unscoped.filter(until__isnull=True, voided_by__isnull=True).get().posting.number == "G-0003"
    actions.undo_run(run, reason="传错了文件", by=organisation)
    back = PostedHousehold.unscoped.filter(voided_by__isnull=True)
    assert {(b.posting.number, b.household.number, b.until, b.successor_helper, b.successor_posting) for b in back} == {
        ("G-0001", "H1", None, None, None), ("G-0001", "H2", None, None, None),
    }  # fmt: skip


def test_bound_households_stay_once_the_official_left_or_others_followed(organisation: Actor) -> None:
    rows = [{"任职编号": "G-0001", "户编号": number, "接续任职编号": "G-0003", "交接日期": ON} for number in ("H1", "H2")]
    run = take("household_successors", *rows, by=organisation)
    first, town = Posting.unscoped.get(number="G-0001"), Posting.unscoped.get(number="G-0003")
    leave_to_helpers(town, on=LATER, by=organisation)
    with pytest.raises(Refused, match="户 H1 的李明已于 2016-06-02 又交接给别人"):
        actions.undo_run(run, reason="x", by=organisation)
    ended(first, on=LATER, reason="health", by=organisation)
    with pytest.raises(Refused, match="王朝辉的挂职已于 2016-06-02 结束"):
        actions.undo_run(run, reason="x", by=organisation)


def test_an_outsider_undoes_nothing(poverty: Actor, organisation: Actor) -> None:
    run = take("pairing_handovers", to_wang("H1"), by=poverty)
    with pytest.raises(NotVisible):
        actions.undo_run(run, reason="x", by=clerk_of(DANFENG, Role.COUNTY_POVERTY_ADMIN))
    with pytest.raises(actions.NotThisRoster):
        actions.undo_run(run, reason="x", by=organisation)
    with pytest.raises(Forbidden):
        actions.undo_run(run, reason="x", by=clerk_of(LUONAN, Role.CITY_LEADER))
    assert ("H1", "王五") in running()
