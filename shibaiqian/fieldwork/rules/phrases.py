"""Words that the product itself offers for a log, to be tapped and altered (常用语): who says them repeats nobody. Pure."""

PHRASES: dict[str, list[str]] = {
    "visit": ["入户了解近期生产生活情况", "看望慰问", "核对家庭成员和收入变化", "宣讲脱贫政策", "商量今年增收打算"],
    "policy": ["宣传医疗保障政策", "宣传教育资助政策", "宣传移民搬迁政策", "宣传小额信贷政策"],
    "party": ["召开支部党员大会", "召开支委会", "上党课", "开展主题党日活动"],
    "meeting": ["参加村两委会议", "参加镇上会议", "召开村民代表会议"],
    "project": ["到项目现场查看进度", "协调项目用地", "核对项目资料"],
    "industry": ["走访产业大户", "联系农技人员指导", "对接销路"],
    "mediation": ["调解邻里矛盾", "接待群众来访"],
    "service": ["代办合疗报销", "联系医院就诊", "联系务工岗位", "帮助销售农产品", "代办证件"],
    "study": ["参加业务培训", "学习文件"],
    "coordination": ["到派出单位汇报协调", "到县级部门对接"],
    "other": [],
}
