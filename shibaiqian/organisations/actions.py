"""Registering units, binding them to villages, designating villages."""

import datetime as dt

import polars as pl
from django.db import connection

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused, command, current_event, note_in_event
from shibaiqian.access.roles import Permission
from shibaiqian.access.rows import Rows, Written
from shibaiqian.base import clock, pinyin
from shibaiqian.base.bulk import insert_frame, staged
from shibaiqian.base.ids import new_id, new_ids
from shibaiqian.organisations.excel import prepare_organisations, prepare_villages
from shibaiqian.organisations.models import Organisation, VillagePartner
from shibaiqian.regions.models import Region

# Columns of a unit that a later roster may change, with their types.
CHANGEABLE = {
    "name": "text", "short_name": "text", "kind": "text", "level": "text", "admin_parent_id": "uuid",
    "party_parent_id": "uuid", "department_class": "text", "head_name": "text", "pinyin": "text", "initials": "text",
}  # fmt: skip
UNIT_TYPES = {"id": "uuid", "code": "text", "region": "text", **CHANGEABLE}
NAME_TYPES = {"id": "uuid", "organisation_id": "uuid", "name": "text"}
PROFILE_TYPES = {
    "id": "uuid", "region": "text", "poor_village": "boolean", "rural_households": "integer",
    "rural_population": "integer", "farmland_centimu": "integer", "collective_income_cents": "bigint",
    "village_types": "text", "party_org": "text", "secretary": "text",
}  # fmt: skip
PARTNER_TYPES = {"id": "uuid", "region": "text", "unit_id": "uuid", "since": "date"}


class PartnerTooEarly(Refused):
    """A village is bound to its next unit only after the day it was bound to the one before."""


@command(Permission.REGISTER_ORGANISATIONS)
def register_organisations(region: Region, *, rows: Rows, by: Actor) -> Written:
    """Register units of a region, or change those registered before, by their codes; equal rows change nothing.

    A changed name is kept with its dates: the old one until yesterday, the new one from today. Counts new and
    changed rows.
    """
    frame = _keyed(prepare_organisations(region, rows=rows, by=by).or_refuse().frame)
    new = frame.filter(pl.col("known").is_null())
    with staged(frame.filter(pl.col("known").is_not_null()), UNIT_TYPES) as stage:
        _lock_units(stage)
        _change_names(stage)
        changed = _change_units(stage)
    if new.height:
        insert_frame("organisations_organisation", new, UNIT_TYPES, also={"event": current_event()})
        names = new.select(pl.Series("id", new_ids(new.height)), organisation_id="id", name="name")
        insert_frame(
            "organisations_organisationname",
            names,
            NAME_TYPES,
            also={"valid_from": clock.today(), "event": current_event()},
        )
    note_in_event(registered=new.height, changed=changed)
    return Written(count=new.height + len(changed), regions=[region.code])


def _keyed(frame: pl.DataFrame) -> pl.DataFrame:
    """With ids for new units, parents as ids, spellings for search; empty texts for nulls."""
    parents = ("admin_parent", "party_parent")
    frame = frame.with_columns(id=pl.coalesce("known", pl.Series("fresh", new_ids(frame.height))))
    own = dict(frame.select("code", "id").iter_rows())
    codes = {code for parent in parents for code in frame[f"{parent}_code"].drop_nulls()} - own.keys()
    rows = Organisation.objects.filter(voided_by__isnull=True, code__in=codes).values_list("code", "pk")
    own |= {code: str(pk) for code, pk in rows}
    return frame.with_columns(
        *[pl.col(f"{parent}_code").replace_strict(own, default=None, return_dtype=pl.String).alias(f"{parent}_id") for parent in parents],
        pl.col("short_name", "department_class", "head_name").fill_null(""),
        pinyin=pl.Series([pinyin.full(name) for name in frame["name"]], dtype=pl.String),
        initials=pl.Series([pinyin.initials(name) for name in frame["name"]], dtype=pl.String),
    )


