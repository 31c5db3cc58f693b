"""Lists about postings as files: the roster, arrivals, letters of party relations, as PDF, Word or Excel with their criteria."""

import datetime as dt
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import command, note_in_event
from shibaiqian.access.middleware import acts
from shibaiqian.access.roles import Permission
from shibaiqian.access.scope import ScopeKind
from shibaiqian.base import clock
from shibaiqian.base.spreadsheets.columns import Column
from shibaiqian.base.spreadsheets.writing import write_roster
from shibaiqian.console.export import EXCEL
from shibaiqian.console.selection.papers import WORD
from shibaiqian.documents.gongwen import OfficialDocument, Table
from shibaiqian.documents.papers import lists as papers
from shibaiqian.documents.pdf import render_pdf
from shibaiqian.documents.word import render_docx
from shibaiqian.regions.models import Region
from shibaiqian.reports.lists import arrivals_of, roster_of, transfers_of

FORMS = (("pdf", "PDF"), ("docx", "Word"), ("xlsx", "Excel"))
TYPES = {"pdf": "application/pdf", "docx": WORD, "xlsx": EXCEL}


@dataclass(frozen=True)
class Kind:
    label: Promise
    read: Callable[..., Any]
    paper: Callable[[Any], OfficialDocument]


KINDS = {
    "roster": Kind(_("挂职干部花名册"), roster_of, papers.roster),
    "arrivals": Kind(_("挂职干部到岗情况统计表"), arrivals_of, papers.arrivals),
    "transfers": Kind(_("党员组织关系转移台账"), transfers_of, papers.transfers),
}


class TakeForm(forms.Form):
    kind = forms.ChoiceField(label=_("表"), choices=[(code, kind.label) for code, kind in KINDS.items()])
    as_of = forms.DateField(label=_("截至日期"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    form = forms.ChoiceField(label=_("格式"), choices=FORMS)
    region = forms.CharField(required=False, max_length=12, widget=forms.HiddenInput)  # of the page that sends it; else the whole scope


@command(Permission.EXPORT)
def take_list(region: Region, *, kind: str, as_of: dt.date, form: str, by: Actor) -> bytes:
    """A list of a place as of a day as a file. The event keeps which, as of when and how many rows, no names."""
    by.must(Permission.VIEW_POSTINGS)
    value = KINDS[kind].read(by, region, as_of=as_of)
    paper = replace(KINDS[kind].paper(value), demonstration=clock.is_demonstration())
    table = next(block for block in paper.body if isinstance(block, Table))
    note_in_event(rows=len(table.rows))
    if form == "pdf":
        return render_pdf(paper).content
    if form == "docx":
        return render_docx(paper)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "list.xlsx"
        columns = [Column(f"c{n}", column.title) for n, column in enumerate(table.columns)]
        rows = ({f"c{n}": cell for n, cell in enumerate(row)} for row in table.rows)
        said = next(block.text for block in paper.body if not isinstance(block, Table))  # type: ignore[union-attr]
        write_roster(file, columns=columns, frame_or_rows=rows, title=paper.title, criteria=said, watermark=f"{by.name} {clock.today()}")
        return file.read_bytes()


@acts
def take(request: HttpRequest) -> HttpResponse:
    """Choose a list, a day and a form; the file comes as an answer."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.VIEW_POSTINGS)
    actor.must(Permission.EXPORT)
    if actor.scope.kind is not ScopeKind.REGION:
        raise Http404
    form = TakeForm(request.POST or None, initial={"as_of": clock.today(), "form": "pdf"})
    if request.method != "POST" or not form.is_valid():
        return render(request, "console/selection/take.html", {"form": form}, status=422 if form.errors else 200)
    said = form.cleaned_data
    region = get_object_or_404(Region, pk=said.pop("region") or actor.scope.region)
    response = HttpResponse(take_list(region, **said, by=actor), content_type=TYPES[said["form"]])
    response.headers["Content-Disposition"] = f'attachment; filename="{said["kind"]}-{region.code}-{said["as_of"]:%Y%m%d}.{said["form"]}"'
    return response
