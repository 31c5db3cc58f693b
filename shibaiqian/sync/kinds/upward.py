"""What the field asks upward, and its word on what came of it."""

from shibaiqian.access.command import NotVisible
from shibaiqian.access.roles import Permission
from shibaiqian.organisations.models import Organisation
from shibaiqian.regions.models import Region
from shibaiqian.sync.body import Body
from shibaiqian.sync.kinds.fieldwork import posting_of
from shibaiqian.sync.kinds.kind import Done, Kind, Sender
from shibaiqian.sync.rules import Malformed, Said
from shibaiqian.voice.actions import LONGEST_TITLE, ask_upward, confirm_done, send_back, withdraw_request
from shibaiqian.voice.models import UpwardRequest

LONGEST_TEXT, LONGEST_WORD = 2000, 300


def upward_request(said: Said, sender: Sender) -> Done:
    """Something asked of a unit: `{receiver, kind, title, content, posting?, place?}`; `place` is a code of one's own places."""
    body = Body(said.body)
    key = body.key("receiver")
    receiver = Organisation.objects.filter(pk=key, voided_by__isnull=True).first() if key else None
    region = Region.objects.filter(pk=body.text("place", longest=12) or sender.actor.scope.region).first()
    if receiver is None or region is None:
        raise Malformed("请重新选择答复单位和地点。")
    asked = ask_upward(
        region, receiver=receiver, kind=body.choice("kind", UpwardRequest.Kind.values, required=True),
        title=body.text("title", longest=LONGEST_TITLE, required=True), content=body.text("content", longest=LONGEST_TEXT, required=True),
        posting=posting_of(said, sender) if said.body.get("posting") else None, by=sender.actor, operation=said.id,
    )  # fmt: skip
    return Done({"request": str(asked.pk), "due_on": asked.due_on.isoformat()})


def request_confirm(said: Said, sender: Sender) -> Done:
    """`{request, note?}`: who asked has got it."""
    note = Body(said.body).text("note", longest=LONGEST_WORD)
    return _state(confirm_done(_request(said, sender), note=note, by=sender.actor, operation=said.id))


def request_send_back(said: Said, sender: Sender) -> Done:
    """`{request, reason}`: it is not solved; the receiver's clock runs again."""
    reason = Body(said.body).text("reason", longest=LONGEST_WORD, required=True)
    return _state(send_back(_request(said, sender), reason=reason, by=sender.actor, operation=said.id))


def request_withdraw(said: Said, sender: Sender) -> Done:
    """`{request, reason}`: it came about otherwise, or is not needed any more."""
    reason = Body(said.body).text("reason", longest=LONGEST_WORD, required=True)
    return _state(withdraw_request(_request(said, sender), reason=reason, by=sender.actor, operation=said.id))


def _request(said: Said, sender: Sender) -> UpwardRequest:
    found: UpwardRequest | None = UpwardRequest.objects.visible_to(sender.actor).filter(pk=Body(said.body).key("request")).first()
    if found is None:
        raise NotVisible("UpwardRequest")
    return found


def _state(request: UpwardRequest) -> Done:
    return Done({"request": str(request.pk), "state": request.state})


KINDS = (
    Kind("upward_request", Permission.ASK_UPWARD, upward_request),
    Kind("request_confirm", Permission.ASK_UPWARD, request_confirm),
    Kind("request_send_back", Permission.ASK_UPWARD, request_send_back),
    Kind("request_withdraw", Permission.ASK_UPWARD, request_withdraw),
)
