"""What a kind of operation is, what it is given and what it gives back."""

import datetime as dt
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext

from shibaiqian.access.actor import Actor
from shibaiqian.access.roles import Permission
from shibaiqian.base import clock
from shibaiqian.postings.models import Posting
from shibaiqian.sync.body import Body
from shibaiqian.sync.models import Upload
from shibaiqian.sync.rules import Malformed, Said

CLOCKS_DIFFER, OLDEST = dt.timedelta(minutes=10), dt.timedelta(days=400)


@dataclass(frozen=True)
class Sender:
    """For whom operations are done, and what they sent ahead by the hash of what was sent.

    `until` is the last day of a role that has ended: what was done in it may still come, what is later may not.
    """

    actor: Actor
    uploads: Mapping[str, Upload] = field(default_factory=dict)
    until: dt.date | None = None
    skew_seconds: int = 0  # the phone's clock less the server's
    postings: dict[uuid.UUID, Posting] = field(default_factory=dict)

    def day(self, body: Body, name: str) -> dt.date:
        """The day something was done."""
        day = body.day(name)
        if self.until is not None and day > self.until:
            raise Malformed(
                gettext("您在那里的角色到 %(until)s 为止，%(day)s 的事不能记在那里。请用现在的角色重新填写。")
                % {"until": self.until, "day": day}
            )
        return day

    def said_at(self, said: Said) -> dt.datetime | None:
        """When it was written down, by the programme's clock; None where the phone's clock cannot have been right."""
        late = clock.wall_now() - said.at + dt.timedelta(seconds=self.skew_seconds)
        return clock.business_now() - max(late, dt.timedelta(0)) if -CLOCKS_DIFFER <= late <= OLDEST else None


@dataclass(frozen=True)
class Done:
    """What an operation made, as the phone is told: keys by name. `theirs` are the fields that somebody else changed meanwhile."""

    result: dict[str, Any]
    theirs: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Kind:
    """One kind: the role's permission it needs, and how it is done. Done raises Malformed, Refused, NotVisible or Forbidden.

    `run_set` does several at once, all or nothing by itself, where that is faster; it answers in the same order.
    """

    code: str
    permission: Permission
    run: Callable[[Said, Sender], Done]
    run_set: Callable[[Sequence[Said], Sender], list[Done]] | None = None
