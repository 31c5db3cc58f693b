"""The two doors and the wall, each tried with a real walled table."""

import threading
import uuid
from datetime import date
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections, transaction
from django.db.utils import DataError, InternalError, ProgrammingError

from shibaiqian.access.actor import Forbidden, acting
from shibaiqian.access.command import NotVisible, OperationConflict, Refused, command, current_event
from shibaiqian.access.roles import Permission
from shibaiqian.access.scoped import UnscopedRead
from shibaiqian.audit.models import Event
from shibaiqian.base.ids import new_id
from shibaiqian.party.models import Overhaul
from shibaiqian.regions.models import Region

LUONAN, DANFENG = "611021", "611022"


class AlreadyScored(Refused):
    pass


@command(Permission.KEEP_PARTY)
def list_body(region: Region, *, name: str, by: Any) -> Overhaul:
    """A command that creates, for these tests."""
    return Overhaul.unscoped.create(
        region=region,
        organisation_name=name,
        label="lagging",
        kinds="W01",
        listed_on=date(2016, 1, 4),
        state="in_rectification",
        event=current_event(),
    )


@command(Permission.KEEP_PARTY)
def score_body(body: Overhaul, *, score: int, by: Any) -> Overhaul:
    """A command that changes, for these tests."""
    if body.score is not None:
        raise AlreadyScored("已评过分")
    body.score = score
    body.save(update_fields=["score"])
    return body


@command(Permission.KEEP_PARTY)
def list_and_score(region: Region, *, name: str, score: int, by: Any) -> Overhaul:
    """A command that calls commands, for these tests."""
    return score_body(list_body(region, name=name, by=by), score=score, by=by)


@pytest.fixture
def village() -> Region:
    return Region.objects.filter(code__gte=LUONAN, code__lt=LUONAN + ":", level="village").order_by("code")[0]


@pytest.fixture
def clerk(actor: Any) -> Any:
    return actor("county_org_admin", LUONAN)


@pytest.fixture
def stranger(actor: Any) -> Any:
    return actor("county_org_admin", DANFENG)


@pytest.mark.django_db
def test_a_command_writes_once_and_is_recorded(clerk: Any, village: Region) -> None:
    body = list_body(village, name="某支部", by=clerk)

    event = Event.objects.get()
    assert (event.action, event.outcome, event.region) == ("access.list_body", "done", village.code)
    assert body.event == event.pk


@pytest.mark.django_db
def test_nobody_reads_without_saying_for_whom() -> None:
    for read in (list, lambda q: q.count(), lambda q: q.exists(), lambda q: q.first(), lambda q: list(q.values("pk"))):
        with pytest.raises(UnscopedRead):
            read(Overhaul.objects.all())


@pytest.mark.django_db
def test_another_county_neither_sees_nor_changes_it(clerk: Any, stranger: Any, village: Region) -> None:
    body = list_body(village, name="某支部", by=clerk)

    with acting(stranger):
        assert list(Overhaul.objects.visible_to(stranger)) == []
        assert list(Overhaul.unscoped.all()) == []  # the wall, with the door left open
    with pytest.raises(NotVisible):
        score_body(body, score=80, by=stranger)
    with pytest.raises(NotVisible):
        list_body(village, name="别的支部", by=stranger)
    body.refresh_from_db()
    assert body.score is None


@pytest.mark.django_db
def test_raw_sql_of_the_app_role_meets_the_wall(clerk: Any, stranger: Any, village: Region) -> None:
    list_body(village, name="某支部", by=clerk)

    with acting(stranger), connection.cursor() as cursor:
        cursor.execute("update party_overhaul set score = 1")
        assert cursor.rowcount == 0
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            cursor.execute(
                "insert into party_overhaul (id, event, region, organisation_name, label, kinds, listed_on, person_in_charge,"
                " rules_in_place, accountability, state) values (%s, 1, %s, 'x', 'lagging', '', '2016-01-01', false, false, false, 'closed')",
                [new_id(), village.code],
            )
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            cursor.execute("delete from party_overhaul")


@pytest.mark.django_db
def test_no_scope_sees_nothing(clerk: Any, village: Region) -> None:
    list_body(village, name="某支部", by=clerk)

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local role shibaiqian_app")
        cursor.execute("select count(*) from party_overhaul")
        assert cursor.fetchone() == (0,)
        cursor.execute("reset role")


def _who_and_where() -> tuple[str, str, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select current_user::text, coalesce(current_setting('app.scope', true), ''), coalesce(current_setting('app.households', true), '')"
        )
        return cursor.fetchone()  # type: ignore[no-any-return]


