"""Which value of a number holds at a place on a day. Reference data: read by everyone."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from django.db.models import Q, QuerySet
from django.db.models.functions import Length

from shibaiqian.policy.models import PolicyParameter
from shibaiqian.policy.rules import KEY_OF, Key, governing, jurisdictions_of


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


def parameters_at(places: Collection[tuple[str, dt.date]]) -> Mapping[tuple[str, dt.date], Mapping[str, PolicyParameter]]:
    """As `parameters`, of several places each on a day of its own: by place and day, then by key. One query, however many; none for none."""
    if not places:
        return {}
    days = [on for _region, on in places]
    above = {place for region, _on in places for place in jurisdictions_of(region)}
    meanwhile = Q(valid_to__isnull=True) | Q(valid_to__gte=min(days))
    rows = list(PolicyParameter.objects.filter(meanwhile, valid_from__lte=max(days), jurisdiction__in=above))
    valid = {on: [row for row in rows if row.valid_from <= on and (row.valid_to is None or on <= row.valid_to)] for on in set(days)}
    return {(region, on): _governing(valid[on], region=region) for region, on in set(places)}


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


@dataclass(frozen=True)
class Stretch:
    """Days on which one value of a number holds, both ends counted, and the document it stands in."""

    first: dt.date
    last: dt.date
    value: Decimal
    source: str


def stretches_of(key: str, *, regions: Collection[str]) -> Mapping[str, Sequence[Stretch]]:
    """The values of a key through all time, at some places and at every place that has a row of its own; its default where it has none.

    One query, however many places.
    """
    rows = list(PolicyParameter.objects.filter(key=key))
    return {place: _stretches(rows, place, known=KEY_OF[key]) for place in sorted({*regions, *(row.jurisdiction for row in rows)})}


def stretches_at(keys: Sequence[str], *, region: str) -> Mapping[str, Sequence[Stretch]]:
    """As `stretches_of`, of several keys at one place. One query."""
    rows = list(PolicyParameter.objects.filter(key__in=keys, jurisdiction__in=jurisdictions_of(region)))
    return {key: _stretches([row for row in rows if row.key == key], region, known=KEY_OF[key]) for key in keys}


def _stretches(rows: Sequence[PolicyParameter], place: str, *, known: Key) -> Sequence[Stretch]:
    here = [row for row in rows if row.jurisdiction in jurisdictions_of(place)]
    ends = {row.valid_to + dt.timedelta(days=1) for row in here if row.valid_to is not None}
    starts = sorted({dt.date.min, *(row.valid_from for row in here), *ends})
    found = []
    for start, following in pairwise([*starts, dt.date.max]):
        row = governing([r for r in here if r.valid_from <= start and (r.valid_to is None or start <= r.valid_to)], stricter=known.stricter)
        value, source = (known.default, known.source) if row is None else (row.value, row.source)
        found.append(Stretch(start, following - dt.timedelta(days=1), value, source))
    return found


def _unknown(key: str, region: str, on: dt.date) -> str:
    return f"政策参数“{KEY_OF[key].label}”在 {region or '全国'} 没有 {on} 有效的值，请先在政策参数中设定。"


def history_of(key: str, *, region: str) -> QuerySet[PolicyParameter]:
    """Every row of a key at a place and above it, narrowest and latest first."""
    rows = PolicyParameter.objects.filter(key=key, jurisdiction__in=jurisdictions_of(region))
    return rows.annotate(_breadth=Length("jurisdiction")).order_by("-_breadth", "-valid_from", "id")
