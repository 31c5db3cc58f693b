"""Pairings: who is responsible for which household (结对帮扶), the roster, the commands and the lists.

A household keeps every pairing it had: a change ends one row and adds another. None ends without a successor while the
household is not stably out of poverty (不脱贫不脱钩).
"""

import datetime as dt
import uuid

import polars as pl
from django.db import connection
from django.db.models import Count, Min, QuerySet

from shibaiqian.access.actions import assign_households
from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused, command, current_event, note_in_event
from shibaiqian.access.roles import Permission
from shibaiqian.access.rows import Prepared, Rows, RowsRefused, Written
from shibaiqian.base import clock, crypto, pinyin
from shibaiqian.base.bulk import staged
from shibaiqian.base.ids import new_ids
from shibaiqian.base.spreadsheets import Column, ColumnKind, Findings
from shibaiqian.households.excel.columns import HEAD, NUMBER, VILLAGE_CODE
from shibaiqian.households.excel.register import complete, is_form, with_households, without_known
from shibaiqian.households.models import Household, State
from shibaiqian.households.queries import frame_of
from shibaiqian.households.rules import Rule, check, form_rules
from shibaiqian.organisations.models import Organisation
from shibaiqian.postings.models import Helper, Pairing
from shibaiqian.regions.models import Region
from shibaiqian.regions.rules import bounds

# Whoever left for good needs no successor.
RELEASED = (State.STABLE_EXIT.value, State.DELISTED.value, State.DISSOLVED.value)
PHONE = r"^(1\d{10}|0\d{2,3}-?\d{7,8}|\d{7,8})$"
PERSON = uuid.UUID("6f0ef6a2-6f6b-4f41-9a6c-2f6c1b9f0c10")  # the namespace of helpers as persons

COLUMNS = (
    NUMBER,
    VILLAGE_CODE,
    HEAD,
    Column("helper_name", "帮扶责任人", required=True, aliases=("帮扶责任人姓名", "责任人")),
    Column("unit_code", "单位编码", ColumnKind.CODE, required=True),
    Column("post", "职务"),
    Column("phone", "联系电话"),
    Column("since", "结对日期", ColumnKind.DATE, required=True),
    Column("until", "解除日期", ColumnKind.DATE),
)
HELPER_TYPES = {
    "id": "uuid", "region": "text", "unit_id": "uuid", "name": "text", "pinyin": "text", "post": "text", "phone_sealed": "bytea",
    "phone_last4": "text",
}  # fmt: skip
PAIRING_TYPES = {
    "id": "uuid", "row": "integer", "household_id": "uuid", "helper_id": "uuid", "helper_name": "text", "helper_unit": "text",
    "helper_post": "text", "since": "date", "until": "date",
}  # fmt: skip
HELPERS = """
select id::text as helper_id, region as town, unit_id::text as unit_id, name as helper_name, phone_last4
from postings_helper where region >= %(low)s and region < %(high)s and voided_by is null
"""
KNOWN = """
select p.household_id::text as household_id, h.unit_id::text as unit_id, p.helper_name, h.phone_last4, p.helper_post as post, p.since, p.until
from postings_pairing p join postings_helper h on h.id = p.helper_id
where p.region >= %(low)s and p.region < %(high)s and p.voided_by is null
"""
KEY = ["household_id", "unit_id", "helper_name", "phone_last4", "since"]
KNOWN_TYPES = {**dict.fromkeys(KEY[:4], pl.String), "post": pl.String, "since": pl.Date, "until": pl.Date}
RULES = (
    Rule("unit_unknown", "单位编码", pl.col("unit_code").is_not_null() & pl.col("unit_id").is_null(), "单位编码 {unit_code} 不在单位名册中。", "请改正编码，或先导入单位名册。"),
    Rule("since_future", "结对日期", pl.col("since") > pl.col("today"), "结对日期 {since} 晚于今天。", "请改正结对日期。"),
    Rule("until_order", "解除日期", pl.col("until") <= pl.col("since"), "解除日期 {until} 不晚于结对日期 {since}。", "请改正其中一个日期。"),
    Rule("phone_form", "联系电话", ~pl.col("phone").str.contains(PHONE), "联系电话不是手机号或固定电话。", "请改正或清空。", value="phone"),
    Rule("pairing_twice", "帮扶责任人", pl.struct(KEY).is_duplicated() & pl.col("household_id").is_not_null(), "户 {household_number} 与{helper_name}同一天的结对在本文件中出现多次。", "请删去多余的行。"),
    Rule("before_identified", "结对日期", pl.col("since") < pl.col("identified_on"), "结对日期 {since} 早于该户的识别日期 {identified_on}。", "请核实。", note=True),
)  # fmt: skip
SUCCESSOR = Rule(
    "no_successor", "解除日期", (pl.col("open") == 0) & ~pl.col("state").is_in(RELEASED) & (pl.col("ended") > 0),
    "户 {household_number} 未稳定脱贫，解除后没有帮扶责任人。", "请为该户补上接续的帮扶责任人。",
)  # fmt: skip


