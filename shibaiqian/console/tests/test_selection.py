"""From matched candidates to printed appointments on pages; the register of documents; the check for anybody."""

import io
import re
from typing import Any

import docx
import openpyxl
import pypdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from shibaiqian.access.actor import Actor
from shibaiqian.audit.models import Event
from shibaiqian.cadres.tests.factories import CITY, DANFENG, LUONAN
from shibaiqian.console.tests.factories import sign_in, text
from shibaiqian.documents.models import IssuedDocument, Objection, PublicNotice
from shibaiqian.postings.models import Posting
from shibaiqian.selection.models import Decision, Nomination
from shibaiqian.selection.tests.factories import villages
from shibaiqian.selection.tests.matched import MEETING, appointed, decided, keys, matched, published, states, world

pytestmark = pytest.mark.django_db
DATES = {"on": "2015-07-06"}
RECORD = {"meeting": MEETING["meeting"], "meeting_on": "2015-07-08", "minute_number": MEETING["minute_number"]}


@pytest.fixture(autouse=True)
def _decided_world(actor: Any) -> None:
    world(actor)


@pytest.fixture
def clerk(actor: Any) -> Actor:
    return actor("county_org_admin", LUONAN)


@pytest.fixture
def browser() -> Client:
    return sign_in("county_org_admin", LUONAN, name="王干事")


def test_a_clerk_goes_from_candidates_to_a_printed_appointment(actor: Any, browser: Client) -> None:
    rows = matched(actor, *villages(3))
    page = text(browser.get("/decisions/new/"))
    assert all(row.cadre_name in page for row in rows)
    answer = browser.post("/decisions/new/", {**DATES, "do": "draw", "nomination": [str(key) for key in keys(rows)]})
    sheet = Decision.unscoped.get()
    assert answer.status_code == 302 and answer["Location"] == f"/decisions/{sheet.pk}/"
    here = f"/decisions/{sheet.pk}/"
    page = text(browser.get(here))
    assert "登记会议决定" in page and "打印呈批件" in page

    scan = SimpleUploadedFile("scan.pdf", b"%PDF-1.4 signed", "application/pdf")
    answer = browser.post(f"{here}record/", {**RECORD, "scan": scan, "approved": [str(key) for key in keys(rows)]})
    assert answer.status_code == 302 and states(rows) == ["decided"] * 3
    assert Decision.unscoped.get().scan
    page = text(browser.get(here))
    assert "发布公示" in page and f"{here}appoint/" not in page

    answer = browser.post(f"{here}publish/", {"starts_on": "2015-07-09", "ends_on": "2015-07-15", "contact": "组织部，电话0914-7322345"})
    notice = PublicNotice.unscoped.get()
    assert answer["Location"] == f"/notices/{notice.pk}/"
    page = text(browser.get(f"/notices/{notice.pk}/"))
    assert "挂职干部选派公示" in page and "0914-7322345" in page and "结束公示" in page
    assert browser.post(f"/notices/{notice.pk}/finish/", {"on": "2015-07-16"}).status_code == 302
    assert PublicNotice.unscoped.get().state == "finished"

    seen = browser.post(f"{here}appoint/", {"on": "2015-07-20", "planned_end": "2017-07-19", "do": "preview"})
    assert "不免去原任职务" in text(seen) and not Posting.unscoped.exists()
    answer = browser.post(f"{here}appoint/", {"on": "2015-07-20", "planned_end": "2017-07-19", "do": "issue"})
    document = IssuedDocument.unscoped.get(kind="appointment")
    assert answer["Location"] == f"/documents/{document.pk}/" and Posting.unscoped.count() == 3
    page = text(browser.get(f"/documents/{document.pk}/"))
    assert document.check_code in page and "王朝辉" in page
    pdf = browser.get(f"/documents/{document.pk}/pdf/")
    assert document.check_code in pypdf.PdfReader(io.BytesIO(pdf.content)).pages[0].extract_text()
    word = docx.Document(io.BytesIO(browser.get(f"/documents/{document.pk}/docx/").content))
    assert any("王朝辉" in cell.text for table in word.tables for row in table.rows for cell in row.cells)
    assert "王" not in pdf["Content-Disposition"]
    assert browser.post(f"{here}letters/", {"on": "2015-07-21", "dues_paid_to": "2015"}).status_code == 422
    answer = browser.post(f"{here}letters/", {"on": "2015-07-21", "dues_paid_to": "201507"})
    assert answer["Location"] == f"{here}#letters"
    page = text(browser.get(here))
    assert all(f"洛组介〔2015〕{n}号" in page for n in (1, 2, 3)) and f"{here}letters.pdf" in page
    pages = pypdf.PdfReader(io.BytesIO(browser.get(f"{here}letters.pdf").content)).pages
    assert [f"洛组介〔2015〕{n}号" in leaf.extract_text() for n, leaf in enumerate(pages, start=1)] == [True] * 3
    assert len(docx.Document(io.BytesIO(browser.get(f"{here}letters.docx").content)).sections) == 3
    assert browser.get(f"{here}letters.xlsx").status_code == 404


