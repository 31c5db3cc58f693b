"""The file of a unit, a household, a project, an industry entity, a practical service."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused
from shibaiqian.access.middleware import acts
from shibaiqian.access.reasons import SHORTEST
from shibaiqian.access.roles import Permission
from shibaiqian.base import clock
from shibaiqian.cadres.queries import cadres
from shibaiqian.console import queries
from shibaiqian.console.places import crumbs, path_to
from shibaiqian.fieldwork.actions import confirm_service as confirm
from shibaiqian.fieldwork.models import PracticalService
from shibaiqian.households.actions import reveal_id_number as reveal_member_number
from shibaiqian.households.models import Member
from shibaiqian.organisations.queries import organisation_file
from shibaiqian.postings.queries import postings

# How many rows a file shows of a kind before it points to the list.
SOME = 50


class RevealForm(forms.Form):
    reason = forms.CharField(label=_("查看理由"), max_length=100, min_length=SHORTEST, help_text=_("理由和查看人会记入审计。"))


class RevealMemberForm(RevealForm):
    member = forms.UUIDField(label=_("成员"), widget=forms.Select)
    field_order = ("member", "reason")

    def __init__(self, *args: Any, members: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["member"].widget.choices = [(str(m.pk), f"{m.name}（{m.relation}）") for m in members]  # type: ignore[attr-defined]


class ConfirmForm(forms.Form):
    confirmation = forms.ChoiceField(
        label=_("确认方式"), widget=forms.RadioSelect,
        choices=[(PracticalService.Confirmation.SIGNED, _("签字")), (PracticalService.Confirmation.FINGERPRINT, _("按手印（有见证人）")), (PracticalService.Confirmation.WITNESSES, _("两名村民见证"))],
    )  # fmt: skip
    on = forms.DateField(label=_("确认日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


@acts
def organisation(request: HttpRequest, organisation_id: uuid.UUID) -> HttpResponse:
    """A unit: names with their dates, both lines above and below, its officials, whom it sent, the villages bound to it."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    file = organisation_file(actor, organisation_id)
    unit = file.organisation
    context = {
        "file": file,
        "unit": unit,
        "cadres": list(cadres(actor).filter(unit=unit).order_by("pinyin", "id")[:SOME]) if actor.may(Permission.VIEW_CADRES) else [],
        "postings": list(postings(actor).filter(unit=unit).order_by("-appointed_on", "id")[:SOME])
        if actor.may(Permission.VIEW_POSTINGS)
        else [],
        "may_see_cadres": actor.may(Permission.VIEW_CADRES),
        "may_see_postings": actor.may(Permission.VIEW_POSTINGS),
    }
    return render(request, "console/organisation.html", context)


@acts
def household(request: HttpRequest, household_id: uuid.UUID) -> HttpResponse:
    """A household's file."""
    return _household(request, household_id)


@acts
@require_POST
def reveal_member(request: HttpRequest, household_id: uuid.UUID) -> HttpResponse:
    """The same page with one member's full number on it, once, for a reason that is recorded."""
    return _household(request, household_id, posted=True)


