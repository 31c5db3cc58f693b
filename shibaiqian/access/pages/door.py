"""Pages before anybody is known: sign-in, lock-out, sign-out, no role yet, language."""

from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate
from django.db.models import Max
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from shibaiqian.access import sessions
from shibaiqian.access.excel import LONGEST_LOGIN
from shibaiqian.access.middleware import open_to_all
from shibaiqian.access.models import User
from shibaiqian.access.queries import hats
from shibaiqian.access.second_factor import LONGEST_CODE, Proof, is_asked_of, recovery_codes_left
from shibaiqian.base import clock

HOME = "/"


class SignInForm(forms.Form):
    login = forms.CharField(label=_("登录名"), max_length=LONGEST_LOGIN, widget=forms.TextInput(attrs={"autocomplete": "username"}))
    # As typed: a password may begin or end with a space.
    password = forms.CharField(
        label=_("口令"), max_length=200, strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("动态口令"), max_length=LONGEST_CODE, help_text=_("手机上显示的 6 位数字；没有手机时输入一个恢复码。"),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}),
    )  # fmt: skip


@open_to_all
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """By login and password; one answer for every failure. Goes on to `next` if that is a path of this site."""
    onward = path_of(request.POST.get("next") or request.GET.get("next"))
    if request.method != "POST":
        if isinstance(request.user, User):
            return redirect(HOME)
        return _sign_in_page(request, SignInForm(), onward)
    form = SignInForm(request.POST)
    if not form.is_valid():
        return _sign_in_page(request, form, onward, status=422)
    login = form.cleaned_data["login"]
    # Before the guess counts: a lock lasts its minutes from the last guess that counted and is not drawn out by trying.
    if not AxesProxyHandler.is_allowed(request, {"login": login}):
        return locked_out(request, None, {"login": login})
    user = authenticate(request, login=login, password=form.cleaned_data["password"])
    if isinstance(user, User):
        if is_asked_of(user):
            sessions.ask_for_code(request, user, onward=onward)
            return redirect("second_step")
        sessions.start_session(request, user)
        return redirect(onward)
    sessions.record_failure(request, typed=login, locked=bool(request.axes_locked_out))  # type: ignore[attr-defined]
    form.add_error(None, _("登录名或口令不正确。请核对后重新输入；忘记口令请联系系统管理员重置。"))
    return _sign_in_page(request, form, onward, status=422)


@open_to_all
@sensitive_post_parameters("code")
def second_step(request: HttpRequest) -> HttpResponse:
    """The code after the password; a wrong one counts like a wrong password. A recovery code does as well."""
    half = sessions.half_signed_in(request)
    if half is None:
        return redirect(HOME if isinstance(request.user, User) else "sign_in")
    person, onward = half
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        if not AxesProxyHandler.is_allowed(request, {"login": person.login}):
            return locked_out(request, None, {"login": person.login})
        user = authenticate(request, login=person.login, code=form.cleaned_data["code"])
        if isinstance(user, User):
            sessions.start_session(request, user, proof=user.proof)  # type: ignore[attr-defined]
            if user.proof == Proof.RECOVERY:  # type: ignore[attr-defined]
                left = recovery_codes_left(user)
                messages.warning(
                    request, gettext("已使用一个恢复码，还剩 %(left)s 个。手机丢失的，请停用后重新设置动态口令。") % {"left": left}
                )
            return redirect(onward)
        locked = bool(request.axes_locked_out)  # type: ignore[attr-defined]
        sessions.record_failure(request, typed=person.login, locked=locked, step="second_factor")
        form.add_error("code", gettext("动态口令不正确、已过期或已用过。请等手机显示下一个数字后再输入。"))
        form.data = QueryDict()  # the next one is typed into an empty field
    context = {"form": form, "person": person}
    return render(request, "access/second_step.html", context, status=422 if form.errors else 200)


def _sign_in_page(request: HttpRequest, form: SignInForm, onward: str, *, status: int = 200) -> HttpResponse:
    return render(request, "access/sign_in.html", {"form": form, "next": onward}, status=status)


def locked_out(request: HttpRequest, _response: HttpResponse | None = None, credentials: dict[str, str] | None = None) -> HttpResponse:
    """Too many wrong guesses of this login from this address: until when. Called by axes, which put its facts on the request."""
    login = (credentials or {}).get("login", "")
    attempts = AccessAttempt.objects.filter(username=login, ip_address=request.axes_ip_address)  # type: ignore[attr-defined]
    last = attempts.aggregate(last=Max("attempt_time"))["last"] or clock.wall_now()
    until = last + settings.AXES_COOLOFF_TIME
    response = render(request, "access/locked_out.html", {"login": login, "until": until}, status=429)
    response["Retry-After"] = str(max(int((until - clock.wall_now()).total_seconds()), 1))
    return response


@open_to_all
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    sessions.end_session(request)
    return redirect("sign_in")


@open_to_all
def no_role(request: HttpRequest) -> HttpResponse:
    """Signed in, but nothing to act as: who can help."""
    if not isinstance(request.user, User):
        return redirect("sign_in")
    if hats(request.user, on=clock.today()):
        return redirect(HOME)
    return render(request, "access/no_role.html", {"person": request.user})


@open_to_all
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Chinese or English, for this session."""
    wanted = request.POST.get("language", "")
    if wanted in dict(settings.LANGUAGES):
        request.session["language"] = wanted
    return redirect(path_of(request.POST.get("next")))


def path_of(wanted: str | None) -> str:
    """A path of this site, or the first page: never another host, never a scheme."""
    if wanted and wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return wanted
    return HOME
