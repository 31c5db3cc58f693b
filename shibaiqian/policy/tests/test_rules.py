"""Which of several valid rows counts."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from shibaiqian.policy.rules import KEY_OF, KEYS, Stricter, governing, is_looser, jurisdictions_of

CODE = "611021101203"


@dataclass(frozen=True)
class Value:
    jurisdiction: str
    value: Decimal
    valid_from: dt.date = dt.date(2013, 1, 1)
    floor: bool = False


values = st.lists(
    st.builds(
        Value,
        jurisdiction=st.sampled_from(jurisdictions_of(CODE)),
        value=st.integers(0, 50).map(Decimal),
        valid_from=st.dates(dt.date(2013, 1, 1), dt.date(2020, 12, 31)),
        floor=st.booleans(),
    ),
    max_size=8,
)


def test_a_place_belongs_to_all_jurisdictions_above_it() -> None:
    assert jurisdictions_of(CODE) == [CODE, "611021101", "611021", "6110", "61", ""]
    assert jurisdictions_of("6110") == ["6110", "61", ""]
    assert jurisdictions_of("") == [""]


def test_nothing_governs_where_nothing_was_set() -> None:
    assert governing([], stricter=Stricter.HIGHER) is None


@given(values)
def test_without_floors_the_narrowest_and_latest_governs(rows: list[Value]) -> None:
    free = [Value(r.jurisdiction, r.value, r.valid_from) for r in rows]
    found = governing(free, stricter=Stricter.HIGHER)
    assert (found is None) == (not free)
    if found is not None:
        assert len(found.jurisdiction) == max(len(r.jurisdiction) for r in free)
        same = [r for r in free if r.jurisdiction == found.jurisdiction]
        assert found.valid_from == max(r.valid_from for r in same)


@given(values, st.sampled_from([Stricter.HIGHER, Stricter.LOWER]))
def test_what_governs_is_never_looser_than_the_nation_s_floor(rows: list[Value], stricter: Stricter) -> None:
    nation = Value("", Decimal(25), dt.date(2020, 12, 31), floor=True)
    rows = [r for r in rows if r.jurisdiction] + [nation]
    found = governing(rows, stricter=stricter)
    assert found is not None and not is_looser(found.value, nation.value, stricter)


def test_every_key_is_written_once() -> None:
    assert len(KEY_OF) == len(KEYS)
