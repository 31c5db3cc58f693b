"""Editable Word file of an official document, in the same layout as the PDF, for Word and WPS.

The office's own fonts are named, never shipped. Text goes in as text nodes: Word and template syntax in it stays
literal.
"""

import io

from docx import Document

from shibaiqian.documents.gongwen import BulletinHead, OfficialDocument, RedHead, attachment_label
from shibaiqian.documents.word.body import blocks
from shibaiqian.documents.word.foot import attachment_names, imprint, signature
from shibaiqian.documents.word.head import bulletin_head, red_head
from shibaiqian.documents.word.lines import line, title
from shibaiqian.documents.word.page import page, page_furniture, properties
from shibaiqian.documents.word.styles import HEI_FONT, styles


def render_docx(document: OfficialDocument) -> bytes:
    """The document as .docx."""
    word = Document()
    styles(word)
    section = word.sections[0]
    page(section, document)
    word.settings.odd_and_even_pages_header_footer = True
    page_furniture(section, document)
    properties(word, document)

    if isinstance(document.head, RedHead):
        red_head(word, document.head)
    elif isinstance(document.head, BulletinHead):
        bulletin_head(word, document.head)
    if not document.untitled:
        title(word, document.title)
        line(word, "")
    if document.recipients:
        line(word, document.recipients_text)
    blocks(word, document.body)
    text_ends = len(word.paragraphs) - 1
    attachment_names(word, document)
    signature(word, document)
    # A signature must not stand on a page without text.
    for paragraph in word.paragraphs[text_ends:-1]:
        paragraph.paragraph_format.keep_with_next = True
    count = len(document.attachments)
    for position, attachment in enumerate(document.attachments, start=1):
        if attachment.body:
            label = line(word, attachment_label(position, count), font=HEI_FONT)
            label.paragraph_format.page_break_before = True
            line(word, "")
            title(word, attachment.title)
            line(word, "")
            blocks(word, attachment.body)
    imprint(word, document)

    out = io.BytesIO()
    word.save(out)
    return out.getvalue()
