"""The door: signing in and out, locks, sessions and passwords, as browsers meet them."""

import datetime as dt
import statistics
import time
from collections.abc import Callable
from urllib.parse import quote

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth import authenticate
from django.test import RequestFactory
from django.urls import reverse

from shibaiqian.access.models import User
from shibaiqian.access.tests.conftest import Browser, guess, is_in, sign_in
from shibaiqian.access.tests.factories import PASSWORD, user
from shibaiqian.audit.models import Event

pytestmark = pytest.mark.django_db
Opens = Callable[..., Browser]
COUNTY = "611021"
NOON = dt.datetime(2026, 3, 2, 12, 0, tzinfo=dt.UTC)


# Sign-in.


def test_sign_in_leads_on_and_is_recorded(browser: Opens, clerk: User) -> None:
    here = browser()
    assert not is_in(here)
    assert here.get(reverse("sessions")).url == f"{reverse('sign_in')}?next={quote(reverse('sessions'), safe='')}"

    answer = sign_in(here, "luonan", next=reverse("sessions"))

    assert answer.url == reverse("sessions")
    assert is_in(here)
    event = Event.objects.get()
    assert (event.action, event.outcome, event.user_name, event.details["address"]) == ("access.sign_in", "done", "李洛南", "10.0.0.1")


def test_the_session_has_a_new_key_after_sign_in(browser: Opens, clerk: User) -> None:
    here = browser()
    here.post(reverse("language"), {"language": "en"})
    before = here.cookies[settings.SESSION_COOKIE_NAME].value
    sign_in(here, "luonan")
    assert here.cookies[settings.SESSION_COOKIE_NAME].value != before
    assert here.session["language"] == "en"


@pytest.mark.parametrize("login", ["luonan", "nobody", "closed"])
def test_every_failure_reads_the_same(browser: Opens, clerk: User, login: str) -> None:
    User.objects.filter(pk=user("closed").pk).update(is_active=False)
    password = PASSWORD if login == "closed" else "wrong"
    answer = sign_in(browser(), login, password)

    assert answer.status_code == 422
    body = answer.content.decode()
    assert "登录名或口令不正确" in body
    assert f'value="{login}"' in body
    assert password not in body
    assert Event.objects.get().outcome == "refused"


def test_a_password_typed_as_login_stands_in_no_event(browser: Opens) -> None:
    sign_in(browser(), "my-secret-2026", "x")
    event = Event.objects.get()
    assert "my-secret-2026" not in event.canonical
    assert event.details == {"address": "10.0.0.1", "known": False, "step": "password"}


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "http:///evil.example", "evil"]
)
def test_another_host_is_not_led_on_to(browser: Opens, clerk: User, elsewhere: str) -> None:
    assert sign_in(browser(), "luonan", next=elsewhere).url == "/"


@pytest.mark.parametrize("login", ["a\0b", "x" * 300, ""])
def test_nonsense_for_a_login_is_answered_politely(browser: Opens, login: str) -> None:
    assert sign_in(browser(), login).status_code == 422


def test_the_form_is_refused_without_its_token(clerk: User) -> None:
    strict = Browser(enforce_csrf_checks=True)
    assert sign_in(strict, "luonan").status_code == 403


def test_sign_out_ends_the_session_and_is_recorded(browser: Opens, clerk: User) -> None:
    here = browser()
    sign_in(here, "luonan")
    assert here.get(reverse("sign_out")).status_code == 405
    assert here.post(reverse("sign_out")).url == reverse("sign_in")
    assert not is_in(here)
    assert [e.action for e in Event.objects.order_by("id")] == ["access.sign_in", "access.sign_out"]


# Lock-out.


def test_five_wrong_guesses_lock_this_user_at_this_address_only(browser: Opens, clerk: User) -> None:
    user("colleague", "county_org_admin", COUNTY)
    with time_machine.travel(NOON, tick=False) as at:
        assert guess(browser(), "luonan", 4).status_code == 422
        locked = guess(browser(), "luonan", 1)
        assert locked.status_code == 429
        assert "已锁定到 20:15" in locked.content.decode()
        assert locked["Retry-After"] == "900"

        assert sign_in(browser(), "luonan").status_code == 429  # the right password, too
        assert sign_in(browser(), "colleague").status_code == 302
        assert sign_in(browser("10.9.9.9"), "luonan").status_code == 302

        at.move_to(NOON + dt.timedelta(minutes=14))
        assert sign_in(browser(), "luonan").status_code == 429  # and trying did not draw it out:
        at.move_to(NOON + dt.timedelta(minutes=15, seconds=1))
        assert sign_in(browser(), "luonan").status_code == 302


def test_a_lock_out_is_recorded_once(browser: Opens, clerk: User) -> None:
    guess(browser(), "luonan", 8)
    said = [(e.action, e.subject_id) for e in Event.objects.order_by("id")]
    assert said == [("access.sign_in", str(clerk.pk))] * 5 + [("access.lock_out", str(clerk.pk))]


def test_an_unknown_login_is_locked_like_a_known_one(browser: Opens) -> None:
    assert guess(browser(), "nobody", 5).status_code == 429


