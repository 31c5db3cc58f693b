"""Which items of the appointment form are still missing of a cadre. A confirmed “none” is complete. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from shibaiqian.cadres.lrmx.form import FAMILY, LABELS, PHOTO, RESUME, Form

NONE = ("无", "没有", "无。")
# What the form asks of everybody. Where the second is true there may be none, and somebody confirms it.
ITEMS = (
    ("XingMing", False), ("XingBie", False), ("ChuShengNianYue", False), ("MinZu", False), ("JiGuan", False), ("ChuShengDi", False),
    ("RuDangShiJian", False), ("CanJiaGongZuoShiJian", False), ("JianKangZhuangKuang", False), ("ZhuanYeJiShuZhiWu", True),
    ("ShuXiZhuanYeYouHeZhuanChang", True), ("QuanRiZhiJiaoYu_XueLi", False), ("QuanRiZhiJiaoYu_XueWei", True),
    ("QuanRiZhiJiaoYu_XueLi_BiYeYuanXiaoXi", False), ("ZaiZhiJiaoYu_XueLi", True), ("ZaiZhiJiaoYu_XueLi_BiYeYuanXiaoXi", True),
    ("XianRenZhiWu", False), (RESUME, False), ("JiangChengQingKuang", True), ("NianDuKaoHeJieGuo", False), (FAMILY, True), (PHOTO, False),
)  # fmt: skip
MAY_BE_NONE = frozenset(element for element, may_be in ITEMS if may_be)
# Seen only with the files of cadres: for everybody else they are neither missing nor there.
PRIVATE = frozenset({"QuanRiZhiJiaoYu_XueWei", "ZaiZhiJiaoYu_XueLi_BiYeYuanXiaoXi", "JiangChengQingKuang", FAMILY, PHOTO})


@dataclass(frozen=True)
class Item:
    """An item of the form: there, confirmed to be none, or missing."""

    element: str
    label: str
    may_be_none: bool
    is_there: bool
    is_none: bool

    @property
    def is_missing(self) -> bool:
        return not (self.is_there or self.is_none)


@dataclass(frozen=True)
class Completeness:
    """The items that the reader may know of."""

    items: Sequence[Item]

    @property
    def missing(self) -> list[Item]:
        return [item for item in self.items if item.is_missing]

    @property
    def open(self) -> list[Item]:
        """Those of which “none” may be said or taken back."""
        return [item for item in self.items if item.may_be_none and not item.is_there]

    @property
    def complete(self) -> int:
        return len(self.items) - len(self.missing)

    @property
    def percent(self) -> int:
        return self.complete * 100 // len(self.items)


def completeness(form: Form, *, has_photo: bool, is_party_member: bool, none_of: Collection[str], with_files: bool) -> Completeness:
    """What is missing of a form that goes out. Who is no party member needs no date of joining, who did not study beside work no school."""
    items = []
    for element, may_be_none in ITEMS:
        if element in PRIVATE and not with_files:
            continue
        text = form.text(element).strip()
        there = {FAMILY: bool(form.family), PHOTO: has_photo}.get(element, bool(text) and text not in NONE)
        none = not there and (text in NONE or (may_be_none and element in none_of) or _needless(element, form, none_of, is_party_member))
        items.append(Item(element, LABELS[element], may_be_none, there, none))
    return Completeness(items)


def _needless(element: str, form: Form, none_of: Collection[str], is_party_member: bool) -> bool:
    if element == "RuDangShiJian":
        return not is_party_member
    return element == "ZaiZhiJiaoYu_XueLi_BiYeYuanXiaoXi" and "ZaiZhiJiaoYu_XueLi" in none_of and not form.text("ZaiZhiJiaoYu_XueLi")
