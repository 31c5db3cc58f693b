"""What a slice tells of one's own messages. A mark of having read is one's own order among them; nobody counts it."""

from typing import Any

from shibaiqian.access.actor import Actor
from shibaiqian.base import clock
from shibaiqian.messages.queries import latest
from shibaiqian.postings.models import Posting

MOST = 50


def messages(actor: Actor, posting: Posting | None) -> list[dict[str, Any]] | None:
    """The latest messages of the account, newest first: `[{id, text, at, about, read}]`.

    `about` is the event (messages.rules.EVENTS) that it tells of: the phone opens its own screen for it.
    """
    return [
        {"id": str(row.pk), "text": row.words, "at": clock.in_shanghai(row.created_at).isoformat(timespec="seconds"), "about": row.key.partition(":")[0], "read": row.read_at is not None}
        for row in latest(actor)[:MOST]
    ]  # fmt: skip
