"""Dates of a form: yyyyMM, yyyy.MM, yyyy.MM.dd, yyyyMMdd, yyyy. Dots are stripped, the length decides."""

import re

_DIGITS = re.compile(r"[0-9]+")
_SEPARATORS = re.compile(r"[.\-/年月日\s]")


def month_of(text: str) -> str:
    """yyyyMM, or empty where the text names no month. The first part of “199507；民盟” counts."""
    first = re.split(r"[；;（(]", text.strip(), maxsplit=1)[0]
    pieces = [p for p in _SEPARATORS.split(first) if p]
    if len(pieces) in (2, 3) and all(_DIGITS.fullmatch(p) for p in pieces) and len(pieces[0]) == 4:
        return _month(pieces[0], pieces[1].zfill(2))
    digits = "".join(pieces)
    if not _DIGITS.fullmatch(digits) or len(digits) not in (6, 8):
        return ""
    return _month(digits[:4], digits[4:6])


def _month(year: str, month: str) -> str:
    return f"{year}{month}" if "1900" <= year <= "2100" and "01" <= month <= "12" else ""


def printed(month: str) -> str:
    """1975.06, as forms print a month."""
    return f"{month[:4]}.{month[4:6]}" if len(month) >= 6 else month
