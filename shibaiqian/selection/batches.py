"""Batches: a round with its plan document and its quotas, from draft to close. A batch is the city's, quotas are per county."""

import datetime as dt
from collections import Counter
from typing import Any

import polars as pl
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused, command, current_event, note_in_event
from shibaiqian.access.roles import Permission
from shibaiqian.access.rows import Prepared, Rows, Written
from shibaiqian.base import clock
from shibaiqian.base.spreadsheets.columns import Column, ColumnKind
from shibaiqian.base.spreadsheets.findings import Findings
from shibaiqian.organisations.models import Organisation
from shibaiqian.postings.models import Tier
from shibaiqian.regions.checks import Checks, completed
from shibaiqian.regions.models import Region
from shibaiqian.selection.hosted import hosted_needs
from shibaiqian.selection.models import Batch, Nomination, PostNeed, QuotaChange, TierQuota
from shibaiqian.selection.programmes import programme_of, with_tiers
from shibaiqian.selection.rules import BATCH, NOMINATION
from shibaiqian.selection.steps import happened

COLUMNS = (
    Column("batch", "批次", required=True, help="如 2015年第二批"),
    Column("year", "年份", ColumnKind.INTEGER, required=True),
    Column("opened_on", "启动日期", ColumnKind.DATE, required=True),
    Column("plan_number", "方案文号"),
    Column("plan_on", "方案日期", ColumnKind.DATE),
    Column(
        "place", "区划代码", ColumnKind.CODE, required=True, aliases=("县区代码", "县区"), help="县区 6 位代码；全市统一掌握的名额填市代码"
    ),
    Column("tier", "层级", required=True),
    Column("count", "名额", ColumnKind.INTEGER, required=True),
)
HELD = Q(state__in=("confirmed", "filled"))  # needs that use up a quota


class PlanMissing(Refused):
    """A batch runs on a plan that was approved on paper."""


class QuotaWrong(Refused):
    """A quota below what is already confirmed, or of a place that is not in the batch."""


class StillOpen(Refused):
    """A batch is closed when nothing of it is under way."""


def prepare_batches(region: Region, *, rows: Rows, by: Actor) -> Prepared:
    """Quotas of new batches, a row for each place and tier, with the keys of tiers."""
    findings = Findings()
    checks = Checks(findings, rows.sheet)
    frame = completed(rows.frame, COLUMNS)
    checks.refuse_missing(frame, COLUMNS)
    frame = with_tiers(checks, frame.with_columns(programme_id=pl.lit(None, pl.String)), region=region)
    places = Region.objects.filter(pk__in=frame["place"].drop_nulls().unique().to_list(), valid_to__isnull=True)
    known = pl.DataFrame(list(places.values_list("code", "name")), schema={"place": pl.String, "place_name": pl.String}, orient="row")
    frame = frame.join(known, on="place", how="left", maintain_order="left")
    checks.refuse(
        frame, pl.lit(region.level != Region.Level.CITY), column="批次", code="not_a_city",
        message=f"批次由市一级设立，{region.name}不是市。", mend="请由市委组织部办理。",
    )  # fmt: skip
    place = pl.col("place")
    checks.refuse(
        frame, pl.col("place_name").is_null() | ~place.str.starts_with(region.code) | ~place.str.len_bytes().is_in([4, 6]),
        column="区划代码", code="place_unfit", message=pl.format("“{}”不是" + region.name + "的县区。", place),
        mend="请填写 6 位县区代码，或市代码。", value=place,
    )  # fmt: skip
    checks.refuse(
        frame, pl.col("count") < 0, column="名额", code="quota_wrong", message=pl.format("名额 {} 是负数。", "count"),
        mend="请填写人数，没有名额的不写这一行。", value=pl.col("count"),
    )  # fmt: skip
    checks.refuse(
        frame, pl.col("opened_on") > clock.today(), column="启动日期", code="in_future",
        message=pl.format("启动日期 {} 晚于今天。", "opened_on"), mend="请改正启动日期。", value=pl.col("opened_on"),
    )  # fmt: skip
    checks.refuse(
        frame, pl.col("plan_on") > clock.today(), column="方案日期", code="in_future",
        message=pl.format("方案日期 {} 晚于今天。", "plan_on"), mend="请改正方案日期。", value=pl.col("plan_on"),
    )  # fmt: skip
    said = ("year", "opened_on", "plan_number", "plan_on")
    checks.refuse(
        frame, pl.struct(said).n_unique().over("batch") > 1, column="批次", code="batch_differs",
        message=pl.format("“{}”各行的年份、启动日期或方案不一致。", "batch"), mend="同一批次各行填写相同的内容。",
    )  # fmt: skip
    once = frame.with_columns(_key=pl.concat_str("batch", "place", "tier_id", separator="|"))
    checks.refuse_repeated(
        once, "_key", column="层级", code="quota_twice", message="与第 {} 行是同一批次、同一地方、同一层级。", mend="请合并成一行。",
    )  # fmt: skip
    taken = list(
        Batch.objects.filter(name__in=frame["batch"].drop_nulls().unique().to_list(), region=region).values_list("name", flat=True)
    )
    checks.refuse(
        frame, pl.col("batch").is_in(taken), column="批次", code="batch_taken", message=pl.format("批次“{}”已经设立。", "batch"),
        mend="调整名额请办理“调整名额”；新的批次请换一个名称。", value=pl.col("batch"),
    )  # fmt: skip
    return Prepared(frame, findings)


