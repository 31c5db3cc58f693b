"""Accounts to try the product with: one for each role and place of interest, with a name somebody there could have."""

from functools import lru_cache

import polars as pl

from shibaiqian.base import pinyin
from shibaiqian.demo import names
from shibaiqian.demo.cadres import Cadre, luck_of
from shibaiqian.demo.officials import officials, postings
from shibaiqian.demo.organisations import CULTURE, ORGANISATION, POVERTY, unit_code
from shibaiqian.demo.plan import CITY, COUNTIES, STORY_VILLAGES, stream, towns, villages

COLUMNS = ("登录名", "姓名", "角色", "区划代码", "单位编码", "身份证号")
CITY_BUREAU = "036"  # of farming
Row = tuple[str, str, str, str | None, str | None, str | None]


@lru_cache(maxsize=8)
def accounts(region: str) -> pl.DataFrame:
    """The accounts of the city or of a county, without passwords: login, name, role, place, unit, ID number."""
    rows = _of_city() if region == CITY else _of_county(region)
    return pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String), orient="row")


def account_rows(region: str, password: str) -> pl.DataFrame:
    """The rows of 账号名册."""
    found = accounts(region)
    return found.select("登录名", "姓名", pl.lit(password).alias("初始密码"), "角色", "区划代码", "单位编码", "身份证号")


def _staff(region: str, number: str) -> list[Cadre]:
    code = unit_code(region, number)
    return [cadre for cadre in officials(CITY if region == CITY else region[:6]).cadres if cadre.unit.code == code]


def _of_city() -> list[Row]:
    organisation = _staff(CITY, ORGANISATION)
    return [
        ("shangluo.org", organisation[4].name, "市委组织部", CITY, None, None),
        ("shangluo.leader", "余宏志", "市委领导", CITY, None, None),
        ("shangluo.nongye", _staff(CITY, CITY_BUREAU)[-1].name, "派出单位", None, unit_code(CITY, CITY_BUREAU), None),
        ("shangluo.audit", _staff(CITY, "041")[4].name, "审计人员", CITY, None, None),
        ("sysadmin", "周永刚", "系统管理员", None, None, None),
        ("secadmin", "方晓莉", "安全管理员", None, None, None),
        ("auditadmin", "郭文斌", "审计管理员", None, None, None),
    ]


def _of_county(county: str) -> list[Row]:
    luck, place = luck_of("accounts", county), pinyin.full(COUNTIES[county].short)
    rows: list[Row] = [
        (f"{place}.org", _staff(county, ORGANISATION)[3].name, "县区委组织部", county, None, None),
        (f"{place}.fupin", _staff(county, POVERTY)[3].name, "县区扶贫部门", county, None, None),
    ]
    shown = [code for code in STORY_VILLAGES if code.startswith(county)]
    others = villages().filter((pl.col("county") == county) & pl.col("poor") & ~pl.col("code").is_in(list(STORY_VILLAGES)) & (pl.col("source") != "city"))
    shown += [luck.choice([code for code in others["code"] if not shown or not code.startswith(shown[0][:9])])]
    for code in shown:
        rows += _of_place(county, code, place)
    if county == "611023":
        rows.append((f"{place}.wenguang", _staff(county, CULTURE)[-1].name, "派出单位", None, unit_code(county, CULTURE), None))
    if county == "611026":
        rows.append((f"{place}.nongye", _staff(county, CITY_BUREAU)[-1].name, "派出单位", None, unit_code(county, CITY_BUREAU), None))
    # A First Secretary is a helper as well: of the households paired with him.
    hosted = {p.host: p for p in postings(county) if p.tier == "T1000"}
    helper = hosted[shown[0]].cadre
    rows.append((f"{place}.bangfu", helper.name, "帮扶责任人", None, None, helper.id_number))
    return rows


def _of_place(county: str, code: str, place: str) -> list[Row]:
    """Town and village of a code: the party committee, the poverty station, the village, its First Secretary."""
    town = towns().filter(pl.col("code") == code[:9]).row(0, named=True)
    village = villages().filter(pl.col("code") == code).row(0, named=True)
    called = pinyin.full(town["name"].removesuffix("街道").removesuffix("镇"))
    bare = pinyin.full(village["name"].removesuffix("社区").removesuffix("村"))
    committee, government = _staff(town["code"], "02"), _staff(town["code"], "01")
    secretary = next(p for p in postings(county) if p.host == code and p.tier == "T1000").cadre
    clerk = _clerks(county)[code]
    return [
        (f"{place}.{called}.dangwei", committee[2].name, "镇办党委", town["code"], None, None),
        (f"{place}.{called}.fupin", next(c for c in government if c.post == "扶贫站站长").name, "镇办扶贫站", town["code"], None, None),
        (f"{place}.{bare}", clerk, "村级组织", code, None, None),
        (f"{place}.{bare}.shuji", secretary.name, "挂职干部", code, None, secretary.id_number),
    ]


@lru_cache(maxsize=8)
def _clerks(county: str) -> dict[str, str]:
    """A clerk for each village."""
    rng = stream("clerks", county)
    codes = villages().filter(pl.col("county") == county)["code"].to_list()
    return dict(zip(codes, names.persons(rng, 1965 + rng.integers(0, 20, len(codes)), rng.random(len(codes)) < 0.7), strict=True))
