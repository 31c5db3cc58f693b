"""The desk's lines: what waits, for whom, at what price, and where they lead."""

import uuid
from typing import Any

import pytest
from django.test import Client

from shibaiqian.access.actor import Actor, acting
from shibaiqian.access.roles import ROLES, Permission, Role
from shibaiqian.access.scope import Scope, ScopeKind
from shibaiqian.console.tests.factories import sign_in
from shibaiqian.console.todo import MOST, todos
from shibaiqian.organisations.models import Organisation
from shibaiqian.selection.models import PostNeed
from tests import world

pytestmark = pytest.mark.django_db


def clerk(role: Role, ours: world.Place, region: str = world.OURS) -> Actor:
    scope = Scope(unit=ours.row(Organisation).pk) if role.scope_kind is ScopeKind.UNIT else Scope(region=region)
    return Actor(user_id=uuid.uuid4(), name="经办人", role=role, scope=scope)


def lines(actor: Actor) -> dict[str, int]:
    with acting(actor):
        return {todo.text: todo.count for todo in todos(actor)}


PLACES = [role for role in ROLES if role.scope_kind in (ScopeKind.REGION, ScopeKind.UNIT) and role is not Role.SYSTEM]


@pytest.mark.parametrize("role", PLACES)
def test_all_lines_of_a_role_are_counted_by_one_statement_after_the_policy_in_force(role: Role, django_assert_max_num_queries: Any) -> None:
    ours, _ = world.build()
    by = clerk(role, ours)
    papers = 2 if Permission.KEEP_PLANS in role.permissions else 0  # the days on which papers are due, and emergencies that move them
    papers += Permission.ANSWER_REQUESTS in role.permissions  # emergencies that move the deadlines of requests
    papers += 2 * (role is Role.TOWN_PARTY_ADMIN)  # days of grace after leave, and emergencies that move them
    with acting(by), django_assert_max_num_queries(papers + (2 if Permission.CLOSE_OPENING not in role.permissions else 5)):
        todos(by)


def test_a_submitted_need_waits_for_its_county_and_for_nobody_else() -> None:
    ours, _ = world.build()
    PostNeed.unscoped.filter(pk=ours.row(PostNeed).pk).update(state="submitted")
    waiting = "个岗位需求等待确认"
    assert lines(clerk(Role.COUNTY_ORG_ADMIN, ours))[waiting] == 1
    assert waiting not in lines(clerk(Role.COUNTY_ORG_ADMIN, ours, world.THEIRS))
    assert waiting not in lines(clerk(Role.TOWN_PARTY_ADMIN, ours, ours.village.code[:9]))
    PostNeed.unscoped.filter(pk=ours.row(PostNeed).pk).update(state="confirmed")
    assert waiting not in lines(clerk(Role.COUNTY_ORG_ADMIN, ours))


def test_a_long_line_is_counted_to_its_limit() -> None:
    ours, _ = world.build()
    need = ours.row(PostNeed)
    kept = {f.name: getattr(need, f.attname) for f in PostNeed._meta.concrete_fields if f.name not in ("id", "number", "state")}
    for relation in ("batch", "tier", "region", "unit", "predecessor"):
        kept[f"{relation}_id"] = kept.pop(relation)
    PostNeed.unscoped.bulk_create(PostNeed(number=f"x{n:04d}", state="submitted", **kept) for n in range(2 * MOST))
    by = clerk(Role.COUNTY_ORG_ADMIN, ours)
    with acting(by):
        (line,) = [todo for todo in todos(by) if todo.text == "个岗位需求等待确认"]
    assert (line.count, line.shown) == (MOST + 1, f"{MOST}+")


@pytest.mark.parametrize("role", [Role.COUNTY_ORG_ADMIN, Role.TOWN_PARTY_ADMIN, Role.DISCIPLINE_OFFICER, Role.HOST_UNIT_LEADER])
def test_every_line_leads_to_a_page_that_opens(role: Role) -> None:
    ours, _ = world.build()
    PostNeed.unscoped.filter(pk=ours.row(PostNeed).pk).update(state="submitted")
    by = clerk(role, ours)
    with acting(by):
        found = todos(by)
    browser: Client = sign_in(role, world.OURS)
    assert {todo.url: browser.get(todo.url).status_code for todo in found} == {todo.url: 200 for todo in found}
