"""Checks of the register as expressions over a roster's columns: pure, column-wise, the same for one row and for half a million.

A *refusal* is a contradiction in what was written; a *note* is something to verify (domain.md §9.3) and keeps nobody out.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from shibaiqian.base.spreadsheets import Column, ColumnKind, Findings, Severity
from shibaiqian.base.spreadsheets.id_numbers import id_birth, id_checksum_ok, id_sex

WORKING_AGE, OLD_AGE, SCHOOL_AGE = (16, 59), 60, (6, 15)
ABLE = ("普通劳动力", "技能劳动力")
NOT_A_STUDENT = "非在校生"
SERIOUS = ("残疾", "患有大病", "长期慢性病")
DISABILITY_KINDS = {"1": "视力", "2": "听力", "3": "言语", "4": "肢体", "5": "智力", "6": "精神", "7": "多重"}
DISABILITY_GRADES = {"1": "一级", "2": "二级", "3": "三级", "4": "四级"}
# Whoever is identified in a year cannot leave in it: a rule of 2017, not of the rounds of 2014 and 2015.
SAME_YEAR_EXIT_REFUSED_FROM = dt.date(2017, 1, 1)
MOST_MEMBERS = 30


@dataclass(frozen=True)
class Rule:
    """Where `when` holds, the row is refused or noted. `message` may name columns of the frame in braces."""

    code: str
    column: str
    when: pl.Expr
    message: str
    mend: str = ""
    note: bool = False
    value: str = ""  # the column whose content is shown


EVERY_ROW = pl.int_range(pl.len()) >= 0


def check(frame: pl.DataFrame, rules: Sequence[Rule], *, findings: Findings, sheet: str) -> None:
    """Try every rule on every row at once; only rows that are found are looked at one by one."""
    if frame.is_empty() or not rules:
        return
    held = frame.select(rule.when.fill_null(False).alias(str(i)) for i, rule in enumerate(rules))
    for rule, mask in zip(rules, held.iter_columns(), strict=True):
        where = mask.arg_true()
        if not where.len():
            continue
        severity = Severity.NOTE if rule.note else Severity.REFUSE
        room = findings.room(severity, rule.code, rule.column)
        say = findings.note if rule.note else findings.refuse
        for row in frame[where.head(room)].iter_rows(named=True):
            say(
                sheet=sheet, row=row["row"], column=rule.column, code=rule.code,
                message=rule.message.format_map(row), mend=rule.mend, value=str(row[rule.value]) if rule.value else "",
            )  # fmt: skip
        findings.count_more(severity, rule.code, rule.column, max(where.len() - room, 0))


def form_rules(columns: Iterable[Column]) -> list[Rule]:
    """What the reader of a sheet has settled already and a form has not: required cells, code lists, ID numbers."""
    rules = []
    for column in columns:
        cell = pl.col(column.name)
        if column.required:
            empty = cell.is_null() | (cell == "") if column.dtype == pl.String else cell.is_null()
            rules.append(Rule("required", column.header, empty, f"没有填写{column.header}。", "请补填后再提交。"))
        if column.kind is ColumnKind.CHOICE and column.choices:
            outside = ~cell.is_in([*set(column.choices.values()), ""])
            rules.append(
                Rule("choice", column.header, outside, f"{column.header}不在可选项中。", f"请从{'、'.join(column.labels.values())}中选择。")
            )
        if column.kind is ColumnKind.ID_NUMBER:
            rules.append(
                Rule(
                    "id_checksum",
                    column.header,
                    ~id_checksum_ok(cell),
                    f"{column.header}不是正确的 18 位号码。",
                    "请对照证件改正。",
                    value=column.name,
                )
            )
    return rules


# ID numbers and certificates.


def id_facts() -> list[pl.Expr]:
    """What an ID number says of its holder: `id_birth`, `id_sex`."""
    number = pl.col("id_number")
    return [id_birth(number).alias("id_birth"), id_sex(number).replace_strict({1: "男", 2: "女"}, return_dtype=pl.String).alias("id_sex")]


def disability(certificate: str) -> str:
    """What a certificate's number says, without the number: 肢体三级."""
    kind, grade = DISABILITY_KINDS.get(certificate[18:19], ""), DISABILITY_GRADES.get(certificate[19:20], "")
    return kind + grade


def age_on(day: dt.date, column: str = "birth_date") -> pl.Expr:
    birth = pl.col(column)
    not_yet = (birth.dt.month().cast(pl.Int16) * 100 + birth.dt.day()) > day.month * 100 + day.day
    return day.year - birth.dt.year() - not_yet.cast(pl.Int32)


# Members.


