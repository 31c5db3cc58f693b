"""The town's page of its villages' accounts: the clerk and the group heads who type on shared phones."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused
from shibaiqian.access.excel import LONGEST_LOGIN
from shibaiqian.access.middleware import acts
from shibaiqian.access.models import Assignment
from shibaiqian.access.pages.own import key_of
from shibaiqian.access.roles import VILLAGE_ROLES, Permission, Role
from shibaiqian.access.rows import RowsRefused
from shibaiqian.access.village_accounts import change_groups, end_village_role, open_village_account, reset_village_password
from shibaiqian.access.village_accounts import village_accounts as found_accounts
from shibaiqian.base.paging import Cursor, page
from shibaiqian.households.queries import groups_of
from shibaiqian.regions.models import Region

NUMERALS = "一二三四五六七八九十"
COLUMNS = {"登录名": "login", "姓名": "name", "初始密码": "password", "村民小组": "groups"}


class VillageAccountForm(forms.Form):
    village = forms.ChoiceField(label=_("村（社区）"))
    role = forms.ChoiceField(
        label=_("角色"), choices=[(role.value, role.label) for role in VILLAGE_ROLES], help_text=_("村文书选“村级组织”。")
    )
    groups = forms.CharField(
        label=_("村民小组"), required=False, max_length=200, widget=forms.TextInput(attrs={"list": "groups"}),
        help_text=_("只有组长填写，照台账里的写法；管几个组的用顿号隔开，例如：一组、三组。他只看得到这几个组的农户。"),
    )  # fmt: skip
    name = forms.CharField(label=_("姓名"), max_length=40)
    login = forms.CharField(label=_("登录名"), max_length=LONGEST_LOGIN)
    password = forms.CharField(
        label=_("初始口令"), strip=False, max_length=200, help_text=_("当面告知本人，首次登录必须修改。"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, region: str) -> None:
        super().__init__(data)
        rows = Region.objects.filter(level=Region.Level.VILLAGE, code__gte=region, code__lt=f"{region}:", valid_to__isnull=True)
        self.fields["village"].choices = list(rows.order_by("code").values_list("code", "name"))  # type: ignore[attr-defined]


class NewPasswordForm(forms.Form):
    new = forms.CharField(
        label=_("新的初始口令"), strip=False, max_length=200, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )  # fmt: skip


@acts
@sensitive_post_parameters("password")
def village_accounts(request: HttpRequest) -> HttpResponse:
    """Who types in which village, and a form for one more."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.KEEP_VILLAGE_ACCOUNTS)
    form = VillageAccountForm(request.POST or None, region=actor.scope.region)
    if form.is_valid():
        said = form.cleaned_data
        try:
            open_village_account(
                Region.objects.get(pk=said["village"]), login=said["login"], name=said["name"], password=said["password"],
                role=said["role"], groups=said["groups"], by=actor,
            )  # fmt: skip
        except RowsRefused as refusal:
            for finding in refusal.findings.refusals():
                form.add_error(COLUMNS.get(finding.column or ""), finding.message + finding.mend)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, __("账号“%s”已开设，请当面告知本人初始口令。") % said["login"])
            return redirect("village_accounts")
    cursor = Cursor.of(after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    found = page(found_accounts(actor), ("region",), cursor=cursor)
    known = groups_of(actor, region=actor.scope.region)
    context = {
        "page": found,
        "rows": [_row(row, known.get(row.region, {})) for row in found.rows],
        "groups": sorted({group for of_village in known.values() for group in of_village}, key=_in_order),
        "form": form,
        "kept": "",
    }
    return render(request, "console/village_accounts.html", context, status=422 if form.errors else 200)


def _in_order(group: str) -> tuple[int, list[int], str]:
    """一组, 二组, 三组, … 十组, 十一组: as people count, not as characters are coded."""
    return len(group), [NUMERALS.find(character) for character in group], group


def _row(assignment: Assignment, known: dict[str, int]) -> dict[str, Any]:
    """One account with its groups, each with how many households the register has in it now."""
    heads = assignment.role == Role.GROUP_HEAD
    return {
        "assignment": assignment,
        "label": Role(assignment.role).label,
        "heads": heads,
        "village": assignment.scope_name.split(" ")[0],
        "groups": [(group, known.get(group, 0)) for group in assignment.groups],
        "said": "、".join(assignment.groups),
        "known": sorted(known, key=_in_order),
    }


@acts
@require_POST
@sensitive_post_parameters("new")
def change_village_account(request: HttpRequest) -> HttpResponse:
    """End a village's role, give its person a new first password, or say anew which groups a head has."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.KEEP_VILLAGE_ACCOUNTS)
    row = get_object_or_404(found_accounts(actor), pk=key_of(request.POST.get("assignment")))
    try:
        if request.POST.get("do") == "reset":
            form = NewPasswordForm(request.POST)
            if form.is_valid():
                reset_village_password(row.user, new=form.cleaned_data["new"], by=actor)
                messages.success(request, __("“%s”的口令已重置，锁定已解除。请当面告知本人。") % row.user.login)
            else:
                messages.error(request, __("没有填写新口令，没有重置。"))
        elif request.POST.get("do") == "groups":
            changed = change_groups(row, groups=request.POST.get("groups", ""), by=actor)
            messages.success(request, __("“%(name)s”现在管%(groups)s。") % {"name": row.user.name, "groups": "、".join(changed.groups)})
        else:
            end_village_role(row, by=actor)
            messages.success(request, __("“%s”的角色已终止，他在手机上没有上传的记录还在，别的人照常用。") % row.user.name)
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("village_accounts")
