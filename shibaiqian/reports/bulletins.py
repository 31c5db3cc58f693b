"""The bulletin's documents, made from the frozen data alone."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.conf import settings

from shibaiqian.base import clock
from shibaiqian.documents.bulletin import BulletinFigures, work_bulletin
from shibaiqian.documents.gongwen import OfficialDocument
from shibaiqian.documents.pdf import render_pdf
from shibaiqian.documents.word import render_docx
from shibaiqian.reports.models import Snapshot


class SnapshotChanged(RuntimeError):
    """The frozen data no longer has the hash it was issued with."""


def digest_of(data: Mapping[str, Any]) -> str:
    """The hash of frozen data, by which a later change shows."""
    return hashlib.sha256(json.dumps(data, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def refuse_changed(snapshot: Snapshot) -> None:
    """Refuse frozen data that no longer has the hash it was issued with."""
    if digest_of(snapshot.data) != snapshot.data_sha256:
        raise SnapshotChanged(str(snapshot.pk))


def document_of(snapshot: Snapshot) -> OfficialDocument:
    """The official document of a frozen bulletin; refuses data that was changed after issue."""
    refuse_changed(snapshot)
    figures = BulletinFigures(
        values=snapshot.data["values"],
        as_of=dt.date.fromisoformat(snapshot.data["as_of"]),
        region_name=snapshot.data["region_name"],
        county_rows=tuple((name, values) for name, values in snapshot.data["counties"]),
    )
    issuer = f"中共{snapshot.data['region_name']}委组织部" if len(snapshot.region_id) <= 6 else settings.BRAND
    return work_bulletin(
        figures,
        issue=snapshot.number,
        issuer=issuer,
        on=snapshot.issued_at.astimezone(clock.SHANGHAI).date(),
        demonstration=clock.is_demonstration(),
    )


def pdf_of(snapshot: Snapshot) -> bytes:
    return render_pdf(document_of(snapshot)).content


def docx_of(snapshot: Snapshot) -> bytes:
    return render_docx(document_of(snapshot))
