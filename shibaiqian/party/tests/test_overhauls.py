"""Overhauls: registered from a ledger or a form, accepted, read, exported; nothing for outsiders."""

import datetime as dt
from typing import Any

import polars as pl
import pytest

from shibaiqian.access.actor import Forbidden, acting
from shibaiqian.access.command import NotVisible
from shibaiqian.access.rows import Rows, RowsRefused
from shibaiqian.base.ids import new_id
from shibaiqian.indicators.queries import figures, figures_on_page
from shibaiqian.party import queries
from shibaiqian.party.actions import NotInRectification, NotPassed, accept_overhaul, register_overhauls
from shibaiqian.party.excel import COLUMNS, prepare_overhauls
from shibaiqian.party.models import Overhaul
from shibaiqian.policy.actions import install_defaults
from shibaiqian.regions.models import Region

pytestmark = pytest.mark.django_db
LUONAN, DANFENG, TODAY, FIGURE = "611021", "611022", dt.date(2016, 6, 8), "organisations_overhauled"


@pytest.fixture(autouse=True)
def _policy() -> None:
    install_defaults()


@pytest.fixture
def clerk(actor: Any) -> Any:
    return actor("county_org_admin", LUONAN)


@pytest.fixture
def stranger(actor: Any) -> Any:
    return actor("county_org_admin", DANFENG)


@pytest.fixture
def county() -> Region:
    return Region.objects.get(pk=LUONAN)


@pytest.fixture
def village() -> Region:
    return Region.objects.filter(code__gte=LUONAN, code__lt=f"{LUONAN}:", level="village").order_by("code")[0]


def roster(*rows: dict[str, Any]) -> Rows:
    frame = pl.DataFrame({c.name: [row.get(c.name) for row in rows] for c in COLUMNS}, schema={c.name: c.dtype for c in COLUMNS})
    return Rows(frame.with_row_index("row", offset=2), sheet="台账")


def an_overhaul(village: Region, **other: Any) -> dict[str, Any]:
    return {"village_code": village.code, "organisation_name": "某村党支部", "label": "lagging", "kinds": "W01|W12", "listed_on": dt.date(2015, 3, 1),
            "state": "in_rectification", **other}  # fmt: skip


DONE = {"state": "transformed", "finished_on": dt.date(2015, 12, 1), "accepted_on": dt.date(2016, 1, 5), "score": 86,
        "person_in_charge": True, "rules_in_place": True, "accountability": True}  # fmt: skip


def test_a_ledger_is_taken_and_what_was_put_in_order_counts(clerk: Any, county: Region, village: Region) -> None:
    rows = roster(an_overhaul(village, **DONE), an_overhaul(village, organisation_name="另一党支部"))
    assert register_overhauls(county, rows=rows, by=clerk).count == 2
    overhaul = Overhaul.unscoped.get(state="transformed")
    assert (overhaul.region_id, overhaul.kinds, overhaul.score, overhaul.accountability) == (village.code, "W01|W12", 86, True)
    with acting(clerk):
        assert figures_on_page(village.code)[FIGURE] == figures(clerk, region=LUONAN, as_of=TODAY)[FIGURE] == 1


@pytest.mark.parametrize(
    ("other", "column", "code"),
    [
        ({"finished_on": dt.date(2015, 2, 1)}, "整顿完成日期", "order"),
        ({"accepted_on": dt.date(2016, 6, 9)}, "验收日期", "future"),
        ({"state": "closed"}, "验收日期", "date_missing"),
        ({"score": 101}, "验收得分", "score_range"),
        ({"organisation_name": "某村党支部"}, "党组织名称", "known"),
        ({"village_code": "611022999999"}, "村代码", "place_unknown"),
    ],
)
def test_an_overhaul_that_cannot_be_right_is_refused(
    clerk: Any, county: Region, village: Region, other: dict[str, Any], column: str, code: str
) -> None:
    rows = roster(an_overhaul(village), an_overhaul(village, **{"organisation_name": "另一党支部", **other}))
    with pytest.raises(RowsRefused) as refused:
        register_overhauls(county, rows=rows, by=clerk)
    assert [(f.row, f.column, f.code) for f in refused.value.findings.refusals()] == [(3, column, code)]
    assert not Overhaul.unscoped.exists()


def test_a_doubtful_acceptance_of_the_past_is_noted(clerk: Any, county: Region, village: Region) -> None:
    rows = roster(
        an_overhaul(village, **{**DONE, "score": 60}), an_overhaul(village, **{**DONE, "organisation_name": "另", "rules_in_place": False})
    )
    with acting(clerk):
        findings = prepare_overhauls(county, rows=rows, by=clerk).findings
    assert not findings.has_refusals and [(f.row, f.code) for f in findings.notes()] == [(2, "not_passed"), (3, "not_passed")]


def test_preparing_takes_the_same_queries_at_1_and_3_rows(
    clerk: Any, county: Region, village: Region, django_assert_num_queries: Any
) -> None:
    with acting(clerk):
        for count in (1, 3):
            rows = roster(*(an_overhaul(village, **{**DONE, "organisation_name": f"第{n}党支部"}) for n in range(count)))
            with django_assert_num_queries(3):
                prepare_overhauls(county, rows=rows, by=clerk)


