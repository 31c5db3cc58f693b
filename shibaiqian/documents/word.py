"""Editable Word file of an official document, in the same layout as the PDF, for Word and WPS.

The office's own fonts are named, never shipped. Text goes in as text nodes: Word and template syntax in it stays
literal.
"""

import datetime as dt
import io
from collections.abc import Iterable

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_ALIGN_VERTICAL, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.section import Section
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph as WordParagraph

from shibaiqian.documents import layout
from shibaiqian.documents.gongwen import (
    Block,
    BulletinHead,
    Heading,
    OfficialDocument,
    RedHead,
    Table,
    attachment_label,
    numbered,
)

TITLE_FONT, BODY_FONT, KAI_FONT = "方正小标宋简体", "仿宋_GB2312", "楷体_GB2312"
HEI_FONT, PAGE_NUMBER_FONT = "黑体", "宋体"

_INDENT = 2 * layout.CHARACTER_PITCH
# 28 characters of 16 points are wider than the line. A twentieth less than the exact pitch: the 28th must not fall.
_CONDENSED = layout.CHARACTER_PITCH - layout.BODY_SIZE - 0.05
_ALIGN = {"left": WD_ALIGN_PARAGRAPH.LEFT, "center": WD_ALIGN_PARAGRAPH.CENTER, "right": WD_ALIGN_PARAGRAPH.RIGHT}
# What follows in w:pPr by the schema, for the elements written here.
_AFTER_BORDER = ("w:shd", "w:tabs", "w:suppressAutoHyphens", "w:kinsoku", "w:wordWrap", "w:overflowPunct",
                 "w:topLinePunct", "w:autoSpaceDE", "w:autoSpaceDN", "w:bidi", "w:adjustRightInd")  # fmt: skip
_AFTER_SPACE_DE = ("w:autoSpaceDN", "w:bidi", "w:adjustRightInd", "w:snapToGrid", "w:spacing", "w:ind",
                   "w:contextualSpacing", "w:mirrorIndents", "w:jc", "w:outlineLvl", "w:rPr")  # fmt: skip


def render_docx(document: OfficialDocument) -> bytes:
    """The document as .docx."""
    word = Document()
    _styles(word)
    section = word.sections[0]
    _page(section)
    word.settings.odd_and_even_pages_header_footer = True
    _page_furniture(section, document)
    _properties(word, document)

    if isinstance(document.head, RedHead):
        _red_head(word, document.head)
    elif isinstance(document.head, BulletinHead):
        _bulletin_head(word, document.head)
    _title(word, document.title)
    _line(word, "")
    if document.recipients:
        _line(word, document.recipients_text)
    _blocks(word, document.body)
    text_ends = len(word.paragraphs) - 1
    _attachment_names(word, document)
    _signature(word, document)
    # A signature must not stand on a page without text.
    for paragraph in word.paragraphs[text_ends:-1]:
        paragraph.paragraph_format.keep_with_next = True
    count = len(document.attachments)
    for position, attachment in enumerate(document.attachments, start=1):
        if attachment.body:
            label = _line(word, attachment_label(position, count), font=HEI_FONT)
            label.paragraph_format.page_break_before = True
            _line(word, "")
            _title(word, attachment.title)
            _line(word, "")
            _blocks(word, attachment.body)
    _imprint(word, document)

    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


# Page


def _page(section: Section) -> None:
    section.page_width, section.page_height = Mm(layout.PAGE_WIDTH_MM), Mm(layout.PAGE_HEIGHT_MM)
    section.top_margin, section.bottom_margin = Mm(layout.TOP_MM), Mm(layout.BOTTOM_MM)
    section.left_margin, section.right_margin = Mm(layout.LEFT_MM), Mm(layout.RIGHT_MM)
    section.header_distance = Mm(17)
    # The footer is measured from the paper's edge to its lower edge: one line of 4号 below the gap.
    section.footer_distance = Mm(layout.BOTTOM_MM - layout.PAGE_NUMBER_GAP_MM) - Pt(18)
    # No character grid: LibreOffice gives a 16 point character two cells of 15.79. The exact line pitch makes 22 lines,
    # condensed characters make 28 in a line, the same in every office program.
    for grid in section._sectPr.findall(qn("w:docGrid")):
        section._sectPr.remove(grid)


