"""Plans of who goes where: made and compared, looked at pair by pair, changed with a reason after seeing what changes, frozen."""

import uuid
from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused
from shibaiqian.access.middleware import acts
from shibaiqian.access.roles import Permission
from shibaiqian.base import clock
from shibaiqian.console.selection.batches import day_field, day_said
from shibaiqian.postings.models import Tier
from shibaiqian.regions.models import Region
from shibaiqian.selection import plan_queries as queries
from shibaiqian.selection import plans
from shibaiqian.selection.batches import batches as batches_of
from shibaiqian.selection.hosted import hosted_needs
from shibaiqian.selection.matching.score import PARTS
from shibaiqian.selection.models import MatchPair, MatchPlan, MatchWish, PostNeed
from shibaiqian.selection.problems import PARTS_OF_WEIGHTS, PERSONS, UNITS, Options

PAGE, COMPARED = 100, 3
LABELS = {"class": _("类别"), "skills": _("专长"), "rural": _("农村经历"), "county": _("熟悉本县"), "wish": _("意愿")}
ACTS = (("pin", _("指定，其余重新计算")), ("forbid", _("排除，重新计算")), ("override", _("只换这一处")))


class WhereForm(forms.Form):
    """Which batch, place, tier and stage: kept in the address."""

    batch = forms.ChoiceField(label=_("批次"), required=False)
    region = forms.ChoiceField(label=_("范围"), required=False)
    tier = forms.ChoiceField(label=_("层级"), required=False)
    stage = forms.ChoiceField(label=_("步骤"), choices=[(PERSONS, _("定人")), (UNITS, _("定单位（包村）"))], required=False)

    def __init__(self, data: Any, *, actor: Actor) -> None:
        batches = batches_of(actor)[:20]
        scope = actor.scope.region
        codes = (
            [scope] if len(scope) > 4 else [scope, *Region.objects.filter(parent_id=scope).order_by("code").values_list("code", flat=True)]
        )
        places = Region.objects.filter(code__in=codes).order_by("code")
        choices = {
            "batch": [(str(b.pk), b.name) for b in batches] + [("", __("批次以外（补派）"))],
            "region": [(p.code, p.name) for p in places],
            "tier": sorted(set(Tier.objects.values_list("code", "label")), key=lambda t: -len(t[0])),
        }
        first = {name: options[0][0] if options else "" for name, options in choices.items()} | {"stage": str(PERSONS)}
        super().__init__({name: data.get(name, value) for name, value in first.items()})
        for name, options in choices.items():
            self.fields[name].choices = options  # type: ignore[attr-defined]

    @property
    def chosen(self) -> dict[str, str]:
        """What was chosen; what is not to be had reads like nothing."""
        if not self.is_valid():
            raise Http404
        return self.cleaned_data


class PlanForm(forms.Form):
    """A plan to be made: its name, limits and weights (points), as the policy has them unless changed."""

    name = forms.CharField(label=_("方案名称"), max_length=30, required=False, help_text=_("不填则自动编号。"))
    on = day_field(_("方案日期"))
    of_unit = forms.IntegerField(label=_("同一单位在同一镇（街道）最多（0 不限）"), min_value=0, max_value=50)
    within_units = forms.BooleanField(label=_("已定包村单位的岗位只用该单位的人选"), required=False)
    match_class = forms.DecimalField(label=_("类别"), min_value=0, max_value=100, decimal_places=2)
    match_skill = forms.DecimalField(label=_("专长"), min_value=0, max_value=100, decimal_places=2)
    match_rural = forms.DecimalField(label=_("农村经历"), min_value=0, max_value=100, decimal_places=2)
    match_county = forms.DecimalField(label=_("熟悉本县"), min_value=0, max_value=100, decimal_places=2)
    match_wish = forms.DecimalField(label=_("意愿"), min_value=0, max_value=100, decimal_places=2)

    def options(self, base: Options) -> Options:
        said = self.cleaned_data
        weights = replace(base.weights, **{name: round(said[name] * 100) for name in PARTS_OF_WEIGHTS})
        return replace(base, weights=weights, of_unit=said["of_unit"], within_units=said["within_units"])

    @staticmethod
    def of(options: Options) -> dict[str, Any]:
        weights = {name: f"{getattr(options.weights, name) / 100:g}" for name in PARTS_OF_WEIGHTS}
        return {"of_unit": options.of_unit, "within_units": options.within_units, **weights}


