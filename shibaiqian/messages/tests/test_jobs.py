"""What leaves the product: by real servers on this machine, at the right hours, once, and again when it failed."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.conf import settings as product
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.jobs import Job

from shibaiqian.access.models import Assignment, StandIn, User
from shibaiqian.access.tests.factories import actor_of, user
from shibaiqian.base import clock
from shibaiqian.messages import jobs, robots, rules
from shibaiqian.messages.actions import mark_all_read, set_channel, tell
from shibaiqian.messages.letters import LetterDelayed
from shibaiqian.messages.models import Channel, Delivery, Message
from shibaiqian.messages.robots import RobotDeclined, RobotRefused, RobotSilent, post_text
from shibaiqian.messages.tests.servers import MailServer, RobotServer, free_port

pytestmark = pytest.mark.django_db
MONDAY = dt.datetime(2026, 3, 2, 10, 0, tzinfo=clock.SHANGHAI)


@pytest.fixture(autouse=True)
def wall() -> Iterator[Any]:
    with time_machine.travel(MONDAY, tick=False) as at:
        yield at


def say(to: User, key: str = "x", *, emergency: bool = False, **said: Any) -> None:
    tell([to.pk], key=key, text="%(place)s：有 %(count)s 件事。", url="/", emergency=emergency, **{"place": "洛南县", "count": 2, **said})


def queued() -> list[tuple[str, dict[str, Any]]]:
    return [(job.task_name, job.args) for job in ProcrastinateJob.objects.order_by("id")]


def work() -> int:
    """The five minutes' look, and what it queued is done by a worker; how many messages left."""
    ProcrastinateJob.objects.all()._raw_delete("default")
    jobs.leave()
    return sum(jobs.send(**args) for name, args in queued() if name == "messages.send")


# By mail.


def test_a_letter_says_what_waits_and_where_and_leaves_once(clerk: User, by_mail: Channel, mail: MailServer, settings: Any) -> None:
    settings.CSRF_TRUSTED_ORIGINS = ["https://sbq.example.gov.cn"]
    say(clerk)
    assert work() == 1
    ((to, letter),) = mail.letters
    assert to == ["li@luonan.example"]
    assert letter["From"] == "notice@shangluo.example"
    assert letter["Subject"].strip() == f"【{product.BRAND}】有 1 件事等待处理"
    assert letter.get_content().splitlines() == ["1. 洛南县：有 2 件事。", "请登录平台办理：https://sbq.example.gov.cn/messages/"]
    assert work() == 0
    assert len(mail.letters) == 1


def test_what_was_read_meanwhile_does_not_leave(clerk: User, by_mail: Channel, mail: MailServer) -> None:
    say(clerk)
    jobs.leave()
    mark_all_read(clerk, by=actor_of(clerk))
    assert jobs.send(channel=str(by_mail.pk)) == 0
    assert mail.letters == []


def test_nothing_leaves_at_night_but_emergencies(clerk: User, by_mail: Channel, mail: MailServer, wall: Any) -> None:
    wall.move_to(MONDAY.replace(hour=22))
    say(clerk, "ordinary")
    assert work() == 0
    assert jobs.send(channel=str(by_mail.pk)) == 0  # a job that was late
    say(clerk, "urgent", emergency=True, place="丹凤县")
    assert work() == 1
    assert "丹凤县" in mail.letters[0][1].get_content()
    assert "洛南县" not in mail.letters[0][1].get_content()
    wall.move_to(MONDAY + dt.timedelta(days=5))  # Saturday
    assert work() == 0
    wall.move_to(MONDAY + dt.timedelta(days=7))
    assert work() == 1
    assert len(mail.letters) == 2


