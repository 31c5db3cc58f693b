"""A town opens and ends the accounts of its own villages' clerks and group heads, and no other."""

from typing import Any

import pytest

from shibaiqian.access.actions import PasswordWeak, RoleEnded, RoleUnfit
from shibaiqian.access.actor import Actor, Forbidden
from shibaiqian.access.command import NotVisible
from shibaiqian.access.models import Assignment, User
from shibaiqian.access.roles import Role
from shibaiqian.access.rows import RowsRefused
from shibaiqian.access.tests.factories import give, user
from shibaiqian.access.village_accounts import (
    change_groups,
    end_village_role,
    open_village_account,
    reset_village_password,
    village_accounts,
)
from shibaiqian.assistance.tests.factories import DANFENG, LUONAN, villages
from shibaiqian.audit.models import Event
from shibaiqian.console.tests.factories import household, sign_in, text
from shibaiqian.console.tests.test_pages import asked
from shibaiqian.regions.models import Region

pytestmark = pytest.mark.django_db
WORD = "long-enough-word"


@pytest.fixture
def village() -> Region:
    return villages(LUONAN)[0]


@pytest.fixture
def town(actor: Any, village: Region) -> Actor:
    by: Actor = actor("town_party_admin", village.code[:9], name="镇党建办")
    return by


def opened(village: Region, by: Actor, login: str = "wenshu", role: str = "village_admin") -> User:
    groups = "一组， 三组 一组" if role == "group_head" else ""
    return open_village_account(village, login=login, name="李会计", password=WORD, role=role, groups=groups, by=by)


def test_a_town_opens_a_clerk_and_a_group_head_each_with_the_village_as_scope(town: Actor, village: Region) -> None:
    clerk, head = opened(village, town), opened(village, town, "zuzhang", "group_head")
    roles = Assignment.objects.filter(user__in=[clerk, head]).order_by("role")
    assert [(one.role, one.region, one.scope_name, one.groups) for one in roles] == [
        ("group_head", village.code, f"{village.name} 一组、三组", ["一组", "三组"]), ("village_admin", village.code, village.name, []),
    ]  # fmt: skip
    assert clerk.check_password(WORD)
    assert WORD not in "".join(event.canonical for event in Event.objects.all())
    assert {row.user_id for row in village_accounts(town)} == {clerk.pk, head.pk}


@pytest.mark.parametrize("role", [role.value for role in Role if role not in (Role.VILLAGE_ADMIN, Role.GROUP_HEAD)])
def test_a_town_gives_no_other_role(town: Actor, village: Region, role: str) -> None:
    with pytest.raises(RoleUnfit):
        opened(village, town, role=role)
    assert not User.objects.filter(login="wenshu").exists()


def test_a_town_opens_nothing_above_or_beside_itself(town: Actor, village: Region) -> None:
    with pytest.raises(RoleUnfit):
        opened(Region.objects.get(pk=village.code[:9]), town)
    with pytest.raises(NotVisible):
        opened(villages(DANFENG)[0], town)


def test_a_group_head_is_of_a_group(town: Actor, village: Region) -> None:
    for groups in ("", " 、", "、".join(f"{n}组" for n in range(11)), "长" * 21):
        with pytest.raises(RowsRefused):
            open_village_account(village, login="zuzhang", name="王组长", password=WORD, role="group_head", groups=groups, by=town)
    assert not User.objects.filter(login="zuzhang").exists()


def test_a_town_says_anew_which_groups_a_head_of_its_villages_has(town: Actor, village: Region, actor: Any) -> None:
    head, clerk = (Assignment.objects.get(user=opened(village, town, login, role)) for login, role in (("zz", "group_head"), ("ws", "village_admin")))  # fmt: skip
    for stranger in (actor("town_party_admin", "611022101"), actor("village_admin", village.code)):
        with pytest.raises((NotVisible, Forbidden)):
            change_groups(head, groups="九组", by=stranger)
    for wrong, groups in ((clerk, "九组"), (head, " ")):
        with pytest.raises(RoleUnfit, match="组"):
            change_groups(wrong, groups=groups, by=town)
    assert change_groups(head, groups="九组", by=town).scope_name == f"{village.name} 九组"
    assert Event.objects.get(action="access.change_groups", outcome="done").details["was"] == ["一组", "三组"]
    end_village_role(head, by=town)
    with pytest.raises(RoleEnded):
        change_groups(head, groups="十组", by=town)


def test_a_login_is_taken_once(town: Actor, village: Region) -> None:
    opened(village, town)
    with pytest.raises(RowsRefused):
        opened(village, town)


