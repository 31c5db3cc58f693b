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


def _valid_in(regions: Collection[str], on: dt.date) -> QuerySet[PolicyParameter]:
    above = {place for region in regions for place in jurisdictions_of(region)}
    return PolicyParameter.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on), valid_from__lte=on, jurisdiction__in=above)


def parameter(key: str, *, region: str, on: dt.date) -> Decimal:
    """The value of `key` at a region code on a day: the narrowest row, never looser than a floor above. One query."""
    return parameter_in(key, regions=[region], on=on)[region]


def parameters(*, region: str, on: dt.date) -> Mapping[str, PolicyParameter]:
    """The governing row of every known key that has one, with its source. One query."""
    return parameters_in([region], on=on)[region]


def parameters_in(regions: Collection[str], *, on: dt.date) -> Mapping[str, Mapping[str, PolicyParameter]]:
    """As `parameters`, of several places at once: by region code, then by key. One query, however many places."""
    rows = list(_valid_in(regions, on))
    return {region: _governing(rows, region=region) for region in regions}


def parameter_in(key: str, *, regions: Collection[str], on: dt.date) -> Mapping[str, Decimal]:
    """As `parameter`, of several places at once. One query; UnknownParameter where a place has no value."""
    rows = list(_valid_in(regions, on).filter(key=key))
    found = {region: _governing(rows, region=region).get(key) for region in regions}
    for region, row in found.items():
        if row is None:
            raise UnknownParameter(_unknown(key, region, on))
    return {region: row.value for region, row in found.items() if row is not None}


def _governing(valid: Sequence[PolicyParameter], *, region: str) -> Mapping[str, PolicyParameter]:
    """Of rows valid on a day at several places, those that count at one, by key."""
    rows: dict[str, list[PolicyParameter]] = defaultdict(list)
    above = set(jurisdictions_of(region))
    for row in valid:
        if row.jurisdiction in above:
            rows[row.key].append(row)
    found = {key: governing(rows[key], stricter=known.stricter) for key, known in KEY_OF.items() if key in rows}
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
