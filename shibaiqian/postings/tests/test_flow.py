"""Every step in every state: open ones work for the right role, all others are refused; outsiders find nothing."""

import datetime as dt
import itertools
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections, transaction

from shibaiqian.access.actor import Actor, Forbidden
from shibaiqian.access.command import NotVisible, Refused
from shibaiqian.access.flow import StepNotOpen
from shibaiqian.audit.models import Event
from shibaiqian.cadres.models import Cadre
from shibaiqian.cadres.tests.factories import CITY, LUONAN
from shibaiqian.postings import actions
from shibaiqian.postings.models import Handover, Posting, PostingChange
from shibaiqian.postings.rules import POSTING, RUNNING, STATES, STEPS, checklist
from shibaiqian.postings.tests.conftest import TOWN
from shibaiqian.postings.tests.factories import WAITING, install, posting_row, roster
from shibaiqian.regions.actions import load_regions
from shibaiqian.regions.models import Region

ON = dt.date(2016, 6, 1)
LATER = {"document_number": "洛组发〔2016〕9号", "on": ON, "planned_end": dt.date(2017, 12, 1)}
Steps = dict[str, Callable[[Posting, Actor], Any]]


def follower() -> Cadre:
    return Cadre.unscoped.get(name="吴刚")


def elsewhere() -> Region:
    """A village of the town that has no First Secretary."""
    taken = Posting.unscoped.values_list("region_id", flat=True)
    return Region.objects.filter(code__gte=TOWN, code__lt=f"{TOWN}:", level="village").exclude(pk__in=taken).order_by("-code")[0]


def move(posting: Posting, by: Actor) -> Posting:
    return actions.adjust_posting(
        posting, host=elsewhere(), title="第一书记", duties="抓党建", number="G-9001", reason="工作需要", by=by, **LATER
    )  # fmt: skip


ACTS: Steps = {
    "record_arrival": lambda p, by: actions.record_arrival(p, on=dt.date(2015, 7, 24), by=by),
    "extend_term": lambda p, by: actions.extend_term(p, planned_end=dt.date(2018, 1, 19), document_number="洛组发〔2016〕3号", reason="任务未完", on=ON, by=by),
    "suspend_posting": lambda p, by: actions.suspend_posting(p, reason="illness", note="住院", on=ON, by=by),
    "resume_posting": lambda p, by: actions.resume_posting(p, on=ON, by=by),
    "propose_recall": lambda p, by: actions.propose_recall(p, reason="not_resident", facts="五月仅驻村三天", on=ON, by=by),
    "hear_official": lambda p, by: actions.hear_official(p, statement="家中老人住院", on=ON, by=by),
    "dismiss_recall": lambda p, by: actions.dismiss_recall(p, reason="情况属实，予以谅解", on=ON, by=by),
    "decide_recall": lambda p, by: actions.decide_recall(p, document_number="洛组发〔2016〕4号", reason="不按规定驻村", on=ON, by=by),
    "begin_handover": lambda p, by: actions.begin_handover(p, facts={}, successor_name="村支书王大山", on=ON, by=by),
    "waive_handover": lambda p, by: actions.waive_handover(p, reason="illness", note="住院", on=ON, by=by),
    "stop_handover": lambda p, by: actions.stop_handover(p, reason="留任", on=ON, by=by),
    "end_posting": lambda p, by: actions.end_posting(p, on=ON, reason="health", by=by),
    "adjust_posting": move,
    "replace_official": lambda p, by: actions.replace_official(p, cadre=follower(), number="G-9002", reason="接任", by=by, **LATER),
    "rotate_official": lambda p, by: actions.rotate_official(p, cadre=follower(), number="G-9003", by=by, **LATER),
}  # fmt: skip


