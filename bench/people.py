"""A synthetic roster of poor people in the layout of the kinds `households` and `members`; the same rows for the same seed."""

from pathlib import Path

import numpy as np
import polars as pl
import xlsxwriter

SEED = 20160608
SURNAMES = list("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗")
GIVEN = list("建国华军明芳秀英丽霞平红玉兰桂花志强文海龙凤春梅生成贵福安宁")
WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
CHECKS = np.array(list("10X98765432"))
MEMBER_LABELS = (
    "户编号", "县区", "镇办", "村（社区）", "村代码", "户主姓名", "姓名", "性别", "身份证号", "出生日期", "与户主关系", "民族", "政治面貌",
    "文化程度", "在校生状况", "健康状况", "残疾证号", "劳动能力", "务工区域", "务工月数", "医疗保险", "养老保险", "低保", "现役军人", "居住月数",
)  # fmt: skip


def villages() -> pl.DataFrame:
    """Every village of the gazetteer with the names of its town and county."""
    path = Path(__file__).resolve().parents[1] / "shibaiqian" / "regions" / "data" / "regions_6110.csv"
    places = pl.read_csv(path, schema_overrides={"code": pl.String}).select("code", "name")
    found = places.filter(pl.col("code").str.len_chars() == 12).sort("code").rename({"code": "村代码", "name": "村（社区）"})
    names = dict(places.iter_rows())
    return found.with_columns(
        pl.col("村代码").str.slice(0, 6).replace_strict(names).alias("县区"),
        pl.col("村代码").str.slice(0, 9).replace_strict(names).alias("镇办"),
    )


def roster(people: int, *, region: str = "") -> tuple[pl.DataFrame, pl.DataFrame]:
    """The households and the members, as the cells of a sheet: all text."""
    rng = np.random.default_rng(SEED)
    places = villages().filter(pl.col("村代码").str.starts_with(region))
    sizes = rng.choice([1, 2, 3, 4, 5, 6, 7], size=people, p=[0.145, 0.19, 0.22, 0.24, 0.13, 0.055, 0.02])
    count = int(np.searchsorted(np.cumsum(sizes), people)) + 1
    sizes = sizes[:count]
    sizes[-1] -= int(sizes.sum()) - people
    place = np.sort(rng.integers(0, places.height, size=count))
    within = np.arange(count) - np.searchsorted(place, place)
    of = np.repeat(np.arange(count), sizes)
    position = np.arange(people) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    members = _members(rng, people, position)
    names = members["姓名"].to_numpy()
    heads = names[np.cumsum(sizes) - sizes]
    homes = places.select(pl.all().gather(place)).with_columns(
        户编号=pl.col("村代码") + pl.Series(within + 1).cast(pl.String).str.zfill(4),
        户主姓名=pl.Series(heads),
        家庭人口=pl.Series(sizes).cast(pl.String),
    )
    members = pl.concat([homes.drop("家庭人口").select(pl.all().gather(of)), members], how="horizontal").select(MEMBER_LABELS)
    return _households(rng, homes), members


