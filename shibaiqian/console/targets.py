"""Target letters: drawn up on one page, signed by three, opened with their progress, printed."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
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
from shibaiqian.access.roles import Permission, Role
from shibaiqian.base import clock
from shibaiqian.cadres.queries import cadres
from shibaiqian.console.selection.papers import paper_file
from shibaiqian.documents.papers.people import Person
from shibaiqian.documents.papers.target_letter import Target, target_letter
from shibaiqian.documents.papers.target_letter import TargetLetter as Paper
from shibaiqian.indicators.engine import catalogue
from shibaiqian.indicators.queries import figures
from shibaiqian.postings.models import Posting, TargetItem, TargetLetter
from shibaiqian.postings.queries import postings
from shibaiqian.postings.targets import actions
from shibaiqian.postings.targets.queries import LetterFile, letter_file, letters_of
from shibaiqian.postings.targets.rules import COUNTED, LETTER, MOST_ITEMS, Item, period

MEASURES = {
    "people_out_stably": "人", "households_income_up": "户", "practical_services": "件", "projects": "个", "agricultural_parks": "个",
    "leading_enterprises": "个", "cooperatives": "个", "large_producers": "户", "organisations_overhauled": "个",
}  # fmt: skip
# What a first letter proposes: figure, what to do, how much more than today at least, share of today, weight.
PROPOSED = (
    ("practical_services", "为群众办实事", 20, 0.5, 30),
    ("households_income_up", "带动贫困户增收", 5, 0.2, 30),
    ("projects", "争取实施帮扶项目", 1, 0.2, 20),
    ("cooperatives", "培育专业合作社", 1, 0.0, 20),
)


class ItemForm(forms.Form):
    text = forms.CharField(label=gettext_lazy("目标任务"), max_length=120, required=False)
    indicator = forms.ChoiceField(label=gettext_lazy("统计指标"), required=False)
    target = forms.IntegerField(label=gettext_lazy("目标值"), required=False, min_value=0)
    measure = forms.CharField(label=gettext_lazy("单位"), max_length=8, required=False)
    weight = forms.IntegerField(label=gettext_lazy("权重"), required=False, min_value=0, max_value=100)
    due_on = forms.DateField(
        label=gettext_lazy("完成时限"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        titles = [(code, _title(code)) for code in COUNTED]
        self.fields["indicator"].choices = [("", _("按填报")), *titles]  # type: ignore[attr-defined]


class LetterForm(forms.Form):
    scope = forms.ChoiceField(label=gettext_lazy("类别"), choices=TargetLetter.Scope.choices)
    year = forms.IntegerField(label=gettext_lazy("年度"), required=False, min_value=2013, max_value=2040)


class ReasonForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("原因"), max_length=200)


Items = forms.formset_factory(ItemForm, extra=0, max_num=MOST_ITEMS, absolute_max=MOST_ITEMS)


def _title(code: str) -> str:
    return catalogue()[code].title


def _posting(request: HttpRequest, posting_id: uuid.UUID) -> Posting:
    found: Posting = get_object_or_404(postings(request.actor), pk=posting_id)  # type: ignore[attr-defined]
    return found


def _proposal(actor: Actor, posting: Posting, *, last: dt.date) -> list[dict[str, Any]]:
    """Four targets from what stands in the records today, to be changed as both sides agree; and empty rows below."""
    now = figures(actor, region=posting.region_id, as_of=clock.today(), codes=[code for code, *_rest in PROPOSED])
    rows = [
        {"text": text, "indicator": code, "target": now[code] + max(least, round(now[code] * share)), "measure": MEASURES[code], "weight": weight,
         "due_on": last}
        for code, text, least, share, weight in PROPOSED
    ]  # fmt: skip
    return [*rows, *({"due_on": last} for _row in range(3))]


def _read(rows: Sequence[Mapping[str, Any]]) -> list[Item]:
    """The rows somebody wrote something in."""
    return [
        Item(
            text=row.get("text") or "", target=row.get("target") or 0, measure=row.get("measure") or MEASURES.get(row.get("indicator") or "", ""),
            weight=row.get("weight") or 0, due_on=row.get("due_on") or dt.date.min, indicator=row.get("indicator") or "",
        )
        for row in rows
        if row.get("text") or row.get("target")
    ]  # fmt: skip


@acts
def draft_letter(request: HttpRequest, posting_id: uuid.UUID) -> HttpResponse:
    """A new letter, proposed from the records."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.KEEP_TARGETS)
    posting = _posting(request, posting_id)
    year = clock.today().year
    _first, last = period("annual", year, begins=posting.appointed_on, ends=posting.planned_end)
    head = LetterForm(request.POST or None, initial={"scope": "annual", "year": year})
    items = Items(request.POST or None, initial=_proposal(actor, posting, last=last), prefix="item")
    if request.method == "POST" and head.is_valid() and items.is_valid():
        scope = head.cleaned_data["scope"]
        try:
            letter = actions.draft_targets(
                posting,
                scope=scope,
                year=head.cleaned_data["year"] if scope == "annual" else None,
                items=_read(items.cleaned_data),
                by=actor,
            )
            return redirect("target_letter", letter_id=letter.pk)
        except Refused as refusal:
            head.add_error(None, str(refusal))
    return _form_page(request, posting, head, items, title=_("拟定目标责任书"))