def put(posting: Posting, state: str) -> None:
    """The posting in a state, with what belongs to it."""
    arrived = None if state == "pending_arrival" else dt.date(2015, 7, 24)
    ended = None if state in RUNNING else dt.date(2016, 5, 30)
    Posting.unscoped.filter(pk=posting.pk).update(state=state, arrived_on=arrived, ended_on=ended, planned_end=dt.date(2016, 7, 19))
    about = {
        "posting": posting, "region_id": posting.region_id, "home_region": posting.home_region, "unit": posting.unit_id,
        "cadre": posting.cadre_id, "event": 1,
    }  # fmt: skip
    day = dt.date(2016, 5, 20)
    if state == "handing_over":
        signed = {"signed_by_leaver_on": day, "signed_by_successor_on": day, "witnessed_on": day, "witness": "刘敏"}
        items = [item | {"done": True} for item in checklist({})]
        # Half of what is tried here waives an unfinished one; the last signature is the witness's.
        Handover.unscoped.create(**about, successor_name="王大山", opened_on=dt.date(2016, 5, 10), items=items, **signed)
    if state == "on_extension":
        PostingChange.unscoped.create(**about, kind="extension", on=day, reason="任务未完")


@pytest.mark.django_db
@pytest.mark.usefixtures("_world")
class TestEveryStateAndStep:
    @pytest.fixture
    def posting(self, county: Region, clerk: Actor, villages: list[str]) -> Posting:
        appoint = actions.appoint_officials
        appoint(county, rows=roster(posting_row(1, villages[0], **WAITING, planned_end=dt.date(2016, 7, 19))), by=clerk)
        return Posting.unscoped.get()

    def test_open_steps_work_and_others_are_refused(self, posting: Posting, clerk: Actor, subtests: Any) -> None:
        assert set(ACTS) == set(STEPS)
        for state, step in itertools.product(STATES, STEPS):
            with subtests.test(f"{state} {step}"), transaction.atomic():
                put(posting, state)
                if step == "waive_handover" and state == "handing_over":
                    Handover.unscoped.update(witnessed_on=None)
                if (state, step) in POSTING.table:
                    ACTS[step](posting, clerk)
                    assert Posting.unscoped.get(number="G-0001").state == POSTING.table[state, step]
                    event = Event.objects.filter(action=f"postings.{step}").latest("id")
                    assert event.outcome == "done"
                else:
                    with pytest.raises(StepNotOpen, match=f"王朝辉.*{STATES[state]}.*{STEPS[step]}"):
                        ACTS[step](posting, clerk)
                transaction.set_rollback(True)

    def test_another_county_finds_nothing_and_a_leader_may_not(self, posting: Posting, stranger: Actor, actor: Any, subtests: Any) -> None:
        leader, cadre = actor("city_leader", CITY), actor("posted_cadre", posting.region_id)
        for (state, step), who in itertools.product(POSTING.table, (stranger, leader, cadre)):
            with subtests.test(f"{state} {step} {who.role}"), transaction.atomic():
                put(posting, state)
                with pytest.raises(NotVisible if who is stranger else Forbidden):
                    ACTS[step](posting, who)
                assert Posting.unscoped.get().state == state
                transaction.set_rollback(True)

    def test_the_town_proposes_and_hands_over_but_does_not_decide(self, posting: Posting, actor: Any, subtests: Any) -> None:
        town = actor("town_party_admin", TOWN)
        for state, step in POSTING.table:
            with subtests.test(f"{state} {step}"), transaction.atomic():
                put(posting, state)
                if step in ("record_arrival", "propose_recall", "begin_handover", "stop_handover"):
                    ACTS[step](posting, town)
                elif step in ("suspend_posting", "resume_posting"):
                    with pytest.raises(actions.NotTheirs, match="决定任职的一级"):
                        ACTS[step](posting, town)
                else:
                    with pytest.raises(Forbidden):
                        ACTS[step](posting, town)
                transaction.set_rollback(True)

    def test_the_host_county_does_not_decide_what_the_city_decided(self, city_clerk: Actor, clerk: Actor, subtests: Any) -> None:
        actions.appoint_officials(Region.objects.get(pk=CITY), rows=roster(posting_row(5, LUONAN)), by=city_clerk)
        posting = Posting.unscoped.get(number="G-0005")
        decided = {"extend_term", "suspend_posting", "resume_posting", "dismiss_recall", "decide_recall", "waive_handover", "end_posting"}
        for state, step in POSTING.table:
            if step in decided and state != "pending_arrival":
                with subtests.test(f"{state} {step}"), transaction.atomic():
                    put(posting, state)
                    with pytest.raises(actions.NotTheirs, match="市委组织部"):
                        ACTS[step](posting, clerk)
                    transaction.set_rollback(True)

    def test_every_step_says_what_is_missing(self, posting: Posting, clerk: Actor, subtests: Any) -> None:
        early, future = dt.date(2015, 7, 1), dt.date(2016, 6, 9)
        cases: list[tuple[str, Callable[[], Any], str]] = [
            ("active", lambda: actions.extend_term(posting, planned_end=dt.date(2018, 1, 1), document_number=" ", reason="x", on=ON, by=clerk), "延期文号"),
            ("active", lambda: actions.extend_term(posting, planned_end=dt.date(2016, 7, 1), document_number="x", reason="x", on=ON, by=clerk), "不晚于原来的"),
            ("active", lambda: actions.extend_term(posting, planned_end=dt.date(2018, 11, 19), document_number="x", reason="x", on=ON, by=clerk), "合计超过 36 个月，最晚只能到 2018-07-20"),
            ("active", lambda: actions.suspend_posting(posting, reason="holiday", note="", on=ON, by=clerk), "没有“holiday”"),
            ("active", lambda: actions.suspend_posting(posting, reason="illness", note="", on=ON, resumes_on=ON, by=clerk), "不晚于暂停日期"),
            ("active", lambda: actions.propose_recall(posting, reason="x", facts="y", on=ON, by=clerk), "召回原因"),
            ("active", lambda: actions.propose_recall(posting, reason="health", facts="", on=ON, by=clerk), "事实情况"),
            ("active", lambda: actions.propose_recall(posting, reason="health", facts="x", on=early, by=clerk), "早于到任日期"),
            ("active", lambda: actions.propose_recall(posting, reason="health", facts="x", on=future, by=clerk), "晚于今天"),
            ("recall_proposed", lambda: actions.hear_official(posting, statement="", on=ON, by=clerk), "本人陈述"),
            ("recall_heard", lambda: actions.decide_recall(posting, reason=" ", on=ON, by=clerk), "召回理由"),
            ("recall_heard", lambda: actions.decide_recall(posting, document_number="商组发〔2016〕4号", reason="x", on=ON, by=clerk), "机关代字不是本机关的"),
            ("active", lambda: actions.waive_handover(posting, reason="busy", note="x", on=ON, by=clerk), "没有“busy”"),
            ("active", lambda: actions.begin_handover(posting, facts={}, successor_name="", on=ON, by=clerk), "接收人"),
            ("active", lambda: actions.begin_handover(posting, facts={}, successor=posting, on=ON, by=clerk), "不是正在挂职的其他干部"),
            ("handing_over", lambda: actions.end_posting(posting, on=ON, reason="because", by=clerk), "没有“because”"),
            ("handing_over", lambda: actions.end_posting(posting, on=ON, reason="recalled", by=clerk), "没有“recalled”"),
            ("handing_over", lambda: actions.end_posting(posting, on=ON, reason="term_complete", by=clerk), "2016-07-19 才届满"),
            ("handing_over", lambda: actions.end_posting(posting, on=future, reason="health", by=clerk), "晚于今天"),
            ("handing_over", lambda: actions.replace_official(posting, cadre=Cadre.unscoped.get(name="王朝辉"), number="x", reason="x", by=clerk, **LATER), "就是原来的人"),
            ("handing_over", lambda: actions.replace_official(posting, cadre=Cadre.unscoped.get(name="赵强"), number="G-8", reason="x", by=clerk, **LATER), "不是中共正式党员"),
            ("handing_over", lambda: actions.replace_official(posting, cadre=follower(), number="G-8", reason="x", by=clerk, **LATER | {"planned_end": dt.date(2019, 10, 1)}), "不在 12 至 36 个月之间"),
        ]  # fmt: skip
        for state, act, why in cases:
            with subtests.test(why), transaction.atomic():
                put(posting, state)
                with pytest.raises(Refused, match=why):
                    act()
                transaction.set_rollback(True)

    def test_a_rotation_is_for_the_end_of_a_term(self, posting: Posting, clerk: Actor) -> None:
        put(posting, "handing_over")
        Posting.unscoped.update(planned_end=dt.date(2017, 7, 19))
        with pytest.raises(actions.SuccessionRefused, match="2017-04-20 以后"):
            ACTS["rotate_official"](posting, clerk)

    def test_a_dismissed_recall_and_a_stopped_handover_lead_back(self, posting: Posting, clerk: Actor) -> None:
        for state in ("pending_arrival", "on_extension", "active"):
            with transaction.atomic():
                put(posting, state)
                for step in ("propose_recall", "hear_official", "dismiss_recall"):
                    ACTS[step](posting, clerk)
                assert Posting.unscoped.get().state == state
                transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
