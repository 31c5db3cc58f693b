"""The audit administrator's page: events by key, the state of the chain, and its check."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from shibaiqian.access.middleware import acts
from shibaiqian.access.roles import Permission, Role
from shibaiqian.audit.models import Event, Seal
from shibaiqian.audit.verify import verify
from shibaiqian.console.acts import ACTS, act
from shibaiqian.regions.queries import region_names

PAGE = 50


def _role(code: str) -> str:
    """The label of a role; who stands at the door has none yet."""
    if code == "visitor":
        return _("登录前")
    return str(Role(code).label) if code in set(Role) else code


@acts
def audit(request: HttpRequest) -> HttpResponse:
    """Events, newest first; filters by action and outcome; the last link of the chain."""
    request.actor.must(Permission.VIEW_AUDIT)  # type: ignore[attr-defined]
    chosen = request.GET.get("act", "")
    events = Event.objects.order_by("-id")
    before = request.GET.get("before", "")
    if before.isdigit():
        events = events.filter(id__lt=int(before))
    outcome = request.GET.get("outcome", "")
    if outcome in Event.Outcome.values:
        events = events.filter(outcome=outcome)
    if chosen in ACTS:
        events = events.filter(action=chosen)
    rows = list(events.defer("canonical")[:PAGE])
    names = region_names(sorted({row.region for row in rows if row.region}))
    context = {
        "events": [
            {"event": row, "act": act(row.action), "role": _role(row.role), "place": names.get(row.region, row.region)} for row in rows
        ],
        "acts": sorted(((code, str(words)) for code, words in ACTS.items()), key=lambda one: one[0]),
        "chosen": chosen if chosen in ACTS else "",
        "outcomes": Event.Outcome.choices,
        "outcome": outcome,
        "next": rows[-1].pk if len(rows) == PAGE else "",
        "head": Seal.objects.order_by("-number").first(),
        "verdict": verify() if request.method == "POST" else None,
    }
    return render(request, "console/audit.html", context)
