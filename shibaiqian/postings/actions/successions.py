"""Who follows in a post: moved to another one (调整), another official in the same one (更换), rotation at the term's end (轮换).

Three things kept apart from a recall, which says something of the official. Each makes a new posting that names the former, and
the households that are not stably out of poverty pass to it.
"""

import datetime as dt

import polars as pl

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import NotVisible, Refused, command
from shibaiqian.access.own_case import not_own_case
from shibaiqian.access.roles import Permission
from shibaiqian.cadres.models import Cadre
from shibaiqian.postings.actions.changes import term_since
from shibaiqian.postings.actions.endings import close_handed_over, settle_or_queue
from shibaiqian.postings.actions.households import take_over
from shibaiqian.postings.actions.steps import check_day, last_change, must_decide, must_say, next_state, note_change
from shibaiqian.postings.appointing import begin_postings
from shibaiqian.postings.models import Posting, PostingChange
from shibaiqian.postings.rules import REMIND_DAYS
from shibaiqian.regions.models import Region

Kind = PostingChange.Kind


class SuccessionRefused(Refused):
    """Nobody can follow like this."""


@command(Permission.APPOINT)
def adjust_posting(
    posting: Posting,
    *,
    host: Region,
    title: str,
    duties: str,
    number: str,
    document_number: str,
    on: dt.date,
    planned_end: dt.date,
    reason: str,
    by: Actor,
) -> Posting:
    """Move an official to another post of the same tier: this posting ends as adjusted, a new one begins. Returns the new one.

    After the handover. The months of the term count from the first of the posts. The households need somebody who follows here.
    """
    state = next_state(posting, "adjust_posting")
    must_decide(posting, by=by)
    check_day(posting, on, what="调整日期", earliest=last_change(posting))
    if host.pk == posting.region_id and title == posting.title:
        raise SuccessionRefused("调整前后是同一个职务，请改正挂职地或职务。")
    if not by.scope.holds_region(host.code) or host.level != posting.host_level:
        raise SuccessionRefused(f"{host.name}不是本级可以调整到的挂职地，请重新选择。")
    if title not in posting.tier.titles.split("|"):
        raise SuccessionRefused(f"{posting.tier.label}干部不任“{title}”，请填写其中之一：{posting.tier.titles.replace('|', '、')}。")
    why, since = must_say(reason, what="调整理由"), term_since(posting)
    close_handed_over(posting, on=on, reason="adjusted", state=state)
    note_change(posting, Kind.ADJUSTMENT, on=on, reason=f"{why}（调整到{host.name}任{title}）", document_number=document_number)
    made = _begin(
        posting, region=host, cadre=None, number=number, title=title, duties=duties, document_number=document_number, on=on,
        planned_end=planned_end, term_since=since, by=by,
    )  # fmt: skip
    settle_or_queue([posting], by=by)
    return made


@command(Permission.APPOINT)
def replace_official(
    posting: Posting, *, cadre: Cadre, number: str, document_number: str, on: dt.date, planned_end: dt.date, reason: str, by: Actor
) -> Posting:
    """Another official follows in the same post: after a recall, or before the term is over. Returns the new posting."""
    next_state(posting, "replace_official")
    return _follow(
        posting, Kind.REPLACEMENT, cadre=cadre, number=number, document_number=document_number, on=on, planned_end=planned_end,
        reason=must_say(reason, what="更换理由"), by=by,
    )  # fmt: skip


@command(Permission.APPOINT)
def rotate_official(
    posting: Posting, *, cadre: Cadre, number: str, document_number: str, on: dt.date, planned_end: dt.date, by: Actor
) -> Posting:
    """Another official follows at the end of the term, at most 90 days before. Returns the new posting."""
    next_state(posting, "rotate_official")
    first = posting.planned_end - dt.timedelta(days=REMIND_DAYS[0])
    if on < first:
        raise SuccessionRefused(f"任期到 {posting.planned_end}，{first} 以后才能办理期满轮换；提前换人请办理更换人选。")
    return _follow(
        posting, Kind.ROTATION, cadre=cadre, number=number, document_number=document_number, on=on, planned_end=planned_end,
        reason="任期届满轮换", by=by,
    )  # fmt: skip


def _follow(
    posting: Posting,
    kind: str,
    *,
    cadre: Cadre,
    number: str,
    document_number: str,
    on: dt.date,
    planned_end: dt.date,
    reason: str,
    by: Actor,
) -> Posting:
    must_decide(posting, by=by)
    check_day(posting, on, what="任职日期", earliest=posting.ended_on)
    if Posting.objects.for_everyone(because="who follows a posting in hand").filter(predecessor=posting, voided_by__isnull=True).exists():
        raise SuccessionRefused("这次挂职已有接任的人，不能再任命一人。")
    seen = Cadre.objects.visible_to(by).filter(pk=cadre.pk).first()
    if seen is None:
        raise NotVisible(Cadre.__name__)
    not_own_case(by, persons={seen.pk: seen.name})
    if seen.pk == posting.cadre_id:
        raise SuccessionRefused("接任的人就是原来的人，请另选干部。")
    made = _begin(
        posting, region=posting.region, cadre=seen, number=number, title=posting.title, duties=posting.duties,
        document_number=document_number, on=on, planned_end=planned_end, term_since=None, by=by,
    )  # fmt: skip
    note_change(posting, kind, on=on, reason=f"{reason}，由{seen.name}接任", document_number=document_number)
    take_over(posting, made, on=on)
    return made


def _begin(
    posting: Posting,
    *,
    region: Region,
    cadre: Cadre | None,
    number: str,
    title: str,
    duties: str,
    document_number: str,
    on: dt.date,
    planned_end: dt.date,
    term_since: dt.date | None,
    by: Actor,
) -> Posting:
    """One posting more, by the same way as any other."""
    said = must_say(document_number, what="任职文号"), must_say(duties, what="工作分工"), must_say(number, what="任职编号")
    home = (posting.home_region, posting.unit_id) if cadre is None else (cadre.region_id, cadre.unit_id)
    frame = pl.DataFrame(
        {
            "row": [1], "number": [said[2]], "cadre_id": [str(posting.cadre_id if cadre is None else cadre.pk)],
            "cadre_name": [posting.cadre_name if cadre is None else cadre.name], "tier_id": [str(posting.tier_id)],
            "tier_code": [posting.tier_code], "region": [region.code], "home_region": [home[0]], "unit_id": [str(home[1])],
            "host_name": [region.name], "title": [title], "duties": [said[1]], "document_number": [said[0]], "appointed_on": [on],
            "planned_end": [planned_end], "predecessor_id": [str(posting.pk)], "term_since": [term_since],
        },
        schema_overrides={"term_since": pl.Date},
    )  # fmt: skip
    made: Posting = Posting.unscoped.get(pk=begin_postings(region, frame, by=by)["id"][0])
    return made
