"""People who act in selection."""

from typing import Any

import pytest

from shibaiqian.access.actor import Actor
from shibaiqian.cadres.tests.factories import CITY, DANFENG, LUONAN
from shibaiqian.postings.tests.factories import install
from shibaiqian.regions.models import Region


@pytest.fixture
def _world(actor: Any) -> None:
    install(actor)


@pytest.fixture
def city() -> Region:
    return Region.objects.get(pk=CITY)


@pytest.fixture
def county() -> Region:
    return Region.objects.get(pk=LUONAN)


@pytest.fixture
def city_clerk(actor: Any) -> Actor:
    return actor("city_org_admin", CITY, name="市委组织部干事")


@pytest.fixture
def clerk(actor: Any) -> Actor:
    return actor("county_org_admin", LUONAN, name="县委组织部干事")


@pytest.fixture
def stranger(actor: Any) -> Actor:
    return actor("county_org_admin", DANFENG, name="外县干事")
