"""The requests of docs/sync.md."""

import base64
import datetime as dt
import json
import uuid
from typing import Annotated, Any

from axes.handlers.proxy import AxesProxyHandler
from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.gzip import gzip_page
from ninja import Router, Schema
from ninja.decorators import decorate_view
from pydantic import AfterValidator

from shibaiqian.access import sessions
from shibaiqian.access.actor import acting
from shibaiqian.access.models import User
from shibaiqian.access.queries import Hat, actor_for
from shibaiqian.access.second_factor import Mode, is_asked_of, mode
from shibaiqian.base import clock
from shibaiqian.fieldwork.queries import own_draft, photo_of
from shibaiqian.regions.models import Region
from shibaiqian.sync import devices, inbox, photos, slices
from shibaiqian.sync.bearer import ApiRefused, DeviceToken, actor_of, acts_api, delivers_api, open_api
from shibaiqian.sync.kinds import kinds_of
from shibaiqian.sync.rules import HALF, MOST_OPERATIONS, Malformed, is_sha256, moment_of

router = Router(auth=DeviceToken())
Answer = dict[str, Any]
LONGEST_TYPED = 200
NOT_JSON = _("没有收到完整的内容，请稍后重试。")


def _typed(said: str) -> str:
    """Words that a keyboard can write: whole characters, not endless."""
    if "\0" in said or HALF.search(said) or len(said) > LONGEST_TYPED:
        raise ValueError("not typed")
    return said


Typed = Annotated[str, AfterValidator(_typed)]


class SignIn(Schema):
    """`device` is the phone's own UUID; `role` the id of one of the roles of the answer 409."""

    login: Typed
    password: Typed
    code: Typed = ""
    role: uuid.UUID | None = None
    label: Typed = ""
    device: uuid.UUID


@router.post("devices", auth=None)
@open_api
@sensitive_variables("said", "user")
def sign_in(request: HttpRequest, said: SignIn) -> Answer:
    """By login and password (and a code, where the account has one), for one role. Guesses count as at the console's door."""
    user = _user_of(request, said)
    found = devices.field_hats(user)
    roles = [_role(hat) for hat in found]
    if not found:
        raise ApiRefused(403, "no_field_role", "您的账号没有可以在手机上使用的角色。请用电脑登录，或请安全管理员授予角色。")
    hat = next((hat for hat in found if hat.assignment.pk == said.role), found[0] if len(found) == 1 and said.role is None else None)
    if hat is None:
        raise ApiRefused(409, "choose_role", "您有几个角色，请选择在这台手机上使用哪一个。", roles=roles)
    by = actor_for(user, hat, on=clock.today())
    client = int(request.headers["X-Client"])
    signed = devices.sign_in_device(user, assignment=hat.assignment, phone=said.device, label=said.label, client=client, by=by)
    return {"token": signed.token, "device": str(signed.device.pk), "name": user.name, "roles": roles, "role": str(hat.assignment.pk)}


def _user_of(request: HttpRequest, said: SignIn) -> User:
    _must_be_unlocked(request, said.login)
    user = authenticate(request, login=said.login, password=said.password)
    if not isinstance(user, User):
        raise _wrong(request, said.login, "login_wrong", _("登录名或口令不正确。请核对后重新输入；忘记口令请联系系统管理员重置。"))
    if is_asked_of(user):
        if not said.code:
            raise ApiRefused(401, "code_wanted", "请输入动态口令：手机验证器上显示的 6 位数字，或一个恢复码。")
        user = authenticate(request, login=said.login, code=said.code)
        if not isinstance(user, User):
            raise _wrong(
                request, said.login, "code_wrong", _("动态口令不正确、已过期或已用过。请等显示下一个数字后再输入。"), step="second_factor"
            )
    elif mode() is Mode.REQUIRED:
        raise ApiRefused(403, "set_up_code", "您的账号还没有设置动态口令。请先用电脑登录一次并设置。")
    if user.must_change_password:
        raise ApiRefused(403, "change_password", "首次登录须修改口令。请先用电脑登录一次并修改。")
    return user


def _must_be_unlocked(request: HttpRequest, login: str) -> None:
    if not AxesProxyHandler.is_allowed(request, {"login": login}):
        raise _locked()


def _locked() -> ApiRefused:
    return ApiRefused(429, "locked", "输错次数太多，已暂时锁定。请 15 分钟后再试，或请系统管理员重置口令。")


