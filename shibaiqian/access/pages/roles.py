"""The security administrator's list: who holds which role where; grant and end."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from shibaiqian.access import actions
from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused
from shibaiqian.access.middleware import acts
from shibaiqian.access.models import Assignment, User
from shibaiqian.access.pages.accounts import ReasonForm, frame_of, list_of
from shibaiqian.access.pages.own import key_of
from shibaiqian.access.roles import Permission, Role


def _choices() -> list[tuple[str, Any]]:
    return [(role.value, role.label) for role in Role if role is not Role.SYSTEM]


class GrantForm(forms.Form):
    role = forms.ChoiceField(label=gettext_lazy("角色"), choices=_choices)
    region_code = forms.CharField(
        label=gettext_lazy("区划代码"), required=False, max_length=12, help_text=gettext_lazy("市、县区、镇办、村的角色填写。")
    )
    unit_code = forms.CharField(
        label=gettext_lazy("单位编码"), required=False, max_length=60, help_text=gettext_lazy("派出单位和帮扶责任人填写。")
    )
    until = forms.DateField(
        label=gettext_lazy("截止日期"), required=False, widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("不填为长期有效。"),
    )  # fmt: skip


@acts
def roles(request: HttpRequest) -> HttpResponse:
    """The list; with POST, the accounts whose login or name begins as typed."""
    request.actor.must(Permission.GRANT_ROLES)  # type: ignore[attr-defined]
    return render(request, "access/roles.html", frame_of(request, list_of(request)))


@acts
@require_POST
def grant_role(request: HttpRequest) -> HttpResponse:
    """Give one account a role: first the form (no `sure`), then the act."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.GRANT_ROLES)
    user = User.objects.filter(pk=key_of(request.POST.get("user"))).first()
    if user is None:
        raise Http404
    form = GrantForm(request.POST if "sure" in request.POST else None)
    if form.is_valid():
        try:
            actions.grant_role(user, **form.cleaned_data, by=actor)
        except Refused as why:
            form.add_error(None, str(why))
        else:
            messages.success(request, _("已授予%s角色。") % user.name)
            return redirect("roles")
    return render(request, "access/grant_role.html", {"form": form, "person": user}, status=422 if form.errors else 200)


@acts
@require_POST
def end_role(request: HttpRequest) -> HttpResponse:
    """End a role of somebody: first the reason (no `sure`), then the act."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.GRANT_ROLES)
    assignment = Assignment.objects.select_related("user").filter(pk=key_of(request.POST.get("assignment"))).first()
    if assignment is None:
        raise Http404
    form = ReasonForm(request.POST if "sure" in request.POST else None)
    if form.is_valid():
        try:
            actions.end_role(assignment, **form.cleaned_data, by=actor)
        except Refused as why:
            form.add_error(None, str(why))
        else:
            messages.success(request, _("%s的角色已终止。") % assignment.user.name)
            return redirect("roles")
    context = {"form": form, "assignment": assignment, "label": Role(assignment.role).label}
    return render(request, "access/end_role.html", context, status=422 if form.errors else 200)
