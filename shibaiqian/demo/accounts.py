"""Accounts to try the product with: one for each role and place of interest, with the name of somebody who is there."""

from collections import Counter
from functools import lru_cache

import numpy as np
import polars as pl

from shibaiqian.base import pinyin
from shibaiqian.demo import names
from shibaiqian.demo.cadres import Cadre, luck_of
from shibaiqian.demo.candidates import rounds
from shibaiqian.demo.officials import officials, staff_of
from shibaiqian.demo.officials import postings as posted_in
from shibaiqian.demo.organisations import CULTURE, DISCIPLINE, ORGANISATION, POVERTY, unit_code
from shibaiqian.demo.overhauls import village_rows
from shibaiqian.demo.pairings import leading_helpers
from shibaiqian.demo.plan import CITY, COUNTIES, STORY_VILLAGES, stream, villages
from shibaiqian.demo.postings import Posting
from shibaiqian.demo.register import GROUPS

AGRICULTURE, FINANCE = "036", "029"  # units whose people try out the accounts
ACCOUNT_HEADERS = ["登录名", "姓名", "初始密码", "角色", "区划代码", "单位编码", "村民小组", "身份证号"]
Account = tuple[str, str, str, str | None, str | None, str | None]  # login, name, role, region, unit, ID number


def account_rows(region: str, password: str) -> pl.DataFrame:
    """The rows of 账号名册 of the city or of a county; one password for all."""
    found = _city_accounts() if region == CITY else _county_accounts(region)
    rows = [
        (login, name, password, role, place, unit, GROUPS[0] if role == "村民小组长" else None, number)
        for login, name, role, place, unit, number in found
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(ACCOUNT_HEADERS, pl.String), orient="row")


@lru_cache(maxsize=8)
def helper_account(county: str) -> Cadre:
    """A responsible helper who is surely in the county's pairings: one who leads the helpers of a poor village."""
    told = {shown_village(county), *STORY_VILLAGES}
    plan = villages().filter(pl.col("county") == county)
    able = zip(plan["code"], plan["poor"], leading_helpers(county), strict=True)
    return next(c for code, poor, c in able if poor and code not in told and c is not None and c.unit.region == county)


def inspector_of(region: str) -> str:
    """Who answers for discipline inspection in a place: a county's head of it, in the city an officer."""
    if region != CITY:
        return officials(CITY).heads[unit_code(region, DISCIPLINE)]
    return names.persons(stream("inspector"), np.array([1969]), np.array([True]))[0]


def _city_accounts() -> list[Account]:
    clerk, finance = (staff_of(CITY, unit_code(CITY, number))[-1] for number in (ORGANISATION, FINANCE))
    luck = luck_of("accounts", CITY)
    year = np.array([luck.randint(1964, 1986) for _ in range(5)])
    leader, auditor, *keepers = names.persons(stream("accounts"), year, np.array([True, False, True, True, False]))
    found: list[Account] = [
        _of_cadre("shangluo.org", clerk, "市委组织部", region=CITY), ("shangluo.leader", leader, "市委领导", CITY, None, None),
        _of_cadre("shangluo.unit", finance, "派出单位", unit=finance.unit.code), ("shangluo.audit", auditor, "审计人员", CITY, None, None),
        ("shangluo.discipline", inspector_of(CITY), "纪检监察", CITY, None, None),
    ]  # fmt: skip
    administrators = [("sysadmin", "系统管理员"), ("secadmin", "安全管理员"), ("auditadmin", "审计管理员")]
    return found + [(login, name, role, None, None, None) for (login, role), name in zip(administrators, keepers, strict=True)]


def shown_village(county: str) -> str:
    """The village whose accounts are shown: that of the county's story, or its first poor one whose official no matching can change."""
    told = [code for code in STORY_VILLAGES if code.startswith(county)]
    if told:
        return told[0]
    poor = set(villages().filter((pl.col("county") == county) & pl.col("poor"))["code"])
    rivals = Counter((r.batch, c.cadre.unit.code) for r in rounds(county) for c in r.candidates if r.tier == "T1000")
    alone = (p for p in posted_in(county) if p.host in poor and rivals[p.batch, p.cadre.unit.code] == 1)
    return min(p.host for p in alone)


def first_secretary(village: str) -> Posting:
    """Who is posted to a village."""
    return next(p for p in posted_in(village[:6]) if p.host == village)


def _county_accounts(county: str) -> list[Account]:
    login = pinyin.full(COUNTIES[county].short)
    sender = unit_code(county, CULTURE if county == "611023" else AGRICULTURE)
    helper = helper_account(county)
    village = shown_village(county)
    secretary = first_secretary(village)
    clerk, head = names.persons(stream("village accounts", county), np.array([1986, 1962]), np.array([False, True]))
    town = village[:9]  # of the village shown, so that one matter can be followed upward
    station = next(c for c in staff_of(county, unit_code(town, "01")) if c.post == "扶贫站站长")
    return [
        _of_cadre(f"{login}.org", staff_of(county, unit_code(county, ORGANISATION))[-1], "县区委组织部", region=county),
        _of_cadre(f"{login}.poverty", staff_of(county, unit_code(county, POVERTY))[-1], "县区扶贫部门", region=county),
        _of_cadre(f"{login}.unit", staff_of(county, sender)[-1], "派出单位", unit=sender),
        (f"{login}.discipline", inspector_of(county), "纪检监察", county, None, None),
        _of_cadre(f"{login}.helper", helper, "帮扶责任人", unit=helper.unit.code),
        _of_cadre(f"{login}.town", staff_of(county, unit_code(town, "02"))[-1], "镇办党委", region=town),
        _of_cadre(f"{login}.station", station, "镇办扶贫站", region=town),
        (f"{login}.village", clerk, "村级组织", village, None, None),
        (f"{login}.group", head, "村民小组长", village, None, None),
        (f"{login}.host", _village_secretary(village), "挂职单位党组织书记", village, None, None),
        (f"{login}.secretary", secretary.cadre.name, "挂职干部", village, None, secretary.cadre.id_number),
    ]


def _of_cadre(login: str, cadre: Cadre, role: str, *, region: str | None = None, unit: str | None = None) -> Account:
    """An account whose person stands in the register of cadres, so that nobody has a hand in the own case."""
    return login, cadre.name, role, region, unit, cadre.id_number


def _village_secretary(village: str) -> str:
    return str(village_rows(village[:6]).filter(pl.col("村代码") == village)["村党组织书记"][0])
