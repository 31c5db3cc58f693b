"""Every figure against its spec, on both engines, inside the wall; rollups against live figures."""

import datetime as dt
import itertools
import threading
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections

from shibaiqian.access.actor import Forbidden, acting, system_actor
from shibaiqian.indicators.actions import NotOurs, fold_deltas, move_figure, moving, rebuild_rollups
from shibaiqian.indicators.engine import catalogue, child_depth, period
from shibaiqian.indicators.models import Delta, Rollup
from shibaiqian.indicators.queries import (
    FigureNotVisible,
    FigureRow,
    figure_by_region,
    figure_rows,
    figures,
    figures_by_child,
    figures_json,
    figures_on_page,
)
from shibaiqian.indicators.snapshot import columns_needed, compare_engines, export_snapshot, figures_of_snapshot
from shibaiqian.indicators.specs import spec
from shibaiqian.indicators.tests.worlds import build, key_of, make, tables

pytestmark = pytest.mark.django_db
NOW = dt.date(2016, 6, 8)
CITY = "9901"
V1, V3 = "990101001001", "990101002001"


@pytest.fixture
def everybody() -> Any:
    return system_actor("测试", region=CITY)


def build_all() -> None:
    """A world in which several figures meet: those whose specs name different rows."""
    for code in ("poor_villages", "projects", "promo_section_level", "organisations_overhauled", "people_out_stably"):
        build(spec(code))


@pytest.mark.parametrize("code", list(catalogue()))
def test_a_figure_gives_what_its_spec_says_on_both_engines(code: str, everybody: Any, tmp_path: Path) -> None:
    said = spec(code)
    build(said)
    with acting(everybody):
        export_snapshot(tmp_path, [code])
        for as_of, region, value in said.expected:
            assert figures(everybody, region=region, as_of=as_of, codes=[code]) == {code: value}, (as_of, region)
        as_of, region, value = said.expected[0]
        assert figures_of_snapshot(tmp_path, region=region, as_of=as_of, codes=[code]) == {code: value}
        for as_of in {as_of for as_of, _, _ in said.expected}:
            assert list(compare_engines(tmp_path, region=CITY, as_of=as_of, codes=[code], depths=(6, 12))) == []


@pytest.mark.parametrize("code", list(catalogue()))
def test_a_figure_opens_down_to_as_many_rows_as_it_counts(code: str, everybody: Any) -> None:
    said = spec(code)
    build(said)
    as_of, region, value = said.expected[0]
    with acting(everybody):
        pages: list[FigureRow] = []
        after: tuple[str, str] | None = None
        while page := figure_rows(everybody, code, region=region, as_of=as_of, after=after, limit=2):
            pages.extend(page)
            after = (page[-1].region, page[-1].key)
        assert len(pages) == value == len({row.key for row in pages})
        assert all(row.label and row.region.startswith(region) for row in pages)
        split = figure_by_region(everybody, code, region=region, as_of=as_of)
        assert sum(split.values()) == value
        assert all(len(place) <= child_depth(region) for place in split)


@pytest.mark.parametrize("code", list(catalogue()))
def test_rollups_of_a_figure_equal_the_live_ones(code: str, everybody: Any) -> None:
    build(spec(code))
    with acting(everybody):
        rebuild_rollups(CITY, [code])
        for region in (CITY, "990101", "990102", "990101001", V1, V3):
            live = figures(everybody, region=region, as_of=NOW, codes=[code])[code]
            assert figures_on_page(region)[code] == live
            split = figures_by_child(region, [code])
            assert sum(row[code] for row in split.values()) == live


def test_the_command_line_gets_every_figure_of_the_article_as_numbers(everybody: Any) -> None:
    build_all()
    shown = figures_json(CITY, NOW)
    assert list(shown) == list(catalogue())
    assert all(type(value) is int for value in shown.values())
    assert (shown["projects"], shown["promo_section_level"], shown["people_out_stably"]) == (3, 3, 3)
    with acting(everybody):
        assert figures_json(CITY, NOW) == shown


def test_a_place_outside_the_scope_does_not_exist_and_counts_nothing(everybody: Any, actor: Any) -> None:
    build_all()
    other = actor("county_org_admin", "990102")
    with acting(other):
        with pytest.raises(FigureNotVisible):
            figures(other, region="990101", as_of=NOW)
        with pytest.raises(FigureNotVisible):
            figure_rows(other, "projects", region=CITY, as_of=NOW)
        with pytest.raises(FigureNotVisible):
            figures(other, region="990102", as_of=NOW, codes=["no_such_figure"])
        assert figures_json(CITY, NOW)["projects"] == 0  # the wall, with the door left open
        with pytest.raises(NotOurs):
            rebuild_rollups("990101")
    unit = actor("sending_unit_admin", unit=key_of("U"))
    with acting(unit), pytest.raises(Forbidden):
        figures(unit, region=CITY, as_of=NOW)


def test_the_rows_of_persons_need_the_permission_to_see_persons(actor: Any) -> None:
    build(spec("people_out_stably"))
    leader = actor("city_leader", CITY)
    with acting(leader):
        assert figures(leader, region=CITY, as_of=NOW, codes=["people_out_stably"]) == {"people_out_stably": 3}
        with pytest.raises(Forbidden):
            figure_rows(leader, "people_out_stably", region=CITY, as_of=NOW)


