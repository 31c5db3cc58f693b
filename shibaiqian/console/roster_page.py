"""挂职干部花名册 as of a day: who served where on it, with title, unit and document, as it was then. The day is in the address."""

import datetime as dt

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from shibaiqian.access.actor import Actor
from shibaiqian.access.middleware import acts
from shibaiqian.access.roles import Permission
from shibaiqian.access.scope import ScopeKind
from shibaiqian.base import clock, paging
from shibaiqian.base.paging import Cursor
from shibaiqian.console.listing.page import region_choices
from shibaiqian.regions.queries import region_names
from shibaiqian.reports.lists import as_then, serving

FORMS = (("xlsx", "Excel"), ("pdf", "PDF"), ("docx", "Word"))


@acts
def roster(request: HttpRequest) -> HttpResponse:
    """The roster of a place on a day, by key; the files are of the same place and day."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.VIEW_POSTINGS)
    as_of, problem = _day(request.GET.get("as_of", ""))
    region = _place(request, actor)
    found = paging.page(
        serving(actor, region, as_of=as_of),
        ("region_id", "number"),
        cursor=Cursor.asked(request.GET),
    )
    own = actor.scope.kind is ScopeKind.REGION
    context = {
        "rows": [
            {"key": row.pk, "person": person, "document": document, "state": state}
            for row, (person, document, state) in zip(found.rows, as_then(actor, found.rows, as_of=as_of), strict=True)
        ],
        "page": found,
        "on_day": as_of,
        "problem": problem,
        "region": region,
        "place": region_names([region]).get(region, ""),
        "places": region_choices(actor, region) if own else [],
        "kept": urlencode({"region": region, "as_of": as_of.isoformat()}),
        "forms": FORMS if own and actor.may(Permission.EXPORT) else (),
        "today": clock.today(),
    }
    return render(request, "console/roster.html", context, status=422 if problem else 200)


def _day(text: str) -> tuple[dt.date, str]:
    """The day asked for, today without one; and why it cannot be."""
    today = clock.today()
    try:
        day = dt.date.fromisoformat(text) if text else today
    except ValueError:
        return today, _("日期“%(text)s”不对，请重新选择。") % {"text": text[:20]}
    return (today, _("截至日期 %(day)s 还没有到，请改选。") % {"day": day}) if day > today else (day, "")


def _place(request: HttpRequest, actor: Actor) -> str:
    """The place asked for where it lies in the scope, else the scope's own; a unit's officials serve anywhere."""
    asked = request.GET.get("region", "")
    if actor.scope.kind is not ScopeKind.REGION:
        return settings.ROOT_REGION
    return asked if asked.isdigit() and actor.scope.holds_region(asked) else actor.scope.region
