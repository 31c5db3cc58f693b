"""Party relations move to the host and back; personnel relation and wage stay with the unit (S24)."""

import datetime as dt

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused, command, current_event
from shibaiqian.access.roles import Permission
from shibaiqian.base import clock
from shibaiqian.cadres.codes import FULL_MEMBER, PROBATIONARY_MEMBER
from shibaiqian.cadres.models import Cadre
from shibaiqian.postings.actions.steps import must_say
from shibaiqian.postings.models import PartyTransfer, Posting
from shibaiqian.postings.rules import PARTY_LETTER_DAYS

Direction = PartyTransfer.Direction


class TransferRefused(Refused):
    """Party relations do not move like this."""


@command(Permission.KEEP_POSTINGS)
def issue_party_letter(
    posting: Posting,
    *,
    direction: str,
    letter_number: str,
    from_body: str,
    to_body: str,
    out_on: dt.date,
    dues_paid_to: str = "",
    by: Actor,
) -> PartyTransfer:
    """Register a letter of party relations with its number and stub, to the host or back; valid 30 days.

    A letter that ran out unused is put away by the next one. `dues_paid_to`: yyyyMM.
    """
    if direction not in Direction.values:
        raise TransferRefused("请说明是转往挂职单位，还是转回原单位。")
    _must_be_member(posting)
    _check_day(posting, out_on, direction=direction)
    earlier = _letter(posting, direction)
    if earlier is not None:
        _put_away(earlier, on=out_on)
    made: PartyTransfer = PartyTransfer.unscoped.create(
        **posting.about,
        direction=direction, letter_number=must_say(letter_number, what="介绍信号"), from_body=must_say(from_body, what="转出党组织"),
        to_body=must_say(to_body, what="转入党组织"), dues_paid_to=dues_paid_to.strip(), out_on=out_on, valid_days=PARTY_LETTER_DAYS,
        event=current_event(),
    )  # fmt: skip
    if direction == Direction.TO_HOST:
        posting.party_out_on, posting.party_in_on = out_on, None
        posting.save(update_fields=["party_out_on", "party_in_on"])
    return made


@command(Permission.KEEP_POSTINGS)
def receive_party_relation(posting: Posting, *, direction: str, on: dt.date, by: Actor) -> PartyTransfer:
    """The receiving party organisation has sent back the receipt of the letter. Not after the letter has run out."""
    letter = _letter(posting, direction)
    if letter is None:
        raise TransferRefused("还没有登记介绍信，请先登记介绍信号和转出日期。")
    if letter.in_on is not None:
        raise TransferRefused(f"组织关系已于 {letter.in_on} 转入，不用再登记。")
    if on > clock.today():
        raise TransferRefused(f"转入日期 {on} 晚于今天，请改正。")
    if on < letter.out_on:
        raise TransferRefused(f"转入日期 {on} 早于转出日期 {letter.out_on}，请改正。")
    if on > letter.runs_out_on:
        raise TransferRefused(f"介绍信 {letter.letter_number} 有效期到 {letter.runs_out_on}，已经过期。请由转出党组织重新开具。")
    letter.in_on = on
    letter.save(update_fields=["in_on"])
    if letter.direction == Direction.TO_HOST:
        posting.party_in_on = on
        posting.save(update_fields=["party_in_on"])
    return letter


def _letter(posting: Posting, direction: str) -> PartyTransfer | None:
    rows = PartyTransfer.objects.for_everyone(because="the letters of a posting in hand").filter(voided_by__isnull=True)
    found: PartyTransfer | None = rows.filter(posting=posting, direction=direction).first()
    return found


def _put_away(letter: PartyTransfer, *, on: dt.date) -> None:
    if letter.in_on is not None:
        raise TransferRefused(f"组织关系已于 {letter.in_on} 转入，不用再开介绍信。")
    if on <= letter.runs_out_on:
        raise TransferRefused(f"介绍信 {letter.letter_number} 在 {letter.runs_out_on} 前有效，不用重开。")
    letter.voided_by = current_event()
    letter.save(update_fields=["voided_by"])


def _must_be_member(posting: Posting) -> None:
    cadre = Cadre.objects.for_everyone(because="the cadre of a posting in hand").filter(pk=posting.cadre_id).first()
    if cadre is not None and cadre.political_status not in (FULL_MEMBER, PROBATIONARY_MEMBER):
        raise TransferRefused(f"{posting.cadre_name}不是党员，没有组织关系可转。")


def _check_day(posting: Posting, on: dt.date, *, direction: str) -> None:
    """To the host within the term; back only after they came, and not before the handover or the end."""
    if on > clock.today():
        raise TransferRefused(f"转出日期 {on} 晚于今天，请改正。")
    if direction == Direction.TO_HOST:
        last = posting.ended_on or posting.planned_end
        if not posting.appointed_on <= on <= last:
            raise TransferRefused(f"转出日期 {on} 不在任期（{posting.appointed_on} 至 {last}）内，请改正。")
        return
    if posting.party_in_on is None:
        raise TransferRefused("组织关系没有转入挂职单位，不用转回。")
    if posting.ended_on is None and posting.state != Posting.State.HANDING_OVER:
        raise TransferRefused("挂职期间组织关系留在挂职单位，交接或结束时再转回。")
    if on < posting.party_in_on:
        raise TransferRefused(f"转出日期 {on} 早于转入日期 {posting.party_in_on}，请改正。")
