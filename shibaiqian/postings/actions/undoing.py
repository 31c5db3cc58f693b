"""Taking back a roster of successions: what it began is voided, what it ended runs again, unless something later stands on it.

Part of undoing an import; a refusal leaves everything as it was.
"""

from typing import Any

import polars as pl
from django.db.models import Exists, OuterRef, QuerySet

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused
from shibaiqian.postings.models import Pairing, PostedHousehold, Posting
from shibaiqian.postings.pairings import tell_accounts
from shibaiqian.regions.models import Region


class StandsOnIt(Refused):
    """Something later stands on what the roster wrote."""


def take_back_pairings(region: Region, *, event: int, by: Actor) -> None:
    """After the pairings of a roster were voided: those it ended run again, and the accounts of their helpers know it."""
    refuse_later(Pairing, event)
    ended = _ended(Pairing, event)
    _refuse_twice(Pairing, ended, "helper")
    rows = ended.values_list("household_id", "helper__unit_id", "helper_name", "helper__phone_last4", "since")
    back = [(str(household), str(unit), name, last4, since, None) for household, unit, name, last4, since in rows]
    ended.update(until=None, ended_by=None)
    if back:
        columns = ("household_id", "unit_id", "helper_name", "phone_last4", "since", "until")
        tell_accounts(pl.DataFrame(back, schema=columns, schema_overrides={"until": pl.Date}, orient="row"), region=region, by=by)


def take_back_bindings(region: Region, *, event: int, by: Actor) -> None:
    """After the bindings of a roster were voided: those it ended bind their officials again. Refused once one of them has left."""
    ended = _ended(PostedHousehold, event)
    # Who ends a posting waits here, and then finds its households.
    postings = Posting.objects.for_everyone(because="the postings of households in hand; the wall decides").filter(
        pk__in=ended.values("posting")
    )
    gone = next((p for p in postings.order_by("pk").select_for_update(no_key=True) if p.ended_on is not None), None)
    if gone is not None:
        raise StandsOnIt(f"不能撤销：{gone.cadre_name}的挂职已于 {gone.ended_on} 结束，这些户不能再由他包联。请办理新的包户交接。")
    refuse_later(PostedHousehold, event)
    _refuse_twice(PostedHousehold, ended, "posting")
    ended.update(until=None, ended_by=None, successor_posting=None, successor_helper=None)


def refuse_later(model: type[Pairing] | type[PostedHousehold], event: int) -> None:
    """Refuse where somebody was ended again, or the household was told of him, after the event that wrote the row."""
    rows = model.objects.for_everyone(because="what an import wrote; the wall decides").filter(event=event)
    rows = rows.select_related("household").order_by("household__number")
    ended = rows.filter(ended_by__isnull=False).exclude(ended_by=event).first()
    if ended is not None:
        raise StandsOnIt(f"不能撤销：户 {ended.household.number} 的{_who(ended)}已于 {ended.until} 又交接给别人。请先撤销后来的交接。")
    told = rows.filter(told_on__isnull=False).first()
    if told is not None:
        raise StandsOnIt(f"不能撤销：户 {told.household.number} 已于 {told.told_on} 得知由{_who(told)}负责。请办理新的交接。")


def _ended(model: type[Pairing] | type[PostedHousehold], event: int) -> "QuerySet[Any]":
    rows = model.objects.for_everyone(because="what an import ended; the wall decides")
    return rows.filter(ended_by=event, voided_by__isnull=True)


def _refuse_twice(model: type[Pairing] | type[PostedHousehold], ended: "QuerySet[Any]", whose: str) -> None:
    """Refuse where the household was given to the same person again meanwhile."""
    running = model.objects.for_everyone(because="who is responsible now; the wall decides").filter(
        household=OuterRef("household"), **{whose: OuterRef(whose)}, until__isnull=True, voided_by__isnull=True
    )
    twice = ended.filter(Exists(running)).select_related("household").first()
    if twice is not None:
        raise StandsOnIt(f"不能撤销：户 {twice.household.number} 后来又登记由{_who(twice)}负责。请先撤销后来的登记。")


def _who(row: Any) -> str:
    return str(row.helper_name if isinstance(row, Pairing) else row.cadre_name)
