"""Many postings end on one day: those whose term is over, what is missing of each, and the step for the ticked ones."""

import contextlib
import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused
from shibaiqian.access.middleware import acts
from shibaiqian.access.roles import Permission
from shibaiqian.base import clock
from shibaiqian.base.ids import new_id
from shibaiqian.console.listing.page import region_choices
from shibaiqian.console.posting_forms import day, pick
from shibaiqian.postings.actions import end_postings
from shibaiqian.postings.actions.steps import decided_in
from shibaiqian.postings.models import Posting
from shibaiqian.postings.queries import postings_to_end, readiness_of
from shibaiqian.postings.rules import SAID_AT_END
from shibaiqian.regions.models import Region

MOST = 300  # on one page; a county ends town by town what is more


class EndingForm(forms.Form):
    reason = pick(_("结束原因"), SAID_AT_END)
    on = day(_("结束日期"))
    operation = forms.UUIDField(widget=forms.HiddenInput)


@acts
def end_list(request: HttpRequest) -> HttpResponse:
    """The postings that the actor decides of and that are to end, ready or not; those ticked end together. A second click does nothing."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.APPOINT)
    form = EndingForm(request.POST or None, initial={"reason": "term_complete", "on": clock.today(), "operation": new_id()})
    chosen = ticked(request, "posting")
    if request.method == "POST" and form.is_valid() and _ended(form, chosen, actor):
        messages.success(request, __("已结束 %(count)s 名干部的挂职。") % {"count": len(chosen)})
        return redirect(request.get_full_path())
    region = request.GET.get("region", "")
    region = region if region.isdigit() and actor.scope.holds_region(region) else ""
    found = list(postings_to_end(actor, region=region)[: MOST + 1])
    shown = list(readiness_of([row for row in found[:MOST] if _decides(actor, row)]).values())
    context = {
        "form": form,
        "rows": [(ready, ready.in_the_way, ready.posting.pk in chosen) for ready in shown],
        "ready": sum(not ready.in_the_way for ready in shown),
        "more": len(found) > MOST,
        "region": region,
        "places": region_choices(actor, region),
    }
    return render(request, "console/endings.html", context, status=422 if form.errors else 200)


def _decides(actor: Actor, row: Posting) -> bool:
    return actor.scope.holds_region(decided_in(row))


def _ended(form: EndingForm, chosen: list[uuid.UUID], actor: Actor) -> bool:
    said: dict[str, Any] = form.cleaned_data
    place = Region.objects.get(pk=actor.scope.region)
    try:
        end_postings(place, postings=chosen, on=said["on"], reason=said["reason"], operation=said["operation"], by=actor)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


def ticked(request: HttpRequest, name: str) -> list[uuid.UUID]:
    """The keys of the boxes of this name that were ticked, in order; nonsense is none."""
    found = set()
    for sent in request.POST.getlist(name):
        with contextlib.suppress(ValueError):
            found.add(uuid.UUID(sent))
    return sorted(found)
