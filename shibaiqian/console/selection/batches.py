"""Batches: the list, and one batch as a way with its stations, quotas and next steps."""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused
from shibaiqian.access.middleware import acts
from shibaiqian.access.roles import Permission
from shibaiqian.base import clock
from shibaiqian.files import store
from shibaiqian.postings.models import Tier
from shibaiqian.regions.models import Region
from shibaiqian.selection import batches as actions
from shibaiqian.selection.hosted import hosted_needs
from shibaiqian.selection.models import Batch, Nomination, TierQuota
from shibaiqian.selection.rules import BATCH, NEED, NOMINATION

MOST = 60


# With a last year of four digits the keyboard goes on from the year to the month by itself.
DAY = {"type": "date", "max": "9999-12-31"}


def day_field(label: Any, **more: Any) -> forms.DateField:
    """A day as it happened, chosen or typed in digits without a key in between."""
    return forms.DateField(label=label, widget=forms.DateInput(format="%Y-%m-%d", attrs=DAY), **more)


def day_said(request: HttpRequest, step: str) -> dt.date:
    """The day that stands beside a step's button: when it happened, today unless somebody says otherwise."""
    said = request.POST.get(f"on-{step}", "")
    try:
        return dt.date.fromisoformat(said) if said else clock.today()
    except ValueError:
        raise Refused(f"“{said[:20]}”不是日期，请按“{clock.today()}”的样子填写办理日期。") from None


class OpenForm(forms.Form):
    name = forms.CharField(label=_("批次名称"), max_length=40)
    opened_on = day_field(_("启动日期"))


class PlanForm(forms.Form):
    number = forms.CharField(label=_("方案文号"), max_length=60)
    on = day_field(_("批准日期"))
    scan = forms.FileField(label=_("方案扫描件"), required=False)


class DayForm(forms.Form):
    on = day_field(_("办理日期"))


