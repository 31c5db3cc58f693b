"""LRMX files as other software writes them go in and out again without losing anything."""

import base64
import datetime as dt
import io
import zipfile
from dataclasses import dataclass

import pytest
from defusedxml.ElementTree import fromstring
from docx import Document
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shibaiqian.cadres.lrmx.dates import month_of
from shibaiqian.cadres.lrmx.form import FAMILY_FIELDS, ORDER, BadForm, Form
from shibaiqian.cadres.lrmx.merging import How, Known, differences, form_of
from shibaiqian.cadres.lrmx.paper import age, render_form
from shibaiqian.cadres.lrmx.reading import LRM_FIELDS, read_batch, read_lrm, read_lrmx
from shibaiqian.cadres.lrmx.resume import read_resume, with_postings
from shibaiqian.cadres.lrmx.writing import write_batch, write_lrmx

PHOTO = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
BROKEN = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00 cut off"
RESUME = (
    "1993.09--1996.07  商洛农业学校农学专业学习\r\n"
    "1996.07--2005.03  商南县农业技术推广站技术员、助理农艺师（其间：1999.09--2002.07 省委党校\r\n"
    "                  经济管理专业大专班学习）\r\n"
    "2005.03--         商南县文化广播影视局副局长"
)
FILE = f"""<?xml version="1.0" encoding="utf-8"?>
<Person>
  <XingMing>柳  青</XingMing><XingBie>男</XingBie><ChuShengNianYue>197506</ChuShengNianYue><MinZu>汉族</MinZu>
  <JiGuan>陕西商南</JiGuan><ChuShengDi>陕西商南</ChuShengDi><RuDangShiJian>199807；民盟</RuDangShiJian>
  <CanJiaGongZuoShiJian>1996.07</CanJiaGongZuoShiJian><JianKangZhuangKuang>健康</JianKangZhuangKuang>
  <ZhuanYeJiShuZhiWu>农艺师</ZhuanYeJiShuZhiWu><ShuXiZhuanYeYouHeZhuanChang><![CDATA[农技推广 & 茶叶]]></ShuXiZhuanYeYouHeZhuanChang>
  <QuanRiZhiJiaoYu_XueLi>中专</QuanRiZhiJiaoYu_XueLi><QuanRiZhiJiaoYu_XueWei/>
  <QuanRiZhiJiaoYu_XueLi_BiYeYuanXiaoXi>商洛农业学校农学专业</QuanRiZhiJiaoYu_XueLi_BiYeYuanXiaoXi>
  <QuanRiZhiJiaoYu_XueWei_BiYeYuanXiaoXi>
</QuanRiZhiJiaoYu_XueWei_BiYeYuanXiaoXi>
  <ZaiZhiJiaoYu_XueLi>省委党校大专</ZaiZhiJiaoYu_XueLi><ZaiZhiJiaoYu_XueWei></ZaiZhiJiaoYu_XueWei>
  <XianRenZhiWu>商南县文化广播影视局副局长</XianRenZhiWu><NiRenZhiWu></NiRenZhiWu><NiMianZhiWu></NiMianZhiWu>
  <JianLi>{RESUME}</JianLi>
  <JiangChengQingKuang>2012年被评为全县先进工作者</JiangChengQingKuang><NianDuKaoHeJieGuo>2013年称职，2014年优秀</NianDuKaoHeJieGuo>
  <RenMianLiYou></RenMianLiYou>
  <JiaTingChengYuan>
    <Item><ChengWei>妻子</ChengWei><XingMing>周  敏</XingMing><ChuShengRiQi>1976.3</ChuShengRiQi><ZhengZhiMianMao>群众</ZhengZhiMianMao>
      <GongZuoDanWeiJiZhiWu>商南县城关小学教师</GongZuoDanWeiJiZhiWu><BeiZhu>留</BeiZhu></Item>
    <Item><ChengWei>父亲</ChengWei><XingMing>柳某某</XingMing><ChuShengRiQi></ChuShengRiQi><ZhengZhiMianMao/><GongZuoDanWeiJiZhiWu>已去世</GongZuoDanWeiJiZhiWu></Item>
    <Item><ChengWei/><XingMing/><ChuShengRiQi/><ZhengZhiMianMao/><GongZuoDanWeiJiZhiWu/></Item>
  </JiaTingChengYuan>
  <ChengBaoDanWei></ChengBaoDanWei><JiSuanNianLingShiJian>20160608</JiSuanNianLingShiJian><TianBiaoShiJian></TianBiaoShiJian>
  <TianBiaoRen></TianBiaoRen><ShenFenZheng>612594197506041239</ShenFenZheng>
  <ZhaoPian>{base64.b64encode(PHOTO).decode()[:60]}
{base64.b64encode(PHOTO).decode()[60:]}</ZhaoPian>
  <Version>3.2.1.16</Version><DaoLingNianYue>203506</DaoLingNianYue><ZhengZhiMianMao>中共党员</ZhengZhiMianMao>
</Person>""".encode()


