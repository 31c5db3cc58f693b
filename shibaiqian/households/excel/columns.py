"""Columns of the three rosters, in the order offices use, with the labels of domain.md §9.3."""

from collections.abc import Iterable
from typing import Any

from shibaiqian.base.spreadsheets import Column, ColumnKind
from shibaiqian.households.models import CauseCode, Household, State
from shibaiqian.regions.places import PLACE_COLUMNS

ETHNICITIES = (
    "汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡 纳西 景颇 柯尔克孜 土 达斡尔 仫佬 羌 "
    "布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固 京 塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺"
).split()
RELATIONS = (
    "户主 配偶 之子 之女 之儿媳 之女婿 之孙子 之孙女 之外孙子 之外孙女 之父 之母 之岳父 之岳母 之公公 之婆婆 之祖父 之祖母 之外祖父 之外祖母 其他"
).split()
POLITICAL = (
    "中共党员 中共预备党员 共青团员 民革党员 民盟盟员 民建会员 民进会员 农工党党员 致公党党员 九三学社社员 台盟盟员 无党派人士 群众"
).split()
EDUCATIONS = "文盲或半文盲 小学 初中 高中 大专及以上 学龄前儿童".split()
STUDENT = (
    "非在校生 学前教育 小学 七年级 八年级 九年级 高中一年级 高中二年级 高中三年级 中职一年级 中职二年级 中职三年级 "
    "高职一年级 高职二年级 高职三年级 大专及以上"
).split()
HEALTH = "健康 长期慢性病 患有大病 残疾".split()
LABOUR = "普通劳动力 技能劳动力 弱劳动力或半劳动力 丧失劳动力 无劳动力".split()
WORK_PLACES = {
    **{name: name for name in ("乡(镇)内务工", "乡(镇)外县内务工", "县外省内务工", "省外务工", "其他")},
    "乡镇内务工": "乡(镇)内务工",
    "乡镇外县内务工": "乡(镇)外县内务工",
}
MEDICAL = "新农合 城镇居民医保 城镇职工医保 未参加".split()
PENSIONS = "城乡居民养老保险 城镇职工养老保险 未参加".split()


def same(labels: Iterable[str]) -> dict[str, str]:
    """Lists whose numbers differ between systems are kept by name."""
    return {label: label for label in labels}


def coded(choices: Any, *codes: str) -> dict[str, str]:
    """Label → code of an enumeration; only these codes if any are named."""
    return {str(label): str(code) for code, label in choices.choices if not codes or code in codes}


NUMBER = Column("household_number", "户编号", ColumnKind.CODE, required=True, aliases=("贫困户编号", "户编码"))
VILLAGE_CODE = Column("village_code", "村代码", ColumnKind.CODE)
HEAD = Column("head_name", "户主姓名")
CAUSES = coded(CauseCode)

HOUSEHOLD_COLUMNS = (
    NUMBER,
    *PLACE_COLUMNS,
    Column("group", "村民小组", aliases=("组", "小组")),
    Column("head_name", "户主姓名", required=True, aliases=("户主",)),
    Column("member_count", "家庭人口", ColumnKind.INTEGER, required=True, aliases=("家庭人口数", "人口数")),
    Column("attribute", "贫困户属性", ColumnKind.CHOICE, required=True, choices={**coded(Household.Attribute), "特困供养贫困户": "wubao"}),
    Column("standard", "识别标准", ColumnKind.CHOICE, choices=coded(Household.Standard)),
    Column("identified_on", "识别日期", ColumnKind.DATE, required=True),
    Column("source", "识别来源", ColumnKind.CHOICE, choices=coded(Household.Source)),
    Column("main_cause", "主要致贫原因", ColumnKind.CHOICE, required=True, choices=CAUSES),
    Column("other_causes", "其他致贫原因", ColumnKind.CHOICES, choices=CAUSES),
    Column("farmland_mu", "耕地面积（亩）", ColumnKind.DECIMAL),
    Column("woodland_mu", "林地面积（亩）", ColumnKind.DECIMAL),
    Column("house_square_metres", "住房面积（平方米）", ColumnKind.DECIMAL),
    Column("house_danger", "危房等级", ColumnKind.CHOICE, choices=coded(Household.Danger)),
    Column("safe_water", "饮水安全", ColumnKind.BOOLEAN),
    Column("road_km", "距主干路（公里）", ColumnKind.DECIMAL),
    Column("electricity", "是否通电", ColumnKind.BOOLEAN),
    Column("state", "当前状态", ColumnKind.CHOICE, required=True, choices=coded(State, "registered", "exited", "stable_exit", "relapsed")),
    Column("exited_on", "脱贫日期", ColumnKind.DATE),
    Column("stable_on", "稳定脱贫确认日期", ColumnKind.DATE),
    Column("relapsed_on", "返贫日期", ColumnKind.DATE),
    Column("phone", "联系电话"),
)

