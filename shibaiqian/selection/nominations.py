"""Nominations, in the order of life: proposed from the register, recommended with the party group's minute, screened; or withdrawn, rejected."""

import datetime as dt
import json
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import polars as pl
from django.db import connection

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused, command, current_event, note_in_event
from shibaiqian.access.roles import Permission
from shibaiqian.access.rows import Rows, RowsRefused, Written
from shibaiqian.base.bulk import insert_frame, staged
from shibaiqian.base.ids import new_ids
from shibaiqian.base.spreadsheets.findings import Findings
from shibaiqian.cadres.models import Award, Cadre, PastAppraisal
from shibaiqian.cadres.sight import show_to_reviewers
from shibaiqian.messages.actions import announce
from shibaiqian.organisations.models import Organisation
from shibaiqian.policy.queries import parameters_in
from shibaiqian.postings.models import Posting, Tier
from shibaiqian.regions.checks import Checks
from shibaiqian.regions.models import Region
from shibaiqian.regions.queries import region_names
from shibaiqian.regions.rules import bare_county
from shibaiqian.selection.eligibility import Background, Case, Verdict, blocks, judge
from shibaiqian.selection.excel.nominations import check_standing, facts_of, prepare_nominations
from shibaiqian.selection.models import Nomination
from shibaiqian.selection.recusal import must_be_impartial
from shibaiqian.selection.rules import NOMINATION, Facts
from shibaiqian.selection.steps import advance, happened, locked, take_numbers

TYPES = {
    "id": "uuid", "number": "text", "batch_id": "uuid", "tier_id": "uuid", "tier_code": "text", "cadre_id": "uuid", "cadre_name": "text",
    "facts": "jsonb", "unit_id": "uuid", "unit_name": "text", "home_region": "text", "region": "text", "nominated_on": "date",
    "minute_number": "text", "minute_on": "date", "wishes": "text", "note": "text",
}  # fmt: skip
NAMED_AT_MOST = 5


class MinuteMissing(Refused):
    """A unit recommends what its party group has discussed (党组会议纪要)."""


class NotTheUnits(Refused):
    """Withdrawing is for who recommended."""


class NotEligible(Refused):
    """A rule of 4.3 blocks somebody of the set."""


class ReasonMissing(Refused):
    """Who withdraws or rejects says why."""


@command(Permission.NOMINATE)
def nominate(where: Region | Organisation, *, rows: Rows, by: Actor) -> Written:
    """Propose cadres of a unit, or of a region's units, as drafts. The register fills in everything; it is frozen without ID number.

    A cadre has one running nomination: of two clerks at once one is refused. Without a number the series gives one.
    """
    frame = prepare_nominations(where, rows=rows, by=by).or_refuse().frame
    facts = facts_of(frame["cadre_id"].to_list(), by=by)
    texts = [json.dumps(facts[key].to_json(), ensure_ascii=False) for key in frame["cadre_id"]]
    frame = _numbered(frame.with_columns(pl.Series("facts", texts, dtype=pl.String))).sort("cadre_id")
    frame = frame.with_columns(
        pl.Series("id", new_ids(frame.height), dtype=pl.String), pl.col("minute_number", "note").fill_null("").str.strip_chars()
    )
    also = {"event": current_event(), "state": "draft", "eligibility": "[]", "match_reason": "", "ended_why": ""}
    kept = insert_frame("selection_nomination", frame, TYPES, also=also, conflict=[], returning="id::text")
    if len(kept) < frame.height:
        raise RowsRefused(_taken_meanwhile(frame.filter(~pl.col("id").is_in(kept)), sheet=rows.sheet, by=by))
    note_in_event(tiers=dict(frame.group_by("tier_code").len().sort("tier_code").iter_rows()))
    return Written(count=frame.height, regions=sorted(set(frame["region"].to_list())))


