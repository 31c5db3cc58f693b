"""Who is told what, once; and what people do with their own messages."""

import datetime as dt
import uuid
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction

from shibaiqian.access.actor import acting, system_actor
from shibaiqian.access.command import NotVisible
from shibaiqian.access.models import Assignment, StandIn, User
from shibaiqian.access.roles import Role
from shibaiqian.access.tests.factories import actor_of, give, user
from shibaiqian.audit.models import Event
from shibaiqian.base import clock
from shibaiqian.base.ids import new_id
from shibaiqian.messages import actions
from shibaiqian.messages.actions import ChannelUnfit, announce, mark_all_read, mark_read, set_channel, switch_off_channel, tell
from shibaiqian.messages.models import Channel, Message
from shibaiqian.messages.queries import holders
from shibaiqian.messages.tests.conftest import COUNTY, OTHER, TOWN, VILLAGE

pytestmark = pytest.mark.django_db
UNIT = uuid.UUID(int=7)


def told() -> set[tuple[str, str]]:
    return {(message.user.login, message.words) for message in Message.objects.select_related("user")}


def say(*users: User, key: str = "x", **said: Any) -> int:
    return tell([u.pk for u in users], key=key, text="%(place)s：%(count)s", url="/", **{"place": "洛南县", "count": 1, **said})


# Who holds a role where.


def test_holders_are_those_whose_place_it_is(clerk: User) -> None:
    town, other = user("town", "town_party_admin", TOWN), user("other", "county_org_admin", OTHER)
    city, village = user("city", "city_org_admin", "6110"), user("village", "posted_cadre", VILLAGE)
    everybody = (Role.CITY_ORG_ADMIN, Role.COUNTY_ORG_ADMIN, Role.TOWN_PARTY_ADMIN, Role.POSTED_CADRE)
    assert {h.user for h in holders(everybody, regions=[VILLAGE])} == {clerk.pk, town.pk, village.pk}
    assert {h.user for h in holders(everybody, regions=[TOWN])} == {clerk.pk, town.pk}
    assert {h.user for h in holders(everybody, regions=[COUNTY])} == {clerk.pk}
    assert {h.user for h in holders(everybody, regions=["6110"])} == {city.pk}
    assert {h.user for h in holders(everybody, regions=[OTHER + "100"])} == {other.pk}
    assert holders((Role.TOWN_PARTY_ADMIN,), regions=[COUNTY]) == []


def test_roles_that_ended_or_have_not_begun_and_closed_accounts_are_not_told(clerk: User) -> None:
    gone, later, closed = user("gone"), user("later"), user("closed", "county_org_admin", COUNTY)
    give(gone, "county_org_admin", COUNTY, ended_at=clock.wall_now())
    give(later, "county_org_admin", COUNTY, valid_from=dt.date(2016, 6, 9))
    User.objects.filter(pk=closed.pk).update(is_active=False)
    assert [h.user for h in holders((Role.COUNTY_ORG_ADMIN,), regions=[COUNTY])] == [clerk.pk]


def test_stand_ins_are_told_beside_whom_they_stand_in_for(clerk: User) -> None:
    colleague = user("colleague")
    dates = {"valid_from": dt.date(2016, 6, 8), "valid_to": dt.date(2016, 6, 8), "reason": "外出"}
    loan = StandIn.objects.create(assignment=Assignment.objects.get(user=clerk), user=colleague, **dates)
    assert {h.user for h in holders((Role.COUNTY_ORG_ADMIN,), regions=[COUNTY])} == {clerk.pk, colleague.pk}
    StandIn.objects.filter(pk=loan.pk).update(valid_to=dt.date(2016, 6, 7), valid_from=dt.date(2016, 6, 1))
    assert {h.user for h in holders((Role.COUNTY_ORG_ADMIN,), regions=[COUNTY])} == {clerk.pk}


# Telling.