def member_rules(on: dt.date) -> list[Rule]:
    """Checks of one person's row; needs `id_facts` and `age`."""
    col = pl.col
    studies = col("student_status").is_not_null() & ~col("student_status").is_in(["", NOT_A_STUDENT])
    works = (col("work_place").fill_null("") != "") & (col("work_months").fill_null(1) > 0)
    certificate = col("disability_number").fill_null("")
    in_working_age, age = col("age").is_between(*WORKING_AGE), col("age")
    return [
        Rule("id_birth", "出生日期", col("id_birth") != col("birth_date"), "出生日期 {birth_date} 与身份证号中的出生日期不一致。", "请对照证件改正其中一项。"),
        Rule("id_sex", "性别", col("id_sex") != col("sex"), "性别写的是{sex}，而身份证号表示{id_sex}。", "请对照证件改正其中一项。"),
        Rule("id_twice", "身份证号", col("id_number").is_not_null() & col("id_number").is_duplicated(), "同一身份证号在本文件中出现多次。", "一人只能登记一次，请删去多余的行。", value="id_number"),
        Rule("birth_future", "出生日期", col("birth_date") > on, "出生日期 {birth_date} 晚于今天。", "请改正出生日期。"),
        Rule("certificate_missing", "残疾证号", (col("health") == "残疾") & (certificate == ""), "健康状况是残疾，但没有填写残疾证号。", "请填写残疾证号，或改正健康状况。"),
        Rule("certificate_form", "残疾证号", (certificate != "") & ~certificate.str.contains(r"^\d{17}[\dX][1-7][1-4](B\d{1,2})?$"), "残疾证号的格式不对。", "残疾证号是 18 位身份证号加 1 位类别、1 位等级，补发的再加 B 和次数。", value="disability_number"),
        Rule("certificate_of_another", "残疾证号", (certificate != "") & (certificate.str.slice(0, 18) != col("id_number")), "残疾证号的前 18 位与本人身份证号不一致。", "请对照残疾证改正。", value="disability_number"),
        Rule("work_months", "务工月数", ~col("work_months").is_between(0, 12), "务工月数 {work_months} 不在 0 到 12 之间。", "请填写一年内的月数。"),
        Rule("residence_months", "居住月数", ~col("residence_months").is_between(0, 12), "居住月数 {residence_months} 不在 0 到 12 之间。", "请填写一年内的月数。"),
        Rule("student_works", "务工区域", studies & works, "在校生不能同时登记务工（在校生状况为{student_status}）。", "请改正在校生状况，或清空务工区域和务工月数。"),
        Rule("working_age_without_labour", "劳动能力", in_working_age & (col("labour") == "无劳动力") & ~col("health").is_in(SERIOUS) & ~studies, "{age} 岁、无残疾和重病的非在校生登记为无劳动力。", "请核实。", note=True),
        Rule("old_and_able", "劳动能力", (age >= OLD_AGE) & (col("labour") == "普通劳动力") & ~works, "{age} 岁且未务工，登记为普通劳动力。", "请核实。", note=True),
        Rule("child_able", "劳动能力", (age < WORKING_AGE[0]) & col("labour").is_in(ABLE), "{age} 岁登记为{labour}。", "请核实。", note=True),
        Rule("out_of_school", "在校生状况", age.is_between(*SCHOOL_AGE) & (col("student_status") == NOT_A_STUDENT), "{age} 岁登记为非在校生，涉及控辍保学。", "请核实是否失学辍学。", note=True),
        Rule("certificate_without_disability", "健康状况", (certificate != "") & (col("health") != "残疾"), "有残疾证号，健康状况登记为{health}。", "请核实健康状况。", note=True),
        Rule("head_is_child", "与户主关系", (col("relation") == "户主") & (age < WORKING_AGE[0]), "户主 {age} 岁。", "请核实，并落实监护人。", note=True),
    ]  # fmt: skip


