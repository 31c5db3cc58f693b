"""The file of an official: the register with what is missing in it, and what came of selection and posting.

Two requests make the page: the register first, then the panels of selection and posting, which a reader without scripts
opens by their link. Each role sees in both what it may see elsewhere.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused
from shibaiqian.access.middleware import acts
from shibaiqian.access.roles import Permission
from shibaiqian.cadres.actions import reveal_id_number
from shibaiqian.cadres.codes import ETHNICITIES, POLITICAL_STATUSES
from shibaiqian.cadres.lrmx.actions import confirm_none
from shibaiqian.cadres.lrmx.queries import completeness_of
from shibaiqian.cadres.models import Cadre, ResumeItem
from shibaiqian.cadres.queries import CadreFile, cadre_file, cadres
from shibaiqian.cadres.trainings import trainings
from shibaiqian.console import queries
from shibaiqian.console.cadre_forms import ReasonForm
from shibaiqian.console.files import SOME, RevealForm
from shibaiqian.console.lists import SEXES
from shibaiqian.documents.models import IssuedDocument
from shibaiqian.documents.register import issued_documents
from shibaiqian.fieldwork.models import PracticalService, WorkLog
from shibaiqian.postings.models import PartyTransfer, Posting, PostingChange, Support
from shibaiqian.postings.queries import postings
from shibaiqian.postings.targets.queries import LetterFile, letters_with_progress
from shibaiqian.selection.models import Nomination

ETHNIC_NAMES = {code: name for name, code in reversed(ETHNICITIES.items())}
POLITICAL_NAMES = {code: name for name, code in reversed(POLITICAL_STATUSES.items())}


@dataclass(frozen=True)
class Line:
    """A line of the resume as the page shows it; a running posting stands among them before its end writes it down."""

    start_month: str
    end_month: str
    text: str
    kind: str = ""  # in words, empty for plain work


@dataclass(frozen=True)
class Service:
    """What selection and posting know of an official, each part empty where the role does not see it."""

    postings: Sequence[Posting]
    nominations: Sequence[Nomination] = ()
    letters: Sequence[LetterFile] = ()
    support: Sequence[Support] = ()
    papers: Sequence[IssuedDocument] = ()
    running: Posting | None = None
    done: dict[str, int] = field(default_factory=dict)  # of the running posting: services confirmed, days logged


@acts
def cadre(request: HttpRequest, cadre_id: uuid.UUID) -> HttpResponse:
    """The register: resume, family, awards, grades, training, promotions, and what is missing; the ID number masked."""
    return _cadre(request, cadre_id)


@acts
@require_POST
def reveal(request: HttpRequest, cadre_id: uuid.UUID) -> HttpResponse:
    """The same page with the full number on it, once, for a reason that is recorded."""
    return _cadre(request, cadre_id, RevealForm(request.POST))


@acts
@require_POST
def say_none(request: HttpRequest, cadre_id: uuid.UUID) -> HttpResponse:
    """Of the items ticked there are none."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found: Cadre = queries.one(cadres(actor), cadre_id)
    try:
        confirm_none(found, items=request.POST.getlist("item"), by=actor)
        messages.success(request, _("已保存确认为无的项目。"))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("cadre", cadre_id=cadre_id)


