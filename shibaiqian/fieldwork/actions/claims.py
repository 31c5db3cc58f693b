"""Claims for a confirmed month: drawn from the ledger by local rates, handed in to the sending unit, settled or given back by it."""

import datetime as dt
from collections import Counter

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused, command, current_event, note_in_event
from shibaiqian.access.own_case import not_own_case
from shibaiqian.access.roles import Permission
from shibaiqian.base import clock
from shibaiqian.fieldwork.actions.plans import must_answer
from shibaiqian.fieldwork.models import AttendanceDay, AttendanceMonth, ExpenseClaim
from shibaiqian.fieldwork.rules.claims import AT_HOME, CLAIM, RATES, Line, Rate, lines_of
from shibaiqian.messages.actions import announce
from shibaiqian.policy.queries import Stretch, stretches_at
from shibaiqian.postings.models import Posting

BACK = dt.timedelta(days=31)  # how far the ledger is looked back for where somebody was
CONFIRMED = (AttendanceMonth.State.CONFIRMED, AttendanceMonth.State.PUBLISHED, AttendanceMonth.State.LOCKED)


class ClaimUnsound(Refused):
    """The month is not confirmed, or there is nothing to claim."""


@command(Permission.DRAW_CLAIMS)
def draw_claim(month: AttendanceMonth, *, by: Actor) -> ExpenseClaim:
    """Draw the claim of a confirmed month, anew as long as it was not handed in: the month may have been corrected meanwhile."""
    must_answer(month.posting, by=by)
    if month.state not in CONFIRMED:
        raise ClaimUnsound(f"{month.month:%Y-%m} 的考勤还没有经镇办确认，确认后才能生成报销单。")
    standing = (
        ExpenseClaim.objects.visible_to(by).filter(posting=month.posting_id, month=month.month).select_for_update(no_key=True).first()
    )
    if standing is not None:
        CLAIM.next(standing.state, "draw_claim", named=f"{month.month:%Y-%m}")
        standing.voided_by = current_event()
        standing.save(update_fields=["voided_by"])
    lines = _lines(month, by=by)
    if not lines:
        raise ClaimUnsound(f"{month.month:%Y-%m} 没有可以报销的项目。标准在政策参数中设定，请联系派出单位或组织部门。")
    note_in_event(lines=[line.to_json() for line in lines])
    posting = Posting.objects.visible_to(by).get(pk=month.posting_id)
    quantity, amount = Counter[str](), Counter[str]()
    for line in lines:
        quantity[line.code] += line.quantity
        amount[line.code] += line.amount_cents
    return ExpenseClaim.unscoped.create(
        attendance=month, cadre_name=month.cadre_name, month=month.month, lines=[line.to_json() for line in lines],
        meal_days=quantity["meal"], meal_cents=amount["meal"], trips=quantity["travel"], travel_cents=amount["travel"],
        insurance_cents=amount["insurance"], total_cents=amount.total(), drawn_on=clock.today(), event=current_event(), **posting.about,
    )  # fmt: skip


def _lines(month: AttendanceMonth, *, by: Actor) -> tuple[Line, ...]:
    """By the rates in force at the host's place on each day."""
    held = stretches_at((*RATES.values(), "claim_trips_month", "claim_meal_out"), region=str(month.region_id))

    def at(key: str, on: dt.date) -> Stretch:
        return next(one for one in held[key] if one.first <= on <= one.last)

    def rate(code: str, on: dt.date) -> Rate:
        found = at(RATES[code], on)
        return Rate(int(found.value * 100), found.source)

    days = AttendanceDay.objects.visible_to(by).filter(month=month).values_list("on", "status")
    claimed = ExpenseClaim.objects.visible_to(by).filter(cadre=month.cadre, month__year=month.month.year).exclude(attendance=month)
    return lines_of(
        days, rate=rate, meals=("in_village", "official_out") if at("claim_meal_out", month.month).value else ("in_village",),
        most_trips=int(at("claim_trips_month", month.month).value), there_before=_was_there(month, by=by),
        insured_this_year=claimed.filter(insurance_cents__gt=0).exists(),
    )  # fmt: skip


def _was_there(month: AttendanceMonth, *, by: Actor) -> bool:
    """Whether the ledger has the official in the village when the month began: then the journey was paid with the month before."""
    before = AttendanceDay.objects.visible_to(by).filter(
        month__posting=month.posting_id, on__lt=month.month, on__gte=month.month - BACK, status__in=("in_village", *AT_HOME)
    )
    return before.order_by("-on").values_list("status", flat=True).first() == "in_village"


@command(Permission.DRAW_CLAIMS)
def hand_in_claim(claim: ExpenseClaim, *, by: Actor) -> ExpenseClaim:
    """Hand it in to the sending unit, as the ledger and the rates stand now."""
    claim.state = CLAIM.next(claim.state, "hand_in_claim")
    must_answer(claim.posting, by=by)
    month = AttendanceMonth.objects.visible_to(by).get(pk=claim.attendance_id)
    if month.state not in CONFIRMED or [line.to_json() for line in _lines(month, by=by)] != claim.lines:
        raise ClaimUnsound(f"{claim.month:%Y-%m} 的考勤或标准在生成报销单之后有更正，请重新生成后再报送。")
    claim.handed_in_on, claim.returned_reason = clock.today(), ""
    claim.save(update_fields=["state", "handed_in_on", "returned_reason"])
    announce("claim_handed_in", units=[claim.unit], about=str(claim.pk))
    return claim


@command(Permission.SETTLE_CLAIMS)
def return_claim(claim: ExpenseClaim, *, reason: str, by: Actor) -> ExpenseClaim:
    """Give it back, and say why: the official draws it anew once the month is right."""
    claim.state = CLAIM.next(claim.state, "return_claim")
    if not reason.strip():
        raise ClaimUnsound("请写明退回的原因，本人会看到。")
    claim.returned_reason, claim.handed_in_on = reason.strip(), None
    claim.save(update_fields=["state", "returned_reason", "handed_in_on"])
    announce("claim_returned", cadres=[claim.cadre], about=str(claim.pk))
    return claim


@command(Permission.SETTLE_CLAIMS)
def settle_claim(claim: ExpenseClaim, *, by: Actor) -> ExpenseClaim:
    """Record that the unit's finance has paid it. Nobody settles the own one."""
    claim.state = CLAIM.next(claim.state, "settle_claim")
    not_own_case(by, persons={claim.cadre: claim.cadre_name})
    claim.settled_on, claim.settled_by = clock.today(), by.name
    claim.save(update_fields=["state", "settled_on", "settled_by"])
    return claim
