"""Everything a posted official may be asked to fill in, with its owner, use and retention. A new field is added here with its owner, or
the guard fails. Facts are listed once: the doors of a form (console, phone) are ways to the same records."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from shibaiqian.console.burden.registry import ABOUT, AskedForm, Asker, Door, Fact, Typed
from shibaiqian.fieldwork.procedures import FACTS as COUNTED

ASKERS: Mapping[Asker, Any] = {
    Asker.CITY: _("市委组织部"), Asker.COUNTY: _("县区委组织部"), Asker.COUNTY_POVERTY: _("县区扶贫部门"), Asker.TOWN: _("镇办党委"),
    Asker.HOST: _("挂职单位党组织"), Asker.UNIT: _("派出单位"), Asker.NOBODY: _("本人提出"),
}  # fmt: skip
# What the records already hold, and no form may ask: counts of a period, and what stands in the registers.
KNOWN: Mapping[str, str] = {
    **{f"counted.{code}": label for code, label in COUNTED.items()},
    "cadre.name": "姓名", "cadre.unit": "派出单位", "cadre.post": "现任职务", "cadre.id_number": "公民身份号码", "posting.host": "挂职单位",
    "posting.title": "挂职职务", "household.head": "户主", "household.number": "户编号", "household.members": "家庭人口",
    "household.income": "人均纯收入", "attendance.days": "在岗天数", "service.count": "办实事数量",
}  # fmt: skip
TERM, LEDGER = _("挂职期满后 3 年"), _("挂职期满后 5 年（考核和干部监督依据）")
HOUSEHOLD_KEPT = _("随贫困户档案保存")


def _choice(code: str, label: Any, *, required: bool = False) -> Fact:
    return Fact(code, label, Typed.CHOICE, required)


def _words(code: str, label: Any, *, required: bool = False) -> Fact:
    return Fact(code, label, Typed.WORDS, required)


def _form(name: str, **fields: str) -> Door:
    return Door(name, fields)


def _phone(name: str, **fields: str) -> Door:
    return Door(name, fields, "phone")


def _by_hand(name: str, fields: Mapping[str, str]) -> Door:
    return Door(name, fields, "by_hand")


LOG = AskedForm(
    code="log", label=_("工作日志"), asker=Asker.CITY, rule=_("“十百千”工程：工作日志全程纪实"), often=_("有工作的日子，一天一份，可以合并补写"),
    use=_("推定考勤，带出月小结、走访和实事的数量，镇办抽读"), kept=TERM,
    facts=(
        _choice("log.category", _("做什么"), required=True), _words("log.content", _("做了什么"), required=True), _choice("log.household", _("哪一户")),
        _choice("log.place", _("在哪里")), _words("log.problem", _("没解决的问题")), _choice("log.follow_up_due", _("打算哪天再去")),
        Fact("log.photo", _("照片或录音"), Typed.SENT), Fact("log.point", _("位置（本人愿意给的）"), Typed.SENT),
        _words("log.returned", _("代记退回的原因")),
    ),
    doors=(
        _form("console.field.DayForm", operation=ABOUT, on=ABOUT, official=ABOUT),
        _form(
            "console.field.ItemForm", category="log.category", household="log.household", content="log.content", problem="log.problem",
            follow_up_due="log.follow_up_due", follows=ABOUT, kind=ABOUT, beneficiary=ABOUT, amount=ABOUT, confirmation=ABOUT,
        ),
        _phone(
            "log", posting=ABOUT, on=ABOUT, items=ABOUT, category="log.category", content="log.content", household="log.household",
            region="log.place", photos="log.photo", problem="log.problem", follow_up_due="log.follow_up_due", follows=ABOUT, service=ABOUT, point="log.point",
        ),
        _phone("visit_facts", posting=ABOUT, on=ABOUT, household=ABOUT, content="log.content", facts=ABOUT, point="log.point"),
        _form("console.drafts.AcceptForm", on=ABOUT, category="log.category", content="log.content", amount=ABOUT),
        _form("console.drafts.ReturnForm", word="log.returned"),
        _phone("draft_accept", draft=ABOUT, on=ABOUT, category="log.category", content="log.content", amount_cents=ABOUT),
        _phone("draft_return", draft=ABOUT, word="log.returned"),
        _by_hand("console.duty.clues", {"item": ABOUT, "content": "log.content"}),
    ),
)  # fmt: skip
SERVICE = AskedForm(
    code="service", label=_("为民办实事"), asker=Asker.CITY, rule=_("“十百千”工程：为民办实事"), often=_("办一件记一件，可以随日志一起写"),
    use=_("群众确认后计入办实事数量"), kept=LEDGER,
    facts=(
        _choice("service.kind", _("实事类别"), required=True), _words("service.content", _("办了什么事"), required=True),
        _choice("service.household", _("受益农户")), _words("service.beneficiary", _("受益群众")), _choice("service.place", _("办事地点")),
        _choice("service.due", _("答应哪天办好")), _choice("service.done_on", _("办好的日子")), _choice("service.amount", _("折合金额")),
        _choice("service.confirmation", _("群众确认")), _choice("service.confirmed_on", _("确认日期")),
    ),
    doors=(
        _form("console.field.ItemForm", kind="service.kind", beneficiary="service.beneficiary", amount="service.amount", confirmation="service.confirmation"),
        _form("console.files.ConfirmForm", confirmation="service.confirmation", on="service.confirmed_on"),
        _by_hand("console.files", {"confirmation": "service.confirmation", "next": ABOUT}),
        _phone(
            "log", service=ABOUT, kind="service.kind", beneficiary="service.beneficiary", amount_cents="service.amount",
            confirmation="service.confirmation", confirmed_on="service.confirmed_on",
        ),
        _phone(
            "service_promise", posting=ABOUT, kind="service.kind", content="service.content", on=ABOUT, due="service.due",
            household="service.household", beneficiary="service.beneficiary", region="service.place",
        ),
        _form("console.drafts.AcceptForm", amount="service.amount"),
        _phone("draft_accept", amount_cents="service.amount"),
        _phone("service_done", service=ABOUT, on="service.done_on", amount_cents="service.amount"),
        _phone("service_confirm", services=ABOUT, confirmation="service.confirmation", on="service.confirmed_on"),
    ),
)  # fmt: skip
SAID_AT_HOME = {"phone": "household.phone", "contact": "household.contact", "causes": "household.causes", "needs": "household.needs"}
HOUSEHOLD = AskedForm(
    code="household", label=_("农户情况核实"), asker=Asker.COUNTY_POVERTY, rule=_("建档立卡动态管理"), often=_("走访时只问不清楚的和到期的"),
    use=_("更正贫困户台账"), kept=HOUSEHOLD_KEPT,
    facts=(
        _choice("household.phone", _("联系电话")), _words("household.contact", _("户主不在时的联系人")), _choice("household.causes", _("致贫原因")),
        _words("household.needs", _("自述需求")),
    ),
    doors=(
        _phone("visit_facts", facts=ABOUT, **SAID_AT_HOME), _phone("household_facts", household=ABOUT, on=ABOUT, facts=ABOUT, **SAID_AT_HOME),
    ),
)  # fmt: skip
ATTENDANCE = AskedForm(
    code="attendance", label=_("考勤核对"), asker=Asker.TOWN, rule=_("考勤制度：镇办指定专人，本人核对"), often=_("每月一次，只改与实际不符的日子"),
    use=_("在岗天数，按月公布"), kept=LEDGER,
    facts=(
        _choice("attendance.status", _("当天状态")), _choice("attendance.overnight", _("当晚住村")), _words("attendance.note", _("当天说明")),
        Fact("attendance.point", _("一个位置点"), Typed.SENT),
    ),
    doors=(
        _by_hand("console.duty.attendance", {"status-": "attendance.status", "night-": "attendance.overnight"}),
        _by_hand("console.duty.asked", {"month": ABOUT}),
        _phone("attendance_propose", posting=ABOUT, month=ABOUT),
        _phone(
            "attendance_correct", posting=ABOUT, month=ABOUT, days=ABOUT, on=ABOUT, status="attendance.status", overnight="attendance.overnight",
            note="attendance.note", point="attendance.point", lat_e6="attendance.point", lon_e6="attendance.point", accuracy="attendance.point",
        ),
        _phone("attendance_submit", posting=ABOUT, month=ABOUT),
    ),
)  # fmt: skip
AMENDMENT = AskedForm(
    code="amendment", label=_("考勤更正"), asker=Asker.COUNTY, rule=_("已公布的考勤凭更正记录改"), often=_("公布后发现有误时"), use=_("更正在岗天数，原记录留底"),
    kept=LEDGER,
    facts=(
        _choice("amendment.status", _("更正为"), required=True), _choice("amendment.overnight", _("更正后当晚住村")),
        _words("amendment.reason", _("更正原因"), required=True),
    ),
    doors=(
        _by_hand("console.duty.attendance", {"on": ABOUT, "status": "amendment.status", "night": "amendment.overnight", "reason": "amendment.reason"}),
    ),
)  # fmt: skip
LEAVE = AskedForm(
    code="leave", label=_("请假和外出报备"), asker=Asker.COUNTY, rule=_("请销假制度"), often=_("请假或外出时"), use=_("审批，带出考勤和年休假余额"), kept=LEDGER,
    facts=(
        _choice("leave.kind", _("请假类别"), required=True), _choice("leave.first_on", _("请假开始"), required=True),
        _choice("leave.last_on", _("请假结束"), required=True), _choice("leave.from_noon", _("下午开始")), _choice("leave.until_noon", _("中午结束")),
        _words("leave.reason", _("请假事由"), required=True), _words("leave.place", _("去向")), _words("leave.told_to", _("向谁报告")),
        _choice("leave.told_on", _("报告日期")), _choice("leave.returned_on", _("返岗日期")),
    ),
    doors=(
        _form(
            "console.duty.leave.AskForm", operation=ABOUT, extends=ABOUT, kind="leave.kind", first_on="leave.first_on", from_noon="leave.from_noon",
            last_on="leave.last_on", until_noon="leave.until_noon", reason="leave.reason", place="leave.place", emergency=ABOUT,
            told_to="leave.told_to", told_on="leave.told_on",
        ),
        _by_hand("console.duty.leave", {"on": "leave.returned_on", "back": ABOUT}),
        _phone(
            "leave_request", posting=ABOUT, on=ABOUT, extends=ABOUT, kind="leave.kind", first_on="leave.first_on", from_noon="leave.from_noon",
            last_on="leave.last_on", until_noon="leave.until_noon", reason="leave.reason", place="leave.place", told_to="leave.told_to",
            told_on="leave.told_on",
        ),
        _phone("leave_cancel", leave=ABOUT),
        _phone("leave_return", leave=ABOUT, on="leave.returned_on"),
    ),
)  # fmt: skip
PLAN = AskedForm(
    code="plan", label=_("月计划"), asker=Asker.TOWN, rule=_("镇办工作例会每月听取"), often=_("每月一次，最多 10 项"), use=_("工作例会听取，月底对照"), kept=TERM,
    facts=(_words("plan.thing", _("计划事项"), required=True), _choice("plan.serves", _("服务对象"))),
    doors=(
        _form("console.plans.months.ThingForm", text="plan.thing", serves="plan.serves"),
        _phone(
            "monthly_plan", posting=ABOUT, month=ABOUT, items=ABOUT, text="plan.thing", target="plan.serves", household="plan.serves",
            project="plan.serves", submit=ABOUT,
        ),
    ),
)  # fmt: skip
SUMMARY = AskedForm(
    code="summary", label=_("月小结"), asker=Asker.TOWN, rule=_("镇办工作例会每月听取"), often=_("每月一次，数量由记录带出，只写记录里没有的"),
    use=_("工作例会听取"), kept=TERM,
    facts=(
        _words("summary.text", _("小结")), _words("summary.problems", _("困难和建议")), _choice("summary.outcome", _("计划完成情况")),
        _words("summary.outcome_note", _("完成情况说明")),
    ),
    doors=(
        _form("console.plans.months.SummaryForm", text="summary.text", problems="summary.problems"),
        _by_hand("console.plans.months", {"do": ABOUT, "outcome-": "summary.outcome", "note-": "summary.outcome_note"}),
        _phone(
            "monthly_summary", posting=ABOUT, month=ABOUT, text="summary.text", problems="summary.problems", outcomes=ABOUT, seq=ABOUT,
            outcome="summary.outcome", note="summary.outcome_note", submit=ABOUT,
        ),
    ),
)  # fmt: skip
DUTY_REPORT = AskedForm(
    code="duty_report", label=_("述职报告"), asker=Asker.HOST, rule=_("向所在党组织述职"), often=_("半年和全年"), use=_("会议听取和民主测评，提出整改"), kept=LEDGER,
    facts=(
        _words("duty_report.text", _("述职内容"), required=True), _words("rectification.result", _("整改结果")), _choice("rectification.on", _("整改日期")),
    ),
    doors=(
        _form("console.plans.duty_reports.WriteForm", year=ABOUT, half=ABOUT, text="duty_report.text"),
        _by_hand("console.plans.duty_reports", {"result": "rectification.result", "on": "rectification.on"}),
    ),
)  # fmt: skip
DECISION = AskedForm(
    code="decision", label=_("书记决定和交办事项"), asker=Asker.HOST, rule=_("挂职干部协助书记工作，书记负责"), often=_("有决定或交办时，由谁记都可以"),
    use=_("明确谁决定、谁负责"), kept=TERM,
    facts=(
        _choice("decision.kind", _("决定还是交办"), required=True), _choice("decision.on", _("决定日期"), required=True),
        _words("decision.secretary", _("谁决定或交办"), required=True), _words("decision.text", _("决定内容"), required=True),
        _choice("decision.due", _("完成期限")), _words("decision.result", _("办理结果")), _choice("decision.done_on", _("办结日期")),
    ),
    doors=(
        _form(
            "console.plans.decisions.DecisionForm", kind="decision.kind", on="decision.on", secretary="decision.secretary", text="decision.text",
            due_on="decision.due",
        ),
        _by_hand("console.plans.decisions", {"on": "decision.done_on", "result": "decision.result"}),
    ),
)  # fmt: skip
REQUEST = AskedForm(
    code="request", label=_("向上要"), asker=Asker.NOBODY, rule=_("本人自愿，没有单位要求"), often=_("需要时"), use=_("要部门办一件具体的事，期限算在答复单位头上"),
    kept=TERM,
    facts=(
        _choice("request.receiver", _("向谁要"), required=True), _choice("request.kind", _("事项类别"), required=True),
        _words("request.title", _("要什么"), required=True), _words("request.content", _("为什么要、要多少、在哪里"), required=True),
        _choice("request.place", _("哪里的事")), _words("request.word", _("确认或退回的说明")),
    ),
    doors=(
        _form(
            "console.plans.requests.AskForm", operation=ABOUT, receiver="request.receiver", kind="request.kind", title="request.title",
            content="request.content", posting=ABOUT,
        ),
        _form("console.plans.requests.NoteForm", note="request.word"),
        _form("console.plans.requests.ReasonForm", reason="request.word"),
        _phone(
            "upward_request", receiver="request.receiver", kind="request.kind", title="request.title", content="request.content", posting=ABOUT,
            place="request.place",
        ),
        _phone("request_confirm", request=ABOUT, note="request.word"),
        _phone("request_send_back", request=ABOUT, reason="request.word"),
        _phone("request_withdraw", request=ABOUT, reason="request.word"),
    ),
)  # fmt: skip
TARGET = AskedForm(
    code="target",
    label=_("目标完成数"),
    asker=Asker.COUNTY,
    rule=_("目标责任书"),
    often=_("没有统计指标的目标，有进展时"),
    use=_("目标责任书进度"),
    kept=LEDGER,
    facts=(_choice("target.reached", _("完成数"), required=True),),
    doors=(_by_hand("console.targets", {"reached": "target.reached"}),),
)
TOLD = AskedForm(
    code="told", label=_("告知农户"), asker=Asker.COUNTY_POVERTY, rule=_("帮扶责任人变动告知农户"), often=_("包户变动后，一张表登记多户"),
    use=_("农户知道由谁负责"), kept=HOUSEHOLD_KEPT,
    facts=(_choice("told.on", _("送达日期"), required=True), _words("told.by", _("送达人"), required=True)),
    doors=(
        _form("console.slips.TellForm", on="told.on", told_by="told.by", operation=ABOUT),
        _by_hand("console.slips", {"do": ABOUT}),
    ),
)  # fmt: skip
CLAIM = AskedForm(
    code="claim", label=_("补助报销单"), asker=Asker.UNIT, rule=_("派出单位财务报销"), often=_("每月一次"), use=_("由镇办确认的考勤生成，不用填写"),
    kept=_("按财务档案规定"), facts=(), doors=(_by_hand("console.plans.claims", {"month": ABOUT}),),
)  # fmt: skip
CLUE = AskedForm(
    code="clue", label=_("日志线索的说明"), asker=Asker.COUNTY, rule=_("政策参数“日志线索”"), often=_("机器看不明白、本人愿意说一句时"),
    use=_("本人说了就到此为止，不计入考勤和考核"), kept=_("90 天后删除"), facts=(_words("clue.words", _("是怎么回事")),),
    doors=(_by_hand("console.duty.clues", {"words": "clue.words"}),),
)  # fmt: skip

FORMS = (LOG, SERVICE, HOUSEHOLD, ATTENDANCE, AMENDMENT, LEAVE, PLAN, SUMMARY, DUTY_REPORT, DECISION, REQUEST, TARGET, TOLD, CLAIM, CLUE)
FORM_OF = {form.code: form for form in FORMS}