def test_a_village_counts_what_officials_of_its_town_did_there(actor: Any) -> None:
    """The town's posting lies outside the village's wall; what was checked when the row was written still counts."""
    build(spec("projects"))
    tables()["assistance_project"]._base_manager.filter(id=key_of("ProjectE4")).update(voided_by=1)
    village = actor("village_admin", V3)
    with acting(village):
        assert figures(village, region=V3, as_of=NOW, codes=["projects"]) == {"projects": 1}


def test_single_commands_move_the_page_and_folding_keeps_it(everybody: Any) -> None:
    build_all()
    with acting(everybody):
        rebuild_rollups(CITY)
        before = figures_on_page(CITY)
        move_figure("practical_services", region=V1, by=1)
        move_figure("practical_services", region=V3, by=2)
        move_figure("practical_services", region=V1, by=-1)
        move_figure("projects", region=V1, by=0)
        assert Delta.objects.count() == 3
        assert figures_on_page(CITY) == {**before, "practical_services": before["practical_services"] + 2}
        assert figures_by_child("990101", ["practical_services"]) == {
            "990101001": {"practical_services": 0}, "990101002": {"practical_services": 2},
        }  # fmt: skip
        assert fold_deltas() == 3
        assert Delta.objects.count() == 0
        assert figures_on_page(CITY) == {**before, "practical_services": before["practical_services"] + 2}
        rebuild_rollups(CITY)  # the records say otherwise: nobody wrote a service
        assert figures_on_page(CITY) == before == figures(everybody, region=CITY, as_of=NOW)


def test_rebuilding_forgets_what_was_voided_and_leaves_other_places_alone(everybody: Any) -> None:
    build(spec("projects"))
    with acting(everybody):
        rebuild_rollups(CITY)
        Rollup.objects.create(code="projects", region="990201001001", value=7, as_of=NOW)
        move_figure("projects", region="990201001001", by=1)
    tables()["assistance_project"]._base_manager.update(voided_by=1)
    with acting(everybody):
        rebuild_rollups(CITY, ["projects"])
        assert figures_on_page(CITY)["projects"] == 0
        assert figures_on_page("9902")["projects"] == 8
    with pytest.raises(LookupError):
        move_figure("no_such_figure", region=V1, by=1)


def test_a_page_takes_one_query_however_many_places(everybody: Any, django_assert_num_queries: Any) -> None:
    with acting(everybody):
        for places in (1, 3):
            for number in range(places):
                move_figure("projects", region=f"99010100100{number}", by=1)
            with django_assert_num_queries(1):
                figures_on_page(CITY)
            with django_assert_num_queries(1):
                figures_by_child("990101001")
            with django_assert_num_queries(1):
                figures(everybody, region=CITY, as_of=NOW)


def test_a_snapshot_carries_no_names() -> None:
    names = {"name", "head_name", "content", "beneficiary", "label", "id_last4", "title"}
    assert not names & set(itertools.chain.from_iterable(columns_needed().values()))


@pytest.mark.parametrize(
    ("as_of", "stock", "start"),
    [
        ("2016-06-08", "2015-12-31", "2016-01-01"),
        ("2015-12-31", "2015-12-31", "2015-01-01"),
        ("2016-01-01", "2015-12-31", "2016-01-01"),
    ],
)
def test_the_dates_that_follow_from_the_day_asked_for(as_of: str, stock: str, start: str) -> None:
    dates = period(dt.date.fromisoformat(as_of))
    assert (str(dates["stock_date"]), str(dates["year_start"]), dates["last_year"]) == (stock, start, int(stock[:4]))


def test_nobody_outside_a_transaction_rebuilds() -> None:
    with pytest.raises(NotOurs):
        rebuild_rollups(CITY)
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from indicators_rollup")
        assert cursor.fetchone() == (0,)


@pytest.mark.django_db(transaction=True)
def test_a_command_that_commits_while_figures_are_counted_again_is_neither_lost_nor_doubled(everybody: Any) -> None:
    """Writers add a project with its delta while others rebuild and fold; afterwards the page equals the records."""
    build(spec("projects"))
    posting = tables()["postings_posting"]._base_manager.get(id=key_of("PostingP1"))
    barrier, problems = threading.Barrier(4), list[BaseException]()

    def write() -> None:
        for _ in range(12):
            with acting(everybody):
                row = {"region_id": V1, "posting": posting, "started_on": dt.date(2015, 6, 1)}
                key = uuid.uuid4()
                with moving(["projects"], region=V1, keys=[key]):
                    make(tables()["assistance_project"], {**row, "id": key})

    def rebuild() -> None:
        for _ in range(6):
            with acting(everybody):
                rebuild_rollups(CITY, ["projects"])
            with acting(everybody):
                fold_deltas()

    def run(work: Any) -> None:
        try:
            barrier.wait()
            work()
        except BaseException as problem:  # noqa: BLE001 - a thread tells its test
            problems.append(problem)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[work]) for work in (write, write, rebuild, rebuild)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    with acting(everybody):
        live = figures(everybody, region=CITY, as_of=NOW, codes=["projects"])["projects"]
        assert figures_on_page(CITY)["projects"] == live == 3 + 24
