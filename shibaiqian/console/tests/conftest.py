import pytest

from shibaiqian.console.tests import factories
from shibaiqian.console.tests.factories import World


@pytest.fixture
def world(db: None) -> World:
    """A village of our county with everything in it once."""
    return factories.world()
