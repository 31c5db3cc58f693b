"""Five working days, nothing private, objections in confidence."""

import datetime as dt
import threading
import uuid
from typing import Any

import pytest
from django.db import connections

from shibaiqian.access.actor import Actor, Forbidden, acting
from shibaiqian.access.command import NotVisible, Refused
from shibaiqian.access.flow import StepNotOpen
from shibaiqian.audit.models import Event
from shibaiqian.base import crypto
from shibaiqian.cadres.models import Cadre
from shibaiqian.cadres.tests.factories import LUONAN
from shibaiqian.documents.models import IssuedDocument, Objection, PublicNotice
from shibaiqian.documents.papers.privacy import traces
from shibaiqian.documents.register import paper_of
from shibaiqian.regions.actions import load_regions
from shibaiqian.selection.jobs import finish_notices
from shibaiqian.selection.models import Batch, Nomination
from shibaiqian.selection.notices import (
    NoNoticeNeeded,
    NotFinished,
    NoticeTooShort,
    ObjectionRefused,
    dismiss_objection,
    finish_notice,
    last_day,
    publish_notice,
    read_objection,
    receive_objection,
    uphold_objection,
)
from shibaiqian.selection.rules import NOMINATION
from shibaiqian.selection.steps import DateWrong
from shibaiqian.selection.tests.factories import villages
from shibaiqian.selection.tests.matched import CONTACT, MET, OVER, PUBLISHED, decided, keys, matched, place, published, states, world

pytestmark = pytest.mark.django_db
LATER = dt.date(2015, 7, 16)


@pytest.fixture
def _decided_world(actor: Any) -> None:
    world(actor)


def objection(notice: PublicNotice, row: Nomination, *, by: Actor, **more: Any) -> Objection:
    said: dict[str, Any] = {"received_on": dt.date(2015, 7, 10), "text": "本人未在单位公示，不符合条件", "contact": "张三 13991400001"}
    return receive_objection(notice, about=row.pk, by=by, **(said | more))


def test_the_dragon_boat_holiday_lengthens_a_notice_and_a_working_sunday_shortens_it() -> None:
    monday = dt.date(2016, 6, 6)
    with pytest.raises(NoticeTooShort) as refused:
        last_day(monday, dt.date(2016, 6, 11), least=5)
    said = str(refused.value)
    assert "公示从 2016-06-06 到 2016-06-11 只有 3 个工作日" in said
    assert "6月9日、6月10日放假，6月12日调休上班" in said and "最早可以到 2016-06-13 结束" in said
    with pytest.raises(NoticeTooShort, match="只有 4 个工作日"):
        last_day(monday, dt.date(2016, 6, 12), least=5)
    assert last_day(monday, dt.date(2016, 6, 13), least=5) == last_day(monday, None, least=5) == dt.date(2016, 6, 13)
    assert last_day(monday, dt.date(2016, 6, 20), least=5) == dt.date(2016, 6, 20)


