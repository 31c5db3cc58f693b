"""Places of rosters: by code, by the names offices write, and what is said when they cannot be found."""

import time
from typing import Any

import polars as pl
import pytest

from shibaiqian.base.spreadsheets.findings import Findings
from shibaiqian.regions.models import Region
from shibaiqian.regions.places import resolve_places

pytestmark = pytest.mark.django_db


@pytest.fixture
def village() -> Region:
    """吴庄村 of 杨峪河镇, 商州区 (S38)."""
    return Region.objects.get(full_name__endswith="杨峪河镇吴庄村")


@pytest.fixture
def county(village: Region) -> Region:
    return Region.objects.get(pk=village.code[:6])


def resolved(region: Region, **columns: list[str | None]) -> tuple[list[str | None], Findings]:
    height = len(next(iter(columns.values())))
    frame = pl.DataFrame({"row": range(2, height + 2), **columns}, schema_overrides=dict.fromkeys(columns, pl.String))
    findings = Findings()
    return resolve_places(frame, region=region, findings=findings, sheet="名册")["region"].to_list(), findings


def refusal(findings: Findings) -> Any:
    (found,) = list(findings.refusals())
    return found


def test_a_code_is_enough(county: Region, village: Region) -> None:
    assert resolved(county, village_code=[village.code])[0] == [village.code]


@pytest.mark.parametrize(
    "said",
    ["吴庄村", "吴庄", "吴庄村委会", "吴庄村民委员会", "吴庄村村民委员会", "吴 庄 村", "吴庄社区居委会", "吴庄居委会"],
)
def test_names_match_with_and_without_their_endings(county: Region, village: Region, said: str) -> None:
    found, findings = resolved(county, county=["商州区"], town=["杨峪河镇"], village=[said], village_code=[None])
    assert found == [village.code] and not findings.has_refusals


def test_town_and_county_may_be_short_or_missing_when_the_name_is_the_only_one(county: Region, village: Region) -> None:
    for names in ({"county": "商州", "town": "杨峪河"}, {"county": None, "town": None}):
        found, _ = resolved(county, **{key: [value] for key, value in names.items()}, village=["吴庄村"])
        assert found == [village.code]


def test_every_village_of_the_city_is_found_by_its_names_and_with_every_ending() -> None:
    city = Region.objects.get(pk="6110")
    rows = list(Region.objects.filter(level="village").order_by("code").values_list("code", "name"))
    names = dict(Region.objects.filter(level__in=["county", "town"]).values_list("code", "name"))
    for ending in ("", "居委会", "村民委员会"):
        found, findings = resolved(
            city,
            county=[names[code[:6]] for code, _ in rows],
            town=[names[code[:9]] for code, _ in rows],
            village=[name if not ending else name.removesuffix("村").removesuffix("社区") + ending for _, name in rows],
        )
        assert not findings.has_refusals, [f.message for f in findings.refusals()][:5]
        assert found == [code for code, _ in rows]


def test_code_and_names_that_differ_are_both_named(county: Region, village: Region) -> None:
    found, findings = resolved(county, county=["商州区"], town=["杨峪河镇"], village=["民主村"], village_code=[village.code])
    assert found == [None]
    assert village.code in refusal(findings).message
    assert "吴庄村" in refusal(findings).message and "民主村" in refusal(findings).message
    assert (refusal(findings).row, refusal(findings).column) == (2, "村代码")


def test_an_unknown_name_is_answered_with_the_nearest(county: Region) -> None:
    _, findings = resolved(county, county=["商州区"], town=["杨峪河镇"], village=["吴装村"])
    assert "没有“商州区杨峪河镇吴装村”" in refusal(findings).message
    assert "吴庄村" in refusal(findings).mend


@pytest.mark.parametrize(("code", "why"), [("611002105", "不是 12 位"), ("611002105999", "查不到")])
def test_an_unknown_code_is_refused(county: Region, code: str, why: str) -> None:
    assert why in refusal(resolved(county, village_code=[code])[1]).message


def test_a_row_of_another_county_is_sent_to_its_own_file(village: Region) -> None:
    luonan = Region.objects.get(pk="611021")
    for columns in (
        {"village_code": [village.code]},
        {"county": ["商州区"], "town": ["杨峪河镇"], "village": ["吴庄村"]},
    ):
        found, findings = resolved(luonan, **columns)
        assert found == [None]
        assert "本文件只能导入洛南县的数据" in refusal(findings).message
        assert "商州区的文件" in refusal(findings).mend


def test_a_row_without_a_place_is_refused(county: Region) -> None:
    assert "没有写是哪个村" in refusal(resolved(county, village_code=[None])[1]).message


def test_a_name_that_two_towns_have_must_say_its_town() -> None:
    luonan = Region.objects.get(pk="611021")
    towns = Region.objects.filter(parent=luonan, kind="town").order_by("code")[:2]
    for number, town in enumerate(towns):
        Region.objects.create(
            code=f"{town.code}9{number:02}", name="新添村", level="village", kind="village", parent=town,
            full_name=f"{town.full_name}新添村", pinyin="xintiancun", initials="xtc",
        )  # fmt: skip
    assert "不止一个" in refusal(resolved(luonan, village=["新添村"])[1]).message
    assert resolved(luonan, town=[towns[1].name], village=["新添村"])[0] == [f"{towns[1].code}901"]


def test_the_code_of_a_merged_village_leads_to_its_successor(county: Region, village: Region) -> None:
    old = Region.objects.create(
        code=f"{village.code[:9]}998", name="老庄村", level="village", kind="village", parent_id=village.code[:9],
        full_name="老庄村", pinyin="laozhuangcun", initials="lzc", valid_to="2015-06-30", successor=village,
    )  # fmt: skip
    assert resolved(county, village_code=[old.code])[0] == [village.code]


def test_one_query_however_many_rows(county: Region, village: Region, django_assert_num_queries: Any) -> None:
    for height in (1, 3):
        with django_assert_num_queries(1):
            resolved(county, village_code=[village.code] * height)


def test_the_whole_register_is_resolved_in_half_a_second() -> None:
    city = Region.objects.get(pk="6110")
    codes = pl.Series(list(Region.objects.filter(level="village").values_list("code", flat=True)))
    frame = pl.DataFrame({"row": pl.int_range(657_000, eager=True)}).with_columns(
        village_code=codes.sample(657_000, with_replacement=True, seed=1)
    )
    for _ in range(8):  # the machine may be busy with something else
        started = time.perf_counter()
        found = resolve_places(frame, region=city, findings=Findings())
        if (took := time.perf_counter() - started) < 0.5:
            break
    assert found["region"].null_count() == 0
    assert took < 0.5
