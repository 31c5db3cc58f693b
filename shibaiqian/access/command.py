"""The door for writing: one transaction, a locked subject, permitted, refused or recorded, and repeatable without harm.

`@command(Permission.X)` turns `def verb(subject, *, …, by) -> Result` into the only way to do that thing. The subject is
where the permission must hold: the row that changes or, for something new, its parent (a set of rows: their region).
The console, the API, the Excel import and later the phone's sync all call the same command.
"""

import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from django.apps import apps
from django.db import models, transaction
from django.http import Http404

from shibaiqian.access.actor import Actor, Forbidden, acting, after_rollback
from shibaiqian.access.models import Operation
from shibaiqian.access.roles import Permission
from shibaiqian.access.scoped import Scoped
from shibaiqian.audit.models import Event
from shibaiqian.audit.record import next_event_id, plain, record
from shibaiqian.base import crypto
from shibaiqian.base.workdays import CalendarEnds

Subject = TypeVar("Subject", bound=models.Model)
Result = TypeVar("Result")
P = ParamSpec("P")


class Refused(Exception):
    """A business rule said no. The message is written for the person who asked."""


class OperationConflict(Refused):
    """The same operation id came with other content, or from another user."""


class NotVisible(Http404):
    """The subject does not exist for this actor: the same answer as for what does not exist at all."""


class Reference(Protocol):
    """Reference data (places, units) has no wall; it says itself who may act on it."""

    def reachable_by(self, actor: Actor) -> bool: ...


@dataclass
class Running:
    """The command under way: rows it writes carry its event id; nested commands become its acts."""

    event_id: int
    acts: list[dict[str, Any]] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=dict)


_running: ContextVar[Running | None] = ContextVar("command", default=None)
COMMANDS: dict[str, "Any"] = {}


def current_event() -> int:
    """The id of the event that the rows now being written belong to."""
    running = _running.get()
    if running is None:
        raise RuntimeError("rows are written inside a command only")
    return running.event_id


def note_in_event(**details: Any) -> None:
    """Say more in the event: counts, digests, the old value."""
    running = _running.get()
    if running is None:
        raise RuntimeError("note_in_event() outside a command")
    running.details.update(details)


def command(
    permission: Permission, *, redact: tuple[str, ...] = ()
) -> Callable[[Callable[Concatenate[Subject, P], Result]], Callable[..., Result]]:
    """Make the function the one way to do this. `redact` names parameters that never reach the audit.

    The command takes `operation=` besides: the client's id, answered twice and done once.
    """

    def decorate(function: Callable[Concatenate[Subject, P], Result]) -> Callable[..., Result]:
        name = f"{function.__module__.split('.')[1]}.{function.__name__}"

        @wraps(function)
        def run(subject: Subject, *, by: Actor, operation: uuid.UUID | None = None, **details: Any) -> Result:
            said = {key: ("…" if key in redact else value) for key, value in details.items()}
            with acting(by), _refusals_recorded(name, subject=subject, by=by, operation=operation, said=said), _calendar_refuses():
                with transaction.atomic():
                    by.must(permission)
                    outer = _running.get()
                    if outer is not None:
                        locked = _lock(subject, by=by)
                        outer.acts.append({"action": name, "subject": str(subject.pk), **plain(said)})
                        return function(locked, by=by, **details)  # type: ignore[call-arg, arg-type]
                    return _run_outermost(function, name, subject, by, operation, said, details)

        run.permission = permission  # type: ignore[attr-defined]
        run.command_name = name  # type: ignore[attr-defined]
        COMMANDS[name] = run
        return run

    return decorate


