"""Code lists of the cadre register: national standards by the names that offices write."""

# GB/T 3304, by name and never by number: the poverty register numbers the same names differently.
_ETHNIC_GROUPS = (
    "01汉 02蒙古 03回 04藏 05维吾尔 06苗 07彝 08壮 09布依 10朝鲜 11满 12侗 13瑶 14白 15土家 16哈尼 17哈萨克 18傣 19黎 20傈僳 "
    "21佤 22畲 23高山 24拉祜 25水 26东乡 27纳西 28景颇 29柯尔克孜 30土 31达斡尔 32仫佬 33羌 34布朗 35撒拉 36毛南 37仡佬 "
    "38锡伯 39阿昌 40普米 41塔吉克 42怒 43乌孜别克 44俄罗斯 45鄂温克 46德昂 47保安 48裕固 49京 50塔塔尔 51独龙 52鄂伦春 "
    "53赫哲 54门巴 55珞巴 56基诺"
).split()
ETHNICITIES: dict[str, str] = {
    **{f"{entry[2:]}族": entry[:2] for entry in _ETHNIC_GROUPS},
    **{entry[2:]: entry[:2] for entry in _ETHNIC_GROUPS},
    "其他": "97",
    "外国血统": "98",
}

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
