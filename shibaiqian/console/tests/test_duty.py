"""Daily management on pages: a month filled in and confirmed, leave asked for and answered, the desk, the timeline; and the law."""

import datetime as dt
import io
import re
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from shibaiqian.base.ids import new_id
from shibaiqian.console.tests.factories import OTHER_COUNTY, World, posting, sign_in, text, unit, village_of
from shibaiqian.fieldwork.models import AttendanceDay, AttendanceMonth, LeaveRequest, LogReading, WorkLog
from shibaiqian.policy.actions import install_defaults

pytestmark = pytest.mark.django_db
TEMPLATES = Path(__file__).parents[1] / "templates" / "console" / "duty"


@pytest.fixture(autouse=True)
def policy() -> None:
    install_defaults()


@pytest.fixture
def official(world: World) -> Client:
    return sign_in("posted_cadre", world.village.code, name=world.posting.cadre_name)


@pytest.fixture
def town(world: World) -> Client:
    return sign_in("town_party_admin", world.village.code[:9], name="组织委员")


@pytest.fixture
def county() -> Client:
    return sign_in("county_org_admin", "611021")


def proposed(official: Client) -> tuple[str, AttendanceMonth]:
    answer = official.post("/attendance/propose/", {"month": "2016-05"})
    return answer.url, AttendanceMonth.unscoped.get()  # type: ignore[attr-defined]


def submitted(official: Client) -> AttendanceMonth:
    url, row = proposed(official)
    official.post(f"{url}submit_month/")
    return AttendanceMonth.unscoped.get(pk=row.pk)


def an_ask(**more: str) -> dict[str, str]:
    said = {"operation": str(new_id()), "kind": "personal", "first_on": "2016-06-13", "last_on": "2016-06-14", "reason": "家中有事"}
    return {**said, **more}


def asked(official: Client, **more: str) -> LeaveRequest:
    answer = official.post("/leaves/ask/", an_ask(send="1", **more))
    assert answer.status_code == 302, text(answer)
    return LeaveRequest.unscoped.get(pk=answer.url.split("/")[-2])  # type: ignore[attr-defined]


def test_a_month_is_filled_in_from_the_records_and_corrected(official: Client, world: World) -> None:
    url, row = proposed(official)
    page = text(official.get(url))
    assert "未记录" in page and "本月合计" in page
    official.post(f"{url}correct_days/", {"status-2016-05-09": "in_village", "night-2016-05-09": "1"})
    said = AttendanceDay.unscoped.get(month=row, on=dt.date(2016, 5, 9), voided_by__isnull=True)
    assert (said.status, said.overnight, said.source) == ("in_village", True, "official")
    official.post(f"{url}correct_days/", {"status-2016-05-09": "in_village", "night-2016-05-09": "1"})
    assert AttendanceDay.unscoped.filter(month=row, on=dt.date(2016, 5, 9)).count() == 2  # saying the same again writes nothing


def test_the_town_confirms_those_ticked_and_the_county_publishes(official: Client, town: Client, county: Client) -> None:
    row = submitted(official)
    assert row.cadre_name in text(town.get("/daily/?month=2016-05"))
    town.post("/daily/months/", {"month": "2016-05", "month_row": str(row.pk)})
    assert AttendanceMonth.unscoped.get().confirmed_by == "组织委员"
    assert "公布已确认的" in text(county.get("/daily/?month=2016-05"))
    county.post("/daily/publish/", {"month": "2016-05"})
    county.post("/daily/lock/", {"month": "2016-05"})
    assert AttendanceMonth.unscoped.get().state == "locked"


def test_the_desk_offers_to_fill_in_months_where_somebody_has_none(official: Client, town: Client) -> None:
    assert "还有 1 人没有提交" in text(town.get("/daily/?month=2016-05"))
    submitted(official)
    assert "按记录生成考勤" not in text(town.get("/daily/?month=2016-05"))
    town.post("/daily/months/", {"month": "2016-05", "month_row": [str(AttendanceMonth.unscoped.get().pk)]})
    assert "公布已确认的 1 份" in text(sign_in("county_org_admin", "611021").get("/daily/?month=2016-05"))


def test_the_desk_offers_no_button_where_no_month_was_handed_in(official: Client, town: Client) -> None:
    proposed(official)
    assert "未提交" in (page := text(town.get("/daily/?month=2016-05"))) and "确认所选" not in page


def test_a_refusal_is_said_on_the_page(official: Client, town: Client) -> None:
    row = submitted(official)
    answer = town.post(f"/attendance/{row.pk}/return_month/", {"reason": ""}, follow=True)
    assert "请写明退回原因" in text(answer)
    town.post(f"/attendance/{row.pk}/return_month/", {"reason": "请补 9 日"})
    assert "请补 9 日" in text(official.get(f"/attendance/{row.pk}/"))


def test_the_form_of_leave_shows_days_level_and_balance_before_it_is_sent(official: Client) -> None:
    page = text(official.post("/leaves/ask/", an_ask(last_on="2016-06-16", look="1")))
    assert "这次 4 天" in page and "县区委组织部审批" in page
    assert not LeaveRequest.unscoped.exists()


