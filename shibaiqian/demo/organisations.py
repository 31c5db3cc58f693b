"""Units of the city, its counties and towns, in both lines: who administers them, and whose party committee leads them."""

from dataclasses import dataclass
from functools import lru_cache

import polars as pl

from shibaiqian.demo.plan import CITY, COUNTIES, towns

# Name (with {} for the place), short name, kind, class; by the number that ends the unit's code.
_COMMITTEE, _GOVERNMENT, _CONGRESS, _CONFERENCE, _DISCIPLINE = "001", "002", "003", "004", "005"
_LEADING = {
    _COMMITTEE: ("中共{}委员会", "{}委", "党委", "党群"),
    _GOVERNMENT: ("{}人民政府", "{}政府", "政府", "其他"),
    _CONGRESS: ("中共{}人大常委会党组", "{}人大常委会", "党组", "党群"),
    _CONFERENCE: ("中共政协{}委员会党组", "{}政协", "党组", "党群"),
    _DISCIPLINE: ("中共{}纪律检查委员会", "{}纪委", "纪检监察", "政法"),
}
_DEPARTMENTS = {
    "011": ("中共{}委办公室", "{}委办", "党委部门", "党群"), "012": ("中共{}委组织部", "{}委组织部", "党委部门", "党群"),
    "013": ("中共{}委宣传部", "{}委宣传部", "党委部门", "党群"), "014": ("中共{}委统一战线工作部", "{}委统战部", "党委部门", "党群"),
    "015": ("中共{}委政法委员会", "{}委政法委", "党委部门", "政法"), "016": ("中共{}委农村工作领导小组办公室", "{}委农办", "党委部门", "涉农科技"),
    "017": ("中共{}直机关工作委员会", "{}直机关工委", "党工委", "党群"),
    "021": ("{}人民政府办公室", "{}政府办", "政府部门", "其他"), "022": ("{}发展和改革局", "{}发改局", "政府部门", "经济"),
    "023": ("{}教育局", "", "政府部门", "教卫"), "024": ("{}科学技术局", "{}科技局", "政府部门", "涉农科技"),
    "025": ("{}工业和信息化局", "{}工信局", "政府部门", "经济"), "026": ("{}公安局", "", "政府部门", "政法"),
    "027": ("{}民政局", "", "政府部门", "其他"), "028": ("{}司法局", "", "政府部门", "政法"), "029": ("{}财政局", "", "政府部门", "财政金融"),
    "030": ("{}人力资源和社会保障局", "{}人社局", "政府部门", "其他"), "031": ("{}国土资源局", "{}国土局", "政府部门", "交通水利住建"),
    "032": ("{}环境保护局", "{}环保局", "政府部门", "其他"), "033": ("{}住房和城乡建设局", "{}住建局", "政府部门", "交通水利住建"),
    "034": ("{}交通运输局", "{}交通局", "政府部门", "交通水利住建"), "035": ("{}水务局", "", "政府部门", "交通水利住建"),
    "036": ("{}农业局", "", "政府部门", "涉农科技"), "037": ("{}林业局", "", "政府部门", "涉农科技"), "038": ("{}商务局", "", "政府部门", "经济"),
    "039": ("{}文化广播影视局", "{}文广局", "政府部门", "其他"), "040": ("{}卫生和计划生育局", "{}卫计局", "政府部门", "教卫"),
    "041": ("{}审计局", "", "政府部门", "财政金融"), "042": ("{}统计局", "", "政府部门", "经济"), "043": ("{}扶贫开发局", "{}扶贫局", "政府部门", "涉农科技"),
    "044": ("{}安全生产监督管理局", "{}安监局", "政府部门", "其他"), "045": ("{}旅游局", "", "政府部门", "经济"),
    "046": ("{}食品药品监督管理局", "{}食药监局", "政府部门", "其他"), "047": ("{}畜牧兽医局", "{}畜牧局", "事业单位", "涉农科技"),
    "048": ("{}供销合作社联合社", "{}供销社", "事业单位", "经济"), "049": ("{}移民搬迁工作办公室", "{}移民办", "事业单位", "交通水利住建"),
    "050": ("{}总工会", "", "群团", "党群"), "051": ("共青团{}委员会", "团{}委", "群团", "党群"), "052": ("{}妇女联合会", "{}妇联", "群团", "党群"),
    "053": ("{}科学技术协会", "{}科协", "群团", "涉农科技"), "054": ("{}残疾人联合会", "{}残联", "群团", "其他"),
    "055": ("{}工商业联合会", "{}工商联", "群团", "经济"),
}  # fmt: skip
_OF_COUNTY = {
    "060": ("{}人民法院", "{}法院", "政府部门", "政法"), "061": ("{}人民检察院", "{}检察院", "政府部门", "政法"),
    "062": ("中共{}委党校", "", "事业单位", "党群"), "063": ("{}医院", "", "事业单位", "教卫"), "064": ("{}高级中学", "", "事业单位", "教卫"),
    "065": ("{}农村信用合作联社", "{}信用联社", "银行", "财政金融"), "066": ("{}果业局", "", "事业单位", "涉农科技"),
}  # fmt: skip
_OF_CITY = {
    "060": ("{}中级人民法院", "{}中院", "政府部门", "政法"), "061": ("{}人民检察院", "{}检察院", "政府部门", "政法"),
    "062": ("中共{}委党校", "", "事业单位", "党群"), "063": ("{}中心医院", "", "事业单位", "教卫"), "064": ("商洛学院", "", "事业单位", "教卫"),
    "065": ("商洛职业技术学院", "", "事业单位", "教卫"), "066": ("{}农业科学研究所", "{}农科所", "事业单位", "涉农科技"),
    "067": ("{}城市建设投资开发有限公司", "{}城投公司", "国企", "经济"), "068": ("中国农业银行商洛分行", "农行商洛分行", "银行", "财政金融"),
}  # fmt: skip
POVERTY, ORGANISATION, CULTURE = "043", "012", "039"
COMMITTEE, GOVERNMENT, CONGRESS, CONFERENCE, DISCIPLINE = _LEADING
TOWN_UNITS = ("01", "02", "03", "04")  # government, party committee, school, clinic
SENDING_WEIGHTS = {"银行": 0.7, "国企": 0.6, "事业单位": 1.2}


