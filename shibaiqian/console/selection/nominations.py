"""Nominations: chosen from the register, recommended, screened, reviewed at the gates; and the file of one."""

import datetime as dt
import uuid
from collections import Counter
from typing import Any

import polars as pl
from django import forms
from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused
from shibaiqian.access.middleware import acts
from shibaiqian.access.roles import Permission, Role
from shibaiqian.access.rows import Rows, RowsRefused
from shibaiqian.base import clock, paging
from shibaiqian.base.paging import Cursor, Page
from shibaiqian.cadres.models import Cadre
from shibaiqian.console.selection.batches import day_field, day_said, note
from shibaiqian.console.selection.needs import PAGE, chosen_batch, chosen_rows, kept
from shibaiqian.organisations.models import Organisation
from shibaiqian.postings.models import Tier
from shibaiqian.regions.models import Region
from shibaiqian.selection import gates
from shibaiqian.selection import nominations as actions
from shibaiqian.selection.eligibility import RANKS
from shibaiqian.selection.models import Batch, GateReview, IntegrityInquiry, Nomination, RecusalFinding
from shibaiqian.selection.recusal import examine_recusals, resolve_recusal
from shibaiqian.selection.rules import GATES, NOMINATION

WHERE = {"recommend", "withdraw"}  # done in the name of the unit
DONE = {
    "recommend": _("已推荐 %(count)s 人。"), "withdraw": _("已撤回 %(count)s 项推荐。"), "screen": _("资格审查通过 %(count)s 人。"),
    "reject": _("已对 %(count)s 人不予选派。"), "review_gates": _("已登记 %(count)s 项审查。"), "inquire": _("征求函已登记。"),
    "recusal": _("已核对 %(count)s 人的回避关系。"),
}  # fmt: skip
SHOWN_STEPS = ("recommend", "withdraw", "screen", "review_gates", "reject")


class RecommendForm(forms.Form):
    minute_number = forms.CharField(label=_("党组会议纪要文号"), max_length=60, required=False, help_text=_("已在推荐时填过的不用再填。"))
    minute_on = day_field(_("会议日期"), required=False)


