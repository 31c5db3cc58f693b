"""Official documents: what an office prints, in the layout of GB/T 9704-2012.

A document is a plain value (`gongwen.OfficialDocument`); it knows nothing of tables or people. The same value becomes
a PDF (`pdf.render_pdf`) or an editable Word file (`word.render_docx`), so the two can never tell different things.

Words: 版头 head, 发文机关标志 the red name in the head, 发文字号 document number, 主送机关 recipients, 版记 imprint
(copies and printing office, at the foot of the last page), 版心 type area, 简报 bulletin.

Invariants
- Text is data. No user's text is ever read as markup, neither by the typesetter nor as a Word template.
- The red head stands on one line, whatever the length of the issuer's name.
- Heading numbers (一、（一）1. （1）) are counted, never typed.
- A document of the demonstration says 演示数据 on every page.
- The same document with the same fonts gives the same bytes.
- A character without a glyph is named to the person who prints; it is never dropped silently.
"""