def _members(rng: np.random.Generator, people: int, position: np.ndarray) -> pl.DataFrame:
    child = (position >= 2) & (rng.random(people) < 0.8)
    years = np.where(child, rng.integers(1992, 2014, people), rng.integers(1935, 1990, people))
    first = np.datetime64("1900-01-01")
    birth = first + ((years - 1900) * 365.25).astype(int) + rng.integers(0, 360, people)
    male = np.where(position == 0, rng.random(people) < 0.9, np.where(position == 1, rng.random(people) < 0.1, rng.random(people) < 0.5))
    dates = pl.Series(birth).cast(pl.Date)
    # The sequence runs within a birth day and sex, the district changes when it is used up: no number twice.
    keyed = pl.DataFrame({"birth": dates, "male": male}).with_columns(nth=pl.int_range(pl.len()).over("birth", "male"))
    nth = keyed["nth"].to_numpy()
    district, sequence = 612591 + nth // 499, (nth % 499) * 2 + np.where(male, 1, 2)
    first17 = pl.Series(district).cast(pl.String) + dates.dt.strftime("%Y%m%d") + pl.Series(sequence).cast(pl.String).str.zfill(3)
    digits = np.frombuffer("".join(first17.to_list()).encode(), np.uint8).reshape(-1, 17).astype(int) - 48
    ids = first17 + pl.Series(CHECKS[(digits * WEIGHTS).sum(axis=1) % 11])
    age = 2016 - dates.dt.year().to_numpy()
    disabled = (rng.random(people) < 0.075) & (age > 5)
    ill = rng.random(people)
    given = rng.integers(0, len(GIVEN), (2, people))
    name = (
        pl.Series(np.array(SURNAMES)[rng.integers(0, len(SURNAMES), people)])
        + pl.Series(np.array(GIVEN)[given[0]])
        + pl.Series(np.array(GIVEN)[given[1]])
    )
    pupil = (age >= 6) & (age <= 16)
    labour = np.select(
        [age <= 16, age > 65, disabled | (age >= 60), rng.random(people) < 0.1],
        ["无劳动力", "丧失劳动力", "弱劳动力或半劳动力", "技能劳动力"],
        "普通劳动力",
    )
    works = (age > 16) & (age < 60) & (rng.random(people) < 0.45)
    return pl.DataFrame(
        {
            "姓名": name,
            "性别": np.where(male, "男", "女"),
            "身份证号": ids,
            "出生日期": dates.dt.strftime("%Y-%m-%d"),
            "与户主关系": np.select([position == 0, position == 1, child & male, child], ["户主", "配偶", "之子", "之女"], "其他"),
            "民族": np.where(rng.random(people) < 0.995, "汉族", "回族"),
            "政治面貌": np.where((age > 25) & (rng.random(people) < 0.05), "中共党员", "群众"),
            "文化程度": np.select(
                [age < 6, age < 12, age < 16],
                ["学龄前儿童", "小学", "初中"],
                rng.choice(["文盲或半文盲", "小学", "初中", "高中", "大专及以上"], people, p=[0.14, 0.38, 0.41, 0.06, 0.01]),
            ),
            "在校生状况": np.select([pupil & (age < 12), pupil], ["小学", "七年级"], "非在校生"),
            "健康状况": np.select([disabled, ill < 0.14, ill < 0.17], ["残疾", "长期慢性病", "患有大病"], "健康"),
            "残疾证号": pl.select(pl.when(pl.Series(disabled)).then(ids + "43")).to_series(),
            "劳动能力": labour,
            "务工区域": pl.select(
                pl.when(pl.Series(works)).then(
                    pl.lit(pl.Series(rng.choice(["乡(镇)内务工", "乡(镇)外县内务工", "县外省内务工", "省外务工"], people)))
                )
            ).to_series(),
            "务工月数": pl.select(pl.when(pl.Series(works)).then(pl.lit(pl.Series(rng.integers(3, 12, people)))))
            .to_series()
            .cast(pl.String),
            "医疗保险": "新农合",
            "养老保险": np.where(age >= 16, "城乡居民养老保险", "未参加"),
            "低保": np.where(rng.random(people) < 0.3, "是", "否"),
            "现役军人": "否",
            "居住月数": np.where(works, "4", "12"),
        }
    )


def _households(rng: np.random.Generator, homes: pl.DataFrame) -> pl.DataFrame:
    count = homes.height

    def pick(labels: list[str], p: list[float] | None = None) -> pl.Series:
        return pl.Series(rng.choice(labels, count, p=p))

    return homes.select(
        "户编号", "县区", "镇办", "村（社区）", "村代码",
        (pl.Series(rng.integers(1, 9, count)).cast(pl.String) + "组").alias("村民小组"),
        "户主姓名", "家庭人口",
        pick(["一般贫困户", "低保贫困户"], [0.65, 0.35]).alias("贫困户属性"),
        pl.lit("国家标准").alias("识别标准"),
        pick(["2014-03-20", "2014-05-12", "2014-08-30"]).alias("识别日期"),
        pl.lit("建档立卡").alias("识别来源"),
        pick(["因病", "缺技术", "缺资金", "缺劳力", "因残", "因学"]).alias("主要致贫原因"),
        pick(["", "交通条件落后", "交通条件落后、缺水"], [0.6, 0.2, 0.2]).alias("其他致贫原因"),
        pl.Series(np.round(rng.random(count) * 12, 1)).cast(pl.String).alias("耕地面积（亩）"),
        pl.Series(np.round(rng.random(count) * 30, 1)).cast(pl.String).alias("林地面积（亩）"),
        pl.Series(rng.integers(40, 160, count)).cast(pl.String).alias("住房面积（平方米）"),
        pick(["安全", "C级", "D级"], [0.8, 0.12, 0.08]).alias("危房等级"),
        pick(["是", "否"], [0.8, 0.2]).alias("饮水安全"),
        pl.Series(np.round(rng.random(count) * 6, 1)).cast(pl.String).alias("距主干路（公里）"),
        pl.lit("是").alias("是否通电"),
        pl.lit("未脱贫").alias("当前状态"),
        pl.lit("").alias("脱贫日期"), pl.lit("").alias("稳定脱贫确认日期"), pl.lit("").alias("返贫日期"),
        (pl.lit("139") + pl.Series(rng.integers(10**7, 10**8, count)).cast(pl.String)).alias("联系电话"),
    )  # fmt: skip


def write_sheet(frame: pl.DataFrame, path: Path) -> None:
    """One sheet of text cells with a header, as an office's export has it; row by row, so memory stays small."""
    unfinished = path.with_suffix(".part")
    with xlsxwriter.Workbook(str(unfinished), {"constant_memory": True}) as book:
        sheet = book.add_worksheet("名册")
        sheet.write_row(0, 0, frame.columns)
        for at, row in enumerate(frame.iter_rows(), start=1):
            for column, value in enumerate(row):
                if value:
                    sheet.write_string(at, column, value)
    unfinished.replace(path)