class ReviewForm(forms.Form):
    gate = forms.MultipleChoiceField(label=_("关口"), choices=list(GATES.items()), widget=forms.CheckboxSelectMultiple)
    result = forms.ChoiceField(label=_("结果"), choices=GateReview.Result.choices)
    opinion = forms.CharField(
        label=_("意见"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=1000,
        help_text=_("只有组织部门看得到；不通过的必须写明。"),
    )
    reviewer_unit = forms.CharField(label=_("审查单位"), max_length=60)
    reviewer = forms.CharField(label=_("审查人"), max_length=30)
    reviewed_on = day_field(_("审查日期"))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if actor.role is Role.DISCIPLINE_OFFICER:
            mine = [("integrity", GATES["integrity"])]
            self.fields["opinion"].help_text = _("只有组织部门和纪检监察机关看得到；不通过的必须写明。")
        else:
            mine = [(code, label) for code, label in GATES.items() if code != "integrity"]
        self.fields["gate"].choices = mine  # type: ignore[attr-defined]
        self.fields["gate"].initial = [code for code, _label in mine]


class InquiryForm(forms.Form):
    number = forms.CharField(label=_("征求函文号"), max_length=60)
    sent_on = day_field(_("发函日期"))
    to_body = forms.CharField(label=_("发往"), max_length=60, help_text=_("例如：中共洛南县纪律检查委员会"))


class ReplyForm(forms.Form):
    reply_number = forms.CharField(label=_("回复文号"), max_length=60)
    reply_on = day_field(_("回复日期"))
    reviewer = forms.CharField(label=_("签发人"), max_length=30)


class NominateForm(forms.Form):
    wishes = forms.MultipleChoiceField(
        label=_("推荐去向"), required=False, widget=forms.CheckboxSelectMultiple, help_text=_("没有要求的不选。")
    )
    minute_number = forms.CharField(label=_("党组会议纪要文号"), max_length=60)
    minute_on = day_field(_("会议日期"))
    nominated_on = day_field(_("推荐日期"))
    note = forms.CharField(label=_("推荐理由"), max_length=200, required=False)


def _where(actor: Actor) -> Region | Organisation:
    if actor.scope.unit:
        return Organisation.objects.get(pk=actor.scope.unit)
    return Region.objects.get(pk=actor.scope.region)


@acts
def nominations_desk(request: HttpRequest) -> HttpResponse:
    """Nominations of a batch by state; tick rows and take the step that is open to them."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.VIEW_SELECTION)
    batch = chosen_batch(request)
    rows: QuerySet[Nomination] = Nomination.objects.visible_to(actor).filter(batch=batch)
    counts = Counter(dict(rows.values_list("state").annotate(n=Count("pk")).order_by()))
    state = request.GET.get("state", "")
    if state not in NOMINATION.states:
        state = next((s for s in NOMINATION.states if counts[s] and s not in NOMINATION.final), "draft")
    forms_ = _forms(request, actor)
    if request.method == "POST":
        answer = _step(request, actor, forms_)
        if answer is not None:
            return answer
    found = paging.page(
        rows.filter(state=state).select_related("region", "need"), ("region_id", "number"), cursor=Cursor.asked(request.GET), size=PAGE, known=rows
    )  # fmt: skip
    stands = gates.standing(actor, [row.pk for row in found.rows], on=clock.today()) if actor.may(Permission.VIEW_GATE_OPINIONS) else {}
    steps = [s for s in SHOWN_STEPS if (state, s) in NOMINATION.table and actor.may(_permission(s, actor))]
    inquiries = (
        IntegrityInquiry.objects.visible_to(actor).filter(batch=batch, reply_number="") if actor.may(Permission.REVIEW_NOMINATIONS) else []
    )
    context = {
        "batch": batch,
        "state": state,
        "tabs": [{"state": s, "label": label, "count": counts[s]} for s, label in NOMINATION.states.items()],
        "rows": [_row(row, stands.get(row.pk, {})) for row in found.rows],
        "gates": GATES if stands else {},
        "page": found,
        "page_size": PAGE,
        "kept": kept(batch, state=state),
        "steps": steps,
        "labels": NOMINATION.steps,
        "forms": forms_,
        "may_inquire": "review_gates" in steps and actor.may(Permission.REVIEW_NOMINATIONS),
        "inquiries": inquiries,
        "may_nominate": actor.may(Permission.NOMINATE),
        "may_match": actor.may(Permission.MATCH) and state in ("gate_review", "matched"),
        "ticked": set(request.POST.getlist("row")),
        "today": clock.today(),
    }
    bad = any(form.is_bound and form.errors for form in forms_.values())
    return render(request, "console/selection/nominations.html", context, status=422 if bad else 200)


def _row(row: Nomination, stands: Any) -> dict[str, Any]:
    said = [verdict for verdict in row.eligibility if verdict.get("weight") != "ok"]
    return {"row": row, "warnings": len(said), "gates": [stands.get(gate) for gate in GATES] if stands is not None else []}


def _permission(step: str, actor: Actor) -> Permission:
    if step in WHERE:
        return Permission.NOMINATE
    if step == "review_gates" and actor.role is Role.DISCIPLINE_OFFICER:
        return Permission.REVIEW_INTEGRITY
    return Permission.REVIEW_NOMINATIONS


def _forms(request: HttpRequest, actor: Actor) -> dict[str, forms.Form]:
    today, step = clock.today(), request.POST.get("step", "")
    said = {name: request.POST if step == name else None for name in ("recommend", "review_gates", "inquire")}
    organisation, inspection = _reviewing(actor)
    return {
        "recommend": RecommendForm(said["recommend"], prefix="recommend", initial={"minute_on": None}),
        "review_gates": ReviewForm(
            said["review_gates"], prefix="review", actor=actor,
            initial={"result": "pass", "reviewer": actor.name, "reviewed_on": today, "reviewer_unit": inspection if actor.role is Role.DISCIPLINE_OFFICER else organisation},
        ),
        "inquire": InquiryForm(said["inquire"], prefix="inquire", initial={"sent_on": today, "to_body": inspection}),
    }  # fmt: skip


def _reviewing(actor: Actor) -> tuple[str, str]:
    """The organisation department and the discipline inspection of one's place, by name as the register has them."""
    units = (
        Organisation.objects.filter(region_id=actor.scope.region, voided_by__isnull=True)
        if actor.scope.region
        else Organisation.objects.none()
    )
    found = list(units.filter(kind__in=("party_department", "discipline")).order_by("code").values_list("name", flat=True))
    return next((name for name in found if name.endswith("组织部")), ""), next((name for name in found if "纪律检查委员会" in name), "")


def _step(request: HttpRequest, actor: Actor, forms_: dict[str, forms.Form]) -> HttpResponse | None:
    """Take the step; None when its form has to be shown again."""
    step = request.POST.get("step", "")
    if step not in DONE:
        raise Http404
    form = forms_.get(step)
    if form is not None and not form.is_valid():
        return None
    try:
        note(request, _act(request, actor, chosen_rows(request), form.cleaned_data if form else {}), DONE[step])
    except RowsRefused as refused:
        for finding in list(refused.findings.refusals())[:5]:
            messages.error(request, f"{finding.message}{finding.mend}")
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(request.get_full_path())


class _Count:
    """For acts that answer with a row."""

    def __init__(self, count: int) -> None:
        self.count = count


def _act(request: HttpRequest, actor: Actor, keys: list[uuid.UUID], said: dict[str, Any]) -> Any:
    where, step, reason = _where(actor), request.POST["step"], request.POST.get("reason", "")
    on = day_said(request, step)
    match step:
        case "recommend":
            return actions.recommend(where, nominations=keys, minute_number=said["minute_number"], minute_on=said["minute_on"], by=actor)
        case "withdraw":
            return actions.withdraw(where, nominations=keys, reason=reason, by=actor)
        case "screen":
            return actions.screen(where, nominations=keys, on=on, by=actor)
        case "reject":
            return actions.reject(where, nominations=keys, reason=reason, on=on, by=actor)
        case "recusal":
            return examine_recusals(where, nominations=keys, on=on, by=actor)
        case "inquire":
            gates.inquire(where, nominations=keys, number=said["number"], sent_on=said["sent_on"], to_body=said["to_body"], by=actor)
            return _Count(len(keys))
    review = gates.review_integrity if actor.role is Role.DISCIPLINE_OFFICER else gates.review_gates
    return review(where, rows=_reviews(actor, keys, said), by=actor)


def _reviews(actor: Actor, keys: list[uuid.UUID], said: dict[str, Any]) -> Rows:
    """One row a nomination and gate."""
    numbers = list(Nomination.objects.visible_to(actor).filter(pk__in=keys).order_by("number").values_list("number", flat=True))
    pairs = [(number, gate) for number in numbers for gate in said["gate"]]
    if not pairs:
        raise Refused("还没有选择人选，请先勾选。")
    return Rows(
        pl.DataFrame(
            {
                "row": range(1, len(pairs) + 1), "number": [n for n, _g in pairs], "gate": [g for _n, g in pairs], "result": said["result"],
                "opinion": said["opinion"] or None, "reviewer_unit": said["reviewer_unit"], "reviewer": said["reviewer"],
                "reviewed_on": said["reviewed_on"], "valid_until": pl.Series([None] * len(pairs), dtype=pl.Date),
                "reply_number": pl.Series([None] * len(pairs), dtype=pl.String),
            },
            schema_overrides={"opinion": pl.String},
        )
    )  # fmt: skip


@acts
def nominate(request: HttpRequest) -> HttpResponse:
    """Tick cadres of a unit that the tier admits; the register fills in everything about them."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.NOMINATE)
    batch = chosen_batch(request)
    tiers = list(Tier.objects.filter(programme=batch.programme_id).order_by("code")) if batch else list(Tier.objects.order_by("code"))
    tier = next((t for t in tiers if t.code == request.GET.get("tier")), tiers[-1] if tiers else None)
    if tier is None:
        raise Http404
    units = _units(actor)
    unit = actor.scope.unit or next((key for key, _name in units if str(key) == request.GET.get("unit", "")), None)
    form = NominateForm(request.POST or None, initial={"minute_on": clock.today(), "nominated_on": clock.today()})
    form.fields["wishes"].choices = _wishes(actor, tier)  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        try:
            written = actions.nominate(
                _where(actor), rows=_as_rows(request.POST.getlist("cadre"), batch, tier, form.cleaned_data), by=actor
            )
            note(request, written, _("已登记 %(count)s 名人选，核对后勾选推荐。"))
            return redirect(f"{reverse('nominations_desk')}?{kept(batch, state='draft')}")
        except RowsRefused as refused:
            for finding in list(refused.findings.refusals())[:5]:
                form.add_error(None, f"{finding.message}{finding.mend}")
        except Refused as refusal:
            form.add_error(None, str(refusal))
    found = _candidates(actor, tier, unit, Cursor.asked(request.GET)) if unit else Page([])
    context = {
        "batch": batch, "tier": tier, "tiers": tiers, "units": units, "unit": unit, "form": form, "ticked": request.POST.getlist("cadre"),
        "cadres": found.rows, "page": found, "page_size": PAGE, "kept": kept(batch, tier=tier.code, unit=str(unit or "")), "ranks": RANKS,
    }  # fmt: skip
    return render(request, "console/selection/nominate.html", context, status=422 if form.errors else 200)


def _units(actor: Actor) -> list[tuple[uuid.UUID, str]]:
    if actor.scope.unit:
        return list(Organisation.objects.filter(pk=actor.scope.unit).values_list("pk", "name"))
    low = actor.scope.region
    rows = Organisation.objects.filter(region_id__gte=low, region_id__lt=f"{low}:", voided_by__isnull=True)
    own = rows.filter(region_id=low) if len(low) == 4 else rows
    return list(own.order_by("code").values_list("pk", "name"))


def _wishes(actor: Actor, tier: Tier) -> list[tuple[str, str]]:
    """Counties a unit of the city may name; a unit of a county stays in its own."""
    city = (actor.scope.region or _where(actor).region_id)[:4]  # type: ignore[union-attr]
    return list(Region.objects.filter(parent_id=city, valid_to__isnull=True).order_by("code").values_list("code", "name"))


def _candidates(actor: Actor, tier: Tier, unit: Any, cursor: Cursor) -> Page:
    """Cadres of the unit who neither serve nor are considered anywhere, of ranks the tier admits."""
    known: QuerySet[Cadre] = Cadre.objects.visible_to(actor)
    rows = known.filter(unit_id=unit, host_region="", candidate_region="")
    if tier.ranks:
        admitted = Q(post_rank__in=tier.ranks.split("|"))
        if tier.reserve_ranks:
            admitted |= Q(post_rank__in=tier.reserve_ranks.split("|"), is_reserve=True)
        rows = rows.filter(admitted)
    if tier.must_be_party_member:
        rows = rows.filter(political_status="01")
    return paging.page(rows, ("pinyin",), cursor=cursor, size=PAGE, known=known)


def _as_rows(cadres: list[str], batch: Batch | None, tier: Tier, said: dict[str, Any]) -> Rows:
    if not cadres:
        raise Refused("还没有选择人选，请先勾选。")
    same: dict[str, Any] = {
        "batch": batch.name if batch else None, "tier": tier.code, "number": None, "unit_code": None, "name": None, "id_number": None,
        "wishes": "、".join(said["wishes"]) or None, "minute_number": said["minute_number"], "note": said["note"] or None,
    }  # fmt: skip
    dates: dict[str, dt.date] = {"minute_on": said["minute_on"], "nominated_on": said["nominated_on"]}
    count = len(cadres)
    return Rows(
        pl.DataFrame(
            {
                "row": range(1, count + 1),
                "cadre_id": cadres,
                **{k: [v] * count for k, v in same.items()},
                **{k: [v] * count for k, v in dates.items()},
            },
            schema_overrides=dict.fromkeys(same, pl.String),
        )
    )


@acts
def nomination(request: HttpRequest, nomination_id: uuid.UUID) -> HttpResponse:
    """One nomination: the person as nominated, eligibility with its reasons, gates and relations for those who may see them."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    rows = Nomination.objects.visible_to(actor).select_related(
        "batch", "tier", "region", "need", "decision", "notice", "posting", "inquiry"
    )
    found: Nomination = get_object_or_404(rows, pk=nomination_id)
    sees = actor.may(Permission.VIEW_GATE_OPINIONS)
    if request.method == "POST":
        return _resolve(request, actor, found)
    context = {
        "nomination": found,
        "facts": found.facts,
        "rank": RANKS.get(found.facts.get("post_rank", ""), ""),
        "verdicts": found.eligibility,
        "opinions": gates.opinions(actor, found) if sees else [],
        "gate_labels": GATES,
        "results": dict(GateReview.Result.choices),
        "recusals": list(RecusalFinding.objects.visible_to(actor).filter(nomination=found).order_by("id")) if sees else [],
        "sees": sees,
        "may_review": actor.may(Permission.REVIEW_NOMINATIONS),
        "today": clock.today(),
    }
    return render(request, "console/selection/nomination.html", context)


