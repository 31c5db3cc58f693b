"""The official document as a plain value: what it says, not how it is drawn. No I/O, no Django."""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from shibaiqian.base import crypto
from shibaiqian.documents.layout import chinese_date, chinese_number

HEADING_LEVELS = (1, 2, 3, 4)
_CODE = re.compile(r"[\u4e00-\u9fff]{1,16}")
_PRINTED = re.compile(r"([\u4e00-\u9fff]{1,16})〔([0-9]{4})〕([0-9]+)号")


class BadNumber(ValueError):
    """A 发文字号 that GB/T 9704 does not allow; the message is for the clerk."""


class BadDocument(ValueError):
    """A document that cannot be laid out as asked; the message is for the clerk."""


@dataclass(frozen=True, order=True)
class DocumentNumber:
    """发文字号, for example 商组发〔2016〕15号: hexagon brackets, no leading zero, no 第 (GB/T 9704-2012, 7.2.5)."""

    issuer_code: str
    year: int
    serial: int

    def __post_init__(self) -> None:
        if not isinstance(self.issuer_code, str) or not _CODE.fullmatch(self.issuer_code):
            raise BadNumber(f"机关代字只用汉字，不写括号和“第”：{self.issuer_code!r}")
        if self.issuer_code.endswith("第"):
            raise BadNumber("发文字号不加“第”字，应为“商组发〔2016〕15号”。")
        for value, name in ((self.year, "年份"), (self.serial, "序号")):
            if type(value) is not int:
                raise BadNumber(f"{name}应是数字，不编虚位：{value!r}")
        if not 1949 <= self.year <= 2100:
            raise BadNumber(f"年份写四位全称：{self.year}")
        if self.serial < 1:
            raise BadNumber("序号从1起编。")

    @classmethod
    def read(cls, text: str) -> "DocumentNumber":
        """Read a printed number. Raises `BadNumber` for a leading zero, a 第, or other brackets."""
        text = text.strip()
        found = _PRINTED.fullmatch(text)
        if "第" in text:
            raise BadNumber("发文字号不加“第”字，应为“商组发〔2016〕15号”。")
        if not found:
            raise BadNumber(f"发文字号应为“机关代字〔年份〕序号号”，年份用六角括号：{text!r}")
        code, year, serial = found.groups()
        if serial.startswith("0"):
            raise BadNumber(f"序号不编虚位（1不编为01）：{text!r}")
        return cls(code, int(year), int(serial))

    def __str__(self) -> str:
        return f"{self.issuer_code}〔{self.year}〕{self.serial}号"


@dataclass(frozen=True, kw_only=True)
class RedHead:
    """版头 of a red-headed document. `text` is printed on one line; `signer` only for upward documents (签发人)."""

    text: str
    number: DocumentNumber
    signer: str = ""
    urgency: Literal["", "特急", "加急"] = ""


@dataclass(frozen=True, kw_only=True)
class BulletinHead:
    """版头 of a bulletin (简报): red name, 第N期, issuer left and date right just above the rule."""

    name: str
    issue: int
    issuer: str
    on: dt.date

    def __post_init__(self) -> None:
        if self.issue < 1:
            raise BadNumber("期号从1起编。")

    @property
    def issue_text(self) -> str:
        return f"第{self.issue}期"

    @property
    def date_text(self) -> str:
        return chinese_date(self.on)


@dataclass(frozen=True)
class Paragraph:
    """One paragraph of the body, indented by two characters; a line break inside starts another paragraph."""

    text: str


@dataclass(frozen=True)
class Heading:
    """A heading of level 1-4. Its number is counted by the document and must not be typed."""

    level: int
    text: str
    numbered: bool = True

    def __post_init__(self) -> None:
        if self.level not in HEADING_LEVELS:
            raise BadDocument(f"标题只有一至四级，没有{self.level}级。")


@dataclass(frozen=True)
class Column:
    """A column: `width` is its share of the line (any unit, only ratios count)."""

    title: str
    width: float = 1.0
    align: Literal["left", "center", "right"] = "center"