@command(Permission.PLAN_BATCHES)
def open_batches(region: Region, *, rows: Rows, by: Actor) -> Written:
    """Open batches of a city with their quotas, as drafts: their plan is approved by a step of its own. Counts quotas."""
    frame = prepare_batches(region, rows=rows, by=by).or_refuse().frame
    programme = programme_of(region.code)
    if programme is None:
        raise PlanMissing(f"{region.name}还没有设立工程，请先导入“工程与层级”。")
    quotas: list[TierQuota] = []
    for (name,), group in frame.group_by("batch", maintain_order=True):
        first = group.row(0, named=True)
        batch = Batch.objects.create(
            programme=programme, name=name, region=region, year=first["year"], opened_on=first["opened_on"],
            plan_number=first["plan_number"] or "", plan_on=first["plan_on"], state="draft", event=current_event(),
        )  # fmt: skip
        quotas += [
            TierQuota(batch=batch, tier_id=tier, region_id=place, count=count, event=current_event())
            for tier, place, count in group.select("tier_id", "place", "count").iter_rows()
        ]
    TierQuota.objects.bulk_create(quotas)
    return Written(count=len(quotas), regions=[region.code], notes=[note for b in {q.batch for q in quotas} for note in over_tier(b)])


@command(Permission.PLAN_BATCHES)
def open_batch(region: Region, *, name: str, year: int, opened_on: dt.date, by: Actor) -> Batch:
    """Open one batch of a city without quotas yet, as a form does."""
    if region.level != Region.Level.CITY:
        raise Refused(f"批次由市一级设立，{region.name}不是市。请由市委组织部办理。")
    programme = programme_of(region.code)
    if programme is None:
        raise PlanMissing(f"{region.name}还没有设立工程，请先导入“工程与层级”。")
    happened(opened_on, what="启动日期")
    if Batch.objects.filter(programme=programme, name=name.strip()).exists():
        raise Refused(f"批次“{name.strip()}”已经设立，请换一个名称。")
    return Batch.objects.create(
        programme=programme, name=name.strip(), region=region, year=year, opened_on=opened_on, state="draft", event=current_event()
    )


