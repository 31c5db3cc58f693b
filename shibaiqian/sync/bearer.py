"""Who speaks through the API: a device by its token. No cookie is looked at, so there is nothing to forge across sites."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest
from django.utils.translation import gettext_noop as _
from ninja.security import HttpBearer

from shibaiqian.access.actor import Actor, Forbidden, acting
from shibaiqian.sync import devices
from shibaiqian.sync.models import Device
from shibaiqian.sync.rules import is_spoken

View = Callable[..., Any]


class ApiRefused(Exception):
    """An answer other than success: its status, a code for the phone and words for the person; `more` goes beside them."""

    def __init__(self, status: int, code: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status, self.code, self.more = status, code, more


class DeviceToken(HttpBearer):
    """Puts `request.device` and `request.actor` (None once its role has ended)."""

    def authenticate(self, request: HttpRequest, token: str) -> Device | None:
        device = devices.find_device(token)
        if device is not None:
            request.device, request.actor = device, devices.actor_of(device)  # type: ignore[attr-defined]
        return device


def open_api(view: View) -> View:
    """Needs no token."""

    @wraps(view)
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        must_be_spoken(request)
        return view(request, *args, **kwargs)

    run.policy = "open"  # type: ignore[attr-defined]
    return run


def acts_api(view: View) -> View:
    """Runs in one transaction inside the wall as the device's actor. Outside it nothing exists."""

    @wraps(view)
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        must_be_spoken(request)
        try:
            with acting(actor_of(request)):
                return view(request, *args, **kwargs)
        except Forbidden:
            raise Http404 from None

    run.policy = "bearer"  # type: ignore[attr-defined]
    return run


def delivers_api(view: View) -> View:
    """Opens its own transactions, and is asked even when the role has ended."""

    @wraps(view)
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        must_be_spoken(request)
        return view(request, *args, **kwargs)

    run.policy = "bearer"  # type: ignore[attr-defined]
    return run


def actor_of(request: HttpRequest) -> Actor:
    actor: Actor | None = request.actor  # type: ignore[attr-defined]
    if actor is None:
        message = _("您在这台手机上使用的角色已经结束。手机上没有发出的记录都还在；请退出后用现在的角色重新登录。")
        raise ApiRefused(403, "role_ended", message)
    return actor


def must_be_spoken(request: HttpRequest) -> None:
    if not is_spoken(request.headers.get("X-Client", "")):
        raise ApiRefused(426, "client_too_old", "手机端版本太旧，请联网后点“更新”再同步。手机上没有发出的记录都还在，更新不会丢失。")
