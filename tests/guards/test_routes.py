"""Every route × role × scope × method, from the router, with real foreign objects (S1)."""

import re
import uuid
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from ninja.constants import NOT_SET
from ninja.security import HttpBearer

from shibaiqian.access import middleware
from shibaiqian.access.actor import Actor
from shibaiqian.access.roles import ROLES, Role
from shibaiqian.access.scope import Scope, ScopeKind
from shibaiqian.access.scoped import Scoped, Wall
from shibaiqian.base.ids import new_id
from shibaiqian.config import urls
from shibaiqian.sync import devices
from shibaiqian.sync.models import Device
from tests import world

pytestmark = pytest.mark.django_db
METHODS = ("get", "post", "put", "patch", "delete")
# No page takes the others, so that one role tries them quickly and every role in the long tier.
QUICK = ("get", "post")
# What a URL's keyword stands for: which model's key fills it.
KEYS = {
    "run_id": "imports.ImportRun",
    "snapshot_id": "reports.Snapshot",
    "report_id": "reports.Snapshot",
    "cadre_id": "cadres.Cadre",
    "posting_id": "postings.Posting",
    "household_id": "households.Household",
    "member_id": "households.Member",
    "organisation_id": "organisations.Organisation",
    "project_id": "assistance.Project",
    "entity_id": "assistance.IndustryEntity",
    "industry_id": "assistance.IndustryEntity",
    "service_id": "fieldwork.PracticalService",
    "inquiry_id": "selection.IntegrityInquiry",
    "nomination_id": "selection.Nomination",
    "batch_id": "selection.Batch",
    "letter_id": "postings.TargetLetter",
    "item_id": "postings.TargetItem",
    "log_id": "fieldwork.WorkLog",
    "overhaul_id": "party.Overhaul",
    "claim_id": "fieldwork.ExpenseClaim",
    "course_id": "cadres.TrainingCourse",
    "request_id": "voice.UpwardRequest",
    "host_decision_id": "fieldwork.HostDecision",
    "monthly_plan_id": "fieldwork.MonthlyPlan",
    "summary_id": "fieldwork.MonthlySummary",
    "report_key": "fieldwork.DutyReport",
    "rectification_id": "fieldwork.DutyReportItem",
    "emergency_id": "fieldwork.EmergencyPeriod",
    "decision_id": "selection.Decision",
    "notice_id": "documents.PublicNotice",
    "objection_id": "documents.Objection",
    "document_id": "documents.IssuedDocument",
    "plan_id": "selection.MatchPlan",
    "need_id": "selection.PostNeed",
    "wish_id": "selection.MatchWish",
    "month_id": "fieldwork.AttendanceMonth",
    "amendment_id": "fieldwork.AttendanceAmendment",
    "leave_id": "fieldwork.LeaveRequest",
    "reading_id": "fieldwork.LogReading",
    "draft_id": "fieldwork.Draft",
    "clue_id": "fieldwork.Clue",
    "question_id": "fieldwork.ClueQuestion",
    "photo_id": "fieldwork.Attachment",
}
FIXED = {
    "code": "practical_services",
    "step": "confirm",
    "act": "record_support",
    "form": "pdf",
    "kind": "members",
    "list_name": "households",
    "name": "households",
    "report": "selection",
    "at": "0",
    "sha256": "0" * 64,
    "month": "2016-05",
    "week": "2016-06-08",
    "what": "visits",
    "number": "1",
}
REFERENCE = {"organisation_id"}  # units are reference data: their page opens, without anything of the other county on it


def routes() -> Iterator[tuple[str, URLPattern]]:
    """Every pattern of the product with its whole route."""

    def walk(patterns: list[Any], prefix: str) -> Iterator[tuple[str, URLPattern]]:
        for pattern in patterns:
            route = prefix + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, route)
            else:
                yield route, pattern

    yield from walk(get_resolver().url_patterns, "")


ALL = sorted(routes(), key=lambda r: r[0])
ACTS = [(route, p) for route, p in ALL if getattr(p.callback, "policy", None) in ("acts", "bearer")]


def _filled(pattern: URLPattern, route: str, place: world.Place) -> str | None:
    """The path with the place's own objects; None when the route takes nothing."""
    from django.apps import apps

    path = route
    for name, converter in pattern.pattern.converters.items():
        if name == "region":
            value: object = place.village.code
        elif name in KEYS:
            value = place.row(apps.get_model(KEYS[name])).pk
        elif name in FIXED:
            value = FIXED[name]
        else:
            raise AssertionError(f"{route}: say in KEYS or FIXED what <{name}> stands for")
        kind = type(converter).__name__
        token = next(
            t for t in (f"<{name}>", f"<str:{name}>", f"<uuid:{name}>", f"<slug:{name}>", f"<int:{name}>", f"<path:{name}>") if t in path
        )
        path = path.replace(token, str(value))
        assert kind
    return "/" + path if pattern.pattern.converters else None


