"""A report as an Excel sheet with the headers of the paper form, and as an official document for PDF and Word."""

import io

import xlsxwriter

from shibaiqian.base.spreadsheets.cells import FORMULA_STARTS
from shibaiqian.documents.gongwen import Cell, Column, Grid, OfficialDocument, Paragraph, Table
from shibaiqian.documents.layout import printable
from shibaiqian.reports.tables import Report, Section

WORDS, NUMBERS = 2.2, 1.0  # widths of columns on paper
SIZE = 9.0
NARROW, WIDE = 9, 22  # widths of columns in the workbook


def workbook(report: Report, *, watermark: str) -> bytes:
    """Every section a sheet: title, criteria, the two rows of headers, the rows as numbers."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        look = {
            "title": book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"}),
            "said": book.add_format({"font_color": "#595959", "valign": "vcenter"}),
            "head": book.add_format(
                {"bold": True, "border": 1, "align": "center", "valign": "vcenter", "text_wrap": True, "bg_color": "#F2F2F2"}
            ),
            "word": book.add_format({"border": 1, "valign": "vcenter", "text_wrap": True}),
            "number": book.add_format({"border": 1, "align": "right", "valign": "vcenter", "num_format": "0"}),
        }
        for section in report.sections:
            _sheet(book.add_worksheet(section.title[:31]), report, section, look, watermark=watermark)
    return buffer.getvalue()


def _sheet(sheet, report: Report, section: Section, look, *, watermark: str) -> None:  # type: ignore[no-untyped-def]
    last = len(section.columns) - 1
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer(f"&L{watermark.replace('&', '&&')}&R&P/&N")
    sheet.set_column(0, section.words - 1, WIDE)
    sheet.set_column(section.words, last, NARROW)
    for at, width in enumerate(section.widths):
        sheet.set_column(at, at, NARROW * width)
    _across(sheet, 0, 0, last, f"{report.title}（{section.title}）", look["title"])
    sheet.set_row(0, 28)
    _across(sheet, 1, 0, last, f"{report.criteria}　{watermark}", look["said"])
    head = 2
    if section.groups:
        at = 0
        for label, span in section.groups:
            if span == 1:
                sheet.merge_range(head, at, head + 1, at, label, look["head"])
            else:
                _across(sheet, head, at, at + span - 1, label, look["head"])
            at += span
        head += 1
    for at, label in enumerate(section.columns):
        if label:
            sheet.write_string(head, at, label, look["head"])
    for number, row in enumerate(section.rows, start=head + 1):
        for at, value in enumerate(row):
            if isinstance(value, int):
                sheet.write_number(number, at, value, look["number"])
            else:
                sheet.write_string(number, at, _guarded(value), look["word"])
    sheet.freeze_panes(head + 1, section.words)
    sheet.repeat_rows(2, head)
    if section.note:
        _across(sheet, head + 1 + len(section.rows), 0, last, f"注：{section.note}", look["said"])


def _across(sheet, row: int, first: int, last: int, text: str, look) -> None:  # type: ignore[no-untyped-def]
    if first == last:
        sheet.write_string(row, first, text, look)
    else:
        sheet.merge_range(row, first, row, last, text, look)


def _guarded(text: str) -> str:
    text = printable(text)
    return f"'{text}" if text[:1] and text[0] in FORMULA_STARTS else text


def document(report: Report, *, demonstration: bool) -> OfficialDocument:
    """The report on paper, lying; tables with two rows of headers as forms, the others with a header that repeats."""
    body: list[Paragraph | Table | Grid] = [Paragraph(report.criteria)]
    for section in report.sections:
        body.append(Paragraph(section.title if section.rows else f"{section.title}：没有数据。"))
        if section.rows:
            body.append(_grid(section) if section.groups else _table(section))
        if section.note:
            body.append(Paragraph(f"注：{section.note}"))
    return OfficialDocument(title=report.title, body=tuple(body), landscape=True, demonstration=demonstration)


def _table(section: Section) -> Table:
    widths = section.widths or tuple(WORDS if at < section.words else NUMBERS for at in range(len(section.columns)))
    columns = tuple(Column(label, widths[at], "left" if at < section.words else "right") for at, label in enumerate(section.columns))
    return Table(columns=columns, rows=tuple(tuple(str(value) for value in row) for row in section.rows), size=10.5)


def _grid(section: Section) -> Grid:
    widths = tuple(WORDS if at < section.words else NUMBERS for at in range(len(section.columns)))
    upper = tuple(Cell(label, span, label=True) for label, span in section.groups)
    lower = tuple(Cell(label, label=True) for label in section.columns)
    rows = tuple(
        tuple(Cell(str(value), align="left" if at < section.words else "right") for at, value in enumerate(row)) for row in section.rows
    )
    return Grid(widths=widths, rows=(upper, lower, *rows), size=SIZE)
