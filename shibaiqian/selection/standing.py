"""What must stand on a day before a meeting decides or a body appoints: gates, recusal, the need, the level that decides."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused
from shibaiqian.postings.models import Tier
from shibaiqian.regions.models import Region
from shibaiqian.regions.queries import region_names
from shibaiqian.selection.gates import standing
from shibaiqian.selection.models import GateReview, Nomination, PostNeed, RecusalFinding
from shibaiqian.selection.rules import GATES, NEED


class WrongLevel(Refused):
    """Another level decides about this tier."""


class GateMissing(Refused):
    """One of the four gates was not passed."""


class GateExpired(Refused):
    """A gate was passed, but its review no longer holds on the day."""


class RecusalOpen(Refused):
    """A relation or interest stands against the post and is not resolved."""


class NeedNotConfirmed(Refused):
    """The nomination has no confirmed post."""


def deciding_place(level: str, *, host: str, home: str) -> str:
    """The code of the place whose bodies decide (domain.md 2.5): city or county of the host, or the sending unit's own (`home`).

    A unit of the city is the city's, one of a county or town the county's.
    """
    if level == "city":
        return host[:4]
    return host[:6] if level == "county" else home[:6]


def must_decide_here(region: Region, rows: Sequence[Nomination], *, needs: Mapping[uuid.UUID, PostNeed]) -> Mapping[uuid.UUID, Tier]:
    """Refuse the set when another place decides about somebody of it; say which. Gives the tiers of the set. One query."""
    tiers = {tier.pk: tier for tier in Tier.objects.filter(pk__in={row.tier_id for row in rows}).select_related("programme")}
    for row in rows:
        place = deciding_place(tiers[row.tier_id].decider_level, host=str(needs[row.pk].region_id), home=row.home_region)
        if place != region.code:
            name = region_names([place]).get(place, place)
            raise WrongLevel(
                f"{row.cadre_name}（{tiers[row.tier_id].label}）由{name}决定，不由{region.name}决定。请由{name}的组织部门办理。"
            )
    return tiers


def needs_of(rows: Sequence[Nomination], *, by: Actor) -> dict[uuid.UUID, PostNeed]:
    """The confirmed post of each nomination. One query. Raises NeedNotConfirmed."""
    found = {need.pk: need for need in PostNeed.objects.visible_to(by).filter(pk__in=[row.need_id for row in rows if row.need_id])}
    needs = {}
    for row in rows:
        need = found.get(row.need_id) if row.need_id else None
        if need is None:
            raise NeedNotConfirmed(f"{row.cadre_name}还没有对应的岗位，请先拟派到岗位。")
        if need.state != "confirmed":
            raise NeedNotConfirmed(
                f"{row.cadre_name}拟任的岗位（{need}）现在是“{NEED.states[need.state]}”，不是已确认的需求，请先确认岗位。"
            )
        needs[row.pk] = need
    return needs


def must_have_passed(rows: Sequence[Nomination], *, on: dt.date, what: str, by: Actor) -> None:
    """Refuse the set when a gate of somebody is missing or has expired on the day of `what` (决定, 任命)."""
    found = standing(by, [row.pk for row in rows], on=on)
    for row in rows:
        for gate, label in GATES.items():
            review = found[row.pk].get(gate)
            if review is None or review.result != GateReview.Result.PASS:
                raise GateMissing(f"{row.cadre_name}的{label}在 {on} 还没有通过，不能{what}。请先完成四关审查。")
            if not review.holds(on):
                raise GateExpired(
                    f"{row.cadre_name}的{label}审查意见到 {review.valid_until} 为止，{on} 已经过期，不能{what}。"
                    "请先办理“重新审查”，取得新的意见后再办。"
                )


def must_be_free_of_recusal(rows: Sequence[Nomination], *, by: Actor) -> None:
    """Refuse the set when a blocking finding of somebody is not resolved. One query."""
    names = {row.pk: row.cadre_name for row in rows}
    findings = RecusalFinding.objects.visible_to(by).filter(
        nomination__in=list(names), weight=RecusalFinding.Weight.BLOCK, resolved_on=None
    )
    first = findings.order_by("nomination", "id").first()
    if first is not None:
        raise RecusalOpen(
            f"{names[first.nomination_id]}有未解除的任职回避（{first.fact}），不能到该岗位任职。请改派岗位，或处理后登记结果。"
        )
