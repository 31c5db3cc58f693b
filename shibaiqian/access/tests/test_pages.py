"""The door and the pages of access, as browsers meet them."""

import datetime as dt
import statistics
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth import authenticate
from django.test import RequestFactory
from django.urls import reverse

from shibaiqian.access.models import Assignment, StandIn, User
from shibaiqian.access.tests.conftest import Browser
from shibaiqian.access.tests.factories import PASSWORD, give, user
from shibaiqian.audit.models import Event

pytestmark = pytest.mark.django_db
Opens = Callable[..., Browser]
COUNTY = "611021"
NOON = dt.datetime(2026, 3, 2, 12, 0, tzinfo=dt.UTC)


def sign_in(browser: Browser, login: str, password: str = PASSWORD, **more: str) -> Any:
    return browser.post(reverse("sign_in"), {"login": login, "password": password, **more})


def is_in(browser: Browser) -> bool:
    return browser.get(reverse("sessions")).status_code == 200


@pytest.fixture
def clerk() -> User:
    return user("luonan", "county_org_admin", COUNTY, name="李洛南", scope_name="洛南县")


@pytest.fixture
def system_administrator() -> User:
    return user("sysadmin", "sys_admin", name="系统员")


@pytest.fixture
def security_administrator() -> User:
    return user("secadmin", "sec_admin", name="安全员")


# --- Sign-in ---------------------------------------------------------------------------------------------------------


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
    assert event.details == {"address": "10.0.0.1", "known": False}


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


# --- Lock-out --------------------------------------------------------------------------------------------------------


def guess(browser: Browser, login: str, times: int) -> Any:
    return [sign_in(browser, login, f"wrong-{n}") for n in range(times)][-1]


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


# --- Sessions --------------------------------------------------------------------------------------------------------


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


def test_a_closed_account_is_out_at_once(browser: Opens, clerk: User, system_administrator: User) -> None:
    here, there = browser(), browser()
    sign_in(here, "luonan")
    sign_in(there, "sysadmin")
    there.post(reverse("change_account"), {"user": clerk.pk, "change": "close", "sure": 1, "reason": "调离"})
    assert not is_in(here)
    assert sign_in(here, "luonan").status_code == 422


# --- Passwords -------------------------------------------------------------------------------------------------------


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


# --- Roles and stand-ins ---------------------------------------------------------------------------------------------


def test_switching_the_role_changes_who_acts(browser: Opens, clerk: User) -> None:
    second = give(clerk, "town_party_admin", "611021100", scope_name="城关街道", valid_from=dt.date(2016, 2, 1))
    here = browser()
    sign_in(here, "luonan")
    assert "城关街道" in here.get(reverse("choose_role")).content.decode()

    here.post(reverse("switch_role"), {"hat": second.pk})

    body = here.get(reverse("choose_role")).content.decode()
    assert "镇办党委 李洛南" in body


def test_a_role_of_somebody_else_cannot_be_put_on(browser: Opens, clerk: User) -> None:
    other = give(user("other"), "city_org_admin", "6110")
    here = browser()
    sign_in(here, "luonan")
    assert here.post(reverse("switch_role"), {"hat": other.pk}).status_code == 404
    assert here.post(reverse("switch_role"), {"hat": "nonsense"}).status_code == 404


def test_a_role_is_lent_and_taken_back(browser: Opens, clerk: User) -> None:
    colleague = user("colleague", "town_party_admin", "611021100", name="王同事")
    here, there = browser(), browser()
    sign_in(here, "luonan")
    sign_in(there, "colleague")
    role = Assignment.objects.get(user=clerk)

    said = {"assignment": role.pk, "login": "colleague", "since": "2016-06-08", "until": "2016-06-30", "reason": "外出培训"}
    assert here.post(reverse("stand_ins"), said).status_code == 302
    assert "王同事" in here.get(reverse("stand_ins")).content.decode()
    assert "代 李洛南" in there.get(reverse("choose_role")).content.decode()
    there.post(reverse("switch_role"), {"hat": role.pk})
    assert "（代李洛南）" in there.get(reverse("choose_role")).content.decode()

    here.post(reverse("end_stand_in"), {"loan": StandIn.objects.get(user=colleague).pk})
    assert "（代李洛南）" not in there.get(reverse("choose_role")).content.decode()