def _resolve(request: HttpRequest, actor: Actor, found: Nomination) -> HttpResponse:
    finding = get_object_or_404(
        RecusalFinding.objects.visible_to(actor), pk=request.POST.get("finding") or uuid.UUID(int=0), nomination=found
    )
    try:
        resolve_recusal(finding, reason=request.POST.get("reason", ""), on=day_said(request, "resolve"), by=actor)
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("nomination", nomination_id=found.pk)


def _integrity_of(actor: Actor, rows: list[Nomination]) -> dict[uuid.UUID, str]:
    """What stands at the gate of integrity, for those who may see reviews. One query."""
    if not actor.may(Permission.VIEW_GATE_OPINIONS):
        return {}
    found = GateReview.objects.visible_to(actor).filter(nomination__in=rows, gate=GateReview.Gate.INTEGRITY)
    return dict(found.values_list("nomination", "result"))


@acts
def inquiry(request: HttpRequest, inquiry_id: uuid.UUID) -> HttpResponse:
    """A letter to discipline inspection: whom it asks about, and its reply recorded for all at once."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.VIEW_SELECTION)
    letter: IntegrityInquiry = get_object_or_404(IntegrityInquiry.objects.visible_to(actor), pk=inquiry_id)
    rows = list(Nomination.objects.visible_to(actor).filter(inquiry=letter).order_by("number"))
    form = ReplyForm(request.POST or None, initial={"reply_on": clock.today()})
    said = {row.pk: (request.POST.get(f"result-{row.pk}", "pass"), request.POST.get(f"opinion-{row.pk}", "")) for row in rows}
    unsaid = {key for key, (result, opinion) in said.items() if result != "pass" and not opinion.strip()}
    if request.method == "POST" and form.is_valid() and unsaid:
        form.add_error(None, _("结果不是“通过”的，请写明意见。"))
    if request.method == "POST" and form.is_valid():
        otherwise = {row.number: said[row.pk] for row in rows if said[row.pk][0] != "pass"}
        try:
            note(
                request,
                gates.record_reply(letter, otherwise=otherwise, by=actor, **form.cleaned_data),
                "已按回复登记 %(count)s 人的廉政关。",
            )
            return redirect("inquiry", inquiry_id=letter.pk)
        except Refused as refusal:
            form.add_error(None, str(refusal))
    found = _integrity_of(actor, rows) if letter.reply_number else {}
    context = {
        "letter": letter,
        "rows": [
            {"row": row, "said": said[row.pk], "wrong": request.method == "POST" and row.pk in unsaid, "found": found.get(row.pk, "")}
            for row in rows
        ],
        "found": found,
        "form": form,
        "results": GateReview.Result.choices,
        "may_reply": actor.may(Permission.REVIEW_NOMINATIONS),
    }
    return render(request, "console/selection/inquiry.html", context, status=422 if form.errors else 200)
