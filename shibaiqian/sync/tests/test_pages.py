"""Phones in the console: one's own, those that owe, and signing out from there; nobody touches another's."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from shibaiqian.access.models import Assignment, User
from shibaiqian.base import clock
from shibaiqian.console.todo import todos
from shibaiqian.sync.models import Device
from shibaiqian.sync.tests.factories import Phone, Village, a_log, account

pytestmark = pytest.mark.django_db


def console(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="shibaiqian.access.backends.LoginBackend")
    session, now = client.session, clock.wall_now().timestamp()
    session.update({"started_at": now, "touched_at": now, "epoch": user.session_epoch})
    session.save()
    return client


@pytest.fixture
def administrator() -> Client:
    user = account("", login="admin", role="sys_admin", name="系统管理员").user
    Assignment.objects.filter(user=user).update(region="", person=user.pk)
    return console(user)


def test_ones_own_phones_show_what_they_owe_and_what_came(phone: Phone, village: Village) -> None:
    phone.answers(a_log(village), {**a_log(village), "kind": "dance"}, owes=9)
    text = console(village.role.user).get(reverse("own_phones")).content.decode()
    assert "红米" in text and "7 条" in text and "工作日志" in text and "不认识" in text


def test_a_lost_phone_is_signed_out_from_the_console(phone: Phone, village: Village) -> None:
    here = console(village.role.user)
    said = {"device": str(Device.objects.get().pk)}
    assert here.post(reverse("end_phone"), said).url == reverse("own_phones")
    assert phone.get("me").status_code == 401
    assert "已经退出" in here.post(reverse("end_phone"), said, follow=True).content.decode()


def test_a_colleague_finds_no_phone_to_sign_out(phone: Phone, village: Village) -> None:
    other = account(village.code, login="clerk", role="village_admin", name="李会计").user
    here = console(other)
    assert here.post(reverse("end_phone"), {"device": str(Device.objects.get().pk)}).status_code == 404
    assert here.post(reverse("end_phone"), {"device": "x"}).status_code == 404
    assert here.get(reverse("phones")).status_code == 404
    assert "红米" not in here.get(reverse("own_phones")).content.decode()
    assert phone.get("me").status_code == 200


def test_administrators_see_which_phones_owe_since_when(phone: Phone, village: Village, administrator: Client, actor: Any) -> None:
    assert "所有手机上的记录都已收到" in administrator.get(reverse("phones")).content.decode()
    phone.answers(owes=9)
    text = administrator.get(reverse("phones")).content.decode()
    assert "wang" in text and "红米" in text
    manager = actor("sys_admin", person=User.objects.get(login="admin").pk)
    assert not [line for line in todos(manager) if line.url == reverse("phones")]
    Device.objects.update(owes_since=clock.wall_now() - dt.timedelta(days=8))
    assert [line.count for line in todos(manager) if line.url == reverse("phones")] == [1]
    administrator.post(reverse("end_phone"), {"device": str(Device.objects.get().pk)})
    assert phone.get("me").status_code == 401


def test_a_longer_list_of_phones_asks_no_more(village: Village, administrator: Client) -> None:
    asked = []
    for _ in range(3):
        Phone.of(village.role).answers(owes=3)
        with CaptureQueriesContext(connection) as queries:
            administrator.get(reverse("phones"))
        asked.append(len(queries))
    assert asked[0] == asked[2]
