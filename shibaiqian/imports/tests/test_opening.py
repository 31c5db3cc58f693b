"""A county's opening balance: brought in by one, closed by another with its document, once and for good."""

import datetime as dt
import uuid
from collections.abc import Callable

import pytest

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import NotVisible
from shibaiqian.imports import actions, queries
from shibaiqian.imports.models import ImportRun, OpeningBalance
from shibaiqian.imports.tests.factories import DANFENG, LUONAN, reloaded
from shibaiqian.regions.models import Region

pytestmark = pytest.mark.django_db
DOCUMENT = "洛扶发〔2016〕3号"
ActorOf = Callable[..., Actor]


@pytest.fixture
def county() -> Region:
    return Region.objects.get(pk=LUONAN)


@pytest.fixture
def first(actor: ActorOf) -> Actor:
    return actor("county_poverty_admin", LUONAN)


@pytest.fixture
def second(actor: ActorOf) -> Actor:
    return actor("county_poverty_admin", LUONAN)


def _loaded(region: Region, *, by: Actor, kind: str = "households") -> ImportRun:
    """A roster of the opening balance as if it had been written."""
    run = actions.upload_roster(region, kind=kind, file_name="期初.xlsx", data=uuid.uuid4().bytes, by=by)
    ImportRun.unscoped.filter(pk=run.pk).update(state="done", written_by_event=0)
    return reloaded(run)


def test_it_is_closed_once_by_a_second_person(county: Region, first: Actor, second: Actor) -> None:
    run = _loaded(county, by=first)
    with pytest.raises(actions.SecondPersonNeeded):
        actions.close_opening(county, source_document=DOCUMENT, by=first)
    actions.close_opening(county, source_document=f" {DOCUMENT} ", by=second)

    closed = OpeningBalance.unscoped.get()
    assert (closed.closed_on, closed.closed_by, closed.source_document) == (dt.date(2016, 6, 8), second.user_id, DOCUMENT)
    for again in (
        lambda: actions.upload_roster(county, kind="members", file_name="x.xlsx", data=b"", by=first),
        lambda: actions.close_opening(county, source_document=DOCUMENT, by=second),
        lambda: actions.undo_run(run, reason="后悔了", by=first),
        lambda: actions.write_run(_previewed(run), rows=None, by=first),
    ):
        with pytest.raises(actions.OpeningClosed, match="封账"):
            again()


def _previewed(run: ImportRun) -> ImportRun:
    ImportRun.unscoped.filter(pk=run.pk).update(state="previewed")
    return reloaded(run)


def test_until_then_it_can_be_undone(county: Region, first: Actor) -> None:
    run = _loaded(county, by=first)
    actions.undo_run(run, reason="传错了文件", by=first)
    assert reloaded(run).state == "undone"


def test_there_must_be_something_to_close_and_a_document_to_close_it_by(county: Region, first: Actor, second: Actor) -> None:
    with pytest.raises(actions.WrongMoment):
        actions.close_opening(county, source_document=DOCUMENT, by=second)
    _loaded(county, by=first)
    for nothing in ("", "  "):
        with pytest.raises(actions.SourceMissing):
            actions.close_opening(county, source_document=nothing, by=second)
    assert not OpeningBalance.unscoped.filter(closed_on__isnull=False).exists()


def test_a_town_neither_loads_nor_closes_it(county: Region, first: Actor, actor: ActorOf) -> None:
    """A town's own balance would be none of the county's, and the row of the county is beyond its wall."""
    station = actor("town_poverty_admin", f"{LUONAN}001")
    with pytest.raises(actions.NotThisRoster, match="县区统一导入"):
        actions.upload_roster(Region.objects.get(pk=f"{LUONAN}001"), kind="households", file_name="x.xlsx", data=b"", by=station)


def test_another_county_does_not_close_it(county: Region, first: Actor, actor: ActorOf) -> None:
    _loaded(county, by=first)
    with pytest.raises(NotVisible):
        actions.close_opening(county, source_document=DOCUMENT, by=actor("county_poverty_admin", DANFENG))


def test_who_loaded_a_part_for_a_town_is_no_second_person(county: Region, first: Actor, second: Actor) -> None:
    _loaded(county, by=first)
    _loaded(Region.objects.get(pk=f"{LUONAN}001"), by=second, kind="members")
    with pytest.raises(actions.SecondPersonNeeded):
        actions.close_opening(county, source_document=DOCUMENT, by=second)


def test_each_sees_how_the_balances_within_the_scope_stand(county: Region, first: Actor, second: Actor, actor: ActorOf) -> None:
    _loaded(county, by=first)
    _loaded(county, by=first, kind="members")
    (of_first,), (of_second,) = queries.openings(by=first), queries.openings(by=second)
    assert (of_first.county, of_first.loaded, of_first.closed_on, of_first.own) == (county, 2, None, True)
    assert not of_second.own
    assert [o.county for o in queries.openings(by=actor("city_org_admin", "6110"))] == [county]
    assert queries.openings(by=actor("county_poverty_admin", DANFENG)) == []


def test_each_step_of_a_roster_needs_the_right_to_its_rows(county: Region, first: Actor, actor: ActorOf) -> None:
    """Who may import something else in this county confirms, gives up and undoes nothing of the register."""
    personnel = actor("county_org_admin", LUONAN)
    done, waiting = _loaded(county, by=first), _previewed(_loaded(county, by=first))
    for step in (
        lambda: actions.undo_run(done, reason="x", by=personnel),
        lambda: actions.confirm_run(waiting, by=personnel),
        lambda: actions.discard_run(waiting, by=personnel),
    ):
        with pytest.raises(actions.NotThisRoster):
            step()
