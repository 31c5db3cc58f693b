"""The roster of postings as a file: written, read again, appointed."""

from pathlib import Path
from typing import Any

import pytest

from shibaiqian.cadres.tests.factories import LUONAN
from shibaiqian.organisations.tests.test_excel import through_a_file
from shibaiqian.postings.actions import appoint_officials
from shibaiqian.postings.excel import COLUMNS
from shibaiqian.postings.models import Posting
from shibaiqian.postings.tests.factories import install, posting_row, roster
from shibaiqian.regions.models import Region
from shibaiqian.regions.tests.fixture import agreed, declared

pytestmark = pytest.mark.django_db


def test_the_columns_are_those_agreed() -> None:
    assert declared(COLUMNS) == agreed("postings")


def test_a_file_of_postings_is_appointed(tmp_path: Path, actor: Any) -> None:
    install(actor)
    county, clerk = Region.objects.get(pk=LUONAN), actor("county_org_admin", LUONAN)
    village = Region.objects.filter(code__gt=LUONAN, level="village").order_by("code")[0].pk
    rows = roster(posting_row(1, village), posting_row(3, "611021101", arrived_on=None))
    from_file = through_a_file(tmp_path, COLUMNS, rows.frame, "挂职干部名册")
    assert appoint_officials(county, rows=from_file, by=clerk).count == 2
    assert list(Posting.unscoped.order_by("number").values_list("tier_code", "state", "batch")) == [
        ("T1000", "active", "2015年第二批"), ("T100", "pending_arrival", "2015年第二批"),
    ]  # fmt: skip
