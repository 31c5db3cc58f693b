"""The sheet, what stands on every page of it, and the properties of the file."""

import datetime as dt

from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Mm, Pt

from shibaiqian.documents import layout
from shibaiqian.documents.gongwen import OfficialDocument
from shibaiqian.documents.word.styles import ALIGN
from shibaiqian.documents.word.xml import element, field


def page(section: Section, document: OfficialDocument) -> None:
    width, height = layout.PAGE_WIDTH_MM, layout.PAGE_HEIGHT_MM
    top, bottom, left, right = layout.margins(landscape=document.landscape, form=document.form)
    if document.landscape:
        width, height = height, width
        section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(width), Mm(height)
    section.top_margin, section.bottom_margin = Mm(top), Mm(bottom)
    section.left_margin, section.right_margin = Mm(left), Mm(right)
    section.header_distance = Mm(17)
    # The footer is measured from the paper's edge to its lower edge: one line of 4号 below the gap.
    section.footer_distance = Mm(bottom - layout.PAGE_NUMBER_GAP_MM) - Pt(18)
    # No character grid: LibreOffice gives a 16 point character two cells of 15.79. The exact line pitch makes 22 lines,
    # condensed characters make 28 in a line, the same in every office program.
    for grid in section._sectPr.findall(qn("w:docGrid")):
        section._sectPr.remove(grid)


def new_page(word: WordDocument, foot: str) -> None:
    """A section of its own from the next page on, its pages counted from one."""
    section = word.add_section(WD_SECTION.NEW_PAGE)
    # The paragraph that carries the break takes no room: a full page must not be followed by an empty one.
    word.paragraphs[-1].paragraph_format.line_spacing = Pt(1)
    section._sectPr.append(element("w:pgNumType", start=1))
    _feet(section, foot)


def page_furniture(section: Section, document: OfficialDocument) -> None:
    _feet(section, document.foot)
    if document.demonstration:
        for header in (section.header, section.even_page_header):
            header.is_linked_to_previous = False
            paragraph = header.paragraphs[0]
            paragraph.style = "演示标记"
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            run = paragraph.add_run(layout.DEMONSTRATION_MARK)
            run._r.get_or_add_rPr().append(element("w:bdr", val="single", sz=6, space=2, color=layout.RED))


def _feet(section: Section, foot: str) -> None:
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]
        paragraph.style = "页码"
        paragraph.alignment = ALIGN[side]
        if side == "right":
            paragraph.paragraph_format.right_indent = Pt(layout.SMALL_SIZE)
        else:
            paragraph.paragraph_format.left_indent = Pt(layout.SMALL_SIZE)
        paragraph.add_run("— ")
        field(paragraph, "PAGE")
        paragraph.add_run(" —")
        if foot:
            proof = footer.add_paragraph(style="页码")
            proof.alignment = ALIGN["left" if side == "right" else "right"]
            proof.add_run(layout.printable(foot)).font.size = Pt(layout.FOOT_SIZE)


def properties(word: WordDocument, document: OfficialDocument) -> None:
    core = word.core_properties
    core.title = layout.printable(" ".join(document.title.split()))
    core.author = layout.printable(document.signature or document.printed_by)
    core.comments = ""
    core.language = "zh-CN"
    day = document.date or document.printed_on or dt.date(2000, 1, 1)
    core.created = core.modified = dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)
