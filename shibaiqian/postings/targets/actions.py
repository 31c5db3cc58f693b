"""Drawing up a target letter, signing it, amending it; what was reached of targets that no indicator counts."""

import datetime as dt
from collections.abc import Sequence

import polars as pl

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused, command, current_event, note_in_event
from shibaiqian.access.models import User
from shibaiqian.access.own_case import not_own_case
from shibaiqian.access.roles import Permission, Role
from shibaiqian.access.rows import Rows, Written
from shibaiqian.base import clock
from shibaiqian.base.bulk import insert_frame
from shibaiqian.base.ids import new_ids
from shibaiqian.indicators.queries import figures
from shibaiqian.messages.actions import announce
from shibaiqian.postings.models import Posting, TargetItem, TargetLetter
from shibaiqian.postings.targets.excel import prepare_targets
from shibaiqian.postings.targets.rules import COUNTED, LETTER, Item, faults, period
from shibaiqian.regions.models import Region

PLACES = {"region": "text", "home_region": "text", "unit": "uuid", "cadre": "uuid"}
LETTER_TYPES = {
    "id": "uuid", "posting_id": "uuid", **PLACES, "scope": "text", "year": "integer", "signed_by_official_on": "date",
    "signed_by_host_on": "date", "host_signer": "text", "signed_by_unit_on": "date", "unit_signer": "text",
}  # fmt: skip
ITEM_TYPES = {
    "id": "uuid", "letter_id": "uuid", **PLACES, "seq": "integer", "text": "text", "indicator": "text", "baseline": "bigint",
    "target": "bigint", "measure": "text", "weight": "integer", "due_on": "date",
}  # fmt: skip


class TargetsUnsound(Refused):
    """Items that cannot stand in a letter."""


class SignedAlready(Refused):
    """This party has signed, or the letter is not this party's to sign."""


class LetterThere(Refused):
    """The posting has a letter for this period."""


@command(Permission.KEEP_TARGETS)
def draft_targets(posting: Posting, *, scope: str, year: int | None, items: Sequence[Item], by: Actor) -> TargetLetter:
    """Draw up a letter for a year (`scope="annual"`) or the term. Baselines of indicators are taken from the records of today."""
    if scope not in TargetLetter.Scope.values or (scope == "annual") != (year is not None):
        raise TargetsUnsound("请选择年度（并写明年份）或任期。")
    if not posting.is_running:
        raise TargetsUnsound(f"{posting.cadre_name}的挂职已经结束，不能再签目标责任书。")
    standing = TargetLetter.objects.visible_to(by).filter(posting=posting, scope=scope, year=year)
    if standing.exists():
        raise LetterThere("这一期间已有目标责任书。需要改动的，请在已签订的责任书上办理修订。")
    letter = TargetLetter.unscoped.create(
        posting=posting, scope=scope, year=year, state=TargetLetter.State.DRAFT, event=current_event(), **_places(posting)
    )
    _keep_items(letter, posting, items, by=by)
    return letter


@command(Permission.KEEP_TARGETS)
def revise_targets(letter: TargetLetter, *, items: Sequence[Item], by: Actor) -> TargetLetter:
    """Other items for a letter that is still being drawn up."""
    LETTER.next(letter.state, "revise_targets")
    TargetItem.objects.visible_to(by).filter(letter=letter).update(voided_by=current_event())
    _keep_items(letter, Posting.objects.visible_to(by).get(pk=letter.posting_id), items, by=by)
    return letter


