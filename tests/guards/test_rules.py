"""Rules of the house that a reader of the code should not have to check by hand."""

import ast
import functools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models

from shibaiqian.access.command import COMMANDS
from shibaiqian.access.roles import Permission
from shibaiqian.access.scoped import Scoped
from shibaiqian.cadres.lrmx import actions as lrmx_actions
from shibaiqian.config import urls
from shibaiqian.console.acts import ACTS
from shibaiqian.imports import kinds
from shibaiqian.indicators.engine import catalogue
from shibaiqian.policy import actions as policy_actions
from shibaiqian.selection import appointments as selection_appointments
from shibaiqian.selection import packages
from shibaiqian.sync import forgotten

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "shibaiqian"
PRODUCT = [p for p in PACKAGE.rglob("*.py") if "tests" not in p.parts and "migrations" not in p.parts]
TESTS = [*PACKAGE.rglob("test_*.py"), *(ROOT / "tests").rglob("test_*.py")]
TEMPLATES = sorted(PACKAGE.rglob("*.html"))
# Modules that read the real time: the clock, and what lives outside the business (processes, measurements).
CLOCKS = {
    "base/clock.py",
    "demo/show.py",
    "demo/loading.py",
    "base/spreadsheets/reading.py",
    "base/spreadsheets/child.py",
}


def _calls(tree: ast.AST) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node.lineno