class NoSuccessor(Refused):
    """The household would stand without anybody responsible for it."""


class HandOverWrong(Refused):
    """This pairing cannot be handed over so."""


def prepare_pairings(region: Region, *, rows: Rows, by: Actor) -> Prepared:
    """The pairings that are new, with the keys of household and unit; helpers are told apart by unit, name and telephone."""
    findings, sheet = Findings(), rows.sheet
    low, high = bounds(region.code)
    frame = with_households(complete(rows, COLUMNS), region=region, findings=findings, sheet=sheet)
    col = pl.col
    frame = _with_units(frame).with_columns(
        col("post").fill_null(""), phone_last4=col("phone").str.slice(-4).fill_null(""), town=col("home").str.slice(0, 9),
        today=pl.lit(clock.today()),
    )  # fmt: skip
    required = form_rules(c for c in COLUMNS if c.name in frame.columns) if is_form(rows) else []
    check(frame, [*required, *RULES], findings=findings, sheet=sheet)
    known = frame_of(KNOWN, {"low": low, "high": high}, KNOWN_TYPES)
    frame, unchanged = without_known(
        frame, known, key=KEY, compared={"post": "职务", "until": "解除日期"}, findings=findings, sheet=sheet, column="帮扶责任人",
        mend="已登记的结对不能用名册改写；更换责任人请在该户页面办理交接。",
    )  # fmt: skip
    kept = known.group_by("household_id").agg(kept_open=col("until").is_null().sum())
    groups = frame.filter(col("household_id").is_not_null()).group_by("household_id", maintain_order=True)
    together = groups.agg(
        col("row").first(), col("household_number").first(), col("state").first(), ended=col("until").is_not_null().sum(),
        open=col("until").is_null().sum(),
    )  # fmt: skip
    together = together.join(kept, on="household_id", how="left").with_columns(open=col("open") + col("kept_open").fill_null(0))
    check(together, [SUCCESSOR], findings=findings, sheet=sheet)
    return Prepared(frame=frame.sort("household_id", "since"), findings=findings, extra={"unchanged": unchanged})


def _with_units(frame: pl.DataFrame) -> pl.DataFrame:
    codes = frame["unit_code"].drop_nulls().unique().to_list()
    units = Organisation.objects.filter(code__in=codes, voided_by__isnull=True).values_list("code", "id", "name")
    found = pl.DataFrame(
        [(code, str(key), name) for code, key, name in units],
        schema={"unit_code": pl.String, "unit_id": pl.String, "helper_unit": pl.String}, orient="row",
    )  # fmt: skip
    return frame.join(found, on="unit_code", how="left", maintain_order="left")


