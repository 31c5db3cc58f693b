"""The named styles an office finds in its list of styles; its own fonts are named, never shipped."""

from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.shared import Pt, RGBColor
from docx.styles.style import ParagraphStyle

from shibaiqian.documents import layout
from shibaiqian.documents.word.xml import AFTER_SPACE_DE, element, fonts, spacing

TITLE_FONT, BODY_FONT, KAI_FONT = "方正小标宋简体", "仿宋_GB2312", "楷体_GB2312"
HEI_FONT, PAGE_NUMBER_FONT = "黑体", "宋体"

INDENT = 2 * layout.CHARACTER_PITCH
# 28 characters of 16 points are wider than the line. A twentieth less than the exact pitch: the 28th must not fall.
_CONDENSED = layout.CHARACTER_PITCH - layout.BODY_SIZE - 0.05
ALIGN = {"left": WD_ALIGN_PARAGRAPH.LEFT, "center": WD_ALIGN_PARAGRAPH.CENTER, "right": WD_ALIGN_PARAGRAPH.RIGHT}


def styles(word: WordDocument) -> None:
    normal = word.styles["Normal"]
    _face(normal, BODY_FONT, layout.BODY_SIZE)
    _exact(normal, layout.LINE_PITCH)
    normal.paragraph_format.space_before = normal.paragraph_format.space_after = Pt(0)
    normal.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    normal.paragraph_format.widow_control = False
    # No quarter space between Chinese and figures: an office counts characters.
    for tag, after in (("w:autoSpaceDE", AFTER_SPACE_DE), ("w:autoSpaceDN", AFTER_SPACE_DE[1:])):
        normal.element.get_or_add_pPr().insert_element_before(element(tag, val=0), *after)

    body = _style(word, "公文正文", BODY_FONT, layout.BODY_SIZE)
    body.paragraph_format.first_line_indent = Pt(INDENT)
    for level, font in ((1, HEI_FONT), (2, KAI_FONT), (3, BODY_FONT), (4, BODY_FONT)):
        heading = word.styles[f"Heading {level}"]
        _face(heading, font, layout.BODY_SIZE)
        heading.font.color.rgb = RGBColor(0, 0, 0)
        heading.font.italic = False
        _exact(heading, layout.LINE_PITCH)
        heading.paragraph_format.space_before = heading.paragraph_format.space_after = Pt(0)
        heading.paragraph_format.first_line_indent = Pt(INDENT)
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
        style.paragraph_format.alignment = ALIGN[align]
    if color:
        style.font.color.rgb = RGBColor.from_string(color)
    return style


def _face(style: ParagraphStyle, font: str, size: float) -> None:
    style.font.size = Pt(size)
    style.font.bold = False
    properties = style.element.get_or_add_rPr()
    fonts(properties, font)
    spacing(properties, _CONDENSED if size == layout.BODY_SIZE else 0.0)


def _exact(style: ParagraphStyle, pitch: float) -> None:
    style.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    style.paragraph_format.line_spacing = Pt(pitch)
