"""Grades of earlier years: taken by a roster, one a person and year, by those whose cadres they are."""

from typing import Any

import pytest

from shibaiqian.access.actor import Forbidden
from shibaiqian.access.command import NotVisible
from shibaiqian.access.rows import RowsRefused
from shibaiqian.cadres.models import PastAppraisal
from shibaiqian.cadres.past_appraisals import COLUMNS, record_past_appraisals
from shibaiqian.cadres.tests.factories import CITY, DANFENG, LUONAN, id_number, of_form, roster
from shibaiqian.regions.models import Region
from shibaiqian.regions.tests.fixture import agreed, declared

pytestmark = pytest.mark.django_db


def grade_row(serial: int = 1, **more: Any) -> dict[str, Any]:
    return {"name": "王朝辉", "id_number": id_number(serial=serial), "year": 2015, "grade": "1", **more}


def test_the_columns_are_those_agreed() -> None:
    assert declared(COLUMNS) == agreed("past_appraisals")


def test_grades_stand_with_their_cadre(county: Region, clerk: Any) -> None:
    rows = roster(grade_row(1), grade_row(1, year=2014, grade="2"), grade_row(2, grade="4"))
    assert record_past_appraisals(county, rows=rows, by=clerk).count == 3
    found = PastAppraisal.unscoped.order_by("cadre__id_last4", "year")
    assert {(row.year, row.grade, row.region_id) for row in found} == {
        (2014, "称职", LUONAN),
        (2015, "优秀", LUONAN),
        (2015, "不称职", LUONAN),
    }
    assert all(row.unit == row.cadre.unit_id for row in found.select_related("cadre"))


def test_one_by_one_equals_all_at_once(county: Region, clerk: Any) -> None:
    record_past_appraisals(county, rows=of_form(grade_row(1)), by=clerk)
    record_past_appraisals(county, rows=roster(grade_row(2)), by=clerk)
    assert sorted(PastAppraisal.unscoped.values_list("year", "grade_level", "host_region")) == [(2015, 1, "")] * 2


def test_rows_that_cannot_be_are_refused(county: Region, clerk: Any, subtests: Any) -> None:
    record_past_appraisals(county, rows=roster(grade_row(2)), by=clerk)
    for rows, why in (
        ([grade_row(1, year=2016)], "已经结束的年度"),
        ([grade_row(1), grade_row(1, grade="2")], "同一人同一年度"),
        ([grade_row(1), grade_row(2)], "已经登记过"),
        ([grade_row(9)], "不在本级的干部名册中"),
        ([grade_row(1, name="别人")], "不一致"),
    ):
        with subtests.test(why):
            with pytest.raises(RowsRefused, match=why):
                record_past_appraisals(county, rows=roster(*rows), by=clerk)
            assert PastAppraisal.unscoped.count() == 1


def test_an_outsider_records_nothing(county: Region, actor: Any) -> None:
    stranger = actor("county_org_admin", DANFENG)
    with pytest.raises(NotVisible):
        record_past_appraisals(county, rows=roster(grade_row(1)), by=stranger)
    with pytest.raises(RowsRefused, match="不在本级的干部名册中"):
        record_past_appraisals(Region.objects.get(pk=DANFENG), rows=roster(grade_row(1)), by=stranger)
    with pytest.raises(Forbidden):
        record_past_appraisals(county, rows=roster(grade_row(1)), by=actor("city_leader", CITY))
    assert not PastAppraisal.unscoped.exists()


def test_a_form_says_what_is_missing(county: Region, clerk: Any) -> None:
    with pytest.raises(RowsRefused, match="没有填写考核等次"):
        record_past_appraisals(county, rows=of_form(grade_row(1, grade=None)), by=clerk)
