"""What the village types for an official, and what the official makes of it."""

from shibaiqian.access.command import NotVisible
from shibaiqian.access.roles import Permission
from shibaiqian.fieldwork.actions import accept_draft, return_draft, type_drafts, withdraw_draft
from shibaiqian.fieldwork.actions.drafts import LONGEST_WORD
from shibaiqian.fieldwork.models import Draft, WorkLogItem
from shibaiqian.sync.body import Body
from shibaiqian.sync.kinds.fieldwork import LONGEST_CONTENT, day_of, posting_of
from shibaiqian.sync.kinds.kind import Done, Kind, Sender
from shibaiqian.sync.rules import Said


def draft(said: Said, sender: Sender) -> Done:
    """A day typed for an official: the body of `log`, its `posting` the official's. Each item waits as a draft of its own."""
    day = day_of(said, sender)
    made = type_drafts(posting_of(said, sender), on=day.on, items=day.items, by=sender.actor, operation=said.id)
    return Done({"drafts": [str(one.pk) for one in made]})


def draft_accept(said: Said, sender: Sender) -> Done:
    """`{draft, posting, on, category, content, amount_cents?}`: as corrected. The log item has the draft's key; accepted before, it stays."""
    body = Body(said.body)
    made = accept_draft(
        _draft(body, sender),
        on=sender.day(body, "on"),
        category=body.choice("category", WorkLogItem.Category.values, required=True),
        content=body.text("content", longest=LONGEST_CONTENT, required=True),
        amount_cents=body.whole("amount_cents"),
        by=sender.actor,
        operation=said.id,
    )
    return Done({"draft": str(made.pk), "item": str(made.pk)})


def draft_return(said: Said, sender: Sender) -> Done:
    """`{draft, posting, word}`: given back to who typed it, with a word why."""
    body = Body(said.body)
    word = body.text("word", longest=LONGEST_WORD, required=True)
    return Done({"draft": str(return_draft(_draft(body, sender), word=word, by=sender.actor, operation=said.id).pk)})


def draft_withdraw(said: Said, sender: Sender) -> Done:
    """`{draft}`: taken back by who typed it."""
    return Done({"draft": str(withdraw_draft(_draft(Body(said.body), sender), by=sender.actor, operation=said.id).pk)})


def _draft(body: Body, sender: Sender) -> Draft:
    found: Draft | None = Draft.objects.visible_to(sender.actor).filter(pk=body.key("draft")).first()
    if found is None:
        raise NotVisible("Draft")
    return found


KINDS = (
    Kind("draft", Permission.WRITE_DRAFTS, draft),
    Kind("draft_withdraw", Permission.WRITE_DRAFTS, draft_withdraw),
    Kind("draft_accept", Permission.TAKE_DRAFTS, draft_accept),
    Kind("draft_return", Permission.TAKE_DRAFTS, draft_return),
)
