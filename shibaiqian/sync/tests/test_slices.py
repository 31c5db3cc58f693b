"""What a phone may hold: its own places, no ID numbers; then only what changed, and what to forget."""

import datetime as dt
import gzip
import json
import re
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import trans_real

from shibaiqian.access.models import Assignment
from shibaiqian.access.queries import Hat, actor_for
from shibaiqian.assistance.tests.factories import registered
from shibaiqian.audit.models import Event
from shibaiqian.base import clock
from shibaiqian.base.ids import new_id
from shibaiqian.base.translations import CHINESE, compile_catalogue
from shibaiqian.households.models import Household
from shibaiqian.policy.actions import install_defaults
from shibaiqian.sync.horizon import Horizon
from shibaiqian.sync.sections import SECTIONS
from shibaiqian.sync.tests.factories import Phone, Village, a_log, a_village, also, operation
from shibaiqian.sync.written import WATCHED

pytestmark = pytest.mark.django_db


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


# What a slice reads and no delta asks for: accounts and roles (another role is another slice), names of places, kinds of posting.
UNWATCHED = {
    "sync_device", "access_user", "access_assignment", "regions_region", "postings_tier", "postings_programme", "postings_postedhousehold",
    "audit_event",
}  # fmt: skip
TABLE = re.compile(r'\b(?:from|join) "?(\w+)"?', re.IGNORECASE)


def test_a_delta_watches_every_table_that_a_slice_is_told_from(phone: Phone, village: Village) -> None:
    phone.answers(a_log(village))
    with CaptureQueriesContext(connection) as queries:
        taken(phone)
    read = {
        table for one in queries.captured_queries for table in TABLE.findall(one["sql"]) if table in connection.introspection.table_names()
    }
    assert read - UNWATCHED == {model._meta.db_table for model in WATCHED} & read


@pytest.mark.parametrize("name", SECTIONS)
def test_a_section_is_asked_again_when_a_table_it_is_told_from_was_written(name: str, phone: Phone, village: Village) -> None:
    install_defaults()
    actor = actor_for(village.role.user, Hat(village.role), on=clock.today())
    with CaptureQueriesContext(connection) as queries:
        SECTIONS[name].tell(actor, village.posting)
    read = {table for one in queries.captured_queries for table in TABLE.findall(one["sql"])}
    known = {model._meta.db_table for model in SECTIONS[name].tables}
    assert read - known - UNWATCHED == set()
    assert set(SECTIONS[name].tables) <= WATCHED.keys()


def test_with_nothing_written_a_delta_says_nothing_and_asks_little(committed: None) -> None:
    phone = Phone.of(a_village().role)
    first = taken(phone)
    with CaptureQueriesContext(connection) as queries:
        then = taken(phone, first["cursor"])
    assert not then["whole"]
    assert [then[name] for name in ("households", "services", "logs", "sections", "gone", "revoked")] == [[], [], [], {}, [], []]
    assert len(queries) <= 8


def test_a_whole_slice_asks_as_often_for_four_households_as_for_one(phone: Phone, village: Village) -> None:
    """One answer for all a phone holds, asked about once an hour: no page, and no more than these."""
    phone.answers(a_log(village))
    counts = []
    for more in (0, 3):
        for number in range(more):
            registered(village.code, f"N{number}", head="李四")
        with CaptureQueriesContext(connection) as queries:
            taken(phone)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 45


def test_on_another_day_every_section_is_told_again(committed: None, settings: Any) -> None:
    phone = Phone.of(a_village().role)
    first = taken(phone)
    settings.BUSINESS_DATE = None
    assert then_of(first).day != dt.date(2016, 6, 8)
    settings.BUSINESS_DATE = dt.date(2016, 6, 8)
    earlier = replace(then_of(first), lists="older").cursor
    assert taken(phone, earlier)["sections"].keys() == first["sections"].keys()


def then_of(answer: dict[str, Any]) -> Horizon:
    found = Horizon.of(answer["cursor"])
    assert found is not None
    return found


@pytest.mark.parametrize("by_xmin", [True, False], ids=["as it is", "control: by the latest transaction"])
def test_what_commits_late_is_in_the_next_delta(by_xmin: bool, committed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A transaction writes before the slice is read and commits after it, while later ones committed already."""
    village = a_village()
    phone, late = Phone.of(village.role), connection.copy()
    try:
        with late.cursor() as slow:
            slow.execute("begin")
            slow.execute("update households_household set head_name = head_name")
            registered(village.code, "H2", head="李四")
            first = taken(phone)
            slow.execute("commit")
    finally:
        late.close()
    if not by_xmin:
        with connection.cursor() as cursor:
            cursor.execute("select pg_snapshot_xmax(pg_current_snapshot())::text")
            first["cursor"] = replace(then_of(first), xid=int(cursor.fetchone()[0])).cursor
    told = {home["id"] for home in taken(phone, first["cursor"])["households"]}
    assert (str(village.household.pk) in told) is by_xmin


def test_lists_come_in_the_language_that_the_phone_speaks_and_again_when_it_is_another(phone: Phone) -> None:
    compile_catalogue()
    trans_real._translations.clear()
    chinese = taken(phone)
    phone.language = "en-GB"
    english = taken(phone, chinese["cursor"])
    assert chinese["lists"]["category"]["visit"] == "入户走访"
    assert not english["whole"] and english["lists"]["category"]["visit"] == "Household visit"
    assert "lists" not in taken(phone, english["cursor"])
    said = [words for of in english["lists"].values() for words in of.values()]
    assert len(said) > 100 and [words for words in said if CHINESE.search(str(words))] == []
    phone.language = "zh-CN"
    assert taken(phone, english["cursor"])["lists"] == chinese["lists"]


def test_a_refusal_is_said_in_the_language_of_its_time(phone: Phone, village: Village) -> None:
    compile_catalogue()
    trans_real._translations.clear()
    phone.language = "en"
    elsewhere = operation("log", {"posting": str(new_id()), "on": "2016-06-08", "items": [{"category": "visit", "content": "看望"}]})
    said = phone.answers(elsewhere)[0]["message"]
    assert said.startswith("The posting, household or matter of this record is not in your area now")
    phone.language = "zh-CN"
    assert phone.answers(elsewhere)[0]["message"] == said
    assert phone.answers({**elsewhere, "id": str(new_id())})[0]["message"].startswith("记录所涉及的任职")
    phone.token = "wrong"
    phone.language = "en"
    assert phone.get("me").json()["message"].startswith("This phone is signed out")
