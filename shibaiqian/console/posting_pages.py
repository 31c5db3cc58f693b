"""The file of a posting, and its steps one by one."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as __
from django.views.decorators.http import require_POST

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused, command, note_in_event
from shibaiqian.access.middleware import acts
from shibaiqian.access.roles import Permission
from shibaiqian.assistance.queries import entities_of_posting, projects_of_posting
from shibaiqian.base import clock
from shibaiqian.console.handover import handover_pack, pack_workbook
from shibaiqian.console.lists import TIER_LABELS
from shibaiqian.console.places import crumbs, path_to
from shibaiqian.console.posting_forms import StepForm
from shibaiqian.console.posting_steps import STEP_FORMS, open_steps
from shibaiqian.documents.register import papers_numbered
from shibaiqian.fieldwork.queries import logs, services_of_posting
from shibaiqian.postings.models import Posting
from shibaiqian.postings.queries import management_of, numbers_of, posting_file
from shibaiqian.postings.rules import END_REASONS
from shibaiqian.postings.targets.queries import letters_of

SOME = 50
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@acts
def posting(request: HttpRequest, posting_id: uuid.UUID) -> HttpResponse:
    """A posting: state and dates, history, party relation, households, handover, and what may be done."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    file = posting_file(actor, posting_id)
    found = file.posting
    management = management_of(actor, found)
    steps = open_steps(found, management, actor)
    context = {
        "file": file,
        "posting": found,
        "management": management,
        "steps": [(code, step) for code, step in steps if not step.grave],
        "grave_steps": [(code, step) for code, step in steps if step.grave],
        "end_reason": END_REASONS.get(found.end_reason, ""),
        "tier": TIER_LABELS.get(found.tier_code, found.tier_code),
        "crumbs": crumbs(actor, path_to(found.region_id)),
        "letters": list(letters_of(actor, found)) if actor.may(Permission.VIEW_TARGETS) else [],
        "papers": papers_numbered(actor, numbers_of(found, management)),
        "may_draft": actor.may(Permission.KEEP_TARGETS) and found.is_running,
        "may_households": actor.may(Permission.VIEW_HOUSEHOLDS),
        "may_export": actor.may(Permission.EXPORT),
        "tabs": _tabs(found),
        "is_head": bool(found.unit.head_name) and found.unit.head_name == found.cadre_name,
        "days_left": (found.planned_end - clock.today()).days if found.is_running else None,
    }
    return render(request, "console/posting.html", context)


@acts
def work(request: HttpRequest, posting_id: uuid.UUID) -> HttpResponse:
    """What stands to a posting's name: projects, industry entities, practical services, the last days of the log."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = posting_file(actor, posting_id).posting
    may_assist, may_fieldwork = actor.may(Permission.VIEW_ASSISTANCE), actor.may(Permission.VIEW_FIELDWORK)
    context = {
        "posting": found,
        "crumbs": crumbs(actor, path_to(found.region_id)),
        "tabs": _tabs(found),
        "entities": list(entities_of_posting(actor, found)[:SOME]) if may_assist else [],
        "projects": list(projects_of_posting(actor, found)[:SOME]) if may_assist else [],
        "services": list(services_of_posting(actor, found)[:15]) if may_fieldwork else [],
        "logs": list(logs(actor, region=found.region_id, posting=found)[:10]) if may_fieldwork else [],
        "may_assist": may_assist,
        "may_fieldwork": may_fieldwork,
    }
    return render(request, "console/posting_work.html", context)


def _tabs(found: Posting) -> list[tuple[str, str]]:
    return [(__("任职和管理"), reverse("posting", args=[found.pk])), (__("帮扶工作"), reverse("posting_work", args=[found.pk]))]


@acts
def step(request: HttpRequest, posting_id: uuid.UUID, act: str) -> HttpResponse:
    """One step of a posting: its form, and the command when it is sent. A step the state or the role does not have is not there."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    offered = STEP_FORMS.get(act)
    if offered is None:
        raise Http404(act)
    actor.must(offered.permission)
    file = posting_file(actor, posting_id)
    found, management = file.posting, management_of(actor, file.posting)
    form = offered.form(request.POST if request.method == "POST" else None, posting=found, file=management, actor=actor)
    if request.method == "POST" and form.is_valid():
        done = _done(request, form, act=act, actor=actor)
        if done is not None:
            return done
    elif act not in dict(open_steps(found, management, actor)):
        messages.info(request, __("现在不能办理“%(step)s”，页面已是最新状态。") % {"step": __(offered.label)})
        return redirect("posting", posting_id=posting_id)
    context = {"form": form, "posting": found, "step": offered, "act": act, "crumbs": crumbs(actor, path_to(found.region_id))}
    return render(request, "console/posting_step.html", context, status=422 if form.is_bound else 200)


def _done(request: HttpRequest, form: StepForm, *, act: str, actor: Actor) -> HttpResponse | None:
    """Call the command; None when it refused, and the form says why."""
    offered = STEP_FORMS[act]
    try:
        made: Any = offered.run(form.posting, dict(form.cleaned_data), form.file, actor)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return None
    messages.success(request, __("已办理：%(step)s。") % {"step": __(offered.label)})
    return redirect("posting", posting_id=made.pk if isinstance(made, Posting) else form.posting.pk)


@command(Permission.EXPORT)
def export_handover(posting: Posting, *, by: Actor) -> bytes:
    """The handover pack of a posting as a workbook; the event says who took it along and how many lines."""
    pack = handover_pack(by, posting)
    note_in_event(rows=len(pack.rows()))
    return pack_workbook(pack, by=by)


@acts
@require_POST
def handover_export(request: HttpRequest, posting_id: uuid.UUID) -> HttpResponse:
    """Hand the pack over as a file."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    file = posting_file(actor, posting_id)
    response = HttpResponse(export_handover(file.posting, by=actor), content_type=EXCEL)
    name = f"工作交接包-{file.posting.number}-{clock.today():%Y%m%d}.xlsx"
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return response
