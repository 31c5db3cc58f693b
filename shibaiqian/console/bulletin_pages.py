"""The work bulletin: issued, read as a page, taken away as PDF and Word."""

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _

from shibaiqian.access.command import Refused
from shibaiqian.access.middleware import acts
from shibaiqian.access.roles import Permission
from shibaiqian.base import clock
from shibaiqian.regions.models import Region
from shibaiqian.reports import actions
from shibaiqian.reports.bulletins import document_of, docx_of, pdf_of
from shibaiqian.reports.models import Snapshot

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class IssueForm(forms.Form):
    as_of = forms.DateField(label=_("数据截至"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))


@acts
def bulletins(request: HttpRequest) -> HttpResponse:
    """Issued bulletins, and the next one."""
    actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.VIEW_REPORTS)
    form = IssueForm(request.POST or None, initial={"as_of": clock.today()})
    if request.method == "POST" and form.is_valid():
        try:
            region = Region.objects.get(pk=actor.scope.region)
            issued = actions.issue_bulletin(region, as_of=form.cleaned_data["as_of"], by=actor)
            return redirect("bulletin", snapshot_id=issued.pk)
        except Refused as refusal:
            form.add_error("as_of", str(refusal))
    rows = Snapshot.objects.visible_to(actor).filter(report=actions.BULLETIN).select_related("region").order_by("-issued_at", "-id")[:50]
    may_issue = actor.may(Permission.ISSUE_REPORTS)
    return render(
        request, "console/bulletins.html", {"form": form, "rows": rows, "may_issue": may_issue}, status=422 if form.errors else 200
    )


@acts
def bulletin(request: HttpRequest, snapshot_id: str) -> HttpResponse:
    """A bulletin as a page: the same document that PDF and Word carry."""
    snapshot = _snapshot(request, snapshot_id)
    return render(request, "console/bulletin.html", {"snapshot": snapshot, "document": document_of(snapshot)})


@acts
def bulletin_file(request: HttpRequest, snapshot_id: str, form: str) -> HttpResponse:
    """The PDF or Word file of a bulletin."""
    snapshot = _snapshot(request, snapshot_id)
    name = f"bulletin-{snapshot.region_id}-{snapshot.year}-{snapshot.number}"
    match form:
        case "pdf":
            response = HttpResponse(pdf_of(snapshot), content_type="application/pdf")
        case "docx":
            response = HttpResponse(docx_of(snapshot), content_type=WORD)
        case _:
            raise Http404
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return response


def _snapshot(request: HttpRequest, snapshot_id: str) -> Snapshot:
    rows = Snapshot.objects.visible_to(request.actor).filter(report=actions.BULLETIN)  # type: ignore[attr-defined]
    return get_object_or_404(rows.select_related("region"), pk=snapshot_id)
