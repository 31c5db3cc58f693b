"""Writes the rosters of docs/fixture.md as Excel files, the city's first, then county by county, each after what it needs."""

import argparse
import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import polars as pl

from shibaiqian.demo.accounts import account_rows
from shibaiqian.demo.arrivals import arrival_rows, bound_rows, target_rows
from shibaiqian.demo.cadres import cadre_rows
from shibaiqian.demo.duty import duty_rows
from shibaiqian.demo.families import family_rows
from shibaiqian.demo.livelihood import livelihood
from shibaiqian.demo.officials import officials, postings
from shibaiqian.demo.organisations import city_units, county_units, organisation_rows
from shibaiqian.demo.overhauls import overhaul_rows, village_rows
from shibaiqian.demo.pairings import pairing_rows
from shibaiqian.demo.plan import CITY, COUNTIES, SMALL_COUNTY
from shibaiqian.demo.practical_services import places, service_rows
from shibaiqian.demo.projects import project_rows
from shibaiqian.demo.promotions import promotion_rows
from shibaiqian.demo.register import household_rows, member_rows, register
from shibaiqian.demo.selection_rosters import (
    batch_rows,
    issuer_rows,
    need_rows,
    need_unit_rows,
    nomination_rows,
    past_appraisal_rows,
    review_rows,
)
from shibaiqian.demo.trainings import training_rows
from shibaiqian.demo.work import entity_rows, link_rows
from shibaiqian.demo.work_logs import log_rows
from shibaiqian.demo.workbooks import write_workbook

# Kind → its number in the order of import, what offices call it, and the columns added up in a 合计 row.
KINDS: dict[str, tuple[int, str, tuple[str, ...]]] = {
    "organisations": (1, "单位名册", ()),
    "villages": (2, "村（社区）名册", ("农村户籍户数", "农村户籍人口", "耕地面积（亩）", "集体经济收入（元）")),
    "cadres": (3, "干部名册", ()),
    "accounts": (4, "账号名册", ()),
    "promotions": (6, "提拔使用名册", ()),
    "households": (7, "贫困户名册（期初）", ("家庭人口", "耕地面积（亩）", "林地面积（亩）")),
    "members": (8, "贫困人口名册", ()),
    "incomes": (9, "收入台账", ()),
    "pairings": (10, "结对帮扶名册", ()),
    "industry_entities": (11, "产业主体名册", ()),
    "benefit_links": (12, "利益联结名册", ("年增收（元）",)),
    "projects": (13, "帮扶项目台账", ("总投资（元）",)),
    "practical_services": (14, "为民办实事台账", ("折合金额（元）",)),
    "overhauls": (15, "后进村（社区）党组织整顿台账", ()),
    "batches": (17, "批次与名额", ("名额",)),
    "needs": (18, "岗位需求名册", ()),
    "need_units": (19, "岗位包村单位名册", ()),
    "nominations": (20, "推荐名册", ()),
    "gate_reviews": (21, "四关审查名册", ()),
    "arrivals": (22, "到岗名册", ()),
    "targets": (23, "目标责任书台账", ()),
    "posted_households": (24, "包户名册", ()),
    "issuers": (25, "发文机关名册", ()),
    "past_appraisals": (26, "年度考核名册", ()),
    "work_logs": (27, "工作日志台账", ()),
    "families": (28, "家庭成员名册", ()),
    "trainings": (29, "培训名册", ("学时",)),
    "leaves": (30, "请销假登记台账", ()),
    "attendance": (31, "考勤登记表", ()),
}


@dataclass(frozen=True)
class RosterFile:
    """A roster that has been written. `order` is its place among all files of this run."""

    kind: str
    region: str
    path: Path
    rows: int
    order: int


def write_rosters(
    folder: Path,
    *,
    password: str,
    scale: Literal["city", "county"] = "city",
    counties: Iterable[str] | None = None,
    on_file: Callable[[RosterFile], None] | None = None,
) -> Iterator[RosterFile]:
    """Write the rosters into `folder` and yield each as soon as it is there, in the order of import.

    `password` is the first password of all accounts. `scale="county"` writes the city's files and those of the small county;
    `counties` names others. The same rows come out whichever counties are written. Raises ValueError for an unknown county.
    """
    chosen = (
        list(counties)
        if counties is not None
        else [SMALL_COUNTY]
        if scale == "county"
        else sorted(COUNTIES, key=lambda code: code != SMALL_COUNTY)
    )
    unknown = set(chosen) - set(COUNTIES)
    if unknown:
        raise ValueError(f"no county of the city: {', '.join(sorted(unknown))}")
    folder.mkdir(parents=True, exist_ok=True)
    order = 0
    for region in (CITY, *chosen):
        for kind, frame in city_rosters(password, chosen) if region == CITY else county_rosters(region, password):
            path = write_roster(folder, kind, region, frame)
            file = RosterFile(kind, region, path, frame.height, order)
            order += 1
            if on_file is not None:
                on_file(file)
            yield file


