"""Which value of a number holds at a place on a day. Reference data: read by everyone."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal

from django.db.models import Q, QuerySet
from django.db.models.functions import Length

from shibaiqian.policy.models import PolicyParameter
from shibaiqian.policy.rules import KEY_OF, governing, jurisdictions_of


class UnknownParameter(LookupError):
    """No value of this number is valid at this place on this day."""


def _valid(region: str, on: dt.date) -> QuerySet[PolicyParameter]:
    return PolicyParameter.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=on), valid_from__lte=on, jurisdiction__in=jurisdictions_of(region)
    )


def parameter(key: str, *, region: str, on: dt.date) -> Decimal:
    """The value of `key` at a region code on a day: the narrowest row, never looser than a floor above. One query."""
    found = governing(list(_valid(region, on).filter(key=key)), stricter=KEY_OF[key].stricter)
    if found is None:
        raise UnknownParameter(f"政策参数“{KEY_OF[key].label}”在 {region or '全国'} 没有 {on} 有效的值，请先在政策参数中设定。")
    return found.value


def parameters(*, region: str, on: dt.date) -> Mapping[str, PolicyParameter]:
    """The governing row of every known key that has one, with its source. One query."""
    rows: dict[str, list[PolicyParameter]] = defaultdict(list)
    for row in _valid(region, on):
        rows[row.key].append(row)
    found = {key: governing(rows[key], stricter=known.stricter) for key, known in KEY_OF.items()}
    return {key: row for key, row in found.items() if row is not None}


def parameters_over(keys: Sequence[str], *, region: str, days: Collection[dt.date]) -> Mapping[tuple[str, dt.date], Decimal]:
    """The values of some keys at a place on many days, for rosters. One query; UnknownParameter where one has none."""
    rows = list(PolicyParameter.objects.filter(key__in=keys, jurisdiction__in=jurisdictions_of(region)))
    found: dict[tuple[str, dt.date], Decimal] = {}
    for key in keys:
        for day in days:
            valid = [r for r in rows if r.key == key and r.valid_from <= day and (r.valid_to is None or day <= r.valid_to)]
            row = governing(valid, stricter=KEY_OF[key].stricter)
            if row is None:
                raise UnknownParameter(_unknown(key, region, day))
            found[key, day] = row.value
    return found


def _unknown(key: str, region: str, on: dt.date) -> str:
    return f"政策参数“{KEY_OF[key].label}”在 {region or '全国'} 没有 {on} 有效的值，请先在政策参数中设定。"


def history_of(key: str, *, region: str) -> QuerySet[PolicyParameter]:
    """Every row of a key at a place and above it, narrowest and latest first."""
    rows = PolicyParameter.objects.filter(key=key, jurisdiction__in=jurisdictions_of(region))
    return rows.annotate(_breadth=Length("jurisdiction")).order_by("-_breadth", "-valid_from", "id")
