"""A village of Luonan, the official posted there, and the clerk who keeps the county's records."""

from typing import Any

import pytest

from shibaiqian.assistance.tests.factories import LUONAN, posted, villages
from shibaiqian.postings.models import Posting
from shibaiqian.regions.models import Region


@pytest.fixture
def village() -> Region:
    return villages(LUONAN)[0]


@pytest.fixture
def posting(village: Region) -> Posting:
    return posted(village.code, "P1")


@pytest.fixture
def official(actor: Any, village: Region) -> Any:
    return actor("posted_cadre", village.code)


@pytest.fixture
def clerk(actor: Any) -> Any:
    return actor("county_poverty_admin", LUONAN)
