"""Looks at an untrusted file's bytes before any reader does: what it is, and whether it may be opened."""

import mmap
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO

MIB = 1 << 20
HEAD = 64 << 10  # a part's root element begins within this many bytes
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
_ROOT = re.compile(rb"<[A-Za-z_]")
_REMARK = re.compile(rb"<!--.*?-->|<\?.*?\?>", re.DOTALL)
_DIMENSION = re.compile(rb"<(?:\w+:)?dimension\b[^>]*?\bref=[\"']([A-Z]{1,3}\d{1,7})(?::([A-Z]{1,3}\d{1,7}))?[\"']")
# Only references that could lie far out, so that the search runs at the speed of C over hundreds of megabytes.
_FAR = re.compile(rb"\br=[\"']([A-Z]{0,3})(\d{7,}|(?<=[A-Z]{3})\d+)[\"']([^>]*)>(?=(.{0,80}))", re.DOTALL)
_REFERENCE = re.compile(r"([A-Z]*)(\d+)")


class FileRefused(Exception):
    """The file as a whole cannot be taken: what is wrong, and how to mend it."""

    def __init__(self, message: str, mend: str = "") -> None:
        super().__init__(message)
        self.message, self.mend = message, mend

    def __str__(self) -> str:
        return f"{self.message}{self.mend}"


def password_needed() -> FileRefused:
    return FileRefused("文件设有打开密码，不能读取。", "请在 Excel“文件”→“信息”→“保护工作簿”中取消密码，另存后再上传。")


def _macros() -> FileRefused:
    return FileRefused("文件带有宏，为安全起见不能接收。", "请另存为不带宏的“Excel 工作簿（.xlsx）”后再上传。")


@dataclass(frozen=True)
class Limits:
    """What a file and the process that reads it may cost. Sizes in bytes, times in seconds."""

    file_size: int = 150 * MIB
    old_file_size: int = 40 * MIB  # .xls: never more than 65,536 rows a sheet
    parts: int = 1_000
    unpacked: int = 1_536 * MIB
    ratio: int = 60  # of a part larger than `ratio_from`; rosters of 489,000 rows have 10 to 15
    ratio_from: int = 16 * MIB
    scanned_wholly: int = 16 * MIB  # sheets up to this size have every cell's reference looked at
    columns: int = 300
    cells: int = 30_000_000  # rows × columns up to the last cell
    rows: int = 800_000  # with data
    memory: int = 4 << 30  # address space of the child; allocators reserve three times what is ever resident
    cpu: int = 240
    wall: int = 300


class FileFormat(StrEnum):
    XLSX = "xlsx"
    XLS = "xls"
    CSV = "csv"


def vet(path: Path, limits: Limits) -> FileFormat:
    """The file's format by its bytes, never by its name. Raises FileRefused; costs well under a second for an
    ordinary file."""
    size = path.stat().st_size
    if size == 0:
        raise FileRefused("文件是空的（0 字节）。", "请确认文件已保存完整，再重新上传。")
    if size > limits.file_size:
        raise FileRefused(
            f"文件有 {size / MIB:.0f} MB，超过 {limits.file_size // MIB} MB 的上限。",
            "请按县区或镇办拆成几个文件分别上传。",
        )
    with path.open("rb") as file:
        head = file.read(4096)
    if head.startswith(OLE):
        return _vet_ole(path, size, limits)
    if head.startswith(b"PK"):
        return _vet_zip(path, limits)
    return _vet_text(head)


