"""Figures of a whole city: 201,000 households, 657,000 people, 118,000 services. Long tier."""

import datetime as dt
import time
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from shibaiqian.access.actor import acting
from shibaiqian.indicators.actions import move_figure, rebuild_rollups
from shibaiqian.indicators.engine import catalogue
from shibaiqian.indicators.queries import figure_rows, figures, figures_by_child, figures_on_page
from shibaiqian.indicators.snapshot import compare_engines, export_snapshot
from shibaiqian.indicators.tests.worlds import make, tables

CITY, NOW = "6110", dt.date(2016, 6, 8)
VILLAGES = "(select code as region, row_number() over (order by code) as v from regions_region where level = 'village')"

HOUSEHOLDS = f"""
insert into households_household (id, event, number, region, "group", head_name, pinyin, initials, member_count, attribute, standard,
    identified_on, source, house_danger, state, main_cause, opening)
select gen_random_uuid(), 1, 'H' || n, region, '', '户' || n, 'hu', 'h', 3, 'general', '', '2014-03-01', 'registration', '',
    case when n % 4 = 0 then 'stable_exit' else 'registered' end, '01', true
from generate_series(1, 201000) n join {VILLAGES} places on v = n % 1302 + 1
"""
STATES = """
insert into households_householdstate (id, event, household_id, region, state, since, until, basis)
select gen_random_uuid(), 1, id, region, 'registered', date '2014-03-01', case when state = 'stable_exit' then date '2015-11-01' end, ''
from households_household
union all
select gen_random_uuid(), 1, id, region, 'stable_exit', date '2015-11-01', null, '' from households_household where state = 'stable_exit'
"""
MEMBERS = """
insert into households_member (id, event, household_id, region, name, sex, birth_date, id_last4, relation, ethnicity, political_status,
    education, student_status, labour, work_place, medical_insurance, pension, dibao, in_service, joined_on, left_reason)
select gen_random_uuid(), 1, id, region, '人' || m, '1', '1970-01-01', '0000', case m when 1 then '户主' else '之子' end, '01', '', '', '', '',
    '', '', '', false, false, '2014-03-01', ''
from households_household, generate_series(1, 3) m
"""
INCOMES = """
insert into households_incomeyear (id, event, household_id, region, year, member_count, wage_cents, operation_cents, property_cents,
    transfer_cents, cost_cents, reason)
select gen_random_uuid(), 1, id, region, year, 3, 300000 + year + (hashtext(number) % 9) * (year - 2013), 0, 0, 0, 0, ''
from households_household, generate_series(2013, 2015) year
"""
SERVICES = f"""
insert into fieldwork_practicalservice (id, event, posting_id, official, region, beneficiary, kind, content, "on", confirmation)
select gen_random_uuid(), 1, (select id from postings_posting limit 1), '', region, '村民', 'care', '第' || n || '件', date '2015-07-01' + n % 300,
    case when n % 33 = 0 then '' else 'signed' end
from generate_series(1, 121000) n join {VILLAGES} places on v = n % 1302 + 1
"""
LINKS = """
insert into assistance_benefitlink (id, event, household_id, entity_id, region, kind, since)
select gen_random_uuid(), 1, id, (select id from assistance_industryentity limit 1), region, 'order', '2015-01-01'
from households_household where substr(number, 2)::int % 3 = 0
"""
PROJECTS = f"""
insert into assistance_project (id, event, number, name, pinyin, kind, mode, region, posting_id, official, fund_source, budget_cents, started_on, state)
select gen_random_uuid(), 1, 'J' || n, '项目', 'x', 'industry', '', region, (select id from postings_posting limit 1), '', '', 100, '2015-07-01', 'completed'
from generate_series(1, 12400) n join {VILLAGES} places on v = n % 1302 + 1
"""


@pytest.mark.slow
@pytest.mark.django_db
def test_a_city_counts_within_its_limits(actor: Any, tmp_path: Path) -> None:
    posting = make(tables()["postings_posting"], {"region_id": CITY, "tier_code": "T10", "arrived_on": dt.date(2014, 3, 1)})
    make(tables()["assistance_industryentity"], {"region_id": CITY, "posting": posting, "assisted_since": dt.date(2015, 1, 1)})
    with connection.cursor() as cursor:
        for sql in (HOUSEHOLDS, STATES, MEMBERS, INCOMES, SERVICES, LINKS, PROJECTS):
            cursor.execute(sql)
        cursor.execute("analyze")
    leader = actor("city_org_admin", CITY)
    with acting(leader):
        for code in catalogue():
            _timed(f"live {code}", lambda code=code: figures(leader, region=CITY, as_of=NOW, codes=[code]), 5.0)
        live = _timed("live, all", lambda: figures(leader, region=CITY, as_of=NOW), 10.0)
        _timed("live, county", lambda: figures(leader, region="611021", as_of=NOW), 3.0)
        _timed("rebuild, all", lambda: rebuild_rollups(CITY), 20.0)
        for _ in range(1000):
            move_figure("projects", region="611021001001", by=0)
        assert _timed("page", lambda: figures_on_page(CITY), 0.1) == live
        _timed("by child", lambda: figures_by_child(CITY), 0.2)
        _timed("rows", lambda: figure_rows(leader, "poor_population", region=CITY, as_of=NOW), 3.0)
        _timed("snapshot", lambda: export_snapshot(tmp_path), 60.0)
        assert _timed("compare", lambda: list(compare_engines(tmp_path, region=CITY, as_of=NOW, depths=(6, 12))), 120.0) == []


def _timed(what: str, run: Any, limit: float) -> Any:
    start = time.perf_counter()
    answer = run()
    took = time.perf_counter() - start
    print(f"{what}: {took * 1000:.0f} ms")
    assert took < limit, f"{what}: {took:.2f} s"
    return answer
