"""Names: surnames that cluster in villages, given names as each decade gave them. All persons are invented."""

import numpy as np

# Surnames of the hills with rough frequencies; a village takes two or three of them for its clans.
_SURNAMES = (
    "王68 李60 张62 刘48 陈46 杨32 赵24 周24 吴22 徐22 程18 余18 汪15 胡18 朱17 郭15 何16 叶13 方12 蔡11 彭10 田13 冀6 屈8 雷10 闵5 阮7 邹9 袁10 党6 舒7 柯8 "
    "南5 巩5 殷7 卢7 邢5 石9 谢9 毛10 吕8 宋9 孙10 马11 罗9 董8 樊6 段6 贾5 姜8 孟4 任7 侯5 白5 童4 华4 詹6 操3 储4 黄15 高10 林6 梁6 韩7 曹8 邓7 冯7 曾6 肖8 "
    "潘6 杜6 魏6 苏4 丁5 沈4 范5 夏6 付8 钟4 姚8 谭5 廖4 熊5 金6 陆3 郝3 康4 史4 尚3 靳3 祝4 芦3 甘3 辛3 瞿3 寇3 晏3 喻3 项3 章3 聂3 崔3 骆3 穆2 淡2 代4 明2 "
    "刁2 仝2 胥2 鱼2 员2 麻2 上官1 欧阳2"
).split()
SURNAMES = [entry.rstrip("0123456789") for entry in _SURNAMES]
SURNAME_WEIGHTS = np.array([int(entry[len(name) :]) for entry, name in zip(_SURNAMES, SURNAMES, strict=True)], dtype=float)
SURNAME_SHARES = SURNAME_WEIGHTS / SURNAME_WEIGHTS.sum()
HUI_SURNAMES = "马 禹 冶 张 李 王 丁 海 木 白 洪 陈".split()

# Years of birth up to which a style of names was given, and its characters by place in the name: men's first and second, women's.
_STYLES = (
    (1948, "德文世永进正天长清开明金玉全同万有福兴自学志光保治", "才福贵财发荣山有义礼智信友朋清林海富顺成堂银德高升宏庆昌",
     "秀桂玉凤翠兰菊金春素月云淑银香", "英兰莲芳珍花娥梅凤枝芝荣珠仙琴玲翠菊贞姣", 0.16),
    (1960, "德文永正志明国建金天开兴福学光成保忠孝治安长荣万和世有", "明国华才发成林富贵山海荣平清民忠义贤安顺友全胜新兵余昌生",
     "秀桂玉凤翠兰菊金春素月云淑银香改巧彩", "英兰莲芳珍花娥梅凤枝芝荣珠仙琴玲翠菊贤霞侠华绒玉改", 0.18),
    (1972, "建国卫红军志文永德正立新光明忠学全成世安金长保宏家荣海春东", "军民国兵平安华明生林锋刚强文成红义良社锁西和全学虎斌武宏祥",
     "秀桂玉凤翠小春素月云淑香改巧彩红爱晓金玲", "英兰莲芳珍花娥梅霞侠琴玲红丽萍侠云绒玉会平珍琴华荣芹芬叶", 0.20),
    (1982, "建志文小永海立晓新卫宏军国家德正世春光金亚少战长成学保", "军平锋刚强涛勇斌林峰辉波宏华伟民文利宁超鹏良庆虎锁社卫东",
     "小晓春丽红爱秀玉海亚彩巧雪金桂改艳月淑玲", "霞丽玲琴艳红芳萍侠娟梅英兰莉燕妮会珍茹利宁叶婷侠勤绒线", 0.26),
    (1992, "小晓志海文建永亚春少国家立新世成明嘉俊正德学", "伟涛鹏飞超龙磊辉波斌锋刚强军勇浩亮东平林杰峰博宝锐凯旺",
     "小晓丽春海亚雪艳红婷彩玉秀慧文金月", "娟艳丽霞燕婷静敏玲琴莉梅妮芳红萍娜云花侠霜慧茹宁叶", 0.34),
    (2000, "家志文嘉浩俊国博世子明成龙海永鑫佳新宇小", "豪杰浩鹏伟涛博龙强飞阳鑫辉康瑞旭磊超轩凯航宇坤旺亮亮",
     "佳雨雪文欣晓梦慧思小海嘉玉静丽艳", "婷静欣悦颖怡洁雪娜莹蕾敏瑶倩宁琪佳慧茜丹娟妮蕊琳", 0.30),
    (2008, "子浩俊宇嘉博文家梓志佳世鑫思明天一铭泽", "轩豪杰涵博阳鑫浩宇航辰瑞康睿乐哲昊凯俊涛帆龙骏恒宸",
     "欣雨梦佳思子诗雅怡梓语紫可嘉文若婉馨", "涵怡萱悦彤琪瑶妍欣颖婷雯蕊菲茹彤萌蕾琳宁桐馨", 0.12),
    (2016, "子梓浩宇一俊沐铭嘉奕泽博佳锦皓辰思文承睿", "轩涵宇睿豪泽辰皓博晨阳洋霖熙航逸然昊乐恩杰诚宸",
     "子梓雨欣一诗思语佳若可紫依沐艺涵悦雅梦", "涵萱彤怡琪妍瑶汐悦桐诺菲馨玥晴熙萌钰茜蕊雯玲", 0.05),
)  # fmt: skip
SINGLES = 0.5  # of the share of names of one character: what keeps namesakes in a town at 3 to 5 %
STYLE_ENDS = np.array([style[0] for style in _STYLES])


