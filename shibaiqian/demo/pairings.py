"""Pairings: each household still poor has somebody responsible for it; units pair their whole staff, not only those posted."""

from functools import lru_cache

import numpy as np
import polars as pl

from shibaiqian.demo import names
from shibaiqian.demo.cadres import Cadre, luck_of
from shibaiqian.demo.days import NOTHING, as_text, on_working_day, working_days
from shibaiqian.demo.officials import staff_of
from shibaiqian.demo.overhauls import partners
from shibaiqian.demo.people import draw
from shibaiqian.demo.phones import mobiles
from shibaiqian.demo.plan import CITY, stream
from shibaiqian.demo.register import STABLE, Register

PER_HELPER = 8.0
POSTS = {"own": (["科员", "干部", "股长", "副局长", "主任科员", "副主任科员"], [0.34, 0.26, 0.17, 0.06, 0.06, 0.11]),
         "town": (["科员", "干部", "副镇长", "组织委员", "站长"], [0.38, 0.36, 0.06, 0.06, 0.14]), "school": (["教师", "教导主任", "副校长"], [0.86, 0.09, 0.05]),
         "clinic": (["医师", "护士", "副院长"], [0.6, 0.33, 0.07])}  # fmt: skip
KINDS = list(POSTS)
KIND_SHARES = [0.50, 0.25, 0.17, 0.08]


@lru_cache(maxsize=8)
def leading_helpers(county: str) -> list[Cadre | None]:
    """Of each village the one of the partner unit's own officials who leads its helpers there; the First Secretary is bound besides."""
    luck, found = luck_of("leading helpers", county), []
    for code in partners(county):
        able = [c for c in staff_of(CITY if len(code.split("-")[0]) == len(CITY) else county, code) if not c.post.startswith("副县")]
        found.append(luck.choice(able) if able else None)
    return found


def pairing_rows(made: Register) -> pl.DataFrame:
    """The rows of 结对帮扶名册. Who was replaced keeps his row with the day on which he handed over."""
    rng, plan = stream("pairings", made.county), made.plan
    paired = rng.random(made.count) < np.where(made.state == STABLE, 0.46, 0.992)
    homes = np.flatnonzero(paired)
    village = made.village[homes]
    number = np.bincount(village, minlength=plan.height)
    helpers = np.maximum(np.ceil(number / PER_HELPER).astype(np.int64), 1) * (number > 0)
    first = np.cumsum(helpers) - helpers
    total = int(helpers.sum())
    of_village = np.repeat(np.arange(plan.height), helpers)
    kind = draw(rng, total, KIND_SHARES)
    partner = np.array(partners(made.county), dtype=object)[of_village]
    town = plan["town"].to_numpy()[of_village]
    unit = np.select([kind == 0, kind == 1, kind == 2], [partner, town + "-01", town + "-03"], town + "-04")
    year = 1957 + np.floor(rng.random(total) ** 0.9 * 35).astype(np.int64)
    name = np.array(names.persons(rng, year, rng.random(total) < np.array([0.74, 0.76, 0.5, 0.4])[kind]), dtype=object)
    phone = mobiles(rng, total).to_numpy().astype(object)
    post = np.empty(total, dtype=object)
    for place, (labels, shares) in enumerate(POSTS.values()):
        chosen = kind == place
        post[chosen] = np.array(labels, dtype=object)[draw(rng, int(chosen.sum()), shares)]
    for row, leading in enumerate(leading_helpers(made.county)):
        if leading is not None and helpers[row]:
            place = first[row]
            unit[place], name[place], phone[place], post[place] = leading.unit.code, leading.name, leading.phone, leading.post
    chosen = first[village] + np.floor(rng.random(len(homes)) * helpers[village]).astype(np.int64)
    days = working_days("2014-07-01", "2014-12-19")
    since = np.maximum(days[rng.integers(0, len(days), plan.height)][village], made.identified[homes] + 10)
    since = np.minimum(on_working_day(since + np.floor(rng.random(len(homes)) * 9).astype(np.int64)), np.datetime64("2016-06-06"))
    # Retirement and transfer: about one in thirty households has had another helper before.
    handed = (rng.random(len(homes)) < 0.033) & (helpers[village] > 1) & (chosen != first[village]) & (since < np.datetime64("2015-06-01"))
    before = first[village] + 1 + (chosen - first[village]) % np.maximum(helpers[village] - 1, 1)
    handed &= before != chosen
    over = on_working_day(since + 150 + np.floor(rng.random(len(homes)) * 220).astype(np.int64))

    def rows(which: np.ndarray, helper: np.ndarray, begins: np.ndarray, ends: np.ndarray) -> pl.DataFrame:
        return pl.DataFrame({
            "户编号": made.number.gather(homes[which]), "村代码": plan["code"].gather(village[which]), "户主姓名": made.heads.gather(homes[which]),
            "帮扶责任人": pl.Series(name[helper].tolist(), dtype=pl.String), "单位编码": pl.Series(unit[helper].tolist(), dtype=pl.String),
            "职务": pl.Series(post[helper].tolist(), dtype=pl.String), "联系电话": pl.Series(phone[helper].tolist(), dtype=pl.String),
            "结对日期": as_text(begins), "解除日期": as_text(ends),
        })  # fmt: skip

    every, earlier = np.arange(len(homes)), np.flatnonzero(handed)
    now = rows(every, chosen, np.where(handed, over, since), np.full(len(homes), NOTHING))
    past = rows(earlier, before[earlier], since[earlier], over[earlier])
    return pl.concat([now, past]).sort("户编号", "结对日期", maintain_order=True)
