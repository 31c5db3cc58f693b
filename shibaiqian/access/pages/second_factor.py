"""One's own second factor: set up with a QR code or typed by hand, confirmed by a code, renewed, taken away for a new phone."""

from collections.abc import Callable
from typing import Any

import segno
from axes.handlers.proxy import AxesProxyHandler
from django import forms
from django.contrib import messages
from django.contrib.auth.signals import user_login_failed
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters

from shibaiqian.access import second_factor as actions
from shibaiqian.access import sessions
from shibaiqian.access.command import Refused
from shibaiqian.access.middleware import acts
from shibaiqian.access.models import SecondFactor, User
from shibaiqian.access.pages.door import HOME, locked_out
from shibaiqian.access.second_factor import LONGEST_CODE, CodeWrong, Mode, Proof, mode


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("动态口令"), max_length=LONGEST_CODE,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "spellcheck": "false"}),
    )  # fmt: skip


@acts
@sensitive_post_parameters("code")
def second_factor(request: HttpRequest) -> HttpResponse:
    """The state of one's own second factor, and with POST one step of it (`step`)."""
    if mode() is Mode.OFF:
        return render(request, "access/second_factor.html", {"state": "off"})
    person = request.user
    assert isinstance(person, User)
    if request.method != "POST":
        return _page(request, person)
    step = STEPS.get(request.POST.get("step", ""))
    if step is None:
        raise Http404
    if not AxesProxyHandler.is_allowed(request, {"login": person.login}):
        return locked_out(request, None, {"login": person.login})
    form = CodeForm(request.POST)
    form.is_valid()
    try:
        return step(request, person, form.cleaned_data.get("code", ""))
    except Refused as why:
        if isinstance(why, CodeWrong):  # counts like a wrong code at the door: a stolen session gets no free guesses
            user_login_failed.send(__name__, credentials={"login": person.login}, request=request)
        form.add_error("code" if isinstance(why, CodeWrong) else None, str(why))
        form.data = QueryDict()
        return _page(request, person, form=form, step=request.POST["step"])


def _start(request: HttpRequest, person: User, _code: str) -> HttpResponse:
    actions.start_second_factor(person, by=request.actor)  # type: ignore[attr-defined]
    return redirect("second_factor")


def _confirm(request: HttpRequest, person: User, code: str) -> HttpResponse:
    codes = actions.confirm_second_factor(person, code=code, by=request.actor)  # type: ignore[attr-defined]
    request.session["factor"] = Proof.CODE.value
    return _codes(request, codes, first=True)


def _renew(request: HttpRequest, person: User, code: str) -> HttpResponse:
    return _codes(request, actions.renew_recovery_codes(person, code=code, by=request.actor), first=False)  # type: ignore[attr-defined]


def _drop(request: HttpRequest, person: User, code: str) -> HttpResponse:
    changed = actions.drop_second_factor(person, code=code, by=request.actor)  # type: ignore[attr-defined]
    sessions.keep_this_session(request, changed)
    request.session["factor"] = ""
    messages.success(request, _("动态口令已停用，其他地方的登录已全部退出。"))
    return redirect("second_factor")


STEPS: dict[str, Callable[[HttpRequest, User, str], HttpResponse]] = {
    "start": _start, "confirm": _confirm, "renew": _renew, "drop": _drop,
}  # fmt: skip


def _codes(request: HttpRequest, codes: tuple[str, ...], *, first: bool) -> HttpResponse:
    """Shown in this answer and never again: only digests are kept."""
    return render(request, "access/recovery_codes.html", {"codes": codes, "first": first, "home": HOME})


def _page(request: HttpRequest, person: User, *, form: CodeForm | None = None, step: str = "") -> HttpResponse:
    factor = actions.factor_of(person)
    context: dict[str, Any] = {"form": form or CodeForm(), "step": step, "required": mode() is Mode.REQUIRED, "state": "none"}
    if factor is not None and factor.confirmed_at is None:
        context |= {"state": "setting_up", **_picture(factor, person)}
        context["form"].fields["code"].widget.attrs["autofocus"] = True
    elif factor is not None:
        state = "standing" if request.session.get("factor") else "sign_in_again"
        context |= {"state": state, "since": factor.confirmed_at, "left": len(factor.recovery_digests)}
    return render(request, "access/second_factor.html", context, status=422 if form is not None and form.errors else 200)


def _picture(factor: SecondFactor, person: User) -> dict[str, str]:
    """The QR code as an image in the page, and the secret in groups of four for the eye."""
    secret = actions.secret_of(factor)
    drawn = segno.make(actions.uri_of(factor, person), error="m")
    return {
        "picture": drawn.svg_data_uri(scale=4, border=4, dark="#1d2733", light="#fff"),
        "secret": " ".join(secret[n : n + 4] for n in range(0, len(secret), 4)),
    }
