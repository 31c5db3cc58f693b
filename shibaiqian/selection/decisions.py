"""Decisions: the sheet is drawn for a list, a meeting decides on paper, the clerk records what it decided."""

import datetime as dt
import uuid
from collections.abc import Sequence

from django.db.models import Q, QuerySet

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import NotVisible, Refused, command, current_event, note_in_event
from shibaiqian.access.roles import Permission
from shibaiqian.documents.models import IssuedDocument
from shibaiqian.documents.papers.decision_sheet import DecisionSheet, decision_sheet
from shibaiqian.documents.register import draft, enter, issuer_of, take_number
from shibaiqian.messages.actions import announce
from shibaiqian.regions.models import Region
from shibaiqian.selection.models import Decision, Nomination
from shibaiqian.selection.printing import decider_of, persons
from shibaiqian.selection.recusal import must_be_impartial
from shibaiqian.selection.rules import DECISION, NOMINATION
from shibaiqian.selection.standing import must_be_free_of_recusal, must_decide_here, must_have_passed, needs_of
from shibaiqian.selection.steps import advance, happened, locked

NO_BATCH = "补派"
CITY = 4  # digits of a city's code; a unit of the city has no longer one


class MixedList(Refused):
    """One sheet is for one tier and one batch."""


class OnAnotherSheet(Refused):
    """Somebody already stands on a sheet that waits for a meeting."""


class SheetEmpty(Refused):
    """Nobody of the sheet is left to decide about."""


class MinuteMissing(Refused):
    """A decision has a meeting and the number of its minutes."""


def awaiting_sheet(actor: Actor, region: Region) -> "QuerySet[Nomination]":
    """Matched nominations that the bodies of a place decide about and that stand on no sheet waiting for a meeting."""
    host = Q(need__region_id__gte=region.code, need__region_id__lt=f"{region.code}:")
    home = Q(home_region=region.code) if len(region.code) <= CITY else Q(home_region__gte=region.code, home_region__lt=f"{region.code}:")
    here = Q(tier__decider_level="home") & home
    here |= Q(tier__decider_level="city" if len(region.code) <= CITY else "county") & host
    rows: QuerySet[Nomination] = Nomination.objects.visible_to(actor).filter(here, state="matched", need__isnull=False)
    return rows.exclude(decision__state="drawn")


@command(Permission.DECIDE_SELECTION)
def draw_sheet(region: Region, *, nominations: Sequence[uuid.UUID], on: dt.date, number: str = "", sign: str = "", by: Actor) -> Decision:
    """Draw the decision sheet of a list of matched nominations: numbered and kept in the register, ready to print.

    `number` is that of an earlier sheet; `sign` names the issuer where a place has several. Everybody must have passed the
    gates on the day, be free of recusal, have a confirmed post, and be decided at this level.
    """
    happened(on, what="呈报日期")
    rows = locked(Nomination, keys=nominations, flow=NOMINATION, step="record_decision", by=by)
    must_be_impartial(by, rows)
    _must_be_one_list(rows, by=by)
    needs = needs_of(rows, by=by)
    tier = must_decide_here(region, rows, needs=needs)[rows[0].tier_id]
    must_have_passed(rows, on=on, what="呈报", by=by)
    must_be_free_of_recusal(rows, by=by)
    issuer = issuer_of(region.code, sign=sign)
    given = take_number(issuer, kind=IssuedDocument.Kind.DECISION_SHEET, on=on, number=number)
    people = persons(rows, needs=needs)
    ordered = sorted(rows, key=lambda row: (str(needs[row.pk].region_id), row.number))
    batch = rows[0].batch
    paper = decision_sheet(
        DecisionSheet(
            programme=tier.programme.name,
            batch=str(batch) if batch else NO_BATCH,
            tier=tier.label,
            drafted_by=issuer.seal_name,
            decider=decider_of(region, tier, seal_name=issuer.seal_name),
            on=on,
            people=tuple((people[row.pk], _basis(row)) for row in ordered),
            statutory=tuple(sorted({person.statutory for person in people.values() if person.statutory})),
        )
    )
    sheet = enter(draft(issuer, kind=IssuedDocument.Kind.DECISION_SHEET, number=given, document=paper, on=on))
    decision: Decision = Decision.unscoped.create(
        batch=batch, region=region, tier_code=tier.code, sheet_number=sheet.number, drawn_on=on, state="drawn", event=current_event()
    )
    Nomination.objects.visible_to(by).filter(pk__in=[row.pk for row in rows]).update(decision=decision)
    announce("sheet_drawn", regions=[region.code], about=sheet.number, number=sheet.number, on=on)
    note_in_event(count=len(rows), sheet=sheet.number)
    return decision


