"""Which fonts a PDF is set in: the office's own where installed, then Fandol, then Noto, which the build fetches."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import typst

FONT_FOLDER = Path(__file__).parent / "fonts"

_SONG_TITLE = ("FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05", "方正小标宋简体", "方正小标宋_GBK")
_FANGSONG = ("FangSong_GB2312", "仿宋_GB2312", "FangSong", "仿宋", "FandolFang R", "FandolFang")
_KAI = ("KaiTi_GB2312", "楷体_GB2312", "KaiTi", "楷体", "FandolKai")
_HEI = ("SimHei", "黑体")
_SERIF = ("Noto Serif SC", "Source Han Serif SC", "Noto Serif CJK SC")
_SANS = ("Noto Sans SC", "Source Han Sans SC", "Noto Sans CJK SC")
# Fonts with the rare characters of personal names; used only for what the others lack.
_RARE = (
    "SimSun-ExtB",
    "SimSun-ExtG",
    "MingLiU-ExtB",
    "BabelStone Han",
    "Plangothic P1",
    "Plangothic P2",
    "Hanazono Mincho B",
)


class FontsMissing(RuntimeError):
    """No Chinese font was found; the message says how to get one."""


@dataclass(frozen=True)
class Face:
    """The chain of families a role is set in, first to last, and the weight."""

    families: tuple[str, ...]
    weight: str


@dataclass(frozen=True)
class Typefaces:
    """What was found: the font book for the typesetter, a face per role, and the files of each family used."""

    fonts: typst.Fonts
    faces: Mapping[str, Face]
    files: Mapping[str, tuple[tuple[str, int], ...]]


@lru_cache(maxsize=4)
def find_typefaces(*, system: bool = True, folder: Path = FONT_FOLDER) -> Typefaces:
    """The fonts of this machine, or only those of `folder`. Raises `FontsMissing` when none can set Chinese."""
    fonts = typst.Fonts(include_system_fonts=system, include_embedded_fonts=False, font_paths=[folder])
    files: dict[str, tuple[tuple[str, int], ...]] = {}
    for font in fonts.fonts():
        if font.path and font.style == "normal":
            files[font.family] = (*files.get(font.family, ()), (font.path, font.index))
    roles = {
        "title": (_SONG_TITLE, _SERIF),
        "body": (_FANGSONG, _SERIF),
        "kai": (_KAI, _SERIF),
        "hei": (_HEI, _SANS),
        "song": ((), _SERIF),
    }
    # Every chain ends with every other family found, so that a character is missing only when all of them lack it.
    everything = (*_SERIF, *_SANS, *_FANGSONG, *_KAI, *_HEI, *_SONG_TITLE, *_RARE)
    faces = {}
    for role, (own, noto) in roles.items():
        chain = [family for family in dict.fromkeys((*own, *noto, *everything)) if family in files]
        if not chain or set(chain) <= set(_RARE):
            raise FontsMissing(
                f"没有可用的中文字体。请先运行 make build（把 Noto Serif SC、Noto Sans SC 取到 {folder.name}/），"
                "或在本机安装方正小标宋、仿宋_GB2312、楷体_GB2312、黑体。"
            )
        own_found = chain[0] in own
        # Without the office's own 小标宋, 楷体 and 黑体 the level is told by the weight.
        weight = "regular" if own_found or role in ("body", "song") else "bold"
        faces[role] = Face(tuple(chain), weight)
    used = {family for face in faces.values() for family in face.families}
    return Typefaces(fonts=fonts, faces=faces, files={family: files[family] for family in used})
