"""What the frame of every page needs."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shibaiqian.access.actor import Actor
from shibaiqian.access.roles import Permission as P
from shibaiqian.base import clock

# Groups of (URL name, label, permission). Who may not open a page does not see it.
GROUPS: tuple[tuple[Any, tuple[Any, ...]], ...] = (
    (_("工作"), (("home", _("工作台"), None), ("field", _("今天的工作"), P.VIEW_DRAFTS), ("drafts", _("代记"), P.VIEW_DRAFTS), ("town_desk", _("日常管理"), P.DECIDE_LEAVE), ("attendance", _("考勤"), P.VIEW_ATTENDANCE), ("leaves", _("请销假"), P.VIEW_ATTENDANCE), ("boards", _("村务公布"), P.VIEW_ATTENDANCE), ("logs", _("工作日志"), P.VIEW_FIELDWORK), ("imports", _("名册导入"), P.VIEW_IMPORTS), ("bulletins", _("工作简报"), P.VIEW_REPORTS), ("reports", _("统计报表"), P.VIEW_REPORTS))),
    (_("选派"), (("batches", _("批次"), P.VIEW_SELECTION), ("match_plans", _("因村派人"), P.MATCH), ("decisions", _("上会与任命"), P.DECIDE_SELECTION), ("documents", _("公文登记"), P.VIEW_DOCUMENTS))),
    (_("干部"), (("postings", _("挂职干部"), P.VIEW_POSTINGS), ("handovers", _("工作交接"), P.VIEW_POSTINGS), ("take_list", _("报表"), P.APPOINT), ("target_letters", _("目标责任书"), P.VIEW_TARGETS), ("cadres", _("干部名册"), P.VIEW_CADRES), ("courses", _("培训班"), P.VIEW_CADRES), ("trainings", _("培训"), P.VIEW_CADRES), ("promotions", _("提拔使用"), P.VIEW_CADRES), ("organisations", _("单位"), P.VIEW_ORGANISATIONS))),
    (_("日常管理"), (("plans", _("月计划"), P.VIEW_PLANS), ("summaries", _("月小结"), P.VIEW_PLANS), ("meetings", _("工作例会"), P.VIEW_PLANS), ("duty_reports", _("述职报告"), P.VIEW_PLANS), ("requests", _("向上要"), P.VIEW_REQUESTS), ("receivers", _("按答复单位"), P.VIEW_REQUESTS), ("claims", _("补助报销"), P.VIEW_CLAIMS), ("emergencies", _("应急时段"), P.VIEW_PLANS), ("burden", _("填报负担"), P.VIEW_BURDEN), ("asked_forms", _("填报登记册"), P.VIEW_PLANS))),
    (_("帮扶"), (("households", _("贫困户台账"), P.VIEW_HOUSEHOLDS), ("members", _("贫困人口"), P.VIEW_HOUSEHOLDS), ("posted_households", _("包户"), P.VIEW_HOUSEHOLDS), ("projects", _("帮扶项目"), P.VIEW_ASSISTANCE), ("industries", _("产业主体"), P.VIEW_ASSISTANCE), ("services", _("为民办实事"), P.VIEW_FIELDWORK))),
    (_("村和党建"), (("regions", _("区划与村情"), P.VIEW_REGIONS), ("overhauls", _("后进党组织整顿"), P.VIEW_PARTY))),
    (_("系统"), (("accounts", _("账号"), P.VIEW_ACCOUNTS), ("roles", _("角色授权"), P.GRANT_ROLES), ("village_accounts", _("村级账号"), P.KEEP_VILLAGE_ACCOUNTS), ("phones", _("手机"), P.VIEW_ACCOUNTS), ("audit", _("审计"), P.VIEW_AUDIT), ("stand_ins", _("代理"), P.DELEGATE))),
)  # fmt: skip


def frame(request: HttpRequest) -> dict[str, Any]:
    actor: Actor | None = getattr(request, "actor", None)
    return {
        "brand": gettext(settings.BRAND),
        "demonstration": clock.is_demonstration(),
        "as_of": clock.today(),
        "unread_messages": getattr(getattr(request, "user", None), "unread", 0),
        "nav": _nav(actor, request.path) if actor else [],
    }


def _nav(actor: Actor, path: str) -> list[dict[str, Any]]:
    """The groups this role has something in; the item that holds the page is the current one."""
    groups: list[dict[str, Any]] = [
        {"title": title, "items": items} for title, entries in GROUPS if (items := _items(actor, entries, path))
    ]
    shown: list[dict[str, Any]] = [item for group in groups for item in group["items"]]
    here = max((item for item in shown if item["current"]), key=lambda item: len(item["url"]), default=None)
    for item in shown:
        item["current"] = item is here
    return groups


def _items(actor: Actor, entries: Any, path: str) -> list[dict[str, Any]]:
    found = []
    for name, label, permission in entries:
        if permission is not None and not actor.may(permission):
            continue
        if name == "home" and actor.may(P.VIEW_DRAFTS):  # its first page is the day's work
            continue
        try:
            url = reverse(name)
        except NoReverseMatch:
            continue
        found.append({"url": url, "label": label, "current": path.startswith(url) if url != "/" else path == "/"})
    return found
