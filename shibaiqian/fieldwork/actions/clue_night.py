"""The night's look at logs: what is new since the last night, compared with what is near it; what is old, forgotten.

It runs through the door for writing as everything does. What it saw is told to the author alone; a question is raised only
when several clues of one person have stood without a word for longer than the author was given.
"""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Q

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import command, current_event, note_in_event
from shibaiqian.access.models import User
from shibaiqian.access.roles import Permission
from shibaiqian.audit.models import Event
from shibaiqian.base import clock
from shibaiqian.base.workdays import CalendarEnds
from shibaiqian.fieldwork.models import Clue, ClueQuestion, LogPoint, WorkLog
from shibaiqian.fieldwork.queries.emergencies import after_workdays_in
from shibaiqian.fieldwork.rules import clues as rules
from shibaiqian.messages.actions import announce
from shibaiqian.policy.queries import parameters_in
from shibaiqian.policy.rules import KEY_OF
from shibaiqian.postings.models import Posting
from shibaiqian.regions.models import Region

NIGHT = "fieldwork.find_clues"
# Events of the last hour before a night may still be followed by earlier ones that end later: they are looked at once more.
OVERLAP = dt.timedelta(hours=1)
LATEST = "select max(id) from audit_event where wall_at < %s"
TEXTS = """
    select i.id, l.cadre, l.id, l."on", coalesce(l.said_at, l.recorded_at), i.category, i.event > %(through)s, i.content
      from fieldwork_worklogitem i join fieldwork_worklog l on l.id = i.log_id
     where i.voided_by is null and l.voided_by is null and l."on" between %(first)s and %(today)s and length(i.content) >= %(length)s
     order by i.id
"""
PHOTOS = """
    select a.id, l.cadre, l.id, l."on", coalesce(l.said_at, l.recorded_at), i.category, a.event > %(through)s, a.picture_hash
      from fieldwork_attachment a join fieldwork_worklogitem i on i.id = a.item_id join fieldwork_worklog l on l.id = i.log_id
     where a.voided_by is null and l.voided_by is null and a.picture_hash is not null and l."on" between %(first)s and %(today)s
     order by a.id
"""
# A day within an emergency is no late day: nobody writes in a flood.
LATE = """
    select l.cadre, l.id, l."on", l.said_at
      from fieldwork_worklog l
     where l.voided_by is null and l.event > %(through)s and l."on" between %(first)s and %(today)s
       and (l.said_at at time zone 'Asia/Shanghai')::date - l."on" > %(late)s
       and not exists (select from fieldwork_emergencyperiod e where e.voided_by is null and l.region >= e.region
                       and l.region < e.region || ':' and l."on" between e.starts_on and e.ends_on)
     order by l.cadre, l.said_at, l.id
"""
TRAVEL = """
    select n.id, n.cadre, n.log_id, n.said_at, n.latitude_e6, n.longitude_e6, n.accuracy_m,
           p.id, p.said_at, p.latitude_e6, p.longitude_e6, p.accuracy_m
      from fieldwork_logpoint n
      cross join lateral (select * from fieldwork_logpoint p where p.cadre = n.cadre and p.voided_by is null
                           and (p.said_at, p.id) < (n.said_at, n.id) order by p.said_at desc, p.id desc limit 1) p
     where n.voided_by is null and n.event > %(through)s
     order by n.cadre, n.said_at, n.id
"""


@dataclass
class Sight:
    """What was seen once: whose, in which log, what stands side by side."""

    kind: str
    cadre: uuid.UUID
    log: uuid.UUID
    own: list[uuid.UUID]
    other: list[uuid.UUID]
    seen: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Measures:
    """The numbers of policy by which a night goes; days in days, length in characters, speed in km/h."""

    text_length: int
    text_share: float
    window_days: int
    backfill_days: int
    backfill_late: int
    speed: float
    answer_workdays: int
    pattern_count: int
    pattern_days: int
    keep_days: int

    @classmethod
    def at(cls, regions: Iterable[str], *, on: dt.date) -> "dict[str, Measures]":
        """As in force at each place on a day. One query."""
        found = parameters_in(sorted(set(regions)), on=on)
        return {region: cls(**{name: cls._of(rows, name) for name in cls.__annotations__}) for region, rows in found.items()}

    @staticmethod
    def _of(rows: Mapping[str, Any], name: str) -> Any:
        code = f"clue_{name}"
        value = rows[code].value if code in rows else KEY_OF[code].default
        return float(value) if name in ("text_share", "speed") else int(value)


