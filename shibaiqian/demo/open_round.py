"""What is under way on 2016-06-08: a round of which nobody is appointed yet, an official who is ill, one whose recall is proposed.

And the letters of targets of the ten and the hundred, which name who signed for the unit that the matching chose.

No figure moves: a posting that is interrupted or disputed still runs, and a candidate is not an official.
"""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence

import polars as pl
from django.db.models import Q

from shibaiqian.access.actor import Actor, acting
from shibaiqian.access.rows import Rows
from shibaiqian.demo.accounts import inspector_of, shown_village
from shibaiqian.demo.arrivals import host_signer, letters_of
from shibaiqian.demo.officials import officials, staff_of
from shibaiqian.demo.open_batch import IN_NOTICE, MATCHED, OBJECTED, ON_SHEET, REVIEWED, SCREENED, SUBMITTED, OpenPost, open_posts
from shibaiqian.demo.organisations import ORGANISATION, unit_code
from shibaiqian.demo.plan import CITY, COUNTIES, SMALL_COUNTY
from shibaiqian.demo.postings import TIERS, all_postings
from shibaiqian.demo.procedure import OPEN_BATCH, OPEN_DAYS
from shibaiqian.demo.programme import clerk, contact_of, day_of, discipline_of, meeting_of, stem_of
from shibaiqian.demo.selection_rosters import GATE_LABELS, PASSED, organisation_department
from shibaiqian.postings.actions import propose_recall, suspend_posting
from shibaiqian.postings.models import Posting
from shibaiqian.postings.targets.actions import register_targets
from shibaiqian.postings.targets.excel import COLUMNS as TARGET_COLUMNS
from shibaiqian.postings.targets.excel import INDICATORS, SCOPES
from shibaiqian.regions.models import Region
from shibaiqian.regions.rules import bounds
from shibaiqian.selection.decisions import draw_sheet, record_decision
from shibaiqian.selection.gates import inquire, record_reply, review_gates
from shibaiqian.selection.models import Batch, IntegrityInquiry, Nomination, PostNeed
from shibaiqian.selection.needs import confirm_needs, raise_needs, submit_needs
from shibaiqian.selection.nominations import nominate, recommend, screen
from shibaiqian.selection.notices import publish_notice, receive_objection
from shibaiqian.selection.plans import freeze_plan, match_batch
from shibaiqian.selection.problems import PERSONS

ILL, TO_RECALL = SMALL_COUNTY, "611002"  # where one is ill, and where a recall is proposed
SHEET_DRAWN = dt.date(2016, 6, 7)
OBJECTION = "反映该同志在原单位分管惠农资金期间，有一笔补贴发放不及时，请核实后再定。"


def until_today(county: str) -> None:
    """Everything that is not finished in a county. Called again, it does nothing."""
    by, place = clerk(county), Region.objects.get(pk=county)
    officials(CITY), officials(county)  # names come with them
    with acting(by):
        if not PostNeed.objects.visible_to(by).filter(_of_batch(county)).exists():
            _begin(place, by=by)
            _go_on(place, by=by)
            _interrupt(county, by=by)
            _sign(place, by=by)


def _of_batch(county: str) -> Q:
    low, high = bounds(county)
    return Q(batch__name=OPEN_BATCH, region_id__gte=low, region_id__lt=high)


def _begin(place: Region, *, by: Actor) -> None:
    """Posts raised and confirmed, cadres proposed and screened."""
    posts = open_posts(place.code)
    rows = Rows(pl.DataFrame({
        "row": range(1, len(posts) + 1), "batch": OPEN_BATCH, "tier": TIERS["T1000"], "host_code": [p.host for p in posts], "title": "第一书记",
        "duties": [p.duties for p in posts], "predecessor": [p.predecessor or None for p in posts], "reason": [p.reason for p in posts],
    }, schema_overrides={"predecessor": pl.String}))  # fmt: skip
    raise_needs(place, rows=rows, by=by)
    needs = {str(n.region_id): n.pk for n in PostNeed.objects.visible_to(by).filter(_of_batch(place.code))}
    submit_needs(place, needs=list(needs.values()), by=by)
    confirmed = [needs[p.host] for p in posts if p.stage > SUBMITTED]
    confirm_needs(place, needs=confirmed, on=day_of(OPEN_DAYS.confirmed), by=by)
    proposed = pl.DataFrame({
        "row": range(1, len(posts) + 1), "batch": OPEN_BATCH, "tier": TIERS["T1000"], "name": [p.cadre.name for p in posts],
        "id_number": [p.cadre.id_number for p in posts], "unit_code": [p.cadre.unit.code for p in posts],
        "minute_number": [f"{p.cadre.unit.called}党组会议纪要〔2016〕{9 + n}号" for n, p in enumerate(posts)],
        "minute_on": day_of(OPEN_DAYS.nominated), "nominated_on": day_of(OPEN_DAYS.nominated) + dt.timedelta(days=1),
    })  # fmt: skip
    nominate(place, rows=Rows(proposed), by=by)
    recommend(place, nominations=_at(place, range(SUBMITTED, OBJECTED + 1), by=by), by=by)
    screened = _at(place, range(SCREENED, OBJECTED + 1), by=by)
    if screened:
        screen(place, nominations=screened, on=day_of(OPEN_DAYS.screened), by=by)


