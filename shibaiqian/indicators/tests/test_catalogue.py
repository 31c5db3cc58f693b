"""Guards of the catalogue: its form, its tables, its ranges, and that what was voided never counts."""

import csv
from pathlib import Path

import pytest
from django.apps import apps
from sqlglot import exp

from shibaiqian.access.roles import Permission
from shibaiqian.indicators.engine import FOLDER, CatalogueBroken, Figure, catalogue, read
from shibaiqian.indicators.handbook import handbook
from shibaiqian.indicators.specs import spec

ARTICLE = (
    "counties counties_national_poor towns poor_villages poor_population tier_10 tier_100 tier_1000 promo_to_full_county_post "
    "promo_section_level promo_town_secretary promo_city_section_chief_to_county organisations_overhauled agricultural_parks "
    "leading_enterprises cooperatives large_producers projects practical_services households_income_up people_out_stably"
).split()
FIGURES = [pytest.param(figure, id=figure.code) for figure in catalogue().values()]


def unguarded(figure: Figure) -> set[str]:
    """Aliases of tables with voided rows whose `voided_by is null` the SQL does not ask in the same SELECT."""
    voidable = {m._meta.db_table for m in apps.get_models() if any(f.name == "voided_by" for f in m._meta.concrete_fields)}
    open_: set[str] = set()
    for select in figure.tree.find_all(exp.Select):
        sources = [
            source.this for source in [select.args.get("from_") or select.args.get("from"), *(select.args.get("joins") or [])] if source
        ]
        aliases = {source.alias_or_name for source in sources if isinstance(source, exp.Table) and source.name in voidable}
        asked = {
            test.this.table
            for test in select.find_all(exp.Is)
            if isinstance(test.this, exp.Column) and test.this.name == "voided_by" and isinstance(test.expression, exp.Null)
        }
        open_ |= aliases - asked
    return open_


def test_the_catalogue_has_exactly_the_figures_of_the_article_in_order() -> None:
    assert list(catalogue()) == ARTICLE


@pytest.mark.parametrize("figure", FIGURES)
def test_each_figure_reads_existing_tables_and_columns(figure: Figure) -> None:
    models = {model._meta.db_table: {field.column for field in model._meta.concrete_fields} for model in apps.get_models()}
    assert figure.tables() <= models.keys()
    for table, columns in figure.columns().items():
        assert columns and columns <= models[table], table
    table, column = figure.key.split(".")
    assert column in models[table] and table in figure.tables()
    assert Permission(figure.opens)


@pytest.mark.parametrize("figure", FIGURES)
def test_voided_rows_never_count(figure: Figure) -> None:
    assert unguarded(figure) == set()


@pytest.mark.parametrize("figure", FIGURES)
def test_places_are_filtered_by_range_and_cut_only_in_the_answer(figure: Figure) -> None:
    assert ">= :low" in figure.core and "< :high" in figure.core
    assert "left(" not in figure.core and "like" not in figure.core.lower().split()


def test_the_guard_sees_a_forgotten_condition(tmp_path) -> None:  # type: ignore[no-untyped-def]
    text, path = (FOLDER / "projects.sql").read_text(), tmp_path / "projects.sql"
    for forgotten, alias in (("j.voided_by is null", "j"), ("p.voided_by is null", "p")):
        path.write_text(text.replace(forgotten, "true"))
        assert unguarded(read(path)) == {alias}


def test_a_file_without_the_agreed_form_is_refused(tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "wrong.sql"
    path.write_text("-- title: 错 / Wrong\n\nselect 1")
    with pytest.raises(CatalogueBroken):
        read(path)


def test_the_handbook_shows_every_figure_with_its_spec() -> None:
    page = handbook()
    for code, figure in catalogue().items():
        assert f"## {code}\n" in page and figure.definition in page
        assert spec(code).text.splitlines()[0] in page


def test_the_handbook_in_the_docs_is_up_to_date() -> None:
    page = Path(__file__).parents[3] / "docs" / "indicators.md"
    assert page.read_text(encoding="utf-8") == handbook(), "write handbook() to docs/indicators.md again"


def test_additive_figures_of_the_counties_make_the_city_and_no_others() -> None:
    """Where posts of the city's own organs count, the counties alone are not the city, and the figure says so."""
    plan = (Path(__file__).parents[3] / "docs" / "fixture-counts.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(plan.splitlines()))
    city, counties = rows[0], rows[1:]
    planned = [code for code in catalogue() if code in city]
    assert len(counties) == 7 and len(planned) > 15
    for code in planned:
        adds_up = sum(int(county[code]) for county in counties) == int(city[code])
        assert catalogue()[code].additive is adds_up, code
