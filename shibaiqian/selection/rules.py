"""The flows of selection: batch, need, nomination, decision, plan (domain.md 4.1, 4.5), and what is frozen of a candidate. Pure."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from shibaiqian.access.flow import Flow

BATCH = Flow(
    noun="这个批次",
    states={"draft": "拟定中", "approved": "方案已批准", "running": "选派中", "closed": "已结束"},
    steps={"approve_plan": "批准方案", "start_batch": "启动选派", "amend_quota": "调整名额", "close_batch": "结束批次"},
    table={
        ("draft", "approve_plan"): "approved",
        ("approved", "start_batch"): "running",
        ("approved", "amend_quota"): "approved",
        ("running", "amend_quota"): "running",
        ("running", "close_batch"): "closed",
    },
)

NEED = Flow(
    noun="这个岗位需求",
    states={"draft": "草稿", "submitted": "已上报", "confirmed": "已确认", "filled": "已派人", "closed": "已关闭"},
    steps={
        "submit_needs": "上报", "return_needs": "退回", "confirm_needs": "确认", "fill_needs": "派人到岗", "reopen_needs": "重新开放",
        "close_needs": "关闭",
    },
    table={
        ("draft", "submit_needs"): "submitted",
        ("submitted", "confirm_needs"): "confirmed",
        ("submitted", "return_needs"): "draft",
        ("confirmed", "fill_needs"): "filled",
        ("filled", "reopen_needs"): "confirmed",
        ("draft", "close_needs"): "closed",
        ("submitted", "close_needs"): "closed",
        ("confirmed", "close_needs"): "closed",
    },
)  # fmt: skip

NOMINATION = Flow(
    noun="这项推荐",
    states={
        "draft": "草稿", "unit_recommended": "单位已推荐", "screened": "资格已审", "gate_review": "四关审查中", "matched": "已拟派",
        "decided": "已决定", "in_notice": "公示中", "objection_hold": "异议核查中", "appointed": "已任命", "rejected": "不予选派",
        "withdrawn": "单位撤回",
    },
    steps={
        "recommend": "推荐", "withdraw": "撤回", "screen": "资格审查", "review_gates": "四关审查", "match": "拟派", "unmatch": "取消拟派",
        "record_decision": "记录决定", "publish_notice": "公示", "hold_for_objection": "受理异议", "dismiss_objection": "异议不属实",
        "uphold_objection": "异议属实", "appoint": "任命", "reject": "不予选派", "reopen_gates": "重新审查",
    },
    table={
        ("draft", "recommend"): "unit_recommended",
        ("draft", "withdraw"): "withdrawn",
        ("unit_recommended", "screen"): "screened",
        ("unit_recommended", "reject"): "rejected",
        ("unit_recommended", "withdraw"): "withdrawn",
        ("screened", "review_gates"): "gate_review",
        ("screened", "reject"): "rejected",
        ("screened", "withdraw"): "withdrawn",
        ("gate_review", "review_gates"): "gate_review",
        ("gate_review", "match"): "matched",
        ("gate_review", "reject"): "rejected",
        ("gate_review", "withdraw"): "withdrawn",
        ("matched", "review_gates"): "matched",
        ("matched", "unmatch"): "gate_review",
        ("matched", "record_decision"): "decided",
        ("matched", "reject"): "rejected",
        ("matched", "withdraw"): "withdrawn",
        ("decided", "review_gates"): "decided",
        ("decided", "publish_notice"): "in_notice",
        ("decided", "appoint"): "appointed",
        ("decided", "reject"): "rejected",
        ("decided", "reopen_gates"): "gate_review",
        ("in_notice", "review_gates"): "in_notice",
        ("in_notice", "hold_for_objection"): "objection_hold",
        ("in_notice", "appoint"): "appointed",
        ("in_notice", "reopen_gates"): "gate_review",
        ("objection_hold", "dismiss_objection"): "in_notice",
        ("objection_hold", "uphold_objection"): "rejected",
    },
)  # fmt: skip

DECISION = Flow(
    noun="这份呈批件",
    states={"drawn": "待上会", "decided": "已决定", "returned": "退回重拟"},
    steps={"record_decision": "记录决定", "return_sheet": "退回"},
    table={("drawn", "record_decision"): "decided", ("drawn", "return_sheet"): "returned"},
)

PLAN = Flow(
    noun="这个方案",
    states={"proposed": "备选", "frozen": "已确定", "discarded": "未采用"},
    steps={"freeze_plan": "确定", "discard_plan": "放弃", "thaw_plan": "撤销确定", "override_pair": "人工调整"},
    table={
        ("proposed", "override_pair"): "proposed",
        ("proposed", "freeze_plan"): "frozen",
        ("proposed", "discard_plan"): "discarded",
        ("frozen", "thaw_plan"): "proposed",
    },
)

GATES = {"political": "政治关", "conduct": "品行关", "integrity": "廉政关", "ability": "能力关"}


@dataclass(frozen=True)
class Facts:
    """What the register knew of a candidate when nominated: codes as there, months yyyyMM. Never the ID number."""

    name: str
    sex: str
    birth_month: str
    ethnicity: str
    native_place: str
    birthplace: str
    political_status: str
    party_join_month: str
    work_start_month: str
    health: str
    edu_full_time: str
    edu_full_time_school: str
    edu_in_service: str
    technical_title: str
    specialty: str
    personnel_type: str
    management_level: str
    post_rank: str
    rank_since: str
    is_reserve: bool
    rural_experience_tenths: int | None  # tenths of a year
    skills: str  # codes of cadres.codes.SKILLS joined by |
    post: str
    unit: str
    unit_level: str
    department_class: str
    grades: Mapping[str, int] = field(default_factory=dict)  # year → level, 1 excellent … 4 incompetent

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of_json(cls, said: Mapping[str, Any]) -> "Facts":
        return cls(**{f.name: said[f.name] for f in fields(cls)})


def age_on(birth_month: str, on: dt.date) -> int:
    """Full years on a day of somebody born in a month (yyyyMM): reached on the first day of that month."""
    return on.year - int(birth_month[:4]) - (on.month < int(birth_month[4:6]))