def _taken_meanwhile(frame: pl.DataFrame, *, sheet: str, by: Actor) -> Findings:
    """Why rows were not inserted: somebody else was faster, or it stands where the actor does not see."""
    findings = Findings()
    checks = Checks(findings, sheet)
    check_standing(checks, frame, by=by)
    if not findings.has_refusals:
        checks.refuse(
            frame, pl.lit(value=True), column="姓名", code="taken_elsewhere",
            message=pl.format("{}已有正在办理的推荐，或推荐编号“{}”已在别处使用。", "cadre_name", "number"), mend="请核对后再推荐。",
        )  # fmt: skip
    return findings


def _numbered(frame: pl.DataFrame) -> pl.DataFrame:
    """Numbers by series: the place that considers, and the year."""
    names = region_names(sorted(set(frame["region"].to_list())))
    signs = {code: f"{bare_county(name).removesuffix('市')}-荐" for code, name in names.items()}
    frame = frame.with_columns(_sign=pl.col("region").replace_strict(signs, return_dtype=pl.String), _year=pl.col("nominated_on").dt.year())
    parts = []
    for (sign, year), group in frame.group_by("_sign", "_year", maintain_order=True):
        given = group["number"].drop_nulls().to_list()
        numbers = iter(take_numbers(str(sign), year=int(year), count=group.height - len(given), used=given))  # type: ignore[call-overload]
        parts.append(group.with_columns(pl.Series("number", [n or next(numbers) for n in group["number"]], dtype=pl.String)))
    return pl.concat(parts) if parts else frame


@command(Permission.NOMINATE)
def recommend(
    where: Region | Organisation, *, nominations: Sequence[uuid.UUID], minute_number: str = "", minute_on: dt.date | None = None, by: Actor
) -> Written:
    """Recommend drafts in the name of the unit. Each needs the party group's minute: its own, or this one for all.

    From here on the place that considers them sees the candidates and their files, until the nomination ends.
    """
    rows = locked(Nomination, keys=nominations, flow=NOMINATION, step="recommend", by=by)
    _must_be_the_units(rows, by=by)
    without = [row for row in rows if not (minute_number.strip() or row.minute_number)]
    if without:
        raise MinuteMissing(f"{_named(without)}没有党组会议纪要，不能推荐。请填写纪要文号和会议日期。")
    if minute_number.strip():
        if minute_on is None:
            raise MinuteMissing("填写了纪要文号而没有填写会议日期，请补填。")
        happened(minute_on, what="会议日期")
        advance(rows, flow=NOMINATION, step="recommend", by=by, minute_number=minute_number.strip(), minute_on=minute_on)
    else:
        advance(rows, flow=NOMINATION, step="recommend", by=by)
    show_to_reviewers(pl.DataFrame({"cadre_id": [str(r.cadre_id) for r in rows], "region": [str(r.region_id) for r in rows]}))
    announce("nominations_recommended", regions=[str(row.region_id) for row in rows])
    note_in_event(count=len(rows))
    return Written(count=len(rows))


@command(Permission.NOMINATE)
def withdraw(where: Region | Organisation, *, nominations: Sequence[uuid.UUID], reason: str, by: Actor) -> Written:
    """Take nominations back before they are decided. Only the unit that recommended, or its organisation department."""
    rows = locked(Nomination, keys=nominations, flow=NOMINATION, step="withdraw", by=by)
    _must_be_the_units(rows, by=by)
    return _end(rows, step="withdraw", why=_said(reason, "撤回"), by=by)


