"""Rosters say a place by its code or by the names offices write; here both become the code, for all rows at once.

A roster repeats the same few hundred places on hundreds of thousands of rows, so places are resolved once for each
different combination of code and names and joined back.
"""

import difflib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import polars as pl

from shibaiqian.base.spreadsheets.columns import Column, ColumnKind
from shibaiqian.base.spreadsheets.findings import Findings
from shibaiqian.regions.models import Region
from shibaiqian.regions.rules import bare_county, bare_name, bare_town, key_of

PLACE_COLUMNS = (
    Column("county", "县区", aliases=("县（区）", "县区名称", "所在县区")),
    Column("town", "镇办", aliases=("乡镇", "镇（办）", "镇街", "乡镇（街道）")),
    Column("village", "村（社区）", aliases=("村", "村社区", "村名", "行政村")),
    Column("village_code", "村代码", ColumnKind.CODE, aliases=("村（社区）代码", "村区划代码", "行政村代码")),
)
NAMES = tuple(column.name for column in PLACE_COLUMNS)
# Searching similar names is slow; a file full of unknown places is wrong as a whole and needs no mend for each.
NEAREST_AT_MOST = 200


@dataclass(frozen=True)
class _Village:
    code: str
    county: str
    town: str
    name: str

    @property
    def full_name(self) -> str:
        return f"{self.county}{self.town}{self.name}"

    def is_called(self, said: Mapping[str, str]) -> bool:
        """The names that were given are those of this village; missing ones agree."""
        return (
            (not said["county"] or bare_county(said["county"]) == bare_county(self.county))
            and (not said["town"] or bare_town(said["town"]) == bare_town(self.town))
            and (not said["village"] or key_of(said["village"]) == key_of(self.name))
        )


@dataclass(frozen=True)
class _Problem:
    column: str
    code: str
    message: str
    mend: str
    value: str = ""


_Answer = tuple[str | None, _Problem | None]


@dataclass
class _Places:
    """The villages of the whole installation, so that a row of another county is named as such."""

    region: Region
    by_code: dict[str, _Village] = field(default_factory=dict)
    by_name: dict[str, list[_Village]] = field(default_factory=lambda: defaultdict(list))
    searched: int = 0

    @classmethod
    def around(cls, region: Region) -> "_Places":
        places, top = cls(region), region.code[:4]
        rows = Region.objects.filter(code__gte=top, code__lt=f"{top}:").values_list("code", "name", "successor_id", "valid_to")
        found = {code: (name, heir, ended) for code, name, heir, ended in rows}
        names = {code: name for code, (name, _, _) in found.items()}
        for code, (name, _, ended) in found.items():
            if len(code) == 12 and ended is None:
                village = _Village(code, county=names.get(code[:6], ""), town=names.get(code[:9], ""), name=name)
                places.by_code[code] = village
                places.by_name[key_of(name)].append(village)
        for code, (_, heir, _) in found.items():  # a merged village's old code leads to its successor
            if heir in places.by_code:
                places.by_code[code] = places.by_code[heir]
        return places

    def resolve(self, said: Mapping[str, str]) -> _Answer:
        """The code of one combination of code and names, or what is wrong with it."""
        if said["village_code"]:
            return self._by_code(said)
        if said["village"]:
            return self._by_names(said)
        mend = "请填写 12 位村代码，或填写县区、镇办、村（社区）的名称。"
        return None, _Problem("村代码", "place_missing", "没有写是哪个村（社区）。", mend)

    def _by_code(self, said: Mapping[str, str]) -> _Answer:
        code = said["village_code"]
        village = self.by_code.get(code)
        if village is None:
            why = "不是 12 位" if len(code) != 12 else "在区划名录中查不到"
            mend = "请填写村（社区）的 12 位代码。" + self._nearest(said)
            return None, _Problem("村代码", "place_unknown", f"村代码“{code}”{why}。", mend, code)
        if not village.is_called(said):
            message = f"村代码 {code} 是{village.full_name}，名称写的是“{_named(said)}”，两者不一致。"
            return None, _Problem("村代码", "place_differs", message, "请改正代码或名称，只填其中一种也可以。", code)
        return self._inside(village)

    def _by_names(self, said: Mapping[str, str]) -> _Answer:
        called = [v for v in self.by_name.get(key_of(said["village"]), ()) if v.is_called(said)]
        candidates = [v for v in called if v.code.startswith(self.region.code)] or called
        for spelled in (bare_name, _closed_up):  # 郭村社区 and 郭社区, 东街村 and 东街社区: more of the name decides
            if len(candidates) > 1:
                candidates = [v for v in candidates if spelled(v.name) == spelled(said["village"])] or candidates
        if len(candidates) == 1:
            return self._inside(candidates[0])
        named = _named(said)
        if candidates:
            listed = "、".join(f"{v.full_name}（{v.code}）" for v in candidates[:3])
            message = f"“{named}”对应不止一个村（社区）：{listed}。"
            return None, _Problem("村（社区）", "place_ambiguous", message, "请补写县区、镇办，或填写村代码。", named)
        mend = "请核对县区、镇办、村（社区）的名称，或填写村代码。" + self._nearest(said)
        return None, _Problem("村（社区）", "place_unknown", f"区划名录中没有“{named}”。", mend, named)

    def _inside(self, village: _Village) -> _Answer:
        if village.code.startswith(self.region.code):
            return village.code, None
        message = f"{village.full_name}不在{self.region.name}，本文件只能导入{self.region.name}的数据。"
        mend = f"请把这一行移到{village.county}的文件中。"
        return None, _Problem("村代码", "place_outside", message, mend, village.code)

    def _nearest(self, said: Mapping[str, str]) -> str:
        """Villages inside the region whose names look alike, those of the town that was named first."""
        self.searched += 1
        if not said["village"] or self.searched > NEAREST_AT_MOST:
            return ""
        inside = [v for v in self.by_code.values() if v.code.startswith(self.region.code)]
        town = [v for v in inside if said["town"] and bare_town(v.town) == bare_town(said["town"])]
        wanted = bare_name(said["village"])
        found = _alike(wanted, town) or _alike(wanted, inside)
        return "名称相近的有：" + "、".join(f"{v.full_name}（{v.code}）" for v in found) + "。" if found else ""