def _vet_text(head: bytes) -> FileFormat:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:512].lower()
    if start.startswith((b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta", b"<head", b"<style", b"<workbook")):
        raise FileRefused(
            "这个文件实际上是网页或 XML，不是 Excel 工作簿（有的系统导出的“.xls”就是这样）。",
            "请用 Excel 或 WPS 打开它，另存为“Excel 工作簿（.xlsx）”后再上传。",
        )
    utf16 = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    control = sum(byte < 32 and byte not in b"\t\r\n\f\x1a" for byte in head)
    if not utf16 and (b"\x00" in head or control > 2):
        raise FileRefused("这不是 Excel 文件，也不是 CSV 文本。", "请上传 .xlsx、.xls 或 .csv 格式的名册。")
    return FileFormat.CSV


def _vet_ole(path: Path, size: int, limits: Limits) -> FileFormat:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:

        def holds(stream: str) -> bool:
            return data.find(stream.encode("utf-16-le") + b"\x00\x00") >= 0

        if holds("EncryptedPackage") or holds("EncryptionInfo"):
            raise password_needed()
        if not (holds("Workbook") or holds("Book")):
            raise FileRefused("这是 Office 文件，但不是 Excel 工作簿。", "请上传 .xlsx、.xls 或 .csv 格式的名册。")
        if holds("_VBA_PROJECT_CUR") or holds("_VBA_PROJECT"):
            raise _macros()
        if data.find(b"\x2f\x00\x36\x00\x01\x00") >= 0 and _is_encrypted_biff(data):
            raise password_needed()
    if size > limits.old_file_size:
        raise FileRefused(
            f"旧格式 .xls 文件有 {size / MIB:.0f} MB，超过 {limits.old_file_size // MIB} MB 的上限。",
            "请另存为“Excel 工作簿（.xlsx）”后再上传。",
        )
    return FileFormat.XLS


def _is_encrypted_biff(data: mmap.mmap) -> bool:
    """FILEPASS directly after the BOF record of the workbook stream."""
    bof = data.find(b"\x09\x08\x10\x00\x00\x06\x05\x00")
    return bof >= 0 and data[bof + 20 : bof + 22] == b"\x2f\x00"


def _vet_zip(path: Path, limits: Limits) -> FileFormat:
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            _vet_directory(parts, limits)
            _vet_names({part.filename.replace("\\", "/").lstrip("/") for part in parts})
            for part in parts:
                if part.filename.lower().endswith((".xml", ".rels")):
                    _vet_head(archive, part)
            for part in parts:
                if _SHEET.fullmatch(part.filename):
                    _vet_extent(archive, part, limits)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        struct.error,
        NotImplementedError,
        RuntimeError,
        ValueError,
        OSError,
    ) as error:
        raise FileRefused("文件不完整或已损坏，不能打开。", "请重新复制或下载这个文件，先用 Excel 或 WPS 打开确认，再上传。") from error
    return FileFormat.XLSX


def _vet_directory(parts: list[zipfile.ZipInfo], limits: Limits) -> None:
    """The zip directory alone: counts, sizes, ratios. Nothing is unpacked yet."""
    if len(parts) > limits.parts:
        raise FileRefused(
            f"文件里有 {len(parts)} 个部件，超过 {limits.parts} 个的上限，不像一份名册。",
            "请把名册复制到新的工作簿后再上传。",
        )
    if len({part.filename for part in parts}) != len(parts):
        raise FileRefused("文件里有重名的部件，不像 Excel 保存的文件。", "请用 Excel 或 WPS 打开后另存一份再上传。")
    if any(part.flag_bits & 1 for part in parts):
        raise password_needed()
    if any(part.compress_type not in _COMPRESSIONS for part in parts):
        raise FileRefused("文件的压缩方式不是 Excel 使用的方式。", "请用 Excel 或 WPS 打开后另存一份再上传。")
    unpacked = sum(part.file_size for part in parts)
    if unpacked > limits.unpacked:
        raise FileRefused(
            f"文件展开后有 {unpacked / MIB:,.0f} MB，超过 {limits.unpacked // MIB:,} MB 的上限。",
            "请按县区或镇办拆成几个文件分别上传。",
        )
    for part in parts:
        if part.file_size > limits.ratio_from and part.file_size > limits.ratio * max(part.compress_size, 1):
            raise FileRefused(
                f"文件里的“{part.filename}”压缩了 {part.file_size // max(part.compress_size, 1)} 倍，像压缩炸弹，没有打开。",
                "请删去名册下方的空白行和多余格式，或把数据复制到新的工作簿后再上传。",
            )


def _vet_names(names: set[str]) -> None:
    lower = {name.lower() for name in names}
    if "mimetype" in lower and "content.xml" in lower:
        raise FileRefused("这是 OpenDocument 文件（.ods）。", "请另存为“Excel 工作簿（.xlsx）”后再上传。")
    if any(name.startswith(("word/", "ppt/")) for name in lower):
        raise FileRefused("这是 Word 或 PowerPoint 文件，不是 Excel 工作簿。", "请上传 .xlsx、.xls 或 .csv 格式的名册。")
    if any(name.endswith("vbaproject.bin") or name.startswith("xl/macrosheets/") for name in lower):
        raise _macros()
    if any(name.startswith("xl/externallinks/") for name in lower):
        raise FileRefused(
            "工作簿链接着别的文件，里面的数值可能不是最新的。",
            "请在 Excel“数据”→“编辑链接”中断开链接（或选择性粘贴为数值）后再上传。",
        )
    if "xl/workbook.bin" in lower:
        raise FileRefused("这是二进制工作簿（.xlsb）。", "请另存为“Excel 工作簿（.xlsx）”后再上传。")
    if "[content_types].xml" not in lower or "xl/workbook.xml" not in lower:
        raise FileRefused("这是压缩包，不是 Excel 工作簿。", "请解压后上传其中的 .xlsx、.xls 或 .csv 文件。")


def _vet_head(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """No DTD, and so no entities: a DOCTYPE can only stand before the root element."""
    with archive.open(part) as file:
        head = file.read(HEAD)
    if not head:
        return
    head = _REMARK.sub(b"", head)
    root = _ROOT.search(head)
    prolog = head[: root.start()] if root else head
    if b"\x00" in head[:64] or root is None or b"<!DOCTYPE" in prolog.upper() or b"<!ENTITY" in prolog.upper():
        raise FileRefused(
            f"文件里的“{part.filename}”含有 DTD 或实体定义，Excel 不会这样保存，没有打开。",
            "请用 Excel 或 WPS 新建工作簿，把数据复制进去后再上传。",
        )


def _vet_extent(archive: zipfile.ZipFile, part: zipfile.ZipInfo, limits: Limits) -> None:
    """The last cell lies within limits. The declared dimension is believed only for large sheets that declare a small
    one;
    where it lies, the child's memory limit ends the reading."""
    with archive.open(part) as file:
        declared = _DIMENSION.search(file.read(HEAD))
    extents = [_extent(ref.decode()) for ref in declared.groups() if ref] if declared else []
    is_small = bool(extents) and _fits(max(row for row, _ in extents), max(column for _, column in extents), limits)
    if is_small and part.file_size > limits.scanned_wholly:
        return
    with archive.open(part) as file:
        rows, columns = _farthest(file)
    if not _fits(rows, columns, limits):
        raise FileRefused(
            f"工作表的最后一个单元格在第 {rows:,} 行、第 {columns:,} 列，远超出名册的范围，没有打开。",
            "请删去数据右方和下方的空白列、空白行（选中后右键“删除”），或把数据复制到新的工作簿后再上传。",
        )


def _fits(rows: int, columns: int, limits: Limits) -> bool:
    return columns <= limits.columns and rows * columns <= limits.cells


def _extent(reference: str) -> tuple[int, int]:
    """(row, column), 1-based, of a reference such as XFD1048576."""
    matched = _REFERENCE.fullmatch(reference)
    if matched is None:
        return 1, 1
    column = 0
    for letter in matched[1]:
        column = column * 26 + ord(letter) - 64
    return int(matched[2]), column


def _farthest(file: IO[bytes]) -> tuple[int, int]:
    """(rows, columns) of the farthest cells that hold something, seen only where they lie far out (row ≥ 1,000,000 or
    AAA)."""
    rows = columns = 1
    tail = b""
    while chunk := file.read(4 * MIB):
        data = tail + chunk
        for letters, digits, rest, after in _FAR.findall(data):
            if rest.endswith(b"/") or (letters and after.startswith((b"</c>", b"</x:c>"))):
                continue  # a formatted cell that holds nothing
            row, column = _extent((letters + digits).decode())
            if letters or b"<" in after:
                rows, columns = max(rows, row if letters else 1), max(columns, column)
        tail = data[-200:]
    return rows, columns
