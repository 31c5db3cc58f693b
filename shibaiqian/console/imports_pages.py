"""Rosters: choose, upload, read what was found, confirm, undo."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused
from shibaiqian.access.middleware import acts
from shibaiqian.access.roles import Permission
from shibaiqian.base.ids import new_id
from shibaiqian.base.spreadsheets.blank import blank_workbook
from shibaiqian.base.spreadsheets.columns import Column
from shibaiqian.console.export import EXCEL
from shibaiqian.imports import actions, queries, rules
from shibaiqian.imports.kinds import KINDS, Kind
from shibaiqian.imports.models import ImportFinding, ImportRun
from shibaiqian.regions.models import Region


class UploadForm(forms.Form):
    operation = forms.UUIDField(widget=forms.HiddenInput, required=False)
    kind = forms.ChoiceField(label=_("名册种类"))
    region = forms.ChoiceField(label=_("属于哪里"))
    file = forms.FileField(label=_("文件"), help_text=_("Excel（.xlsx、.xls）或 CSV。"))

    def __init__(self, *args: object, kinds: list[Kind], regions: list[Region], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["kind"].choices = [(k.code, k.label) for k in kinds]  # type: ignore[attr-defined]
        self.fields["region"].choices = [(r.code, r.name) for r in regions]  # type: ignore[attr-defined]

    def clean_file(self) -> object:
        file = self.cleaned_data["file"]
        if file.size > settings.UPLOAD_LARGEST:
            raise forms.ValidationError(_("文件超过 200 MB。请按县区或镇办分成几个文件后再上传。"))
        return file


@acts
def imports(request: HttpRequest) -> HttpResponse:
    """The rosters of my scope, newest first, and the form for another one."""
    actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.VIEW_IMPORTS)
    form = _form(request)
    if request.method == "POST":
        actor.must(Permission.IMPORT_ROSTERS)
        if form.is_valid():
            try:
                run = actions.upload_roster(
                    Region.objects.get(pk=form.cleaned_data["region"]),
                    kind=form.cleaned_data["kind"],
                    file_name=form.cleaned_data["file"].name,
                    data=form.cleaned_data["file"].read(),
                    by=actor,
                    operation=form.cleaned_data["operation"] or new_id(),
                )
                return redirect("import_run", run_id=run.pk)
            except Refused as refusal:
                form.add_error("kind", str(refusal))
            except OSError:
                form.add_error("file", str(_("服务器磁盘已满或不可写，文件没有保存。请联系系统管理员后重新上传。")))
    runs = ImportRun.objects.visible_to(actor).select_related("region").order_by("-id")[:100]
    context = {
        "form": form,
        "operation": new_id(),  # another one after a refusal: nothing was done under the first
        "runs": runs,
        "kinds": _kinds(actor),
        "labels": {k.code: k.label for k in KINDS.values()},
        "openings": queries.openings(by=actor),
        "may_close": actor.may(Permission.CLOSE_OPENING),
    }
    return render(request, "console/imports.html", context, status=422 if form.errors else 200)


def _kinds(actor: Actor) -> list[Kind]:
    """The rosters an actor takes in; opening balances by county, never by a town."""
    below = len(actor.scope.region) > 6
    return [k for k in KINDS.values() if actor.may(k.permission) and actor.may(Permission.IMPORT_ROSTERS) and not (k.opening and below)]


def _form(request: HttpRequest) -> UploadForm:
    """Rosters of a county are taken by county; a narrower scope takes its own place."""
    actor = request.actor  # type: ignore[attr-defined]
    scope = actor.scope.region
    codes = [scope] if len(scope) > 4 else [scope, *Region.objects.filter(parent_id=scope).values_list("code", flat=True)]
    regions = list(Region.objects.filter(code__in=codes).order_by("code"))
    bound = (request.POST, request.FILES) if request.method == "POST" else ()
    return UploadForm(*bound, kinds=_kinds(actor), regions=regions)


def _run(request: HttpRequest, run_id: str) -> ImportRun:
    return get_object_or_404(ImportRun.objects.visible_to(request.actor).select_related("region"), pk=run_id)  # type: ignore[attr-defined]


@acts
def import_run(request: HttpRequest, run_id: str) -> HttpResponse:
    """One roster: where it stands, what was found, what can be done."""
    return _run_page(request, _run(request, run_id))


def _run_page(request: HttpRequest, run: ImportRun, *, reason: str = "", problem: str = "") -> HttpResponse:
    """The page of a roster; `problem` says why it cannot be undone for the `reason` that was typed."""
    actor = request.actor  # type: ignore[attr-defined]
    findings = ImportFinding.objects.visible_to(actor).filter(run=run).order_by("-severity", "row", "id")[:500]
    working = run.state in rules.WORKING
    context = {
        "run": run,
        "kind": KINDS[run.kind],
        "working": working,
        "trouble": queries.trouble_of(run) if working else "",
        "findings": findings,
        "reason": reason,
        "problem": problem,
        "steps": rules.steps_from(run.state) if KINDS[run.kind] in _kinds(actor) else set(),
    }
    page = "console/import_progress.html" if request.headers.get("HX-Request") else "console/import_run.html"
    return render(request, page, context, status=422 if problem else 200)


@acts
@require_POST
def import_step(request: HttpRequest, run_id: str, step: str) -> HttpResponse:
    """Confirm, discard or undo."""
    run = _run(request, run_id)
    actor = request.actor  # type: ignore[attr-defined]
    reason = request.POST.get("reason", "").replace("\0", "").strip()[:200]
    try:
        match step:
            case "confirm":
                actions.confirm_run(run, by=actor)
            case "discard":
                actions.discard_run(run, by=actor)
                return redirect("imports")
            case "undo":
                if not reason:
                    return _run_page(request, run, problem=str(_("请填写撤销原因。")))
                actions.undo_run(run, reason=reason, by=actor)
    except Refused as refusal:
        if step == "undo":
            return _run_page(request, _run(request, run_id), reason=reason, problem=str(refusal))
        messages.error(request, str(refusal))
    return redirect("import_run", run_id=run.pk)


@acts
@require_POST
def close_opening(request: HttpRequest, region: str) -> HttpResponse:
    """Close a county's opening balance for good, naming its document; a second person does it."""
    actor = request.actor  # type: ignore[attr-defined]
    county = get_object_or_404(Region, pk=region)
    try:
        actions.close_opening(county, source_document=request.POST.get("source_document", "").replace("\0", "")[:100], by=actor)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, str(_("%s的期初数据已封账。")) % county.name)
    return redirect("imports")


@acts
def blank_roster(request: HttpRequest, kind: str) -> HttpResponse:
    """The columns of a roster, for those who start from an empty sheet."""
    request.actor.must(Permission.VIEW_IMPORTS)  # type: ignore[attr-defined]
    found = KINDS.get(kind)
    if found is None:
        return redirect("imports")
    columns: list[Column] = list(found.columns)
    return render(request, "console/blank_roster.html", {"kind": found, "columns": columns})


@acts
def blank_workbook_of(request: HttpRequest, kind: str) -> HttpResponse:
    """An empty roster to fill in: its headers, and beside them what each column takes."""
    request.actor.must(Permission.VIEW_IMPORTS)  # type: ignore[attr-defined]
    found = KINDS.get(kind)
    if found is None:
        raise Http404
    response = HttpResponse(blank_workbook(found.columns, title=found.label), content_type=EXCEL)
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=f"{found.label}.xlsx") or "attachment"
    return response