@command(Permission.PLAN_BATCHES)
def set_quota(batch: Batch, *, tier: Tier, place: Region, count: int, by: Actor) -> TierQuota:
    """Set a quota of a batch whose plan is not approved yet; afterwards only `amend_quota` changes it."""
    batch = _locked(batch)
    if batch.state != "draft":
        raise QuotaWrong(f"{batch.name}的方案已经批准，名额只能凭方案调整文件办理“调整名额”。")
    return _keep_quota(batch, tier=tier, place=place, count=count, plan_number="")


@command(Permission.PLAN_BATCHES)
def approve_plan(batch: Batch, *, on: dt.date | None = None, number: str = "", scan: str = "", by: Actor) -> Batch:
    """Record that the plan (选派方案) was approved: its document number, date, and the key of its scan in the file store."""
    batch = _locked(batch)
    state = BATCH.next(batch.state, "approve_plan", named=batch.name)
    number, day = number.strip() or batch.plan_number, on or batch.plan_on
    if not number or day is None:
        raise PlanMissing(f"请填写{batch.name}选派方案的文号和日期。")
    happened(day, what="方案日期")
    batch.plan_number, batch.plan_on, batch.plan_scan, batch.state = number, day, scan, state
    batch.save(update_fields=["plan_number", "plan_on", "plan_scan", "state"])
    return batch


@command(Permission.PLAN_BATCHES)
def start_batch(batch: Batch, *, on: dt.date, by: Actor) -> Batch:
    """Start selection: from this day units nominate. A batch without quotas does not start."""
    batch = _locked(batch)
    state = BATCH.next(batch.state, "start_batch", named=batch.name)
    happened(on, what="启动日期", after=batch.plan_on, after_what="方案日期")
    if not TierQuota.objects.filter(batch=batch, count__gt=0).exists():
        raise QuotaWrong(f"{batch.name}还没有名额，不能启动。请先按方案登记各县区名额。")
    batch.opened_on, batch.state = on, state
    batch.save(update_fields=["opened_on", "state"])
    return batch


@command(Permission.PLAN_BATCHES)
def amend_quota(batch: Batch, *, tier: Tier, place: Region, count: int, plan_number: str, on: dt.date, by: Actor) -> Written:
    """Change a quota by a plan amendment. Never below what is confirmed; over the tier's own quota is a warning in `notes`."""
    batch = _locked(batch)
    BATCH.next(batch.state, "amend_quota", named=batch.name)
    happened(on, what="调整日期", after=batch.plan_on, after_what="方案日期")
    if not plan_number.strip():
        raise PlanMissing("请填写方案调整文件的文号：名额只能凭文件调整。")
    low, high = place.code, f"{place.code}:"
    held = PostNeed.objects.visible_to(by).filter(HELD, batch=batch, tier=tier, region_id__gte=low, region_id__lt=high).count()
    if count < held:
        raise QuotaWrong(f"{place.name}已确认 {held} 个{tier.label}岗位，名额不能调到 {count}。请先关闭多出的岗位。")
    before = TierQuota.objects.filter(batch=batch, tier=tier, region=place).values_list("count", flat=True).first()
    quota = _keep_quota(batch, tier=tier, place=place, count=count, plan_number=plan_number.strip())
    QuotaChange.objects.create(quota=quota, on=on, before=before or 0, plan_number=plan_number.strip(), event=current_event())
    note_in_event(before=before)
    return Written(count=1, regions=[place.code], notes=over_tier(batch))


@command(Permission.PLAN_BATCHES)
def close_batch(batch: Batch, *, on: dt.date, by: Actor) -> Batch:
    """Close a batch: no nomination of it is under way any more."""
    batch = _locked(batch)
    state = BATCH.next(batch.state, "close_batch", named=batch.name)
    happened(on, what="结束日期", after=batch.opened_on, after_what="启动日期")
    running = Nomination.objects.visible_to(by).filter(batch=batch).exclude(state__in=NOMINATION.final).count()
    if running:
        raise StillOpen(f"{batch.name}还有 {running} 项推荐没有办结，不能结束。请先任命、撤回或不予选派。")
    batch.state = state
    batch.save(update_fields=["state"])
    return batch


