"""One document for a list, postings begun, needs filled; and everything that must stop it."""

import datetime as dt
import io
import threading
import time
import uuid
from typing import Any

import pypdf
import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from shibaiqian.access.actor import Actor, Forbidden, acting
from shibaiqian.access.command import NotVisible, Refused
from shibaiqian.access.flow import StepNotOpen
from shibaiqian.access.rows import RowsRefused
from shibaiqian.audit.models import Event
from shibaiqian.cadres.actions import register_cadres
from shibaiqian.cadres.models import Cadre
from shibaiqian.cadres.queries import cadres
from shibaiqian.cadres.tests.factories import CITY, DANFENG, LUONAN, cadre_row, roster
from shibaiqian.documents.models import IssuedDocument
from shibaiqian.documents.pdf import render_pdf
from shibaiqian.documents.register import NoIssuer, paper_of
from shibaiqian.indicators.queries import figures_on_page
from shibaiqian.postings.models import Posting
from shibaiqian.regions.actions import load_regions
from shibaiqian.selection.appointments import (
    NoProcedure,
    NotDecided,
    NoticeNotOver,
    appoint,
    preview,
    record_statutory_act,
)
from shibaiqian.selection.decisions import draw_sheet, record_decision
from shibaiqian.selection.gates import reopen_gates
from shibaiqian.selection.models import Batch, GateReview, Nomination, PostNeed
from shibaiqian.selection.notices import dismiss_objection, publish_notice, receive_objection
from shibaiqian.selection.rules import NOMINATION
from shibaiqian.selection.standing import GateExpired, RecusalOpen, WrongLevel
from shibaiqian.selection.tests.factories import TOWN, confirmed_needs, villages
from shibaiqian.selection.tests.matched import (
    APPOINTED,
    MET,
    OVER,
    appointed,
    block,
    cadre_of,
    decided,
    keys,
    matched,
    nomination,
    place,
    published,
    states,
    world,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def _decided_world(actor: Any) -> None:
    world(actor)


@pytest.mark.usefixtures("_decided_world")
class TestAppointing:
    def test_a_list_becomes_postings_by_one_document(self, actor: Any, clerk: Actor) -> None:
        rows = matched(actor, *villages(3))
        before = figures_on_page(LUONAN)["tier_1000"]
        document = appointed(rows, by=clerk)
        assert document.number == "洛组发〔2015〕1号"
        assert states(rows) == ["appointed"] * 3
        for row in Nomination.unscoped.filter(pk__in=keys(rows)).select_related("posting", "need"):
            posting, need = row.posting, row.need
            assert posting is not None and need is not None and row.document_id == document.pk
            assert (posting.number, posting.region_id, posting.cadre_id) == (need.number, need.region_id, row.cadre_id)
            assert (posting.document_number, posting.appointed_on, posting.planned_end) == (
                document.number,
                APPOINTED,
                dt.date(2017, 7, 19),
            )
            assert (posting.state, posting.batch, posting.duties) == ("pending_arrival", "2015年第二批", need.duties)
            assert need.state == "filled"
            assert (row.cadre.host_region, row.cadre.candidate_region) == (need.region_id, "")
        assert figures_on_page(LUONAN)["tier_1000"] == before + 3
        event = Event.objects.get(action="selection.appoint")
        assert event.details["count"] == 3 and set(Posting.unscoped.values_list("event", flat=True)) == {event.pk}

    def test_the_document_gives_posts_and_takes_none(self, actor: Any, clerk: Actor) -> None:
        document = IssuedDocument.unscoped.get(pk=appointed(matched(actor, *villages(3)), by=clerk).pk)
        pages = pypdf.PdfReader(io.BytesIO(render_pdf(paper_of(document)).content)).pages
        said = "".join("".join(page.extract_text().split()) for page in pages)
        for word in (
            "中共洛南县委组织部文件", "洛组发〔2015〕1号", "王朝辉、张丽、吴刚同志", "部务会纪要〔2015〕9号", "不免去原任职务", "2015.7.20—2017.7.19",
            "5个工作日内到岗", document.check_code,
        ):  # fmt: skip
            assert word in said, word

    def test_the_preview_says_what_the_document_will_say(self, actor: Any, clerk: Actor) -> None:
        rows = matched(actor, *villages(2))
        published(rows, by=clerk)
        with acting(clerk):
            seen = preview(clerk, place(), nominations=Nomination.objects.visible_to(clerk), on=APPOINTED)
        assert not Posting.unscoped.exists() and seen.head is None
        document = IssuedDocument.unscoped.get(pk=appoint(place(), nominations=keys(rows), on=APPOINTED, by=clerk).pk)
        assert (paper_of(document).body, paper_of(document).attachments) == (seen.body, seen.attachments)

    def test_an_earlier_document_keeps_its_number_and_term(self, actor: Any, clerk: Actor) -> None:
        document = appointed(matched(actor, villages(1)[0]), by=clerk, number="洛组发〔2015〕21号", planned_end=dt.date(2016, 7, 19))
        assert document.number == "洛组发〔2015〕21号"
        assert Posting.unscoped.get().planned_end == dt.date(2016, 7, 19)

    def test_the_thousand_are_numbered_by_their_counties_and_the_ten_by_the_city(self, actor: Any, clerk: Actor, city_clerk: Actor) -> None:
        assert appointed(matched(actor, villages(1)[0]), by=clerk).number == "洛组发〔2015〕1号"
        (deputy,) = matched(actor, LUONAN, serials=(5,), region=CITY)
        document = appointed([deputy], by=city_clerk, region=CITY)
        assert document.number == "商组发〔2015〕1号"
        posting = Posting.unscoped.get(tier_code="T10")
        assert posting.statutory_procedure == "congress_committee" and posting.region_id == LUONAN
        said = str(IssuedDocument.unscoped.get(pk=document.pk).value)
        assert "洛南县副县长（县（区）人民代表大会常务委员会任命）" in said
        with acting(clerk):
            assert "孙伟" in {cadre.name for cadre in cadres(clerk)}

    def test_without_a_notice_where_the_plan_wants_none(self, actor: Any, clerk: Actor) -> None:
        rows = matched(actor, villages(1)[0])
        decided(rows, by=clerk)
        with pytest.raises(NoticeNotOver, match="还没有公示"):
            appoint(place(), nominations=keys(rows), on=APPOINTED, by=clerk)
        Batch.objects.update(notice_required=False)
        assert appoint(place(), nominations=keys(rows), on=MET, by=clerk).on == MET

    def test_what_must_stop_an_appointment_names_the_person_and_changes_nothing(self, actor: Any, clerk: Actor, subtests: Any) -> None:
        rows = matched(actor, *villages(2))
        notice = published(rows, by=clerk)
        first = rows[0]

        def refused(error: type[Exception], why: str, **more: Any) -> None:
            with pytest.raises(error, match=why):
                appoint(place(), nominations=keys(rows), by=clerk, **({"on": APPOINTED} | more))
            assert not Posting.unscoped.exists() and set(states(rows)) <= {"in_notice", "objection_hold"}
            assert not IssuedDocument.unscoped.filter(kind="appointment").exists()

        with subtests.test("a gate expired before appointment"):
            GateReview.unscoped.filter(nomination=first, gate="integrity").update(valid_until=dt.date(2015, 7, 19))
            refused(GateExpired, "王朝辉的廉政关审查意见到 2015-07-19 为止，2015-07-20 已经过期，不能任命。请先办理“重新审查”")
            GateReview.unscoped.filter(nomination=first).update(valid_until=dt.date(2015, 12, 20))
        with subtests.test("a 40-month tenure"):
            refused(RowsRefused, "任期从 2015-07-20 到 2018-11-19，不在 12 至 36 个月之间", planned_end=dt.date(2018, 11, 19))
        with subtests.test("an eleven-month tenure"):
            refused(RowsRefused, "不在 12 至 36 个月之间", planned_end=dt.date(2016, 6, 19))
        with subtests.test("the notice runs"):
            refused(NoticeNotOver, f"公示到 {OVER} 才期满，2015-07-16 起才能任命", on=OVER)
        with subtests.test("before the decision"):
            refused(NotDecided, "早于会议决定日期", on=dt.date(2015, 7, 7))
        with subtests.test("tomorrow"):
            refused(Refused, "晚于今天", on=dt.date(2016, 6, 9))
        with subtests.test("a non-member as First Secretary"):
            Cadre.unscoped.filter(pk=first.cadre_id).update(political_status="13")
            refused(RowsRefused, "王朝辉不是中共正式党员，不能任第一书记")
            Cadre.unscoped.filter(pk=first.cadre_id).update(political_status="01")
        with subtests.test("recusal"):
            found = block(first)
            refused(RecusalOpen, "其弟任该村村委会主任")
            type(found).unscoped.filter(pk=found.pk).update(resolved_on=APPOINTED, resolution="已调离")
        with subtests.test("a number already used"):
            other = matched(actor, villages(4)[3], serials=(7,))
            appointed(other, by=clerk, number="洛组发〔2015〕21号")
            with pytest.raises(Refused, match="已经用过"):
                appoint(place(), nominations=keys(rows), on=APPOINTED, number="洛组发〔2015〕21号", by=clerk)
            assert Posting.unscoped.count() == 1
        with subtests.test("an open objection"):
            held = receive_objection(notice, about=first.pk, received_on=OVER, text="反映", by=clerk)
            with pytest.raises(StepNotOpen, match=r"王朝辉.*异议核查中"):
                appoint(place(), nominations=keys(rows), on=APPOINTED, by=clerk)
            dismiss_objection(held, answer="不属实", on=dt.date(2015, 7, 17), by=clerk)
        assert appoint(place(), nominations=keys(rows), on=APPOINTED, by=clerk).number == "洛组发〔2015〕22号"

    def test_an_expired_gate_is_reopened_reviewed_and_decided_again(self, actor: Any, clerk: Actor) -> None:
        rows = matched(actor, villages(1)[0], valid_until=dt.date(2015, 7, 19))
        published(rows, by=clerk)
        with pytest.raises(GateExpired, match="请先办理“重新审查”"):
            appoint(place(), nominations=keys(rows), on=APPOINTED, by=clerk)
        reopen_gates(place(), nominations=keys(rows), on=APPOINTED, by=clerk)
        assert states(rows) == ["gate_review"]
        with pytest.raises(StepNotOpen, match="四关审查中"):
            appoint(place(), nominations=keys(rows), on=APPOINTED, by=clerk)
        # Reviewed anew and matched to the same post, it goes through decision and notice once more.
        GateReview.unscoped.update(valid_until=dt.date(2016, 1, 20), reviewed_on=dt.date(2015, 7, 21))
        Nomination.unscoped.update(state="matched")
        decision = draw_sheet(place(), nominations=keys(rows), on=dt.date(2015, 7, 22), by=clerk)
        record_decision(decision, meeting="部务会议", meeting_on=dt.date(2015, 7, 23), minute_number="〔2015〕11号", by=clerk)
        publish_notice(place(), nominations=keys(rows), starts_on=dt.date(2015, 7, 24), contact="电话0914-7322345", by=clerk)
        with pytest.raises(NoticeNotOver, match="2015-07-30 才期满"):
            appoint(place(), nominations=keys(rows), on=dt.date(2015, 7, 30), by=clerk)
        appoint(place(), nominations=keys(rows), on=dt.date(2015, 7, 31), by=clerk)
        assert states(rows) == ["appointed"]

    def test_a_second_running_posting_is_refused(self, actor: Any, clerk: Actor) -> None:
        hosts = villages(2)
        appointed(matched(actor, hosts[0]), by=clerk)
        again = matched(actor, hosts[1])
        with pytest.raises(RowsRefused, match=r"王朝辉正在任.*第一书记，一人同时只能有一次挂职"):
            appointed(again, by=clerk)
        assert Posting.unscoped.count() == 1

    def test_a_village_with_a_first_secretary_gets_no_second(self, actor: Any, clerk: Actor) -> None:
        (village,) = villages(1)
        (first,) = matched(actor, village)
        appointed([first], by=clerk)
        PostNeed.unscoped.filter(pk=first.need_id).update(state="closed")
        need = first.need
        assert need is not None
        need.pk, need.number, need.state = uuid.uuid4(), "另一个岗位", "confirmed"
        need.save(force_insert=True)
        second = nomination(cadre_of(2), need)
        with pytest.raises(RowsRefused, match="已有第一书记王朝辉"):
            appointed([second], by=clerk)

    @pytest.mark.parametrize("state", NOMINATION.states)
    def test_only_decided_and_published_nominations_are_appointed(self, actor: Any, clerk: Actor, state: str) -> None:
        rows = matched(actor, villages(1)[0])
        published(rows, by=clerk)
        Nomination.unscoped.update(state=state)
        if state in NOMINATION.states_open_to("appoint"):
            appoint(place(), nominations=keys(rows), on=APPOINTED, by=clerk)
            assert states(rows) == ["appointed"]
        else:
            with pytest.raises(StepNotOpen, match=NOMINATION.states[state]):
                appoint(place(), nominations=keys(rows), on=APPOINTED, by=clerk)

    def test_outsiders_and_other_levels_appoint_nobody(self, actor: Any, clerk: Actor, city_clerk: Actor, stranger: Actor) -> None:
        rows = matched(actor, *villages(2))
        published(rows, by=clerk)
        with pytest.raises(NotVisible):
            appoint(place(), nominations=keys(rows), on=APPOINTED, by=stranger)
        with pytest.raises(NotVisible):
            appoint(place(DANFENG), nominations=keys(rows), on=APPOINTED, by=stranger)
        with pytest.raises(WrongLevel):
            appoint(place(CITY), nominations=keys(rows), on=APPOINTED, by=city_clerk)
        for role in ("town_party_admin", "city_leader", "discipline_officer"):
            with pytest.raises(Forbidden):
                appoint(place(), nominations=keys(rows), on=APPOINTED, by=actor(role, LUONAN))
        with acting(stranger), pytest.raises(Refused):
            preview(stranger, place(DANFENG), nominations=rows, on=APPOINTED)

    def test_a_place_without_an_issuer_is_told_to_register_one(self, actor: Any, clerk: Actor) -> None:
        from shibaiqian.documents.models import Issuer

        rows = matched(actor, villages(1)[0])
        published(rows, by=clerk)
        Issuer.objects.filter(sign="洛组发").delete()
        with pytest.raises(NoIssuer, match="发文机关名册"):
            appoint(place(), nominations=keys(rows), on=APPOINTED, by=clerk)

    def test_the_same_operation_appoints_once(self, actor: Any, clerk: Actor) -> None:
        rows, key = matched(actor, villages(1)[0]), uuid.uuid4()
        published(rows, by=clerk)
        said: dict[str, Any] = {"nominations": keys(rows), "on": APPOINTED, "by": clerk, "operation": key}
        assert appoint(place(), **said).pk == appoint(place(), **said).pk
        assert Posting.unscoped.count() == 1

    def test_the_ordinary_term_is_that_of_the_policy(self, actor: Any, clerk: Actor) -> None:
        appointed(matched(actor, villages(1)[0]), by=clerk)
        assert Posting.unscoped.get().planned_end == dt.date(2017, 7, 19)


@pytest.mark.usefixtures("_decided_world")
class TestCongress:
    def test_the_act_of_congress_is_recorded_once(self, actor: Any, city_clerk: Actor, stranger: Actor) -> None:
        (deputy,) = matched(actor, LUONAN, serials=(5,), region=CITY)
        appointed([deputy], by=city_clerk, region=CITY)
        posting = Posting.unscoped.get()
        said: dict[str, Any] = {"on": dt.date(2015, 7, 28), "document_number": "洛人常发〔2015〕9号"}
        with pytest.raises(NotVisible):
            record_statutory_act(posting, **said, by=stranger)
        with pytest.raises(Refused, match="早于任职日期"):
            record_statutory_act(posting, **(said | {"on": dt.date(2015, 7, 19)}), by=city_clerk)
        with pytest.raises(Refused, match="文号"):
            record_statutory_act(posting, **(said | {"document_number": " "}), by=city_clerk)
        record_statutory_act(posting, **said, by=city_clerk)
        kept = Posting.unscoped.get()
        assert (kept.statutory_on, kept.statutory_document) == (said["on"], said["document_number"])
        with pytest.raises(NoProcedure, match="已于 2015-07-28 登记"):
            record_statutory_act(posting, **said, by=city_clerk)

    def test_a_party_post_needs_none(self, actor: Any, clerk: Actor) -> None:
        appointed(matched(actor, TOWN, serials=(2,)), by=clerk)
        with pytest.raises(NoProcedure, match="不需要"):
            record_statutory_act(Posting.unscoped.get(), on=APPOINTED, document_number="x", by=clerk)


def _many(actor: Any, count: int) -> list[Nomination]:
    """So many cadres of the county's bureau, each matched with a village."""
    rows = [cadre_row(serial, name=f"干部{serial}", birth=dt.date(1976, 3, 1)) for serial in range(1, count + 1)]
    register_cadres(place(LUONAN), rows=roster(*rows), by=actor("county_org_admin", LUONAN))
    needs = confirmed_needs(actor, *villages(count, under=LUONAN))
    people = Cadre.unscoped.filter(birth_date=dt.date(1976, 3, 1)).select_related("unit").order_by("pk")
    return [nomination(cadre, need) for cadre, need in zip(people, needs, strict=True)]


@pytest.mark.usefixtures("_decided_world")
class TestManyAtOnce:
    @pytest.mark.slow
    def test_two_hundred_are_appointed_in_one_go(self, actor: Any, clerk: Actor) -> None:
        rows = _many(actor, 201)
        published(rows, by=clerk)
        started = time.perf_counter()
        appoint(place(), nominations=keys(rows), on=APPOINTED, by=clerk)
        assert time.perf_counter() - started < 6  # about two seconds, half of them the document; the machine may be busy
        assert set(states(rows)) == {"appointed"} and Posting.unscoped.count() == 201
        assert figures_on_page(LUONAN)["tier_1000"] == 201

    def test_as_many_queries_for_one_as_for_three(self, actor: Any, clerk: Actor) -> None:
        rows = _many(actor, 4)
        counts = []
        for part in (rows[:1], rows[1:]):
            published(part, by=clerk)
            with CaptureQueriesContext(connection) as caught:
                appoint(place(), nominations=keys(part), on=APPOINTED, by=clerk)
            counts.append(sum("indicators_delta" not in query["sql"] for query in caught))
        assert counts[0] == counts[1]


@pytest.mark.usefixtures("committed")
class TestAtOnce:
    def _press(self, runs: list[Any]) -> tuple[list[Any], list[str]]:
        start, done, refused = threading.Barrier(len(runs)), [], []

        def press(run: Any) -> None:
            try:
                start.wait()
                done.append(run())
            except Refused as refusal:
                refused.append(str(refusal))
            finally:
                connections.close_all()

        threads = [threading.Thread(target=press, args=(run,)) for run in runs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return done, refused

    def test_of_sixteen_clerks_one_appoints(self, actor: Any) -> None:
        load_regions()
        world(actor)
        clerks = [actor("county_org_admin", LUONAN, name=f"经办{n}") for n in range(16)]
        rows = matched(actor, *villages(3))
        published(rows, by=clerks[0])
        done, refused = self._press([lambda by=by: appoint(place(), nominations=keys(rows), on=APPOINTED, by=by) for by in clerks])
        assert len(done) == 1 and len(refused) == 15 and all("已任命" in why for why in refused)
        assert Posting.unscoped.count() == 3
        assert [d.number for d in IssuedDocument.unscoped.filter(kind="appointment")] == ["洛组发〔2015〕1号"]

    def test_two_first_secretaries_of_one_village_by_two_clerks_at_the_same_moment(self, actor: Any) -> None:
        load_regions()
        world(actor)
        clerks = [actor("county_org_admin", LUONAN, name=name) for name in ("甲", "乙")]
        (village,) = villages(1)
        (first,) = matched(actor, village)
        need = first.need
        assert need is not None
        need.pk, need.number = uuid.uuid4(), "另一个岗位"
        need.save(force_insert=True)
        second = nomination(cadre_of(2), need)
        for row in (first, second):
            published([row], by=clerks[0])
        done, refused = self._press(
            [
                lambda row=row, by=by: appoint(place(), nominations=[row.pk], on=APPOINTED, by=by)
                for row, by in zip((first, second), clerks, strict=True)
            ]
        )
        assert len(done) == 1 and len(refused) == 1 and "已有第一书记" in refused[0]
        assert Posting.unscoped.filter(region=village).count() == 1
        assert IssuedDocument.unscoped.filter(kind="appointment").count() == 1
