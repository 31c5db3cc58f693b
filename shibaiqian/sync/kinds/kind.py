"""What a kind of operation is, what it is given and what it gives back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shibaiqian.access.actor import Actor
from shibaiqian.access.roles import Permission
from shibaiqian.sync.models import Upload
from shibaiqian.sync.rules import Said


@dataclass(frozen=True)
class Sender:
    """For whom an operation is done, and what they sent ahead by the hash of what was sent."""

    actor: Actor
    uploads: Mapping[str, Upload] = field(default_factory=dict)


@dataclass(frozen=True)
class Done:
    """What an operation made, as the phone is told: keys by name. `theirs` are the fields that somebody else changed meanwhile."""

    result: dict[str, Any]
    theirs: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Kind:
    """One kind: the role's permission it needs, and how it is done. Done raises Malformed, Refused, NotVisible or Forbidden.

    `run_set` does several at once, all or nothing, where that is faster; it answers in the same order.
    """

    code: str
    permission: Permission
    run: Callable[[Said, Sender], Done]
    run_set: Callable[[Sequence[Said], Sender], list[Done]] | None = None
