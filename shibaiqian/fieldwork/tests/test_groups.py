"""A group head works in his villagers' group: of the other groups of the village there is nothing to see and nothing to write."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction

from shibaiqian.access.actor import Actor, acting
from shibaiqian.access.command import NotVisible
from shibaiqian.access.tests.factories import actor_of, give, user
from shibaiqian.assistance.tests.factories import LUONAN, registered, villages
from shibaiqian.fieldwork.actions import LogEntry, ServiceDone, log_day, type_drafts
from shibaiqian.fieldwork.actions.logs import HouseholdElsewhere
from shibaiqian.fieldwork.models import Draft, PracticalService, Visit, WorkLogItem
from shibaiqian.fieldwork.queries import drafts_typed, logs, timeline
from shibaiqian.fieldwork.tests.duty import TODAY, People
from shibaiqian.households.models import Household, Member
from shibaiqian.households.queries import groups_of, search_households

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(actor: Any) -> People:
    return People(actor, villages(LUONAN)[0])


@pytest.fixture
def homes(people: People) -> tuple[Household, Household]:
    """A household of the first group and one of the third."""
    found = registered(people.village.code, "H1", head="张一组"), registered(people.village.code, "H3", head="李三组")
    for home, group in zip(found, ("一组", "三组"), strict=True):
        Household.unscoped.filter(pk=home.pk).update(group=group)
    return found


def head(people: People, *groups: str, login: str = "zuzhang") -> Actor:
    """The actor that an account of a group head is made into."""
    account = user(login, name="一组组长")
    give(account, "group_head", people.village.code, groups=list(groups))
    return actor_of(account)


def drafted(people: People, by: Actor, home: Household | None, content: str = "送药上门") -> Draft:
    service = ServiceDone("care", beneficiary="" if home else "全组")
    return type_drafts(people.posting, on=TODAY, items=[LogEntry("visit", content, household=home and home.pk, service=service)], by=by)[0]


def test_a_group_head_sees_the_households_of_his_groups_alone(people: People, homes: tuple[Household, Household]) -> None:
    mine, other = homes
    log_day(people.posting, on=TODAY, items=[LogEntry("visit", "看望", household=home.pk) for home in homes], by=people.official)
    by = head(people, "一组")
    with acting(by):
        assert [home.pk for home in Household.objects.visible_to(by)] == [mine.pk]
        assert search_households(by, "李三组") == []
        for model in (Visit, WorkLogItem):
            assert set(model.objects.visible_to(by).values_list("household", flat=True)) == {mine.pk}
        assert [[item.household_id for item in day.items.all()] for day in logs(by, region=people.village.code)] == [[mine.pk]]
        assert groups_of(by, region=people.village.code) == {people.village.code: {"一组": 1}}
    log_day(people.posting, on=TODAY - dt.timedelta(days=1), items=[LogEntry("visit", "看望", household=other.pk)], by=people.official)
    with acting(by):
        assert [day.on for day in logs(by, region=people.village.code)] == [day.on for day in timeline(by)] == [TODAY]
    both = head(people, "一组", "三组", login="both")
    with acting(both):
        assert {home.pk for home in Household.objects.visible_to(both)} == {mine.pk, other.pk}


def test_a_head_without_a_group_and_one_whose_group_was_renamed_see_no_household(
    people: People, homes: tuple[Household, Household]
) -> None:
    Household.unscoped.filter(pk=homes[0].pk).update(group="第一村民小组")
    for by in (head(people), head(people, "一组", login="renamed")):
        with acting(by):
            assert not Household.objects.visible_to(by).exists()


def test_a_group_head_types_for_his_group_and_for_nobody_else(people: People, homes: tuple[Household, Household]) -> None:
    mine, other = homes
    by = head(people, "一组")
    kept = {drafted(people, by, mine).pk, drafted(people, by, None).pk}
    with pytest.raises((HouseholdElsewhere, NotVisible)):
        drafted(people, by, other)
    with acting(by):
        assert {draft.pk for draft in drafts_typed(by)} == kept


def test_what_others_typed_stays_out_of_a_group_heads_sight(people: People, homes: tuple[Household, Household]) -> None:
    clerk = replace(people.clerk, name="李会计")
    drafted(people, clerk, homes[1]), drafted(people, clerk, None)
    by = head(people, "一组")
    with acting(by):
        assert not Draft.objects.visible_to(by).exists()
        assert not drafts_typed(by).exists()


def test_raw_sql_as_the_app_reaches_no_other_group(people: People, homes: tuple[Household, Household]) -> None:
    mine, other = homes
    log_day(people.posting, on=TODAY, items=[LogEntry("visit", "看望", household=other.pk)], by=people.official)
    by = head(people, "一组")
    draft = drafted(people, by, mine)
    with acting(by), connection.cursor() as cursor:
        for model, column in ((Household, "id"), (Member, "household_id"), (Visit, "household_id"), (PracticalService, "household_id")):
            cursor.execute(f"select count(*) from {model._meta.db_table} where {column} = %s", [other.pk])
            assert cursor.fetchone() == (0,), model
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            cursor.execute("update fieldwork_draft set household_id = %s where id = %s", [other.pk, draft.pk])
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            cursor.execute("update fieldwork_draft set household_id = null, typist = gen_random_uuid() where id = %s", [draft.pk])


def test_the_clerk_and_the_official_see_the_whole_village_as_before(people: People, homes: tuple[Household, Household]) -> None:
    for by in (people.clerk, people.official, people.town):
        with acting(by):
            assert Household.objects.visible_to(by).count() == 2
