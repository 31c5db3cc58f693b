"""A household is told when its helper changes: a slip with the new helper, recorded once it was handed over."""

import datetime as dt
import io
from typing import Any

import docx
import pypdf
import pytest

from shibaiqian.access.actor import Actor, Forbidden, acting
from shibaiqian.access.command import NotVisible, Refused
from shibaiqian.audit.models import Event
from shibaiqian.cadres.tests.factories import DANFENG, LUONAN
from shibaiqian.documents.gongwen import texts
from shibaiqian.documents.papers.pairing_slip import PairingSlip, Responsible, pairing_slips
from shibaiqian.documents.pdf import render_pdf
from shibaiqian.documents.word import render_docx
from shibaiqian.households.models import Household
from shibaiqian.postings.actions import appoint_officials, hand_over_pairings, leave_to_helpers
from shibaiqian.postings.models import Pairing, PostedHousehold, Posting
from shibaiqian.postings.pairings import pair_households
from shibaiqian.postings.slips import draw_slips, hand_out_slips, households_to_tell
from shibaiqian.postings.tests.factories import bound, posting_row, registered_households, roster
from shibaiqian.regions.models import Region

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_world")]
ON, LATER = dt.date(2016, 6, 1), dt.date(2016, 6, 3)


@pytest.fixture
def place(villages: list[str]) -> Region:
    return Region.objects.get(pk=villages[0])


@pytest.fixture(autouse=True)
def homes(_world: None, county: Region, villages: list[str], poverty: Actor) -> dict[str, Household]:
    """Three households of Zhang's; two pass to Wang."""
    found = registered_households(villages[0], {"H1": "registered", "H2": "registered", "H3": "registered"}, by=poverty)
    base = {
        "helper_name": "张三",
        "unit_code": "LN-001",
        "phone": "13900001234",
        "post": "科员",
        "since": dt.date(2015, 8, 1),
        "until": None,
    }
    pair_households(county, rows=roster(*[{"household_number": number, **base} for number in found]), by=poverty)
    to = {
        "from_name": "张三",
        "from_unit_code": "LN-001",
        "helper_name": "王五",
        "unit_code": "LN-101",
        "post": "干事",
        "phone": "13900009999",
    }
    hand_over_pairings(county, rows=roster(*[{"household_number": number, **to, "on": ON} for number in ("H1", "H2")]), by=poverty)
    return found


def to_tell(by: Actor, place: Region) -> list[str]:
    with acting(by):
        return list(households_to_tell(by, region=place.code).values_list("number", flat=True))


def test_a_slip_names_who_went_and_who_follows_with_the_telephone(homes: dict[str, Household], place: Region, poverty: Actor) -> None:
    assert to_tell(poverty, place) == ["H1", "H2"]
    paper = draw_slips(place, households=[homes["H1"].pk, homes["H2"].pk], by=poverty)
    said = "".join(texts(paper))
    assert said.count("结对帮扶变更告知单") == 3 and said.count("13900009999") == 2 and "13900001234" not in said
    assert "张三（" in said and "王五" in said and "干事" in said and "2016年6月1日起" in said
    assert "13900009999" not in str(Event.objects.latest("id").details)
    assert Event.objects.latest("id").details["count"] == 2


def test_a_village_clerk_prints_without_the_telephone_that_the_wall_keeps(homes: dict[str, Household], place: Region, actor: Any) -> None:
    village = actor("village_admin", place.code)
    said = "".join(texts(draw_slips(place, households=[homes["H1"].pk], by=village)))
    assert "王五" in said and "139" not in said


