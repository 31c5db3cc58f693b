"""Asking a unit for something concrete; its answer, what it did, and whether who asked is served."""

import datetime as dt
import uuid
from dataclasses import dataclass

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused, command, current_event, note_in_event
from shibaiqian.access.own_case import is_own
from shibaiqian.access.roles import Permission, Role
from shibaiqian.access.scope import ScopeKind
from shibaiqian.base import clock
from shibaiqian.fieldwork.queries import after_workdays_in
from shibaiqian.messages.actions import announce
from shibaiqian.organisations.models import Organisation
from shibaiqian.policy.queries import UnknownParameter, parameter
from shibaiqian.policy.rules import KEY_OF
from shibaiqian.postings.models import Posting
from shibaiqian.regions.models import Region
from shibaiqian.voice.models import RequestStep, UpwardRequest
from shibaiqian.voice.queries import deadlines
from shibaiqian.voice.rules import REQUEST

LONGEST_TITLE = 60


class RequestUnsound(Refused):
    """What was written cannot be asked or answered so."""


def reply_due(region: str, received_on: dt.date) -> dt.date:
    """Until when a receiver owes an answer: working days as the policy says, without those of an emergency."""
    try:
        days = int(parameter("request_reply_days", region=region, on=received_on))
    except UnknownParameter:
        days = int(KEY_OF["request_reply_days"].default)
    return after_workdays_in(region, received_on, days)


@command(Permission.ASK_UPWARD)
def ask_upward(
    region: Region, *, receiver: Organisation, kind: str, title: str, content: str, posting: Posting | None = None, by: Actor
) -> UpwardRequest:
    """Ask a unit for something for a place. With a posting it is its official who asks, else the village. The clock starts today."""
    if kind not in UpwardRequest.Kind.values:
        raise RequestUnsound("请选择事项类别。")
    if not title.strip() or not content.strip():
        raise RequestUnsound("请写明要什么（一句话），以及为什么、要多少、在哪里。")
    if len(title.strip()) > LONGEST_TITLE:
        raise RequestUnsound(f"事项名称最多 {LONGEST_TITLE} 字，其余写在说明里。")
    if receiver.voided_by is not None or receiver.kind == Organisation.Kind.VILLAGE_COMMITTEE:
        raise RequestUnsound("请选择一个县级、市级部门或派出单位作为答复单位。")
    if posting is not None:
        found = Posting.objects.visible_to(by).filter(pk=posting.pk, region__gte=by.scope.region, region__lt=f"{by.scope.region}:").first()
        if found is None or not region.code.startswith(found.region_id):
            raise RequestUnsound("这名挂职干部不在本地任职，请重新选择。")
        if by.role is Role.POSTED_CADRE and not is_own(by, cadre=found.cadre_id, name=found.cadre_name):
            raise RequestUnsound(f"您不能以{found.cadre_name}的名义提出。请选择本人，或以村级组织的名义提出。")
    today = clock.today()
    request = UpwardRequest.unscoped.create(
        region=region, posting=posting, cadre=posting.cadre_id if posting else None, asker=f"{posting.host_name} {posting.cadre_name}" if posting else region.name, typed_by=by.name,
        receiver=receiver, kind=kind, title=title.strip(), content=content.strip(), asked_on=today, received_on=today,
        due_on=reply_due(region.code, today), event=current_event(),
    )  # fmt: skip
    _note(request, "ask", by=by)
    announce("request_asked", regions=[region.code], units=[receiver.pk], about=str(request.pk), until=request.due_on.isoformat())
    return request


@dataclass(frozen=True)
class Late:
    """By how many days a receiver is late, and who it is."""

    days: int
    of: uuid.UUID


def _late(request: UpwardRequest) -> Late:
    """As the clock stands before a step of the receiver, emergencies counted."""
    return Late(max(0, (clock.today() - deadlines([request])[request.pk]).days), request.receiver_id)


def _note(request: UpwardRequest, step: str, *, note: str = "", late: Late | None = None, by: Actor) -> None:
    is_late = late is not None and late.days > 0
    RequestStep.unscoped.create(
        request=request, region_id=request.region_id, receiver=request.receiver_id, step=step, on=clock.today(), by_name=by.name, note=note.strip(),
        late_days=late.days if is_late and late else 0, late_of=late.of if is_late and late else None, event=current_event(),
    )  # fmt: skip


def _answered(request: UpwardRequest, *, answer: str, by: Actor) -> None:
    request.answered_on, request.answered_by, request.answer = clock.today(), by.name, answer.strip()
    cadres = [request.cadre] if request.cadre else []
    announce("request_answered", regions=[request.region_id], cadres=cadres, about=f"{request.pk}:{request.state}")


@command(Permission.ANSWER_REQUESTS)
def accept_request(request: UpwardRequest, *, promised_on: dt.date, answer: str = "", by: Actor) -> UpwardRequest:
    """Agree to do it by a day, which becomes the receiver's new deadline. The organisation department may record a unit's paper."""
    request.state = REQUEST.next(request.state, "accept_request", named=request.title)
    if promised_on < clock.today():
        raise RequestUnsound(f"办好日期 {promised_on} 早于今天，请改正。")
    late = _late(request)
    request.due_on = promised_on
    _answered(request, answer=answer, by=by)
    request.save()
    _note(request, "accept_request", note=answer, late=late, by=by)
    return request


