"""`docs/permissions.md`, written from the tables of `roles`: `python -m shibaiqian.access.permissions_doc`."""

import os
from pathlib import Path

import django
from django.utils.translation import override

from shibaiqian.access.roles import EXCLUSIVE, ROLES, WALL_FLAGS, Permission, Role
from shibaiqian.access.scope import ScopeKind

FILE = Path(__file__).resolve().parents[2] / "docs" / "permissions.md"

LABELS = {
    Permission.VIEW_FIGURES: "查看指标",
    Permission.VIEW_REGIONS: "查看区划和村情",
    Permission.VIEW_ORGANISATIONS: "查看单位",
    Permission.VIEW_CADRES: "查看干部",
    Permission.VIEW_CADRE_IDENTITY: "查看干部身份证号（写明事由，留痕）",
    Permission.VIEW_POSTINGS: "查看挂职",
    Permission.VIEW_HOUSEHOLDS: "查看贫困户",
    Permission.VIEW_HOUSEHOLD_PRIVATE: "查看贫困户隐私（健康、残疾、证件、账户）",
    Permission.VIEW_ASSISTANCE: "查看项目和产业",
    Permission.VIEW_FIELDWORK: "查看实事和日志",
    Permission.VIEW_PARTY: "查看党组织整顿",
    Permission.VIEW_IMPORTS: "查看名册导入",
    Permission.VIEW_REPORTS: "查看报表和简报",
    Permission.VIEW_SELECTION: "查看选派",
    Permission.VIEW_GATE_OPINIONS: "查看四关审查意见",
    Permission.VIEW_CADRE_FILES: "查看干部档案材料（家庭成员、奖惩、照片、任免审批表）",
    Permission.VIEW_DOCUMENTS: "查看发文登记",
    Permission.VIEW_TARGETS: "查看目标责任书",
    Permission.VIEW_PLANS: "查看月计划、月小结、述职报告",
    Permission.VIEW_REQUESTS: "查看向上要事项",
    Permission.VIEW_ATTENDANCE: "查看考勤和请销假",
    Permission.VIEW_LEAVE_REASONS: "查看请假事由",
    Permission.VIEW_BURDEN: "查看填报负担",
    Permission.ASK_ABOUT_LOGS: "就日志问一问本人",
    Permission.FIND_CLUES: "夜间查找日志线索",
    Permission.VIEW_AUDIT: "查看审计",
    Permission.VIEW_ACCOUNTS: "查看账号",
    Permission.REGISTER_ORGANISATIONS: "登记单位",
    Permission.DESIGNATE_VILLAGES: "登记村情、认定贫困村",
    Permission.REGISTER_CADRES: "登记干部",
    Permission.APPOINT: "任命挂职",
    Permission.RECORD_PROMOTIONS: "记录提拔使用",
    Permission.PLAN_BATCHES: "制定选派方案、下达名额",
    Permission.RAISE_NEEDS: "提出岗位需求",
    Permission.CONFIRM_NEEDS: "确认岗位需求、确定包村单位",
    Permission.NOMINATE: "推荐人选",
    Permission.REVIEW_NOMINATIONS: "审查人选（政治关、品行关、能力关）",
    Permission.REVIEW_INTEGRITY: "审查人选（廉政关）",
    Permission.MATCH: "因村派人、人岗匹配",
    Permission.DECIDE_SELECTION: "记录选派决定",
    Permission.ISSUE_DOCUMENTS: "发文、公示",
    Permission.KEEP_POSTINGS: "办理到岗、组织关系、暂停、延期和交接",
    Permission.WITNESS_HANDOVER: "监交",
    Permission.KEEP_TARGETS: "拟定目标责任书",
    Permission.SIGN_TARGETS: "签订目标责任书",
    Permission.KEEP_SUPPORT: "记录派出单位保障",
    Permission.REGISTER_HOUSEHOLDS: "登记贫困户",
    Permission.KEEP_INCOME: "记录收入",
    Permission.PAIR_HOUSEHOLDS: "结对帮扶",
    Permission.KEEP_ASSISTANCE: "记录项目和产业",
    Permission.KEEP_FIELDWORK: "记录实事和日志",
    Permission.HEAR_HOUSEHOLDS: "记录群众核实的情况、实事确认、告知单送达",
    Permission.VIEW_DRAFTS: "查看代记草稿（记录人和责任人本人的）",
    Permission.POST_NOTICES: "登记村务公开栏张贴",
    Permission.WRITE_DRAFTS: "代挂职干部记（草稿，本人采用后才算数）",
    Permission.TAKE_DRAFTS: "采用、退回代记草稿（只办本人的）",
    Permission.KEEP_PLANS: "写月计划、月小结、述职报告（本人提交）",
    Permission.HEAR_REPORTS: "登记工作例会、述职和测评",
    Permission.VIEW_CLAIMS: "查看补助报销",
    Permission.DRAW_CLAIMS: "生成、报送本人补助报销单",
    Permission.SETTLE_CLAIMS: "登记补助报销、退回",
    Permission.NOTE_DECISIONS: "登记挂职单位书记的决定和交办",
    Permission.DECLARE_EMERGENCIES: "公布应急时段",
    Permission.ASK_UPWARD: "提出向上要事项、确认办结",
    Permission.ANSWER_REQUESTS: "答复向上要事项",
    Permission.KEEP_ATTENDANCE: "填报考勤、请假和销假（挂职干部只办本人的）",
    Permission.CONFIRM_ATTENDANCE: "确认考勤、核销请假、抽看日志",
    Permission.DECIDE_LEAVE: "审批请假（按权限级别，不办本人的）",
    Permission.PUBLISH_ATTENDANCE: "公布、锁定考勤，复核，审定更正",
    Permission.KEEP_PARTY: "记录党组织整顿",
    Permission.IMPORT_ROSTERS: "导入名册",
    Permission.CLOSE_OPENING: "结清期初",
    Permission.ISSUE_REPORTS: "印发简报",
    Permission.MANAGE_ACCOUNTS: "开设、停用账号，重置口令",
    Permission.KEEP_VILLAGE_ACCOUNTS: "开设、终止本镇村级组织和村民小组长账号",
    Permission.GRANT_ROLES: "授予、终止角色",
    Permission.DELEGATE: "委托同事代理",
    Permission.EXPORT: "导出",
    Permission.KEEP_OWN_ACCOUNT: "管理自己的口令和登录",
}
SCOPES = {
    ScopeKind.REGION: "区划",
    ScopeKind.UNIT: "派出单位",
    ScopeKind.PERSON: "本人",
    ScopeKind.HOUSEHOLDS: "结对户",
}
HEAD = """# 权限表

本表由 `python -m shibaiqian.access.permissions_doc` 从 `shibaiqian/access/roles.py` 生成，不要手工修改。
权限说的是“能做什么”，管辖范围说的是“在哪里”：一个身份是一个人、一个角色、一个范围；范围以外的数据对这个身份不存在。
"""


