"""What python-docx has no words for, written as XML in the order the schema wants."""

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph as WordParagraph

# What follows in w:pPr by the schema, for the elements written here.
AFTER_BORDER = ("w:shd", "w:tabs", "w:suppressAutoHyphens", "w:kinsoku", "w:wordWrap", "w:overflowPunct",
                 "w:topLinePunct", "w:autoSpaceDE", "w:autoSpaceDN", "w:bidi", "w:adjustRightInd")  # fmt: skip
AFTER_SPACE_DE = ("w:autoSpaceDN", "w:bidi", "w:adjustRightInd", "w:snapToGrid", "w:spacing", "w:ind",
                   "w:contextualSpacing", "w:mirrorIndents", "w:jc", "w:outlineLvl", "w:rPr")  # fmt: skip


def borders(paragraph: WordParagraph, **sides: dict[str, object]) -> None:
    borders = OxmlElement("w:pBdr")
    for side in ("top", "bottom"):
        if side in sides:
            borders.append(element(f"w:{side}", val="single", **sides[side]))
    paragraph._p.get_or_add_pPr().insert_element_before(borders, *AFTER_BORDER, *AFTER_SPACE_DE)


def field(paragraph: WordParagraph, code: str) -> None:
    for kind in ("begin", "instruction", "separate", "result", "end"):
        run = paragraph.add_run("1" if kind == "result" else "")
        if kind == "instruction":
            text = OxmlElement("w:instrText")
            text.text = f" {code} "
            text.set(qn("xml:space"), "preserve")
            run._r.append(text)
        elif kind != "result":
            run._r.append(element("w:fldChar", fldCharType=kind))


def element(tag: str, **attributes: object) -> BaseOxmlElement:
    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), str(value))
    return element


def twips(points: float) -> int:
    return round(points * 20)


def fonts(properties: BaseOxmlElement, font: str) -> None:
    """Name the font for all scripts; theme fonts would win over it, so they go."""
    fonts = properties.get_or_add_rFonts()
    fonts.attrib.clear()
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), font)
    fonts.set(qn("w:hint"), "eastAsia")


def spacing(properties: BaseOxmlElement, points: float) -> None:
    for old in properties.findall(qn("w:spacing")):
        properties.remove(old)
    # The schema wants it before w:w and w:sz.
    properties.find(qn("w:sz")).addprevious(element("w:spacing", val=twips(points)))


def cell_margins(table: WordTable, twips: int) -> None:
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margins.append(element(f"w:{side}", w=twips, type="dxa"))
    table._tbl.tblPr.find(qn("w:tblLayout")).addnext(margins)