@command(Permission.ANSWER_REQUESTS)
def refuse_request(request: UpwardRequest, *, reason: str, by: Actor) -> UpwardRequest:
    """Say no, and why: who asked is told, the county sees it."""
    request.state = REQUEST.next(request.state, "refuse_request", named=request.title)
    if not reason.strip():
        raise RequestUnsound("不同意的，请写明原因和可以怎么办，提出的人会看到。")
    _answered(request, answer=reason, by=by)
    request.save()
    _note(request, "refuse_request", note=reason, late=_late(request), by=by)
    return request


@command(Permission.ANSWER_REQUESTS)
def pass_on(request: UpwardRequest, *, receiver: Organisation, reason: str, by: Actor) -> UpwardRequest:
    """Give it to the unit it belongs to, by who sees the whole place; the clock of the new receiver starts today. A unit itself refuses."""
    request.state = REQUEST.next(request.state, "pass_on", named=request.title)
    if by.scope.kind is not ScopeKind.REGION:
        raise RequestUnsound("转其他单位由县区委组织部办理。不属于本单位职责的，请写明原因，选择“不同意”。")
    if receiver.pk == request.receiver_id or not reason.strip():
        raise RequestUnsound("请选择另一个单位，并写明为什么转。")
    note_in_event(before=str(request.receiver_id))
    today, late = clock.today(), _late(request)
    request.receiver, request.received_on, request.due_on = receiver, today, reply_due(request.region_id, today)
    request.save()
    # What was said so far goes along, so that the new receiver reads it; the former one does not see it any more.
    RequestStep.objects.visible_to(by).filter(request=request).update(receiver=receiver.pk)
    _note(request, "pass_on", note=reason, late=late, by=by)
    announce(
        "request_asked",
        regions=[request.region_id],
        units=[receiver.pk],
        about=f"{request.pk}:{receiver.pk}",
        until=request.due_on.isoformat(),
    )
    return request


@command(Permission.ANSWER_REQUESTS)
def report_done(request: UpwardRequest, *, note: str, on: dt.date, by: Actor) -> UpwardRequest:
    """Say that it is done; it counts once who asked has confirmed it."""
    request.state = REQUEST.next(request.state, "report_done", named=request.title)
    if not note.strip():
        raise RequestUnsound("请写明办了什么。")
    if not request.asked_on <= on <= clock.today():
        raise RequestUnsound(f"办好日期 {on} 应在提出日期 {request.asked_on} 之后、今天之前，请核对。")
    request.done_on, request.done_note = on, note.strip()
    request.save()
    _note(request, "report_done", note=note, late=_late(request), by=by)
    cadres = [request.cadre] if request.cadre else []
    announce("request_done", regions=[request.region_id], cadres=cadres, about=f"{request.pk}:{request.sent_back}")
    return request


@command(Permission.ASK_UPWARD)
def confirm_done(request: UpwardRequest, *, note: str = "", by: Actor) -> UpwardRequest:
    """Who asked says that it is there."""
    request.state = REQUEST.next(request.state, "confirm_done", named=request.title)
    must_be_asker(request, by=by)
    request.confirmed_on, request.confirmed_note = clock.today(), note.strip()
    request.save()
    _note(request, "confirm_done", note=note, by=by)
    return request


@command(Permission.ASK_UPWARD)
def send_back(request: UpwardRequest, *, reason: str, by: Actor) -> UpwardRequest:
    """Who asked says that it is not; the receiver has the days of an answer to mend it."""
    request.state = REQUEST.next(request.state, "send_back", named=request.title)
    must_be_asker(request, by=by)
    if not reason.strip():
        raise RequestUnsound("请写明哪里没有办好。")
    request.done_on, request.sent_back = None, request.sent_back + 1
    request.due_on = reply_due(request.region_id, clock.today())
    request.save()
    _note(request, "send_back", note=reason, by=by)
    announce("request_sent_back", units=[request.receiver_id], about=f"{request.pk}:{request.sent_back}", until=request.due_on.isoformat())
    return request


@command(Permission.ASK_UPWARD)
def withdraw_request(request: UpwardRequest, *, reason: str, by: Actor) -> UpwardRequest:
    """Take it back: it came about otherwise, or is not needed any more."""
    request.state = REQUEST.next(request.state, "withdraw_request", named=request.title)
    must_be_asker(request, by=by)
    if not reason.strip():
        raise RequestUnsound("请写明撤回的原因。")
    request.save()
    _note(request, "withdraw_request", note=reason, by=by)
    return request


def must_be_asker(request: UpwardRequest, *, by: Actor) -> None:
    """The official who asked, or the village for which it was asked; another official of the place is neither."""
    whose = request.posting
    if by.role is Role.POSTED_CADRE and whose is not None and not is_own(by, cadre=whose.cadre_id, name=whose.cadre_name):
        raise RequestUnsound(f"这件事是{request.asker}提出的，由提出的人确认。")