def test_forty_colleagues_behind_one_address_still_come_in(browser: Opens, clerk: User) -> None:
    for n in range(12):
        user(f"c{n}")
    guess(browser(), "luonan", 30)
    guess(browser(), "c0", 5)
    assert all(sign_in(browser(), f"c{n}").status_code == 302 for n in range(1, 12))


def test_a_success_forgets_the_failures(browser: Opens, clerk: User) -> None:
    guess(browser(), "luonan", 4)
    sign_in(browser(), "luonan")
    assert guess(browser(), "luonan", 4).status_code == 422


def test_an_unknown_login_takes_as_long_as_a_known_one(argon2: None, clerk: User, rf: RequestFactory) -> None:
    closed = user("closed")
    User.objects.filter(pk=closed.pk).update(is_active=False)

    def took(login: str, address: str) -> float:
        begun = time.process_time()  # work, not waiting: the machine has others to serve
        request = rf.post("/signin/", REMOTE_ADDR=address)
        assert authenticate(request, login=login, password="wrong-password") is None
        return time.process_time() - begun

    typical = {login: statistics.median(took(login, f"10.0.{n}.1") for n in range(5)) for login in ("luonan", "nobody", "closed")}
    assert max(typical.values()) < 2 * min(typical.values()), typical


# Sessions.


def test_a_session_ends_after_thirty_idle_minutes(browser: Opens, clerk: User) -> None:
    here = browser()
    with time_machine.travel(NOON, tick=False) as at:
        sign_in(here, "luonan")
        at.move_to(NOON + dt.timedelta(minutes=29))
        assert is_in(here)
        at.move_to(NOON + dt.timedelta(minutes=58))
        assert is_in(here)
        at.move_to(NOON + dt.timedelta(minutes=89))
        assert not is_in(here)


def test_a_session_ends_after_twelve_hours_of_work(browser: Opens, clerk: User) -> None:
    here = browser()
    with time_machine.travel(NOON, tick=False) as at:
        sign_in(here, "luonan")
        for quarter in range(1, 12 * 4 + 1):
            at.move_to(NOON + dt.timedelta(minutes=15 * quarter))
            assert is_in(here), quarter
        at.shift(dt.timedelta(minutes=1))
        assert not is_in(here)


def test_ending_all_sessions_ends_another_browser_at_once(browser: Opens, clerk: User) -> None:
    here, phone = browser(), browser("10.7.7.7")
    sign_in(here, "luonan")
    sign_in(phone, "luonan")
    assert is_in(phone)

    here.post(reverse("sessions"))

    assert not is_in(phone)
    assert is_in(here)


def test_a_closed_account_is_out_at_once(browser: Opens, clerk: User, system: User) -> None:
    here, there = browser(), browser()
    sign_in(here, "luonan")
    sign_in(there, "sysadmin")
    there.post(reverse("change_account"), {"user": clerk.pk, "change": "close", "sure": 1, "reason": "调离"})
    assert not is_in(here)
    assert sign_in(here, "luonan").status_code == 422


# Passwords.


def test_the_first_password_must_be_changed_before_anything_else(browser: Opens, clerk: User) -> None:
    User.objects.filter(pk=clerk.pk).update(must_change_password=True)
    here, phone = browser(), browser("10.7.7.7")
    sign_in(here, "luonan")
    sign_in(phone, "luonan")
    assert here.get(reverse("sessions")).url == reverse("change_password")
    assert "这是初始口令" in here.get(reverse("change_password")).content.decode()

    new = "a-new-and-long-one"
    answer = here.post(reverse("change_password"), {"old": PASSWORD, "new": new, "again": new})

    assert answer.status_code == 302
    assert is_in(here)
    assert phone.get(reverse("sessions")).url.startswith(reverse("sign_in"))
    assert sign_in(browser(), "luonan", new).status_code == 302
    assert not Event.objects.filter(canonical__contains=new).exists()
    assert not Event.objects.filter(canonical__contains=PASSWORD).exists()


@pytest.mark.parametrize(
    ("old", "new", "again", "why"),
    [
        ("wrong", "a-new-and-long-one", "a-new-and-long-one", "当前口令不正确"),
        (PASSWORD, "short", "short", "口令太短，至少 10 个字符"),
        (PASSWORD, "password123", "password123", "口令太常见"),
        (PASSWORD, "luonan-luonan-9", "luonan-luonan-9", "不能包含登录名"),
        (PASSWORD, PASSWORD, PASSWORD, "与当前口令相同"),
        (PASSWORD, "a-new-and-long-one", "another-long-one", "不一致"),
    ],
)
def test_a_poor_password_is_refused_with_the_reason(browser: Opens, clerk: User, old: str, new: str, again: str, why: str) -> None:
    here = browser()
    sign_in(here, "luonan")
    answer = here.post(reverse("change_password"), {"old": old, "new": new, "again": again})
    assert answer.status_code == 422
    assert why in answer.content.decode()
    assert not any(text in answer.content.decode() for text in (f'value="{new}"', f'value="{old}"'))
    clerk.refresh_from_db()
    assert clerk.check_password(PASSWORD)
