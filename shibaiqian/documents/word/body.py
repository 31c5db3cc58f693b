"""Paragraphs, headings and tables of the text and of attachments."""

from collections.abc import Iterable, Sequence

from docx.document import Document as WordDocument
from docx.enum.table import WD_ALIGN_VERTICAL, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Emu, Mm, Pt
from docx.table import _Cell as WordCell

from shibaiqian.documents import layout
from shibaiqian.documents.gongwen import Block, Cell, Centred, CutLine, Grid, Heading, NewPage, Right, Table, numbered
from shibaiqian.documents.word.lines import line, title
from shibaiqian.documents.word.page import new_page
from shibaiqian.documents.word.styles import ALIGN, HEI_FONT, TITLE_FONT
from shibaiqian.documents.word.xml import cell_margins, element, fonts


def blocks(word: WordDocument, blocks: Iterable[Block]) -> None:
    for block in numbered(tuple(blocks)):
        if isinstance(block, Table):
            _table(word, block)
        elif isinstance(block, Grid):
            _form_grid(word, block)
        elif isinstance(block, CutLine):
            cut = line(word, f"{'┄' * 12} {block.text} {'┄' * 12}", style="表格文字")
            cut.alignment = WD_ALIGN_PARAGRAPH.CENTER
        elif isinstance(block, Centred):
            line(word, block.text, font=TITLE_FONT).alignment = WD_ALIGN_PARAGRAPH.CENTER
        elif isinstance(block, Right):
            signed = line(word, block.text)
            signed.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            signed.paragraph_format.right_indent = Pt(2 * layout.CHARACTER_PITCH)
        elif isinstance(block, NewPage):
            new_page(word, block.foot)
            if block.title:
                title(word, block.title)
                line(word, "")
        elif isinstance(block, Heading):
            line(word, block.text, style=f"Heading {block.level}")
        else:
            line(word, block.text, style="公文正文")


def _table(word: WordDocument, block: Table) -> None:
    if block.caption:
        line(word, block.caption, style="表题")
    table = word.add_table(rows=0, cols=len(block.columns), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    cell_margins(table, 40)
    style_id = word.styles["表格文字"].style_id
    widths = _shares(word, [column.width for column in block.columns])
    for grid, width in zip(table.columns, widths, strict=True):
        grid.width = width
    rows = (tuple(column.title for column in block.columns), *block.rows)
    for position, texts in enumerate(rows):
        row = table.add_row()
        row.height, row.height_rule = Pt(block.size * 2), WD_ROW_HEIGHT_RULE.AT_LEAST
        properties = row._tr.get_or_add_trPr()
        properties.insert_element_before(element("w:cantSplit"), "w:trHeight", "w:tblHeader")
        if position == 0:
            properties.append(element("w:tblHeader"))
        for cell, text, column, width in zip(row.cells, texts, block.columns, widths, strict=True):
            cell.width = width
            cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
            paragraph = cell.paragraphs[0]
            # By its id: looking a style up by name for every cell takes most of the time of a long roster.
            paragraph._p.style = style_id
            run = paragraph.add_run(layout.printable(text))
            run.font.size = Pt(block.size)
            if position == 0:
                fonts(run._r.get_or_add_rPr(), HEI_FONT)
            else:
                paragraph.alignment = ALIGN[column.align]


def _shares(word: WordDocument, widths: Sequence[float]) -> list[Emu]:
    """The line of the page divided in these proportions."""
    section = word.sections[0]
    whole = section.page_width - section.left_margin - section.right_margin  # type: ignore[operator]
    return [Emu(int(whole * width / sum(widths))) for width in widths]


def _form_grid(word: WordDocument, block: Grid) -> None:
    """A printed form: spanned cells are merged, rows have their least heights."""
    if block.caption:
        line(word, block.caption, style="表题")
    widths = _shares(word, block.widths)
    table = word.add_table(rows=0, cols=len(widths), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    cell_margins(table, 40)
    for grid, width in zip(table.columns, widths, strict=True):
        grid.width = width
    for said, height in zip(block.rows, block.heights or (9.0,) * len(block.rows), strict=True):
        row = table.add_row()
        row.height, row.height_rule = Mm(height), WD_ROW_HEIGHT_RULE.AT_LEAST
        cells, at = row.cells, 0
        for cell in said:
            drawn = cells[at] if cell.span == 1 else cells[at].merge(cells[at + cell.span - 1])
            drawn.width = Emu(sum(widths[at : at + cell.span]))
            at += cell.span
            _fill(word, drawn, cell, size=block.size)


def _fill(word: WordDocument, drawn: WordCell, cell: Cell, *, size: float) -> None:
    drawn.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
    style_id = word.styles["表格文字"].style_id
    for position, text in enumerate(layout.printable(cell.text).split("\n")):
        paragraph = drawn.paragraphs[0] if position == 0 else drawn.add_paragraph()
        paragraph._p.style = style_id
        paragraph.alignment = ALIGN[cell.align]
        run = paragraph.add_run(text)
        run.font.size = Pt(size)
        if cell.label:
            fonts(run._r.get_or_add_rPr(), HEI_FONT)
