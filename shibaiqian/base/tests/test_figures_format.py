"""Figures read as people write them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shibaiqian.base.figures_format import capital_yuan, percent, percent_of, thousands, wan, yuan


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (12_400, "1.24万"),
        (118_000, "11.8万"),
        (43_000, "4.3万"),
        (168_000, "16.8万"),
        (489_000, "48.9万"),
        (3387, "3387"),
        (0, "0"),
        (9999, "9999"),
        (10_000, "1万"),
        (99_999, "10万"),
        (12_345, "1.23万"),
        (12_350, "1.24万"),
        (2_340_000, "234万"),
        (12_345_678, "1235万"),
        (-12_400, "-1.24万"),
        (1234.5, "1234.5"),
        (Decimal("12.50"), "12.5"),
        (None, "—"),
    ],
)
def test_from_ten_thousand_on_a_number_is_written_in_wan(number, text):
    assert wan(number) == text


@given(st.integers(min_value=0, max_value=10**9))
def test_what_is_written_in_wan_is_near_the_number(number):
    text = wan(number)
    value = float(text.removesuffix("万")) * (10_000 if text.endswith("万") else 1)
    assert abs(value - number) <= max(0.5, number * 0.005)


@pytest.mark.parametrize(("number", "text"), [(12_400, "12,400"), (999, "999"), (-1234, "-1,234"), (-0.2, "0"), (None, "—")])
def test_thousands_are_set_apart(number, text):
    assert thousands(number) == text


@pytest.mark.parametrize(("cents", "text"), [(123_450, "1,234.50"), (5, "0.05"), (0, "0.00"), (-100, "-1.00"), (None, "—")])
def test_cents_are_written_as_yuan(cents, text):
    assert yuan(cents) == text


@given(st.integers(min_value=-(10**15), max_value=10**15))
def test_yuan_loses_no_cent(cents):
    assert int(yuan(cents).replace(",", "").replace(".", "")) == cents


def test_a_share_is_written_per_cent_and_half_is_rounded_up():
    assert percent(0.84) == "84.0%"
    assert percent(Decimal("0.0005")) == "0.1%"
    assert percent(0.946, 0) == "95%"
    assert percent(None) == "—"


def test_a_share_of_nothing_is_a_dash():
    assert percent_of(3510, 4180) == "84.0%"
    assert percent_of(3, 0) == "—"
    assert percent_of(None, 7) == "—"


@pytest.mark.parametrize("write", [wan, thousands, yuan, percent])
def test_what_a_template_does_not_find_is_a_dash_too(write):
    assert write("") == "—"


@pytest.mark.parametrize(
    ("cents", "said"),
    [
        (0, "零元整"), (5, "伍分"), (50, "伍角整"), (1_00, "壹元整"), (10_50, "壹拾元伍角整"), (580_00, "伍佰捌拾元整"), (1_004_05, "壹仟零肆元零伍分"),
        (1_680_32, "壹仟陆佰捌拾元叁角贰分"), (10_020_00, "壹万零贰拾元整"), (100_500_00, "壹拾万零伍佰元整"), (6_007_000_14, "陆佰万柒仟元壹角肆分"),
        (100_000_001_00, "壹亿零壹元整"),
    ],
)  # fmt: skip
def test_an_amount_in_the_capital_figures_of_accounting(cents: int, said: str) -> None:
    assert capital_yuan(cents) == said