def test_a_digest_leaves_once_a_day_at_half_past_eight(clerk: User, by_mail: Channel, mail: MailServer, wall: Any) -> None:
    set_channel(clerk, kind="email", digest_only=True, by=actor_of(clerk))
    wall.move_to(MONDAY.replace(hour=8, minute=25))
    for n in range(25):
        say(clerk, f"k{n}")
    assert work() == 0
    wall.move_to(MONDAY.replace(hour=8, minute=30))
    assert work() == 25
    ((_, letter),) = mail.letters
    assert "有 25 件事等待处理" in letter["Subject"]
    assert "20. " in letter.get_content()
    assert "21. " not in letter.get_content()
    assert "另有 5 条。" in letter.get_content()
    wall.move_to(MONDAY.replace(hour=9))
    say(clerk, "later")
    assert work() == 0
    wall.move_to(MONDAY.replace(hour=8, minute=30) + dt.timedelta(days=1))
    assert work() == 1


def test_a_channel_that_is_off_and_a_closed_account_get_nothing(clerk: User, by_mail: Channel, mail: MailServer) -> None:
    say(clerk)
    Channel.objects.update(is_on=False)
    assert work() == 0
    Channel.objects.update(is_on=True)
    User.objects.filter(pk=clerk.pk).update(is_active=False)
    assert work() == 0


def test_a_server_that_is_away_is_tried_again_later_and_later(clerk: User, by_mail: Channel, mail: MailServer, settings: Any) -> None:
    say(clerk)
    settings.SMTP = {"host": "127.0.0.1", "port": free_port()}
    with pytest.raises(LetterDelayed) as failed:
        work()
    waits = []
    for attempts in range(rules.ATTEMPTS):
        job = Job(id=1, queue="messages", lock=None, queueing_lock=None, task_name="messages.send", attempts=attempts)
        decision = jobs.Later().get_retry_decision(exception=failed.value, job=job)
        waits.append(round((decision.retry_at - dt.datetime.now(tz=dt.UTC)).total_seconds()) if decision else None)
    assert waits == [60, 120, 240, 480, 960, 1920, 3600, None]
    assert jobs.Later().get_retry_decision(exception=KeyError("x"), job=job) is None
    settings.SMTP = {"host": "127.0.0.1", "port": mail.port}
    assert work() == 1


def test_a_mailbox_that_asks_for_patience_gets_it_and_one_that_declines_is_switched_off(
    clerk: User, by_mail: Channel, mail: MailServer
) -> None:
    say(clerk)
    mail.answers = [b"450 later"]
    with pytest.raises(LetterDelayed):
        work()
    assert Channel.objects.get().is_on
    mail.answers = [b"550 no such mailbox"]
    assert work() == 0
    assert not Channel.objects.get().is_on
    assert "对方不接受这个地址" in Message.objects.get(key="channel_refused:email").words
    assert not Delivery.objects.exists()


def test_without_a_mail_server_nothing_is_sent_or_lost(clerk: User, by_mail: Channel, settings: Any) -> None:
    say(clerk)
    settings.SMTP = {}
    assert work() == 0
    assert not Delivery.objects.exists()


def test_one_letter_of_a_channel_waits_at_a_time(clerk: User, by_mail: Channel) -> None:
    say(clerk)
    assert [jobs.leave(), jobs.leave()] == [1, 0]
    say(clerk, "urgent", emergency=True)
    assert jobs.leave() == 1  # and an emergency does not wait behind it
    assert {args["urgent"] for name, args in queued() if name == "messages.send"} == {False, True}


# By a group's robot.


def test_a_robot_says_the_text_in_its_group(clerk: User, by_robot: Channel, robot: RobotServer) -> None:
    say(clerk)
    assert work() == 1
    ((path, said),) = robot.said
    assert path == "/cgi-bin/webhook/send?key=abc"
    assert said["msgtype"] == "text"
    assert said["text"]["content"].endswith("有 1 件事等待处理\n1. 洛南县：有 2 件事。\n请登录平台办理。")
    assert work() == 0


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ((302, {"Location": "https://127.0.0.1/secret"}, b""), RobotDeclined),
        ((404, {}, b""), RobotDeclined),
        ((200, {}, b'{"errcode":93000,"errmsg":"invalid webhook url"}'), RobotDeclined),
        ((200, {}, b"<html>captive portal</html>"), RobotDeclined),
        ((200, {}, b"[]"), RobotDeclined),
        ((200, {}, b'{"errcode":45009}'), RobotSilent),
        ((503, {}, b""), RobotSilent),
        ((429, {}, b""), RobotSilent),
    ],
)
def test_only_a_robot_that_says_so_has_taken_it(robot: RobotServer, answer: Any, outcome: type[Exception]) -> None:
    robot.answers = [answer]
    with pytest.raises(outcome):
        post_text(f"https://{robot.host}/x", "测试")
    assert len(robot.said) == 1  # a redirect is not followed


