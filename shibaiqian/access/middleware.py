"""From session to actor, and the request inside the wall."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user, logout
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.utils.http import urlencode

from shibaiqian.access.actor import Actor, Forbidden, acting
from shibaiqian.access.models import User
from shibaiqian.access.queries import actor_for, hats
from shibaiqian.access.second_factor import Mode, mode
from shibaiqian.base import clock

# What may be done in a session without a second factor where everybody must have one: change the password, set one up, leave.
BEFORE_FACTOR = ("change_password", "second_factor", "sign_out")
Handler = Callable[[HttpRequest], HttpResponseBase]
View = Callable[..., HttpResponseBase]


def open_to_all(view: View) -> View:
    """This page needs no sign-in. Every URL says either this or `acts`; a guard looks."""
    view.policy = "open"  # type: ignore[attr-defined]
    return view


def acts(view: View) -> View:
    """This page needs an actor: it runs in one transaction inside the wall as `request.actor`."""
    view.policy = "acts"  # type: ignore[attr-defined]
    return view


class SignedIn:
    """Puts `request.user`; ends sessions that idled, lasted too long, or were ended elsewhere."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.user = get_user(request)
        if request.user.is_authenticated and self._has_ended(request):
            logout(request)
        return self.get_response(request)

    def _has_ended(self, request: HttpRequest) -> bool:
        now, session = clock.wall_now().timestamp(), request.session
        idle = now - session.get("touched_at", 0) > settings.SESSION_IDLE.total_seconds()
        old = now - session.get("started_at", 0) > settings.SESSION_LONGEST.total_seconds()
        ended_elsewhere = session.get("epoch") != request.user.session_epoch  # type: ignore[union-attr]
        if idle or old or ended_elsewhere:
            return True
        if now - session["touched_at"] > 60:
            session["touched_at"] = now
        return False


class Acting:
    """Wraps each view in its actor's transaction; anything but success rolls back."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: View, args: tuple[Any, ...], kwargs: dict[str, Any]) -> HttpResponseBase | None:
        if getattr(view, "policy", None) in ("open", "bearer"):  # the second asks for a device's token itself
            return None
        if not isinstance(request.user, User):
            return redirect(f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': request.path})}")
        actor = find_actor(request)
        if actor is None:
            return redirect("no_role")
        page = request.resolver_match.url_name if request.resolver_match else ""
        if request.user.must_change_password and page not in ("change_password", "sign_out"):
            return redirect("change_password")
        if mode() is Mode.REQUIRED and not request.session.get("factor") and page not in BEFORE_FACTOR:
            return redirect("second_factor")
        return in_transaction(view)(request, *args, **kwargs)


def find_actor(request: HttpRequest) -> Actor | None:
    """Puts `request.actor` in the hat chosen in this session, else the first one; none before sign-in, and without a role."""
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return None
    today = clock.today()
    found = hats(user, on=today)
    if not found:
        return None
    chosen = next((hat for hat in found if hat.key == request.session.get("hat")), found[0])
    request.hats, request.hat = found, chosen  # type: ignore[attr-defined]
    request.actor = actor_for(user, chosen, on=today)  # type: ignore[attr-defined]
    return request.actor  # type: ignore[attr-defined,no-any-return]


def in_transaction(view: View) -> View:
    """Run a view as its actor; a 5xx answer rolls back as an exception would; no right reads as no such page."""

    @wraps(view)
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            with acting(request.actor):  # type: ignore[attr-defined]
                response = view(request, *args, **kwargs)
                if isinstance(response, HttpResponse) and response.status_code >= 500:
                    transaction.set_rollback(True)
                return response
        except Forbidden:
            raise Http404 from None

    return run
