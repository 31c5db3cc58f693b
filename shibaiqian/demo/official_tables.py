"""The rosters of units, villages, officials, accounts, postings and promotions as tables: what a file says, before it is a file."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import polars as pl

from shibaiqian.base import pinyin
from shibaiqian.demo import names
from shibaiqian.demo.cadres import Cadre, cadre_rows, luck_of
from shibaiqian.demo.officials import officials
from shibaiqian.demo.officials import postings as posted_in
from shibaiqian.demo.organisations import (
    CULTURE,
    ORGANISATION,
    POVERTY,
    Unit,
    city_units,
    county_units,
    is_department,
    organisation_rows,
    unit_code,
)
from shibaiqian.demo.overhauls import village_rows
from shibaiqian.demo.plan import CITY, COUNTIES, STORY_VILLAGES, stream, towns, villages
from shibaiqian.demo.postings import Posting, posting_rows
from shibaiqian.demo.promotions import promotion_rows

# Persons of the article: nobody invented has their names.
OF_ARTICLE = frozenset({"刘海宏", "王朝辉", "张猛虎", "宁成森"})
AGRICULTURE, FINANCE = "036", "029"  # units whose people try out the accounts
ACCOUNT_HEADERS = ["登录名", "姓名", "初始密码", "角色", "区划代码", "单位编码", "身份证号"]
POSTING_SCHEMA = {
    "number": pl.String, "tier": pl.String, "host": pl.String, "county": pl.String, "name": pl.String, "id_number": pl.String,
    "unit_code": pl.String, "arrived": pl.Date, "planned_end": pl.Date,
}  # fmt: skip
Account = tuple[str, str, str, str | None, str | None, str | None]  # login, name, role, region, unit, ID number


@dataclass(frozen=True)
class Table:
    """One roster of one region: columns are the headers of docs/fixture.md in their order, values text as offices write it."""

    kind: str
    region: str
    frame: pl.DataFrame


def city_files(password: str) -> list[Table]:
    """The city's five rosters in the order of import; one password for all accounts."""
    return [_table(kind, CITY, frame) for kind, frame in _shared(CITY, city_units(), password, _city_accounts())]


def county_files(county: str, password: str) -> list[Table]:
    """A county's six rosters in the order of import."""
    tables = [_table(kind, county, frame) for kind, frame in _shared(county, county_units(county), password, _county_accounts(county))]
    return [tables[0], _table("villages", county, village_rows(county)), *tables[1:]]


@lru_cache(maxsize=1)
def postings() -> pl.DataFrame:
    """All postings, in the order of the counties that host them."""
    rows = [
        (p.number, p.tier, p.host, county, p.cadre.name, p.cadre.id_number, p.cadre.unit.code, p.arrived.item(), p.ends.item())
        for county in COUNTIES
        for p in posted_in(county)
    ]
    return pl.DataFrame(rows, schema=POSTING_SCHEMA, orient="row")


def units(region: str) -> pl.DataFrame:
    """Units that pair their staff with households: of the city, or of a county and its towns."""
    whole = [u for u in (city_units() if region == CITY else county_units(region)) if u.level == "镇" or is_department(u)]
    own = [u for u in whole if region != CITY or u.region == CITY]
    return pl.DataFrame([(u.code, u.name, u.level, u.region) for u in own], schema=["code", "name", "level", "region"], orient="row")


@lru_cache(maxsize=8)
def helper_account(county: str) -> tuple[str, str]:
    """Name and unit of a responsible helper who is surely in the county's pairings: a First Secretary leads the helpers of his village."""
    told = {shown_village(county), *STORY_VILLAGES}
    poor = set(villages().filter("poor")["code"])
    chosen = next(p for p in posted_in(county) if p.host in poor - told and p.cadre.unit.region == county)
    return chosen.cadre.name, chosen.cadre.unit.code


def _shared(region: str, own: list[Unit], password: str, accounts: list[Account]) -> Iterator[tuple[str, pl.DataFrame]]:
    made = officials(region)
    hosted = (
        [p for county in COUNTIES for p in posted_in(county) if p.of_city]
        if region == CITY
        else [p for p in posted_in(region) if not p.of_city]
    )
    yield "organisations", organisation_rows(own, made.heads)
    yield "cadres", cadre_rows(made.cadres)
    yield "accounts", _account_rows(accounts, password)
    yield "postings", posting_rows(hosted)
    yield "promotions", promotion_rows(made.promotions)


