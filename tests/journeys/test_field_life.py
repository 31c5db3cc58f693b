"""More of the field app's life: a memo that was spoken, two tabs, the lock, a month of attendance, something asked upward and its answer."""

import re
from collections.abc import Callable
from secrets import token_hex

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESKTOP
from tests.journeys.phones import PATIENCE, Phone, counts, is_kept, own_words, set_pin, sign_in, tab, write_log
from tests.journeys.proxy import Proxy
from tests.journeys.test_field import LOGIN, network, on_server, phone, seen, server, things

__all__ = ["network", "phone", "server"]

pytestmark = [pytest.mark.browser, pytest.mark.slow]
# A microphone that hums, and nobody who is asked for it.
HUMS = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")


def send(page: Page, received: int) -> None:
    tab(page, "上传")
    page.get_by_role("button", name="现在上传").click()
    counts(page, 0, received)
    tab(page, "今天")


def test_a_spoken_memo_arrives_with_its_log(phone: Phone, network: Proxy, password: str) -> None:
    mark = own_words()
    page = phone.open(arguments=HUMS)
    sign_in(page, LOGIN, password)
    is_kept(page)
    network.cut()
    page.get_by_role("button", name="写日志").click()
    page.get_by_label("做了什么").fill(f"路上口述，{mark}")
    page.get_by_role("button", name="录一段话").click()
    going = page.get_by_role("button", name=re.compile("录音中 [1-9]"))
    expect(going).to_be_visible()
    going.click()
    expect(page.get_by_label("录音", exact=True)).to_be_visible()
    seen(page, "field-app-voice")
    page.get_by_role("button", name="保存").click()
    counts(page, 1, 0)
    network.mend()
    send(page, 1)
    kept = on_server(
        "select a.kind, a.size, u.size from fieldwork_attachment a join fieldwork_worklogitem i on i.id = a.item_id "
        "join sync_upload u on u.sha256 = a.sha256 where i.content like %s",
        f"%{mark}%",
    )
    assert [(kind, size == sent, size > 500) for kind, size, sent in kept] == [("audio/webm", True, True)]


def test_two_tabs_send_each_record_once_and_both_know_it(phone: Phone, network: Proxy, password: str) -> None:
    mark = token_hex(4)
    first = phone.open()
    sign_in(first, LOGIN, password)
    is_kept(first)
    second = phone.another_tab()
    expect(second.get_by_role("button", name="写日志")).to_be_visible()
    network.cut()
    write_log(first, f"第一个窗口写的（{mark}）")
    write_log(second, f"第二个窗口写的（{mark}）")
    for page in (first, second):
        counts(page, 2, 0)
        tab(page, "上传")
    network.mend()
    for page in (first, second):
        page.get_by_role("button", name=re.compile("现在上传|正在同步")).click(force=True)
    for page in (first, second):
        counts(page, 0, 2)
        expect(page.locator("section", has=page.get_by_role("heading", name="还在手机上"))).to_contain_text("都上传了")
    assert things(mark) == [f"第一个窗口写的（{mark}）", f"第二个窗口写的（{mark}）"]


def test_after_fifteen_minutes_untouched_the_phone_is_locked_and_what_was_being_typed_is_kept(phone: Phone, password: str) -> None:
    words = f"写了一半（{token_hex(4)}）"
    page = phone.open(is_timed=True)
    sign_in(page, LOGIN, password)
    set_pin(page)
    page.clock.fast_forward("14:30")
    expect(page.get_by_role("button", name="写日志")).to_be_visible()
    page.get_by_role("button", name="写日志").click()
    page.get_by_label("做了什么").fill(words)
    page.clock.run_for(1_000)  # the draft is put away
    page.clock.fast_forward("14:30")  # counted from the last touch, not from the start
    expect(page.get_by_label("做了什么")).to_have_value(words)
    page.clock.fast_forward("01:00")
    expect(page.get_by_label("PIN（6 位数字）")).to_be_visible()
    assert words not in page.content()
    page.get_by_label("PIN（6 位数字）").fill("135790")
    expect(page.get_by_label("做了什么")).to_have_value(words)
    assert things(words) == []


def test_a_month_given_back_is_corrected_and_handed_in_again_without_a_network(phone: Phone, network: Proxy, password: str) -> None:
    month = on_server(
        "update fieldwork_attendancemonth set state = 'open', returned_reason = '12 日请核对' where month = '2016-05-01' and posting_id in "
        "(select id from postings_posting where region = '611026101201' and state = 'active') and voided_by is null returning id::text"
    )
    assert len(month) == 1  # the town gave it back
    page = phone.open()
    sign_in(page, LOGIN, password)
    is_kept(page)
    network.cut()
    page.get_by_role("button", name="按记录自动填").click()
    may = page.locator("section", has=page.get_by_role("heading", name="2016-05"))
    expect(may).to_contain_text("镇办退回：12 日请核对")
    for status in ("休息", "在村"):  # thought better of it: the later word stands
        may.get_by_role("button", name=re.compile("^05-12")).click()
        may.get_by_role("group", name="2016-05-12").get_by_role("button", name=re.compile(status)).click()
    expect(may.get_by_role("button", name=re.compile("^05-12"))).to_contain_text("在村")
    seen(page, "field-app-attendance")
    may.get_by_role("button", name="交给镇办").click()
    page.get_by_role("dialog").get_by_role("button", name="提交").click()
    page.get_by_role("button", name="返回").click()
    counts(page, 3, 0)
    network.mend()
    send(page, 3)
    assert on_server("select state, submitted_by_name from fieldwork_attendancemonth where id = %s", month[0][0]) == [
        ("submitted", "白建宁")
    ]
    assert on_server(
        "select status from fieldwork_attendanceday where month_id = %s and \"on\" = '2016-05-12' and voided_by is null", month[0][0]
    ) == [("in_village",)]


