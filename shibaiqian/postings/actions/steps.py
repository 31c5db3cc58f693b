"""What every step of a posting shares: who decides, on which day, and the line it leaves in the posting's history."""

import datetime as dt

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused, current_event
from shibaiqian.access.own_case import not_own_case
from shibaiqian.base import clock
from shibaiqian.postings.models import Posting, PostingChange
from shibaiqian.postings.rules import POSTING, deciding_region, returns_to


class NotTheirs(Refused):
    """Another level decides of this posting."""


class WrongDay(Refused):
    """The step cannot have happened on this day."""


class NotSaid(Refused):
    """Something that must be said is missing, or none of the list."""


def next_state(posting: Posting, step: str) -> str:
    """The state after a step, or a refusal that names the official."""
    after = POSTING.next(posting.state, step, named=posting.cadre_name)
    return standing(posting) if after == Posting.State.ACTIVE and step != "record_arrival" else after


def standing(posting: Posting) -> str:
    """Where the posting stands when nothing special is under way."""
    extended = PostingChange.objects.for_everyone(because="the history of a posting in hand").filter(
        posting=posting, kind=PostingChange.Kind.EXTENSION, voided_by__isnull=True
    )
    return returns_to(arrived=posting.arrived_on is not None, extended=extended.exists())


def must_decide(*postings: Posting, by: Actor) -> None:
    """Refuse whose scope does not hold the place that decides of a posting, as it decided the appointment (domain.md 2.5).

    And the official's own case, whoever lent the role.
    """
    not_own_case(by, persons={posting.cadre_id: posting.cadre_name for posting in postings})
    for posting in postings:
        where = decided_in(posting)
        if not by.scope.holds_region(where):
            whose = "市委组织部" if len(where) <= 4 else "挂职地所在县区的县区委组织部"
            raise NotTheirs(f"{posting.cadre_name}的挂职由{whose}决定，请由决定任职的一级办理。")


def decided_in(posting: Posting) -> str:
    """The place whose organisation department decides of a posting, and signs what is issued about it."""
    return deciding_region(level=posting.tier.decider_level, host=posting.region_id, home=posting.home_region)


def check_day(posting: Posting, on: dt.date, *, what: str, earliest: dt.date | None = None) -> None:
    """Refuse a day after today or before the posting (or what came before) began."""
    began = max(day for day in (posting.appointed_on, posting.arrived_on, earliest) if day is not None)
    if on > clock.today():
        raise WrongDay(f"{what} {on} 晚于今天，请改正。")
    if on < began:
        last = "任职" if began == posting.appointed_on else "到任" if began == posting.arrived_on else "上一步"
        raise WrongDay(f"{what} {on} 早于{last}日期 {began}，请改正。")


def must_say(text: str, *, what: str) -> str:
    """The text without blanks around it; refused when there is none."""
    text = text.strip()
    if not text:
        raise NotSaid(f"没有填写{what}，请补填。")
    return text


def one_of(code: str, choices: dict[str, str], *, what: str) -> str:
    """The label of a code; refused when the list does not have it."""
    if code not in choices:
        raise NotSaid(f"没有“{code}”这种{what}，请从列表中选择：{'、'.join(choices.values())}。")
    return choices[code]


def last_change(posting: Posting) -> dt.date | None:
    """The day of the latest change: what follows cannot be earlier."""
    rows = PostingChange.objects.for_everyone(because="the history of a posting in hand").filter(posting=posting, voided_by__isnull=True)
    return rows.order_by("-on").values_list("on", flat=True).first()


def note_change(posting: Posting, kind: str, *, on: dt.date, reason: str, **more: object) -> PostingChange:
    """Add a line to the posting's history. Part of a command."""
    change: PostingChange = PostingChange.unscoped.create(
        **posting.about,
        kind=kind, on=on, reason=reason, event=current_event(), **more,
    )  # fmt: skip
    return change


def move(posting: Posting, state: str, *fields: str) -> Posting:
    """Save the state and whatever else the step changed."""
    posting.state = state
    posting.save(update_fields=["state", *fields])
    return posting