@command(Permission.REVIEW_NOMINATIONS)
def screen(region: Region, *, nominations: Sequence[uuid.UUID], on: dt.date, by: Actor) -> Written:
    """Check eligibility as in force on the day; the verdicts are kept. Anybody blocked refuses the set and is named with the reasons."""
    happened(on, what="审查日期")
    rows = locked(Nomination, keys=nominations, flow=NOMINATION, step="screen", by=by)
    must_be_impartial(by, rows)
    _not_before([(row, row.nominated_on) for row in rows], on=on, what="审查日期", after_what="推荐日期")
    found = verdicts(by, rows, on=on)
    blocked = [(row, blocks(found[row.pk])) for row in rows if blocks(found[row.pk])]
    if blocked:
        said = "；".join(f"{row.cadre_name}：{''.join(verdict.reason for verdict in why)}" for row, why in blocked[:NAMED_AT_MOST])
        more = f"等 {len(blocked)} 人" if len(blocked) > NAMED_AT_MOST else ""
        raise NotEligible(f"有 {len(blocked)} 人不符合条件{more}，整批没有办理。{said} 请对他们办理“不予选派”，或改正登记后再审。")
    advance(rows, flow=NOMINATION, step="screen", by=by)
    texts = [json.dumps([verdict.to_json() for verdict in found[row.pk]], ensure_ascii=False) for row in rows]
    frame = pl.DataFrame({"nomination": [str(row.pk) for row in rows], "said": texts})
    with staged(frame, {"nomination": "uuid", "said": "jsonb"}) as stage, connection.cursor() as cursor:
        cursor.execute(f"update selection_nomination n set eligibility = s.said from {stage} s where n.id = s.nomination")  # noqa: S608
    warned = sum(any(verdict.weight == "warn" for verdict in found[row.pk]) for row in rows)
    note_in_event(count=len(rows), warned=warned)
    return Written(count=len(rows), regions=[region.code], notes=[f"{warned} 人有需要核实的事项，见各人资格审查。"] if warned else [])


@command(Permission.REVIEW_NOMINATIONS)
def reject(region: Region, *, nominations: Sequence[uuid.UUID], reason: str, on: dt.date, by: Actor) -> Written:
    """Do not post these candidates, with a reason the unit sees; the files leave the sight of the place that considered them."""
    happened(on, what="办理日期")
    rows = locked(Nomination, keys=nominations, flow=NOMINATION, step="reject", by=by)
    must_be_impartial(by, rows)
    return _end(rows, step="reject", why=_said(reason, "不予选派"), by=by)


def end_nominations(rows: Sequence[Nomination], *, step: str, why: str, by: Actor) -> Written:
    """Part of other commands: end locked nominations by a step (a failed gate, an upheld objection)."""
    return _end(rows, step=step, why=why, by=by)


def consider_in(rows: Sequence[Nomination], *, regions: Sequence[str], by: Actor) -> None:
    """Part of other commands: let other places consider locked nominations (matched to their posts, or no longer): they see them and their reviews.

    One place a nomination, in the same order.
    """
    frame = pl.DataFrame({"nomination": [str(row.pk) for row in rows], "cadre_id": [str(row.cadre_id) for row in rows], "region": regions})
    with staged(frame.select("nomination", "region"), {"nomination": "uuid", "region": "text"}) as stage, connection.cursor() as cursor:
        for table, key in (
            ("selection_nomination", "id"),
            ("selection_gatereview", "nomination_id"),
            ("selection_recusalfinding", "nomination_id"),
            ("selection_recusalverdict", "nomination_id"),
        ):
            cursor.execute(
                f"update {table} t set region = s.region from {stage} s where t.{key} = s.nomination and t.voided_by is null"  # noqa: S608
            )
    show_to_reviewers(frame.select("cadre_id", "region"))


def release_candidates(event: int) -> None:
    """After the nominations of an event were voided: nobody considers their cadres any more. Part of undoing an import."""
    with connection.cursor() as cursor:
        cursor.execute("select cadre_id::text from selection_nomination where event = %s", [event])
        keys = [key for (key,) in cursor.fetchall()]
    _hide(keys)


def _end(rows: Sequence[Nomination], *, step: str, why: str, by: Actor) -> Written:
    advance(rows, flow=NOMINATION, step=step, by=by, ended_why=why)
    _hide([str(row.cadre_id) for row in rows])
    note_in_event(count=len(rows))
    return Written(count=len(rows))


