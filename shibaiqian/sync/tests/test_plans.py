"""Plans, summaries and requests upward from the phone: the same commands, once each, told back in the slice."""

import pytest

from shibaiqian.console.tests.factories import unit
from shibaiqian.fieldwork.models import MonthlyPlan, MonthlySummary, PlanItem
from shibaiqian.policy.actions import install_defaults
from shibaiqian.sync.tests.factories import Phone, Village, a_log, a_village, operation
from shibaiqian.voice.models import UpwardRequest

pytestmark = pytest.mark.django_db


@pytest.fixture
def village() -> Village:
    install_defaults()
    return a_village()


def test_a_plan_and_a_summary_written_offline_arrive_once_and_come_back_in_the_slice(phone: Phone, village: Village) -> None:
    mine = {"posting": str(village.posting.pk), "month": "2016-06"}
    things = [{"text": "修水渠"}, {"text": "看望老人", "household": str(village.household.pk)}]
    plan = operation("monthly_plan", {**mine, "items": things, "submit": True})
    outcomes = [{"seq": 1, "outcome": "done", "note": "通水"}]
    summary = operation("monthly_summary", {**mine, "text": "水渠修完", "outcomes": outcomes, "submit": True}, after=[plan["id"]])
    assert [a["status"] for a in phone.answers(a_log(village), plan, summary)] == ["created"] * 3
    assert [a["status"] for a in phone.answers(plan, summary)] == ["duplicate"] * 2
    assert (MonthlyPlan.unscoped.get().state, MonthlySummary.unscoped.get().facts["visits"]) == ("submitted", 1)
    assert PlanItem.unscoped.get(seq=1).outcome == "done"
    june = next(m for m in phone.get("slice").json()["sections"]["plans"] if m["month"] == "2016-06")
    assert [item["text"] for item in june["items"]] == ["修水渠", "看望老人"] and june["summary"]["text"] == "水渠修完"
    assert june["plan_due"] == "2016-06-05"


def test_what_was_returned_comes_with_its_reason_and_is_handed_in_again(phone: Phone, village: Village) -> None:
    mine = {"posting": str(village.posting.pk), "month": "2016-06"}
    plan, summary = operation("monthly_plan", {**mine, "items": [{"text": "走访"}], "submit": True}), operation("monthly_summary", {**mine, "submit": True})  # fmt: skip
    assert [a["status"] for a in phone.answers(plan, summary)] == ["created"] * 2
    for model in (MonthlyPlan, MonthlySummary):
        model.unscoped.update(state="returned", word="请写到户", submitted_on=None)
    june = next(m for m in phone.get("slice").json()["sections"]["plans"] if m["month"] == "2016-06")
    assert (june["plan"], june["plan_word"], june["summary"]["word"]) == ("returned", "请写到户", "请写到户")
    plan, summary = operation("monthly_plan", {**mine, "items": [{"text": "走访张三户"}], "submit": True}), operation("monthly_summary", {**mine, "text": "补", "submit": True})  # fmt: skip
    assert [a["status"] for a in phone.answers(plan, summary)] == ["created"] * 2
    assert {MonthlyPlan.unscoped.get().state, MonthlySummary.unscoped.get().state} == {"submitted"}
    june = next(m for m in phone.get("slice").json()["sections"]["plans"] if m["month"] == "2016-06")
    assert "plan_word" not in june and "word" not in june["summary"]


def test_what_cannot_be_done_is_kept_with_its_reason(phone: Phone, village: Village) -> None:
    mine = {"posting": str(village.posting.pk)}
    bad = (
        operation("monthly_plan", {**mine, "month": "2016-06", "items": []}),
        operation("monthly_plan", {**mine, "month": "2016-6", "items": [{"text": "走访"}]}),
        operation("monthly_plan", {**mine, "month": "2018-01", "items": [{"text": "走访"}]}),
        operation("upward_request", {"kind": "road", "title": "修路", "content": "通组路"}),
    )
    answers = phone.answers(*bad)
    assert [a["status"] for a in answers] == ["rejected"] * 4 and all(a["message"] for a in answers)
    assert not MonthlyPlan.unscoped.exists()


def test_a_request_upward_is_asked_once_and_units_to_ask_come_with_a_whole_slice(phone: Phone, village: Village) -> None:
    bureau = unit(village.code[:6], name="洛南县交通局", level="county")
    whole = phone.get("slice").json()
    assert {"id": str(bureau.pk), "name": "洛南县交通局"} in whole["sections"]["receivers"]
    said = {"receiver": str(bureau.pk), "kind": "road", "title": "断头路硬化", "content": "通 23 户", "posting": str(village.posting.pk)}
    asked = operation("upward_request", said)
    assert [phone.answers(asked)[0]["status"] for _twice in range(2)] == ["created", "duplicate"]
    assert UpwardRequest.unscoped.get().receiver_id == bureau.pk
    since = phone.get(f"slice?since={whole['cursor']}").json()["sections"]["requests"]
    assert [row["title"] for row in since["open"]] == ["断头路硬化"]


def test_a_place_of_others_is_asked_for_by_nobody_else(phone: Phone, village: Village) -> None:
    bureau, other = unit(village.code[:6], name="洛南县交通局", level="county"), a_village("611022", login="li")
    said = {"receiver": str(bureau.pk), "kind": "road", "title": "修路", "content": "通组路", "place": other.code}
    (answer,) = phone.answers(operation("upward_request", said))
    assert answer["status"] == "rejected" and not UpwardRequest.unscoped.exists()
