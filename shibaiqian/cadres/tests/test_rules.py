"""Pure rules and code lists of the register."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from shibaiqian.base.spreadsheets.id_numbers import check_id_number
from shibaiqian.cadres.codes import ETHNICITIES, POLITICAL_STATUSES
from shibaiqian.cadres.rules import is_party_member, masked, years_after
from shibaiqian.cadres.tests.factories import id_number


def test_fifty_six_ethnic_groups_are_known_by_both_names() -> None:
    assert ETHNICITIES["汉族"] == ETHNICITIES["汉"] == "01"
    assert len({code for code in ETHNICITIES.values() if code < "57"}) == 56


def test_only_members_of_the_party_are_members() -> None:
    members = [label for label, code in POLITICAL_STATUSES.items() if is_party_member(code)]
    assert members == ["中共党员", "中共预备党员", "党员", "中共正式党员", "共产党员", "预备党员"]


def test_the_mask_leaves_four_digits() -> None:
    assert masked("123X") == "**************123X"


@given(st.dates(dt.date(1940, 1, 1), dt.date(2000, 12, 31)), st.integers(0, 60))
def test_years_later_is_the_same_day_or_the_one_after_february(day: dt.date, years: int) -> None:
    later = years_after(day, years)
    assert later.year == day.year + years
    assert (later.month, later.day) == (day.month, day.day) or (day.month, day.day) == (2, 29)


@given(st.dates(dt.date(1940, 1, 1), dt.date(2000, 12, 31)), st.sampled_from("12"), st.integers(0, 499))
def test_the_numbers_of_the_tests_are_right(birth: dt.date, sex: str, serial: int) -> None:
    assert check_id_number(id_number(birth, sex=sex, serial=serial))