@acts
def match_plans(request: HttpRequest) -> HttpResponse:
    """The plans of a batch in a place, beside each other; two or three compared post by post; a form for another."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.MATCH)
    where = WhereForm(request.GET, actor=actor)
    chosen = where.chosen
    batch = batches_of(actor).filter(pk=chosen["batch"]).first() if chosen["batch"] else None
    base = Options.in_force(chosen["region"], on=clock.today())
    form = PlanForm(request.POST if request.method == "POST" else None, initial={"on": clock.today(), **PlanForm.of(base)})
    if request.method == "POST" and form.is_valid():
        try:
            plan = plans.match_batch(
                get_object_or_404(Region, pk=chosen["region"]), batch=batch, tier_code=chosen["tier"], stage=chosen["stage"],
                name=form.cleaned_data["name"], on=form.cleaned_data["on"], options=form.options(base), by=actor,
            )  # fmt: skip
            return redirect("match_plan", plan_id=plan.pk)
        except Refused as refusal:
            form.add_error(None, str(refusal))
    found = list(queries.plans(actor, batch=batch, region=chosen["region"], tier_code=chosen["tier"], stage=chosen["stage"])[:50])
    beside = [plan for plan in found if str(plan.pk) in request.GET.getlist("compare")][:COMPARED]
    context = {
        "where": where,
        "form": form,
        "plans": [_summary(plan) for plan in found],
        "compared": queries.compare_plans(actor, beside) if len(beside) > 1 else None,
        "beside": [plan.pk for plan in beside],
        "batch": batch,
    }
    return render(request, "console/selection/match_plans.html", context, status=422 if form.errors else 200)


def _summary(plan: MatchPlan) -> dict[str, Any]:
    weights = Options.of_json(plan.weights)
    return {
        "plan": plan,
        "empty": sum(len(entry["needs"]) for entry in plan.unfilled),
        "gap": queries.gap_percent(plan),
        "weights": [(LABELS[part], getattr(weights.weights, name)) for part, name in zip(PARTS, PARTS_OF_WEIGHTS, strict=True)],
        "of_unit": weights.of_unit,
    }


def _plan(request: HttpRequest, plan_id: uuid.UUID) -> MatchPlan:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.MATCH)
    found: MatchPlan = get_object_or_404(MatchPlan.objects.visible_to(actor).select_related("region", "batch"), pk=plan_id)
    return found


@acts
def match_plan(request: HttpRequest, plan_id: uuid.UUID) -> HttpResponse:
    """One plan: empty posts with the reason in words, pairs with the parts of their points, what was asked for, the next step."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    plan = _plan(request, plan_id)
    return _shown(request, actor, plan)


def _shown(request: HttpRequest, actor: Actor, plan: MatchPlan, *, refusal: str = "") -> HttpResponse:
    pairs = queries.pairs_after(actor, plan, after=request.GET.get("after", ""), limit=PAGE)
    more = pairs[PAGE - 1].need.number if len(pairs) > PAGE else ""
    context = {
        **_summary(plan),
        "rows": [_row(pair, plan) for pair in pairs[:PAGE]],
        "more": more,
        "empties": [{"posts": list(zip(entry["needs"], entry["names"], strict=True)), "why": entry["why"]} for entry in plan.unfilled],
        "wishes": queries.wishes(actor, plan),
        "units": plan.stage == UNITS,
        "refusal": refusal,
        "may_change": plan.state == "proposed",
        "today": clock.today(),
        "legend": [(part, LABELS[part]) for part in PARTS],
    }
    return render(request, "console/selection/match_plan.html", context, status=422 if refusal else 200)


def _row(pair: MatchPair, plan: MatchPlan) -> dict[str, Any]:
    most = Options.of_json(plan.weights).weights.most
    return {"pair": pair, "name": queries.name_of(pair), **_parts(pair.parts, most)}


def _parts(parts: Any, most: int) -> dict[str, Any]:
    """The parts as a bar of a hundred units, and in words."""
    bar, at = [], 0.0
    for part in PARTS:
        width = 100 * parts.get(part, 0) / max(most, 1)
        if width:
            bar.append({"part": part, "x": f"{at:.2f}", "width": f"{width:.2f}"})
        at += width
    return {"bar": bar, "said": [(LABELS[part], parts[part]) for part in PARTS if parts.get(part)]}


STEPS: dict[str, Any] = {
    "freeze": (plans.freeze_plan, _("方案已确定，人选进入“已拟派”，可以起草呈批件。")),
    "thaw": (plans.thaw_plan, _("已撤销确定，人选回到四关审查。")),
    "discard": (plans.discard_plan, _("方案已放弃，仍可查看。")),
}


