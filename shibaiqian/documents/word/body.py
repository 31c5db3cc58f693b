"""Paragraphs, headings and tables of the text and of attachments."""

from collections.abc import Iterable

from docx.document import Document as WordDocument
from docx.enum.table import WD_ALIGN_VERTICAL, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.shared import Pt

from shibaiqian.documents import layout
from shibaiqian.documents.gongwen import Block, Heading, Table, numbered
from shibaiqian.documents.word.lines import line
from shibaiqian.documents.word.styles import ALIGN, HEI_FONT
from shibaiqian.documents.word.xml import cell_margins, element, fonts


def blocks(word: WordDocument, blocks: Iterable[Block]) -> None:
    for block in numbered(tuple(blocks)):
        if isinstance(block, Table):
            _table(word, block)
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
    total = sum(column.width for column in block.columns)
    widths = [Pt(layout.LINE_WIDTH * column.width / total) for column in block.columns]
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
