"""A posting ends: nobody is released before the paired households are out of poverty or have somebody who follows (S23)."""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence

import polars as pl
from django.db import connection
from procrastinate.contrib.django import app

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import NotVisible, Refused, command, current_event
from shibaiqian.access.roles import Permission
from shibaiqian.access.rows import Written
from shibaiqian.base.bulk import insert_frame
from shibaiqian.base.ids import new_ids
from shibaiqian.cadres.models import ResumeItem
from shibaiqian.cadres.sight import show_to_hosts
from shibaiqian.postings.actions.steps import check_day, must_decide, next_state, one_of
from shibaiqian.postings.models import Posting
from shibaiqian.postings.queries.readiness import Readiness, households_of, readiness_of
from shibaiqian.postings.rules import SAID_AT_END
from shibaiqian.regions.models import Region
from shibaiqian.regions.rules import bounds

RESUME = {
    "id": "uuid", "cadre_id": "uuid", "region": "text", "unit": "uuid", "start_month": "text", "end_month": "text", "unit_text": "text",
    "post_text": "text",
}  # fmt: skip


class EndRefused(Refused):
    """A posting does not end like this."""


class HouseholdsLeftAlone(Refused):
    """Bound households that are not stably out of poverty have nobody who follows: 不脱贫不脱钩."""


class HandoverMissing(Refused):
    """Nothing has been handed over yet."""


@command(Permission.APPOINT)
def end_posting(posting: Posting, *, on: dt.date, reason: str, by: Actor) -> Posting:
    """End a posting for one of `SAID_AT_END`, by the level that appointed. An official who arrived has handed over before.

    The host no longer sees the cadre, and the resume has its line. The village stays bound to the unit.
    """
    one_of(reason, SAID_AT_END, what="结束原因")
    must_decide(posting, by=by)
    _may_end(readiness_of([posting])[posting.pk], on=on, reason=reason)
    _close([posting], on=on, reason=reason, state=Posting.State.ENDED)
    posting.refresh_from_db()
    settle_or_queue([posting], by=by)
    return posting


@command(Permission.APPOINT)
def end_postings(region: Region, *, postings: Sequence[uuid.UUID], on: dt.date, reason: str, by: Actor) -> Written:
    """End the postings of a list on one day, such as the terms of a county that are over: the rules of `end_posting` for each.

    All or none: a refusal names the first person, in the order of places, and what is missing. As many queries for one as for all.
    """
    one_of(reason, SAID_AT_END, what="结束原因")
    wanted = Posting.objects.visible_to(by).filter(pk__in=set(postings)).order_by("pk").select_related("tier")
    rows = list(wanted.select_for_update(no_key=True, of=("self",)))
    if not rows:
        raise EndRefused("没有选择要结束的挂职，请先勾选。")
    if len(rows) != len(set(postings)):
        raise NotVisible(Posting.__name__)
    rows.sort(key=lambda row: (row.region_id, row.number))
    must_decide(*rows, by=by)
    for ready in readiness_of(rows).values():
        try:
            _may_end(ready, on=on, reason=reason)
        except Refused as refusal:
            who = f"{ready.posting.cadre_name}（{ready.posting.host_name}{ready.posting.title}）"
            raise EndRefused(f"{who}不能结束，本次没有改动。{refusal}") from refusal
    _close(rows, on=on, reason=reason, state=Posting.State.ENDED)
    for row in rows:
        row.ended_on = on
    settle_or_queue(rows, by=by)
    return Written(count=len(rows), regions=sorted({row.region_id for row in rows}))


def _may_end(ready: Readiness, *, on: dt.date, reason: str) -> None:
    """Refuse a posting that may not end on this day for this reason."""
    posting = ready.posting
    next_state(posting, "end_posting")
    check_day(posting, on, what="结束日期", earliest=ready.last_on)
    if reason == "term_complete" and on < posting.planned_end:
        raise EndRefused(f"任期到 {posting.planned_end} 才届满，请选择实际的结束原因，或改正结束日期。")
    _refuse_unready(ready)


def _refuse_unready(ready: Readiness) -> None:
    if ready.not_handed_over:
        raise HandoverMissing(f"{ready.posting.cadre_name}的工作交接没有完成：{ready.not_handed_over}。请办完交接再结束挂职。")
    _refuse_alone(ready)


def _refuse_alone(ready: Readiness) -> None:
    if ready.alone:
        raise HouseholdsLeftAlone(
            f"不脱贫不脱钩：{ready.posting.cadre_name}包联的 {ready.named_alone}。请先为每一户确定接续的挂职干部或帮扶责任人。"
        )


