"""For access: a hasher that costs nothing, and a browser that is served as the app and notices when a GET writes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings as product
from django.db import connection
from django.test import Client
from django.urls import reverse

from shibaiqian.access.models import User
from shibaiqian.access.tests.factories import PASSWORD, user
from shibaiqian.regions.models import Region

WRITES = ("insert", "update", "delete", "truncate", "copy")


class Browser(Client):
    """A client served with the rights of the app's login; its GET may touch the session and write nothing else."""

    def get(self, *args: Any, **kwargs: Any) -> Any:
        return super().get(*args, **kwargs)

    def post(self, *args: Any, **kwargs: Any) -> Any:
        return super().post(*args, **kwargs)

    def generic(self, method: str, *args: Any, **kwargs: Any) -> Any:
        with _as_the_app():
            if method != "GET":
                return super().generic(method, *args, **kwargs)
            with connection.execute_wrapper(_refuse_writes):
                return super().generic(method, *args, **kwargs)


@contextmanager
def _as_the_app() -> Iterator[None]:
    """Tests prepare their world as the owner; a request must do with less, also before anybody is known."""
    with connection.cursor() as cursor:
        cursor.execute("select set_config('role', %s, true)", [product.APP_ROLE])
        yield
        cursor.execute("select set_config('role', 'none', true)")


def _refuse_writes(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
    writes = sql.lstrip().lower().startswith(WRITES) and "django_session" not in sql
    assert not writes, f"a GET writes: {sql}"
    return execute(sql, params, many, context)


@pytest.fixture
def browser(db: None) -> Iterator[Callable[..., Browser]]:
    """`browser()` is a machine in the office; `browser("10.1.2.3")` one at another address."""

    def at(address: str = "10.0.0.1") -> Browser:
        return Browser(REMOTE_ADDR=address)

    yield at


@pytest.fixture(autouse=True)
def static_files(settings: Any) -> None:
    """WhiteNoise looks for the folder of built files, which a fresh checkout does not have."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)


def sign_in(browser: Browser, login: str, password: str = PASSWORD, **more: str) -> Any:
    return browser.post(reverse("sign_in"), {"login": login, "password": password, **more})


def guess(browser: Browser, login: str, times: int) -> Any:
    return [sign_in(browser, login, f"wrong-{n}") for n in range(times)][-1]


def is_in(browser: Browser) -> bool:
    return browser.get(reverse("sessions")).status_code == 200


@pytest.fixture
def system() -> User:
    return user("sysadmin", "sys_admin", name="系统员")


@pytest.fixture
def security() -> User:
    return user("secadmin", "sec_admin", name="安全员")


@pytest.fixture
def clerk() -> User:
    return user("luonan", "county_org_admin", "611021", name="李洛南", scope_name="洛南县")


@pytest.fixture
def colleague() -> User:
    return user("colleague", "town_party_admin", "611021100", name="王同事")


@pytest.fixture
def city() -> Region:
    return Region.objects.get(pk="6110")
