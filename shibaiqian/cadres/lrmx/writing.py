"""Writing a form as .lrmx: UTF-8, elements in the agreed order, unknown ones after them; and many as one zip."""

import base64
import io
import zipfile
from collections.abc import Iterable, Mapping
from xml.sax.saxutils import escape

from shibaiqian.cadres.lrmx.form import FAMILY, FAMILY_FIELDS, ORDER, PHOTO, Form
from shibaiqian.documents.layout import printable

VERSION = "3.2.1.6"
_LINE = 76


def write_lrmx(form: Form) -> bytes:
    """The file's bytes. Elements that the form does not have are written empty, as other software does; nothing is made up."""
    lines = ['<?xml version="1.0" encoding="utf-8"?>', "<Person>"]
    for name in (*ORDER, *form.unknown):
        if name == FAMILY:
            lines.append(_family(form.family))
        elif name == PHOTO:
            lines.append(_element(name, _photo(form.photo)))
        else:
            text = form.text(name) or (VERSION if name == "Version" else "")
            lines.append(_element(name, text))
    lines.append("</Person>")
    return (b"\xef\xbb\xbf" if form.bom else b"") + "\r\n".join("\n".join(lines).splitlines()).encode()


def _element(name: str, text: str) -> str:
    return f"  <{name}>{_said(text)}</{name}>"


def _said(text: str) -> str:
    """Text for XML, without the control characters it cannot hold."""
    return escape("\n".join(printable(line) for line in text.split("\n")))


def _photo(data: bytes) -> str:
    text = base64.b64encode(data).decode()
    return "\n".join(text[at : at + _LINE] for at in range(0, len(text), _LINE))


def _family(items: Iterable[Mapping[str, str]]) -> str:
    lines = [f"  <{FAMILY}>"]
    for item in items:
        names = (*FAMILY_FIELDS, *(name for name in item if name not in FAMILY_FIELDS))
        lines += ["    <Item>", *(f"      <{name}>{_said(item.get(name, ''))}</{name}>" for name in names), "    </Item>"]
    return "\n".join([*lines, f"  </{FAMILY}>"])


def write_batch(forms: Iterable[tuple[str, Form]]) -> bytes:
    """A zip of forms; entry names carry what the caller gives (a number, never an ID number)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, form in forms:
            archive.writestr(zipfile.ZipInfo(name, date_time=(2016, 1, 1, 0, 0, 0)), write_lrmx(form), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