@dataclass
class Row:
    name: str = "柳青"
    sex: str = "1"
    birth_date: dt.date = dt.date(1975, 6, 4)
    ethnicity: str = "01"
    native_place: str = ""
    birthplace: str = "陕西商南"
    party_join_month: str = "199807"
    work_start_month: str = "199607"
    health: str = "良好"
    technical_title: str = "农艺师"
    specialty: str = ""
    edu_full_time: str = "中专"
    edu_full_time_school: str = "商洛农业学校农学专业"
    edu_in_service: str = "省委党校大专"
    post: str = "商南县文化广播影视局局长"


def test_every_element_of_a_file_is_read() -> None:
    form = read_lrmx(FILE)
    assert form.person == "柳青" and form.id_number == "612594197506041239"
    assert set(ORDER) - set(form.texts) == {
        "JiaTingChengYuan",
        "ZhaoPian",
        "ZaiZhiJiaoYu_XueLi_BiYeYuanXiaoXi",
        "ZaiZhiJiaoYu_XueWei_BiYeYuanXiaoXi",
    }
    assert form.text("ShuXiZhuanYeYouHeZhuanChang") == "农技推广 & 茶叶"
    assert form.text("QuanRiZhiJiaoYu_XueWei_BiYeYuanXiaoXi") == ""
    assert form.unknown == ("DaoLingNianYue", "ZhengZhiMianMao")
    assert len(form.family) == 2 and form.family[0]["BeiZhu"] == "留"
    assert form.photo == PHOTO


def test_what_came_in_goes_out_again() -> None:
    form = read_lrmx(FILE)
    again = read_lrmx(write_lrmx(form))
    assert dict(again.texts) == {**dict.fromkeys([n for n in ORDER if n not in ("JiaTingChengYuan", "ZhaoPian")], ""), **form.texts}
    assert (again.family, again.photo) == (form.family, form.photo)
    assert again.text("JianLi").splitlines()[2].startswith(" " * 18)  # never trimmed inside the resume


def test_the_written_file_stands_in_the_agreed_order_for_another_reader() -> None:
    root = fromstring(write_lrmx(read_lrmx(FILE)))
    assert [child.tag for child in root] == [*ORDER, "DaoLingNianYue", "ZhengZhiMianMao"]
    assert [item.findtext("ChengWei") for item in root.find("JiaTingChengYuan")] == ["妻子", "父亲"]
    assert base64.b64decode(root.findtext("ZhaoPian")) == PHOTO


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Co", "Cn", "Zl", "Zp")), max_size=12).map(str.strip)


@settings(suppress_health_check=[HealthCheck.too_slow])  # of a machine at work, not of the form
@given(texts=st.dictionaries(st.sampled_from([*[n for n in ORDER if n not in ("JiaTingChengYuan", "ZhaoPian", "JianLi", "XingMing")], "QiTa"]), TEXT),
       family=st.lists(st.fixed_dictionaries(dict.fromkeys(FAMILY_FIELDS, TEXT)), max_size=4), photo=st.binary(max_size=200), bom=st.booleans())  # fmt: skip
def test_any_form_comes_back_as_it_went(texts: dict[str, str], family: list[dict[str, str]], photo: bytes, bom: bool) -> None:
    form = Form({**texts, "XingMing": "某"}, tuple(f for f in family if any(f.values())), photo, bom)
    again = read_lrmx(write_lrmx(form))
    assert {k: v for k, v in again.texts.items() if v and k != "Version"} == {k: v for k, v in form.texts.items() if v and k != "Version"}
    assert (again.family, again.photo, again.bom) == (form.family, form.photo, form.bom)


