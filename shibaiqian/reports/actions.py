"""Issuing reports: the figures are counted live, frozen with their hash, and the documents are made from the frozen data."""

import datetime as dt

from django.db.models import Max

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused, command, current_event, note_in_event
from shibaiqian.access.roles import Permission
from shibaiqian.base import clock
from shibaiqian.indicators.queries import figure_by_region, figures
from shibaiqian.regions.models import Region
from shibaiqian.regions.queries import name_of
from shibaiqian.reports.bulletins import digest_of
from shibaiqian.reports.catalogue import KINDS
from shibaiqian.reports.models import Snapshot
from shibaiqian.reports.tables import to_frozen
from shibaiqian.selection.models import Batch

BULLETIN = "bulletin"


class NotYet(Refused):
    """The day lies ahead."""


@command(Permission.ISSUE_REPORTS)
def issue_bulletin(region: Region, *, as_of: dt.date, by: Actor) -> Snapshot:
    """Freeze the figures of a city or county as of a day as the next issue of its bulletin of the year."""
    if as_of > clock.today():
        raise NotYet(f"截至日期 {as_of} 还没有到，请选择今天（{clock.today()}）或之前的日期。")
    data = {
        "as_of": as_of.isoformat(),
        "region": region.code,
        "region_name": region.name,
        "values": figures(by, region=region.code, as_of=as_of),
        "counties": _by_child(region, as_of, by),
    }
    last = Snapshot.objects.visible_to(by).filter(report=BULLETIN, region=region, year=as_of.year).aggregate(n=Max("number"))["n"]
    digest = digest_of(data)
    note_in_event(data_sha256=digest)
    return Snapshot.unscoped.create(
        report=BULLETIN, region=region, number=(last or 0) + 1, year=as_of.year, as_of=as_of,
        title=f"{region.name}“十百千”工程工作简报", data=data, data_sha256=digest, issued_by=by.user_id, issued_by_name=by.name,
        issued_at=clock.business_now(), event=current_event(),
    )  # fmt: skip


def _by_child(region: Region, as_of: dt.date, by: Actor) -> list[list[object]]:
    """Name and figures of each place below, for the table."""
    codes = [
        "tier_1000", "agricultural_parks", "leading_enterprises", "cooperatives", "large_producers", "projects",
        "practical_services", "households_income_up", "people_out_stably",
    ]  # fmt: skip
    found: dict[str, dict[str, int]] = {}
    for code in codes:
        for child, value in figure_by_region(by, code, region=region.code, as_of=as_of).items():
            if len(child) > len(region.code):
                found.setdefault(child, dict.fromkeys(codes, 0))[code] = value
    return [[name_of(child), values] for child, values in sorted(found.items())]


@command(Permission.ISSUE_REPORTS)
def issue_report(region: Region, *, code: str, as_of: dt.date, batch: Batch | None = None, by: Actor) -> Snapshot:
    """Count a report of a place and freeze it as the next issue of its year: what was reported stays what it was."""
    if as_of > clock.today():
        raise NotYet(f"截至日期 {as_of} 还没有到，请选择今天（{clock.today()}）或之前的日期。")
    report = KINDS[code].make(by, region.code, as_of, batch)
    data = to_frozen(report)
    last = Snapshot.objects.visible_to(by).filter(report=code, region=region, year=as_of.year).aggregate(n=Max("number"))["n"]
    digest = digest_of(data)
    note_in_event(data_sha256=digest)
    return Snapshot.unscoped.create(
        report=code, region=region, number=(last or 0) + 1, year=as_of.year, as_of=as_of, title=report.title, data=data, data_sha256=digest,
        issued_by=by.user_id, issued_by_name=by.name, issued_at=clock.business_now(), event=current_event(),
    )  # fmt: skip
