"""The meter: minutes and fields asked of an official per week, estimated from the records of a place. Never of a person.

Five queries, whatever the place: one counts all the records of all forms by week and by the places below.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, Case, Count, F, IntegerField, Model, Q, QuerySet, Sum, TextField, Value, When
from django.db.models.functions import Coalesce, Left, Length, TruncDate
from django.utils.translation import gettext_lazy as _

from shibaiqian.access.actor import Actor
from shibaiqian.access.roles import Permission
from shibaiqian.base import clock
from shibaiqian.console.burden.forms import FORM_OF, FORMS
from shibaiqian.console.burden.records import COUNTED, Always, Held, Records
from shibaiqian.console.burden.registry import AskedForm, Asker, Typed
from shibaiqian.documents.models import IssuedDocument
from shibaiqian.fieldwork.models import AttendanceMonth, DutyReport, ExpenseClaim, MonthlySummary
from shibaiqian.policy.queries import UnknownParameter, parameters_over
from shibaiqian.policy.rules import KEY_OF
from shibaiqian.postings.models import Posting
from shibaiqian.regions.queries import region_names
from shibaiqian.reports.models import Snapshot

WEEKS = 8  # that are over
FEWEST = 5  # officials of a place of which an average is shown: of fewer it would be somebody's own
DAY, WEEK = dt.timedelta(days=1), dt.timedelta(days=7)
BELOW = {4: 6, 6: 9}
FORM, CHOICE, CHARACTER = "burden_seconds_form", "burden_seconds_choice", "burden_seconds_character"
BECAUSE = "counts of records of a place without persons; the wall decides"
# What is made of the records: what it is called, its rows, their day, which of them.
MADE: tuple[tuple[Any, type[Model], Any, Q | None], ...] = (
    (_("考勤月报（按日志、走访、请假推定）"), AttendanceMonth, "submitted_on", Q(submitted_on__isnull=False)),
    (_("月小结中的数量"), MonthlySummary, "submitted_on", Q(submitted_on__isnull=False)),
    (_("述职报告中的数量"), DutyReport, "submitted_on", Q(submitted_on__isnull=False)),
    (_("补助报销单"), ExpenseClaim, "drawn_on", None),
    (_("公文和介绍信"), IssuedDocument, "on", None),
    (_("简报和统计报表"), Snapshot, TruncDate("issued_at"), None),
)  # fmt: skip
TYPED = {fact.code: fact.typed for form in FORMS for fact in form.facts}


@dataclass(frozen=True)
class Load:
    """What was written: forms sent, fields filled, seconds it is taken to have cost."""

    forms: int = 0
    fields: int = 0
    seconds: float = 0

    def __add__(self, other: "Load") -> "Load":
        return Load(self.forms + other.forms, self.fields + other.fields, self.seconds + other.seconds)


@dataclass(frozen=True)
class Share:
    """A load as one official's part of a week, on average. None where nobody serves, or too few for an average."""

    load: Load
    official_weeks: int

    @property
    def minutes(self) -> float | None:
        return round(self.load.seconds / 60 / self.official_weeks, 1) if self.official_weeks else None

    @property
    def fields(self) -> float | None:
        return round(self.load.fields / self.official_weeks, 1) if self.official_weeks else None


@dataclass(frozen=True)
class Meter:
    """The load of a place over the weeks, by week, form and the places below."""

    region: str
    weeks: Sequence[dt.date]  # Mondays
    officials: Mapping[tuple[dt.date, str], int]  # by week and place below
    loads: Mapping[tuple[dt.date, str, str], Load]  # by week, form and place below
    seconds: Mapping[tuple[str, dt.date], float]
    names: Mapping[str, str]

    def share(self, *, week: dt.date | None = None, form: str = "", asker: Asker | None = None, place: str = "") -> Share:
        """The part of what fits; what is left out is everything."""
        found = sum(
            (
                load for (monday, code, below), load in self.loads.items()
                if (week is None or monday == week) and form in ("", code) and place in ("", below) and (asker is None or FORM_OF[code].asker is asker)
            ),
            Load(),
        )  # fmt: skip
        of = (n for (monday, below), n in self.officials.items() if (week is None or monday == week) and place in ("", below))
        return Share(found, sum(of))

    @property
    def askers(self) -> list[Asker]:
        """Who asked for anything, in the order of the list."""
        found = {FORM_OF[code].asker for (_week, code, _place), load in self.loads.items() if load.fields or load.forms}
        return [asker for asker in Asker if asker in found]

    @property
    def forms(self) -> list[AskedForm]:
        return [form for form in FORMS if any(code == form.code for _week, code, _place in self.loads)]

    @property
    def places(self) -> list[tuple[str, str, int, Share | None]]:
        """Places below in the order of their codes, with their officials in the last week; no share where they are too few."""
        codes = sorted({place for _week, place in self.officials if len(place) > len(self.region)})
        last = self.weeks[-1]
        counted = ((code, min(self.officials.get((week, code), 0) for week in self.weeks)) for code in codes)
        return [
            (code, self.names.get(code, code), self.officials.get((last, code), 0), self.share(place=code) if least >= FEWEST else None)
            for code, least in counted
        ]  # fmt: skip


