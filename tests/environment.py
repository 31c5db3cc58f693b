"""Loaded before the settings (`-p tests.environment`): where tests keep their data, and as whom they connect."""

import gc
import os
import tempfile
from pathlib import Path

import pytest

from shibaiqian.base.embedded_postgres import Cluster
from shibaiqian.base.translations import compile_catalogue

# A data folder of their own, kept between runs so that the server starts warm; one for each process that tests at once.
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
HOME = Path((os.environ.get("SHIBAIQIAN_TEST_HOME") or f"{tempfile.gettempdir()}/shibaiqian-tests-{os.getuid()}") + WORKER)
os.environ["SHIBAIQIAN_HOME"] = str(HOME)
os.environ["SHIBAIQIAN_DATABASE_ROLE"] = "owner"
os.environ["SHIBAIQIAN_BUSINESS_DATE"] = "2016-06-08"


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("numprocesses", None) and not WORKER:
        compile_catalogue()  # once, before the processes that test
        return
    if not os.environ.get("DATABASE_URL"):
        Cluster(home=HOME).ensure()
    (HOME / "static").mkdir(parents=True, exist_ok=True)
    if not WORKER:
        compile_catalogue()  # pages are read in English too, in a fresh checkout as well


def pytest_collection_finish() -> None:
    """What is loaded stays: leaving it out of every later search for garbage takes a quarter off the tests' time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)


def pytest_sessionfinish() -> None:
    gc.unfreeze()