@pytest.mark.usefixtures("_decided_world")
class TestPublishing:
    def test_a_notice_ended_on_11_june_2016_that_began_on_6_june_is_refused(self, actor: Any, clerk: Actor) -> None:
        rows = matched(actor, *villages(2), valid_until=dt.date(2016, 12, 31))
        decided(rows, by=clerk)
        said: dict[str, Any] = {"nominations": keys(rows), "starts_on": dt.date(2016, 6, 6), "contact": CONTACT, "by": clerk}
        with pytest.raises(NoticeTooShort, match=r"3 个工作日.*2016-06-13"):
            publish_notice(place(), ends_on=dt.date(2016, 6, 11), **said)
        assert states(rows) == ["decided"] * 2
        notice = publish_notice(place(), ends_on=dt.date(2016, 6, 13), **said)
        assert (notice.workdays, notice.ends_on) == (5, dt.date(2016, 6, 13))

    def test_the_notice_says_what_may_be_said_and_nothing_else(self, actor: Any, clerk: Actor) -> None:
        rows = matched(actor, *villages(3))
        notice = published(rows, by=clerk)
        assert (notice.starts_on, notice.ends_on, notice.state) == (PUBLISHED, OVER, "open")
        assert states(rows) == ["in_notice"] * 3
        first = next(row for row in notice.rows if row["name"] == "王朝辉")
        assert first | {"key": ""} == {
            "key": "", "name": "王朝辉", "sex": "男", "birth": "1975.06", "party_joined": "2001.07", "work_began": "1996.09",
            "education": "中央党校大学", "present": "洛南县农业局副局长", "proposed": first["proposed"],
        }  # fmt: skip
        assert first["proposed"].startswith("景村镇") and first["proposed"].endswith("第一书记")
        document = IssuedDocument.unscoped.get(pk=notice.document_id)
        assert document.number == "洛组示〔2015〕1号" and traces(str(document.value)) == []
        assert paper_of(document).date == PUBLISHED

    def test_a_mobile_number_as_contact_is_refused(self, actor: Any, clerk: Actor) -> None:
        rows = matched(actor, villages(1)[0])
        decided(rows, by=clerk)
        with pytest.raises(Refused, match="手机号") as refused:
            publish_notice(place(), nominations=keys(rows), starts_on=PUBLISHED, contact="赵干事13991400001", by=clerk)
        assert "13991400001" not in str(refused.value)
        with pytest.raises(Refused, match="办公电话"):
            publish_notice(place(), nominations=keys(rows), starts_on=PUBLISHED, contact=" ", by=clerk)

    def test_a_notice_follows_the_decision_and_does_not_begin_tomorrow(self, actor: Any, clerk: Actor) -> None:
        rows = matched(actor, villages(1)[0])
        decided(rows, by=clerk)
        for day, why in ((MET - dt.timedelta(days=1), "早于决定日期"), (dt.date(2016, 6, 9), "晚于今天")):
            with pytest.raises(Refused, match=why):
                publish_notice(place(), nominations=keys(rows), starts_on=day, contact=CONTACT, by=clerk)

    def test_a_batch_whose_plan_wants_no_notice_publishes_none(self, actor: Any, clerk: Actor) -> None:
        rows = matched(actor, villages(1)[0])
        decided(rows, by=clerk)
        Batch.objects.update(notice_required=False)
        with pytest.raises(NoNoticeNeeded, match="规定不公示"):
            publish_notice(place(), nominations=keys(rows), starts_on=PUBLISHED, contact=CONTACT, by=clerk)

    @pytest.mark.parametrize("state", NOMINATION.states)
    def test_only_what_is_decided_is_published(self, actor: Any, clerk: Actor, state: str) -> None:
        rows = matched(actor, villages(1)[0])
        decided(rows, by=clerk)
        Nomination.unscoped.update(state=state)
        if state == "decided":
            assert publish_notice(place(), nominations=keys(rows), starts_on=PUBLISHED, contact=CONTACT, by=clerk).state == "open"
        else:
            with pytest.raises(StepNotOpen, match=NOMINATION.states[state]):
                publish_notice(place(), nominations=keys(rows), starts_on=PUBLISHED, contact=CONTACT, by=clerk)

    def test_outsiders_publish_nothing_and_see_no_notice(self, actor: Any, clerk: Actor, stranger: Actor) -> None:
        rows = matched(actor, villages(1)[0])
        decided(rows, by=clerk)
        for by, error in ((stranger, NotVisible), (actor("town_party_admin", "611021101"), Forbidden)):
            with pytest.raises(error):
                publish_notice(place(), nominations=keys(rows), starts_on=PUBLISHED, contact=CONTACT, by=by)
        notice = publish_notice(place(), nominations=keys(rows), starts_on=PUBLISHED, contact=CONTACT, by=clerk)
        with acting(stranger):
            assert not PublicNotice.objects.visible_to(stranger).exists()
        with pytest.raises(NotVisible):
            finish_notice(notice, on=LATER, by=stranger)

    def test_the_same_operation_publishes_once(self, actor: Any, clerk: Actor) -> None:
        rows, key = matched(actor, villages(1)[0]), uuid.uuid4()
        decided(rows, by=clerk)
        said: dict[str, Any] = {"nominations": keys(rows), "starts_on": PUBLISHED, "contact": CONTACT, "by": clerk, "operation": key}
        assert publish_notice(place(), **said).pk == publish_notice(place(), **said).pk
        assert PublicNotice.unscoped.count() == 1