def test_files_in_gbk_and_with_a_mark_are_read() -> None:
    gbk = FILE.decode().replace('encoding="utf-8"', 'encoding="gb2312"').encode("gb18030")
    assert read_lrmx(gbk).texts == read_lrmx(FILE).texts == read_lrmx(b"\xef\xbb\xbf" + FILE).texts


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"<Person><XingMing>", "不是完整的 XML"),
        (b"<Persons/>", "根元素应为 Person"),
        (b"<Person><XingMing> </XingMing></Person>", "没有姓名"),
        (b"<Person><XingMing>a</XingMing><ZhaoPian>%%%</ZhaoPian></Person>", "照片数据已损坏"),
        (b'<!DOCTYPE p [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><Person><XingMing>&b;</XingMing></Person>', "外部实体"),
        (b'<!DOCTYPE p SYSTEM "file:///etc/passwd"><Person/>', "外部实体"),
    ],
)
def test_a_broken_file_is_refused_in_words(data: bytes, said: str) -> None:
    with pytest.raises(BadForm, match=said):
        read_lrmx(data)


def test_a_zip_with_names_in_gbk_gives_each_person_and_each_fault() -> None:
    buffer = io.BytesIO()
    names = {"柳青.lrmx": FILE, "坏的.lrmx": b"<Person>", "说明.txt": b"x"}
    stand_ins = {name: mark * len(name.encode("gb18030")) for name, mark in zip(names, "abc", strict=True)}
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in names.items():
            archive.writestr(stand_ins[name], data)
    data = buffer.getvalue()
    for name, stand_in in stand_ins.items():  # as a Chinese zip program writes it: bytes of GBK, no flag for UTF-8
        data = data.replace(stand_in.encode(), name.encode("gb18030"))
    found = dict(read_batch(data))
    assert list(found) == ["坏的.lrmx", "柳青.lrmx"]
    assert isinstance(found["坏的.lrmx"], BadForm) and isinstance(found["柳青.lrmx"], Form)


def test_a_batch_written_is_a_batch_read() -> None:
    form = read_lrmx(FILE)
    [(name, again)] = read_batch(write_batch([("611023-0001.lrmx", form)]))
    assert name == "611023-0001.lrmx" and isinstance(again, Form) and again.photo == form.photo


def test_the_older_text_file_is_read_with_its_picture() -> None:
    said = dict.fromkeys(LRM_FIELDS, "")
    said |= {"XingMing": "柳  青", "ChuShengNianYue": "1975.06", "_degrees": "中专@#省委党校大专@", "_schools": "商洛农业学校@#@",
             "_relations": "妻子@", "_names": "周敏@", "_births": "1976.03@", "_parties": "群众@", "_posts": "教师@", "JianLi": "1996.07--  商南县"}  # fmt: skip
    data = ",".join(f'"{value}"' for value in said.values()).encode("gb18030")
    form = read_lrm(data, picture=PHOTO)
    assert form.person == "柳青" and form.text("ZaiZhiJiaoYu_XueLi") == "省委党校大专" and form.photo == PHOTO
    assert [item["XingMing"] for item in form.family] == ["周敏"]
    with pytest.raises(BadForm, match="33"):
        read_lrm(b'"a","b"')


@pytest.mark.parametrize(
    ("text", "month"),
    [("197506", "197506"), ("1975.06", "197506"), ("1975.6", "197506"), ("1975.06.04", "197506"), ("19750604", "197506"), ("1975", ""),
     ("199807；民盟", "199807"), ("民盟", ""), ("", ""), ("197513", "")],
)  # fmt: skip
def test_dates_are_decided_by_their_length(text: str, month: str) -> None:
    assert month_of(text) == month


def test_a_resume_is_read_line_by_line() -> None:
    lines = read_resume(RESUME)
    assert [(line.start, line.end, line.kind, line.inside) for line in lines] == [
        ("199309", "199607", "study", False),
        ("199607", "200503", "work", False),
        ("199909", "200207", "study", True),
        ("200503", "", "work", False),
    ]


