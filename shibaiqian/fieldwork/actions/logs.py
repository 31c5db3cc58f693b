"""What an official does on a day, typed once: the log, its visits and practical services; confirming a service."""

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from typing import Any

import polars as pl

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused, command, current_event, note_in_event
from shibaiqian.access.roles import Permission
from shibaiqian.access.rows import Rows, RowsRefused, Written
from shibaiqian.assistance.excel import keys_of, present
from shibaiqian.base import clock
from shibaiqian.base.bulk import in_one_message, insert_frame, insert_rows
from shibaiqian.base.ids import new_id, new_ids
from shibaiqian.base.spreadsheets.findings import Findings
from shibaiqian.fieldwork.excel import logs_of_days, prepare_logs, prepare_services
from shibaiqian.fieldwork.models import PracticalService, WorkLog, WorkLogItem
from shibaiqian.fieldwork.rules import within_posting
from shibaiqian.households.models import Household
from shibaiqian.indicators.actions import moving
from shibaiqian.postings.models import Posting
from shibaiqian.regions.models import Region

SERVICE_TYPES = {
    "id": "uuid", "posting_id": "uuid", "official": "text", "region": "text", "household_id": "uuid", "beneficiary": "text", "kind": "text",
    "content": "text", '"on"': "date", "amount_cents": "bigint", "confirmation": "text", "confirmed_on": "date", "log_item_id": "uuid",
    "typed_by": "text",
}  # fmt: skip
LOG_TYPES = {
    "id": "uuid", "posting_id": "uuid", "cadre": "uuid", "region": "text", '"on"': "date", "recorded_at": "timestamptz",
    "said_at": "timestamptz",
}  # fmt: skip
ITEM_TYPES = {
    "id": "uuid", "log_id": "uuid", "region": "text", "category": "text", "household_id": "uuid", "content": "text", "problem": "text",
    "follow_up_due": "date", "follows_id": "uuid", "typed_by": "text",
}  # fmt: skip
VISIT_TYPES = {
    "id": "uuid", "household_id": "uuid", "region": "text", "posting_id": "uuid", "official": "text", "log_item_id": "uuid", '"on"': "date",
    "content": "text", "typed_by": "text",
}  # fmt: skip
POINT_TYPES = {
    "id": "uuid", "log_id": "uuid", "cadre": "uuid", "region": "text", "latitude_e6": "integer", "longitude_e6": "integer",
    "accuracy_m": "integer", "said_at": "timestamptz",
}  # fmt: skip
ATTACHMENT_TYPES = {
    "id": "uuid", "item_id": "uuid", "region": "text", "household_id": "uuid", "sha256": "text", "stored": "text", "kind": "text",
    "size": "integer", "picture_hash": "bigint",
}  # fmt: skip
ONCE = ['(posting_id, region, beneficiary, kind, "on", content) where voided_by is null']


class NotInPosting(Refused):
    """The day is not one of the official's posting, or is ahead of today."""


class NothingSaid(Refused):
    """A log without items, or an item without words."""


class HouseholdElsewhere(Refused):
    """The household is not in the place the official is posted to."""


class FollowUpWrong(Refused):
    """The day to come back lies before the day itself, or what is followed up is not a thing of this place."""


class AlreadyConfirmed(Refused):
    """A service is confirmed once."""


class ConfirmationRefused(Refused):
    """How or when it was confirmed cannot be right."""


@dataclass(frozen=True)
class ServiceDone:
    """What makes an item a practical service. `beneficiary` is any villager, poor or not; an item's household gives its head."""

    kind: str
    beneficiary: str = ""
    amount_cents: int | None = None
    confirmation: str = ""
    confirmed_on: dt.date | None = None


@dataclass(frozen=True)
class PhotoOf:
    """A photo or voice memo that is in the store already: its hash as sent, its key as kept."""

    sha256: str
    stored: str
    kind: str
    size: int
    picture_hash: int | None = None


@dataclass(frozen=True)
class LogEntry:
    """One thing of a day. A household makes it a visit as well, `service` a practical service; `region` is its village.

    `problem` is what could not be solved, `follow_up_due` when to come back to it, `follows` the item that this one comes back to.
    """

    category: str
    content: str
    household: uuid.UUID | None = None
    region: str = ""
    service: ServiceDone | None = None
    photos: tuple[PhotoOf, ...] = ()
    problem: str = ""
    follow_up_due: dt.date | None = None
    follows: uuid.UUID | None = None
    key: uuid.UUID | None = None  # of the item it becomes
    typed_by: str = ""  # who typed it, where that was not the official

    def audit_digest(self) -> dict[str, Any]:
        """What the audit keeps: what kind of thing for which household, and a digest of the words."""
        service = (
            [self.service.kind, self.service.beneficiary, self.service.amount_cents, self.service.confirmation] if self.service else None
        )
        photos = [photo.sha256 for photo in self.photos]
        more = [self.problem, str(self.follow_up_due or ""), str(self.follows or "")]
        said = json.dumps([self.category, self.content, str(self.household or ""), self.region, service, photos, *more], ensure_ascii=False)
        digest = hashlib.sha256(said.encode()).hexdigest()
        return {"category": self.category, "household": str(self.household or ""), "sha256": digest}


