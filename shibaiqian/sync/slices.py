"""The slice: what a phone may hold. Its own places and nothing else; no ID numbers; whole, or what changed since the last one."""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Max
from django.utils.translation import gettext

from shibaiqian.access.actor import Actor
from shibaiqian.access.own_case import is_own
from shibaiqian.audit.models import Event
from shibaiqian.audit.record import record
from shibaiqian.base import clock, crypto
from shibaiqian.fieldwork.models import PracticalService, ServicePromise, Visit, WorkLog, WorkLogItem
from shibaiqian.fieldwork.queries.logs import days_with_things
from shibaiqian.households.facts import last_facts
from shibaiqian.households.models import Cause, Household, HouseholdFact, HouseholdPrivate, Member, MemberPrivate
from shibaiqian.postings.models import PostedHousehold, Posting
from shibaiqian.postings.queries import own_among, running_postings
from shibaiqian.regions.models import Region
from shibaiqian.sync import sections
from shibaiqian.sync.horizon import Horizon, horizon_now
from shibaiqian.sync.lists import edition, lists
from shibaiqian.sync.models import Device
from shibaiqian.sync.rules import digest
from shibaiqian.sync.written import Written, written_since

Answer = dict[str, Any]
OWN_LOGS = dt.timedelta(days=60)
TOWN = 9  # digits: from a town down everything of the place is held; above, the households bound to the posting
MOST_HOUSEHOLDS = 4_000
MOST_ROWS = 2_000
SAID = ("contact", "needs")  # told as the household said them; a telephone stands in the register, causes move by procedure
Keys = set[uuid.UUID]


def places(actor: Actor) -> list[Answer]:
    """The places a phone works in, as code and name: the scope and what lies in it, down from a town."""
    low, high = actor.scope.bounds
    rows = Region.objects.filter(code__gte=low, code__lt=high) if len(low) >= TOWN else Region.objects.filter(code=low)
    return [{"code": code, "name": name} for code, name in rows.order_by("code").values_list("code", "name")]


def slice_for(device: Device, actor: Actor, *, since: str = "") -> Answer:
    """The slice for the device's role; the difference to `since` where that can be told, else whole. Run inside the actor's transaction."""
    here = places(actor)
    now = horizon_now(role=_role(device, actor), places=tuple(place["code"] for place in here))
    then = Horizon.of(since)
    delta = then if then is not None and then.reaches(now) else None
    posting = posting_of(actor)
    written = written_since(delta, actor) if delta else None
    changed = _changed(written, actor) if written else None
    found = _households(actor, posting) if changed is None or changed else set()
    households = _told(actor, found if changed is None else changed & found)
    answer: Answer = {
        "cursor": Horizon(now.xid, now.at, now.role, now.places, edition()).cursor,
        "whole": delta is None,
        "places": here,
        "posting": _posting(posting, actor),
        "households": households,
        "services": _services(actor, delta, written) + _promises(actor, delta, written),
        "logs": _logs(actor, posting, written),
        "sections": sections.told(actor, posting, delta, written),
        "gone": (_gone(actor, changed - found) if changed else []) + _gone_services(actor, delta, written),
        "revoked": revoked(then, now.places),
    }
    if delta is None or delta.lists != edition():
        answer["lists"] = lists()
    if households:
        _note_reading(actor, len(households), is_whole=delta is None)
    return answer


def _role(device: Device, actor: Actor) -> str:
    """The role a slice is for. With villagers' groups, also which households they have now: when those change, all is told anew."""
    if actor.scope.groups is None:
        return str(device.assignment_id)
    return f"{device.assignment_id}:{digest(''.join(map(str, actor.scope.households)))}"


def nothing_left(since: str) -> Answer:
    """The slice of a phone whose role has ended: it forgets everything but what it has not sent."""
    then = Horizon.of(since)
    return {
        "cursor": "", "whole": True, "places": [], "posting": None, "households": [], "services": [], "logs": [], "sections": {}, "gone": [],
        "revoked": revoked(then, ()), "lists": lists(),
    }  # fmt: skip


def revoked(then: Horizon | None, places_now: Iterable[str]) -> list[str]:
    """Places of the last slice that are not one's own any more."""
    return sorted(set(then.places) - set(places_now)) if then else []