def test_refusals_stand_beside_their_fields_and_change_nothing(actor: Any, clerk: Actor, browser: Client) -> None:
    rows = matched(actor, *villages(2))
    answer = browser.post("/decisions/new/", {**DATES, "do": "draw", "nomination": []})
    assert answer.status_code == 422 and "请先勾选" in text(answer)
    here = f"/decisions/{decided(rows, by=clerk).pk}/"
    answer = browser.post(f"{here}publish/", {"starts_on": "2016-06-06", "ends_on": "2016-06-11", "contact": "电话0914-7322345"})
    assert answer.status_code == 422 and "最早可以到 2016-06-13 结束" in text(answer)
    answer = browser.post(f"{here}appoint/", {"on": "2015-07-20", "planned_end": "2017-07-19", "do": "issue"})
    assert answer.status_code == 422
    answer = browser.post(f"{here}record/", {**RECORD, "approved": []})
    assert answer.status_code == 422 and "已决定" in text(answer)
    assert not PublicNotice.unscoped.exists() and not Posting.unscoped.exists()


def test_who_was_not_ticked_was_left_out(actor: Any, browser: Client) -> None:
    rows = matched(actor, *villages(2))
    browser.post("/decisions/new/", {**DATES, "do": "draw", "nomination": [str(key) for key in keys(rows)]})
    here = f"/decisions/{Decision.unscoped.get().pk}/"
    browser.post(f"{here}record/", {**RECORD, "approved": [str(rows[0].pk)]})
    assert states(rows) == ["decided", "matched"]


def test_a_notice_and_a_term_left_empty_follow_the_day_that_is_typed(actor: Any, clerk: Actor, browser: Client) -> None:
    rows = matched(actor, villages(1)[0])
    here = f"/decisions/{decided(rows, by=clerk).pk}/"
    browser.post(f"{here}publish/", {"starts_on": "2015-07-09", "contact": "组织部，电话0914-7322345"})
    notice = PublicNotice.unscoped.get()
    assert str(notice.ends_on) == "2015-07-15"
    browser.post(f"/notices/{notice.pk}/finish/", {"on": "2015-07-16"})
    answer = browser.post(f"{here}appoint/", {"on": "2015-07-20", "do": "issue"})
    assert answer.status_code == 302 and str(Posting.unscoped.get().planned_end) == "2017-07-19"


def test_the_end_of_a_notice_takes_the_day_it_happened(actor: Any, clerk: Actor, browser: Client) -> None:
    here = f"/notices/{published(matched(actor, villages(1)[0]), by=clerk).pk}/"
    assert 'name="on"' in text(browser.get(here))
    for day, why in (("2015-07-15", "2015-07-16 起才能结束"), ("2016-06-09", "晚于今天"), ("", "")):
        answer = browser.post(f"{here}finish/", {"on": day})
        assert answer.status_code == 422 and why in text(answer) and PublicNotice.unscoped.get().state == "open"
    assert browser.post(f"{here}finish/", {"on": "2015-07-16"}).status_code == 302
    assert PublicNotice.unscoped.get().state == "finished"


def test_a_sheet_is_given_back(actor: Any, browser: Client) -> None:
    rows = matched(actor, villages(1)[0])
    browser.post("/decisions/new/", {**DATES, "do": "draw", "nomination": [str(key) for key in keys(rows)]})
    here = f"/decisions/{Decision.unscoped.get().pk}/"
    assert browser.post(f"{here}return/", {"reason": ""}).status_code == 422
    assert browser.post(f"{here}return/", {"reason": "补充材料"}).status_code == 302
    assert Nomination.unscoped.get().decision_id is None


def test_an_objection_is_read_by_a_recorded_act_and_answered(actor: Any, clerk: Actor, browser: Client) -> None:
    rows = matched(actor, villages(1)[0])
    notice = published(rows, by=clerk)
    said = {"about": str(rows[0].pk), "received_on": "2015-07-10", "text": "不符合条件", "contact": "张三"}
    assert browser.post(f"/notices/{notice.pk}/object/", said).status_code == 302
    kept = Objection.unscoped.get()
    page = text(browser.get(f"/notices/{notice.pk}/"))
    assert "异议属实，不予选派" in page and "不符合条件" not in page and "张三" not in page
    page = text(browser.post(f"/objections/{kept.pk}/", {"do": "read"}))
    assert "不符合条件" in page and "张三" in page
    assert browser.post(f"/objections/{kept.pk}/", {"do": "dismiss", "answer": "", "on": "2015-07-16"}).status_code == 422
    browser.post(f"/objections/{kept.pk}/", {"do": "dismiss", "answer": "不属实", "on": "2015-07-16"})
    assert states(rows) == ["in_notice"]