class Pool:
    """All given names of all styles in one list, with the way to draw one."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self._starts: dict[tuple[int, bool], int] = {}
        self._cumulative: dict[tuple[int, bool], np.ndarray] = {}
        self._first: dict[tuple[int, bool], np.ndarray] = {}
        for style, (_, first_m, second_m, first_f, second_f, single) in enumerate(_STYLES):
            for is_man, first, second in ((True, first_m, second_m), (False, first_f, second_f)):
                self._add(style, is_man, first, second, single)

    def _add(self, style: int, is_man: bool, first: str, second: str, single: float) -> None:
        """Characters stand in the order of their frequency, falling slowly; single names are the second characters alone."""
        heads, tails = list(dict.fromkeys(first)), list(dict.fromkeys(second))
        head_shares = 1 / (np.arange(len(heads)) + 16.0)
        tail_shares = 1 / (np.arange(len(tails)) + 16.0)
        pairs = [(h, t, head_shares[i] * tail_shares[j]) for i, h in enumerate(heads) for j, t in enumerate(tails) if h != t]
        weights = np.array([w for _, _, w in pairs])
        weights = weights / weights.sum() * (1 - single * SINGLES)
        singles = tail_shares / tail_shares.sum() * single * SINGLES
        self._starts[style, is_man] = len(self.names)
        self.names += [h + t for h, t, _ in pairs] + tails
        self._cumulative[style, is_man] = np.cumsum(np.concatenate([weights, singles]))

    def draw(self, rng: np.random.Generator, year: np.ndarray, is_man: np.ndarray) -> np.ndarray:
        """Places in `names` for people born in these years."""
        style = np.searchsorted(STYLE_ENDS, np.minimum(year, STYLE_ENDS[-1]))
        luck = rng.random(len(year))
        found = np.zeros(len(year), dtype=np.int64)
        for number in range(len(_STYLES)):
            for man in (True, False):
                chosen = (style == number) & (is_man == man)
                if chosen.any():
                    cumulative = self._cumulative[number, man]
                    place = np.searchsorted(cumulative, luck[chosen] * cumulative[-1], side="right")
                    found[chosen] = self._starts[number, man] + np.minimum(place, len(cumulative) - 1)
        return found


POOL = Pool()


def draw_surnames(rng: np.random.Generator, number: int) -> np.ndarray:
    """Places in `SURNAMES`, at large."""
    return np.searchsorted(np.cumsum(SURNAME_SHARES), rng.random(number), side="right").clip(max=len(SURNAMES) - 1)


def clans(rng: np.random.Generator, villages: int) -> np.ndarray:
    """The three surnames of each village's clans (villages × 3), the greatest first."""
    found = np.zeros((villages, 3), dtype=np.int64)
    rare = np.sqrt(SURNAME_SHARES) / np.sqrt(SURNAME_SHARES).sum()
    for village in range(villages):
        found[village] = rng.choice(len(SURNAMES), size=3, replace=False, p=rare)
    return found


def village_surnames(rng: np.random.Generator, of_village: np.ndarray, village: np.ndarray) -> np.ndarray:
    """A surname for each family of these villages: 55 % belong to the clans."""
    luck = rng.random(len(village))
    clan = np.searchsorted(np.array([0.27, 0.44, 0.55]), luck, side="right")
    return np.where(clan < 3, of_village[village, np.minimum(clan, 2)], draw_surnames(rng, len(village)))


# Persons of the article and of public life, who shall not turn up in a register of the poor.
REAL = frozenset(
    "刘海宏 王朝辉 张猛虎 宁成森 胡润泽 李小龙 何建强 周烨明 毛泽东 邓小平 华国锋 朱德 陈云 李鹏 周永康 苏荣 王震 林彪 江青 赵正永 李建国 王明 王洪文 高岗".split()
)


def full_names(surnames: np.ndarray, given: np.ndarray) -> list[str]:
    """Surname and given name as one text; real persons' names become the next one in the list."""
    first, second = SURNAMES, POOL.names
    found = [first[s] + second[g] for s, g in zip(surnames.tolist(), given.tolist(), strict=True)]
    for place, name in enumerate(found):
        if name in REAL:
            found[place] = first[int(surnames[place])] + second[int(given[place]) + 1]
    return found


def sounds_like_a_man(name: str) -> bool:
    """By its last character: what a man of some decade was called by, and no woman."""
    return any(name[-1] in men for _, _, men, _, _, _ in _STYLES) and not any(name[-1] in women for _, _, _, _, women, _ in _STYLES)


def persons(rng: np.random.Generator, year: np.ndarray, is_man: np.ndarray) -> list[str]:
    """Names at large, for officials and helpers."""
    return full_names(draw_surnames(rng, len(year)), POOL.draw(rng, year, is_man))