@command(Permission.PAIR_HOUSEHOLDS)
def pair_households(region: Region, *, rows: Rows, by: Actor) -> Written:
    """Pair households with the people responsible for them; earlier pairings stay as they are."""
    prepared = prepare_pairings(region, rows=rows, by=by).or_refuse()
    frame = prepared.frame
    note_in_event(written=frame.height, unchanged=prepared.extra["unchanged"])
    if frame.is_empty():
        return Written(count=0)
    frame = with_helpers(frame, region=region).with_columns(id=pl.Series(new_ids(frame.height)), helper_post="post")
    with staged(frame, PAIRING_TYPES) as stage, connection.cursor() as cursor:
        columns = [name for name in PAIRING_TYPES if name != "row"]
        cursor.execute(
            f"insert into postings_pairing ({', '.join(columns)}, region, event) "  # noqa: S608 - our own names
            f"select {', '.join(f's.{name}' for name in columns)}, h.region, %s "
            f"from {stage} s join households_household h on h.id = s.household_id on conflict do nothing",
            [current_event()],
        )
        if cursor.rowcount < frame.height:
            cursor.execute(f"select row from {stage} s where not exists (select from postings_pairing p where p.id = s.id)")  # noqa: S608
            _refuse_running([row for (row,) in cursor.fetchall()], rows=rows)
    tell_accounts(frame, region=region, by=by)
    return Written(count=frame.height, regions=sorted(frame["home"].unique().to_list()))


def with_helpers(frame: pl.DataFrame, *, region: Region) -> pl.DataFrame:
    """The key of each row's helper; helpers not yet known are added, in the town of the household."""
    low, high = bounds(region.code)
    who = ["town", "unit_id", "helper_name", "phone_last4"]
    persons = frame.unique(who, keep="first", maintain_order=True)
    keys = new_ids(persons.height)
    helpers = persons.select(
        "unit_id", "phone_last4", "post", region="town", name="helper_name", id=pl.Series(keys),
        pinyin=pl.Series([pinyin.full(name) for name in persons["helper_name"]], dtype=pl.String),
        phone_sealed=pl.Series(crypto.seal_all(persons["phone"].to_list(), rows=keys), dtype=pl.Binary),
    )  # fmt: skip
    columns = ", ".join(HELPER_TYPES)
    with staged(helpers, HELPER_TYPES) as stage, connection.cursor() as cursor:
        # A helper who is known keeps his key; what is his telephone by now is not decided here.
        cursor.execute(
            f"insert into postings_helper ({columns}, event) select {columns}, %s from {stage} on conflict do nothing",  # noqa: S608
            [current_event()],
        )
    known = frame_of(HELPERS, {"low": low, "high": high}, dict.fromkeys(["helper_id", *who], pl.String))
    return frame.join(known, on=who, how="left", maintain_order="left")


def tell_accounts(frame: pl.DataFrame, *, region: Region, by: Actor) -> None:
    """Tell the accounts whose households these are. A person is one key in every town."""
    persons = frame.select("unit_id", "helper_name", "phone_last4")
    keys = [str(uuid.uuid5(PERSON, "|".join(person))) for person in persons.iter_rows()]
    said = frame.select(
        "helper_name", "since", "until", helper_unit="unit_id", household="household_id", helper=pl.Series(keys, dtype=pl.String)
    )
    assign_households(region, rows=Rows(said), by=by)


def _refuse_running(found: list[int | None], *, rows: Rows) -> None:
    findings = Findings()
    for row in found:
        findings.refuse(
            sheet=rows.sheet, row=row, column="帮扶责任人", code="still_running", message="该户与此责任人的结对还没有解除。",
            mend="同一结对不用重复登记；日期有误请先办理交接。",
        )  # fmt: skip
    raise RowsRefused(findings)


