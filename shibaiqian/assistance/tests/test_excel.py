"""Rosters of assistance: the agreed headers, notes, places by name, and what is exported comes in again."""

import datetime as dt
from typing import Any

import pytest

from shibaiqian.access.actor import acting
from shibaiqian.access.rows import Rows
from shibaiqian.assistance import queries
from shibaiqian.assistance.actions import register_entities, register_projects
from shibaiqian.assistance.excel import (
    ENTITY_COLUMNS,
    LINK_COLUMNS,
    PROJECT_COLUMNS,
    prepare_entities,
    prepare_links,
    prepare_projects,
)
from shibaiqian.assistance.models import IndustryEntity, Project
from shibaiqian.assistance.tests.factories import LUONAN, built, posted, registered, roster, villages
from shibaiqian.regions.models import Region

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(actor: Any) -> Any:
    return actor("county_poverty_admin", LUONAN)


@pytest.fixture
def county() -> Region:
    return Region.objects.get(pk=LUONAN)


def test_headers_are_those_of_the_fixture() -> None:
    assert [
        c.header for c in ENTITY_COLUMNS
    ] == "主体编号 主体类型 名称 统一社会信用代码 县区 镇办 村（社区） 村代码 主导产品 规模 规模单位 成立日期 任职编号 帮扶起始日期".split()
    assert [c.header for c in LINK_COLUMNS] == "户编号 村代码 户主姓名 主体编号 联结方式 起始日期 终止日期 年增收（元）".split()
    assert [c.header for c in PROJECT_COLUMNS] == (
        "项目编号 项目名称 项目类型 帮扶模式 县区 镇办 村（社区） 村代码 任职编号 资金来源 总投资（元） 开工日期 计划完工日期 完工日期 项目状态 受益户数".split()
    )


def test_a_place_may_be_named_instead_of_coded(clerk: Any, county: Region) -> None:
    village = Region.objects.filter(code__gte=LUONAN, code__lt=f"{LUONAN}:", level="village", kind="village").order_by("code")[0]
    posted(village.code, "P1")
    town = Region.objects.get(pk=village.code[:9])
    row = {
        "number": "E1",
        "kind": "park",
        "name": "茶园",
        "county": "洛南县",
        "town": town.name,
        "village": village.name,
        "posting_number": "P1",
        "assisted_since": dt.date(2015, 6, 1),
    }
    with acting(clerk):
        prepared = prepare_entities(county, rows=roster(ENTITY_COLUMNS, row), by=clerk)
    assert not prepared.findings.has_refusals, prepared.findings.stored()
    assert prepared.frame["region"].to_list() == [village.code]


def test_wages_and_loans_of_a_wubao_household_and_another_head_are_noted_not_refused(clerk: Any, county: Region) -> None:
    village = villages(LUONAN)[0]
    built(village.code, "E1", posted(village.code, "P1"))
    registered(village.code, "H1", attribute="wubao")
    registered(village.code, "H2", head="李四")
    link = {"entity_number": "E1", "since": dt.date(2015, 7, 1)}
    rows = [{**link, "household_number": "H1", "kind": kind} for kind in ("employment", "order", "loan_guarantee", "dividend")]
    rows.append({**link, "household_number": "H2", "kind": "order", "head_name": "王五"})
    with acting(clerk):
        findings = prepare_links(county, rows=roster(LINK_COLUMNS, *rows), by=clerk).findings
    assert not findings.has_refusals
    wubao = [(row, "联结方式", "wubao") for row in (2, 3, 4)]
    assert [(f.row, f.column, f.code) for f in findings.stored()] == [*wubao, (6, "户主姓名", "head_differs")]


def test_preparing_takes_the_same_queries_at_1_and_3_rows(clerk: Any, county: Region, django_assert_num_queries: Any) -> None:
    village = villages(LUONAN)[0]
    built(village.code, "E1", posted(village.code, "P1"))
    registered(village.code, "H1")
    project = {
        "kind": "industry",
        "name": "大棚",
        "village_code": village.code,
        "posting_number": "P1",
        "budget_cents": 100,
        "started_on": dt.date(2015, 7, 1),
        "state": "under_construction",
    }
    link = {"household_number": "H1", "entity_number": "E1", "kind": "order"}
    with acting(clerk):
        for count in (1, 3):
            projects = roster(PROJECT_COLUMNS, *({**project, "number": f"J{n}"} for n in range(count)))
            links = roster(LINK_COLUMNS, *({**link, "since": dt.date(2015, 7, 1 + n)} for n in range(count)))
            with django_assert_num_queries(3):
                prepare_projects(county, rows=projects, by=clerk)
            with django_assert_num_queries(3):
                prepare_links(county, rows=links, by=clerk)


def test_what_is_exported_comes_in_again(clerk: Any, county: Region) -> None:
    village = villages(LUONAN)[0]
    posted(village.code, "P1")
    entity = {
        "number": "E1",
        "kind": "park",
        "name": "茶园",
        "village_code": village.code,
        "scale": 0.07,
        "scale_unit": "亩",
        "posting_number": "P1",
        "assisted_since": dt.date(2015, 6, 1),
    }
    project = {
        "number": "J1",
        "kind": "industry",
        "name": "大棚",
        "mode": "eco",
        "village_code": village.code,
        "posting_number": "P1",
        "budget_cents": 99_95,
        "started_on": dt.date(2015, 7, 1),
        "state": "inspected",
        "finished_on": dt.date(2016, 1, 1),
    }
    register_entities(county, rows=roster(ENTITY_COLUMNS, entity), by=clerk)
    register_projects(county, rows=roster(PROJECT_COLUMNS, project), by=clerk)
    with acting(clerk):
        entities, projects = (
            queries.entities_roster(clerk, region=LUONAN),
            queries.projects_roster(clerk, region=LUONAN),
        )
    IndustryEntity.unscoped.update(voided_by=1)
    Project.unscoped.update(voided_by=1)
    register_entities(county, rows=Rows(entities.with_row_index("row", offset=2), sheet="名册"), by=clerk)
    register_projects(county, rows=Rows(projects.with_row_index("row", offset=2), sheet="名册"), by=clerk)
    with acting(clerk):
        assert queries.entities_roster(clerk, region=LUONAN).equals(entities)
        assert queries.projects_roster(clerk, region=LUONAN).equals(projects)
