"""A few clues of the demonstration: some explained, a few left so that there is a question; once."""

import datetime as dt
from typing import Any

import pytest

from shibaiqian.access.models import Assignment, User
from shibaiqian.assistance.tests.factories import LUONAN, villages
from shibaiqian.base import clock
from shibaiqian.demo.clues import REASON, write_clues
from shibaiqian.fieldwork.models import Clue, ClueQuestion
from shibaiqian.fieldwork.tests.duty import People

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(actor: Any) -> People:
    made = People(actor, villages(LUONAN)[0])
    user = User.objects.get(person=made.posting.cadre_id)
    Assignment.objects.create(
        user=user, role="posted_cadre", region=made.village.code, scope_name=made.village.name, valid_from=dt.date(2015, 3, 1)
    )
    return made


def test_an_official_explained_some_and_left_some_and_the_town_has_a_question(people: People) -> None:
    assert write_clues() == 1
    explained = Clue.unscoped.filter(state="explained")
    assert [clue.explanation for clue in explained] == [REASON]
    question = ClueQuestion.unscoped.get()
    assert question.state == "waiting" and question.region_id == people.village.code and question.raised_on == clock.today()
    assert Clue.unscoped.filter(question=question).count() == 3
    assert Clue.unscoped.filter(kind="own_photo", state="open").count() == 1
    assert write_clues() == 0
