"""结对帮扶变更告知单: a slip tells a household who is responsible from now on; two on a page, cut apart, signed for by the household."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shibaiqian.documents.gongwen import Block, Cell, Centred, CutLine, Grid, NewPage, OfficialDocument
from shibaiqian.documents.layout import chinese_date

TITLE = "结对帮扶变更告知单"
MANY = 3  # helpers on a slip that shares its page
UNCHANGED = (
    "您家的帮扶责任人有变更，原有的帮扶政策和措施不变，不脱贫不脱钩。有事请直接与现帮扶责任人联系，联系不上的，请找村（社区）党组织。"
)


@dataclass(frozen=True, kw_only=True)
class Responsible:
    """Who helps a household; the telephone is written by hand where whoever prints may not know it."""

    name: str
    unit: str
    post: str = ""
    phone: str = ""
    since: dt.date

    @property
    def said(self) -> str:
        return f"{self.name}\n{self.unit}{self.post}\n{chinese_date(self.since)}起"


@dataclass(frozen=True, kw_only=True)
class PairingSlip:
    head: str
    place: str  # 八一村二组
    before: tuple[str, ...]  # 张三（县农业局）
    now: tuple[Responsible, ...]


def pairing_slips(slips: Sequence[PairingSlip], *, demonstration: bool = False) -> OfficialDocument:
    """All slips of a village for one print."""
    return OfficialDocument(title=TITLE, untitled=True, form=True, body=tuple(_pages(slips)), demonstration=demonstration)


def _pages(slips: Sequence[PairingSlip]) -> Iterator[Block]:
    """Two to a page; one that names many helpers has its own."""
    room = 0.0
    for position, slip in enumerate(slips):
        needed = 0.5 if len(slip.now) <= MANY else 1.0
        if position and room < needed:
            yield NewPage()
            room = 0.0
        elif position:
            yield CutLine("沿线裁开")
        room = (room or 1.0) - needed
        yield Centred(TITLE)
        yield _form(slip)


def _form(slip: PairingSlip) -> Grid:
    people = tuple(
        (_l("现帮扶责任人"), Cell(person.said, align="left"), _l("联系电话"), Cell(person.phone)) for person in slip.now
    )  # fmt: skip
    rows = (
        (_l("户　　主"), Cell(slip.head), _l("村　　组"), Cell(slip.place)),
        (_l("原帮扶责任人"), Cell("、".join(slip.before) or "无", 3, align="left")),
        *people,
        (Cell(UNCHANGED, 4, align="left"),),
        (_l("户主签收"), Cell("（签名或按手印）"), _l("送达人、日期"), Cell()),
    )
    return Grid(widths=(1.2, 2.4, 1.2, 1.8), rows=rows, heights=(9, 10, *(18 for _ in people), 14, 16), size=12)


def _l(text: str) -> Cell:
    return Cell(text, label=True)
