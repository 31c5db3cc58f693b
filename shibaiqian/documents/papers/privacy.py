"""What must never be published: ID numbers, mobile numbers, bank cards (domain.md 13.3, 14.4 invariant 12)."""

import re
import unicodedata
from collections.abc import Iterable

# Digits may be spaced or hyphened; the longest number wins, so that a card is not taken for an ID number inside it.
_NUMBER = re.compile(r"(?<![0-9])[0-9](?:[ \-\u3000.]?[0-9]){10,18}[ \-]?[Xx]?(?![0-9])")
_ID = re.compile(r"[1-9]\d{5}(18|19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}[\dXx]")
_OLD_ID = re.compile(r"[1-9]\d{5}\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}")
_MOBILE = re.compile(r"1[3-9]\d{9}")


class PrivateText(ValueError):
    """A text for the public carries private data; the message is for the clerk and does not repeat it."""


def traces(text: str) -> list[str]:
    """What kinds of private numbers a text carries: 身份证号, 手机号, 银行卡号."""
    found = []
    for match in _NUMBER.finditer(unicodedata.normalize("NFKC", text)):
        number = re.sub(r"[^0-9Xx]", "", match.group())
        digits = number.rstrip("Xx")
        if _ID.fullmatch(number) or _OLD_ID.fullmatch(digits):
            found.append("身份证号")
        elif _MOBILE.fullmatch(digits):
            found.append("手机号")
        elif 16 <= len(digits) <= 19:
            found.append("银行卡号")
    return found


def refuse_private(texts: Iterable[str]) -> None:
    """Raises PrivateText that names where the first one stands, without its digits."""
    for text in texts:
        kinds = traces(text)
        if kinds:
            around = re.sub(r"[0-9Xx]{3,}", "…", unicodedata.normalize("NFKC", text)).strip()[:24]
            raise PrivateText(f"公开的文字中有{kinds[0]}（“{around}”），不得公示。请删去后再发布，联系电话请用办公电话。")
