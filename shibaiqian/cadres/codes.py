"""Code lists of the cadre register: national standards by the names that offices write."""

# GB/T 3304, by name and never by number: the poverty register numbers the same names differently.
_GROUPS = {
    "汉": "01", "蒙古": "02", "回": "03", "藏": "04", "维吾尔": "05", "苗": "06", "彝": "07",
    "壮": "08", "布依": "09", "朝鲜": "10", "满": "11", "侗": "12", "瑶": "13", "白": "14",
    "土家": "15", "哈尼": "16", "哈萨克": "17", "傣": "18", "黎": "19", "傈僳": "20", "佤": "21",
    "畲": "22", "高山": "23", "拉祜": "24", "水": "25", "东乡": "26", "纳西": "27", "景颇": "28",
    "柯尔克孜": "29", "土": "30", "达斡尔": "31", "仫佬": "32", "羌": "33", "布朗": "34", "撒拉": "35",
    "毛南": "36", "仡佬": "37", "锡伯": "38", "阿昌": "39", "普米": "40", "塔吉克": "41", "怒": "42",
    "乌孜别克": "43", "俄罗斯": "44", "鄂温克": "45", "德昂": "46", "保安": "47", "裕固": "48", "京": "49",
    "塔塔尔": "50", "独龙": "51", "鄂伦春": "52", "赫哲": "53", "门巴": "54", "珞巴": "55", "基诺": "56",
}  # fmt: skip
ETHNICITIES: dict[str, str] = {
    **{f"{name}族": code for name, code in _GROUPS.items()},
    **_GROUPS,
    "其他": "97",
    "外国血统": "98",
}

# domain.md 3.2: what a cadre can do for a village; needs name the same codes as tags.
SKILLS = {
    "rural_work": "农村工作", "crop": "种植", "livestock": "养殖", "forestry": "林业", "water": "水利", "veterinary": "兽医",
    "law": "法律", "finance": "财务金融", "ecommerce": "电子商务", "tourism": "旅游", "planning": "规划", "medical": "医疗卫生",
    "education": "教育", "it": "信息技术",
}  # fmt: skip

# GB/T 2261.1.
SEXES = {"男": "1", "女": "2"}

# GB/T 4762; after the standard's names those that offices also write.
FULL_MEMBER, PROBATIONARY_MEMBER = "01", "02"
POLITICAL_STATUSES = {
    "中共党员": "01",
    "中共预备党员": "02",
    "共青团员": "03",
    "民革党员": "04",
    "民盟盟员": "05",
    "民建会员": "06",
    "民进会员": "07",
    "农工党党员": "08",
    "致公党党员": "09",
    "九三学社社员": "10",
    "台盟盟员": "11",
    "无党派人士": "12",
    "群众": "13",
    "党员": "01",
    "中共正式党员": "01",
    "共产党员": "01",
    "预备党员": "02",
    "团员": "03",
    "无党派": "12",
    "无党派民主人士": "12",
}

# What cadre forms write → GB/T 4658; party schools are not national education and stand beside it with the same rank.
EDUCATION = {
    "博士研究生": "11",
    "硕士研究生": "14",
    "研究生": "10",
    "研究生班": "17",
    "大学": "21",
    "大学本科": "21",
    "本科": "21",
    "大学普通班": "28",
    "大学专科": "31",
    "专科": "31",
    "大专": "31",
    "中专": "41",
    "中等专科": "41",
    "职高": "44",
    "技校": "47",
    "高中": "61",
    "普通高中": "61",
    "初中": "71",
    "小学": "81",
    "中央党校研究生": "14",
    "中央党校大学": "21",
    "中央党校大专": "31",
    "省委党校研究生": "14",
    "省委党校大学": "21",
    "省委党校大专": "31",
    "党校研究生": "14",
    "党校大学": "21",
    "党校大专": "31",
}

HEALTH = ("健康", "良好", "一般", "较差", "残疾")

# Levels of the annual appraisal in the words for civil servants; institutions say 合格 (domain.md 7.5).
GRADES = {0: "不确定等次", 1: "优秀", 2: "称职", 3: "基本称职", 4: "不称职"}


def _words(codes: dict[str, str]) -> dict[str, str]:
    """How each code is said: the first of its names."""
    return {code: name for name, code in reversed(codes.items())}


SEX_WORDS, ETHNICITY_WORDS, STATUS_WORDS = _words(SEXES), _words(ETHNICITIES), _words(POLITICAL_STATUSES)