@dataclass(frozen=True)
class Point:
    """Where somebody was, once and because they chose to say so; in millionths of a degree (WGS-84)."""

    latitude_e6: int
    longitude_e6: int
    accuracy_m: int


@dataclass(frozen=True)
class Told:
    """When something was written down, by the programme's clock (now, where nobody says), and where, if the official chose to say so."""

    at: dt.datetime | None = None
    point: Point | None = None
    is_unknown: bool = False  # nobody knows when: the clock of who wrote cannot have been right

    def audit_digest(self) -> dict[str, Any]:
        """Nothing: the same record heard again is the same, however the clocks stood."""
        return {}

    @property
    def moment(self) -> dt.datetime:
        return self.at or clock.business_now()


@dataclass(frozen=True)
class DayLog:
    """What was done on a day; `operation` is the phone's id of it, for the audit."""

    on: dt.date
    items: tuple[LogEntry, ...]
    operation: uuid.UUID | None = None
    told: Told = Told()

    def audit_digest(self) -> dict[str, Any]:
        return {"on": self.on.isoformat(), "operation": str(self.operation or ""), "items": [item.audit_digest() for item in self.items]}


@command(Permission.KEEP_FIELDWORK)
def log_day(posting: Posting, *, on: dt.date, items: Sequence[LogEntry], told: Told = Told(), by: Actor) -> WorkLog:
    """Write what the official did on a day; a day written before gets more items. Late entry is welcome.

    Each item with a household becomes a visit, each with a service a practical service, under the same event.
    """
    (log,) = _write(posting, [DayLog(on, tuple(items), told=told)], by=by)
    return log


@command(Permission.KEEP_FIELDWORK)
def log_days(posting: Posting, *, days: Sequence[DayLog], by: Actor) -> list[WorkLog]:
    """Write several days of a posting at once, all or none, as a phone brings them; the rules and the rows of `log_day`."""
    with in_one_message():
        return _write(posting, days, by=by)


def _write(posting: Posting, days: Sequence[DayLog], *, by: Actor) -> list[WorkLog]:
    """The logs of these days with their things, one row of a table after another: ten statements whatever their number."""
    for day in days:
        fit_day(posting, day)
    every = [item for day in days for item in day.items]
    check_followed(posting, every, by=by)
    households = households_of(posting, every, by=by)
    logs = _logs_of(posting, days, by=by)
    things = [
        Thing(item.key or new_id(), logs[day.on].pk, day.on, item, households.get(item.household), place_of(item, households, posting))
        for day in days
        for item in day.items
    ]
    also = {"event": current_event()}
    rows = [
        (
            one.key, one.log, one.region, one.entry.category, one.home_key, one.content, one.entry.problem.strip(), one.entry.follow_up_due,
            one.entry.follows, one.entry.typed_by,
        )
        for one in things
    ]  # fmt: skip
    insert_rows("fieldwork_worklogitem", rows, ITEM_TYPES, also=also)
    at_home = [one for one in things if one.home is not None]
    visits = [
        (new_id(), one.home_key, one.region, posting.pk, posting.cadre_name, one.key, one.on, one.content, one.entry.typed_by)
        for one in at_home
    ]
    insert_rows("fieldwork_visit", visits, VISIT_TYPES, also=also)
    photos = [
        (new_id(), one.key, one.region, one.home_key, photo.sha256, photo.stored, photo.kind, photo.size, photo.picture_hash)
        for one in things
        for photo in one.entry.photos
    ]
    insert_rows("fieldwork_attachment", photos, ATTACHMENT_TYPES, also=also)
    _services(posting, things, by=by)
    if by.person == posting.cadre_id:  # of nobody but oneself
        points = [
            (new_id(), logs[day.on].pk, posting.cadre_id, posting.region_id, *astuple(day.told.point), day.told.moment)
            for day in days
            if day.told.point and not day.told.is_unknown
        ]
        insert_rows("fieldwork_logpoint", points, POINT_TYPES, also=also)
    return [logs[day.on] for day in days]


@dataclass(frozen=True)
class Thing:
    """One thing of a day with its keys, as it becomes rows."""

    key: uuid.UUID
    log: uuid.UUID
    on: dt.date
    entry: LogEntry
    home: Household | None
    region: str

    @property
    def home_key(self) -> uuid.UUID | None:
        return self.home.pk if self.home else None

    @property
    def content(self) -> str:
        return self.entry.content.strip()


