import dataclasses

from shibaiqian.documents.glyphs import missing_glyphs
from shibaiqian.documents.gongwen import Attachment, Column, OfficialDocument, Paragraph, Table
from shibaiqian.documents.pdf import render_pdf

RARE = "\U0002e9f5"  # a character of extension F, in no common font
PRIVATE = "\ue000"


def test_common_text_lacks_nothing(notice, typefaces):
    rendered = render_pdf(notice, typefaces=typefaces)
    assert rendered.missing == ()
    assert rendered.warning == ""


def test_a_rare_character_in_a_name_is_named_once(notice, typefaces):
    roster = Table(columns=(Column("姓名"),), rows=((f"王{RARE}",), (f"李{RARE}",), (f"张{PRIVATE}",)))
    document = dataclasses.replace(notice, attachments=(Attachment(title="名单", body=(roster,)),))
    rendered = render_pdf(document, typefaces=typefaces)
    assert [glyph.character for glyph in rendered.missing] == [RARE, PRIVATE]
    assert rendered.missing[0].found_in == f"王{RARE}"
    assert "U+2E9F5" in rendered.warning
    assert "有2个字" in rendered.warning


def test_rare_but_drawable_characters_pass(typefaces):
    document = OfficialDocument(title="通知", body=(Paragraph("䶮、喆、堃、龑、㛃、\U0002cc56"),))
    assert missing_glyphs(document, typefaces=typefaces) == ()
