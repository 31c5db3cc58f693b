"""Posts that want an official (需求岗位): raised by hosts, confirmed by the county within its quota, poor and weak villages first."""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence

import polars as pl
from django.db import connection
from django.db.models import Case, Q, When

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import NotVisible, Refused, command, current_event, note_in_event
from shibaiqian.access.roles import Permission
from shibaiqian.access.rows import Rows, RowsRefused, Written
from shibaiqian.base import clock
from shibaiqian.base.bulk import insert_frame, staged
from shibaiqian.base.ids import new_ids
from shibaiqian.base.spreadsheets.findings import Findings
from shibaiqian.messages.actions import announce
from shibaiqian.organisations.actions import bind_partners
from shibaiqian.party.models import Overhaul
from shibaiqian.policy.queries import parameter_in
from shibaiqian.postings.models import Posting
from shibaiqian.regions.checks import Checks
from shibaiqian.regions.models import Region, VillageProfile
from shibaiqian.regions.queries import region_names
from shibaiqian.regions.rules import bare_county, bare_name, bounds
from shibaiqian.selection.batches import HELD, quota_of
from shibaiqian.selection.excel.needs import prepare_need_units, prepare_needs
from shibaiqian.selection.hosted import hosted_needs
from shibaiqian.selection.models import Batch, PostNeed
from shibaiqian.selection.rules import NEED
from shibaiqian.selection.steps import advance, happened, locked, take_numbers

TYPES = {
    "id": "uuid", "number": "text", "batch_id": "uuid", "tier_id": "uuid", "tier_code": "text", "region": "text", "host_name": "text",
    "title": "text", "duties": "text", "village_types": "text", "need_tags": "text", "poor_village": "boolean",
    "weak_organisation": "boolean", "reason": "text", "predecessor_id": "uuid",
}  # fmt: skip
TELLS = {"submit_needs": "needs_submitted", "return_needs": "needs_returned"}
SIGN = {"county": "县", "town": "镇", "village": "村"}


class QuotaExceeded(Refused):
    """The county's quota of the batch is used up."""


class CoverageFirst(Refused):
    """Poor villages and those with a weak organisation come first (全覆盖)."""


class ReasonMissing(Refused):
    """Who returns, closes or opens again says why."""


@command(Permission.RAISE_NEEDS)
def raise_needs(region: Region, *, rows: Rows, by: Actor) -> Written:
    """Raise posts of a town's or county's places, as drafts. Village types, poor and weak come from the register.

    Posts without a number get the next of the place's series; the number later becomes that of the posting.
    """
    frame = prepare_needs(region, rows=rows, by=by).or_refuse().frame
    frame = _numbered(frame).sort("number").with_columns(
        pl.Series("id", new_ids(frame.height), dtype=pl.String),
        pl.col("duties", "need_tags", "reason").fill_null("").str.strip_chars(),
        region="host_code",
        host_name="place",
    )  # fmt: skip
    also = {
        "event": current_event(),
        "state": "draft",
        "priority": 0,
        "requested_by": by.name,
        "confirmed_by": "",
        "note": "",
        "decider_region": "",
    }
    kept = insert_frame(
        "selection_postneed", frame, TYPES, also=also, conflict=["(number) where voided_by is null"], returning="number"
    )  # fmt: skip
    if len(kept) < frame.height:
        raise RowsRefused(_taken(frame.filter(~pl.col("number").is_in(kept)), sheet=rows.sheet))
    return Written(count=frame.height, regions=[region.code])


def _taken(frame: pl.DataFrame, *, sheet: str) -> Findings:
    findings = Findings()
    Checks(findings, sheet).refuse(
        frame, pl.lit(value=True), column="岗位编号", code="number_taken",
        message=pl.format("岗位编号“{}”已在别处使用。", "number"), mend="请换一个编号，或留空由系统编号。", value=pl.col("number"),
    )  # fmt: skip
    return findings


def _numbered(frame: pl.DataFrame) -> pl.DataFrame:
    """Numbers for posts that have none, by series: place and level, year of the batch or of today."""
    # Of the county where the county decides, else of the city.
    place = pl.when(pl.col("decider_level") == "county").then(pl.col("host_code").str.head(6)).otherwise(pl.col("host_code").str.head(4))
    names = region_names([*place_codes(frame["host_code"])])
    short = {code: bare_county(bare_name(name)).removesuffix("市") for code, name in names.items()}
    level = pl.when(pl.col("number_prefix") != "").then("number_prefix").otherwise(pl.col("host_level").replace_strict(SIGN, default=""))
    sign = pl.concat_str(place.replace(short), level, separator="-")
    frame = frame.with_columns(_sign=sign, _year=pl.col("batch_year").fill_null(clock.today().year))
    parts = []
    for (sign_, year), group in frame.group_by("_sign", "_year", maintain_order=True):
        given = group["number"].drop_nulls().to_list()
        fresh = take_numbers(str(sign_), year=int(year), count=group.height - len(given), used=[*given, *_in_use(str(sign_), int(year))])  # type: ignore[call-overload]
        numbers = iter(fresh)
        parts.append(group.with_columns(pl.Series("number", [n or next(numbers) for n in group["number"]], dtype=pl.String)))
    return pl.concat(parts) if parts else frame


