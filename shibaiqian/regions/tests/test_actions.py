"""The gazetteer and the national lists."""

import gzip
from pathlib import Path

import polars as pl
import pytest
from django.db import connection

from shibaiqian.base import pinyin
from shibaiqian.regions import actions
from shibaiqian.regions.actions import COLUMNS, GAZETTEER, load_regions, poor_counties, read_gazetteer
from shibaiqian.regions.models import Region
from shibaiqian.regions.rules import level_of, parent_of

pytestmark = pytest.mark.django_db


def test_all_seven_counties_stand_on_the_national_list() -> None:
    counties = Region.objects.filter(level="county").order_by("code")
    assert [c.poor_county for c in counties] == ["national"] * 7


def test_loading_again_changes_nothing_and_mends_what_was_changed() -> None:
    assert load_regions().written == 0
    Region.objects.filter(pk="611021").update(poor_county="", name="别的名字")
    assert load_regions().written == 1
    assert Region.objects.get(pk="611021").poor_county == "national"


def _one_by_one(rows: list[dict[str, str]]) -> list[dict[str, str | None]]:
    """What a file says, said place by place."""
    names: dict[str | None, str] = {}
    said: list[dict[str, str | None]] = []
    for row in sorted(rows, key=lambda row: (len(row["code"]), row["code"])):
        code, name, parent = row["code"], row["name"], parent_of(row["code"])
        names[code] = names.get(parent, "") + name
        said.append({
            "code": code, "name": name, "level": level_of(code), "kind": row["kind"] if len(code) > 6 else "",
            "parent_id": parent if parent in names else None, "full_name": names[code],
            "pinyin": pinyin.full(name), "initials": pinyin.initials(name),
            "poor_county": "national" if code in poor_counties() else "",
        })  # fmt: skip
    return said


def test_the_columns_at_once_equal_the_places_one_by_one() -> None:
    rows = pl.read_csv(GAZETTEER, infer_schema=False).fill_null("").to_dicts()
    assert read_gazetteer(GAZETTEER).to_dicts() == _one_by_one(rows)


def test_a_place_whose_parent_is_missing_has_none_and_blanks_and_letters_are_spelled(tmp_path: Path) -> None:
    said = ["code,name,level,kind", "611021100200,Ａ区 b村,village,village", "611021,洛南县,county,x", "61,陕西省,province,"]
    said += ["611021101,永丰镇,town,town", "611021101201,长 乐村,village,village"]
    file = tmp_path / "places.csv.gz"
    file.write_bytes(gzip.compress("\n".join(said).encode()))
    rows = [dict(zip(said[0].split(","), line.split(","), strict=True)) for line in said[1:]]
    assert read_gazetteer(file).to_dicts() == _one_by_one(rows)
    assert [row["code"] for row in read_gazetteer(file, under="611021101").to_dicts()] == ["61", "611021", "611021101", "611021101201"]


def test_a_code_of_no_level_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "places.csv"
    file.write_text("code,name,level,kind\n61102,无此级,county,\n")
    with pytest.raises(pl.exceptions.InvalidOperationError):
        read_gazetteer(file)


def test_a_first_installation_leaves_the_same_places_indexes_and_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    def table() -> list[tuple[object, ...]]:
        with connection.cursor() as cursor:
            cursor.execute("select indexdef from pg_indexes where tablename = 'regions_region' order by 1")
            indexes = cursor.fetchall()
            cursor.execute(
                "select conname, pg_get_constraintdef(oid) from pg_constraint where conrelid = 'regions_region'::regclass order by 1"
            )
            return [*indexes, *cursor.fetchall(), *Region.objects.order_by("code").values_list(*COLUMNS)]

    before = table()
    Region.objects.filter(level="village").delete()
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
    monkeypatch.setattr(actions, "MANY", 1000)
    assert load_regions().written > 1000
    assert table() == before
