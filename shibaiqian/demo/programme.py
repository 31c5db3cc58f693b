"""The programme is made as clerks make it: by the set commands of selection, each by the clerk whose step it is, on the day it happened.

Rosters bring needs, nominations, reviews and arrivals; between them stand the steps here. Who goes where the matching decides.
Each step looks at what stands and does what is left, so that a demonstration that was interrupted goes on.
"""

import datetime as dt
import uuid
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby

import numpy as np

from shibaiqian.access.actor import Actor, acting
from shibaiqian.access.models import Assignment
from shibaiqian.access.queries import Hat, actor_for
from shibaiqian.access.roles import Role
from shibaiqian.base import clock
from shibaiqian.demo.accounts import inspector_of
from shibaiqian.demo.candidates import FAILED, WITHDRAWN, Round, rounds
from shibaiqian.demo.plan import CITY, COUNTIES
from shibaiqian.demo.postings import Posting as Planned
from shibaiqian.demo.procedure import BATCHES
from shibaiqian.demo.selection_rosters import organisation_department, sign_of
from shibaiqian.demo.stories import WUZHUANG, YAOLOU
from shibaiqian.postings.models import Posting
from shibaiqian.regions.models import Region
from shibaiqian.selection.appointments import appoint, record_statutory_act
from shibaiqian.selection.batches import approve_plan, start_batch
from shibaiqian.selection.decisions import draw_sheet, record_decision
from shibaiqian.selection.gates import inquire, record_reply
from shibaiqian.selection.models import Batch, IntegrityInquiry, MatchWish, Nomination, PostNeed, RecusalFinding
from shibaiqian.selection.needs import confirm_needs, submit_needs
from shibaiqian.selection.nominations import recommend, reject, screen, withdraw
from shibaiqian.selection.notices import finish_notice, publish_notice
from shibaiqian.selection.plans import freeze_plan, match_batch, pin_pair
from shibaiqian.selection.problems import PERSONS
from shibaiqian.selection.recusal import examine_recusals, resolve_recusal

Keys = Sequence[uuid.UUID]
PINS = {
    YAOLOU: "县委决定由县文广局主要负责人到姚楼村任第一书记，带头发展乡村旅游",
    WUZHUANG: "吴庄村要求派懂养殖技术的干部，畜牧局推荐的本人长期从事家禽养殖指导",
}
NOT_CHOSEN = "本批岗位已满，未列入选派，今后优先考虑"
WITHDRAWN_WHY = ("本单位业务骨干，暂不能离岗", "本人家庭有特殊困难", "本人已列为单位内部岗位调整人选")
INTEGRITY_WHY = "有信访反映尚在核查，暂缓回复意见"
EVERY_OPEN = 11  # of the posts that need a people's congress every so manieth still waits for it


def clerk(region: str) -> Actor:
    """The clerk of a place's organisation department."""
    role = Role.CITY_ORG_ADMIN if region == CITY else Role.COUNTY_ORG_ADMIN
    assignment = Assignment.objects.select_related("user").filter(role=role, region=region).order_by("pk")[0]
    return actor_for(assignment.user, Hat(assignment), on=clock.today())


def start_batches() -> None:
    """Each batch with its approved plan, under way since its day."""
    by = clerk(CITY)
    for name, (opened, _, _) in BATCHES.items():
        batch = Batch.objects.get(region=CITY, name=name)
        if batch.state == "draft":
            batch = approve_plan(batch, by=by)  # number and day came with the roster
        if batch.state == "approved":
            start_batch(batch, on=dt.date.fromisoformat(opened), by=by)


