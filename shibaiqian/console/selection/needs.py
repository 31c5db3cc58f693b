"""Needs: raised for places that the register knows, held up, confirmed."""

import uuid
from collections import Counter
from typing import Any

import polars as pl
from django import forms
from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused
from shibaiqian.access.middleware import acts
from shibaiqian.access.roles import Permission
from shibaiqian.access.rows import Rows, RowsRefused
from shibaiqian.base import clock, paging
from shibaiqian.base.paging import Cursor
from shibaiqian.cadres.codes import SKILLS
from shibaiqian.console.selection.batches import day_said, note
from shibaiqian.postings.models import Posting, Tier
from shibaiqian.regions.models import Region, VillageProfile
from shibaiqian.selection import needs as actions
from shibaiqian.selection.batches import batches
from shibaiqian.selection.hosted import hosted_needs
from shibaiqian.selection.models import Batch, PostNeed
from shibaiqian.selection.rules import NEED

PAGE = 200  # rows that one step takes
DONE = {
    "submit_needs": _("已上报 %(count)s 个岗位。"), "return_needs": _("已退回 %(count)s 个岗位。"), "confirm_needs": _("已确认 %(count)s 个岗位。"),
    "close_needs": _("已关闭 %(count)s 个岗位。"), "reopen_needs": _("已重新开放 %(count)s 个岗位。"),
}  # fmt: skip
WITH_REASON = ("return_needs", "close_needs", "reopen_needs")
OF_COUNTY = ("return_needs", "confirm_needs", "close_needs", "reopen_needs")


def chosen_batch(request: HttpRequest) -> Batch | None:
    """The batch in the address; none: outside a batch. What is no batch reads like none at all."""
    said = request.GET.get("batch", "")
    try:
        return batches(request.actor).filter(pk=uuid.UUID(said)).first() if said else None  # type: ignore[attr-defined]
    except ValueError:
        raise Http404 from None


def kept(batch: Batch | None, **said: str) -> str:
    """What the pages of a list of a batch keep in their address."""
    return urlencode({"batch": str(batch.pk) if batch else "", **said})


def chosen_rows(request: HttpRequest) -> list[uuid.UUID]:
    """The keys somebody ticked."""
    try:
        return [uuid.UUID(key) for key in request.POST.getlist("row")]
    except ValueError:
        raise Http404 from None


@acts
def needs_desk(request: HttpRequest) -> HttpResponse:
    """Needs of a batch by state; tick rows and take the step that is open to them."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.VIEW_SELECTION)
    batch = chosen_batch(request)
    rows: QuerySet[PostNeed] = hosted_needs(actor).filter(batch=batch)
    counts = Counter(dict(rows.values_list("state").annotate(n=Count("pk")).order_by()))
    state = request.GET.get("state", "")
    if state not in NEED.states:
        state = next((s for s in NEED.states if counts[s]), "draft")
    if request.method == "POST":
        return _step(request, actor)
    found = paging.page(
        rows.filter(state=state).select_related("region", "unit", "tier"), ("region_id", "number"), cursor=Cursor.asked(request.GET), size=PAGE, known=rows
    )  # fmt: skip
    steps = [s for s in NEED.open_steps(state) if s in DONE and actor.may(_permission(s))]
    context = {
        "batch": batch,
        "state": state,
        "tabs": [{"state": s, "label": label, "count": counts[s]} for s, label in NEED.states.items()],
        "rows": found.rows,
        "page": found,
        "page_size": PAGE,
        "kept": kept(batch, state=state),
        "plain_steps": [(s, NEED.steps[s]) for s in steps if s not in WITH_REASON],
        "reason_steps": [(s, NEED.steps[s]) for s in steps if s in WITH_REASON],
        "may_raise": actor.may(Permission.RAISE_NEEDS),
        "today": clock.today(),
        "skills": SKILLS,
    }
    return render(request, "console/selection/needs.html", context)


def _permission(step: str) -> Permission:
    return Permission.CONFIRM_NEEDS if step in OF_COUNTY else Permission.RAISE_NEEDS


def _step(request: HttpRequest, actor: Actor) -> HttpResponse:
    step = request.POST.get("step", "")
    if step not in DONE:
        raise Http404
    region, keys = Region.objects.get(pk=actor.scope.region), chosen_rows(request)
    more: dict[str, Any] = {"reason": request.POST.get("reason", "")} if step in WITH_REASON else {}
    try:
        if step == "confirm_needs":
            more = {"on": day_said(request, step)}
        note(request, getattr(actions, step)(region, needs=keys, by=actor, **more), DONE[step])
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(request.get_full_path())


class RaiseForm(forms.Form):
    tier = forms.ChoiceField(label=_("层级"))
    title = forms.ChoiceField(label=_("挂职职务"))
    need_tags = forms.MultipleChoiceField(
        label=_("需要的专长"),
        required=False,
        choices=[(code, label) for code, label in SKILLS.items()],
        widget=forms.CheckboxSelectMultiple,
    )
    duties = forms.CharField(label=_("工作分工"), required=False, max_length=200, initial="协助抓好村党组织建设和精准扶贫工作")
    reason = forms.CharField(label=_("需求理由"), required=False, max_length=200, help_text=_("批次以外的补派须写明理由。"))

    def __init__(self, *args: Any, tiers: list[Tier], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tier"].choices = [(tier.code, tier.label) for tier in tiers]  # type: ignore[attr-defined]
        titles = {title for tier in tiers for title in tier.titles.split("|")}
        self.fields["title"].choices = [(title, title) for title in sorted(titles)]  # type: ignore[attr-defined]


@acts
def raise_need(request: HttpRequest) -> HttpResponse:
    """Tick places without an official; what a village is like comes from the register."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.RAISE_NEEDS)
    batch = chosen_batch(request)
    tiers = _tiers(actor, batch)
    tier = next((t for t in tiers if t.code == (request.POST.get("tier") or request.GET.get("tier"))), tiers[-1] if tiers else None)
    if tier is None:
        return render(request, "console/selection/raise_need.html", {"batch": batch})
    town = request.GET.get("town", "")
    form = RaiseForm(request.POST or None, tiers=[tier], initial={"tier": tier.code, "title": tier.titles.split("|")[0]})
    if request.method == "POST" and form.is_valid():
        try:
            rows = _as_rows(request.POST.getlist("place"), batch, form.cleaned_data)
            written = actions.raise_needs(Region.objects.get(pk=actor.scope.region), rows=rows, by=actor)
            note(request, written, _("已提出 %(count)s 个岗位，勾选后上报。"))
            return redirect(f"{reverse('needs_desk')}?{kept(batch, state='draft')}")
        except RowsRefused as refused:
            for finding in list(refused.findings.refusals())[:5]:
                form.add_error(None, f"{finding.message}{finding.mend}")
        except Refused as refusal:
            form.add_error(None, str(refusal))
    places = paging.page_at_hand(
        _places(actor, tier, town), key="code", after=request.GET.get("after", ""), before=request.GET.get("before", ""), size=PAGE
    )
    context = {
        "batch": batch,
        "form": form,
        "tiers": tiers,
        "tier": tier,
        "town": town,
        "towns": Region.objects.filter(code__gte=actor.scope.region, code__lt=f"{actor.scope.region}:", level="town", valid_to__isnull=True)
        .exclude(kind="other")
        .order_by("code"),
        "places": places.rows,
        "page": places,
        "page_size": PAGE,
        "kept": kept(batch, tier=tier.code, town=town),
        "ticked": request.POST.getlist("place"),
    }
    return render(request, "console/selection/raise_need.html", context, status=422 if form.errors else 200)


