"""The demonstration's work logs: written by every First Secretary, in the evening, some late, as the year goes."""

import polars as pl

from shibaiqian.demo.tests.county import made, people, postings, share

LAST = "2016-06-07 23:59"


def logs() -> pl.DataFrame:
    day, told = pl.col("日期").str.to_date(), pl.col("登记时间").str.to_datetime("%Y-%m-%d %H:%M")
    return (
        made()["work_logs"].with_columns(day=day, told=told).with_columns(late=(pl.col("told").dt.date() - pl.col("day")).dt.total_days())
    )


def test_every_first_secretary_writes_some_much_and_some_little() -> None:
    secretaries = postings().filter(pl.col("层级") == "村级")
    days = logs().group_by("任职编号").agg(days=pl.col("日期").n_unique())
    assert set(days["任职编号"]) == set(secretaries["任职编号"])
    long_ago = days.join(secretaries.filter(pl.col("到任日期") < "2015-09-15"), on="任职编号")["days"]
    assert long_ago.quantile(0.9) > 3 * long_ago.quantile(0.1)
    assert 3.5 < logs().height / days.height / 10.5 < 8  # things a month


def test_most_write_in_the_evening_and_about_three_of_ten_later() -> None:
    assert 0.25 < share(logs(), pl.col("late") > 0) < 0.35
    assert logs()["late"].min() == 0 and logs()["late"].max() < 12
    assert logs()["登记时间"].max() <= LAST
    assert 0.7 < share(logs(), pl.col("told").dt.hour().is_between(19, 21)) < 0.9
    assert logs()["told"].dt.minute().n_unique() == 60


def test_fewer_work_at_spring_festival_in_the_october_holiday_and_on_sundays() -> None:
    found = logs().filter(pl.col("day") >= pl.date(2015, 9, 15))
    a_day = found.filter(pl.col("day").dt.weekday() < 6).group_by("day").len()["len"].median()
    festival = found.filter(pl.col("day").is_between(pl.date(2016, 2, 7), pl.date(2016, 2, 13))).height / 7
    october = found.filter(pl.col("day").is_between(pl.date(2015, 10, 1), pl.date(2015, 10, 5))).height / 5
    assert festival < a_day / 2 and october < a_day / 2
    assert share(found, pl.col("day").dt.weekday() == 7) < 0.09


def test_what_is_written_is_varied_in_season_and_fits_the_household() -> None:
    found = logs()
    visits = found.filter(pl.col("类别") == "入户走访")
    assert visits["户编号"].null_count() == 0
    assert visits.select((pl.col("户编号").str.slice(0, 12) == pl.col("村代码")).all()).item()
    assert found.filter(pl.col("类别") != "入户走访")["户编号"].null_count() == found.height - visits.height
    assert 0.36 < visits.height / found.height < 0.48
    assert found["内容"].n_unique() > 400
    assert found["内容"].value_counts()["count"].max() < found.height * 0.02
    assert set(found.filter(pl.col("内容").str.contains("收割小麦"))["day"].dt.month()) <= {6}
    assert found.filter(pl.col("内容").str.contains("回头看"))["日期"].min() >= "2015-08"
    students = people().filter("studies")["户编号"].implode()
    assert visits.filter(pl.col("内容").str.starts_with("了解孩子上学"))["户编号"].is_in(students).all()
    assert not found.select("任职编号", "日期", "类别", "户编号", "内容").is_duplicated().any()