class QuotaForm(forms.Form):
    tier = forms.ChoiceField(label=_("层级"))
    place = forms.ChoiceField(label=_("县区"))
    count = forms.IntegerField(label=_("名额"), min_value=0, max_value=5000)
    plan_number = forms.CharField(label=_("调整文号"), max_length=60, help_text=_("方案批准以后调整名额须有文件。"))
    on = day_field(_("调整日期"))

    def __init__(self, *args: Any, batch: Batch, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tiers = Tier.objects.filter(programme=batch.programme_id).order_by("code")
        if batch.state == "draft":
            del self.fields["plan_number"], self.fields["on"]
        places = Region.objects.filter(parent_id=batch.region_id, valid_to__isnull=True).order_by("code")
        self.fields["tier"].choices = [(str(tier.pk), tier.label) for tier in tiers]  # type: ignore[attr-defined]
        self.fields["place"].choices = [(batch.region_id, batch.region.name), *((p.code, p.name) for p in places)]  # type: ignore[attr-defined]


def _counts(seen: QuerySet[Any]) -> dict[uuid.UUID, Counter[str]]:
    found: dict[uuid.UUID, Counter[str]] = {}
    rows = seen.filter(batch__isnull=False).values_list("batch_id", "state").annotate(n=Count("pk")).order_by()
    for batch, state, number in rows:
        found.setdefault(batch, Counter())[state] = number
    return found


@acts
def batches(request: HttpRequest) -> HttpResponse:
    """Every round of selection with how far it is in one's own scope; the city opens another."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.VIEW_SELECTION)
    form = OpenForm(request.POST or None, initial={"opened_on": clock.today(), "name": _next_name(actor)})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            city = Region.objects.get(pk=actor.scope.region)
            opened = actions.open_batch(city, name=said["name"], year=said["opened_on"].year, opened_on=said["opened_on"], by=actor)
            return redirect("batch", batch_id=opened.pk)
        except Refused as refusal:
            form.add_error("name", str(refusal))
    needs, nominations = _counts(hosted_needs(actor)), _counts(Nomination.objects.visible_to(actor))
    quotas: dict[Any, int] = dict(TierQuota.objects.values_list("batch").annotate(n=Sum("count")).order_by())
    rows = [
        {
            "batch": batch,
            "quota": quotas.get(batch.pk, 0),
            "confirmed": needs.get(batch.pk, Counter())["confirmed"] + needs.get(batch.pk, Counter())["filled"],
            "under_way": sum(n for state, n in nominations.get(batch.pk, Counter()).items() if state not in NOMINATION.final),
            "appointed": nominations.get(batch.pk, Counter())["appointed"],
        }
        for batch in actions.batches(actor)[:MOST]
    ]
    may_open = actor.may(Permission.PLAN_BATCHES) and len(actor.scope.region) == 4
    return render(
        request, "console/selection/batches.html", {"rows": rows, "form": form, "may_open": may_open}, status=422 if form.errors else 200
    )


def _next_name(actor: Actor) -> str:
    """What the next batch of the year is called."""
    year = clock.today().year
    taken = set(actions.batches(actor).filter(year=year).values_list("name", flat=True))
    names = (f"{year}年第{number}批" for number in "一二三四五六七八九十")
    return next((name for name in names if not any(said.startswith(name) for said in taken)), "")


STEPS: dict[str, Callable[..., Any]] = {
    "approve_plan": lambda batch, said, by: actions.approve_plan(
        batch, on=said["on"], number=said["number"], scan=store.keep(said["scan"].read()) if said.get("scan") else "", by=by
    ),
    "start_batch": lambda batch, said, by: actions.start_batch(batch, on=said["on"], by=by),
    "close_batch": lambda batch, said, by: actions.close_batch(batch, on=said["on"], by=by),
}


@acts
def batch(request: HttpRequest, batch_id: uuid.UUID) -> HttpResponse:
    """One batch: its way from needs to appointments with what lies at each station, quotas, and what can be done next."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.VIEW_SELECTION)
    found = get_object_or_404(actions.batches(actor).select_related("region", "programme"), pk=batch_id)
    may_plan = actor.may(Permission.PLAN_BATCHES) and found.reachable_by(actor)
    step = request.POST.get("step", "") if request.method == "POST" else ""
    quota = QuotaForm(request.POST if step == "quota" else None, batch=found, auto_id="quota_%s", initial={"on": clock.today()})
    plan = PlanForm(request.POST if step == "approve_plan" else None, request.FILES or None, initial={"on": clock.today()})
    simple = DayForm(request.POST if step in ("start_batch", "close_batch") else None, initial={"on": clock.today()})
    if step:
        form: forms.Form = {"quota": quota, "approve_plan": plan}.get(step, simple)
        if not may_plan or step not in (*STEPS, "quota"):
            raise Http404
        if form.is_valid():
            try:
                _take(found, step, form.cleaned_data, by=actor)
                return redirect("batch", batch_id=found.pk)
            except Refused as refusal:
                form.add_error(None, str(refusal))
    context = {
        "batch": found,
        "stations": _stations(actor, found),
        "quotas": actions.quota_use(actor, found),
        "warnings": actions.over_tier(found),
        "steps": [s for s in BATCH.open_steps(found.state) if s != "amend_quota"] if may_plan else [],
        "may_quota": may_plan and found.state != "closed",
        "quota_form": quota,
        "plan_form": plan,
        "day_form": simple,
        "labels": BATCH.steps,
        "may_raise": actor.may(Permission.RAISE_NEEDS),
        "may_nominate": actor.may(Permission.NOMINATE),
        "may_match": actor.may(Permission.MATCH),
        "may_decide": actor.may(Permission.DECIDE_SELECTION),
    }
    bad = quota.errors or plan.errors or simple.errors
    return render(request, "console/selection/batch.html", context, status=422 if bad else 200)


def _take(found: Batch, step: str, said: dict[str, Any], *, by: Actor) -> None:
    if step != "quota":
        STEPS[step](found, said, by)
        return
    tier, place = Tier.objects.get(pk=said["tier"]), Region.objects.get(pk=said["place"])
    if found.state == "draft":
        actions.set_quota(found, tier=tier, place=place, count=said["count"], by=by)
    else:
        actions.amend_quota(found, tier=tier, place=place, count=said["count"], plan_number=said["plan_number"], on=said["on"], by=by)


def _stations(actor: Actor, found: Batch) -> list[dict[str, Any]]:
    """What lies where, in the order of life: (page, state, label, number)."""
    needs = Counter(dict(hosted_needs(actor).filter(batch=found).values_list("state").annotate(n=Count("pk")).order_by()))
    rows = Nomination.objects.visible_to(actor).filter(batch=found).values_list("state").annotate(n=Count("pk")).order_by()
    nominations = Counter(dict(rows))
    shown = [("needs_desk", state, label, needs[state]) for state, label in NEED.states.items() if state != "closed"]
    shown += [("nominations_desk", state, label, nominations[state]) for state, label in NOMINATION.states.items()]
    return [{"page": page, "state": state, "label": label, "count": count} for page, state, label, count in shown]


def note(request: HttpRequest, written: Any, said: Any) -> None:
    """Say what a step did, with its notes."""
    messages.success(request, str(said) % {"count": written.count})
    for text in getattr(written, "notes", ()):
        messages.warning(request, text)
