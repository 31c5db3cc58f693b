"""What a phone sent, word for word, is forgotten once it is done and old: the record that it became stays, and so does the hash."""

import datetime as dt

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import command, note_in_event
from shibaiqian.access.roles import Permission
from shibaiqian.base import clock
from shibaiqian.policy.queries import parameter
from shibaiqian.regions.models import Region
from shibaiqian.sync.models import InboxRecord

# Kinds that may carry a place: with it goes the last of a place that a log's own table has forgotten.
PLACED = ("log", "visit_facts")


@command(Permission.FIND_CLUES)
def forget_said(region: Region, *, by: Actor) -> int:
    """Empty the words of logs and visits that were done before the days for which a place is kept (`clue_keep_days`); how many."""
    days = int(parameter("clue_keep_days", region=region.code, on=clock.today()))
    done = InboxRecord.objects.visible_to(by).filter(kind__in=PLACED, status=InboxRecord.Status.CREATED)
    old = done.filter(received_at__lt=clock.wall_now() - dt.timedelta(days=days)).exclude(said_sealed=b"")
    count: int = old.update(said_sealed=b"")
    note_in_event(records=count)
    return count
