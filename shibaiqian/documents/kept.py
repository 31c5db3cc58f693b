"""A document as JSON and back, so that what was issued can be set again exactly as it was, whatever forms look like later."""

import dataclasses
import datetime as dt
from typing import Any

from shibaiqian.documents import gongwen

PARTS = {
    part.__name__: part
    for part in (
        gongwen.OfficialDocument, gongwen.RedHead, gongwen.BulletinHead, gongwen.DocumentNumber, gongwen.Attachment, gongwen.Paragraph,
        gongwen.Heading, gongwen.Column, gongwen.Table, gongwen.Cell, gongwen.Grid, gongwen.CutLine, gongwen.Centred, gongwen.Right, gongwen.NewPage,
    )
}  # fmt: skip


def to_kept(value: Any) -> Any:
    """Plain JSON: a part by its name with the fields that differ from their defaults, a day by its date."""
    if isinstance(value, dt.date):
        return {"day": value.isoformat()}
    if isinstance(value, tuple):
        return [to_kept(item) for item in value]
    if dataclasses.is_dataclass(value):
        said = {f.name: getattr(value, f.name) for f in dataclasses.fields(value) if getattr(value, f.name) != f.default}
        return {"is": type(value).__name__, **{name: to_kept(item) for name, item in said.items()}}
    return value


def from_kept(kept: Any) -> Any:
    """The part again. Raises KeyError for a part that this version does not know."""
    if isinstance(kept, list):
        return tuple(from_kept(item) for item in kept)
    if isinstance(kept, dict):
        if "day" in kept:
            return dt.date.fromisoformat(kept["day"])
        return PARTS[kept["is"]](**{name: from_kept(item) for name, item in kept.items() if name != "is"})
    return kept
