"""Which events tell whom, in which words; and when something may leave the product. Pure.

A text names places, numbers of documents, counts and days: never a person, never what was found about one.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext_noop as _

from shibaiqian.access.roles import Role

# What a text may say. `place` is the name of the scope in which the reader is told.
SAYS = frozenset({"place", "count", "number", "day", "days", "until"})
LONG_NUMBER = re.compile(r"\d[\d \-]{9,}[\dXx]")  # telephones, ID numbers, cards; no document has one
ALWAYS = 3650  # days: told once
RECENT = 30  # days: what happened earlier is put on record and told to nobody
ORGANISATION = (Role.CITY_ORG_ADMIN, Role.COUNTY_ORG_ADMIN)
# Roles told of everything below their place, by the length of its code. The others are told of their very place.
LEVEL = {Role.COUNTY_ORG_ADMIN: 6, Role.COUNTY_POVERTY_ADMIN: 6, Role.TOWN_PARTY_ADMIN: 9, Role.TOWN_POVERTY_ADMIN: 9}


@dataclass(frozen=True)
class Event:
    """Something that happened or is due. `roles` are told at the regions and units it concerns, and `cadres` about themselves."""

    text: str
    page: str  # name of the URL that leads to it
    query: str = ""  # which of its rows, with what the text says filled in
    elsewhere: Mapping[Role, str] = field(default_factory=dict)  # for roles that do not see that page
    roles: tuple[Role, ...] = ()
    rest: int = 0  # days in which the same thing is not told again after it was read
    is_emergency: bool = False


EVENTS: Mapping[str, Event] = {
    # Selection.
    "needs_submitted": Event(_("%(place)s：有新上报的岗位需求，请确认。"), "needs_desk", roles=ORGANISATION),
    "needs_returned": Event(_("%(place)s：有岗位需求被退回，请修改后再报。"), "needs_desk", roles=(Role.TOWN_PARTY_ADMIN,)),
    "nominations_recommended": Event(_("%(place)s：有单位新推荐的人选，请审查资格。"), "nominations_desk", roles=ORGANISATION),
    "gate_asked": Event(_("%(place)s：请对 %(count)s 名人选出具廉政意见（%(number)s）。"), "nominations_desk", roles=(Role.DISCIPLINE_OFFICER,)),
    "sheet_drawn": Event(
        _("%(place)s：呈批件 %(number)s 已拟好，等待会议决定。"), "decisions", elsewhere={Role.CITY_LEADER: "documents"},
        roles=(Role.CITY_LEADER, *ORGANISATION),
    ),
    "notice_over": Event(_("%(place)s：%(number)s 公示期满，没有异议的可以任命。"), "decisions", roles=ORGANISATION),
    "officials_appointed": Event(
        _("%(place)s：%(count)s 名挂职干部已任命（%(number)s），请按期办理报到。"), "postings",
        roles=(Role.TOWN_PARTY_ADMIN, Role.SENDING_UNIT_ADMIN),
    ),
    # Postings.
    "arrivals_late": Event(
        _("%(place)s：%(count)s 名挂职干部超过期限没有登记到岗。"), "postings", query="?reminder=late", roles=(*ORGANISATION, Role.TOWN_PARTY_ADMIN, Role.SENDING_UNIT_ADMIN), rest=7,
    ),
    "party_relations_late": Event(
        _("%(place)s：%(count)s 名挂职党员的组织关系逾期没有转入。"), "postings", query="?reminder=party_overdue",
        roles=(*ORGANISATION, Role.TOWN_PARTY_ADMIN, Role.SENDING_UNIT_ADMIN), rest=7,
    ),
    "terms_end": Event(
        _("%(place)s：%(count)s 名挂职干部的任期将在 %(days)s 天内届满，请安排接续、延期或交接。"), "postings", query="?reminder=ending_%(days)s",
        roles=(*ORGANISATION, Role.SENDING_UNIT_ADMIN), rest=ALWAYS,
    ),
    "own_term_ends": Event(_("你的挂职任期将在 %(days)s 天内届满，请准备交接。"), "field", roles=(Role.POSTED_CADRE,), rest=ALWAYS),
    "recall_proposed": Event(_("%(place)s：有一名派出的挂职干部被拟召回，请听取本人意见。"), "postings", roles=(*ORGANISATION, Role.SENDING_UNIT_ADMIN)),
    "recalled": Event(
        _("%(place)s：有一名派出的挂职干部被召回，召回通知书已印发，请按期另派人选。"), "postings", roles=(*ORGANISATION, Role.SENDING_UNIT_ADMIN)
    ),
    "targets_offered": Event(
        _("有一份目标责任书等待签字。"), "target_letters", roles=(Role.POSTED_CADRE, Role.HOST_UNIT_LEADER, Role.SENDING_UNIT_ADMIN)
    ),
    # Daily management.
    "papers_heard": Event(_("你提交的月计划、月小结已在 %(day)s 的工作例会上听取。"), "plans", roles=(), rest=ALWAYS),
    "papers_returned": Event(_("你 %(number)s 的计划或小结被退回，请按说明修改后再提交。"), "plans"),
    "duty_report_submitted": Event(
        _("%(place)s：有 %(count)s 份述职报告已提交，请安排会议听取。"), "duty_reports", roles=(Role.TOWN_PARTY_ADMIN, Role.HOST_UNIT_LEADER)
    ),
    "duty_report_items": Event(_("述职会议提出 %(count)s 项整改事项，请按期整改。"), "duty_reports"),
    "emergency_declared": Event(
        _("%(place)s：%(day)s 至 %(until)s 为应急时段，期间到期的事项顺延。"), "emergencies",
        roles=(*ORGANISATION, Role.TOWN_PARTY_ADMIN, Role.HOST_UNIT_LEADER), is_emergency=True, rest=ALWAYS,
    ),
    "emergency_called": Event(
        _("应急期间你被列入值守名单：%(day)s 至 %(until)s。考勤会按此推定在岗，与实际不符的请改正。"), "attendance", is_emergency=True, rest=ALWAYS
    ),
    # Typed by the village for an official: however many, one line a day.
    "drafts_waiting": Event(_("村里有替你记的事，请核对后采用或退回。"), "drafts", rest=1),
    "drafts_accepted": Event(_("你代记的已有被采用的，请看结果。"), "drafts", rest=1),
    "drafts_returned": Event(_("你代记的有被退回的，请看写明的原因，改好再交。"), "drafts"),
    "drafts_given_back": Event(_("你代记的有几条没有人核对：责任人已离任，请改交给现任。"), "drafts", rest=ALWAYS),
    # Attendance and leave.
    "attendance_submitted": Event(_("%(place)s：有 %(number)s 的考勤等待确认。"), "town_desk", roles=(Role.TOWN_PARTY_ADMIN,)),
    "attendance_returned": Event(_("你 %(number)s 的考勤被退回，请按说明修改后再提交。"), "attendance", roles=(Role.POSTED_CADRE,)),
    "attendance_published": Event(
        _("%(place)s：%(number)s 的考勤已公布。"), "attendance", elsewhere={Role.VILLAGE_ADMIN: "boards"}, roles=(Role.TOWN_PARTY_ADMIN, Role.VILLAGE_ADMIN)),
    "attendance_due": Event(_("%(number)s 的考勤还没有提交，请核对后提交。"), "attendance", rest=7),
    "leave_asked_town": Event(_("%(place)s：有请假等待审批。"), "town_desk", roles=(Role.TOWN_PARTY_ADMIN,)),
    "leave_asked_county": Event(_("%(place)s：有请假等待审批。"), "town_desk", roles=(Role.COUNTY_ORG_ADMIN, Role.TOWN_PARTY_ADMIN)),
    "leave_asked_city": Event(_("%(place)s：有请假等待审批。"), "town_desk", roles=(Role.CITY_ORG_ADMIN,)),
    "leave_copied": Event(_("%(place)s：有一名派出的挂职干部请长假，抄送单位知悉。"), "leaves", roles=(Role.SENDING_UNIT_ADMIN,)),
    "leave_answered": Event(_("你的请假已有答复，请查看。"), "leaves"),
    "leave_returned": Event(_("%(place)s：有销假等待核销。"), "town_desk", roles=(Role.TOWN_PARTY_ADMIN,)),
    "leave_ends": Event(_("你的假期将于 %(day)s 届满，返岗后请销假。"), "leaves", rest=7),
    "course_invited": Event(_("请参加 %(day)s 开始的培训，名称和地点请问主办单位或组织部门。"), "field", rest=ALWAYS),
    "claim_handed_in": Event(_("%(place)s：有 %(count)s 张补助报销单等待办理。"), "claims", roles=(Role.SENDING_UNIT_ADMIN,)),
    "claim_returned": Event(_("你的补助报销单被退回，请按说明核对后重新生成。"), "claims"),
    "clues_found": Event(_("有几处日志想请你说一句是怎么回事，只有你自己能看到。"), "own_clues", rest=7),
    "log_question": Event(_("有一个关于你日志的问题，想听你说一说。"), "own_clues", rest=ALWAYS),
    # Requests upward. The county reads along.
    "request_asked": Event(
        _("%(place)s：有 %(count)s 件向上要事项，请在 %(until)s 前答复。"), "requests", roles=(Role.SENDING_UNIT_ADMIN, Role.COUNTY_ORG_ADMIN)
    ),
    "request_answered": Event(_("你提出的向上要事项有了答复，请查看。"), "requests", roles=(Role.POSTED_CADRE, Role.VILLAGE_ADMIN)),
    "request_done": Event(_("你提出的向上要事项已办好，请确认。"), "requests", roles=(Role.POSTED_CADRE, Role.VILLAGE_ADMIN)),
    "request_sent_back": Event(_("%(place)s：有 %(count)s 件向上要事项没有办好，请在 %(until)s 前办好。"), "requests", roles=(Role.SENDING_UNIT_ADMIN,)),
    "requests_overdue": Event(
        _("%(place)s：%(count)s 件向上要事项超过期限没有答复或办好。"), "requests", query="?overdue=yes",
        roles=(Role.SENDING_UNIT_ADMIN, *ORGANISATION), rest=5,
    ),
    # One's own account.
    "role_lent": Event(_("有同事委托你代理：%(place)s，到 %(until)s 为止。请用“切换身份”办理。"), "choose_role", rest=ALWAYS),
    "channel_refused": Event(_("你的通知没有送出去：对方不接受这个地址。请检查通知方式。"), "channels"),
}  # fmt: skip

OPENS, CLOSES, DIGEST_AT = dt.time(8, 0), dt.time(18, 0), dt.time(8, 30)
FIRST_WAIT, LONGEST_WAIT, ATTEMPTS = 60, 3600, 8  # seconds, seconds, times


def in_working_hours(now: dt.datetime, *, workday: bool) -> bool:
    """From 8:00 to 18:00 of a working day; `now` in Shanghai's time."""
    return workday and OPENS <= now.time() < CLOSES


def digest_is_due(now: dt.datetime, *, workday: bool, last: dt.date | None) -> bool:
    """Once a working day, from 8:30 on."""
    return in_working_hours(now, workday=workday) and now.time() >= DIGEST_AT and last != now.date()


def wait(attempts: int) -> int:
    """Seconds until the next attempt: doubled each time, an hour at most."""
    return int(min(FIRST_WAIT * 2 ** min(attempts, 20), LONGEST_WAIT))


def must_be_impersonal(said: Mapping[str, object]) -> None:
    """Raises ValueError when a text would say more than it may: a mistake of whoever wrote the call."""
    if more := set(said) - SAYS:
        raise ValueError(f"a message does not say {sorted(more)}")
    if any(LONG_NUMBER.search(str(value)) for value in said.values()):
        raise ValueError("a message carries no long numbers")
