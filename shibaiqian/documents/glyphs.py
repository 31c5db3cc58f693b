"""Does every character have a glyph? Rare characters in names are common, and a printed box is an insult.

Reads the character map of the font files (OpenType `cmap`, formats 4 and 12: ISO/IEC 14496-22, 5.3.4).
"""

import struct
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from shibaiqian.documents.gongwen import OfficialDocument, texts
from shibaiqian.documents.layout import printable
from shibaiqian.documents.typefaces import Typefaces, find_typefaces


@dataclass(frozen=True)
class MissingGlyph:
    """A character no chosen font can draw, and the first text in which it stands."""

    character: str
    found_in: str

    @property
    def code(self) -> str:
        return f"U+{ord(self.character):04X}"


def missing_glyphs(document: OfficialDocument, *, typefaces: Typefaces | None = None) -> tuple[MissingGlyph, ...]:
    """Characters of the document without a glyph, each once, in reading order. Private-use characters always count."""
    covered = _covered(typefaces or find_typefaces())
    missing: dict[str, MissingGlyph] = {}
    for text in texts(document):
        for character in printable(text):
            if character in missing or character in "\n \u3000" or unicodedata.category(character) == "Cf":
                continue
            if ord(character) not in covered or unicodedata.category(character) == "Co":
                missing[character] = MissingGlyph(character, _around(text, character))
    return tuple(missing.values())


def glyph_warning(missing: tuple[MissingGlyph, ...]) -> str:
    """What to tell the person who prints; empty when nothing is missing."""
    if not missing:
        return ""
    listed = "；".join(f"“{glyph.character}”（{glyph.code}，见“{glyph.found_in}”）" for glyph in missing)
    return (
        f"有{len(missing)}个字在现有字体中没有字形，印出来会缺字：{listed}。"
        "请安装收有该字的字体后重新生成，或在 Word 稿中改用本机字体；不要用同音字代替姓名用字。"
    )


def _covered(typefaces: Typefaces) -> frozenset[int]:
    """Characters that some family can draw in all its weights."""
    covered: set[int] = set()
    for files in typefaces.files.values():
        covered |= frozenset.intersection(*(characters_of(path, index) for path, index in files))
    return frozenset(covered)


@lru_cache(maxsize=64)
def characters_of(path: str, index: int) -> frozenset[int]:
    """Code points that the font file maps to a glyph. `index` is the font's place in a collection."""
    data = Path(path).read_bytes()
    offset = struct.unpack_from(">I", data, 12 + 4 * index)[0] if data[:4] == b"ttcf" else 0
    tables = struct.unpack_from(">H", data, offset + 4)[0]
    for number in range(tables):
        tag, _, start, _ = struct.unpack_from(">4sIII", data, offset + 12 + 16 * number)
        if tag == b"cmap":
            return frozenset(_mapped(data, start))
    return frozenset()


def _mapped(data: bytes, cmap: int) -> Iterator[int]:
    seen = set()
    for number in range(struct.unpack_from(">H", data, cmap + 2)[0]):
        platform, encoding, where = struct.unpack_from(">HHI", data, cmap + 4 + 8 * number)
        if (platform, encoding) not in {(0, 3), (0, 4), (0, 6), (3, 1), (3, 10)} or where in seen:
            continue
        seen.add(where)
        kind = struct.unpack_from(">H", data, cmap + where)[0]
        if kind == 4:
            yield from _segments(data, cmap + where)
        elif kind == 12:
            groups = struct.unpack_from(">I", data, cmap + where + 12)[0]
            for group in range(groups):
                first, last, glyph = struct.unpack_from(">III", data, cmap + where + 16 + 12 * group)
                yield from range(first if glyph else first + 1, last + 1)


def _segments(data: bytes, table: int) -> Iterator[int]:
    count = struct.unpack_from(">H", data, table + 6)[0] // 2
    ends = struct.unpack_from(f">{count}H", data, table + 14)
    starts = struct.unpack_from(f">{count}H", data, table + 16 + 2 * count)
    deltas = struct.unpack_from(f">{count}H", data, table + 16 + 4 * count)
    ranges_at = table + 16 + 6 * count
    ranges = struct.unpack_from(f">{count}H", data, ranges_at)
    for number, (start, end, delta, distance) in enumerate(zip(starts, ends, deltas, ranges, strict=True)):
        for character in range(start, min(end, 0xFFFE) + 1):
            glyph = character
            if distance:
                place = ranges_at + 2 * number + distance + 2 * (character - start)
                glyph = struct.unpack_from(">H", data, place)[0]
                if not glyph:
                    continue
            if (glyph + delta) & 0xFFFF:
                yield character


def _around(text: str, character: str) -> str:
    place = text.index(character)
    return text[max(0, place - 6) : place + 7].replace("\n", " ").strip()
