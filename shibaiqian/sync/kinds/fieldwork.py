"""What an official does in the field: the day's log, practical services, what a household said."""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop as _

from shibaiqian.access.command import NotVisible
from shibaiqian.access.roles import Permission
from shibaiqian.fieldwork.actions import (
    DayLog,
    LogEntry,
    PhotoOf,
    Point,
    ServiceDone,
    Told,
    confirm_services,
    keep_promise,
    log_day,
    log_days,
    promise_service,
)
from shibaiqian.fieldwork.models import PracticalService, ServicePromise, Visit, WorkLogItem
from shibaiqian.households.facts import FactWrong, hear_household
from shibaiqian.households.models import Household
from shibaiqian.postings.models import Posting
from shibaiqian.regions.models import Region
from shibaiqian.sync.body import Body
from shibaiqian.sync.kinds.kind import Done, Kind, Sender
from shibaiqian.sync.rules import Malformed, Said

MOST_ITEMS = 20
MOST_SERVICES = 200
LONGEST_CONTENT = 500
LONGEST_NAME = 40
LONGEST_PROBLEM = 300
FARTHEST = 100_000  # metres: a point less exact says nothing
NO_POSTING = _("记录没有写明任职。请更新手机端后重试。")
CATEGORIES, SERVICE_KINDS = frozenset(WorkLogItem.Category.values), frozenset(PracticalService.Kind.values)


def log(said: Said, sender: Sender) -> Done:
    """A day's log: `{posting, on, items: [{category, content, household?, region?, service?, photos?, problem?, follow_up_due?, follows?}], point?}`.

    `service` is `{kind, beneficiary?, amount_cents?, confirmation?, confirmed_on?}`; a household makes an item a visit. Photos that
    no item names go to the first one. `point` is `{latitude_e6, longitude_e6, accuracy_m}`, where the official chose to say so.
    """
    day = day_of(said, sender)
    written = log_day(posting_of(said, sender), on=day.on, items=day.items, told=day.told, by=sender.actor, operation=said.id)
    return Done({"log": str(written.pk)})


def logs(several: Sequence[Said], sender: Sender) -> list[Done]:
    """Logs of one batch, those of each posting at once. Done all or none."""
    days = {said.id: day_of(said, sender) for said in several}
    groups: dict[Any, list[Said]] = {}
    for said in several:
        groups.setdefault(Body(said.body).key("posting"), []).append(said)
    done: dict[Any, Done] = {}
    # A command is all or none by itself: only several of them need a frame.
    with transaction.atomic() if len(groups) > 1 else nullcontext():
        for group in groups.values():
            written = log_days(_unread(group[0], sender), days=[days[said.id] for said in group], by=sender.actor)
            done |= {said.id: Done({"log": str(one.pk)}) for said, one in zip(group, written, strict=True)}
    return [done[said.id] for said in several]


def service_promise(said: Said, sender: Sender) -> Done:
    """`{posting, kind, content, on, due?, household? | beneficiary?, region?}`. The operation's id is the service's from now on."""
    body = Body(said.body)
    made = promise_service(
        posting_of(said, sender),
        key=said.id,
        kind=body.choice("kind", PracticalService.Kind.values, required=True),
        content=body.text("content", longest=LONGEST_CONTENT, required=True),
        on=sender.day(body, "on"),
        due=body.date("due"),
        household=body.key("household"),
        beneficiary=body.text("beneficiary", longest=LONGEST_NAME),
        region=body.text("region", longest=12),
        by=sender.actor,
        operation=said.id,
    )
    return Done({"service": str(made.pk)})


def service_done(said: Said, sender: Sender) -> Done:
    """`{service, on, amount_cents?}`: what was promised is done."""
    body = Body(said.body)
    promise = ServicePromise.objects.visible_to(sender.actor).filter(pk=body.key("service")).first()
    if promise is None:
        raise NotVisible("ServicePromise")
    on = sender.day(body, "on")
    made = keep_promise(promise, on=on, amount_cents=body.whole("amount_cents"), by=sender.actor, operation=said.id)
    return Done({"service": str(made.pk)})


def service_confirm(said: Said, sender: Sender) -> Done:
    """`{services: [ids], confirmation, on}`: one, or many on one half-yearly sheet; all of them or none."""
    body = Body(said.body)
    found = confirm_services(
        Region(code=sender.actor.scope.region),
        services=body.keys("services", most=MOST_SERVICES),
        confirmation=body.choice("confirmation", PracticalService.Confirmation.values, required=True),
        on=sender.day(body, "on"),
        by=sender.actor,
        operation=said.id,
    )
    return Done({"services": [str(service.pk) for service in found or ()]})


def household_facts(said: Said, sender: Sender) -> Done:
    """What a household said to somebody who visits for no official: `{household, on, facts}` with `base`. No visit, no log."""
    body = Body(said.body)
    on, facts = sender.day(body, "on"), body.within("facts")
    heard = hear_household(_household(body, sender), facts=facts.seen if facts else {}, on=on, base=said.base or 0, by=sender.actor)
    result = {"version": heard.version, "confirmed": list(heard.confirmed), "changed": list(heard.changed)}
    return Done(result, theirs=[asdict(one) for one in heard.theirs])