def kin_rules(*, whole: bool) -> list[Rule]:
    """Checks of a household's people together: a row each, as `kin` makes it. `whole`: the set must bring every member."""
    col, after = pl.col, pl.col("here") + pl.col("there")
    heads = col("heads_here") + col("heads_there")
    missing = [
        Rule("member_count", "户编号", after != col("member_count"), "户 {household_number} 登记家庭人口 {member_count} 人，本名册列出 {here} 人，在册 {there} 人。", "请补齐或删去家庭成员，或改正贫困户名册中的家庭人口。"),
        Rule("no_head", "与户主关系", heads == 0, "户 {household_number} 没有户主。", "请把户主本人的“与户主关系”写为“户主”。"),
    ] if whole else [
        Rule("member_count", "户编号", after > col("member_count"), "户 {household_number} 登记家庭人口 {member_count} 人，加上本次已有 {after} 人。", "请核对家庭成员，或先改正家庭人口。"),
    ]  # fmt: skip
    return [
        *missing,
        Rule("two_heads", "与户主关系", heads > 1, "户 {household_number} 有 {heads} 个户主。", "一户只能有一个户主，请改正与户主关系。"),
        Rule("head_differs", "姓名", col("head_here").is_not_null() & (col("head_here") != col("head_name")), "户 {household_number} 的户主在贫困户名册中与本名册写的不是同一人。", "请改正其中一份名册的户主。"),
        Rule("two_spouses", "与户主关系", col("spouses") > 1, "户 {household_number} 有 {spouses} 个配偶。", "请核实与户主关系。", note=True),
        Rule("wubao_with_children", "与户主关系", (col("attribute") == "wubao") & (col("able_children") > 0), "五保贫困户 {household_number} 有劳动年龄的子女。", "请核实贫困户属性。", note=True),
    ]  # fmt: skip


def kin(members: pl.DataFrame) -> pl.DataFrame:
    """A row for each household of a roster of members (columns of the roster, `age`, and what the register says of the household)."""
    col = pl.col
    child = col("relation").is_in(["之子", "之女"]) & col("age").is_between(*WORKING_AGE) & col("labour").is_in(ABLE)
    grouped = members.filter(col("household_id").is_not_null()).group_by("household_id", maintain_order=True)
    found = grouped.agg(
        col("row").first(), col("household_number").first(),
        col("member_count").first(), col("register_head").first().alias("head_name"), col("attribute").first(),
        pl.len().cast(pl.Int64).alias("here"),
        (col("relation") == "户主").sum().cast(pl.Int64).alias("heads_here"),
        col("name").filter(col("relation") == "户主").first().alias("head_here"),
        (col("relation") == "配偶").sum().alias("spouses"),
        child.sum().alias("able_children"),
        col("there").first(), col("heads_there").first(),
    )  # fmt: skip
    return found.with_columns(after=col("here") + col("there"), heads=col("heads_here") + col("heads_there"))


# Households.


def household_rules(on: dt.date) -> list[Rule]:
    """Checks of one household's row."""
    col = pl.col
    identified, exited, stable, relapsed = (col(c) for c in ("identified_on", "exited_on", "stable_on", "relapsed_on"))
    state, others = col("state"), col("other_causes").fill_null("").str.split("|")
    out = state.is_in(["exited", "stable_exit", "relapsed"])
    same_year = (exited >= SAME_YEAR_EXIT_REFUSED_FROM) & (exited.dt.year() == identified.dt.year())
    measured = [
        Rule("negative", header, col(name) < 0, f"{header}是负数。", "请改正。", value=name)
        for name, header in (("farmland_mu", "耕地面积（亩）"), ("woodland_mu", "林地面积（亩）"), ("house_square_metres", "住房面积（平方米）"), ("road_km", "距主干路（公里）"))
    ]  # fmt: skip
    return [
        Rule("number_twice", "户编号", col("household_number").is_not_null() & col("household_number").is_duplicated(), "户编号 {household_number} 在本文件中出现多次。", "一户一个编号，请改正或删去多余的行。"),
        Rule("member_count", "家庭人口", ~col("member_count").is_between(1, MOST_MEMBERS), "家庭人口 {member_count} 不在 1 到 30 之间。", "请改正家庭人口。"),
        Rule("identified_future", "识别日期", identified > on, "识别日期 {identified_on} 晚于今天。", "请改正识别日期。"),
        Rule("exit_future", "脱贫日期", pl.max_horizontal("exited_on", "stable_on", "relapsed_on") > on, "脱贫、稳定脱贫确认或返贫日期晚于今天。", "请改正日期。"),
        Rule("exit_order", "脱贫日期", exited < identified, "脱贫日期 {exited_on} 早于识别日期 {identified_on}。", "请对照退出文件改正。"),
        Rule("stable_order", "稳定脱贫确认日期", stable < exited, "稳定脱贫确认日期 {stable_on} 早于脱贫日期 {exited_on}。", "请对照复核文件改正。"),
        Rule("relapse_order", "返贫日期", relapsed <= pl.max_horizontal("exited_on", "stable_on"), "返贫日期 {relapsed_on} 不晚于脱贫日期。", "请对照文件改正。"),
        Rule("same_year_exit", "脱贫日期", same_year, "当年识别的户当年不能脱贫。", "请核对识别日期和脱贫日期。"),
        Rule("exit_date_missing", "脱贫日期", out & exited.is_null(), "当前状态需要脱贫日期。", "请填写脱贫日期，或改正当前状态。"),
        Rule("stable_date_missing", "稳定脱贫确认日期", (state == "stable_exit") & stable.is_null(), "当前状态是稳定脱贫，但没有稳定脱贫确认日期。", "请填写复核确认的日期，或把当前状态改为已脱贫。"),
        Rule("relapse_date_missing", "返贫日期", (state == "relapsed") & relapsed.is_null(), "当前状态是返贫，但没有返贫日期。", "请填写返贫日期。"),
        Rule("exit_date_excess", "脱贫日期", (state == "registered") & pl.any_horizontal(exited.is_not_null(), stable.is_not_null(), relapsed.is_not_null()), "当前状态是未脱贫，却填写了脱贫、稳定脱贫确认或返贫日期。", "请清空日期，或改正当前状态。"),
        Rule("stable_date_excess", "稳定脱贫确认日期", (state == "exited") & stable.is_not_null(), "有稳定脱贫确认日期，当前状态却是已脱贫。", "请把当前状态改为稳定脱贫，或清空该日期。"),
        Rule("relapse_date_excess", "返贫日期", state.is_in(["exited", "stable_exit"]) & relapsed.is_not_null(), "有返贫日期，当前状态却不是返贫。", "请改正当前状态，或清空返贫日期。"),
        Rule("causes_many", "其他致贫原因", others.list.len() > 2, "其他致贫原因多于两个。", "请保留最重要的两个。"),
        Rule("causes_twice", "其他致贫原因", others.list.contains(col("main_cause")) | (others.list.n_unique() < others.list.len()), "其他致贫原因与主要致贫原因或彼此重复。", "请删去重复的原因。"),
        Rule("phone_form", "联系电话", ~col("phone").str.contains(r"^(1\d{10}|0\d{2,3}-?\d{7,8}|\d{7,8})$"), "联系电话不是手机号或固定电话。", "请改正或清空。", value="phone"),
        *measured,
    ]  # fmt: skip


