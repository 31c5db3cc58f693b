"""Papers of an ending: issued by the body that decided, numbered, proven by their code, opened by the sending unit."""

import datetime as dt
import uuid
from typing import Any

import pytest

from shibaiqian.access.actor import Actor, Forbidden, acting
from shibaiqian.access.command import NotVisible, Refused
from shibaiqian.documents.gongwen import texts
from shibaiqian.documents.models import IssuedDocument
from shibaiqian.documents.register import check, issued_documents, paper_of
from shibaiqian.documents.tests.factories import install_issuers
from shibaiqian.postings.actions import appoint_officials, end_posting, settle_ended
from shibaiqian.postings.models import Posting, PostingChange
from shibaiqian.postings.tests.factories import CITY, WAITING, ended, handed_over, install, posting_row, roster
from shibaiqian.regions.models import Region
from shibaiqian.reports.certificates import IssuedAlready, TooEarly, achievements, issue_certificate, issue_term_assessment

pytestmark = pytest.mark.django_db
LUONAN, DANFENG, VILLAGE = "611021", "611022", "611021101"
OVER, SIGNED = dt.date(2016, 5, 31), dt.date(2016, 6, 2)


@pytest.fixture
def clerk(actor: Any) -> Actor:
    found: Actor = actor("county_org_admin", LUONAN)
    return found


@pytest.fixture
def posting(actor: Any, clerk: Actor) -> Posting:
    """王朝辉 in a village of the county since July 2015."""
    install(actor)
    install_issuers(actor)
    return posted(clerk)


def posted(by: Actor, serial: int = 1, **more: Any) -> Posting:
    village = Region.objects.filter(code__gte=VILLAGE, code__lt=f"{VILLAGE}:", level="village").order_by("code")[serial].code
    appoint_officials(Region.objects.get(pk=LUONAN), rows=roster(posting_row(serial, village, **more)), by=by)
    return Posting.unscoped.get(number=f"G-{serial:04}")


def words(row: IssuedDocument) -> str:
    return "".join(texts(paper_of(row)))


def test_a_certificate_says_what_the_resume_says_and_is_proven_by_its_code(posting: Posting, clerk: Actor) -> None:
    over = ended(posting, on=OVER, reason="health", by=clerk)
    row = issue_certificate(over, on=SIGNED, result="挂职期满考核称职", by=clerk)
    assert (row.number, row.kind, row.issuer) == ("洛组证〔2016〕1号", "certificate", "中共洛南县委组织部")
    said = words(row)
    place = posting.region.full_name.removeprefix("陕西省商洛市")
    assert "王朝辉同志（男，1975.06生，洛南县农业局副局长）于2015年7月24日至2016年5月31日" in said
    assert f"（其间：2015.07--2016.05 挂任{place}第一书记）" in said and "挂职期满考核称职。" in said
    assert check(row.number, row.check_code) is not None and check(row.number, "AAAA-AAAA") is None
    assert PostingChange.unscoped.get(kind="certificate").document_number == row.number


def test_the_sending_unit_opens_it_and_another_unit_does_not(posting: Posting, clerk: Actor, actor: Any) -> None:
    row = issue_certificate(ended(posting, on=OVER, reason="health", by=clerk), on=SIGNED, by=clerk)
    unit = actor("sending_unit_admin", unit=posting.unit_id)
    other = actor("sending_unit_admin", unit=uuid.uuid4())
    for who, sees in ((unit, [row.pk]), (other, []), (actor("county_org_admin", DANFENG), [])):
        with acting(who):
            assert [found.pk for found in issued_documents(who)] == sees


def test_nothing_is_certified_before_the_end_or_twice(posting: Posting, clerk: Actor) -> None:
    with pytest.raises(TooEarly, match="还没有结束"):
        issue_certificate(posting, on=SIGNED, by=clerk)
    over = ended(posting, on=OVER, reason="health", by=clerk)
    for day in (OVER - dt.timedelta(days=1), dt.date(2030, 1, 1)):
        with pytest.raises(Refused, match="成文日期"):
            issue_certificate(over, on=day, by=clerk)
    issue_certificate(over, on=SIGNED, by=clerk)
    with pytest.raises(IssuedAlready, match="洛组证〔2016〕1号"):
        issue_certificate(over, on=SIGNED, by=clerk)


def test_who_never_arrived_gets_no_certificate(posting: Posting, clerk: Actor) -> None:
    never = posted(clerk, 2, **WAITING)
    over = end_posting(never, on=OVER, reason="other", by=clerk)
    with pytest.raises(TooEarly):
        issue_certificate(over, on=SIGNED, by=clerk)


def test_the_assessment_is_issued_while_the_official_hands_over(posting: Posting, clerk: Actor, subtests: Any) -> None:
    with pytest.raises(TooEarly, match="开始交接"):
        issue_term_assessment(posting, on=SIGNED, by=clerk)
    handed_over(posting, since=dt.date(2016, 5, 20), on=OVER, by=clerk)
    row = issue_term_assessment(Posting.unscoped.get(pk=posting.pk), on=SIGNED, by=clerk)
    assert row.number == "洛组鉴〔2016〕1号" and row.unit_id == posting.unit_id
    said = words(row)
    assert "协助抓基层党建和脱贫攻坚" in said and "等次：" in said
    assert "称职" not in said  # no grade that nobody gave
    with pytest.raises(IssuedAlready):
        issue_term_assessment(posting, on=SIGNED, by=clerk)


def test_achievements_name_what_the_records_have_and_nothing_else(posting: Posting, clerk: Actor) -> None:
    with acting(clerk):
        assert achievements(posting, by=clerk) == ()


def test_only_the_body_that_decided_issues(posting: Posting, clerk: Actor, actor: Any) -> None:
    over = ended(posting, on=OVER, reason="health", by=clerk)
    with pytest.raises(NotVisible):
        issue_certificate(over, on=SIGNED, by=actor("county_org_admin", DANFENG))
    for role, scope in (("town_party_admin", {"region": VILLAGE}), ("sending_unit_admin", {"unit": posting.unit_id})):
        with pytest.raises(Forbidden):
            issue_certificate(over, on=SIGNED, by=actor(role, **scope))
        with pytest.raises(Forbidden):
            issue_term_assessment(over, on=SIGNED, by=actor(role, **scope))
    assert not IssuedDocument.unscoped.exists()


def test_the_county_certifies_an_official_of_the_city_out_of_its_sight_with_what_the_posting_says(posting: Posting, actor: Any) -> None:
    city = actor("city_org_admin", CITY)
    guest = posted(city, 5)
    county = actor("county_org_admin", LUONAN)
    over = ended(guest, on=OVER, reason="health", by=county)
    settle_ended(Region.objects.get(pk=CITY), by=city)
    assert "孙伟同志（商洛市科技局）于2015年7月24日" in words(issue_certificate(over, on=SIGNED, by=county))
