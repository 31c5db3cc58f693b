"""The explicit table of what contexts add to a slice: name → what it tells of the actor's places.

A section is asked with the posting that records are written for and with the horizon of the phone's last slice (None: tell everything);
it tells no more than the actor may see, and in a delta at least what was written since.
"""

from collections.abc import Callable
from typing import Any

from shibaiqian.access.actor import Actor
from shibaiqian.postings.models import Posting
from shibaiqian.sync import daily, drafts, duty, notices
from shibaiqian.sync.horizon import Horizon

Section = Callable[[Actor, Posting | None, Horizon | None], Any]
SECTIONS: dict[str, Section] = {
    "plans": daily.plans, "requests": daily.requests, "receivers": daily.receivers, "problems": daily.problems, "attendance": duty.attendance,
    "leave": duty.leave, "messages": notices.messages, "drafts": drafts.drafts,
}  # fmt: skip


def told(actor: Actor, posting: Posting | None, since: Horizon | None) -> dict[str, Any]:
    """Every section that has something to say."""
    found = {name: section(actor, posting, since) for name, section in SECTIONS.items()}
    return {name: value for name, value in found.items() if value is not None}