def _actors(ours: world.Place) -> list[Actor]:
    from shibaiqian.households.models import Household
    from shibaiqian.organisations.models import Organisation

    scopes = {
        ScopeKind.REGION: [Scope(region=world.OURS), Scope(region=ours.village.code)],
        ScopeKind.UNIT: [Scope(unit=ours.row(Organisation).pk)],
        ScopeKind.PERSON: [Scope(person=new_id())],
        ScopeKind.HOUSEHOLDS: [Scope(households=(ours.row(Household).pk,))],
    }
    return [
        Actor(user_id=uuid.uuid4(), name="越界者", role=role, scope=scope)
        for role in ROLES
        if role is not Role.SYSTEM
        for scope in scopes[role.scope_kind]
    ]


def _clerk(_ours: world.Place) -> list[Actor]:
    return [Actor(user_id=uuid.uuid4(), name="越界者", role=Role.COUNTY_ORG_ADMIN, scope=Scope(region=world.OURS))]


@pytest.fixture
def counties() -> tuple[world.Place, world.Place]:
    return world.build()


def _as(actor: Actor, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A client whose requests act as this actor: the session's work is done elsewhere, the wall's is done here."""
    from shibaiqian.access.models import Assignment, User

    user = User(id=actor.user_id, login="x", name=actor.name)
    monkeypatch.setattr(middleware, "get_user", lambda request: user)
    monkeypatch.setattr(middleware.SignedIn, "_has_ended", lambda self, request: False)

    def chosen(request: Any) -> Actor:
        request.hats, request.hat, request.actor = [], None, actor
        return actor

    monkeypatch.setattr(middleware, "find_actor", chosen)
    # The same person's phone: any token is theirs, and acts as they do.
    monkeypatch.setattr(devices, "find_device", lambda token: Device(user=user, assignment=Assignment(user=user, role=actor.role)))
    monkeypatch.setattr(devices, "actor_of", lambda device: actor)
    return Client(raise_request_exception=False, headers={"X-Client": "1", "Authorization": "Bearer any"})


def say_nothing_briefly(monkeypatch: pytest.MonkeyPatch) -> None:
    """ "Not found" as an empty answer: most of thousands of requests end there, and drawing the frame takes half of their time."""
    monkeypatch.setattr(urls, "handler404", lambda request, exception: HttpResponse(status=404))


def test_a_route_of_the_api_looks_at_tokens_and_never_at_cookies(client: Client) -> None:
    """So nothing can be forged across sites, and it needs no token against that."""
    bearers = [(route, pattern) for route, pattern in ALL if route.startswith("api/") and pattern.callback.policy == "bearer"]
    assert len(bearers) >= 5
    for _, pattern in bearers:
        assert all(isinstance(found, HttpBearer) for found in _auths(pattern))
    for route, pattern in ALL:
        if getattr(pattern.callback, "csrf_exempt", False):
            assert route.startswith("api/v1/"), route


def _auths(pattern: URLPattern) -> list[Any]:
    """What each operation of a route asks for, or its router where it says nothing of its own."""
    from shibaiqian.sync.api import router

    path = str(pattern.pattern).replace("<", "{").replace(">", "}")
    return [op.auth_param if op.auth_param is not NOT_SET else router.auth for op in router.path_operations[path].operations]


def test_every_route_says_who_may_come() -> None:
    silent = [route for route, pattern in ALL if getattr(pattern.callback, "policy", None) not in ("open", "acts", "bearer")]
    assert silent == []


def _leaks(
    actors: Iterable[Actor], theirs: world.Place, monkeypatch: pytest.MonkeyPatch, methods: Iterable[str] = METHODS
) -> Iterator[str]:
    """What these actors get to see or do of the other county by any of these methods of any route, as it is found.

    The page of "not found", the same for what is foreign and for nothing, is a test of its own.
    """
    say_nothing_briefly(monkeypatch)
    paths = [(route, pattern, path) for route, pattern in ACTS if (path := _filled(pattern, route, theirs))]
    for actor in actors:
        client = _as(actor, monkeypatch)
        for route, pattern, path in paths:
            for method in methods:
                response: HttpResponse = getattr(client, method)(path)
                body = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]
                if world.SECRET.encode() in body:
                    yield f"{method} {route} as {actor.role} ({actor.scope}): shows the other county"
                if response.status_code >= 500:
                    yield f"{method} {route} as {actor.role} ({actor.scope}): fails"
                opens = response.status_code in (200, 201) and not any(k in pattern.pattern.converters for k in REFERENCE)
                names_theirs = any(k in KEYS or k == "region" for k in pattern.pattern.converters)
                if opens and names_theirs:
                    yield f"{method} {route} as {actor.role} ({actor.scope}): answers {response.status_code}"


# One role for each kind of scope, and both kinds of clerk.
FEW = {Role.COUNTY_ORG_ADMIN, Role.COUNTY_POVERTY_ADMIN, Role.POSTED_CADRE, Role.SENDING_UNIT_ADMIN, Role.HELPER}


@pytest.mark.parametrize(
    ("methods", "roles"),
    [pytest.param(QUICK, FEW, id="a few roles"), pytest.param(METHODS, set(Role), id="every role and method", marks=pytest.mark.slow)],
)
def test_no_route_shows_or_takes_what_is_foreign(
    methods: tuple[str, ...], roles: set[Role], counties: tuple[world.Place, world.Place], monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, theirs = counties
    assert list(_leaks([actor for actor in _actors(ours) if actor.role in roles], theirs, monkeypatch, methods)) == []


def test_foreign_reads_like_nothing(counties: tuple[world.Place, world.Place], monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = counties
    client = _as(_clerk(ours)[0], monkeypatch)
    for route, pattern in ACTS:
        keys = [k for k in pattern.pattern.converters if k in KEYS and k not in REFERENCE]
        if len(keys) != 1:
            continue
        foreign = client.get(_filled(pattern, route, theirs) or "")
        nothing = client.get((_filled(pattern, route, theirs) or "").replace(str(_key(theirs, keys[0])), str(new_id())))
        assert (foreign.status_code, _said(foreign)) == (nothing.status_code, _said(nothing)), route


def _said(response: HttpResponse) -> str:
    """The body without the form's token and the time, which differ at every answer, and without the address that was asked for."""
    body = re.sub(r'(csrfmiddlewaretoken" value="|X-CSRFToken": "|"server_time":")[^"]+', r"\1", response.content.decode())
    return body.replace(response.request["PATH_INFO"], "")  # type: ignore[attr-defined]


def _key(place: world.Place, name: str) -> object:
    from django.apps import apps

    return place.row(apps.get_model(KEYS[name])).pk


# The matrix without one of its two walls: one role quickly, every role in the long tier.
WHO: dict[str, Callable[[world.Place], list[Actor]]] = {"one role": _clerk, "every role": _actors}
one_then_all = pytest.mark.parametrize("who", ["one role", pytest.param("every role", marks=pytest.mark.slow)])


def _without_doors(monkeypatch: pytest.MonkeyPatch) -> None:
    """The application's filters removed."""
    monkeypatch.setattr(Wall, "within", lambda self, actor: Q())


def _without_wall() -> None:
    """The database's policies switched off, for this transaction."""
    with connection.cursor() as cursor:
        for model in world.scoped_models():
            cursor.execute(f"alter table {model._meta.db_table} disable row level security")


@one_then_all
def test_doors_taken_off_the_wall_still_holds(who: str, counties: tuple[world.Place, world.Place], monkeypatch: pytest.MonkeyPatch) -> None:
    """The database alone keeps the other county out."""
    ours, theirs = counties
    _without_doors(monkeypatch)
    assert list(_leaks(WHO[who](ours), theirs, monkeypatch)) == []


@one_then_all
def test_the_wall_taken_down_the_doors_still_hold(
    who: str, counties: tuple[world.Place, world.Place], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The filters alone keep the other county out."""
    ours, theirs = counties
    _without_wall()
    assert list(_leaks(WHO[who](ours), theirs, monkeypatch)) == []


def test_with_both_gone_the_matrix_turns_red(counties: tuple[world.Place, world.Place], monkeypatch: pytest.MonkeyPatch) -> None:
    """For the very role of the quick samples, so that their silence means something."""
    ours, theirs = counties
    _without_doors(monkeypatch)
    _without_wall()
    assert any("shows the other county" in leak for leak in _leaks(_clerk(ours), theirs, monkeypatch))  # stops at the first


__all__ = ["Scoped"]