def test_an_event_tells_each_place_and_unit_its_own_number(clerk: User) -> None:
    user("town", "town_party_admin", TOWN, scope_name="城关街道")
    user("finance", "sending_unit_admin", unit=UNIT, scope_name="市财政局")
    villages = [VILLAGE, "611021100002", "611021101001", OTHER + "100001"]
    assert announce("officials_appointed", regions=villages, units=[UNIT, new_id(), UNIT], about="1", number="洛组发〔2016〕3号") == 2
    assert told() == {
        ("town", "城关街道：2 名挂职干部已任命（洛组发〔2016〕3号），请按期办理报到。"),
        ("finance", "市财政局：2 名挂职干部已任命（洛组发〔2016〕3号），请按期办理报到。"),
    }


def test_an_event_costs_the_same_for_one_place_and_for_many(clerk: User, django_assert_num_queries: Any) -> None:
    for n in range(3):
        user(f"t{n}", "town_party_admin", f"61102110{n}")
    with django_assert_num_queries(3):
        announce("needs_returned", regions=[VILLAGE])
    with django_assert_num_queries(3):
        announce("needs_returned", regions=[f"61102110{n}001" for n in range(3)] * 100)


def test_officials_are_told_by_their_own_accounts(clerk: User) -> None:
    person = new_id()
    official = user("official", "posted_cadre", VILLAGE)
    User.objects.filter(pk=official.pk).update(person=person)
    assert announce("own_term_ends", regions=[VILLAGE], cadres=[person], about="30", days=30) == 1  # by both ways once
    assert announce("own_term_ends", cadres=[person], about="7", days=30) == 1
    assert told() == {("official", "你的挂职任期将在 30 天内届满，请准备交接。")}


def test_one_unread_message_a_thing_with_the_newest_number(clerk: User) -> None:
    say(clerk, count=1)
    say(clerk, count=5)
    assert told() == {("luonan", "洛南县：5")}
    assert Message.objects.count() == 1
    Message.objects.update(read_at=clock.wall_now())
    say(clerk, count=6)
    assert Message.objects.count() == 2
    say(clerk, rest=1)
    say(clerk, key="y", rest=1)
    assert Message.objects.count() == 3


def test_what_was_read_rests_so_many_days(clerk: User) -> None:
    with time_machine.travel(dt.datetime(2026, 3, 2, 9, 0, tzinfo=clock.SHANGHAI), tick=False) as at:
        say(clerk, rest=7)
        Message.objects.update(read_at=clock.wall_now())
        at.shift(dt.timedelta(days=6, hours=23))
        assert say(clerk, rest=7) == 0
        at.shift(dt.timedelta(hours=2))
        assert say(clerk, rest=7) == 1


def test_what_happened_long_ago_is_told_to_nobody(clerk: User) -> None:
    assert announce("sheet_drawn", regions=[COUNTY], about="1", number="1", on=dt.date(2016, 5, 8)) == 0
    assert announce("sheet_drawn", regions=[COUNTY], about="1", number="1", on=dt.date(2016, 5, 9)) == 1


def test_nobody_is_told_what_they_did_themselves(clerk: User) -> None:
    other = user("other", "county_org_admin", COUNTY)
    with acting(actor_of(clerk)):
        assert say(clerk, other) == 1
    assert {login for login, _ in told()} == {"other"}


def test_what_is_rolled_back_was_told_to_nobody(clerk: User) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        say(clerk)
        raise RuntimeError
    assert told() == set()


def test_a_name_or_a_number_of_a_person_is_refused_before_it_is_written(clerk: User) -> None:
    for said in ({"name": "王朝辉"}, {"place": "13912345678"}):
        with pytest.raises(ValueError, match="a message"):
            say(clerk, **said)
    assert told() == set()


def test_an_unknown_event_is_a_mistake(clerk: User) -> None:
    with pytest.raises(KeyError):
        announce("nothing", regions=[COUNTY])