def _table(kind: str, region: str, frame: pl.DataFrame) -> Table:
    numbers = [name for name, dtype in frame.schema.items() if dtype.is_float()]
    texts = frame.with_columns(pl.col(numbers).cast(pl.String).str.strip_suffix(".0")) if numbers else frame
    return Table(kind, region, texts.cast(pl.String))


# Accounts: one for each role, for trying out.


def _of_unit(region: str, code: str) -> list[Cadre]:
    """Who works in a unit and is not posted elsewhere."""
    away = {p.cadre.id_number for county in (COUNTIES if region == CITY else [region]) for p in posted_in(county)}
    return [c for c in officials(region).cadres if c.unit.code == code and c.id_number not in away]


def _city_accounts() -> list[Account]:
    clerk, finance = (_of_unit(CITY, unit_code(CITY, number))[-1].name for number in (ORGANISATION, FINANCE))
    luck = luck_of("accounts", CITY)
    year = np.array([luck.randint(1964, 1986) for _ in range(5)])
    leader, auditor, *keepers = names.persons(stream("accounts"), year, np.array([True, False, True, True, False]))
    found: list[Account] = [
        ("shangluo.org", clerk, "市委组织部", CITY, None, None), ("shangluo.leader", leader, "市委领导", CITY, None, None),
        ("shangluo.unit", finance, "派出单位", None, unit_code(CITY, FINANCE), None), ("shangluo.audit", auditor, "审计人员", CITY, None, None),
    ]  # fmt: skip
    administrators = [("sysadmin", "系统管理员"), ("secadmin", "安全管理员"), ("auditadmin", "审计管理员")]
    return found + [(login, name, role, None, None, None) for (login, role), name in zip(administrators, keepers, strict=True)]


def shown_village(county: str) -> str:
    """The village whose accounts are shown: that of the county's story, or its first poor one."""
    told = [code for code in STORY_VILLAGES if code.startswith(county)]
    return told[0] if told else str(villages().filter((pl.col("county") == county) & pl.col("poor"))["code"][0])


def first_secretary(village: str) -> Posting:
    """Who is posted to a village."""
    return next(p for p in posted_in(village[:6]) if p.host == village)


def _county_accounts(county: str) -> list[Account]:
    login = pinyin.full(COUNTIES[county].short)
    sender = unit_code(county, CULTURE if county == "611023" else AGRICULTURE)
    helper, helpers_unit = helper_account(county)
    village = shown_village(county)
    secretary = first_secretary(village)
    shown: list[Account] = [
        (f"{login}.org", _of_unit(county, unit_code(county, ORGANISATION))[-1].name, "县区委组织部", county, None, None),
        (f"{login}.poverty", _of_unit(county, unit_code(county, POVERTY))[-1].name, "县区扶贫部门", county, None, None),
        (f"{login}.unit", _of_unit(county, sender)[-1].name, "派出单位", None, sender, None),
        (f"{login}.helper", helper, "帮扶责任人", None, helpers_unit, None),
    ]
    of_towns = {login: str(towns().filter(pl.col("county") == county)["code"][0])}
    for code in STORY_VILLAGES:
        if code.startswith(county):
            name = str(towns().filter(pl.col("code") == code[:9])["name"][0])
            of_towns[pinyin.full(name.removesuffix("街道").removesuffix("镇"))] = code[:9]
    for start, town in of_towns.items():
        station = next(c for c in _of_unit(county, unit_code(town, "01")) if c.post == "扶贫站站长")
        shown += [
            (f"{start}.town", _of_unit(county, unit_code(town, "02"))[-1].name, "镇办党委", town, None, None),
            (f"{start}.station", station.name, "镇办扶贫站", town, None, None),
        ]
    return [
        *shown,
        (f"{login}.village", _village_secretary(village), "村级组织", village, None, None),
        (f"{login}.secretary", secretary.cadre.name, "挂职干部", village, None, secretary.cadre.id_number),
    ]


def _village_secretary(village: str) -> str:
    return str(village_rows(village[:6]).filter(pl.col("村代码") == village)["村党组织书记"][0])


def _account_rows(accounts: list[Account], password: str) -> pl.DataFrame:
    rows = [(login, name, password, *rest) for login, name, *rest in accounts]
    return pl.DataFrame(rows, schema=dict.fromkeys(ACCOUNT_HEADERS, pl.String), orient="row")
