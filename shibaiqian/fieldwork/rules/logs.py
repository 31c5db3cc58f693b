"""Rules of fieldwork. Column-wise ones are expressions, true where a row breaks the rule. Pure."""

import datetime as dt

import polars as pl

# The same thing for the same household within a week is one thing (domain.md §10.3).
DAYS_APART = 7


def again_within_days() -> pl.Expr:
    """A row that says the same of the same household less than `DAYS_APART` days after another one."""
    earlier = pl.col("on").shift(1).over("household_id", "content", order_by="on")
    return pl.col("household_id").is_not_null() & ((pl.col("on") - earlier) < dt.timedelta(days=DAYS_APART))


def near(on: str, other: str) -> pl.Expr:
    return (pl.col(on) - pl.col(other)).abs() < dt.timedelta(days=DAYS_APART)


def confirmed_too_early() -> pl.Expr:
    return pl.col("confirmed_on") < pl.col("on")


def confirmed_how_unknown() -> pl.Expr:
    """A date of confirmation without saying how."""
    return pl.col("confirmed_on").is_not_null() & pl.col("confirmation").is_null()


def recorded_too_early() -> pl.Expr:
    """An entry made before the day it tells of."""
    return pl.col("recorded_at").dt.date() < pl.col("on")


def within_posting(on: dt.date, *, arrived_on: dt.date | None, ended_on: dt.date | None) -> bool:
    """Work counts from arrival to the last day."""
    return arrived_on is not None and arrived_on <= on and (ended_on is None or on <= ended_on)


# Common words of a log by category, to be tapped and altered (常用语).
PHRASES: dict[str, list[str]] = {
    "visit": ["入户了解近期生产生活情况", "看望慰问", "核对家庭成员和收入变化", "宣讲脱贫政策", "商量今年增收打算"],
    "policy": ["宣传医疗保障政策", "宣传教育资助政策", "宣传移民搬迁政策", "宣传小额信贷政策"],
    "party": ["召开支部党员大会", "召开支委会", "上党课", "开展主题党日活动"],
    "meeting": ["参加村两委会议", "参加镇上会议", "召开村民代表会议"],
    "project": ["到项目现场查看进度", "协调项目用地", "核对项目资料"],
    "industry": ["走访产业大户", "联系农技人员指导", "对接销路"],
    "mediation": ["调解邻里矛盾", "接待群众来访"],
    "service": ["代办合疗报销", "联系医院就诊", "联系务工岗位", "帮助销售农产品", "代办证件"],
    "study": ["参加业务培训", "学习文件"],
    "coordination": ["到派出单位汇报协调", "到县级部门对接"],
    "other": [],
}