def test_the_inbox_is_found_by_index(clerk: User) -> None:
    users, now = [clerk, *(user(f"u{n}") for n in range(9))], clock.wall_now()
    Message.objects.bulk_create(
        Message(user=who, key=str(n), text="x", created_at=now - dt.timedelta(minutes=n), read_at=now if n % 20 else None)
        for who in users for n in range(600)
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("analyze inbox_message")
        for index, sql in (
            ("one_unread", "select count(*) from (select from inbox_message where user_id = %s and read_at is null limit 100) u"),
            ("inbox_newest_first", "select id from inbox_message where user_id = %s order by created_at desc, id desc limit 51"),
        ):
            cursor.execute(f"explain {sql}", [clerk.pk])
            plan = " ".join(row for (row,) in cursor.fetchall())
            assert index in plan, plan
            assert "Sort" not in plan, plan


# One's own messages.


def test_reading_is_for_the_own_messages_alone(clerk: User) -> None:
    other = user("other", "town_party_admin", TOWN)
    say(clerk, other)
    theirs = Message.objects.get(user=other)
    assert mark_read(clerk, messages=[theirs.pk], by=actor_of(clerk)) == 0
    with pytest.raises(NotVisible):
        mark_read(other, messages=[theirs.pk], by=actor_of(clerk))
    with pytest.raises(NotVisible):
        mark_all_read(other, by=actor_of(clerk))
    assert mark_all_read(clerk, by=actor_of(clerk)) == 1
    assert Message.objects.get(user=other).read_at is None


# Channels.


def test_an_address_is_sealed_masked_and_in_no_event(clerk: User) -> None:
    channel = set_channel(clerk, kind="email", address="li.luonan@example.gov.cn", digest_only=True, by=actor_of(clerk))
    assert channel.address_shown == "l***@example.gov.cn"
    assert b"luonan" not in bytes(channel.address_sealed)
    assert not Event.objects.filter(canonical__contains="li.luonan").exists()
    kept = set_channel(clerk, kind="email", digest_only=False, by=actor_of(clerk))
    assert (kept.pk, kept.address_shown, kept.digest_only) == (channel.pk, "l***@example.gov.cn", False)


@pytest.mark.parametrize(
    ("kind", "address", "why"),
    [
        ("email", "nobody", "邮箱地址的格式不对"), ("email", "", "请填写地址"), ("fax", "1", "没有这种通知方式"),
        ("robot", "http://qyapi.weixin.qq.com/x?key=1", "须以 https:// 开头"),
        ("robot", "https://evil.example/x", "不能向“evil.example”发送通知"),
        ("robot", "https://qyapi.weixin.qq.com:8443/x", "不能向“qyapi.weixin.qq.com:8443”发送通知"),
        ("robot", "https://qyapi.weixin.qq.com@evil.example/x", "不带用户名"),
        ("robot", "https://169.254.169.254/latest", "不能向"), ("robot", "https://[::1]/x", "不能向"), ("robot", "https://[/x", "格式不对"),
        ("robot", "https://qyapi.weixin.qq.com/x\r\nHost: y", "不允许的字符"), ("robot", "https://qyapi.weixin.qq.com/" + "x" * 500, "太长"),
    ],
)  # fmt: skip
def test_an_address_that_does_not_do_is_refused_with_the_reason(clerk: User, kind: str, address: str, why: str) -> None:
    with pytest.raises(ChannelUnfit, match=why):
        set_channel(clerk, kind=kind, address=address, digest_only=True, by=actor_of(clerk))
    assert not Channel.objects.exists()


def test_channels_of_others_do_not_exist(clerk: User) -> None:
    other = user("other", "town_party_admin", TOWN)
    channel = set_channel(clerk, kind="email", address="a@example.cn", digest_only=True, by=actor_of(clerk))
    with pytest.raises(NotVisible):
        set_channel(clerk, kind="email", address="b@example.cn", digest_only=True, by=actor_of(other))
    with pytest.raises(NotVisible):
        switch_off_channel(channel, by=actor_of(other))
    switch_off_channel(channel, by=actor_of(clerk))
    assert not Channel.objects.get().is_on


def test_the_system_may_tell(clerk: User) -> None:
    with acting(system_actor("提醒")):
        assert actions.announce("needs_submitted", regions=[VILLAGE]) == 1