def _keep_items(letter: TargetLetter, posting: Posting, items: Sequence[Item], *, by: Actor) -> None:
    not_own_case(by, persons={posting.cadre_id: posting.cadre_name})
    first, last = period(letter.scope, letter.year, begins=posting.appointed_on, ends=posting.planned_end)
    counted = figures(by, region=posting.region_id, as_of=clock.today(), codes={i.indicator for i in items} & set(COUNTED))
    known = [item if not item.indicator or item.baseline else _with_baseline(item, counted) for item in items]
    found = faults(known, first=first, last=last, indicators=COUNTED)
    if found:
        raise TargetsUnsound(" ".join(found))
    TargetItem.unscoped.bulk_create(
        TargetItem(
            letter=letter, seq=seq, text=item.text.strip(), indicator=item.indicator, baseline=item.baseline, target=item.target,
            measure=item.measure.strip(), weight=item.weight, due_on=item.due_on, event=current_event(), **_places(posting),
        )
        for seq, item in enumerate(known, start=1)
    )  # fmt: skip
    note_in_event(items=len(known))


def _with_baseline(item: Item, counted: dict[str, int]) -> Item:
    return Item(**{**vars(item), "baseline": counted.get(item.indicator, 0)})


def _places(posting: Posting) -> dict[str, object]:
    return {"region_id": posting.region_id, "home_region": posting.home_region, "unit": posting.unit_id, "cadre": posting.cadre_id}


@command(Permission.KEEP_TARGETS)
def offer_targets(letter: TargetLetter, *, by: Actor) -> TargetLetter:
    """Send the letter to the three who sign."""
    letter.state = LETTER.next(letter.state, "offer_targets")
    letter.save(update_fields=["state"])
    announce("targets_offered", regions=[letter.region_id], units=[letter.unit], cadres=[letter.cadre], about=str(letter.pk))
    return letter


@command(Permission.KEEP_TARGETS)
def withdraw_targets(letter: TargetLetter, *, reason: str, by: Actor) -> TargetLetter:
    """Take a letter back to be changed; signatures given so far no longer hold."""
    letter.state = LETTER.next(letter.state, "withdraw_targets")
    if not reason.strip():
        raise TargetsUnsound("请写明撤回修改的原因，已签字的各方会看到。")
    letter.signed_by_official_on = letter.signed_by_host_on = letter.signed_by_unit_on = None
    letter.host_signer = letter.unit_signer = ""
    letter.save()
    return letter


@command(Permission.SIGN_TARGETS)
def sign_targets(letter: TargetLetter, *, by: Actor) -> TargetLetter:
    """Sign one's own part: the official, the secretary of the host's party organisation, or the sending unit.

    With the third signature the letter stands, and an amendment replaces the letter before it.
    """
    LETTER.next(letter.state, "sign_targets")
    today = clock.today()
    match by.role:
        case Role.POSTED_CADRE:
            _must_be_the_official(letter, by=by)
            _once(letter.signed_by_official_on)
            letter.signed_by_official_on = today
        case Role.HOST_UNIT_LEADER:
            not_own_case(by, persons={letter.cadre: letter.posting.cadre_name})
            _once(letter.signed_by_host_on)
            letter.signed_by_host_on, letter.host_signer = today, by.name
        case Role.SENDING_UNIT_ADMIN:
            not_own_case(by, persons={letter.cadre: letter.posting.cadre_name})
            _once(letter.signed_by_unit_on)
            letter.signed_by_unit_on, letter.unit_signer = today, by.name
        case _:
            raise SignedAlready("目标责任书由挂职干部、挂职单位党组织书记和派出单位签字，您的角色不在其中。")
    if letter.signed_by_official_on and letter.signed_by_host_on and letter.signed_by_unit_on:
        if letter.supersedes is not None:
            _replace(letter.supersedes, by=by)
        letter.state = TargetLetter.State.SIGNED
    letter.save()
    return letter


def _once(day: dt.date | None) -> None:
    if day is not None:
        raise SignedAlready(f"这一方已于 {day} 签字，不用再签。")


def _must_be_the_official(letter: TargetLetter, *, by: Actor) -> None:
    """An account whose person is known signs for that person only; no stand-in signs one's own duty away."""
    person = User.objects.filter(pk__in=[by.user_id]).values_list("person", flat=True).first()
    if by.standing_in_for or (person is not None and person != letter.cadre):
        raise SignedAlready("目标责任书须由挂职干部本人签字，不能代签。")