@command(Permission.FIND_CLUES)
def find_clues(region: Region, *, on: dt.date | None = None, by: Actor) -> int:
    """Look at what was written since the last night; how many sights were kept. Again the same night: nothing more."""
    today = on or clock.today()
    measures = Measures.at([region.code], on=today)[region.code]
    _forget(measures, today, by=by)
    asked = {
        "through": _last_night(), "first": today - dt.timedelta(days=measures.window_days), "today": today,
        "length": measures.text_length, "late": measures.backfill_late,
    }  # fmt: skip
    sights = [*_texts(asked, measures), *_photos(asked), *_sittings(asked, measures), *_travels(asked, measures)]
    kept = _keep(sights, today, by=by)
    _raise_questions(today, by=by)
    note_in_event(through=_read(LATEST, [clock.wall_now() - OVERLAP])[0][0] or 0)
    return kept


def _read(sql: str, values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def _last_night() -> int:
    """Up to which event the last night had looked; the night's own event is its memory."""
    found = Event.objects.filter(action=NIGHT, outcome=Event.Outcome.DONE).order_by("-id").values_list("details", flat=True).first()
    return int((found or {}).get("through") or 0)


def _texts(asked: Mapping[str, Any], measures: Measures) -> Iterable[Sight]:
    rows = _read(TEXTS, asked)
    if not any(row[6] for row in rows):
        return
    texts = [rules.bare(row[7]) for row in rows]
    whole = {row[0]: row[7] for row in rows}
    for pair in rules.alike_texts([rules.Said(*row[:7]) for row in rows], texts, length=measures.text_length, share=measures.text_share):
        words = rules.in_common(whole[pair.later.key], whole[pair.earlier.key])
        yield _sight(pair, "own_text" if pair.is_own else "other_text", words=words)


def _photos(asked: Mapping[str, Any]) -> Iterable[Sight]:
    rows = _read(PHOTOS, asked)
    if not any(row[6] for row in rows):
        return
    for pair in rules.alike_pictures([rules.Said(*row[:7]) for row in rows], [row[7] for row in rows]):
        yield _sight(pair, "own_photo" if pair.is_own else "other_photo")


def _sight(pair: "rules.Pair[uuid.UUID]", kind: str, **seen: Any) -> Sight:
    return Sight(kind, uuid.UUID(str(pair.later.author)), uuid.UUID(str(pair.later.log)), [pair.later.key], [pair.earlier.key], seen)


def _sittings(asked: Mapping[str, Any], measures: Measures) -> Iterable[Sight]:
    of: dict[uuid.UUID, list[rules.Written[uuid.UUID]]] = defaultdict(list)
    for cadre, key, on, at in _read(LATE, asked):
        of[cadre].append(rules.Written(key, on, at))
    for cadre, written in of.items():
        for run in rules.sittings(written, days=measures.backfill_days):
            hours = {"from": _clock(run[0].at), "until": _clock(run[-1].at)}
            yield Sight("backfill", cadre, run[-1].key, [day.key for day in run], [], hours)


def _clock(moment: dt.datetime) -> str:
    return f"{clock.in_shanghai(moment):%Y-%m-%d %H:%M}"


def _travels(asked: Mapping[str, Any], measures: Measures) -> Iterable[Sight]:
    for key, cadre, log, at, lat, lon, exact, before, at_before, lat_before, lon_before, exact_before in _read(TRAVEL, asked):
        far = rules.metres((lat, lon), (lat_before, lon_before))
        if rules.too_fast(far, within=at - at_before, exact_to_m=exact + exact_before, speed=measures.speed):
            minutes = int((at - at_before) / dt.timedelta(minutes=1))
            yield Sight("travel", cadre, log, [key], [before], {"km": round(far / 1000), "minutes": minutes})


def _keep(sights: Sequence[Sight], today: dt.date, *, by: Actor) -> int:
    """New clues, each told to its author; what goes on from an open one is added to it, from an explained one is left."""
    if not sights:
        return 0
    logs = WorkLog.objects.visible_to(by).filter(pk__in={sight.log for sight in sights}).in_bulk()
    known: dict[tuple[uuid.UUID, str, uuid.UUID], Clue] = {}
    for clue in Clue.objects.visible_to(by).filter(cadre__in={sight.cadre for sight in sights}).order_by("id"):
        known |= {(clue.cadre, clue.kind, key): clue for key in (*clue.own, *clue.other)}
    days = _answer_days({logs[sight.log].region_id for sight in sights}, today)
    made: list[Clue] = []
    grown: dict[uuid.UUID, Clue] = {}
    count = 0
    for sight in sights:
        if any((sight.cadre, sight.kind, key) in known and key in known[sight.cadre, sight.kind, key].own for key in sight.own):
            continue
        log = logs[sight.log]
        before = next((known[at] for key in sight.other if (at := (sight.cadre, sight.kind, key)) in known), None)
        if before is not None and sight.kind != "travel":
            if before.state == Clue.State.OPEN and before.question_id is None:
                before.own, before.last_on, before.first_on = (
                    [*before.own, *sight.own],
                    max(before.last_on, log.on),
                    min(before.first_on, log.on),
                )
                grown[before.pk] = before
                known |= {(sight.cadre, sight.kind, key): before for key in sight.own}
            continue
        clue = Clue(
            posting_id=log.posting_id, cadre=sight.cadre, region_id=log.region_id, shown_in=settings.ROOT_REGION, kind=sight.kind, own=sight.own,
            other=sight.other, seen=sight.seen, first_on=log.on, last_on=log.on, found_on=today, due_on=days[log.region_id], event=current_event(),
        )  # fmt: skip
        made.append(clue)
        known |= {(sight.cadre, sight.kind, key): clue for key in (*sight.own, *sight.other)}
        count += 1
    Clue.unscoped.bulk_create(made)
    Clue.unscoped.bulk_update([clue for key, clue in grown.items() if clue not in made], ["own", "first_on", "last_on"])
    if made:
        announce("clues_found", cadres=sorted({clue.cadre for clue in made}))
    return count


def _answer_days(regions: set[str], today: dt.date) -> dict[str, dt.date]:
    """Until when the author of each place has time: working days, without those of an emergency there."""
    found = {}
    for region, measures in Measures.at(regions, on=today).items():
        try:
            found[region] = after_workdays_in(region, today, measures.answer_workdays)
        except CalendarEnds:  # beyond the published holidays: more days rather than fewer
            found[region] = today + dt.timedelta(days=2 * measures.answer_workdays)
    return found


def _raise_questions(today: dt.date, *, by: Actor) -> None:
    """A question for the place of whoever left several clues without a word past their day; only of people who have an account to answer with."""
    rows = Clue.objects.visible_to(by).filter(state=Clue.State.OPEN, question__isnull=True, due_on__lt=today).order_by("found_on", "id")
    of: dict[uuid.UUID, list[Clue]] = defaultdict(list)
    for clue in rows:
        of[clue.posting_id].append(clue)
    measures = Measures.at({found[0].region_id for found in of.values()}, on=today) if of else {}
    running = ClueQuestion.objects.visible_to(by).filter(state__in=["waiting", "asked"]).values_list("posting_id", flat=True)
    asked = set(running)
    accounts = set(
        User.objects.filter(is_active=True, person__in={found[0].cadre for found in of.values()}).values_list("person", flat=True)
    )
    names = dict(Posting.objects.visible_to(by).filter(pk__in=list(of)).values_list("pk", "cadre_name"))
    for posting, found in of.items():
        measure = measures[found[0].region_id]
        recent = [clue for clue in found if (today - clue.found_on).days <= measure.pattern_days]
        if len(recent) < measure.pattern_count or posting in asked or found[0].cadre not in accounts:
            continue
        question = ClueQuestion.unscoped.create(
            posting_id=posting, cadre=found[0].cadre, cadre_name=names.get(posting, ""), region_id=found[0].region_id, raised_on=today,
            event=current_event(),
        )  # fmt: skip
        for clue in recent:
            clue.question, clue.shown_in = question, clue.region_id
        Clue.unscoped.bulk_update(recent, ["question", "shown_in"])


def _forget(measures: Measures, today: dt.date, *, by: Actor) -> None:
    """What is past its time goes for good; what was answered goes out of every sight but its author's."""
    before = today - dt.timedelta(days=measures.keep_days)
    settled = Q(state=Clue.State.EXPLAINED) & ~Q(shown_in=settings.ROOT_REGION)
    Clue.objects.visible_to(by).filter(settled).update(shown_in=settings.ROOT_REGION)
    Clue.objects.visible_to(by).filter(found_on__lt=before).delete()
    ClueQuestion.objects.visible_to(by).filter(raised_on__lt=before).delete()
    LogPoint.objects.visible_to(by).filter(said_at__date__lt=before).delete()