def test_a_refused_loan_says_why_and_keeps_what_was_typed(browser: Opens, clerk: User) -> None:
    user("colleague", "town_party_admin", "611021100")
    here = browser()
    sign_in(here, "luonan")
    said = {
        "assignment": Assignment.objects.get(user=clerk).pk,
        "login": "colleague",
        "since": "2016-06-08",
        "until": "2017-06-08",
        "reason": "外出培训",
    }
    answer = here.post(reverse("stand_ins"), said)
    assert answer.status_code == 422
    assert "最长 90 天" in answer.content.decode()
    assert "外出培训" in answer.content.decode()
    unknown = here.post(reverse("stand_ins"), {**said, "login": "nobody"})
    assert "没有这个登录名" in unknown.content.decode()


def test_a_loan_of_strangers_does_not_exist(browser: Opens, clerk: User) -> None:
    lender = user("lender")
    loan = StandIn.objects.create(
        assignment=give(lender, "city_org_admin", "6110"),
        user=user("x"),
        valid_from=dt.date(2016, 6, 1),
        valid_to=dt.date(2016, 6, 30),
        reason="x",
    )
    here = browser()
    sign_in(here, "luonan")
    for key in (loan.pk, lender.pk, "nonsense", ""):
        assert here.post(reverse("end_stand_in"), {"loan": key}).status_code == 404
    loan.refresh_from_db()
    assert loan.ended_at is None


def test_who_has_no_role_is_told_whom_to_ask(browser: Opens) -> None:
    user("newcomer")
    here = browser()
    sign_in(here, "newcomer")
    assert here.get(reverse("sessions")).url == reverse("no_role")
    assert "请联系安全管理员授予角色" in here.get(reverse("no_role")).content.decode()
    assert browser().get(reverse("no_role")).url == reverse("sign_in")


# --- The administrators' lists ---------------------------------------------------------------------------------------


def test_an_account_is_opened_by_one_administrator_and_given_its_role_by_another(
    browser: Opens, system_administrator: User, security_administrator: User
) -> None:
    system, security = browser(), browser()
    sign_in(system, "sysadmin")
    sign_in(security, "secadmin")

    opened = system.post(reverse("open_account"), {"login": "danfeng", "name": "丹凤同志", "password": "clouds-over-danjiang"})
    assert opened.url == reverse("accounts")
    newcomer = User.objects.get(login="danfeng")
    assert not newcomer.assignments.exists()

    said = {"user": newcomer.pk, "sure": 1, "role": "county_org_admin", "region_code": "611022"}
    assert security.post(reverse("grant_role"), said).url == reverse("roles")
    here = browser()
    sign_in(here, "danfeng", "clouds-over-danjiang")
    assert "县区委组织部 丹凤同志" in here.get(reverse("sessions")).content.decode()

    role = newcomer.assignments.get()
    security.post(reverse("end_role"), {"assignment": role.pk, "sure": 1, "reason": "调离"})
    assert here.get(reverse("sessions")).url == reverse("no_role")


def test_a_login_in_use_is_said_at_its_field(browser: Opens, clerk: User, system_administrator: User) -> None:
    here = browser()
    sign_in(here, "sysadmin")
    answer = here.post(reverse("open_account"), {"login": "luonan", "name": "另一人", "password": PASSWORD})
    assert answer.status_code == 422
    assert "已被使用" in answer.content.decode()
    assert PASSWORD not in answer.content.decode()


def test_a_reset_lifts_the_lock(browser: Opens, clerk: User, system_administrator: User) -> None:
    guess(browser(), "luonan", 5)
    here = browser()
    sign_in(here, "sysadmin")
    form = here.post(reverse("change_account"), {"user": clerk.pk, "change": "reset"})
    assert "重置口令：李洛南（luonan）" in form.content.decode()
    here.post(reverse("change_account"), {"user": clerk.pk, "change": "reset", "sure": 1, "new": "a-new-and-long-one"})
    assert sign_in(browser(), "luonan", "a-new-and-long-one").status_code == 302


def test_the_list_pages_by_key_and_is_searched_without_a_trace_in_the_address(browser: Opens, system_administrator: User) -> None:
    for n in range(60):
        user(f"a{n:02d}", name=f"某{n:02d}")
    here = browser()
    sign_in(here, "sysadmin")
    first = here.get(reverse("accounts"))
    assert "<td>a49</td>" in first.content.decode()
    assert "<td>a50</td>" not in first.content.decode()
    rest = here.get(reverse("accounts") + first.context["next_url"])
    assert "<td>a50</td>" in rest.content.decode()
    found = here.post(reverse("accounts"), {"beginning": "某5"})
    assert found.status_code == 200
    assert "<td>a58</td>" in found.content.decode()
    assert "<td>a49</td>" not in found.content.decode()


