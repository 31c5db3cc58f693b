"""The head of a document: the red name of the office, or of the bulletin, down to the red rule."""

from docx.document import Document as WordDocument
from docx.oxml.ns import qn
from docx.shared import Pt
from docx.text.paragraph import Paragraph as WordParagraph

from shibaiqian.documents import layout
from shibaiqian.documents.gongwen import BulletinHead, RedHead
from shibaiqian.documents.word.lines import line, two_ends
from shibaiqian.documents.word.styles import HEI_FONT, KAI_FONT
from shibaiqian.documents.word.xml import borders, element, fonts, spacing


def red_head(word: WordDocument, head: RedHead) -> None:
    if head.urgency:
        line(word, head.urgency, font=HEI_FONT)
    gap = layout.HEAD_GAP_MM * layout.MM - (layout.LINE_PITCH if head.urgency else 0)
    _red_name(word, head.text).paragraph_format.space_before = Pt(gap)
    line(word, "")
    line(word, "")
    number = line(word, "", style="发文字号")
    if head.signer:
        two_ends(number, str(head.number), "", inset=layout.BODY_SIZE)
        number.add_run("签发人：")
        fonts(number.add_run(layout.printable(head.signer))._r.get_or_add_rPr(), KAI_FONT)
    else:
        number.add_run(str(head.number))
    _red_rule(number)
    line(word, "")
    line(word, "")


def bulletin_head(word: WordDocument, head: BulletinHead) -> None:
    _red_name(word, head.name)
    line(word, head.issue_text, style="发文字号")
    issued = line(word, "", style="发文字号")
    issued.paragraph_format.space_before = Pt(9)
    two_ends(issued, head.issuer, head.date_text, inset=layout.BODY_SIZE / 2)
    _red_rule(issued)
    line(word, "")


def _red_name(word: WordDocument, text: str) -> WordParagraph:
    fit = layout.fit_head(text)
    paragraph = word.add_paragraph(style="发文机关标志")
    run = paragraph.add_run(layout.printable(text))
    run.font.size = Pt(round(fit.size * 2) / 2)
    properties = run._r.get_or_add_rPr()
    spacing(properties, fit.tracking * fit.scale / 100)
    # One per cent less than the PDF: Word's line must not wrap by a hair.
    properties.find(qn("w:sz")).addprevious(element("w:w", val=fit.scale - 1))
    return paragraph


def _red_rule(paragraph: WordParagraph) -> None:
    # The exact line leaves some points below the characters; the rest makes up the 4 mm.
    space = round(layout.RULE_GAP_MM * layout.MM - (layout.LINE_PITCH - layout.BODY_SIZE) / 2)
    borders(paragraph, bottom={"sz": 12, "space": space, "color": layout.RED})
