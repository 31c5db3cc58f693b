"""Numbers without gaps, papers kept, and proof of them."""

import datetime as dt
import hashlib
import threading
import uuid
from typing import Any

import pytest
from django.db import connections

from shibaiqian.access.actor import Actor, Forbidden, acting
from shibaiqian.access.command import NotVisible, Refused
from shibaiqian.access.rows import RowsRefused
from shibaiqian.cadres.tests.factories import CITY, DANFENG, LUONAN
from shibaiqian.documents.gongwen import OfficialDocument, Paragraph
from shibaiqian.documents.models import IssuedDocument, Issuer, Series
from shibaiqian.documents.pdf import render_pdf
from shibaiqian.documents.register import (
    NoIssuer,
    NumberTaken,
    check,
    issue,
    issued_documents,
    issuer_of,
    paper_of,
    register_issuers,
)
from shibaiqian.documents.tests.factories import ISSUERS, install_issuers, issuer_rows
from shibaiqian.regions.actions import load_regions
from shibaiqian.regions.models import Region

pytestmark = pytest.mark.django_db
DAY = dt.date(2016, 6, 7)
PAPER = OfficialDocument(title="关于选派王朝辉同志挂职的通知", body=(Paragraph("正文。"),), signature="中共洛南县委组织部", date=DAY)


@pytest.fixture
def _issuers(actor: Any) -> None:
    install_issuers(actor)


@pytest.fixture
def clerk(actor: Any) -> Actor:
    return actor("county_org_admin", LUONAN)


def luonan() -> Issuer:
    return Issuer.objects.get(sign="洛组发")


def issued(by: Actor, **more: Any) -> IssuedDocument:
    said: dict[str, Any] = {"kind": "appointment", "document": PAPER, "on": DAY}
    return issue(luonan(), by=by, **(said | more))


@pytest.mark.usefixtures("_issuers")
class TestIssuing:
    def test_numbers_follow_each_other_within_the_year_of_a_sign(self, clerk: Actor) -> None:
        numbers = [issued(clerk, on=on).number for on in (dt.date(2015, 12, 30), DAY, DAY, dt.date(2015, 12, 31))]
        assert numbers == ["洛组发〔2015〕1号", "洛组发〔2016〕1号", "洛组发〔2016〕2号", "洛组发〔2015〕2号"]

    def test_letters_and_forms_count_in_series_of_their_own(self, clerk: Actor) -> None:
        assert [issued(clerk, kind=kind).number for kind in ("party_letter", "notice", "appointment", "certificate")] == [
            "洛组介〔2016〕1号", "洛组示〔2016〕1号", "洛组发〔2016〕1号", "洛组证〔2016〕1号",
        ]  # fmt: skip

    def test_the_paper_kept_gives_the_same_bytes_as_when_it_was_issued(self, clerk: Actor) -> None:
        row = IssuedDocument.unscoped.get(pk=issued(clerk).pk)
        again = render_pdf(paper_of(row)).content
        assert hashlib.sha256(again).hexdigest() == row.sha256
        assert paper_of(row).head.text == "中共洛南县委组织部文件"  # type: ignore[union-attr]
        assert row.check_code in paper_of(row).foot and row.number in paper_of(row).foot

    def test_an_earlier_paper_is_entered_with_its_number_once(self, clerk: Actor) -> None:
        assert issued(clerk, number="洛组发〔2016〕15号").number == "洛组发〔2016〕15号"
        with pytest.raises(NumberTaken, match="已经用过"):
            issued(clerk, number="洛组发〔2016〕15号")
        assert issued(clerk, number="洛组发〔2016〕3号").number == "洛组发〔2016〕3号"
        assert issued(clerk).number == "洛组发〔2016〕16号"

    @pytest.mark.parametrize(
        ("number", "why"),
        [
            ("丹组发〔2016〕15号", "不是本机关的"), ("洛组发〔2015〕15号", "年份"), ("洛组发[2016]15号", "六角括号"), ("洛组发〔2016〕015号", "虚位"),
            ("洛组发〔2016〕第15号", "第"),
        ],
    )  # fmt: skip
    def test_a_number_that_cannot_be_is_refused(self, clerk: Actor, number: str, why: str) -> None:
        with pytest.raises(Refused, match=why):
            issued(clerk, number=number)
        assert not IssuedDocument.unscoped.exists()

    def test_nothing_is_issued_tomorrow_and_what_was_refused_gives_its_number_back(self, clerk: Actor) -> None:
        with pytest.raises(Refused, match="晚于今天"):
            issued(clerk, on=dt.date(2016, 6, 9))
        assert issued(clerk).number == "洛组发〔2016〕1号"

    def test_the_same_operation_issues_once(self, clerk: Actor) -> None:
        key = uuid.uuid4()
        assert issued(clerk, operation=key).pk == issued(clerk, operation=key).pk
        assert IssuedDocument.unscoped.count() == 1

    def test_outsiders_neither_issue_nor_see(self, clerk: Actor, actor: Any) -> None:
        kept = issued(clerk)
        stranger, town = actor("county_org_admin", DANFENG), actor("town_party_admin", "611021101")
        with pytest.raises(NotVisible):
            issued(stranger)
        with pytest.raises(Forbidden):
            issued(town)
        with acting(stranger):
            assert list(issued_documents(stranger, number=kept.number)) == []
        with acting(clerk):
            assert list(issued_documents(clerk, number=" 洛组发〔2016〕1号 ")) == [kept]