@acts
def service(request: HttpRequest, cadre_id: uuid.UUID) -> HttpResponse:
    """Nominations, postings, targets, support, documents, work: as panels of the file, or as a page of their own."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found: Cadre = queries.one(cadres(actor), cadre_id)
    within = request.headers.get("HX-Request") == "true"
    context = {"cadre": found, "service": service_of(actor, found)}
    return render(request, "console/cadre_service_panels.html" if within else "console/cadre_service.html", context)


def _cadre(request: HttpRequest, key: uuid.UUID, form: RevealForm | None = None) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    file = cadre_file(actor, key)
    number = ""
    if form is not None and form.is_valid():
        try:
            number = reveal_id_number(file.cadre, reason=form.cleaned_data["reason"], by=actor)
        except Refused as refusal:
            form.add_error("reason", str(refusal))
    context: dict[str, Any] = {
        "file": file,
        "cadre": file.cadre,
        "number": number,
        "form": form or RevealForm(),
        "sex": SEXES.get(file.cadre.sex, ""),
        "ethnicity": ETHNIC_NAMES.get(file.cadre.ethnicity, file.cadre.ethnicity),
        "political_status": POLITICAL_NAMES.get(file.cadre.political_status, file.cadre.political_status),
        "rural_years": None if file.cadre.rural_experience_tenths is None else file.cadre.rural_experience_tenths / 10,
        "resume": _resume(file, list(postings(actor).filter(cadre=file.cadre, ended_on__isnull=True, arrived_on__isnull=False))),
        "trainings": list(trainings(actor).filter(cadre=file.cadre)[:SOME]),
        "complete": completeness_of(actor, file),
        "may_confirm": actor.may(Permission.REGISTER_CADRES),
        "may_reveal": actor.may(Permission.VIEW_CADRE_IDENTITY),
        "may_hand_out": actor.may(Permission.VIEW_CADRE_FILES) and actor.may(Permission.VIEW_CADRE_IDENTITY),
        "out": ReasonForm(auto_id="out_%s"),
    }
    return render(request, "console/cadre.html", context, status=422 if form and form.errors else 200)


def _resume(file: CadreFile, running: Sequence[Posting]) -> list[Line]:
    """The resume by months, with the posting that runs: it comes down to the register when it ends."""
    said = [
        Line(item.start_month, item.end_month, f"{item.unit_text} {item.post_text}".strip(), "" if item.kind == ResumeItem.Kind.WORK else item.get_kind_display())
        for item in file.resume
    ]  # fmt: skip
    said += [Line(f"{p.arrived_on:%Y%m}", "", f"{p.host_name} {p.title}", ResumeItem.Kind.POSTING.label) for p in running]
    return sorted(said, key=lambda line: line.start_month)


def service_of(actor: Actor, cadre: Cadre) -> Service:
    """The panels of selection and posting. Ten queries at most, whatever there is."""
    found = list(postings(actor).filter(cadre=cadre).order_by("-appointed_on", "id")[:SOME])
    running = next((posting for posting in found if posting.is_running), None)
    done: dict[str, int] = {}
    if running is not None and actor.may(Permission.VIEW_FIELDWORK):
        confirmed = PracticalService.objects.visible_to(actor).filter(posting=running).exclude(confirmation="")
        done = {"services": confirmed.count(), "logs": WorkLog.objects.visible_to(actor).filter(posting=running).count()}
    nominated = Nomination.objects.visible_to(actor).filter(cadre=cadre).select_related("batch", "region", "tier")
    return Service(
        postings=found,
        nominations=list(nominated.order_by("-nominated_on", "-id")[:SOME]),
        letters=letters_with_progress(actor, cadre_id=cadre.pk, counted_in=running.region_id if running else ""),
        support=list(Support.objects.visible_to(actor).filter(cadre=cadre.pk).order_by("-on", "-id")[:SOME]),
        papers=_papers(actor, cadre, found, nominated),
        running=running,
        done=done,
    )


def _papers(actor: Actor, cadre: Cadre, found: Sequence[Posting], nominated: Any) -> list[IssuedDocument]:
    """Documents of the register that name the official: appointments, changes, letters, certificates. One query."""
    numbers = {number for posting in found for number in (posting.document_number, posting.statutory_document) if number}
    letters = PartyTransfer.objects.visible_to(actor).filter(cadre=cadre.pk).values("letter_number")
    changes = PostingChange.objects.visible_to(actor).filter(cadre=cadre.pk).exclude(document_number="").values("document_number")
    named = Q(number__in=numbers) | Q(number__in=letters) | Q(number__in=changes) | Q(pk__in=nominated.values("document"))
    return list(issued_documents(actor).filter(named).order_by("on", "number")[:SOME])
