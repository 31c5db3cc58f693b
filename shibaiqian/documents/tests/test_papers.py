"""Every form of the programme, opened again as PDF and as Word."""

import dataclasses
import datetime as dt
import io
import time
from typing import Any

import docx
import pypdf
import pytest

from shibaiqian.documents.gongwen import BadDocument, Cell, DocumentNumber, Grid, OfficialDocument, RedHead
from shibaiqian.documents.kept import from_kept, to_kept
from shibaiqian.documents.papers import (
    appointment,
    changes,
    decision_sheet,
    ending,
    integrity,
    lists,
    nomination_form,
    party_letter,
    selection_notice,
    target_letter,
)
from shibaiqian.documents.papers.people import Person, named
from shibaiqian.documents.papers.privacy import PrivateText, refuse_private, traces
from shibaiqian.documents.pdf import render_pdf
from shibaiqian.documents.typefaces import Typefaces
from shibaiqian.documents.word import render_docx

DAY, END = dt.date(2016, 6, 8), dt.date(2018, 6, 7)
WANG = Person(
    name="王朝辉", sex="男", birth="1975.06", ethnicity="汉族", native_place="陕西洛南", political_status="中共党员", party_joined="2001.07",
    work_began="1996.09", education="中央党校大学", specialty="果树栽培", experience="6.5年", unit="洛南县农业局", post="副局长",
    host="景村镇八一村", title="第一书记", duties="协助抓党建和脱贫攻坚", begins=DAY, ends=END,
)  # fmt: skip
ZHANG = dataclasses.replace(WANG, name="张丽", sex="女", post="洛南县农业局主任科员")
HERE = "中共洛南县委组织部"


def an_appointment(people: tuple[Person, ...] = (WANG, ZHANG), **more: Any) -> appointment.Appointment:
    return appointment.Appointment(
        level="village", recipients=("各镇党委", "县直各单位党组织"), decided_by=f"{HERE}部务会议", decided_on=dt.date(2016, 5, 30), people=people,
        signature=HERE, on=DAY, copies_to=("市委组织部",), **more,
    )  # fmt: skip


def a_notice(**more: Any) -> selection_notice.SelectionNotice:
    said: dict[str, Any] = {
        "programme": "商洛市“十百千”工程", "decided_by": f"{HERE}部务会议", "people": (WANG, ZHANG), "starts_on": dt.date(2016, 6, 6),
        "ends_on": dt.date(2016, 6, 13), "workdays": 5, "contact": "洛南县委组织部干部监督股，电话0914-7322345", "signature": HERE,
    }  # fmt: skip
    return selection_notice.SelectionNotice(**(said | more))


