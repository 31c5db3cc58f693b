"""Full pinyin and initials of Chinese names, for order and search."""

from functools import lru_cache

import polars as pl
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


def full_of_all(names: pl.Series) -> pl.Series:
    """`full` of a whole column: each different character is looked up once."""
    return _spelled(names, {c: full(c) for c in _characters(names)})


def initials_of_all(names: pl.Series) -> pl.Series:
    """`initials` of a whole column."""
    return _spelled(names, {c: initials(c) for c in _characters(names)})


def _characters(names: pl.Series) -> set[str]:
    return set("".join(names.drop_nulls().to_list()))


def _spelled(names: pl.Series, syllables: dict[str, str]) -> pl.Series:
    return names.str.replace_many(list(syllables), list(syllables.values())) if syllables else names
