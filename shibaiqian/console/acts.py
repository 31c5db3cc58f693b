"""What each act is called on the audit page. A guard asks that every command stands here, by its context and name."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# In the order of the alphabet, so that two people who add one rarely meet.
ACTS: dict[str, Promise] = {
    "access.assign_households": _("确定帮扶责任人的户"),
    "access.change_password": _("修改口令"),
    "access.close_account": _("停用账号"),
    "access.end_all_sessions": _("退出全部登录"),
    "access.end_role": _("终止角色"),
    "access.end_stand_in": _("结束代理"),
    "access.grant_role": _("授予角色"),
    "access.lend_role": _("委托代理"),
    "access.lock_out": _("锁定登录"),
    "access.open_accounts": _("开设账号"),
    "access.reopen_account": _("启用账号"),
    "access.reset_password": _("重置口令"),
    "access.sign_in": _("登录"),
    "access.sign_out": _("退出登录"),
    "assistance.link_households": _("登记利益联结"),
    "assistance.register_entities": _("登记产业主体"),
    "assistance.register_projects": _("登记帮扶项目"),
    "cadres.hand_out_form": _("导出任免审批表"),
    "cadres.hand_out_forms": _("批量导出任免审批表"),
    "cadres.merge_form": _("合并任免审批表"),
    "cadres.record_promotions": _("登记提拔使用"),
    "cadres.register_cadres": _("登记干部"),
    "cadres.register_from_form": _("由任免审批表登记干部"),
    "cadres.reveal_id_number": _("查看干部完整身份证号"),
    "console.export_list": _("导出名册"),
    "fieldwork.confirm_service": _("确认为民办实事"),
    "fieldwork.log_day": _("写工作日志"),
    "fieldwork.register_services": _("登记为民办实事"),
    "households.correct_income": _("更正收入"),
    "households.keep_incomes": _("登记收入台账"),
    "households.number_taken": _("登记已在册的户编号"),
    "households.person_taken": _("登记已在册的人"),
    "households.register_households": _("登记贫困户"),
    "households.register_members": _("登记贫困人口"),
    "households.reveal_id_number": _("查看农户完整身份证号"),
    "households.year_taken": _("登记已有的收入年度"),
    "imports.close_opening": _("关闭期初建账"),
    "imports.confirm_run": _("确认导入名册"),
    "imports.discard_run": _("放弃一份名册"),
    "imports.note_failure": _("名册读取失败"),
    "imports.note_progress": _("名册导入进度"),
    "imports.note_verdict": _("名册检查结果"),
    "imports.undo_run": _("撤销导入"),
    "imports.upload_roster": _("上传名册"),
    "imports.write_run": _("写入名册"),
    "organisations.bind_partner": _("确定包村单位"),
    "organisations.designate_villages": _("登记村情"),
    "organisations.register_organisations": _("登记单位"),
    "party.accept_overhaul": _("验收整顿"),
    "party.register_overhauls": _("登记后进党组织整顿"),
    "postings.appoint_officials": _("任命挂职干部"),
    "postings.end_posting": _("结束挂职"),
    "postings.hand_over_pairing": _("交接结对帮扶"),
    "postings.pair_households": _("登记结对帮扶"),
    "postings.record_arrival": _("登记到岗"),
    "reports.issue_bulletin": _("编发工作简报"),
}


def act(action: str) -> str:
    """The words of an act; an act of an older version that has gone keeps its name."""
    return str(ACTS.get(action, action))
