"""The gazetteer and the national lists."""

import pytest

from shibaiqian.regions.actions import load_regions
from shibaiqian.regions.models import Region

pytestmark = pytest.mark.django_db


def test_all_seven_counties_stand_on_the_national_list() -> None:
    counties = Region.objects.filter(level="county").order_by("code")
    assert [c.poor_county for c in counties] == ["national"] * 7


def test_loading_again_changes_nothing_and_mends_what_was_changed() -> None:
    assert load_regions().written == 0
    Region.objects.filter(pk="611021").update(poor_county="", name="别的名字")
    assert load_regions().written == 1
    assert Region.objects.get(pk="611021").poor_county == "national"
