"""Forms taken into the register and handed out of it, by those who may."""

from typing import Any

import pytest

from shibaiqian.access.actor import Actor, Forbidden, acting
from shibaiqian.access.command import NotVisible
from shibaiqian.access.reasons import ReasonMissing
from shibaiqian.audit.models import Event
from shibaiqian.cadres.actions import register_cadres
from shibaiqian.cadres.lrmx.actions import NotThisPerson, hand_out_form, hand_out_forms, merge_form, register_from_form
from shibaiqian.cadres.lrmx.form import FAMILY, RESUME, Form
from shibaiqian.cadres.lrmx.merging import How
from shibaiqian.cadres.lrmx.queries import Namesakes, cadre_of, own_form, preview
from shibaiqian.cadres.lrmx.reading import read_batch, read_lrmx
from shibaiqian.cadres.lrmx.writing import write_lrmx
from shibaiqian.cadres.models import Cadre, CadreForm, FamilyMember, ResumeItem
from shibaiqian.cadres.tests.factories import CITY, LUONAN, cadre_row, id_number, of_form, register_units
from shibaiqian.regions.models import Region

pytestmark = pytest.mark.django_db
PHOTO = b"\xff\xd8\xff\xe0 a picture"


@pytest.fixture
def clerk(actor: Any) -> Actor:
    register_units(actor)
    by: Actor = actor("county_org_admin", LUONAN)
    register_cadres(Region.objects.get(pk=LUONAN), rows=of_form(cadre_row(health=None, technical_title="农艺师")), by=by)
    return by


def form(**more: Any) -> Form:
    texts = {
        "XingMing": "王朝辉", "ChuShengNianYue": "197506", "MinZu": "汉族", "JianKangZhuangKuang": "健康", "ZhuanYeJiShuZhiWu": "高级农艺师",
        "JianLi": "1996.09--2010.05  洛南县农业局科员\n2010.05--         洛南县农业局副局长", "QiTa": "留着", "ShenFenZheng": id_number(), **more,
    }  # fmt: skip
    family = (
        {"ChengWei": "妻子", "XingMing": "周  敏", "ChuShengRiQi": "1976.3", "ZhengZhiMianMao": "群众", "GongZuoDanWeiJiZhiWu": "教师"},
    )
    return Form(texts, family, PHOTO)


def the_cadre(by: Actor) -> Cadre:
    with acting(by):
        return Cadre.objects.visible_to(by).get(name="王朝辉")


def test_only_what_the_clerk_takes_changes_and_everything_else_is_kept(clerk: Actor) -> None:
    cadre = the_cadre(clerk)
    merge_form(cadre, form=form(), take=["JianKangZhuangKuang", FAMILY, RESUME], by=clerk)
    with acting(clerk):
        now = Cadre.objects.visible_to(clerk).get(pk=cadre.pk)
        assert (now.health, now.technical_title) == ("健康", "农艺师")
        assert [m.name for m in FamilyMember.objects.visible_to(clerk)] == ["周敏"]
        assert ResumeItem.objects.visible_to(clerk).count() == 2
        out = own_form(clerk, now)
    assert out.text("QiTa") == "留着" and out.photo == PHOTO and out.text("ZhuanYeJiShuZhiWu") == "农艺师"
    assert out.family[0]["ChuShengRiQi"] == "1976.3" and out.id_number == id_number()


def test_the_id_number_of_a_form_is_kept_in_no_table_but_the_sealed_one(clerk: Actor) -> None:
    merge_form(the_cadre(clerk), form=form(), take=[], by=clerk)
    with acting(clerk):
        kept = CadreForm.objects.visible_to(clerk).get()
    assert id_number() not in str(kept.elements)
    assert id_number() not in str(list(Event.objects.values_list("details", flat=True)))


def test_a_newer_form_voids_the_older_and_nothing_is_deleted(clerk: Actor) -> None:
    cadre = the_cadre(clerk)
    merge_form(cadre, form=form(), take=[FAMILY], by=clerk)
    merge_form(cadre, form=form(QiTa="新"), take=[FAMILY], by=clerk)
    assert CadreForm.unscoped.count() == 2 and FamilyMember.unscoped.count() == 2
    with acting(clerk):
        assert CadreForm.objects.visible_to(clerk).count() == 1