def _page_furniture(section: Section, document: OfficialDocument) -> None:
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]
        paragraph.style = "页码"
        paragraph.alignment = _ALIGN[side]
        if side == "right":
            paragraph.paragraph_format.right_indent = Pt(layout.SMALL_SIZE)
        else:
            paragraph.paragraph_format.left_indent = Pt(layout.SMALL_SIZE)
        paragraph.add_run("— ")
        _field(paragraph, "PAGE")
        paragraph.add_run(" —")
    if document.demonstration:
        for header in (section.header, section.even_page_header):
            header.is_linked_to_previous = False
            paragraph = header.paragraphs[0]
            paragraph.style = "演示标记"
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            run = paragraph.add_run(layout.DEMONSTRATION_MARK)
            run._r.get_or_add_rPr().append(_element("w:bdr", val="single", sz=6, space=2, color=layout.RED))


def _properties(word: WordDocument, document: OfficialDocument) -> None:
    core = word.core_properties
    core.title = layout.printable(" ".join(document.title.split()))
    core.author = layout.printable(document.signature or document.printed_by)
    core.comments = ""
    core.language = "zh-CN"
    day = document.date or document.printed_on or dt.date(2000, 1, 1)
    core.created = core.modified = dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)


# Styles


def _styles(word: WordDocument) -> None:
    normal = word.styles["Normal"]
    _face(normal, BODY_FONT, layout.BODY_SIZE)
    _exact(normal, layout.LINE_PITCH)
    normal.paragraph_format.space_before = normal.paragraph_format.space_after = Pt(0)
    normal.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    normal.paragraph_format.widow_control = False
    # No quarter space between Chinese and figures: an office counts characters.
    for tag, after in (("w:autoSpaceDE", _AFTER_SPACE_DE), ("w:autoSpaceDN", _AFTER_SPACE_DE[1:])):
        normal.element.get_or_add_pPr().insert_element_before(_element(tag, val=0), *after)

    body = _style(word, "公文正文", BODY_FONT, layout.BODY_SIZE)
    body.paragraph_format.first_line_indent = Pt(_INDENT)
    for level, font in ((1, HEI_FONT), (2, KAI_FONT), (3, BODY_FONT), (4, BODY_FONT)):
        heading = word.styles[f"Heading {level}"]
        _face(heading, font, layout.BODY_SIZE)
        heading.font.color.rgb = RGBColor(0, 0, 0)
        heading.font.italic = False
        _exact(heading, layout.LINE_PITCH)
        heading.paragraph_format.space_before = heading.paragraph_format.space_after = Pt(0)
        heading.paragraph_format.first_line_indent = Pt(_INDENT)
        heading.paragraph_format.keep_with_next = True

    head = _style(word, "发文机关标志", TITLE_FONT, 50, align="center", color=layout.RED)
    head.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    _style(word, "发文字号", BODY_FONT, layout.BODY_SIZE, align="center")
    title = _style(word, "公文标题", TITLE_FONT, layout.TITLE_SIZE, align="center", pitch=33)
    title.paragraph_format.keep_with_next = True
    _style(word, "版记", BODY_FONT, layout.SMALL_SIZE, pitch=22)
    _style(word, "页码", PAGE_NUMBER_FONT, layout.SMALL_SIZE, pitch=18)
    _style(word, "演示标记", HEI_FONT, 10.5, pitch=16, color=layout.RED)
    caption = _style(word, "表题", HEI_FONT, layout.SMALL_SIZE, align="center")
    caption.paragraph_format.keep_with_next = True
    cell = _style(word, "表格文字", BODY_FONT, 10.5, align="center")
    cell.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE


