"""月计划月小结情况表 (R10) and 述职报告汇总 (R15): by county of a city, by town of a county. Places are counted, never persons compared."""

import datetime as dt
from typing import Any

import polars as pl

from shibaiqian.access.actor import Actor
from shibaiqian.access.roles import Permission
from shibaiqian.fieldwork.models import DutyReport, DutyReportItem, MonthlyPlan, MonthlySummary, WorkMeeting
from shibaiqian.fieldwork.procedures import month_of
from shibaiqian.fieldwork.queries import last_half
from shibaiqian.postings.queries import postings
from shibaiqian.regions.queries import region_names
from shibaiqian.regions.rules import bounds
from shibaiqian.reports.tables import Report, Section, summed

PLANS, PLANS_TITLE = "monthly_papers", "月计划和月小结情况表"
REPORTS, REPORTS_TITLE = "duty_reports", "述职报告汇总表"
PLAN_COLUMNS = ("单位", "在岗人数", "月计划提交", "月计划听取", "应写上月小结", "小结提交", "小结听取", "例会次数")
REPORT_COLUMNS = ("单位", "应述职", "已提交", "已述职", "有效票", "好", "较好", "一般", "差", "整改事项", "未办")


def plans_report(actor: Actor, *, region: str, as_of: dt.date) -> Report:
    """Plans of the month of a day and summaries of the month before: submitted and heard by it, of how many who serve. Five queries."""
    actor.must(Permission.VIEW_PLANS)
    month, digits = month_of(as_of), _digits(region)
    before = month_of(month - dt.timedelta(days=1))
    serving = _serving(actor, region, as_of=as_of, digits=digits)
    earlier = _serving(actor, region, as_of=month - dt.timedelta(days=1), digits=digits, name="summaries_due")
    low, high = bounds(region)
    held = WorkMeeting.objects.visible_to(actor).filter(region__gte=low, region__lt=high, on__gte=month, on__lte=as_of)
    meetings = _by_place(list(held.values_list("region_id", flat=True)), digits, "meetings")
    counted = serving
    for more in (
        earlier, _papers(actor, MonthlyPlan, region, month, as_of=as_of, digits=digits, name="plans"),
        _papers(actor, MonthlySummary, region, before, as_of=as_of, digits=digits, name="summaries"), meetings,
    ):  # fmt: skip
        counted = counted.join(more, on="place", how="full", coalesce=True)
    fields = ("serving", "plans", "plans_heard", "summaries_due", "summaries", "summaries_heard", "meetings")
    note = f"月计划为{month:%Y-%m}，小结为{before:%Y-%m}。只反映工作是否开展，不作为干部考核依据。"
    section = _section(counted, fields, region, title="月计划和月小结", columns=PLAN_COLUMNS, note=note)
    return _report(actor, region, as_of=as_of, code=PLANS, title=PLANS_TITLE, section=section)


def duty_reports_report(actor: Actor, *, region: str, as_of: dt.date) -> Report:
    """Reports on the half-year that ended last before a day (and on its year): due, submitted, heard by it; votes added up. Four queries."""
    actor.must(Permission.VIEW_PLANS)
    year, half = last_half(as_of)
    digits = _digits(region)
    last = DutyReport(year=year, half=half).days[1]
    low, high = bounds(region)
    due = _serving(actor, region, as_of=last, digits=digits, name="due")
    rows = DutyReport.objects.visible_to(actor).filter(
        region__gte=low, region__lt=high, year=year, half__in=[0, half] if half == 2 else [half], submitted_on__lte=as_of
    )
    votes = ("valid", "good", "fairly_good", "average", "poor")
    found = pl.DataFrame(
        [(code[:digits], on is not None and on <= as_of, *counts) for code, on, *counts in rows.values_list("region_id", "meeting_on", *votes)],
        schema={"place": pl.String, "is_heard": pl.Boolean, **dict.fromkeys(votes, pl.Int64)}, orient="row",
    )  # fmt: skip
    heard = [pl.when("is_heard").then(name).otherwise(0).sum().alias(name) for name in votes]
    said = found.group_by("place").agg(*heard, submitted=pl.len(), heard=pl.col("is_heard").sum())
    items = DutyReportItem.objects.visible_to(actor).filter(
        region__gte=low,
        region__lt=high,
        report__year=year,
        report__half__in=[0, half] if half == 2 else [half],
        report__meeting_on__lte=as_of,
    )
    put_right = pl.DataFrame(
        [(code[:digits], done is None or done > as_of) for code, done in items.values_list("region_id", "done_on")],
        schema={"place": pl.String, "is_open": pl.Boolean}, orient="row",
    ).group_by("place").agg(items=pl.len(), open=pl.col("is_open").sum())  # fmt: skip
    counted = due.join(said, on="place", how="full", coalesce=True).join(put_right, on="place", how="full", coalesce=True)
    fields = ("due", "submitted", "heard", *votes, "items", "open")
    period = DutyReport(year=year, half=half).period
    section = _section(counted, fields, region, title=period, columns=REPORT_COLUMNS, note="票数为各次会议有效票合计，不反映个人。")
    return _report(actor, region, as_of=as_of, code=REPORTS, title=REPORTS_TITLE, section=section)


def _digits(region: str) -> int:
    return 6 if len(region) <= 4 else 9


def _serving(actor: Actor, region: str, *, as_of: dt.date, digits: int, name: str = "serving") -> pl.DataFrame:
    rows = postings(actor, region=region).filter(arrived_on__lte=as_of).exclude(ended_on__lte=as_of).order_by()
    return _by_place(list(rows.values_list("region_id", flat=True)), digits, name)


def _by_place(codes: list[str], digits: int, name: str) -> pl.DataFrame:
    frame = pl.DataFrame({"place": [code[:digits] for code in codes]}, schema={"place": pl.String})
    return frame.group_by("place").agg(pl.len().cast(pl.Int64).alias(name))


def _papers(actor: Actor, model: Any, region: str, month: dt.date, *, as_of: dt.date, digits: int, name: str) -> pl.DataFrame:
    low, high = bounds(region)
    rows = model.objects.visible_to(actor).filter(region__gte=low, region__lt=high, month=month, submitted_on__lte=as_of)
    frame = pl.DataFrame(
        [(code[:digits], on is not None and on <= as_of) for code, on in rows.values_list("region_id", "heard_on")],
        schema={"place": pl.String, "is_heard": pl.Boolean}, orient="row",
    )  # fmt: skip
    return frame.group_by("place").agg(pl.len().alias(name), pl.col("is_heard").sum().alias(f"{name}_heard"))


def _section(counted: pl.DataFrame, fields: tuple[str, ...], region: str, *, title: str, columns: tuple[str, ...], note: str) -> Section:
    names = region_names([*counted["place"], region])
    ready = counted.with_columns(pl.col(fields).fill_null(0).cast(pl.Int64)).sort("place")
    body = [(names.get(row["place"], row["place"]), *(row[field] for field in fields)) for row in ready.iter_rows(named=True)]
    return Section(title=title, columns=columns, rows=(*body, summed(body, words=1)) if body else (), note=note)


def _report(actor: Actor, region: str, *, as_of: dt.date, code: str, title: str, section: Section) -> Report:
    name = region_names([region]).get(region, region)
    return Report(code=code, title=title, place=name, as_of=as_of, made_by=actor.name, sections=(section,))
