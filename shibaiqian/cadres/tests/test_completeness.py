"""What is missing of a cadre's form: seen by those who may, and a confirmed “none” is complete."""

from typing import Any

import pytest

from shibaiqian.access.actor import Actor, Forbidden, acting
from shibaiqian.access.command import NotVisible
from shibaiqian.cadres.actions import register_cadres
from shibaiqian.cadres.lrmx.actions import NotNone, confirm_none
from shibaiqian.cadres.lrmx.completeness import ITEMS, MAY_BE_NONE, PRIVATE, completeness
from shibaiqian.cadres.lrmx.form import LABELS, ORDER, Form
from shibaiqian.cadres.lrmx.queries import completeness_of
from shibaiqian.cadres.models import Award, Cadre, PastAppraisal
from shibaiqian.cadres.queries import cadre_file
from shibaiqian.cadres.tests.factories import CITY, DANFENG, LUONAN, cadre_row, register_units, roster
from shibaiqian.regions.models import Region

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(actor: Any) -> Actor:
    found: Actor = actor("county_org_admin", LUONAN)
    return found


@pytest.fixture
def cadre(actor: Any, clerk: Actor) -> Cadre:
    register_units(actor)
    register_cadres(Region.objects.get(pk=LUONAN), rows=roster(cadre_row(1)), by=clerk)
    found: Cadre = Cadre.unscoped.get()
    return found


def missing(actor: Actor, cadre: Cadre) -> set[str]:
    with acting(actor):
        return {item.label for item in completeness_of(actor, cadre_file(actor, cadre.pk)).missing}


def test_every_item_is_one_of_the_form() -> None:
    assert {element for element, _may in ITEMS} <= set(ORDER) == set(LABELS) and set(ORDER) >= PRIVATE


def test_what_the_register_does_not_know_is_missing(cadre: Cadre, clerk: Actor) -> None:
    expected = {"专业技术职务", "简历", "奖惩情况", "年度考核结果", "家庭主要成员及重要社会关系", "照片"}
    assert missing(clerk, cadre) == {*expected, LABELS["QuanRiZhiJiaoYu_XueWei"], LABELS["ZaiZhiJiaoYu_XueLi_BiYeYuanXiaoXi"]}
    PastAppraisal.unscoped.create(cadre=cadre, region_id=LUONAN, unit=cadre.unit_id, year=2015, grade_level=2, event=1)
    Award.unscoped.create(cadre=cadre, region_id=LUONAN, kind="award", on="2014-07-01", name="优秀共产党员", event=1)
    assert not missing(clerk, cadre) & {"奖惩情况", "年度考核结果"}


def test_a_confirmed_none_is_complete_until_it_is_taken_back(cadre: Cadre, clerk: Actor) -> None:
    before = missing(clerk, cadre)
    confirm_none(cadre, items=["JiangChengQingKuang", "ZhuanYeJiShuZhiWu"], by=clerk)
    assert before - missing(clerk, cadre) == {"奖惩情况", "专业技术职务"}
    confirm_none(cadre, items=["ZhuanYeJiShuZhiWu"], by=clerk)
    assert before - missing(clerk, cadre) == {"专业技术职务"}


def test_of_a_photo_nobody_says_that_there_is_none(cadre: Cadre, clerk: Actor) -> None:
    with pytest.raises(NotNone, match="照片"):
        confirm_none(cadre, items=["ZhaoPian"], by=clerk)


def test_a_form_that_says_none_itself_is_complete() -> None:
    said = completeness(Form({"JiangChengQingKuang": "无"}), has_photo=False, is_party_member=False, none_of=(), with_files=True)
    assert not {"JiangChengQingKuang", "RuDangShiJian"} & {item.element for item in said.missing}
    assert said.complete == 2 and len(said.items) == len(ITEMS)
    assert {item.element for item in said.open} == MAY_BE_NONE


def test_the_sending_unit_learns_nothing_of_files(cadre: Cadre, actor: Any) -> None:
    assert missing(actor("sending_unit_admin", unit=cadre.unit_id), cadre) == {"专业技术职务", "简历", "年度考核结果"}


def test_an_outsider_confirms_nothing(cadre: Cadre, actor: Any) -> None:
    with pytest.raises(NotVisible):
        confirm_none(cadre, items=[], by=actor("county_org_admin", DANFENG))
    with pytest.raises(Forbidden):
        confirm_none(cadre, items=[], by=actor("city_leader", CITY))