def test_a_finished_posting_is_noted_in_the_line_of_the_original_post_once() -> None:
    posting = [("201508", "201708", "商南县金丝峡镇姚楼村党支部", "第一书记")]
    noted = with_postings(RESUME.replace("\r\n", "\n"), posting)
    assert noted.splitlines()[-1].endswith("副局长（其间：2015.08--2017.08 挂任商南县金丝峡镇姚楼村党支部第一书记）")
    assert with_postings(noted, posting) == noted


def test_a_preview_says_what_is_new_what_differs_and_what_cannot_be_read() -> None:
    found = {d.element: d for d in differences(Row(), read_lrmx(FILE), family=[], resume=[])}
    assert found["JiGuan"].how is How.NEW and found["JiGuan"].proposed
    assert found["XianRenZhiWu"].how is How.DIFFERENT and not found["XianRenZhiWu"].proposed
    assert found["XingMing"].how is How.SAME and found["ChuShengNianYue"].how is How.SAME
    assert found["JiaTingChengYuan"].how is How.NEW and found["JianLi"].how is How.NEW


def test_the_form_of_a_cadre_keeps_texts_and_shows_the_registers_own_value_where_they_differ() -> None:
    kept = read_lrmx(FILE).without_identity()
    family = [{name: item.get(name, "") for name in FAMILY_FIELDS} for item in kept.family]
    out = form_of(Row(), kept, Known(family=family), id_number="612594197506041239")
    assert out.text("XianRenZhiWu") == "商南县文化广播影视局局长" and out.text("JianKangZhuangKuang") == "良好"
    assert out.text("RuDangShiJian") == "199807；民盟" and out.text("XingMing") == "柳  青"  # as they stood
    assert out.family[0]["BeiZhu"] == "留" and out.photo == PHOTO and "DaoLingNianYue" in out.unknown
    assert out.text("NiMianZhiWu") == ""  # a posting removes nobody


def test_a_form_made_from_the_register_alone_invents_nothing() -> None:
    out = form_of(Row(), None, Known(grades=[(2014, 1), (2015, 2)]))
    assert out.text("NianDuKaoHeJieGuo") == "2014年优秀，2015年称职"
    assert {name for name in ORDER if out.text(name)} == {
        "XingMing", "XingBie", "ChuShengNianYue", "MinZu", "ChuShengDi", "RuDangShiJian", "CanJiaGongZuoShiJian", "JianKangZhuangKuang",
        "ZhuanYeJiShuZhiWu", "QuanRiZhiJiaoYu_XueLi", "QuanRiZhiJiaoYu_XueLi_BiYeYuanXiaoXi", "ZaiZhiJiaoYu_XueLi", "XianRenZhiWu",
        "NianDuKaoHeJieGuo",
    }  # fmt: skip


def texts_of(data: bytes) -> str:
    word = Document(io.BytesIO(data))
    return "\n".join(cell.text for table in word.tables for row in table.rows for cell in row.cells)


def test_the_printed_form_shows_everything_but_the_id_number() -> None:
    said = texts_of(render_form(read_lrmx(FILE), on=dt.date(2016, 6, 8), demonstration=True))
    for wanted in (
        "柳  青",
        "1975.06\n（41岁）",
        "1998.07；民盟",
        "商洛农业学校农学专业",
        "2005.03--\t商南县",
        "周  敏",
        "已去世",
        "2012年被评为",
    ):
        assert wanted in said
    assert "612594197506041239" not in said
    assert "演示数据" in Document(io.BytesIO(render_form(read_lrmx(FILE), on=dt.date(2016, 6, 8), demonstration=True))).sections[0].header.paragraphs[0].text  # fmt: skip


def test_ages_are_counted_at_the_day_the_form_names() -> None:
    assert age("197506", dt.date(2016, 6, 8)) == 41 and age("197507", dt.date(2016, 6, 8)) == 40


def test_a_form_without_photo_or_with_an_odd_one_prints() -> None:
    for photo in (b"", b"no picture", BROKEN):
        assert "照片" in texts_of(render_form(Form({"XingMing": "某"}, photo=photo), on=dt.date(2016, 6, 8), demonstration=False))