@dataclass(frozen=True)
class Unit:
    """A unit as its roster says it."""

    code: str
    name: str
    short: str
    kind: str
    level: str
    region: str
    admin_parent: str
    party_parent: str
    department_class: str

    @property
    def number(self) -> str:
        return self.code.rpartition("-")[2]

    @property
    def called(self) -> str:
        return self.short or self.name


def unit_code(region: str, number: str) -> str:
    return f"{region}-{number}"


def _unit(region: str, place: str, level: str, number: str, words: tuple[str, str, str, str]) -> Unit:
    """`place` as the unit's name says it: 商洛市, 柞水县, 商州区."""
    name, short, kind, department = words
    committee, government = unit_code(region, COMMITTEE), unit_code(region, GOVERNMENT)
    above = CITY if level == "县" else ""
    is_party = kind in ("党委", "党委部门", "党工委", "纪检监察", "党组") or "党校" in name
    admin = (
        (unit_code(above, number) if above else "")
        if number in (COMMITTEE, GOVERNMENT)
        else committee
        if is_party or kind == "群团"
        else government
    )
    party = (unit_code(above, COMMITTEE) if above else "") if number == COMMITTEE else committee
    if kind in ("群团", "事业单位", "国企") and number != "017":
        party = unit_code(region, "017")
    return Unit(unit_code(region, number), name.format(place), short.format(place), kind, level, region, admin, party, department)


@lru_cache(maxsize=1)
def city_units() -> list[Unit]:
    """The city's own units, and the leading bodies of the counties, whose members the city manages."""
    own = [_unit(CITY, "商洛市", "市", number, words) for number, words in {**_LEADING, **_DEPARTMENTS, **_OF_CITY}.items()]
    theirs = [_unit(code, county.name, "县", number, words) for code, county in COUNTIES.items() for number, words in _LEADING.items()]
    return own + theirs


@lru_cache(maxsize=8)
def county_units(county: str) -> list[Unit]:
    """Departments of a county, and of each town the government, the party committee, the school and the clinic."""
    name = COUNTIES[county].name
    departments = [_unit(county, name, "县", number, words) for number, words in {**_DEPARTMENTS, **_OF_COUNTY}.items()]
    return departments + [
        unit for town in towns().filter(pl.col("county") == county).iter_rows(named=True) for unit in _town_units(town, name)
    ]


def _town_units(town: dict[str, str], county: str) -> list[Unit]:
    code, name = town["code"], town["name"]
    government, committee, school, clinic = (unit_code(code, number) for number in TOWN_UNITS)
    above = code[:6]
    is_street = town["kind"] == "subdistrict"
    office = f"{county}{name}办事处" if is_street else f"{county}{name}人民政府"
    party = f"中共{county}{name}工作委员会" if is_street else f"中共{county}{name}委员会"
    bare = name.removesuffix("街道").removesuffix("回族镇").removesuffix("镇") if len(name) > 2 else name

    def unit(own: str, title: str, short: str, kind: str, admin: str, led_by: str, department: str) -> Unit:
        return Unit(own, title, short, kind, "镇", code, admin, led_by, department)

    return [
        unit(committee, party, f"{name}党工委" if is_street else f"{name}党委", "党工委" if is_street else "党委",
             unit_code(above, COMMITTEE), unit_code(above, COMMITTEE), "党群"),
        unit(government, office, f"{name}办事处" if is_street else f"{name}政府", "镇办", unit_code(above, GOVERNMENT), committee, "其他"),
        unit(school, f"{county}{bare}中心学校", "", "事业单位", unit_code(above, "023"), committee, "教卫"),
        unit(clinic, f"{county}{name}卫生院" if not is_street else f"{county}{name}社区卫生服务中心", "", "事业单位", unit_code(above, "040"), committee, "教卫"),
    ]  # fmt: skip


def is_department(unit: Unit) -> bool:
    """A unit of the city or a county that sends officials and pairs its staff: no leading body."""
    return unit.level in ("市", "县") and unit.number not in _LEADING


def organisation_rows(units: list[Unit], heads: dict[str, str]) -> pl.DataFrame:
    """The rows of 单位名册. `heads`: unit code → who leads it."""
    return pl.DataFrame({
        "单位编码": [u.code for u in units], "单位名称": [u.name for u in units], "简称": [u.short or None for u in units],
        "单位性质": [u.kind for u in units], "层级": [u.level for u in units], "所在区划代码": [u.region for u in units],
        "行政上级编码": [u.admin_parent or None for u in units], "党组织上级编码": [u.party_parent or None for u in units],
        "部门类别": [u.department_class for u in units], "主要负责人": [heads.get(u.code) for u in units],
    }, schema_overrides={"简称": pl.String, "行政上级编码": pl.String, "党组织上级编码": pl.String, "主要负责人": pl.String})  # fmt: skip