def _style(
    word: WordDocument,
    name: str,
    font: str,
    size: float,
    *,
    align: str = "",
    pitch: float = layout.LINE_PITCH,
    color: str = "",
) -> ParagraphStyle:
    style: ParagraphStyle = word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = word.styles["Normal"]
    style.quick_style = True
    _face(style, font, size)
    _exact(style, pitch)
    if align:
        style.paragraph_format.alignment = _ALIGN[align]
    if color:
        style.font.color.rgb = RGBColor.from_string(color)
    return style


def _face(style: ParagraphStyle, font: str, size: float) -> None:
    style.font.size = Pt(size)
    style.font.bold = False
    properties = style.element.get_or_add_rPr()
    _fonts(properties, font)
    _spacing(properties, _CONDENSED if size == layout.BODY_SIZE else 0.0)


def _fonts(properties: BaseOxmlElement, font: str) -> None:
    """Name the font for all scripts; theme fonts would win over it, so they go."""
    fonts = properties.get_or_add_rFonts()
    fonts.attrib.clear()
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), font)
    fonts.set(qn("w:hint"), "eastAsia")


def _spacing(properties: BaseOxmlElement, points: float) -> None:
    for old in properties.findall(qn("w:spacing")):
        properties.remove(old)
    # The schema wants it before w:w and w:sz.
    properties.find(qn("w:sz")).addprevious(_element("w:spacing", val=_twips(points)))


def _exact(style: ParagraphStyle, pitch: float) -> None:
    style.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    style.paragraph_format.line_spacing = Pt(pitch)


# Head


def _red_head(word: WordDocument, head: RedHead) -> None:
    if head.urgency:
        _line(word, head.urgency, font=HEI_FONT)
    gap = layout.HEAD_GAP_MM * layout.MM - (layout.LINE_PITCH if head.urgency else 0)
    _red_name(word, head.text).paragraph_format.space_before = Pt(gap)
    _line(word, "")
    _line(word, "")
    number = _line(word, "", style="发文字号")
    if head.signer:
        _two_ends(number, str(head.number), "", inset=layout.BODY_SIZE)
        number.add_run("签发人：")
        _fonts(number.add_run(layout.printable(head.signer))._r.get_or_add_rPr(), KAI_FONT)
    else:
        number.add_run(str(head.number))
    _red_rule(number)
    _line(word, "")
    _line(word, "")


def _bulletin_head(word: WordDocument, head: BulletinHead) -> None:
    _red_name(word, head.name)
    _line(word, head.issue_text, style="发文字号")
    issued = _line(word, "", style="发文字号")
    issued.paragraph_format.space_before = Pt(9)
    _two_ends(issued, head.issuer, head.date_text, inset=layout.BODY_SIZE / 2)
    _red_rule(issued)
    _line(word, "")


def _red_name(word: WordDocument, text: str) -> WordParagraph:
    fit = layout.fit_head(text)
    paragraph = word.add_paragraph(style="发文机关标志")
    run = paragraph.add_run(layout.printable(text))
    run.font.size = Pt(round(fit.size * 2) / 2)
    properties = run._r.get_or_add_rPr()
    _spacing(properties, fit.tracking * fit.scale / 100)
    # One per cent less than the PDF: Word's line must not wrap by a hair.
    properties.find(qn("w:sz")).addprevious(_element("w:w", val=fit.scale - 1))
    return paragraph


def _red_rule(paragraph: WordParagraph) -> None:
    # The exact line leaves some points below the characters; the rest makes up the 4 mm.
    space = round(layout.RULE_GAP_MM * layout.MM - (layout.LINE_PITCH - layout.BODY_SIZE) / 2)
    _borders(paragraph, bottom={"sz": 12, "space": space, "color": layout.RED})


