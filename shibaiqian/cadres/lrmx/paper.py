"""The appointment form on paper: two A4 pages in Word, laid out as organisation departments print it. The ID number is not on it."""

import datetime as dt
import io
import re
from collections.abc import Sequence

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.table import WD_ALIGN_VERTICAL, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import Table, _Cell

from shibaiqian.cadres.lrmx.dates import month_of, printed
from shibaiqian.cadres.lrmx.form import FAMILY_FIELDS, RESUME, Form
from shibaiqian.documents.layout import DEMONSTRATION_MARK, printable

TITLE_FONT, TEXT_FONT, LABEL_FONT = "方正小标宋简体", "宋体", "黑体"
# Columns of the first page in millimetres: labels and values of name, sex, birth, and the photo.
GRID = (23, 27, 21, 25, 25, 25, 33)
FAMILY_GRID = (17, 18, 22, 16, 22, 84)
FAMILY_ROWS = 7
DATED = re.compile(r"\s*\d{4}\.\d{1,2}--(?:\d{4}\.\d{1,2}|至今)?\s*")
SIZES = ((90, 11.0), (420, 10.5), (700, 9.5), (1100, 8.0))  # characters → points, so that a long text stays in its box


def render_form(form: Form, *, on: dt.date, demonstration: bool) -> bytes:
    """The form as .docx; ages are those of `JiSuanNianLingShiJian`, or of `on` where the form has none."""
    word = Document()
    section = word.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = Mm(22), Mm(18), Mm(15), Mm(15)
    if demonstration:
        _write(section.header.paragraphs[0], DEMONSTRATION_MARK, size=9, align=WD_ALIGN_PARAGRAPH.RIGHT)
    at = _age_date(form, on)
    _write(
        word.paragraphs[0] if word.paragraphs else word.add_paragraph(),
        "干 部 任 免 审 批 表",
        size=22,
        font=TITLE_FONT,
        align=WD_ALIGN_PARAGRAPH.CENTER,
    )
    _first_page(word, form, at)
    word.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    _second_page(word, form, at)
    buffer = io.BytesIO()
    word.save(buffer)
    return buffer.getvalue()


def _age_date(form: Form, on: dt.date) -> dt.date:
    text = "".join(c for c in form.text("JiSuanNianLingShiJian") if c.isdigit())
    try:
        return dt.datetime.strptime(text, "%Y%m%d").date() if len(text) == 8 else on  # noqa: DTZ007 - a day, without a time
    except ValueError:
        return on


def age(month: str, at: dt.date) -> int:
    """Full years at a day of somebody born in a month (yyyyMM), as forms count them."""
    return at.year - int(month[:4]) - (at.month < int(month[4:6]))


def _born(text: str, at: dt.date) -> str:
    month = month_of(text)
    return f"{printed(month)}\n（{age(month, at)}岁）" if month else text


def _first_page(word: WordDocument, form: Form, at: dt.date) -> None:
    table = _table(word, GRID, 14)
    said = form.text
    rows = (
        (("姓　名", said("XingMing")), ("性　别", said("XingBie")), ("出生年月\n（岁）", _born(said("ChuShengNianYue"), at))),
        (("民　族", said("MinZu")), ("籍　贯", said("JiGuan")), ("出生地", said("ChuShengDi"))),
        (("入　党\n时　间", printed_dates(said("RuDangShiJian"))), ("参加工\n作时间", printed_dates(said("CanJiaGongZuoShiJian"))),
         ("健康状况", said("JianKangZhuangKuang"))),
    )  # fmt: skip
    for row, pairs in enumerate(rows):
        for column, (label, value) in enumerate(pairs):
            _label(table.cell(row, 2 * column), label)
            _fill(table.cell(row, 2 * column + 1), value)
    _label(table.cell(3, 0), "专业技\n术职务")
    _fill(_merged(table, 3, 1, 3, 2), said("ZhuanYeJiShuZhiWu"))
    _label(table.cell(3, 3), "熟悉专业\n有何专长")
    _fill(_merged(table, 3, 4, 3, 5), said("ShuXiZhuanYeYouHeZhuanChang"))
    _photo(_merged(table, 0, 6, 3, 6), form.photo)
    _label(_merged(table, 4, 0, 7, 0), "学　历\n学　位")
    for row, label, way in ((4, "全日制\n教　育", "QuanRiZhi"), (6, "在　职\n教　育", "ZaiZhi")):
        _label(_merged(table, row, 1, row + 1, 1), label)
        for below, what in enumerate(("XueLi", "XueWei")):
            _fill(_merged(table, row + below, 2, row + below, 3), said(f"{way}JiaoYu_{what}"))
            _fill(_merged(table, row + below, 5, row + below, 6), said(f"{way}JiaoYu_{what}_BiYeYuanXiaoXi"))
        _label(_merged(table, row, 4, row + 1, 4), "毕业院校\n系及专业")
    for row, label, element in (
        (8, "现　任　职　务", "XianRenZhiWu"),
        (9, "拟　任　职　务", "NiRenZhiWu"),
        (10, "拟　免　职　务", "NiMianZhiWu"),
    ):
        _label(_merged(table, row, 0, row, 1), label)
        _fill(_merged(table, row, 2, row, 6), said(element), align=WD_ALIGN_PARAGRAPH.LEFT)
    _label(_merged(table, 11, 0, 13, 0), "简\n\n\n历")
    _resume(_merged(table, 11, 1, 13, 6), said(RESUME))
    for row in range(11):
        _height(table, row, 11.5)
    for row in range(11, 14):
        _height(table, row, 36)


