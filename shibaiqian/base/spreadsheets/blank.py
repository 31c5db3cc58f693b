"""An empty roster to start from: one sheet to fill in, and one that says what each column takes."""

import io
from collections.abc import Sequence

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from shibaiqian.base.spreadsheets.columns import Column, ColumnKind

ROWS = 5000  # that are ready to be filled: text where text is meant, a list where values are given
WAYS = {
    ColumnKind.TEXT: "文字", ColumnKind.ID_NUMBER: "18 位身份证号", ColumnKind.CODE: "编码，按文本填写", ColumnKind.DATE: "日期，如 2016-03-01",
    ColumnKind.MONTH: "年月，如 1975-06", ColumnKind.MOMENT: "时间，如 2016-03-01 20:15", ColumnKind.INTEGER: "整数", ColumnKind.DECIMAL: "数字，最多两位小数",
    ColumnKind.MONEY: "元，最多两位小数", ColumnKind.BOOLEAN: "是或否", ColumnKind.CHOICE: "只填一个值", ColumnKind.CHOICES: "可填几个值，用顿号隔开",
}  # fmt: skip
NUMBERS = (ColumnKind.INTEGER, ColumnKind.DECIMAL, ColumnKind.MONEY)
GUIDE, LISTS = "填写说明", "值"


def blank_workbook(columns: Sequence[Column], *, title: str) -> bytes:
    """The workbook's bytes. Required headers carry a star; the importer takes it with its first sheet filled, and the second as it is."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet, guide, lists = book.add_worksheet(title[:31]), book.add_worksheet(GUIDE), book.add_worksheet(LISTS)
        lists.hide()
        head = book.add_format({"bold": True, "bg_color": "#F2F2F2", "border": 1, "align": "center", "valign": "vcenter"})
        must = book.add_format(
            {"bold": True, "bg_color": "#F2F2F2", "border": 1, "align": "center", "valign": "vcenter", "font_color": "#9C0006"}
        )
        text, wrap = book.add_format({"num_format": "@"}), book.add_format({"text_wrap": True, "valign": "top"})
        for place, column in enumerate(columns):
            sheet.write_string(0, place, _header(column), must if column.required else head)
            width = min(max(2 * len(_header(column)) + 2, 21 if column.kind is ColumnKind.ID_NUMBER else 12), 40)
            sheet.set_column(place, place, width, None if column.kind in NUMBERS else text)
        sheet.freeze_panes(1, 0)
        for place, word in enumerate(("列", "必填", "填什么", "可以填的值", "说明")):
            guide.write_string(0, place, word, head)
        for row, column in enumerate(columns, start=1):
            allowed = _allowed(column)
            for place, said in enumerate(
                (column.header, "是" if column.required else "", WAYS[column.kind], "、".join(allowed), column.help)
            ):
                guide.write_string(row, place, said, wrap)
            if allowed and column.kind is not ColumnKind.CHOICES:
                # The list stands in cells: one written into the rule itself may have 255 characters only.
                letters = xl_col_to_name(row - 1)
                lists.write_column(0, row - 1, allowed)
                source = f"='{LISTS}'!${letters}$1:${letters}${len(allowed)}"
                sheet.data_validation(1, row - 1, ROWS, row - 1, {"validate": "list", "source": source, "error_type": "warning"})
        guide.set_column(0, 0, 24)
        guide.set_column(2, 2, 24)
        guide.set_column(3, 4, 60)
    return buffer.getvalue()


def _header(column: Column) -> str:
    return column.header + ("*" if column.required else "")


def _allowed(column: Column) -> list[str]:
    """The first label of each code, as exports write them."""
    if column.kind is ColumnKind.BOOLEAN:
        return ["是", "否"]
    return list(column.labels.values())[::-1] if column.choices else []
