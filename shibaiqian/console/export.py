"""A list or a table as an Excel file: exactly what is filtered, with who took it, when, and by which criteria; recorded with the count."""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext, pgettext
from django.views.decorators.http import require_POST

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused, command, note_in_event
from shibaiqian.access.middleware import acts
from shibaiqian.access.roles import Permission
from shibaiqian.access.scope import ScopeKind
from shibaiqian.base import clock
from shibaiqian.base.spreadsheets.columns import Column as SheetColumn
from shibaiqian.base.spreadsheets.columns import ColumnKind
from shibaiqian.base.spreadsheets.writing import write_roster
from shibaiqian.console.listing.asked import Asked, Listing
from shibaiqian.console.listing.page import ask
from shibaiqian.organisations.models import Organisation
from shibaiqian.regions.models import Region

MOST = 100_000
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class TooMany(Refused):
    """More rows than one file takes."""


class NothingToExport(Refused):
    """No row fits the criteria."""


@dataclass(frozen=True, eq=False)
class Sheet:
    """A table that is no list of `LISTS`, as a workbook: its columns, what was asked for in words, its rows by column."""

    name: str
    title: str
    permission: Permission
    columns: Sequence[SheetColumn]
    criteria: str
    rows: Callable[[], Sequence[Mapping[str, Any]]]

    def audit_digest(self) -> dict[str, str]:
        return {"table": self.name, "criteria": self.criteria}


@command(Permission.EXPORT)
def export_list(place: Region | Organisation, *, asked: Asked, by: Actor) -> bytes:
    """The rows of a list as a workbook, every column of it. The event keeps the list, the criteria and the count, no names."""
    by.must(asked.listing.permission)
    ordered = asked.rows.order_by(*asked.sort.keys, "-pk" if asked.sort.keys[0].startswith("-") else "pk")
    rows = _fit(list(ordered.values_list(*asked.listing.fields(asked.listing.columns), named=True)[: MOST + 1]))
    note_in_event(rows=len(rows), list=asked.listing.name)
    places = asked.places_of(rows, asked.listing.columns)
    columns = [SheetColumn(c.code, str(c.label), ColumnKind.TEXT if c.kind is ColumnKind.CODE else c.kind) for c in asked.listing.columns]
    values = [{c.code: _plain(c.of(row, places), c.kind) for c in asked.listing.columns} for row in rows]
    return _workbook(columns, values, title=str(asked.listing.title), criteria=asked.criteria, by=by)


@command(Permission.EXPORT)
def export_sheet(place: Region | Organisation, *, sheet: Sheet, by: Actor) -> bytes:
    """A table as a workbook. The event keeps which, the criteria and the count, no names."""
    by.must(sheet.permission)
    rows = _fit(sheet.rows())
    note_in_event(rows=len(rows), list=sheet.name)
    return _workbook(sheet.columns, rows, title=sheet.title, criteria=sheet.criteria, by=by)


def _fit(rows: Sequence[Any]) -> Sequence[Any]:
    if len(rows) > MOST:
        raise TooMany(gettext("符合条件的超过 %(most)s 行。请先按县区或镇办筛选，再分别导出。") % {"most": f"{MOST:,}"})
    if not rows:
        raise NothingToExport(gettext("没有符合条件的记录，不需要导出。"))
    return rows


def _workbook(columns: Sequence[SheetColumn], rows: Sequence[Mapping[str, Any]], *, title: str, criteria: str, by: Actor) -> bytes:
    watermark = gettext("%(who)s（%(role)s）%(at)s 导出，%(count)s 行，含个人信息的请妥善保管") % {
        "who": by.name, "role": by.role.label, "at": f"{clock.business_now():%Y-%m-%d %H:%M}", "count": f"{len(rows):,}",
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        file, said = Path(folder) / "list.xlsx", f"{gettext('条件')}：{criteria or pgettext('criteria', '全部')}"
        write_roster(file, columns=columns, frame_or_rows=rows, title=title, criteria=said, watermark=watermark)
        return file.read_bytes()


def _plain(value: object, kind: ColumnKind) -> object:
    return str(value) if value is not None and kind in (ColumnKind.TEXT, ColumnKind.CODE) else value


def export_of(listing: Listing) -> Callable[[HttpRequest], HttpResponseBase]:
    """The view that hands the file over. Filters ride in the URL as on the list."""

    @acts
    @require_POST
    def view(request: HttpRequest) -> HttpResponseBase:
        actor: Actor = request.actor  # type: ignore[attr-defined]
        actor.must(listing.permission)
        asked = ask(request, listing)
        place = asked.region or actor.scope.region or settings.ROOT_REGION
        return _answer(request, f"{listing.title}-{place}", lambda: export_list(_place_of(actor), asked=asked, by=actor))

    view.__name__ = f"export_{listing.name}"
    return view


def sheet_file(request: HttpRequest, sheet: Sheet) -> HttpResponseBase:
    """A table as a file, for a view that stands at its page's address with `export/` behind it."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return _answer(request, sheet.title, lambda: export_sheet(_place_of(actor), sheet=sheet, by=actor))


def _answer(request: HttpRequest, name: str, make: Callable[[], bytes]) -> HttpResponseBase:
    """The workbook, or back to its page with what was refused."""
    try:
        response = HttpResponse(make(), content_type=EXCEL)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(f"{request.path.removesuffix('export/')}?{request.GET.urlencode()}")
    name = f"{name}-{clock.today():%Y%m%d}.xlsx"
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return response


def _place_of(actor: Actor) -> Region | Organisation:
    """Where the permission must hold: the actor's own place or unit."""
    match actor.scope.kind:
        case ScopeKind.REGION:
            found: Region | Organisation | None = Region.objects.filter(pk=actor.scope.region).first()
        case ScopeKind.UNIT:
            found = Organisation.objects.filter(pk=str(actor.scope.unit)).first()
        case _:
            found = None
    if found is None:
        raise Http404
    return found
