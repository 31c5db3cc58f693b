"""选派情况统计表 (R1): per county and tier quota, nominated, passed, appointed, vacant; and who they are.

One frame of people is read (nominations, and postings with their nomination's facts where there is one) and counted by
columns; every number opens the very rows it counts. Reading takes seven queries at most, whatever there is.
"""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import polars as pl
from django.db.models import Exists, OuterRef, Q

from shibaiqian.access.actor import Actor
from shibaiqian.access.roles import Permission
from shibaiqian.base import clock
from shibaiqian.cadres.codes import EDUCATION, SEXES, SKILLS
from shibaiqian.cadres.models import Cadre
from shibaiqian.organisations.models import Organisation
from shibaiqian.postings.models import Posting, Tier
from shibaiqian.regions.models import Region
from shibaiqian.regions.queries import region_names
from shibaiqian.regions.rules import bounds
from shibaiqian.reports.tables import Report, Section, summed
from shibaiqian.selection.batches import quotas_on
from shibaiqian.selection.models import Batch, GateReview, Nomination
from shibaiqian.selection.rules import GATES, age_on

CODE, TITLE = "selection", "挂职干部选派情况统计表"
# Words of the table besides its code lists; the catalogue of texts reads them here.
WORDS = {
    "unknown": "不详", "oldest": "51岁及以上", "no_skill": "无登记专长", "every_batch": "全部批次", "by_place": "各县区选派情况", "places": "县区",
    "sum": "合计", "male": "男", "female": "女",
    "note": "推荐：截至日已由单位推荐的人次；通过：四关审查均已通过；任命：已任命的人次，含已结束的；空缺：名额减现任，不足为零。随名册直接登记的任职没有推荐记录。",
    "several": "一人有几项专长的，各计一次，合计不等于人数。",
    "past": (
        "推荐：截至日已由单位推荐的人次；通过：截至日四关审查均已通过；任命：截至日已任命的人次，含已结束的；空缺：截至日的名额减现任，不足为零。"
        "名额按截至日有效的方案和调整文件。截至日以后才拟派到别的县区的人选，系统没有当时的归属，计在现在的县区。"
        "随名册直接登记的任职没有推荐记录。"
    ),
    "register": "没有推荐记录的人没有当时的登记，按现在登记的职务、学历、专长和单位统计。",
    "several_register": "一人有几项专长的，各计一次，合计不等于人数。没有推荐记录的人没有当时的登记，按现在登记的专长统计。",
}  # fmt: skip
UNKNOWN, OLDEST, NO_SKILL = WORDS["unknown"], WORDS["oldest"], WORDS["no_skill"]
# What is counted of people. Who was appointed was nominated or came in with a roster of postings.
COUNTS = {"nominated": "推荐", "passed": "通过审查", "appointed": "任命", "serving": "现任"}
FACTS = ("sex", "birth_month", "post_rank", "edu_full_time", "edu_in_service", "skills", "department_class", "unit_level")
SCHEMA = {
    "key": pl.String, "page": pl.String, "number": pl.String, "name": pl.String, "unit": pl.String, "county": pl.String, "tier": pl.String,
    "nominated": pl.Boolean, "passed": pl.Boolean, "appointed": pl.Boolean, "serving": pl.Boolean, **dict.fromkeys(FACTS, pl.String),
}  # fmt: skip
AGES = ((35, "35岁及以下"), (40, "36至40岁"), (45, "41至45岁"), (50, "46至50岁"))
EDUCATIONS = (("1", "研究生"), ("2", "大学本科"), ("3", "大学专科"), ("4", "中专及以下"))
SEX_NAMES = {code: name for name, code in SEXES.items()}
RANKS = {str(code): str(label) for code, label in Cadre.PostRank.choices}
CLASSES = {str(code): str(label) for code, label in Organisation.DepartmentClass.choices}
LEVELS = {"city": "市级单位", "county": "县级单位", "town": "镇级单位", "village": "村级单位"}
SPLITS = {
    "sex": "性别", "age": "年龄", "rank": "职务层次", "education": "学历", "skill": "专长", "sender": "派出单位类别", "level": "派出单位层级",
}  # fmt: skip
ORDERS: dict[str, Sequence[str]] = {
    "sex": ["男", "女"], "age": [*(label for _top, label in AGES), OLDEST], "rank": list(RANKS.values()),
    "education": [label for _first, label in EDUCATIONS], "skill": [*SKILLS.values(), NO_SKILL], "sender": list(CLASSES.values()),
    "level": list(LEVELS.values()),
}  # fmt: skip
OF_TODAY = ("rank", "education", "skill", "sender", "level")  # what changes in the register without a date
PER_TIER = ("名额", "推荐", "通过", "任命", "空缺")


