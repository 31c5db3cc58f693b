"""People with roles at places, and servers outside."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from shibaiqian.access.models import User
from shibaiqian.access.tests import conftest as access_conftest
from shibaiqian.access.tests.conftest import Browser
from shibaiqian.access.tests.factories import actor_of, user
from shibaiqian.messages import actions
from shibaiqian.messages.models import Channel
from shibaiqian.messages.tests.servers import MailServer, RobotServer, serving

COUNTY, OTHER, TOWN, VILLAGE = "611021", "611022", "611021100", "611021100001"
browser = access_conftest.browser


@pytest.fixture(autouse=True)
def folder_of_static_files(settings: Any) -> None:
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)


@pytest.fixture
def clerk(db: None) -> User:
    return user("luonan", "county_org_admin", COUNTY, scope_name="洛南县")


@pytest.fixture
def mail(settings: Any) -> Iterator[MailServer]:
    with serving(MailServer()) as server:
        settings.SMTP = {"host": "127.0.0.1", "port": server.port}
        settings.MAIL_FROM = "notice@shangluo.example"
        yield server


@pytest.fixture
def robot(settings: Any, tmp_path: Path) -> Iterator[RobotServer]:
    with serving(RobotServer(tmp_path)) as server:
        settings.ROBOT_INNER_HOSTS = frozenset({server.host})
        settings.ROBOT_CA = server.certificate
        yield server


@pytest.fixture
def by_mail(clerk: User, mail: MailServer) -> Channel:
    """The clerk's mailbox, reached at once in working hours."""
    return actions.set_channel(clerk, kind="email", address="li@luonan.example", digest_only=False, by=actor_of(clerk))


@pytest.fixture
def by_robot(clerk: User, robot: RobotServer) -> Channel:
    return actions.set_channel(
        clerk, kind="robot", address=f"https://{robot.host}/cgi-bin/webhook/send?key=abc", digest_only=False, by=actor_of(clerk)
    )


Opens = Callable[..., Browser]
