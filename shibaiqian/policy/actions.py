"""Setting the numbers that come from policies, and the working days of years to come."""

import datetime as dt
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Q

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused, command, current_event, note_in_event
from shibaiqian.access.roles import Permission
from shibaiqian.access.rows import Rows, Written
from shibaiqian.base.models import ArrangedDay
from shibaiqian.base.workdays import arranged
from shibaiqian.policy.excel import prepare_workdays
from shibaiqian.policy.models import PolicyParameter
from shibaiqian.policy.rules import KEY_OF, KEYS, is_looser, jurisdictions_of
from shibaiqian.regions.models import Region

INSTALLED = 0  # the event of rows that came with the installation, before anybody acted


class UnknownKey(Refused):
    """There is no such number."""


class LooserThanAbove(Refused):
    """A narrower value may only be stricter than a floor above it."""


class AlreadySet(Refused):
    """That day already has a value here; values are not rewritten."""


class SourceMissing(Refused):
    """Every number names the document it comes from."""


def install_defaults() -> int:
    """Install the national value of every key that has none from its first day; how many were new. Run by the owner."""
    rows = [
        PolicyParameter(
            key=key.code,
            jurisdiction="",
            value=key.default,
            valid_from=key.since,
            valid_to=key.until,
            floor=key.floor,
            source=f"默认值（{key.source}）" if key.source else "默认值",
            event=INSTALLED,
        )
        for key in KEYS
    ]
    before = PolicyParameter.objects.count()
    PolicyParameter.objects.bulk_create(rows, ignore_conflicts=True)
    return PolicyParameter.objects.count() - before


# The rows of a region's policy are designations of that region, as poor villages are.
@command(Permission.DESIGNATE_VILLAGES)
def set_parameter(
    region: Region,
    *,
    key: str,
    value: Decimal,
    valid_from: dt.date,
    source: str,
    valid_to: dt.date | None = None,
    floor: bool = False,
    by: Actor,
) -> PolicyParameter:
    """Set a number for a region from a day on; the value before it ends the day before, a later one stays.

    `source` names the document. `floor` makes it binding below. Refused when a floor above is stricter.
    """
    known = KEY_OF.get(key)
    if known is None:
        raise UnknownKey(f"没有名为“{key}”的政策参数，请从列表中选择。")
    if not source.strip():
        raise SourceMissing(f"请填写“{known.label}”的政策依据（文件名称和文号）。")
    if valid_to is not None and valid_to < valid_from:
        raise Refused(f"“{known.label}”的失效日期 {valid_to} 早于生效日期 {valid_from}，请改正。")
    above = PolicyParameter.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=valid_from),
        key=key,
        floor=True,
        jurisdiction__in=jurisdictions_of(region.code)[1:],
    )
    for row in above:
        overlaps = valid_to is None or row.valid_from <= valid_to
        if overlaps and is_looser(value, row.value, known.stricter):
            raise LooserThanAbove(
                f"“{known.label}”上级规定为 {row.value.normalize():f}{known.unit}（{row.source}），"
                f"本级只能更严，不能定为 {value.normalize():f}{known.unit}。"
            )
    return _write(region, key=key, value=value, valid_from=valid_from, valid_to=valid_to, source=source, floor=floor)


@command(Permission.PLAN_BATCHES)
def arrange_workdays(region: Region, *, rows: Rows, by: Actor) -> Written:
    """Take in the holidays and shifted working days of years to come; a day said before is said anew. The city does it for all."""
    frame = prepare_workdays(region, rows=rows, by=by).or_refuse().frame
    days = [
        ArrangedDay(on=on, is_workday=works, source=source.strip(), event=current_event())
        for on, works, source in frame.select("on", "is_workday", "source").iter_rows()
    ]
    years = sorted({day.on.year for day in days})
    note_in_event(years=years, before={str(on): works for year in years for on, works in arranged(year).items()})
    ArrangedDay.objects.bulk_create(days, update_conflicts=True, unique_fields=["on"], update_fields=["is_workday", "source", "event"])
    return Written(count=len(days), regions=[region.code])


def _write(
    region: Region,
    *,
    key: str,
    value: Decimal,
    valid_from: dt.date,
    valid_to: dt.date | None,
    source: str,
    floor: bool,
) -> PolicyParameter:
    here = PolicyParameter.objects.select_for_update().filter(key=key, jurisdiction=region.code).order_by("valid_from")
    rows = list(here)
    before = next((row for row in reversed(rows) if row.valid_from < valid_from), None)
    after = next((row for row in rows if row.valid_from > valid_from), None)
    day = dt.timedelta(days=1)
    if before is not None and (before.valid_to is None or before.valid_to >= valid_from):
        before.valid_to = valid_from - day
        before.save(update_fields=["valid_to"])
        note_in_event(before=str(before.value))
    if after is not None and (valid_to is None or valid_to >= after.valid_from):
        valid_to = after.valid_from - day
    try:
        with transaction.atomic():
            return PolicyParameter.objects.create(
                key=key,
                jurisdiction=region.code,
                value=value,
                valid_from=valid_from,
                valid_to=valid_to,
                source=source.strip(),
                floor=floor,
                event=current_event(),
            )
    except IntegrityError:
        raise AlreadySet(
            f"{region.name}的“{KEY_OF[key].label}”已有 {valid_from} 起的值。值一经设定不再改写，请从另一个日期起设定新值。"
        ) from None
