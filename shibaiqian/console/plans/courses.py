"""Training courses: planned, filled with a set of posted officials, held with results; the sheet to sign."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused
from shibaiqian.access.middleware import acts
from shibaiqian.access.roles import Permission
from shibaiqian.base import clock
from shibaiqian.cadres.courses import COURSE, CourseFile, cancel_course, course_file, enrol, hold_course, open_course
from shibaiqian.cadres.models import TrainingRecord
from shibaiqian.console.listing.page import region_choices
from shibaiqian.console.lists.words import TIERS
from shibaiqian.console.posting_forms import day, pick, text
from shibaiqian.console.selection.papers import paper_file
from shibaiqian.documents.papers.course import Participant, SignSheet, sign_sheet
from shibaiqian.postings.queries import running_postings
from shibaiqian.postings.trainings import without_induction, without_training
from shibaiqian.regions.models import Region

MOST = 2000


class CourseForm(forms.Form):
    kind = pick(_("类别"), TrainingRecord.Kind.choices)
    name = text(_("培训名称"))
    organiser = text(_("主办单位"))
    place = text(_("地点"))
    starts_on = day(_("开始日期"))
    ends_on = day(_("结束日期"))
    hours = forms.DecimalField(label=_("学时"), min_value=0, max_digits=5, decimal_places=1)


class EnrolForm(forms.Form):
    region = forms.ChoiceField(label=_("挂职地"), required=False)
    tier = pick(_("层级"), TIERS, required=False)
    only_new = forms.BooleanField(label=_("只选还没到岗、没有参加过岗前培训的"), required=False)

    only_untrained = forms.BooleanField(label=_("只选今年还没有参加过培训的"), required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].choices = [("", __("全部")), *region_choices(actor, "")]  # type: ignore[attr-defined]


@acts
def open_one(request: HttpRequest) -> HttpResponse:
    """Plan a course."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.REGISTER_CADRES)
    place = Region.objects.get(pk=actor.scope.region)
    own = {"organiser": __("中共%(place)s委组织部") % {"place": place.name}, "starts_on": clock.today(), "ends_on": clock.today()}
    form = CourseForm(request.POST or None, initial=own)
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        hours = int(said.pop("hours") * 10)
        try:
            made = open_course(place, hours_tenths=hours, **said, by=actor)
            return redirect("course", course_id=made.pk)
        except Refused as refusal:
            form.add_error(None, str(refusal))
    context = {"form": form, "title": __("举办培训班"), "button": __("保存"), "back": reverse("courses"), "back_label": __("培训班")}
    return render(request, "console/plans/form.html", context, status=422 if form.is_bound else 200)


@acts
def course(request: HttpRequest, course_id: uuid.UUID) -> HttpResponse:
    """A course: who takes part, more to choose, the result."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.VIEW_CADRES)
    file = course_file(actor, course_id)
    may = actor.may(Permission.REGISTER_CADRES)
    steps = COURSE.open_steps(file.course.state) if may else ()
    form = EnrolForm(request.POST or None, actor=actor) if "enrol" in steps else None
    if request.method == "POST":
        actor.must(Permission.REGISTER_CADRES)
        if form is not None and form.is_valid() and _enrol(request, form, file, actor):
            return redirect("course", course_id=course_id)
    context = {"file": file, "course": file.course, "steps": steps, "form": form, "over": file.course.ends_on <= clock.today()}
    return render(request, "console/plans/course.html", context, status=422 if request.method == "POST" else 200)


def _enrol(request: HttpRequest, form: EnrolForm, file: CourseFile, actor: Actor) -> bool:
    said = form.cleaned_data
    region = said["region"] or actor.scope.region
    rows = without_induction(actor) if said["only_new"] else running_postings(actor, region=region)
    if said["only_untrained"]:
        rows = rows.filter(pk__in=without_training(actor, year=clock.today().year).values("pk"))
    rows = rows.filter(region__gte=region, region__lt=f"{region}:")
    rows = rows.filter(tier_code=said["tier"]) if said["tier"] else rows
    try:
        new = enrol(file.course, cadres=list(rows.order_by().values_list("cadre", flat=True)[:MOST]), by=actor)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, __("已确定 %(count)s 人参加。") % {"count": new})
    return True


@acts
@require_POST
def course_step(request: HttpRequest, course_id: uuid.UUID, step: str) -> HttpResponse:
    """Held, with who was absent and results that differ; or cancelled."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    file = course_file(actor, course_id)
    try:
        match step:
            case "hold":
                absent = {seat.cadre_id for seat in file.seats if f"absent-{seat.pk}" in request.POST}
                said = {seat.cadre_id: request.POST.get(f"result-{seat.pk}", "")[:20] for seat in file.seats}
                count = hold_course(file.course, absent=absent, results={k: v for k, v in said.items() if v.strip()}, by=actor)
                messages.success(request, __("已登记，%(count)s 人参加，已写入培训记录。") % {"count": count})
            case "cancel":
                cancel_course(file.course, reason=request.POST.get("reason", "")[:200], by=actor)
            case _:
                raise Http404(step)
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("course", course_id=course_id)


@acts
def course_paper(request: HttpRequest, course_id: uuid.UUID, form: str) -> HttpResponse:
    """The sheet to sign, as PDF or Word."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.VIEW_CADRES)
    file = course_file(actor, course_id)
    row = file.course
    sheet = SignSheet(
        name=row.name, organiser=row.organiser, place=row.place, first=row.starts_on, last=row.ends_on,
        people=tuple(Participant(name=s.cadre_name, unit=s.cadre.unit.name if s.cadre else "") for s in file.seats),
        demonstration=clock.is_demonstration(),
    )  # fmt: skip
    return paper_file(sign_sheet(sheet), form, name=f"course-{row.starts_on:%Y%m%d}-{str(row.pk)[:8]}")
