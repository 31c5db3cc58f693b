"""Typed for an official by the village: who typed and who answers are both kept, and nothing counts before it is accepted."""

import datetime as dt
import threading
import uuid
from dataclasses import replace
from typing import Any

import pytest
from django.db import connections

from shibaiqian.access.actor import Actor, Forbidden, acting, system_actor
from shibaiqian.access.command import NotVisible
from shibaiqian.access.flow import StepNotOpen
from shibaiqian.access.models import User
from shibaiqian.assistance.tests.factories import LUONAN, registered, villages
from shibaiqian.audit.models import Event
from shibaiqian.base import clock
from shibaiqian.base.ids import new_id
from shibaiqian.fieldwork.actions import (
    DraftUnfit,
    HouseholdElsewhere,
    LogEntry,
    NotInPosting,
    NotYours,
    PhotoOf,
    ServiceDone,
    accept_draft,
    confirm_service,
    log_day,
    propose_month,
    return_draft,
    type_drafts,
    withdraw_draft,
)
from shibaiqian.fieldwork.models import AttendanceDay, Draft, PracticalService, Visit, WorkLog, WorkLogItem
from shibaiqian.fieldwork.procedures import DRAFT
from shibaiqian.fieldwork.queries import drafts_typed, drafts_waiting, facts_of, officials_to_type_for, own_draft, photo_of
from shibaiqian.fieldwork.reminders import remind
from shibaiqian.fieldwork.tests.duty import TODAY, People, again
from shibaiqian.files import store
from shibaiqian.indicators.queries import figures_on_page
from shibaiqian.messages.models import Message
from shibaiqian.postings.models import Posting

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(actor: Any) -> People:
    return People(actor, villages(LUONAN)[0])


@pytest.fixture
def clerk(people: People) -> Actor:
    account = User.objects.create(login="clerk", name="李会计", created_at=clock.wall_now())
    return replace(people.clerk, name="李会计", user_id=account.pk)


def typed(people: People, clerk: Actor, content: str = "送药上门", on: dt.date = TODAY, **more: Any) -> Draft:
    return type_drafts(people.posting, on=on, items=[LogEntry("visit", content, **more)], by=clerk)[0]


def accepted(draft: Draft, by: Actor, **more: Any) -> Draft:
    said = {"on": draft.on, "category": draft.category, "content": draft.content, "amount_cents": draft.amount_cents}
    return accept_draft(draft, **said | more, by=by)


def test_an_accepted_draft_is_the_officials_record_with_both_names(people: People, clerk: Actor) -> None:
    home = registered(people.village.code, "H1", head="张猛虎")
    draft = typed(people, clerk, household=home.pk, service=ServiceDone("care", amount_cents=100_00))
    accepted(draft, people.official, content="送药上门，量了血压", amount_cents=120_00)
    item, visit, service = WorkLogItem.unscoped.get(), Visit.unscoped.get(), PracticalService.unscoped.get()
    assert item.pk == draft.pk == visit.log_item_id == service.log_item_id
    assert {row.typed_by for row in (item, visit, service)} == {"李会计"}
    assert {visit.official, service.official} == {people.posting.cadre_name} and item.log.cadre == people.posting.cadre_id
    assert (item.content, service.beneficiary, service.amount_cents) == ("送药上门，量了血压", "张猛虎", 120_00)
    assert again(draft).state == "accepted" and again(draft).content == "送药上门"
    event = Event.objects.get(action="fieldwork.accept_draft")
    assert "送药" not in event.canonical and event.user_name == people.official.name
    assert [act["action"] for act in event.details["acts"]] == ["fieldwork.log_day", "fieldwork.register_services"]


def test_a_day_the_official_typed_names_no_typist(people: People) -> None:
    people.wrote(TODAY)
    assert WorkLogItem.unscoped.get().typed_by == ""


def test_a_draft_counts_in_no_figure_and_proposes_no_presence_before_it_is_accepted(people: People, clerk: Actor) -> None:
    day = dt.date(2016, 6, 6)
    draft = typed(people, clerk, on=day, service=ServiceDone("care", "李四"))
    propose_month(people.posting, month=day, by=people.official)
    said = AttendanceDay.unscoped.filter(on=day, voided_by__isnull=True)
    assert [one.status for one in said] in ([], ["unknown"])
    with acting(people.official):
        assert set(facts_of(people.official, posting=people.posting.pk, first=day, last=day).values()) == {0}
    assert WorkLog.unscoped.count() == 0 and figures_on_page(people.village.code)["practical_services"] == 0
    accepted(draft, people.official)
    confirm_service(PracticalService.unscoped.get(), confirmation="signed", on=TODAY, by=clerk)
    propose_month(people.posting, month=day, by=people.official)
    assert AttendanceDay.unscoped.get(on=day, voided_by__isnull=True).status == "in_village"
    assert figures_on_page(people.village.code)["practical_services"] == 1


