"""What a confirmed month is paid by local rates. Pure."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from shibaiqian.access.flow import Flow

CLAIM = Flow(
    noun="这张报销单",
    states={"drawn": "已生成", "handed_in": "已报送", "settled": "已报销"},
    steps={"draw_claim": "重新生成", "hand_in_claim": "报送单位", "return_claim": "退回", "settle_claim": "登记报销"},
    table={
        ("drawn", "draw_claim"): "drawn",
        ("drawn", "hand_in_claim"): "handed_in",
        ("handed_in", "return_claim"): "drawn",
        ("handed_in", "settle_claim"): "settled",
    },
)
LABELS = {"meal": "伙食补助", "travel": "往返交通", "insurance": "人身意外保险"}
MEASURES = {"meal": "天", "travel": "次", "insurance": "年"}
RATES = {"meal": "claim_meal_day", "travel": "claim_travel_trip", "insurance": "claim_insurance_year"}
# What somebody goes home for. A day that nobody wrote down, an absence and a reported trip (paid as such) begin no journey.
AT_HOME = ("rest", "leave")
EXAMPLE = "示例"  # stands in the source of a rate that no local document has set yet


@dataclass(frozen=True)
class Rate:
    """What one thing is paid, in cents, by which document."""

    cents: int
    source: str


@dataclass(frozen=True)
class Line:
    """One line: so many days, trips or years at a rate, in cents, by which document."""

    code: str
    quantity: int
    rate_cents: int
    source: str = ""

    @property
    def amount_cents(self) -> int:
        return self.quantity * self.rate_cents

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "amount_cents": self.amount_cents}


def journeys(days: Iterable[tuple[dt.date, str]], *, there_before: bool) -> list[dt.date]:
    """Days on which somebody came back to the village after being at home; `there_before`: they were in the village when the month began."""
    found, is_home = [], not there_before
    for on, status in sorted(days):
        if status in AT_HOME:
            is_home = True
        elif status == "in_village" and is_home:
            found.append(on)
            is_home = False
    return found


def lines_of(
    days: Iterable[tuple[dt.date, str]], *, rate: Callable[[str, dt.date], Rate], meals: Sequence[str], most_trips: int, there_before: bool,
    insured_this_year: bool,
) -> tuple[Line, ...]:  # fmt: skip
    """The lines of a month from its days, each by the rate of its day; `meals` are the kinds of day with a meal.

    A rate of nothing makes no line; the first `most_trips` journeys of a month are paid, insurance once a calendar year.
    """
    said = sorted(days)
    paid = [("meal", on) for on, status in said if status in meals]
    paid += [("travel", on) for on in journeys(said, there_before=there_before)[:most_trips]]
    paid += [("insurance", on) for on, _status in said[:1] if not insured_this_year]
    counted = Counter((code, rate(code, on)) for code, on in paid)
    return tuple(Line(code, quantity, one.cents, one.source) for (code, one), quantity in counted.items() if one.cents)
