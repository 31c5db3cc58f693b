"""Lists of plans, summaries, work meetings and reports on duty. No list counts or orders by what an official did."""

from django.utils.translation import gettext_lazy as _

from shibaiqian.access.roles import Permission
from shibaiqian.base.spreadsheets.columns import ColumnKind as K
from shibaiqian.console.listing.asked import Listing
from shibaiqian.console.listing.columns import Column, To, place_columns
from shibaiqian.console.listing.filters import Sort, choice, dates
from shibaiqian.console.lists.words import labelled, state_column
from shibaiqian.fieldwork import queries
from shibaiqian.fieldwork.models import DutyReport, MonthlyPlan, MonthlySummary

LATEST = Sort("latest", _("按月份，新的在前"), ("-month",))
OLDEST = Sort("oldest", _("按月份，早的在前"), ("month",))


def _month(value) -> str:  # type: ignore[no-untyped-def]
    return f"{value:%Y-%m}"


def _columns(states):  # type: ignore[no-untyped-def]
    return (
        Column("name", _("姓名"), "posting__cadre_name", link=To("posting", "posting_id")),
        Column("month", _("月份"), "month", said=_month),
        Column("host", _("挂职单位"), "posting__host_name"),
        *place_columns(shown=("county", "town", "village")),
        Column("typed", _("录入人"), "typed_by", shown=False),
        Column("submitted", _("提交日期"), "submitted_on", K.DATE),
        Column("heard", _("听取日期"), "heard_on", K.DATE),
        state_column(states),
    )


PLANS = Listing(
    name="plans",
    title=_("月计划"),
    permission=Permission.VIEW_PLANS,
    rows=queries.plans,
    begin=("own_month", _("写本月计划"), Permission.KEEP_PLANS),
    first=_("还没有月计划。挂职干部在“写本月计划”里写，最多 10 项。"),
    sorts=(LATEST, OLDEST),
    filters=(choice("state", _("状态"), MonthlyPlan.State.choices), *dates("month", _("月份"), "month")),
    href=To("plan"),
    columns=_columns(MonthlyPlan.State),
)
SUMMARIES = Listing(
    name="summaries",
    title=_("月小结"),
    permission=Permission.VIEW_PLANS,
    rows=queries.summaries,
    begin=("own_month", _("写本月小结"), Permission.KEEP_PLANS),
    first=_("还没有月小结。数量由日志、走访和实事记录带出，挂职干部只写记录里没有的。"),
    sorts=(LATEST, OLDEST),
    filters=(choice("state", _("状态"), MonthlySummary.State.choices), *dates("month", _("月份"), "month")),
    href=To("monthly_summary"),
    columns=_columns(MonthlySummary.State),
)
MEETINGS = Listing(
    name="meetings",
    title=_("工作例会"),
    permission=Permission.VIEW_PLANS,
    rows=queries.meetings,
    begin=("hold_meeting", _("登记工作例会"), Permission.HEAR_REPORTS),
    first=_("还没有登记工作例会。镇办每月至少召开一次，听取挂职干部的计划和小结。"),
    sorts=(Sort("latest", _("按日期，新的在前"), ("-on",)), Sort("oldest", _("按日期，早的在前"), ("on",))),
    filters=(*dates("on", _("会议日期"), "on"),),
    columns=(
        Column("on", _("会议日期"), "on", K.DATE),
        *place_columns(shown=("county", "town")),
        Column("chair", _("主持人"), "chair"),
        Column("attendees", _("参会人数"), "attendees", K.INTEGER),
        Column("plans", _("听取月计划"), "plans", K.INTEGER),
        Column("summaries", _("听取月小结"), "summaries", K.INTEGER),
        Column("notes", _("会议要点"), "notes"),
    ),
)
DUTY_REPORTS = Listing(
    name="duty_reports",
    title=_("述职报告"),
    permission=Permission.VIEW_PLANS,
    rows=queries.duty_reports,
    first=_("还没有述职报告。挂职干部在自己的任职页面写。"),
    sorts=(Sort("latest", _("按年份，新的在前"), ("-year",)), Sort("oldest", _("按年份，早的在前"), ("year",))),
    filters=(
        choice("state", _("状态"), DutyReport.State.choices),
        choice("half", _("述职期间"), [("1", _("上半年")), ("2", _("下半年")), ("0", _("全年"))]),
    ),
    href=To("duty_report"),
    columns=(
        Column("name", _("姓名"), "posting__cadre_name", link=To("duty_report")),
        Column("year", _("年度"), "year", K.CODE),
        Column("half", _("述职期间"), "half", said=labelled(DutyReport.Half), translated=True),
        Column("host", _("挂职单位"), "posting__host_name"),
        *place_columns(shown=("county", "town", "village")),
        Column("submitted", _("提交日期"), "submitted_on", K.DATE),
        Column("meeting", _("会议日期"), "meeting_on", K.DATE),
        state_column(DutyReport.State),
    ),
)
