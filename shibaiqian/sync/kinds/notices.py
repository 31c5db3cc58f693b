"""One's own messages put aside as read: for one's own order, counted by nobody."""

from shibaiqian.access.command import NotVisible
from shibaiqian.access.models import User
from shibaiqian.access.roles import Permission
from shibaiqian.messages.actions import mark_read
from shibaiqian.sync.body import Body
from shibaiqian.sync.kinds.kind import Done, Kind, Sender
from shibaiqian.sync.rules import Malformed, Said

MOST = 100


def message_read(said: Said, sender: Sender) -> Done:
    """`{messages: [ids]}`: those of other people do not exist."""
    keys = Body(said.body).keys("messages", most=MOST)
    if not keys:
        raise Malformed("没有写明是哪条消息。")
    user = User.objects.filter(pk=sender.actor.user_id).first() if sender.actor.user_id else None
    if user is None:
        raise NotVisible("User")
    mark_read(user, messages=keys, by=sender.actor, operation=said.id)
    return Done({"messages": [str(key) for key in keys]})


KINDS = (Kind("message_read", Permission.KEEP_OWN_ACCOUNT, message_read),)
