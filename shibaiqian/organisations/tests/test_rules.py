"""Circles of parents."""

from hypothesis import given
from hypothesis import strategies as st

from shibaiqian.organisations.rules import rows_in_circles

codes = st.sampled_from("ABCDEFG")


def lies_on_a_circle(code: str, parents: dict[str, str]) -> bool:
    above = parents.get(code)
    for _ in parents:
        if above == code:
            return True
        above = parents.get(above) if above is not None else None
    return False


@given(st.dictionaries(codes, codes))
def test_exactly_the_units_above_themselves_are_found(parents: dict[str, str]) -> None:
    assert rows_in_circles(parents) == {code for code in parents if lies_on_a_circle(code, parents)}
