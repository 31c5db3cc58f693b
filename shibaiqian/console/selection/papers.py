"""The register of documents, one document as page, PDF and Word, and the page where anybody checks a paper."""

import uuid
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _

from shibaiqian.access.actor import Actor
from shibaiqian.access.middleware import acts, open_to_all
from shibaiqian.access.roles import Permission
from shibaiqian.base.spreadsheets.columns import ColumnKind as K
from shibaiqian.console import queries
from shibaiqian.console.listing.asked import Listing
from shibaiqian.console.listing.columns import Column, To
from shibaiqian.console.listing.filters import Sort, choice, dates
from shibaiqian.documents.gongwen import OfficialDocument, numbered
from shibaiqian.documents.models import IssuedDocument
from shibaiqian.documents.pdf import render_pdf
from shibaiqian.documents.register import check, issued_documents, paper_of
from shibaiqian.documents.word import render_docx

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# Guesses of codes are counted by axes under this name, for each address.
CHECKING = "公文核验"
DOCUMENTS = Listing(
    name="documents",
    title=_("公文登记"),
    permission=Permission.VIEW_DOCUMENTS,
    rows=issued_documents,
    first=_("还没有印发过公文。呈批件、公示、任职通知和介绍信印发后都登记在这里。"),
    sorts=(Sort("latest", _("按成文日期，新的在前"), ("-on",)), Sort("number", _("按文号"), ("number",))),
    filters=(choice("kind", _("文种"), IssuedDocument.Kind.choices), *dates("on", _("成文日期"), "on")),
    names=("number",),
    names_label=_("文号"),
    columns=(
        Column("number", _("文号"), "number", link=To("document", "pk")),
        Column("kind", _("文种"), "kind", said=lambda kind: IssuedDocument.Kind(kind).label, translated=True),
        Column("title", _("标题"), "title"),
        Column("issuer", _("发文机关"), "issuer"),
        Column("on", _("成文日期"), "on", K.DATE),
        Column("code", _("核验码"), "check_code", shown=False),
    ),
    href=To("document", "pk"),
)


class CheckForm(forms.Form):
    number = forms.CharField(label=_("文号"), max_length=60, help_text=_("照公文页脚填写，如“洛组发〔2016〕15号”。"))
    code = forms.CharField(label=_("核验码"), max_length=12, help_text=_("页脚的八位字母和数字。"))


def parts(paper: OfficialDocument) -> dict[str, Any]:
    """What the fragment `paper.html` shows of a document."""
    return {
        "paper": paper,
        "blocks": [(type(block).__name__, block) for block in numbered(paper.body)],
        "annexes": [(a.title, [(type(block).__name__, block) for block in numbered(a.body)]) for a in paper.attachments],
    }


@acts
def document(request: HttpRequest, document_id: uuid.UUID) -> HttpResponse:
    """A document as it was issued."""
    found = _document(request, document_id)
    return render(request, "console/selection/document.html", {"document": found, **parts(paper_of(found))})


@acts
def document_file(request: HttpRequest, document_id: uuid.UUID, form: str) -> HttpResponse:
    """The PDF or Word file, set again from what was kept."""
    found = _document(request, document_id)
    return paper_file(paper_of(found), form, name=f"{found.kind}-{found.on:%Y%m%d}-{str(found.pk)[:8]}")


def paper_file(paper: OfficialDocument, form: str, *, name: str) -> HttpResponse:
    """A paper as a file to take away: pdf or docx, under a name without the ending."""
    match form:
        case "pdf":
            response = HttpResponse(render_pdf(paper).content, content_type="application/pdf")
        case "docx":
            response = HttpResponse(render_docx(paper), content_type=WORD)
        case _:
            raise Http404
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=f"{name}.{form}") or "attachment"
    return response


def _document(request: HttpRequest, key: uuid.UUID) -> IssuedDocument:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.VIEW_DOCUMENTS)
    found: IssuedDocument = queries.one(issued_documents(actor), key)
    return found


@open_to_all
def check_document(request: HttpRequest) -> HttpResponse:
    """Whether a paper with this number and code was issued. For anybody; after five wrong codes an address waits."""
    if request.method != "POST":
        return render(request, "console/selection/check.html", {"form": CheckForm()})
    form = CheckForm(request.POST)
    if not AxesProxyHandler.is_allowed(request, {"login": CHECKING}):
        return render(request, "console/selection/check.html", {"form": form, "waits": True}, status=429)
    if not form.is_valid():
        return render(request, "console/selection/check.html", {"form": form}, status=422)
    proof = check(form.cleaned_data["number"], form.cleaned_data["code"])
    if proof is None:
        AxesProxyHandler.user_login_failed(sender=check_document, credentials={"login": CHECKING}, request=request)
    return render(request, "console/selection/check.html", {"form": form, "proof": proof, "asked": True}, status=200 if proof else 422)