def _in_use(sign: str, year: int) -> list[str]:
    """The last number of a series among postings in sight: those of rosters had no need."""
    low = f"{sign}-{year}-"
    rows = Posting.objects.for_everyone(because="numbers are given once; the wall lets through what is in sight")
    return list(rows.filter(number__gte=low, number__lt=f"{low}:").order_by("-number").values_list("number", flat=True)[:1])


def place_codes(codes: Iterable[str | None]) -> set[str]:
    """The cities and counties that these codes lie in."""
    return {code[:length] for code in codes if code for length in (4, 6)}


@command(Permission.RAISE_NEEDS)
def submit_needs(region: Region, *, needs: Sequence[uuid.UUID], by: Actor) -> Written:
    """Hand drafts up to the county."""
    return _move(needs, "submit_needs", by=by)


@command(Permission.CONFIRM_NEEDS)
def return_needs(region: Region, *, needs: Sequence[uuid.UUID], reason: str, by: Actor) -> Written:
    """Give needs back to who raised them, with a reason they see."""
    return _move(needs, "return_needs", by=by, note=_said(reason, "退回"))


@command(Permission.CONFIRM_NEEDS)
def close_needs(region: Region, *, needs: Sequence[uuid.UUID], reason: str, by: Actor) -> Written:
    """Close needs that are no longer wanted, with a reason."""
    return _move(needs, "close_needs", by=by, note=_said(reason, "关闭"))


@command(Permission.CONFIRM_NEEDS)
def reopen_needs(region: Region, *, needs: Sequence[uuid.UUID], reason: str, by: Actor) -> Written:
    """Open filled posts again, because the official did not take the post or left it."""
    return _move(needs, "reopen_needs", by=by, note=_said(reason, "重新开放"))


@command(Permission.CONFIRM_NEEDS)
def confirm_needs(region: Region, *, needs: Sequence[uuid.UUID], on: dt.date, by: Actor) -> Written:
    """Confirm posts within the county's quota of the batch. Poor villages and weak organisations get priority 1.

    Over the quota it is refused, or only noted where the place's policy says so (`quota_exceeded_blocks`); so is a post of
    another village while the quota no longer suffices for the poor and weak ones (`coverage_first_blocks`).
    """
    happened(on, what="确认日期")
    _must_be_hosted(needs, by=by)
    rows = locked(PostNeed, keys=needs, flow=NEED, step="confirm_needs", by=by)
    notes = _check_quotas(rows, on=on, by=by) + _check_coverage(rows, on=on, by=by)
    first = Case(When(Q(poor_village=True) | Q(weak_organisation=True), then=1), default=0)
    advance(rows, flow=NEED, step="confirm_needs", by=by, priority=first, confirmed_by=by.name, confirmed_on=on)
    note_in_event(count=len(rows), notes=notes)
    return Written(count=len(rows), regions=[region.code], notes=notes)


def _check_quotas(rows: Sequence[PostNeed], *, on: dt.date, by: Actor) -> list[str]:
    """What exceeds a quota: refused, or returned as notes. Batches are locked, so that two counties' clerks are counted one after the other."""
    notes = []
    wanted = Counter((row.batch_id, row.tier_id, str(row.region_id)[:6]) for row in rows if row.batch_id)
    batches = {b.pk: b for b in Batch.objects.filter(pk__in={key[0] for key in wanted}).order_by("pk").select_for_update()}
    blocks = parameter_in("quota_exceeded_blocks", regions={county for _, _, county in wanted}, on=on)
    labels = {
        row.tier_id: row.tier.label for row in PostNeed.objects.visible_to(by).filter(pk__in=[r.pk for r in rows]).select_related("tier")
    }
    for (batch_id, tier_id, county), more in sorted(wanted.items(), key=str):
        batch = batches[batch_id]
        quota = quota_of(batch, tier_id=tier_id, county=county)
        low, high = bounds(quota.region_id if quota else county)
        held = PostNeed.objects.visible_to(by).filter(HELD, batch=batch, tier_id=tier_id, region_id__gte=low, region_id__lt=high).count()
        allowed = quota.count if quota else 0
        if held + more <= allowed:
            continue
        name = region_names([county]).get(county, county)
        said = f"{name}在{batch.name}有{labels[tier_id]}名额 {allowed} 个，已确认 {held} 个，再确认 {more} 个就超出 {held + more - allowed} 个。"
        if blocks[county]:
            raise QuotaExceeded(said + "请减少岗位，或由市委组织部凭文件调整名额。")
        notes.append(said)
    return notes