def _household(request: HttpRequest, key: uuid.UUID, *, posted: bool = False) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.VIEW_HOUSEHOLDS)
    file = queries.household_page(actor, key)
    form = RevealMemberForm(request.POST if posted else None, members=file.present)
    number, whose = "", None
    if posted and form.is_valid():
        whose = next((m for m in file.members if m.pk == form.cleaned_data["member"]), None)
        if whose is None:
            raise Http404(Member.__name__)
        try:
            number = reveal_member_number(whose, reason=form.cleaned_data["reason"], by=actor)
        except Refused as refusal:
            form.add_error("reason", str(refusal))
    row = file.household
    context = {
        "file": file,
        "household": row,
        "crumbs": _household_crumbs(actor, row),
        "form": form,
        "number": number,
        "whose": whose,
        "today": clock.today(),
        "able": sum(m.labour not in ("", "丧失劳动力", "无劳动力") for m in file.present),
        "chart": {
            "type": "line", "unit": __("元"), "x": [str(income.year) for income in file.incomes],
            "series": [
                {"name": __("本户"), "data": [income.net_per_head_cents / 100 for income in file.incomes]},
                {"name": __("全村在册户平均"), "data": [None if i.village_average is None else i.village_average / 100 for i in file.incomes]},
            ],
        },
        "may_private": actor.may(Permission.VIEW_HOUSEHOLD_PRIVATE),
        "may_log": actor.may(Permission.VIEW_DRAFTS),
        "may_fieldwork": actor.may(Permission.VIEW_FIELDWORK),
        "may_assist": actor.may(Permission.VIEW_ASSISTANCE),
    }  # fmt: skip
    return render(request, "console/household.html", context, status=422 if posted and form.errors else 200)


def _household_crumbs(actor: Actor, row: Any) -> list[tuple[str, str]]:
    from_top = [(row.county, row.region_id[:6]), (row.town, row.region_id[:9]), (row.region.name, row.region_id)]
    return [(name or "", f"/regions/{code}/" if actor.scope.holds_region(code) else "") for name, code in from_top]


@acts
def project(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """A project's file."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.VIEW_ASSISTANCE)
    found = queries.one(queries.with_posting_seen(queries.projects(actor), actor).select_related("region"), project_id)
    return render(
        request, "console/project.html", {"project": found, "crumbs": crumbs(actor, path_to(found.region_id)), "today": clock.today()}
    )


@acts
def industry(request: HttpRequest, industry_id: uuid.UUID) -> HttpResponse:
    """An industry entity with the households that share in it."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.VIEW_ASSISTANCE)
    found = queries.one(queries.with_posting_seen(queries.industries(actor), actor).select_related("region"), industry_id)
    context = {
        "entity": found,
        "scale": None if found.scale_hundredths is None else found.scale_hundredths / 100,
        "crumbs": crumbs(actor, path_to(found.region_id)),
        "links": queries.links_of_entity(actor, found) if actor.may(Permission.VIEW_HOUSEHOLDS) else [],
        "may_see_households": actor.may(Permission.VIEW_HOUSEHOLDS),
    }
    return render(request, "console/industry.html", context)


@acts
def service(request: HttpRequest, service_id: uuid.UUID) -> HttpResponse:
    """A practical service, and its confirmation while that is missing."""
    return _service(request, service_id)


@acts
@require_POST
def confirm_service(request: HttpRequest, service_id: uuid.UUID) -> HttpResponse:
    """Record how the beneficiary confirmed it; only then it counts. A second click finds it done."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.HEAR_HOUSEHOLDS)
    found = queries.one(queries.services(actor), service_id)
    form = ConfirmForm(request.POST)
    if found.confirmation and found.confirmation == request.POST.get("confirmation"):
        return redirect("service", service_id=service_id)
    if form.is_valid():
        try:
            confirm(found, confirmation=form.cleaned_data["confirmation"], on=form.cleaned_data["on"], by=actor)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, __("已确认，这件实事已计入统计数字。"))
            return redirect(request.POST["next"] if request.POST.get("next") == "/field/" else f"/services/{service_id}/")
    return _service(request, service_id, form)


def _service(request: HttpRequest, key: uuid.UUID, form: ConfirmForm | None = None) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.VIEW_FIELDWORK)
    found = queries.one(queries.with_posting_seen(queries.services(actor), actor).select_related("region"), key)
    context = {
        "service": found,
        "crumbs": crumbs(actor, path_to(found.region_id)),
        "form": form or ConfirmForm(initial={"on": clock.today()}),
        "may_confirm": actor.may(Permission.HEAR_HOUSEHOLDS) and not found.confirmation,
    }
    return render(request, "console/service.html", context, status=422 if form and form.errors else 200)
