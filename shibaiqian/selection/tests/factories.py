"""A batch that runs, posts that are wanted, and rows of the rosters of selection as a reader hands them over."""

import datetime as dt
from typing import Any

from shibaiqian.access.rows import Rows
from shibaiqian.cadres.tests.factories import CITY, LUONAN, roster
from shibaiqian.postings.tests.factories import install
from shibaiqian.regions.models import Region
from shibaiqian.selection.batches import approve_plan, open_batches, start_batch
from shibaiqian.selection.models import Batch, PostNeed
from shibaiqian.selection.needs import confirm_needs, raise_needs, submit_needs

BATCH, OPENED, CONFIRMED = "2015年第二批", dt.date(2015, 6, 1), dt.date(2015, 6, 10)
TOWN = "611021101"


def villages(count: int = 4, *, under: str = TOWN) -> list[str]:
    rows = Region.objects.filter(code__gte=under, code__lt=f"{under}:", level="village").order_by("code")
    return list(rows.values_list("code", flat=True)[:count])


def batch_row(place: str = LUONAN, tier: str = "村级", **more: Any) -> dict[str, Any]:
    return {
        "batch": BATCH, "year": 2015, "opened_on": OPENED, "plan_number": "商组发〔2015〕18号", "plan_on": dt.date(2015, 5, 28),
        "place": place, "tier": tier, "count": 3, **more,
    }  # fmt: skip


def need_row(host: str, **more: Any) -> dict[str, Any]:
    tier = {6: ("县级", "副县（区）长"), 9: ("镇级", "党委副书记"), 12: ("村级", "第一书记")}[len(host)]
    return {
        "number": None, "batch": BATCH, "tier": tier[0], "host_code": host, "title": tier[1], "duties": "协助抓基层党建和脱贫攻坚",
        "need_tags": None, "predecessor": None, "reason": None, **more,
    }  # fmt: skip


def opened_batch(actor: Any, *rows: dict[str, Any], name: str = BATCH) -> Batch:
    """A draft with quotas of Luonan and the city."""
    by = actor("city_org_admin", CITY)
    rows = rows or (batch_row(), batch_row(TOWN[:6], "镇级", count=2), batch_row(CITY, "县级", count=1))
    open_batches(Region.objects.get(pk=CITY), rows=roster(*[row | {"batch": name} for row in rows]), by=by)
    return Batch.objects.get(name=name)


def running_batch(actor: Any, *rows: dict[str, Any], name: str = BATCH) -> Batch:
    batch = opened_batch(actor, *rows, name=name)
    by = actor("city_org_admin", CITY)
    approve_plan(batch, by=by)
    return start_batch(batch, on=OPENED, by=by)


def raised(actor: Any, *rows: dict[str, Any], region: str = LUONAN) -> list[PostNeed]:
    """Drafts, in the order of their numbers."""
    before = set(PostNeed.unscoped.values_list("pk", flat=True))
    raise_needs(Region.objects.get(pk=region), rows=roster(*rows), by=actor("county_org_admin", region))
    return list(PostNeed.unscoped.exclude(pk__in=before).order_by("number"))


def confirmed_needs(actor: Any, *hosts: str, region: str = LUONAN) -> list[PostNeed]:
    """Confirmed posts at these places, in the order of their numbers."""
    needs = raised(actor, *[need_row(host) for host in hosts], region=region)
    by, where = actor("county_org_admin", region), Region.objects.get(pk=region)
    submit_needs(where, needs=[need.pk for need in needs], by=by)
    confirm_needs(where, needs=[need.pk for need in needs], on=CONFIRMED, by=by)
    return list(PostNeed.unscoped.filter(pk__in=[need.pk for need in needs]).order_by("number"))


__all__ = ["BATCH", "CITY", "LUONAN", "TOWN", "Rows", "install", "roster"]