def _go_on(place: Region, *, by: Actor) -> None:
    """Some were reviewed and matched, two stand on a notice, one on a sheet; the review of others has begun."""
    ahead = _at(place, range(MATCHED, OBJECTED + 1), by=by)
    if ahead:
        letter = _ask(place, MATCHED, serial=31, by=by)
        _review(place, ahead, GATE_LABELS, by=by)
        reply = f"{stem_of(place.code).replace('组', '纪')}函〔2016〕18号"
        record_reply(letter, reply_number=reply, reply_on=day_of(OPEN_DAYS.replied), reviewer=inspector_of(place.code), by=by)
        batch, on = Batch.objects.get(region=CITY, name=OPEN_BATCH), day_of(OPEN_DAYS.matched)
        freeze_plan(match_batch(place, batch=batch, tier_code="T1000", stage=PERSONS, name="方案一", on=on, by=by), on=on, by=by)
        _publish(place, by=by)
    begun = _at(place, [REVIEWED], by=by)
    if begun:
        _ask(place, REVIEWED, serial=33, by=by)
        _review(place, begun, ["political"], by=by)


def _ask(place: Region, stage: int, *, serial: int, by: Actor) -> IntegrityInquiry:
    asked = _at(place, range(MATCHED, OBJECTED + 1) if stage == MATCHED else [stage], by=by)
    number = f"{stem_of(place.code)}函〔2016〕{serial}号"
    letter: IntegrityInquiry = inquire(
        place, nominations=asked, number=number, sent_on=day_of(OPEN_DAYS.asked), to_body=discipline_of(place.code), by=by
    )
    return letter


def _review(place: Region, keys: Sequence[uuid.UUID], gates: Iterable[str], *, by: Actor) -> None:
    reviewer = staff_of(place.code, unit_code(place.code, ORGANISATION))[0].name
    numbers = list(Nomination.objects.visible_to(by).filter(pk__in=keys).order_by("number").values_list("number", flat=True))
    chosen = list(gates)
    rows = [(number, gate, PASSED[gate][serial % 3]) for serial, number in enumerate(numbers) for gate in chosen]
    frame = pl.DataFrame({
        "row": range(1, len(rows) + 1), "number": [n for n, _, _ in rows], "gate": [g for _, g, _ in rows], "result": "pass",
        "opinion": [o for _, _, o in rows], "reviewer_unit": organisation_department(place.code), "reviewer": reviewer,
        "reviewed_on": day_of(OPEN_DAYS.reviewed),
    })  # fmt: skip
    review_gates(place, rows=Rows(frame), by=by)


def _publish(place: Region, *, by: Actor) -> None:
    shown = _at(place, [IN_NOTICE, OBJECTED], by=by)
    if not shown:
        return
    meeting, minute = meeting_of(place.code, "T1000")
    sheet = draw_sheet(place, nominations=shown, on=day_of(OPEN_DAYS.drawn), by=by)
    record_decision(sheet, meeting=meeting, meeting_on=day_of(OPEN_DAYS.met), minute_number=f"{minute}〔2016〕9号", by=by)
    notice = publish_notice(place, nominations=shown, starts_on=day_of(OPEN_DAYS.published), contact=contact_of(place.code), by=by)
    (about,) = _at(place, [OBJECTED], by=by)
    receive_objection(notice, about=about, received_on=dt.date(2016, 6, 7), text=OBJECTION, by=by)
    draw_sheet(place, nominations=_at(place, [ON_SHEET], by=by), on=SHEET_DRAWN, by=by)


def _at(place: Region, stages: Sequence[int] | range, *, by: Actor) -> list[uuid.UUID]:
    """The nominations of those whose post is to come to one of these stages."""
    chosen: list[OpenPost] = [post for post in open_posts(place.code) if post.stage in stages]
    rows = Nomination.objects.visible_to(by).filter(batch__name=OPEN_BATCH, cadre_name__in=[post.cadre.name for post in chosen])
    return list(rows.order_by("number").values_list("pk", flat=True))


def _interrupt(county: str, *, by: Actor) -> None:
    """One official is ill, of another the town proposes the recall."""
    taken = {shown_village(county), *(post.host for post in open_posts(county))}
    planned = [
        p
        for p in all_postings()[list(COUNTIES).index(county)]
        if p.tier == "T1000" and p.host not in taken and str(p.appointed) > "2015-07"
    ]
    posting = Posting.objects.visible_to(by).get(number=planned[len(planned) // 3].number)
    if county == ILL:
        on, back = dt.date(2016, 5, 16), dt.date(2016, 7, 18)
        suspend_posting(posting, reason="illness", note="入户途中摔伤骨折，住院治疗", on=on, resumes_on=back, by=by)
    if county == TO_RECALL:
        facts = "镇党委三次抽查均不在村，4月以来驻村不足30天，群众有反映"
        propose_recall(posting, reason="not_resident", facts=facts, on=dt.date(2016, 6, 2), by=by)


def _sign(place: Region, *, by: Actor) -> None:
    """Letters of targets of the ten and the hundred: their units are those the matching chose."""
    hosted = {p.number: p for p in all_postings()[list(COUNTIES).index(place.code)] if p.tier != "T1000"}
    units = Posting.objects.visible_to(by).filter(number__in=hosted).order_by("number").values_list("number", "unit__head_name")
    frame = letters_of([(hosted[number], host_signer(hosted[number]), head) for number, head in units])
    days = pl.col("due_on", "signed_on").str.to_date()
    named = frame.rename({column.header: column.name for column in TARGET_COLUMNS}).with_columns(
        days, pl.col("scope").replace_strict(SCOPES), pl.col("indicator").replace(INDICATORS)
    )
    register_targets(place, rows=Rows(named.with_row_index("row", offset=1)), by=by)