def papers() -> dict[str, tuple[OfficialDocument, tuple[str, ...]]]:
    """Each form with words that must be found in both files."""
    target = target_letter.Target(text="带动贫困户脱贫", baseline="0", target="12", measure="户", weight=40, due_on=dt.date(2016, 12, 31))
    item = ending.HandoverItem(label="贫困户台账", text="38户，台账齐全", is_done=True)
    return {
        "推荐表": (
            nomination_form.nomination_form(
                nomination_form.NominationForm(
                    programme="商洛市“十百千”工程", person=WANG, resume=("1996.09--  洛南县农业局工作",), wishes="景村镇",
                    minute="党组会议纪要〔2016〕3号",
                )
            ),
            ("王朝辉", "1975.06", "果树栽培", "党组会议纪要〔2016〕3号", "景村镇"),
        ),
        "廉政意见征求函": (
            integrity.integrity_inquiry(
                integrity.IntegrityInquiry(
                    to_body="中共洛南县纪律检查委员会", programme="商洛市“十百千”工程", people=(WANG, ZHANG), answer_within=10, signature=HERE, on=DAY
                )
            ),
            ("中共洛南县纪律检查委员会：", "王朝辉", "张丽", "10个工作日"),
        ),
        "廉政意见回复": (
            integrity.integrity_reply(
                integrity.IntegrityReply(
                    to_body=HERE, inquiry_number="洛组函〔2016〕4号", answers=((WANG, "pass"), (ZHANG, "more_info")),
                    valid_until=dt.date(2016, 12, 8), signature="中共洛南县纪律检查委员会", on=DAY,
                )
            ),
            ("洛组函〔2016〕4号", "未发现影响选派的廉政问题", "正在核实", "2016年12月8日"),
        ),
        "选派公示": (selection_notice.selection_notice(a_notice()), ("王朝辉", "张丽", "0914-7322345", "2016年6月13日", "5个工作日")),
        "呈批件": (
            decision_sheet.decision_sheet(
                decision_sheet.DecisionSheet(
                    programme="商洛市“十百千”工程", batch="2015年第二批", tier="村级", drafted_by=HERE, decider="中共洛南县委", on=DAY,
                    people=((WANG, "四关通过"), (ZHANG, "四关通过")),
                )
            ),
            ("2015年第二批", "王朝辉", "张丽", "四关通过", "领导批示"),
        ),
        "任职通知": (
            appointment.appointment(an_appointment()),
            ("王朝辉、张丽同志", "各镇党委", "不免去原任职务", "协助抓党建和脱贫攻坚", "2016.6.8—2018.6.7", "市委组织部"),
        ),
        "免职通知": (
            changes.removal(
                changes.Removal(recipients=("景村镇党委",), people=((WANG, "任期届满"),), decided_by=HERE, on=DAY, signature=HERE)
            ),
            ("免去王朝辉同志挂职职务", "任期届满", "接续包扶人"),
        ),
        "召回通知书": (
            changes.recall(
                changes.Recall(
                    unit="洛南县农业局", person=WANG, reason="未按规定驻村", heard_on=dt.date(2016, 6, 1), decided_by=HERE,
                    decided_on=dt.date(2016, 6, 6), replace_within=15, on=DAY, signature=HERE,
                )
            ),
            ("洛南县农业局：", "未按规定驻村", "陈述和申辩", "15个工作日"),
        ),
        "调整通知": (
            changes.adjustment(
                changes.Adjustment(
                    recipients=("景村镇党委",), people=((WANG, "景村镇御史村第一书记", "村组合并"),), decided_by=HERE, on=DAY, signature=HERE
                )
            ),
            ("王朝辉", "景村镇御史村第一书记", "村组合并", "不属于召回"),
        ),
        "延期通知": (
            changes.extension(
                changes.Extension(
                    recipients=("景村镇党委",), people=((WANG, dt.date(2019, 6, 7)),), reason="脱贫任务需要", decided_by=HERE, on=DAY,
                    signature=HERE,
                )
            ),
            ("王朝辉", "2018.6.7", "2019.6.7"),
        ),
        "组织关系介绍信": (
            party_letter.party_letter(
                party_letter.PartyLetter(
                    number="洛组介〔2016〕38号", name="王朝辉", sex="男", ethnicity="汉族", from_body="洛南县直属机关工作委员会",
                    to_body="景村镇党委", leaving="洛南县农业局党支部", joining="八一村党支部", dues_paid_to="201606", on=DAY,
                )
            ),
            ("存　根", "回　执", "洛组介〔2016〕38号", "2016年6月", "景村镇党委：", "八一村党支部"),
        ),
        "目标责任书": (
            target_letter.target_letter(
                target_letter.TargetLetter(person=WANG, scope="2016年度", targets=(target,), host_signer="李书记", unit_signer="陈局长", on=DAY)
            ),
            ("带动贫困户脱贫", "40%", "2016.12.31", "李书记", "陈局长"),
        ),
        "挂职证明": (
            ending.certificate(
                ending.Certificate(
                    person=WANG, resume_line="（其间：2016.06--2018.06挂任景村镇八一村第一书记）", document_number="洛组发〔2016〕15号",
                    signature=HERE, on=DAY,
                )
            ),
            ("王朝辉", "洛组发〔2016〕15号", "（其间：2016.06--2018.06挂任"),
        ),
        "期满鉴定表": (
            ending.term_assessment(ending.TermAssessment(person=WANG, document_number="洛组发〔2016〕15号", achievements=("硬化道路3公里",))),
            ("王朝辉", "硬化道路3公里", "党组织鉴定"),
        ),
        "工作交接清单": (
            ending.handover(
                ending.Handover(
                    person=WANG, successor="赵强", opened_on=DAY, items=(item,), households=(("LN-0001", "陈*", "洛南县农业局"),), witness="孙伟"
                )
            ),
            ("贫困户台账", "38户", "赵强", "孙伟", "LN-0001"),
        ),
        "花名册": (
            lists.roster(lists.Roster(place="洛南县", as_of=DAY, people=((WANG, "洛组发〔2016〕15号", "在岗"),), made_by=HERE)),
            ("王朝辉", "洛南县", "在岗", "2016年6月8日"),
        ),
        "到岗情况统计表": (
            lists.arrivals(
                lists.Arrivals(
                    place="洛南县", as_of=DAY, made_by=HERE,
                    rows=(
                        lists.ArrivalRow(place="景村镇", appointed=12, arrived=11, late=1, suspended=0, ended_in_month=0, vacant=2),
                        lists.ArrivalRow(place="古城镇", appointed=9, arrived=9, late=0, suspended=0, ended_in_month=1, vacant=0),
                    ),
                )
            ),
            ("景村镇", "合计", "21", "20"),
        ),
        "组织关系转移台账": (
            lists.transfers(
                lists.Transfers(
                    place="洛南县", as_of=DAY, made_by=HERE,
                    rows=(
                        lists.TransferRow(
                            letter="洛组介〔2016〕38号", name="王朝辉", from_body="县农业局党支部", to_body="八一村党支部",
                            out_on=dt.date(2016, 4, 1), in_on=None, due_on=dt.date(2016, 5, 1),
                        ),
                    ),
                )
            ),
            ("洛组介〔2016〕38号", "逾期", "八一村党支部"),
        ),
    }  # fmt: skip


