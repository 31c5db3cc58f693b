"""What a household says at a visit: the register is confirmed or corrected, field by field, and nobody's change is lost.

A telephone and a contact are the household's own to give and stand at once. Causes and needs are statements: the register's
causes were publicly reviewed and move by that procedure only.
"""

import datetime as dt
import json
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused, command, current_event, note_in_event
from shibaiqian.access.roles import Permission
from shibaiqian.base import clock, crypto
from shibaiqian.households.models import Cause, CauseCode, Household, HouseholdFact, HouseholdPrivate

Field = HouseholdFact.Field
LONGEST_PHONE, LONGEST_TEXT, MOST_CAUSES = 20, 200, 3
PHONE_CHARACTERS = frozenset("0123456789+- ")


class FactWrong(Refused):
    """What was said cannot be a fact of this field."""


@dataclass(frozen=True)
class Theirs:
    """A field that somebody else changed since: their value, who was told and when, and its version now."""

    field: str
    value: Any
    who: str
    at: str
    version: int


@dataclass(frozen=True)
class Heard:
    """What became of each field that was said."""

    household: uuid.UUID
    version: int
    confirmed: tuple[str, ...]
    changed: tuple[str, ...]
    theirs: tuple[Theirs, ...]


@command(Permission.HEAR_HOUSEHOLDS, redact=("facts",))
def hear_household(household: Household, *, facts: Mapping[str, Any], on: dt.date, base: int, by: Actor) -> Heard:
    """Keep what a household said: `facts` by field, `base` the version of the household that was shown to it.

    A field that was changed since by somebody else is left alone and returned with their value; the others stand.
    """
    if on > clock.today():
        raise FactWrong(_("日期 %s 晚于今天，请核对。") % on)
    said = {name: _fit(name, value) for name, value in facts.items()}
    if not said:
        raise FactWrong(_("没有写明农户确认或更正了什么。"))
    last = last_facts(by, [household.pk]).get(household.pk, {})
    stands = _stands(household, last, by=by)
    rows, theirs = [], []
    for name, value in said.items():
        same = stands.get(name) == value
        kept = last.get(name)
        if not same and kept is not None and kept.changed_in > base:
            theirs.append(Theirs(name, kept.value, kept.told_to, kept.said_on.isoformat(), kept.version))
            continue
        rows.append(_row(household, name, value, was=stands.get(name), is_change=not same, on=on, by=by))
    HouseholdFact.unscoped.bulk_create(rows)
    for row in rows:
        if row.field == Field.PHONE and row.is_change:
            _keep_phone(household, said[Field.PHONE], by=by)
    changed = tuple(row.field for row in rows if row.is_change)
    note_in_event(fields=sorted(said), changed=list(changed), conflicts=[one.field for one in theirs])
    confirmed = tuple(row.field for row in rows if not row.is_change)
    return Heard(household.pk, current_event() if rows else base, confirmed, changed, tuple(theirs))


@dataclass(frozen=True)
class Fact:
    """What a household last said of a field. `changed_in` is the version in which it got this value."""

    value: Any
    told_to: str
    said_on: dt.date
    version: int
    changed_in: int


def last_facts(actor: Actor, households: Collection[uuid.UUID]) -> dict[uuid.UUID, dict[str, Fact]]:
    """The last saying of each field by household; empty for roles that may not see private facts. One query."""
    rows = HouseholdFact.objects.visible_to(actor).filter(household__in=households).order_by("event")
    found: dict[uuid.UUID, dict[str, Fact]] = {}
    for row in rows:
        fields = found.setdefault(row.household_id, {})
        before = fields.get(row.field)
        value = json.loads(crypto.unseal(bytes(row.value_sealed), row=str(row.pk)))
        changed_in = row.event if row.is_change or before is None else before.changed_in
        fields[row.field] = Fact(value, row.told_to, row.said_on, row.event, changed_in)
    return found


def _stands(household: Household, last: Mapping[str, Fact], *, by: Actor) -> dict[str, Any]:
    """What the register shows of each field now."""
    found = {name: fact.value for name, fact in last.items()}
    phone = HouseholdPrivate.objects.visible_to(by).filter(household=household, voided_by__isnull=True).first()
    if phone is not None:
        found[Field.PHONE] = crypto.unseal(bytes(phone.phone_sealed), row=str(phone.pk))
    causes = Cause.objects.visible_to(by).filter(household=household, until__isnull=True).order_by("-is_main", "since", "pk")
    found.setdefault(Field.CAUSES, list(causes.values_list("cause", flat=True)))
    return found


def _row(household: Household, name: str, value: Any, *, was: Any, is_change: bool, on: dt.date, by: Actor) -> HouseholdFact:
    row = HouseholdFact(
        household=household, region_id=household.region_id, field=name, is_change=is_change, said_on=on, told_to=by.name,
        told_to_user=by.user_id, event=current_event(),
    )  # fmt: skip
    row.value_sealed = crypto.seal(json.dumps(value, ensure_ascii=False), row=str(row.pk))
    row.was_sealed = None if was is None or not is_change else crypto.seal(json.dumps(was, ensure_ascii=False), row=str(row.pk))
    return row


def _keep_phone(household: Household, phone: str, *, by: Actor) -> None:
    sealed, event = crypto.seal(phone, row=str(household.pk)), current_event()
    kept = HouseholdPrivate.objects.visible_to(by).filter(household=household).update(phone_sealed=sealed, event=event, voided_by=None)
    if not kept:
        HouseholdPrivate.unscoped.create(household=household, region_id=household.region_id, phone_sealed=sealed, event=event)


def _fit(name: str, value: Any) -> Any:
    match name:
        case Field.PHONE:
            if isinstance(value, str) and 5 <= len(value.strip()) <= LONGEST_PHONE and set(value) <= PHONE_CHARACTERS:
                return value.strip()
            raise FactWrong(_("联系电话只能有数字，5 到 20 位，请核对。"))
        case Field.CONTACT | Field.NEEDS:
            if isinstance(value, str) and value.strip() and len(value) <= LONGEST_TEXT and "\0" not in value:
                return value.strip()
            raise FactWrong(_("“%(field)s”应为文字，最多 %(most)s 字。") % {"field": _(str(Field(name).label)), "most": LONGEST_TEXT})
        case Field.CAUSES:
            if isinstance(value, list) and 0 < len(value) <= MOST_CAUSES and all(one in CauseCode.values for one in value):
                return list(dict.fromkeys(value))
            raise FactWrong(_("致贫原因应从名录中选择，主要原因在前，最多 %s 个。") % MOST_CAUSES)
    raise FactWrong(_("手机端不能更正“%s”，请更新手机端，或在电脑上办理。") % name)
