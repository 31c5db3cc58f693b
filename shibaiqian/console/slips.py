"""The slips of a village: whose helpers changed, printed two to a page, and recorded once they were handed over."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused
from shibaiqian.access.middleware import acts
from shibaiqian.access.roles import Permission
from shibaiqian.base import clock
from shibaiqian.base.ids import new_id
from shibaiqian.console.endings import ticked
from shibaiqian.console.places import crumbs, path_to
from shibaiqian.console.posting_forms import day, text
from shibaiqian.console.selection.papers import paper_file
from shibaiqian.postings.slips import MOST, draw_slips, hand_out_slips, households_to_tell, slips_of
from shibaiqian.regions.models import Region

FILES = {"print": "pdf", "word": "docx"}


class TellForm(forms.Form):
    on = day(_("送达日期"))
    told_by = text(_("送达人"))
    operation = forms.UUIDField(widget=forms.HiddenInput)


@acts
def slips(request: HttpRequest, region: str) -> HttpResponse:
    """Households of a village that are to be told: print the ticked ones, or record that they were told. A second click does nothing."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.VIEW_HOUSEHOLDS)
    path = path_to(region)
    if not actor.scope.holds_region(region) or len(region) != 12 or not path or path[-1].code != region:
        raise Http404
    chosen, said = ticked(request, "household"), request.POST.get("do", "")
    form = TellForm(request.POST if said == "told" else None, initial={"on": clock.today(), "operation": new_id(), "told_by": actor.name})
    problem = ""
    if request.method == "POST":
        actor.must(Permission.HEAR_HOUSEHOLDS)
        try:
            done = _do(form, said, path[-1], chosen, actor)
        except Refused as refusal:
            problem, done = str(refusal), None
        if said == "told" and done is not None:
            messages.success(request, __("已登记 %(count)s 户告知。") % {"count": len(chosen)})
        if done is not None:
            return done
    households = list(households_to_tell(actor, region=region)[:MOST])
    context = {
        "form": form,
        "place": path[-1],
        "problem": problem,
        "crumbs": crumbs(actor, path),
        "rows": [(home, slip, not chosen or home.pk in chosen) for home, slip in zip(households, slips_of(actor, households), strict=True)],
        "may_tell": actor.may(Permission.HEAR_HOUSEHOLDS),
    }
    return render(request, "console/slips.html", context, status=422 if problem or form.errors else 200)


def _do(form: TellForm, said: str, place: Region, chosen: list[uuid.UUID], actor: Actor) -> HttpResponse | None:
    """The file, or the way back after it was recorded; None where the form says what is wrong."""
    if said in FILES:
        return paper_file(draw_slips(place, households=chosen, by=actor), FILES[said], name=f"slips-{place.code}")
    if not form.is_valid():
        return None
    given: dict[str, Any] = form.cleaned_data
    hand_out_slips(place, households=chosen, **given, by=actor)
    return redirect("slips", region=place.code)
