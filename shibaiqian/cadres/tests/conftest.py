"""The clerk of a county's organisation department, and a county with two cadres in its register."""

from typing import Any

import pytest

from shibaiqian.cadres.actions import register_cadres
from shibaiqian.cadres.tests.factories import LUONAN, cadre_row, register_units, roster
from shibaiqian.regions.models import Region


@pytest.fixture
def clerk(actor: Any) -> Any:
    return actor("county_org_admin", LUONAN)


@pytest.fixture
def county(actor: Any, clerk: Any) -> Region:
    register_units(actor)
    place = Region.objects.get(pk=LUONAN)
    register_cadres(place, rows=roster(cadre_row(1), cadre_row(2)), by=clerk)
    return place
