"""Trainings: taken by a roster, each once a person, by whoever keeps or hosts the cadre."""

import datetime as dt
from typing import Any

import pytest

from shibaiqian.access.actor import Forbidden, acting
from shibaiqian.access.command import NotVisible
from shibaiqian.access.rows import RowsRefused
from shibaiqian.cadres.models import Cadre, CadreIdentity, TrainingRecord
from shibaiqian.cadres.tests.factories import CITY, DANFENG, LUONAN, id_number, of_form, roster
from shibaiqian.cadres.trainings import COLUMNS, record_trainings, trainings
from shibaiqian.regions.models import Region
from shibaiqian.regions.tests.fixture import agreed, declared

pytestmark = pytest.mark.django_db


def training_row(serial: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "name": "王朝辉", "id_number": id_number(serial=serial), "kind": "induction", "training": "第一书记岗前培训班", "organiser": "市委组织部",
        "starts_on": dt.date(2015, 7, 27), "ends_on": dt.date(2015, 7, 31), "hours": 32.5, "result": "合格", **more,
    }  # fmt: skip


def test_the_columns_are_those_agreed() -> None:
    assert declared(COLUMNS) == agreed("trainings")


def test_trainings_stand_with_their_cadre_latest_first(county: Region, clerk: Any) -> None:
    later = {
        "training": "产业扶贫专题班",
        "kind": "skill",
        "starts_on": dt.date(2016, 3, 7),
        "ends_on": dt.date(2016, 3, 8),
        "hours": 12,
        "result": None,
    }
    assert record_trainings(county, rows=roster(training_row(1), training_row(1, **later)), by=clerk).count == 2
    with acting(clerk):
        found = [(row.name, row.hours, row.result, row.cadre.name, row.unit == row.cadre.unit_id) for row in trainings(clerk)]
    assert found == [("产业扶贫专题班", 12.0, "", "王朝辉", True), ("第一书记岗前培训班", 32.5, "合格", "王朝辉", True)]


def test_one_by_one_equals_all_at_once(county: Region, clerk: Any) -> None:
    record_trainings(county, rows=of_form(training_row(1)), by=clerk)
    record_trainings(county, rows=roster(training_row(2)), by=clerk)
    assert list(TrainingRecord.unscoped.values_list("name", "hours_tenths", "region_id")) == [("第一书记岗前培训班", 325, LUONAN)] * 2


def test_rows_that_cannot_be_are_refused(county: Region, clerk: Any, subtests: Any) -> None:
    record_trainings(county, rows=roster(training_row(2)), by=clerk)
    for rows, why in (
        ([training_row(1, ends_on=dt.date(2015, 7, 1))], "早于开始日期"),
        ([training_row(1, ends_on=dt.date(2030, 7, 1))], "晚于今天"),
        ([training_row(1, hours=0)], "应大于零"),
        ([training_row(1, hours=61)], "每天不超过 12"),
        ([training_row(1), training_row(1)], "同一人同一次培训"),
        ([training_row(1), training_row(2)], "已经登记过"),
        ([training_row(9)], "不在本级的干部名册中"),
        ([training_row(1, name="别人")], "不一致"),
    ):
        with subtests.test(why):
            with pytest.raises(RowsRefused, match=why):
                record_trainings(county, rows=roster(*rows), by=clerk)
            assert TrainingRecord.unscoped.count() == 1


def test_the_host_records_the_training_of_whom_it_hosts(county: Region, actor: Any, clerk: Any) -> None:
    there = Region.objects.get(pk=DANFENG)
    guest = Cadre.unscoped.get(id_last4=id_number(serial=1)[-4:])
    Cadre.unscoped.filter(pk=guest.pk).update(host_region=f"{DANFENG}101")
    CadreIdentity.unscoped.filter(pk=guest.pk).update(host_region=f"{DANFENG}101")
    host = actor("county_org_admin", DANFENG)
    record_trainings(there, rows=roster(training_row(1)), by=host)
    for who in (host, clerk, actor("sending_unit_admin", unit=guest.unit_id)):
        with acting(who):
            assert [row.cadre_id for row in trainings(who)] == [guest.pk]


def test_an_outsider_records_and_sees_nothing(county: Region, actor: Any, clerk: Any) -> None:
    stranger = actor("county_org_admin", DANFENG)
    with pytest.raises(NotVisible):
        record_trainings(county, rows=roster(training_row(1)), by=stranger)
    with pytest.raises(RowsRefused, match="不在本级的干部名册中"):
        record_trainings(Region.objects.get(pk=DANFENG), rows=roster(training_row(1)), by=stranger)
    with pytest.raises(Forbidden):
        record_trainings(county, rows=roster(training_row(1)), by=actor("city_leader", CITY))
    record_trainings(county, rows=roster(training_row(1)), by=clerk)
    with acting(stranger):
        assert not trainings(stranger)