def test_a_second_click_asks_once(official: Client) -> None:
    said = an_ask(send="1")
    first, second = official.post("/leaves/ask/", said), official.post("/leaves/ask/", said)
    assert first.url == second.url  # type: ignore[attr-defined]
    assert LeaveRequest.unscoped.count() == 1


def test_what_was_typed_stays_when_it_is_refused(official: Client) -> None:
    answer = official.post("/leaves/ask/", an_ask(send="1", first_on="2016-06-01", last_on="2016-06-02", reason="看望老人"))
    assert answer.status_code == 422
    assert "紧急请假" in text(answer) and "看望老人" in text(answer)


def test_leave_is_granted_at_the_desk_and_printed(official: Client, town: Client, world: World) -> None:
    row = asked(official)
    assert f"/leaves/{row.pk}/" in text(town.get("/daily/"))
    town.post(f"/leaves/{row.pk}/approve_leave/", {"back": "desk"})
    assert LeaveRequest.unscoped.get().state == "approved"
    paper = PdfReader(io.BytesIO(official.get(f"/leaves/{row.pk}/paper.pdf").content))
    said = "".join(page.extract_text() for page in paper.pages)
    assert world.posting.cadre_name in said and "同意" in said and "家中有事" in said
    assert official.get(f"/leaves/{row.pk}/paper.docx").content.startswith(b"PK")


def test_every_step_of_leave_has_its_form(official: Client, town: Client) -> None:
    row = asked(official, kind="sick", first_on="2016-06-06", last_on="2016-06-07", emergency="on", told_to="书记", told_on="2016-06-06")
    page = f"/leaves/{row.pk}/"
    town.post(f"{page}approve_leave/", {"answer": "安心养病"})
    assert "安心养病" in text(official.get(page)) and "销假" in text(official.get(page))
    official.post(f"{page}report_return/", {"on": "2016-06-08"})
    town.post(f"{page}close_leave/", {"note": ""})
    assert LeaveRequest.unscoped.get().state == "closed"


def test_logs_are_drawn_and_read_at_the_desk(town: Client, world: World) -> None:
    day = WorkLog.unscoped.latest("on").on
    town.post("/daily/draw/", {"month": f"{day:%Y-%m}"})
    reading = LogReading.unscoped.latest("id")
    assert "抽取码" in text(town.get(f"/daily/?month={day:%Y-%m}"))
    town.post(f"/daily/readings/{reading.pk}/", {"remark": "后来怎么样了？"})
    assert LogReading.unscoped.get(pk=reading.pk).remark == "后来怎么样了？"


@pytest.mark.parametrize(
    "path", ["/daily/", "/attendance/", "/leaves/", "/logs/", "/leaves/ask/", "/attendance/?month=2016-05&state=submitted&after=x"]
)
def test_pages_open_in_both_languages_for_the_town(world: World, path: str) -> None:
    for language in ("", "en"):
        browser = sign_in("town_party_admin", world.village.code[:9], language=language)
        assert browser.get(path).status_code == 200


def test_the_timeline_is_narrowed_to_a_household(town: Client, world: World) -> None:
    page = text(town.get("/logs/"))
    key = re.search(r"\?household=([0-9a-f-]{36})", page)
    assert key is not None
    assert text(town.get(f"/logs/?household={key[1]}")).count('<li class="entry"') >= 1
    assert text(town.get(f"/logs/?household={new_id()}")).count('<li class="entry"') == 0


def test_others_see_nothing_of_it(official: Client, world: World) -> None:
    row, leave = submitted(official), asked(official)
    far = sign_in("county_org_admin", OTHER_COUNTY)
    for path in (f"/attendance/{row.pk}/", f"/leaves/{leave.pk}/", f"/leaves/{leave.pk}/paper.pdf"):
        assert far.get(path).status_code == 404
    assert far.post(f"/leaves/{leave.pk}/approve_leave/").status_code == 404
    poverty = sign_in("county_poverty_admin", "611021")
    assert [poverty.get(path).status_code for path in ("/attendance/", "/leaves/", "/daily/")] == [404] * 3
    assert official.post(f"/leaves/{leave.pk}/approve_leave/").status_code == 404


def test_more_officials_take_no_more_queries(official: Client, county: Client) -> None:
    submitted(official)
    asked_ = []
    for n in (1, 2, 3):
        with CaptureQueriesContext(connection) as seen:
            assert county.get("/attendance/?month=2016-05").status_code == 200
            county.get("/daily/?month=2016-05")
        asked_.append(len(seen))
        host = village_of(place=n)
        other = posting(host, sent_by=unit(), name=f"李卫{n}")
        browser = sign_in("posted_cadre", host.code, name=other.cadre_name)
        browser.post(browser.post("/attendance/propose/", {"month": "2016-05"}).url + "submit_month/")  # type: ignore[attr-defined]
    assert asked_[1] == asked_[2]


