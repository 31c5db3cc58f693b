"""A server of the office's own: as the handbook says it, refused in words when it cannot serve."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from shibaiqian.base.embedded_postgres import LOGINS
from tests.oldest_server import handbook_sql


def _shibaiqian(*words: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "shibaiqian", *words], env=environment, capture_output=True, text=True, timeout=60)


def test_the_handbook_makes_both_roles_and_the_app_owns_nothing() -> None:
    said = handbook_sql()
    assert set(re.findall(r"create role (\w+)", said)) == {LOGINS["owner"], LOGINS["app"]}
    assert re.findall(r"\bowner (shibaiqian\w*)", said) == [LOGINS["owner"]]
    assert not re.search(r"superuser|bypassrls", said)


def test_every_command_says_in_one_line_that_it_cannot_reach_the_server(another_process: dict[str, str], tmp_path: Path) -> None:
    nowhere = {**another_process, "DATABASE_URL": f"postgresql://shibaiqian_app@/shibaiqian?host={tmp_path}"}
    done = _shibaiqian("figures", environment=nowhere)
    assert done.returncode == 1
    assert "连接不上" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("setting", ["synchronous_commit=off"])
def test_no_command_works_on_a_server_that_may_lose_what_it_acknowledged(setting: str, another_process: dict[str, str]) -> None:
    unsafe = {**another_process, "DATABASE_URL": another_process["DATABASE_URL"] + f" options='-c {setting}'"}
    done = _shibaiqian("figures", environment=unsafe)
    assert (done.returncode, "停电时会丢失" in done.stderr) == (1, True), done.stderr
    assert _shibaiqian("figures", environment=another_process).returncode == 0


def test_the_demonstration_never_mixes_with_an_office_s_data(another_process: dict[str, str], tmp_path: Path) -> None:
    done = _shibaiqian("demo", "--no-serve", environment={**another_process, "SHIBAIQIAN_HOME": str(tmp_path / "new")})
    assert (done.returncode, "演示不会写入" in done.stderr) == (1, True), done.stderr
    assert not (tmp_path / "new" / "demonstration").exists()
