"""What follows the text: names of attachments, signature and date, and the imprint at the foot of the last page."""

from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt

from shibaiqian.documents import layout
from shibaiqian.documents.gongwen import OfficialDocument
from shibaiqian.documents.word.lines import line, two_ends
from shibaiqian.documents.word.styles import INDENT
from shibaiqian.documents.word.xml import cell_margins, element, twips


def attachment_names(word: WordDocument, document: OfficialDocument) -> None:
    names = [attachment.title for attachment in document.attachments]
    if names:
        line(word, "")
    label = 3 * layout.CHARACTER_PITCH
    figure = 1.2 * layout.CHARACTER_PITCH if len(names) > 1 else 0.0
    for position, name in enumerate(names):
        paragraph = line(word, "")
        paragraph.paragraph_format.left_indent = Pt(INDENT + label + figure)
        paragraph.paragraph_format.first_line_indent = Pt(-figure if position else -(label + figure))
        paragraph.paragraph_format.tab_stops.add_tab_stop(Pt(INDENT + label + figure))
        text = "附件：" if position == 0 else ""
        paragraph.add_run(text + (f"{position + 1}.\t" if figure else "") + layout.printable(name))


def signature(word: WordDocument, document: OfficialDocument) -> None:
    if not (document.signature or document.date):
        return
    indents = layout.signature_indents(document.signature, document.date_text)
    line(word, "")
    line(word, "")
    for text, indent in zip((document.signature, document.date_text), indents, strict=True):
        if text:
            paragraph = line(word, text)
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            paragraph.paragraph_format.right_indent = Pt(indent)


def imprint(word: WordDocument, document: OfficialDocument) -> None:
    """版记: a table that floats to the foot of the page its anchor falls on, which is the last one."""
    lines = [text for text in (document.copies_text, document.printed_by) if text]
    if not lines:
        return
    table = word.add_table(rows=len(lines), cols=1)
    properties = table._tbl.tblPr
    place = {"vertAnchor": "margin", "horzAnchor": "margin", "tblpXSpec": "left", "tblpYSpec": "bottom"}
    properties.find(qn("w:tblW")).addprevious(
        element("w:tblpPr", leftFromText=0, rightFromText=0, topFromText=twips(layout.SMALL_SIZE), **place)
    )
    width = properties.find(qn("w:tblW"))
    width.set(qn("w:type"), "dxa")
    width.set(qn("w:w"), str(twips(layout.LINE_WIDTH)))
    table.autofit = False
    table.columns[0].width = Pt(layout.LINE_WIDTH)
    borders = OxmlElement("w:tblBorders")
    for side, eighths in (("top", 8), ("bottom", 8), ("insideH", 6)):  # 0.35 mm outside, 0.25 mm inside
        borders.append(element(f"w:{side}", val="single", sz=eighths, space=0, color="000000"))
    properties.find(qn("w:tblLayout")).addprevious(borders)
    cell_margins(table, 0)
    for row, text in zip(table.rows, lines, strict=True):
        row.cells[0].width = Pt(layout.LINE_WIDTH)
        paragraph = row.cells[0].paragraphs[0]
        paragraph.style = "版记"
        if text == document.printed_by:
            two_ends(paragraph, text, document.printed_on_text, inset=layout.SMALL_SIZE)
        else:
            paragraph.paragraph_format.left_indent = Pt(4 * layout.SMALL_SIZE)
            paragraph.paragraph_format.right_indent = Pt(layout.SMALL_SIZE)
            paragraph.paragraph_format.first_line_indent = Pt(-3 * layout.SMALL_SIZE)
            paragraph.add_run(layout.printable(text))
        paragraph.paragraph_format.keep_with_next = True
    line(word, "").paragraph_format.line_spacing = Pt(1)
