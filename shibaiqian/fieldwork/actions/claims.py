"""Claims for a confirmed month: drawn from the ledger by local rates, handed in to the sending unit, settled or given back by it."""

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused, command, current_event, note_in_event
from shibaiqian.access.own_case import not_own_case
from shibaiqian.access.roles import Permission
from shibaiqian.base import clock
from shibaiqian.fieldwork.actions.plans import must_answer
from shibaiqian.fieldwork.models import AttendanceDay, AttendanceMonth, ExpenseClaim
from shibaiqian.fieldwork.rules.claims import CLAIM, RATES, Line, lines_of
from shibaiqian.messages.actions import announce
from shibaiqian.policy.queries import parameters
from shibaiqian.policy.rules import KEY_OF
from shibaiqian.postings.models import Posting

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
    quantity, amount = ({line.code: getattr(line, what) for line in lines} for what in ("quantity", "amount_cents"))
    return ExpenseClaim.unscoped.create(
        attendance=month, cadre_name=month.cadre_name, month=month.month, lines=[line.to_json() for line in lines],
        meal_days=quantity.get("meal", 0), meal_cents=amount.get("meal", 0), trips=quantity.get("travel", 0),
        travel_cents=amount.get("travel", 0), insurance_cents=amount.get("insurance", 0), total_cents=sum(line.amount_cents for line in lines), drawn_on=clock.today(), event=current_event(), **posting.about,
    )  # fmt: skip


def _lines(month: AttendanceMonth, *, by: Actor) -> tuple[Line, ...]:
    """By the rates in force at the host's place on the first of the month."""
    held = parameters(region=month.region_id, on=month.month)
    value = {key: held[key].value if key in held else KEY_OF[key].default for key in (*RATES.values(), "claim_trips_month")}
    days = AttendanceDay.objects.visible_to(by).filter(month=month).values_list("on", "status")
    claimed = ExpenseClaim.objects.visible_to(by).filter(posting=month.posting_id, month__year=month.month.year).exclude(month=month.month)
    insured = any(line["code"] == "insurance" for lines in claimed.values_list("lines", flat=True) for line in lines)
    rates = {code: int(value[key] * 100) for code, key in RATES.items()}
    return lines_of(days, rates_cents=rates, most_trips=int(value["claim_trips_month"]), insured_this_year=insured)


@command(Permission.DRAW_CLAIMS)
def hand_in_claim(claim: ExpenseClaim, *, by: Actor) -> ExpenseClaim:
    """Hand it in to the sending unit."""
    claim.state = CLAIM.next(claim.state, "hand_in_claim")
    must_answer(claim.posting, by=by)
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
