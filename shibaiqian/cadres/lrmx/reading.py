"""Reading .lrmx files, batches of them in a zip, and the older .lrm with its .pic beside it."""

import base64
import binascii
import csv
import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from shibaiqian.cadres.lrmx.form import FAMILY, FAMILY_FIELDS, ORDER, PHOTO, RESUME, BadForm, Form

LARGEST_FILE = 8 * 2**20
LARGEST_BATCH = 200 * 2**20
MOST_FILES = 2_000
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
# .lrm 2.0: quoted fields separated by commas, in the order of the form.
LRM_FIELDS = (
    "XingMing", "XingBie", "ChuShengNianYue", "MinZu", "JiGuan", "RuDangShiJian", "JianKangZhuangKuang", "ChuShengDi",
    "CanJiaGongZuoShiJian", "_degrees", "_schools", "ZhuanYeJiShuZhiWu", "ShuXiZhuanYeYouHeZhuanChang", "XianRenZhiWu", "NiRenZhiWu",
    "NiMianZhiWu", "_unused", "JianLi", "JiangChengQingKuang", "NianDuKaoHeJieGuo", "RenMianLiYou", "_relations", "_names", "_births",
    "_parties", "_posts", "ChengBaoDanWei", "JiSuanNianLingShiJian", "TianBiaoRen", "TianBiaoShiJian", "_approved", "_decided", "ShenFenZheng",
)  # fmt: skip


def read_lrmx(data: bytes, *, name: str = "") -> Form:
    """One person's form. Raises BadForm with the reason and the mend."""
    if len(data) > LARGEST_FILE:
        raise BadForm(f"文件超过 {LARGEST_FILE // 2**20} MB，不像一名干部的任免审批表。请检查照片是否过大。")
    root = _parsed(data)
    if root.tag != "Person":
        raise BadForm("文件不是干部任免审批表（根元素应为 Person）。请用任免审批表软件重新导出 .lrmx 文件。")
    texts: dict[str, str] = {}
    family: list[Mapping[str, str]] = []
    photo = b""
    for element in root:
        if element.tag == FAMILY:
            family += _family(element)
        elif element.tag == PHOTO:
            photo = _photo(element.text or "")
        elif element.tag not in texts:
            texts[element.tag] = _text(element)
    form = Form(texts, tuple(family), photo, data.startswith(b"\xef\xbb\xbf"), name)
    if not form.person:
        raise BadForm("表中没有姓名。请补填后重新导出。")
    return form


def _parsed(data: bytes) -> Element:
    try:
        return fromstring(_as_text(data), forbid_dtd=True)
    except DefusedXmlException:
        raise BadForm("文件含有外部实体或文档类型定义，已拒绝读取。请用任免审批表软件重新导出。") from None
    except (ParseError, ValueError) as error:
        raise BadForm(f"文件不是完整的 XML（{error}）。请用任免审批表软件重新导出。") from None


def _as_text(data: bytes) -> str:
    """UTF-8 with or without a mark, else GB18030, else UTF-16, whatever the declaration says."""
    for encoding in ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030"):
        try:
            return _DECLARATION.sub("", data.decode(encoding), count=1)
        except UnicodeDecodeError:
            continue
    raise BadForm("文件的文字编码无法识别。请用任免审批表软件重新导出。")


def _text(element: Element) -> str:
    """The element's text, trimmed; the resume keeps its lines and leading blanks."""
    for inner in list(element):  # <br> inside a resume
        inner.text = "\n" + (inner.text or "")
    text = "".join(element.itertext())
    if element.tag == RESUME:
        return text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    return text.strip()


def _family(container: Element) -> Iterator[dict[str, str]]:
    """Items with something in them; forms always write seven or ten, most of them blank."""
    for item in container:
        said = {child.tag: (child.text or "").strip() for child in item}
        if any(said.values()):
            yield {**dict.fromkeys(FAMILY_FIELDS, ""), **said}


