"""Writing events. Only the doors in `access` call this."""

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Protocol

from django.db import connection, models
from psycopg.types.json import Jsonb

from shibaiqian.audit.models import Event
from shibaiqian.base import clock


class Acting(Protocol):
    """What the audit needs to know of an actor."""

    @property
    def user_id(self) -> uuid.UUID | None: ...
    @property
    def name(self) -> str: ...
    @property
    def role_code(self) -> str: ...
    @property
    def scope_text(self) -> str: ...


def plain(value: Any) -> Any:
    """A value as JSON keeps it: rows by their key, long texts by their length and digest, files and tables by digest."""
    match value:
        case None | bool() | int() | float():
            return value
        case str():
            return value if len(value) <= 500 else {"length": len(value), "sha256": hashlib.sha256(value.encode()).hexdigest()}
        case bytes():
            return {"length": len(value), "sha256": hashlib.sha256(value).hexdigest()}
        case uuid.UUID() | Decimal():
            return str(value)
        case dt.date():
            return value.isoformat()
        case models.Model():
            return str(value.pk)
        case Mapping():
            return {str(k): plain(v) for k, v in value.items()}
        case list() | tuple() | set() | frozenset():
            return [plain(v) for v in list(value)[:100]]
    if hasattr(value, "audit_digest"):
        return value.audit_digest()
    return str(value)[:200]


def next_event_id() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select nextval('audit_event_id_seq')")
        return cursor.fetchone()[0]


def record(
    *,
    event_id: int | None = None,
    actor: Acting,
    action: str,
    outcome: Event.Outcome,
    subject: models.Model | None = None,
    region: str = "",
    operation: uuid.UUID | None = None,
    details: Mapping[str, Any],
) -> int:
    """Write one event in the current transaction and return its id."""
    values: dict[str, Any] = {
        "id": event_id or next_event_id(),
        "business_at": clock.business_now(),
        "wall_at": clock.wall_now(),
        "user_id": actor.user_id,
        "user_name": actor.name,
        "role": actor.role_code,
        "scope": actor.scope_text,
        "action": action,
        "outcome": str(outcome),
        "subject_type": subject._meta.label if subject is not None else "",
        "subject_id": str(subject.pk) if subject is not None else "",
        "region": region,
        "operation": operation,
        "details": plain(details),
    }
    values["canonical"] = canonical(values)
    _insert(values)
    return values["id"]


def _insert(values: Mapping[str, Any]) -> None:
    """Without RETURNING, which the ORM would add: the app's role may write events but not read them."""
    said = {**values, "details": Jsonb(values["details"])}
    with connection.cursor() as cursor:
        cursor.execute(
            f"insert into audit_event ({', '.join(said)}) values ({', '.join(['%s'] * len(said))})",  # noqa: S608 - our names
            list(said.values()),
        )


def canonical(values: Mapping[str, Any]) -> str:
    """The text whose hash is sealed: every field said, in a fixed order; details are plain already."""
    said = {
        key: value.astimezone(dt.UTC).isoformat() if isinstance(value, dt.datetime) else value if key == "details" else plain(value)
        for key, value in values.items()
        if key != "canonical"
    }
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
