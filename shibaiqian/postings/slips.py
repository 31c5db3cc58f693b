"""The household is told when who is responsible for it changes: slips for a village, and that they were handed over (domain.md 15.2, 9)."""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import NotVisible, Refused, command, note_in_event
from shibaiqian.access.roles import Permission
from shibaiqian.access.rows import Written
from shibaiqian.base import clock, crypto
from shibaiqian.documents.gongwen import OfficialDocument
from shibaiqian.documents.papers.pairing_slip import PairingSlip, Responsible, pairing_slips
from shibaiqian.households.models import Household
from shibaiqian.postings.actions.steps import must_say
from shibaiqian.postings.models import Helper, Pairing, PostedHousehold
from shibaiqian.regions.models import Region
from shibaiqian.regions.rules import bounds

MOST = 500  # households printed or recorded at once: more than any village has


class SlipRefused(Refused):
    """The slips cannot be printed or recorded like this."""


def _new_pairings(actor: Actor) -> "QuerySet[Pairing]":
    """Helpers who followed another one and of whom the household was not told."""
    former = Pairing.objects.visible_to(actor).filter(household=OuterRef("household"), until__lte=OuterRef("since"))
    rows: QuerySet[Pairing] = Pairing.objects.visible_to(actor)
    return rows.filter(Exists(former), until__isnull=True, told_on__isnull=True)


def _new_bindings(actor: Actor) -> "QuerySet[PostedHousehold]":
    """Officials who followed another one, and officials who left the household to its helper, not told yet."""
    former = PostedHousehold.objects.visible_to(actor).filter(
        household=OuterRef("household"), successor_posting=OuterRef("posting"), until__isnull=False
    )
    followed = Q(Exists(former), until__isnull=True, told_on__isnull=True)
    left = Q(until__isnull=False, successor_helper__isnull=False) & (Q(told_on__isnull=True) | Q(told_on__lt=F("until")))
    rows: QuerySet[PostedHousehold] = PostedHousehold.objects.visible_to(actor)
    return rows.filter(followed | left)


def households_to_tell(actor: Actor, *, region: str) -> "QuerySet[Household]":
    """Households of a place that are still to be told who is responsible for them now, in the order of their numbers."""
    low, high = bounds(region)
    rows: QuerySet[Household] = Household.objects.visible_to(actor).filter(region_id__gte=low, region_id__lt=high)
    mine = {"household": OuterRef("pk")}
    changed = Exists(_new_pairings(actor).filter(**mine)) | Exists(_new_bindings(actor).filter(**mine))
    return rows.filter(changed).select_related("region").order_by("region_id", "number", "id")


def slips_of(actor: Actor, households: Sequence[Household]) -> list[PairingSlip]:
    """A slip for each household: who was responsible and who is now. Telephones only for roles that may see them. Three queries."""
    before: dict[uuid.UUID, list[str]] = defaultdict(list)
    now: dict[uuid.UUID, list[Responsible]] = defaultdict(list)
    keys = [household.pk for household in households]
    pairings = list(Pairing.objects.visible_to(actor).filter(household__in=keys).order_by("since", "id"))
    phones = _phones(actor, {pairing.helper_id for pairing in pairings if pairing.until is None})
    latest: dict[uuid.UUID, dt.date] = {}
    for pairing in pairings:
        if pairing.until is not None:
            latest[pairing.household_id] = max(pairing.until, latest.get(pairing.household_id, pairing.until))
    for pairing in pairings:
        if pairing.until is None:
            now[pairing.household_id].append(
                Responsible(
                    name=pairing.helper_name, unit=pairing.helper_unit, post=pairing.helper_post, since=pairing.since,
                    phone=phones.get(pairing.helper_id, ""),
                )
            )  # fmt: skip
        elif pairing.until == latest[pairing.household_id]:  # not who went years ago
            before[pairing.household_id].append(f"{pairing.helper_name}（{pairing.helper_unit}）")
    bound = PostedHousehold.objects.visible_to(actor).filter(household__in=keys).select_related("posting", "posting__unit")
    for row in bound.order_by("since", "id"):
        if row.until is None:
            unit = row.posting.unit.name
            now[row.household_id].append(Responsible(name=row.cadre_name, unit=unit, post=f"，{row.posting.title}", since=row.since))
        elif row.successor_posting_id or row.successor_helper_id:
            before[row.household_id].append(f"{row.cadre_name}（{row.posting.title}）")
    return [
        PairingSlip(head=h.head_name, place=f"{h.region.name}{h.group}", before=tuple(before[h.pk]), now=tuple(now[h.pk]))
        for h in households
    ]


