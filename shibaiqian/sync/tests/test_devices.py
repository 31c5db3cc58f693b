"""A phone signs in by the same door as the console, and is known by its token until it is signed out."""

import datetime as dt
from typing import Any

import pyotp
import pytest

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import NotVisible
from shibaiqian.access.models import Assignment, User
from shibaiqian.access.second_factor import confirm_second_factor, secret_of, start_second_factor
from shibaiqian.audit.models import Event
from shibaiqian.base import clock
from shibaiqian.sync.devices import actor_of, hash_of, sign_in_device, sign_out_device
from shibaiqian.sync.models import Device
from shibaiqian.sync.tests.factories import LOGIN, PASSWORD, Phone, Village, account, also

pytestmark = pytest.mark.django_db


@pytest.fixture
def phone(village: Village) -> Phone:
    phone = Phone()
    assert phone.sign_in().status_code == 200
    return phone


def code_of(answer: Any) -> str:
    assert "message" in answer.json()
    return answer.json()["code"]


def test_a_phone_gets_a_token_of_which_only_a_hash_is_kept(village: Village) -> None:
    phone = Phone()
    answer = phone.sign_in().json()
    device = Device.objects.get()
    assert bytes(device.token_hash or b"") == hash_of(answer["token"])
    assert answer["role"] == str(village.role.pk) and answer["name"] == "王朝辉"
    assert answer["token"] not in Event.objects.get(action="sync.sign_in_device").canonical
    me = phone.get("me").json()
    assert (me["login"], me["role"]["id"], me["places"][0]["code"]) == (LOGIN, str(village.role.pk), village.code)
    assert "log" in me["kinds"]


def test_every_answer_says_the_time_and_sets_no_cookie(phone: Phone) -> None:
    answer = phone.get("me")
    assert answer.json()["business_date"] == clock.today().isoformat()
    assert dt.datetime.fromisoformat(answer.json()["server_time"]).tzinfo is not None
    assert not answer.cookies and answer["Cache-Control"] == "no-store"


def test_signing_in_again_ends_the_token_before(village: Village) -> None:
    phone = Phone()
    first = phone.sign_in().json()["token"]
    phone.sign_in()
    assert Device.objects.count() == 1
    phone.token = first
    assert phone.get("me").status_code == 401


def test_without_a_token_nothing_is_answered(village: Village) -> None:
    for answer in (
        Phone().get("me"),
        Phone(token="x").get("slice"),
        Phone().send(),
        Phone().put("0" * 64, b"x"),
        Phone().delete("devices/me"),
    ):
        assert (answer.status_code, code_of(answer)) == (401, "signed_out")


def test_a_session_of_the_console_opens_nothing_here(village: Village) -> None:
    phone = Phone()
    phone.client.force_login(User.objects.get(), backend="shibaiqian.access.backends.LoginBackend")
    assert phone.get("me").status_code == 401


def test_wrong_guesses_lock_as_at_the_console(village: Village) -> None:
    phone = Phone()
    said = [phone.sign_in(password="wrong-guess-here") for _ in range(5)]
    assert [code_of(answer) for answer in said] == ["login_wrong"] * 4 + ["locked"]
    right = phone.sign_in()
    assert (right.status_code, code_of(right)) == (429, "locked")
    assert Event.objects.filter(action="access.lock_out").count() == 1


def test_a_code_is_asked_of_who_has_set_one_up(village: Village, settings: Any) -> None:
    settings.SECOND_FACTOR = "optional"
    user = User.objects.get()
    by = Actor(user_id=user.pk, name=user.name, role=actor_role(village), scope=village.role.scope)
    factor = start_second_factor(user, by=by)
    totp = pyotp.TOTP(secret_of(factor))
    confirm_second_factor(user, code=totp.at(clock.wall_now() - dt.timedelta(seconds=30)), by=by)
    assert code_of(Phone().sign_in()) == "code_wanted"
    assert code_of(Phone().sign_in(code="000000")) == "code_wrong"
    assert Phone().sign_in(code=totp.now()).status_code == 200


def actor_role(village: Village) -> Any:
    from shibaiqian.access.roles import Role

    return Role(village.role.role)


def test_where_everybody_must_have_a_code_it_is_set_up_at_a_computer_first(village: Village, settings: Any) -> None:
    settings.SECOND_FACTOR = "required"
    assert code_of(Phone().sign_in()) == "set_up_code"


def test_a_first_password_is_changed_at_a_computer_first(village: Village) -> None:
    User.objects.update(must_change_password=True)
    assert code_of(Phone().sign_in()) == "change_password"


def test_of_several_roles_one_is_chosen(village: Village) -> None:
    other = also(User.objects.get(), village.code, role="village_admin")
    asked = Phone().sign_in()
    assert (asked.status_code, code_of(asked)) == (409, "choose_role")
    assert {role["id"] for role in asked.json()["roles"]} == {str(village.role.pk), str(other.pk)}
    assert Phone().sign_in(role=str(other.pk)).json()["role"] == str(other.pk)


def test_a_role_without_field_work_has_no_phone() -> None:
    account("6110", login="clerk", role="city_org_admin")
    assert code_of(Phone().sign_in("clerk")) == "no_field_role"


@pytest.mark.parametrize("end", ["sign out", "password", "account", "remote"])
def test_a_token_dies_with_its_device_password_or_account(phone: Phone, village: Village, end: str) -> None:
    user, device = User.objects.get(), Device.objects.get()
    match end:
        case "sign out":
            assert phone.delete("devices/me").status_code == 204
        case "password":
            User.objects.update(session_epoch=user.session_epoch + 1)
        case "account":
            User.objects.update(is_active=False)
        case "remote":
            sign_out_device(device, by=actor_of(device))
    assert phone.get("me").status_code == 401


def test_nobody_signs_in_or_out_for_another(phone: Phone, village: Village, actor: Any) -> None:
    other = actor("posted_cadre", village.code)
    with pytest.raises(NotVisible):
        sign_out_device(Device.objects.get(), by=other)
    with pytest.raises(NotVisible):
        sign_in_device(User.objects.get(), assignment=village.role, phone=phone.key, label="", client=1, by=other)
    sign_out_device(Device.objects.get(), by=actor("sys_admin", person=User.objects.get().pk))


def test_a_role_that_ended_opens_nothing_but_says_so(phone: Phone) -> None:
    Assignment.objects.update(ended_at=clock.wall_now())
    assert code_of(phone.get("me")) == "role_ended"
    assert phone.delete("devices/me").status_code == 204


@pytest.mark.parametrize("protocol", ["", "0", "99", "x", "-1"])
def test_a_client_of_another_form_is_told_to_update(phone: Phone, protocol: str) -> None:
    phone.protocol = protocol
    answer = phone.get("me")
    assert (answer.status_code, code_of(answer)) == (426, "client_too_old")


def test_a_shared_phone_has_a_device_for_each_account(village: Village) -> None:
    account(village.code, login="clerk", role="village_admin", name="李会计")
    phone = Phone()
    phone.sign_in()
    phone.sign_in("clerk", PASSWORD)
    assert Device.objects.filter(phone=phone.key).count() == 2
