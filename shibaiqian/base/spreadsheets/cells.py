"""One cell's text: how it is tidied, and what became of it."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from shibaiqian.base.spreadsheets.findings import shown

# Excel writes what begins so as a formula when it is typed or pasted; such texts are written behind an apostrophe.
FORMULA_STARTS = "=+\\-@＝＋－＠﹢﹣﹦﹫\\t\\r\\n"
GUARDED = f"^'+\\s*[{FORMULA_STARTS}]"
CONTROL = "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f]"
EDGE = "\\s\\u3000\\xa0\\ufeff\\u200b-\\u200d\\u2060"
_EDGES = re.compile(f"^[{EDGE}]+|[{EDGE}]+$")
_SPACES = re.compile(f"[{EDGE}]+")
_CONTROL = re.compile(CONTROL)
_GUARDED = re.compile(GUARDED)
_SPACED_NAME = re.compile(r"[㐀-鿿𠀀-𲎯](?:[ \u3000\xa0]*[㐀-鿿𠀀-𲎯·]){0,4}")
_WIDE = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
EMPTY_MARKS = frozenset({"-", "--", "—", "——", "－", "/", "／", "\\", "无", "空", "N/A", "n/a", "NA", "NULL", "null", "None", "nan", "NaN"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a cell became: a value (or null), with a note or a refusal as (code, message, mend)."""

    value: Any = None
    note: tuple[str, str, str] | None = None
    refusal: tuple[str, str, str] | None = None

    @classmethod
    def noted(cls, value: Any, code: str, message: str, mend: str = "") -> "Outcome":
        return cls(value=value, note=(code, message, mend))

    @classmethod
    def refused(cls, code: str, message: str, mend: str) -> "Outcome":
        return cls(refusal=(code, message, mend))


def unguarded(text: str) -> str:
    """Without control characters, blank edges and the apostrophe that guards a formula start."""
    text = _EDGES.sub("", _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))
    return _EDGES.sub("", text[1:]) if _GUARDED.match(text) else text


def squeezed(text: str) -> str:
    """For codes, numbers and dates: half width, no spaces at all."""
    return _SPACES.sub("", unicodedata.normalize("NFKC", unguarded(text)))


def tidy_text(raw: str) -> Outcome:
    """A text: stripped, full-width letters and digits made half-width, short Chinese names without spaces inside."""
    text = unguarded(raw)
    if not text:
        return Outcome()
    narrow = text.translate(_WIDE)
    if len(narrow) <= 12 and _SPACED_NAME.fullmatch(narrow):
        joined = _SPACES.sub("", narrow)
        if joined != narrow:
            return Outcome.noted(joined, "inner_space", f"去掉了中间的空格，按“{joined}”接收。")
    if narrow != text:
        return Outcome.noted(narrow, "full_width", "全角字母、数字按半角接收。")
    return Outcome(text)


# What tidy_text would change: cells that do not match are taken as they stand.
UNTIDY = f"^$|^[{EDGE}]|[{EDGE}]$|{CONTROL}|\\r|{GUARDED}|[０-９Ａ-Ｚａ-ｚ]|^[㐀-鿿𠀀-𲎯][㐀-鿿𠀀-𲎯·]{{0,4}}[ \\u3000\\xa0]"


def tidy_code(raw: str) -> Outcome:
    """A code: digits and letters without spaces; a number's `.0` is dropped, a rounded number refused."""
    text = squeezed(raw)
    if not text or text in EMPTY_MARKS:
        return Outcome()
    if re.fullmatch(r"\d(?:\.\d+)?[eE]\+?\d+", text):
        return Outcome.refused(
            "code_rounded",
            "Excel 把编码变成了科学记数的数字，后几位可能已丢失。",
            "请把该列设为文本格式后重新录入完整编码。",
        )
    text = re.sub(r"(?<=\d)\.0+$", "", text)
    if not re.fullmatch(CODE_PATTERN, text):
        return Outcome.refused("code_characters", "编码里有不该有的字符。", "编码只用数字、字母和 - _ . / #，请改正。")
    if text != raw.strip():
        return Outcome.noted(text, "code_tidied", f"去掉空格、全角等写法，按“{shown(text)}”接收。")
    return Outcome(text)


CODE_PATTERN = r"[0-9A-Za-z][0-9A-Za-z_./#-]*"