def fit_day(posting: Posting, day: DayLog) -> None:
    """Refuse a day without words, or one that is not the posting's."""
    if not day.items or any(not item.content.strip() for item in day.items):
        raise NothingSaid("请至少写一件事，并写明内容。")
    if day.on > clock.today():
        raise NotInPosting(f"日期 {day.on} 晚于今天，请核对。")
    if not within_posting(day.on, arrived_on=posting.arrived_on, ended_on=posting.ended_on):
        raise NotInPosting(f"{day.on} 不在任职期间（{posting.arrived_on or '未到任'} 至 {posting.ended_on or '今'}），请核对日期。")
    if any(item.follow_up_due and item.follow_up_due < day.on for item in day.items):
        raise FollowUpWrong(f"跟进日期早于 {day.on}，请核对。")


def check_followed(posting: Posting, items: Sequence[LogEntry], *, by: Actor) -> None:
    """What is followed up lies in the place of the posting; a predecessor's will do, and it may be followed up more than once."""
    wanted = {item.follows for item in items if item.follows}
    low = posting.region_id
    if wanted and WorkLogItem.objects.visible_to(by).filter(pk__in=wanted, region__gte=low, region__lt=f"{low}:").count() < len(wanted):
        raise FollowUpWrong("要跟进的那件事不在挂职地的日志里，请重新选择。")


def _logs_of(posting: Posting, days: Sequence[DayLog], *, by: Actor) -> dict[dt.date, WorkLog]:
    """The log of each day, made where there is none. The posting is locked: nobody else makes one meanwhile."""
    # Of what somebody else typed nobody knows when the official would have written it.
    said = {day.on: None if day.told.is_unknown or all(item.typed_by for item in day.items) else day.told.moment for day in reversed(days)}
    found = {log.on: log for log in WorkLog.objects.visible_to(by).filter(posting=posting, on__in=said)}
    made = [
        WorkLog(
            posting=posting, cadre=posting.cadre_id, region_id=posting.region_id, on=on, recorded_at=clock.business_now(), said_at=said[on],
            event=current_event(),
        )
        for on in sorted(said.keys() - found.keys())
    ]  # fmt: skip
    rows = [(log.pk, posting.pk, log.cadre, log.region_id, log.on, log.recorded_at, log.said_at) for log in made]
    insert_rows("fieldwork_worklog", rows, LOG_TYPES, also={"event": current_event()})
    return found | {log.on: log for log in made}


@command(Permission.KEEP_FIELDWORK)
def register_logs(region: Region, *, rows: Rows, by: Actor) -> Written:
    """Take in work logs kept elsewhere, one thing of a day in a row; a day written before gets more. The rules of `log_day`.

    A row with a household becomes a visit too. Practical services have a ledger of their own.
    """
    frame = prepare_logs(region, rows=rows, by=by).or_refuse().frame
    said = pl.col("recorded_at").dt.replace_time_zone(clock.SHANGHAI.key)
    told = said.fill_null(clock.business_now())
    frame = frame.with_columns(
        told, said.alias("said_at"), pl.col("on").alias('"on"'), pl.Series("id", new_ids(frame.height), dtype=pl.String)
    )
    items = _in_logs(frame).with_columns(
        pl.col("problem").fill_null(""), pl.col("typed_by").fill_null(""), pl.lit(None, pl.String).alias("follows_id")
    )
    also = {"event": current_event()}
    insert_frame("fieldwork_worklogitem", items, ITEM_TYPES, also=also)
    visits = items.filter(pl.col("household_id").is_not_null()).rename({"id": "log_item_id"})
    visits = visits.with_columns(pl.Series("id", new_ids(visits.height), dtype=pl.String))
    insert_frame("fieldwork_visit", visits, VISIT_TYPES, also=also)
    note_in_event(written=items.height, visits=visits.height)
    return Written(count=items.height, regions=items["region"].unique().sort().to_list())


@command(Permission.KEEP_FIELDWORK)
def register_services(region: Region, *, rows: Rows, by: Actor) -> Written:
    """Register practical services: a ledger, the one row of a form, or those of a day's log."""
    prepared = prepare_services(region, rows=rows, by=by).or_refuse()
    frame = prepared.frame
    links = pl.col("log_item_id") if "log_item_id" in frame.columns else pl.lit(None, pl.String)
    frame = frame.with_columns(
        pl.Series("id", new_ids(frame.height), dtype=pl.String), pl.col("on").alias('"on"'), links.alias("log_item_id"),
        pl.col("typed_by").fill_null(""),
    )  # fmt: skip
    with moving(["practical_services"], region=region.code, keys=frame["id"].to_list()):
        inserted = insert_frame(
            "fieldwork_practicalservice", frame, SERVICE_TYPES, also={"event": current_event()}, conflict=ONCE, returning="id::text"
        )
    if len(inserted) != frame.height:  # somebody registered the same meanwhile
        _refuse_taken(frame, inserted, sheet=rows.sheet)
    note_in_event(written=frame.height, confirmed=frame.filter(pl.col("confirmation") != "").height)
    return Written(count=frame.height, regions=frame["region"].unique().sort().to_list())


