"""A question keeps its SQL; neither door nor wall stands open for it."""

import itertools
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shibaiqian.access import question
from shibaiqian.access.actor import acting
from shibaiqian.access.question import Question
from shibaiqian.access.scoped import UnscopedRead
from shibaiqian.base.ids import new_id
from shibaiqian.base.paging import Cursor
from shibaiqian.party.models import Overhaul
from shibaiqian.regions.models import Region

pytestmark = pytest.mark.django_db
OURS, THEIRS = "611021", "611022"


def _overhauls(county: str, count: int) -> list[Overhaul]:
    villages = Region.objects.filter(code__gte=county, code__lt=f"{county}:", level="village").order_by("code")[:count]
    common = {"label": "lagging", "kinds": "W01", "listed_on": "2016-01-04", "state": "in_rectification", "event": 1}
    return [Overhaul.unscoped.create(region=village, organisation_name=f"{village.name}党支部", **common) for village in villages]


def _asked(actor: Any) -> Question:
    rows = Overhaul.objects.visible_to(actor)
    return Question(rows, ["region_id"], fields=["region_id", "organisation_name"], known=rows)


@pytest.fixture
def clerk(actor: Any) -> Any:
    return actor("county_org_admin", OURS)


@pytest.fixture
def pages_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(question, "SIZE", 2)


def test_pages_forth_and_back_take_one_query_each_and_only_what_they_show(pages_of_two: None, clerk: Any) -> None:
    rows = [(row.pk, row.region_id, row.organisation_name) for row in _overhauls(OURS, 5)]
    _overhauls(THEIRS, 2)
    with acting(clerk), CaptureQueriesContext(connection) as queries:
        asked = _asked(clerk)
        first = asked.page()
        second = asked.page(Cursor.of(after=first.next))
        third = asked.page(Cursor.of(after=second.next))
        back = asked.page(Cursor.of(before=third.previous))
    assert [tuple(row) for row in itertools.chain(first.rows, second.rows, third.rows)] == rows
    assert (first.previous, third.next, back) == ("", "", second)
    assert len(queries) == 4
    assert not any("kinds" in query["sql"] for query in queries)


def test_a_cursor_that_is_gone_or_foreign_gives_the_first_page(pages_of_two: None, clerk: Any) -> None:
    _overhauls(OURS, 3)
    foreign = _overhauls(THEIRS, 1)[0].pk
    with acting(clerk):
        asked = _asked(clerk)
        first = asked.page()
        assert len(first.rows) == 2
        for gone in (foreign, new_id(), question.HERE):
            assert asked.page(Cursor(gone)) == asked.page(Cursor(gone, backwards=True)) == first


def test_nobody_makes_a_question_without_saying_for_whom(clerk: Any) -> None:
    told, untold = Overhaul.objects.visible_to(clerk), Overhaul.objects.all()
    for rows, known in ((untold, told), (told, untold)):
        with pytest.raises(UnscopedRead):
            Question(rows, ["region_id"], fields=[], known=known)


def test_the_wall_stands_before_every_answer(clerk: Any, actor: Any) -> None:
    _overhauls(OURS, 2)
    stranger = actor("county_org_admin", THEIRS)
    with acting(clerk):
        asked = _asked(clerk)
        assert len(asked.page().rows) == 2
    with acting(stranger):
        assert asked.page().rows == []


def test_who_sees_nothing_is_not_asked_for(actor: Any) -> None:
    nobody = actor("county_org_admin", "")
    with acting(nobody), CaptureQueriesContext(connection) as queries:
        assert _asked(nobody).page(Cursor(uuid.uuid4())).rows == []
    assert not any("overhaul" in query["sql"] for query in queries)