def measure(actor: Actor, *, region: str, weeks: int = WEEKS) -> Meter:
    """The meter of a place over its last weeks that are over. Four queries."""
    actor.must(Permission.VIEW_BURDEN)
    mondays = weeks_over(weeks)
    digits = BELOW.get(len(region), len(region))
    seconds = _seconds(region, mondays)
    loads: dict[tuple[dt.date, str, str], Load] = defaultdict(Load)
    for form, day, place, forms, choices, words, characters in _counted(region, mondays, digits):
        week = day - DAY * day.weekday()
        cost = forms * seconds[FORM, week] + choices * seconds[CHOICE, week] + characters * seconds[CHARACTER, week]
        loads[week, form, place] += Load(forms, choices + words, cost)
    officials = _officials(actor, region, mondays, digits)
    names = region_names(sorted({region, *(place for _week, place in officials)}))
    return Meter(region, mondays, officials, dict(loads), seconds, names)


def weeks_over(count: int) -> list[dt.date]:
    """The Mondays of the last so many weeks that are over."""
    last = clock.today() - DAY * clock.today().weekday() - WEEK
    return [last - WEEK * back for back in reversed(range(count))]


def generated(actor: Actor, *, region: str, weeks: Sequence[dt.date]) -> list[tuple[Any, int]]:
    """What was made of the records in these weeks without anybody typing it again, by kind. One query."""
    actor.must(Permission.VIEW_BURDEN)
    parts = [
        _within(model, day, where, region, weeks).annotate(_made=Value(number)) for number, (_label, model, day, where) in enumerate(MADE)
    ]
    rows = [part.order_by().values("_made").annotate(_count=Count("pk")).values_list("_made", "_count") for part in parts]
    found = dict(rows[0].union(*rows[1:], all=True))
    return [(label, found.get(number, 0)) for number, (label, *_of) in enumerate(MADE)]


def _seconds(region: str, weeks: Sequence[dt.date]) -> Mapping[tuple[str, dt.date], float]:
    """What the policy of each week takes an entry to cost. One query."""
    try:
        found = parameters_over((FORM, CHOICE, CHARACTER), region=region, days=weeks)
    except UnknownParameter:  # an installation that has not been given these numbers yet
        found = {(key, week): KEY_OF[key].default for key in (FORM, CHOICE, CHARACTER) for week in weeks}
    return {key: float(value) for key, value in found.items()}


def _officials(actor: Actor, region: str, weeks: Sequence[dt.date], digits: int) -> Mapping[tuple[dt.date, str], int]:
    """How many serve in each week and place below. One query."""
    rows = Posting.objects.visible_to(actor).filter(region_id__gte=region, region_id__lt=f"{region}:", arrived_on__lt=weeks[-1] + WEEK)
    rows = rows.exclude(ended_on__lt=weeks[0]).order_by()
    found: dict[tuple[dt.date, str], int] = defaultdict(int)
    for place, arrived, ended in rows.values_list("region_id", "arrived_on", "ended_on"):
        for week in weeks:
            if arrived < week + WEEK and (ended is None or ended >= week):
                found[week, place[:digits]] += 1
    return dict(found)


def _counted(region: str, weeks: Sequence[dt.date], digits: int) -> Iterable[tuple[str, dt.date, str, int, int, int, int]]:
    """By form, day and place: forms opened, choices made, texts written and their characters. One query."""
    parts = [_part(code, records, region, weeks, digits) for code, several in COUNTED.items() for records in several]
    return parts[0].union(*parts[1:], all=True)


def _part(code: str, records: Records, region: str, weeks: Sequence[dt.date], digits: int) -> "QuerySet[Any]":
    choices = [_is_filled(records, held) for fact, held in records.filled.items() if TYPED[fact] is not Typed.WORDS]
    words = [held for fact, held in records.filled.items() if TYPED[fact] is Typed.WORDS]
    rows = _within(records.model, records.day, records.where, region, weeks).annotate(_form=Value(code), _place=Left("region_id", digits))
    counted = rows.order_by().values("_form", "_day", "_place").annotate(
        _forms=Count("pk") if records.opens else Value(0),
        _choices=_total(choices),
        _words=_total([_is_filled(records, held) for held in words]),
        _characters=_total([_characters(held) for held in words]),
    )  # fmt: skip
    return counted.values_list("_form", "_day", "_place", "_forms", "_choices", "_words", "_characters")


def _within(model: type[Model], day: Any, where: Q | None, region: str, weeks: Sequence[dt.date]) -> "QuerySet[Any]":
    """The rows of a place in these weeks that stand."""
    rows: QuerySet[Any] = model.objects.for_everyone(because=BECAUSE)  # type: ignore[attr-defined]
    if any(column.name == "voided_by" for column in model._meta.fields):
        rows = rows.filter(voided_by__isnull=True)
    rows = rows.filter(where) if where is not None else rows
    rows = rows.filter(region_id__gte=region, region_id__lt=f"{region}:").annotate(_day=F(day) if isinstance(day, str) else day)
    return rows.filter(_day__gte=weeks[0], _day__lt=weeks[-1] + WEEK)


def _total(of: Sequence[Any]) -> Any:
    """The sum of some expressions of each row, over the rows."""
    return Coalesce(Sum(sum(of[1:], of[0]), output_field=IntegerField()), 0) if of else Value(0)


def _is_filled(records: Records, held: Held) -> Any:
    if isinstance(held, Always):
        return Value(1)
    some = Q(pk__in=[])
    for name in (held,) if isinstance(held, str) else held:
        column = records.model._meta.get_field(name)
        if isinstance(column, TextField):
            some |= Q(**{f"{name}__gt": ""})
        else:
            some |= Q(**{name: True}) if isinstance(column, BooleanField) and not column.null else Q(**{f"{name}__isnull": False})
    return Case(When(some, then=1), default=0, output_field=IntegerField())


def _characters(held: Held) -> Any:
    return Value(held.characters) if isinstance(held, Always) else Length(held if isinstance(held, str) else held[0])
