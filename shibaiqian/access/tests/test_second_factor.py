"""The second factor, as browsers meet it: set up, asked for, used once, lost, reset; and guessed at."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pyotp
import pytest
import time_machine
from django.conf import settings as product
from django.urls import reverse

from shibaiqian.access import second_factor
from shibaiqian.access.command import NotVisible
from shibaiqian.access.models import SecondFactor, User
from shibaiqian.access.own_case import OwnCase
from shibaiqian.access.second_factor import CodeWrong, FactorInThatState, secret_of, spend, uri_of
from shibaiqian.access.tests.conftest import Browser, is_in, sign_in
from shibaiqian.access.tests.factories import actor_of, user
from shibaiqian.audit.models import Event

pytestmark = pytest.mark.django_db
Opens = Callable[..., Browser]
NOON = dt.datetime(2026, 3, 2, 12, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def required(settings: Any) -> None:
    settings.SECOND_FACTOR = "required"


@pytest.fixture(autouse=True)
def noon() -> Iterator[Any]:
    with time_machine.travel(NOON, tick=False) as at:
        yield at


def code_of(person: User, *, ahead: int = 0) -> str:
    """What the phone shows, so many steps of 30 seconds from now."""
    totp = pyotp.TOTP(secret_of(SecondFactor.objects.get(user=person)))
    return totp.generate_otp(int(dt.datetime.now(tz=dt.UTC).timestamp()) // 30 + ahead)


def enrolled(person: User) -> tuple[str, ...]:
    """With a factor that was set up a while ago; its recovery codes."""
    by = actor_of(person)
    second_factor.start_second_factor(person, by=by)
    codes = second_factor.confirm_second_factor(person, code=code_of(person, ahead=-1), by=by)
    assert isinstance(codes, tuple)
    return codes


def type_code(browser: Browser, code: str) -> Any:
    return browser.post(reverse("second_step"), {"code": code})


def step(browser: Browser, name: str, code: str = "") -> Any:
    return browser.post(reverse("second_factor"), {"step": name, "code": code})


# Setting it up.


def test_who_has_none_is_led_to_set_one_up_before_anything_else(browser: Opens, clerk: User, noon: Any) -> None:
    here = browser()
    assert sign_in(here, "luonan").url == "/"
    assert here.get(reverse("sessions")).url == reverse("second_factor")
    assert "请先设置，再使用其他功能" in here.get(reverse("second_factor")).content.decode()
    assert here.post(reverse("switch_role"), {"hat": "x"}).url == reverse("second_factor")

    assert step(here, "start").url == reverse("second_factor")
    shown = here.get(reverse("second_factor")).content.decode()
    assert 'src="data:image/svg+xml;charset=utf-8,' in shown
    secret = secret_of(SecondFactor.objects.get(user=clerk))
    assert " ".join(secret[n : n + 4] for n in range(0, 32, 4)) in shown
    assert not is_in(here)  # started is not set up

    answer = step(here, "confirm", code_of(clerk))
    assert answer.status_code == 200
    assert len(answer.context["codes"]) == 10
    assert is_in(here)
    assert not any(code in here.get(reverse("second_factor")).content.decode() for code in answer.context["codes"])


def test_the_picture_says_the_secret_and_may_be_shown(browser: Opens, clerk: User) -> None:
    factor = second_factor.start_second_factor(clerk, by=actor_of(clerk))
    said = urlsplit(uri_of(factor, clerk))
    assert (said.scheme, said.netloc, unquote(said.path)) == ("otpauth", "totp", "/十百千:luonan")
    assert parse_qs(said.query)["secret"] == [secret_of(factor)]
    assert "data:" in product.CONTENT_SECURITY_POLICY["DIRECTIVES"]["img-src"]


def test_a_wrong_code_sets_nothing_up(browser: Opens, clerk: User) -> None:
    here = browser()
    sign_in(here, "luonan")
    step(here, "start")
    answer = step(here, "confirm", "000000")
    assert answer.status_code == 422
    assert "动态口令不正确。请核对手机时间" in answer.content.decode()
    assert not second_factor.is_asked_of(clerk)
    assert sign_in(browser(), "luonan").url == "/"


def test_secret_and_codes_stand_nowhere_in_the_clear(browser: Opens, clerk: User) -> None:
    codes = enrolled(clerk)
    factor = SecondFactor.objects.get(user=clerk)
    secret = secret_of(factor)
    assert secret.encode() not in bytes(factor.secret_sealed)
    kept = "".join(e.canonical for e in Event.objects.all()) + str(factor.recovery_digests)
    assert not any(text in kept for text in (secret, *codes, *(c.replace("-", "") for c in codes)))
    with pytest.raises(FactorInThatState, match="已经启用"):
        second_factor.confirm_second_factor(clerk, code=code_of(clerk), by=actor_of(clerk))
    with pytest.raises(FactorInThatState, match="已经启用"):
        second_factor.start_second_factor(clerk, by=actor_of(clerk))


def test_the_factor_of_somebody_else_is_not_touched(clerk: User, colleague: User) -> None:
    enrolled(clerk)
    theirs = actor_of(colleague)
    for act in (
        lambda: second_factor.start_second_factor(clerk, by=theirs),
        lambda: second_factor.confirm_second_factor(clerk, code="1", by=theirs),
        lambda: second_factor.renew_recovery_codes(clerk, code="1", by=theirs),
        lambda: second_factor.drop_second_factor(clerk, code="1", by=theirs),
    ):
        with pytest.raises(NotVisible):
            act()


# Asked at sign-in.


def test_the_password_alone_signs_nobody_in(browser: Opens, clerk: User) -> None:
    enrolled(clerk)
    here = browser()
    assert sign_in(here, "luonan", next=reverse("sessions")).url == reverse("second_step")
    assert not is_in(here)
    assert "_auth_user_id" not in here.session
    assert type_code(here, code_of(clerk)).url == reverse("sessions")
    assert is_in(here)
    event = Event.objects.filter(action="access.sign_in").latest("id")
    assert (event.outcome, event.details["second_factor"]) == ("done", "code")


def test_without_the_password_there_is_no_second_step(browser: Opens, clerk: User) -> None:
    enrolled(clerk)
    here = browser()
    assert here.get(reverse("second_step")).url == reverse("sign_in")
    assert type_code(here, code_of(clerk)).url == reverse("sign_in")
    assert not is_in(here)


def test_the_second_step_waits_five_minutes(browser: Opens, clerk: User, noon: Any) -> None:
    enrolled(clerk)
    here = browser()
    sign_in(here, "luonan")
    noon.shift(dt.timedelta(minutes=5, seconds=1))
    assert type_code(here, code_of(clerk)).url == reverse("sign_in")
    assert not is_in(here)


def test_a_password_reset_meanwhile_ends_the_half_sign_in(browser: Opens, clerk: User, system: User) -> None:
    enrolled(clerk)
    here = browser()
    sign_in(here, "luonan")
    User.objects.filter(pk=clerk.pk).update(session_epoch=7)
    assert type_code(here, code_of(clerk)).url == reverse("sign_in")


def test_a_code_works_once_and_one_step_early_or_late(browser: Opens, clerk: User, noon: Any) -> None:
    enrolled(clerk)
    noon.shift(dt.timedelta(minutes=10))
    assert [spend(clerk, code_of(clerk, ahead=n)) for n in (-2, 2)] == [None, None]
    early, now, late = (code_of(clerk, ahead=n) for n in (-1, 0, 1))
    assert spend(clerk, f"{early[:3]} {early[3:]}") == "code"
    assert spend(clerk, early) is None
    assert spend(clerk, now) == "code"
    assert spend(clerk, late) == "code"
    assert [spend(clerk, code) for code in (early, now, late)] == [None, None, None]


def test_each_recovery_code_opens_once_and_is_told(browser: Opens, clerk: User) -> None:
    codes = enrolled(clerk)
    here = browser()
    sign_in(here, "luonan")
    answer = type_code(here, codes[0].upper())
    assert answer.url == "/"
    assert "还剩 9 个" in here.get(reverse("sessions")).content.decode()
    there = browser()
    sign_in(there, "luonan")
    assert type_code(there, codes[0]).status_code == 422
    assert type_code(there, codes[1]).url == "/"


# Guessing.


def test_wrong_codes_lock_like_wrong_passwords_and_only_here(browser: Opens, clerk: User, noon: Any) -> None:
    enrolled(clerk)
    here = browser()
    sign_in(here, "luonan")
    assert [type_code(here, "000000").status_code for _ in range(4)] == [422] * 4
    locked = type_code(here, "000000")
    assert (locked.status_code, locked["Retry-After"]) == (429, "900")
    assert type_code(here, code_of(clerk)).status_code == 429  # the right code, too
    assert sign_in(browser(), "luonan").status_code == 429  # and the password
    assert Event.objects.filter(action="access.lock_out").count() == 1

    elsewhere = browser("10.9.9.9")
    sign_in(elsewhere, "luonan")
    assert type_code(elsewhere, code_of(clerk)).url == "/"
    noon.shift(dt.timedelta(minutes=15, seconds=1))
    sign_in(here, "luonan")
    assert type_code(here, code_of(clerk)).url == "/"


def test_the_right_password_in_between_does_not_forget_wrong_codes(browser: Opens, clerk: User) -> None:
    enrolled(clerk)
    here = browser()
    answers = []
    for _ in range(3):
        sign_in(here, "luonan")
        answers += [type_code(here, "000000").status_code for _ in range(2)]
    assert answers == [422, 422, 422, 422, 429, 429]


def test_forty_colleagues_behind_one_address_still_come_in(browser: Opens, clerk: User) -> None:
    enrolled(clerk)
    colleagues = [user(f"c{n}", "town_party_admin", "611021100") for n in range(40)]
    for person in colleagues[:3]:
        enrolled(person)
    here = browser()
    sign_in(here, "luonan")
    for _ in range(8):
        type_code(here, "000000")
    for person in colleagues:
        there = browser()
        answer = sign_in(there, person.login)
        if person in colleagues[:3]:
            answer = type_code(there, code_of(person))
        assert answer.url == "/", person.login


def test_a_stolen_session_gets_no_free_guesses(browser: Opens, clerk: User) -> None:
    enrolled(clerk)
    here = browser()
    sign_in(here, "luonan")
    type_code(here, code_of(clerk))
    assert [step(here, "drop", "000000").status_code for _ in range(4)] == [422] * 4
    assert step(here, "drop", "000000").status_code == 429
    assert step(here, "drop", code_of(clerk, ahead=1)).status_code == 429
    assert second_factor.is_asked_of(clerk)


# A new phone, and a lost one.


def test_recovery_codes_are_renewed_with_a_code_and_the_old_ones_end(browser: Opens, clerk: User) -> None:
    old = enrolled(clerk)
    here = browser()
    sign_in(here, "luonan")
    type_code(here, code_of(clerk))
    shown = step(here, "renew", code_of(clerk, ahead=1))
    assert len(set(shown.context["codes"]) - set(old)) == 10
    assert spend(clerk, old[5]) is None
    assert spend(clerk, shown.context["codes"][5]) == "recovery"
    with pytest.raises(CodeWrong):
        second_factor.renew_recovery_codes(clerk, code=old[5], by=actor_of(clerk))


def test_for_a_new_phone_the_old_one_is_taken_away_and_others_are_signed_out(browser: Opens, clerk: User) -> None:
    codes = enrolled(clerk)
    here, phone = browser(), browser("10.7.7.7")
    for machine, code in ((here, code_of(clerk)), (phone, codes[0])):
        sign_in(machine, "luonan")
        type_code(machine, code)
    assert step(here, "drop", codes[1]).url == reverse("second_factor")
    assert phone.get(reverse("sessions")).url.startswith(reverse("sign_in"))
    assert here.get(reverse("sessions")).url == reverse("second_factor")  # and has to set up another one
    assert bytes(SecondFactor.objects.get(user=clerk).secret_sealed) == b""
    step(here, "start")
    assert step(here, "confirm", code_of(clerk)).status_code == 200
    assert is_in(here)


def test_the_system_administrator_resets_it_recorded_and_for_others_only(browser: Opens, clerk: User, system: User) -> None:
    enrolled(clerk)
    enrolled(system)
    here, there = browser(), browser("10.7.7.7")
    sign_in(here, "luonan")
    type_code(here, code_of(clerk))
    sign_in(there, "sysadmin")
    type_code(there, code_of(system))
    user("without", "town_party_admin", "611021100")
    assert there.get(reverse("accounts")).content.decode().count('value="reset_factor"') == 2  # of those who have one
    form = there.post(reverse("change_account"), {"user": clerk.pk, "change": "reset_factor"})
    assert "重置动态口令：李洛南（luonan）" in form.content.decode()
    there.post(reverse("change_account"), {"user": clerk.pk, "change": "reset_factor", "sure": 1, "reason": "手机丢失"})
    assert here.get(reverse("sessions")).url.startswith(reverse("sign_in"))
    assert sign_in(browser(), "luonan").url == "/"
    event = Event.objects.get(action="access.reset_second_factor")
    assert (event.user_name, event.details["reason"]) == ("系统员", "手机丢失")

    by = actor_of(system)
    with pytest.raises(OwnCase):
        second_factor.reset_second_factor(system, reason="x", by=by)
    with pytest.raises(FactorInThatState, match="没有设置动态口令"):
        second_factor.reset_second_factor(clerk, reason="x", by=by)
    with pytest.raises(Exception, match="manage_accounts"):
        second_factor.reset_second_factor(system, reason="x", by=actor_of(clerk))


# Other settings.


def test_optional_asks_only_who_has_one(browser: Opens, clerk: User, colleague: User, settings: Any) -> None:
    settings.SECOND_FACTOR = "optional"
    enrolled(clerk)
    here, there = browser(), browser()
    assert sign_in(here, "luonan").url == reverse("second_step")
    sign_in(there, "colleague")
    assert is_in(there)


def test_off_asks_nobody(browser: Opens, clerk: User, settings: Any) -> None:
    enrolled(clerk)
    settings.SECOND_FACTOR = "off"
    here = browser()
    sign_in(here, "luonan")
    assert is_in(here)
    assert "没有启用动态口令" in here.get(reverse("second_factor")).content.decode()
    settings.SECOND_FACTOR = "required"  # switched on while the session runs
    assert here.get(reverse("sessions")).url == reverse("second_factor")
    assert "请退出后重新登录" in here.get(reverse("second_factor")).content.decode()


def test_the_pages_have_english(browser: Opens, clerk: User) -> None:
    here = browser()
    here.post(reverse("language"), {"language": "en"})
    sign_in(here, "luonan")
    step(here, "start")
    assert "Step 1" in here.get(reverse("second_factor")).content.decode()