def _run_outermost(
    function: Callable[..., Result],
    name: str,
    subject: models.Model,
    by: Actor,
    operation: uuid.UUID | None,
    said: dict[str, Any],
    details: dict[str, Any],
) -> Result:
    if operation is not None:
        answered = _claim(operation, name=name, subject=subject, by=by, details=details)
        if answered is not None:
            return _answer(answered)  # type: ignore[return-value]
    locked = _lock(subject, by=by)
    running = Running(event_id=next_event_id())
    token = _running.set(running)
    try:
        result = function(locked, by=by, **details)
    finally:
        _running.reset(token)
    if running.acts:
        running.details["acts"] = running.acts
    record(
        event_id=running.event_id,
        actor=by,
        action=name,
        outcome=Event.Outcome.DONE,
        subject=locked,
        region=_region_of(locked),
        operation=operation,
        details={**said, **running.details},
    )
    if operation is not None and isinstance(result, models.Model):
        Operation.objects.filter(pk=operation).update(result_type=result._meta.label, result_id=str(result.pk))
    return result


@contextmanager
def _calendar_refuses() -> Iterator[None]:
    """Working days that nobody knows yet refuse whatever needs them."""
    try:
        yield
    except CalendarEnds as end:
        raise Refused(str(end)) from end


@contextmanager
def _refusals_recorded(name: str, *, subject: models.Model, by: Actor, operation: uuid.UUID | None, said: dict[str, Any]) -> Iterator[None]:
    """What was refused is written after the rollback, once, by the outermost command."""
    try:
        yield
    except (Refused, Forbidden, NotVisible) as refusal:
        if _running.get() is None:
            why = {"why": str(refusal), "kind": type(refusal).__name__, **said}
            after_rollback(
                lambda: record(
                    actor=by,
                    action=name,
                    outcome=Event.Outcome.REFUSED,
                    subject=subject,
                    region=_region_of(subject),
                    operation=operation,
                    details=why,
                )
            )
        raise


def _lock(subject: Subject, *, by: Actor) -> Subject:
    """The subject as it is now, locked against other writers; reference data is checked and not locked."""
    model: Any = type(subject)
    if not isinstance(subject, Scoped):
        reachable = getattr(subject, "reachable_by", None)
        if reachable is None or not reachable(by):
            raise NotVisible(model.__name__)
        return subject
    rows = model._base_manager.filter(model.wall.within(by)).select_for_update(no_key=True)
    try:
        return rows.get(pk=subject.pk)
    except model.DoesNotExist:
        raise NotVisible(model.__name__) from None


def _region_of(subject: models.Model) -> str:
    return str(getattr(subject, "region_id", "") or getattr(subject, "code", "") or "")


def _claim(operation: uuid.UUID, *, name: str, subject: models.Model, by: Actor, details: dict[str, Any]) -> Operation | None:
    """Make the id ours by its unique key; return the earlier operation when it was answered before.

    Never check-then-insert: a second sender waits here for the first one's commit.
    """
    said = json.dumps([name, str(subject.pk), plain(details)], ensure_ascii=False, sort_keys=True)
    digest = crypto.blind(said)  # keyed: what was asked may be guessable
    mine = Operation(id=operation, command=name, content_hash=digest, user_id=by.user_id)
    Operation.objects.bulk_create([mine], ignore_conflicts=True)
    kept = Operation.objects.get(pk=operation)
    if bytes(kept.content_hash) != digest or kept.user_id != by.user_id:
        raise OperationConflict("这条记录的编号已用于另一条内容不同的记录，未作任何改动。请重新填写后再提交。")
    return kept if kept.claim != mine.claim else None


def answer_to(operation: uuid.UUID, *, by: Actor) -> models.Model | None:
    """The row that an operation of this actor was answered with: for a form sent twice whose rows have moved on meanwhile."""
    kept = Operation.objects.filter(pk=operation, user_id=by.user_id).first()
    return _answer(kept) if kept else None


def _answer(operation: Operation) -> models.Model | None:
    """The same answer again: the row the first call returned, if it returned one."""
    if not operation.result_type:
        return None
    model = apps.get_model(operation.result_type)
    return model._base_manager.filter(pk=operation.result_id).first()
