"""Nominations that are matched and have passed the gates, made as the earlier steps leave them; and lists moved on from there."""

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from shibaiqian.audit.record import next_event_id
from shibaiqian.cadres.models import Cadre
from shibaiqian.cadres.tests.factories import CITY, LUONAN, id_number
from shibaiqian.documents.models import IssuedDocument, PublicNotice
from shibaiqian.documents.tests.factories import install_issuers
from shibaiqian.policy.models import PolicyParameter
from shibaiqian.postings.tests.factories import CADRES, install
from shibaiqian.regions.models import Region
from shibaiqian.selection.appointments import appoint
from shibaiqian.selection.decisions import draw_sheet, record_decision
from shibaiqian.selection.models import Decision, GateReview, Nomination, PostNeed, RecusalFinding
from shibaiqian.selection.notices import publish_notice
from shibaiqian.selection.tests.factories import batch_row, confirmed_needs, running_batch

# A list's life: drawn, decided, published from Monday to the next Monday (the dragon boat holiday lies within), appointed.
DRAWN, MET, PUBLISHED, OVER, APPOINTED = (dt.date(2015, 7, day) for day in (6, 8, 9, 15, 20))
REVIEWED, VALID = dt.date(2015, 6, 20), dt.date(2015, 12, 20)
CONTACT = "县委组织部干部监督股，电话0914-7322345"
MEETING: dict[str, Any] = {"meeting": "县委组织部部务会议", "meeting_on": MET, "minute_number": "部务会纪要〔2015〕9号"}


def world(actor: Any) -> None:
    """Programme, units, cadres, issuers and a running batch with room."""
    install(actor)
    install_issuers(actor)
    running_batch(
        actor, batch_row(count=400), batch_row("611022", count=9), batch_row(LUONAN, "镇级", count=9), batch_row(CITY, "县级", count=9)
    )


def cadre_of(serial: int) -> Cadre:
    said = CADRES[serial]
    from shibaiqian.base import crypto
    from shibaiqian.cadres.models import CadreIdentity

    number = id_number(serial=serial, sex=str(said.get("sex", "1")))
    return CadreIdentity.unscoped.select_related("cadre").get(id_blind=crypto.blind(number)).cadre


def nomination(cadre: Cadre, need: PostNeed, **more: Any) -> Nomination:
    """The nomination of a cadre for a post, matched, with four passes that hold half a year."""
    until, missing = more.pop("valid_until", VALID), more.pop("without", ())
    facts = {
        "name": cadre.name, "sex": cadre.sex, "birth_month": f"{cadre.birth_date:%Y%m}", "ethnicity": cadre.ethnicity,
        "native_place": cadre.native_place, "political_status": cadre.political_status, "party_join_month": cadre.party_join_month,
        "work_start_month": cadre.work_start_month, "edu_full_time": cadre.edu_full_time, "edu_in_service": cadre.edu_in_service,
        "post": cadre.post, "specialty": cadre.specialty,
    }  # fmt: skip
    said: dict[str, Any] = {
        "number": f"T-{need.number}", "batch": need.batch, "tier": need.tier, "tier_code": need.tier_code, "cadre": cadre, "cadre_name": cadre.name,
        "facts": facts, "unit": cadre.unit, "unit_name": cadre.unit.name, "home_region": str(cadre.region_id), "region_id": str(need.region_id)[:6],
        "nominated_on": dt.date(2015, 6, 12), "minute_number": "〔2015〕3号", "minute_on": dt.date(2015, 6, 11), "need": need, "state": "matched",
        "event": next_event_id(),
    }  # fmt: skip
    row = Nomination.unscoped.create(**(said | more))
    Cadre.unscoped.filter(pk=cadre.pk).update(candidate_region=str(need.region_id)[:6])
    for gate in GateReview.Gate:
        if gate.value not in missing:
            GateReview.unscoped.create(
                nomination=row, region_id=row.region_id, home_region=row.home_region, gate=gate, result="pass", reviewer="赵审查",
                reviewer_unit="县委组织部", reviewed_on=REVIEWED, valid_until=until, event=next_event_id(),
            )  # fmt: skip
    return row


def block(row: Nomination) -> RecusalFinding:
    return RecusalFinding.unscoped.create(
        nomination=row, region_id=row.region_id, home_region=row.home_region, host=str(row.need.region_id), kind="relative_in_office",  # type: ignore[union-attr]
        weight="block", fact="其弟任该村村委会主任", event=next_event_id(),
    )  # fmt: skip


def matched(actor: Any, *hosts: str, serials: Sequence[int] = (1, 2, 7), region: str = LUONAN, **more: Any) -> list[Nomination]:
    needs = confirmed_needs(actor, *hosts, region=region)
    return [nomination(cadre_of(serial), need, **more) for serial, need in zip(serials, needs, strict=False)]


def copies(row: Nomination, hosts: list[str]) -> list[Nomination]:
    """More nominations like this one, each of another official for a post at one of these places, with the same reviews."""
    need, cadre = row.need, row.cadre
    assert need is not None
    found = []
    for n, host in enumerate(hosts):
        post = _copy(PostNeed, need, number=f"多-{n:04}", region_id=host, host_name=f"第{n}村", decider_region="")
        who = _copy(Cadre, cadre, name=f"干部{n:04}", candidate_region=host[:6])
        found.append(
            _copy(Nomination, row, number=f"多-{n:04}", cadre=who, cadre_name=who.name, need=post, region_id=host[:6], decision=None)
        )
    gates = list(GateReview.unscoped.filter(nomination=row))
    reviews = [(gate, copy) for copy in found for gate in gates]
    PostNeed.unscoped.bulk_create([row.need for row in found])  # type: ignore[misc]
    Cadre.unscoped.bulk_create([row.cadre for row in found])
    Nomination.unscoped.bulk_create(found)
    GateReview.unscoped.bulk_create([_copy(GateReview, gate, nomination=copy, region_id=copy.region_id) for gate, copy in reviews])
    return found


def _copy(model: Any, row: Any, **more: Any) -> Any:
    said = {f.attname: getattr(row, f.attname) for f in model._meta.concrete_fields if not {f.name, f.attname} & set(more)}
    return model(**said | more | {"id": uuid.uuid4()})


def keys(rows: Sequence[Nomination]) -> list[uuid.UUID]:
    return [row.pk for row in rows]


def place(code: str = LUONAN) -> Region:
    return Region.objects.get(pk=code)


def drawn(rows: Sequence[Nomination], *, by: Any, region: str = LUONAN) -> Decision:
    return draw_sheet(place(region), nominations=keys(rows), on=DRAWN, by=by)


def decided(rows: Sequence[Nomination], *, by: Any, region: str = LUONAN) -> Decision:
    return record_decision(drawn(rows, by=by, region=region), **MEETING, by=by)


def published(rows: Sequence[Nomination], *, by: Any, region: str = LUONAN) -> PublicNotice:
    decided(rows, by=by, region=region)
    return publish_notice(place(region), nominations=keys(rows), starts_on=PUBLISHED, contact=CONTACT, by=by)


def appointed(rows: Sequence[Nomination], *, by: Any, region: str = LUONAN, **more: Any) -> IssuedDocument:
    published(rows, by=by, region=region)
    return appoint(place(region), nominations=keys(rows), by=by, **({"on": APPOINTED} | more))


def states(rows: Sequence[Nomination]) -> list[str]:
    found = dict(Nomination.unscoped.filter(pk__in=keys(rows)).values_list("pk", "state"))
    return [found[row.pk] for row in rows]


__all__ = ["PolicyParameter", "world"]