# --- the law (domain.md §12): no ranks, no points, nothing asked that the rules forbid ---------------------------------


def test_no_page_ranks_people(official: Client, town: Client, world: World) -> None:
    """Who was there less stands first where the place says so, whatever may be asked of the address."""
    host = village_of(place=1)
    other = posting(host, sent_by=unit(), name="李卫民")
    busy = sign_in("posted_cadre", host.code, name=other.cadre_name)
    url = busy.post("/attendance/propose/", {"month": "2016-05"}).url  # type: ignore[attr-defined]
    busy.post(f"{url}correct_days/", {f"status-2016-05-{n:02}": "in_village" for n in range(2, 28)})
    proposed_here = official.post("/attendance/propose/", {"month": "2016-05"})
    assert proposed_here.status_code == 302
    clerk = sign_in("county_org_admin", "611021")
    for path in ("/attendance/?month=2016-05", "/attendance/?month=2016-05&sort=duty", "/attendance/?month=2016-05&order=-duty"):
        page = text(clerk.get(path))
        assert 0 < page.index(world.posting.cadre_name) < page.index("李卫民")
    assert not re.search(r"sort=|排名第|积分", page)


def test_no_form_asks_for_a_place_or_a_photo(official: Client) -> None:
    url, _row = proposed(official)
    for page in (text(official.get(url)), text(official.get("/leaves/ask/"))):
        assert not re.search(r'type="file"|geolocation|capture=|name="(point|lat|lon|photo)', page)
    assert AttendanceDay._meta.get_field("point").null


def test_no_template_compares_people() -> None:
    said = "".join(path.read_text() for path in TEMPLATES.glob("*.html"))
    assert not re.search(r"最差|倒数|积分|打卡|dictsort", said)


def test_a_town_chooses_for_whom_it_registers_leave(town: Client, world: World) -> None:
    page = text(town.get("/leaves/ask/"))
    assert world.posting.cadre_name in page and f"?posting={world.posting.pk}" in page and 'name="reason"' not in page
    answer = town.post(f"/leaves/ask/?posting={world.posting.pk}", an_ask(send="1"))
    assert answer.status_code == 302 and LeaveRequest.unscoped.get().cadre == world.posting.cadre_id
    assert "填写一个月" not in text(town.get("/attendance/"))
    for page in (text(town.get("/daily/")), text(town.get(answer.url))):  # type: ignore[attr-defined]
        assert "代为登记的" in page and "/approve_leave/" not in page
    assert "/approve_leave/" in text(sign_in("town_party_admin", world.village.code[:9], name="宣传委员").get("/daily/"))


def test_the_village_prints_what_the_county_published_and_says_that_it_hangs_there(
    official: Client, town: Client, county: Client, world: World
) -> None:
    path = f"/board/{world.village.code}/2016-05/"
    assert "还没有公布的考勤" in text(town.get("/board/")) and town.get(path).status_code == 404
    town.post("/daily/months/", {"month": "2016-05", "month_row": str(submitted(official).pk)})
    county.post("/daily/publish/", {"month": "2016-05"})
    clerk = sign_in("village_admin", world.village.code, name="村文书")
    assert world.village.name in text(clerk.get("/board/")) and "待张贴" in text(town.get("/board/"))
    printed = "".join(page.extract_text() for page in PdfReader(io.BytesIO(clerk.get(f"{path}paper.pdf").content)).pages)
    assert world.posting.cadre_name in printed and "2016年5月考勤公布" in printed
    assert "已经张贴" not in text(town.get(path))
    assert clerk.post(path, {"on": "2016-06-09"}).status_code == 422
    assert "已登记张贴" in text(clerk.post(path, {"on": "2016-06-08"}, follow=True))
    assert " 已张贴" in text(town.get("/board/")) and "已经张贴" not in text(clerk.get(path))
    assert clerk.post(path, {"on": "2016-06-08"}).status_code == 422
    far = sign_in("village_admin", village_of(OTHER_COUNTY).code)
    assert world.village.name not in text(far.get("/board/"))
    assert [far.get(at).status_code for at in (path, f"{path}paper.pdf")] == [404, 404]


def test_one_board_and_three_take_the_same_questions(official: Client, world: World) -> None:
    first, counts = submitted(official), []
    AttendanceMonth.unscoped.update(state="published", published_on=dt.date(2016, 6, 1))
    for more in (0, 2):
        for number in range(more):
            other = posting(village_of("611021", place=30 + number), sent_by=world.unit, name=f"李干部{number}")
            AttendanceMonth.unscoped.create(
                posting=other, cadre=other.cadre_id, cadre_name=other.cadre_name, unit=first.unit, region=other.region, month=first.month, state="published",
                published_on=dt.date(2016, 6, 1), event=first.event,
            )  # fmt: skip
        with CaptureQueriesContext(connection) as asked_of:
            page = text(sign_in("county_org_admin", "611021").get("/board/"))
        assert page.count("待张贴") == 1 + more
        counts.append(len(asked_of))
    assert counts[0] == counts[1]
