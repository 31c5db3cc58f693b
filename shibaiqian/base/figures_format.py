"""How figures are written: 4.3万, 12,400, 1,234.50, 84.0%. Pure; templates, documents and exports share it."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

# What stands where there is no figure: a null, or the empty text that a template makes of what is not there.
NONE = "—"
Absent = Literal[""] | None
Number = int | float | Decimal | Absent


def _decimal(number: int | float | Decimal) -> Decimal:
    return number if isinstance(number, Decimal) else Decimal(str(number))


def _rounded(number: Decimal, places: int) -> Decimal:
    rounded = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return rounded if rounded else abs(rounded)  # no "-0"


def wan(number: Number) -> str:
    """From ten thousand on in 万 with three significant digits: 12400 → 1.24万, 489000 → 48.9万, 3387 → 3387."""
    if number is None or number == "":
        return NONE
    value = _decimal(number)
    if abs(value) < 10_000:
        return _trimmed(_rounded(value, 2))
    in_wan = value / 10_000
    whole = len(str(abs(int(in_wan))))
    return f"{_trimmed(_rounded(in_wan, max(0, 3 - whole)))}万"


def _trimmed(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def thousands(number: Number, places: int = 0) -> str:
    """12400 → 12,400; with places: 1234.5 → 1,234.50."""
    if number is None or number == "":
        return NONE
    return f"{_rounded(_decimal(number), places):,.{places}f}"


def yuan(cents: int | Absent) -> str:
    """Cents as yuan: 123450 → 1,234.50."""
    return NONE if cents is None or cents == "" else thousands(Decimal(cents) / 100, 2)


def percent(ratio: Number, places: int = 1) -> str:
    """A share of one as per cent: 0.84 → 84.0%."""
    return NONE if ratio is None or ratio == "" else f"{thousands(_decimal(ratio) * 100, places)}%"


def percent_of(part: Number, whole: Number, places: int = 1) -> str:
    """Part of whole as per cent: 3510 of 4180 → 84.0%; a dash where there is no whole."""
    if part is None or part == "" or not whole:
        return NONE
    return percent(_decimal(part) / _decimal(whole), places)


DIGITS = "零壹贰叁肆伍陆柒捌玖"


def capital_yuan(cents: int) -> str:
    """An amount in the capital figures of accounting (人民币大写): 100405 → 壹仟零肆元零伍分. From nothing to below ten thousand hundred millions."""
    yuan, jiao, fen = cents // 100, cents // 10 % 10, cents % 10
    text, is_gap = "", False
    for size, unit in ((10**8, "亿"), (10**4, "万"), (1, "")):
        part = yuan // size % 10**4
        if part:
            text += ("零" if text and (is_gap or part < 1000) else "") + _capital_group(part) + unit
        is_gap = not part
    text = f"{text}元" if text else "" if jiao or fen else "零元"
    if not jiao and not fen:
        return f"{text}整"
    text += f"{DIGITS[jiao]}角" if jiao else "零" if text else ""
    return text + (f"{DIGITS[fen]}分" if fen else "整")


def _capital_group(part: int) -> str:
    """A number below ten thousand."""
    text, is_gap = "", False
    for size, unit in ((1000, "仟"), (100, "佰"), (10, "拾"), (1, "")):
        digit = part // size % 10
        if digit:
            text += ("零" if text and is_gap else "") + DIGITS[digit] + unit
        is_gap = not digit
    return text
