"""Letters of party relations, numbered for a list."""

import datetime as dt
import io
from typing import Any

import docx
import pypdf
import pytest

from shibaiqian.access.actor import Actor, Forbidden, acting
from shibaiqian.access.command import NotVisible, Refused
from shibaiqian.cadres.models import Cadre
from shibaiqian.cadres.tests.factories import DANFENG, LUONAN
from shibaiqian.documents.gongwen import texts, together
from shibaiqian.documents.models import IssuedDocument
from shibaiqian.documents.pdf import render_pdf
from shibaiqian.documents.register import check, paper_of, papers_numbered
from shibaiqian.documents.word import render_docx
from shibaiqian.postings.actions import issue_party_letters
from shibaiqian.postings.models import PartyTransfer, Posting
from shibaiqian.postings.queries import letters_to_host
from shibaiqian.regions.models import Region
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

    def test_the_register_tells_the_letters_apart_by_the_person(self, actor: Any, clerk: Actor) -> None:
        appointed(matched(actor, *villages(3)), by=clerk)
        issue_party_letters(place(), postings=all_postings(), on=DAY, by=clerk)
        titles = {row.title for row in IssuedDocument.unscoped.filter(kind="party_letter")}
        assert titles == {f"中国共产党党员组织关系介绍信（{name}）" for name in Posting.unscoped.values_list("cadre_name", flat=True)}

    def test_a_list_prints_as_one_file_in_the_order_of_numbers(self, actor: Any, clerk: Actor) -> None:
        appointed(matched(actor, *villages(3)), by=clerk)
        issue_party_letters(place(), postings=all_postings(), on=DAY, by=clerk)
        with acting(clerk):
            papers = papers_numbered(clerk, letters_to_host(clerk, all_postings()))
        whole = together([paper_of(row) for row in papers])
        pdf = pypdf.PdfReader(io.BytesIO(render_pdf(whole).content))
        assert len(pdf.pages) == 3
        by_place = Posting.unscoped.order_by("region_id", "number").values_list("cadre_name", flat=True)
        assert [name in page.extract_text() for name, page in zip(by_place, pdf.pages, strict=True)] == [True] * 3
        word = docx.Document(io.BytesIO(render_docx(whole)))
        for page, section, row in zip(pdf.pages, word.sections, papers, strict=True):
            said = "".join(page.extract_text().split())
            assert row.number in said and row.check_code in said and "—1—" in said
            assert said.count(row.number) == 5, "in stub, letter, receipt, on the cut line and at the foot"
            assert row.check_code in "".join(paragraph.text for paragraph in section.footer.paragraphs)

    def test_back_home_it_is_numbered_too_and_the_register_of_another_body_is_left_alone(self, actor: Any, clerk: Actor) -> None:
        appointed(matched(actor, villages(1)[0]), by=clerk)
        posting = Posting.unscoped.get()
        town = actor("town_party_admin", TOWN)
        with pytest.raises(Forbidden):
            issue_party_letters(Region.objects.get(pk=TOWN), postings=[posting.pk], on=DAY, by=town)
        Posting.unscoped.update(state="ended", arrived_on=DAY, party_in_on=DAY, ended_on=dt.date(2016, 6, 1), end_reason="health")
        issue_party_letters(place(), postings=[posting.pk], direction="back", on=dt.date(2016, 6, 2), by=clerk)
        letter = PartyTransfer.unscoped.get()
        paper = "".join(texts(paper_of(IssuedDocument.unscoped.get(number=letter.letter_number))))
        assert letter.direction == "back" and f"由{letter.from_body}转到{letter.to_body}" in paper
        assert letter.to_body == f"{posting.unit.name}党组织"

    def test_a_number_of_another_body_is_for_one(self, actor: Any, clerk: Actor) -> None:
        appointed(matched(actor, *villages(2)), by=clerk)
        with pytest.raises(Refused, match="只能登记一人"):
            issue_party_letters(place(), postings=all_postings(), on=DAY, letter_number="第12号", by=clerk)
        issue_party_letters(place(), postings=all_postings()[:1], on=DAY, letter_number="第12号", by=clerk)
        assert not IssuedDocument.unscoped.filter(kind="party_letter").exists()
