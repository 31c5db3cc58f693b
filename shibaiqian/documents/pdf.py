"""PDF of an official document, set by typst. The text travels as JSON and is never read as markup."""

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import typst

from shibaiqian.documents import layout
from shibaiqian.documents.glyphs import MissingGlyph, glyph_warning, missing_glyphs
from shibaiqian.documents.gongwen import (
    Block,
    BulletinHead,
    Centred,
    CutLine,
    Grid,
    Heading,
    NewPage,
    OfficialDocument,
    RedHead,
    Right,
    Table,
    attachment_label,
    numbered,
)
from shibaiqian.documents.typefaces import Typefaces, find_typefaces

TEMPLATE = Path(__file__).parent / "typst" / "gongwen.typ"
# Neither signature nor imprint may stand on a page without text; the standard's cure is another line spacing (7.3.5.4).
# The ordinary one is tried first, and is kept when none of them helps.
LINE_PITCHES = (layout.LINE_PITCH, 28.0, 27.0, 26.0, 30.0, 31.5, layout.LINE_PITCH)
_SHANGHAI = dt.timezone(dt.timedelta(hours=8))


@dataclass(frozen=True)
class RenderedPdf:
    """The file, its number of pages, and the characters that could not be drawn in it."""

    content: bytes
    pages: int
    missing: tuple[MissingGlyph, ...]

    @property
    def warning(self) -> str:
        """In Chinese, for the person who prints; empty when all is well."""
        return glyph_warning(self.missing)


def render_pdf(document: OfficialDocument, *, typefaces: Typefaces | None = None) -> RenderedPdf:
    """Typeset the document. Same document and fonts, same bytes: the file is dated by the document, not by the clock.

    Raises `typefaces.FontsMissing` when the machine has no Chinese font.
    """
    typefaces = typefaces or find_typefaces()
    day = document.date or (document.head.on if isinstance(document.head, BulletinHead) else None) or document.printed_on
    stamp = dt.datetime.combine(day or dt.date(2000, 1, 1), dt.time(), tzinfo=_SHANGHAI)
    data = page_data(document, typefaces)
    for pitch in LINE_PITCHES:
        data["measures"]["line_pitch"] = pitch
        compiler = typst.Compiler(
            TEMPLATE,
            root=TEMPLATE.parent,
            font_paths=typefaces.fonts,
            sys_inputs={"document": json.dumps(data, ensure_ascii=False)},
        )
        content = cast(bytes, compiler.compile(format="pdf", timestamp=stamp))
        pages = json.loads(compiler.query("<pages>", field="value", one=True))
        signature_alone = None not in (pages["text"], pages["signed"]) and pages["text"] != pages["signed"]
        if not signature_alone and pages["imprint"] in (None, pages["content"]):
            break
    return RenderedPdf(content=content, pages=pages["all"], missing=missing_glyphs(document, typefaces=typefaces))


def page_data(document: OfficialDocument, typefaces: Typefaces) -> dict[str, Any]:
    """What the template reads: texts, and the measures worked out beforehand."""
    sign_right, date_right = layout.signature_indents(document.signature, document.date_text)
    count = len(document.attachments)
    top, bottom, left, right = layout.margins(landscape=document.landscape, form=document.form)
    data: dict[str, Any] = {
        "measures": {
            "top": top,
            "bottom": bottom,
            "left": left,
            "right": right,
            "landscape": document.landscape,
            "foot_size": layout.FOOT_SIZE,
            "body_size": layout.BODY_SIZE,
            "title_size": layout.TITLE_SIZE,
            "small_size": layout.SMALL_SIZE,
            "line_pitch": layout.LINE_PITCH,
            "character_pitch": layout.CHARACTER_PITCH,
            "head_gap": layout.HEAD_GAP_MM,
            "rule_gap": layout.RULE_GAP_MM,
            "page_number_gap": layout.PAGE_NUMBER_GAP_MM,
            "red": layout.RED,
        },
        "faces": {role: {"families": list(face.families), "weight": face.weight} for role, face in typefaces.faces.items()},
        "foot": document.foot,
        "mark": layout.DEMONSTRATION_MARK if document.demonstration else "",
        "head": _head(document.head),
        "title": " ".join(document.title.split()),
        "title_lines": [] if document.untitled else list(layout.wrap_title(document.title)),
        "recipients": document.recipients_text,
        "body": _blocks(document.body),
        "attachment_names": [attachment.title for attachment in document.attachments],
        "attachments": [
            {
                "label": attachment_label(position, count),
                "title_lines": list(layout.wrap_title(attachment.title)),
                "body": _blocks(attachment.body),
            }
            for position, attachment in enumerate(document.attachments, start=1)
            if attachment.body
        ],
        "signature": document.signature,
        "signature_right": sign_right,
        "date": document.date_text,
        "date_right": date_right,
        "copies": document.copies_text,
        "printed_by": document.printed_by,
        "printed_on": document.printed_on_text,
    }
    return {key: _printable(value) for key, value in data.items()}


def _head(head: RedHead | BulletinHead | None) -> dict[str, Any] | None:
    if head is None:
        return None
    text = head.text if isinstance(head, RedHead) else head.name
    fit = layout.fit_head(text)
    drawn = {"text": text, "size": fit.size, "tracking": fit.tracking}
    if isinstance(head, RedHead):
        return drawn | {"kind": "red", "number": str(head.number), "signer": head.signer, "urgency": head.urgency}
    return drawn | {"kind": "bulletin", "issue": head.issue_text, "issuer": head.issuer, "date": head.date_text}


def _blocks(blocks: tuple[Block, ...]) -> list[dict[str, Any]]:
    drawn: list[dict[str, Any]] = []
    for block in numbered(blocks):
        if isinstance(block, Table):
            drawn.append(
                {
                    "kind": "table",
                    "caption": block.caption,
                    "size": block.size,
                    "titles": [column.title for column in block.columns],
                    "widths": [column.width for column in block.columns],
                    "aligns": [column.align for column in block.columns],
                    "rows": [list(row) for row in block.rows],
                }
            )
        elif isinstance(block, Grid):
            drawn.append(_grid(block))
        elif isinstance(block, (CutLine, Centred, Right)):
            drawn.append({"kind": type(block).__name__.lower(), "text": block.text})
        elif isinstance(block, NewPage):
            drawn.append(
                {"kind": "newpage", "title_lines": list(layout.wrap_title(block.title)) if block.title else [], "foot": block.foot}
            )
        elif isinstance(block, Heading):
            drawn.append({"kind": "heading", "level": block.level, "text": block.text})
        else:
            drawn.append({"kind": "paragraph", "text": block.text})
    return drawn


def _grid(block: Grid) -> dict[str, Any]:
    heights = block.heights or (9.0,) * len(block.rows)
    return {
        "kind": "grid",
        "caption": block.caption,
        "size": block.size,
        "widths": list(block.widths),
        "rows": [
            {
                "height": height,
                "cells": [{"text": c.text, "span": c.span, "label": c.label, "align": c.align} for c in row],
            }
            for row, height in zip(block.rows, heights, strict=True)
        ],
    }


def _printable(value: Any) -> Any:
    if isinstance(value, str):
        return layout.printable(value)
    if isinstance(value, list):
        return [_printable(item) for item in value]
    if isinstance(value, dict):
        return {key: _printable(item) for key, item in value.items()}
    return value