@dataclass(frozen=True, kw_only=True)
class Table:
    """A ruled table whose header row repeats on every page. Cells are text, already formatted."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""
    size: float = 10.5

    def __post_init__(self) -> None:
        if not self.columns:
            raise BadDocument("表格至少要有一栏。")
        for number, row in enumerate(self.rows, start=1):
            if len(row) != len(self.columns):
                raise BadDocument(f"表格第{number}行有{len(row)}格，应有{len(self.columns)}格。")


@dataclass(frozen=True)
class Cell:
    """A cell of a form: how many columns it spans; a label is set in 黑体, what is filled in stands as `align` says."""

    text: str = ""
    span: int = 1
    label: bool = False
    align: Literal["left", "center", "right"] = "center"


@dataclass(frozen=True, kw_only=True)
class Grid:
    """A printed form: rows of cells over the same columns. `heights` are least heights in millimetres, for signing by hand."""

    widths: tuple[float, ...]
    rows: tuple[tuple[Cell, ...], ...]
    heights: tuple[float, ...] = ()
    caption: str = ""
    size: float = 12.0

    def __post_init__(self) -> None:
        for number, row in enumerate(self.rows, start=1):
            if sum(cell.span for cell in row) != len(self.widths):
                raise BadDocument(f"表单第{number}行的格数合计{sum(cell.span for cell in row)}栏，应为{len(self.widths)}栏。")
        if self.heights and len(self.heights) != len(self.rows):
            raise BadDocument("表单的行高要逐行写明。")


@dataclass(frozen=True)
class CutLine:
    """A dashed line across the page, to cut along (骑缝), with its words in the middle."""

    text: str = ""


@dataclass(frozen=True)
class Centred:
    """A line in the middle, in the face of titles but smaller: the name of a part of a form."""

    text: str


@dataclass(frozen=True)
class Right:
    """A line at the right edge: a signature or date inside the text."""

    text: str


@dataclass(frozen=True)
class NewPage:
    """Another form of the same kind begins on a page of its own: its title, and what stands at its foot. Pages count from one again."""

    title: str = ""
    foot: str = ""


Block = Paragraph | Heading | Table | Grid | CutLine | Centred | Right | NewPage


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """附件: named under the body; printed on a page of its own when it has a body."""

    title: str
    body: tuple[Block, ...] = ()


@dataclass(frozen=True, kw_only=True)
class OfficialDocument:
    """A document as GB/T 9704 knows it. Without `head` it is a notice on plain paper (公示).

    `recipients` are joined by 、 and closed by a colon. A form (`Grid`) is a document too, without head and signature. `copies_to` is the first line of the imprint (版记),
    introduced by `copies_label`. `demonstration` prints 演示数据 on every page.
    """

    title: str
    head: RedHead | BulletinHead | None = None
    recipients: tuple[str, ...] = ()
    body: tuple[Block, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    signature: str = ""
    date: dt.date | None = None
    copies_to: tuple[str, ...] = ()
    copies_label: str = "抄送"
    printed_by: str = ""
    printed_on: dt.date | None = None
    demonstration: bool = False
    # Printed small at the foot of every page: the number and the check code of the register.
    foot: str = ""
    landscape: bool = False
    form: bool = False  # narrower margins: a form keeps to its page
    untitled: bool = False  # the title names the file; what is printed has titles of its own

    def __post_init__(self) -> None:
        if not self.title.strip():
            raise BadDocument("公文要有标题。")
        if bool(self.printed_by) != bool(self.printed_on):
            raise BadDocument("版记的印发机关和印发日期要一起写。")

    def audit_digest(self) -> str:
        """What the audit keeps of it: that it was this document. Keyed: a list of names could be guessed."""
        return crypto.blind("\n".join(texts(self))).hex()

    @property
    def number(self) -> DocumentNumber | None:
        return self.head.number if isinstance(self.head, RedHead) else None

    @property
    def recipients_text(self) -> str:
        return "、".join(self.recipients).rstrip("：:") + "：" if self.recipients else ""

    @property
    def copies_text(self) -> str:
        return f"{self.copies_label}：{'、'.join(self.copies_to).rstrip('。')}。" if self.copies_to else ""

    @property
    def date_text(self) -> str:
        return chinese_date(self.date) if self.date else ""

    @property
    def printed_on_text(self) -> str:
        return f"{chinese_date(self.printed_on)}印发" if self.printed_on else ""


def together(papers: Sequence[OfficialDocument]) -> OfficialDocument:
    """Forms one after the other, each from a page of its own with its own foot: a list printed at once.

    Raises BadDocument for papers with a head, a signature or attachments, which print one by one.
    """
    if not papers or any(paper.head or paper.signature or paper.attachments or paper.landscape for paper in papers):
        raise BadDocument("只有表单和介绍信可以合并打印，其他公文请逐份打印。")
    first, *others = papers
    body = (block for paper in others for block in (NewPage(paper.title, paper.foot), *paper.body))
    return replace(first, body=(*first.body, *body))


def attachment_label(position: int, count: int) -> str:
    """附件 when there is one, 附件2 when there are several."""
    return "附件" if count == 1 else f"附件{position}"


def numbered(blocks: tuple[Block, ...]) -> Iterator[Block]:
    """The blocks with the heading numbers 一、（一）1.（1） written out, and paragraphs split at line breaks."""
    counts = dict.fromkeys(HEADING_LEVELS, 0)
    for block in blocks:
        if isinstance(block, Heading) and block.numbered:
            counts[block.level] += 1
            for deeper in range(block.level + 1, 5):
                counts[deeper] = 0
            yield Heading(block.level, _heading_number(block.level, counts[block.level]) + block.text, numbered=False)
        elif isinstance(block, Paragraph):
            yield from (Paragraph(line) for line in block.text.splitlines() if line.strip())
        else:
            yield block


def texts(document: OfficialDocument) -> Iterator[str]:
    """Every text the document prints, in order."""
    head = document.head
    if isinstance(head, RedHead):
        yield from (head.text, str(head.number), head.signer, head.urgency)
    elif isinstance(head, BulletinHead):
        yield from (head.name, head.issue_text, head.issuer, head.date_text)
    yield from (document.title, document.recipients_text)
    yield from _block_texts(document.body)
    for attachment in document.attachments:
        yield attachment.title
        yield from _block_texts(attachment.body)
    yield from (document.signature, document.date_text, document.copies_text)
    yield from (document.printed_by, document.printed_on_text, document.foot)


def _block_texts(blocks: tuple[Block, ...]) -> Iterator[str]:
    for block in numbered(blocks):
        if isinstance(block, Table):
            yield block.caption
            yield from (column.title for column in block.columns)
            for row in block.rows:
                yield from row
        elif isinstance(block, Grid):
            yield block.caption
            yield from (cell.text for row in block.rows for cell in row)
        elif isinstance(block, NewPage):
            yield from (block.title, block.foot)
        else:
            yield block.text


def _heading_number(level: int, count: int) -> str:
    return {
        1: f"{chinese_number(count)}、",
        2: f"（{chinese_number(count)}）",
        3: f"{count}. ",
        4: f"（{count}）",
    }[level]