class TestSixteenClerksAtOnce:
    @pytest.fixture(autouse=True)
    def _everything(self, actor: Any) -> None:
        load_regions()
        install(actor)

    @pytest.mark.parametrize("step", ["record_arrival", "propose_recall", "waive_handover"])
    def test_it_changes_once(self, step: str, county: Region, actor: Any, villages: list[str]) -> None:
        clerk = actor("county_org_admin", LUONAN)
        actions.appoint_officials(county, rows=roster(posting_row(1, villages[0], **WAITING)), by=clerk)
        posting = Posting.unscoped.get()
        if step == "waive_handover":
            actions.record_arrival(posting, on=dt.date(2015, 7, 24), by=clerk)
        barrier, outcomes = threading.Barrier(16), list[str]()

        def press(n: int) -> None:
            who = actor("county_org_admin", LUONAN, name=f"办事员{n}")
            try:
                barrier.wait()
                ACTS[step](posting, who)
                outcomes.append("done")
            except Refused as refused:
                outcomes.append(type(refused).__name__)
            finally:
                connections.close_all()

        threads = [threading.Thread(target=press, args=(n,)) for n in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        late = "HandoverRefused" if step == "waive_handover" else "StepNotOpen"
        assert sorted(outcomes) == sorted([late] * 15 + ["done"])
        assert Posting.unscoped.get().state == POSTING.table["active" if step == "waive_handover" else "pending_arrival", step]
        assert PostingChange.unscoped.exclude(kind="arrival").count() + (step == "record_arrival") == 1

    def test_the_next_secretary_is_there_while_the_former_hands_over(self, county: Region, actor: Any, villages: list[str]) -> None:
        clerk = actor("county_org_admin", LUONAN)
        actions.appoint_officials(county, rows=roster(posting_row(1, villages[0])), by=clerk)
        posting = Posting.unscoped.get()
        actions.begin_handover(posting, facts={}, successor_name="待任命", on=dt.date(2016, 6, 1), by=clerk)
        made = ACTS["replace_official"](posting, clerk)
        assert (made.predecessor_id, made.region_id, made.state) == (posting.pk, posting.region_id, "pending_arrival")
        with pytest.raises(actions.HandoverRefused, match="已任命接任的第一书记"):
            actions.stop_handover(posting, reason="留任", on=ON, by=clerk)
        with pytest.raises(actions.SuccessionRefused, match="已有接任的人"):
            ACTS["replace_official"](posting, clerk)