def batches(actor: Actor) -> QuerySet[Batch]:
    """Batches of the actor's place and of those above it, the latest first; a unit's place is where it lies."""
    own = actor.scope.region
    if actor.scope.unit:
        own = Organisation.objects.values_list("region_id", flat=True).get(pk=actor.scope.unit)
    above = Q(region_id__in=[own[:length] for length in (2, 4, 6, 9) if length <= len(own)])
    return Batch.objects.filter(above | Q(region_id__gte=own, region_id__lt=f"{own}:")).order_by("-opened_on", "id")


def over_tier(batch: Batch) -> list[str]:
    """Tiers whose quotas of this batch add up to more than the programme's own (10, 100, 1,280): warnings, for the plan may say so."""
    sums = TierQuota.objects.filter(batch=batch).values("tier__label", "tier__quota").annotate(given=Sum("count")).order_by("tier__label")
    return [
        f"{batch.name}{row['tier__label']}名额合计 {row['given']} 个，超过工程的 {row['tier__quota']} 个。"
        for row in sums
        if row["given"] > row["tier__quota"]
    ]


def quota_of(batch: Batch, *, tier_id: Any, county: str) -> TierQuota | None:
    """The quota that holds for a county: its own, else the city's common one."""
    found = TierQuota.objects.filter(batch=batch, tier_id=tier_id, region_id__in=(county, county[:4]))
    return max(found, key=lambda quota: len(quota.region_id), default=None)


def quotas_on(day: dt.date, *, batch: Batch | None = None) -> dict[tuple[str, str], int]:
    """Quotas by place and tier of batches begun by a day, as the amendments until then had them; of several batches the sum. One query."""
    later = QuotaChange.objects.filter(quota=OuterRef("pk"), on__gt=day).order_by("on", "id").values("before")[:1]
    rows = TierQuota.objects.filter(batch__opened_on__lte=day, **({"batch": batch} if batch else {}))
    found: Counter[tuple[str, str]] = Counter()
    for place, tier, count in rows.values_list("region_id", "tier__code", Coalesce(Subquery(later), "count")):
        found[place, tier] += count
    return {at: count for at, count in found.items() if count}


def quota_use(actor: Actor, batch: Batch) -> list[dict[str, Any]]:
    """Quotas of a batch with what is confirmed and filled of each, as far as the actor sees. Two queries."""
    needs = hosted_needs(actor).filter(batch=batch).values_list("tier_id", "region_id", "state").annotate(n=Count("pk"))
    counted = list(needs)
    return [
        {
            "quota": quota,
            "confirmed": sum(n for t, r, s, n in counted if t == quota.tier_id and r.startswith(quota.region_id) and s == "confirmed"),
            "filled": sum(n for t, r, s, n in counted if t == quota.tier_id and r.startswith(quota.region_id) and s == "filled"),
        }
        for quota in TierQuota.objects.filter(batch=batch).select_related("tier", "region").order_by("tier__code", "region_id")
    ]


def _locked(batch: Batch) -> Batch:
    return Batch.objects.select_for_update().get(pk=batch.pk)


def _keep_quota(batch: Batch, *, tier: Tier, place: Region, count: int, plan_number: str) -> TierQuota:
    if tier.programme_id != batch.programme_id:
        raise QuotaWrong(f"{tier.label}不是{batch.name}所属工程的层级，请改选。")
    if not place.code.startswith(batch.region_id) or len(place.code) > 6:
        raise QuotaWrong(f"{place.name}不是本批次的县区，请改选。")
    if count < 0:
        raise QuotaWrong("名额不能是负数，请改正。")
    quota, _ = TierQuota.objects.update_or_create(
        batch=batch, tier=tier, region=place, defaults={"count": count, "plan_number": plan_number, "event": current_event()}
    )
    return quota
