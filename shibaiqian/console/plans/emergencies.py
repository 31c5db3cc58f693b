"""Emergencies: the list of those that hold here, one declared, one ended or lengthened."""

import uuid

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused
from shibaiqian.access.middleware import acts
from shibaiqian.access.roles import Permission
from shibaiqian.base import clock
from shibaiqian.console.listing.page import region_choices
from shibaiqian.console.plans.meetings import meeting_places
from shibaiqian.console.posting_forms import day, pick, text
from shibaiqian.console.queries import one
from shibaiqian.fieldwork.actions import declare_emergency, end_emergency
from shibaiqian.fieldwork.models import EmergencyPeriod
from shibaiqian.fieldwork.queries import emergencies as emergencies_of
from shibaiqian.regions.models import Region

SHOWN = 100


class DeclareForm(forms.Form):
    region = forms.ChoiceField(label=_("范围"))
    kind = pick(_("类别"), EmergencyPeriod.Kind.choices)
    starts_on = day(_("开始日期"))
    ends_on = day(_("结束日期"))
    reason = text(_("原因"), long=True)
    document_number = text(_("文号"), required=False)

    def __init__(self, *args, actor: Actor, **kwargs) -> None:  # type: ignore[no-untyped-def]
        super().__init__(*args, **kwargs)
        whole = region_choices(actor, "") if len(actor.scope.region) == 4 else []
        self.fields["region"].choices = whole or meeting_places(actor)  # type: ignore[attr-defined]


class EndForm(forms.Form):
    ends_on = day(_("新的结束日期"))
    reason = text(_("原因"))


@acts
def emergencies(request: HttpRequest) -> HttpResponse:
    """The emergencies that hold in the own place, latest first."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.VIEW_PLANS)
    may_declare = actor.may(Permission.DECLARE_EMERGENCIES)
    today = clock.today()
    rows = [
        (row, row.starts_on <= today <= row.ends_on, may_declare and row.reachable_by(actor) and row.ends_on >= today)
        for row in emergencies_of(actor)[:SHOWN]
    ]
    return render(request, "console/plans/emergencies.html", {"rows": rows, "may_declare": may_declare})


@acts
def declare(request: HttpRequest) -> HttpResponse:
    """Declare days of emergency."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.DECLARE_EMERGENCIES)
    form = DeclareForm(request.POST or None, actor=actor, initial={"starts_on": clock.today()})
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        try:
            declare_emergency(Region.objects.get(pk=given.pop("region")), **given, by=actor)
            messages.success(request, __("已公布，范围内的到期事项顺延。请按应急令列入值守人员。"))
            return redirect("emergencies")
        except Refused as refusal:
            form.add_error(None, str(refusal))
    return _page(request, form, title=__("公布应急时段"), button=__("公布"))


@acts
def end(request: HttpRequest, emergency_id: uuid.UUID) -> HttpResponse:
    """End one earlier, or lengthen it."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.DECLARE_EMERGENCIES)
    period = one(emergencies_of(actor), emergency_id)
    if not period.reachable_by(actor):
        raise Http404(emergency_id)
    form = EndForm(request.POST or None, initial={"ends_on": period.ends_on})
    if request.method == "POST" and form.is_valid():
        try:
            end_emergency(period, **form.cleaned_data, by=actor)
            return redirect("emergencies")
        except Refused as refusal:
            form.add_error(None, str(refusal))
    return _page(request, form, title=__("调整结束日期"), button=__("保存"))


def _page(request: HttpRequest, form: forms.Form, *, title: str, button: str) -> HttpResponse:
    context = {"form": form, "title": title, "button": button, "back": reverse("emergencies"), "back_label": __("应急时段")}
    return render(request, "console/plans/form.html", context, status=422 if form.is_bound else 200)
