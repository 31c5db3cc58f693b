"""A roster's way, on the party's roster of overhauls, which is small."""

import datetime as dt
import uuid
from dataclasses import replace
from typing import Any

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from shibaiqian.access.actor import Actor, Forbidden, acting, system_actor
from shibaiqian.access.command import NotVisible
from shibaiqian.access.models import Assignment, StandIn, User
from shibaiqian.audit.models import Event
from shibaiqian.base import clock
from shibaiqian.base.spreadsheets.findings import Findings
from shibaiqian.files import store
from shibaiqian.imports import actions, jobs, rules
from shibaiqian.imports.models import ImportFinding, ImportRun
from shibaiqian.imports.tests.factories import DANFENG, LUONAN, clerk_of, reloaded, row, villages_of, who, workbook
from shibaiqian.party.models import Overhaul
from shibaiqian.regions.models import Region

pytestmark = pytest.mark.django_db


@pytest.fixture
def county() -> Region:
    return Region.objects.get(pk=LUONAN)


@pytest.fixture
def villages() -> list[Region]:
    return villages_of(LUONAN, count=3)


@pytest.fixture
def clerk(db: None) -> Actor:
    return clerk_of(LUONAN)


def _upload(county: Region, by: Actor, data: bytes, **more: Any) -> ImportRun:
    run = actions.upload_roster(county, kind="overhauls", file_name="台账.xlsx", data=data, by=by, **more)
    jobs.look_at(str(run.pk), who(by), more.get("write_when_clean", False))
    return reloaded(run)


def _confirm(run: ImportRun, by: Actor) -> ImportRun:
    actions.confirm_run(run, by=by)
    jobs.write(str(run.pk), who(by))
    return reloaded(run)


def test_a_clean_roster_waits_to_be_confirmed_and_is_written_once(county: Region, villages: list[Region], clerk: Actor) -> None:
    run = _upload(county, clerk, workbook(*[row(v) for v in villages]))
    assert (run.state, run.row_count, run.refused_count) == ("previewed", 3, 0)
    assert Overhaul.unscoped.count() == 0

    run = _confirm(run, clerk)
    assert run.state == "done", run.message
    assert set(Overhaul.unscoped.values_list("event", flat=True)) == {run.written_by_event}
    event = Event.objects.get(pk=run.written_by_event)
    assert event.details["written"] == 3
    assert event.details["file_sha256"] == run.file_sha256


def test_one_bad_row_refuses_the_whole_and_is_named(county: Region, villages: list[Region], clerk: Actor) -> None:
    stranger = Region.objects.filter(code__gte=DANFENG, code__lt=DANFENG + ":", level="village").order_by("code")[0]
    run = _upload(county, clerk, workbook(row(villages[0]), row(stranger)), write_when_clean=True)

    assert run.state == "refused"
    finding = ImportFinding.unscoped.filter(run=run, severity="refuse").first()
    assert finding is not None
    assert (finding.sheet, finding.row, finding.column) == ("台账", 3, "村代码")
    assert finding.message and finding.mend
    assert Overhaul.unscoped.count() == 0


def test_a_file_that_is_none_fails_with_a_message(county: Region, clerk: Actor) -> None:
    run = _upload(county, clerk, b"PK\x03\x04 not a workbook")
    assert run.state == "failed"
    assert run.message


def test_an_import_can_be_undone(county: Region, villages: list[Region], clerk: Actor) -> None:
    run = _confirm(_upload(county, clerk, workbook(*[row(v) for v in villages])), clerk)
    actions.undo_run(run, reason="传错了文件", by=clerk)

    assert reloaded(run).state == "undone"
    with acting(clerk):
        assert not Overhaul.objects.visible_to(clerk).exists()
    assert Overhaul.unscoped.count() == 3  # they keep standing, voided
    again = _confirm(_upload(county, clerk, workbook(*[row(v) for v in villages])), clerk)
    assert again.state == "done", again.message


def test_a_second_confirmation_is_refused_in_words(county: Region, villages: list[Region], clerk: Actor) -> None:
    run = _confirm(_upload(county, clerk, workbook(row(villages[0]))), clerk)
    with pytest.raises(actions.WrongMoment, match="已导入"):
        actions.confirm_run(run, by=clerk)


def test_a_job_that_comes_back_does_nothing(county: Region, villages: list[Region], clerk: Actor) -> None:
    run = _confirm(_upload(county, clerk, workbook(row(villages[0]))), clerk)
    jobs.write(str(run.pk), who(clerk))
    assert Overhaul.unscoped.count() == 1
    assert reloaded(run).state == "done"


@pytest.mark.parametrize("gone", ["the account is closed", "the role is ended", "the role ran out"])
def test_a_job_writes_nothing_for_somebody_who_may_no_longer(county: Region, villages: list[Region], clerk: Actor, gone: str) -> None:
    run = _upload(county, clerk, workbook(row(villages[0])))
    actions.confirm_run(run, by=clerk)
    roles = Assignment.objects.filter(user_id=clerk.user_id)
    match gone:
        case "the account is closed":
            User.objects.filter(pk=clerk.user_id).update(is_active=False)
        case "the role is ended":
            roles.update(ended_at=clock.wall_now())
        case "the role ran out":
            yesterday = clock.today() - dt.timedelta(days=1)
            roles.update(valid_from=yesterday, valid_to=yesterday)
    jobs.write(str(run.pk), who(clerk))

    run = reloaded(run)
    assert run.state == "failed" and "账号已停用或角色已终止" in run.message and "重新上传" in run.message
    assert Overhaul.unscoped.count() == 0
    assert Event.objects.order_by("-id")[0].user_name == "系统：导入"


