"""The work logs of a place as a timeline: by village, by category, by household; pages go by key."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from shibaiqian.access.actor import Actor
from shibaiqian.access.middleware import acts
from shibaiqian.access.roles import Permission
from shibaiqian.access.scope import ScopeKind
from shibaiqian.base import paging
from shibaiqian.base.paging import Cursor
from shibaiqian.console.duty.asked import asked_logs, month_asked, month_choices
from shibaiqian.console.listing.page import region_choices
from shibaiqian.fieldwork.models import WorkLogItem
from shibaiqian.households.models import Household


@acts
def timeline(request: HttpRequest) -> HttpResponse:
    """What was written down, latest day first, whoever wrote it."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    asked = asked_logs(request, actor)
    household = asked.said["household"]
    found = paging.page(asked.rows, ("-on",), cursor=Cursor.asked(request.GET))
    of = Household.objects.visible_to(actor).filter(pk=household).first() if household else None
    wide = actor.scope.kind is ScopeKind.REGION and len(actor.scope.region) < 12
    context = {
        **asked.said,
        "page": found,
        "rows": found.rows,
        "places": region_choices(actor, asked.said["region"]) if wide else [],
        "month": month_asked(request),
        "months": month_choices(),
        "categories": [(code, _(str(label))) for code, label in WorkLogItem.Category.choices],
        "household": of,
        "kept": asked.kept,
        "may_export": actor.may(Permission.EXPORT),
    }
    return render(request, "console/duty/timeline.html", context)