@dataclass(frozen=True)
class Asked:
    """What is counted: people of a place, of one batch or the whole programme, as of the end of a day."""

    region: str
    as_of: dt.date
    batch: Batch | None = None

    def query(self, **more: str) -> str:
        """As it rides in an address."""
        said = {"as_of": self.as_of.isoformat(), "batch": str(self.batch.pk) if self.batch else "", **more}
        return urlencode({name: value for name, value in said.items() if value})


def people(actor: Actor, asked: Asked) -> pl.DataFrame:
    """Everybody the report may count, a row each, with what counts and the words of each split."""
    actor.must(Permission.VIEW_GATE_OPINIONS)
    low, high = bounds(asked.region)
    nominations = Nomination.objects.visible_to(actor).filter(nominated_on__lte=asked.as_of).exclude(state="draft")
    postings = Posting.objects.visible_to(actor).filter(region__gte=low, region__lt=high, appointed_on__lte=asked.as_of)
    if asked.batch:
        nominations, postings = nominations.filter(batch=asked.batch), postings.filter(batch=asked.batch.name)
    proposed = _proposed(nominations, passed=_passed(actor, asked))
    known = {row["posting"]: row for row in proposed if row["posting"]}
    appointed = _appointed(actor, postings, known=known, asked=asked)
    here = [row for row in proposed if row["county"].startswith(asked.region[:6])]
    # A nomination and its posting are one person: the nomination carries both marks, in the county that hosts.
    began = {row["posting"]: row for row in appointed}
    for row in here:
        posting = began.pop(row["posting"], None)
        if posting:
            row |= {field: posting[field] for field in ("key", "page", "appointed", "serving", "county")}
    frame = pl.DataFrame([*here, *began.values()], schema=SCHEMA, orient="row")
    return _in_words(frame, on=asked.as_of).sort("county", "tier", "number", "key")


def _passed(actor: Actor, asked: Asked) -> set[uuid.UUID]:
    """Nominations with a pass at each of the four gates by the day. A review that a later one replaced counts until then."""
    model = GateReview
    every = model.objects.for_everyone(because="a review that was replaced held until then").filter(model.wall.within(actor))
    newer = every.filter(nomination=OuterRef("nomination"), gate=OuterRef("gate"), event=OuterRef("voided_by"))
    reviews = every.filter(Q(voided_by=None) | Exists(newer), reviewed_on__lte=asked.as_of)
    if asked.batch:
        reviews = reviews.filter(nomination__batch=asked.batch)
    last = {
        (nomination, gate): result
        for nomination, gate, result in reviews.order_by("reviewed_on", "event", "id").values_list("nomination", "gate", "result")
    }
    passes = Counter(nomination for (nomination, _gate), result in last.items() if result == GateReview.Result.PASS)
    return {nomination for nomination, gates in passes.items() if gates == len(GATES)}


def _proposed(rows: Any, *, passed: set[uuid.UUID]) -> list[dict[str, Any]]:
    fields = ("pk", "number", "cadre_name", "unit_name", "region_id", "need__region_id", "tier_code", "posting_id")
    found = rows.values_list(*fields, *(f"facts__{fact}" for fact in FACTS))
    return [
        {
            "key": str(pk), "page": "nomination", "number": number, "name": name, "unit": unit, "county": (host or region)[:6], "tier": tier,
            "posting": posting, "nominated": True, "passed": pk in passed, "appointed": False, "serving": False,
            **dict(zip(FACTS, facts, strict=True)),
        }
        for pk, number, name, unit, region, host, tier, posting, *facts in found
    ]  # fmt: skip