@pytest.mark.usefixtures("_issuers")
class TestChecking:
    def test_number_and_code_prove_a_paper_and_say_nothing_personal(self, clerk: Actor) -> None:
        row = issued(clerk)
        for code in (row.check_code, row.check_code.lower(), row.check_code.replace("-", "")):
            proof = check(f" {row.number} ", code)
            assert proof is not None
            assert (proof.kind, proof.issuer, proof.on) == ("任职通知", "中共洛南县委组织部", DAY)
            assert "王朝辉" not in repr(proof)

    def test_a_wrong_code_and_a_wrong_number_look_alike(self, clerk: Actor) -> None:
        row = issued(clerk)
        assert check(row.number, "2222-2222") is None
        assert check("洛组发〔2016〕99号", row.check_code) is None
        assert check("", "") is None

    def test_another_text_has_another_code(self, clerk: Actor) -> None:
        other = OfficialDocument(title=PAPER.title, body=(Paragraph("另一份。"),), signature=PAPER.signature, date=DAY)
        assert issued(clerk).check_code != issued(clerk, document=other).check_code


class TestIssuers:
    @pytest.fixture(autouse=True)
    def _world(self, actor: Any) -> None:
        install_issuers(actor)

    def test_the_roster_names_who_signs_for_a_place(self) -> None:
        assert issuer_of(LUONAN).seal_name == "中共洛南县委组织部"
        assert issuer_of(CITY, sign="商组发").red_head == "中共商洛市委组织部文件"
        with pytest.raises(NoIssuer, match="没有登记发文机关"):
            issuer_of("611023")
        with pytest.raises(NoIssuer, match="洛发"):
            issuer_of(LUONAN, sign="洛发")

    @pytest.mark.parametrize(
        ("change", "column", "why"),
        [
            ({}, "机关代字", "已由中共洛南县委组织部使用"),
            ({"sign": "洛组〔2016〕"}, "机关代字", "只有汉字"),
            ({"sign": "洛发", "unit_code": "XX-1"}, "单位编码", "没有登记过"),
            ({"sign": "丹发", "unit_code": "DF-900"}, "单位编码", "不是洛南县的单位"),
        ],
    )
    def test_a_row_that_cannot_be_names_its_cell(self, clerk: Actor, change: dict[str, str], column: str, why: str) -> None:
        row = dict(ISSUERS[1]) | change
        with pytest.raises(RowsRefused, match=why) as refused:
            register_issuers(Region.objects.get(pk=LUONAN), rows=issuer_rows(row), by=clerk)
        assert [f.column for f in refused.value.findings.refusals()] == [column]

    def test_outsiders_register_no_issuers(self, actor: Any) -> None:
        with pytest.raises(NotVisible):
            register_issuers(Region.objects.get(pk=LUONAN), rows=issuer_rows(), by=actor("county_org_admin", DANFENG))


@pytest.mark.usefixtures("committed")
def test_sixteen_clerks_at_once_get_sixteen_numbers_in_a_row(actor: Any) -> None:
    load_regions()
    install_issuers(actor)
    clerks = [actor("county_org_admin", LUONAN, name=f"经办{n}") for n in range(16)]
    numbers: list[str] = []
    start = threading.Barrier(16)

    def press(by: Actor) -> None:
        try:
            start.wait()
            numbers.append(issue(luonan(), kind="certificate", document=PAPER, on=DAY, by=by).number)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press, args=(by,)) for by in clerks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(int(n.removeprefix("洛组证〔2016〕").removesuffix("号")) for n in numbers) == list(range(1, 17))
    assert Series.objects.get(sign="洛组证", year=2016).last_serial == 16