def _hide(cadres: list[str]) -> None:
    show_to_reviewers(pl.DataFrame({"cadre_id": cadres, "region": [""] * len(cadres)}, schema={"cadre_id": pl.String, "region": pl.String}))


def verdicts(actor: Actor, rows: Sequence[Nomination], *, on: dt.date) -> Mapping[uuid.UUID, tuple[Verdict, ...]]:
    """Eligibility of nominations as in force on a day, by nomination: what `screen` would keep. Writes nothing; six queries, however many counties."""
    actor.must(Permission.VIEW_CADRE_FILES)
    tiers = Tier.objects.in_bulk({row.tier_id for row in rows})
    policy = parameters_in({str(row.region_id) for row in rows}, on=on)
    known = _backgrounds(actor, rows, on=on)
    return {
        row.pk: judge(
            Case(
                facts=Facts.of_json(row.facts), tier=tiers[row.tier_id], policy=policy[str(row.region_id)], background=known[row.pk], on=on
            )
        )
        for row in rows
    }


def _backgrounds(actor: Actor, rows: Sequence[Nomination], *, on: dt.date) -> dict[uuid.UUID, Background]:
    cadres = [row.cadre_id for row in rows]
    grades: dict[uuid.UUID, dict[int, int]] = defaultdict(dict)
    for cadre, year, level in (
        PastAppraisal.objects.visible_to(actor).filter(cadre_id__in=cadres).values_list("cadre_id", "year", "grade_level")
    ):
        grades[cadre][year] = level
    punished: dict[uuid.UUID, dt.date] = {}
    found = Award.objects.visible_to(actor).filter(
        cadre_id__in=cadres, kind=Award.Kind.PUNISHMENT, on__lte=on, influence_until__isnull=False
    )
    for cadre, until in found.order_by("influence_until").values_list("cadre_id", "influence_until"):
        punished[cadre] = until
    served = Posting.objects.visible_to(actor).filter(cadre_id__in=cadres, ended_on__isnull=True, appointed_on__lte=on)
    postings = {
        cadre: (f"{host}{title}", ends) for cadre, host, title, ends in served.values_list("cadre_id", "host_name", "title", "planned_end")
    }
    register = {
        cadre: (unit, host)
        for cadre, unit, host in Cadre.objects.visible_to(actor).filter(pk__in=cadres).values_list("pk", "unit_id", "host_region")
    }
    hosted = region_names([host for _, host in register.values() if host])
    result = {}
    for row in rows:
        unit, host = register.get(row.cadre_id, (None, ""))
        # A posting beyond the actor's sight still shows in the register by the place that hosts.
        where, ends = postings.get(row.cadre_id, (hosted.get(host, ""), None))
        result[row.pk] = Background(
            grades=grades.get(row.cadre_id, {}), punished_until=punished.get(row.cadre_id), posting=where, posting_ends=ends,
            in_register=unit is not None, same_unit=unit == row.unit_id,
        )  # fmt: skip
    return result


def _must_be_the_units(rows: Iterable[Nomination], *, by: Actor) -> None:
    others = [row for row in rows if row.unit_id != by.scope.unit and not by.scope.holds_region(row.home_region)]
    if others:
        raise NotTheUnits(f"{_named(others)}由{others[0].unit_name}推荐，请由该单位或其上级组织部门办理。")


def _not_before(rows: Iterable[tuple[Nomination, dt.date]], *, on: dt.date, what: str, after_what: str) -> None:
    for row, day in rows:
        happened(on, what=f"{row.cadre_name}的{what}", after=day, after_what=after_what)


def _named(rows: Sequence[Nomination]) -> str:
    return "、".join(row.cadre_name for row in rows[:NAMED_AT_MOST]) + (f"等 {len(rows)} 人" if len(rows) > NAMED_AT_MOST else "")


def _said(reason: str, what: str) -> str:
    if not reason.strip():
        raise ReasonMissing(f"请写明{what}的理由。")
    return reason.strip()