def _appointed(actor: Actor, rows: Any, *, known: Mapping[uuid.UUID, Mapping[str, Any]], asked: Asked) -> list[dict[str, Any]]:
    """Postings as people; without a nomination the facts are the register's, where the actor sees it."""
    found = list(rows.values_list("pk", "number", "cadre_name", "unit__name", "region_id", "tier_code", "ended_on", "cadre_id"))
    register = _register(actor, [row[-1] for row in found if row[0] not in known])
    return [
        {
            "key": str(pk), "page": "posting", "number": number, "name": name, "unit": unit, "county": region[:6], "tier": tier, "posting": pk,
            "nominated": False, "passed": False, "appointed": True, "serving": ended is None or ended > asked.as_of,
            **register.get(cadre, dict.fromkeys(FACTS)),
        }
        for pk, number, name, unit, region, tier, ended, cadre in found
    ]  # fmt: skip


def _register(actor: Actor, keys: Sequence[uuid.UUID]) -> dict[uuid.UUID, dict[str, Any]]:
    fields = ("sex", "birth_date", "post_rank", "edu_full_time", "edu_in_service", "skills", "unit__department_class", "unit__level")
    rows = Cadre.objects.visible_to(actor).filter(pk__in=keys).values_list("pk", *fields)
    return {pk: dict(zip(FACTS, (sex, f"{birth:%Y%m}", *more), strict=True)) for pk, sex, birth, *more in rows}


def _in_words(frame: pl.DataFrame, *, on: dt.date) -> pl.DataFrame:
    """A column for each split, in the words of the table; `skill` holds a list, for a person may have several."""
    ages = [_age_band(month, on) for month in frame["birth_month"]]
    schools = [_education(full, besides) for full, besides in zip(frame["edu_full_time"], frame["edu_in_service"], strict=True)]
    skills = [_skills(text) for text in frame["skills"]]
    return frame.with_columns(
        _named("sex", SEX_NAMES), pl.Series("age", ages, dtype=pl.String), _named("post_rank", RANKS).alias("rank"),
        pl.Series("education", schools, dtype=pl.String), pl.Series("skill", skills, dtype=pl.List(pl.String)),
        _named("department_class", CLASSES).alias("sender"), _named("unit_level", LEVELS).alias("level"),
    )  # fmt: skip


def _named(column: str, names: Mapping[str, str]) -> pl.Expr:
    return pl.col(column).replace_strict(dict(names), default=UNKNOWN, return_dtype=pl.String).fill_null(UNKNOWN)


def _age_band(month: str | None, on: dt.date) -> str:
    if not (month and len(month) == 6 and month.isdigit()):
        return UNKNOWN
    age = age_on(month, on)
    return next((label for top, label in AGES if age <= top), OLDEST)


def _education(full: str | None, besides: str | None) -> str:
    """The higher of the two, by the first figure of GB/T 4658."""
    codes = [EDUCATION[text] for text in (full, besides) if text and text in EDUCATION]
    if not codes:
        return UNKNOWN
    first = min(min(codes)[0], "4")
    return next(label for figure, label in EDUCATIONS if figure == first)


def _skills(text: str | None) -> list[str]:
    if text is None:
        return [UNKNOWN]
    return [SKILLS[code] for code in text.split("|") if code in SKILLS] or [NO_SKILL]


def chosen(frame: pl.DataFrame, *, county: str = "", tier: str = "", count: str = "", split: str = "", value: str = "") -> pl.DataFrame:
    """The rows behind one number of the report."""
    for column, wanted in (("county", county), ("tier", tier)):
        if wanted:
            frame = frame.filter(pl.col(column) == wanted)
    if count in COUNTS:
        frame = frame.filter(pl.col(count))
    if split in SPLITS:
        frame = frame.filter(pl.col(split).list.contains(value) if split == "skill" else pl.col(split) == value)
    return frame