def city_rosters(password: str, counties: Sequence[str] = tuple(COUNTIES)) -> Iterator[tuple[str, pl.DataFrame]]:
    """The city's rosters: its units and the counties' leading bodies, its officials, the batches, who was proposed for the city's
    own decisions and for these counties.
    """
    found = officials(CITY)
    yield "organisations", organisation_rows(city_units(), found.heads)
    yield "issuers", issuer_rows(CITY)
    yield "cadres", cadre_rows(found.cadres)
    yield "past_appraisals", past_appraisal_rows(CITY, counties)
    yield "families", family_rows(CITY, counties)
    yield "trainings", training_rows(CITY, counties)
    yield "accounts", account_rows(CITY, password)
    yield "batches", batch_rows()
    yield "needs", need_rows(CITY)
    yield "nominations", nomination_rows(CITY, counties)
    yield "promotions", promotion_rows(found.promotions)
    yield "gate_reviews", review_rows(CITY)
    yield "arrivals", arrival_rows(CITY)


def county_rosters(county: str, password: str) -> Iterator[tuple[str, pl.DataFrame]]:
    """A county's rosters in the order of import. Large ones stand between those on which clerks work, so that nobody waits."""
    found = officials(county)
    yield "organisations", organisation_rows(county_units(county), found.heads)
    yield "issuers", issuer_rows(county)
    yield "villages", village_rows(county)
    yield "overhauls", overhaul_rows(county)
    yield "cadres", cadre_rows(found.cadres)
    yield "past_appraisals", past_appraisal_rows(county, [county])
    yield "families", family_rows(county, [county])
    yield "trainings", training_rows(county, [county])
    yield "accounts", account_rows(county, password)
    yield "needs", need_rows(county)
    yield "need_units", need_unit_rows(county)
    yield "nominations", nomination_rows(county, [county])
    yield "promotions", promotion_rows(found.promotions)
    hosted = postings(county)
    made = register(county)
    yield "households", household_rows(made)
    yield "gate_reviews", review_rows(county)
    yield "members", member_rows(made)
    living = livelihood(county)
    yield "incomes", living.incomes
    yield "pairings", pairing_rows(made)
    yield "arrivals", arrival_rows(county)
    yield "posted_households", bound_rows(made, hosted)
    yield "targets", target_rows(county, hosted)
    where = places(made.plan, hosted)
    entities = entity_rows(made, where)
    yield "industry_entities", entities
    yield "benefit_links", link_rows(made, living, entities)
    yield "projects", project_rows(made, where)
    yield "practical_services", service_rows(made, where)
    logs = log_rows(made, where)
    attendance, leaves = duty_rows(county, hosted, logs)
    yield "leaves", leaves
    yield "attendance", attendance
    yield "work_logs", logs


def write_roster(folder: Path, kind: str, region: str, frame: pl.DataFrame) -> Path:
    """Write one roster under the name that offices would give it."""
    number, label, summed = KINDS[kind]
    place = COUNTIES[region].name if region in COUNTIES else "商洛市"
    path = folder / f"{region}-{number:02d}-{label}.xlsx"
    total = {name: round(float(frame[name].sum()), 1) for name in summed} if summed else None
    write_workbook(path, title=f"{place}{label}（演示数据）", sheet=label[:28], frame=_as_written(kind, region, frame), total=total)
    return path


def _as_written(kind: str, region: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Three offices have habits of their own, which the importer takes with a note."""
    if (kind, region) == ("overhauls", "611022"):  # dates with dots
        days = pl.col("列入日期", "整顿完成日期", "验收日期")
        return frame.with_columns(days.str.replace_all("-", "."))
    if (kind, region) == ("projects", "611023"):  # thousands with a comma
        yuan = pl.col("总投资（元）").cast(pl.String)
        return frame.with_columns(yuan.str.replace(r"^(\d{1,3})(\d{3})$", "$1,$2").str.replace(r"^(\d)(\d{3})(\d{3})$", "$1,$2,$3"))
    if (kind, region) == ("villages", "611021"):  # a few full-width digits
        wide = pl.col("农村户籍户数").cast(pl.String)
        for digit in range(10):
            wide = wide.str.replace_all(str(digit), chr(0xFF10 + digit))
        is_wide = pl.int_range(pl.len()) % 41 == 7
        return frame.with_columns(pl.when(is_wide).then(wide).otherwise(pl.col("农村户籍户数").cast(pl.String)).alias("农村户籍户数"))
    return frame


def main() -> None:
    """Write the rosters and say how long each took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--county", action="append", help="code of a county; several are possible; without it the whole city")
    parser.add_argument("--password", default="", help="first password of the accounts; one is made when none is given")
    said = parser.parse_args()
    password = said.password or "-".join(secrets.token_hex(2) for _ in range(3))
    begun = before = time.monotonic()
    for file in write_rosters(said.folder, counties=said.county, password=password):
        now = time.monotonic()
        print(f"{file.order:3d}  {file.rows:8,d}  {now - before:6.2f} s  {file.path.name}")
        before = now
    print(f"{time.monotonic() - begun:.1f} s; password of the accounts: {password}")


if __name__ == "__main__":
    main()