def posting_of(actor: Actor) -> Posting | None:
    """The running posting that records are written for: one's own, else that of the village's First Secretary."""
    found = list(
        running_postings(actor, region=actor.scope.region).filter(region_id=actor.scope.region).order_by("appointed_on", "id")[:50]
    )
    return own_among(actor, found) or next(iter(found), None)


def _posting(posting: Posting | None, actor: Actor) -> Answer | None:
    if posting is None:
        return None
    return {
        "id": str(posting.pk), "official": posting.cadre_name, "own": is_own(actor, cadre=posting.cadre_id, name=posting.cadre_name), "title": gettext(posting.title) if posting.title else "",
        "host": posting.host_name, "place": posting.region_id, "arrived_on": _day(posting.arrived_on), "planned_end": _day(posting.planned_end),
        "ended_on": _day(posting.ended_on), "state": posting.state,
    }  # fmt: skip


def _households(actor: Actor, posting: Posting | None) -> Keys:
    """Which households the phone holds."""
    low, high = actor.scope.bounds
    rows = Household.objects.visible_to(actor).filter(region__gte=low, region__lt=high)
    if len(low) < TOWN:
        bound = PostedHousehold.objects.visible_to(actor).filter(posting=posting, until__isnull=True)
        rows = rows.filter(pk__in=bound.values("household")) if posting else rows.none()
        rows._told = True
    return set(rows.order_by("region", "number", "pk").values_list("pk", flat=True)[:MOST_HOUSEHOLDS])


def _changed(written: Written, actor: Actor) -> Keys:
    """Households of which anything that the slice tells was written since; with those that are no longer there."""
    keys = set(written.of(Household, Member, HouseholdPrivate, Cause, Visit, PracticalService, ServicePromise, HouseholdFact))
    members = written.of(MemberPrivate)
    if members:
        rows = Member.objects.for_everyone(because="voided rows as well: what is gone is told").filter(Member.wall.within(actor))
        keys |= set(rows.filter(pk__in=members).values_list("household", flat=True))
    return keys


def _gone(actor: Actor, keys: Keys) -> list[str]:
    """Households that are not held any more. Above a town a phone holds those bound to the posting: others it never had."""
    return sorted(map(str, keys)) if len(actor.scope.region) >= TOWN else []


def _told(actor: Actor, keys: Keys) -> list[Answer]:
    """Households as the phone keeps them. Seven queries whatever their number."""
    if not keys:
        return []
    members, causes = _members(actor, keys), defaultdict(list)
    for key, cause in (
        _of(Cause, actor, keys).filter(until__isnull=True).order_by("-is_main", "since", "pk").values_list("household", "cause")
    ):
        causes[key].append(cause)
    phones = {row.pk: crypto.unseal(bytes(row.phone_sealed), row=str(row.pk))
              for row in HouseholdPrivate.objects.visible_to(actor).filter(household__in=keys, voided_by__isnull=True)}  # fmt: skip
    visited = dict(_of(Visit, actor, keys).order_by().values("household").annotate(at=Max("on")).values_list("household", "at"))
    waiting = _of(PracticalService, actor, keys).filter(confirmation="").order_by().values("household").annotate(n=Count("pk"))
    waits = dict(waiting.values_list("household", "n"))
    facts = last_facts(actor, keys)
    rows = Household.objects.visible_to(actor).filter(pk__in=keys).order_by("region", "number", "pk")
    return [
        _without_nothing(
            {
                "id": str(h.pk), "version": max([h.event, *(fact.version for fact in facts.get(h.pk, {}).values())]), "number": h.number, "place": h.region_id, "group": h.group, "head": h.head_name,
                "size": h.member_count, "state": h.state, "attribute": h.attribute, "causes": causes[h.pk], "phone": phones.get(h.pk),
                "members": members[h.pk], "last_visit": _day(visited.get(h.pk)), "services_open": waits.get(h.pk, 0),
                **{name: fact.value for name, fact in facts.get(h.pk, {}).items() if name in SAID},
            }
        )
        for h in rows
    ]  # fmt: skip


def _members(actor: Actor, keys: Keys) -> dict[uuid.UUID, list[Answer]]:
    rows = _of(Member, actor, keys).filter(left_on__isnull=True).order_by("joined_on", "pk")
    private = MemberPrivate.objects.visible_to(actor).filter(member__household__in=keys, voided_by__isnull=True)
    health = dict(private.values_list("pk", "health"))
    found: dict[uuid.UUID, list[Answer]] = defaultdict(list)
    for key, home, name, relation, sex, born, labour in rows.values_list(
        "pk", "household", "name", "relation", "sex", "birth_date", "labour"
    ):
        said = {
            "id": str(key),
            "name": name,
            "relation": relation,
            "sex": sex,
            "born": _day(born),
            "labour": labour,
            "health": health.get(key),
        }
        found[home].append(_without_nothing(said))
    return found