def close_handed_over(posting: Posting, *, on: dt.date, reason: str, state: str) -> None:
    """Close a posting whose official has handed over. Part of a command."""
    _refuse_unready(readiness_of([posting])[posting.pk])
    _close([posting], on=on, reason=reason, state=state)
    posting.refresh_from_db()


def close_posting(posting: Posting, *, on: dt.date, reason: str, state: str) -> None:
    """Set the end of a posting, handed over or not, unless a household would be left alone. Part of a command."""
    _refuse_alone(readiness_of([posting])[posting.pk])
    _close([posting], on=on, reason=reason, state=state)
    posting.refresh_from_db()


def _close(postings: Sequence[Posting], *, on: dt.date, reason: str, state: str) -> None:
    keys = [posting.pk for posting in postings]
    households_of(keys).update(until=on, ended_by=current_event())
    rows = Posting.objects.for_everyone(because="the postings in hand").filter(pk__in=keys)
    rows.update(state=state, ended_on=on, end_reason=reason)


def settle_or_queue(postings: Sequence[Posting], *, by: Actor) -> None:
    """Do at once what lies with the cadre's own side, or have the system do it where the actor does not reach there."""
    mine = [posting for posting in postings if by.scope.holds_region(posting.home_region)]
    if mine:
        _settle(mine)
    if len(mine) < len(postings):
        app.configure_task("postings.settle", allow_unknown=False).defer()


@command(Permission.APPOINT)
def settle_ended(region: Region, *, by: Actor) -> Written:
    """For ended postings of a region's units: take the cadres out of the hosts' sight, add the line to their resumes."""
    low, high = bounds(region.code)
    rows = Posting.objects.visible_to(by).filter(home_region__gte=low, home_region__lt=high, ended_on__isnull=False, is_settled=False)
    found = list(rows.order_by("pk").select_for_update(no_key=True))
    _settle(found)
    return Written(count=len(found), regions=[region.code])


def _settle(postings: Sequence[Posting]) -> None:
    keys = [posting.pk for posting in postings]
    _leave_hosts([posting.cadre_id for posting in postings])
    _write_resumes([posting for posting in postings if posting.arrived_on is not None])
    Posting.objects.for_everyone(because="the postings in hand").filter(pk__in=keys).update(is_settled=True)


def _leave_hosts(cadres: Sequence[object]) -> None:
    """The hosts no longer see them, except where another posting has begun."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select c::text from unnest(%s::uuid[]) c where not exists (select from postings_posting p where p.cadre_id = c"
            " and p.ended_on is null and p.voided_by is null)",
            [list(cadres)],
        )
        left = [key for (key,) in cursor.fetchall()]
    show_to_hosts(pl.DataFrame({"cadre_id": left, "region": [""] * len(left)}, schema={"cadre_id": pl.String, "region": pl.String}))


def hosts_in_full(postings: Iterable[Posting]) -> dict[str, str]:
    """How a resume names the host of each posting, by region: from the county down, without the city."""
    places = {posting.region_id for posting in postings}
    full = dict(Region.objects.filter(pk__in=places | {place[:4] for place in places}).values_list("code", "full_name"))
    return {place: full[place].removeprefix(full.get(place[:4], "")) for place in places}


def _write_resumes(postings: Sequence[Posting]) -> None:
    """One line of a resume for each: from month to month, place and post, of the kind posting; once."""
    hosts = hosts_in_full(postings)
    frame = pl.DataFrame(
        [
            (
                str(p.cadre_id),
                p.home_region,
                str(p.unit_id),
                f"{p.arrived_on:%Y%m}",
                f"{p.ended_on:%Y%m}",
                hosts[p.region_id],
                p.title,
            )
            for p in postings
        ],
        schema=list(RESUME)[1:],
        orient="row",
    ).cast(pl.String)
    known = ResumeItem.objects.for_everyone(because="the resumes of cadres in hand").filter(
        cadre__in=frame["cadre_id"].to_list(), kind=ResumeItem.Kind.POSTING, voided_by__isnull=True
    )
    had = {(str(cadre), month, post) for cadre, month, post in known.values_list("cadre_id", "start_month", "post_text")}
    new = [(row["cadre_id"], row["start_month"], row["post_text"]) not in had for row in frame.iter_rows(named=True)]
    frame = frame.filter(pl.Series(new, dtype=pl.Boolean)).with_columns(pl.Series("id", new_ids(sum(new)), dtype=pl.String))
    insert_frame("cadres_resumeitem", frame, RESUME, also={"event": current_event(), "kind": ResumeItem.Kind.POSTING.value})
