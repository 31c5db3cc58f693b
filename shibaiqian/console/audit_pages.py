"""The audit administrator's page: events by key, the state of the chain, and its check."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from shibaiqian.access.middleware import acts
from shibaiqian.access.roles import Permission
from shibaiqian.audit.models import Event, Seal
from shibaiqian.audit.verify import verify

PAGE = 50


@acts
def audit(request: HttpRequest) -> HttpResponse:
    """Events, newest first; filters by action and outcome; the last link of the chain."""
    request.actor.must(Permission.VIEW_AUDIT)  # type: ignore[attr-defined]
    events = Event.objects.order_by("-id")
    before = request.GET.get("before", "")
    if before.isdigit():
        events = events.filter(id__lt=int(before))
    outcome = request.GET.get("outcome", "")
    if outcome in Event.Outcome.values:
        events = events.filter(outcome=outcome)
    rows = list(events.defer("canonical")[:PAGE])
    context = {
        "events": rows,
        "outcomes": Event.Outcome.choices,
        "outcome": outcome,
        "next": rows[-1].pk if len(rows) == PAGE else "",
        "head": Seal.objects.order_by("-number").first(),
        "verdict": verify() if request.method == "POST" else None,
    }
    return render(request, "console/audit.html", context)