def _tiers(actor: Actor, batch: Batch | None) -> list[Tier]:
    """Tiers whose hosts lie in the scope, widest first."""
    depth = {"county": 6, "town": 9, "village": 12}
    rows = Tier.objects.filter(programme=batch.programme_id) if batch else Tier.objects.all()
    found = [tier for tier in rows.order_by("code") if depth.get(tier.host_level, 0) >= len(actor.scope.region)]
    return sorted(found, key=lambda tier: depth[tier.host_level])


def _places(actor: Actor, tier: Tier, town: str) -> list[dict[str, Any]]:
    """Places of the tier's level without an official or an open need, those to be covered first on top. Four queries."""
    low = town if town and actor.scope.holds_region(town) else actor.scope.region
    here = {"region_id__gte": low, "region_id__lt": f"{low}:"}
    served = set(
        Posting.objects.visible_to(actor).filter(host_level=tier.host_level, ended_on=None, **here).values_list("region_id", flat=True)
    )
    wanted = PostNeed.objects.visible_to(actor).filter(tier=tier, **here).exclude(state__in=("closed", "filled"))
    taken = served | set(wanted.values_list("region_id", flat=True))
    profiles = VillageProfile.objects.visible_to(actor).filter(**here).values_list("region_id", "poor_village")
    poor = {code for code, is_poor in profiles if is_poor}
    level = "village" if tier.host_level == "village" else tier.host_level
    rows = (
        Region.objects.filter(code__gte=low, code__lt=f"{low}:", level=level, valid_to__isnull=True).exclude(kind="other").order_by("code")
    )
    free = [{"code": r.code, "name": r.name, "full_name": r.full_name, "poor": r.code in poor} for r in rows if r.code not in taken]
    return sorted(free, key=lambda place: not place["poor"])


def _as_rows(places: list[str], batch: Batch | None, said: dict[str, Any]) -> Rows:
    same = {
        "batch": batch.name if batch else None, "tier": said["tier"], "title": said["title"], "duties": said["duties"],
        "need_tags": "|".join(said["need_tags"]) or None, "reason": said["reason"] or None, "number": None, "predecessor": None,
    }  # fmt: skip
    if not places:
        raise Refused("还没有选择地方，请先勾选。")
    frame = pl.DataFrame(
        {"row": list(range(1, len(places) + 1)), "host_code": places, **{k: [v] * len(places) for k, v in same.items()}},
        schema_overrides=dict.fromkeys(same, pl.String),
    )
    return Rows(frame)
