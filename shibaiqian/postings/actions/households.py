"""Households bound to posted officials (包户): bound, passed on to whoever follows, and told (S23)."""

import datetime as dt
import uuid
from collections.abc import Sequence

import polars as pl
from django.db import connection

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import NotVisible, Refused, command, current_event, note_in_event
from shibaiqian.access.roles import Permission
from shibaiqian.access.rows import Rows, Written
from shibaiqian.base import clock
from shibaiqian.base.bulk import insert_frame, staged
from shibaiqian.base.ids import new_ids
from shibaiqian.households.models import Household
from shibaiqian.postings.excel.bound_households import prepare_bindings, prepare_successors
from shibaiqian.postings.models import Pairing, PostedHousehold, Posting
from shibaiqian.postings.pairings import RELEASED
from shibaiqian.postings.rules import covers
from shibaiqian.regions.models import Region

TYPES = {"id": "uuid", "posting_id": "uuid", "household_id": "uuid", "region": "text", "cadre_name": "text", "since": "date"}
PASSED = {"posting_id": "uuid", "household_id": "uuid", "day": "date", "to_id": "uuid", "helper_id": "uuid"}


class BindingRefused(Refused):
    """A household is not bound or passed on like this."""


@command(Permission.KEEP_POSTINGS)
def bind_households(region: Region, *, rows: Rows, by: Actor) -> Written:
    """Bind households of a region to posted officials from a day on; several may be bound to one household."""
    frame = prepare_bindings(region, rows=rows, by=by).or_refuse().frame
    _insert(frame.select("posting_id", "household_id", "cadre_name", "since", region="home"))
    return Written(count=frame.height, regions=sorted(frame["home"].unique().to_list()))


@command(Permission.KEEP_POSTINGS)
def assign_successors(region: Region, *, rows: Rows, by: Actor) -> Written:
    """Say for bound households who follows from a day on: another posting, or a helper the household is paired with already."""
    frame = prepare_successors(region, rows=rows, by=by).or_refuse().frame
    _pass_on(frame.select("posting_id", "household_id", "to_id", "helper_id", day="on"))
    to_postings = frame.filter(pl.col("to_id").is_not_null())
    _insert_missing(to_postings.select("household_id", posting_id="to_id", region="home", cadre_name="to_name", since="on"))
    return Written(count=frame.height, regions=sorted(frame["home"].unique().to_list()))


@command(Permission.KEEP_POSTINGS)
def pass_households(posting: Posting, *, to: Posting, on: dt.date, by: Actor) -> Written:
    """Pass all households that a posting still has, and that are not stably out of poverty, to another running posting."""
    follower = Posting.objects.visible_to(by).filter(pk=to.pk).first()
    if follower is None:
        raise NotVisible(Posting.__name__)
    if follower.ended_on is not None or follower.pk == posting.pk or not covers(follower.region_id, posting.region_id):
        raise BindingRefused(f"{follower.cadre_name}不在{posting.host_name}任职或已结束挂职，不能接续这些户。")
    _must_not_be_future(on)
    return Written(count=_pass_all(_open_of(posting), to=follower, on=on), regions=[posting.region_id])


@command(Permission.KEEP_POSTINGS)
def leave_to_helpers(posting: Posting, *, on: dt.date, by: Actor) -> Written:
    """The helpers who are paired with a posting's households already follow for them; households without a helper stay open.

    Of several helpers the one who has been there longest.
    """
    _must_not_be_future(on)
    open_ones = _open_of(posting)
    pairs = Pairing.objects.visible_to(by).filter(household__in=[row.household_id for row in open_ones], until__isnull=True)
    helpers: dict[uuid.UUID, uuid.UUID] = {}
    for household, helper in pairs.order_by("since", "id").values_list("household_id", "helper_id"):
        helpers.setdefault(household, helper)
    rows = [(str(posting.pk), str(r.household_id), on, None, str(helpers[r.household_id])) for r in open_ones if r.household_id in helpers]
    _pass_on(_passed(rows))
    note_in_event(left_open=len(open_ones) - len(rows))
    return Written(count=len(rows), regions=[posting.region_id])


