"""What First Secretaries write in their logs: what is done in which months, and how a sentence goes on."""

from dataclasses import dataclass

from shibaiqian.demo.service_words import ALL

VISIT, POLICY, PARTY, MEETING, PROJECT, INDUSTRY, MEDIATION, STUDY, COORDINATION, OTHER = (
    "入户走访", "政策宣传", "党建活动", "会议", "项目", "产业", "矛盾调解", "培训学习", "协调资源", "其他",
)  # fmt: skip
ANYBODY, STUDENTS, HANDS, DISABLED, ELDERS, SAFETY_NET, NOT_SAFETY_NET = range(7)  # whom the household visited must have


@dataclass(frozen=True)
class Sentence:
    """One thing of a day. `since` is the first year-month in which it can have been done, `until` the last."""

    category: str
    text: str
    months: tuple[int, ...] = ALL
    weight: float = 1.0
    need: int = ANYBODY
    since: str = ""
    until: str = ""


SENTENCES = (
    Sentence(VISIT, "入户核对家庭人口、收入和致贫原因", weight=2.4), Sentence(VISIT, "走访了解生产生活情况", weight=2.2),
    Sentence(VISIT, "上门商量今年的增收打算", (1, 2, 3, 4), 1.8), Sentence(VISIT, "到家中填写明白卡、更新帮扶手册", weight=1.6),
    Sentence(VISIT, "看望老人，了解身体状况", weight=1.8, need=ELDERS), Sentence(VISIT, "了解残疾人生活和补贴发放情况", weight=1.2, need=DISABLED),
    Sentence(VISIT, "了解孩子上学和生活费情况", (2, 3, 5, 6, 8, 9, 10), 1.8, STUDENTS), Sentence(VISIT, "动员报名参加技能培训", weight=1.0, need=HANDS),
    Sentence(VISIT, "了解外出务工意愿，登记用工信息", (1, 2, 3), 2.2, HANDS), Sentence(VISIT, "电话联系在外务工人员，了解工资和住处", (4, 5, 7, 10, 11), 1.0, HANDS),
    Sentence(VISIT, "查看核桃园管护，提醒防治病虫害", (4, 5, 6, 7), 1.5, NOT_SAFETY_NET), Sentence(VISIT, "查看香菇棚，了解出菇和销售", (3, 4, 10, 11, 12), 1.2, NOT_SAFETY_NET),
    Sentence(VISIT, "查看养殖情况，提醒做好防疫", weight=1.4, need=NOT_SAFETY_NET), Sentence(VISIT, "帮助收割小麦，查看收成", (6,), 1.5),
    Sentence(VISIT, "帮助收玉米，了解秋粮收成", (9, 10), 1.5), Sentence(VISIT, "查看住房安全，提醒雨季注意避险", (5, 6, 7, 8, 9), 1.8),
    Sentence(VISIT, "查看过冬煤炭、棉被和口粮", (11, 12, 1), 1.8), Sentence(VISIT, "春节前走访，了解年货准备和困难", (1, 2), 1.6),
    Sentence(VISIT, "了解住院治疗和报销进度", weight=1.4), Sentence(VISIT, "了解低保、五保金到账情况", weight=1.2, need=SAFETY_NET),
    Sentence(VISIT, "商量移民搬迁意愿和自筹资金", (3, 4, 5, 9, 10), 1.0, NOT_SAFETY_NET), Sentence(VISIT, "回头看核查，逐项核对识别条件", (8, 9, 10, 11), 2.6, since="2015-08", until="2015-12"),
    Sentence(VISIT, "脱贫回访，核对收入和“两不愁、三保障”", (11, 12), 1.6), Sentence(VISIT, "了解饮水管道维修后的用水情况", (3, 4, 5, 6, 7), 0.8),
    Sentence(POLICY, "在村文化广场宣讲扶贫政策", weight=1.4), Sentence(POLICY, "随镇干部到各组讲解新农合缴费", (10, 11, 12), 1.6),
    Sentence(POLICY, "张贴移民搬迁政策明白纸", (3, 4, 5), 1.0), Sentence(POLICY, "院落会讲解低保、五保申请条件和程序", weight=1.2),
    Sentence(POLICY, "讲解贴息贷款和互助资金办法", (2, 3, 4, 5), 1.1), Sentence(POLICY, "宣传森林防火和秸秆禁烧", (3, 4, 10, 11, 12, 1), 1.2),
    Sentence(POLICY, "宣传防汛和地质灾害避险办法", (5, 6, 7, 8), 1.4), Sentence(POLICY, "讲解雨露计划和助学贷款", (7, 8, 9), 1.4),
    Sentence(POLICY, "学习宣传中央扶贫开发工作会议精神", (12, 1, 2, 3), 1.8, since="2015-12", until="2016-03"),
    Sentence(PARTY, "参加党支部“三会一课”", weight=2.2), Sentence(PARTY, "组织党员大会，通报近期工作", weight=1.4), Sentence(PARTY, "给党员讲党课", weight=1.2),
    Sentence(PARTY, "与支部书记商量后进整顿措施", weight=1.0), Sentence(PARTY, "谈话了解入党积极分子", weight=0.8), Sentence(PARTY, "走访慰问老党员", (1, 2, 6, 7), 1.4),
    Sentence(PARTY, "组织党员义务清理河道和村道", (3, 4, 5, 10), 1.0), Sentence(PARTY, "整理支部会议记录和党员档案", weight=1.0),
    Sentence(PARTY, "组织学习党章党规、系列讲话", (3, 4, 5, 6), 2.0, since="2016-03"), Sentence(PARTY, "民主评议党员准备工作", (12, 1), 1.2),
    Sentence(MEETING, "参加镇上脱贫攻坚工作例会", weight=2.2), Sentence(MEETING, "召开村“两委”会，研究本月工作", weight=2.2), Sentence(MEETING, "列席村民代表会议，讨论项目选址", weight=1.2),
    Sentence(MEETING, "参加县上第一书记工作推进会", weight=0.8), Sentence(MEETING, "召开村民小组会，评议低保对象", (3, 4, 9, 10), 1.2),
    Sentence(MEETING, "召开贫困户评议会，公示名单", (9, 10, 11), 1.8), Sentence(MEETING, "与包村单位商量下一步帮扶安排", weight=1.2), Sentence(MEETING, "参加镇上防汛工作会议", (5, 6, 7), 1.4),
    Sentence(PROJECT, "查看通组路施工进度和质量", (3, 4, 5, 6, 7, 8, 9, 10, 11), 2.0), Sentence(PROJECT, "查看人饮工程，协调管线占地", (3, 4, 5, 6, 9, 10, 11), 1.4),
    Sentence(PROJECT, "与施工队核对工程量", (4, 5, 6, 7, 8, 9, 10, 11), 1.0), Sentence(PROJECT, "整理项目申报材料", weight=1.4), Sentence(PROJECT, "到县扶贫局汇报项目申报情况", weight=1.2),
    Sentence(PROJECT, "参加项目验收，查看完工情况", (10, 11, 12), 1.2), Sentence(PROJECT, "实地踏勘河堤和便桥选址", (2, 3, 4, 9, 10), 1.0),
    Sentence(INDUSTRY, "查看合作社生产，了解用工", weight=1.6), Sentence(INDUSTRY, "请县上技术员指导核桃修剪", (1, 2, 3, 11, 12), 1.6), Sentence(INDUSTRY, "组织中药材育苗移栽", (3, 4, 10, 11), 1.4),
    Sentence(INDUSTRY, "联系客商收购核桃、板栗", (8, 9, 10), 1.8), Sentence(INDUSTRY, "与大户商量带动贫困户的办法", weight=1.2), Sentence(INDUSTRY, "香菇装袋现场指导", (1, 2, 3), 1.2),
    Sentence(INDUSTRY, "联系鸡苗、猪仔，登记领养户", (3, 4, 5), 1.4), Sentence(INDUSTRY, "统计各组产业发展意愿", (1, 2, 3, 12), 1.2), Sentence(INDUSTRY, "查看连翘、丹参长势", (5, 6, 7, 8), 1.0),
    Sentence(MEDIATION, "调解地界纠纷，双方达成一致", weight=1.2), Sentence(MEDIATION, "调解宅基地通行争执", weight=0.9), Sentence(MEDIATION, "调解赡养老人问题", weight=1.0),
    Sentence(MEDIATION, "处理林地界线来访", weight=0.8), Sentence(MEDIATION, "做征地群众的思想工作", (3, 4, 5, 9, 10), 0.8), Sentence(MEDIATION, "劝解邻里因用水起的争吵", (5, 6, 7, 8), 0.8),
    Sentence(STUDY, "参加县上第一书记培训班", (3, 4, 8, 9, 10), 1.2), Sentence(STUDY, "参加建档立卡信息录入培训", (4, 5, 8, 9, 10), 1.2), Sentence(STUDY, "到邻镇示范村学习产业发展", weight=0.8),
    Sentence(STUDY, "学习精准扶贫政策文件", weight=1.4), Sentence(STUDY, "组织群众参加种养殖技术培训", (2, 3, 4, 11, 12), 1.4),
    Sentence(COORDINATION, "回单位汇报，争取办公用品和资金", weight=1.2), Sentence(COORDINATION, "到县水务局协调饮水项目", weight=1.0), Sentence(COORDINATION, "到县交通局协调通组路", weight=1.0),
    Sentence(COORDINATION, "联系电力所，解决低电压", weight=0.9), Sentence(COORDINATION, "联系爱心企业捐助", (1, 5, 6, 8, 9, 12), 0.8), Sentence(COORDINATION, "协调单位干部职工与贫困户结对", (3, 4, 8, 9), 1.2),
    Sentence(COORDINATION, "到镇信用社衔接贴息贷款", (2, 3, 4, 5), 1.0),
    Sentence(OTHER, "整理建档立卡资料，补充照片和签字", weight=1.8), Sentence(OTHER, "值班，巡查地质灾害隐患点", (6, 7, 8, 9), 1.8), Sentence(OTHER, "参加森林防火值守", (2, 3, 4, 11), 1.0),
    Sentence(OTHER, "填写帮扶台账和月报表", weight=1.6), Sentence(OTHER, "配合县上督查组入户检查", weight=1.0), Sentence(OTHER, "参与道路除雪保畅", (12, 1, 2), 0.9), Sentence(OTHER, "整理村务公开栏", weight=0.9),
)  # fmt: skip
# How a sentence goes on; nothing is the commonest.
# What a visit leaves open, to come back to.
PROBLEMS = (
    "房顶漏雨，雨季前要修", "合疗报销单据没有找齐", "想养羊，差启动资金", "饮水管接口漏水", "孩子中考后的去向没有定下", "残疾证到期，要到县上换", "低保金上月没有到账",
    "蜂箱被水冲走三个，没有补上", "搬迁的自筹款还差一部分", "邻里地界说不拢",
)  # fmt: skip
ENDINGS: dict[str, tuple[str, ...]] = {
    VISIT: ("", "", "", "，商量了下步办法", "，记下两件要办的事", "，已向村上反映", "，提醒注意安全", "，情况较上次有好转", "，困难仍多，准备再来一趟", "，留了联系电话", "，在家的是老人，改日再与户主商量"),
    POLICY: ("", "", "，到场三十余人", "，到场十几人", "，发明白纸一份一户", "，群众问得多的是标准和程序", "，个别户还要上门讲"),
    PARTY: ("", "", "，党员到会较齐", "，在外党员电话请假", "，会后交了心得", "，提了三条意见"),
    MEETING: ("", "", "，领回本月任务", "，定了分工和时限", "，意见不一，改日再议", "，会后随即安排"),
    PROJECT: ("", "", "，进度正常", "，因下雨停工", "，还差部分占地没谈妥", "，已报镇上", "，质量要再盯紧"),
    INDUSTRY: ("", "", "，长势好于去年", "，销路还要再找", "，愿意参加的有七户", "，先在两个组试", "，价格比去年低"),
    MEDIATION: ("", "", "，做了笔录", "，约好下周再谈", "，老支书一起到场"),
    STUDY: ("", "", "，做了笔记", "，给村干部也讲了一遍", "，全天"),
    COORDINATION: ("", "", "，答复下月安排", "，已列入计划", "，对方要求补材料", "，有眉目"),
    OTHER: ("", "", "，还差三户签字", "，未发现险情", "，晚上继续", "，与文书一起做"),
}  # fmt: skip
SHARES = {VISIT: 0.42, POLICY: 0.07, PARTY: 0.08, MEETING: 0.11, PROJECT: 0.08, INDUSTRY: 0.08, MEDIATION: 0.03, STUDY: 0.03, COORDINATION: 0.04, OTHER: 0.06}  # fmt: skip