@override("zh-hans")
def render() -> str:
    """The page: a row for each permission, a column for each role that people hold."""
    roles = [role for role in Role if role is not Role.SYSTEM]
    lines = [
        _row("权限", *(str(ROLES[role][0]) for role in roles)),
        _row("---", *(":-:" for _ in roles)),
        _row("**管辖范围**", *(SCOPES[role.scope_kind] for role in roles)),
        *(_row(LABELS[permission], *("●" if permission in role.permissions else "" for role in roles)) for permission in Permission),
    ]
    exclusive = "、".join(str(role.label) for role in roles if role in EXCLUSIVE)
    flags = "、".join(LABELS[permission] for permission in WALL_FLAGS)
    notes = [
        f"- {exclusive}互斥，也不能兼任或代理其他角色；三员不接触业务数据。",
        "- 谁也不能给自己授予或终止角色，不能停用、重置自己的账号。",
        "- 有“委托同事代理”的角色可以按日期委托，一次最长 90 天；审计同时记录代理人和被代理人。",
        f"- 数据库除管辖范围外另设关口的：{flags}。",
        f"- 后台作业以“{Role.SYSTEM.label}”角色运行，不能授予个人。",
    ]
    return "\n".join([HEAD, *lines, "", "## 规则", *notes, ""])


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shibaiqian.config.settings")
    django.setup()
    FILE.write_text(render(), encoding="utf-8")
