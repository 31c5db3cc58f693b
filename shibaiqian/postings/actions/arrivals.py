"""Officials report for duty (到岗): one by one or by a roster, by the same rules."""

import datetime as dt

import polars as pl
from django.db import connection

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import command, current_event, note_in_event
from shibaiqian.access.roles import Permission
from shibaiqian.access.rows import Prepared, Rows, Written
from shibaiqian.base.bulk import insert_frame, staged
from shibaiqian.base.ids import new_ids
from shibaiqian.postings.actions.party_relations import transfer
from shibaiqian.postings.actions.steps import next_state
from shibaiqian.postings.excel.arrivals import prepare_arrivals
from shibaiqian.postings.models import PartyTransfer, Posting, PostingChange
from shibaiqian.regions.models import Region

ARRIVED = {
    "posting_id": "uuid", "arrived_on": "date", "detached_on": "date", "acting_head": "text", "duties": "text", "party_out_on": "date",
    "party_in_on": "date",
}  # fmt: skip
ABOUT = {"id": "uuid", "posting_id": "uuid", "region": "text", "home_region": "text", "unit": "uuid", "cadre": "uuid"}


@command(Permission.KEEP_POSTINGS)
def record_arrivals(region: Region, *, rows: Rows, by: Actor) -> Written:
    """Record by a roster who reported for duty in a region; those who came late are noted. All or none."""
    numbers = rows.frame["number"].drop_nulls().to_list()
    waiting = Posting.objects.visible_to(by).filter(number__in=numbers).order_by("pk").select_for_update(no_key=True)
    list(waiting.values_list("pk"))
    prepared = prepare_arrivals(region, rows=rows, by=by).or_refuse()
    return _arrive(prepared, region=region)


@command(Permission.KEEP_POSTINGS)
def record_arrival(
    posting: Posting, *, on: dt.date, detached_on: dt.date | None = None, acting_head: str = "", duties: str = "", by: Actor
) -> Posting:
    """The official has reported for duty (到岗), with real duties; left the unit's work on `detached_on` (S24).

    A head of unit who leaves it names who acts as head. Refusals are those of the roster.
    """
    next_state(posting, "record_arrival")
    rows = Rows.of_form(
        number=posting.number, arrived_on=on, detached_on=detached_on, acting_head=acting_head or None, duties=duties or None
    )  # fmt: skip
    _arrive(prepare_arrivals(posting.region, rows=rows, by=by).or_refuse(), region=posting.region)
    posting.refresh_from_db()
    return posting


def _arrive(prepared: Prepared, *, region: Region) -> Written:
    frame = prepared.frame
    with staged(frame, ARRIVED) as stage, connection.cursor() as cursor:
        cursor.execute(
            f"""update postings_posting p set state = 'active', arrived_on = s.arrived_on, detached_on = s.detached_on,
                acting_head = coalesce(s.acting_head, ''), duties = coalesce(s.duties, p.duties),
                party_out_on = coalesce(s.party_out_on, p.party_out_on), party_in_on = coalesce(s.party_in_on, p.party_in_on)
            from {stage} s where p.id = s.posting_id"""  # noqa: S608 - the stage's name is ours
        )
    about = frame.rename({"cadre_id": "cadre", "unit_id": "unit"}).with_columns(
        pl.Series("id", new_ids(frame.height), dtype=pl.String),
        late=pl.when(pl.col("arrived_on") > pl.col("due_on")).then(pl.format("应于 {} 前到岗", "due_on")).otherwise(pl.lit("按时到岗")),
    )
    history = {"event": current_event(), "kind": PostingChange.Kind.ARRIVAL.value, "statement": "", "document_number": ""}
    # `on` is a word of SQL.
    insert_frame(
        "postings_postingchange",
        about.with_columns(pl.col("arrived_on").alias('"on"'), reason="late"),
        {**ABOUT, '"on"': "date", "reason": "text"},
        also=history,
    )
    _keep_letters(about.filter(pl.col("letter_number").is_not_null()))
    note_in_event(late=int((frame["arrived_on"] > frame["due_on"]).sum() or 0))
    return Written(count=frame.height, regions=[region.code])


def _keep_letters(about: pl.DataFrame) -> None:
    """The letters of party relations named in the roster, from the unit's party organisation to the host's."""
    PartyTransfer.unscoped.bulk_create(
        transfer(
            {"posting_id": row["posting_id"], "region_id": row["region"], **{name: row[name] for name in ("home_region", "unit", "cadre")}},
            direction=PartyTransfer.Direction.TO_HOST, letter_number=row["letter_number"], from_body=f"{row['unit_name']}党组织",
            to_body=f"{row['host_name']}党组织", out_on=row["party_out_on"], in_on=row["party_in_on"],
        )
        for row in about.iter_rows(named=True)
    )  # fmt: skip


def take_back_arrivals(event: int) -> None:
    """After the arrivals of an event were voided: their postings wait for arrival again. Part of undoing an import."""
    with connection.cursor() as cursor:
        cursor.execute(
            """update postings_posting p set state = 'pending_arrival', arrived_on = null, detached_on = null, acting_head = '',
                party_out_on = null, party_in_on = null
            from postings_postingchange c where c.posting_id = p.id and c.event = %s and c.kind = 'arrival' and p.state = 'active'""",
            [event],
        )
