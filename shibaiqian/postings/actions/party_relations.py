"""Party relations move to the host and back; personnel relation and wage stay with the unit (S24)."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import NotVisible, Refused, command, current_event, note_in_event
from shibaiqian.access.roles import Permission
from shibaiqian.access.rows import Written
from shibaiqian.base import clock
from shibaiqian.cadres.codes import ETHNICITY_WORDS, FULL_MEMBER, PROBATIONARY_MEMBER, SEX_WORDS
from shibaiqian.cadres.models import Cadre
from shibaiqian.documents.models import IssuedDocument
from shibaiqian.documents.papers.party_letter import PartyLetter, party_letter
from shibaiqian.documents.register import draft, issuer_of, series_sign, take_numbers
from shibaiqian.postings.actions.steps import must_say
from shibaiqian.postings.models import PartyTransfer, Posting
from shibaiqian.postings.rules import PARTY_LETTER_DAYS
from shibaiqian.regions.models import Region
from shibaiqian.regions.queries import region_names

Direction = PartyTransfer.Direction
KIND = IssuedDocument.Kind.PARTY_LETTER
NAMED = 3  # persons named in a refusal
MEMBERS = (FULL_MEMBER, PROBATIONARY_MEMBER)


class TransferRefused(Refused):
    """Party relations do not move like this."""


@dataclass(frozen=True)
class _Move:
    """One member whose relation moves: by which earlier letter in vain, from where to where."""

    posting: Posting
    cadre: Cadre | None
    earlier: PartyTransfer | None
    leaving: str
    joining: str
    above: str  # the committee the letter is addressed to

    def nothing_to_move(self, on: dt.date, *, direction: str) -> str:
        """Why no letter is due, in words; empty when one is."""
        if self.cadre is not None and self.cadre.political_status not in MEMBERS:
            return f"{self.posting.cadre_name}不是党员，没有组织关系可转。"
        if direction == Direction.TO_HOST and not self.posting.is_running:
            return f"{self.posting.cadre_name}的挂职已经结束，不用再转往挂职单位。"
        if self.earlier is not None and self.earlier.in_on is not None:
            return f"{self.posting.cadre_name}的组织关系已于 {self.earlier.in_on} 转入，不用再开介绍信。"
        if self.earlier is not None and on <= self.earlier.runs_out_on:
            return f"{self.posting.cadre_name}已经开过介绍信：{self.earlier.letter_number}在 {self.earlier.runs_out_on} 前有效，不用重开。"
        return ""


@command(Permission.KEEP_POSTINGS)
def issue_party_letters(
    region: Region,
    *,
    postings: Sequence[uuid.UUID],
    direction: str = Direction.TO_HOST,
    on: dt.date,
    dues_paid_to: str = "",
    sign: str = "",
    letter_number: str = "",
    from_body: str = "",
    to_body: str = "",
    by: Actor,
) -> Written:
    """Issue letters of party relations to the host or back, valid 30 days: one number, stub and entry in the register each.

    Who is no member has nothing to move, and who has a valid letter keeps it: both are left out and counted in the event; a
    letter that ran out unused is put away. A letter that another body issued under its own `letter_number` is entered by it,
    for one posting, and prints nothing. `dues_paid_to`: yyyyMM. Papers of one's own need the permission to issue documents.
    """
    if direction not in Direction.values:
        raise TransferRefused("请说明是转往挂职单位，还是转回原单位。")
    moves = _moves(set(postings), direction=direction, by=by)
    due = [move for move in moves if not move.nothing_to_move(on, direction=direction)]
    if not due:
        why = "".join(move.nothing_to_move(on, direction=direction) for move in moves[:NAMED])
        raise TransferRefused(why + (f"其余 {len(moves) - NAMED} 人也都不用开。" if len(moves) > NAMED else ""))
    for move in due:
        _check_day(move.posting, on, direction=direction)
    if from_body or to_body:
        due = [replace(move, leaving=from_body or move.leaving, joining=to_body or move.joining) for move in due]
    if letter_number:
        if len(moves) > 1:
            raise TransferRefused("填写介绍信号时只能登记一人。")
        numbers = [must_say(letter_number, what="介绍信号")]
    else:
        by.must(Permission.ISSUE_DOCUMENTS)
        numbers = _issue(region, due, on=on, dues_paid_to=dues_paid_to, sign=sign)
    _enter(due, numbers, direction=direction, on=on, dues_paid_to=dues_paid_to)
    note_in_event(count=len(due), left_out=len(moves) - len(due))
    return Written(count=len(due), regions=[region.code])


def _moves(keys: set[uuid.UUID], *, direction: str, by: Actor) -> list[_Move]:
    """The postings, all in sight and locked in the order of keys, with their members and letters. Five queries."""
    rows = list(
        Posting.objects.visible_to(by)
        .filter(pk__in=keys)
        .order_by("pk")
        .select_related("unit")
        .select_for_update(no_key=True, of=("self",))
    )
    if not rows or len(rows) != len(keys):
        raise NotVisible(Posting.__name__)
    rows.sort(key=lambda row: (row.region_id, row.number))  # numbered in the order of places
    cadres = Cadre.objects.for_everyone(because="the cadres of postings in hand; the wall decides").in_bulk([row.cadre_id for row in rows])
    letters = PartyTransfer.objects.for_everyone(because="the letters of postings in hand").filter(
        posting__in=rows, direction=direction, voided_by__isnull=True
    )
    earlier = {letter.posting_id: letter for letter in letters}
    places = region_names(sorted({str(row.region_id)[:n] for row in rows for n in (6, 9)}))
    made = []
    for row in rows:
        code = str(row.region_id)
        town = places.get(code[:9], "") if len(code) == 12 else ""
        home, host = f"{row.unit.name}党组织", f"{town}{row.host_name}党组织"
        back = direction == Direction.BACK
        made.append(
            _Move(
                posting=row, cadre=cadres.get(row.cadre_id), earlier=earlier.get(row.pk), leaving=host if back else home,
                joining=home if back else host, above=home if back else f"中共{town or places.get(code[:6], '')}委员会",
            )
        )  # fmt: skip
    return made


def _issue(region: Region, moves: Sequence[_Move], *, on: dt.date, dues_paid_to: str, sign: str) -> list[str]:
    """Number the letters in the series of the place and keep each in the register under the member's name."""
    issuer = issuer_of(region.code, sign=sign)
    numbers = take_numbers(series_sign(issuer, KIND), year=on.year, count=len(moves))
    papers = []
    for move, number in zip(moves, numbers, strict=True):
        cadre = move.cadre
        paper = party_letter(
            PartyLetter(
                number=str(number), name=move.posting.cadre_name, sex=SEX_WORDS.get(cadre.sex, "") if cadre else "",
                ethnicity=ETHNICITY_WORDS.get(cadre.ethnicity, "") if cadre else "",
                is_probationary=cadre.political_status == PROBATIONARY_MEMBER if cadre else None, from_body=issuer.seal_name,
                to_body=move.above, leaving=move.leaving, joining=move.joining, dues_paid_to=dues_paid_to,
                valid_days=PARTY_LETTER_DAYS, on=on,
            )
        )  # fmt: skip
        named = move.posting.cadre_name
        papers.append(draft(issuer, kind=KIND, number=number, document=paper, on=on, unit=move.posting.unit, about=named))
    IssuedDocument.unscoped.bulk_create(papers)
    return [str(number) for number in numbers]