def _services(actor: Actor, delta: Horizon | None, written: Written | None) -> list[Answer]:
    """Practical services that wait for something, of any villager; with a delta those that changed, done ones too."""
    if written and not written.any(PracticalService):
        return []
    rows = PracticalService.objects.visible_to(actor).filter(region__gte=actor.scope.bounds[0], region__lt=actor.scope.bounds[1])
    rows = rows.filter(delta.wrote(PracticalService)) if delta else rows.filter(confirmation="")
    return [
        _without_nothing(
            {
                "id": str(s.pk), "household": str(s.household_id) if s.household_id else None, "beneficiary": s.beneficiary, "kind": s.kind,
                "content": s.content, "place": s.region_id, "on": _day(s.on), "confirmation": s.confirmation or None,
            }
        )
        for s in rows.order_by("-on", "-pk")[:MOST_ROWS]
    ]  # fmt: skip


def _promises(actor: Actor, delta: Horizon | None, written: Written | None) -> list[Answer]:
    """What was promised and is not done yet. One that is done comes as the service with its key."""
    if written and not written.any(ServicePromise):
        return []
    low, high = actor.scope.bounds
    rows = ServicePromise.objects.visible_to(actor).filter(region__gte=low, region__lt=high, kept_on__isnull=True)
    rows = rows.filter(delta.wrote(ServicePromise)) if delta else rows
    return [
        _without_nothing(
            {
                "id": str(s.pk), "state": "promised", "household": str(s.household_id) if s.household_id else None, "beneficiary": s.beneficiary,
                "kind": s.kind, "content": s.content, "place": s.region_id, "on": _day(s.promised_on), "due": _day(s.due_on),
            }
        )
        for s in rows.order_by("-promised_on", "-pk")[:MOST_ROWS]
    ]  # fmt: skip


def _gone_services(actor: Actor, delta: Horizon | None, written: Written | None) -> list[str]:
    if delta is None or not (written and written.any(PracticalService)):
        return []
    rows = PracticalService.objects.for_everyone(because="voided ones are told to be gone").filter(PracticalService.wall.within(actor))
    return [str(key) for key in rows.filter(delta.wrote(PracticalService), voided_by__isnull=False).values_list("pk", flat=True)]


def _logs(actor: Actor, posting: Posting | None, written: Written | None) -> list[Answer]:
    """Days of the posting in the last 60 days with their things; a day that got another thing is sent again whole."""
    if posting is None or (written and not written.any(WorkLog, WorkLogItem)):
        return []
    days = days_with_things(actor).filter(posting=posting, on__gte=clock.today() - OWN_LOGS)
    items = WorkLogItem.objects.visible_to(actor)
    if written:
        days = days.filter(pk__in=written.of(WorkLog, WorkLogItem))
    kept = list(days.order_by("-on", "-pk"))
    things: dict[uuid.UUID, list[Answer]] = defaultdict(list)
    told = ("pk", "log", "category", "content", "household", "typed_by")
    for key, log, category, content, home, by in items.filter(log__in=[d.pk for d in kept]).order_by("event", "pk").values_list(*told):
        said = {"id": str(key), "category": category, "content": content, "household": str(home) if home else None, "by": by}
        things[log].append(_without_nothing(said))
    return [{"id": str(d.pk), "on": _day(d.on), "recorded_at": d.recorded_at.isoformat(), "items": things[d.pk]} for d in kept]


def _of(model: Any, actor: Actor, keys: Keys) -> Any:
    return model.objects.visible_to(actor).filter(household__in=keys)


def _note_reading(actor: Actor, households: int, *, is_whole: bool) -> None:
    """Telephones and health leave the server with a slice: the audit keeps who took how many."""
    record(
        actor=actor, action="sync.take_slice", outcome=Event.Outcome.READ, region=actor.scope.region,
        details={"households": households, "whole": is_whole},
    )  # fmt: skip


def _day(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def _without_nothing(said: Answer) -> Answer:
    return {key: value for key, value in said.items() if value is not None and value != ""}