def take_over(old: Posting, new: Posting, *, on: dt.date) -> int:
    """Bind who follows in a post to what the former had and is not stably out of poverty, helpers who stood in included. How many.

    Part of a command.
    """
    stood_in = PostedHousehold.objects.for_everyone(because="the households of a posting in hand").filter(
        posting=old, until__isnull=False, successor_helper__isnull=False, voided_by__isnull=True
    )
    rest = list(stood_in.exclude(household__state__in=RELEASED))
    return _pass_all([*_open_of(old), *rest], to=new, on=on)


def _pass_all(rows: Sequence[PostedHousehold], *, to: Posting, on: dt.date) -> int:
    """End what is still running of these bindings, and bind their households to a posting."""
    since = max(on, to.appointed_on)
    open_ones = [row for row in rows if row.until is None]
    _pass_on(_passed([(str(r.posting_id), str(r.household_id), max(since, r.since), str(to.pk), None) for r in open_ones]))
    homes = {str(row.household_id): row.region_id for row in rows}
    frame = pl.DataFrame(
        {"household_id": list(homes), "region": list(homes.values())}, schema=dict.fromkeys(("household_id", "region"), pl.String)
    )
    _insert_missing(frame.with_columns(posting_id=pl.lit(str(to.pk)), cadre_name=pl.lit(to.cadre_name), since=pl.lit(since)))
    return len(homes)


@command(Permission.KEEP_POSTINGS)
def tell_households(region: Region, *, households: Sequence[uuid.UUID], on: dt.date, by: Actor) -> Written:
    """Record that households were told who is responsible for them from now on (told_on), for officials and helpers."""
    _must_not_be_future(on)
    wanted = set(households)
    found = Household.objects.visible_to(by).filter(pk__in=wanted).values_list("pk", "region_id")
    inside = {key for key, home in found if home.startswith(region.code)}
    if inside != wanted:
        raise NotVisible(Household.__name__)
    bound = PostedHousehold.objects.visible_to(by).filter(household__in=inside, told_on__isnull=True)
    told = bound.update(told_on=on)
    told += Pairing.objects.visible_to(by).filter(household__in=inside, told_on__isnull=True, until__isnull=True).update(told_on=on)
    return Written(count=told, regions=[region.code])


def _must_not_be_future(on: dt.date) -> None:
    if on > clock.today():
        raise BindingRefused(f"日期 {on} 晚于今天，请改正。")


def _open_of(posting: Posting) -> list[PostedHousehold]:
    """Bound now and not stably out of poverty, locked in the order of keys."""
    rows = PostedHousehold.objects.for_everyone(because="the households of a posting in hand").filter(
        posting=posting, until__isnull=True, voided_by__isnull=True
    )
    return list(rows.exclude(household__state__in=RELEASED).order_by("pk").select_for_update(no_key=True, of=("self",)))


def _passed(rows: Sequence[tuple[object, ...]]) -> pl.DataFrame:
    schema = {name: pl.Date if kind == "date" else pl.String for name, kind in PASSED.items()}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _pass_on(frame: pl.DataFrame) -> None:
    """End bindings on a day and say who follows."""
    with staged(frame, PASSED) as stage, connection.cursor() as cursor:
        cursor.execute(
            f"update postings_postedhousehold b set until = s.day, ended_by = %s, successor_posting_id = s.to_id,"  # noqa: S608
            f" successor_helper_id = s.helper_id from {stage} s"
            " where b.posting_id = s.posting_id and b.household_id = s.household_id and b.until is null and b.voided_by is null",
            [current_event()],
        )


def _insert(frame: pl.DataFrame) -> None:
    ready = frame.with_columns(pl.Series("id", new_ids(frame.height), dtype=pl.String))
    insert_frame("postings_postedhousehold", ready, TYPES, also={"event": current_event()})


def _insert_missing(frame: pl.DataFrame) -> None:
    """Bind what is not bound already; a household that two pass to one official is bound once."""
    ready = frame.unique(["posting_id", "household_id"], keep="first", maintain_order=True)
    ready = ready.with_columns(pl.Series("id", new_ids(ready.height), dtype=pl.String))
    insert_frame("postings_postedhousehold", ready, TYPES, also={"event": current_event()}, conflict=[])