@command(Permission.PAIR_HOUSEHOLDS)
def hand_over_pairing(pairing: Pairing, *, to_helper: Helper | None, on: dt.date, by: Actor) -> Pairing:
    """End a pairing on a day and pair the household with a successor. None: only when it is stably out, or somebody else stays."""
    if pairing.until is not None or pairing.voided_by is not None:
        raise HandOverWrong("这项结对已经解除，不用再交接。")
    if on <= pairing.since:
        raise HandOverWrong(f"交接日期 {on} 不晚于结对日期 {pairing.since}，请改正交接日期。")
    if on > clock.today():
        raise HandOverWrong(f"交接日期 {on} 晚于今天，请到当天再办理。")
    running = Pairing.objects.visible_to(by).filter(household=pairing.household_id, until__isnull=True).exclude(pk=pairing.pk)
    helper = _successor(to_helper, running, pairing=pairing, by=by)
    household = Household.objects.visible_to(by).get(pk=pairing.household_id)
    if helper is None and household.state not in RELEASED and not running.exists():
        raise NoSuccessor(f"{household}未稳定脱贫，解除后没有帮扶责任人。请先指定接续的帮扶责任人。")
    pairing.until, pairing.ended_by = on, current_event()
    pairing.save(update_fields=["until", "ended_by"])
    ended = Helper.objects.for_everyone(because="the helper of a visible pairing").select_related("unit").get(pk=pairing.helper_id)
    changed = [_assigned(ended, pairing)]
    if helper is not None:
        pairing = Pairing.unscoped.create(
            household_id=pairing.household_id, region_id=pairing.region_id, helper=helper, helper_name=helper.name,
            helper_unit=helper.unit.name, helper_post=helper.post, since=on, event=current_event(),
        )  # fmt: skip
        changed.append(_assigned(helper, pairing))
    tell_accounts(pl.DataFrame(changed, schema_overrides={"until": pl.Date}), region=household.region, by=by)
    return pairing


def _successor(to_helper: Helper | None, running: "QuerySet[Pairing]", *, pairing: Pairing, by: Actor) -> Helper | None:
    if to_helper is None:
        return None
    helper: Helper | None = Helper.objects.visible_to(by).select_related("unit").filter(pk=to_helper.pk).first()
    if helper is None:
        raise HandOverWrong("没有这位帮扶责任人，请从名单中选择。")
    if helper.pk == pairing.helper_id or running.filter(helper=helper).exists():
        raise HandOverWrong(f"{helper.name}已经是该户的帮扶责任人，请另选接续的人。")
    return helper


def _assigned(helper: Helper, pairing: Pairing) -> dict[str, object]:
    return {
        "unit_id": str(helper.unit_id), "helper_name": helper.name, "phone_last4": helper.phone_last4,
        "household_id": str(pairing.household_id), "since": pairing.since, "until": pairing.until,
    }  # fmt: skip


def pairings_of_household(actor: Actor, household: Household) -> QuerySet[Pairing]:
    """Who was and is responsible for a household, the running ones first."""
    rows: QuerySet[Pairing] = Pairing.objects.visible_to(actor).filter(household=household)
    return rows.order_by("until", "-since", "id")


def helpers(actor: Actor, *, region: str = "", beginning: str = "") -> QuerySet[Helper]:
    """Helpers of a place by pinyin, for choosing a successor; `beginning` of the pinyin."""
    rows: QuerySet[Helper] = Helper.objects.visible_to(actor).select_related("unit")
    if region:
        low, high = bounds(region)
        rows = rows.filter(region_id__gte=low, region_id__lt=high)
    if beginning:
        rows = rows.filter(pinyin__gte=beginning.lower(), pinyin__lt=beginning.lower() + "\U0010ffff")
    return rows.order_by("region_id", "pinyin", "id")


def load_of_helpers(actor: Actor, *, region: str = "") -> QuerySet[Pairing, dict[str, object]]:
    """How many households each helper has now: dicts of helper_id, helper_name, helper_unit, load, since; the busiest first."""
    rows = Pairing.objects.visible_to(actor).filter(until__isnull=True)
    if region:
        low, high = bounds(region)
        rows = rows.filter(region_id__gte=low, region_id__lt=high)
    counted = rows.values("helper_id", "helper_name", "helper_unit").annotate(load=Count("household", distinct=True), since=Min("since"))
    return counted.order_by("-load", "helper_id")
