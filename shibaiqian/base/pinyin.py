"""Full pinyin and initials of Chinese names, for order and search."""

from functools import lru_cache

from pypinyin import Style, pinyin


@lru_cache(maxsize=65536)
def _syllable(character: str) -> str:
    return pinyin(character, style=Style.NORMAL, errors="default")[0][0].lower()


def full(name: str) -> str:
    """`吴庄村` → `wuzhuangcun`. A polyphonic character takes its commonest reading."""
    return "".join(_syllable(c) for c in name if not c.isspace())


def initials(name: str) -> str:
    """`吴庄村` → `wzc`."""
    return "".join(_syllable(c)[:1] for c in name if not c.isspace())
