"""One's own account: the role one acts in, the password, sessions, and roles lent to colleagues."""

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from shibaiqian.access import actions, sessions
from shibaiqian.access.command import Refused
from shibaiqian.access.middleware import acts
from shibaiqian.access.models import Assignment, StandIn, User
from shibaiqian.access.pages.door import HOME
from shibaiqian.access.queries import assignments_in_force, lent_by, lent_to
from shibaiqian.access.roles import Permission, Role
from shibaiqian.base import clock

SHOWN = 50  # loans of a person; older ones stand in the audit


class PasswordForm(forms.Form):
    old = forms.CharField(
        label=gettext_lazy("当前口令"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    new = forms.CharField(
        label=gettext_lazy("新口令"), strip=False, max_length=200,
        help_text=gettext_lazy("至少 10 个字符，不能是常见口令，不能包含登录名。"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip
    again = forms.CharField(
        label=gettext_lazy("再输一次新口令"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("new") and said.get("again") and said["new"] != said["again"]:
            self.add_error("again", _("两次输入的新口令不一致，请重新输入。"))
        return said


class LoanForm(forms.Form):
    assignment = forms.ChoiceField(label=gettext_lazy("委托的角色"))
    login = forms.CharField(label=gettext_lazy("代理人登录名"), max_length=60)
    since = forms.DateField(label=gettext_lazy("起始日期"), widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(
        label=gettext_lazy("终止日期"), widget=forms.DateInput(attrs={"type": "date"}), help_text=gettext_lazy("含当天，最长 90 天。")
    )
    reason = forms.CharField(label=gettext_lazy("事由"), max_length=200)

    def __init__(self, *args: Any, lendable: list[Assignment], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lendable = {str(a.pk): a for a in lendable}
        labels = [(key, f"{Role(a.role).label} {a.scope_name}".strip()) for key, a in self.lendable.items()]
        self.fields["assignment"].choices = labels  # type: ignore[attr-defined]

    def clean_login(self) -> User:
        found = User.objects.filter(login=self.cleaned_data["login"], is_active=True).first()
        if found is None:
            raise forms.ValidationError(_("没有这个登录名，或账号已停用。请向同事核对登录名。"))
        return found


@acts
@require_GET
def choose_role(request: HttpRequest) -> HttpResponse:
    """Every role one can act in, own and lent."""
    return render(request, "access/choose_role.html", {"hats": request.hats, "hat": request.hat})  # type: ignore[attr-defined]


@acts
@require_POST
def switch_role(request: HttpRequest) -> HttpResponse:
    """Act in another role from now on, in this session."""
    wanted = request.POST.get("hat", "")
    if wanted not in {hat.key for hat in request.hats}:  # type: ignore[attr-defined]
        raise Http404
    request.session["hat"] = wanted
    return redirect(HOME)


@acts
@sensitive_post_parameters()
def change_password(request: HttpRequest) -> HttpResponse:
    """One's own password; the first one must be changed before anything else."""
    user = _person(request)
    form = PasswordForm(request.POST or None)
    if form.is_valid():
        said = form.cleaned_data
        try:
            changed = actions.change_password(user, old=said["old"], new=said["new"], by=request.actor)  # type: ignore[attr-defined]
        except Refused as why:
            form.add_error("old" if isinstance(why, actions.PasswordWrong) else "new", str(why))
        else:
            sessions.keep_this_session(request, changed)
            messages.success(request, _("口令已修改，其他地方的登录已全部退出。"))
            return redirect(HOME)
    context = {"form": form, "forced": user.must_change_password}
    return render(request, "access/change_password.html", context, status=422 if form.errors else 200)


@acts
def own_sessions(request: HttpRequest) -> HttpResponse:
    """When this session began and will end; sign out everywhere else."""
    if request.method == "POST":
        changed = actions.end_all_sessions(_person(request), by=request.actor)  # type: ignore[attr-defined]
        sessions.keep_this_session(request, changed)
        messages.success(request, _("其他地方的登录已全部退出。"))
        return redirect("sessions")
    session = request.session
    started = _time(session["started_at"])
    context = {
        "started": started,
        "ends": started + settings.SESSION_LONGEST,
        "idle_minutes": int(settings.SESSION_IDLE.total_seconds() // 60),
        "previous": _time(session["previous_sign_in"]) if session.get("previous_sign_in") else None,
    }
    return render(request, "access/sessions.html", context)


@acts
def stand_ins(request: HttpRequest) -> HttpResponse:
    """Lend a role for dates; what is lent by and to this person."""
    user, actor = _person(request), request.actor  # type: ignore[attr-defined]
    lendable = _lendable(user) if actor.may(Permission.DELEGATE) and not actor.standing_in_for else []
    form = LoanForm(request.POST or None, lendable=lendable, initial={"since": clock.today()})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            actions.lend_role(
                form.lendable[said["assignment"]], to=said["login"], since=said["since"], until=said["until"],
                reason=said["reason"], by=actor,
            )  # fmt: skip
        except Refused as why:
            form.add_error(None, str(why))
        else:
            messages.success(request, _("已委托。代理人切换身份后即可代办，审计同时记录两人。"))
            return redirect("stand_ins")
    today = clock.today()
    context = {
        "form": form if lendable else None,
        "lent": [_loan(s, today) for s in lent_by(user)[:SHOWN]],
        "borrowed": [_loan(s, today) for s in lent_to(user)[:SHOWN]],
    }
    return render(request, "access/stand_ins.html", context, status=422 if form.errors else 200)


@acts
@require_POST
def end_stand_in(request: HttpRequest) -> HttpResponse:
    """Take a role back, or give it back."""
    loan = StandIn.objects.select_related("assignment").filter(pk=key_of(request.POST.get("loan"))).first()
    if loan is None:
        raise Http404
    try:
        actions.end_stand_in(loan, by=request.actor)  # type: ignore[attr-defined]
    except Refused as why:
        messages.error(request, str(why))
    else:
        messages.success(request, _("代理已结束。"))
    return redirect("stand_ins")


def key_of(text: str | None) -> uuid.UUID:
    """An id as a browser sent it; nonsense is the id of nothing."""
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return uuid.UUID(int=0)


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _lendable(user: User) -> list[Assignment]:
    own = assignments_in_force(on=clock.today()).filter(user=user)
    return [a for a in own if Permission.DELEGATE in Role(a.role).permissions]


def _loan(loan: StandIn, today: dt.date) -> dict[str, Any]:
    if loan.ended_at is not None:
        state, tag = _("已结束"), ""
    elif loan.valid_to < today:
        state, tag = _("已到期"), ""
    elif loan.valid_from > today:
        state, tag = _("未开始"), "info"
    else:
        state, tag = _("代理中"), "ok"
    role = Role(loan.assignment.role).label
    return {"row": loan, "role": role, "state": state, "tag": tag, "can_end": bool(tag)}


def _time(stamp: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(stamp, tz=clock.SHANGHAI)