# Incomes.

INCOME_PARTS = ("wage_cents", "operation_cents", "property_cents", "transfer_cents")
FIRST_INCOME_YEAR = 2010


def net_per_head(member_count: str = "member_count") -> pl.Expr:
    """(wage + operation + property + transfer − cost) / members in cents, cut towards zero as the database does."""
    total = sum((pl.col(part).fill_null(0) for part in INCOME_PARTS), start=pl.lit(0)) - pl.col("cost_cents").fill_null(0)
    heads = pl.when(pl.col(member_count) > 0).then(pl.col(member_count))
    return total.sign() * (total.abs() // heads)


def income_rules(on: dt.date) -> list[Rule]:
    """Checks of one household's income of one year; needs `computed_cents` and `register_members`."""
    col = pl.col
    headers = {
        "wage_cents": "工资性收入（元）",
        "property_cents": "财产性收入（元）",
        "transfer_cents": "转移性收入（元）",
        "cost_cents": "生产经营性支出（元）",
    }
    return [
        Rule("year_twice", "年度", pl.struct("household_number", "year").is_duplicated() & col("household_number").is_not_null(), "户 {household_number} 的 {year} 年收入在本文件中出现多次。", "一户一年一行，请合并或删去多余的行。"),
        Rule("year", "年度", ~col("year").is_between(FIRST_INCOME_YEAR, on.year), "年度 {year} 不在 2010 年到今年之间。", "请改正年度。"),
        Rule("member_count", "家庭人口", ~col("member_count").is_between(1, MOST_MEMBERS), "家庭人口 {member_count} 不在 1 到 30 之间。", "请改正家庭人口。"),
        *(Rule("negative", header, col(name) < 0, f"{header}是负数。", "请改正；只有生产经营性收入可以为负。") for name, header in headers.items()),
        Rule("operation_negative", "生产经营性收入（元）", col("operation_cents") < 0, "生产经营性收入为负。", "请核实是否已从收入中扣除支出，避免重复扣减。", note=True),
        Rule("net_differs", "人均纯收入（元）", (col("net_per_head_cents") - col("computed_cents")).abs() > 1, "填写的人均纯收入与按公式计算的不一致，以计算为准。", "（工资性＋生产经营性＋财产性＋转移性－生产经营性支出）÷家庭人口。", note=True),
        Rule("members_differ", "家庭人口", col("member_count") != col("register_members"), "家庭人口 {member_count} 与名册登记的 {register_members} 人不同。", "请核实该年度共同生活的人数。", note=True),
    ]  # fmt: skip
