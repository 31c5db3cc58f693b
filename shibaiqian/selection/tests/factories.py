"""A batch that runs, posts that are wanted, and rows of the rosters of selection as a reader hands them over."""

import datetime as dt
from typing import Any

from shibaiqian.access.rows import Rows
from shibaiqian.cadres.models import Cadre, PastAppraisal
from shibaiqian.cadres.tests.factories import CITY, LUONAN, id_number, roster
from shibaiqian.postings.tests.factories import CADRES, install
from shibaiqian.regions.models import Region
from shibaiqian.selection.batches import approve_plan, open_batches, start_batch
from shibaiqian.selection.gates import inquire, record_reply, review_gates
from shibaiqian.selection.models import Batch, Nomination, PostNeed
from shibaiqian.selection.needs import confirm_needs, raise_needs, submit_needs
from shibaiqian.selection.nominations import nominate, recommend, screen

BATCH, OPENED, CONFIRMED = "2015年第二批", dt.date(2015, 6, 1), dt.date(2015, 6, 10)
NOMINATED, SCREENED, REVIEWED = dt.date(2015, 6, 12), dt.date(2015, 6, 15), dt.date(2015, 6, 25)
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


def nomination_row(serial: int = 1, **more: Any) -> dict[str, Any]:
    cadre = CADRES.get(serial, {})
    return {
        "number": None, "batch": BATCH, "tier": "村级", "name": cadre.get("name", "王朝辉"),
        "id_number": id_number(serial=serial, sex=str(cadre.get("sex", "1"))), "unit_code": None, "wishes": None,
        "minute_number": "洛农党组纪要〔2015〕6号", "minute_on": dt.date(2015, 6, 8), "nominated_on": NOMINATED, "note": None, **more,
    }  # fmt: skip


def grades(*serials: int) -> None:
    """Excellent and competent in the two years before 2015."""
    for cadre in Cadre.unscoped.filter(name__in=[CADRES[serial]["name"] for serial in serials]):
        for year, level in ((2013, 2), (2014, 1)):
            PastAppraisal.unscoped.create(cadre=cadre, region_id=cadre.region_id, unit=cadre.unit_id, year=year, grade_level=level, event=1)


def drafts(actor: Any, *rows: dict[str, Any], region: str = LUONAN) -> list[Nomination]:
    """Nominations as drafts, in the order of their rows."""
    before = set(Nomination.unscoped.values_list("pk", flat=True))
    nominate(
        Region.objects.get(pk=region), rows=roster(*rows), by=actor("county_org_admin" if len(region) > 4 else "city_org_admin", region)
    )
    found = {row.cadre_name: row for row in Nomination.unscoped.exclude(pk__in=before)}
    return [found[row["name"]] for row in rows]


def recommended(actor: Any, *rows: dict[str, Any], region: str = LUONAN) -> list[Nomination]:
    found = drafts(actor, *rows, region=region)
    by = actor("county_org_admin" if len(region) > 4 else "city_org_admin", region)
    recommend(Region.objects.get(pk=region), nominations=[row.pk for row in found], by=by)
    return fresh(found)


def screened(actor: Any, *rows: dict[str, Any], region: str = LUONAN) -> list[Nomination]:
    found = recommended(actor, *rows, region=region)
    by = actor("county_org_admin" if len(region) > 4 else "city_org_admin", region)
    screen(Region.objects.get(pk=region), nominations=[row.pk for row in found], on=SCREENED, by=by)
    return fresh(found)


def review_row(number: str, gate: str = "political", result: str = "pass", **more: Any) -> dict[str, Any]:
    return {
        "number": number, "gate": gate, "result": result, "opinion": "政治坚定，群众反映好", "reviewer_unit": "洛南县委组织部", "reviewer": "何静",
        "reviewed_on": REVIEWED, "valid_until": None, "reply_number": None, **more,
    }  # fmt: skip


def through_gates(actor: Any, found: list[Nomination], *, region: str = LUONAN, letter: str = "洛组函〔2015〕9号") -> list[Nomination]:
    """All four gates passed, integrity by a letter and its reply."""
    by, where = actor("county_org_admin" if len(region) > 4 else "city_org_admin", region), Region.objects.get(pk=region)
    rows = [review_row(row.number, gate) for row in found for gate in ("political", "conduct", "ability")]
    review_gates(where, rows=roster(*rows), by=by)
    asked = inquire(where, nominations=[row.pk for row in found], number=letter, sent_on=SCREENED, to_body="洛南县纪委", by=by)
    record_reply(asked, reply_number="洛纪函〔2015〕31号", reply_on=REVIEWED, reviewer="赵正", by=by)
    return fresh(found)


def fresh(rows: list[Nomination]) -> list[Nomination]:
    found = Nomination.unscoped.in_bulk([row.pk for row in rows])
    return [found[row.pk] for row in rows]


__all__ = ["BATCH", "CITY", "LUONAN", "TOWN", "Rows", "install", "roster"]