def _resume(cell: _Cell, text: str) -> None:
    """Dates in a column of their own, what follows wrapped behind it; continuations join the line before."""
    lines: list[str] = []
    for line in text.split("\n"):
        if lines and (line.startswith(" ") or not DATED.match(line)):
            lines[-1] += line.strip()
        elif line.strip():
            lines.append(line)
    size = next((points for most, points in SIZES if len(text) <= most), 7.0)
    for number, line in enumerate(lines):
        paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
        dates = DATED.match(line)
        said = f"{dates[0].strip()}\t{line[dates.end() :].strip()}" if dates else line
        _write(paragraph, said, size=size)
        width = Pt(size * 9.5)
        paragraph.paragraph_format.left_indent, paragraph.paragraph_format.first_line_indent = width, -width
        paragraph.paragraph_format.tab_stops.add_tab_stop(width)


def printed_dates(text: str) -> str:
    """1998.07 for 199807; what is no month stays as it is written (“199807；民盟”, “农工党”)."""
    month = month_of(text)
    return text.replace(month, printed(month), 1) if month and month in text else text


def _second_page(word: WordDocument, form: Form, at: dt.date) -> None:
    table = _table(word, (23, 156), 3)
    for row, (label, element, height) in enumerate(
        (
            ("奖惩\n情况", "JiangChengQingKuang", 30),
            ("年　度\n考　核\n结　果", "NianDuKaoHeJieGuo", 24),
            ("任　免\n理　由", "RenMianLiYou", 24),
        )
    ):
        _label(table.cell(row, 0), label)
        _fill(table.cell(row, 1), form.text(element), align=WD_ALIGN_PARAGRAPH.LEFT)
        _height(table, row, height)
    rows = max(FAMILY_ROWS, len(form.family))
    family = _table(word, FAMILY_GRID, rows + 1)
    _label(_merged(family, 0, 0, rows, 0), "家\n庭\n主\n要\n成\n员\n及\n重\n要\n社\n会\n关\n系")
    for column, head in enumerate(("称谓", "姓　名", "年龄", "政治\n面貌", "工作单位及职务"), start=1):
        _label(family.cell(0, column), head)
    for row, item in enumerate(form.family, start=1):
        month = month_of(item.get("ChuShengRiQi", ""))
        values = [item.get(name, "") for name in FAMILY_FIELDS]
        is_dead = "已去世" in values[4] or "已故" in values[4]
        values[2] = "" if is_dead else str(age(month, at)) if month else values[2]
        for column, value in enumerate(values, start=1):
            _fill(family.cell(row, column), value, align=WD_ALIGN_PARAGRAPH.LEFT if column == 5 else WD_ALIGN_PARAGRAPH.CENTER)
    for row in range(rows + 1):
        _height(family, row, 9.5)
    last = _table(word, (23, 66, 23, 67), 2)
    for row, column, label, value in (
        (0, 0, "呈报\n单位", form.text("ChengBaoDanWei")), (1, 0, "审　批\n机　关\n意　见", ""), (1, 2, "行　政\n机　关\n任　免\n意　见", ""),
    ):  # fmt: skip
        _label(last.cell(row, column), label)
        _fill(last.cell(row, column + 1) if row else _merged(last, 0, 1, 0, 3), value)
    _height(last, 0, 16)
    _height(last, 1, 38)
    filled = word.add_paragraph()
    _write(filled, f"填表人：{form.text('TianBiaoRen')}", size=10.5)


def _table(word: WordDocument, widths: Sequence[float], rows: int) -> Table:
    table = word.add_table(rows=rows, cols=len(widths))
    table.style = "Table Grid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for column, width in enumerate(widths):
        table.columns[column].width = Mm(width)
        for cell in table.columns[column].cells:
            cell.width = Mm(width)
    return table


def _merged(table: Table, row: int, column: int, last_row: int, last_column: int) -> _Cell:
    return table.cell(row, column).merge(table.cell(last_row, last_column))


def _height(table: Table, row: int, millimetres: float) -> None:
    table.rows[row].height = Mm(millimetres)
    table.rows[row].height_rule = WD_ROW_HEIGHT_RULE.AT_LEAST


def _label(cell: _Cell, text: str) -> None:
    _fill(cell, text, font=LABEL_FONT, size=11)


def _fill(
    cell: _Cell, text: str, *, font: str = TEXT_FONT, size: float | None = None, align: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.CENTER
) -> None:  # fmt: skip
    cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
    fitting = size or next((points for most, points in SIZES if len(text) <= most), 7.0)
    for number, line in enumerate(text.split("\n")):
        _write(cell.paragraphs[0] if number == 0 else cell.add_paragraph(), line, font=font, size=fitting, align=align)


def _write(
    paragraph: object, text: str, *, size: float, font: str = TEXT_FONT, align: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.LEFT
) -> None:
    paragraph.alignment = align  # type: ignore[attr-defined]
    paragraph.paragraph_format.space_after = Pt(0)  # type: ignore[attr-defined]
    run = paragraph.add_run("\t".join(printable(part) for part in text.split("\t")))  # type: ignore[attr-defined]
    run.font.size, run.font.name = Pt(size), font
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)


def _photo(cell: _Cell, photo: bytes) -> None:
    if not photo:
        _fill(cell, "照片")
        return
    cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
    paragraph = cell.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    try:
        paragraph.add_run().add_picture(io.BytesIO(photo), width=Mm(30))
    except Exception:  # noqa: BLE001 - a broken picture makes python-docx raise nothing more special; the form prints without it
        _fill(cell, "照片格式\n无法显示")