def until_review(region: str) -> None:
    """From raised needs and drafted nominations to candidates who were screened and asked about."""
    by, place = clerk(region), Region.objects.get(pk=region)
    with acting(by):
        _step(submit_needs, place, needs=_needs(by, rounds(region), "draft"), by=by)
        for found in rounds(region):
            _step(confirm_needs, place, needs=_needs(by, [found], "submitted"), on=day_of(found.days.confirmed), by=by)
        own = [c.number for decider in (CITY, *COUNTIES) for r in rounds(decider) for c in r.candidates if c.file == region]
        _step(recommend, place, nominations=_nominations(by, own, "draft"), by=by)
    _withdraw(region)
    with acting(by):
        for serial, found in enumerate(rounds(region), 1):
            numbers = [c.number for c in found.candidates]
            _step(screen, place, nominations=_nominations(by, numbers, "unit_recommended"), on=day_of(found.days.screened), by=by)
            asked = _nominations(by, numbers, "screened")
            number = _letter(region, found, serial)
            if asked and not IntegrityInquiry.objects.visible_to(by).filter(region=region, number=number).exists():
                inquire(place, nominations=asked, number=number, sent_on=day_of(found.days.asked), to_body=discipline_of(region), by=by)


def _withdraw(region: str) -> None:
    """Units take some of their people back before they are screened; the city's organisation department speaks for its units."""
    gone = [c for r in rounds(region) for c in r.candidates if c.fate == WITHDRAWN]
    for file, group in groupby(sorted(gone, key=lambda c: c.file), key=lambda c: c.file):
        by = clerk(file)
        with acting(by):
            for place, candidate in enumerate(group):
                keys = _nominations(by, [candidate.number], "unit_recommended")
                _step(withdraw, Region.objects.get(pk=file), nominations=keys, reason=WITHDRAWN_WHY[place % len(WITHDRAWN_WHY)], by=by)


def until_appointed(region: str) -> None:
    """From reviewed candidates to appointments by the place's own documents, round by round."""
    by, place = clerk(region), Region.objects.get(pk=region)
    for serial, found in enumerate(rounds(region), 1):
        with acting(by):
            _reply(found, region, serial, by=by)
            _match(found, place, by=by)
            _decide(found, place, serial, by=by)
            _appoint(found, place, by=by)


def _reply(found: Round, region: str, serial: int, *, by: Actor) -> None:
    asked = _nominations(by, [c.number for c in found.candidates], "gate_review")
    letter = IntegrityInquiry.objects.visible_to(by).get(region=region, number=_letter(region, found, serial))
    if not asked or letter.reply_number:
        return
    failed = {c.number: ("fail", INTEGRITY_WHY) for c in found.candidates if c.fate == FAILED and c.gate == "integrity"}
    number = f"{stem_of(region).replace('组', '纪')}函〔{_year(found.days.replied)}〕{serial + 4}号"
    record_reply(letter, reply_number=number, reply_on=day_of(found.days.replied), reviewer=inspector_of(region), otherwise=failed, by=by)


def _match(found: Round, place: Region, *, by: Actor) -> None:
    numbers = [c.number for c in found.candidates]
    if not _nominations(by, numbers, "gate_review"):
        return
    on, batch = day_of(found.days.matched), Batch.objects.get(region=CITY, name=found.batch) if found.batch else None
    for posting in found.posts:
        if posting.host in PINS and found.batch:
            _pin(posting, found, reason=PINS[posting.host], by=by)
    plan = match_batch(place, batch=batch, tier_code=found.tier, stage=PERSONS, name="方案一", on=on, by=by)
    freeze_plan(plan, on=on, by=by)
    matched = _nominations(by, numbers, "matched")
    examine_recusals(place, nominations=matched, on=on, by=by)
    for finding in RecusalFinding.objects.visible_to(by).filter(nomination__in=matched, resolution="", weight="warn"):
        resolve_recusal(finding, reason="已如实申报，任职期间不分管所涉及的人事、项目和资金", on=on, by=by)
    _step(reject, place, nominations=_nominations(by, numbers, "gate_review"), reason=NOT_CHOSEN, on=day_of(found.days.drawn), by=by)


def _pin(posting: Planned, found: Round, *, reason: str, by: Actor) -> None:
    need = PostNeed.objects.visible_to(by).get(number=posting.number)
    number = next(c.number for c in found.candidates if c.cadre is posting.cadre)
    if not MatchWish.objects.visible_to(by).filter(need=need).exists():
        pin_pair(need, nomination=_nominations(by, [number], "gate_review")[0], reason=reason, by=by)