def test_a_form_is_told_what_is_missing_and_a_repeated_operation_registers_once(clerk: Any, village: Region) -> None:
    with pytest.raises(RowsRefused) as refused:
        register_overhauls(village, rows=Rows.of_form(village_code=village.code), by=clerk)
    assert {f.column for f in refused.value.findings.refusals()} == {"党组织名称", "类型", "主要表现", "列入日期", "整顿状态"}
    operation = new_id()
    for _ in range(2):
        register_overhauls(village, rows=Rows.of_form(**an_overhaul(village)), by=clerk, operation=operation)
    assert Overhaul.unscoped.count() == 1


def test_accepting_needs_the_score_and_all_three_and_moves_the_figure_once(clerk: Any, village: Region) -> None:
    register_overhauls(village, rows=Rows.of_form(**an_overhaul(village)), by=clerk)
    overhaul = Overhaul.unscoped.get()
    good = {"on": TODAY, "score": 70, "person_in_charge": True, "rules_in_place": True, "accountability": True}
    for bad in ({"score": 69}, {"accountability": False}, {"on": dt.date(2015, 2, 1)}, {"on": dt.date(2016, 6, 9)}):
        with pytest.raises(NotPassed):
            accept_overhaul(overhaul, **{**good, **bad}, by=clerk)
    assert figures_on_page(LUONAN)[FIGURE] == 0
    accept_overhaul(overhaul, **good, by=clerk)
    assert figures_on_page(LUONAN)[FIGURE] == 1
    with pytest.raises(NotInRectification):
        accept_overhaul(overhaul, **good, by=clerk)


def test_a_second_overhaul_of_the_same_organisation_does_not_count_again(clerk: Any, village: Region) -> None:
    register_overhauls(village, rows=Rows.of_form(**an_overhaul(village, **DONE)), by=clerk)
    register_overhauls(village, rows=Rows.of_form(**an_overhaul(village, listed_on=dt.date(2016, 2, 1))), by=clerk)
    again = Overhaul.unscoped.get(state="in_rectification")
    accept_overhaul(again, on=TODAY, score=80, person_in_charge=True, rules_in_place=True, accountability=True, by=clerk)
    with acting(clerk):
        assert figures(clerk, region=LUONAN, as_of=TODAY)[FIGURE] == 1


def test_another_county_neither_registers_accepts_nor_reads(clerk: Any, stranger: Any, actor: Any, county: Region, village: Region) -> None:
    register_overhauls(county, rows=roster(an_overhaul(village)), by=clerk)
    overhaul = Overhaul.unscoped.get()
    with pytest.raises(NotVisible):
        register_overhauls(county, rows=roster(an_overhaul(village, organisation_name="另")), by=stranger)
    with pytest.raises(NotVisible):
        accept_overhaul(overhaul, on=TODAY, score=80, person_in_charge=True, rules_in_place=True, accountability=True, by=stranger)
    with pytest.raises(Forbidden):
        register_overhauls(county, rows=roster(an_overhaul(village, organisation_name="另")), by=actor("county_poverty_admin", LUONAN))
    with acting(stranger):
        assert not queries.overhauls(stranger, region=LUONAN) and not queries.overhauls_of_village(stranger, village)
    overhaul.refresh_from_db()
    assert overhaul.state == "in_rectification" and Overhaul.unscoped.count() == 1


@pytest.mark.parametrize("count", [1, 3])
def test_lists_take_one_query_and_go_on_by_key(
    clerk: Any, county: Region, village: Region, count: int, django_assert_num_queries: Any
) -> None:
    register_overhauls(county, rows=roster(*(an_overhaul(village, organisation_name=f"第{n}党支部") for n in range(count))), by=clerk)
    with acting(clerk):
        with django_assert_num_queries(1):
            assert [row.region.name for row in queries.overhauls(clerk, region=LUONAN)] == [village.name] * count
        first = queries.overhauls(clerk, region=LUONAN)[0]
        assert len(queries.overhauls(clerk, region=LUONAN, after=(first.region_id, first.pk))) == count - 1
        assert len(queries.overhauls_of_village(clerk, village)) == count
        with django_assert_num_queries(2):
            out = queries.overhauls_roster(clerk, region=LUONAN)
    assert dict(out.schema) == {c.name: c.dtype for c in COLUMNS}
    Overhaul.unscoped.update(voided_by=1)
    register_overhauls(county, rows=Rows(out.with_row_index("row", offset=2), sheet="台账"), by=clerk)
    with acting(clerk):
        assert queries.overhauls_roster(clerk, region=LUONAN).equals(out)


def test_headers_are_those_of_the_fixture() -> None:
    headers = (
        "县区 镇办 村（社区） 村代码 党组织名称 类型 主要表现 列入日期 整顿完成日期 验收日期 验收得分 有人管事 有章理事 有责问事 整顿状态"
    )
    assert [c.header for c in COLUMNS] == headers.split()