MEMBER_COLUMNS = (
    NUMBER,
    *PLACE_COLUMNS,
    HEAD,
    Column("name", "姓名", required=True),
    Column("sex", "性别", ColumnKind.CHOICE, required=True, choices=same(["男", "女"])),
    Column("id_number", "身份证号", ColumnKind.ID_NUMBER, required=True, aliases=("身份证号码", "公民身份号码", "证件号码")),
    Column("birth_date", "出生日期", ColumnKind.DATE, required=True),
    Column("relation", "与户主关系", ColumnKind.CHOICE, required=True, choices=same(RELATIONS)),
    Column("ethnicity", "民族", ColumnKind.CHOICE, required=True, choices={f"{n}{e}": f"{n}族" for e in ("族", "") for n in ETHNICITIES}),
    Column("political_status", "政治面貌", ColumnKind.CHOICE, choices=same(POLITICAL)),
    Column("education", "文化程度", ColumnKind.CHOICE, required=True, choices=same(EDUCATIONS)),
    Column("student_status", "在校生状况", ColumnKind.CHOICE, choices=same(STUDENT)),
    Column("health", "健康状况", ColumnKind.CHOICE, required=True, choices=same(HEALTH)),
    Column("disability_number", "残疾证号", ColumnKind.CODE),
    Column("labour", "劳动能力", ColumnKind.CHOICE, required=True, choices=same(LABOUR), aliases=("劳动技能",)),
    Column("work_place", "务工区域", ColumnKind.CHOICE, choices=WORK_PLACES, aliases=("务工状况",)),
    Column("work_months", "务工月数", ColumnKind.INTEGER, aliases=("务工时间（月）",)),
    Column("medical_insurance", "医疗保险", ColumnKind.CHOICE, choices=same(MEDICAL)),
    Column("pension", "养老保险", ColumnKind.CHOICE, choices=same(PENSIONS)),
    Column("dibao", "低保", ColumnKind.BOOLEAN),
    Column("in_service", "现役军人", ColumnKind.BOOLEAN),
    Column("residence_months", "居住月数", ColumnKind.INTEGER),
)

INCOME_COLUMNS = (
    NUMBER,
    VILLAGE_CODE,
    HEAD,
    Column("year", "年度", ColumnKind.INTEGER, required=True),
    Column("member_count", "家庭人口", ColumnKind.INTEGER, required=True, aliases=("家庭人口数",)),
    Column("wage_cents", "工资性收入（元）", ColumnKind.MONEY),
    Column("operation_cents", "生产经营性收入（元）", ColumnKind.MONEY),
    Column("property_cents", "财产性收入（元）", ColumnKind.MONEY),
    Column("transfer_cents", "转移性收入（元）", ColumnKind.MONEY),
    Column("cost_cents", "生产经营性支出（元）", ColumnKind.MONEY),
    Column("net_per_head_cents", "人均纯收入（元）", ColumnKind.MONEY),
)
