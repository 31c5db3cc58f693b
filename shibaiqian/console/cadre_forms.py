"""Appointment forms (.lrmx): dropped in one by one or as a zip, looked at beside the register, taken, and handed out."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused
from shibaiqian.access.middleware import acts
from shibaiqian.access.reasons import SHORTEST
from shibaiqian.access.roles import Permission
from shibaiqian.base import clock
from shibaiqian.cadres.codes import POLITICAL_STATUSES
from shibaiqian.cadres.lrmx import actions
from shibaiqian.cadres.lrmx.form import BadForm, Form
from shibaiqian.cadres.lrmx.merging import Difference
from shibaiqian.cadres.lrmx.paper import render_form
from shibaiqian.cadres.lrmx.queries import Namesakes, cadre_of, preview
from shibaiqian.cadres.lrmx.reading import LARGEST_BATCH, read_batch
from shibaiqian.cadres.lrmx.writing import write_lrmx
from shibaiqian.cadres.models import Cadre
from shibaiqian.files import store
from shibaiqian.organisations.models import Organisation
from shibaiqian.regions.models import Region

HELD = "appointment_forms"  # key of the uploaded file in the session: nobody else can name it
MOST = 300
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("任免审批表"),
        help_text=gettext_lazy("一个 .lrmx（或旧版 .lrm）文件，或装有多个文件的 .zip 压缩包，最多 300 人。"),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST_BATCH:
            raise forms.ValidationError(_("文件超过 200 MB。请分成几个压缩包后再上传。"))
        return file


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("用途"),
        max_length=200,
        min_length=SHORTEST,
        help_text=gettext_lazy("导出的 .lrmx 文件含身份证号，用途会记入审计。"),
    )


class NewCadreForm(forms.Form):
    """What the form does not say."""

    unit_code = forms.ChoiceField(label=gettext_lazy("工作单位"))
    personnel_type = forms.ChoiceField(label=gettext_lazy("人员类别"), choices=Cadre.PersonnelType.choices)
    management_level = forms.ChoiceField(label=gettext_lazy("管理权限"), choices=Cadre.ManagementLevel.choices)
    post_rank = forms.ChoiceField(label=gettext_lazy("职务层次"), choices=Cadre.PostRank.choices)
    political_status = forms.ChoiceField(
        label=gettext_lazy("政治面貌"), choices=list({code: name for name, code in reversed(POLITICAL_STATUSES.items())}.items())[::-1]
    )

    def __init__(self, *args: Any, region: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = Organisation.objects.filter(region_id__gte=region, region_id__lt=f"{region}:", voided_by__isnull=True).order_by("code")
        self.fields["unit_code"].choices = [("", "—"), *units.values_list("code", "name")]  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Held:
    """One form of the upload: whose it is, what it would change, or why it cannot be taken."""

    at: int
    name: str
    form: Form | None = None
    cadre: Cadre | None = None
    found: tuple[Difference, ...] = ()
    problem: str = ""

    @property
    def new(self) -> int:
        return sum(d.proposed for d in self.found)

    @property
    def different(self) -> int:
        return sum(d.may_be_taken and not d.proposed for d in self.found)


def _may(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.REGISTER_CADRES)
    actor.must(Permission.VIEW_CADRE_FILES)
    return actor


def _held(request: HttpRequest) -> list[tuple[str, Form | BadForm]]:
    kept = request.session.get(HELD)
    return list(read_batch(store.read(kept["key"]), name=kept["name"])) if kept else []


def _looked_at(actor: Actor, read: list[tuple[str, Form | BadForm]]) -> Iterator[Held]:
    for at, (name, form) in enumerate(read):
        if isinstance(form, BadForm):
            yield Held(at, name, problem=str(form))
            continue
        try:
            cadre = cadre_of(actor, form)
        except Namesakes as problem:
            yield Held(at, name, form, problem=str(problem))
            continue
        yield Held(at, name, form, cadre, tuple(preview(actor, cadre, form)) if cadre else ())


@acts
def cadre_forms(request: HttpRequest) -> HttpResponse:
    """Upload, and the forms that lie ready: whose each is and what it would change."""
    actor = _may(request)
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if request.method == "POST" and form.is_valid():
        try:
            _hold(request, form.cleaned_data["file"])
            return redirect("cadre_forms")
        except BadForm as bad:
            form.add_error("file", str(bad))
        except OSError:
            form.add_error("file", _("服务器磁盘已满或不可写，文件没有保存。请联系系统管理员后重新上传。"))
    held = list(_looked_at(actor, _held(request)))
    return render(request, "console/cadre_forms.html", {"form": form, "held": held}, status=422 if form.errors else 200)


def _hold(request: HttpRequest, file: Any) -> None:
    data = file.read()
    count = sum(1 for _form in read_batch(data, name=file.name))
    if count == 0:
        raise BadForm(_("压缩包中没有 .lrmx 或 .lrm 文件。请用任免审批表软件导出后压缩上传。"))
    if count > MOST:
        raise BadForm(_("一次最多 %(most)s 人，这个压缩包有 %(count)s 人。请分批上传。") % {"most": MOST, "count": count})
    request.session[HELD] = {"key": store.keep(data), "name": file.name[:120]}


@acts
@require_POST
def take_all_forms(request: HttpRequest) -> HttpResponse:
    """Keep every form that belongs to somebody in the register, and take what is new in each; nothing is overwritten."""
    actor = _may(request)
    taken = 0
    for held in _looked_at(actor, _held(request)):
        if held.cadre and held.form:
            actions.merge_form(held.cadre, form=held.form, take=[d.element for d in held.found if d.proposed], by=actor)
            taken += 1
    messages.success(request, _("已合并 %(count)s 份任免审批表；与名册不一致的项没有改动，可逐人打开选择。") % {"count": taken})
    return redirect("cadre_forms")


@acts
@require_POST
def drop_forms(request: HttpRequest) -> HttpResponse:
    _may(request)
    request.session.pop(HELD, None)
    return redirect("cadre_forms")


@acts
def cadre_form(request: HttpRequest, at: int) -> HttpResponse:
    """One form beside the register, element by element; or a new person."""
    actor = _may(request)
    read = _held(request)
    if at >= len(read) or isinstance(read[at][1], BadForm):
        raise Http404
    held = next(_looked_at(actor, [read[at]]))
    region = actor.scope.region
    new = NewCadreForm(request.POST if request.method == "POST" and not held.cadre else None, region=region)
    if request.method == "POST" and held.form:
        try:
            if held.cadre:
                actions.merge_form(held.cadre, form=held.form, take=request.POST.getlist("take"), by=actor)
                messages.success(request, _("已合并 %(name)s 的任免审批表。") % {"name": held.cadre.name})
                return redirect("cadre_forms")
            if new.is_valid():
                cadre = actions.register_from_form(Region.objects.get(pk=region), form=held.form, by=actor, **new.cleaned_data)
                return redirect("cadre", cadre_id=cadre.pk)
        except Refused as refusal:
            new.add_error(None, str(refusal)) if not held.cadre and new.is_bound else messages.error(request, str(refusal))
    context = {"held": held, "at": at, "new": new, "before": at - 1 if at else None, "after": at + 1 if at + 1 < len(read) else None}
    return render(request, "console/cadre_form.html", context, status=422 if new.is_bound and new.errors else 200)


def _cadre(request: HttpRequest, cadre_id: uuid.UUID) -> Cadre:
    found: Cadre = get_object_or_404(Cadre.objects.visible_to(request.actor), pk=cadre_id)  # type: ignore[attr-defined]
    return found


@acts
@require_POST
def hand_out_form(request: HttpRequest, cadre_id: uuid.UUID) -> HttpResponse:
    """The .lrmx file with the ID number on it, or the Word form without; for a reason that is recorded."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    cadre = _cadre(request, cadre_id)
    try:
        form = actions.hand_out_form(cadre, reason=request.POST.get("reason", ""), by=actor)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("cadre", cadre_id=cadre_id)
    if request.POST.get("as") == "word":
        data, kind, ending = render_form(form, on=clock.today(), demonstration=clock.is_demonstration()), WORD, "docx"
    else:
        data, kind, ending = write_lrmx(form), "application/xml", "lrmx"
    answer = HttpResponse(data, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="appointment-form-{cadre.pk}.{ending}"'
    return answer