def _two_ends(paragraph: WordParagraph, left: str, right: str, *, inset: float) -> None:
    """`left` at the left edge, `right` at the right one, both `inset` points inside."""
    paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT
    paragraph.paragraph_format.first_line_indent = Pt(inset)
    paragraph.paragraph_format.tab_stops.add_tab_stop(Pt(layout.LINE_WIDTH - inset), WD_TAB_ALIGNMENT.RIGHT)
    paragraph.add_run(layout.printable(left))
    paragraph.add_run("\t" + layout.printable(right))


# Body


def _title(word: WordDocument, title: str) -> None:
    paragraph = word.add_paragraph(style="公文标题")
    for position, line in enumerate(layout.wrap_title(title)):
        if position:
            paragraph.add_run().add_break(WD_BREAK.LINE)
        paragraph.add_run(layout.printable(line))


def _line(word: WordDocument, text: str, *, style: str = "Normal", font: str = "") -> WordParagraph:
    paragraph = word.add_paragraph(style=style)
    if text:
        run = paragraph.add_run(layout.printable(text))
        if font:
            _fonts(run._r.get_or_add_rPr(), font)
    return paragraph


def _blocks(word: WordDocument, blocks: Iterable[Block]) -> None:
    for block in numbered(tuple(blocks)):
        if isinstance(block, Table):
            _table(word, block)
        elif isinstance(block, Heading):
            _line(word, block.text, style=f"Heading {block.level}")
        else:
            _line(word, block.text, style="公文正文")


