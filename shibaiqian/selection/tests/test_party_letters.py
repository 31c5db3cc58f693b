"""Letters of party relations, numbered for a list."""

import datetime as dt
from typing import Any

import pytest

from shibaiqian.access.actor import Actor, Forbidden
from shibaiqian.access.command import NotVisible, Refused
from shibaiqian.cadres.models import Cadre
from shibaiqian.cadres.tests.factories import DANFENG, LUONAN
from shibaiqian.documents.gongwen import texts
from shibaiqian.documents.models import IssuedDocument
from shibaiqian.documents.register import check, paper_of
from shibaiqian.postings.models import PartyTransfer, Posting
from shibaiqian.selection.party_letters import issue_party_letters
from shibaiqian.selection.tests.factories import TOWN, villages
from shibaiqian.selection.tests.matched import appointed, matched, place, world

pytestmark = pytest.mark.django_db
DAY = dt.date(2015, 7, 21)


@pytest.fixture
def _decided_world(actor: Any) -> None:
    world(actor)


def all_postings() -> list[Any]:
    return list(Posting.unscoped.order_by("number").values_list("pk", flat=True))


@pytest.mark.usefixtures("_decided_world")
class TestLetters:
    def test_each_member_gets_a_letter_with_number_stub_and_proof(self, actor: Any, clerk: Actor) -> None:
        appointed(matched(actor, *villages(3)), by=clerk)
        assert issue_party_letters(place(), postings=all_postings(), on=DAY, dues_paid_to="201507", by=clerk).count == 3
        letters = list(IssuedDocument.unscoped.filter(kind="party_letter").order_by("number"))
        assert [letter.number for letter in letters] == [f"洛组介〔2015〕{n}号" for n in (1, 2, 3)]
        assert sorted(PartyTransfer.unscoped.values_list("letter_number", flat=True)) == [letter.number for letter in letters]
        assert set(Posting.unscoped.values_list("party_out_on", flat=True)) == {DAY}
        said = "".join(texts(paper_of(letters[0])))
        assert "存　根" in said and "回　执" in said and "2015年7月" in said and "中共景村镇委员会" in said
        assert check(letters[0].number, letters[0].check_code) is not None

    def test_who_has_a_letter_or_is_no_member_is_left_out(self, actor: Any, clerk: Actor) -> None:
        appointed(matched(actor, *villages(2)), by=clerk)
        appointed(matched(actor, TOWN, serials=(4,)), by=clerk)
        assert Cadre.unscoped.get(name="赵强").political_status == "13"
        assert issue_party_letters(place(), postings=all_postings(), on=DAY, by=clerk).count == 2
        with pytest.raises(Refused, match="已经开过"):
            issue_party_letters(place(), postings=all_postings(), on=DAY, by=clerk)
        assert IssuedDocument.unscoped.filter(kind="party_letter").count() == 2

    def test_outsiders_issue_no_letters(self, actor: Any, clerk: Actor, stranger: Actor) -> None:
        appointed(matched(actor, villages(1)[0]), by=clerk)
        with pytest.raises(NotVisible):
            issue_party_letters(place(DANFENG), postings=all_postings(), on=DAY, by=stranger)
        with pytest.raises(Forbidden):
            issue_party_letters(place(), postings=all_postings(), on=DAY, by=actor("town_party_admin", LUONAN))