@acts
@require_POST
def match_step(request: HttpRequest, plan_id: uuid.UUID, step: str) -> HttpResponse:
    """Freeze a plan, take that back, or put it aside. A refusal stands on the plan's page."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    plan = _plan(request, plan_id)
    if step not in STEPS:
        raise Http404
    take, said = STEPS[step]
    reason = {} if step == "discard" else {"reason": request.POST.get("reason", "")}
    try:
        when = {"on": day_said(request, step)} if step == "freeze" else {}
        take(plan, **reason, **when, by=actor)
    except Refused as refusal:
        return _shown(request, actor, get_object_or_404(MatchPlan.objects.visible_to(actor), pk=plan_id), refusal=str(refusal))
    messages.success(request, said)
    return redirect("match_plan", plan_id=plan_id)


@acts
@require_POST
def match_wish(request: HttpRequest, plan_id: uuid.UUID, wish_id: uuid.UUID) -> HttpResponse:
    """Take back a pin or an exclusion; the next plan does without."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    plan = _plan(request, plan_id)
    wish = get_object_or_404(MatchWish.objects.visible_to(actor), pk=wish_id)
    plans.drop_wish(wish, by=actor)
    messages.success(request, __("已取消。请重新生成方案，看取消后的结果。"))
    return redirect("match_plan", plan_id=plan.pk)


@acts
def match_post(request: HttpRequest, plan_id: uuid.UUID, need_id: uuid.UUID) -> HttpResponse:
    """One post of a plan: who could take it with points, and what pinning, excluding or exchanging changes, before it is confirmed."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    plan = _plan(request, plan_id)
    asked = request.POST if request.method == "POST" else request.GET
    taker, act = asked.get("taker", ""), asked.get("act", "pin")
    refusal = ""
    if request.method == "POST":
        try:
            return _done(request, actor, plan, _need(actor, need_id), taker=taker, act=act)
        except Refused as refused:
            refusal = str(refused)
    return _post(request, actor, plan, need_id, taker=taker, act=act, refusal=refusal)


def _need(actor: Actor, key: uuid.UUID) -> PostNeed:
    found: PostNeed = get_object_or_404(hosted_needs(actor).select_related("region__parent", "unit"), pk=key)
    return found


def _post(request: HttpRequest, actor: Actor, plan: MatchPlan, key: uuid.UUID, *, taker: str, act: str, refusal: str) -> HttpResponse:
    most = Options.of_json(plan.weights).weights.most
    choices: list[dict[str, Any]] = []
    need = change = None
    try:
        deciding = queries.Deciding(actor, plan)
        need = deciding.need(key)
        choices = [{"choice": c, **_parts(c.parts, most)} for c in deciding.choices(key)]
        if "taker" in request.GET or request.method == "POST":
            change = _changes(deciding, key, taker=taker, act=act)
    except Refused as refused:
        refusal = refusal or str(refused)
    context = {
        "plan": plan, "need": need or _need(actor, key), "choices": choices, "acts": ACTS, "taker": taker, "act": act, "change": change, "refusal": refusal,
        "units": plan.stage == UNITS, "reason": request.POST.get("reason", ""), "act_label": dict(ACTS).get(act, ""),
        "who": next((c["choice"].name for c in choices if c["choice"].key == taker), __("空缺")), "legend": [(p, LABELS[p]) for p in PARTS],
    }  # fmt: skip
    return render(request, "console/selection/match_post.html", context, status=422 if refusal and request.method == "POST" else 200)


def _key(taker: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(taker) if taker else None
    except ValueError:
        raise Http404 from None


def _changes(deciding: queries.Deciding, need: uuid.UUID, *, taker: str, act: str) -> queries.Consequence:
    key = _key(taker)
    if act == "override":
        return deciding.if_overridden(need, key)
    if key is None:
        raise Refused(__("请选定一名人选或一个单位；要空缺，请选“只换这一处”。"))
    return deciding.if_excluded(need, key) if act == "forbid" else deciding.if_pinned(need, key)


def _done(request: HttpRequest, actor: Actor, plan: MatchPlan, need: PostNeed, *, taker: str, act: str) -> HttpResponse:
    """Do it: an exchange in this plan, or a wish and at once a new plan by the same options."""
    key, reason = _key(taker), request.POST.get("reason", "")
    if act == "override":
        plans.override_pair(plan, need=need.pk, taker=key, reason=reason, by=actor)
        messages.success(request, __("已调整，理由已记入这一对。"))
        return redirect("match_plan", plan_id=plan.pk)
    ask = {"pin": plans.pin_pair, "forbid": plans.forbid_pair}.get(act)
    if ask is None:
        raise Http404
    ask(need, **({"unit": key} if plan.stage == UNITS else {"nomination": key}), reason=reason, by=actor)
    made = plans.match_batch(
        plan.region, batch=plan.batch, tier_code=plan.tier_code, stage=plan.stage, name="", on=plan.made_on,
        options=Options.of_json(plan.weights), by=actor,
    )  # fmt: skip
    messages.success(request, __("已重新计算，这是新方案；原方案仍在，可以对比。"))
    return redirect("match_plan", plan_id=made.pk)