ADMINISTRATION = ("accounts", "open_account", "change_account", "roles", "grant_role", "end_role")


@pytest.mark.parametrize("login", ["luonan", "auditadmin"])
def test_nobody_else_finds_the_administrators_pages(browser: Opens, clerk: User, login: str) -> None:
    user("auditadmin", "audit_admin")
    here = browser()
    sign_in(here, login)
    for name in ADMINISTRATION:
        for answer in (here.get(reverse(name)), here.post(reverse(name), {"user": clerk.pk, "change": "close", "sure": 1})):
            assert answer.status_code in (404, 405), name
            assert "luonan" not in answer.content.decode()


def test_each_administrator_does_only_the_own_work(
    browser: Opens, clerk: User, system_administrator: User, security_administrator: User
) -> None:
    system, security = browser(), browser()
    sign_in(system, "sysadmin")
    sign_in(security, "secadmin")
    assert [system.get(reverse(name)).status_code for name in ("accounts", "open_account", "roles")] == [200, 200, 404]
    assert [security.get(reverse(name)).status_code for name in ("accounts", "open_account", "roles")] == [200, 404, 200]
    assert "停用" in system.get(reverse("accounts")).content.decode()
    assert "停用" not in security.get(reverse("accounts")).content.decode()
    said = {"user": clerk.pk, "change": "close", "sure": 1, "reason": "x"}
    assert security.post(reverse("change_account"), said).status_code == 404
    assert system.post(reverse("grant_role"), {"user": clerk.pk}).status_code == 404


@pytest.mark.parametrize(
    ("login", "name"), [("sysadmin", "accounts"), ("secadmin", "roles"), ("luonan", "stand_ins"), ("luonan", "choose_role")]
)
def test_one_row_and_three_rows_cost_the_same(
    browser: Opens,
    clerk: User,
    system_administrator: User,
    security_administrator: User,
    login: str,
    name: str,
    django_assert_max_num_queries: Any,
) -> None:
    role = Assignment.objects.get(user=clerk)

    def another(n: int) -> None:
        other = user(f"z{n}", "village_admin", "611021100001")
        dates = {"valid_from": dt.date(2016, 6, 1), "valid_to": dt.date(2016, 6, 30), "reason": "x"}
        StandIn.objects.create(assignment=role, user=other, **dates)
        StandIn.objects.create(assignment=Assignment.objects.get(user=other), user=clerk, **dates)

    here = browser()
    sign_in(here, login)
    another(1)
    with django_assert_max_num_queries(15) as one:
        assert here.get(reverse(name)).status_code == 200
    another(2)
    another(3)
    with django_assert_max_num_queries(15) as three:
        assert here.get(reverse(name)).status_code == 200
    assert len(one) == len(three)


# --- Language --------------------------------------------------------------------------------------------------------


def test_the_language_is_kept_in_the_session_and_over_a_sign_out(browser: Opens, clerk: User) -> None:
    here = browser()
    assert here.get(reverse("sign_in"))["Content-Language"] == "zh-hans"
    assert here.post(reverse("language"), {"language": "en", "next": reverse("sign_in")}).url == reverse("sign_in")
    assert here.get(reverse("sign_in"))["Content-Language"] == "en"
    sign_in(here, "luonan")
    here.post(reverse("sign_out"))
    assert here.get(reverse("sign_in"))["Content-Language"] == "en"


def test_an_unknown_language_and_a_get_change_nothing(browser: Opens) -> None:
    here = browser()
    assert here.get(reverse("language")).status_code == 405
    assert here.post(reverse("language"), {"language": "xx", "next": "//evil.example"}).url == "/"
    assert here.get(reverse("sign_in"))["Content-Language"] == "zh-hans"


def test_no_page_is_kept_by_a_browser(browser: Opens, clerk: User) -> None:
    here = browser()
    assert here.get(reverse("sign_in"))["Cache-Control"] == "no-store"
    sign_in(here, "luonan")
    assert here.get(reverse("sessions"))["Cache-Control"] == "no-store"