@pytest.mark.usefixtures("_decided_world")
class TestObjections:
    def test_an_objection_is_sealed_and_holds_only_its_person(self, actor: Any, clerk: Actor) -> None:
        rows = matched(actor, *villages(3))
        notice = published(rows, by=clerk)
        kept = Objection.unscoped.get(pk=objection(notice, rows[0], by=clerk).pk)
        assert states(rows) == ["objection_hold", "in_notice", "in_notice"]
        assert crypto.unseal(kept.text_sealed, row=str(kept.pk)).startswith("本人未在单位公示")
        assert read_objection(kept, by=clerk) == ("本人未在单位公示，不符合条件", "张三 13991400001")
        assert Event.objects.filter(action="selection.read_objection").count() == 1
        event = Event.objects.get(action="selection.receive_objection")
        assert "13991400001" not in str(event.details) and "未在单位公示" not in str(event.details)

    def test_dismissed_it_goes_on_upheld_it_is_rejected(self, actor: Any, clerk: Actor) -> None:
        rows = matched(actor, *villages(2))
        notice = published(rows, by=clerk)
        first, second = (objection(notice, row, by=clerk) for row in rows)
        dismiss_objection(first, answer="经查不属实", on=LATER, by=clerk)
        uphold_objection(second, answer="经查属实", on=LATER, by=clerk)
        assert states(rows) == ["in_notice", "rejected"]
        rejected = Nomination.unscoped.get(pk=rows[1].pk)
        assert "属实" in rejected.ended_why
        assert Cadre.unscoped.get(pk=rejected.cadre_id).candidate_region == ""
        with pytest.raises(ObjectionRefused, match="已经办结"):
            dismiss_objection(second, answer="不属实", on=LATER, by=clerk)

    def test_the_last_of_two_objections_lets_go(self, actor: Any, clerk: Actor) -> None:
        rows = matched(actor, villages(1)[0])
        notice = published(rows, by=clerk)
        first, second = objection(notice, rows[0], by=clerk), objection(notice, rows[0], by=clerk)
        dismiss_objection(first, answer="不属实", on=LATER, by=clerk)
        assert states(rows) == ["objection_hold"]
        dismiss_objection(second, answer="不属实", on=LATER, by=clerk)
        assert states(rows) == ["in_notice"]

    @pytest.mark.parametrize(
        ("change", "why"),
        [
            ({"received_on": dt.date(2015, 7, 16)}, "期满"), ({"received_on": dt.date(2015, 7, 8)}, "早于公示开始日期"),
            ({"text": "  "}, "反映的内容"),
        ],
    )  # fmt: skip
    def test_an_objection_belongs_to_the_days_of_the_notice(self, actor: Any, clerk: Actor, change: dict[str, Any], why: str) -> None:
        rows = matched(actor, villages(1)[0])
        notice = published(rows, by=clerk)
        with pytest.raises(Refused, match=why):
            objection(notice, rows[0], by=clerk, **change)
        assert states(rows) == ["in_notice"]

    def test_it_names_somebody_of_the_notice(self, actor: Any, clerk: Actor) -> None:
        rows = matched(actor, *villages(2))
        first = published(rows[:1], by=clerk)
        published(rows[1:], by=clerk)
        with pytest.raises(ObjectionRefused, match="不在这份公示中"):
            objection(first, rows[1], by=clerk)

    def test_outsiders_neither_object_in_the_house_nor_read_nor_answer(self, actor: Any, clerk: Actor, stranger: Actor) -> None:
        rows = matched(actor, villages(1)[0])
        notice = published(rows, by=clerk)
        kept = objection(notice, rows[0], by=clerk)
        with pytest.raises(NotVisible):
            objection(notice, rows[0], by=stranger)
        with pytest.raises(NotVisible):
            read_objection(kept, by=stranger)
        for answer in (dismiss_objection, uphold_objection):
            with pytest.raises(NotVisible):
                answer(kept, answer="不属实", on=LATER, by=stranger)
        for role in ("city_leader", "town_party_admin"):
            reader = actor(role, LUONAN)
            with acting(reader):
                assert not Objection.objects.visible_to(reader).exists()