def selection_report(actor: Actor, asked: Asked) -> Report:
    """The report of a place; numbers carry what their page is asked for."""
    frame = people(actor, asked)
    tiers = list(
        Tier.objects.filter(programme__region__in=[asked.region[:4], asked.region[:2]]).order_by("code").values_list("code", "label")
    )
    quotas = _quotas(asked)
    places = sorted({*frame["county"], *(place for place, _tier in quotas), *_counties(asked.region)})
    names = region_names([*places, asked.region])
    batch = asked.batch.name if asked.batch else WORDS["every_batch"]
    return Report(
        code=CODE, title=TITLE, place=names.get(asked.region, asked.region), as_of=asked.as_of,
        batch=batch, made_by=actor.name,
        sections=(_by_place(frame, tiers, quotas, [(place, names.get(place, place)) for place in places], asked), *_splits(frame, asked)),
    )  # fmt: skip


def _counties(region: str) -> list[str]:
    if len(region) > 4:
        return [region[:6]]
    return list(Region.objects.filter(parent_id=region, valid_to__isnull=True).values_list("code", flat=True))


def _quotas(asked: Asked) -> dict[tuple[str, str], int]:
    """Quotas of the place and below by place and tier, as they held on the day."""
    return {at: count for at, count in quotas_on(asked.as_of, batch=asked.batch).items() if at[0].startswith(asked.region)}


def _by_place(
    frame: pl.DataFrame,
    tiers: Sequence[tuple[str, str]],
    quotas: Mapping[tuple[str, str], int],
    places: Sequence[tuple[str, str]],
    asked: Asked,
) -> Section:
    """A row for each county, under each tier five numbers; then their sum."""
    counted = frame.group_by("county", "tier").agg(*(pl.col(count).sum() for count in COUNTS))
    numbers = {(row["county"], row["tier"]): row for row in counted.iter_rows(named=True)}
    rows: list[tuple[str | int, ...]] = []
    links: dict[tuple[int, int], str] = {}
    for at, (place, name) in enumerate(places):
        row: list[str | int] = [name]
        for tier, _label in tiers:
            found = numbers.get((place, tier), dict.fromkeys(COUNTS, 0))
            quota = quotas.get((place, tier), 0)
            for count in ("nominated", "passed", "appointed"):
                if found[count]:
                    links[at, len(row) + 1 + ("nominated", "passed", "appointed").index(count)] = asked.query(
                        county=place, tier=tier, count=count
                    )
            row += [quota, found["nominated"], found["passed"], found["appointed"], max(quota - found["serving"], 0)]
        rows.append(tuple(row))
    total = summed(rows, words=1)
    for at, (tier, _label) in enumerate(tiers):
        for step, count in enumerate(("nominated", "passed", "appointed"), start=2):
            if total[5 * at + step]:
                links[len(rows), 5 * at + step] = asked.query(tier=tier, count=count)
    return Section(
        title=WORDS["by_place"], groups=((WORDS["places"], 1), *((label, 5) for _code, label in tiers)),
        columns=("", *PER_TIER * len(tiers)), rows=(*rows, total), links=links,
        note=WORDS["note" if asked.as_of >= clock.today() else "past"],
    )  # fmt: skip


def _splits(frame: pl.DataFrame, asked: Asked) -> list[Section]:
    """Who they are: a table for each way to tell them apart."""
    sections = []
    # Of an earlier day: people without a nomination are known only as the register has them now.
    by_register = asked.as_of < clock.today() and not frame.filter(~pl.col("nominated")).is_empty()
    for split, title in SPLITS.items():
        parts = frame.explode(split) if split == "skill" else frame
        counted = {row[split]: row for row in parts.group_by(split).agg(*(pl.col(count).sum() for count in COUNTS)).iter_rows(named=True)}
        order = [value for value in (*ORDERS[split], UNKNOWN) if value in counted]
        rows = [(value, *(counted[value][count] for count in COUNTS)) for value in order]
        links = {
            (at, place): asked.query(count=count, split=split, value=value)
            for at, value in enumerate(order)
            for place, count in enumerate(COUNTS, start=1)
            if counted[value][count]
        }
        dated = "_register" if by_register and split in OF_TODAY else ""
        note = WORDS[f"several{dated}"] if split == "skill" else WORDS["register"] if dated else ""
        body = rows if split == "skill" else [*rows, summed(rows, words=1)] if rows else []
        sections.append(Section(title=f"按{title}", columns=(title, *COUNTS.values()), rows=tuple(body), links=links, note=note))
    return sections
