"""A sheet for a list, what the meeting decided, and who may not stand on it."""

import datetime as dt
import io
import threading
import uuid
from typing import Any

import pypdf
import pytest
from django.db import connections

from shibaiqian.access.actor import Actor, Forbidden
from shibaiqian.access.command import NotVisible, Refused
from shibaiqian.access.flow import StepNotOpen
from shibaiqian.audit.models import Event
from shibaiqian.cadres.models import FamilyMember
from shibaiqian.cadres.tests.factories import CITY, DANFENG, LUONAN
from shibaiqian.documents.models import IssuedDocument
from shibaiqian.documents.pdf import render_pdf
from shibaiqian.documents.register import paper_of
from shibaiqian.regions.actions import load_regions
from shibaiqian.selection.appointments import appoint
from shibaiqian.selection.decisions import (
    MinuteMissing,
    MixedList,
    OnAnotherSheet,
    SheetEmpty,
    draw_sheet,
    record_decision,
    return_sheet,
)
from shibaiqian.selection.models import Decision, GateReview, Nomination, PostNeed
from shibaiqian.selection.notices import publish_notice
from shibaiqian.selection.recusal import OwnCase
from shibaiqian.selection.rules import DECISION, NOMINATION
from shibaiqian.selection.standing import GateExpired, GateMissing, NeedNotConfirmed, RecusalOpen, WrongLevel, deciding_place
from shibaiqian.selection.statutory import printed_title, procedure_of
from shibaiqian.selection.tests.factories import TOWN, villages
from shibaiqian.selection.tests.matched import (
    APPOINTED,
    CONTACT,
    DRAWN,
    MEETING,
    MET,
    PUBLISHED,
    block,
    decided,
    drawn,
    keys,
    matched,
    place,
    states,
    world,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def _decided_world(actor: Any) -> None:
    world(actor)


@pytest.mark.usefixtures("_decided_world")
class TestTheSheet:
    def test_the_sheet_names_everybody_with_room_for_signatures(self, actor: Any, clerk: Actor) -> None:
        rows = matched(actor, *villages(3))
        decision = drawn(rows, by=clerk)
        assert (decision.state, decision.sheet_number, decision.tier_code) == ("drawn", "洛组呈〔2015〕1号", "T1000")
        assert states(rows) == ["matched"] * 3
        sheet = IssuedDocument.unscoped.get(number=decision.sheet_number)
        pages = pypdf.PdfReader(io.BytesIO(render_pdf(paper_of(sheet)).content)).pages
        said = "".join("".join(page.extract_text().split()) for page in pages)
        for word in ("王朝辉", "张丽", "吴刚", "领导批示", "党组（党委）会议纪要〔2015〕3号", "景村镇", sheet.check_code):
            assert word in said

    def test_a_list_is_of_one_tier(self, actor: Any, clerk: Actor) -> None:
        rows = matched(actor, villages(1)[0], TOWN)
        with pytest.raises(MixedList, match="一个层级"):
            drawn(rows, by=clerk)

    def test_nobody_stands_on_two_sheets(self, actor: Any, clerk: Actor) -> None:
        rows = matched(actor, *villages(2))
        drawn(rows[:1], by=clerk)
        with pytest.raises(OnAnotherSheet, match="王朝辉已在呈批件 洛组呈〔2015〕1号 上待上会"):
            drawn(rows, by=clerk)

    def test_a_sheet_given_back_frees_its_people(self, actor: Any, clerk: Actor) -> None:
        rows = matched(actor, *villages(2))
        first = drawn(rows, by=clerk)
        with pytest.raises(Refused, match="理由"):
            return_sheet(first, reason=" ", by=clerk)
        assert return_sheet(first, reason="补充材料", by=clerk).state == "returned"
        assert drawn(rows, by=clerk).sheet_number == "洛组呈〔2015〕2号"
        with pytest.raises(StepNotOpen, match="退回重拟"):
            record_decision(first, **MEETING, by=clerk)

    def test_who_lacks_something_refuses_the_set_by_name(self, actor: Any, clerk: Actor, subtests: Any) -> None:
        hosts = villages(5)
        good = matched(actor, hosts[0])
        for label, why, error in (
            ("gate missing", "吴刚的廉政关在 2015-07-06 还没有通过", GateMissing),
            ("gate expired", "政治关审查意见到 2015-07-05 为止，2015-07-06 已经过期，不能呈报", GateExpired),
            ("recusal", "其弟任该村村委会主任", RecusalOpen),
            ("need", "不是已确认的需求", NeedNotConfirmed),
        ):
            with subtests.test(label):
                Nomination.unscoped.exclude(pk=good[0].pk).update(state="rejected")
                more = {"without": ("integrity",)} if label == "gate missing" else {}
                if label == "gate expired":
                    more = {"valid_until": dt.date(2015, 7, 5)}  # type: ignore[dict-item]
                (bad,) = matched(actor, hosts.pop(), serials=(7,), number=f"B-{label}", **more)
                if label == "recusal":
                    block(bad)
                if label == "need":
                    PostNeed.unscoped.filter(pk=bad.need_id).update(state="closed")
                with pytest.raises(error, match=why):
                    drawn([*good, bad], by=clerk)
                assert not Decision.unscoped.exists()

    def test_each_level_decides_about_its_own(self, actor: Any, clerk: Actor, city_clerk: Actor) -> None:
        (first,) = matched(actor, villages(1)[0], serials=(1,))
        (deputy,) = matched(actor, LUONAN, serials=(5,), region=CITY)
        (in_town,) = matched(actor, TOWN, serials=(2,))
        with pytest.raises(WrongLevel, match="孙伟（县级）由商洛市决定，不由洛南县决定"):
            drawn([deputy], by=clerk)
        with pytest.raises(WrongLevel, match="由洛南县决定"):
            drawn([first], by=city_clerk, region=CITY)
        assert drawn([deputy], by=city_clerk, region=CITY).sheet_number == "商组呈〔2015〕1号"
        assert drawn([first], by=city_clerk).region_id == LUONAN
        assert drawn([in_town], by=clerk).region_id == LUONAN

    def test_outsiders_draw_record_and_return_nothing(self, actor: Any, clerk: Actor, stranger: Actor) -> None:
        rows = matched(actor, *villages(2))
        with pytest.raises(NotVisible):
            drawn(rows, by=stranger)
        with pytest.raises(NotVisible):
            draw_sheet(place(DANFENG), nominations=keys(rows), on=DRAWN, by=stranger)
        decision = drawn(rows, by=clerk)
        with pytest.raises(NotVisible):
            record_decision(decision, **MEETING, by=stranger)
        with pytest.raises(NotVisible):
            return_sheet(decision, reason="不同意", by=stranger)
        for role in ("town_party_admin", "city_leader"):
            with pytest.raises(Forbidden):
                record_decision(decision, **MEETING, by=actor(role, LUONAN))
        assert states(rows) == ["matched"] * 2


@pytest.mark.usefixtures("_decided_world")
class TestOwnCases:
    def test_nobody_puts_a_relative_before_a_meeting_decides_or_appoints(self, actor: Any, clerk: Actor) -> None:
        rows = matched(actor, villages(1)[0])
        FamilyMember.unscoped.create(
            cadre=rows[0].cadre, region_id=LUONAN, candidate_region=LUONAN, seq=1, relation="妻子", name="钱干事", event=1
        )
        wife = actor("county_org_admin", LUONAN, name="钱干事")
        with pytest.raises(OwnCase, match="王朝辉是您的亲属，您应当回避"):
            drawn(rows, by=wife)
        decision = drawn(rows, by=clerk)
        with pytest.raises(OwnCase):
            record_decision(decision, **MEETING, by=wife)
        record_decision(decision, **MEETING, by=clerk)
        with pytest.raises(OwnCase):
            publish_notice(place(), nominations=keys(rows), starts_on=PUBLISHED, contact=CONTACT, by=wife)
        publish_notice(place(), nominations=keys(rows), starts_on=PUBLISHED, contact=CONTACT, by=clerk)
        with pytest.raises(OwnCase):
            appoint(place(), nominations=keys(rows), on=APPOINTED, by=wife)
        assert states(rows) == ["in_notice"]


@pytest.mark.usefixtures("_decided_world")
class TestTheDecision:
    def test_what_the_meeting_decided_moves_the_whole_list_in_one_event(self, actor: Any, clerk: Actor) -> None:
        rows = matched(actor, *villages(3))
        decision = decided(rows, by=clerk)
        kept = Decision.unscoped.get(pk=decision.pk)
        assert (kept.state, kept.meeting, kept.meeting_on, kept.minute_number) == (
            "decided",
            MEETING["meeting"],
            MET,
            MEETING["minute_number"],
        )
        assert states(rows) == ["decided"] * 3
        assert Event.objects.get(action="selection.record_decision").details["count"] == 3

    def test_whom_the_meeting_left_out_stays_free(self, actor: Any, clerk: Actor) -> None:
        rows = matched(actor, *villages(3))
        decision = drawn(rows, by=clerk)
        record_decision(decision, **MEETING, left_out=[rows[1].pk], by=clerk)
        assert states(rows) == ["decided", "matched", "decided"]
        assert drawn([rows[1]], by=clerk).state == "drawn"
        with pytest.raises(NotVisible):
            record_decision(Decision.unscoped.get(state="drawn"), **MEETING, left_out=[uuid.uuid4()], by=clerk)

    def test_gates_are_judged_on_the_day_of_the_meeting(self, actor: Any, clerk: Actor) -> None:
        rows = matched(actor, *villages(2))
        decision = drawn(rows, by=clerk)
        GateReview.unscoped.filter(nomination=rows[0], gate="integrity").update(valid_until=dt.date(2015, 7, 7))
        with pytest.raises(GateExpired, match="王朝辉的廉政关审查意见到 2015-07-07 为止，2015-07-08 已经过期，不能决定"):
            record_decision(decision, **MEETING, by=clerk)
        assert states(rows) == ["matched"] * 2

    @pytest.mark.parametrize(
        ("change", "error", "why"),
        [
            ({"meeting": " "}, MinuteMissing, "会议名称"),
            ({"minute_number": ""}, MinuteMissing, "纪要号"),
            ({"meeting_on": dt.date(2015, 7, 5)}, Refused, "早于呈报日期"),
            ({"meeting_on": dt.date(2016, 6, 9)}, Refused, "晚于今天"),
        ],
    )
    def test_a_decision_has_a_meeting_a_day_and_a_minute(
        self, actor: Any, clerk: Actor, change: dict[str, Any], error: type[Exception], why: str
    ) -> None:
        decision = drawn(matched(actor, villages(1)[0]), by=clerk)
        with pytest.raises(error, match=why):
            record_decision(decision, **(MEETING | change), by=clerk)

    def test_a_sheet_whose_people_have_all_gone_decides_nothing(self, actor: Any, clerk: Actor) -> None:
        rows = matched(actor, villages(1)[0])
        decision = drawn(rows, by=clerk)
        Nomination.unscoped.filter(pk__in=keys(rows)).update(state="withdrawn")
        with pytest.raises(SheetEmpty):
            record_decision(decision, **MEETING, by=clerk)

    @pytest.mark.parametrize("state", DECISION.states)
    def test_the_commands_keep_to_the_flow_of_the_sheet(self, actor: Any, clerk: Actor, state: str) -> None:
        rows = matched(actor, villages(1)[0])
        for step, run in (("record_decision", record_decision), ("return_sheet", return_sheet)):
            decision = Decision.unscoped.create(
                region_id=LUONAN, tier_code="T1000", sheet_number=f"{state}-{step}", drawn_on=DRAWN, state=state, event=1
            )
            Nomination.unscoped.filter(pk__in=keys(rows)).update(state="matched", decision=decision)
            said: dict[str, Any] = MEETING if step == "record_decision" else {"reason": "重拟"}
            after = DECISION.table.get((state, step))
            if after is None:
                with pytest.raises(StepNotOpen, match=DECISION.states[state]):
                    run(decision, **said, by=clerk)
            else:
                assert run(decision, **said, by=clerk).state == after

    @pytest.mark.parametrize("state", NOMINATION.states)
    def test_only_matched_nominations_are_put_before_a_meeting(self, actor: Any, clerk: Actor, state: str) -> None:
        rows = matched(actor, villages(1)[0], state=state)
        if state == "matched":
            assert drawn(rows, by=clerk).state == "drawn"
        else:
            with pytest.raises(StepNotOpen, match=NOMINATION.states[state]):
                drawn(rows, by=clerk)

    def test_the_same_operation_decides_once(self, actor: Any, clerk: Actor) -> None:
        rows, key = matched(actor, villages(1)[0]), uuid.uuid4()
        decision = drawn(rows, by=clerk)
        first = record_decision(decision, **MEETING, by=clerk, operation=key)
        assert record_decision(decision, **MEETING, by=clerk, operation=key).pk == first.pk
        assert Event.objects.filter(action="selection.record_decision").count() == 1


@pytest.mark.parametrize(
    ("level", "host", "home", "place_of"),
    [
        ("city", "611021", "6110", "6110"), ("county", "611021101001", "6110", "611021"), ("home", "611021101", "6110", "6110"),
        ("home", "611021101", "611022", "611022"), ("home", "611021101", "611021101", "611021"),
    ],
)  # fmt: skip
def test_who_decides_follows_the_tier(level: str, host: str, home: str, place_of: str) -> None:
    assert deciding_place(level, host=host, home=home) == place_of


def test_congress_and_government_take_part_where_the_title_needs_it() -> None:
    assert [procedure_of(title) for title in ("副县（区）长", "县（区）委副书记", "副镇长", "副主任", "党委副书记", "第一书记")] == [
        "congress_committee", "", "town_congress", "county_government", "", "",
    ]  # fmt: skip
    assert printed_title("副县（区）长", host="洛南县") == "副县长"
    assert printed_title("副县（区）长", host="商州区") == "副区长"
    assert printed_title("县（区）委副书记", host="洛南县") == "委副书记"
    assert printed_title("第一书记", host="八一村") == "第一书记"


@pytest.mark.usefixtures("committed")
def test_of_sixteen_clerks_who_record_at_once_one_decides(actor: Any) -> None:
    load_regions()
    world(actor)
    clerks = [actor("county_org_admin", LUONAN, name=f"经办{n}") for n in range(16)]
    rows = matched(actor, *villages(3))
    decision = drawn(rows, by=clerks[0])
    start, done, refused = threading.Barrier(16), [], []

    def press(by: Actor) -> None:
        try:
            start.wait()
            done.append(record_decision(decision, **MEETING, by=by))
        except Refused as refusal:
            refused.append(str(refusal))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press, args=(by,)) for by in clerks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 1 and len(refused) == 15 and all("已决定" in why for why in refused)
    assert states(rows) == ["decided"] * 3
    assert Event.objects.filter(action="selection.record_decision", outcome="done").count() == 1
