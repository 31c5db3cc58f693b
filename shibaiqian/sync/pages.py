"""Phones in the console: one's own and what came from them; those that hold records back; signing out from here."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused
from shibaiqian.access.middleware import acts
from shibaiqian.access.roles import Permission, Role
from shibaiqian.base.paging import Cursor, page
from shibaiqian.sync.devices import sign_out_device
from shibaiqian.sync.models import Device
from shibaiqian.sync.queries import devices_that_owe, own_devices, own_receipts

CLOCK_RIGHT = 2  # minutes


@acts
@require_GET
def own_phones(request: HttpRequest) -> HttpResponse:
    """My phones, each with a way to sign it out, and the receipts of what I sent."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    context = {"devices": [_told(device) for device in own_devices(actor)[:50]], "receipts": own_receipts(actor)}
    return render(request, "sync/own_phones.html", context)


@acts
@require_GET
def phones(request: HttpRequest) -> HttpResponse:
    """Phones that hold records back, the longest first."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    cursor = Cursor.asked(request.GET)
    found = page(devices_that_owe(actor), ["owes_since"], cursor=cursor)
    context = {
        "devices": [_told(device) for device in found.rows],
        "next_url": f"?after={found.next}" if found.next else "",
        "previous_url": f"?before={found.previous}" if found.previous else "",
    }
    return render(request, "sync/phones.html", context)


@acts
@require_POST
def end_phone(request: HttpRequest) -> HttpResponse:
    """Sign a phone out: one's own, or anybody's by an administrator of accounts. What it has not sent stays on it."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    try:
        device = Device.objects.select_related("user").filter(pk=uuid.UUID(request.POST.get("device", ""))).first()
    except ValueError:
        raise Http404 from None
    if device is None or not device.reachable_by(actor):
        raise Http404
    try:
        sign_out_device(device, by=actor)
    except Refused as why:
        messages.warning(request, str(why))
    else:
        messages.success(request, _("“%s”已退出登录。手机上没有上传的记录还在手机上，重新登录后会接着上传。") % device.label)
    own = device.user_id == actor.user_id or not actor.may(Permission.VIEW_ACCOUNTS)
    return redirect("own_phones" if own else "phones")


def _told(device: Device) -> dict[str, object]:
    minutes = round(device.skew_seconds / 60)
    return {
        "row": device, "role": Role(device.assignment.role).label, "place": device.assignment.scope_name,
        "fast": minutes if minutes > CLOCK_RIGHT else 0, "slow": -minutes if minutes < -CLOCK_RIGHT else 0,
    }  # fmt: skip