def _form_page(request: HttpRequest, posting: Posting, head: forms.Form, items: Any, *, title: str) -> HttpResponse:
    bad = head.is_bound and (head.errors or items.total_error_count())
    return render(
        request, "console/target_form.html", {"posting": posting, "form": head, "items": items, "title": title}, status=422 if bad else 200
    )


def _change(request: HttpRequest, letter_id: uuid.UUID, *, amend: bool) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.KEEP_TARGETS)
    file = letter_file(actor, letter_id)
    head: forms.Form = ReasonForm(request.POST or None) if amend else forms.Form(request.POST or None)
    stand = [{f: getattr(p.item, f) for f in ("text", "indicator", "target", "measure", "weight", "due_on")} for p in file.items]
    items = Items(request.POST or None, initial=[*stand, {}, {}], prefix="item")
    if request.method == "POST" and head.is_valid() and items.is_valid():
        try:
            if amend:
                letter = actions.amend_targets(file.letter, items=_read(items.cleaned_data), reason=head.cleaned_data["reason"], by=actor)
            else:
                letter = actions.revise_targets(file.letter, items=_read(items.cleaned_data), by=actor)
            return redirect("target_letter", letter_id=letter.pk)
        except Refused as refusal:
            head.add_error(None, str(refusal))
    return _form_page(request, file.posting, head, items, title=_("修订目标责任书") if amend else _("修改目标责任书"))


@acts
def revise_letter(request: HttpRequest, letter_id: uuid.UUID) -> HttpResponse:
    return _change(request, letter_id, amend=False)


@acts
def amend_letter(request: HttpRequest, letter_id: uuid.UUID) -> HttpResponse:
    return _change(request, letter_id, amend=True)


@acts
def letter(request: HttpRequest, letter_id: uuid.UUID) -> HttpResponse:
    """A letter with its progress, who has signed, and what may be done now."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    file = letter_file(actor, letter_id)
    keeps, signs = actor.may(Permission.KEEP_TARGETS), actor.may(Permission.SIGN_TARGETS)
    open_steps = LETTER.open_steps(file.letter.state)
    context = {
        "file": file,
        "letter": file.letter,
        "posting": file.posting,
        "steps": [step for step in open_steps if keeps and step not in ("sign_targets", "replace_targets")],
        "may_sign": signs and "sign_targets" in open_steps and not _has_signed(file.letter, actor),
        "may_report": signs and file.letter.state == TargetLetter.State.SIGNED,
        "others": letters_of(actor, file.posting).exclude(pk=letter_id),
        "titles": {code: _title(code) for code in COUNTED},
        "today": clock.today(),
    }
    return render(request, "console/target_letter.html", context)


def _has_signed(letter: TargetLetter, actor: Actor) -> bool:
    signed = {
        Role.POSTED_CADRE: letter.signed_by_official_on, Role.HOST_UNIT_LEADER: letter.signed_by_host_on,
        Role.SENDING_UNIT_ADMIN: letter.signed_by_unit_on,
    }  # fmt: skip
    return actor.role not in signed or signed[actor.role] is not None


@acts
@require_POST
def letter_step(request: HttpRequest, letter_id: uuid.UUID, step: str) -> HttpResponse:
    """Send to be signed, take back, sign."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = letter_file(actor, letter_id).letter
    try:
        match step:
            case "offer_targets":
                actions.offer_targets(found, by=actor)
            case "withdraw_targets":
                actions.withdraw_targets(found, reason=request.POST.get("reason", ""), by=actor)
            case "sign_targets":
                actions.sign_targets(found, by=actor)
                messages.success(request, _("已签字。"))
            case _:
                raise Http404
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("target_letter", letter_id=letter_id)


@acts
@require_POST
def report_target(request: HttpRequest, item_id: uuid.UUID) -> HttpResponse:
    """What was reached of a target that no indicator counts."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    item: TargetItem = get_object_or_404(TargetItem.objects.visible_to(actor), pk=item_id)
    said = request.POST.get("reached", "").strip()
    try:
        if not said.isdigit() or len(said) > 9:
            raise Refused(_("完成数请填写整数。"))
        actions.report_reached(item, reached=int(said), on=clock.today(), by=actor)
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("target_letter", letter_id=item.letter_id)


@acts
def letter_paper(request: HttpRequest, letter_id: uuid.UUID, form: str) -> HttpResponse:
    """The letter as PDF or Word."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    file = letter_file(actor, letter_id)
    return paper_file(target_letter(_paper(actor, file)), form, name=f"target-letter-{letter_id}")


def _paper(actor: Actor, file: LetterFile) -> Paper:
    """The letter as a plain value. The register's post is printed where the actor sees the cadre."""
    row, posting = file.letter, file.posting
    cadre = cadres(actor).filter(pk=posting.cadre_id).first()
    scope = f"{row.year}{_('年度')}" if row.year else _("任期")
    return Paper(
        person=Person(name=posting.cadre_name, unit=posting.unit.name, post=cadre.post if cadre else "", host=posting.host_name, title=posting.title),
        scope=scope,
        targets=tuple(
            Target(text=p.item.text, baseline=str(p.item.baseline), target=str(p.item.target), measure=p.item.measure, weight=p.item.weight,
                   due_on=p.item.due_on)
            for p in file.items
        ),
        host_signer=row.host_signer, unit_signer=row.unit_signer, amended=row.reason, demonstration=clock.is_demonstration(),
    )  # fmt: skip
