"""Appointment forms on pages: uploaded, compared, taken, handed out; nobody else's."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from shibaiqian.cadres.lrmx.form import Form
from shibaiqian.cadres.lrmx.reading import read_lrmx
from shibaiqian.cadres.lrmx.writing import write_batch, write_lrmx
from shibaiqian.cadres.models import Cadre, CadreForm
from shibaiqian.console.tests.factories import COUNTY, OTHER_COUNTY, World, sign_in, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(world: World) -> Client:
    return sign_in("county_org_admin", COUNTY)


def cadre_of(world: World) -> Cadre:
    found: Cadre = Cadre.unscoped.get(pk=world.posting.cadre_id)
    return found


def form_of(cadre: Cadre, **more: str) -> Form:
    return Form(
        {"XingMing": cadre.name, "ChuShengNianYue": f"{cadre.birth_date:%Y%m}", "JianKangZhuangKuang": "良好", "QiTa": "留", **more}
    )


def upload(browser: Client, data: bytes, name: str = "a.lrmx") -> Any:
    return browser.post("/cadres/forms/", {"file": SimpleUploadedFile(name, data)}, follow=True)


def test_a_form_is_compared_and_taken_as_the_clerk_says(browser: Client, world: World) -> None:
    cadre = cadre_of(world)
    Cadre.unscoped.filter(pk=cadre.pk).update(health="", technical_title="助理农艺师")
    assert cadre.name in text(upload(browser, write_lrmx(form_of(cadre, ZhuanYeJiShuZhiWu="农艺师"))))
    assert "不一致" in text(browser.get("/cadres/forms/0/"))
    browser.post("/cadres/forms/0/", {"take": ["JianKangZhuangKuang"]})
    now = cadre_of(world)
    assert (now.health, now.technical_title) == ("良好", "助理农艺师")
    assert CadreForm.unscoped.get().cadre_id == cadre.pk


def test_a_batch_adds_what_is_missing_and_overwrites_nothing(browser: Client, world: World) -> None:
    cadre = cadre_of(world)
    Cadre.unscoped.filter(pk=cadre.pk).update(health="", technical_title="助理农艺师")
    files = write_batch([("1.lrmx", form_of(cadre, ZhuanYeJiShuZhiWu="农艺师")), ("2.lrmx", Form({"XingMing": "不在册"}))])
    page = text(upload(browser, files, "全部.zip"))
    assert "不在册" in page and "名册中没有" in page
    browser.post("/cadres/forms/take/")
    assert (cadre_of(world).health, cadre_of(world).technical_title) == ("良好", "助理农艺师")


@pytest.mark.parametrize(
    ("data", "name", "said"), [(b"PK\x03\x04 broken", "a.zip", "压缩包已损坏"), (b"<Person>", "a.lrmx", "不是完整的 XML")]
)
def test_a_broken_file_says_what_is_wrong(browser: Client, data: bytes, name: str, said: str) -> None:
    assert said in text(upload(browser, data, name))


def test_the_form_comes_out_as_lrmx_and_as_word_for_a_reason(browser: Client, world: World) -> None:
    url = f"/cadres/{world.posting.cadre_id}/form/"
    assert browser.post(url, {"reason": "", "as": "lrmx"}).status_code == 302
    answer = browser.post(url, {"reason": "报市委组织部备案", "as": "lrmx"})
    assert read_lrmx(answer.content).person == cadre_of(world).name
    assert browser.post(url, {"reason": "报市委组织部备案", "as": "word"}).content.startswith(b"PK")


def test_an_upload_is_nobody_elses(browser: Client, world: World) -> None:
    upload(browser, write_lrmx(form_of(cadre_of(world))))
    other = sign_in("county_org_admin", OTHER_COUNTY)
    assert other.get("/cadres/forms/0/").status_code == 404
    assert other.post(f"/cadres/{world.posting.cadre_id}/form/", {"reason": "报市委组织部备案", "as": "lrmx"}).status_code == 404


@pytest.mark.parametrize("role", ["town_party_admin", "city_leader"])
def test_others_have_no_such_page(world: World, role: str) -> None:
    assert sign_in(role, COUNTY).get("/cadres/forms/").status_code == 404