def _enter(moves: Sequence[_Move], numbers: Sequence[str], *, direction: str, on: dt.date, dues_paid_to: str) -> None:
    in_vain = [move.earlier.pk for move in moves if move.earlier is not None]
    PartyTransfer.objects.for_everyone(because="letters that ran out, of postings in hand").filter(pk__in=in_vain).update(
        voided_by=current_event()
    )
    PartyTransfer.unscoped.bulk_create(
        transfer(
            move.posting.about, direction=direction, letter_number=number, from_body=move.leaving, to_body=move.joining, out_on=on,
            dues_paid_to=dues_paid_to.strip(),
        )
        for move, number in zip(moves, numbers, strict=True)
    )  # fmt: skip
    if direction == Direction.TO_HOST:
        going = Posting.objects.for_everyone(because="the postings in hand").filter(pk__in=[move.posting.pk for move in moves])
        going.update(party_out_on=on, party_in_on=None)


def transfer(about: Mapping[str, Any], **said: Any) -> PartyTransfer:
    """The row of a letter, not yet written. Part of a command: what is issued and what the roster of arrivals names."""
    return PartyTransfer(**about, **said, valid_days=PARTY_LETTER_DAYS, event=current_event())


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


def _check_day(posting: Posting, on: dt.date, *, direction: str) -> None:
    """To the host within the term; back only after they came, and not before the handover or the end."""
    if on > clock.today():
        raise TransferRefused(f"{posting.cadre_name}的转出日期 {on} 晚于今天，请改正。")
    if direction == Direction.TO_HOST:
        last = posting.ended_on or posting.planned_end
        if not posting.appointed_on <= on <= last:
            raise TransferRefused(f"{posting.cadre_name}的转出日期 {on} 不在任期（{posting.appointed_on} 至 {last}）内，请改正。")
        return
    if posting.party_in_on is None:
        raise TransferRefused(f"{posting.cadre_name}的组织关系没有转入挂职单位，不用转回。")
    if posting.ended_on is None and posting.state != Posting.State.HANDING_OVER:
        raise TransferRefused(f"{posting.cadre_name}挂职期间组织关系留在挂职单位，交接或结束时再转回。")
    if on < posting.party_in_on:
        raise TransferRefused(f"{posting.cadre_name}的转出日期 {on} 早于转入日期 {posting.party_in_on}，请改正。")
