"""What needs doing first, for the role that looks. Each line counts to a limit, by index, and leads to its list.

All lines of a role are counted by one statement.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet, Value
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from shibaiqian.access.actor import Actor
from shibaiqian.access.roles import Permission, Role
from shibaiqian.access.scope import ScopeKind
from shibaiqian.access.scoped import must_be_told
from shibaiqian.base import clock
from shibaiqian.documents.models import Objection, PublicNotice
from shibaiqian.fieldwork import queries as duty
from shibaiqian.fieldwork.models import AttendanceAmendment, AttendanceMonth, DutyReport, ExpenseClaim, MonthlyPlan, PracticalService
from shibaiqian.fieldwork.queries import owing, owing_reports
from shibaiqian.imports.models import ImportRun
from shibaiqian.imports.queries import openings
from shibaiqian.party.models import Overhaul
from shibaiqian.policy.rules import KEY_OF
from shibaiqian.postings.models import Handover, Posting, TargetLetter
from shibaiqian.postings.queries import conditions
from shibaiqian.postings.trainings import without_induction, without_training
from shibaiqian.selection.models import Decision, IntegrityInquiry, Nomination, PostNeed
from shibaiqian.sync.models import InboxRecord
from shibaiqian.sync.queries import NOBODY, devices_that_owe
from shibaiqian.voice.models import UpwardRequest
from shibaiqian.voice.queries import overdue

MOST = 100


@dataclass(frozen=True)
class Todo:
    """One line: what, how many (at most `MOST`, then `+`), where to do it, how urgent."""

    text: str
    count: int
    url: str
    urgent: bool = False

    @property
    def shown(self) -> str:
        return f"{MOST}+" if self.count > MOST else str(self.count)


@dataclass(frozen=True)
class Line:
    """A line before it is counted: the rows that wait, and the name of the page where they are done."""

    text: str
    rows: "QuerySet[Any]"
    page: str
    urgent: bool = False
    query: str = ""


def todos(actor: Actor) -> list[Todo]:
    """The lines with something to do, most urgent first. One query, one for the policy in force, and those of the opening balance for whom it concerns."""
    lines = [*_of_rosters(actor), *_of_selection(actor), *_of_postings(actor), *_of_the_field(actor), *_of_phones(actor)]
    counts = _counted([line.rows for line in lines])
    found = [Todo(line.text, count, reverse(line.page) + line.query, line.urgent) for line, count in zip(lines, counts, strict=True)]
    if actor.may(Permission.CLOSE_OPENING):
        waiting = [o for o in openings(by=actor) if o.closed_on is None and not o.own]
        found.append(Todo(_("个县区的期初数据待封账"), len(waiting), reverse("imports")))
    return sorted((t for t in found if t.count), key=lambda t: not t.urgent)


def _of_rosters(actor: Actor) -> Iterator[Line]:
    if actor.may(Permission.IMPORT_ROSTERS):
        runs = ImportRun.objects.visible_to(actor)
        yield Line(_("份名册有错误，未导入"), runs.filter(state=ImportRun.State.REFUSED), "imports", urgent=True)
        yield Line(_("份名册检查完毕，等待确认"), runs.filter(state=ImportRun.State.PREVIEWED), "imports")


def _of_selection(actor: Actor) -> Iterator[Line]:
    if not actor.may(Permission.VIEW_SELECTION):
        return
    needs, nominations = PostNeed.objects.visible_to(actor), Nomination.objects.visible_to(actor)
    if actor.may(Permission.RAISE_NEEDS):
        yield Line(_("个岗位需求还是草稿，没有上报"), needs.filter(state="draft"), "needs_desk")
    if actor.may(Permission.CONFIRM_NEEDS):
        yield Line(_("个岗位需求等待确认"), needs.filter(state="submitted"), "needs_desk")
    if actor.may(Permission.NOMINATE):
        yield Line(_("项推荐还是草稿"), nominations.filter(state="draft"), "nominations_desk")
    if actor.may(Permission.REVIEW_NOMINATIONS):
        here = _within(nominations, actor)
        yield Line(_("名人选等待资格审查"), here.filter(state="unit_recommended"), "nominations_desk")
        yield Line(_("名人选等待四关审查"), here.filter(state__in=["screened", "gate_review"]), "nominations_desk")
    if actor.may(Permission.REVIEW_INTEGRITY) or actor.may(Permission.REVIEW_NOMINATIONS):
        letters = IntegrityInquiry.objects.visible_to(actor).filter(reply_number="")
        yield Line(_("封廉政意见征求函等待回复"), letters, "nominations_desk")
    if actor.may(Permission.DECIDE_SELECTION):
        yield Line(_("份呈批件等待登记会议决定"), Decision.objects.visible_to(actor).filter(state="drawn"), "decisions")
        over = PublicNotice.objects.visible_to(actor).filter(kind="selection", state=PublicNotice.State.OPEN, ends_on__lt=clock.today())
        yield Line(_("份公示期满，可以任命"), over, "decisions", urgent=True)
        open_ones = Objection.objects.visible_to(actor).filter(state=Objection.State.RECEIVED)
        yield Line(_("条公示异议等待核查"), open_ones, "decisions", urgent=True)


# Of postings: the reminder, its text, whether it is urgent. Who keeps postings is reminded, whoever decides.
REMINDED = (
    ("late", _lazy("名挂职干部超过期限尚未到岗"), True), ("over", _lazy("名挂职干部任期已满，未办结束或延期"), True),
    ("recalls", _lazy("名挂职干部拟召回，等待听取意见或决定"), True), ("no_handover", _lazy("名已召回干部没有办完交接"), True),
    ("ending_7", _lazy("名挂职干部 7 天内任期届满"), True), ("ending_90", _lazy("名挂职干部 90 天内任期届满"), False),
    ("party_overdue", _lazy("名挂职党员组织关系逾期未转入"), False), ("party_not_back", _lazy("名已结束挂职的党员组织关系未转回"), False),
    ("no_acting_head", _lazy("名单位主要负责人挂职，未明确主持工作人"), False),
    ("refill", _lazy("个岗位等待补派人选"), True),
)  # fmt: skip
SIGNS = {
    Role.POSTED_CADRE: "signed_by_official_on", Role.HOST_UNIT_LEADER: "signed_by_host_on", Role.SENDING_UNIT_ADMIN: "signed_by_unit_on",
}  # fmt: skip


def _of_postings(actor: Actor) -> Iterator[Line]:
    if actor.may(Permission.KEEP_POSTINGS):
        seen, of = Posting.objects.visible_to(actor), conditions()
        for code, text, urgent in REMINDED:
            yield Line(str(text), seen.filter(of[code]), "postings", urgent=urgent, query=f"?reminder={code}")
    if actor.may(Permission.WITNESS_HANDOVER):
        waiting = Handover.objects.visible_to(actor).filter(
            witnessed_on__isnull=True, waived="", signed_by_leaver_on__isnull=False, signed_by_successor_on__isnull=False
        )
        yield Line(_("份工作交接等待监交"), waiting, "postings")
    if actor.may(Permission.REGISTER_CADRES):
        yield Line(_("名待到岗干部还没有参加岗前培训"), without_induction(actor), "courses")
        if clock.today().month >= LAST_QUARTER:
            yield Line(_("名干部今年还没有参加过培训"), without_training(actor, year=clock.today().year), "courses")
    if actor.role in SIGNS:
        unsigned = {SIGNS[actor.role]: None, "state": TargetLetter.State.SIGNING}
        yield Line(_("份目标责任书等待签字"), TargetLetter.objects.visible_to(actor).filter(**unsigned), "target_letters")


def _of_the_field(actor: Actor) -> Iterator[Line]:
    if actor.may(Permission.KEEP_PARTY):
        open_ones = Overhaul.objects.visible_to(actor).filter(state=Overhaul.State.IN_RECTIFICATION)
        yield Line(_("个后进党组织正在整顿"), open_ones, "overhauls")
    if actor.may(Permission.HEAR_HOUSEHOLDS):
        unconfirmed = PracticalService.objects.visible_to(actor).filter(confirmation="")
        yield Line(_("件实事待群众确认，确认后才计数"), unconfirmed, "services")
    yield from _of_duty(actor)
    yield from _of_plans(actor)
    yield from _of_requests(actor)


def _of_duty(actor: Actor) -> Iterator[Line]:
    """Leave and attendance: what waits for whom. Somebody who is late or away for long is a question, not a fault."""
    months = AttendanceMonth.objects.visible_to(actor)
    if actor.may(Permission.DECIDE_LEAVE):
        yield Line(_("份请假等待答复"), duty.leaves_to_answer(actor), "town_desk", urgent=True)
    if actor.role is Role.TOWN_PARTY_ADMIN:
        yield Line(_("份考勤等待确认"), months.filter(state="submitted"), "town_desk")
        yield Line(_("份销假等待核销"), duty.leaves_returned(actor), "town_desk")
        yield Line(_("名干部假期已满没有销假，请问一问"), duty.leaves_overdue(actor), "town_desk")
    if actor.may(Permission.ASK_ABOUT_LOGS):
        yield Line(_("处日志想请问一问本人"), duty.questions(actor).filter(state="waiting"), "town_desk")
    if actor.may(Permission.PUBLISH_ATTENDANCE):
        own = months.filter(state="confirmed", is_own_people=True, looked_on__isnull=True)
        yield Line(_("份镇办本单位人员的考勤等待复核"), own, "town_desk")
        yield Line(_("份镇办本单位人员的请假等待复核"), duty.leaves_to_look_at(actor), "town_desk")
        yield Line(_("份考勤更正等待审定"), AttendanceAmendment.objects.visible_to(actor).filter(outcome=""), "town_desk", urgent=True)
        yield Line(_("名干部请长假，请研究是否另派人选"), duty.away_long(actor, days=LONG_LEAVE), "town_desk")
    if actor.role is Role.POSTED_CADRE:
        own = duty.months(actor).filter(state="open", month__lt=clock.today().replace(day=1))
        yield Line(_("个月的考勤还没有提交"), own, "attendance")
        yield Line(_("处日志想请你说一句是怎么回事"), duty.own_clues(actor).filter(state="open"), "own_clues")


def _of_plans(actor: Actor) -> Iterator[Line]:
    """Who writes is told what is due; who hears, what waits for a meeting."""
    reports = DutyReport.objects.visible_to(actor)
    if actor.may(Permission.KEEP_PLANS):
        owed = owing(actor)
        yield Line(_("份本月计划到期未提交"), owed["plan"], "own_month")
        yield Line(_("份上月小结到期未提交"), owed["summary"], "own_month")
        yield Line(_("份上半年度或上年度述职报告未提交"), owing_reports(actor), "duty_reports")
        yield Line(_("份述职报告有整改事项未办"), reports.filter(state="rectifying"), "duty_reports")
    if actor.may(Permission.HEAR_REPORTS):
        submitted = MonthlyPlan.objects.visible_to(actor).filter(state="submitted")
        yield Line(_("份月计划等待工作例会听取"), submitted, "plans", query="?state=submitted")
        yield Line(_("份述职报告等待开会听取"), reports.filter(state="submitted"), "duty_reports", query="?state=submitted")


LAST_QUARTER = 10  # from this month on it is asked who had no training in the year
LONG_LEAVE = int(KEY_OF["leave_replacement_days"].default)  # as the law brings it along; the desk goes by the place's own number
# Days without a signal are no reason to ask anybody.
LONG_OWED = dt.timedelta(days=7)


def _of_phones(actor: Actor) -> Iterator[Line]:
    if actor.may(Permission.MANAGE_ACCOUNTS):
        owing = devices_that_owe(actor).filter(owes_since__lt=clock.wall_now() - LONG_OWED)
        yield Line(_("台手机有记录超过 7 天没有上传"), owing, "phones")
    if actor.may(Permission.HEAR_HOUSEHOLDS):
        own = InboxRecord.objects.visible_to(actor).filter(user=actor.user_id or NOBODY, status=InboxRecord.Status.CONFLICT)
        yield Line(_("条手机记录与他人改动冲突，请核对"), own.filter(received_at__gt=clock.wall_now() - LONG_OWED), "own_phones")


def _of_requests(actor: Actor) -> Iterator[Line]:
    """Who is asked is told what waits; who asked, what is to be confirmed; who sees the county, what is late."""
    if not actor.may(Permission.VIEW_REQUESTS):
        return
    rows = UpwardRequest.objects.visible_to(actor)
    if actor.may(Permission.ASK_UPWARD):
        yield Line(_("件向上要事项已办好，等待确认"), rows.filter(state="done"), "requests", query="?state=done")
    if actor.scope.kind is ScopeKind.UNIT:
        yield Line(_("件向上要事项等待本单位答复"), rows.filter(state="asked"), "requests", query="?state=asked")
    if actor.may(Permission.SETTLE_CLAIMS):
        waiting = ExpenseClaim.objects.visible_to(actor).filter(state="handed_in")
        yield Line(_("张补助报销单等待办理"), waiting, "claims", query="?state=handed_in")
    if actor.may(Permission.ANSWER_REQUESTS):
        yield Line(_("件向上要事项已逾期"), rows.filter(overdue()), "requests", urgent=True, query="?overdue=yes")


def _within(rows: "QuerySet[Any]", actor: Actor) -> "QuerySet[Any]":
    """Those that this place considers: not those that its units have sent elsewhere."""
    low, high = actor.scope.bounds
    return rows.filter(region_id__gte=low, region_id__lt=high)


def _counted(lines: "list[QuerySet[Any]]") -> list[int]:
    """How many rows each has, one more than `MOST` at most: one query."""
    for rows in lines:
        must_be_told(rows)
    parts = [rows.order_by().annotate(line=Value(n)).values_list("line", flat=True)[: MOST + 1] for n, rows in enumerate(lines)]
    counts = Counter(parts[0].union(*parts[1:], all=True)) if parts else Counter()
    return [counts[n] for n in range(len(lines))]