def test_the_register_is_searched_by_number(actor: Any, clerk: Actor, browser: Client) -> None:
    document = appointed(matched(actor, villages(1)[0]), by=clerk)
    page = text(browser.get("/documents/"))
    assert document.number in page and "洛组呈〔2015〕1号" in page
    page = text(browser.post("/documents/", {"narrow": "1", "name": "洛组发"}))
    assert document.number in page and "洛组呈〔2015〕1号" not in page
    for path in ("/decisions/", "/documents/"):
        assert browser.get(path).status_code == 200


def test_outsiders_find_nothing_there(actor: Any, clerk: Actor) -> None:
    rows = matched(actor, villages(1)[0])
    document = appointed(rows, by=clerk)
    sheet, notice = Decision.unscoped.get(), PublicNotice.unscoped.get()
    stranger = sign_in("county_org_admin", DANFENG, name="外县")
    for path in (f"/decisions/{sheet.pk}/", f"/decisions/{sheet.pk}/appoint/", f"/notices/{notice.pk}/", f"/documents/{document.pk}/pdf/"):
        assert stranger.get(path).status_code == 404
    assert stranger.post(f"/decisions/{sheet.pk}/record/", RECORD).status_code == 404
    leader = sign_in("city_leader", CITY, name="领导")
    assert leader.get(f"/decisions/{sheet.pk}/").status_code == 200
    assert leader.get("/decisions/new/").status_code == 404
    assert leader.post(f"/decisions/{sheet.pk}/return/", {"reason": "不同意"}).status_code == 404


def test_anybody_checks_a_paper_and_learns_nothing_personal(actor: Any, clerk: Actor) -> None:
    document = IssuedDocument.unscoped.get(pk=appointed(matched(actor, villages(1)[0]), by=clerk).pk)
    anybody = Client(REMOTE_ADDR="10.9.8.7")
    assert anybody.get("/check/").status_code == 200
    page = text(anybody.post("/check/", {"number": document.number, "code": document.check_code}))
    assert "印发过这份公文" in page and "中共洛南县委组织部" in page and "任职通知" in page
    assert "王朝辉" not in page and document.title not in page
    for n in range(4):
        wrong = anybody.post("/check/", {"number": document.number, "code": f"2222-222{n + 2}"})
        assert wrong.status_code == 422 and "没有查到" in text(wrong)
    anybody.post("/check/", {"number": document.number, "code": "2222-2229"})
    waits = anybody.post("/check/", {"number": document.number, "code": document.check_code})
    assert waits.status_code == 429 and "十五分钟" in text(waits)
    other = Client(REMOTE_ADDR="10.9.8.8")
    assert "印发过" in text(other.post("/check/", {"number": document.number, "code": document.check_code}))
    signed_in = sign_in("county_org_admin", DANFENG, name="外县")
    assert "印发过" in text(signed_in.post("/check/", {"number": document.number, "code": document.check_code}))
    assert not re.search(r"\d{17}[\dX]", page)


def test_lists_are_taken_as_pdf_word_and_excel_and_the_taking_is_recorded(actor: Any, clerk: Actor, browser: Client) -> None:
    appointed(matched(actor, *villages(2)), by=clerk)
    assert "花名册" in text(browser.get("/lists/"))
    said = {"kind": "roster", "as_of": "2015-07-31"}
    pdf = browser.post("/lists/", {**said, "form": "pdf"})
    assert "张丽" in pypdf.PdfReader(io.BytesIO(pdf.content)).pages[0].extract_text()
    word = docx.Document(io.BytesIO(browser.post("/lists/", {**said, "form": "docx"}).content))
    assert word.tables[0].rows[1].cells[1].text == "王朝辉"
    book = openpyxl.load_workbook(io.BytesIO(browser.post("/lists/", {**said, "form": "xlsx"}).content))
    assert any("王朝辉" in row for row in book.active.iter_rows(values_only=True))  # type: ignore[union-attr]
    arrivals = browser.post("/lists/", {**said, "kind": "arrivals", "form": "pdf"})
    assert "景村镇" in pypdf.PdfReader(io.BytesIO(arrivals.content)).pages[0].extract_text()
    events = Event.objects.filter(action="console.take_list")
    assert events.count() == 4 and "王朝辉" not in str(list(events.values_list("details", flat=True)))
    assert browser.post("/lists/", {**said, "form": "exe"}).status_code == 422
    leader, town = sign_in("city_leader", CITY, name="领导"), sign_in("town_party_admin", "611021102", name="镇办")
    assert leader.get("/lists/").status_code == 404
    elsewhere = town.post("/lists/", {**said, "form": "pdf"})
    assert "王朝辉" not in pypdf.PdfReader(io.BytesIO(elsewhere.content)).pages[0].extract_text()