def test_a_declined_robot_is_switched_off_and_its_owner_told(clerk: User, by_robot: Channel, robot: RobotServer) -> None:
    say(clerk)
    robot.answers = [(200, {}, b'{"errcode":93000}')]
    assert work() == 0
    assert not Channel.objects.get().is_on
    assert Message.objects.filter(key="channel_refused:robot").exists()


def test_the_server_does_not_call_what_only_it_can_reach(robot: RobotServer, settings: Any) -> None:
    """A host of the list that suddenly means an inner address: the list for robots alone does not open the office's network."""
    settings.ROBOT_HOSTS, settings.ROBOT_INNER_HOSTS = frozenset({robot.host}), frozenset()
    with pytest.raises(RobotRefused, match="指向内部网络的地址"):
        post_text(f"https://{robot.host}/x", "测试")
    assert robot.said == []


@pytest.mark.parametrize(
    "inner",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "198.18.0.1",
        "::1",
        "fd00::1",
        "fe80::1%eth0",
        "::ffff:10.0.0.1",
        "224.0.0.1",
    ],
)
def test_one_inner_address_among_several_is_enough_to_refuse(settings: Any, monkeypatch: pytest.MonkeyPatch, inner: str) -> None:
    settings.ROBOT_HOSTS = frozenset({"robot.example"})
    monkeypatch.setattr(robots.socket, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", (ip, 443)) for ip in ("8.8.8.8", inner)])
    with pytest.raises(RobotRefused, match="内部网络"):
        post_text("https://robot.example/x", "测试")


def test_a_certificate_of_somebody_else_is_not_trusted(robot: RobotServer, settings: Any) -> None:
    settings.ROBOT_CA = ""
    with pytest.raises(RobotSilent, match="SSLCertVerificationError"):
        post_text(f"https://{robot.host}/x", "测试")
    assert robot.said == []


def test_a_host_struck_from_the_list_is_not_called_any_more(clerk: User, by_robot: Channel, robot: RobotServer, settings: Any) -> None:
    say(clerk)
    settings.ROBOT_INNER_HOSTS = frozenset()
    assert work() == 0
    assert robot.said == []


# Beside.


def test_a_test_letter_leaves_at_any_hour(clerk: User, by_mail: Channel, mail: MailServer, wall: Any) -> None:
    wall.move_to(MONDAY.replace(hour=23))
    assert jobs.try_out(channel=str(by_mail.pk))
    assert "测试通知" in mail.letters[0][1]["Subject"]


def test_who_stands_in_is_told_when_it_begins(clerk: User) -> None:
    colleague = user("colleague")
    role = Assignment.objects.get(user=clerk)
    loan = StandIn.objects.create(
        assignment=role, user=colleague, valid_from=dt.date(2016, 6, 9), valid_to=dt.date(2016, 6, 30), reason="x"
    )
    jobs.leave()
    assert not Message.objects.exists()
    StandIn.objects.filter(pk=loan.pk).update(valid_from=dt.date(2016, 6, 8))
    jobs.leave()
    assert Message.objects.get().words == "有同事委托你代理：县区委组织部 洛南县，到 2016-06-30 为止。请用“切换身份”办理。"
    Message.objects.update(read_at=clock.wall_now())
    jobs.leave()
    assert Message.objects.count() == 1
