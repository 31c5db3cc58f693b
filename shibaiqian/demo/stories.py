"""The three stories of the article on their real villages, with invented persons: 姚楼村 (S20), 银厂村 (S35), 吴庄村 (S38)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import polars as pl

    from shibaiqian.demo.organisations import Unit
    from shibaiqian.demo.register import Register

YAOLOU, YINCHANG, WUZHUANG = "611023111216", "611024107209", "611002105237"


def tell_of_households(made: Register) -> Register:
    """Give the households of the stories their persons and circumstances."""
    return made


def linked(made: Register, link: np.ndarray) -> np.ndarray:
    return link


@dataclass(frozen=True)
class Secretary:
    """What the stories know of a First Secretary; empty where the plan decides."""

    cadre: dict[str, Any] = field(default_factory=dict)
    day: np.datetime64 | None = None
    document: str = ""
    batch: str = ""


def first_secretary(village: str, units: list[Unit]) -> Secretary | None:
    """The First Secretaries of the stories: a bureau's head (S20), one sent outside a batch when need was found (S35), one of farming (S38)."""
    by_number = {unit.number: unit for unit in units if unit.level == "县"}
    if village == YAOLOU:
        return Secretary({"unit": by_number["039"], "post": "局长", "rank": "乡科级正职", "birth_year": 1968, "is_man": True, "rural": True, "name": "汪文海"})
    if village == YINCHANG:
        cadre = {"unit": by_number["036"], "post": "副局长", "rank": "乡科级副职", "birth_year": 1974, "is_man": True, "rural": True, "name": "程建林"}
        return Secretary(cadre, day=np.datetime64("2015-10-19"), document="山组发〔2015〕88号", batch="2015年补派")
    if village == WUZHUANG:
        return Secretary({"unit": by_number["047"], "post": "科员", "rank": "科员", "birth_year": 1977, "is_man": True, "rural": True, "name": "屈立新"})
    return None


def tell_of_services(rows: pl.DataFrame) -> pl.DataFrame:
    return rows


def tell_of_entities(rows: pl.DataFrame) -> pl.DataFrame:
    return rows


def tell_of_projects(rows: pl.DataFrame) -> pl.DataFrame:
    return rows