def _named(said: Mapping[str, str]) -> str:
    return said["county"] + said["town"] + said["village"]


def _closed_up(name: str) -> str:
    return "".join(name.split())


def _alike(wanted: str, villages: Iterable[_Village]) -> list[_Village]:
    names: dict[str, list[_Village]] = defaultdict(list)
    for village in villages:
        names[bare_name(village.name)].append(village)
    close = difflib.get_close_matches(wanted, names, n=3, cutoff=0.5)
    return [village for name in close for village in names[name]][:3]


def resolve_places(frame: pl.DataFrame, *, region: Region, findings: Findings, sheet: str = "") -> pl.DataFrame:
    """Add the column `region`: the 12-digit code of each row's village inside `region`, or null and a refusal.

    Reads the columns `county`, `town`, `village`, `village_code` (missing ones count as empty) and `row`. Both code and
    names given and different is refused, and so is a row that lies outside `region`. One query.
    """
    missing = [pl.lit(None, pl.String).alias(name) for name in NAMES if name not in frame.columns]
    frame = frame.with_columns(missing) if missing else frame
    closed = [pl.col(name).fill_null("").alias(f"_{name}") for name in NAMES]
    keys = [f"_{name}" for name in NAMES]
    keyed = frame.with_columns(closed)
    said = keyed.select(keys).unique()
    places = _Places.around(region)
    answers = [
        places.resolve({name: value.strip() for name, value in zip(NAMES, combination, strict=True)}) for combination in said.iter_rows()
    ]
    resolved = said.with_columns(
        pl.Series("region", [code for code, _ in answers], dtype=pl.String),
        pl.Series("_answer", range(len(answers)), dtype=pl.UInt32),
    )
    joined = keyed.join(resolved, on=keys, how="left", maintain_order="left")
    for row, answer in joined.filter(pl.col("region").is_null()).select("row", "_answer").iter_rows():
        problem = answers[answer][1]
        if problem is not None:
            findings.refuse(
                sheet=sheet, row=row, column=problem.column, code=problem.code,
                message=problem.message, mend=problem.mend, value=problem.value,
            )  # fmt: skip
    return joined.drop(*keys, "_answer")
