"""A little of daily management for the demonstration: some officials' plans, summaries, reports on duty, what they asked upward, a
claim that they handed in, and what the village typed for them.

Written by the same commands as the pages, by the accounts of the officials themselves; small, and nothing that a figure counts.
"""

import datetime as dt

from shibaiqian.access.actor import Actor, acting, system_actor
from shibaiqian.access.models import Assignment
from shibaiqian.access.queries import Hat, actor_for
from shibaiqian.access.roles import Role
from shibaiqian.base import clock
from shibaiqian.fieldwork.actions import (
    LogEntry,
    PlanLine,
    ServiceDone,
    draw_claim,
    hand_in_claim,
    hear_report,
    hold_meeting,
    return_draft,
    submit_plan,
    submit_report,
    submit_summary,
    type_drafts,
    write_plan,
    write_report,
    write_summary,
)
from shibaiqian.fieldwork.models import MonthlyPlan
from shibaiqian.fieldwork.procedures import Ballot
from shibaiqian.fieldwork.queries import months_to_claim, officials_to_type_for
from shibaiqian.households.models import Household
from shibaiqian.postings.models import Posting
from shibaiqian.postings.queries import running_postings
from shibaiqian.regions.models import Region
from shibaiqian.voice.actions import ask_upward
from shibaiqian.voice.queries import receivers

OFFICIALS = 4  # in a county
THINGS = ("走访全部未脱贫户，核对收入", "协调修复二组断头路", "组织一次产业技术培训", "办好支部主题党日")
ASKED = (
    ("road", "二组 1.2 公里断头路硬化", "通 23 户，雨天不能行车，已有村民议事记录。"),
    ("health", "请县医院每月来村巡诊一次", "慢性病老人 31 人，到镇上往返 40 公里。"),
    ("signature", "合作社用地手续批复", "材料已报，等批复后才能建烘干房。"),
)
TYPED = {
    "village_admin": (
        ("visit", "入户看望，老人血压高，联系了村医", "care"),
        ("meeting", "陪同开小组会，商量核桃树施肥", ""),
        ("other", "去镇上取化肥补贴表", ""),
    ),
    "group_head": (("visit", "到家里看了漏雨的房顶，量了尺寸", ""),),
}
SENT_BACK = "取表那天我在县里培训，请核对日期"
VOTE = Ballot(invited=38, present=36, issued=36, returned=36, valid=35, good=29, fairly_good=5, average=1, poor=0)


def write_daily() -> int:
    """How many officials wrote something; nothing where plans are in already."""
    by = system_actor("演示装入")
    with acting(by):
        if MonthlyPlan.objects.visible_to(by).exists():
            return 0
    found: dict[str, list[Assignment]] = {}
    rows = Assignment.objects.filter(role="posted_cadre", region__regex=r"^\d{12}$").select_related("user").order_by("region", "pk")
    for assignment in rows:
        mine = found.setdefault(assignment.region[:6], [])
        if len(mine) < OFFICIALS:
            mine.append(assignment)
    clerks = Assignment.objects.filter(role__in=TYPED, region__regex=r"^\d{12}$").select_related("user").order_by("region", "pk")
    for one in clerks:
        _typed_for_officials(actor_for(one.user, Hat(one), on=clock.today()))
    return sum(_official(actor_for(one.user, Hat(one), on=clock.today()), n) for mine in found.values() for n, one in enumerate(mine))


def _official(actor: Actor, number: int) -> int:
    """One official's month and half-year; the first of a county has them heard."""
    with acting(actor):
        posting = running_postings(actor, region=actor.scope.region).filter(arrived_on__lt=dt.date(2016, 1, 1)).first()
        units = list(receivers(actor.scope.region).filter(level="county"))
        bureau = next((unit for unit in units if "交通" in unit.name), None) or next(iter(units), None)
    if posting is None or posting.cadre_name != actor.name:
        return 0
    today = clock.today()
    submit_plan(write_plan(posting, month=today, items=[PlanLine(text) for text in THINGS[: 2 + number % 3]], by=actor), by=actor)
    submit_summary(write_summary(posting, month=dt.date(2016, 5, 1), text="按计划推进，断头路已测量放线。", by=actor), by=actor)
    text = "一、履职情况\n驻村开展帮扶，具体数量见期间工作量。\n二、存在问题\n产业规模小。\n三、下一步打算\n办好合作社。"
    report = submit_report(write_report(posting, year=2015, half=2, text=text, by=actor), by=actor)
    if bureau is not None and number < len(ASKED):
        kind, title, content = ASKED[number]
        ask_upward(
            Region.objects.get(pk=posting.region_id), receiver=bureau, posting=posting, kind=kind, title=title, content=content, by=actor
        )
    _claimed(actor)
    if number == 0:
        _heard(posting, report)
    return 1


def _claimed(actor: Actor) -> None:
    """The oldest confirmed month handed in; the others are there to be tried."""
    with acting(actor):
        month = months_to_claim(actor).order_by("month").first()
    if month is not None:
        hand_in_claim(draw_claim(month, by=actor), by=actor)


def _typed_for_officials(by: Actor) -> None:
    """What a clerk or a group head typed for the First Secretary yesterday; the last of three came back."""
    with acting(by):
        posting = officials_to_type_for(by).first()
        homes = list(Household.objects.visible_to(by).filter(region=by.scope.region).order_by("number")[: len(TYPED)])
    if posting is None or not homes:
        return
    home = homes[0] if by.role is Role.VILLAGE_ADMIN else homes[-1]
    entries = [
        LogEntry(category, words, household=home.pk if category == "visit" else None, service=ServiceDone(kind) if kind else None)
        for category, words, kind in TYPED[by.role]
    ]
    drafts = type_drafts(posting, on=clock.today() - dt.timedelta(days=1), items=entries, by=by)
    official = Assignment.objects.filter(role="posted_cadre", region=posting.region_id, user__person=posting.cadre_id).first()
    if official is not None and len(drafts) > 2:
        return_draft(drafts[-1], word=SENT_BACK, by=actor_for(official.user, Hat(official), on=clock.today()))


def _heard(posting: Posting, report) -> None:  # type: ignore[no-untyped-def]
    town = Assignment.objects.filter(role="town_party_admin", region=posting.region_id[:9]).select_related("user").first()
    by = actor_for(town.user, Hat(town), on=clock.today()) if town else system_actor("演示装入")
    today = clock.today()
    hear_report(
        report, on=today, chair="镇党委书记", attendees="党员 21 人、村民代表 15 人", ballot=VOTE, comments="多到边远组走走。",
        items=[("三组饮水管道没有修复", dt.date(2016, 8, 31))], by=by,
    )  # fmt: skip
    hold_meeting(
        Region.objects.get(pk=posting.region_id[:9]), on=today, chair="镇党委书记", attendees=24, notes="听取本月计划和上月小结。", by=by
    )