def test_that_slips_were_handed_over_is_recorded_once(homes: dict[str, Household], place: Region, poverty: Actor, actor: Any) -> None:
    both = [homes["H1"].pk, homes["H2"].pk]
    for change, why in (
        ({"on": dt.date(2016, 6, 9)}, "晚于今天"), ({"on": dt.date(2016, 5, 31)}, "户 H1 的变更从 2016-06-01 起"), ({"told_by": " "}, "送达人"),
        ({"households": []}, "请先勾选"), ({"households": [homes["H3"].pk]}, "没有变更"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=why):
            hand_out_slips(place, **{"households": both, "on": LATER, "told_by": "村文书李芳"} | change, by=poverty)
    village = actor("village_admin", place.code)
    assert hand_out_slips(place, households=both, on=LATER, told_by="村文书李芳", by=village).count == 2
    told = Pairing.unscoped.filter(helper_name="王五").values_list("told_on", "told_by")
    assert set(told) == {(LATER, "村文书李芳")} and to_tell(poverty, place) == []
    assert not Pairing.unscoped.filter(helper_name="张三", told_on__isnull=False).exists()
    with pytest.raises(Refused, match="已经登记告知"):
        hand_out_slips(place, households=both, on=LATER, told_by="村文书李芳", by=village)


def test_an_official_who_left_the_household_to_its_helper_is_told_of_too(
    homes: dict[str, Household], county: Region, place: Region, poverty: Actor, clerk: Actor
) -> None:
    appoint_officials(county, rows=roster(posting_row(1, place.code)), by=clerk)
    posting = Posting.unscoped.get()
    bound(posting, ["H3"], by=clerk)
    assert "H3" not in to_tell(poverty, place)
    leave_to_helpers(posting, on=ON, by=clerk)
    assert "H3" in to_tell(poverty, place)
    said = "".join(texts(draw_slips(place, households=[homes["H3"].pk], by=poverty)))
    assert "王朝辉（第一书记）" in said and "张三" in said
    hand_out_slips(place, households=[homes["H3"].pk], on=LATER, told_by="李芳", by=poverty)
    assert PostedHousehold.unscoped.get().told_by == "李芳" and "H3" not in to_tell(poverty, place)


def test_an_outsider_prints_and_records_nothing(homes: dict[str, Household], place: Region, actor: Any, clerk: Actor) -> None:
    said: dict[str, Any] = {"households": [homes["H1"].pk]}
    told = said | {"on": LATER, "told_by": "李芳"}
    stranger = actor("county_poverty_admin", DANFENG)
    for act, more in ((draw_slips, said), (hand_out_slips, told)):
        with pytest.raises(NotVisible):
            act(place, **more, by=stranger)
        with pytest.raises(NotVisible):
            act(Region.objects.get(pk=DANFENG), **more, by=stranger)
        with pytest.raises(Forbidden):
            act(place, **more, by=clerk)
        with pytest.raises(NotVisible):
            act(
                Region.objects.get(pk=LUONAN),
                **more | {"households": [homes["H1"].pk, place_of_nobody()]},
                by=actor("county_poverty_admin", LUONAN),
            )


def place_of_nobody() -> Any:
    return Pairing.unscoped.first().pk  # type: ignore[union-attr]  # a key, but of no household


def test_two_slips_share_a_page_and_a_long_one_has_its_own() -> None:
    def slip(head: str, *, helpers: int = 1) -> PairingSlip:
        one = Responsible(name="王五", unit="洛南县扶贫开发局", post="党组成员、副局长", phone="13900009999", since=ON)
        return PairingSlip(head=head, place="八一村二组", before=("张三（洛南县农业局）",), now=(one,) * helpers)

    slips = [slip("陈新志"), slip("李改过", helpers=3), slip("赵大", helpers=6), slip("钱二"), slip("孙三")]
    paper = pairing_slips(slips)
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(render_pdf(paper).content)).pages]
    heads = [[head for head in ("陈新志", "李改过", "赵大", "钱二", "孙三") if head in page] for page in pages]
    assert heads == [["陈新志", "李改过"], ["赵大"], ["钱二", "孙三"]]
    word = docx.Document(io.BytesIO(render_docx(paper)))
    assert len(word.sections) == 3 and len(word.tables) == 5