def test_another_county_neither_sees_nor_confirms(county: Region, villages: list[Region], clerk: Actor) -> None:
    run = _upload(county, clerk, workbook(row(villages[0])))
    stranger = clerk_of(DANFENG)
    with acting(stranger):
        assert not ImportRun.objects.visible_to(stranger).exists()
    with pytest.raises(NotVisible):
        actions.confirm_run(run, by=stranger)
    with pytest.raises(NotVisible):
        actions.upload_roster(county, kind="overhauls", file_name="x.xlsx", data=b"", by=stranger)


def test_a_role_takes_only_its_own_rosters(county: Region, clerk: Actor, actor: Any) -> None:
    with pytest.raises(actions.NotThisRoster):
        actions.upload_roster(county, kind="members", file_name="x.xlsx", data=b"", by=clerk)
    with pytest.raises(Forbidden):
        actions.upload_roster(county, kind="overhauls", file_name="x.xlsx", data=b"", by=actor("city_leader", "6110"))


def test_a_refused_roster_can_be_given_up(county: Region, villages: list[Region], clerk: Actor) -> None:
    run = _upload(county, clerk, workbook(row(villages[0], 类型="什么")))
    assert run.state == "refused"
    actions.discard_run(run, by=clerk)
    assert reloaded(run).state == "discarded"


def test_only_those_who_may_see_a_run_move_it(county: Region, villages: list[Region], clerk: Actor) -> None:
    run, stranger = _upload(county, clerk, workbook(row(villages[0]))), clerk_of(DANFENG)
    for step in (
        lambda: actions.note_progress(run, state="writing", stage="x", percent=50, by=stranger),
        lambda: actions.note_verdict(run, findings=Findings(), row_count=0, by=stranger),
        lambda: actions.note_failure(run, message="x", by=stranger),
        lambda: actions.write_run(run, rows=None, by=stranger),
        lambda: actions.discard_run(run, by=stranger),
        lambda: actions.undo_run(run, reason="x", by=stranger),
    ):
        with pytest.raises(NotVisible):
            step()
    assert reloaded(run).state == "previewed"


STATES = [state.value for state in ImportRun.State]


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("step", rules.STEPS)
def test_every_state_and_step(state: str, step: str) -> None:
    if (state, step) in rules.FLOW:
        assert rules.require(state, step, refuse=actions.WrongMoment) in STATES
    else:
        with pytest.raises(actions.WrongMoment):
            rules.require(state, step, refuse=actions.WrongMoment)


def test_the_system_may_load_for_the_demonstration(county: Region, villages: list[Region]) -> None:
    by = system_actor("测试")
    run = actions.upload_roster(county, kind="overhauls", file_name="x.xlsx", data=workbook(row(villages[0])), write_when_clean=True, by=by)
    jobs.look_at(str(run.pk), {"user_id": "", "role": "system", "region": "6110"}, write_when_clean=True)
    assert reloaded(run).state == "done", reloaded(run).message


def test_a_job_works_as_whoever_stood_in_while_the_role_is_lent(clerk: Actor) -> None:
    borrower = User.objects.create(login="borrower", name="屈军伟", created_at=clock.wall_now())
    role = Assignment.objects.get(user_id=clerk.user_id)
    loan = StandIn.objects.create(assignment=role, user=borrower, valid_from=clock.today(), valid_to=clock.today(), reason="外出")
    lent = replace(clerk, user_id=borrower.pk, name="屈军伟", standing_in_for=clerk.name, lender_id=clerk.user_id)
    said = {**who(lent), "standing_in_for": lent.standing_in_for, "lender_id": str(lent.lender_id)}
    assert jobs._actor(said) == lent
    assert jobs._actor(who(clerk)) == clerk
    assert jobs._actor(who(lent)) is None  # in a role of their own they have none
    StandIn.objects.filter(pk=loan.pk).update(ended_at=clock.wall_now())
    assert jobs._actor(said) is None


def test_what_a_stand_in_uploads_names_both(county: Region, villages: list[Region], clerk: Actor) -> None:
    run = actions.upload_roster(county, kind="overhauls", file_name="x.xlsx", data=b"", by=replace(clerk, standing_in_for="屈军伟"))
    queued = ProcrastinateJob.objects.get(args__run_id=str(run.pk))
    assert queued.args["who"]["standing_in_for"] == "屈军伟"


@pytest.mark.parametrize("harm", ["gone", "damaged"])
def test_a_file_that_its_store_has_lost_or_spoilt_is_said_in_words(county: Region, villages: list[Region], clerk: Actor, harm: str) -> None:
    run = actions.upload_roster(county, kind="overhauls", file_name="x." + "长" * 100, data=uuid.uuid4().bytes, by=clerk)
    stored = store._path(run.file_key)
    if harm == "gone":
        stored.unlink()
    else:
        stored.write_bytes(stored.read_bytes()[:-1] + b"x")
    jobs.look_at(str(run.pk), who(clerk))
    assert (reloaded(run).state, reloaded(run).message) == ("failed", jobs.UNREADABLE)