def of_pdf(content: bytes) -> str:
    """The words without line breaks and blanks, as lines are broken by the page."""
    return "".join("".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(content)).pages)


def of_word(content: bytes) -> str:
    word = docx.Document(io.BytesIO(content))
    said = [p.text for p in word.paragraphs]
    said += [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    said += [p.text for p in word.sections[0].footer.paragraphs]
    return "".join("".join(said).split())


@pytest.mark.parametrize("form", papers())
def test_a_form_says_its_words_as_pdf_and_as_word(form: str, typefaces: Typefaces) -> None:
    paper, words = papers()[form]
    rendered = render_pdf(paper, typefaces=typefaces)
    assert rendered.warning == ""
    for said in (of_pdf(rendered.content), of_word(render_docx(paper))):
        for word in words:
            assert "".join(word.split()) in said, word


@pytest.mark.parametrize("form", papers())
def test_what_was_kept_as_json_gives_the_same_bytes_again(form: str, typefaces: Typefaces) -> None:
    paper, _ = papers()[form]
    again = from_kept(to_kept(paper))
    assert again == paper
    assert render_pdf(again, typefaces=typefaces).content == render_pdf(paper, typefaces=typefaces).content


@pytest.mark.parametrize("form", ["推荐表", "组织关系介绍信", "召回通知书", "期满鉴定表"])
def test_forms_that_are_signed_by_hand_stay_on_one_page(form: str, typefaces: Typefaces) -> None:
    assert render_pdf(papers()[form][0], typefaces=typefaces).pages == 1


def test_an_appointment_never_removes_the_old_post() -> None:
    for level in ("county", "town", "village"):
        paper = appointment.appointment(dataclasses.replace(an_appointment(), level=level))
        said = "".join(getattr(block, "text", "") for block in paper.body)
        assert "不免去原任职务" in said and "协助" in said
        assert "免职" not in said


def test_two_hundred_rows_take_about_a_second_and_repeat_their_header(typefaces: Typefaces) -> None:
    people = tuple(dataclasses.replace(WANG, name=f"王{'一二三四五六七八九十'[n % 10]}", host=f"第{n}村") for n in range(200))
    paper = appointment.appointment(an_appointment(people))
    started = time.perf_counter()
    rendered = render_pdf(paper, typefaces=typefaces)
    assert time.perf_counter() - started < 3  # about one second; the machine may be busy
    pages = pypdf.PdfReader(io.BytesIO(rendered.content)).pages
    with_list = [text for page in pages if "村第一书记" in (text := "".join(page.extract_text().split()))]
    assert len(with_list) > 5 and all("序号姓名性别" in text for text in with_list)
    word = docx.Document(io.BytesIO(render_docx(paper)))
    (table,) = [t for t in word.tables if len(t.rows) > 200]
    assert "tblHeader" in table.rows[0]._tr.xml and table.rows[200].cells[1].text == people[199].name


def test_number_and_check_code_stand_at_the_foot_of_every_page(typefaces: Typefaces) -> None:
    people = tuple(dataclasses.replace(WANG, name=f"王{n}") for n in range(40))
    head = RedHead(text=f"{HERE}文件", number=DocumentNumber("洛组发", 2016, 15))
    paper = dataclasses.replace(appointment.appointment(an_appointment(people)), head=head, foot="洛组发〔2016〕15号 核验码 7K2M-9QXD")
    pages = pypdf.PdfReader(io.BytesIO(render_pdf(paper, typefaces=typefaces).content)).pages
    assert len(pages) > 2
    assert all("7K2M-9QXD" in page.extract_text() for page in pages)
    assert "7K2M-9QXD" in of_word(render_docx(paper))


def test_a_name_without_a_glyph_is_named_and_not_dropped(typefaces: Typefaces) -> None:
    rare = dataclasses.replace(WANG, name="王\U0002b5f0")
    rendered = render_pdf(appointment.appointment(an_appointment((rare,))), typefaces=typefaces)
    assert "\U0002b5f0" in rendered.warning and "U+2B5F0" in rendered.warning
    assert "\U0002b5f0" in of_word(render_docx(appointment.appointment(an_appointment((rare,)))))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("612523197506120018", "身份证号"), ("61252319750612001X", "身份证号"), ("612523 19750612 0018", "身份证号"),
        ("６１２５２３１９７５０６１２００１８", "身份证号"), ("612523750612001", "身份证号"), ("13991400001", "手机号"),
        ("139-9140-0001", "手机号"), ("139 9140 0001", "手机号"), ("6222 0245 6789 0123 456", "银行卡号"), ("6222024567890123", "银行卡号"),
    ],
)  # fmt: skip
def test_a_notice_never_carries_private_numbers(text: str, kind: str) -> None:
    assert traces(f"联系{text}。") == [kind]
    with pytest.raises(PrivateText, match=kind) as refused:
        selection_notice.selection_notice(a_notice(people=(dataclasses.replace(WANG, post=f"副局长{text}"),)))
    digits = "".join(c for c in text if c.isascii() and c.isdigit())
    assert digits == "" or digits not in str(refused.value).replace(" ", "")


@pytest.mark.parametrize(
    "text", ["0914-7322345", "洛组发〔2016〕15号", "2016年6月8日至2018年6月7日", "1975.06", "611021101001", "第1280名"]
)
def test_what_is_not_private_may_be_published(text: str) -> None:
    refuse_private([text])


def test_a_form_whose_rows_do_not_fill_their_columns_is_refused() -> None:
    with pytest.raises(BadDocument, match="应为2栏"):
        Grid(widths=(1, 1), rows=((Cell("姓名"),),))


def test_names_are_said_as_offices_say_them() -> None:
    assert named((WANG,)) == "王朝辉同志"
    assert named((WANG, ZHANG)) == "王朝辉、张丽同志"
    assert named((WANG,) * 12) == "王朝辉等12名同志"
