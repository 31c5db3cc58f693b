from typing import Any

import pytest

from shibaiqian.access.actor import acting
from shibaiqian.households.actions import register_households, register_members
from shibaiqian.households.models import Household, Member
from shibaiqian.households.tests.rosters import household, households_sheet, member, members_sheet
from shibaiqian.regions.models import Region

LUONAN, DANFENG = "611021", "611022"


@pytest.fixture
def luonan() -> Region:
    return Region.objects.get(pk=LUONAN)


@pytest.fixture
def danfeng() -> Region:
    return Region.objects.get(pk=DANFENG)


@pytest.fixture
def village() -> str:
    return Region.objects.filter(code__gte=LUONAN, code__lt=LUONAN + ":", level="village").order_by("code")[0].code


@pytest.fixture
def other_village() -> str:
    """In the other county."""
    return Region.objects.filter(code__gte=DANFENG, code__lt=DANFENG + ":", level="village").order_by("code")[0].code


@pytest.fixture
def clerk(actor: Any) -> Any:
    return actor("county_poverty_admin", LUONAN)


@pytest.fixture
def stranger(actor: Any) -> Any:
    return actor("county_poverty_admin", DANFENG)


@pytest.fixture
def one_household(luonan: Region, village: str, clerk: Any) -> Household:
    """A household of two, its members registered."""
    register_households(luonan, rows=households_sheet(household("H1", village, member_count=2, phone="13900000000")), by=clerk)
    people = [member("H1"), member("H1", sequence=2, name="李秀英", sex="女", relation="配偶", health="残疾")]
    people[1]["disability_number"] = people[1]["id_number"] + "43"
    register_members(luonan, rows=members_sheet(*people), by=clerk)
    with acting(clerk):
        return Household.objects.visible_to(clerk).get(number="H1")


@pytest.fixture
def head(one_household: Household, clerk: Any) -> Member:
    with acting(clerk):
        return Member.objects.visible_to(clerk).get(relation="户主")
