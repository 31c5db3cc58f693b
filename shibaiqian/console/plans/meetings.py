"""Work meetings of a town: recorded once, and every plan and summary that was submitted is heard."""

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
from shibaiqian.console.posting_forms import day, text
from shibaiqian.fieldwork.actions import hold_meeting
from shibaiqian.regions.models import Region


class MeetingForm(forms.Form):
    region = forms.ChoiceField(label=_("召开单位"))
    on = day(_("会议日期"))
    chair = text(_("主持人"))
    attendees = forms.IntegerField(label=_("参会人数"), min_value=1, max_value=500)
    notes = text(_("会议要点"), required=False, long=True)

    def __init__(self, *args, actor: Actor, **kwargs) -> None:  # type: ignore[no-untyped-def]
        super().__init__(*args, **kwargs)
        self.fields["region"].choices = meeting_places(actor)  # type: ignore[attr-defined]


def meeting_places(actor: Actor) -> list[tuple[str, str]]:
    """Counties and towns of the scope. One query."""
    root = actor.scope.region
    if len(root) in (6, 9):
        rows = Region.objects.filter(code__gte=root, code__lt=f"{root}:", level__in=["county", "town"], valid_to__isnull=True)
        return list(rows.order_by("code").values_list("code", "name"))
    return [(code, name) for code, name in region_choices(actor, "") if len(code) == 6]


@acts
def hold(request: HttpRequest) -> HttpResponse:
    """Record a meeting that was held."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.HEAR_REPORTS)
    if not actor.scope.region:
        raise Http404
    form = MeetingForm(request.POST or None, actor=actor, initial={"on": clock.today()})
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        try:
            held = hold_meeting(Region.objects.get(pk=given.pop("region")), **given, by=actor)
            messages.success(
                request,
                __("已登记，听取月计划 %(plans)s 份、月小结 %(summaries)s 份。") % {"plans": held.plans, "summaries": held.summaries},
            )
            return redirect("meetings")
        except Refused as refusal:
            form.add_error(None, str(refusal))
    context = {
        "form": form, "title": __("登记工作例会"), "button": __("登记"), "back": reverse("meetings"), "back_label": __("工作例会"),
        "note": __("登记一次就够：这个镇办所有挂职干部已提交的月计划和月小结都记为已听取。"),
    }  # fmt: skip
    return render(request, "console/plans/form.html", context, status=422 if form.is_bound else 200)