def _replace(before: TargetLetter, *, by: Actor) -> None:
    before.state = LETTER.next(before.state, "replace_targets")
    before.save(update_fields=["state"])


@command(Permission.KEEP_TARGETS)
def amend_targets(letter: TargetLetter, *, items: Sequence[Item], reason: str, by: Actor) -> TargetLetter:
    """Draw up an amendment of a signed letter; it replaces the letter once all three have signed it."""
    LETTER.next(letter.state, "amend_targets")
    if not reason.strip():
        raise TargetsUnsound("请写明修订原因，修订后的责任书会写上它。")
    open_ones = TargetLetter.objects.visible_to(by).filter(supersedes=letter).exclude(state=TargetLetter.State.AMENDED)
    if open_ones.exists():
        raise LetterThere("这份责任书已有一份正在办理的修订，请先签订或撤回它。")
    newer = TargetLetter.unscoped.create(
        posting_id=letter.posting_id, scope=letter.scope, year=letter.year, version=letter.version + 1, supersedes=letter, reason=reason.strip(),
        state=TargetLetter.State.DRAFT, event=current_event(), region_id=letter.region_id, home_region=letter.home_region, unit=letter.unit,
        cadre=letter.cadre,
    )  # fmt: skip
    _keep_items(newer, Posting.objects.visible_to(by).get(pk=letter.posting_id), items, by=by)
    return newer


@command(Permission.KEEP_TARGETS)
def register_targets(region: Region, *, rows: Rows, by: Actor) -> Written:
    """Letters that were signed on paper, a row a target: they stand as signed, with the day and the names under them."""
    frame = prepare_targets(region, rows=rows, by=by).or_refuse().frame
    letters = frame.unique("letter", keep="first", maintain_order=True)
    letters = letters.with_columns(
        pl.Series("id", new_ids(letters.height), dtype=pl.String), posting_id="posting", region="host", unit="unit_id", cadre="cadre_id",
        signed_by_official_on="signed_on", signed_by_host_on="signed_on", signed_by_unit_on="signed_on",
    )  # fmt: skip
    also = {"event": current_event(), "version": 1, "reason": "", "state": "signed"}
    kept = insert_frame("postings_targetletter", letters, LETTER_TYPES, also=also, conflict=[], returning="id::text")
    if len(kept) < letters.height:
        there = letters.filter(~pl.col("id").is_in(kept))["number"].to_list()
        raise LetterThere(f"{'、'.join(there[:5])} 等 {len(there)} 名干部这一期间已有目标责任书，没有写入任何一行。请删去这些行。")
    items = frame.join(letters.select("letter", letter_id="id"), on="letter", how="left").with_columns(
        pl.Series("id", new_ids(frame.height), dtype=pl.String), region="host", unit="unit_id", cadre="cadre_id"
    )
    insert_frame("postings_targetitem", items, ITEM_TYPES, also={"event": current_event()})
    note_in_event(letters=letters.height, items=items.height)
    return Written(count=frame.height, regions=[region.code])


@command(Permission.SIGN_TARGETS)
def report_reached(item: TargetItem, *, reached: int, on: dt.date, by: Actor) -> TargetItem:
    """What was reached of a target that no indicator counts, as the official says it; the letter itself does not change."""
    if item.indicator:
        raise TargetsUnsound("这一项的进度由记录自动统计，不用填报。")
    if on > clock.today():
        raise TargetsUnsound(f"日期 {on} 晚于今天，请改正。")
    if reached < 0:
        raise TargetsUnsound("完成数不能小于 0。")
    note_in_event(before=item.reached)
    item.reached, item.reached_on = reached, on
    item.save(update_fields=["reached", "reached_on"])
    return item
