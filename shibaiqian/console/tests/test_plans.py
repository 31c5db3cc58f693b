"""Pages of plans, meetings, reports on duty and emergencies: written, heard, printed; nobody else's."""

import io
from typing import Any

import pytest
from docx import Document
from pypdf import PdfReader

from shibaiqian.access.models import Assignment
from shibaiqian.console.tests.factories import COUNTY, OTHER_COUNTY, World, client, sign_in, text
from shibaiqian.fieldwork.models import DutyReport, DutyReportItem, EmergencyPeriod, MonthlyPlan, MonthlySummary, PlanItem, WorkMeeting
from shibaiqian.policy.actions import install_defaults

pytestmark = pytest.mark.django_db
VOTE = {
    "invited": "40",
    "present": "38",
    "issued": "38",
    "returned": "37",
    "valid": "36",
    "good": "30",
    "fairly_good": "4",
    "average": "1",
    "poor": "1",
}


def month_of(world: World, month: str = "2016-06") -> str:
    return f"/postings/{world.posting.pk}/months/{month}/"


def things(*texts: str, serves: str = "") -> dict[str, str]:
    head = {"do": "plan", "thing-TOTAL_FORMS": str(len(texts)), "thing-INITIAL_FORMS": "0"}
    return head | {f"thing-{n}-text": said for n, said in enumerate(texts)} | {"thing-0-serves": serves}


