"""The rows behind a figure and behind a number of the report on selection, as Excel files: all of what the page shows, in its order."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from shibaiqian.access.actor import Actor
from shibaiqian.access.middleware import acts
from shibaiqian.access.roles import Permission
from shibaiqian.base import clock
from shibaiqian.base.spreadsheets.columns import Column
from shibaiqian.console.export import MOST, Sheet, sheet_file
from shibaiqian.console.home import title_of
from shibaiqian.console.listing.columns import Places
from shibaiqian.console.report_pages import opened
from shibaiqian.indicators import queries as indicators
from shibaiqian.indicators.engine import catalogue
from shibaiqian.regions.queries import name_of


@acts
@require_POST
def figure_file(request: HttpRequest, region: str, code: str) -> HttpResponseBase:
    """The records that a figure counts at a place today."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if code not in catalogue() or not actor.scope.holds_region(region):
        raise Http404
    as_of = clock.today()

    def rows() -> Sequence[Mapping[str, Any]]:
        found = indicators.figure_rows(actor, code, region=region, as_of=as_of, limit=MOST + 1)
        places = Places.of({row.region for row in found})
        levels = ("county", "town", "village")
        return [{"label": row.label, **{level: places.at(row.region, level) for level in levels}} for row in found]

    columns = [
        Column("county", _("县区")), Column("town", _("镇办")), Column("village", _("村（社区）")), Column("label", _("内容")),
    ]  # fmt: skip
    criteria = f"{name_of(region)}；{_('截至 %(day)s') % {'day': as_of}}"
    return sheet_file(request, Sheet(f"figure_{code}", title_of(code), Permission(catalogue()[code].opens), columns, criteria, rows))


@acts
@require_POST
def report_rows_file(request: HttpRequest, report: str) -> HttpResponseBase:
    """The people behind one number of the report."""
    asked = opened(request, report)
    columns = [
        Column("name", _("姓名")), Column("county", _("县区")), Column("tier", _("层级")), Column("number", _("编号")),
        Column("unit", _("派出单位")), Column("rank", _("职务层次")), Column("education", _("学历")), Column("age", _("年龄")),
    ]  # fmt: skip
    title = _(asked.count) if asked.count else str(asked.kind.title)
    return sheet_file(request, Sheet("report_rows", title, asked.kind.needs, columns, asked.criteria, lambda: asked.shown(asked.people)))
