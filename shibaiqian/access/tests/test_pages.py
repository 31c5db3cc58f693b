"""The pages of access behind the door, as browsers meet them."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from shibaiqian.access.models import Assignment, StandIn, User
from shibaiqian.access.tests.conftest import Browser, guess, sign_in
from shibaiqian.access.tests.factories import PASSWORD, give, user

pytestmark = pytest.mark.django_db
Opens = Callable[..., Browser]
COUNTY = "611021"


# Roles and stand-ins.


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


# The administrators' lists.


def test_an_account_is_opened_by_one_administrator_and_given_its_role_by_another(browser: Opens, system: User, security: User) -> None:
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


def test_a_login_in_use_is_said_at_its_field(browser: Opens, clerk: User, system: User) -> None:
    here = browser()
    sign_in(here, "sysadmin")
    answer = here.post(reverse("open_account"), {"login": "luonan", "name": "另一人", "password": PASSWORD})
    assert answer.status_code == 422
    assert "已被使用" in answer.content.decode()
    assert PASSWORD not in answer.content.decode()


def test_a_reset_lifts_the_lock(browser: Opens, clerk: User, system: User) -> None:
    guess(browser(), "luonan", 5)
    here = browser()
    sign_in(here, "sysadmin")
    form = here.post(reverse("change_account"), {"user": clerk.pk, "change": "reset"})
    assert "重置口令：李洛南（luonan）" in form.content.decode()
    here.post(reverse("change_account"), {"user": clerk.pk, "change": "reset", "sure": 1, "new": "a-new-and-long-one"})
    assert sign_in(browser(), "luonan", "a-new-and-long-one").status_code == 302


def test_the_list_pages_by_key_and_is_searched_without_a_trace_in_the_address(browser: Opens, system: User) -> None:
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


def test_each_administrator_does_only_the_own_work(browser: Opens, clerk: User, system: User, security: User) -> None:
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
    system: User,
    security: User,
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


# Language.


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