def visit_facts(said: Said, sender: Sender) -> Done:
    """A visit and what the household said: `{posting, household, on, content, facts: {phone?, contact?, causes?, needs?}, point?}` with `base`.

    A fact equal to the register is its confirmation. The same visit said again, as after a conflict, is one visit.
    """
    body = Body(said.body)
    posting, on = posting_of(said, sender), sender.day(body, "on")
    content = body.text("content", longest=LONGEST_CONTENT) or "入户核实"
    facts, household = body.within("facts"), _household(body, sender)
    if facts is None or not facts.values:
        raise FactWrong("没有写明农户确认或更正了什么。")
    same = Visit.objects.visible_to(sender.actor).filter(household=household, posting=posting, on=on, content=content)
    result: dict[str, Any] = {}
    if not same.exists():
        item = LogEntry("visit", content, household=household.pk, photos=_photos(said.photos, sender))
        written = log_day(posting, on=on, items=[item], told=_told(said, sender), by=sender.actor, operation=said.id)
        result["log"] = str(written.pk)
    heard = hear_household(household, facts=facts.seen, on=on, base=said.base or 0, by=sender.actor)
    result |= {"version": heard.version, "confirmed": list(heard.confirmed), "changed": list(heard.changed)}
    return Done(result, theirs=[asdict(one) for one in heard.theirs])


def _household(body: Body, sender: Sender) -> Household:
    found: Household | None = Household.objects.visible_to(sender.actor).filter(pk=body.key("household")).first()
    if found is None:
        raise NotVisible("Household")
    return found


def posting_of(said: Said, sender: Sender) -> Posting:
    """The posting a record belongs to; one that the sender does not see does not exist."""
    key = Body(said.body).key("posting")
    if key is None:
        raise Malformed(NO_POSTING)
    found = sender.postings.get(key) or Posting.objects.visible_to(sender.actor).filter(pk=key).first()
    if found is None:
        raise NotVisible("Posting")
    sender.postings[key] = found
    return found


def _unread(said: Said, sender: Sender) -> Posting:
    """The posting of a record for a command, which reads and locks it by its key: once is enough."""
    key = Body(said.body).key("posting")
    if key is None:
        raise Malformed(NO_POSTING)
    return sender.postings.get(key) or Posting(pk=key, region_id=sender.actor.scope.region)


def day_of(said: Said, sender: Sender) -> DayLog:
    """A day as its body says it, with the photos that were sent ahead."""
    body = Body(said.body)
    items = body.several("items", most=MOST_ITEMS)
    named = [item.texts("photos", most=9, longest=64) for item in items]
    rest = tuple(photo for photo in said.photos if not any(photo in one for one in named))
    entries = [
        _entry(item, _photos((*photos, *(rest if number == 0 else ())), sender))
        for number, (item, photos) in enumerate(zip(items, named, strict=True))
    ]
    return DayLog(sender.day(body, "on"), tuple(entries), operation=said.id, told=_told(said, sender))


def _told(said: Said, sender: Sender) -> Told:
    at = sender.said_at(said)
    return Told(at, _point(said.body.get("point")), is_unknown=at is None)


def _point(said: Any) -> Point | None:
    """A point is never a reason to refuse a log: one that cannot be is left out."""
    match said:
        case {"latitude_e6": int(latitude), "longitude_e6": int(longitude), "accuracy_m": int(accuracy)}:
            possible = abs(latitude) <= 90_000_000 and abs(longitude) <= 180_000_000 and 0 <= accuracy <= FARTHEST
            return Point(latitude, longitude, accuracy) if possible else None
    return None


def _entry(item: Body, photos: tuple[PhotoOf, ...]) -> LogEntry:
    service = item.within("service")
    return LogEntry(
        category=item.choice("category", CATEGORIES, required=True),
        content=item.text("content", longest=LONGEST_CONTENT, required=True),
        household=item.key("household"),
        region=item.text("region", longest=12),
        service=_service(service) if service else None,
        photos=photos,
        problem=item.text("problem", longest=LONGEST_PROBLEM),
        follow_up_due=item.date("follow_up_due"),
        follows=item.key("follows"),
    )


def _photos(hashes: Sequence[str], sender: Sender) -> tuple[PhotoOf, ...]:
    found = [sender.uploads.get(one) for one in hashes]
    if None in found:
        raise Malformed("有照片没有随记录一起写明，请更新手机端后重试。")
    return tuple(PhotoOf(one.sha256, one.stored, one.kind, one.size, one.picture_hash) for one in found if one)


def _service(said: Body) -> ServiceDone:
    return ServiceDone(
        kind=said.choice("kind", SERVICE_KINDS, required=True),
        beneficiary=said.text("beneficiary", longest=LONGEST_NAME),
        amount_cents=said.whole("amount_cents"),
        confirmation=said.choice("confirmation", PracticalService.Confirmation.values),
        confirmed_on=said.date("confirmed_on"),
    )


KINDS = (
    Kind("log", Permission.KEEP_FIELDWORK, log, run_set=logs),
    Kind("service_promise", Permission.KEEP_FIELDWORK, service_promise),
    Kind("service_done", Permission.KEEP_FIELDWORK, service_done),
    Kind("service_confirm", Permission.HEAR_HOUSEHOLDS, service_confirm),
    Kind("household_facts", Permission.HEAR_HOUSEHOLDS, household_facts),
    Kind("visit_facts", Permission.KEEP_FIELDWORK, visit_facts),
)
