"""Template tags: figures, and the names of built files."""

import datetime as dt
import json
import os

import pytest
from django.template import Context, Template
from django.utils import translation

from shibaiqian.base.templatetags import ledger


def render(text, **context):
    return Template("{% load ledger %}" + text).render(Context(context))


def test_figures_are_filters():
    text = render(
        "{{ people|wan }} {{ people|thousands }} {{ cents|yuan }} {{ share|percent }} {{ part|percent_of:whole }}",
        people=12_400, cents=123_450, share=0.5, part=3, whole=4,
    )  # fmt: skip
    assert text == "1.24万 12,400 1,234.50 50.0% 75.0%"


def test_what_is_not_there_is_a_dash():
    assert render("{{ nobody.people|wan }} {{ nobody.people|thousands }} {{ nobody.cents|yuan }}") == "— — —"


def test_english_does_not_count_in_wan():
    with translation.override("en"):
        assert render("{{ people|wan }}", people=12_400) == "12,400"
    assert render("{{ people|wan }}", people=8_556) == "8,556"


def test_a_day_stands_in_an_element_that_does_not_break():
    assert render("{{ on|day }}|{{ none|day|default:'—' }}", on=dt.date(2016, 6, 8), none=None) == "<time>2016-06-08</time>|—"


@pytest.fixture
def built(tmp_path, monkeypatch):
    monkeypatch.setattr(ledger, "BUILT", tmp_path)
    ledger._names.cache_clear()
    yield tmp_path
    ledger._names.cache_clear()


def test_a_built_file_is_found_by_its_plain_name_and_a_new_build_is_seen_at_once(built):
    manifest = built / "manifest.json"
    for moment, file in enumerate(("console/console.aaa.js", "console/console.bbb.js"), start=1):
        manifest.write_text(json.dumps({"console.js": file}))
        os.utime(manifest, ns=(moment, moment))
        assert render('{% built "console.js" %}') == f"/static/built/{file}"


def test_without_a_build_pages_still_render(built):
    assert render('{% built "console.js" %}') == "/static/built/console.js"