@pytest.mark.usefixtures("_decided_world")
class TestFinishing:
    def test_only_time_ends_a_notice(self, actor: Any, clerk: Actor) -> None:
        notice = published(matched(actor, villages(1)[0]), by=clerk)
        with pytest.raises(NotFinished, match="2015-07-16 起才能结束"):
            finish_notice(notice, on=OVER, by=clerk)
        assert finish_notice(notice, on=LATER, by=clerk).state == "finished"
        with pytest.raises(NotFinished, match="公示期满"):
            finish_notice(notice, on=LATER, by=clerk)

    def test_it_is_ended_on_the_day_it_happened_by_the_working_days_of_then(self, actor: Any, clerk: Actor) -> None:
        notice = published(matched(actor, villages(1)[0]), by=clerk)
        PublicNotice.unscoped.filter(pk=notice.pk).update(ends_on=OVER - dt.timedelta(days=1))  # a paper that counted one day short
        with pytest.raises(NotFinished, match="只有 4 个工作日，至少要 5 个工作日"):
            finish_notice(notice, on=OVER, by=clerk)
        with pytest.raises(DateWrong, match="结束日期 2030-01-01 晚于今天"):
            finish_notice(notice, on=dt.date(2030, 1, 1), by=clerk)
        assert finish_notice(notice, on=OVER + dt.timedelta(days=1), by=clerk).state == "finished"

    def test_the_nightly_job_finishes_what_is_over(self, actor: Any, clerk: Actor) -> None:
        rows = matched(actor, *villages(2), valid_until=dt.date(2016, 12, 31))
        over = published(rows[:1], by=clerk)
        decided(rows[1:], by=clerk)
        runs = publish_notice(place(), nominations=keys(rows[1:]), starts_on=dt.date(2016, 6, 6), contact=CONTACT, by=clerk)
        assert finish_notices() == 1
        found = dict(PublicNotice.unscoped.values_list("pk", "state"))
        assert (found[over.pk], found[runs.pk]) == ("finished", "open")
        assert finish_notices() == 0


@pytest.mark.usefixtures("committed")
def test_of_sixteen_clerks_who_publish_at_once_one_does(actor: Any) -> None:
    load_regions()
    world(actor)
    clerks = [actor("county_org_admin", LUONAN, name=f"经办{n}") for n in range(16)]
    rows = matched(actor, *villages(3))
    decided(rows, by=clerks[0])
    start, done, refused = threading.Barrier(16), [], []

    def press(by: Actor) -> None:
        try:
            start.wait()
            done.append(publish_notice(place(), nominations=keys(rows), starts_on=PUBLISHED, contact=CONTACT, by=by))
        except Refused as refusal:
            refused.append(str(refusal))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press, args=(by,)) for by in clerks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 1 and len(refused) == 15 and all("公示中" in why for why in refused)
    assert IssuedDocument.unscoped.filter(kind="notice").count() == 1
