"""Measures of GB/T 9704-2012 and the few sums both renderers share. Millimetres end in `_mm`, the rest is points."""

import datetime as dt
import math
import unicodedata
from dataclasses import dataclass

PAGE_WIDTH_MM, PAGE_HEIGHT_MM = 210.0, 297.0
TOP_MM, BOTTOM_MM, LEFT_MM, RIGHT_MM = 37.0, 35.0, 28.0, 26.0
LINE_WIDTH_MM = PAGE_WIDTH_MM - LEFT_MM - RIGHT_MM  # 156
LANDSCAPE_MM = (28.0, 26.0, 25.0, 25.0)  # top, bottom, left, right of a wide roster: the same page, lying
FORM_MM = (22.0, 21.0, 26.0, 24.0)  # of a printed form that keeps to one page
LINES, CHARACTERS = 22, 28
BODY_SIZE, LINE_PITCH = 16.0, 28.95  # 3号
TITLE_SIZE, SMALL_SIZE = 22.0, 14.0  # 2号, 4号
HEAD_GAP_MM = 35.0  # upper edge of the red name below the upper edge of the type area
RULE_GAP_MM = 4.0  # red rule below the document number
FOOT_SIZE = 9.0  # 小5号: number and check code
PAGE_NUMBER_GAP_MM = 7.0  # page number below the type area
RED = "FF0000"
DEMONSTRATION_MARK = "演示数据 非正式公文"

MM = 72 / 25.4
LINE_WIDTH = LINE_WIDTH_MM * MM
CHARACTER_PITCH = LINE_WIDTH / CHARACTERS  # 15.79: 28 characters of 16 points are 2 mm wider than the type area
TITLE_CHARACTERS = 20  # of 22 points in one line

_DIGITS = "零一二三四五六七八九"
_CLOSING = set("、，。；：？！）》〉”’」』】〕%％…的地得了们")
_OPENING = set("（《〈“‘「『【〔第")
_GOOD_AFTER = set("、，；：）》”")
_GOOD_BEFORE = set("（《“和及与暨")
# Words a title of this programme must not be broken in.
_WHOLE_WORDS = (
    "关于", "印发", "通知", "通报", "通告", "意见", "办法", "方案", "决定", "报告", "请示", "会议", "纪要",
    "简报", "情况", "工程", "工作", "干部", "书记", "选派", "挂职", "基层", "党建", "组织", "扶贫", "脱贫",
    "贫困", "攻坚", "稳定", "管理", "考核", "督查", "考勤", "整改", "整顿", "软弱", "涣散", "后进", "村级",
    "社区", "县区", "镇办", "任职", "免职", "召回", "优秀", "公示", "进展", "项目", "资金", "产业", "培训",
    "驻村", "帮扶", "结对", "年度", "上半年", "下半年", "抓党建", "促脱贫", "第一书记", "十百千", "商洛市",
    "商州区", "洛南县", "丹凤县", "商南县", "山阳县", "镇安县", "柞水县",
)  # fmt: skip


@dataclass(frozen=True)
class HeadFit:
    """How the red name stands on one line: size and letterspacing in points, horizontal scale in per cent."""

    size: float
    tracking: float
    scale: int


def margins(*, landscape: bool = False, form: bool = False) -> tuple[float, float, float, float]:
    """Top, bottom, left, right in millimetres."""
    return LANDSCAPE_MM if landscape else FORM_MM if form else (TOP_MM, BOTTOM_MM, LEFT_MM, RIGHT_MM)


def em_width(text: str) -> float:
    """Width in ems, taking wide and ambiguous characters as one and the others as half."""
    return sum(1.0 if unicodedata.east_asian_width(character) in "WFA" else 0.55 for character in text)


def fit_head(text: str, *, largest: float = 50.0) -> HeadFit:
    """Size, spacing and scale that put the red name on one line of 156 mm.

    A long name is first drawn narrower (offices print it tall and narrow), down to 66 %, and only then smaller; a short
    one is spread.
    """
    ems, gaps = em_width(text), max(len(text) - 1, 1)
    spread = 0.35 if ems <= 6 else 0.14 if ems <= 9 else 0.05
    natural = largest * (ems + spread * gaps)
    scale = min(1.0, LINE_WIDTH / natural)
    size = largest if scale >= 0.66 else largest * scale / 0.66
    return HeadFit(size=round(size, 1), tracking=round(size * spread, 2), scale=math.floor(max(scale, 0.66) * 100))


