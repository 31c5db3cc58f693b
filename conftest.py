"""Fixtures for all tests: the embedded server, a database with its rights and gazetteer, officials to act as.

Tests connect as the owner to prepare a world; requests and commands run as the app's role, inside the wall.
"""

import os
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from shibaiqian.base.embedded_postgres import Cluster

# Tests have a data folder of their own, kept between runs so that the server starts warm.
os.environ["SHIBAIQIAN_HOME"] = os.environ.get(
    "SHIBAIQIAN_TEST_HOME", str(Path(tempfile.gettempdir()) / f"shibaiqian-tests-{os.getuid()}")
)
os.environ["SHIBAIQIAN_DATABASE_ROLE"] = "owner"
os.environ["SHIBAIQIAN_BUSINESS_DATE"] = "2016-06-08"


def pytest_configure() -> None:
    if not os.environ.get("DATABASE_URL"):
        Cluster(home=Path(os.environ["SHIBAIQIAN_HOME"])).ensure()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """After the tables: the gazetteer of the city, which is reference data in every installation."""
    from shibaiqian.regions.actions import load_regions

    with django_db_blocker.unblock():
        load_regions()
    yield


@pytest.fixture
def actor() -> Callable[..., Any]:
    """`actor("county_org_admin", "611021")`: somebody in this role with this region (or `unit=`, `person=`, `households=`)."""
    from shibaiqian.access.actor import Actor
    from shibaiqian.access.roles import Role
    from shibaiqian.access.scope import Scope

    def make(role: str, region: str = "", *, name: str = "测试人员", user_id: uuid.UUID | None = None, **scope: Any) -> Actor:
        return Actor(user_id=user_id or uuid.uuid4(), name=name, role=Role(role), scope=Scope(region=region, **scope))

    return make