@command(Permission.HEAR_HOUSEHOLDS)
def confirm_service(service: PracticalService, *, confirmation: str, on: dt.date, by: Actor) -> PracticalService:
    """Record that the beneficiary signed, gave a fingerprint before a witness, or two villagers testified; now it counts."""
    if service.confirmation:
        raise AlreadyConfirmed("这件实事已经确认过，不用再确认。")
    if confirmation not in PracticalService.Confirmation.values or not confirmation:
        raise ConfirmationRefused("请选择确认方式：签字、按手印（有见证人）或两名村民见证。")
    if not service.on <= on <= clock.today():
        raise ConfirmationRefused(f"确认日期 {on} 应在办理日期 {service.on} 之后、今天之前，请核对。")
    with moving(["practical_services"], region=service.region_id, keys=[service.pk]):
        service.confirmation, service.confirmed_on = confirmation, on
        service.save(update_fields=["confirmation", "confirmed_on"])
    return service


def _in_logs(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows with the log of their day, which is made where there is none; somebody may write the same day meanwhile."""
    postings = keys_of(
        "select id::text, cadre_id::text, region from postings_posting where id = any(%s::uuid[])",
        [present(frame, "posting_id")],
        {"posting_id": pl.String, "cadre": pl.String, "host": pl.String},
    )
    days = (
        frame.filter(pl.col("log_id").is_null())
        .group_by("posting_id", '"on"', maintain_order=True)
        .agg(pl.col("recorded_at", "said_at").min())
    )
    days = days.join(postings, on="posting_id", maintain_order="left").rename({"host": "region"})
    days = days.with_columns(pl.Series("id", new_ids(days.height), dtype=pl.String))
    insert_frame(
        "fieldwork_worklog", days, LOG_TYPES, also={"event": current_event()}, conflict=['(posting_id, "on") where voided_by is null']
    )
    return frame.drop("log_id").join(logs_of_days(frame), on=["posting_id", "on"], maintain_order="left")


def households_of(posting: Posting, items: Sequence[LogEntry], *, by: Actor) -> dict[uuid.UUID | None, Household]:
    """The households of the items, which lie in the place of the posting and in the actor's scope."""
    wanted = {item.household for item in items if item.household}
    low = posting.region_id
    found = Household.objects.visible_to(by).filter(pk__in=wanted, region__gte=low, region__lt=f"{low}:") if wanted else []
    households: dict[uuid.UUID | None, Household] = {household.pk: household for household in found}
    if len(households) < len(wanted):
        raise HouseholdElsewhere("有的户不在挂职地的贫困户名册中，请重新选择。")
    return households


def place_of(item: LogEntry, households: dict[uuid.UUID | None, Household], posting: Posting) -> str:
    """The village of a thing: its household's, else the one said, else the posting's."""
    if item.household:
        return households[item.household].region_id
    if item.region and not item.region.startswith(posting.region_id):
        raise HouseholdElsewhere("所选的村（社区）不在挂职地范围内，请重新选择。")
    return item.region or posting.region_id


def _services(posting: Posting, things: Sequence[Thing], *, by: Actor) -> None:
    """Register the services of a log by the same command, and so by the same rules, as a ledger."""
    said = []
    for number, one in enumerate(things, start=1):
        service = one.entry.service
        if service is not None:
            said.append(
                {
                    "row": number, "posting_number": posting.number, "village_code": one.region, "on": one.on, "content": one.content,
                    "household_number": one.home.number if one.home else None, "kind": service.kind,
                    "beneficiary": service.beneficiary.strip() or (one.home.head_name if one.home else None),
                    "amount_cents": service.amount_cents, "confirmation": service.confirmation or None,
                    "confirmed_on": service.confirmed_on, "log_item_id": str(one.key), "typed_by": one.entry.typed_by,
                }
            )  # fmt: skip
    if said:
        region = Region.objects.get(pk=posting.region_id)
        register_services(region, rows=Rows(pl.DataFrame(said, infer_schema_length=None)), by=by)


def _refuse_taken(frame: pl.DataFrame, inserted: Sequence[object], *, sheet: str) -> None:
    findings = Findings()
    for row, beneficiary in frame.filter(~pl.col("id").is_in(inserted)).select("row", "beneficiary").iter_rows():
        findings.refuse(
            sheet=sheet, row=row, column="办理内容", code="known", message=f"这件实事已经登记过（{beneficiary}）。", mend="请删去这一行。"
        )
    raise RowsRefused(findings)
