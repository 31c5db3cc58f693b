"""The statistical reports there are: what each is called, who may make it live, and how it is counted."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shibaiqian.access.actor import Actor
from shibaiqian.access.roles import Permission
from shibaiqian.reports import daily, duty, lists, samples, selection, targets
from shibaiqian.reports.tables import Report
from shibaiqian.selection.models import Batch

Make = Callable[[Actor, str, dt.date, Batch | None], Report]


@dataclass(frozen=True)
class Kind:
    """A report: `needs` is what its maker must be allowed besides seeing reports; `by_batch` when one batch can be asked for."""

    code: str
    title: Promise
    needs: Permission
    make: Make
    by_batch: bool = False
    rows_page: str = "report_rows"  # the page that a number opens


KINDS = {
    kind.code: kind
    for kind in (
        Kind(
            selection.CODE, _("挂职干部选派情况统计表"), Permission.VIEW_GATE_OPINIONS,
            lambda actor, region, as_of, batch: selection.selection_report(actor, selection.Asked(region, as_of, batch)), by_batch=True,
        ),
        Kind(
            lists.CODE, _("挂职干部到岗情况月报"), Permission.VIEW_POSTINGS,
            lambda actor, region, as_of, _batch: lists.arrivals_report(actor, region, as_of), rows_page="roster",
        ),
        Kind(
            targets.CODE, _("目标责任书签订情况表"), Permission.VIEW_TARGETS,
            lambda actor, region, as_of, _batch: targets.targets_report(actor, region=region, as_of=as_of),
        ),
        Kind(
            daily.PLANS, _("月计划和月小结情况表"), Permission.VIEW_PLANS,
            lambda actor, region, as_of, _batch: daily.plans_report(actor, region=region, as_of=as_of),
        ),
        Kind(
            daily.REPORTS, _("述职报告汇总表"), Permission.VIEW_PLANS,
            lambda actor, region, as_of, _batch: daily.duty_reports_report(actor, region=region, as_of=as_of),
        ),
        Kind(
            duty.MONTH_CODE, _("挂职干部考勤月报表"), Permission.VIEW_ATTENDANCE,
            lambda actor, region, as_of, _batch: duty.attendance_report(actor, region, as_of),
        ),
        Kind(
            samples.CODE, _("工作日志抽查表"), Permission.CONFIRM_ATTENDANCE,
            lambda actor, region, as_of, _batch: samples.sample_report(actor, region, as_of),
        ),
        Kind(
            duty.LEAVE_CODE, _("挂职干部请销假登记台账"), Permission.VIEW_ATTENDANCE,
            lambda actor, region, as_of, _batch: duty.leave_report(actor, region, as_of),
        ),
    )
}  # fmt: skip
