"""A form as a value: its elements in order, its family members, its photo."""

from collections.abc import Mapping
from dataclasses import dataclass, field

# The order of a convention: readers look elements up by name.
ORDER = (
    "XingMing", "XingBie", "ChuShengNianYue", "MinZu", "JiGuan", "ChuShengDi", "RuDangShiJian", "CanJiaGongZuoShiJian",
    "JianKangZhuangKuang", "ZhuanYeJiShuZhiWu", "ShuXiZhuanYeYouHeZhuanChang", "QuanRiZhiJiaoYu_XueLi", "QuanRiZhiJiaoYu_XueWei",
    "QuanRiZhiJiaoYu_XueLi_BiYeYuanXiaoXi", "QuanRiZhiJiaoYu_XueWei_BiYeYuanXiaoXi", "ZaiZhiJiaoYu_XueLi", "ZaiZhiJiaoYu_XueWei",
    "ZaiZhiJiaoYu_XueLi_BiYeYuanXiaoXi", "ZaiZhiJiaoYu_XueWei_BiYeYuanXiaoXi", "XianRenZhiWu", "NiRenZhiWu", "NiMianZhiWu", "JianLi",
    "JiangChengQingKuang", "NianDuKaoHeJieGuo", "RenMianLiYou", "JiaTingChengYuan", "ChengBaoDanWei", "JiSuanNianLingShiJian",
    "TianBiaoShiJian", "TianBiaoRen", "ShenFenZheng", "ZhaoPian", "Version",
)  # fmt: skip
LABELS = {
    "XingMing": "姓名", "XingBie": "性别", "ChuShengNianYue": "出生年月", "MinZu": "民族", "JiGuan": "籍贯", "ChuShengDi": "出生地",
    "RuDangShiJian": "入党时间", "CanJiaGongZuoShiJian": "参加工作时间", "JianKangZhuangKuang": "健康状况", "ZhuanYeJiShuZhiWu": "专业技术职务",
    "ShuXiZhuanYeYouHeZhuanChang": "熟悉专业有何专长", "QuanRiZhiJiaoYu_XueLi": "全日制教育学历", "QuanRiZhiJiaoYu_XueWei": "全日制教育学位",
    "QuanRiZhiJiaoYu_XueLi_BiYeYuanXiaoXi": "全日制毕业院校系及专业（学历）", "QuanRiZhiJiaoYu_XueWei_BiYeYuanXiaoXi": "全日制毕业院校系及专业（学位）",
    "ZaiZhiJiaoYu_XueLi": "在职教育学历", "ZaiZhiJiaoYu_XueWei": "在职教育学位", "ZaiZhiJiaoYu_XueLi_BiYeYuanXiaoXi": "在职毕业院校系及专业（学历）",
    "ZaiZhiJiaoYu_XueWei_BiYeYuanXiaoXi": "在职毕业院校系及专业（学位）", "XianRenZhiWu": "现任职务", "NiRenZhiWu": "拟任职务", "NiMianZhiWu": "拟免职务",
    "JianLi": "简历", "JiangChengQingKuang": "奖惩情况", "NianDuKaoHeJieGuo": "年度考核结果", "RenMianLiYou": "任免理由",
    "JiaTingChengYuan": "家庭主要成员及重要社会关系", "ChengBaoDanWei": "呈报单位", "JiSuanNianLingShiJian": "计算年龄时间",
    "TianBiaoShiJian": "填表时间", "TianBiaoRen": "填表人", "ShenFenZheng": "身份证", "ZhaoPian": "照片", "Version": "版本",
}  # fmt: skip
FAMILY = "JiaTingChengYuan"
RESUME, PHOTO, IDENTITY = "JianLi", "ZhaoPian", "ShenFenZheng"
FAMILY_FIELDS = ("ChengWei", "XingMing", "ChuShengRiQi", "ZhengZhiMianMao", "GongZuoDanWeiJiZhiWu")


class BadForm(ValueError):
    """The file is no readable LRMX; the message is for the clerk."""


@dataclass(frozen=True)
class Form:
    """`texts` in the order of the file, without family and photo; `family` one mapping an item, as written, blanks left out."""

    texts: Mapping[str, str]
    family: tuple[Mapping[str, str], ...] = ()
    photo: bytes = b""
    bom: bool = False
    name: str = field(default="", compare=False)  # of the file

    def text(self, element: str) -> str:
        return self.texts.get(element, "")

    @property
    def person(self) -> str:
        """The name without the blank that forms put into names of two characters."""
        return "".join(self.text("XingMing").split())

    @property
    def id_number(self) -> str:
        return "".join(self.text(IDENTITY).split()).upper()

    @property
    def unknown(self) -> tuple[str, ...]:
        return tuple(name for name in self.texts if name not in ORDER)

    def without_identity(self) -> "Form":
        """What may be kept in the register's own tables."""
        return Form({k: v for k, v in self.texts.items() if k != IDENTITY}, self.family, self.photo, self.bom, self.name)
