"""A bulletin is counted once, frozen, and its documents are made from the frozen data."""

import datetime as dt
import io
from typing import Any

import pytest
from docx import Document
from pypdf import PdfReader

from shibaiqian.access.actor import Forbidden, acting
from shibaiqian.access.command import NotVisible
from shibaiqian.party.models import Overhaul
from shibaiqian.regions.models import Region
from shibaiqian.reports.actions import NotYet, issue_bulletin
from shibaiqian.reports.bulletins import SnapshotChanged, document_of, docx_of, pdf_of
from shibaiqian.reports.models import Snapshot

pytestmark = pytest.mark.django_db
LUONAN = "611021"
TODAY = dt.date(2016, 6, 8)


@pytest.fixture
def county() -> Region:
    return Region.objects.get(pk=LUONAN)


@pytest.fixture
def clerk(actor: Any) -> Any:
    return actor("county_org_admin", LUONAN)


def _overhaul(county: Region) -> None:
    village = Region.objects.filter(code__gte=LUONAN, code__lt=LUONAN + ":", level="village").order_by("code")[0]
    Overhaul.unscoped.create(
        region=village,
        organisation_name="某支部",
        label="lagging",
        kinds="W01",
        listed_on=dt.date(2015, 3, 2),
        finished_on=dt.date(2015, 12, 1),
        accepted_on=dt.date(2015, 12, 2),
        state="closed",
        event=1,
    )


def test_the_figures_are_live_and_then_stand_still(county: Region, clerk: Any) -> None:
    _overhaul(county)
    issued = issue_bulletin(county, as_of=TODAY, by=clerk)
    Overhaul.unscoped.update(state="in_rectification")

    assert issued.data["values"]["organisations_overhauled"] == 1
    assert Snapshot.unscoped.get().data["values"]["organisations_overhauled"] == 1


def test_issues_of_a_year_are_numbered(county: Region, clerk: Any) -> None:
    assert [issue_bulletin(county, as_of=TODAY, by=clerk).number for _ in range(3)] == [1, 2, 3]


def test_a_day_ahead_is_refused(county: Region, clerk: Any) -> None:
    with pytest.raises(NotYet, match="还没有到"):
        issue_bulletin(county, as_of=TODAY + dt.timedelta(days=1), by=clerk)


def test_another_county_neither_issues_nor_sees_it(county: Region, clerk: Any, actor: Any) -> None:
    issue_bulletin(county, as_of=TODAY, by=clerk)
    stranger = actor("county_org_admin", "611022")
    with pytest.raises(NotVisible):
        issue_bulletin(county, as_of=TODAY, by=stranger)
    with acting(stranger):
        assert not Snapshot.objects.visible_to(stranger).exists()


def test_a_leader_reads_but_does_not_issue(county: Region, actor: Any) -> None:
    with pytest.raises(Forbidden):
        issue_bulletin(county, as_of=TODAY, by=actor("city_leader", "6110"))


def test_pdf_and_word_are_opened_by_other_programs(county: Region, clerk: Any) -> None:
    _overhaul(county)
    issued = issue_bulletin(county, as_of=TODAY, by=clerk)

    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf_of(issued))).pages)
    assert "洛南县" in text
    words = "\n".join(p.text for p in Document(io.BytesIO(docx_of(issued))).paragraphs)
    assert "洛南县" in words


def test_frozen_data_that_was_changed_is_refused(county: Region, clerk: Any) -> None:
    issued = issue_bulletin(county, as_of=TODAY, by=clerk)
    issued.data["values"]["projects"] = 99_999
    with pytest.raises(SnapshotChanged):
        document_of(issued)