def _lock_units(stage: str) -> None:
    """In the order of keys, so that two rosters at once wait for each other and do not lock crosswise."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"select 1 from organisations_organisation where id in (select id from {stage}) "  # noqa: S608
            "order by id for no key update"
        )


def _change_names(stage: str) -> None:
    """End the running name of renamed units yesterday and begin the new one today; a name that began today is corrected."""
    today = clock.today()
    renamed = f"{stage} s join organisations_organisation o on o.id = s.id and o.name <> s.name"
    running = "n.organisation_id = o.id and n.valid_to is null"
    with connection.cursor() as cursor:
        cursor.execute(
            f"update organisations_organisationname n set name = s.name from {renamed} "  # noqa: S608
            f"where {running} and n.valid_from = %s",
            [today],
        )
        cursor.execute(
            f"update organisations_organisationname n set valid_to = %s from {renamed} "  # noqa: S608
            f"where {running} and n.valid_from < %s returning s.id::text, s.name",
            [today - dt.timedelta(days=1), today],
        )
        names = pl.DataFrame(cursor.fetchall(), schema={"organisation_id": pl.String, "name": pl.String}, orient="row")
    if names.height:
        names = names.with_columns(id=pl.Series(new_ids(names.height)))
        also = {"valid_from": today, "event": current_event()}
        insert_frame("organisations_organisationname", names, NAME_TYPES, also=also)


def _change_units(stage: str) -> list[str]:
    """Change what differs; the codes of the changed units. The event that registered a unit stays with it."""
    sets = ", ".join(f"{column} = s.{column}" for column in CHANGEABLE)
    mine, said = (", ".join(f"{table}.{column}" for column in CHANGEABLE) for table in ("o", "s"))
    with connection.cursor() as cursor:
        cursor.execute(
            f"update organisations_organisation o set {sets} from {stage} s "  # noqa: S608
            f"where o.id = s.id and ({mine}) is distinct from ({said}) returning o.code"
        )
        return sorted(code for (code,) in cursor.fetchall())


@command(Permission.DESIGNATE_VILLAGES)
def designate_villages(region: Region, *, rows: Rows, by: Actor) -> Written:
    """Say of villages whether they are poor, how large, by whom led, and which unit is bound to them.

    An older profile that differs is voided and replaced; equal ones stay. A village's older partner unit ends the day
    before the new one begins. Counts villages whose profile is new.
    """
    frame = prepare_villages(region, rows=rows, by=by).or_refuse().frame
    profiles = frame.with_columns(
        pl.col("village_types", "party_org", "secretary").fill_null(""),
        pl.Series("id", new_ids(frame.height)),
        collective_income_cents=pl.col("collective_income"),
    ).sort("region")
    count = _replace_profiles(profiles)
    bound = _bind(frame.filter(pl.col("unit_id").is_not_null()).select("region", "unit_id", since="partner_since"))
    note_in_event(profiles=count, partners=bound)
    return Written(count=count, regions=[region.code])


def _replace_profiles(frame: pl.DataFrame) -> int:
    said = [column for column in PROFILE_TYPES if column not in ("id", "region")]
    mine, theirs = (", ".join(f"{table}.{column}" for column in said) for table in ("p", "s"))
    columns = ", ".join(PROFILE_TYPES)
    with staged(frame, PROFILE_TYPES) as stage, connection.cursor() as cursor:
        cursor.execute(
            f"update regions_villageprofile p set voided_by = %s from {stage} s where p.region = s.region "  # noqa: S608
            f"and p.voided_by is null and ({mine}) is distinct from ({theirs})",
            [current_event()],
        )
        cursor.execute(
            f"insert into regions_villageprofile ({columns}, event) select {columns}, %s from {stage} s "  # noqa: S608
            "where not exists (select 1 from regions_villageprofile p where p.region = s.region and p.voided_by is null)",
            [current_event()],
        )
        return cursor.rowcount


@command(Permission.DESIGNATE_VILLAGES)
def bind_partner(village: Region, *, unit: Organisation, since: dt.date, by: Actor) -> VillagePartner:
    """Bind a unit to a village from a day on; the one bound before ends the day before. The same unit stays."""
    if village.level != Region.Level.VILLAGE:
        raise Refused(f"{village.name}不是村（社区），不能指定包村单位。")
    if since > clock.today():
        raise Refused(f"包村起始日期 {since} 晚于今天，请改正。")
    _bind(pl.DataFrame({"region": [village.code], "unit_id": [str(unit.pk)], "since": [since]}))
    return VillagePartner.objects.visible_to(by).get(region=village, until__isnull=True)


@command(Permission.DESIGNATE_VILLAGES)
def bind_partners(region: Region, *, rows: Rows, by: Actor) -> Written:
    """Bind units to many villages of a region: columns `region`, `unit_id` and `since`, as keys. Counts new bindings."""
    return Written(count=_bind(rows.frame.select("region", "unit_id", "since")), regions=[region.code])


def _bind(frame: pl.DataFrame) -> int:
    """Bind units to villages (region, unit_id, since); how many bindings are new."""
    frame = frame.with_columns(pl.Series("id", [str(new_id()) for _ in range(frame.height)], dtype=pl.String)).sort("region")
    other = "p.region = s.region and p.voided_by is null and p.until is null"
    with staged(frame, PARTNER_TYPES) as stage, connection.cursor() as cursor:
        cursor.execute(
            f"select r.name, p.since, s.since from {stage} s join organisations_villagepartner p on {other} "  # noqa: S608
            "join regions_region r on r.code = s.region "
            "where p.unit_id <> s.unit_id and p.since >= s.since order by r.code limit 1"
        )
        if early := cursor.fetchone():
            raise PartnerTooEarly(f"{early[0]}现有包村单位自 {early[1]} 起包村，新单位的起始日期 {early[2]} 须晚于该日。")
        cursor.execute(
            f"update organisations_villagepartner p set until = s.since - 1 from {stage} s "  # noqa: S608
            f"where {other} and p.unit_id <> s.unit_id"
        )
        cursor.execute(
            f"insert into organisations_villagepartner (id, region, unit_id, since, event) "  # noqa: S608
            f"select id, region, unit_id, since, %s from {stage} s "
            f"where not exists (select 1 from organisations_villagepartner p where {other})",
            [current_event()],
        )
        return cursor.rowcount
