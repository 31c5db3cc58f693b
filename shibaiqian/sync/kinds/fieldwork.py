"""What an official does in the field."""

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import NotVisible
from shibaiqian.access.roles import Permission
from shibaiqian.fieldwork.actions import LogEntry, ServiceDone, log_day
from shibaiqian.fieldwork.models import PracticalService, WorkLogItem
from shibaiqian.postings.models import Posting
from shibaiqian.sync.body import Body
from shibaiqian.sync.kinds.kind import Done, Kind, Sender
from shibaiqian.sync.rules import Malformed, Said

MOST_ITEMS = 20
LONGEST_CONTENT = 500
LONGEST_NAME = 40


def log(said: Said, sender: Sender) -> Done:
    """A day's log: `{posting, on, items: [{category, content, household?, region?, service?}]}`.

    `service` is `{kind, beneficiary?, amount_cents?, confirmation?, confirmed_on?}`; a household makes an item a visit.
    """
    body = Body(said.body)
    posting = posting_of(body, sender.actor)
    on = body.day("on")
    entries = [_entry(item) for item in body.several("items", most=MOST_ITEMS)]
    written = log_day(posting, on=on, items=entries, by=sender.actor, operation=said.id)
    return Done({"log": str(written.pk)})


def posting_of(body: Body, actor: Actor) -> Posting:
    """The posting a record belongs to; one that the sender does not see does not exist."""
    key = body.key("posting")
    if key is None:
        raise Malformed("记录没有写明任职。请更新手机端后重试。")
    found = Posting.objects.visible_to(actor).filter(pk=key).first()
    if found is None:
        raise NotVisible("Posting")
    return found


def _entry(item: Body) -> LogEntry:
    service = item.within("service")
    return LogEntry(
        category=item.choice("category", WorkLogItem.Category.values, required=True),
        content=item.text("content", longest=LONGEST_CONTENT, required=True),
        household=item.key("household"),
        region=item.text("region", longest=12),
        service=_service(service) if service else None,
    )


def _service(said: Body) -> ServiceDone:
    return ServiceDone(
        kind=said.choice("kind", PracticalService.Kind.values, required=True),
        beneficiary=said.text("beneficiary", longest=LONGEST_NAME),
        amount_cents=said.whole("amount_cents"),
        confirmation=said.choice("confirmation", PracticalService.Confirmation.values),
        confirmed_on=said.date("confirmed_on"),
    )


KINDS = (Kind("log", Permission.KEEP_FIELDWORK, log),)
