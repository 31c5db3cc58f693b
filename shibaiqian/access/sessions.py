"""Signing in and out: what a session remembers, and the events the audit keeps of it, each in its own transaction.

Nobody acts yet (or any more), so these are no commands: the app's login writes them without a scope.
"""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.contrib.auth import login, logout, update_session_auth_hash
from django.db import transaction
from django.http import HttpRequest

from shibaiqian.access.models import User
from shibaiqian.audit.models import Event
from shibaiqian.audit.record import record
from shibaiqian.base import clock

HALF_LASTS = dt.timedelta(minutes=5)


@dataclass
class Visitor:
    """Who stands at the door, as the audit names them: without a role yet."""

    user_id: uuid.UUID | None = None
    name: str = ""
    role_code: str = "visitor"
    scope_text: str = ""

    @classmethod
    def of(cls, user: User | None) -> "Visitor":
        return cls(user.pk, user.name) if user else cls()


def ask_for_code(request: HttpRequest, user: User, *, onward: str) -> None:
    """The password was right and a code is wanted: the session remembers who, and signs nobody in yet."""
    request.session.cycle_key()
    request.session["half"] = {
        "user": str(user.pk), "epoch": user.session_epoch, "at": clock.wall_now().timestamp(), "next": onward,
    }  # fmt: skip


def half_signed_in(request: HttpRequest) -> tuple[User, str] | None:
    """Who gave the password in this session a few minutes ago, and where they wanted to go."""
    half = request.session.get("half")
    if not half or clock.wall_now().timestamp() - half["at"] > HALF_LASTS.total_seconds():
        return None
    user = User.objects.filter(pk=half["user"], is_active=True, session_epoch=half["epoch"]).first()
    return (user, half["next"]) if user else None


def start_session(request: HttpRequest, user: User, *, proof: str = "") -> None:
    """Sign a user in: a new session key, its beginning, the epoch that ends it from elsewhere, and what proved the second factor."""
    previous = user.last_login
    request.session.pop("half", None)
    with transaction.atomic():
        login(request, user)
        _record("sign_in", Event.Outcome.DONE, user, address=request.META["REMOTE_ADDR"], second_factor=proof or "none")
    request.session["factor"] = proof
    now = clock.wall_now().timestamp()
    request.session["started_at"] = request.session["touched_at"] = now
    request.session["previous_sign_in"] = previous.timestamp() if previous else None
    request.session["epoch"] = user.session_epoch


def end_session(request: HttpRequest) -> None:
    """Sign out; the language stays."""
    language = request.session.get("language")
    if isinstance(request.user, User):
        with transaction.atomic():
            _record("sign_out", Event.Outcome.DONE, request.user, address=request.META["REMOTE_ADDR"])
    logout(request)
    if language:
        request.session["language"] = language


def keep_this_session(request: HttpRequest, user: User) -> None:
    """After the account's sessions were ended or its password changed: this one goes on, with a new key."""
    update_session_auth_hash(request, user)
    request.session["epoch"] = user.session_epoch


def record_failure(request: HttpRequest, *, typed: str, locked: bool, step: str = "password") -> None:
    """A wrong guess, and the lock-out it led to. An unknown name is not kept: people type passwords into that field."""
    user = User.objects.filter(login=typed).first()
    with transaction.atomic():
        for action in ("sign_in", "lock_out") if locked else ("sign_in",):
            _record(action, Event.Outcome.REFUSED, user, address=request.META["REMOTE_ADDR"], known=user is not None, step=step)


def _record(action: str, outcome: Event.Outcome, user: User | None, **details: str | bool) -> None:
    record(actor=Visitor.of(user), action=f"access.{action}", outcome=outcome, subject=user, details=details)
