"""Messages on the phone, what was asked upward and the word on what came of it, problems left open: told in the slice, sent as operations."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from shibaiqian.access.queries import Hat, actor_for
from shibaiqian.base import clock
from shibaiqian.console.tests.factories import unit
from shibaiqian.fieldwork.actions import declare_emergency
from shibaiqian.fieldwork.models import WorkLogItem
from shibaiqian.messages.actions import tell
from shibaiqian.messages.models import Message
from shibaiqian.messages.rules import EVENTS
from shibaiqian.organisations.models import Organisation
from shibaiqian.policy.actions import install_defaults
from shibaiqian.regions.models import Region
from shibaiqian.sync.horizon import Horizon
from shibaiqian.sync.sections import told
from shibaiqian.sync.tests.factories import Phone, Village, a_log, a_village, account, operation
from shibaiqian.sync.written import written_since
from shibaiqian.voice.actions import accept_request, report_done
from shibaiqian.voice.models import UpwardRequest

pytestmark = pytest.mark.django_db


@pytest.fixture
def village() -> Village:
    install_defaults()
    return a_village()


@pytest.fixture
def bureau(village: Village) -> Organisation:
    return unit(village.code[:6], name="洛南县交通局", level="county")


def notice(village: Village, about: str = "leave_answered") -> Message:
    tell([village.role.user_id], key=f"{about}:1:", text=EVENTS[about].text, url="/leaves/")
    return Message.objects.get(key=f"{about}:1:")


def sections(phone: Phone, since: str = "") -> dict[str, Any]:
    found: dict[str, Any] = phone.get(f"slice?since={since}" if since else "slice").json()["sections"]
    return found


def told_since(village: Village, horizon: Horizon) -> dict[str, Any]:
    actor = actor_for(village.role.user, Hat(village.role), on=clock.today())
    return told(actor, village.posting, horizon, written_since(horizon, actor))


def after_all(cursor: str) -> Horizon:
    """The horizon of a slice that was taken after everything there is: a test is one transaction, and so all of it is new."""
    found = Horizon.of(cursor)
    assert found is not None
    return replace(found, xid=found.xid + 100_000)


def test_a_message_comes_with_the_slice_and_is_read_once(phone: Phone, village: Village) -> None:
    message = notice(village)
    first = phone.get("slice").json()
    (told,) = first["sections"]["messages"]
    assert (told["id"], told["text"], told["about"], told["read"]) == (
        str(message.pk),
        "你的请假已有答复，请查看。",
        "leave_answered",
        False,
    )
    assert "messages" not in told_since(village, after_all(first["cursor"]))
    read = operation("message_read", {"messages": [str(message.pk)]})
    assert [phone.answers(read)[0]["status"] for _twice in range(2)] == ["created", "duplicate"]
    message.refresh_from_db()
    assert message.read_at is not None
    assert [row["read"] for row in sections(phone, first["cursor"])["messages"]] == [True]


def test_messages_of_somebody_else_are_neither_told_nor_read(phone: Phone, village: Village) -> None:
    message = notice(village)
    other = Phone.of(account(village.code, login="li", name="李四"))
    assert sections(other)["messages"] == []
    other.answers(operation("message_read", {"messages": [str(message.pk)]}))
    message.refresh_from_db()
    assert message.read_at is None
    assert [a["status"] for a in phone.answers(operation("message_read", {"messages": []}), operation("message_read", {}))] == [
        "rejected"
    ] * 2


def asked(phone: Phone, village: Village, bureau: Organisation) -> UpwardRequest:
    said = {"receiver": str(bureau.pk), "kind": "road", "title": "断头路硬化", "content": "通 23 户", "posting": str(village.posting.pk)}
    assert phone.answers(operation("upward_request", said))[0]["status"] == "created"
    return UpwardRequest.unscoped.get()


def test_an_answer_is_told_and_who_asked_says_not_solved_then_got_it(
    phone: Phone, village: Village, bureau: Organisation, actor: Any
) -> None:
    request = asked(phone, village, bureau)
    before = phone.get("slice").json()["cursor"]
    county = actor("county_org_admin", village.code[:6])
    accept_request(request, promised_on=dt.date(2016, 6, 20), answer="列入本月计划", by=county)
    report_done(request, note="已硬化", on=dt.date(2016, 6, 8), by=county)
    (row,) = sections(phone, before)["requests"]["open"]
    assert (row["state"], row["answer"], row["done_note"], row["own"], row["due_on"]) == (
        "done",
        "列入本月计划",
        "已硬化",
        True,
        "2016-06-20",
    )
    key = {"request": str(request.pk)}
    back = operation("request_send_back", {**key, "reason": "还有 200 米"})
    assert phone.answers(back)[0]["result"] == {**key, "state": "accepted"}
    report_done(request, note="都硬化了", on=dt.date(2016, 6, 8), by=county)
    (confirmed,) = phone.answers(operation("request_confirm", {**key, "note": "车能到家"}))
    assert (confirmed["status"], confirmed["result"]["state"]) == ("created", "confirmed")
    (late,) = phone.answers(operation("request_withdraw", {**key, "reason": "不要了"}))
    assert late["status"] == "rejected" and late["message"]
    request.refresh_from_db()
    assert (request.confirmed_note, request.sent_back) == ("车能到家", 1)


def test_what_another_village_asked_is_neither_told_nor_answered_for(phone: Phone, village: Village, bureau: Organisation) -> None:
    request = asked(phone, village, bureau)
    other = a_village("611022", login="li")
    stranger = Phone.of(other.role)
    assert sections(stranger)["requests"]["open"] == []
    (answer,) = stranger.answers(operation("request_withdraw", {"request": str(request.pk), "reason": "不要了"}))
    assert answer["status"] == "rejected"
    request.refresh_from_db()
    assert request.state == "asked"


def test_the_clock_of_a_reply_stands_still_in_an_emergency(phone: Phone, village: Village, bureau: Organisation, actor: Any) -> None:
    request = asked(phone, village, bureau)
    county = actor("county_org_admin", village.code[:6])
    first = request.due_on - dt.timedelta(days=1)
    declare_emergency(
        Region.objects.get(pk=village.code[:6]), kind="flood", starts_on=first, ends_on=request.due_on, reason="防汛", by=county
    )
    (row,) = sections(phone)["requests"]["open"]
    assert dt.date.fromisoformat(row["due_on"]) == request.due_on + dt.timedelta(days=2)


def test_units_to_ask_come_again_when_one_is_new_and_the_sending_unit_stands_first(phone: Phone, village: Village) -> None:
    whole = phone.get("slice").json()
    assert whole["sections"]["receivers"][0]["id"] == str(village.posting.unit_id)
    horizon = after_all(whole["cursor"])
    assert "receivers" not in told_since(village, horizon)
    assert told_since(village, replace(horizon, lists="older"))["receivers"] == whole["sections"]["receivers"]
    new = unit(village.code[:6], name="洛南县水利局", level="county")
    assert str(new.pk) in {one["id"] for one in sections(phone, whole["cursor"])["receivers"]}


def test_a_problem_written_on_the_phone_is_told_until_it_is_followed_up(phone: Phone, village: Village) -> None:
    log = a_log(village, content="看房")
    log["body"]["items"][0] |= {"problem": "房顶漏雨", "follow_up_due": "2016-06-20"}
    assert phone.answers(log)[0]["status"] == "created"
    whole = phone.get("slice").json()
    (problem,) = whole["sections"]["problems"]
    assert {k: problem[k] for k in ("household", "problem", "due", "on")} == {
        "household": str(village.household.pk), "problem": "房顶漏雨", "due": "2016-06-20", "on": "2016-06-08",
    }  # fmt: skip
    later = a_log(village, content="换了瓦")
    later["body"]["items"][0] |= {"follows": problem["id"]}
    assert phone.answers(later)[0]["status"] == "created"
    assert sections(phone, whole["cursor"])["problems"] == []
    wrong = a_log(village, content="看房")
    wrong["body"]["items"][0] |= {"follow_up_due": "2016-06-01"}
    assert phone.answers(wrong)[0]["status"] == "rejected"


def test_a_client_that_knows_no_problems_is_still_taken(phone: Phone, village: Village) -> None:
    (answer,) = phone.answers(a_log(village))
    assert answer["status"] == "created"
    item = WorkLogItem.unscoped.get()
    assert (item.problem, item.follow_up_due, item.follows_id) == ("", None, None)
