"""The system administrator's list of accounts: open, reset, close, reopen, sign out everywhere. No roles are given here."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from shibaiqian.access import actions, second_factor
from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused
from shibaiqian.access.excel import LONGEST_LOGIN
from shibaiqian.access.middleware import acts
from shibaiqian.access.models import Assignment, User
from shibaiqian.access.pages.own import key_of
from shibaiqian.access.queries import accounts as found_accounts
from shibaiqian.access.roles import Permission, Role
from shibaiqian.access.rows import Rows, RowsRefused
from shibaiqian.base.paging import Cursor, Page, page

FIELDS = {"登录名": "login", "姓名": "name", "初始密码": "password"}
CODES = ("region_code", "unit_code", "id_number")


class AccountForm(forms.Form):
    login = forms.CharField(label=gettext_lazy("登录名"), max_length=LONGEST_LOGIN)
    name = forms.CharField(label=gettext_lazy("姓名"), max_length=40)
    password = forms.CharField(
        label=gettext_lazy("初始口令"), strip=False, max_length=200,
        help_text=gettext_lazy("当面告知本人，首次登录必须修改。"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip


class ResetForm(forms.Form):
    new = forms.CharField(
        label=gettext_lazy("新的初始口令"), strip=False, max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip


class PersonForm(forms.Form):
    id_number = forms.CharField(
        label=gettext_lazy("身份证号"), max_length=30, help_text=gettext_lazy("与干部名册核对，号码不保存；认定后本人不能办理自己的事项。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "text", "spellcheck": "false"}),
    )  # fmt: skip


class ReasonForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("事由"), max_length=200)


def list_of(request: HttpRequest) -> Page:
    """Accounts by login, a page at a time. Names are searched by POST, so that none stands in an address or a log."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    everybody = found_accounts(actor)
    beginning = request.POST.get("beginning", "").strip()[:LONGEST_LOGIN].replace("\0", "")
    wanted = found_accounts(actor, beginning=beginning) if beginning else everybody
    cursor = Cursor.asked(request.GET)
    return page(wanted, ["login"], cursor=cursor, known=everybody)


def frame_of(request: HttpRequest, found: Page) -> dict[str, Any]:
    """What both administrators' lists show."""
    return {
        "rows": [{"user": user, "roles": [_said(a) for a in user.assignments.all()]} for user in found.rows],
        "beginning": request.POST.get("beginning", "").strip()[:LONGEST_LOGIN],
        "next_url": f"?after={found.next}" if found.next else "",
        "previous_url": f"?before={found.previous}" if found.previous else "",
    }


def _said(assignment: Assignment) -> dict[str, Any]:
    return {"assignment": assignment, "label": Role(assignment.role).label, "place": assignment.scope_name, "until": assignment.valid_to}


@acts
def accounts(request: HttpRequest) -> HttpResponse:
    """The list; with POST, the accounts whose login or name begins as typed. The security administrator only looks."""
    manages = request.actor.may(Permission.MANAGE_ACCOUNTS)  # type: ignore[attr-defined]
    return render(request, "access/accounts.html", frame_of(request, list_of(request)) | {"manages": manages})


@acts
@sensitive_post_parameters("password")
def open_account(request: HttpRequest) -> HttpResponse:
    """A form for one account; its role is the security administrator's to give."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.MANAGE_ACCOUNTS)
    form = AccountForm(request.POST or None)
    if form.is_valid():
        said = {**form.cleaned_data, "role": None, **dict.fromkeys(CODES)}
        try:
            actions.open_accounts(request.user, rows=Rows.of_form(**said), by=actor)  # type: ignore[arg-type]
        except RowsRefused as why:
            for finding in why.findings.refusals():
                form.add_error(FIELDS.get(finding.column or ""), finding.message + finding.mend)
        except Refused as why:
            form.add_error("login", str(why))
        else:
            messages.success(request, _("账号“%s”已开设。请安全管理员授予角色。") % said["login"])
            return redirect("accounts")
    return render(request, "access/open_account.html", {"form": form}, status=422 if form.errors else 200)


def _reset(user: User, said: dict[str, str], by: Actor) -> str:
    actions.reset_password(user, new=said["new"], by=by)
    return _("“%s”的口令已重置，锁定已解除。请当面告知本人。")


def _close(user: User, said: dict[str, str], by: Actor) -> str:
    actions.close_account(user, reason=said["reason"], by=by)
    return _("账号“%s”已停用，登录已全部退出。")


def _reopen(user: User, said: dict[str, str], by: Actor) -> str:
    actions.reopen_account(user, reason=said["reason"], by=by)
    return _("账号“%s”已启用。")


def _end_sessions(user: User, _said: dict[str, str], by: Actor) -> str:
    actions.end_all_sessions(user, by=by)
    return _("账号“%s”在所有地方的登录已退出。")


def _link(user: User, said: dict[str, str], by: Actor) -> str:
    actions.link_person(user, id_number=said["id_number"], by=by)
    return _("账号“%s”已认定本人。")


def _reset_factor(user: User, said: dict[str, str], by: Actor) -> str:
    second_factor.reset_second_factor(user, reason=said["reason"], by=by)
    return _("账号“%s”的动态口令已重置，登录已全部退出。请本人重新设置。")


# What the administrator may do with one account: the form it takes and the command it calls.
CHANGES: dict[str, tuple[type[forms.Form], Callable[[User, dict[str, str], Actor], str]]] = {
    "reset": (ResetForm, _reset),
    "close": (ReasonForm, _close),
    "reopen": (ReasonForm, _reopen),
    "end_sessions": (forms.Form, _end_sessions),
    "link": (PersonForm, _link),
    "reset_factor": (ReasonForm, _reset_factor),
}


@acts
@require_POST
@sensitive_post_parameters("new", "id_number")
def change_account(request: HttpRequest) -> HttpResponse:
    """One account: first its form (no `sure`), then the act."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.MANAGE_ACCOUNTS)
    user = User.objects.filter(pk=key_of(request.POST.get("user"))).first()
    change = request.POST.get("change", "")
    if user is None or change not in CHANGES:
        raise Http404
    kind, act = CHANGES[change]
    form = kind(request.POST if "sure" in request.POST else None)
    if form.is_valid():
        try:
            said = act(user, form.cleaned_data, actor)
        except Refused as why:
            form.add_error(None, str(why))
        else:
            messages.success(request, said % user.login)
            return redirect("accounts")
    context = {"form": form, "person": user, "change": change}
    return render(request, "access/change_account.html", context, status=422 if form.errors else 200)