def _photo(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise BadForm("照片数据已损坏。请在任免审批表软件中重新插入照片后导出。") from None


def read_lrm(data: bytes, *, picture: bytes = b"", name: str = "") -> Form:
    """The older text file (.lrm 2.0, GBK), with the .pic that lies beside it."""
    try:
        text = data.decode("gb18030")
        rows = list(csv.reader(io.StringIO(text), skipinitialspace=True, strict=True))
    except (UnicodeDecodeError, csv.Error):
        raise BadForm("文件不是 .lrm 格式的任免审批表。请用任免审批表软件另存为 .lrmx。") from None
    fields = [value for row in rows for value in row]
    if len(fields) < len(LRM_FIELDS) - 1 or not "".join(fields[0].split()):
        raise BadForm(f".lrm 文件应有 {len(LRM_FIELDS)} 项，只读到 {len(fields)} 项。请用任免审批表软件另存为 .lrmx。")
    said = dict(zip(LRM_FIELDS, fields, strict=False))
    texts = {key: (said.get(key, "") if key == RESUME else said.get(key, "").strip()) for key in ORDER if key in LRM_FIELDS}
    texts[RESUME] = texts[RESUME].replace("\r\n", "\n").strip("\n")
    texts |= _education(said.get("_degrees", ""), said.get("_schools", ""))
    return Form(texts, tuple(_old_family(said)), picture, False, name)


def _education(degrees: str, schools: str) -> dict[str, str]:
    """“全日制学历@全日制学位#在职学历@在职学位”, and the schools likewise."""
    found = {}
    for way, degree, school in zip(("QuanRiZhi", "ZaiZhi"), _halves(degrees, "#"), _halves(schools, "#"), strict=True):
        for what, value, place in zip(("XueLi", "XueWei"), _halves(degree, "@"), _halves(school, "@"), strict=True):
            found[f"{way}JiaoYu_{what}"] = value.strip()
            found[f"{way}JiaoYu_{what}_BiYeYuanXiaoXi"] = place.strip()
    return found


def _halves(text: str, mark: str) -> tuple[str, str]:
    first, _, second = text.partition(mark)
    return first, second


def _old_family(said: Mapping[str, str]) -> Iterator[dict[str, str]]:
    columns = [said.get(key, "").split("@") for key in ("_relations", "_names", "_births", "_parties", "_posts")]
    for at in range(max(map(len, columns))):
        item = {field: (column[at].strip() if at < len(column) else "") for field, column in zip(FAMILY_FIELDS, columns, strict=True)}
        if any(item.values()):
            yield item


def read_batch(data: bytes, *, name: str = "") -> Iterator[tuple[str, Form | BadForm]]:
    """Every form in a zip (entry names often in GBK), or the one form of a plain file; bad ones beside the good."""
    if not data.startswith(b"PK"):
        yield name, _one(data, name, {})
        return
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except zipfile.BadZipFile:
        raise BadForm("压缩包已损坏。请重新压缩后上传。") from None
    with archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        if len(entries) > MOST_FILES or sum(entry.file_size for entry in entries) > LARGEST_BATCH:
            raise BadForm(f"压缩包过大：最多 {MOST_FILES} 个文件、{LARGEST_BATCH // 2**20} MB。请分批上传。")
        if any(entry.flag_bits & 1 for entry in entries):
            raise BadForm("压缩包有密码。请解除密码后重新压缩上传。")
        named = {_entry_name(entry): entry for entry in entries}
        pictures = {key.lower(): value for key, value in named.items() if key.lower().endswith(".pic")}
        for shown, entry in sorted(named.items()):
            if shown.lower().endswith((".lrmx", ".lrm")):
                yield shown, _from_archive(archive, entry, shown, pictures)


def _from_archive(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, shown: str, pictures: Mapping[str, zipfile.ZipInfo]) -> Form | BadForm:
    if entry.file_size > LARGEST_FILE:
        return BadForm(f"文件超过 {LARGEST_FILE // 2**20} MB，不像一名干部的任免审批表。")
    try:
        beside = pictures.get(re.sub(r"\.lrm$", ".pic", shown.lower()))
        return _one(archive.read(entry), shown, {"picture": archive.read(beside)} if beside else {})
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError):
        return BadForm("压缩包中的这个文件已损坏。请重新压缩后上传。")


def _one(data: bytes, name: str, more: Mapping[str, bytes]) -> Form | BadForm:
    try:
        return read_lrm(data, name=name, **more) if name.lower().endswith(".lrm") else read_lrmx(data, name=name)
    except BadForm as bad:
        return bad


def _entry_name(entry: zipfile.ZipInfo) -> str:
    """The entry's name: zip programs of offices write GBK without saying so."""
    if entry.flag_bits & 0x800:
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode("gb18030")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return entry.filename
