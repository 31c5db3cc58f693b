"""Reading the register: lists by key, one household's file, search by beginnings, keys for other rosters."""

import io
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl
from django.db import connection
from django.db.models import Count, Q, QuerySet

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import NotVisible
from shibaiqian.base import crypto
from shibaiqian.households.models import Cause, Household, HouseholdPrivate, HouseholdState, IncomeYear, Member, MemberPrivate, PovertyLine
from shibaiqian.households.rules import disability
from shibaiqian.regions.rules import bounds

# The last code point: what begins with a text lies between the text and the text with this behind it.
LAST = "\U0010ffff"
NULL = "\\N"


def members(actor: Actor, *, region: str = "", name: str = "") -> QuerySet[Member]:
    """Members who live with their households; `name` is how the name begins."""
    rows: QuerySet[Member] = Member.objects.visible_to(actor).filter(left_on__isnull=True).select_related("household")
    if region:
        low, high = bounds(region)
        rows = rows.filter(region_id__gte=low, region_id__lt=high)
    return rows.filter(name__gte=name, name__lt=name + LAST) if name else rows


def groups_of(actor: Actor, *, region: str) -> dict[str, dict[str, int]]:
    """The villagers' groups of each village that households are in, with how many. One query."""
    low, high = bounds(region)
    rows = Household.objects.visible_to(actor).filter(region__gte=low, region__lt=high).exclude(group="")
    found: dict[str, dict[str, int]] = {}
    for village, group, count in rows.order_by("region", "group").values_list("region", "group").annotate(n=Count("pk")):
        found.setdefault(village, {})[group] = count
    return found


def search_households(actor: Actor, text: str, *, limit: int = 20) -> list[Household]:
    """By the beginning of the head's name, its pinyin or initials, or the household's number."""
    text = text.strip()
    if not text:
        return []
    begins = Q()
    for field, wanted in (("head_name", text), ("number", text), ("pinyin", text.lower()), ("initials", text.lower())):
        begins |= Q(**{f"{field}__gte": wanted, f"{field}__lt": wanted + LAST})
    found = Household.objects.visible_to(actor).filter(begins).select_related("region")
    return list(found.order_by("pinyin", "id")[:limit])


@dataclass(frozen=True)
class HouseholdFile:
    """Everything the register holds of one household, without private data."""

    household: Household
    members: list[Member]
    causes: list[Cause]
    states: list[HouseholdState]
    incomes: list[IncomeYear]

    @property
    def present(self) -> list[Member]:
        return [member for member in self.members if member.left_on is None]


def household_file(actor: Actor, key: uuid.UUID) -> HouseholdFile:
    """One household; outside the scope it does not exist. Five queries whatever it holds."""
    household = Household.objects.visible_to(actor).select_related("region").filter(pk=key).first()
    if household is None:
        raise NotVisible("Household")

    def of(model: Any, *order: str) -> list[Any]:
        return list(model.objects.visible_to(actor).filter(household=household).order_by(*order))

    return HouseholdFile(
        household=household,
        members=of(Member, "joined_on", "id"),
        causes=of(Cause, "-is_main", "since", "id"),
        states=of(HouseholdState, "since", "id"),
        incomes=of(IncomeYear, "-year", "id"),
    )


@dataclass(frozen=True)
class PrivateFacts:
    """What only some roles see: the telephone; by member health and what the disability certificate says, without its number."""

    phone: str
    health: dict[uuid.UUID, str]
    disability: dict[uuid.UUID, str]


def private(actor: Actor, household: Household) -> PrivateFacts:
    """Private facts of a household; empty for roles that may not see them."""
    phones = HouseholdPrivate.objects.visible_to(actor).filter(household=household, voided_by__isnull=True)
    phone = next((crypto.unseal(bytes(row.phone_sealed), row=str(row.pk)) for row in phones), "")
    persons = list(MemberPrivate.objects.visible_to(actor).filter(member__household=household, voided_by__isnull=True).defer("id_sealed"))
    certificates = {p.pk: crypto.unseal(bytes(p.disability_sealed), row=str(p.pk)) for p in persons if p.disability_sealed}
    return PrivateFacts(
        phone=phone,
        health={person.pk: person.health for person in persons},
        disability={key: disability(number) for key, number in certificates.items()},
    )


def poverty_lines(*, jurisdiction: str = "") -> QuerySet[PovertyLine]:
    """Reference data, for everyone."""
    rows = PovertyLine.objects.order_by("jurisdiction", "year", "purpose", "basis")
    return rows.filter(jurisdiction=jurisdiction) if jurisdiction else rows


# Columns for other rosters.

KEYS = """
select number, id::text as id, region, head_name, member_count, attribute, state, identified_on
from households_household where region >= %(low)s and region < %(high)s and voided_by is null
"""
KEY_TYPES = {
    "number": pl.String, "id": pl.String, "region": pl.String, "head_name": pl.String, "member_count": pl.Int64, "attribute": pl.String,
    "state": pl.String, "identified_on": pl.Date,
}  # fmt: skip


def household_keys(region: str) -> pl.DataFrame:
    """The households of a place for matching rosters, as far as the open transaction sees: number → id, region, head_name and more."""
    low, high = bounds(region)
    return frame_of(KEYS, {"low": low, "high": high}, KEY_TYPES)


def frame_of(sql: str, parameters: Mapping[str, object], types: Mapping[str, Any]) -> pl.DataFrame:
    """A query's rows as a frame, by COPY: half a million rows in a few seconds. The wall holds as for any SELECT."""
    with connection.cursor() as cursor:
        buffer = io.BytesIO()
        said = connection.ops.compose_sql(sql, parameters)  # type: ignore[attr-defined]
        with cursor.copy(f"copy ({said}) to stdout (format csv, null '{NULL}')") as copy:
            for block in copy:
                buffer.write(block)
    buffer.seek(0)
    if not buffer.getbuffer().nbytes:
        return pl.DataFrame(schema=dict(types))
    frame = pl.read_csv(
        buffer, has_header=False, null_values=[NULL], empty_string_is_null=False,
        schema={name: pl.String if kind == pl.Boolean else kind for name, kind in types.items()},
    )  # fmt: skip
    truths = [(pl.col(name) == "t").alias(name) for name, kind in types.items() if kind == pl.Boolean]
    return frame.with_columns(truths)