def _phones(actor: Actor, helpers: set[uuid.UUID]) -> dict[uuid.UUID, str]:
    if not actor.may(Permission.VIEW_HOUSEHOLD_PRIVATE):
        return {}
    rows = Helper.objects.visible_to(actor).filter(pk__in=helpers, phone_sealed__isnull=False).values_list("pk", "phone_sealed")
    return {key: crypto.unseal(bytes(sealed), row=str(key)) for key, sealed in rows}


@command(Permission.HEAR_HOUSEHOLDS)
def draw_slips(region: Region, *, households: Sequence[uuid.UUID], by: Actor) -> OfficialDocument:
    """The slips (结对帮扶变更告知单) of households of a place, two to a page; the event says how many were printed."""
    found = _chosen(region, households, by=by)
    note_in_event(count=len(found))
    return pairing_slips(slips_of(by, found), demonstration=clock.is_demonstration())


@command(Permission.HEAR_HOUSEHOLDS)
def hand_out_slips(region: Region, *, households: Sequence[uuid.UUID], on: dt.date, told_by: str, by: Actor) -> Written:
    """Record that the slips were handed over: on which day, and who went there. All or none."""
    if on > clock.today():
        raise SlipRefused(f"送达日期 {on} 晚于今天，请改正。")
    went = must_say(told_by, what="送达人")
    found = _chosen(region, households, by=by)
    keys = [household.pk for household in found]
    pairings, bindings = _new_pairings(by).filter(household__in=keys), _new_bindings(by).filter(household__in=keys)
    _refuse_too_early(pairings, bindings, on=on)
    told: dict[str, Any] = {"told_on": on, "told_by": went}
    changed = Pairing.objects.visible_to(by).filter(pk__in=list(pairings.values_list("pk", flat=True))).update(**told)
    changed += PostedHousehold.objects.visible_to(by).filter(pk__in=list(bindings.values_list("pk", flat=True))).update(**told)
    note_in_event(changed=changed)
    return Written(count=len(found), regions=[region.code])


def _chosen(region: Region, households: Sequence[uuid.UUID], *, by: Actor) -> list[Household]:
    """The households, all still to be told; locked, so that of two who record it one is refused."""
    wanted = set(households)
    if not wanted:
        raise SlipRefused("没有选择农户，请先勾选。")
    inside = Household.objects.visible_to(by).filter(pk__in=wanted, region_id__gte=region.code, region_id__lt=f"{region.code}:")
    if len(inside.order_by("pk").select_for_update(no_key=True).values_list("pk")) != len(wanted):
        raise NotVisible(Household.__name__)
    found = list(households_to_tell(by, region=region.code).filter(pk__in=wanted)[:MOST])
    if len(found) != len(wanted):
        raise SlipRefused("有的户已经登记告知，或没有变更，本次没有办理。请刷新页面。")
    return found


def _refuse_too_early(pairings: "QuerySet[Pairing]", bindings: "QuerySet[PostedHousehold]", *, on: dt.date) -> None:
    late = bindings.filter(Q(until__isnull=True, since__gt=on) | Q(until__gt=on))
    early: list[Any] = [*pairings.filter(since__gt=on).select_related("household")[:1], *late.select_related("household")[:1]]
    for row in early:
        raise SlipRefused(f"户 {row.household.number} 的变更从 {row.until or row.since} 起，送达日期 {on} 不能更早，请改正。")