def _decide(found: Round, place: Region, serial: int, *, by: Actor) -> None:
    """The sheet, the meeting on paper, the notice of five working days, its end."""
    numbers, days = [c.number for c in found.candidates], found.days
    matched = _nominations(by, numbers, "matched")
    if matched:
        sheet = draw_sheet(place, nominations=matched, on=day_of(days.drawn), by=by)
        meeting, minute = meeting_of(place.code, found.tier)
        record_decision(
            sheet, meeting=meeting, meeting_on=day_of(days.met), minute_number=f"{minute}〔{_year(days.met)}〕{serial * 2 + 3}号", by=by
        )
    decided = _nominations(by, numbers, "decided")
    if decided:
        notice = publish_notice(place, nominations=decided, starts_on=day_of(days.published), contact=contact_of(place.code), by=by)
        finish_notice(notice, on=notice.ends_on + dt.timedelta(days=1), by=by)


def _appoint(found: Round, place: Region, *, by: Actor) -> None:
    ordered = sorted(found.posts, key=lambda p: (p.appointed, p.document, p.ends))
    for (appointed, document, ends), group in groupby(ordered, key=lambda p: (p.appointed, p.document, p.ends)):
        posts = [p.number for p in group]
        rows = Nomination.objects.visible_to(by).filter(need__number__in=posts, state="in_notice")
        keys = list(rows.values_list("pk", flat=True))
        if keys:
            appoint(place, nominations=keys, on=day_of(appointed), planned_end=day_of(ends), number=document, by=by)
    _elect([p.number for p in found.posts], by=by)


def _elect(numbers: Sequence[str], *, by: Actor) -> None:
    """People's congresses and governments have since elected or appointed most of those whose title needs it."""
    waiting = Posting.objects.visible_to(by).filter(number__in=numbers, statutory_on=None).exclude(statutory_procedure="")
    for posting in waiting.select_related("region").order_by("number"):
        serial = int(posting.number.rpartition("-")[2])
        if serial % EVERY_OPEN == 0:
            continue
        on = posting.appointed_on + dt.timedelta(days=20 + serial % 17)
        body = {"congress_committee": "人大常委会任字", "town_congress": "人大主席团选字", "county_government": "政任字"}
        document = f"{posting.region.name}{body[posting.statutory_procedure]}〔{on.year}〕{serial % 9 + 1}号"
        record_statutory_act(posting, on=on, document_number=document, by=by)


def _step(command: Callable[..., object], subject: Region, *, by: Actor, **said: object) -> None:
    """A set command on what is left to be done by it."""
    chosen = said.get("needs") or said.get("nominations")
    if chosen:
        command(subject, by=by, **said)


def _needs(by: Actor, found: Iterable[Round], state: str) -> Keys:
    numbers = [p.number for r in found for p in r.posts]
    return list(PostNeed.objects.visible_to(by).filter(number__in=numbers, state=state).values_list("pk", flat=True))


def _nominations(by: Actor, numbers: Sequence[str], state: str) -> Keys:
    return list(Nomination.objects.visible_to(by).filter(number__in=numbers, state=state).values_list("pk", flat=True))


def day_of(day: np.datetime64) -> dt.date:
    return dt.date.fromisoformat(str(day))


def _year(day: np.datetime64) -> str:
    return str(day)[:4]


def stem_of(region: str) -> str:
    return sign_of(region).removesuffix("发")


def _letter(region: str, found: Round, serial: int) -> str:
    return f"{stem_of(region)}函〔{_year(found.days.asked)}〕{serial * 3 + 2}号"


def discipline_of(region: str) -> str:
    return f"中共{COUNTIES[region].name if region in COUNTIES else '商洛市'}纪律检查委员会"


def meeting_of(region: str, tier: str) -> tuple[str, str]:
    """Who decided, and the sign of its minutes: the thousand a county's organisation department, the others the party committee."""
    if tier == "T1000":
        return f"{organisation_department(region)}部务会议", f"{stem_of(region)}部务会纪"
    name = COUNTIES[region].name if region in COUNTIES else "商洛市"
    return f"中共{name}委员会常务委员会会议", f"{stem_of(region).removesuffix('组')}常委会纪"


def contact_of(region: str) -> str:
    digit = COUNTIES[region].digit if region in COUNTIES else 8
    return f"{organisation_department(region)}干部监督科，电话 0914-23{digit}1238"