def test_ending_a_role_ends_it_once_and_only_in_the_towns_villages(town: Actor, village: Region, actor: Any) -> None:
    role = Assignment.objects.get(user=opened(village, town))
    for stranger in (actor("town_party_admin", "611022101"), actor("village_admin", village.code)):
        with pytest.raises((NotVisible, Forbidden)):
            end_village_role(role, by=stranger)
    end_village_role(role, by=town)
    assert not village_accounts(town).exists()
    with pytest.raises(RoleEnded):
        end_village_role(role, by=town)


def test_a_town_ends_no_role_that_is_not_a_villages(town: Actor, village: Region) -> None:
    secretary = give(user("shuji"), "posted_cadre", village.code)
    with pytest.raises(NotVisible):
        end_village_role(secretary, by=town)


def test_a_new_first_password_ends_sessions_and_is_no_weak_one(town: Actor, village: Region, actor: Any) -> None:
    clerk = opened(village, town)
    with pytest.raises(PasswordWeak):
        reset_village_password(clerk, new="123", by=town)
    with pytest.raises(NotVisible):
        reset_village_password(clerk, new="another-long-word", by=actor("town_party_admin", "611022101"))
    before = User.objects.get(pk=clerk.pk).session_epoch
    reset_village_password(clerk, new="another-long-word", by=town)
    after = User.objects.get(pk=clerk.pk)
    assert after.check_password("another-long-word") and after.session_epoch == before + 1


def test_whoever_is_more_than_a_village_clerk_is_not_the_towns_to_reset(town: Actor, village: Region) -> None:
    clerk = opened(village, town)
    give(clerk, "posted_cadre", village.code)
    with pytest.raises(NotVisible):
        reset_village_password(clerk, new="another-long-word", by=town)


def test_the_town_opens_resets_and_ends_on_its_page(village: Region) -> None:
    town, path = sign_in("town_party_admin", village.code[:9]), "/village-accounts/"
    assert "还没有村级账号" in text(town.get(path))
    form = {"village": village.code, "role": "group_head", "name": "王组长", "login": "zuzhang4", "password": WORD, "groups": "四组，五组"}
    assert "没有写明是哪个村民小组" in text(town.post(path, {**form, "groups": ""}))
    assert town.post(path, {**form, "password": ""}).status_code == 422
    assert "账号“zuzhang4”已开设" in text(town.post(path, form, follow=True))
    assert town.post(path, form).status_code == 422  # the login is taken
    role = Assignment.objects.get(user__login="zuzhang4")
    home = household(village)
    assert "四组 · 台账里没有这个组" in text(town.get(path)) and f"台账里有：{home.group}" in text(town.get(path))
    said = {"assignment": str(role.pk), "do": "groups", "groups": home.group}
    assert f"现在管{home.group}。" in text(town.post(f"{path}change/", said, follow=True))
    assert f"{home.group} · 1 户" in text(town.get(path))
    assert "哪个村民小组" in text(town.post(f"{path}change/", {**said, "groups": "、"}, follow=True))
    reset = {"assignment": str(role.pk), "do": "reset", "new": "another-long-word"}
    assert "口令已重置" in text(town.post(f"{path}change/", reset, follow=True))
    assert "没有填写新口令" in text(town.post(f"{path}change/", {**reset, "new": ""}, follow=True))
    assert "角色已终止" in text(town.post(f"{path}change/", {"assignment": str(role.pk)}, follow=True))
    assert town.post(f"{path}change/", {"assignment": str(role.pk)}).status_code == 404


def test_another_town_and_other_roles_have_no_such_page(village: Region) -> None:
    sign_in("town_party_admin", village.code[:9]).post("/village-accounts/", {"village": village.code, "role": "village_admin", "name": "李会计", "login": "wenshu", "password": WORD})  # fmt: skip
    role = Assignment.objects.get(user__login="wenshu")
    other = sign_in("town_party_admin", villages(DANFENG)[0].code[:9])
    assert "李会计" not in text(other.get("/village-accounts/"))
    assert other.post("/village-accounts/change/", {"assignment": str(role.pk)}).status_code == 404
    for wrong in ("village_admin", "posted_cadre"):
        assert sign_in(wrong, village.code).get("/village-accounts/").status_code == 404


def test_one_account_and_three_take_the_same_questions(village: Region, town: Actor) -> None:
    browser, counts = sign_in("town_party_admin", village.code[:9]), []
    for logins in (["a-one"], ["b-two", "c-three"]):
        for login in logins:
            opened(village, town, login)
        counts.append(len(asked(browser, "/village-accounts/")[1]))
    assert counts[0] == counts[1] <= 15