@command(Permission.DECIDE_SELECTION)
def record_decision(
    decision: Decision,
    *,
    meeting: str,
    meeting_on: dt.date,
    minute_number: str,
    scan: str = "",
    left_out: Sequence[uuid.UUID] = (),
    by: Actor,
) -> Decision:
    """Record what the meeting decided about a sheet: meeting, date, number of its minutes, scan (key in the file store).

    Who was left out by the meeting stays matched and free for another sheet. Gates are judged on the day of the meeting.
    """
    DECISION.next(decision.state, "record_decision", named=decision.sheet_number)
    happened(meeting_on, what="会议日期", after=decision.drawn_on, after_what="呈报日期")
    if not meeting.strip() or not minute_number.strip():
        raise MinuteMissing("请填写会议名称和会议纪要号，以纸质决定为准。")
    on_sheet = list(Nomination.objects.visible_to(by).filter(decision=decision, state="matched").values_list("pk", flat=True))
    if set(left_out) - set(on_sheet):
        raise NotVisible(Nomination.__name__)
    chosen = [key for key in on_sheet if key not in set(left_out)]
    if not chosen:
        raise SheetEmpty("呈批件上已没有待决定的人选，请退回重拟。")
    rows = locked(Nomination, keys=chosen, flow=NOMINATION, step="record_decision", by=by)
    must_be_impartial(by, rows)
    needs = needs_of(rows, by=by)
    must_decide_here(Region.objects.get(pk=decision.region_id), rows, needs=needs)
    must_have_passed(rows, on=meeting_on, what="决定", by=by)
    must_be_free_of_recusal(rows, by=by)
    advance(rows, flow=NOMINATION, step="record_decision", by=by)
    if left_out:
        Nomination.objects.visible_to(by).filter(pk__in=left_out).update(decision=None)
    decision.meeting, decision.meeting_on, decision.minute_number = meeting.strip(), meeting_on, minute_number.strip()
    decision.scan, decision.state = scan, "decided"
    decision.save(update_fields=["meeting", "meeting_on", "minute_number", "scan", "state"])
    note_in_event(count=len(rows), left_out=len(left_out))
    return decision


@command(Permission.DECIDE_SELECTION)
def return_sheet(decision: Decision, *, reason: str, by: Actor) -> Decision:
    """The meeting gave the sheet back: its people are free for another one."""
    decision.state = DECISION.next(decision.state, "return_sheet", named=decision.sheet_number)
    if not reason.strip():
        raise Refused("请写明退回的理由。")
    Nomination.objects.visible_to(by).filter(decision=decision, state="matched").update(decision=None)
    decision.save(update_fields=["state"])
    return decision


def _must_be_one_list(rows: Sequence[Nomination], *, by: Actor) -> None:
    if len({(row.tier_id, row.batch_id) for row in rows}) > 1:
        raise MixedList("一份呈批件只报一个层级、一个批次的人选，请分开呈报。")
    waiting = Decision.objects.visible_to(by).filter(pk__in=[row.decision_id for row in rows if row.decision_id], state="drawn")
    sheets = dict(waiting.values_list("pk", "sheet_number"))
    for row in rows:
        if row.decision_id in sheets:
            raise OnAnotherSheet(f"{row.cadre_name}已在呈批件 {sheets[row.decision_id]} 上待上会，不能再列入另一份。请先登记结果或退回。")


def _basis(row: Nomination) -> str:
    minute = f"党组（党委）会议纪要{row.minute_number}；" if row.minute_number else ""
    return f"{minute}四关审查通过"