def test_a_form_of_somebody_else_is_refused(clerk: Actor) -> None:
    with pytest.raises(NotThisPerson, match="不是王朝辉的"):
        merge_form(the_cadre(clerk), form=form(ShenFenZheng=id_number(serial=7)), take=[], by=clerk)
    with pytest.raises(NotThisPerson, match="出生年月"):
        merge_form(the_cadre(clerk), form=form(ShenFenZheng="", ChuShengNianYue="1980.01"), take=[], by=clerk)


def test_a_form_finds_its_cadre_by_number_or_by_name_and_month(clerk: Actor) -> None:
    cadre = the_cadre(clerk)
    with acting(clerk):
        assert cadre_of(clerk, form()) == cadre
        assert cadre_of(clerk, form(ShenFenZheng="", XingMing="王  朝辉")) == cadre
        assert cadre_of(clerk, form(ShenFenZheng="", ChuShengNianYue="196001")) is None


def test_namesakes_are_not_confounded(clerk: Actor) -> None:
    register_cadres(Region.objects.get(pk=LUONAN), rows=of_form(cadre_row(serial=9)), by=clerk)
    with acting(clerk), pytest.raises(Namesakes, match="2 名"):
        cadre_of(clerk, form(ShenFenZheng=""))


def test_a_preview_changes_nothing(clerk: Actor) -> None:
    cadre = the_cadre(clerk)
    with acting(clerk):
        found = {d.element: d for d in preview(clerk, cadre, form())}
        assert found["JianKangZhuangKuang"].how is How.NEW and found["ZhuanYeJiShuZhiWu"].how is How.DIFFERENT
        assert not CadreForm.objects.visible_to(clerk).exists()


def test_a_new_person_is_registered_from_the_form_alone(clerk: Actor) -> None:
    new = form(
        XingMing="柳青", ShenFenZheng=id_number(serial=3), XingBie="男", RuDangShiJian="200107", CanJiaGongZuoShiJian="199609", XianRenZhiWu="副局长",
    )  # fmt: skip
    cadre = register_from_form(
        Region.objects.get(pk=LUONAN), form=read_lrmx(write_lrmx(new)), unit_code="LN-001", personnel_type="civil_servant",
        management_level="county_managed", post_rank="R52", political_status="01", by=clerk,
    )  # fmt: skip
    assert (cadre.name, cadre.party_join_month, cadre.pinyin[:3]) == ("柳青", "200107", "liu")
    with acting(clerk):
        assert own_form(clerk, cadre).text("QiTa") == "留着"


def test_forms_are_handed_out_for_a_reason_that_is_recorded(clerk: Actor) -> None:
    cadre = the_cadre(clerk)
    with pytest.raises(ReasonMissing):
        hand_out_form(cadre, reason="", by=clerk)
    assert hand_out_form(cadre, reason="报市委组织部备案", by=clerk).id_number == id_number()
    [(_, again)] = read_batch(hand_out_forms(Region.objects.get(pk=LUONAN), cadres=[cadre.pk], reason="报市委组织部备案", by=clerk))
    assert isinstance(again, Form) and again.id_number == id_number()
    assert Event.objects.filter(action="cadres.hand_out_forms", details__forms=1).exists()


@pytest.mark.parametrize("role", ["sending_unit_admin", "town_party_admin", "city_leader"])
def test_others_do_not_take_or_hand_out_forms(clerk: Actor, actor: Any, role: str) -> None:
    cadre = the_cadre(clerk)
    who = actor(role, unit=cadre.unit_id) if role == "sending_unit_admin" else actor(role, LUONAN if role != "city_leader" else CITY)
    with pytest.raises(Forbidden):
        merge_form(cadre, form=form(), take=[], by=who)
    with pytest.raises(Forbidden):
        hand_out_form(cadre, reason="报市委组织部备案", by=who)


def test_another_county_finds_nobody(clerk: Actor, actor: Any) -> None:
    other = actor("county_org_admin", "611022")
    with pytest.raises(NotVisible):
        merge_form(the_cadre(clerk), form=form(), take=[], by=other)
    with acting(other):
        assert cadre_of(other, form()) is None
    with pytest.raises(NotVisible):
        hand_out_forms(Region.objects.get(pk=LUONAN), cadres=[the_cadre(clerk).pk], reason="报市委组织部备案", by=other)
