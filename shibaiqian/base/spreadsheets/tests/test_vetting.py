"""Files that would hurt, or are no rosters, are refused with a message that says how to mend them."""

import io
import time
import zipfile
from pathlib import Path

import msoffcrypto.format.ooxml
import pytest

from shibaiqian.base.spreadsheets.reading import FileRefused, Limits, read_roster
from shibaiqian.base.spreadsheets.tests.rosters import COLUMNS, HEADERS, part, read_here, repacked, roster, said
from shibaiqian.base.spreadsheets.vetting import FileFormat, vet

SHEET, BOOK = "xl/worksheets/sheet1.xml", "xl/workbook.xml"
BOMB = (
    b'<?xml version="1.0"?>\n<!DOCTYPE lolz [<!ENTITY a "lol">'
    + b"".join(f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">'.encode() for i in range(9))
    + b"]>"
)
XXE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


def malice(name: str, folder: Path) -> Path:  # noqa: PLR0912 a branch for each kind
    """A file that is not to be opened."""
    made, to = roster(folder, said()), folder / "bad.xlsx"
    sheet = part(made, SHEET)
    body = sheet.split(b"?>", 1)[1]
    match name:
        case "billion laughs":
            return repacked(made, {SHEET: BOMB + body.replace(b"<v>0</v>", b"<v>&j;</v>")}, to=to)
        case "external entity":
            return repacked(made, {SHEET: XXE + body}, to=to)
        case "entity behind a comment":
            return repacked(made, {SHEET: b'<?xml version="1.0"?><!-- <a> -->' + XXE.split(b"?>")[1] + body}, to=to)
        case "entity in utf-16":
            return repacked(made, {SHEET: (XXE + body).decode().encode("utf-16")}, to=to)
        case "entity in shared strings":
            return repacked(made, {"xl/sharedStrings.xml": XXE + b"<sst/>"}, to=to)
        case "zip bomb":
            return repacked(made, {"xl/media/a.xml": b"<a>" + b" " * (40 << 20)}, to=to)
        case "far cell":
            far = b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
            return repacked(
                made,
                {SHEET: far + b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'},
                to=to,
            )
        case "far cell, small dimension":
            cell = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
            return repacked(made, {SHEET: sheet.replace(b"</sheetData>", cell)}, to=to)
        case "far column":
            return repacked(
                made,
                {SHEET: sheet.replace(b"</row></sheetData>", b'<c r="XFD2"><v>1</v></c></row></sheetData>')},
                to=to,
            )
        case "many parts":
            return repacked(made, {f"xl/media/{i}.png": b"" for i in range(1100)}, to=to)
        case "macros":
            return repacked(made, {"xl/vbaProject.bin": b"x"}, to=to)
        case "external link":
            return repacked(made, {"xl/externalLinks/externalLink1.xml": b"<externalLink/>"}, to=to)
        case "truncated":
            to.write_bytes(made.read_bytes()[:-600])
        case "damaged inside":
            data = bytearray(made.read_bytes())
            with zipfile.ZipFile(made) as archive:
                offset = archive.getinfo(SHEET).header_offset + 80
            data[offset : offset + 60] = b"\x5a" * 60
            to.write_bytes(data)
        case "password":
            with made.open("rb") as plain, to.open("wb") as locked:
                msoffcrypto.format.ooxml.OOXMLFile(plain).encrypt("秘密", locked)
        case "not a workbook":
            to.write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(200))
        case "zip of something":
            with zipfile.ZipFile(to, "w") as archive:
                archive.writestr("a.txt", "x")
        case "word":
            with zipfile.ZipFile(to, "w") as archive:
                archive.writestr("[Content_Types].xml", "<Types/>")
                archive.writestr("word/document.xml", "<a/>")
        case "web page":
            to.write_text("<html><table><tr><td>姓名</td></tr></table></html>")
        case "empty":
            to.write_bytes(b"")
        case "old macros":
            to.write_bytes(
                b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
                + bytes(600)
                + b"".join(f"{n}\0".encode("utf-16-le") for n in ("Workbook", "_VBA_PROJECT_CUR"))
            )
        case "same part twice":
            to.write_bytes(made.read_bytes())
            with pytest.warns(UserWarning), zipfile.ZipFile(to, "a") as archive:
                archive.writestr(SHEET, sheet)
    return to


MALICE = {
    "billion laughs": "DTD",
    "external entity": "DTD",
    "entity behind a comment": "DTD",
    "entity in utf-16": "DTD",
    "entity in shared strings": "DTD",
    "zip bomb": "压缩炸弹",
    "far cell": "第 1,048,576 行、第 16,384 列",
    "many parts": "部件",
    "far cell, small dimension": "第 1,048,576 行、第 16,384 列",
    "far column": "第 16,384 列",
    "macros": "宏",
    "external link": "链接着别的文件",
    "truncated": "不完整或已损坏",
    "damaged inside": "损坏",
    "password": "密码",
    "not a workbook": "不是 Excel",
    "zip of something": "压缩包",
    "word": "Word",
    "web page": "网页",
    "empty": "0 字节",
    "old macros": "宏",
    "same part twice": "重名",
}


@pytest.mark.parametrize("name", MALICE)
def test_a_file_that_would_hurt_is_refused_at_once(tmp_path: Path, name: str) -> None:
    path = malice(name, tmp_path)
    assert path.stat().st_size < 100_000 or name == "many parts"
    began = time.perf_counter()
    with pytest.raises(FileRefused) as refused:
        read_here(path)
    assert MALICE[name] in refused.value.message
    assert "请" in refused.value.mend
    assert time.perf_counter() - began < 1


@pytest.mark.parametrize("name", ["far cell", "password", "billion laughs"])
def test_the_child_hands_the_refusal_on(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileRefused, match=MALICE[name]):
        read_roster(malice(name, tmp_path), columns=COLUMNS)


def test_what_the_vetting_does_not_see_ends_the_child_and_not_the_caller(tmp_path: Path) -> None:
    made = roster(tmp_path, said())
    # 1,040,000 rows × 300 columns of nothing between two cells: under the vetting's extents, above the child's memory.
    cell = b'<c r="KN2"><v>1</v></c></row><row r="999999"><c r="A999999"><v>1</v></c></row></sheetData>'
    path = repacked(made, {SHEET: part(made, SHEET).replace(b"</row></sheetData>", cell)}, to=tmp_path / "bad.xlsx")
    with pytest.raises(FileRefused, match="内存") as refused:
        read_roster(path, columns=COLUMNS)
    assert "请" in refused.value.mend


def test_a_child_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="秒，已停止"):
        read_roster(roster(tmp_path, said()), columns=COLUMNS, limits=Limits(wall=0.05))  # type: ignore[arg-type]


def test_limits_on_size_and_rows_name_the_limit(tmp_path: Path) -> None:
    path = roster(tmp_path, said(), said(), said())
    with pytest.raises(FileRefused, match="上限"):
        read_here(path, limits=Limits(file_size=1000))
    with pytest.raises(FileRefused, match="超过 2 行的上限"):
        read_here(path, limits=Limits(rows=2))


def test_the_format_goes_by_the_bytes(tmp_path: Path) -> None:
    path = roster(tmp_path, said()).rename(tmp_path / "a.csv")
    assert vet(path, Limits()) is FileFormat.XLSX
    assert read_roster(path, columns=COLUMNS).rows == 1
    (tmp_path / "b.xlsx").write_bytes("\n".join(map(",".join, [HEADERS, said()])).encode())
    assert read_roster(tmp_path / "b.xlsx", columns=COLUMNS).rows == 1


def test_a_bom_of_zeros_behind_a_small_file_is_no_workbook(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(io.BytesIO(b"PK" + bytes(3000)).getvalue())
    with pytest.raises(FileRefused, match="损坏"):
        read_here(tmp_path / "a.xlsx")
