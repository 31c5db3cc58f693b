"""Appointment: one document for a list, postings begun, needs filled; all or nothing."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl
from django.conf import settings
from django.db import connection

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused, command, note_in_event
from shibaiqian.access.roles import Permission
from shibaiqian.base.bulk import staged
from shibaiqian.cadres.sight import show_to_reviewers
from shibaiqian.documents.gongwen import OfficialDocument
from shibaiqian.documents.models import IssuedDocument, Issuer, PublicNotice
from shibaiqian.documents.papers.appointment import Appointment, appointment
from shibaiqian.documents.register import draft, enter, issuer_of, take_number
from shibaiqian.indicators.actions import FEW, move_figure, rebuild_rollups
from shibaiqian.indicators.queries import counted
from shibaiqian.messages.actions import announce
from shibaiqian.policy.queries import parameters_over
from shibaiqian.postings.appointing import begin_postings
from shibaiqian.postings.models import Posting, Tier
from shibaiqian.postings.rules import months_after
from shibaiqian.regions.models import Region
from shibaiqian.selection.decisions import MixedList
from shibaiqian.selection.models import Batch, Decision, Nomination, PostNeed
from shibaiqian.selection.notices import candidates
from shibaiqian.selection.printing import persons
from shibaiqian.selection.recusal import must_be_impartial
from shibaiqian.selection.rules import NEED, NOMINATION
from shibaiqian.selection.standing import must_be_free_of_recusal, must_decide_here, must_have_passed, needs_of
from shibaiqian.selection.statutory import LABELS, procedure_of
from shibaiqian.selection.steps import advance, happened, locked

# The figures of the article count its three tiers; other programmes' tiers have none.
FIGURES = {"T10": "tier_10", "T100": "tier_100", "T1000": "tier_1000"}
RECIPIENTS = {
    "county": ("有关县（区）委", "市直有关单位党组织"),
    "town": ("有关镇（街道）党（工）委", "有关派出单位党组织"),
    "village": ("各镇（街道）党（工）委", "有关派出单位党组织"),
}


class NoticeNotOver(Refused):
    """Who is published is appointed after the notice, not during it."""


class NotDecided(Refused):
    """No meeting decided, or only after the day of appointment."""


class NoProcedure(Refused):
    """The post needs no procedure of congress or government, or it is already recorded."""


@dataclass(frozen=True)
class _Ready:
    """What an appointment stands on, once nothing is against it."""

    issuer: Issuer
    tier: Tier
    decided: Sequence[Decision]
    default_end: dt.date
    arrival_days: int


@command(Permission.APPOINT)
def appoint(
    region: Region,
    *,
    nominations: Sequence[uuid.UUID],
    on: dt.date,
    planned_end: dt.date | None = None,
    number: str = "",
    sign: str = "",
    by: Actor,
) -> IssuedDocument:
    """Appoint a list by one document of the deciding body: its next number, or the one an earlier paper has (`number`).

    Without `planned_end` the term is the one in force (24 months unless a policy says otherwise). Refused when somebody's
    notice is not over, a gate has expired, a term is not 12 to 36 months, a First Secretary is no full member, or a village
    or cadre was taken meanwhile. The posting has the number of its need.
    """
    happened(on, what="任命日期")
    rows = locked(Nomination, keys=nominations, flow=NOMINATION, step="appoint", by=by)
    must_be_impartial(by, rows)
    needs = needs_of(rows, by=by)
    ready = _must_be_ready(region, rows, needs, on=on, sign=sign, by=by)
    issuer, ends = ready.issuer, planned_end or ready.default_end
    given = take_number(issuer, kind=IssuedDocument.Kind.APPOINTMENT, on=on, number=number)
    frame = _frame(rows, needs, on=on, ends=ends, number=str(given))
    begun = begin_postings(region, frame, by=by)
    paper = _paper(rows, needs, ready, on=on, ends=ends)
    document = enter(draft(issuer, kind=IssuedDocument.Kind.APPOINTMENT, number=given, document=paper, on=on))
    _settle(rows, needs, begun, document=document, by=by)
    _move_figures(region, begun)
    announce(
        "officials_appointed", regions=[str(need.region_id) for need in needs.values()], units=[row.unit_id for row in rows],
        about=document.number, number=document.number, on=on,
    )  # fmt: skip
    note_in_event(count=len(rows), document=document.number)
    return document


def preview(
    actor: Actor, region: Region, *, nominations: Sequence[Nomination], on: dt.date, planned_end: dt.date | None = None, sign: str = ""
) -> OfficialDocument:
    """The document as it would be issued, without its number; the same refusals as `appoint` but for what the register decides.

    `nominations` are rows that the actor sees. Eight queries, however many rows and counties.
    """
    rows = sorted(nominations, key=lambda row: row.pk)
    for row in rows:
        NOMINATION.next(row.state, "appoint", named=str(row))
    if not rows:
        raise Refused("请先选择要任命的人选。")
    needs = needs_of(rows, by=actor)
    ready = _must_be_ready(region, rows, needs, on=on, sign=sign, by=actor)
    return _paper(rows, needs, ready, on=on, ends=planned_end or ready.default_end)


def _must_be_ready(
    region: Region, rows: Sequence[Nomination], needs: Mapping[uuid.UUID, PostNeed], *, on: dt.date, sign: str, by: Actor
) -> _Ready:
    if len({row.tier_id for row in rows}) > 1:
        raise MixedList("一份任职通知只任命一个层级的干部，请分开办理。")
    tier = must_decide_here(region, rows, needs=needs)[rows[0].tier_id]
    decided = _must_be_decided(rows, on=on, by=by)
    _must_have_been_published(rows, decided, on=on, by=by)
    must_have_passed(rows, on=on, what="任命", by=by)
    must_be_free_of_recusal(rows, by=by)
    policy = parameters_over(("tenure_default", "arrival_days"), region=region.code, days=(on,))
    return _Ready(
        issuer=issuer_of(region.code, sign=sign),
        tier=tier,
        decided=decided,
        # The last day of the ordinary term that begins on the day.
        default_end=months_after(on, int(policy["tenure_default", on])) - dt.timedelta(days=1),
        arrival_days=int(policy["arrival_days", on]),
    )


def _must_be_decided(rows: Sequence[Nomination], *, on: dt.date, by: Actor) -> list[Decision]:
    sheets = Decision.objects.visible_to(by).filter(pk__in={row.decision_id for row in rows}, state="decided").select_related("batch")
    found = {sheet.pk: sheet for sheet in sheets}
    for row in rows:
        decision = found.get(row.decision_id) if row.decision_id else None
        if decision is None or decision.meeting_on is None:
            raise NotDecided(f"{row.cadre_name}还没有登记会议决定，不能任命。")
        if on < decision.meeting_on:
            raise NotDecided(f"任命日期 {on} 早于会议决定日期 {decision.meeting_on}，请改正。")
    return list(found.values())


def _must_have_been_published(rows: Sequence[Nomination], decided: Sequence[Decision], *, on: dt.date, by: Actor) -> None:
    """The notice was over the day before at the latest, where the batch wants one; outside a batch it is wanted. A sheet is of one batch."""
    without = {sheet.batch_id for sheet in decided if sheet.batch and not sheet.batch.notice_required}
    last = dict(
        PublicNotice.objects.visible_to(by).filter(pk__in={row.notice_id for row in rows if row.notice_id}).values_list("pk", "ends_on")
    )
    for row in rows:
        if row.batch_id in without and row.state == "decided":
            continue
        ends_on = last.get(row.notice_id) if row.notice_id else None
        if ends_on is None:
            raise NoticeNotOver(f"{row.cadre_name}还没有公示，公示期满后才能任命。")
        if ends_on >= on:
            raise NoticeNotOver(f"{row.cadre_name}的公示到 {ends_on} 才期满，{ends_on + dt.timedelta(days=1)} 起才能任命。")


def _frame(rows: Sequence[Nomination], needs: Mapping[uuid.UUID, PostNeed], *, on: dt.date, ends: dt.date, number: str) -> pl.DataFrame:
    batches = dict(Batch.objects.filter(pk__in={row.batch_id for row in rows if row.batch_id}).values_list("pk", "name"))
    return pl.DataFrame(
        {
            "nomination": str(row.pk), "number": need.number, "cadre_id": str(row.cadre_id), "cadre_name": row.cadre_name,
            "tier_id": str(row.tier_id), "tier_code": row.tier_code, "region": str(need.region_id), "home_region": row.home_region,
            "unit_id": str(row.unit_id), "host_name": need.host_name, "title": need.title, "duties": need.duties, "document_number": number,
            "appointed_on": on, "planned_end": ends, "batch": batches.get(row.batch_id, "") if row.batch_id else "",
            "statutory_procedure": procedure_of(need.title), "predecessor_id": str(need.predecessor_id) if need.predecessor_id else None,
        }
        for row in rows for need in (needs[row.pk],)
    ).with_columns(pl.col("predecessor_id").cast(pl.String))  # fmt: skip


def _paper(
    rows: Sequence[Nomination], needs: Mapping[uuid.UUID, PostNeed], ready: _Ready, *, on: dt.date, ends: dt.date
) -> OfficialDocument:
    level, decided = ready.tier.host_level, ready.decided
    people = persons(rows, needs=needs, begins=on, ends={row.pk: ends for row in rows})
    ordered = sorted(rows, key=lambda row: (str(needs[row.pk].region_id), row.number))
    last = max(decided, key=lambda decision: decision.meeting_on or on)
    return appointment(
        Appointment(
            level=level,  # type: ignore[arg-type]
            recipients=RECIPIENTS.get(level, RECIPIENTS["village"]),
            decided_by="、".join(sorted({decision.meeting for decision in decided})),
            decided_on=last.meeting_on or on,
            minute="、".join(sorted({decision.minute_number for decision in decided})),
            people=tuple(people[row.pk] for row in ordered),
            signature=ready.issuer.seal_name,
            on=on,
            arrival_days=ready.arrival_days,
        )
    )


def _settle(
    rows: Sequence[Nomination], needs: Mapping[uuid.UUID, PostNeed], begun: pl.DataFrame, *, document: IssuedDocument, by: Actor
) -> None:
    """Nominations appointed with their postings, needs filled, and the place sees its officials as their host from now on."""
    wanted = locked(PostNeed, keys=[need.pk for need in needs.values()], flow=NEED, step="fill_needs", by=by)
    advance(wanted, flow=NEED, step="fill_needs", by=by)
    advance(rows, flow=NOMINATION, step="appoint", by=by, document=document)
    pairs = begun.select("nomination", posting="id")
    with staged(pairs, {"nomination": "uuid", "posting": "uuid"}) as stage, connection.cursor() as cursor:
        cursor.execute(f"update selection_nomination n set posting_id = s.posting from {stage} s where n.id = s.nomination")  # noqa: S608
    show_to_reviewers(candidates(rows, place=""))


def _move_figures(region: Region, begun: pl.DataFrame) -> None:
    codes = [FIGURES[tier] for tier in begun["tier_code"].unique(maintain_order=True) if tier in FIGURES]
    if begun.height > FEW and begun["region"].str.starts_with(region.code).all():
        rebuild_rollups(region.code, codes)
        return
    for code in codes:
        for place, count in counted(code, region=settings.ROOT_REGION, keys=begun["id"].to_list()).items():
            move_figure(code, region=place, by=count)


@command(Permission.KEEP_POSTINGS)
def record_statutory_act(posting: Posting, *, on: dt.date, document_number: str, by: Actor) -> Posting:
    """Record that congress or government has elected or appointed, where the title needs it (`statutory_procedure`)."""
    if not posting.statutory_procedure:
        raise NoProcedure(f"{posting.title}不需要人大或政府任命程序。")
    if posting.statutory_on is not None:
        raise NoProcedure(f"{LABELS[posting.statutory_procedure]}已于 {posting.statutory_on} 登记。")
    happened(on, what="任命（选举）日期", after=posting.appointed_on, after_what="任职日期")
    if not document_number.strip():
        raise Refused("请填写任命（选举）文件的文号。")
    posting.statutory_on, posting.statutory_document = on, document_number.strip()
    posting.save(update_fields=["statutory_on", "statutory_document"])
    return posting