def test_a_transaction_of_its_own_begins_inside_the_wall_and_leaves_nothing_behind(committed: None, actor: Any, clerk: Any) -> None:
    outside = _who_and_where()
    with acting(clerk):
        assert _who_and_where() == (settings.APP_ROLE, LUONAN, "")
        assert connection.in_atomic_block
    assert _who_and_where() == outside
    home, odd = new_id(), "6110'); select 1 --\\"
    with acting(actor("helper", households=(home,))):
        assert _who_and_where() == (settings.APP_ROLE, "", f"{{{home}}}")
    with acting(actor("county_org_admin", odd)):
        assert _who_and_where() == (settings.APP_ROLE, odd, "")
    with pytest.raises(Refused), acting(clerk):
        raise AlreadyScored("已评过分")
    assert _who_and_where() == outside


def test_no_transaction_is_open_where_the_role_cannot_be_taken(committed: None, clerk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "APP_ROLE", "nobody_of_this_name")
    with pytest.raises(DataError, match="nobody_of_this_name"), acting(clerk):
        raise AssertionError("outside the wall")
    assert connection.connection.info.transaction_status.name == "IDLE"


@pytest.mark.django_db
def test_a_role_without_the_permission_is_refused_and_recorded(actor: Any, village: Region) -> None:
    leader = actor("city_leader", "6110")
    with pytest.raises(Forbidden):
        list_body(village, name="某支部", by=leader)
    event = Event.objects.get()
    assert (event.outcome, event.details["kind"]) == ("refused", "Forbidden")


@pytest.mark.django_db
def test_a_refusal_survives_the_rollback(clerk: Any, village: Region) -> None:
    body = list_body(village, name="某支部", by=clerk)
    score_body(body, score=80, by=clerk)
    with pytest.raises(AlreadyScored):
        score_body(body, score=90, by=clerk)

    assert [e.outcome for e in Event.objects.order_by("id")] == ["done", "done", "refused"]
    assert Overhaul.unscoped.get().score == 80


@pytest.mark.django_db
def test_nested_commands_make_one_event(clerk: Any, village: Region) -> None:
    list_and_score(village, name="某支部", score=70, by=clerk)
    event = Event.objects.get()
    assert [act["action"] for act in event.details["acts"]] == ["access.list_body", "access.score_body"]


@pytest.mark.django_db
def test_the_same_operation_is_answered_twice_and_done_once(clerk: Any, village: Region) -> None:
    operation = new_id()
    first = list_body(village, name="某支部", by=clerk, operation=operation)
    again = list_body(village, name="某支部", by=clerk, operation=operation)

    assert first.pk == again.pk
    assert Overhaul.unscoped.count() == 1


@pytest.mark.django_db
def test_the_same_operation_with_other_content_is_a_conflict(clerk: Any, actor: Any, village: Region) -> None:
    operation = new_id()
    list_body(village, name="某支部", by=clerk, operation=operation)

    with pytest.raises(OperationConflict):
        list_body(village, name="改了名", by=clerk, operation=operation)
    with pytest.raises(OperationConflict):
        list_body(village, name="某支部", by=actor("county_org_admin", LUONAN), operation=operation)
    assert Overhaul.unscoped.count() == 1


@pytest.mark.django_db
def test_events_cannot_be_changed_even_by_the_owner(clerk: Any, village: Region) -> None:
    list_body(village, name="某支部", by=clerk)
    for sql in ("update audit_event set role = 'x'", "delete from audit_event", "truncate audit_event cascade"):
        with pytest.raises((ProgrammingError, InternalError, DataError)), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


@pytest.mark.django_db
def test_the_app_role_owns_nothing_and_reads_no_events(clerk: Any, village: Region) -> None:
    list_body(village, name="某支部", by=clerk)
    with acting(clerk), connection.cursor() as cursor:
        assert Event.objects.count() == 0
        with pytest.raises(ProgrammingError, match=r"permission denied|owner"), transaction.atomic():
            cursor.execute("drop table party_overhaul")


def test_sixteen_senders_of_one_operation_make_one_row(committed: None, clerk: Any) -> None:
    operation, county, answers = new_id(), Region.objects.get(code=LUONAN), list[uuid.UUID]()
    barrier = threading.Barrier(16)

    def send() -> None:
        try:
            barrier.wait()
            answers.append(list_body(county, name="某支部", by=clerk, operation=operation).pk)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 16
    assert len(set(answers)) == 1
    assert Overhaul.unscoped.count() == 1