def _table(word: WordDocument, block: Table) -> None:
    if block.caption:
        _line(word, block.caption, style="表题")
    table = word.add_table(rows=0, cols=len(block.columns), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    _cell_margins(table, 40)
    style_id = word.styles["表格文字"].style_id
    total = sum(column.width for column in block.columns)
    widths = [Pt(layout.LINE_WIDTH * column.width / total) for column in block.columns]
    for grid, width in zip(table.columns, widths, strict=True):
        grid.width = width
    rows = (tuple(column.title for column in block.columns), *block.rows)
    for position, texts in enumerate(rows):
        row = table.add_row()
        row.height, row.height_rule = Pt(block.size * 2), WD_ROW_HEIGHT_RULE.AT_LEAST
        properties = row._tr.get_or_add_trPr()
        properties.insert_element_before(_element("w:cantSplit"), "w:trHeight", "w:tblHeader")
        if position == 0:
            properties.append(_element("w:tblHeader"))
        for cell, text, column, width in zip(row.cells, texts, block.columns, widths, strict=True):
            cell.width = width
            cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
            paragraph = cell.paragraphs[0]
            # By its id: looking a style up by name for every cell takes most of the time of a long roster.
            paragraph._p.style = style_id
            run = paragraph.add_run(layout.printable(text))
            run.font.size = Pt(block.size)
            if position == 0:
                _fonts(run._r.get_or_add_rPr(), HEI_FONT)
            else:
                paragraph.alignment = _ALIGN[column.align]


def _cell_margins(table: WordTable, twips: int) -> None:
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margins.append(_element(f"w:{side}", w=twips, type="dxa"))
    table._tbl.tblPr.find(qn("w:tblLayout")).addnext(margins)


def _attachment_names(word: WordDocument, document: OfficialDocument) -> None:
    names = [attachment.title for attachment in document.attachments]
    if names:
        _line(word, "")
    label = 3 * layout.CHARACTER_PITCH
    figure = 1.2 * layout.CHARACTER_PITCH if len(names) > 1 else 0.0
    for position, name in enumerate(names):
        paragraph = _line(word, "")
        paragraph.paragraph_format.left_indent = Pt(_INDENT + label + figure)
        paragraph.paragraph_format.first_line_indent = Pt(-figure if position else -(label + figure))
        paragraph.paragraph_format.tab_stops.add_tab_stop(Pt(_INDENT + label + figure))
        text = "附件：" if position == 0 else ""
        paragraph.add_run(text + (f"{position + 1}.\t" if figure else "") + layout.printable(name))


def _signature(word: WordDocument, document: OfficialDocument) -> None:
    if not (document.signature or document.date):
        return
    indents = layout.signature_indents(document.signature, document.date_text)
    _line(word, "")
    _line(word, "")
    for text, indent in zip((document.signature, document.date_text), indents, strict=True):
        if text:
            paragraph = _line(word, text)
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            paragraph.paragraph_format.right_indent = Pt(indent)


def _imprint(word: WordDocument, document: OfficialDocument) -> None:
    """版记: a table that floats to the foot of the page its anchor falls on, which is the last one."""
    lines = [text for text in (document.copies_text, document.printed_by) if text]
    if not lines:
        return
    table = word.add_table(rows=len(lines), cols=1)
    properties = table._tbl.tblPr
    place = {"vertAnchor": "margin", "horzAnchor": "margin", "tblpXSpec": "left", "tblpYSpec": "bottom"}
    properties.find(qn("w:tblW")).addprevious(
        _element("w:tblpPr", leftFromText=0, rightFromText=0, topFromText=_twips(layout.SMALL_SIZE), **place)
    )
    width = properties.find(qn("w:tblW"))
    width.set(qn("w:type"), "dxa")
    width.set(qn("w:w"), str(_twips(layout.LINE_WIDTH)))
    table.autofit = False
    table.columns[0].width = Pt(layout.LINE_WIDTH)
    borders = OxmlElement("w:tblBorders")
    for side, eighths in (("top", 8), ("bottom", 8), ("insideH", 6)):  # 0.35 mm outside, 0.25 mm inside
        borders.append(_element(f"w:{side}", val="single", sz=eighths, space=0, color="000000"))
    properties.find(qn("w:tblLayout")).addprevious(borders)
    _cell_margins(table, 0)
    for row, text in zip(table.rows, lines, strict=True):
        row.cells[0].width = Pt(layout.LINE_WIDTH)
        paragraph = row.cells[0].paragraphs[0]
        paragraph.style = "版记"
        if text == document.printed_by:
            _two_ends(paragraph, text, document.printed_on_text, inset=layout.SMALL_SIZE)
        else:
            paragraph.paragraph_format.left_indent = Pt(4 * layout.SMALL_SIZE)
            paragraph.paragraph_format.right_indent = Pt(layout.SMALL_SIZE)
            paragraph.paragraph_format.first_line_indent = Pt(-3 * layout.SMALL_SIZE)
            paragraph.add_run(layout.printable(text))
        paragraph.paragraph_format.keep_with_next = True
    _line(word, "").paragraph_format.line_spacing = Pt(1)


# XML


def _borders(paragraph: WordParagraph, **sides: dict[str, object]) -> None:
    borders = OxmlElement("w:pBdr")
    for side in ("top", "bottom"):
        if side in sides:
            borders.append(_element(f"w:{side}", val="single", **sides[side]))
    paragraph._p.get_or_add_pPr().insert_element_before(borders, *_AFTER_BORDER, *_AFTER_SPACE_DE)


def _field(paragraph: WordParagraph, code: str) -> None:
    for kind in ("begin", "instruction", "separate", "result", "end"):
        run = paragraph.add_run("1" if kind == "result" else "")
        if kind == "instruction":
            text = OxmlElement("w:instrText")
            text.text = f" {code} "
            text.set(qn("xml:space"), "preserve")
            run._r.append(text)
        elif kind != "result":
            run._r.append(_element("w:fldChar", fldCharType=kind))


def _element(tag: str, **attributes: object) -> BaseOxmlElement:
    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), str(value))
    return element


def _twips(points: float) -> int:
    return round(points * 20)