def answered(desk: Page, site: str, key: str) -> None:
    """The county's department accepts a request and reports it done."""
    desk.goto(f"{site}/requests/{key}/accept_request/")
    desk.get_by_label("办好日期").fill("2016-06-20")
    desk.get_by_label("答复意见").fill("镇卫生院每周派医生坐诊两天")
    desk.locator("main form button.primary").click()
    expect(desk.get_by_text("办理中").first).to_be_visible()
    desk.goto(f"{site}/requests/{key}/report_done/")
    desk.get_by_label("办好日期").fill("2016-06-08")
    desk.get_by_label("办了什么").fill("本周起每周二、周五坐诊")
    desk.locator("main form button.primary").click()
    expect(desk.get_by_text("待确认").first).to_be_visible()


def test_something_asked_upward_offline_is_answered_at_a_desk_and_said_to_have_come(
    phone: Phone, network: Proxy, password: str, signed_in: Callable[..., Page], site: str
) -> None:
    title = "村卫生室缺一名医生"
    page = phone.open()
    sign_in(page, LOGIN, password)
    is_kept(page)
    network.cut()
    page.get_by_role("button", name="缺什么，向谁要").or_(page.get_by_role("button", name="件在办")).click()
    page.get_by_role("button", name="要一件具体的事").click()
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("alert")).to_contain_text("请选择向哪个单位要")
    page.get_by_label("单位名称或拼音首字母").fill("卫生局")
    page.get_by_role("group", name="向谁要").get_by_role("button").first.click()
    page.get_by_role("radio", name="医疗卫生").click()
    page.get_by_label("要什么").fill(title)
    page.get_by_label("为什么、要多少、在哪里").fill("最近的医生在镇上，来回四十里")
    seen(page, "field-app-ask-upward")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("还没有送到")).to_be_visible()
    page.get_by_role("button", name="返回").click()
    counts(page, 1, 0)
    network.mend()
    send(page, 1)

    (key,) = on_server("select id::text from voice_upwardrequest where title = %s order by event desc", title)[0]
    answered(signed_in("zhashui.org", DESKTOP), site, key)

    page.get_by_role("button", name="现在同步").click()
    arrived = page.locator("section", has=page.get_by_role("heading", name="收到的"))
    expect(arrived).to_contain_text("你提出的向上要事项已办好，请确认。", timeout=PATIENCE)
    seen(page, "field-app-arrived")
    page.get_by_role("button", name=re.compile("件向上要的事说办好了")).click()
    mine = page.get_by_role("region", name=title).filter(has_text="待确认")
    expect(mine).to_contain_text("镇卫生院每周派医生坐诊两天")
    expect(mine).to_contain_text("本周起每周二、周五坐诊")
    seen(page, "field-app-upward")
    mine.get_by_role("button", name="办好了").click()
    page.get_by_role("button", name="返回").click()
    counts(page, 0, 2)
    assert on_server("select state from voice_upwardrequest where id = %s", key) == [("confirmed",)]

    page.get_by_role("button", name=re.compile("条未读")).first.click()
    expect(page.locator("li", has_text="你提出的向上要事项已办好").first).to_contain_text("未读")
    seen(page, "field-app-messages")
    page.get_by_role("button", name="返回").click()
    expect(page.get_by_role("heading", name="收到的")).to_have_count(0)
    counts(page, 0, 3)
    unread = "select count(*) from inbox_message m join access_user u on u.id = m.user_id where u.login = %s and m.read_at is null"
    assert on_server(unread, LOGIN) == [(0,)]
    page.reload()
    expect(page.get_by_role("button", name="没有未读")).to_be_visible()


def test_a_problem_left_open_is_on_the_first_screen_when_due_and_followed_up(phone: Phone, network: Proxy, password: str) -> None:
    mark = token_hex(4)
    page = phone.open()
    sign_in(page, LOGIN, password)
    is_kept(page)
    network.cut()
    page.get_by_role("button", name="写日志").click()
    page.get_by_role("button", name="选农户").click()
    page.locator("dialog[open] label.row").first.click()
    page.get_by_role("button", name="选好了").click()
    page.get_by_label("做了什么").fill("看了房子，量了东屋屋顶")
    page.get_by_text("有没解决的问题").click()
    page.get_by_label("什么问题").fill("东屋房顶漏雨，雨季前要修")
    page.get_by_label("打算哪天再去").fill("2016-06-08")
    seen(page, "field-app-problem")
    page.get_by_role("button", name="保存").click()
    counts(page, 1, 0)
    network.mend()
    send(page, 1)
    due = page.locator("section", has=page.get_by_role("heading", name="该跟进的")).get_by_role("button", name="东屋房顶漏雨")
    due.click()
    expect(page.get_by_text("跟进：东屋房顶漏雨，雨季前要修")).to_be_visible()
    page.get_by_label("做了什么").fill(f"换了瓦，不漏了（{mark}）")
    page.get_by_role("button", name="保存").click()
    counts(page, 0, 2)
    expect(due).to_have_count(0)
    found = on_server(
        "select b.content, b.household_id = a.household_id from fieldwork_worklogitem a join fieldwork_worklogitem b on b.follows_id = a.id where b.content like %s",
        f"%{mark}%",
    )
    assert found == [(f"换了瓦，不漏了（{mark}）", True)]