def pdf(content: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def test_a_month_is_planned_summed_up_heard_and_printed(world: World) -> None:
    install_defaults()
    official, page = client("posted_cadre", world), month_of(world)
    assert official.get("/month/").headers["Location"] == page
    assert official.post(page, things("修水渠", "走访", "", serves=f"household:{world.household.pk}")).status_code == 302
    assert [i.household_id for i in PlanItem.unscoped.order_by("seq")] == [world.household.pk, None]
    official.post(page, {"do": "submit_plan"})
    said = {"do": "summary", "text": "水渠修完", "problems": "缺水泥", "outcome-1": "done", "note-1": "6 月 5 日通水"}
    assert official.post(page, said).status_code == 302
    official.post(page, {"do": "submit_summary"})
    assert MonthlySummary.unscoped.get().facts["visits"] >= 1
    town = sign_in("town_party_admin", world.village.code[:9])
    held = {"region": world.village.code[:9], "on": "2016-06-08", "chair": "刘书记", "attendees": "12"}
    assert town.post("/meetings/hold/", held).status_code == 302
    assert (MonthlyPlan.unscoped.get().state, WorkMeeting.unscoped.get().summaries) == ("heard", 1)
    assert "刘书记" in text(town.get("/meetings/")) and "已听取" in text(town.get("/plans/")) and "已听取" in text(town.get("/summaries/"))
    printed = pdf(official.get(f"{page}paper.pdf").content)
    assert "修水渠" in printed and "水渠修完" in printed and "缺水泥" in printed
    words = Document(io.BytesIO(official.get(f"{page}paper.docx").content))
    assert any("修水渠" in cell.text for table in words.tables for row in table.rows for cell in row.cells)
    assert "不需要填报" in pdf(official.get(f"/postings/{world.posting.pk}/weeks/2016-06-01/paper.pdf").content)


def test_the_town_returns_a_plan_with_a_reason_and_the_official_hands_it_in_again(world: World) -> None:
    install_defaults()
    official, town, page = client("posted_cadre", world), sign_in("town_party_admin", world.village.code[:9]), month_of(world)
    official.post(page, things("修水渠"))
    assert "退回修改" not in text(town.get(page))
    official.post(page, {"do": "submit_plan"})
    assert "退回修改" in text(town.get(page)) and "退回修改" not in text(official.get(page))
    assert town.post(page, {"do": "return_plan", "word": ""}).status_code == 422
    assert "已退回，本人会收到消息" in text(town.post(page, {"do": "return_plan", "word": "请写到户"}, follow=True))
    assert "请写到户" in text(official.get(page))
    official.post(page, things("修张三户门前的水渠"))
    official.post(page, {"do": "submit_plan"})
    assert MonthlyPlan.unscoped.get().state == "submitted" and "请写到户" in text(town.get(page))
    official.post(page, {"do": "summary", "text": "水渠修完", "problems": ""}), official.post(page, {"do": "submit_summary"})
    town.post(page, {"do": "return_summary", "word": "请写困难"})
    assert MonthlySummary.unscoped.get().state == "returned"
    assert official.post(page, {"do": "return_plan", "word": "我来"}).status_code == 404


def test_a_refused_plan_keeps_what_was_typed_and_says_why(world: World) -> None:
    answer = client("posted_cadre", world).post(month_of(world, "2017-01"), things("明年的事"))
    assert answer.status_code == 422 and "还太早" in text(answer) and "明年的事" in text(answer)


def test_a_count_opens_the_records_it_counts(world: World) -> None:
    official = client("posted_cadre", world)
    for what in ("days", "items", "visits", "households", "services", "confirmed"):
        assert official.get(f"{month_of(world)}records/{what}/").status_code == 200, what
    assert "入户了解收入" in text(official.get(f"{month_of(world)}records/visits/"))
    for nonsense in ("records/tracks/", "paper.exe"):
        assert official.get(month_of(world) + nonsense).status_code == 404
    assert official.get(month_of(world, "2016-13")).status_code == 404


def test_the_clerk_may_type_and_is_told_who_submits(world: World) -> None:
    clerk = client("village_admin", world)
    clerk.post(month_of(world), things("走访"))
    answer = clerk.post(month_of(world), {"do": "submit_plan"})
    assert answer.status_code == 422 and "本人提交" in text(answer)


def test_another_county_finds_nothing(world: World) -> None:
    client("posted_cadre", world).post(month_of(world), things("走访"))
    plan = MonthlyPlan.unscoped.get()
    stranger = sign_in("county_org_admin", OTHER_COUNTY)
    for path in (month_of(world), f"/plans/{plan.pk}/", f"{month_of(world)}paper.pdf", f"/postings/{world.posting.pk}/duty-report/"):
        assert stranger.get(path).status_code == 404, path
    assert "走访" not in text(stranger.get("/plans/"))


def test_a_report_is_written_from_the_records_heard_with_a_vote_and_put_right(world: World) -> None:
    official, town = client("posted_cadre", world), sign_in("town_party_admin", world.village.code[:9])
    page = official.get(f"/postings/{world.posting.pk}/duty-report/")
    assert "入户走访" in text(page)
    given = {field.html_name: str(field.value()) for field in page.context["form"]}
    made = official.post(f"/postings/{world.posting.pk}/duty-report/", given)
    assert made.status_code == 302, text(made)
    url = made.headers["Location"]
    official.post(f"{url}submit/")
    assert pdf(town.get(f"{url}ballots.pdf").content).count("无记名") == 3
    said = {
        "on": "2016-06-08", "chair": "刘书记", "attendees": "党员 23 人", "comments": "多下组", **VOTE, "item-TOTAL_FORMS": "1",
        "item-INITIAL_FORMS": "0", "item-0-text": "水渠没修完", "item-0-due_on": "2016-08-01",
    }  # fmt: skip
    bad = town.post(f"{url}hear/", {**said, "good": "29"})
    assert bad.status_code == 422 and "不符" in text(bad) and "水渠没修完" in text(bad)
    assert town.post(f"{url}hear/", said).status_code == 302
    assert DutyReport.unscoped.get().state == "rectifying"
    official.post(f"/rectifications/{DutyReportItem.unscoped.get().pk}/", {"result": "修完了", "on": "2016-06-08"})
    assert DutyReport.unscoped.get().state == "closed"
    printed = pdf(official.get(f"{url}paper.pdf").content)
    assert "民主测评" in printed and "修完了" in printed
    assert official.get(f"{url}paper.docx").content.startswith(b"PK")
    assert "已办结" in text(town.get("/duty_reports/"))


def test_an_emergency_is_declared_seen_below_and_ended(world: World) -> None:
    county = sign_in("county_org_admin", COUNTY)
    said = {"region": COUNTY, "kind": "flood", "starts_on": "2016-06-08", "ends_on": "2016-06-15", "reason": "暴雨"}
    assert county.post("/emergencies/declare/", said).status_code == 302
    period = EmergencyPeriod.objects.get()
    assert "暴雨" in text(client("posted_cadre", world).get("/emergencies/"))
    assert "暴雨" not in text(sign_in("county_org_admin", OTHER_COUNTY).get("/emergencies/"))
    assert county.post(f"/emergencies/{period.pk}/", {"ends_on": "2016-06-10", "reason": "雨停"}).status_code == 302
    period.refresh_from_db()
    assert str(period.ends_on) == "2016-06-10"
    assert sign_in("county_org_admin", OTHER_COUNTY).get(f"/emergencies/{period.pk}/").status_code == 404
    assert sign_in("town_party_admin", COUNTY + "101").get("/emergencies/declare/").status_code == 404


def test_the_order_of_an_emergency_names_its_officials_on_a_page(world: World) -> None:
    install_defaults()
    county, other = sign_in("county_org_admin", COUNTY), sign_in("county_org_admin", OTHER_COUNTY)
    said = {"region": COUNTY, "kind": "flood", "starts_on": "2016-06-06", "ends_on": "2016-06-15", "reason": "暴雨"}
    county.post("/emergencies/declare/", said)
    page = f"/emergencies/{EmergencyPeriod.objects.get().pk}/calls/"
    row = {"row": [str(world.posting.pk)]}
    assert "未列入" in text(county.get(page))
    assert "不在应急时段" in text(county.post(f"{page}call_up/", {**row, "on": "2016-06-01"}, follow=True))
    assert "日期“昨天”不对" in text(county.post(f"{page}call_up/", {**row, "on": "昨天"}, follow=True))
    assert "已列入值守 1 人" in text(county.post(f"{page}call_up/", {**row, "on": "2016-06-06"}, follow=True))
    official = client("posted_cadre", world)
    assert (
        "<time>2016-06-06</time> — <time>2016-06-15</time>" in text(official.get(page))
        and "列入值守</button>" not in official.get(page).content.decode()
    )
    assert "按应急令推定，待确认" in text(official.post("/attendance/propose/", {"month": "2016-06"}, follow=True))
    assert "已解除" in text(county.post(f"{page}stand_down/", {**row, "on": "2016-06-07"}, follow=True))
    assert {
        other.get(page).status_code,
        other.post(f"{page}call_up/", row).status_code,
        official.post(f"{page}call_up/", row).status_code,
    } == {404}


def test_the_desk_says_what_is_due_and_what_waits(world: World) -> None:
    install_defaults()
    official, town = client("posted_cadre", world), sign_in("town_party_admin", world.village.code[:9])
    official.post(month_of(world), things("走访"))
    official.post(month_of(world), {"do": "submit_plan"})
    page: Any = text(town.get("/"))
    assert "份月计划等待工作例会听取" in page
    assert Assignment.objects.count() == 2