def _name(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


def commands() -> dict[str, object]:
    # Everything that writes is imported with these.
    assert all((kinds.KINDS, lrmx_actions, packages, policy_actions, selection_appointments, forgotten, urls.urlpatterns))
    return {name: run for name, run in COMMANDS.items() if ".tests." not in run.__module__}


def test_nothing_but_the_clock_reads_the_time() -> None:
    wrong = re.compile(r"(datetime|dt|date|timezone)\.(now|today|utcnow)$|^time\.time$")
    found = [
        f"{_name(path)}:{line} {call}"
        for path in PRODUCT
        if _name(path) not in CLOCKS
        for call, line in _calls(ast.parse(path.read_text()))
        if wrong.search(call)
    ]
    assert found == []


@pytest.mark.parametrize("name", sorted(commands()))
def test_every_command_has_a_permission_a_docstring_and_a_test(name: str) -> None:
    run = commands()[name]
    assert isinstance(run.permission, Permission)  # type: ignore[attr-defined]
    assert (run.__doc__ or "").strip(), "say what a caller needs"
    said = name.partition(".")[2]
    assert said in _words_of_tests(), f"no test mentions {said}"


@functools.cache
def _words_of_tests() -> frozenset[str]:
    return frozenset(word for path in TESTS for word in re.findall(r"\w+", path.read_text()))


def test_every_command_has_words_on_the_audit_page() -> None:
    """Add the command to `console/acts.py`, with English in the catalogue."""
    assert sorted(commands().keys() - ACTS.keys()) == []
    # What has gone is struck; these events are written without a command.
    beside = {"access.sign_in", "access.sign_out", "access.lock_out", "sync.take_slice"} | {
        f"households.{x}_taken" for x in ("number", "person", "year")
    }
    assert sorted(ACTS.keys() - commands().keys() - beside) == []


def test_every_table_with_a_place_has_a_wall() -> None:
    from tests.guards.test_wall import OPEN

    ours = [m for m in apps.get_models() if m.__module__.startswith("shibaiqian.")]
    with_place = [m for m in ours if any(f.name == "region" for f in m._meta.concrete_fields)]
    unwalled = [
        m._meta.label
        for m in with_place
        if not issubclass(m, Scoped) and m._meta.db_table not in OPEN and m._meta.db_table != "audit_event"
    ]
    assert unwalled == []


def test_templates_carry_no_script_style_or_handler() -> None:
    wrong = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|<style|\sstyle=|\son[a-z]+=|hx-on|javascript:", re.IGNORECASE)
    found = [f"{_name(path)}: {match.group(0)}" for path in TEMPLATES for match in wrong.finditer(path.read_text())]
    assert found == []


@pytest.mark.django_db
def test_migrations_say_what_the_models_say() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_contexts_keep_the_fixed_file_names() -> None:
    forbidden = {"utils.py", "helpers.py", "common.py", "manager.py", "managers.py", "service.py", "services.py", "signals.py"}
    assert [_name(p) for p in PRODUCT if p.name in forbidden] == []


def test_no_file_is_too_long_to_be_read_at_one_sitting() -> None:
    found = {str(p.relative_to(ROOT)): p.read_text().count("\n") for p in [*PRODUCT, *TESTS]}
    assert {name: lines for name, lines in found.items() if lines > 450} == {}, "make it a package, split by noun"


def test_no_signals_no_save_overrides_no_model_forms_no_default_ordering() -> None:
    found = []
    for path in PRODUCT:
        text = path.read_text()
        if "django.db.models.signals" in text or "ModelForm" in text or "GenericForeignKey" in text:
            found.append(_name(path))
    found += [m._meta.label for m in apps.get_models() if m.__module__.startswith("shibaiqian.") and m._meta.ordering]
    found += [m._meta.label for m in apps.get_models() if m.__module__.startswith("shibaiqian.") and "save" in vars(m)]
    assert found == []


def test_broad_excepts_stand_only_at_the_outermost_edge() -> None:
    edge = {
        "base/spreadsheets/child.py",
        "demo/loading.py",
        "cadres/lrmx/paper.py",
        "files/pictures.py",
        "sync/inbox.py",
    }  # pictures and records from outside
    found = [
        f"{_name(p)}"
        for p in PRODUCT
        if _name(p) not in edge and re.search(r"except( Exception| BaseException)?\s*(as \w+)?:", p.read_text())
    ]
    assert found == []


def test_lists_are_not_paged_by_offset_nor_searched_by_like() -> None:
    wrong = re.compile(r"\boffset\b\s*[:%]|Paginator|__i?contains|__i?startswith|\blike\s+%|ilike", re.IGNORECASE)
    found = [f"{_name(p)}: {m.group(0)}" for p in PRODUCT for m in wrong.finditer(p.read_text()) if "__contains__" not in m.group(0)]
    assert found == []


def test_settings_are_all_in_the_operations_page() -> None:
    said = (ROOT / "docs" / "operations.md").read_text()
    used = {n for p in PRODUCT for n in re.findall(r"\"((?:SHIBAIQIAN|DATABASE)_[A-Z_]+)\"", p.read_text())}
    known = {n for n in used if n.startswith(("SHIBAIQIAN_", "DATABASE_URL", "DATABASE_OWNER"))}
    assert sorted(n for n in known if n not in said) == []


def test_every_figure_of_the_article_is_in_the_catalogue() -> None:
    assert list(catalogue()) == [
        "counties", "counties_national_poor", "towns", "poor_villages", "poor_population", "tier_10", "tier_100", "tier_1000",
        "promo_to_full_county_post", "promo_section_level", "promo_town_secretary", "promo_city_section_chief_to_county",
        "organisations_overhauled", "agricultural_parks", "leading_enterprises", "cooperatives", "large_producers", "projects",
        "practical_services", "households_income_up", "people_out_stably",
    ]  # fmt: skip


def test_the_rules_of_the_law_forbid_some_words_in_models() -> None:
    """No points, no ranking of persons, no counting of time online, no compulsory check-in (domain.md §12)."""
    wrong = re.compile(r"points|ranking|rank_no|online_minutes|check_in|track", re.IGNORECASE)
    fields = [
        f"{m._meta.label}.{f.name}" for m in apps.get_models() if m.__module__.startswith("shibaiqian.") for f in m._meta.concrete_fields
    ]
    assert [f for f in fields if wrong.search(f)] == []
    assert all(isinstance(f, models.Field) for m in apps.get_models() for f in m._meta.concrete_fields)