def test_accepting_twice_gives_one_record(people: People, clerk: Actor) -> None:
    draft = typed(people, clerk)
    accepted(draft, people.official, content="第一次", operation=new_id())
    assert accepted(draft, people.official, content="第二次", operation=new_id()).state == "accepted"
    assert [item.content for item in WorkLogItem.unscoped.all()] == ["第一次"]


@pytest.mark.django_db(transaction=True)
def test_the_phone_and_the_console_at_the_same_moment_give_one_record(people: People, clerk: Actor) -> None:
    draft = typed(people, clerk)
    done: list[Draft] = []

    def accept(content: str) -> None:
        try:
            done.append(accepted(draft, people.official, content=content))
        finally:
            connections.close_all()

    both = [threading.Thread(target=accept, args=(f"第{n}份",)) for n in range(4)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert len(done) == 4 and WorkLogItem.unscoped.count() == 1


def test_a_returned_draft_goes_back_with_a_word(people: People, clerk: Actor) -> None:
    draft = typed(people, clerk)
    with pytest.raises(DraftUnfit, match="为什么"):
        return_draft(draft, word=" ", by=people.official)
    return_draft(draft, word="那天我在镇上开会", by=people.official)
    with acting(clerk):
        (told,) = drafts_typed(clerk)
        assert (told.state, told.word) == ("returned", "那天我在镇上开会")
    with pytest.raises(StepNotOpen, match="已退回"):
        accepted(draft, people.official)
    assert WorkLogItem.unscoped.count() == 0


def test_a_draft_is_withdrawn_by_who_typed_it_alone(people: People, clerk: Actor, actor: Any) -> None:
    draft = typed(people, clerk)
    other = actor("group_head", people.village.code)
    with pytest.raises(NotVisible):
        withdraw_draft(draft, by=other)
    with acting(other):
        assert not drafts_typed(other).exists()
    withdraw_draft(draft, by=clerk)
    with pytest.raises(StepNotOpen, match="已撤回"):
        accepted(draft, people.official)


def test_only_the_official_who_answers_accepts_or_returns(people: People, clerk: Actor, actor: Any) -> None:
    draft = typed(people, clerk)
    colleague = actor("posted_cadre", people.village.code, name="别的干部")
    for by, refusal in ((colleague, NotYours), (replace(people.official, standing_in_for="王朝辉"), DraftUnfit), (clerk, Forbidden), (people.town, Forbidden)):  # fmt: skip
        with pytest.raises(refusal):
            accepted(draft, by)
        with pytest.raises(refusal):
            return_draft(draft, word="不对", by=by)
    for by in (colleague, clerk, people.town, people.county):
        with acting(by):
            assert not drafts_waiting(by).exists()
    with acting(people.official):
        assert [row.pk for row in drafts_waiting(people.official)] == [draft.pk]


def test_somebody_of_another_place_finds_no_draft_and_types_none(people: People, clerk: Actor, actor: Any) -> None:
    draft = typed(people, clerk)
    stranger, official = actor("village_admin", "611022101201"), actor("posted_cadre", "611022101201", name=people.posting.cadre_name)
    with pytest.raises(NotVisible):
        typed(people, stranger)
    with pytest.raises(NotVisible):
        accepted(draft, official)
    with pytest.raises(NotVisible):
        return_draft(draft, word="不对", by=official)
    with pytest.raises(NotVisible):
        withdraw_draft(draft, by=stranger)
    assert again(draft).state == "waiting"


def test_who_types_for_others_writes_no_record_of_theirs(people: People, clerk: Actor, actor: Any) -> None:
    for by in (clerk, actor("group_head", people.village.code)):
        with pytest.raises(Forbidden):
            log_day(people.posting, on=TODAY, items=[LogEntry("meeting", "开会")], by=by)


def test_a_draft_for_who_has_left_is_given_back_in_words(people: People, clerk: Actor, actor: Any) -> None:
    draft = typed(people, clerk)
    Posting.unscoped.filter(pk=people.posting.pk).update(ended_on=TODAY, state="ended")
    with acting(clerk):
        (told,) = drafts_typed(clerk)
        assert told.is_given_back
        assert not officials_to_type_for(clerk).exists()
    with pytest.raises(DraftUnfit, match=f"{people.posting.cadre_name}的任职已于 2016-06-08 结束.*联系镇办"):
        typed(people, clerk, content="晚了一天")
    successor = People(actor, people.village, "P2")
    with pytest.raises(DraftUnfit, match=f"现在村里是{successor.posting.cadre_name}"):
        typed(people, clerk, content="又晚了一天")
    withdraw_draft(draft, by=clerk)


def test_who_left_may_still_take_what_was_typed_up_to_the_last_day(people: People, clerk: Actor) -> None:
    draft = typed(people, clerk)
    Posting.unscoped.filter(pk=people.posting.pk).update(ended_on=TODAY, state="ended")
    assert accepted(draft, people.official).state == "accepted"


def test_what_would_refuse_the_log_refuses_the_draft(people: People, clerk: Actor) -> None:
    elsewhere = registered("611022101201", "H9")
    for entry, on, refusal in (
        (LogEntry("visit", "看望", household=elsewhere.pk), TODAY, HouseholdElsewhere),
        (LogEntry("meeting", "开会"), TODAY + dt.timedelta(days=1), NotInPosting),
        (LogEntry("service", "修路", service=ServiceDone("road")), TODAY, DraftUnfit),
        (LogEntry("service", "修路", service=ServiceDone("road", "全组", confirmation="signed")), TODAY, DraftUnfit),
    ):
        with pytest.raises(refusal):
            type_drafts(people.posting, on=on, items=[entry], by=clerk)
    assert not Draft.unscoped.exists()


def test_every_state_with_every_step(people: People, clerk: Actor) -> None:
    steps = {
        "accept_draft": lambda draft: accepted(draft, people.official),
        "return_draft": lambda draft: return_draft(draft, word="请补时间", by=people.official),
        "withdraw_draft": lambda draft: withdraw_draft(draft, by=clerk),
    }
    for number, first in enumerate(steps):
        for second, step in steps.items():
            draft = typed(people, clerk, content=f"{number}{second}")
            steps[first](draft)
            if first == second == "accept_draft":
                assert step(draft).state == "accepted"
                continue
            with pytest.raises(StepNotOpen, match=DRAFT.states[DRAFT.table["waiting", first]]):
                step(draft)


def told(user: uuid.UUID | None) -> list[str]:
    """What stands unread in an inbox, by event."""
    return sorted(row.key.split(":")[0] for row in Message.objects.filter(user=user, read_at__isnull=True))


def test_an_official_is_told_of_drafts_in_one_line_and_who_typed_of_the_answer(people: People, clerk: Actor) -> None:
    first, second, third = (typed(people, clerk, content=words) for words in ("一", "二", "三"))
    assert told(people.official.user_id) == ["drafts_waiting"] and told(clerk.user_id) == []
    accepted(first, people.official), accepted(second, people.official)
    assert told(clerk.user_id) == ["drafts_accepted"]
    return_draft(third, word="不是那天", by=people.official)
    assert told(clerk.user_id) == ["drafts_accepted", "drafts_returned"]
    assert not any("不是那天" in row.words for row in Message.objects.all())


def test_one_line_a_day_and_what_came_after_it_was_read_with_the_next(people: People, clerk: Actor) -> None:
    typed(people, clerk)
    Message.objects.update(read_at=clock.wall_now())
    typed(people, clerk, content="又一条")
    by = system_actor("考勤提醒")
    with acting(by):
        remind(by=by)
    assert "drafts_waiting" not in told(people.official.user_id)
    Message.objects.update(created_at=clock.wall_now() - dt.timedelta(days=1, minutes=1))
    with acting(by):
        remind(by=by)
    assert "drafts_waiting" in told(people.official.user_id)


def test_who_typed_hears_once_that_nobody_is_left_to_answer(people: People, clerk: Actor) -> None:
    typed(people, clerk)
    Posting.unscoped.filter(pk=people.posting.pk).update(ended_on=TODAY, state="ended")
    by = system_actor("考勤提醒")
    for _ in range(2):
        with acting(by):
            remind(by=by)
        assert Message.objects.get(user=clerk.user_id).key.startswith("drafts_given_back")
        Message.objects.update(read_at=clock.wall_now())


def test_photos_of_a_draft_are_seen_by_who_answers_and_who_typed_alone(people: People, clerk: Actor, actor: Any) -> None:
    photo = PhotoOf(sha256="a", stored=store.keep(b"picture"), kind="image/jpeg", size=7)
    draft = typed(people, clerk, photos=(photo,))
    for by in (people.official, clerk):
        with acting(by):
            assert photo_of(own_draft(by, draft.pk), 1) == (b"picture", "image/jpeg")
            for number in (0, 2):
                with pytest.raises(NotVisible):
                    photo_of(own_draft(by, draft.pk), number)
    for by in (people.town, actor("group_head", people.village.code), actor("posted_cadre", people.village.code, name="别的干部")):
        with acting(by), pytest.raises(NotVisible):
            own_draft(by, draft.pk)
