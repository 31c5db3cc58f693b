"""`shibaiqian match`: the same as the page, and read-only unless it is told to freeze."""

import json
import subprocess
import sys
from typing import Any

import pytest

from shibaiqian.access.actor import acting, system_actor
from shibaiqian.regions.models import Region
from shibaiqian.selection.models import MatchPlan, Nomination
from shibaiqian.selection.plan_queries import pairs_of
from shibaiqian.selection.plans import match_batch
from shibaiqian.selection.problems import PERSONS
from shibaiqian.selection.tests.factories import BATCH, LUONAN
from shibaiqian.selection.tests.test_plans import ON, prepared
from shibaiqian.selection.told import UnknownBatch, as_json, matched, told


@pytest.mark.django_db
@pytest.mark.usefixtures("_world")
def test_the_command_line_says_what_the_page_keeps(actor: Any, county: Region) -> None:
    batch, _, _ = prepared(actor)
    by = system_actor("match", region=LUONAN)
    with acting(by):
        said = matched(BATCH, tier_code="T1000", stage=PERSONS, on=ON, freeze=False, by=by)
    assert not MatchPlan.unscoped.exists()
    plan = match_batch(county, batch=batch, tier_code="T1000", stage=PERSONS, name="", on=ON, by=by)
    with acting(by):
        kept = as_json(plan, pairs_of(plan, by=by))
    assert {**kept, "name": ""} == said and len(said["pairs"]) == 2 and said["gap_percent"] >= 0
    assert said["pairs"][0]["parts"]["rural"] == 15
    text = told(said)
    assert text.startswith("2015年第二批 T1000 611021：已配 2，空缺 1，总分 ") and "最多 2 名" in text


@pytest.mark.django_db
@pytest.mark.usefixtures("_world")
def test_told_to_freeze_it_freezes(actor: Any) -> None:
    prepared(actor)
    by = system_actor("match", region=LUONAN)
    with acting(by):
        said = matched(BATCH, tier_code="T1000", stage=PERSONS, on=ON, freeze=True, by=by)
    assert said["state"] == "frozen" and Nomination.unscoped.filter(state="matched").count() == 2


@pytest.mark.django_db
@pytest.mark.usefixtures("_world")
def test_an_unknown_batch_is_answered_with_those_there_are(actor: Any) -> None:
    prepared(actor, serials=(1,), posts=1)
    by = system_actor("match", region=LUONAN)
    with acting(by), pytest.raises(UnknownBatch, match=f"现有：{BATCH}"):
        matched("2020年第一批", tier_code="T1000", stage=PERSONS, on=ON, freeze=False, by=by)


@pytest.mark.usefixtures("committed")
def test_it_runs_as_a_program(actor: Any, another_process: dict[str, str]) -> None:
    from shibaiqian.postings.tests.factories import install

    install(actor)
    prepared(actor)
    words = [sys.executable, "-m", "shibaiqian", "match", BATCH, "--region", LUONAN, "--on", str(ON)]
    said = subprocess.run([*words, "--json"], env=another_process, capture_output=True, text=True)
    assert said.returncode == 0, said.stderr
    assert len(json.loads(said.stdout)["pairs"]) == 2
    refused = subprocess.run([*words, "--tier", "T10"], env=another_process, capture_output=True, text=True)
    assert refused.returncode == 1 and "没有待匹配的岗位" in refused.stderr