def signature_indents(signature: str, date: str) -> tuple[float, float]:
    """Distances in points of the signature and of the date from the right edge.

    The date stands four characters from the edge, the signature is centred on it (GB/T 9704-2012, 7.3.5.1); a signature
    too long for that pushes the date to the left.
    """
    overhang = (em_width(signature) - em_width(date)) / 2 * CHARACTER_PITCH
    date_right = max(4 * CHARACTER_PITCH, overhang if signature else 0)
    return date_right - overhang, date_right


def wrap_title(title: str, *, characters: int = TITLE_CHARACTERS) -> tuple[str, ...]:
    """The title's lines: even, never hourglass-shaped, broken between words. Line breaks typed by the user win."""
    if "\n" in title:
        return tuple(line.strip() for line in title.splitlines() if line.strip())
    title = title.strip()
    total = em_width(title)
    if total <= characters:
        return (title,)
    count = math.ceil(total / (characters - 1.5))
    while True:
        lines = _best_lines(title, count, characters)
        if lines:
            return lines
        count += 1


def chinese_date(day: dt.date) -> str:
    """2016年6月8日: Arabic figures without leading zeros."""
    return f"{day.year}年{day.month}月{day.day}日"


def chinese_number(number: int) -> str:
    """一 … 九十九, for heading numbers."""
    if not 1 <= number <= 99:
        raise ValueError(f"no Chinese heading number for {number}")
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else _DIGITS[tens] + "十") + (_DIGITS[ones] if ones else "")


def printable(text: str) -> str:
    """The text without control characters and U+FFFE and its next, which neither PDF nor Word can hold; tabs become spaces."""
    return "".join(
        " " if character == "\t" else character
        for character in text
        if character in "\t\n" or (unicodedata.category(character) not in ("Cc", "Cs") and character not in "\ufffe\uffff")
    )


def _best_lines(title: str, count: int, characters: int) -> tuple[str, ...]:
    """Cheapest division into `count` lines by dynamic programming, or nothing if it does not go."""
    penalty = _break_penalties(title)
    width = [0.0]
    for character in title:
        width.append(width[-1] + em_width(character))
    target = width[-1] / count
    best: dict[int, tuple[float, tuple[int, ...]]] = {0: (0.0, ())}
    for _ in range(count):
        reached: dict[int, tuple[float, tuple[int, ...]]] = {}
        for start, (cost, breaks) in best.items():
            for end in range(start + 1, len(title) + 1):
                length = width[end] - width[start]
                if length > characters:
                    break
                new = cost + (length - target) ** 2 + (penalty[end] if end < len(title) else 0.0)
                if end not in reached or new < reached[end][0]:
                    reached[end] = (new, (*breaks, end))
        best = reached
    if len(title) not in best:
        return ()
    ends = best[len(title)][1]
    lines = tuple(title[start:end].strip() for start, end in zip((0, *ends), ends, strict=False))
    return lines if all(lines) else ()


def _break_penalties(title: str) -> list[float]:
    """The price of a line break before each character."""
    penalty = [8.0] * (len(title) + 1)
    for position in range(1, len(title)):
        before, after = title[position - 1], title[position]
        if after in _CLOSING or before in _OPENING:
            penalty[position] = 400.0
        elif before.isascii() and after.isascii():
            penalty[position] = 900.0
        elif before in _GOOD_AFTER or after in _GOOD_BEFORE or before == "的":
            penalty[position] = 0.0
        elif before.isdigit():
            penalty[position] = 400.0
    for word in _WHOLE_WORDS:
        start = title.find(word)
        while start >= 0:
            for position in range(start + 1, start + len(word)):
                penalty[position] = max(penalty[position], 300.0)
            start = title.find(word, start + 1)
    return penalty
