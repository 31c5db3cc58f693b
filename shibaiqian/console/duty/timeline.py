"""The work logs of a place as a timeline: by village, by category, by household; pages go by key."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from shibaiqian.access.actor import Actor
from shibaiqian.access.middleware import acts
from shibaiqian.access.roles import Permission
from shibaiqian.access.scope import ScopeKind
from shibaiqian.base import paging
from shibaiqian.base.paging import Cursor
from shibaiqian.console.duty.asked import month_asked, month_choices, place_asked
from shibaiqian.console.listing.page import region_choices
from shibaiqian.fieldwork import queries
from shibaiqian.fieldwork.models import WorkLogItem
from shibaiqian.households.models import Household


@acts
def timeline(request: HttpRequest) -> HttpResponse:
    """What was written down, latest day first, whoever wrote it."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.must(Permission.VIEW_FIELDWORK)
    region, month, category = place_asked(request, actor), month_asked(request), request.GET.get("category", "")
    category = category if category in WorkLogItem.Category.values else ""
    household = _key(request.GET.get("household", ""))
    rows = queries.timeline(actor, region=region, month=month, category=category, household=household)
    found = paging.page(rows, ("-on",), cursor=Cursor.asked(request.GET))
    of = Household.objects.visible_to(actor).filter(pk=household).first() if household else None
    wide = actor.scope.kind is ScopeKind.REGION and len(actor.scope.region) < 12
    context = {
        "page": found,
        "rows": found.rows,
        "region": region,
        "places": region_choices(actor, region) if wide else [],
        "month": month,
        "months": month_choices(),
        "category": category,
        "categories": [(code, _(str(label))) for code, label in WorkLogItem.Category.choices],
        "household": of,
        "kept": urlencode(
            {"region": region, "month": f"{month:%Y-%m}" if month else "", "category": category, "household": str(household or "")}
        ),
    }
    return render(request, "console/duty/timeline.html", context)


def _key(said: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(said)
    except ValueError:
        return None
