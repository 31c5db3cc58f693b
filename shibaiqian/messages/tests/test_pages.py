"""The inbox and the ways out, as browsers meet them."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from shibaiqian.access.models import User
from shibaiqian.access.roles import Role
from shibaiqian.access.tests.conftest import Browser, sign_in
from shibaiqian.access.tests.factories import user
from shibaiqian.console.tests.factories import unit
from shibaiqian.messages.actions import tell
from shibaiqian.messages.models import Channel, Message
from shibaiqian.messages.rules import EVENTS, LEVEL
from shibaiqian.messages.tests.conftest import COUNTY, TOWN, VILLAGE, Opens
from shibaiqian.messages.tests.servers import MailServer

pytestmark = pytest.mark.django_db


def say(to: User, number: int, **more: Any) -> None:
    tell([to.pk], key=f"k{number}", text="%(place)s：%(count)s 件", url="/postings/", place="洛南县", count=number, **more)


@pytest.fixture
def here(browser: Opens, clerk: User) -> Browser:
    machine = browser()
    sign_in(machine, "luonan")
    return machine


def test_unread_messages_are_counted_in_the_head_of_every_page(here: Browser, clerk: User, django_assert_num_queries: Any) -> None:
    page = reverse("choose_role")
    assert "条未读" not in here.get(page).content.decode()
    with django_assert_num_queries(_cost(here, page)):
        here.get(page)
    say(clerk, 1)
    say(clerk, 2)
    cost = _cost(here, page)
    assert '<span class="badge">2<span class="sr"> 条未读' in here.get(page).content.decode()
    for n in range(3, 150):
        say(clerk, n)
    assert '<span class="badge">99+<' in here.get(page).content.decode()
    assert _cost(here, page) == cost


def _cost(here: Browser, page: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        here.get(page)
    return len(asked)


def test_a_message_is_opened_put_aside_and_leads_on(here: Browser, clerk: User) -> None:
    say(clerk, 7)
    assert "洛南县：7 件" in here.get(reverse("messages")).content.decode()
    message = Message.objects.get()
    assert here.post(reverse("open_message"), {"message": message.pk}).url == "/postings/"
    message.refresh_from_db()
    assert message.read_at is not None
    body = here.get(reverse("messages")).content.decode()
    assert "未读" not in body
    assert "全部标为已读" not in body


def test_a_message_is_put_aside_without_going_there(here: Browser, clerk: User) -> None:
    say(clerk, 7)
    assert here.post(reverse("open_message"), {"message": Message.objects.get().pk, "stay": 1}).url == reverse("messages")
    assert Message.objects.get().read_at is not None


def test_a_message_never_leads_to_another_site(here: Browser, clerk: User) -> None:
    say(clerk, 7)
    Message.objects.update(url="//evil.example/")
    assert here.post(reverse("open_message"), {"message": Message.objects.get().pk}).url == "/"


def test_messages_of_others_do_not_exist(here: Browser, clerk: User) -> None:
    say(user("other", "town_party_admin", TOWN), 9)
    assert "9 件" not in here.get(reverse("messages")).content.decode()
    for key in (Message.objects.get().pk, "nonsense", ""):
        assert here.post(reverse("open_message"), {"message": key}).status_code == 404
    here.post(reverse("read_all"))
    assert Message.objects.get().read_at is None


def test_the_inbox_pages_by_key_the_newest_first_at_one_price(here: Browser, clerk: User) -> None:
    say(clerk, 1)
    one = _cost(here, reverse("messages"))
    for n in range(2, 61):
        say(clerk, n)
    assert _cost(here, reverse("messages")) == one
    first = here.get(reverse("messages"))
    assert "洛南县：60 件" in first.content.decode()
    assert "洛南县：10 件" not in first.content.decode()
    rest = here.get(reverse("messages") + first.context["next_url"])
    assert "洛南县：10 件" in rest.content.decode()
    assert "洛南县：60 件" not in rest.content.decode()


def test_all_are_put_aside_at_once(here: Browser, clerk: User) -> None:
    for n in range(3):
        say(clerk, n)
    assert here.get(reverse("read_all")).status_code == 405
    assert here.post(reverse("read_all")).url == reverse("messages")
    assert not Message.objects.filter(read_at__isnull=True).exists()


def test_a_mailbox_is_set_tried_and_switched_off(here: Browser, clerk: User, mail: MailServer) -> None:
    assert here.post(reverse("channels"), {"kind": "email", "address": "li@luonan.example", "digest_only": "on"}).url == reverse("channels")
    body = here.get(reverse("channels")).content.decode()
    assert "l***@luonan.example" in body
    assert "li@luonan.example" not in body
    for _twice in range(2):
        assert here.post(reverse("change_channel"), {"kind": "email", "change": "test"}).status_code == 302
    assert list(ProcrastinateJob.objects.values_list("task_name", flat=True)) == ["messages.try_out"]
    here.post(reverse("change_channel"), {"kind": "email", "change": "off"})
    assert not Channel.objects.get().is_on


def test_a_refused_address_says_why_at_its_field(here: Browser) -> None:
    answer = here.post(reverse("channels"), {"kind": "robot", "address": "https://evil.example/x"})
    assert answer.status_code == 422
    assert "不能向“evil.example”发送通知" in answer.content.decode()


def test_what_is_not_set_up_is_not_offered(here: Browser, settings: Any) -> None:
    assert "管理员没有设置邮件服务器" in here.get(reverse("channels")).content.decode()
    assert here.post(reverse("channels"), {"kind": "email", "address": "a@example.cn"}).status_code == 404
    assert here.post(reverse("channels"), {"kind": "fax"}).status_code == 404
    assert here.post(reverse("change_channel"), {"kind": "email"}).status_code == 404


@pytest.mark.parametrize(("event", "role"), [(name, role) for name, kind in EVENTS.items() for role in kind.roles])
def test_who_is_told_may_open_what_it_leads_to(browser: Opens, event: str, role: Role) -> None:
    kind, machine = EVENTS[event], browser()
    scope = {"unit": unit().pk} if role.scope_kind == "unit" else {}
    region = {4: "6110", 6: COUNTY, 9: TOWN, 12: VILLAGE}[LEVEL.get(role, 4 if role.startswith("city") else 12)] if not scope else ""
    user("told", role, region, **scope)
    sign_in(machine, "told")
    assert machine.get(reverse(kind.elsewhere.get(role, kind.page)) + kind.query % {"days": 90}).status_code == 200


def test_messages_are_read_in_english_too(here: Browser, clerk: User) -> None:
    tell([clerk.pk], key="x", text=EVENTS["own_term_ends"].text, url="/", days=30)
    here.post(reverse("language"), {"language": "en"})
    body = here.get(reverse("messages")).content.decode()
    assert "Your posting ends within 30 days" in body
    assert "你的" not in body
