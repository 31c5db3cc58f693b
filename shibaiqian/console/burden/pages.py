"""The burden meter as page, picture and file, and the registry of what is asked."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from shibaiqian.access.actor import Actor
from shibaiqian.access.middleware import acts
from shibaiqian.access.roles import Permission
from shibaiqian.access.scope import ScopeKind
from shibaiqian.base.spreadsheets.columns import Column
from shibaiqian.base.spreadsheets.columns import ColumnKind as K
from shibaiqian.console.burden.forms import ASKERS, FORMS, KNOWN
from shibaiqian.console.burden.meter import CHARACTER, CHOICE, FEWEST, FORM, Meter, generated, measure
from shibaiqian.console.burden.registry import Asker, Typed, asked_twice
from shibaiqian.console.duty.asked import place_asked
from shibaiqian.console.export import Sheet, sheet_file
from shibaiqian.console.listing.page import region_choices

COUNTY = 6
TYPED = {Typed.CHOICE: _("选择"), Typed.WORDS: _("填写"), Typed.SENT: _("自愿附上")}


@acts
def burden(request: HttpRequest) -> HttpResponse:
    """Minutes and fields of an official's week, by week, by who asked, by form, by place; how they are estimated."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    region = _place(request, actor)
    meter = measure(actor, region=region)
    made = generated(actor, region=region, weeks=meter.weeks)
    seconds = {key: meter.seconds[key, meter.weeks[-1]] for key in (FORM, CHOICE, CHARACTER)}
    context = {
        "whole": meter.share(),
        "twice": len(asked_twice(FORMS, known=KNOWN)),
        "made": made,
        "made_count": sum(count for _label, count in made),
        "askers": [ASKERS[asker] for asker in meter.askers],
        "weeks": [_week(meter, week) for week in meter.weeks],
        "totals": [meter.share(asker=asker) for asker in meter.askers],
        "forms": [(form, ASKERS[form.asker], meter.share(form=form.code)) for form in meter.forms],
        "below": meter.places,
        "chart": _chart(meter),
        "fewest": FEWEST,
        "seconds": seconds,
        "first": meter.weeks[0],
        "last": meter.weeks[-1] + dt.timedelta(days=6),
        "region": region,
        "places": [(code, name) for code, name in region_choices(actor, "") if len(code) <= COUNTY]
        if len(actor.scope.region) < COUNTY
        else [],
        "kept": request.GET.urlencode(),
        "may_export": actor.may(Permission.EXPORT),
    }
    return render(request, "console/burden/meter.html", context)


def _place(request: HttpRequest, actor: Actor) -> str:
    """A county of the scope where one is asked for, else the whole scope."""
    actor.must(Permission.VIEW_BURDEN)
    if actor.scope.kind is not ScopeKind.REGION:
        raise Http404
    asked = place_asked(request, actor)
    return asked if len(asked) == COUNTY else actor.scope.region


def _week(meter: Meter, week: dt.date) -> dict[str, Any]:
    return {
        "first": week,
        "officials": meter.share(week=week).official_weeks,
        "whole": meter.share(week=week),
        "of": [meter.share(week=week, asker=asker) for asker in meter.askers],
    }


def _chart(meter: Meter) -> dict[str, Any]:
    series = [
        {"name": str(ASKERS[asker]), "data": [meter.share(week=week, asker=asker).minutes for week in meter.weeks]}
        for asker in meter.askers
    ]
    return {"type": "bar", "stacked": True, "unit": __("分钟"), "x": [f"{week:%m-%d}" for week in meter.weeks], "series": series}


@acts
@require_POST
def burden_file(request: HttpRequest) -> HttpResponseBase:
    """The meter as a table: a row for each week and form, and place below where there are officials enough."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    region = _place(request, actor)
    meter = measure(actor, region=region)
    columns = [
        Column("week", __("周（星期一）"), K.DATE), Column("asker", __("谁要求的")), Column("form", __("填报事项")), Column("officials", __("在岗干部"), K.INTEGER),
        Column("forms", __("份数"), K.INTEGER), Column("fields", __("填写项数"), K.INTEGER), Column("minutes", __("合计分钟（估算）"), K.INTEGER),
        Column("each", __("每人每周分钟（估算）"), K.DECIMAL),
    ]  # fmt: skip
    sheet = Sheet("burden", __("基层填报负担"), Permission.VIEW_BURDEN, columns, meter.names.get(region, ""), lambda: list(_lines(meter)))
    return sheet_file(request, sheet)


def _lines(meter: Meter) -> Iterator[Mapping[str, Any]]:
    for week in meter.weeks:
        for form in meter.forms:
            of = meter.share(week=week, form=form.code)
            if of.load.forms or of.load.fields:
                yield {
                    "week": week, "asker": str(ASKERS[form.asker]), "form": str(form.label), "officials": of.official_weeks, "forms": of.load.forms,
                    "fields": of.load.fields, "minutes": round(of.load.seconds / 60), "each": of.minutes,
                }  # fmt: skip


@acts
def asked_forms(request: HttpRequest) -> HttpResponse:
    """The registry: who asks what of an official, by which rule, how often, for what, how long it is kept. Officials read it too."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.VIEW_PLANS)
    context = {
        "groups": [(ASKERS[asker], forms) for asker in Asker if (forms := [form for form in FORMS if form.asker is asker])],
        "twice": len(asked_twice(FORMS, known=KNOWN)),
        "may_measure": actor.may(Permission.VIEW_BURDEN),
        "may_export": actor.may(Permission.EXPORT),
    }
    return render(request, "console/burden/forms.html", context)


@acts
@require_POST
def asked_forms_file(request: HttpRequest) -> HttpResponseBase:
    """The registry as a table, a row for each field."""
    labels = {
        "asker": _("谁要求的"), "form": _("填报事项"), "rule": _("依据"), "often": _("多久一次"), "fact": _("填什么"), "typed": _("怎么填"),
        "required": _("必填"), "use": _("用途"), "kept": _("保存期限"),
    }  # fmt: skip
    columns = [Column(name, str(label)) for name, label in labels.items()]
    sheet = Sheet("asked_forms", __("填报登记册"), Permission.VIEW_PLANS, columns, "", _registry)
    return sheet_file(request, sheet)


def _registry() -> Sequence[Mapping[str, str]]:
    return [
        {
            "asker": str(ASKERS[form.asker]), "form": str(form.label), "rule": str(form.rule), "often": str(form.often), "fact": str(fact.label),
            "typed": str(TYPED[fact.typed]), "required": __("是") if fact.required else "", "use": str(form.use), "kept": str(form.kept),
        }
        for form in FORMS
        for fact in form.facts
    ]  # fmt: skip
