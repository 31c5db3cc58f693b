"""A county with its officials, the clerks of three places, and four villages of a town."""

from typing import Any

import pytest

from shibaiqian.access.actor import Actor
from shibaiqian.cadres.tests.factories import CITY, DANFENG, LUONAN
from shibaiqian.documents.tests.factories import install_issuers
from shibaiqian.postings.tests.factories import install
from shibaiqian.regions.models import Region

TOWN = "611021101"


@pytest.fixture
def _world(actor: Any) -> None:
    install(actor)
    install_issuers(actor)


@pytest.fixture
def county() -> Region:
    return Region.objects.get(pk=LUONAN)


@pytest.fixture
def clerk(actor: Any) -> Actor:
    return actor("county_org_admin", LUONAN)


@pytest.fixture
def city_clerk(actor: Any) -> Actor:
    return actor("city_org_admin", CITY)


@pytest.fixture
def poverty(actor: Any) -> Actor:
    return actor("county_poverty_admin", LUONAN)


@pytest.fixture
def stranger(actor: Any) -> Actor:
    return actor("county_org_admin", DANFENG)


@pytest.fixture
def villages() -> list[str]:
    rows = Region.objects.filter(code__gte=TOWN, code__lt=f"{TOWN}:", level="village").order_by("code")
    return list(rows.values_list("code", flat=True)[:4])
