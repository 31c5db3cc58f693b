"""Lists, files and search: the same queries at 1 and 3 rows, pages by key, nothing of another county."""

import datetime as dt
from typing import Any

import pytest
from django.http import Http404

from shibaiqian.access.actor import acting
from shibaiqian.assistance import queries
from shibaiqian.assistance.excel import ENTITY_COLUMNS, LINK_COLUMNS, PROJECT_COLUMNS
from shibaiqian.assistance.models import BenefitLink, Project
from shibaiqian.assistance.tests.factories import DANFENG, LUONAN, built, posted, registered, villages
from shibaiqian.base import pinyin
from shibaiqian.indicators.tests.worlds import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(actor: Any) -> Any:
    return actor("county_poverty_admin", LUONAN)


def started(region: str, number: str, posting: Any, *, name: str = "水厂") -> Project:
    given = {
        "region_id": region,
        "number": number,
        "posting": posting,
        "name": name,
        "pinyin": pinyin.full(name),
        "kind": "industry",
        "official": posting.cadre_name,
    }
    return make(Project, {**given, "started_on": dt.date(2015, 6, 1), "state": "under_construction"})  # type: ignore[return-value]


def linked(entity: Any, household: Any, kind: str = "order") -> BenefitLink:
    given = {"entity": entity, "household": household, "region_id": household.region_id, "kind": kind, "since": dt.date(2015, 7, 1)}
    return make(BenefitLink, given)  # type: ignore[return-value]


@pytest.mark.parametrize("count", [1, 3])
def test_lists_take_one_query_however_many_rows(clerk: Any, count: int, django_assert_num_queries: Any) -> None:
    places = villages(LUONAN, count)
    entity = built(places[0].code, "E0", posted(places[0].code, "P0"))
    for number, place in enumerate(places, start=1):
        posting = posted(place.code[:9], f"P{number}", tier="T100")
        built(place.code, f"E{number}", posting)
        started(place.code, f"J{number}", posting)
        linked(entity, registered(places[0].code, f"H{number}"))
    with acting(clerk):
        for rows in (queries.entities(clerk, region=LUONAN), queries.projects(clerk, region=LUONAN)):
            with django_assert_num_queries(1):
                assert all((row.region.name, row.official) for row in rows)
        with django_assert_num_queries(1):
            assert [row.household.number for row in queries.links_of_entity(clerk, entity)] == [f"H{n}" for n in range(1, count + 1)]
        with django_assert_num_queries(1):
            assert queries.search_entities(clerk, "hezuo", region=LUONAN)
        with django_assert_num_queries(2):
            assert queries.entities_roster(clerk, region=LUONAN).height == count + 1


def test_pages_go_on_after_the_last_row(clerk: Any) -> None:
    village = villages(LUONAN)[0]
    posting = posted(village.code, "P1")
    for number in ("E1", "E2", "E3"):
        built(village.code, number, posting)
    with acting(clerk):
        first = list(queries.entities(clerk, region=LUONAN)[:2])
        rest = list(queries.entities(clerk, region=LUONAN, after=(first[-1].number, first[-1].pk)))
    assert [row.number for row in first + rest] == ["E1", "E2", "E3"]


def test_search_by_the_beginning_of_name_or_pinyin(clerk: Any) -> None:
    village = villages(LUONAN)[0]
    posting = posted(village.code, "P1")
    water, road = started(village.code, "J1", posting, name="水厂改造"), started(village.code, "J2", posting, name="通村路")
    with acting(clerk):
        for text, found in (("水厂", [water]), ("shuich", [water]), ("通", [road]), (" 通村 ", [road]), ("厂", []), ("", [])):
            assert queries.search_projects(clerk, text, region=LUONAN) == found


def test_a_file_of_another_county_does_not_exist(clerk: Any, actor: Any) -> None:
    village = villages(LUONAN)[0]
    posting = posted(village.code, "P1")
    entity, project, household = built(village.code, "E1", posting), started(village.code, "J1", posting), registered(village.code, "H1")
    linked(entity, household)
    with acting(clerk):
        assert queries.entity(clerk, entity.pk) == entity and queries.project(clerk, project.pk) == project
        assert [row.entity_name for row in queries.links_of_household(clerk, household)] == ["合作社E1"]
        assert list(queries.entities_of_posting(clerk, posting)) == [entity] and list(queries.projects_of_posting(clerk, posting)) == [
            project
        ]
    stranger = actor("county_poverty_admin", DANFENG)
    with acting(stranger):
        for read in (lambda: queries.entity(stranger, entity.pk), lambda: queries.project(stranger, project.pk)):
            with pytest.raises(Http404):
                read()
        assert not queries.entities(stranger, region=LUONAN) and not queries.links_of_household(stranger, household)
        assert queries.search_projects(stranger, "水", region=LUONAN) == []


def test_a_village_sees_what_an_official_of_its_town_did_without_his_posting(actor: Any) -> None:
    village, other = villages(LUONAN, 2)
    posting = posted(village.code[:9], "P1", tier="T100")
    built(village.code, "E1", posting)
    started(village.code, "J1", posting)
    household = registered(village.code, "H1")
    linked(built(other.code, "E2", posting), household)
    by = actor("village_admin", village.code)
    with acting(by):
        assert [(row.number, row.official) for row in queries.entities(by, region=village.code)] == [("E1", "王朝辉")]
        assert [row.number for row in queries.projects(by, region=village.code)] == ["J1"]
        assert [(row.kind, row.entity_name) for row in queries.links_of_household(by, household)] == [("order", None)]
        for frame in (queries.entities_roster(by, region=village.code), queries.links_roster(by, region=village.code)):
            assert frame.height == 1


def test_exports_have_the_columns_of_their_rosters(clerk: Any) -> None:
    village = villages(LUONAN)[0]
    posting = posted(village.code, "P1")
    entity = built(village.code, "E1", posting)
    started(village.code, "J1", posting)
    linked(entity, registered(village.code, "H1", head="李四"))
    with acting(clerk):
        entities = queries.entities_roster(clerk, region=LUONAN)
        projects = queries.projects_roster(clerk, region=LUONAN)
        links = queries.links_roster(clerk, region=LUONAN)
    for frame, columns in ((entities, ENTITY_COLUMNS), (projects, PROJECT_COLUMNS), (links, LINK_COLUMNS)):
        assert dict(frame.schema) == {column.name: column.dtype for column in columns}
    assert entities.row(0, named=True)["county"] == "洛南县" and entities.row(0, named=True)["posting_number"] == "P1"
    assert links.row(0, named=True)["head_name"] == "李四"
