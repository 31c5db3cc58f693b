"""A village with its First Secretary, and that person's phone."""

import pytest

from shibaiqian.sync.tests.factories import Phone, Village, a_village


@pytest.fixture
def village() -> Village:
    return a_village()


@pytest.fixture
def phone(village: Village) -> Phone:
    return Phone.of(village.role)
