"""Lines of text and what is set in them."""

from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK, WD_TAB_ALIGNMENT
from docx.shared import Pt
from docx.text.paragraph import Paragraph as WordParagraph

from shibaiqian.documents import layout
from shibaiqian.documents.word.xml import fonts


def line(word: WordDocument, text: str, *, style: str = "Normal", font: str = "") -> WordParagraph:
    paragraph = word.add_paragraph(style=style)
    if text:
        run = paragraph.add_run(layout.printable(text))
        if font:
            fonts(run._r.get_or_add_rPr(), font)
    return paragraph


def title(word: WordDocument, title: str) -> None:
    paragraph = word.add_paragraph(style="公文标题")
    for position, line in enumerate(layout.wrap_title(title)):
        if position:
            paragraph.add_run().add_break(WD_BREAK.LINE)
        paragraph.add_run(layout.printable(line))


def two_ends(paragraph: WordParagraph, left: str, right: str, *, inset: float) -> None:
    """`left` at the left edge, `right` at the right one, both `inset` points inside."""
    paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT
    paragraph.paragraph_format.first_line_indent = Pt(inset)
    paragraph.paragraph_format.tab_stops.add_tab_stop(Pt(layout.LINE_WIDTH - inset), WD_TAB_ALIGNMENT.RIGHT)
    paragraph.add_run(layout.printable(left))
    paragraph.add_run("\t" + layout.printable(right))
