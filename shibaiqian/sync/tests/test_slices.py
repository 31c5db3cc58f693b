"""What a phone may hold: its own places, no ID numbers; then only what changed, and what to forget."""

import datetime as dt
import gzip
import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shibaiqian.access.models import Assignment
from shibaiqian.assistance.tests.factories import registered
from shibaiqian.audit.models import Event
from shibaiqian.base import clock
from shibaiqian.households.models import Household
from shibaiqian.sync.tests.factories import Phone, Village, a_log, a_village, also

pytestmark = pytest.mark.django_db


@pytest.fixture
def village() -> Village:
    return a_village()


@pytest.fixture
def phone(village: Village) -> Phone:
    return Phone.of(village.role)


def taken(phone: Phone, since: str = "") -> dict[str, Any]:
    answer = phone.get(f"slice?since={since}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_a_whole_slice_holds_the_village_and_its_households(phone: Phone, village: Village) -> None:
    phone.answers(a_log(village))
    a_village("611022", login="li")
    whole = taken(phone)
    assert whole["whole"] and [p["code"] for p in whole["places"]] == [village.code]
    assert (whole["posting"]["id"], whole["posting"]["own"]) == (str(village.posting.pk), True)
    (home,) = whole["households"]
    assert (home["id"], home["head"], home["last_visit"]) == (str(village.household.pk), "张猛虎", "2016-06-08")
    assert whole["logs"][0]["items"][0]["content"] == "看望老人"
    assert whole["lists"]["category"]["visit"] == "入户走访"
    assert Event.objects.get(action="sync.take_slice").details == {"households": 1, "whole": True}


def test_a_delta_holds_what_was_written_since(phone: Phone, village: Village) -> None:
    first = taken(phone)
    new = registered(village.code, "H2", head="李四")
    then = taken(phone, first["cursor"])
    assert not then["whole"] and "lists" not in then
    assert str(new.pk) in {home["id"] for home in then["households"]}


def test_a_household_that_left_the_register_is_gone(phone: Phone, village: Village) -> None:
    first = taken(phone)
    Household.unscoped.update(voided_by=1)
    assert taken(phone, first["cursor"])["gone"] == [str(village.household.pk)]


def test_after_a_move_the_old_place_is_revoked_and_the_new_one_whole(phone: Phone, village: Village) -> None:
    first = taken(phone)
    other = a_village(place=1, login="li")
    Assignment.objects.filter(pk=village.role.pk).update(ended_at=clock.wall_now())
    gone = taken(phone, first["cursor"])
    assert (gone["revoked"], gone["households"], gone["places"]) == ([village.code], [], [])
    also(village.role.user, other.code, since=dt.date(2016, 6, 1))
    phone.sign_in()
    moved = taken(phone, first["cursor"])
    assert (moved["whole"], moved["revoked"]) == (True, [village.code])
    assert [home["id"] for home in moved["households"]] == [str(other.household.pk)]


@pytest.mark.parametrize("cursor", ["x", "AAAA", "W10", "eyJ4IjoxfQ", "%00", "W251bGwsMSwiIixbXSwiIl0"])
def test_a_cursor_that_is_none_gives_the_whole(phone: Phone, cursor: str) -> None:
    assert taken(phone, cursor)["whole"]


def test_a_slice_comes_packed_to_who_can_unpack_it(phone: Phone, village: Village) -> None:
    for n in range(20):
        registered(village.code, f"N{n}")
    plain = phone.get("slice")
    packed = phone.client.get("/api/v1/slice", headers={**phone.headers, "Accept-Encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip" and len(packed.content) < len(plain.content) / 2
    assert json.loads(gzip.decompress(packed.content))["households"] == plain.json()["households"]


def test_a_larger_village_asks_no_more(phone: Phone, village: Village) -> None:
    asked = []
    for n in (1, 3):
        for at in range(n):
            registered(village.code, f"M{n}{at}")
        with CaptureQueriesContext(connection) as queries:
            taken(phone)
        asked.append(len(queries))
    assert asked[0] == asked[1]