def _wrong(request: HttpRequest, login: str, code: str, message: str, *, step: str = "password") -> ApiRefused:
    locked = bool(getattr(request, "axes_locked_out", False))
    sessions.record_failure(request, typed=login, locked=locked, step=step)
    if locked:
        request.axes_locked_out = False  # type: ignore[attr-defined]  # said here in JSON, not by the console's page
        return _locked()
    return ApiRefused(401, code, message)


@router.delete("devices/me")
@delivers_api
def sign_out(request: HttpRequest) -> HttpResponse:
    """The token is dead. Even a phone whose role has ended may leave."""
    devices.leave(request.device)  # type: ignore[attr-defined]
    return HttpResponse(status=204)


@router.get("me")
@acts_api
def me(request: HttpRequest) -> Answer:
    """Who is signed in here, in which role, for which places, and what may be sent."""
    device, actor = request.device, actor_of(request)  # type: ignore[attr-defined]
    return {
        "name": actor.name, "login": device.user.login, "device": str(device.pk), "label": device.label,
        "role": _role(Hat(device.assignment)), "places": slices.places(actor), "kinds": kinds_of(actor.role),
    }  # fmt: skip


@router.get("slice")
@decorate_view(gzip_page)
@delivers_api
def slice_(request: HttpRequest, since: str = "") -> Answer:
    """What the phone may hold, or what changed since the cursor."""
    device, actor = request.device, request.actor  # type: ignore[attr-defined]
    if actor is None:
        return slices.nothing_left(since)
    with acting(actor):
        return slices.slice_for(device, actor, since=since)


@router.put("photos/{sha256}")
@acts_api
def keep_photo(request: HttpRequest, sha256: str) -> Answer:
    """A photo or voice memo by the hash of its content; again: the same."""
    if not is_sha256(sha256):
        raise ApiRefused(422, "hash_wrong", "照片的编号不对。请更新手机端后重试。")
    actor = actor_of(request)
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip()
    try:
        kept = photos.kept_before(actor, sha256) or photos.keep_photo(
            Region(code=actor.scope.region), sha256=sha256, kind=kind, data=request.body, by=actor
        )
    except photos.PhotoUnfit as why:
        raise ApiRefused(422, "photo_unfit", str(why)) from why
    except photos.DiskFull as why:
        raise ApiRefused(507, "disk_full", str(why)) from why
    except photos.TooMuch as why:
        raise ApiRefused(507, "too_much", str(why)) from why
    return {"sha256": kept.sha256, "size": kept.size}


@router.get("drafts/{draft_id}/photos/{number}")
@acts_api
def draft_photo(request: HttpRequest, draft_id: uuid.UUID, number: int) -> Answer:
    """A photo or voice memo of a draft, to be looked at before it is accepted: `{kind, data}`, the data as base64."""
    data, kind = photo_of(own_draft(actor_of(request), draft_id), number)
    return {"kind": kind, "data": base64.b64encode(data).decode()}


@router.post("inbox")
@delivers_api
def take_operations(request: HttpRequest) -> Answer:
    """At most 50 operations; an answer for each. The body is read as it came, because its hash is what was promised."""
    device, actor = request.device, request.actor  # type: ignore[attr-defined]
    if actor is None and not devices.former_roles(device):
        actor_of(request)  # says that the role has ended
    sent = _json(request.body)
    operations, owes = sent.get("operations"), sent.get("owes")
    if not isinstance(operations, list) or len(operations) > MOST_OPERATIONS:
        raise ApiRefused(422, "too_many", gettext("一次最多发送 %s 条记录。请更新手机端后重试。") % MOST_OPERATIONS)
    if isinstance(owes, bool) or not isinstance(owes, int) or not 0 <= owes < 10**6:
        raise ApiRefused(422, "owes_wrong", "没有写明手机上还有几条记录。请更新手机端后重试。")
    skew = _skew(sent.get("sent_at"))
    return {"answers": inbox.take(device, actor, operations, owes=owes, skew_seconds=skew)}


def _skew(sent_at: Any) -> int:
    """By how many seconds the phone's clock is ahead of ours."""
    try:
        ahead = moment_of(sent_at) - clock.wall_now()
    except Malformed as why:
        raise ApiRefused(422, "sent_at_wrong", str(why)) from why
    return int(min(max(ahead, dt.timedelta(days=-20_000)), dt.timedelta(days=20_000)).total_seconds())


def _role(hat: Hat) -> Answer:
    return {"id": hat.key, "title": gettext(str(hat.role.label)), "place": hat.assignment.scope_name}


def _json(body: bytes) -> dict[str, Any]:
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        sent = None
    if not isinstance(sent, dict):
        raise ApiRefused(400, "not_json", NOT_JSON)
    return sent