def _check_coverage(rows: Sequence[PostNeed], *, on: dt.date, by: Actor) -> list[str]:
    """Whether what is left of a quota still covers the poor and weak villages without a First Secretary."""
    notes = []
    others = Counter(
        (row.batch_id, row.tier_id, str(row.region_id)[:6])
        for row in rows
        if row.batch_id and len(str(row.region_id)) == 12 and not (row.poor_village or row.weak_organisation)
    )
    chosen = {str(row.region_id) for row in rows}
    blocks = parameter_in("coverage_first_blocks", regions={county for _, _, county in others}, on=on)
    for (batch_id, tier_id, county), count in sorted(others.items(), key=str):
        bare = uncovered(by, county=county) - chosen
        quota = quota_of(Batch.objects.get(pk=batch_id), tier_id=tier_id, county=county)
        low, high = bounds(county)
        held = (
            PostNeed.objects.visible_to(by).filter(HELD, batch_id=batch_id, tier_id=tier_id, region_id__gte=low, region_id__lt=high).count()
        )
        left = (quota.count if quota else 0) - held - sum(str(r.region_id).startswith(county) and r.tier_id == tier_id for r in rows)
        if len(bare) <= max(left, 0):
            continue
        names = "、".join(sorted(region_names(sorted(bare)[:3]).values()))
        said = f"还有 {len(bare)} 个贫困村或后进村没有第一书记（{names}等），名额只剩 {max(left, 0)} 个，却确认了 {count} 个其他村的岗位。"
        if blocks[county]:
            raise CoverageFirst(said + "请先确认贫困村和后进村的岗位。")
        notes.append(said)
    return notes


def uncovered(actor: Actor, *, county: str) -> set[str]:
    """Poor villages and those with a weak organisation where no First Secretary serves and no post is confirmed. Four queries."""
    low, high = bounds(county)
    within = {"region_id__gte": low, "region_id__lt": high}
    poor = VillageProfile.objects.visible_to(actor).filter(poor_village=True, **within).values_list("region_id", flat=True)
    weak = Overhaul.objects.visible_to(actor).filter(**within).exclude(state="closed").values_list("region_id", flat=True)
    served = Posting.objects.visible_to(actor).filter(host_level="village", ended_on=None, **within).values_list("region_id", flat=True)
    held = PostNeed.objects.visible_to(actor).filter(HELD, **within).values_list("region_id", flat=True)
    return {*poor, *weak} - {*served, *held}


@command(Permission.MATCH)
def bind_units(region: Region, *, rows: Rows, by: Actor) -> Written:
    """Say which unit goes to which village (先定单位): stage one, as the leading group decided. The unit is bound to the village besides."""
    frame = prepare_need_units(region, rows=rows, by=by).or_refuse().frame
    locked_keys = [uuid.UUID(key) for key in frame["need"]]
    list(PostNeed.objects.visible_to(by).filter(pk__in=locked_keys).order_by("pk").select_for_update(no_key=True).values_list("pk"))
    with staged(frame.select("need", "unit_id"), {"need": "uuid", "unit_id": "uuid"}) as stage, connection.cursor() as cursor:
        cursor.execute(f"update selection_postneed n set unit_id = s.unit_id from {stage} s where n.id = s.need")  # noqa: S608
    bind_partners(region, rows=Rows(frame.select("row", "unit_id", "since", region="village"), sheet=rows.sheet), by=by)
    return Written(count=frame.height, regions=[region.code])


def _move(needs: Sequence[uuid.UUID], step: str, *, by: Actor, note: str | None = None) -> Written:
    """One step of the flow for a set: every row open to it, one update, one event."""
    _must_be_hosted(needs, by=by)
    rows = locked(PostNeed, keys=needs, flow=NEED, step=step, by=by)
    advance(rows, flow=NEED, step=step, by=by, **({} if note is None else {"note": note}))
    if step in TELLS:
        announce(TELLS[step], regions=[str(row.region_id) for row in rows])
    note_in_event(count=len(rows))
    return Written(count=len(rows))


def _must_be_hosted(needs: Sequence[uuid.UUID], *, by: Actor) -> None:
    """Posts elsewhere are seen where their appointment is decided, and are not that place's to confirm, return or close."""
    if hosted_needs(by).filter(pk__in=set(needs)).count() != len(set(needs)):
        raise NotVisible(PostNeed.__name__)


def _said(reason: str, what: str) -> str:
    if not reason.strip():
        raise ReasonMissing(f"请写明{what}的理由，提出需求的单位会看到。")
    return reason.strip()
