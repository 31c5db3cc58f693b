"""What a confirmed month is paid by local rates. Pure."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

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
ON_DUTY = ("in_village", "official_out")


@dataclass(frozen=True)
class Line:
    """One line: so many days, trips or years at a rate, in cents."""

    code: str
    quantity: int
    rate_cents: int

    @property
    def amount_cents(self) -> int:
        return self.quantity * self.rate_cents

    def to_json(self) -> dict[str, int | str]:
        return {"code": self.code, "quantity": self.quantity, "rate_cents": self.rate_cents, "amount_cents": self.amount_cents}


def trips(days: Iterable[tuple[dt.date, str]], *, most: int) -> int:
    """Journeys out and back: each unbroken run of days in the village begins with one; at most so many are paid a month."""
    there = sorted(on for on, status in days if status == "in_village")
    runs = sum(1 for n, on in enumerate(there) if n == 0 or on - there[n - 1] > dt.timedelta(days=1))
    return min(runs, most)


def lines_of(
    days: Iterable[tuple[dt.date, str]], *, rates_cents: Mapping[str, int], most_trips: int, insured_this_year: bool
) -> tuple[Line, ...]:
    """The lines of a month from its days. A rate of nothing makes no line; insurance once a calendar year."""
    said = list(days)
    quantity = {
        "meal": sum(status in ON_DUTY for _on, status in said), "travel": trips(said, most=most_trips),
        "insurance": 0 if insured_this_year or not said else 1,
    }  # fmt: skip
    return tuple(Line(code, quantity[code], rates_cents[code]) for code in LABELS if quantity[code] and rates_cents[code])
